//! Data quality: what was read, what was left out, how well it fits together.

use super::Parts;
use crate::metrics::quality::{Accounts, InputAccount, Share};
use crate::report::document::{Block, Cell, Column, Kind, Section, Table, Weight};

/// A finding in words, for the table of problems.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// Code of the finding.
    pub code: String,
    /// `note`, `warning` or `error`.
    pub severity: String,
    /// The file, where there is one.
    pub file: String,
    /// Line of the file.
    pub line: Option<u64>,
    /// Header of the column.
    pub column: String,
    /// What was found.
    pub text: String,
    /// The way out.
    pub hint: String,
    /// How many findings it stands for.
    pub count: u64,
}

/// Instants as text in the report zone.
pub type Stamp<'a> = &'a dyn Fn(i64) -> String;

/// The section of the monthly report.
#[must_use]
pub fn view(accounts: &Accounts, shares: &[Share], problems: &[Problem], stamp: Stamp) -> Parts {
    let tables = vec![
        inputs(accounts, stamp),
        set_aside(&accounts.inputs),
        joins(accounts),
        shares_table(shares),
        problems_table(problems),
    ];
    let filled = tables.iter().filter(|table| !table.rows.is_empty());
    let mut blocks = vec![Block::Text(account_sentence(&accounts.inputs))];
    blocks.extend(filled.map(|table| Block::Table(table.id.clone())));
    Parts {
        sections: vec![Section {
            id: "data-quality".into(),
            title: "Data quality".into(),
            blocks,
        }],
        tables,
        ..Parts::default()
    }
}

fn account_sentence(inputs: &[InputAccount]) -> String {
    let rows: u64 = inputs.iter().map(|input| input.rows).sum();
    let used: u64 = inputs.iter().map(InputAccount::used).sum();
    format!(
        "{rows} rows were read from {} files; {used} of them are used and {} are set aside, each for a stated reason.",
        inputs.len(),
        rows - used
    )
}

fn columns<const N: usize>(list: [(&str, &str, Kind, Weight); N]) -> Vec<Column> {
    list.into_iter()
        .map(|(id, title, kind, weight)| Column::new(id, title, kind).weight(weight))
        .collect()
}

/// Table `inputs`.
#[must_use]
pub fn inputs(accounts: &Accounts, stamp: Stamp) -> Table {
    let moment = |at: Option<i64>| at.map_or(Cell::Blank, |at| stamp(at).into());
    let cells = |input: &InputAccount| {
        vec![
            input.file.as_str().into(),
            input.kind.as_str().into(),
            input.table.as_str().into(),
            input.encoding.as_str().into(),
            input.delimiter.as_str().into(),
            input.rows.into(),
            input.used().into(),
            input.aside().into(),
            input
                .aside_for(crate::metrics::quality::Reason::Rejected)
                .into(),
            moment(input.first),
            moment(input.last),
            moment(input.through),
            input.sha256.as_str().into(),
        ]
    };
    Table {
        id: "inputs".into(),
        title: "What was read".into(),
        columns: columns([
            ("file", "File", Kind::Text, Weight::Key),
            ("kind", "Kind", Kind::Text, Weight::Key),
            ("table", "Table", Kind::Text, Weight::Detail),
            ("encoding", "Encoding", Kind::Text, Weight::Detail),
            ("delimiter", "Delimiter", Kind::Text, Weight::Detail),
            ("rows", "Rows", Kind::Count, Weight::Key),
            ("used", "Used", Kind::Count, Weight::Key),
            ("set_aside", "Set aside", Kind::Count, Weight::Normal),
            ("rejected", "Rejected", Kind::Count, Weight::Normal),
            ("first", "First", Kind::Text, Weight::Detail),
            ("last", "Last", Kind::Text, Weight::Detail),
            ("through", "Complete through", Kind::Text, Weight::Detail),
            ("sha256", "SHA-256", Kind::Text, Weight::DataOnly),
        ]),
        rows: accounts.inputs.iter().map(cells).collect(),
        remarks: Vec::new(),
    }
}

/// Table `set_aside`.
#[must_use]
pub fn set_aside(inputs: &[InputAccount]) -> Table {
    let rows = inputs.iter().flat_map(|input| {
        input.set_aside.iter().map(|((reason, why), (rows, line))| {
            vec![
                input.file.as_str().into(),
                reason.code().into(),
                why.as_str().into(),
                (*rows).into(),
                (*line).into(),
            ]
        })
    });
    Table {
        id: "set_aside".into(),
        title: "Rows set aside".into(),
        columns: columns([
            ("file", "File", Kind::Text, Weight::Key),
            ("reason", "Reason", Kind::Text, Weight::Key),
            ("why", "Why", Kind::Text, Weight::Normal),
            ("rows", "Rows", Kind::Count, Weight::Key),
            ("first_line", "First line", Kind::Count, Weight::Normal),
        ]),
        rows: rows.collect(),
        remarks: Vec::new(),
    }
}

/// Table `joins`.
#[must_use]
pub fn joins(accounts: &Accounts) -> Table {
    let rows = accounts.joins.iter().map(|join| {
        vec![
            join.from.as_str().into(),
            join.to.as_str().into(),
            join.matched.into(),
            join.unmatched.into(),
            join.examples.join(", ").into(),
        ]
    });
    Table {
        id: "joins".into(),
        title: "How the files join".into(),
        columns: columns([
            ("from", "From", Kind::Text, Weight::Key),
            ("to", "To", Kind::Text, Weight::Key),
            ("matched", "Matched", Kind::Count, Weight::Key),
            ("unmatched", "Unmatched", Kind::Count, Weight::Key),
            ("examples", "Unmatched keys", Kind::Text, Weight::Detail),
        ]),
        rows: rows.collect(),
        remarks: Vec::new(),
    }
}

fn shares_table(shares: &[Share]) -> Table {
    let rows = shares.iter().map(|share| {
        vec![
            share.key.into(),
            share.k.into(),
            share.n.into(),
            share.value.into(),
        ]
    });
    Table {
        id: "data_quality".into(),
        title: "Shares of the unknown".into(),
        columns: columns([
            ("key", "Share", Kind::Text, Weight::Key),
            ("k", "Rows", Kind::Count, Weight::Normal),
            ("n", "Of", Kind::Count, Weight::Normal),
            ("value", "Value", Kind::Share, Weight::Key),
        ]),
        rows: rows.collect(),
        remarks: Vec::new(),
    }
}

/// Table `problems`.
#[must_use]
pub fn problems_table(problems: &[Problem]) -> Table {
    let rows = problems.iter().map(|problem| {
        vec![
            problem.code.as_str().into(),
            problem.severity.as_str().into(),
            problem.file.as_str().into(),
            problem.line.map_or(Cell::Blank, Cell::from),
            problem.column.as_str().into(),
            problem.text.as_str().into(),
            problem.hint.as_str().into(),
            problem.count.into(),
        ]
    });
    Table {
        id: "problems".into(),
        title: "Findings".into(),
        columns: columns([
            ("code", "Code", Kind::Text, Weight::Normal),
            ("severity", "Severity", Kind::Text, Weight::Key),
            ("file", "File", Kind::Text, Weight::Normal),
            ("line", "Line", Kind::Count, Weight::Normal),
            ("column", "Column", Kind::Text, Weight::Detail),
            ("text", "Finding", Kind::Text, Weight::Key),
            ("hint", "Way out", Kind::Text, Weight::Detail),
            ("count", "Times", Kind::Count, Weight::Normal),
        ]),
        rows: rows.collect(),
        remarks: Vec::new(),
    }
}
