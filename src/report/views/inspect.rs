//! What each file is, what is wrong with it, how well the files fit together.

use std::collections::{BTreeMap, BTreeSet};

use super::Parts;
use super::quality::{self, Problem, Stamp};
use crate::metrics::quality::{Accounts, ColumnAccount, Spelling};
use crate::report::document::{Block, Cell, Column, Kind, Section, Table, Weight};

/// Tables `inputs`, `set_aside`, `problems`, `joins`, `channels`, `channel_matrix`, `columns`.
#[must_use]
pub fn view(accounts: &Accounts, problems: &[Problem], stamp: Stamp) -> Parts {
    let tables = vec![
        quality::inputs(accounts, stamp),
        quality::set_aside(&accounts.inputs),
        quality::problems_table(problems),
        quality::joins(accounts, Weight::Detail),
        spellings(&accounts.spellings),
        matrix(&accounts.spellings),
        columns(&accounts.columns),
    ];
    let sections = [
        ("inputs", "Inputs", &["inputs", "set_aside"][..]),
        ("problems", "Findings", &["problems"][..]),
        ("joins", "Joins", &["joins"][..]),
        ("channels", "Channels", &["channel_matrix", "channels"][..]),
        ("columns", "Columns", &["columns"][..]),
    ];
    let filled: BTreeSet<&str> = tables
        .iter()
        .filter(|table| !table.rows.is_empty())
        .map(|table| table.id.as_str())
        .collect();
    let sections = sections
        .into_iter()
        .map(|(id, title, ids)| {
            let blocks = ids.iter().filter(|id| filled.contains(**id));
            Section {
                id: id.into(),
                title: title.into(),
                blocks: blocks.map(|id| Block::Table((*id).into())).collect(),
            }
        })
        .filter(|section| !section.blocks.is_empty())
        .collect();
    Parts {
        sections,
        tables,
        ..Parts::default()
    }
}

fn column_list<const N: usize>(list: [(&str, &str, Kind, Weight); N]) -> Vec<Column> {
    list.into_iter()
        .map(|(id, title, kind, weight)| Column::new(id, title, kind).weight(weight))
        .collect()
}

fn spellings(list: &[Spelling]) -> Table {
    let rows = list.iter().map(|spelling| {
        vec![
            if spelling.spelling.is_empty() {
                "(none)".into()
            } else {
                spelling.spelling.as_str().into()
            },
            spelling.input.as_str().into(),
            spelling.rows.into(),
            spelling.channel.as_str().into(),
            spelling.rule.as_str().into(),
        ]
    });
    Table {
        id: "channels".into(),
        title: "Which channel each spelling went to".into(),
        columns: column_list([
            ("spelling", "Spelling", Kind::Text, Weight::Key),
            ("input", "Input", Kind::Text, Weight::Key),
            ("rows", "Rows", Kind::Count, Weight::Normal),
            ("channel", "Channel", Kind::Text, Weight::Key),
            ("rule", "Rule", Kind::Text, Weight::Detail),
        ]),
        rows: rows.collect(),
        remarks: Vec::new(),
    }
}

/// Channels by input; an empty cell is marked, because a channel that one input lacks is
/// either true or a spelling that went elsewhere.
fn matrix(list: &[Spelling]) -> Table {
    let inputs: BTreeSet<&str> = list
        .iter()
        .map(|spelling| spelling.input.as_str())
        .collect();
    let mut rows: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for spelling in list {
        let row = rows.entry(spelling.channel.as_str()).or_default();
        *row.entry(spelling.input.as_str()).or_default() += spelling.rows;
    }
    let mut columns = vec![Column::new("channel", "Channel", Kind::Text).weight(Weight::Key)];
    columns.extend(
        inputs
            .iter()
            .map(|input| Column::new(*input, *input, Kind::Text).weight(Weight::Key)),
    );
    let cells = rows.into_iter().map(|(channel, counts)| {
        let mut cells: Vec<Cell> = vec![channel.into()];
        for input in &inputs {
            let count = counts.get(input);
            cells.push(count.map_or_else(|| "\u{2014}".into(), |rows| rows.to_string().into()));
        }
        cells
    });
    Table {
        id: "channel_matrix".into(),
        title: "Rows by channel and input".into(),
        columns,
        rows: cells.collect(),
        remarks: vec![
            "\u{2014} marks a channel that an input does not have: true, or a spelling that \
             went elsewhere (map it with [[channel]] match)."
                .into(),
        ],
    }
}

fn columns(list: &[ColumnAccount]) -> Table {
    let rows = list.iter().map(|column| {
        let number = |value: Option<f64>| value.map_or(Cell::Blank, Cell::from);
        vec![
            column.file.as_str().into(),
            column.column.as_str().into(),
            column.maps_to.as_str().into(),
            column.kind.as_str().into(),
            column.format.as_str().into(),
            column.filled.into(),
            column.distinct.into(),
            column.distinct_is_exact.into(),
            column.sum.map_or(Cell::Blank, Cell::Money),
            number(column.range.map(|(min, _, _)| min)),
            number(column.range.map(|(_, median, _)| median)),
            number(column.range.map(|(_, _, max)| max)),
        ]
    });
    Table {
        id: "columns".into(),
        title: "Columns of the files".into(),
        columns: column_list([
            ("file", "File", Kind::Text, Weight::Normal),
            ("column", "Column", Kind::Text, Weight::Key),
            ("maps_to", "Read as", Kind::Text, Weight::Key),
            ("type", "Type", Kind::Text, Weight::Key),
            ("format", "Format", Kind::Text, Weight::Normal),
            ("filled", "Filled", Kind::Count, Weight::Normal),
            ("distinct", "Distinct", Kind::Count, Weight::Detail),
            ("distinct_is_exact", "Exact", Kind::Flag, Weight::DataOnly),
            ("sum", "Sum", Kind::Number, Weight::Detail),
            ("min", "Min", Kind::Number, Weight::Detail),
            ("median", "Median", Kind::Number, Weight::Detail),
            ("max", "Max", Kind::Number, Weight::Detail),
        ]),
        rows: rows.collect(),
        remarks: Vec::new(),
    }
}
