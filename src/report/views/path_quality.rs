//! How straight the leads go, and how long they stay.

use super::{Parts, columns, dimension_columns};
use crate::domain::figure::Rate;
use crate::metrics::path_quality::{Dwell, PathQuality, PathRate};
use crate::report::document::{Block, Cell, Column, Kind, Section, Table, Weight};

/// Tables `path_quality` and `dwell`, with their twins `_by` where there are dimensions.
#[must_use]
pub fn view(total: &PathQuality, by: &[PathQuality], dimensions: &[String]) -> Parts {
    let all = std::slice::from_ref(total);
    let mut tables = vec![path_table(all, &[]), dwell_table(all, &[])];
    if !dimensions.is_empty() {
        tables.push(path_table(by, dimensions));
        tables.push(dwell_table(by, dimensions));
    }
    let blocks = tables.iter().map(|table| Block::Table(table.id.clone()));
    let section = Section {
        id: "path-quality".into(),
        title: "Quality of the path".into(),
        blocks: blocks.collect(),
    };
    Parts {
        sections: vec![section],
        tables,
        ..Parts::default()
    }
}

/// What the monthly report says where many moves go back.
#[must_use]
pub fn backward_note(rate: &Rate) -> String {
    format!(
        "{} of {} moves of leads between open stages went back to a lower stage",
        rate.k, rate.n
    )
}

/// Id, title and columns of the table, or of its twin by dimensions.
fn named(id: &str, title: &str, own: Vec<Column>, dimensions: &[String]) -> Table {
    let mut columns = dimension_columns(dimensions);
    columns.extend(own);
    let (id, title) = match dimensions {
        [] => (id.to_owned(), title.to_owned()),
        _ => (
            format!("{id}_by"),
            format!("{title} by {}", dimensions.join(", ")),
        ),
    };
    Table {
        id,
        title,
        columns,
        rows: Vec::new(),
        remarks: Vec::new(),
    }
}

fn with_group(group: &[String], cells: Vec<Cell>) -> Vec<Cell> {
    let group = group.iter().map(|value| Cell::from(value.as_str()));
    group.chain(cells).collect()
}

fn path_table(groups: &[PathQuality], dimensions: &[String]) -> Table {
    let own = columns(&[
        ("key", "Measure", Kind::Text, Weight::Key),
        ("stage", "Stage", Kind::Text, Weight::Key),
        ("rate", "Share", Kind::Rate, Weight::Key),
    ]);
    let mut table = named("path_quality", "Quality of the path", own, dimensions);
    let rows = groups.iter().flat_map(|one| {
        let cells = one.rates.iter().map(path_cells);
        cells.map(|cells| with_group(&one.group, cells))
    });
    table.rows = rows.collect();
    if dimensions.is_empty() {
        table.remarks = vec![
            "skip_rate: of the leads with a date beyond the stage, those not recorded in it. \
             backward_rate: of the moves between open stages, those to a lower one; exits and \
             the last stage are no open stages. regressed_share: of the leads with such a move, \
             those that went back. reentry_rate: of the leads in the stage, those there more \
             than once. reopen_rate: of the leads that left, those that came back. \
             start_stage_mix: the stage where leads begin."
                .into(),
        ];
    }
    table
}

fn path_cells(row: &PathRate) -> Vec<Cell> {
    vec![
        row.key.into(),
        row.stage.as_deref().map_or(Cell::Blank, Cell::from),
        row.rate.clone().into(),
    ]
}

fn dwell_table(groups: &[PathQuality], dimensions: &[String]) -> Table {
    let own = columns(&[
        ("stage", "Stage", Kind::Text, Weight::Key),
        ("leads", "Leads", Kind::Count, Weight::Normal),
        ("visits", "Visits", Kind::Count, Weight::Normal),
        ("median_days", "Median days", Kind::Days, Weight::Key),
        ("p90_days", "90 % within", Kind::Days, Weight::Normal),
        ("still_open", "Still there", Kind::Count, Weight::Key),
    ]);
    let mut table = named("dwell", "Days spent in each stage", own, dimensions);
    let rows = groups.iter().flat_map(|one| {
        let cells = one.dwell.iter().map(dwell_cells);
        cells.map(|cells| with_group(&one.group, cells))
    });
    table.rows = rows.collect();
    if dimensions.is_empty() {
        table.remarks = vec![
            "Days of each lead in the stage, all its visits together. Leads that are still there \
             count as not finished yet (Kaplan-Meier), so the median is the day by which half \
             have left."
                .into(),
        ];
    }
    table
}

fn dwell_cells(row: &Dwell) -> Vec<Cell> {
    vec![
        row.stage.as_str().into(),
        row.leads.into(),
        row.visits.into(),
        row.median.into(),
        row.p90.into(),
        row.still_open.into(),
    ]
}
