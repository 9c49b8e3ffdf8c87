//! What moved: the waterfall of the period, and planned closes that went later.

use super::Shown;
use crate::domain::figure::Undefined;
use crate::metrics::pipeline::timeline::Origin;
use crate::metrics::pipeline::waterfall::{Movement, Step};
use crate::report::document::{Block, Cell, Chart, Column, Kind, Plot, Segments, Tone, Weight};
use crate::report::views::{Parts, columns, dimension_columns, section, table};

/// Tables `movement`, `movement_by` and `close_dates`; nothing where the period has no ends.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let Some(lines) = &shown.pipeline.movement else {
        return Parts::default();
    };
    let told: Vec<&Movement> = lines.iter().filter(|line| is_told(shown, line)).collect();
    let rows = told.iter().map(|line| cells(Vec::new(), line)).collect();
    let title = match &shown.pipeline.closing {
        None => "What moved in the period".to_owned(),
        Some(window) => format!("What moved, of deals planned to close in {}", window.label),
    };
    let mut moved = table("movement", &title, line_columns(Vec::new()), rows);
    moved.remarks = remarks(shown);
    let mut tables = vec![moved];
    let mut blocks = vec![
        Block::Chart("movement".into()),
        Block::Table("movement".into()),
    ];
    if !shown.dimensions.is_empty() {
        let rows = shown
            .pipeline
            .movement_by
            .iter()
            .flat_map(|(group, lines)| {
                let names = || {
                    group
                        .iter()
                        .map(|value| Cell::from(value.as_str()))
                        .collect()
                };
                let told = lines.iter().filter(|line| is_told(shown, line));
                told.map(|line| cells(names(), line)).collect::<Vec<_>>()
            });
        let columns = line_columns(dimension_columns(shown.dimensions));
        let title = format!("{title} by {}", shown.dimensions.join(", "));
        tables.push(table("movement_by", &title, columns, rows.collect()));
        blocks.push(Block::Table("movement_by".into()));
    }
    if shown.pipeline.slips.pushed != Err(Undefined::NoData) {
        tables.push(close_dates(shown));
        blocks.push(Block::Table("close_dates".into()));
    }
    let mut parts = section("movement", "Movement", blocks, tables);
    parts.charts.push(chart(&title, &told));
    parts
}

/// Lines that every pipeline has, and those in which a deal stands somewhere.
fn is_told(shown: &Shown, line: &Movement) -> bool {
    let always = [
        Step::Opening,
        Step::New,
        Step::Won,
        Step::Lost,
        Step::Closing,
    ];
    let lines = shown.pipeline.movement.iter().flatten();
    always.contains(&line.step)
        || lines
            .into_iter()
            .any(|known| known.step == line.step && known.deals > 0)
}

fn line_columns(mut first: Vec<Column>) -> Vec<Column> {
    first.extend(columns(&[
        ("step", "Step", Kind::Text, Weight::Key),
        ("deals", "Deals", Kind::Count, Weight::Key),
        ("value", "Value", Kind::Money, Weight::Key),
    ]));
    first
}

fn cells(mut cells: Vec<Cell>, line: &Movement) -> Vec<Cell> {
    cells.extend([
        line.step.code().into(),
        line.deals.into(),
        line.value.into(),
    ]);
    cells
}

fn remarks(shown: &Shown) -> Vec<String> {
    let mut remarks = vec![
        "All lines but the last add up to it; what left stands below zero, won and lost at the \
         final amount."
            .to_owned(),
    ];
    let unknown = shown.pipeline.deals.without_old_amounts();
    if unknown > 0 {
        let which = match shown.origin() {
            Origin::Today => "Amounts".to_owned(),
            Origin::Events | Origin::Snapshots => format!("Amounts of {unknown} deals"),
        };
        remarks.push(format!(
            "{which} are today's: the export has no history of them (amount_not_historical)."
        ));
    }
    if shown.origin() == Origin::Snapshots {
        remarks.push(
            "What differs between two exports is told with the date of the later one.".to_owned(),
        );
    }
    let counts = shown.pipeline.deals.counts;
    let after_end: u64 = shown.pipeline.deals.after_end();
    let left_out = [
        (
            counts.after_as_of,
            "lie after the as-of moment and are not known yet",
        ),
        (counts.undated, "have no date and are left out"),
        (
            counts.unknown_words,
            "have a word that no ladder knows: they tell no stage",
        ),
        (
            after_end,
            "tell of deals that were open after their closing date; that date counts",
        ),
    ];
    for (rows, why) in left_out.into_iter().filter(|(rows, _)| *rows > 0) {
        remarks.push(format!(
            "{rows} of {} rows of the history {why}.",
            counts.rows
        ));
    }
    if shown.pipeline.closing.is_some() {
        remarks.push(
            "Pulled in: planned for another time at the beginning, at the amount of the end; \
             pushed out: the other way round, at the amount of the beginning."
                .to_owned(),
        );
    }
    remarks
}

fn close_dates(shown: &Shown) -> crate::report::document::Table {
    let slips = &shown.pipeline.slips;
    let columns = columns(&[
        ("key", "Figure", Kind::Text, Weight::Key),
        ("value", "Value", Kind::Number, Weight::Key),
        ("rate", "Share", Kind::Rate, Weight::Key),
    ]);
    let rows = vec![
        vec!["close_date_pushes".into(), slips.pushes.into(), Cell::Blank],
        vec![
            "over_month_end".into(),
            slips.over_month_end.into(),
            Cell::Blank,
        ],
        vec!["days_pushed".into(), slips.days.into(), Cell::Blank],
        vec![
            "pushed_deals".into(),
            Cell::Blank,
            slips.pushed.clone().into(),
        ],
        vec![
            "slip_rate".into(),
            Cell::Blank,
            slips.slipped.clone().into(),
        ],
    ];
    let mut table = table(
        "close_dates",
        "Planned closes that moved later",
        columns,
        rows,
    );
    table.remarks = vec![
        "slip_rate: of the deals planned at the beginning to close in the period, those open at \
         its end with a later plan."
            .into(),
    ];
    table
}

/// Floating bars, each from where the one before ended.
fn chart(title: &str, lines: &[&Movement]) -> Chart {
    let step = |line: &&Movement| {
        let tone = match line.step {
            step if step.is_total() => Tone::Total,
            step if step.leaves() => Tone::Goes,
            _ => Tone::Comes,
        };
        let label = line.step.code().replace('_', " ");
        (label, line.value.units(), tone, super::so_many(line.deals))
    };
    Chart {
        id: "movement".into(),
        title: title.to_owned(),
        description: "The pipeline at the beginning, what came, what left, and what is there at \
                      the end, each bar from where the one before ended."
            .into(),
        table: "movement".into(),
        plot: Plot::Segments(Segments::waterfall(Kind::Money, lines.iter().map(step))),
    }
}
