//! What can be checked, as a table.

use crate::metrics::dictionary::Good;
use crate::report::document::{Block, Cell, Column, Kind, Section, Table, Weight};

use super::Parts;

/// A figure that a check can name.
#[derive(Debug, Clone)]
pub struct Figure {
    /// As a check writes it.
    pub figure: String,
    /// What must stand in braces behind it.
    pub by: Vec<String>,
    /// True where any dimension of the inputs may stand there.
    pub by_any: bool,
    /// Kind of its values in the contract.
    pub kind: String,
    /// Which way is good.
    pub good: Option<Good>,
    /// What it is now, where there is one.
    pub value: Cell,
    /// Entities behind it.
    pub n: Option<u64>,
}

/// What is shown.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The figures in reading order.
    pub figures: &'a [Figure],
    /// Dimensions of the inputs.
    pub dimensions: &'a [String],
    /// Currency of money.
    pub currency: Option<&'a str>,
}

/// How a check is written, in the order of its words.
pub const GRAMMAR: &[&str] = &[
    "[warn] FIGURE[@mature][{dimension=value,...}] [vs prev|vs yoy|vs FILE] >=|>|<=|<|==|!= VALUE|target [min_n=N] [confident]",
    "A figure is a column or a key of the JSON output; TABLE.COLUMN where several tables have it. Without braces it is the total.",
    "{channel=*} is a line for each value that somebody gave; (none), (no lead), (no touch) and Unassigned stand for no value, and are checked only by name: {channel=\"(none)\"}.",
    "Values have units: 20% for rates and shares, 500EUR for money, 45d, 36h, 30min or 90s for times; counts and ratios are plain numbers.",
    "vs prev and vs yoy compare with the period before and a year before at equal age, vs FILE with the JSON, page or folder of another report: with % by the relative change, with pp by points of a rate, else by the difference.",
    "@mature takes the newest period that is old enough; target is the [[target]] of the figure as it should be by now.",
    "confident fails only where the whole 95 % interval is beyond the value; min_n=30 skips what fewer than 30 entities stand behind.",
    "What has no value, too few entities or no row is skipped and said, never passed; --strict fails on it. A name that does not exist ends the run with 2.",
];

/// The table of figures and how a check is written.
#[must_use]
pub fn list(answer: &Answer) -> Parts {
    let columns = vec![
        Column::new("figure", "Figure", Kind::Text).weight(Weight::Key),
        Column::new("by", "By", Kind::Text).weight(Weight::Key),
        Column::new("unit", "Unit", Kind::Text).weight(Weight::Key),
        Column::new("good", "Good", Kind::Text).weight(Weight::Key),
        Column::new("value", "Now", Kind::Number).plain(),
        Column::new("n", "n", Kind::Count)
            .weight(Weight::Detail)
            .plain(),
    ];
    let rows = answer.figures.iter().map(|figure| row(figure, answer));
    let any = format!("any: {}.", answer.dimensions.join(", "));
    let table = Table {
        id: "checkable".into(),
        title: "What can be checked".into(),
        columns,
        rows: rows.collect(),
        remarks: vec![
            any,
            "leadflow explain checks says how a check is written.".into(),
        ],
    };
    Parts {
        sections: vec![Section {
            id: "checkable".into(),
            title: "What can be checked".into(),
            blocks: vec![Block::Table("checkable".into())],
        }],
        tables: vec![table],
        ..Parts::default()
    }
}

fn row(figure: &Figure, answer: &Answer) -> Vec<Cell> {
    let by = match figure.by_any {
        true => "any".to_owned(),
        false => figure.by.join(", "),
    };
    vec![
        figure.figure.as_str().into(),
        by.into(),
        unit(&figure.kind, answer.currency).into(),
        figure.good.map_or("", Good::word).into(),
        figure.value.clone(),
        figure.n.map_or(Cell::Blank, Into::into),
    ]
}

/// The unit of a kind of values, as a threshold is written.
#[must_use]
pub fn unit<'a>(kind: &'a str, currency: Option<&'a str>) -> &'a str {
    match kind {
        "rate" | "share" => "percent",
        "money" => currency.unwrap_or("money"),
        "seconds" => "time",
        kind => kind,
    }
}
