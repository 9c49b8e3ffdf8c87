//! What can be said about an input: the vocabulary of `[[input]]`.
//!
//! One vocabulary serves the user's configuration and the built-in sources alike
//! (`sources/*.toml` are texts in these words), so a renamed header is mended in a
//! minute by either. This module says what may be written; `mapping` says what it
//! means for a given header row.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One `[[input]]`: which files, which table, where the columns are.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct InputSpec {
    /// File or glob, relative to the configuration; `-` is standard input.
    pub path: Option<String>,
    /// Name of a known source, when recognition should not decide.
    pub kind: Option<String>,
    /// Which canonical table the rows become.
    pub table: Option<String>,
    /// How several files of this input relate to each other.
    pub several: Option<Several>,
    /// `days`: an aggregated amount is spread evenly over the days of its span.
    pub spread: Option<Spread>,
    /// The date of the export, where neither the file nor its name says it.
    pub exported_at: Option<String>,
    /// Label of the encoding (`utf-8`, `windows-1252`, `utf-16le`, ...).
    pub encoding: Option<String>,
    /// One character, or the word `tab`.
    pub delimiter: Option<String>,
    /// `false`: the file has no header; columns are named by position (`1`, `2`, ...) or by `--columns`.
    pub header: Option<bool>,
    /// Line of the header, from 1, where it is not found by itself.
    pub header_row: Option<usize>,
    /// `2`: the header stands in two rows, joined as `Direct / Sessions`; found by itself where
    /// the lower one repeats its names.
    pub header_rows: Option<usize>,
    /// The canonical column whose values stand across the header: the `*` in the headers of
    /// measures. A row becomes one for each of them (`sessions = "* / Sessions"`).
    pub unpivot: Option<String>,
    /// `unnamed`: a row of an aggregated table without any dimension states a total, even where
    /// it is more than the sum of the others, since the file lists only some of them.
    pub totals: Option<TotalRows>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// strftime pattern for all date columns, or a table: canonical column -> pattern.
    pub date_format: Option<PerColumn>,
    /// IANA zone of times without an offset.
    pub time_zone: Option<String>,
    /// Decimal sign.
    pub decimal: Option<Decimal>,
    /// ISO code of amounts that carry none.
    pub currency: Option<String>,
    /// SQL condition on the canonical columns; rows that do not meet it are set aside and counted.
    #[serde(rename = "where")]
    pub filter: Option<String>,
    /// Canonical column -> header of the file.
    pub columns: BTreeMap<String, ColumnRef>,
    /// Canonical column -> constant, for what the file does not say.
    pub set: BTreeMap<String, Constant>,
    /// The file's words for stages -> stage. An empty stage says that the word is known
    /// and stands outside the funnel (`Subscriber`, `Other`).
    pub stages: BTreeMap<String, String>,
    /// The file's words for channels -> channel (applied after the user's channel rules).
    pub channels: BTreeMap<String, String>,
    /// The file's words for kinds of deals -> `new`, `renewal` or `expansion`.
    ///
    /// In a table of activities: for their kinds -> `call`, `mail`, `meeting`, `message`, `note`, `task`.
    pub kinds: BTreeMap<String, String>,
    /// The file's words for outcomes of activities -> `connected`, `no_answer`, `held`, `no_show`, ...
    pub outcomes: BTreeMap<String, String>,
    /// Cells that mean "no value" in this file, beyond the usual ones; compared trimmed.
    pub missing: Vec<String>,
}

/// How the files of one input relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Several {
    /// Rows add up.
    Parts,
    /// The newest row of an id wins.
    Latest,
    /// Each file is the state at its date; differences become history.
    Snapshots,
}

/// Which rows state a total, beyond those that say so and those that equal the others' sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalRows {
    /// Rows without any dimension.
    Unnamed,
}

/// How an aggregated amount is divided over its span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Evenly over the days.
    Days,
}

/// The decimal sign of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decimal {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
}

/// One value for every column, or one for each.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum PerColumn {
    /// For every column.
    All(String),
    /// Canonical column -> value.
    Each(BTreeMap<String, String>),
}

impl PerColumn {
    /// The value for a canonical column.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&str> {
        match self {
            Self::All(value) => Some(value),
            Self::Each(values) => values.get(column).map(String::as_str),
        }
    }
}

/// Where a canonical column comes from.
///
/// Headers are compared in normal form (case, blanks, invisible characters). A `*`
/// in a header stands for any text: `Amount spent (*)` takes the currency from
/// there, and `"stage.*" = 'Date entered "*"'` maps one column per stage.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum ColumnRef {
    /// One header.
    Header(String),
    /// On an id: the parts of a composite id. Elsewhere: the first header that the file has.
    List(Vec<String>),
    /// The first header that the file has, also for an id.
    Any {
        /// Headers in order of preference.
        any: Vec<String>,
    },
    /// Row by row the first cell that is filled: the contact of an activity, else its deal.
    First {
        /// Headers in order of preference; those that the file lacks are passed over.
        first: Vec<String>,
    },
}

impl ColumnRef {
    /// The headers that are named, in order.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        let headers = match self {
            Self::Header(header) => std::slice::from_ref(header),
            Self::List(headers) | Self::Any { any: headers } | Self::First { first: headers } => {
                headers
            }
        };
        headers.iter().map(String::as_str)
    }
}

/// A constant in `[input.set]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Constant {
    /// Text, also dates and periods.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A yes or no.
    Flag(bool),
}

impl Constant {
    /// The constant as a cell of the file would write it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

/// A built-in source: how to know an export, and how to read it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSpec {
    /// Stable name: `hubspot-contacts`.
    pub name: String,
    /// For people: `HubSpot contacts`.
    pub title: String,
    /// What sort of system writes it.
    pub group: SourceGroup,
    /// One paragraph: where the export comes from, what it lacks, what is assumed.
    pub doc: String,
    /// How to know it.
    pub recognise: Recognise,
    /// How to read it.
    pub input: InputSpec,
}

/// What sort of system writes an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceGroup {
    /// Customer relations: people, deals, activities.
    Crm,
    /// Visits and events.
    Analytics,
    /// Advertising and search.
    Ads,
    /// Payments.
    Billing,
    /// No known system: plain headers that say what they are.
    Plain,
}

impl SourceGroup {
    /// For people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Crm => "CRM",
            Self::Analytics => "Analytics",
            Self::Ads => "Ads and search",
            Self::Billing => "Billing",
            Self::Plain => "Any system",
        }
    }
}

/// The marks of an export. All of `headers` must be there; of each inner list one is enough.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recognise {
    /// Headers that must all be present, each with its alternatives (`*` as in [`ColumnRef`]).
    pub headers: Vec<Vec<String>>,
    /// Headers of which none may be present.
    pub without: Vec<String>,
    /// Header -> the words that its column may hold: reports that differ in nothing else.
    pub cells: BTreeMap<String, Vec<String>>,
    /// Higher wins where several sources fit; more headers win among equals.
    pub priority: i32,
}
