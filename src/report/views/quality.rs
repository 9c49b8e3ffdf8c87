//! Data quality: what was read, what was left out, how well it fits together.

use std::collections::BTreeMap;

use super::Parts;
use super::words::Speak;
use crate::metrics::quality::{Accounts, InputAccount, Reason, Share};
use crate::metrics::unlock::Part;
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

/// Results of the quality section.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// What became of the rows.
    pub accounts: &'a Accounts,
    /// Shares of the unknown.
    pub shares: &'a [Share],
    /// Findings that matter for the figures.
    pub problems: &'a [Problem],
    /// Parts of the report whose data is missing.
    pub locked: &'a [&'static Part],
    /// Instants as text.
    pub stamp: Stamp<'a>,
    /// Formats numbers in sentences.
    pub speak: Speak<'a>,
}

/// The section of the monthly report.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let accounts = answer.accounts;
    let tables = vec![
        inputs_by_kind(&accounts.inputs),
        inputs(accounts, answer.stamp),
        set_aside(&accounts.inputs),
        joins(accounts, Weight::DataOnly),
        shares_table(answer.shares),
        problems_table(answer.problems),
        locked(answer.locked),
    ];
    // File by file is for the data formats; people read it by kind.
    let shown = tables
        .iter()
        .filter(|table| !table.rows.is_empty() && table.id != "inputs");
    let mut blocks = vec![Block::Text(account_sentence(
        &accounts.inputs,
        answer.speak,
    ))];
    blocks.extend(shown.map(|table| Block::Table(table.id.clone())));
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

/// Table `locked`: what further exports would add.
fn locked(parts: &[&'static Part]) -> Table {
    let cells = |part: &&Part| vec![part.section.into(), part.export.into(), part.table.into()];
    Table {
        id: "locked".into(),
        title: "What further exports would add".into(),
        columns: columns([
            ("section", "Would add", Kind::Text, Weight::Key),
            ("export", "Export", Kind::Text, Weight::Key),
            ("table", "Table", Kind::Text, Weight::Detail),
        ]),
        rows: parts.iter().map(cells).collect(),
        remarks: Vec::new(),
    }
}

fn account_sentence(inputs: &[InputAccount], speak: Speak) -> String {
    let count = |number: u64| speak(&number.into(), Kind::Count);
    let rows: u64 = inputs.iter().map(|input| input.rows).sum();
    let used: u64 = inputs.iter().map(InputAccount::used).sum();
    format!(
        "{} rows were read from {} files; {} of them are used and {} are set aside, each for a stated reason.",
        count(rows),
        count(inputs.len() as u64),
        count(used),
        count(rows - used)
    )
}

/// Table `inputs_by_kind`.
fn inputs_by_kind(inputs: &[InputAccount]) -> Table {
    let mut kinds: BTreeMap<&str, [u64; 5]> = BTreeMap::new();
    for input in inputs {
        let sums = kinds.entry(input.kind.as_str()).or_default();
        let own = [
            1,
            input.rows,
            input.used(),
            input.aside(),
            input.aside_for(Reason::Rejected),
        ];
        sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
    }
    let cells = |(kind, sums): (&str, [u64; 5])| {
        let mut cells: Vec<Cell> = vec![kind.into()];
        cells.extend(sums.map(Cell::from));
        cells
    };
    Table {
        id: "inputs_by_kind".into(),
        title: "What was read".into(),
        columns: columns([
            ("kind", "Kind", Kind::Text, Weight::Key),
            ("files", "Files", Kind::Count, Weight::Normal),
            ("rows", "Rows", Kind::Count, Weight::Key),
            ("used", "Used", Kind::Count, Weight::Key),
            ("set_aside", "Set aside", Kind::Count, Weight::Normal),
            ("rejected", "Rejected", Kind::Count, Weight::Normal),
        ]),
        rows: kinds.into_iter().map(cells).collect(),
        remarks: Vec::new(),
    }
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
            input.aside_for(Reason::Rejected).into(),
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

/// Table `joins`; unmatched keys are shown where their column has the weight.
#[must_use]
pub fn joins(accounts: &Accounts, examples: Weight) -> Table {
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
            ("examples", "Unmatched keys", Kind::Text, examples),
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
