//! The list of open deals: what stands out, and what changed since a date.

use super::{Shown, standing};
use crate::domain::figure::Undefined;
use crate::domain::money::Money;
use crate::metrics::pipeline::listed::{Change, Listed};
use crate::metrics::pipeline::timeline::Origin;
use crate::report::document::{Block, Cell, Column, Kind, Weight};
use crate::report::views::{Parts, columns, section, table};

/// Table `list`: every open deal.
#[must_use]
pub fn list(shown: &Shown) -> Parts {
    let since = shown.pipeline.since;
    let rows = shown.pipeline.list.iter();
    let rows = rows.map(|listed| cells(shown, listed)).collect();
    let mut table = table(
        "list",
        "Every open deal",
        list_columns(since.is_some()),
        rows,
    );
    table.remarks = vec![
        "Most reasons first, then the largest amount. Overaged: older than nine in ten of the \
         deals won in the last year; long_in_stage: longer in its stage than nine in ten of the \
         visits that ended; overdue: the planned close has passed; pushed: it moved later three \
         times or more."
            .into(),
    ];
    if since.is_some() && shown.origin() == Origin::Today {
        table.remarks.push(
            "Without a history of stages or several dated exports only new deals can be told."
                .into(),
        );
    }
    let mut parts = section(
        "list",
        "Open deals",
        vec![Block::Table("list".into())],
        vec![table],
    );
    parts.summary = vec![standing(shown)];
    parts.summary.extend(changed(shown));
    parts
}

fn list_columns(with_changes: bool) -> Vec<Column> {
    let mut all = columns(&[
        ("id", "Deal", Kind::Text, Weight::Normal),
        ("name", "Name", Kind::Text, Weight::Key),
        ("owner", "Owner", Kind::Text, Weight::Normal),
        ("pipeline", "Pipeline", Kind::Text, Weight::DataOnly),
        ("stage", "Stage", Kind::Text, Weight::Key),
        ("age_days", "Age", Kind::Days, Weight::Normal),
        ("stage_age_days", "In stage", Kind::Days, Weight::Normal),
        ("idle_days", "Since activity", Kind::Days, Weight::Detail),
        ("amount", "Amount", Kind::Money, Weight::Key),
        (
            "expected_close",
            "Planned close",
            Kind::Text,
            Weight::Normal,
        ),
        ("close_date_pushes", "Pushes", Kind::Count, Weight::Detail),
        ("reopened", "Reopened", Kind::Count, Weight::DataOnly),
        (
            "p_won_90_days",
            "Won within 90 days",
            Kind::Share,
            Weight::Detail,
        ),
        ("flags", "Stands out", Kind::Text, Weight::Key),
        ("next_step", "Next step", Kind::Text, Weight::Detail),
    ]);
    if !with_changes {
        for column in all.iter_mut().filter(|column| column.id == "age_days") {
            column.weight = Weight::Key;
        }
    }
    if with_changes {
        let changes = Column::new("changes", "Changed", Kind::Text).weight(Weight::Key);
        all.insert(5, changes);
    }
    all
}

fn cells(shown: &Shown, listed: &Listed) -> Vec<Cell> {
    let text = |text: &Option<String>| text.as_deref().map_or(Cell::Blank, Cell::from);
    let number = |value: Option<f64>| value.map_or(Cell::Blank, Cell::from);
    let joined = |words: Vec<String>| match words.is_empty() {
        true => Cell::Blank,
        false => words.join(", ").into(),
    };
    let deal = &listed.deal;
    let mut cells = vec![
        deal.id.as_str().into(),
        text(&deal.name),
        text(&deal.owner),
        text(&deal.pipeline),
        text(&deal.stage),
        number(listed.age),
        listed.in_stage.into(),
        number(listed.idle),
        deal.amount
            .map_or(Cell::Undefined(Undefined::MissingAmount), Cell::from),
        deal.expected_close
            .map_or(Cell::Blank, |at| (shown.day)(at).into()),
        listed.pushes.map_or(Cell::Blank, Cell::from),
        listed.reopened.into(),
        listed.chance.into(),
        joined(
            listed
                .flags
                .iter()
                .map(|flag| flag.code().to_owned())
                .collect(),
        ),
        text(&deal.next_step),
    ];
    if shown.pipeline.since.is_some() {
        let told = listed.changes.iter().map(|change| words(shown, change));
        cells.insert(5, joined(told.collect()));
    }
    cells
}

/// A change in words: `stage Meeting > Proposal`.
fn words(shown: &Shown, change: &Change) -> String {
    let money = |amount: &Option<Money>| match amount {
        Some(amount) => (shown.speak)(&(*amount).into(), Kind::Money),
        None => "none".to_owned(),
    };
    let day = |at: &i64| (shown.day)(*at);
    match change {
        Change::New => "new".to_owned(),
        Change::Reopened => "reopened".to_owned(),
        Change::Restored => "restored".to_owned(),
        Change::Stage(from, to) => format!("stage {from} > {to}"),
        Change::Amount(from, to) => format!("amount {} > {}", money(from), money(to)),
        Change::ClosePushed(from, to) => format!("close pushed {} > {}", day(from), day(to)),
        Change::ClosePulled(from, to) => format!("close pulled {} > {}", day(from), day(to)),
        Change::ClosePlanned(to) => format!("close planned {}", day(to)),
        Change::Owner(from, to) => format!("owner {from} > {to}"),
    }
}

/// How many deals changed since the date.
fn changed(shown: &Shown) -> Option<String> {
    let since = shown.pipeline.since?;
    let list = &shown.pipeline.list;
    let count = |of: &dyn Fn(&Change) -> bool| {
        let with = list.iter().filter(|listed| listed.changes.iter().any(of));
        (shown.speak)(&(with.count() as u64).into(), Kind::Count)
    };
    Some(format!(
        "Since {}, of the open deals: new {}, in another stage {}, another amount {}, pushed to \
         a later close {}, another owner {}.",
        (shown.day)(since),
        count(&|change| *change == Change::New),
        count(&|change| matches!(change, Change::Stage(_, _))),
        count(&|change| matches!(change, Change::Amount(_, _))),
        count(&|change| matches!(change, Change::ClosePushed(_, _))),
        count(&|change| matches!(change, Change::Owner(_, _))),
    ))
}
