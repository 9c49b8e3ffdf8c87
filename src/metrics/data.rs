//! The derived tables with everything that a figure depends on, in one value.
//!
//! `Data` is built once per run. A figure is then a function of it and of a
//! [`Scope`]: which period, seen from which moment. Comparing a young month with an
//! older one at equal age is the same function with another scope.

use std::sync::{Arc, OnceLock};

use chrono_tz::Tz;
use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::known::{self, Known};
use crate::domain::calendar::{Millis, day_of, instants};
use crate::domain::figure::{Policy, Undefined};
use crate::domain::ladder::{DealMoment, Horizons, Ladder};
use crate::domain::period::Period;
use crate::metrics::worked::activities::Log;
use crate::tables::deals::{Absence, Deals};
use crate::tables::followed::{Followed, Noticed};
use crate::tables::owners::Owners;
use crate::tables::{self, Tables, col};

/// The tables that measures are computed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// One row per lead.
    Leads,
    /// One row per deal.
    Deals,
    /// Stage lists without an id.
    Counted,
    /// Aggregated web analytics.
    Visits,
    /// Money and hours.
    Spend,
}

impl Source {
    /// Every table.
    pub const ALL: &[Self] = &[
        Self::Leads,
        Self::Deals,
        Self::Counted,
        Self::Visits,
        Self::Spend,
    ];
}

/// Tables whose rows are looked at one by one: order and time within a person, a deal or a
/// customer decide what they mean, so no measure counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// Moves of leads and deals that have an id.
    Moves,
    /// Calls, mails and meetings.
    Activities,
    /// Reps.
    Owners,
    /// Recurring amounts.
    Billing,
    /// Reviews and NPS answers.
    Feedback,
}

/// Everything that figures are computed from.
#[derive(Clone)]
pub struct Data {
    /// Names of the input files.
    pub files: Vec<String>,
    leads: DataFrame,
    deals: DataFrame,
    counted: DataFrame,
    visits: DataFrame,
    spend: DataFrame,
    moves: DataFrame,
    activities: DataFrame,
    owners: DataFrame,
    billing: DataFrame,
    feedback: DataFrame,
    /// The path stages.
    pub ladder: Ladder,
    /// When a stage counts as reached.
    pub policy: Policy,
    /// How long steps may take.
    pub horizons: Horizons,
    /// The report zone.
    pub zone: Tz,
    /// The last moment that exists; absent where the input has no dates.
    pub as_of: Option<Millis>,
    /// Share of revenue that is gross profit; absent where not configured.
    pub gross_margin: Option<f64>,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// Stage through which deals were created: its entries are `pipeline_created` in stage lists.
    pub opportunity_stage: usize,
    /// What of a deal carries its leads to which stage (index).
    pub from_deals: Vec<(usize, DealMoment)>,
    /// True where visits count users, not sessions.
    pub visits_are_users: bool,
    /// True where the deals themselves are followed, because nobody else is listed.
    pub deals_are_leads: bool,
    /// Columns of moments, `table.column`, in which some cell is a date without a time.
    pub date_only: std::collections::BTreeSet<String>,
    /// True where moves were told by snapshots: no duration is computed from them.
    pub from_snapshots: bool,
    known: Vec<Known>,
    /// What the derivation noticed.
    pub noticed: Noticed,
    /// Deals, wins and losses after the as-of moment.
    pub deals_after_as_of: u64,
    /// Times in which exports lacked a deal.
    pub absences: Vec<Absence>,
    filter: Option<Expr>,
    filter_columns: Vec<String>,
    /// What was done about leads and deals, once somebody has asked.
    log: OnceLock<Arc<Log>>,
}

/// The settings of a run that figures depend on.
#[derive(Clone)]
pub struct Frame {
    /// The path stages.
    pub ladder: Ladder,
    /// When a stage counts as reached.
    pub policy: Policy,
    /// How long steps may take.
    pub horizons: Horizons,
    /// The report zone.
    pub zone: Tz,
    /// The last moment that exists.
    pub as_of: Option<Millis>,
    /// Share of revenue that is gross profit.
    pub gross_margin: Option<f64>,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// Index of the stage that the creation of a deal means.
    pub opportunity_stage: usize,
    /// What of a deal carries its leads to which stage (index).
    pub from_deals: Vec<(usize, DealMoment)>,
}

impl Data {
    /// Takes the derived tables over.
    #[must_use]
    pub fn new(tables: Tables, followed: Followed, deals: &Deals, frame: Frame) -> Self {
        let mut deals_table = deals.table(&tables, &followed.frame, frame.ladder.first());
        let mut leads_table = followed.frame;
        let owners = Owners::of(&tables.owners);
        for table in [&mut deals_table, &mut leads_table] {
            // A column of the right length always fits.
            let _ = owners.add_team(table);
        }
        let mut data = Self {
            files: tables.files,
            leads: leads_table,
            deals: deals_table,
            counted: tables.counted,
            visits: tables.visits,
            spend: tables.spend,
            moves: tables.events,
            activities: tables.activities,
            owners: tables.owners,
            billing: tables.billing,
            feedback: tables.feedback,
            ladder: frame.ladder,
            policy: frame.policy,
            horizons: frame.horizons,
            zone: frame.zone,
            as_of: frame.as_of,
            gross_margin: frame.gross_margin,
            seed: frame.seed,
            opportunity_stage: frame.opportunity_stage,
            from_deals: frame.from_deals,
            visits_are_users: tables.visits_are_users,
            deals_are_leads: tables.deals_are_leads,
            date_only: tables.date_only,
            from_snapshots: tables.from_snapshots,
            noticed: followed.noticed,
            deals_after_as_of: deals.after_as_of,
            absences: deals.absences.clone(),
            filter: None,
            filter_columns: Vec::new(),
            log: OnceLock::new(),
            known: Vec::new(),
        };
        let fed = followed.fed.into_iter().enumerate();
        data.known = fed
            .map(|(stage, fed)| known::of_stage(&data, stage, fed))
            .collect();
        data
    }

    /// What was done about leads and deals; read when it is first asked for.
    #[must_use]
    pub fn log(&self) -> Arc<Log> {
        Arc::clone(self.log.get_or_init(|| Arc::new(Log::read(self))))
    }

    /// How the stage with this index is known.
    #[must_use]
    pub fn known(&self, stage: usize) -> Known {
        self.known.get(stage).copied().unwrap_or(Known::Nowhere)
    }

    /// True where a stage above this one is followed, so that going on can be seen.
    #[must_use]
    pub fn sees_beyond(&self, stage: usize) -> bool {
        (stage + 1..self.ladder.len()).any(|higher| self.known(higher) == Known::Followed)
    }

    /// Keeps only rows that meet an SQL condition on dimensions and canonical columns.
    ///
    /// # Errors
    /// Where the condition is no SQL expression.
    pub fn restrict(&mut self, condition: &str) -> PolarsResult<()> {
        let expression = polars::sql::sql_expr(condition)?;
        self.filter_columns = expression
            .clone()
            .meta()
            .root_names()
            .into_iter()
            .map(|name| name.to_string())
            .collect();
        self.filter = Some(expression);
        Ok(())
    }

    /// Columns that the condition of [`Self::restrict`] names and no table has.
    #[must_use]
    pub fn unknown_filter_columns(&self) -> Vec<&str> {
        let known = |name: &str| {
            Source::ALL
                .iter()
                .map(|source| self.frame(*source))
                .chain([&self.billing])
                .any(|frame| tables::frame::has_column(frame, name))
        };
        self.filter_columns
            .iter()
            .map(String::as_str)
            .filter(|name| !known(name))
            .collect()
    }

    /// The table behind a source.
    #[must_use]
    pub fn frame(&self, source: Source) -> &DataFrame {
        match source {
            Source::Leads => &self.leads,
            Source::Deals => &self.deals,
            Source::Counted => &self.counted,
            Source::Visits => &self.visits,
            Source::Spend => &self.spend,
        }
    }

    /// The table of a kind of record, as it was read: dates after the as-of moment included.
    #[must_use]
    pub fn records(&self, record: Record) -> &DataFrame {
        match record {
            Record::Moves => &self.moves,
            Record::Activities => &self.activities,
            Record::Owners => &self.owners,
            Record::Billing => &self.billing,
            Record::Feedback => &self.feedback,
        }
    }

    /// True where the source has rows.
    #[must_use]
    pub fn has(&self, source: Source) -> bool {
        self.frame(source).height() > 0
    }

    /// True where a source has a column with at least one value.
    #[must_use]
    pub fn has_values(&self, source: Source, column: &str) -> bool {
        let column = self.frame(source).column(column);
        column.is_ok_and(|column| column.null_count() < column.len())
    }

    /// Why a table cannot answer by these dimensions or under the filter; `None` where it can.
    #[must_use]
    pub fn refusal(
        &self,
        source: Source,
        dimensions: &[String],
        dated_by: Option<&str>,
    ) -> Option<Undefined> {
        if !self.has(source) {
            return Some(Undefined::NoData);
        }
        let frame = self.frame(source);
        let lacks = |name: &String| {
            let column = if super::time_labels::is_time(name) {
                let Some(column) = dated_by else { return true };
                column
            } else {
                name
            };
            !tables::frame::has_column(frame, column)
        };
        let blind = dimensions.iter().any(lacks)
            || self
                .filter_columns
                .iter()
                .any(|name| !tables::frame::has_column(frame, name));
        blind.then_some(Undefined::NotFilterable)
    }

    /// True where a table has every column that the condition of [`Self::restrict`] names.
    #[must_use]
    pub fn can_filter(&self, frame: &DataFrame) -> bool {
        let has = |name: &String| tables::frame::has_column(frame, name);
        self.filter_columns.iter().all(has)
    }

    /// The records of a kind that meet the condition of [`Self::restrict`].
    ///
    /// # Errors
    /// As [`Self::filtered`].
    pub fn filtered_records(&self, record: Record) -> PolarsResult<DataFrame> {
        let frame = self.records(record);
        self.meeting(frame.clone().lazy(), frame)?.collect()
    }

    /// The rows that meet the condition of [`Self::restrict`]; SQL sees times as times and amounts in units.
    ///
    /// # Errors
    /// Where the condition does not fit the types of the columns.
    pub fn filtered(&self, frame: LazyFrame, source: Source) -> PolarsResult<LazyFrame> {
        self.meeting(frame, self.frame(source))
    }

    /// `typed` has the columns of `frame`, to tell amounts and times.
    fn meeting(&self, frame: LazyFrame, typed: &DataFrame) -> PolarsResult<LazyFrame> {
        let Some(condition) = &self.filter else {
            return Ok(frame);
        };
        let readable: Vec<Expr> = self
            .filter_columns
            .iter()
            .filter_map(|name| readable(typed, name))
            .collect();
        let mask = frame
            .clone()
            .with_columns(readable)
            .select([condition.clone().alias("#keep")]);
        let mask = mask.collect()?;
        let mask = mask.column("#keep")?.bool()?.clone();
        Ok(frame.collect()?.filter(&mask)?.lazy())
    }

    /// True where there is both cost and revenue, so that returns can be computed.
    #[must_use]
    pub fn has_returns(&self) -> bool {
        let revenue = self.has(Source::Deals) || self.has_values(Source::Counted, col::AMOUNT);
        self.has(Source::Spend) && revenue
    }

    /// Adds a dimension that follows from the channel (its class, whose work it is) to
    /// every table that has channels; a channel without a value is `(none)`.
    ///
    /// # Errors
    /// What polars cannot do; never for a text column.
    pub fn add_by_channel(
        &mut self,
        name: &str,
        of: &dyn Fn(&str) -> Option<&'static str>,
    ) -> PolarsResult<()> {
        let of_channel = |channel: &str| of(channel).unwrap_or(tables::NONE);
        for frame in [
            &mut self.leads,
            &mut self.deals,
            &mut self.counted,
            &mut self.visits,
            &mut self.spend,
        ] {
            if !tables::frame::has_column(frame, col::CHANNEL) {
                continue;
            }
            let mut known: FxHashMap<&str, &str> = FxHashMap::default();
            let mut value = |channel| *known.entry(channel).or_insert_with(|| of_channel(channel));
            let values: Vec<Option<&str>> = tables::frame::texts(frame, col::CHANNEL)
                .into_iter()
                .map(|channel| Some(channel.map_or(tables::NONE, &mut value)))
                .collect();
            frame.with_column(tables::frame::text_column(name, &values))?;
        }
        Ok(())
    }

    /// Rows that an analytics tool calls `(other)`: the word, and how many there are.
    #[must_use]
    pub fn cut_off_rows(&self) -> (&'static str, u64) {
        let rows = ["channel", "source"].iter().map(|name| {
            let words = tables::frame::texts(&self.visits, name);
            words
                .iter()
                .filter(|word| word.is_some_and(|word| word.eq_ignore_ascii_case("(other)")))
                .count()
        });
        ("(other)", rows.max().unwrap_or(0) as u64)
    }

    /// The dimensions that some table has, built-in ones first.
    #[must_use]
    pub fn dimensions(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for source in Source::ALL {
            for column in self.frame(*source).columns() {
                let name = column.name().as_str();
                let is_text = column.dtype() == &DataType::String
                    && name != col::ID
                    && !name.starts_with('#');
                if is_text && !names.iter().any(|known| known == name) {
                    names.push(name.to_owned());
                }
            }
        }
        // Segments of billing; what names a customer or explains a row is none.
        let segments = self.billing.columns().iter().filter(|column| {
            let words = ["customer", "reason", "kind", "currency"];
            column.dtype() == &DataType::String
                && !column.name().starts_with('#')
                && !words.contains(&column.name().as_str())
        });
        for name in segments.map(|column| column.name().as_str()) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names.extend(tables::TIME_DIMENSIONS.iter().map(ToString::to_string));
        names
    }
}

const TIME_COLUMNS: &[&str] = &[
    "created", "won_at", "lost_at", "entered", "exit_at", "at", "start", "end",
];
const AMOUNT_COLUMNS: &[&str] = &[
    "amount",
    "money",
    "hours",
    "sessions",
    "users",
    "impressions",
    "clicks",
    "count",
];

fn readable(frame: &DataFrame, name: &str) -> Option<Expr> {
    if !tables::frame::has_column(frame, name) {
        return None;
    }
    let column = polars::prelude::col(name);
    if TIME_COLUMNS.contains(&name) {
        return Some(column.cast(DataType::Datetime(TimeUnit::Milliseconds, None)));
    }
    if AMOUNT_COLUMNS.contains(&name) {
        return Some(column.cast(DataType::Float64) / lit(1_000_000.0));
    }
    None
}

/// A period seen from a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The period; absent for everything.
    pub period: Option<Period>,
    /// First instant of the period.
    pub start: Option<Millis>,
    /// Instant after the period.
    pub end: Option<Millis>,
    /// Events after this moment do not count.
    pub seen_from: Option<Millis>,
}

impl Scope {
    /// First instant of the period and the one after it; all of time without one.
    #[must_use]
    pub fn bounds(&self) -> (Millis, Millis) {
        (
            self.start.unwrap_or(Millis::MIN),
            self.end.unwrap_or(Millis::MAX),
        )
    }

    /// All data, seen from the as-of moment.
    #[must_use]
    pub fn all(data: &Data) -> Self {
        Self {
            period: None,
            start: None,
            end: None,
            seen_from: data.as_of,
        }
    }

    /// A period, seen from the as-of moment.
    #[must_use]
    pub fn of(data: &Data, period: &Period) -> Self {
        let (start, end) = instants(period, data.zone);
        Self {
            period: Some(period.clone()),
            start: Some(start),
            end: Some(end),
            seen_from: data.as_of,
        }
    }

    /// Another period at the age that this one has: its events are cut at its own end
    /// plus what lies between this period's end and the as-of moment (dictionary 0.8).
    #[must_use]
    pub fn at_equal_age(&self, data: &Data, other: &Period) -> Self {
        let mut scope = Self::of(data, other);
        if let (Some(end), Some(other_end), Some(as_of)) = (self.end, scope.end, self.seen_from) {
            scope.seen_from = Some((other_end + (as_of - end)).min(as_of));
        }
        scope
    }

    /// True where the whole period lies before the moment it is seen from.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.end
            .zip(self.seen_from)
            .is_none_or(|(end, seen)| end <= seen.saturating_add(1))
    }

    /// The condition that a time lies in the period and is seen.
    pub fn contains(&self, column: &str) -> Expr {
        let at = polars::prelude::col(column);
        let mut condition = match self.period {
            // Without a period a time need not be known.
            None => lit(true),
            Some(_) => at.clone().is_not_null(),
        };
        if let Some(start) = self.start {
            condition = condition.and(at.clone().gt_eq(lit(start)));
        }
        if let Some(end) = self.end {
            condition = condition.and(at.clone().lt(lit(end)));
        }
        if let Some(seen) = self.seen_from {
            condition = condition.and(at.clone().is_null().or(at.lt_eq(lit(seen))));
        }
        condition
    }

    /// The condition that something whose time may be unknown has happened by the moment seen from.
    pub fn seen(&self, column: &str) -> Expr {
        let at = polars::prelude::col(column);
        match self.seen_from {
            None => lit(true),
            Some(seen) => at.clone().is_null().or(at.lt_eq(lit(seen))),
        }
    }

    /// The last day of the period, for labels.
    #[must_use]
    pub fn last_day(&self, zone: Tz) -> Option<chrono::NaiveDate> {
        self.end.map(|end| day_of(end - 1, zone))
    }
}
