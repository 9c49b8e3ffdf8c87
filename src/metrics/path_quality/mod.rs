//! How straight the leads go: stages skipped, moves back, visits repeated, days spent.
//!
//! Source: metrics dictionary 2.3, and 4.1 with 4.3 for the days. Everything is as known at
//! the moment seen from. Skipping is seen in any dated input and is a measure; the order of
//! moves is seen in the leads' own moves only (`walk`). What the deals of a lead went through
//! says nothing of steps back of the lead; it ends the lead's stay below all the same.

mod tally;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::BTreeMap;

use polars::prelude::*;

use super::data::{Data, Record, Scope, Source};
use super::funnel;
use super::known::Known;
use super::measure::{Group, Measure, Results, evaluate};
use super::time_labels::{Labels, grain, is_time};
use super::worked::share;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::stats::survival::kaplan_meier;
use crate::tables::{NONE, col as name, frame, links};

use tally::{Share, Tally};
use walk::{Entry, Seen};

/// Share of moves back from which on the monthly report says so (percent of the moves).
pub const MANY_BACKWARD_PERCENT: u64 = 5;

/// A share of the path.
#[derive(Debug, Clone, PartialEq)]
pub struct PathRate {
    /// `skip_rate`, `backward_rate`, ...
    pub key: &'static str,
    /// The stage, where there is one for each.
    pub stage: Option<String>,
    /// k of n.
    pub rate: Figure<Rate>,
}

/// Days that leads spend in a stage, all their visits to it added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Dwell {
    /// The stage.
    pub stage: String,
    /// Leads with a visit to it.
    pub leads: Figure<u64>,
    /// Visits to it.
    pub visits: Figure<u64>,
    /// Days after which half have left, those still there as not finished yet.
    pub median: Figure<f64>,
    /// The same of nine in ten.
    pub p90: Figure<f64>,
    /// Leads that are in it now: their days are censored.
    pub still_open: Figure<u64>,
}

/// The quality of the path in one group.
#[derive(Debug, Clone, PartialEq)]
pub struct PathQuality {
    /// Values of the dimensions, empty for the total.
    pub group: Group,
    /// Shares, in reading order.
    pub rates: Vec<PathRate>,
    /// Days by stage; the last stage, where nobody leaves, has none.
    pub dwell: Vec<Dwell>,
}

impl PathQuality {
    /// The share of moves that went back, where it is more than a few.
    #[must_use]
    pub fn many_backward(&self) -> Option<&Rate> {
        let row = self.rates.iter().find(|row| row.key == "backward_rate")?;
        let rate = row.rate.as_ref().ok()?;
        (rate.k * 100 > rate.n * MANY_BACKWARD_PERCENT).then_some(rate)
    }
}

/// Every group of the leads that entered the first stage in the period; without dimensions
/// there is one, the total. Without a period every lead counts, whatever the policy.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(
    data: &Data,
    scope: &Scope,
    dimensions: &[String],
) -> PolarsResult<Vec<PathQuality>> {
    let measures: Vec<Measure> = (0..data.ladder.len())
        .flat_map(|stage| skip_measures(data, scope, stage))
        .collect();
    let results = evaluate(data, &measures, dimensions)?;
    let mut tallies = match unseen(data, dimensions) {
        Some(_) => BTreeMap::new(),
        None => tallies(data, scope, dimensions)?,
    };
    if dimensions.is_empty() {
        tallies
            .entry(Group::new())
            .or_insert_with(|| Tally::new(data.ladder.len()));
    } else {
        for group in results.groups() {
            let nobody = || Tally::new(data.ladder.len());
            tallies.entry(group.clone()).or_insert_with(nobody);
        }
    }
    let answer = Answer {
        data,
        results: &results,
        unseen: unseen(data, dimensions),
    };
    let read = |(group, tally)| answer.read(group, &tally);
    Ok(tallies.into_iter().map(read).collect())
}

/// Why the order of moves cannot be seen; `None` where it can.
fn unseen(data: &Data, dimensions: &[String]) -> Option<Undefined> {
    let first = name::at(data.ladder.first());
    match data.refusal(Source::Leads, dimensions, Some(&first)) {
        Some(reason) => Some(reason),
        None if data.from_snapshots => Some(Undefined::SnapshotResolution),
        None if !data.noticed.timed => Some(Undefined::NoTimes),
        None if !data.noticed.has_history => Some(Undefined::WideInput),
        None => None,
    }
}

/// Leads that are looked at: those of the cohort of the stage table, or all.
fn members(data: &Data, scope: &Scope) -> Expr {
    match scope.period {
        None => lit(true),
        Some(_) => funnel::cohort(data, scope),
    }
}

/// `skip_rate.<stage>`: leads with a dated entry above a stage and no recorded one into it;
/// `beyond.<stage>`: the former (dictionary 2.3).
#[must_use]
pub fn skip_measures(data: &Data, scope: &Scope, stage: usize) -> Vec<Measure> {
    let dated = |stage: usize| {
        let raw = name::raw(data.ladder.name(stage));
        col(raw.as_str()).is_not_null().and(scope.seen(&raw))
    };
    let beyond = (stage + 1..data.ladder.len()).map(dated);
    let beyond = members(data, scope).and(beyond.fold(lit(false), Expr::or));
    let stage = data.ladder.name(stage);
    let unrecorded = col(name::recorded(stage).as_str()).not();
    let first_at = name::at(data.ladder.first());
    [
        ("skip_rate", beyond.clone().and(unrecorded)),
        ("beyond", beyond),
    ]
    .map(|(column, keep)| {
        let key = format!("{column}.{stage}");
        Measure::rows(key, Source::Leads, keep).dated_by(first_at.clone())
    })
    .into()
}

/// The paths of the leads, added up by group.
fn tallies(
    data: &Data,
    scope: &Scope,
    dimensions: &[String],
) -> PolarsResult<BTreeMap<Group, Tally>> {
    const ROW: &str = "#row";
    let Some(as_of) = scope.seen_from else {
        return Ok(BTreeMap::new());
    };
    let all = data.frame(Source::Leads).clone().lazy();
    let kept = data.filtered(all.with_row_index(ROW, None), Source::Leads)?;
    let table = kept.filter(members(data, scope)).collect()?;
    let mut own = moves(data, as_of);
    let known = Columns::of(data, &table);
    let mut groups = Groups::of(data, &table, dimensions);
    let mut found: BTreeMap<Group, Tally> = BTreeMap::new();
    for (row, lead) in frame::positions(&table, ROW).into_iter().enumerate() {
        let entries = own.remove(&lead).unwrap_or_default();
        let seen = known.seen(row, entries, as_of);
        if seen.entries.is_empty() {
            continue;
        }
        let tally = found.entry(groups.at(row));
        tally
            .or_insert_with(|| Tally::new(data.ladder.len()))
            .add(&seen);
    }
    Ok(found)
}

/// The leads' own dated moves up to a moment, by row of the lead.
fn moves(data: &Data, as_of: Millis) -> BTreeMap<u32, Vec<Entry>> {
    let moves = data.records(Record::Moves);
    let ids = frame::texts(moves, name::ID);
    let keys: Vec<&str> = ids.into_iter().map(Option::unwrap_or_default).collect();
    let leads = frame::texts(data.frame(Source::Leads), name::ID);
    let found = links::find(&keys, leads.into_iter());
    let stages = frame::indexes(moves, name::STAGE);
    let times = frame::integers(moves, name::AT);
    let mut own: BTreeMap<u32, Vec<Entry>> = BTreeMap::new();
    for row in 0..keys.len() {
        let (Some(lead), Some(stage), Some(at)) = (found[row], stages[row], times[row]) else {
            continue;
        };
        if at <= as_of {
            let stage = usize::try_from(stage).ok();
            own.entry(lead).or_default().push(Entry { at, stage });
        }
    }
    own
}

/// Columns of the leads that tell what happened to them besides their moves.
struct Columns {
    raw: Vec<Vec<Option<Millis>>>,
    exit_at: Vec<Option<Millis>>,
}

impl Columns {
    fn of(data: &Data, table: &DataFrame) -> Self {
        let stages = data.ladder.iter();
        Self {
            raw: stages
                .map(|stage| frame::integers(table, &name::raw(stage)))
                .collect(),
            exit_at: frame::integers(table, name::EXIT_AT),
        }
    }

    fn seen(&self, row: usize, entries: Vec<Entry>, as_of: Millis) -> Seen {
        let known = |at: Option<Millis>| at.filter(|at| *at <= as_of);
        let first: Vec<Option<Millis>> = self.raw.iter().map(|raw| known(raw[row])).collect();
        Seen {
            entries: walk::in_order(entries, first.first().copied().flatten()),
            first,
            exit_at: known(self.exit_at[row]),
            as_of,
        }
    }
}

/// Values of the dimensions of each lead.
struct Groups<'a> {
    texts: Vec<(Vec<Option<&'a str>>, Option<Labels>)>,
    dates: Vec<Option<Millis>>,
}

impl<'a> Groups<'a> {
    fn of(data: &Data, table: &'a DataFrame, dimensions: &[String]) -> Self {
        let column = |dimension: &String| {
            let labels = is_time(dimension).then(|| Labels::new(grain(dimension), data.zone));
            let texts = match labels {
                Some(_) => Vec::new(),
                None => frame::texts(table, dimension),
            };
            (texts, labels)
        };
        Self {
            texts: dimensions.iter().map(column).collect(),
            dates: frame::integers(table, &name::at(data.ladder.first())),
        }
    }

    fn at(&mut self, row: usize) -> Group {
        let date = self.dates[row];
        let value = |(texts, labels): &mut (Vec<Option<&str>>, Option<Labels>)| match labels {
            Some(labels) => date.map_or_else(|| NONE.to_owned(), |at| labels.of(at)),
            None => texts[row].unwrap_or(NONE).to_owned(),
        };
        self.texts.iter_mut().map(value).collect()
    }
}

/// Counts to figures.
struct Answer<'a> {
    data: &'a Data,
    results: &'a Results,
    unseen: Option<Undefined>,
}

impl Answer<'_> {
    fn read(&self, group: Group, tally: &Tally) -> PathQuality {
        let stages = || 0..self.data.ladder.len();
        let last = self.data.ladder.len() - 1;
        let required = |stage: &usize| *stage < last && !self.data.ladder.is_optional(*stage);
        let mut rates: Vec<PathRate> = stages()
            .filter(required)
            .map(|stage| self.row("skip_rate", Some(stage), self.skipped(&group, stage)))
            .collect();
        let whole = |key, share| self.row(key, None, self.moved(share));
        rates.push(whole("backward_rate", tally.backward));
        rates.push(whole("regressed_share", tally.regressed));
        rates.extend(stages().map(|stage| {
            let rate = self.visited(stage, tally.reentered[stage]);
            self.row("reentry_rate", Some(stage), rate)
        }));
        rates.push(whole("reopen_rate", tally.reopened));
        rates.extend(stages().map(|stage| {
            let rate = self.visited(stage, tally.start(stage));
            self.row("start_stage_mix", Some(stage), rate)
        }));
        let dwell = stages().take(last).map(|stage| self.dwell(stage, tally));
        PathQuality {
            dwell: dwell.collect(),
            group,
            rates,
        }
    }

    fn row(&self, key: &'static str, stage: Option<usize>, rate: Figure<Rate>) -> PathRate {
        let stage = stage.map(|stage| self.data.ladder.name(stage).to_owned());
        PathRate { key, stage, rate }
    }

    /// Who went on without being recorded; seen in wide input as well.
    fn skipped(&self, group: &Group, stage: usize) -> Figure<Rate> {
        self.followed(stage)?;
        if !self.data.sees_beyond(stage) {
            return Err(Undefined::StageNotFed);
        }
        if self.data.from_snapshots {
            return Err(Undefined::SnapshotResolution);
        }
        if !self.data.noticed.timed {
            return Err(Undefined::NoTimes);
        }
        let stage = self.data.ladder.name(stage);
        let skipped = self.results.count(group, &format!("skip_rate.{stage}"))?;
        let beyond = self.results.count(group, &format!("beyond.{stage}"))?;
        share(self.data, skipped, beyond)
    }

    /// A stage must be known person by person.
    fn followed(&self, stage: usize) -> Figure<()> {
        match self.data.known(stage) {
            Known::Nowhere => Err(Undefined::StageNotFed),
            Known::Listed | Known::Counted(_) => Err(Undefined::NoSharedId),
            Known::Followed => Ok(()),
        }
    }

    fn moved(&self, found: Share) -> Figure<Rate> {
        self.unseen.map_or(Ok(()), Err)?;
        share(self.data, found.k, found.n)
    }

    fn visited(&self, stage: usize, found: Share) -> Figure<Rate> {
        self.followed(stage)?;
        self.moved(found)
    }

    fn dwell(&self, stage: usize, tally: &Tally) -> Dwell {
        let seen = self.followed(stage);
        let seen = seen.and_then(|()| self.unseen.map_or(Ok(()), Err));
        let stays = &tally.stays[stage];
        let open = stays.iter().filter(|stay| !stay.event).count() as u64;
        let curve = kaplan_meier(stays);
        let days = |share: f64| {
            seen?;
            if stays.is_empty() {
                return Err(Undefined::NoData);
            }
            curve.time_of_share(share).ok_or(Undefined::NotReached)
        };
        Dwell {
            stage: self.data.ladder.name(stage).to_owned(),
            leads: seen.map(|()| stays.len() as u64),
            visits: seen.map(|()| tally.visits[stage]),
            median: days(0.5),
            p90: days(0.9),
            still_open: seen.map(|()| open),
        }
    }
}

/// The measure behind `skip_rate` of a stage: the leads that skipped it.
#[must_use]
pub fn measure_of(data: &Data, scope: &Scope, key: &str, stage: Option<&str>) -> Option<Measure> {
    let stage = data.ladder.index(stage?)?;
    let skipped = || skip_measures(data, scope, stage).into_iter().next();
    (key == "skip_rate").then(skipped).flatten()
}
