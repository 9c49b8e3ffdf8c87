//! Leads as they are worked: when they came, who has them, what was done, where they stand.
//!
//! Service levels and leaks look at the same leads one by one, in the order of the inputs.
//! Everything here is as known at the as-of moment.

pub mod activities;
pub mod pace;

use std::sync::Arc;

use polars::prelude::*;

use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Figure, Rate, Undefined, View};
use crate::domain::ladder::DealMoment;
use crate::domain::money::Money;
use crate::domain::service_level::ClockStart;
use crate::domain::text::normal_form;
use crate::metrics::data::{Data, Record, Scope, Source};
use crate::metrics::measure::Group;
use crate::metrics::time_labels::{Labels, grain, is_time};
use crate::stats::wilson;
use crate::tables::owners::Owners;
use crate::tables::{self, col as name, frame};

use activities::{Activity, Log};

/// A moment and how finely it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub at: Millis,
    /// True where only the day is known.
    pub day: bool,
}

/// What is known of a stage of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reached {
    /// Reached by the as-of moment, time known or not.
    pub has: bool,
    /// When, under the policy.
    pub at: Option<Stamp>,
    /// When exactly this stage was entered.
    pub recorded: Option<Stamp>,
}

/// A lead.
#[derive(Debug, Clone)]
pub struct Lead {
    /// Its row in the table of leads.
    pub row: usize,
    /// Values of the dimensions asked for, time dimensions left empty.
    pub group: Group,
    /// Where it came from, as a number of [`Leads::channels`].
    pub channel: usize,
    /// Who has it, as a number of [`Leads::owners`].
    pub owner: Option<usize>,
    /// Where its clock starts.
    pub start: Option<Stamp>,
    /// When an owner was given.
    pub assigned: Option<Stamp>,
    /// Stages by index.
    pub stages: Vec<Reached>,
    /// Left the path.
    pub exited: bool,
    /// When.
    pub exit_at: Option<Millis>,
    /// Why it was given up.
    pub reason: Option<String>,
    /// Score of the system.
    pub score: Option<f64>,
}

impl Lead {
    /// True where it can still be worked: neither gone nor a customer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.exited && !self.is_won()
    }

    /// True where it was open at a moment; one that left at an unknown time was never open.
    #[must_use]
    pub fn is_open_at(&self, moment: Millis) -> bool {
        let Some(start) = self.start.map(|start| start.at) else {
            return false;
        };
        start <= moment && self.ended(start).is_none_or(|ended| moment < ended)
    }

    /// When it was no longer open: a customer or gone; `unknown` where that has no date.
    #[must_use]
    pub fn ended(&self, unknown: Millis) -> Option<Millis> {
        let won = self.stages.last().filter(|last| last.has);
        let won = won.map(|last| last.at.map_or(unknown, |stamp| stamp.at));
        let left = self.exited.then(|| self.exit_at.unwrap_or(unknown));
        won.into_iter().chain(left).min()
    }

    /// True where it reached the last stage.
    #[must_use]
    pub fn is_won(&self) -> bool {
        self.stages.last().is_some_and(|stage| stage.has)
    }

    /// True where it was given up as no lead at all: spam, a duplicate, a test.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.exited && self.reason.as_deref().is_some_and(is_invalid)
    }

    /// Whether a stage was reached within so many days of a moment; nothing where the lead has
    /// not been watched for that long.
    #[must_use]
    pub fn reached_within(
        &self,
        stage: usize,
        from: Millis,
        days: u32,
        as_of: Millis,
    ) -> Option<bool> {
        let horizon = i64::from(days) * DAY_MILLIS;
        if as_of - from < horizon {
            return None;
        }
        let reached = self.stages.get(stage).copied().unwrap_or_default();
        let in_time = reached.at.is_none_or(|stamp| stamp.at - from <= horizon);
        Some(reached.has && in_time)
    }
}

/// Words of reasons with which a record is thrown away that never was a lead.
const INVALID: &[&str] = &["test", "tests", "fake", "bot", "bots", "junk"];
/// Beginnings of such words.
const INVALID_BEGINNINGS: &[&str] = &["spam", "duplicat", "invalid", "doppel", "dublett"];

/// True where a reason says that the record never was a lead.
#[must_use]
pub fn is_invalid(reason: &str) -> bool {
    let folded = normal_form(reason);
    let mut words = folded.split(|letter: char| !letter.is_alphanumeric());
    words.any(|word| {
        INVALID.contains(&word)
            || INVALID_BEGINNINGS
                .iter()
                .any(|start| word.starts_with(start))
    })
}

/// All leads with what was done about them.
pub struct Leads {
    /// The leads, in the order of the inputs.
    pub list: Vec<Lead>,
    /// Names of the channels.
    pub channels: Vec<String>,
    /// Names of the owners, as the leads have them.
    pub owners: Vec<String>,
    /// The calendar that each of them has of his own.
    pub owner_calendars: Vec<Option<String>>,
    /// What was done.
    pub log: Arc<Log>,
    /// The as-of moment.
    pub as_of: Millis,
    /// True where some lead says when it was assigned.
    pub has_assignments: bool,
}

/// A lead's names of dimensions, and the labels of the time dimensions among them.
pub struct Grouping<'a> {
    dimensions: &'a [String],
    labels: Vec<Option<Labels>>,
}

impl<'a> Grouping<'a> {
    /// For these dimensions.
    #[must_use]
    pub fn new(dimensions: &'a [String], data: &Data) -> Self {
        let labels = dimensions.iter();
        let labels = labels.map(|name| is_time(name).then(|| Labels::new(grain(name), data.zone)));
        Self {
            labels: labels.collect(),
            dimensions,
        }
    }

    /// The group of a lead whose clock started then.
    pub fn of(&mut self, lead: &Lead, start: Millis) -> Group {
        let places = 0..self.dimensions.len();
        places
            .map(|place| match &mut self.labels[place] {
                Some(labels) => labels.of(start),
                None => lead.group[place].clone(),
            })
            .collect()
    }
}

/// Every lead that the filter keeps. `Ok(None)` where nothing has a date.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn leads(data: &Data, dimensions: &[String], start: ClockStart) -> PolarsResult<Option<Leads>> {
    const ROW: &str = "#row";
    let Some(as_of) = data.as_of else {
        return Ok(None);
    };
    let all = data.frame(Source::Leads).clone().lazy();
    let table = data
        .filtered(all.with_row_index(ROW, None), Source::Leads)?
        .collect()?;
    let rows = frame::positions(&table, ROW);
    let returns = match start {
        ClockStart::Created => Vec::new(),
        ClockStart::HandRaise => last_entries(data),
    };
    let columns = Columns::of(data, &table, dimensions);
    let list: Vec<Lead> = (0..table.height())
        .filter(|row| columns.stages[0][*row].has)
        .map(|row| columns.lead(row, rows[row] as usize, &returns))
        .collect();
    Ok(Some(Leads {
        has_assignments: list.iter().any(|lead| lead.assigned.is_some()),
        channels: columns.channels.names,
        owner_calendars: calendars(data, &columns.owners.names),
        owners: columns.owners.names,
        list,
        log: data.log(),
        as_of,
    }))
}

impl Leads {
    /// What was done about a lead.
    #[must_use]
    pub fn activities(&self, lead: &Lead) -> &[Activity] {
        self.log.of_lead(lead.row)
    }

    /// The leads whose clock started in the period and is known.
    pub fn started<'a>(&'a self, scope: &Scope) -> impl Iterator<Item = (&'a Lead, Stamp)> {
        let (from, to) = scope.bounds();
        let as_of = self.as_of;
        self.list.iter().filter_map(move |lead| {
            let start = lead.start?;
            (from <= start.at && start.at < to && start.at <= as_of).then_some((lead, start))
        })
    }
}

/// The calendar of each owner, where the table of owners names one.
fn calendars(data: &Data, owners: &[String]) -> Vec<Option<String>> {
    let known = Owners::of(data.records(Record::Owners));
    let own = |owner: &String| known.find(owner)?.calendar.clone();
    owners.iter().map(own).collect()
}

/// When each lead (by row) last entered the first stage.
fn last_entries(data: &Data) -> Vec<Option<Millis>> {
    let moves = data.records(Record::Moves);
    let leads = data.frame(Source::Leads);
    let keys: Vec<&str> = frame::texts(moves, name::ID)
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect();
    let found = tables::links::find(&keys, frame::texts(leads, name::ID).into_iter());
    let (stages, times) = (
        frame::indexes(moves, name::STAGE),
        frame::integers(moves, name::AT),
    );
    let mut last = vec![None; leads.height()];
    for (row, lead) in found.into_iter().enumerate() {
        let (Some(lead), Some(0), Some(at)) = (lead, stages[row], times[row]) else {
            continue;
        };
        if data.as_of.is_none_or(|as_of| at <= as_of) {
            let known: &mut Option<Millis> = &mut last[lead as usize];
            *known = (*known).max(Some(at));
        }
    }
    last
}

/// Words of a column as numbers; names in order.
struct Coded {
    codes: Vec<Option<usize>>,
    names: Vec<String>,
}

impl Coded {
    fn of(values: &[Option<&str>], none: Option<&str>) -> Self {
        let value = |value: &Option<&str>| value.or(none).map(str::to_owned);
        let mut names: Vec<String> = values.iter().filter_map(value).collect();
        names.sort_unstable();
        names.dedup();
        let code = |one: &Option<&str>| names.binary_search(&value(one)?).ok();
        Self {
            codes: values.iter().map(code).collect(),
            names,
        }
    }
}

/// The columns of the leads that are looked at.
struct Columns<'a> {
    groups: Vec<Vec<Option<&'a str>>>,
    channels: Coded,
    owners: Coded,
    created: Vec<Option<Millis>>,
    created_day: Vec<bool>,
    assigned: Vec<Option<Millis>>,
    assigned_day: Vec<bool>,
    stages: Vec<Vec<Reached>>,
    exited: Vec<bool>,
    exit_at: Vec<Option<Millis>>,
    reasons: Vec<Option<&'a str>>,
    scores: Vec<Option<i64>>,
    as_of: Option<Millis>,
}

impl<'a> Columns<'a> {
    fn of(data: &Data, table: &'a DataFrame, dimensions: &[String]) -> Self {
        let owners: Vec<Option<&str>> = frame::texts(table, "owner")
            .into_iter()
            .map(|owner| owner.filter(|owner| *owner != tables::NONE))
            .collect();
        let channels = frame::texts(table, name::CHANNEL);
        Self {
            groups: dimensions
                .iter()
                .map(|dimension| frame::texts(table, dimension))
                .collect(),
            channels: Coded::of(&channels, Some(tables::NONE)),
            owners: Coded::of(&owners, None),
            created: frame::integers(table, name::CREATED),
            created_day: frame::flags(table, &name::day(name::CREATED)),
            assigned: frame::integers(table, name::ASSIGNED),
            assigned_day: frame::flags(table, &name::day(name::ASSIGNED)),
            stages: stages(data, table),
            exited: frame::flags(table, name::EXITED),
            exit_at: frame::integers(table, name::EXIT_AT),
            reasons: frame::texts(table, name::DISQUALIFIED_REASON),
            scores: frame::integers(table, name::SCORE),
            as_of: data.as_of,
        }
    }

    fn lead(&self, row: usize, at: usize, returns: &[Option<Millis>]) -> Lead {
        let assigned = self.assigned[row].filter(|at| self.as_of.is_none_or(|as_of| *at <= as_of));
        Lead {
            row: at,
            group: self
                .groups
                .iter()
                .map(|column| column[row].unwrap_or(tables::NONE).to_owned())
                .collect(),
            channel: self.channels.codes[row].unwrap_or_default(),
            owner: self.owners.codes[row],
            start: self.start(row, returns.get(at).copied().flatten()),
            assigned: assigned.map(|at| Stamp {
                at,
                day: self.assigned_day[row],
            }),
            stages: self.stages.iter().map(|stage| stage[row]).collect(),
            exited: self.exited[row],
            exit_at: self.exit_at[row],
            reason: self.reasons[row].map(str::to_owned),
            score: self.scores[row].map(|score| score as f64 / Money::SCALE as f64),
        }
    }

    /// Creation, else the entry into the first stage; a later return, where that counts.
    fn start(&self, row: usize, returned: Option<Millis>) -> Option<Stamp> {
        let created = self.created[row].map(|at| Stamp {
            at,
            day: self.created_day[row],
        });
        let first = created.or(self.stages[0][row].at)?;
        match returned.filter(|at| *at > first.at) {
            Some(at) => Some(Stamp { at, day: false }),
            None => Some(first),
        }
    }
}

/// Stages by index and row. A time that came from a column with dates alone has no minutes.
fn stages(data: &Data, table: &DataFrame) -> Vec<Vec<Reached>> {
    let count = data.ladder.len();
    let name_of = |stage: usize| data.ladder.name(stage);
    let times: Vec<Vec<Option<Millis>>> = (0..count)
        .map(|stage| frame::integers(table, &name::at(name_of(stage))))
        .collect();
    let raw: Vec<Vec<Option<Millis>>> = (0..count)
        .map(|stage| frame::integers(table, &name::raw(name_of(stage))))
        .collect();
    let days: Vec<bool> = (0..count)
        .map(|stage| is_fed_by_days(data, stage))
        .collect();
    let created_day = frame::flags(table, &name::day(name::CREATED));
    let created = frame::integers(table, name::CREATED);
    let is_day = |stage: usize, row: usize, at: Millis| {
        // Under the implied policy the time may be that of a higher stage.
        let source = (stage..count).find(|higher| raw[*higher][row] == Some(at));
        let by_creation = created[row] == Some(at) && created_day[row];
        by_creation || source.is_some_and(|source| days[source])
    };
    (0..count)
        .map(|stage| {
            let has = frame::flags(table, &name::has(name_of(stage)));
            let stamp = |row: usize, at: Option<Millis>| {
                at.map(|at| Stamp {
                    at,
                    day: is_day(stage, row, at),
                })
            };
            (0..table.height())
                .map(|row| Reached {
                    has: has[row],
                    at: stamp(row, times[stage][row]),
                    recorded: stamp(row, raw[stage][row]),
                })
                .collect()
        })
        .collect()
}

/// True where some input tells of the stage by dates without a time.
fn is_fed_by_days(data: &Data, stage: usize) -> bool {
    let has = |key: &str| data.date_only.contains(key);
    let by_deals = data.from_deals.iter().any(|(carried, moment)| {
        *carried == stage
            && has(match moment {
                DealMoment::Created => "deals.created",
                DealMoment::Won => "deals.closed",
            })
    });
    let wide = format!("leads.{}", name::wide(data.ladder.name(stage)));
    by_deals || has(&wide) || has("stage_events.at")
}

/// A rate of members that were watched long enough.
///
/// # Errors
/// `not_mature` where there are members and none was, `zero_denominator` without members.
pub fn cohort_rate(
    data: &Data,
    outcomes: impl Iterator<Item = Option<bool>>,
    horizon_days: u32,
) -> Figure<Rate> {
    let (mut k, mut n, mut young) = (0, 0, 0);
    for outcome in outcomes {
        match outcome {
            None => young += 1,
            Some(converted) => {
                n += 1;
                k += u64::from(converted);
            }
        }
    }
    if n == 0 {
        return Err(match young {
            0 => Undefined::ZeroDenominator,
            _ => Undefined::NotMature,
        });
    }
    Ok(Rate {
        k,
        n,
        interval: wilson::interval(k, n),
        view: View::Cohort,
        policy: data.policy,
        horizon_days: Some(horizon_days),
        in_progress: Some(young),
    })
}

/// A share of members that needs no horizon.
///
/// # Errors
/// `zero_denominator` without members.
pub fn share(data: &Data, k: u64, n: u64) -> Figure<Rate> {
    if n == 0 {
        return Err(Undefined::ZeroDenominator);
    }
    Ok(Rate {
        k,
        n,
        interval: wilson::interval(k, n),
        view: View::ToDate,
        policy: data.policy,
        horizon_days: None,
        in_progress: None,
    })
}

#[cfg(test)]
mod tests {
    use super::is_invalid;

    #[test]
    fn what_never_was_a_lead() {
        for reason in [
            "Spam",
            "Duplicate record",
            "duplicates",
            "Test lead",
            "Fake data",
        ] {
            assert!(is_invalid(reason), "{reason}");
        }
        for reason in ["No budget", "Contest winner", "Competitor", ""] {
            assert!(!is_invalid(reason), "{reason}");
        }
    }
}
