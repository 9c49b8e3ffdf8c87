//! Attempts, load, commitments, and what was followed through.

use super::{Shown, qualified, text};
use crate::domain::figure::Figure;
use crate::metrics::sla::agreement::{Delivery, Together, together};
use crate::metrics::sla::load::Load;
use crate::report::document::{Block, Cell, Kind, Table, Weight};
use crate::report::views::{Parts, columns, section, table, title_of};

/// Tables `attempts` and `cadence`.
pub fn attempts(shown: &Shown) -> Parts {
    let days = shown.levels.attempt_days;
    let stage = format!("Became {}", title_of(qualified(shown)));
    let last = format!("Became {}", title_of(shown.ladder.last()));
    let rows = shown.sla.attempts.iter().map(|class| {
        vec![
            class.class.as_str().into(),
            class.leads.into(),
            class.share.into(),
            class.qualified.clone().into(),
            class.won.clone().into(),
        ]
    });
    let mut classes = table(
        "attempts",
        &format!("Leads by attempts in their first {days} days"),
        columns(&[
            ("attempts", "Attempts", Kind::Text, Weight::Key),
            ("leads", "Leads", Kind::Count, Weight::Key),
            ("share", "Share", Kind::Share, Weight::Normal),
            ("qualified_rate", &stage, Kind::Rate, Weight::Key),
            ("won_rate", &last, Kind::Rate, Weight::Normal),
        ]),
        rows.collect(),
    );
    classes.remarks = vec![
        "Calls, mails, messages and meetings by people, to the lead. An association: who answers \
         at once is not tried again."
            .into(),
    ];
    let rows = shown.sla.cadence.iter().map(|week| {
        vec![
            week.number.into(),
            week.leads.into(),
            week.touched.clone().into(),
            week.attempts.into(),
        ]
    });
    let mut cadence = table(
        "cadence",
        "Attempts week by week",
        columns(&[
            ("week", "Week", Kind::Count, Weight::Key),
            ("leads", "Open leads", Kind::Count, Weight::Key),
            ("touched", "Tried in it", Kind::Rate, Weight::Key),
            ("attempts", "Attempts by lead", Kind::Ratio, Weight::Key),
        ]),
        rows.collect(),
    );
    cadence.remarks = vec!["Leads that were open through the whole week of their life.".into()];
    let blocks = vec![
        Block::Table("attempts".into()),
        Block::Table("cadence".into()),
    ];
    let tables = vec![classes, cadence];
    section("attempts", "How often leads are tried", blocks, tables)
}

/// Table `load`.
pub fn load(shown: &Shown) -> Parts {
    if shown.sla.load.is_empty() {
        return Parts::default();
    }
    let rows = shown.sla.load.iter().map(|line| load_cells(shown, line));
    let rows = rows.collect();
    let mut main = table(
        "load",
        "Who has how much to work",
        columns(&[
            ("owner", "Owner", Kind::Text, Weight::Key),
            ("active", "Active", Kind::Flag, Weight::Detail),
            ("open_leads", "Open leads", Kind::Count, Weight::Key),
            ("cap", "Most", Kind::Count, Weight::Normal),
            ("new_leads", "New leads", Kind::Count, Weight::Normal),
            (
                "new_leads_per_rep_day",
                "New a working day",
                Kind::Number,
                Weight::Key,
            ),
            ("load_ratio", "Load", Kind::Ratio, Weight::Normal),
            (
                "attempts_per_lead",
                "Attempts by lead",
                Kind::Ratio,
                Weight::Normal,
            ),
            ("won_rate", "Won", Kind::Rate, Weight::Detail),
            ("shrunk_rate", "Won, shrunk", Kind::Share, Weight::Detail),
            ("rank", "Rank", Kind::Count, Weight::DataOnly),
            ("calendar", "Calendar", Kind::Text, Weight::Detail),
        ]),
        rows,
    );
    main.remarks = vec![format!(
        "Open leads at the as-of moment; load: over the median of those who are active; attempts \
         in the first {} days. Rank: by the lower end of the interval of the won rate, since the \
         best raw rate belongs to whom has few leads. Working days: {}.",
        shown.levels.attempt_days, shown.levels.working_days.name
    )];
    let mut blocks = vec![Block::Table("load".into())];
    let mut tables = vec![main];
    if !shown.sla.crowds.is_empty() {
        blocks.push(Block::Table("conversion_by_load".into()));
        tables.push(crowding(shown));
    }
    section("load", "Load", blocks, tables)
}

fn crowding(shown: &Shown) -> Table {
    let last = format!("Became {}", title_of(shown.ladder.last()));
    let rows = shown.sla.crowds.iter().map(|crowd| {
        vec![
            crowd.open.0.into(),
            crowd.open.1.into(),
            crowd.leads.into(),
            crowd.won.clone().into(),
        ]
    });
    let mut table = table(
        "conversion_by_load",
        "By what the owner had when the lead came",
        columns(&[
            ("open_from", "Open leads from", Kind::Count, Weight::Key),
            ("open_to", "to", Kind::Count, Weight::Key),
            ("leads", "Leads", Kind::Count, Weight::Key),
            ("won_rate", &last, Kind::Rate, Weight::Key),
        ]),
        rows.collect(),
    );
    table.remarks = vec![
        "Thirds of the leads. An association: the best people often get the most leads.".into(),
    ];
    table
}

fn load_cells(shown: &Shown, line: &Load) -> Vec<Cell> {
    vec![
        line.owner.as_str().into(),
        line.active.map_or(Cell::Blank, Cell::Flag),
        line.open_leads.into(),
        shown.cap.into(),
        line.new_leads.into(),
        line.new_leads_per_day.into(),
        line.ratio.into(),
        line.attempts_per_lead.into(),
        line.won.clone().into(),
        line.shrunk.map_or_else(Cell::Undefined, Cell::Share),
        line.rank.map_or(Cell::Blank, Cell::from),
        line.calendar.as_deref().map_or(Cell::Blank, Cell::from),
    ]
}

/// Table `marketing`.
pub fn marketing(shown: &Shown) -> Parts {
    if shown.sla.deliveries.is_empty() {
        return Parts::default();
    }
    let row = |delivery: &Delivery| {
        let goal = &delivery.goal;
        let by: Vec<String> = goal
            .by
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        vec![
            goal.metric.as_str().into(),
            goal.period.label.as_str().into(),
            text(Some(by.join(", ")).as_deref().filter(|by| !by.is_empty())),
            goal.value.into(),
            delivery.delivered.into(),
            delivery.sla.map_or_else(Cell::Undefined, Cell::Share),
            delivery.daily_pace.into(),
            delivery.working_days.0.into(),
            delivery.working_days.1.into(),
            delivery.value.promised.into(),
            delivery.value.delivered.into(),
            delivery
                .value
                .sla()
                .map_or_else(Cell::Undefined, Cell::Share),
        ]
    };
    let rows = shown.sla.deliveries.iter().map(row).collect();
    let mut main = table(
        "marketing",
        "Promised and delivered",
        columns(&[
            ("metric", "Stage", Kind::Text, Weight::Key),
            ("period", "Period", Kind::Text, Weight::Key),
            ("by", "Of", Kind::Text, Weight::Normal),
            ("promised", "Promised", Kind::Number, Weight::Key),
            ("delivered", "Delivered", Kind::Number, Weight::Key),
            (
                "marketing_sla",
                "Of the promise",
                Kind::Share,
                Weight::Normal,
            ),
            ("daily_pace", "Pace", Kind::Ratio, Weight::Key),
            (
                "working_days_passed",
                "Working days passed",
                Kind::Count,
                Weight::Detail,
            ),
            ("working_days", "Working days", Kind::Count, Weight::Detail),
            (
                "promised_value",
                "Promised value",
                Kind::Money,
                Weight::Detail,
            ),
            (
                "delivered_value",
                "Delivered value",
                Kind::Money,
                Weight::Detail,
            ),
            (
                "marketing_sla_value",
                "Of its value",
                Kind::Share,
                Weight::Normal,
            ),
        ]),
        rows,
    );
    main.remarks = vec![
        "Targets of stages ([[target]]). Pace: delivered over what the working days passed so far \
         ask for; 1 is on time. Value: leads of a channel x its share that become customers x \
         mean won amount; a channel with fewer than 30 old leads has the share of all."
            .into(),
    ];
    let together = together(&shown.sla.deliveries);
    let mut blocks = vec![Block::Table("marketing".into())];
    let mut tables = vec![main];
    if !together.is_empty() {
        blocks.push(Block::Table("marketing_together".into()));
        tables.push(commitments(&together));
    }
    section("marketing", "Promised and delivered", blocks, tables)
}

/// Table `marketing_together`.
fn commitments(together: &[Together]) -> Table {
    let row = |one: &Together| {
        let share = |figure: Figure<f64>| figure.map_or_else(Cell::Undefined, Cell::Share);
        vec![
            one.metric.as_str().into(),
            one.period.as_str().into(),
            one.commitments.into(),
            one.promised.into(),
            one.delivered.into(),
            share(one.sla()),
            one.value.promised.into(),
            one.value.delivered.into(),
            share(one.value.sla()),
        ]
    };
    let mut table = table(
        "marketing_together",
        "The promises of the channels together",
        columns(&[
            ("metric", "Stage", Kind::Text, Weight::Key),
            ("period", "Period", Kind::Text, Weight::Key),
            ("channels", "Channels", Kind::Count, Weight::Detail),
            ("promised", "Promised", Kind::Number, Weight::Normal),
            ("delivered", "Delivered", Kind::Number, Weight::Normal),
            ("marketing_sla", "By count", Kind::Share, Weight::Key),
            (
                "promised_value",
                "Promised value",
                Kind::Money,
                Weight::Normal,
            ),
            (
                "delivered_value",
                "Delivered value",
                Kind::Money,
                Weight::Normal,
            ),
            ("marketing_sla_value", "By value", Kind::Share, Weight::Key),
        ]),
        together.iter().map(row).collect(),
    );
    table.remarks =
        vec!["A promise kept by count with leads of poorer channels is not kept by value.".into()];
    table
}

/// Table `follow_through`.
pub fn follow(shown: &Shown) -> Parts {
    let rows = shown.sla.follow.iter().map(|row| {
        let (rate, value) = match row.value {
            Some(value) => (Cell::Blank, value.map_or_else(Cell::Undefined, Cell::Share)),
            None => (row.rate.clone().into(), Cell::Blank),
        };
        vec![row.key.into(), rate, value, row.says.into()]
    });
    let main = table(
        "follow_through",
        "Followed through",
        columns(&[
            ("key", "Figure", Kind::Text, Weight::Key),
            ("rate", "Share", Kind::Rate, Weight::Key),
            ("value", "Median", Kind::Share, Weight::Normal),
            ("says", "What is counted", Kind::Text, Weight::Normal),
        ]),
        rows.collect(),
    );
    let blocks = vec![Block::Table("follow_through".into())];
    section("follow-through", "Followed through", blocks, vec![main])
}
