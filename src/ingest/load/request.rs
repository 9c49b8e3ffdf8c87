//! What the loader is asked to do, and what it gives back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::diagnostics::{Diagnostics, Location};
use crate::domain::calendar::Millis;
use crate::domain::channel::Rules;
use crate::domain::money::Money;
use crate::ingest::spec::InputSpec;
use crate::tables::Tables;
use crate::tables::accounts::{ColumnAccount, InputAccount, Spelling};
use crate::tables::links::Join;
use crate::tables::touches::Touches;

/// Everything that decides how inputs are read.
pub struct Request<'a> {
    /// What is read, in order.
    pub inputs: &'a [InputSpec],
    /// The folder that relative paths start from.
    pub base: PathBuf,
    /// True where the inputs were typed: files of one kind then form one input.
    pub typed: bool,
    /// Stages of the ladder.
    pub stages: Vec<String>,
    /// Word -> stage, from the configuration.
    pub stage_labels: BTreeMap<String, String>,
    /// The words of all pipelines, in order.
    pub pipelines: Vec<PipelineWords>,
    /// Names of the calendars that owners may have.
    pub calendars: Vec<String>,
    /// The report zone.
    pub zone: Tz,
    /// Zone of times without an offset.
    pub input_zone: Tz,
    /// `false`: files have no header, unless their input says otherwise.
    pub header: Option<bool>,
    /// Names of the columns where files have no header.
    pub header_names: Option<Vec<String>>,
    /// ISO code of the report; absent: the only one that occurs.
    pub currency: Option<String>,
    /// Units of the report currency for one unit of another, on a day.
    pub exchange: &'a dyn Fn(&str, Option<NaiveDate>) -> Option<f64>,
    /// Channel rules.
    pub rules: &'a Rules,
    /// Dimensions made from other columns.
    pub segments: Vec<SegmentRule>,
    /// Rows to leave out.
    pub exclusions: Vec<ExclusionRule>,
    /// Cost of an hour: by worker, else for everybody.
    pub hour_rate: Option<Money>,
    /// Cost of an hour of a worker.
    pub hour_rates: BTreeMap<String, Money>,
    /// Kind or path of the input whose visits count.
    pub visits_from: Option<String>,
    /// How many rows may be rejected.
    pub limit: RowLimit,
    /// A file that cannot be read is reported and left out.
    pub keep_going: bool,
    /// Also keep fingerprints of the rows.
    pub prints: bool,
    /// Also profile every column of every file.
    pub profile: bool,
    /// Threads to read with.
    pub threads: usize,
    /// Most bytes of touches in memory; the others wait on disk.
    pub memory: Option<u64>,
    /// Told about each file before it is read: name, number, how many.
    pub progress: &'a dyn Fn(&str, usize, usize),
}

/// The words of a pipeline, as the configuration writes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PipelineWords {
    /// The pipeline as deals name it; absent where it is the one of all deals.
    pub name: Option<String>,
    /// Stages, lowest first.
    pub stages: Vec<String>,
    /// Words that mean won.
    pub won: Vec<String>,
    /// Words that mean lost, without a decision or with one.
    pub lost: Vec<String>,
}

/// A dimension made from another column.
#[derive(Debug, Clone)]
pub struct SegmentRule {
    /// Its name.
    pub name: String,
    /// The column it is made from.
    pub from: String,
    /// Pattern -> value; the first that fits decides.
    pub rules: Vec<(String, String)>,
}

/// Rows to leave out.
#[derive(Debug, Clone)]
pub struct ExclusionRule {
    /// Canonical table.
    pub table: String,
    /// SQL condition.
    pub filter: String,
    /// Why, for the account.
    pub why: String,
    /// Where the rule stands.
    pub place: Option<Location>,
}

/// Money without a file, for one span.
#[derive(Debug, Clone)]
pub struct CostSpan {
    /// Channel.
    pub channel: String,
    /// What it is.
    pub name: String,
    /// Amount in the report currency.
    pub money: Money,
    /// The file that says so.
    pub file: String,
    /// Its line, from 1; 0 where it has none.
    pub line: u32,
    /// First day.
    pub first: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
}

/// How many rows may be set aside for a defect.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RowLimit {
    /// So many.
    Count(u64),
    /// Such a share of the rows read.
    Share(f64),
    /// Any number.
    Unlimited,
}

impl RowLimit {
    /// True where `rejected` of `rows` are too many.
    #[must_use]
    pub fn exceeded_by(self, rejected: u64, rows: u64) -> bool {
        match self {
            Self::Count(count) => rejected > count,
            Self::Share(share) => rejected as f64 > share * rows as f64,
            Self::Unlimited => false,
        }
    }
}

/// A row set aside for a defect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// What is wrong.
    pub reason: String,
    /// The row as it stands in the file.
    pub raw: String,
}

/// The tables and everything that happened on the way.
#[derive(Default)]
pub struct Loaded {
    /// The canonical tables.
    pub tables: Tables,
    /// Touches, which are no data frame.
    pub touches: Touches,
    /// The account of each file.
    pub inputs: Vec<InputAccount>,
    /// How inputs of one table fit together.
    pub joins: Vec<Join>,
    /// Spellings of channels.
    pub spellings: Vec<Spelling>,
    /// Columns of the files, where they were asked for.
    pub columns: Vec<ColumnAccount>,
    /// Rows set aside for a defect.
    pub rejects: Vec<Reject>,
    /// Findings.
    pub findings: Diagnostics,
    /// Report currency, where there is money.
    pub currency: Option<String>,
    /// The latest evidence: exports and events that happened.
    pub evidence: Option<Millis>,
    /// The latest moment for which the aggregated inputs say they are complete; the earliest of them.
    pub complete_through: Option<Millis>,
}
