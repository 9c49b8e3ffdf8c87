//! The pipeline beside what is to be won: targets, quotas, the reps' own categories.

use super::Shown;
use crate::domain::money::Money;
use crate::metrics::pipeline::coverage::{Category, Coverage, Rep};
use crate::report::document::{Block, Cell, Kind, Table, Weight};
use crate::report::views::{Parts, columns, section, table};

/// Tables `coverage`, `reps` and `forecast_category`, as far as there is something in them.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let tables = [coverage(shown), reps(shown), categories(shown)];
    let tables: Vec<Table> = tables
        .into_iter()
        .filter(|table| !table.rows.is_empty())
        .collect();
    if tables.is_empty() {
        return Parts::default();
    }
    let blocks = tables
        .iter()
        .map(|table| Block::Table(table.id.clone()))
        .collect();
    section("targets-of-deals", "Is it enough", blocks, tables)
}

fn coverage(shown: &Shown) -> Table {
    let columns = columns(&[
        ("period", "Period", Kind::Text, Weight::Key),
        ("target", "Target", Kind::Money, Weight::Key),
        ("target_from", "From", Kind::Text, Weight::Detail),
        ("won", "Won so far", Kind::Money, Weight::Key),
        ("open_deals", "Open", Kind::Count, Weight::Detail),
        ("open_value", "Open for it", Kind::Money, Weight::Key),
        ("no_close_date", "No plan", Kind::Count, Weight::Detail),
        ("pipeline_coverage", "Coverage", Kind::Ratio, Weight::Key),
        ("coverage_needed", "Needed", Kind::Ratio, Weight::Key),
        ("past_periods", "Past periods", Kind::Count, Weight::Detail),
    ]);
    let row = |row: &Coverage| {
        vec![
            row.period.label.as_str().into(),
            row.target.map(|(units, _)| Money::from_units(units)).into(),
            row.target
                .map_or(Cell::Blank, |(_, from)| from.code().into()),
            row.won.into(),
            row.open.0.into(),
            row.open.1.into(),
            row.unplanned.into(),
            row.coverage.into(),
            row.needed.into(),
            row.past.into(),
        ]
    };
    let rows = shown.pipeline.coverage.iter().map(row).collect();
    let mut table = table("coverage", "Open deals beside the target", columns, rows);
    table.remarks = vec![
        "Coverage: open deals planned to close in the period over what is left of the target. \
         Needed: what past periods had open at the same point for each unit that they won of it; \
         it takes a history of planned closes over four periods."
            .into(),
    ];
    table
}

fn reps(shown: &Shown) -> Table {
    let columns = columns(&[
        ("owner", "Owner", Kind::Text, Weight::Key),
        ("team", "Team", Kind::Text, Weight::Normal),
        ("active", "Active", Kind::Flag, Weight::Detail),
        ("open_deals", "Open", Kind::Count, Weight::Key),
        ("open_value", "Open value", Kind::Money, Weight::Key),
        ("period", "Quota of", Kind::Text, Weight::Normal),
        ("quota", "Quota", Kind::Money, Weight::Key),
        ("won", "Won in it", Kind::Money, Weight::Key),
        ("attained", "Attained", Kind::Share, Weight::Normal),
        ("pipeline_coverage", "Coverage", Kind::Ratio, Weight::Normal),
    ]);
    let text = |text: Option<&str>| text.map_or(Cell::Blank, Cell::from);
    let row = |rep: &Rep| {
        vec![
            rep.owner.as_str().into(),
            text(rep.team.as_deref()),
            rep.active.map_or(Cell::Blank, Cell::from),
            rep.open.0.into(),
            rep.open.1.into(),
            text(rep.period.as_ref().map(|period| period.label.as_str())),
            rep.quota.into(),
            rep.won.into(),
            rep.attained.into(),
            rep.coverage.into(),
        ]
    };
    let rows = shown.pipeline.reps.iter().map(row).collect();
    table("reps", "Reps and their quotas", columns, rows)
}

fn categories(shown: &Shown) -> Table {
    let columns = columns(&[
        ("category", "Category", Kind::Text, Weight::Key),
        ("deals", "Deals", Kind::Count, Weight::Key),
        ("value", "Value", Kind::Money, Weight::Key),
        ("missing_amount", "No amount", Kind::Count, Weight::Detail),
    ]);
    let row = |row: &Category| {
        vec![
            row.category.as_str().into(),
            row.deals.into(),
            row.value.into(),
            row.missing_amount.into(),
        ]
    };
    let rows = shown.pipeline.categories.iter().map(row).collect();
    let mut table = table("forecast_category", "What the reps say", columns, rows);
    table.remarks = vec!["Open deals under the category that their rep gave them.".into()];
    table
}
