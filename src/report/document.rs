//! The parts of a report.
//!
//! Tables carry typed cells, so that JSON and CSV print the exact value and only
//! the human formats round. A figure (chart) always names the table that holds its
//! numbers. Text from the user's files may stand in any string here and is never
//! trusted: renderers escape it.

pub use super::plots::{
    Against, AreaBand, Areas, Bar, Bars, Curve, CurveAxis, CurveMark, CurvePoint, Fan, FlowLink,
    FlowNode, Flows, FunnelStep, Heat, Panel, Plot, Segment, SegmentRow, Segments, Span, Strip,
    Strips, Tone, Tornado, TornadoBar, Trend, TrendPoint,
};
use crate::domain::figure::{Rate, Undefined};
use crate::domain::money::Money;

/// The result of one command.
#[derive(Debug, Clone)]
pub struct Report {
    /// The command that made it: `report`, `funnel`, ...
    pub command: String,
    /// Heading for people.
    pub title: String,
    /// What the numbers are about.
    pub context: Context,
    /// The executive summary: whole sentences, every number of which is in a table.
    pub summary: Vec<String>,
    /// What people read, in order; tables and charts are referred to by id.
    pub sections: Vec<Section>,
    /// All tables, in order; ids are unique.
    pub tables: Vec<Table>,
    /// All charts, in order; ids are unique.
    pub charts: Vec<Chart>,
    /// Assumptions, warnings and notes, worst first.
    pub notes: Vec<Note>,
    /// Results of checks.
    pub checks: Vec<CheckResult>,
}

/// The frame of a report: period, moment, zone, currency, inputs, rules.
#[derive(Debug, Clone)]
pub struct Context {
    /// The period, once the data has been seen.
    pub period: PeriodInfo,
    /// RFC 3339 with the offset of the report zone; absent where the input has no dates at all.
    pub as_of: Option<String>,
    /// True where the as-of moment was deduced.
    pub as_of_assumed: bool,
    /// IANA name of the report zone.
    pub time_zone: String,
    /// ISO code; absent where the report has no money.
    pub currency: Option<String>,
    /// Version of the channel rules.
    pub channel_rules: String,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// What was read, in order.
    pub inputs: Vec<InputInfo>,
}

/// The period of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodInfo {
    /// `2026-10`, `2026-Q3`, `all`, ...
    pub label: String,
    /// First day, ISO; absent where the input has no dates.
    pub start: Option<String>,
    /// The day after the last, ISO; absent where the input has no dates.
    pub end: Option<String>,
    /// True where the inputs end before the period does.
    pub partial: bool,
}

/// One file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputInfo {
    /// The file as the user named it (relative to the configuration).
    pub file: String,
    /// Known source or canonical table.
    pub kind: String,
    /// Of the bytes as they lie on disk, hexadecimal.
    pub sha256: String,
    /// Rows of the file, without header, preamble and blank lines.
    pub rows: u64,
    /// Rows set aside because of a defect.
    pub rejected: u64,
    /// Last moment for which the input is complete (RFC 3339), where known.
    pub through: Option<String>,
}

/// A heading with what stands under it.
#[derive(Debug, Clone)]
pub struct Section {
    /// Stable id, `[a-z0-9-]+`; anchors are made from it.
    pub id: String,
    /// Heading.
    pub title: String,
    /// Contents in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone)]
pub enum Block {
    /// A paragraph of plain text.
    Text(String),
    /// A list of plain-text points.
    List(Vec<String>),
    /// The key figures of the period.
    Tiles(Vec<Tile>),
    /// The table with this id.
    Table(String),
    /// The chart with this id.
    Chart(String),
}

/// A key figure with what it is compared to.
#[derive(Debug, Clone)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// The value.
    pub value: Cell,
    /// How to print it.
    pub kind: Kind,
    /// Comparisons, each with its own line: "previous month", "a year before", "target".
    pub comparisons: Vec<Comparison>,
    /// The same figure over the months before, oldest first (for a sparkline); may be empty.
    pub history: Vec<Option<f64>>,
}

/// A comparison below a tile.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// With what: `2026-09 at equal age`.
    pub label: String,
    /// The other value.
    pub value: Cell,
    /// Relative change (0.12 = 12 % more) for amounts and counts, difference for rates; or why there is none.
    pub change: Result<Change, Undefined>,
}

/// How a figure moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Part of the other value.
    Relative {
        /// Fraction (0.12 = 12 % more).
        part: f64,
        /// Whether it is more than chance, where that can be said.
        beyond_chance: Option<bool>,
    },
    /// Difference of two rates, as a fraction (printed in points), and whether it is more than noise.
    Points {
        /// This rate minus the other.
        difference: f64,
        /// Ends of the interval of the difference.
        interval: (f64, f64),
    },
}

impl Change {
    /// False where it may be chance; a change of which nothing can be said is taken as it is.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        match self {
            Self::Points {
                interval: (low, high),
                ..
            } => *low > 0.0 || *high < 0.0,
            Self::Relative { beyond_chance, .. } => *beyond_chance != Some(false),
        }
    }

    /// True where the two values are the same.
    #[must_use]
    pub fn is_none(&self) -> bool {
        let (Self::Relative { part: moved, .. }
        | Self::Points {
            difference: moved, ..
        }) = self;
        *moved == 0.0
    }
}

/// A table.
#[derive(Debug, Clone)]
pub struct Table {
    /// Key in the JSON, name of the CSV file.
    pub id: String,
    /// Caption.
    pub title: String,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Rows; each has one cell per column.
    pub rows: Vec<Vec<Cell>>,
    /// Remarks printed below the table in the human formats.
    pub remarks: Vec<String>,
}

impl Table {
    /// True where no row has a value in the column, and some say why: people read that in
    /// one line below the table instead of in every row.
    #[must_use]
    pub fn is_silent(&self, index: usize) -> bool {
        let gives_reason = |row: &Vec<Cell>| matches!(row.get(index), Some(Cell::Undefined(_)));
        self.is_open(index) && self.is_without_value(index) && self.rows.iter().any(gives_reason)
    }

    fn is_open(&self, index: usize) -> bool {
        let column = self.columns.get(index);
        column.is_some_and(|column| column.weight != Weight::DataOnly)
    }

    fn is_without_value(&self, index: usize) -> bool {
        let has_value = |row: &Vec<Cell>| {
            !matches!(
                row.get(index),
                None | Some(Cell::Blank | Cell::Undefined(_))
            )
        };
        !self.rows.is_empty() && !self.rows.iter().any(has_value)
    }

    /// Indexes of the columns that people see: those that have a value somewhere. None at
    /// all where only the names of the rows would be left.
    #[must_use]
    pub fn columns_for_people(&self) -> Vec<usize> {
        let all: Vec<usize> = (0..self.columns.len())
            .filter(|index| self.is_open(*index))
            .collect();
        let told: Vec<usize> = all
            .iter()
            .copied()
            .filter(|index| !self.is_without_value(*index))
            .collect();
        let names_row = |index: &usize| self.columns[*index].kind == Kind::Text;
        let only_names =
            told.iter().all(names_row) && all.iter().any(|index| self.is_silent(*index));
        if only_names { Vec::new() } else { told }
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Key in JSON and CSV.
    pub id: String,
    /// Heading for people.
    pub title: String,
    /// What kind of value stands in it.
    pub kind: Kind,
    /// Who sees it where room is short.
    pub weight: Weight,
    /// True where an empty cell needs no reason: it was empty in the input.
    pub plain: bool,
}

impl Column {
    /// A column that people see while there is room.
    #[must_use]
    pub fn new(id: impl Into<String>, title: impl Into<String>, kind: Kind) -> Self {
        Self {
            id: id.into(),
            title: title.into(),
            kind,
            weight: Weight::Normal,
            plain: false,
        }
    }

    /// The same column, whose empty cells have no reason.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.plain = true;
        self
    }

    /// The same column with another weight.
    #[must_use]
    pub fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }
}

/// How much a column matters where room is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Always shown.
    Key,
    /// Shown while there is room.
    Normal,
    /// The first to go.
    Detail,
    /// In JSON, CSV and the other data formats only.
    DataOnly,
}

/// What kind of value a column holds; decides alignment and human formatting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// A whole number of things.
    Count,
    /// A number with a fraction (hours, events).
    Number,
    /// Money in the report currency.
    Money,
    /// A fraction of a whole, printed in percent.
    Share,
    /// A ratio, printed as it is (3.2).
    Ratio,
    /// What a model expects: three significant digits, for amounts too.
    Estimate,
    /// A conversion rate with its evidence.
    Rate,
    /// A duration in days.
    Days,
    /// A duration in seconds, printed in the unit that suits it.
    Seconds,
    /// Yes or no.
    Flag,
}

/// The value of a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A whole number.
    Count(i64),
    /// A finite number.
    Number(f64),
    /// A share in a column of mixed kinds, printed in percent whatever the column is.
    Share(f64),
    /// An amount.
    Money(Money),
    /// A rate with its evidence.
    Rate(Rate),
    /// Yes or no.
    Flag(bool),
    /// No value, and why.
    Undefined(Undefined),
    /// Nothing belongs here (a remark that a row does not have).
    Blank,
}

impl<T: Into<Cell>> From<Result<T, Undefined>> for Cell {
    fn from(figure: Result<T, Undefined>) -> Self {
        figure.map_or_else(Cell::Undefined, Into::into)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        if value.is_finite() {
            Self::Number(value)
        } else {
            Self::Undefined(Undefined::NoData)
        }
    }
}

impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        Self::Count(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<Money> for Cell {
    fn from(value: Money) -> Self {
        Self::Money(value)
    }
}

impl From<Rate> for Cell {
    fn from(value: Rate) -> Self {
        Self::Rate(value)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Flag(value)
    }
}

impl From<&str> for Cell {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

/// A chart and the table that holds its numbers.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Stable id, `[a-z0-9-]+`; name of the SVG and PNG files.
    pub id: String,
    /// Heading, also the `title` of the SVG.
    pub title: String,
    /// What the chart shows, in one or two sentences, for those who do not see it.
    pub description: String,
    /// Id of the table with the same numbers.
    pub table: String,
    /// What is drawn.
    pub plot: Plot,
}

/// A note with a stable code.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// Id of the diagnostic code.
    pub code: String,
    /// `note`, `warning` or `error`.
    pub severity: String,
    /// One or two sentences.
    pub text: String,
    /// Where, as `file:line:column`.
    pub place: Option<String>,
    /// The way out.
    pub hint: Option<String>,
    /// How many findings it stands for.
    pub count: u64,
}

/// The result of one check.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckResult {
    /// The check as written.
    pub check: String,
    /// `error` or `warn`.
    pub level: String,
    /// `pass`, `fail` or `skipped`.
    pub status: String,
    /// The value found.
    pub value: Option<f64>,
    /// The value demanded.
    pub threshold: Option<f64>,
    /// Entities behind the value.
    pub n: Option<u64>,
    /// Why it was skipped.
    pub reason: Option<String>,
}

impl Report {
    /// The table with this id.
    #[must_use]
    pub fn table(&self, id: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }

    /// The table of a format that holds only one: the first, or its twin `<id>_by` where
    /// dimensions were asked for.
    #[must_use]
    pub fn main_table(&self) -> Option<&Table> {
        let first = self.tables.first()?;
        self.table(&format!("{}_by", first.id)).or(Some(first))
    }

    /// The report with nothing but this table, its charts and the notes; `None` where
    /// there is no such table.
    #[must_use]
    pub fn only(&self, id: &str) -> Option<Self> {
        let table = self.table(id)?;
        let charts: Vec<Chart> = self
            .charts
            .iter()
            .filter(|chart| chart.table == id)
            .cloned()
            .collect();
        let drawn = charts.iter().map(|chart| Block::Chart(chart.id.clone()));
        let section = Section {
            id: id.replace('_', "-"),
            title: table.title.clone(),
            blocks: drawn.chain([Block::Table(id.to_owned())]).collect(),
        };
        Some(Self {
            command: self.command.clone(),
            title: self.title.clone(),
            context: self.context.clone(),
            summary: Vec::new(),
            sections: vec![section],
            tables: vec![table.clone()],
            charts,
            notes: self.notes.clone(),
            checks: self.checks.clone(),
        })
    }

    /// The chart with this id.
    #[must_use]
    pub fn chart(&self, id: &str) -> Option<&Chart> {
        self.charts.iter().find(|chart| chart.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: Vec<Vec<Cell>>) -> Table {
        let columns = [
            ("stage", Kind::Text, Weight::Key),
            ("reached", Kind::Count, Weight::Key),
            ("note", Kind::Text, Weight::Normal),
            ("cases", Kind::Count, Weight::DataOnly),
        ];
        let columns = columns.map(|(id, kind, weight)| Column::new(id, id, kind).weight(weight));
        Table {
            id: "stages".into(),
            title: "Stages".into(),
            columns: columns.into(),
            rows,
            remarks: Vec::new(),
        }
    }

    fn row(reached: Cell) -> Vec<Cell> {
        vec![
            "lead".into(),
            reached,
            Cell::Blank,
            Cell::Undefined(Undefined::NoTimes),
        ]
    }

    #[test]
    fn people_see_columns_that_say_something() {
        let nothing = || row(Cell::Undefined(Undefined::StageNotFed));
        let some = table(vec![nothing(), row(3_u64.into())]);
        assert_eq!(some.columns_for_people(), [0, 1]);
        assert!(!(0..4).any(|index| some.is_silent(index)));
        let none = table(vec![nothing()]);
        assert!(none.columns_for_people().is_empty());
        assert!(none.is_silent(1) && !none.is_silent(3));
    }

    #[test]
    fn a_table_without_rows_keeps_its_columns() {
        assert_eq!(table(Vec::new()).columns_for_people(), [0, 1, 2]);
    }
}
