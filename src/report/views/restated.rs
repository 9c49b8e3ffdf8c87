//! What an earlier report said that reads differently now, as a section of the report.

use std::collections::BTreeMap;

use super::diff::{inputs, number, of_kind};
use super::{Parts, section, table, title_of};
use crate::compare::{Comparison, Figure, Side};
use crate::domain::prints::RowChanges;
use crate::report::document::{Block, Cell, Column, Kind, Table, Weight};
use crate::report::views::words::Speak;

/// What the section is made of.
pub struct Answer<'a> {
    /// The earlier figures and those of today's data for the same periods, seen from the
    /// same moment.
    pub found: &'a Comparison,
    /// What became of the rows of files, where that is known.
    pub rows: &'a BTreeMap<String, RowChanges>,
    /// The period of the earlier report.
    pub period: &'a str,
    /// Formats figures for people.
    pub speak: Speak<'a>,
}

/// Tables `restated` and `restated_inputs`.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let found = answer.found;
    let figures: Vec<&Figure> = found.figures.iter().filter(|one| is_figure(one)).collect();
    let period = answer.period;
    let asked = found.compared;
    let title = format!("Restated since the report of {period}");
    if figures.is_empty() && found.rows.is_empty() {
        let text = format!(
            "All {asked} figures that the report of {period} gave for its periods read the same from today's data."
        );
        return section("restated", &title, vec![Block::Text(text)], Vec::new());
    }
    let mut restated = table(
        "restated",
        "Figures that read differently from today's data",
        columns(),
        figures.iter().map(|figure| cells(figure)).collect(),
    );
    restated.remarks = vec![
        "Both columns are of the periods as seen from the as-of moment of the earlier report: what has had longer to convert since then is no difference.".into(),
    ];
    restated.remarks.extend(lone_rows(found));
    let mut tables = vec![restated];
    let changed = changed_inputs(answer);
    if !changed.rows.is_empty() {
        tables.push(changed);
    }
    let blocks = tables.iter().map(|table| Block::Table(table.id.clone()));
    let mut parts = section("restated", &title, blocks.collect(), tables.clone());
    parts.summary = vec![sentence(answer, &figures)];
    parts.next = vec![format!(
        "Tell those who have the report of {period} that {} of its figures read differently now.",
        figures.len()
    )];
    parts
}

/// Whether a conversion is settled is no figure.
fn is_figure(figure: &Figure) -> bool {
    !matches!(
        (&figure.old, &figure.new),
        (Side::Flag(_), _) | (_, Side::Flag(_))
    )
}

fn columns() -> Vec<Column> {
    let column =
        |id: &str, title: &str, kind, weight| Column::new(id, title, kind).weight(weight).plain();
    vec![
        column("period", "Period", Kind::Text, Weight::Key),
        column("key", "Key", Kind::Text, Weight::DataOnly),
        column("figure", "Figure", Kind::Text, Weight::Key),
        column("old", "Then", Kind::Number, Weight::Key),
        column("new", "Now", Kind::Number, Weight::Key),
        column("change", "Change", Kind::Share, Weight::Normal),
        column("difference", "Difference", Kind::Number, Weight::Normal),
    ]
}

fn cells(figure: &Figure) -> Vec<Cell> {
    vec![
        figure.row.as_str().into(),
        figure.column.as_str().into(),
        title_of(&figure.column).into(),
        number(&figure.old, &figure.kind),
        number(&figure.new, &figure.kind),
        figure.change.map_or(Cell::Blank, Cell::Share),
        figure
            .difference
            .map_or(Cell::Blank, |value| of_kind(value, &figure.kind)),
    ]
}

/// The inputs that differ, with what became of their rows.
fn changed_inputs(answer: &Answer) -> Table {
    let mut changed = inputs(answer.found);
    changed.id = "restated_inputs".into();
    changed.title = "Inputs that are not those of the earlier report".into();
    let columns = [
        ("added", "Added"),
        ("removed", "Removed"),
        ("changed", "Changed"),
    ];
    changed.columns.extend(columns.map(|(id, title)| {
        Column::new(id, title, Kind::Count)
            .weight(Weight::Normal)
            .plain()
    }));
    for (row, input) in changed.rows.iter_mut().zip(&answer.found.inputs) {
        let known = answer.rows.get(&input.file);
        let counts = known.map(|rows| [rows.added, rows.removed, rows.changed]);
        row.extend(match counts {
            Some(counts) => counts.map(Cell::from),
            None => [Cell::Blank, Cell::Blank, Cell::Blank],
        });
    }
    if !answer.rows.is_empty() {
        changed.remarks.push(
            "A row is changed where its id stays and its text does not; without ids it is one removed and one added.".into(),
        );
    }
    changed
}

fn lone_rows(found: &Comparison) -> Option<String> {
    let named = |is_new: bool| -> Vec<&str> {
        let rows = found.rows.iter().filter(|row| row.is_new == is_new);
        rows.map(|row| row.row.as_str()).collect()
    };
    let (came, went) = (named(true), named(false));
    let list = |what: &str, names: &[&str]| {
        (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")))
    };
    let told: Vec<String> = [
        list("periods that the earlier report did not have", &came),
        list("periods that are gone", &went),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!told.is_empty()).then(|| format!("{}.", super::capitalised(&told.join("; "))))
}

/// How many, and the one that moved most for its size.
fn sentence(answer: &Answer, figures: &[&Figure]) -> String {
    let period = answer.period;
    let mut text = format!(
        "{} of {} figures that the report of {period} gave read differently from today's data",
        figures.len(),
        answer.found.compared
    );
    let size = |figure: &&&Figure| figure.change.map_or(0.0, f64::abs);
    let largest = figures.iter().max_by(|a, b| size(a).total_cmp(&size(b)));
    if let Some(figure) = largest.filter(|figure| size(figure) > 0.0) {
        let said = |side: &Side| {
            let kind = match figure.kind.as_str() {
                "money" => Kind::Money,
                "rate" | "share" => Kind::Share,
                "count" => Kind::Count,
                _ => Kind::Number,
            };
            (answer.speak)(&number(side, &figure.kind), kind)
        };
        text.push_str(&format!(
            "; most of all {} of {}, from {} to {}",
            title_of(&figure.column),
            figure.row,
            said(&figure.old),
            said(&figure.new)
        ));
    }
    text.push('.');
    text
}
