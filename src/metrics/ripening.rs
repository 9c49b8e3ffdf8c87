//! How cohorts ripen, and what the young ones will come to (dictionary 11.7, chain ladder).
//!
//! A cohort are the leads that entered the first stage in one period; what is watched is the
//! last stage that is followed. Age is counted in whole periods from the END of the cohort's
//! own: at age 0 its period is complete, so every member has had at least as long as the age
//! says, and the ages of two cohorts mean the same. An age is told only once it is complete,
//! so no row of the triangle rises with the day of the month on which somebody looks.
//!
//! A cohort is ripe at the first age by which the ladder says 75 % of the final conversions
//! have come. Younger ones have too little for a product of factors, which would multiply
//! the luck of their first days; they take the rate of the ripe ones for what is to come.
//! With fewer than three ripe cohorts nothing is said.

use chrono_tz::Tz;
use polars::prelude::*;

use super::data::{Data, Scope, Source};
use super::known::Known;
use super::projection::Past;
use super::stages::entered;
use crate::domain::calendar::{Millis, day_of, instants};
use crate::domain::figure::{Figure, Rate, Undefined, View, ratio};
use crate::domain::period::{Grain, Period};
use crate::stats::chain_ladder::{Ladder, chain_ladder, shares_by_age, youngest};
use crate::stats::wilson;
use crate::tables::{self, col as name};

/// Share of the final conversions that is there at the age from which a cohort is ripe.
pub const RIPE_SHARE: f64 = 0.75;
/// Ripe cohorts that an ultimate needs.
pub const LEAST_RIPE: usize = 3;

/// Cohorts of one grain.
#[derive(Debug, Clone, PartialEq)]
pub struct Ripening {
    /// The length of a cohort's period and of a step of age.
    pub grain: Grain,
    /// The stage that is waited for; empty where none is followed.
    pub target: String,
    /// Oldest first; periods without members are left out.
    pub cohorts: Vec<Cohort>,
    /// The age from which a cohort is ripe.
    pub ripe_age: Figure<usize>,
    /// The horizon of `projected`.
    pub horizon_days: u32,
    /// Members left out: they reached the stage at an unknown time.
    pub undated: u64,
    /// Why there are no cohorts at all.
    pub refusal: Option<Undefined>,
}

/// One cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct Cohort {
    /// The name of its period.
    pub label: String,
    /// Its members.
    pub n: u64,
    /// Members that had reached the stage by the as-of moment.
    pub reached: Rate,
    /// Its last complete age; absent while its own period is not over.
    pub age: Figure<u64>,
    /// Members that had reached the stage by each complete age, from 0 on.
    pub ages: Vec<Figure<Rate>>,
    /// Its latest complete age times the factors to come.
    pub chain_ladder: Figure<f64>,
    /// The same for ripe cohorts, the rate of the ripe ones for younger ones; never fewer
    /// than have reached the stage already.
    pub ultimate: Figure<f64>,
    /// `ultimate` over `n`.
    pub rate: Figure<f64>,
    /// Whether it is ripe.
    pub ripe: Figure<bool>,
    /// The projected share within the horizon (curve of single dates).
    pub projected: Figure<f64>,
}

/// The cohorts of a scope.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(data: &Data, scope: &Scope, grain: Grain) -> PolarsResult<Ripening> {
    let target = match target(data) {
        Ok(target) => target,
        Err(reason) => return Ok(refused(grain, reason)),
    };
    let (members, undated) = members(data, scope, target)?;
    let bunches = bunches(data.zone, grain, &members);
    let triangle: Vec<Vec<f64>> = bunches
        .iter()
        .map(|bunch| bunch.row(data.zone, data.as_of))
        .collect();
    let answer = Answer::of(&bunches, &triangle);
    let past = Past::learn(data, (0, target))?;
    let mut cohorts = Vec::new();
    for (index, bunch) in bunches.iter().enumerate() {
        let projection = match &past {
            Some(past) => past.project(&bunch.scope(data, scope))?,
            None => None,
        };
        let missing = match data.from_snapshots {
            true => Undefined::SnapshotResolution,
            false => Undefined::NotMature,
        };
        let projected = projection.map(|found| found.value).ok_or(missing);
        cohorts.push(cohort(
            data,
            bunch,
            &triangle[index],
            (&answer, index),
            projected,
        ));
    }
    Ok(Ripening {
        grain,
        target: data.ladder.name(target).to_owned(),
        cohorts,
        ripe_age: answer.ripe_age,
        horizon_days: data.horizons.days(0, target),
        undated,
        refusal: None,
    })
}

fn refused(grain: Grain, reason: Undefined) -> Ripening {
    Ripening {
        grain,
        target: String::new(),
        cohorts: Vec::new(),
        ripe_age: Err(reason),
        horizon_days: 0,
        undated: 0,
        refusal: Some(reason),
    }
}

/// The last stage in which leads can be followed.
fn target(data: &Data) -> Figure<usize> {
    if !data.noticed.timed {
        return Err(Undefined::NoTimes);
    }
    let followed = |stage: &usize| data.known(*stage) == Known::Followed;
    if !followed(&0) {
        return Err(Undefined::StageNotFed);
    }
    let mut above = (1..data.ladder.len()).rev();
    above.find(followed).ok_or(Undefined::StageNotFed)
}

/// When a lead came, and when it reached the stage.
type Member = (Millis, Option<Millis>);

/// Those that entered the first stage in the scope, by their entry; and how many were left
/// out because they reached the target nobody knows when.
fn members(data: &Data, scope: &Scope, target: usize) -> PolarsResult<(Vec<Member>, u64)> {
    let first = data.ladder.first();
    let first_at = name::at(first);
    let target = data.ladder.name(target);
    let keep = entered(scope, first).and(col(first_at.as_str()).is_not_null());
    let frame = data.filtered(data.frame(Source::Leads).clone().lazy(), Source::Leads)?;
    let table = frame
        .filter(keep.fill_null(lit(false)))
        .select([
            col(first_at.as_str()).alias("from"),
            col(name::at(target).as_str()).alias("to"),
            col(name::has(target).as_str()).alias("has"),
        ])
        .collect()?;
    let starts = tables::frame::integers(&table, "from");
    let ends = tables::frame::integers(&table, "to");
    let has = tables::frame::flags(&table, "has");
    let rows = || starts.iter().zip(ends.iter().zip(&has));
    let undated = rows().filter(|(_, (end, has))| **has && end.is_none());
    let undated = undated.count() as u64;
    let seen = data.as_of.unwrap_or(Millis::MAX);
    let mut members: Vec<Member> = rows()
        .filter(|(_, (end, has))| !**has || end.is_some())
        .filter_map(|(start, (end, has))| Some(((*start)?, end.filter(|end| *has && *end <= seen))))
        .collect();
    members.sort_unstable();
    Ok((members, undated))
}

/// The members of one period.
struct Bunch<'a> {
    period: Period,
    members: &'a [Member],
}

fn bunches(zone: Tz, grain: Grain, members: &[Member]) -> Vec<Bunch<'_>> {
    let mut bunches = Vec::new();
    let mut rest = members;
    while let Some((start, _)) = rest.first() {
        let period = Period::of(grain, day_of(*start, zone));
        let (_, end) = instants(&period, zone);
        let here = rest.partition_point(|(start, _)| *start < end).max(1);
        let (members, later) = rest.split_at(here);
        bunches.push(Bunch { period, members });
        rest = later;
    }
    bunches
}

impl Bunch<'_> {
    /// Members that had reached the stage at the end of each complete age.
    fn row(&self, zone: Tz, as_of: Option<Millis>) -> Vec<f64> {
        let mut reached: Vec<Millis> = self.members.iter().filter_map(|(_, at)| *at).collect();
        reached.sort_unstable();
        let over = as_of.map_or(Millis::MIN, |seen| seen.saturating_add(1));
        let mut row = Vec::new();
        let mut period = self.period.clone();
        loop {
            let (start, end) = instants(&period, zone);
            if end > over || end <= start {
                return row;
            }
            row.push(reached.partition_point(|at| *at < end) as f64);
            period = Period::of(period.grain, period.end);
        }
    }

    /// The period, within what was asked for.
    fn scope(&self, data: &Data, asked: &Scope) -> Scope {
        let mut scope = Scope::of(data, &self.period);
        let (start, end) = asked.bounds();
        scope.start = scope.start.map(|own| own.max(start));
        scope.end = scope.end.map(|own| own.min(end));
        scope
    }

    fn n(&self) -> u64 {
        self.members.len() as u64
    }

    fn reached(&self) -> u64 {
        self.members.iter().filter(|(_, at)| at.is_some()).count() as u64
    }
}

/// What the triangle says.
struct Answer {
    ladder: Ladder,
    shares: Vec<Option<f64>>,
    ripe_age: Figure<usize>,
    /// What the ripe cohorts come to, over their members.
    ripe_rate: Figure<f64>,
}

impl Answer {
    fn of(bunches: &[Bunch], triangle: &[Vec<f64>]) -> Self {
        let ladder = chain_ladder(triangle);
        let shares = shares_by_age(&ladder.factors);
        let ripe_age = ripe_age(triangle, &shares);
        let ripe_rate = ripe_age.and_then(|ripe| {
            let old = || (0..triangle.len()).filter(|row| triangle[*row].len() > ripe);
            let ends: Option<f64> = old().map(|row| ladder.ultimates[row]).sum();
            let n: u64 = old().map(|row| bunches[row].n()).sum();
            ratio(ends.ok_or(Undefined::ZeroDenominator)?, n as f64)
        });
        Self {
            ladder,
            shares,
            ripe_age,
            ripe_rate,
        }
    }

    /// What a cohort comes to by factors alone.
    fn by_factors(&self, index: usize, ages: usize) -> Figure<f64> {
        self.ripe_age?;
        match ages {
            0 => Err(Undefined::NotMature),
            _ => self.ladder.ultimates[index].ok_or(Undefined::ZeroDenominator),
        }
    }

    /// The same, or by the rate of the ripe cohorts for a younger one.
    fn ultimate(&self, index: usize, row: &[f64], n: u64) -> Figure<f64> {
        if self.is_ripe(row)? {
            return self.by_factors(index, row.len());
        }
        let share = self.shares.get(row.len() - 1).copied().flatten();
        let latest = row.last().copied().ok_or(Undefined::NotMature)?;
        let share = share.ok_or(Undefined::ZeroDenominator)?;
        Ok(youngest(latest, n as f64, self.ripe_rate?, share))
    }

    fn is_ripe(&self, row: &[f64]) -> Figure<bool> {
        let ripe = self.ripe_age?;
        match row.len() {
            0 => Err(Undefined::NotMature),
            ages => Ok(ages > ripe),
        }
    }
}

/// The first age with three quarters of what comes, where enough cohorts are that old.
fn ripe_age(triangle: &[Vec<f64>], shares: &[Option<f64>]) -> Figure<usize> {
    let enough = |share: &Option<f64>| share.is_some_and(|share| share >= RIPE_SHARE);
    let age = shares.iter().position(enough).ok_or(Undefined::NotMature)?;
    let old = triangle.iter().filter(|row| row.len() > age).count();
    match old >= LEAST_RIPE {
        true => Ok(age),
        false => Err(Undefined::NotMature),
    }
}

fn cohort(
    data: &Data,
    bunch: &Bunch,
    row: &[f64],
    (answer, index): (&Answer, usize),
    projected: Figure<f64>,
) -> Cohort {
    let (n, reached) = (bunch.n(), bunch.reached());
    // Between which two snapshots somebody went on says little of the age at which.
    let dated = |figure: Figure<f64>| match data.from_snapshots {
        true => Err(Undefined::SnapshotResolution),
        false => figure,
    };
    let share = |k: &f64| dated(Ok(*k)).map(|k| rate(data, k as u64, n, View::Cohort));
    let ultimate = dated(answer.ultimate(index, row, n)).map(|end| end.max(reached as f64));
    Cohort {
        label: bunch.period.label.clone(),
        n,
        reached: rate(data, reached, n, View::ToDate),
        age: (row.len() as u64)
            .checked_sub(1)
            .ok_or(Undefined::NotMature),
        ages: row.iter().map(share).collect(),
        chain_ladder: dated(answer.by_factors(index, row.len())),
        ultimate,
        rate: ultimate.and_then(|end| ratio(end, n as f64)),
        ripe: dated(Ok(0.0)).and_then(|_| answer.is_ripe(row)),
        projected,
    }
}

fn rate(data: &Data, k: u64, n: u64, view: View) -> Rate {
    Rate {
        k,
        n,
        interval: wilson::interval(k, n),
        view,
        policy: data.policy,
        horizon_days: None,
        in_progress: None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::calendar::day_start;

    fn triangle() -> Vec<Vec<f64>> {
        vec![
            vec![20.0, 40.0, 50.0, 52.0],
            vec![22.0, 43.0, 55.0],
            vec![18.0, 37.0],
            vec![25.0],
        ]
    }

    fn bunches_of<'a>(members: &'a [Vec<Member>]) -> Vec<Bunch<'a>> {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let bunch = |members: &'a Vec<Member>| Bunch {
            period: Period::of(Grain::Month, day),
            members,
        };
        members.iter().map(bunch).collect()
    }

    /// Dictionary 12.12: 0.38 and 0.76 are there at ages 0 and 1, so age 1 is ripe, three
    /// cohorts are that old, and only the youngest takes their rate.
    #[test]
    fn the_youngest_takes_the_rate_of_the_ripe() {
        let members = vec![vec![(0, None); 100]; 4];
        let found = Answer::of(&bunches_of(&members), &triangle());
        assert_eq!(found.ripe_age, Ok(1));
        let near = |found: Figure<f64>, wanted: f64| {
            assert!((found.unwrap() - wanted).abs() < 5e-5, "{found:?} {wanted}");
        };
        let rows = triangle();
        for (index, wanted) in [52.0, 57.2, 48.6795].into_iter().enumerate() {
            near(found.ultimate(index, &rows[index], 100), wanted);
        }
        near(found.by_factors(3, 1), 65.7831);
        // p = 157.8795 / 300; 25 + 100 p (1 - 1/2.631325).
        near(found.ultimate(3, &rows[3], 100), 57.6265);
        assert_eq!(found.is_ripe(&rows[3]), Ok(false));
        assert_eq!(found.ultimate(3, &[], 100), Err(Undefined::NotMature));
    }

    #[test]
    fn too_few_ripe_cohorts_say_nothing() {
        let members = vec![vec![(0, None); 100]; 3];
        let found = Answer::of(&bunches_of(&members), &triangle()[1..]);
        // 0.79 of what comes is there at age 1, and two are that old.
        assert_eq!(found.ripe_age, Err(Undefined::NotMature));
        assert_eq!(found.by_factors(0, 3), Err(Undefined::NotMature));
        let none = Answer::of(&[], &[]);
        assert_eq!(none.ripe_age, Err(Undefined::NotMature));
    }

    #[test]
    fn nothing_to_multiply_is_undefined() {
        let members = vec![vec![(0, None); 10]; 4];
        let late = vec![vec![0.0, 2.0], vec![0.0, 3.0], vec![0.0, 4.0], vec![0.0]];
        let found = Answer::of(&bunches_of(&members), &late);
        assert_eq!(found.ripe_age, Ok(1));
        assert_eq!(found.by_factors(3, 1), Err(Undefined::ZeroDenominator));
        let young = found.ultimate(3, &late[3], 10);
        assert_eq!(young, Err(Undefined::ZeroDenominator));
        assert_eq!(found.ultimate(0, &late[0], 10), Ok(2.0));
    }

    /// The age 1 of January ends with February: what happens at its first instant of March
    /// belongs to age 2, which on 30 March is not complete yet.
    #[test]
    fn ages_are_whole_periods_after_the_end() {
        let at = |month, day| {
            let day = chrono::NaiveDate::from_ymd_opt(2026, month, day).unwrap();
            day_start(day, Tz::Europe__Berlin)
        };
        let members = [
            (at(1, 1), Some(at(1, 31))),
            (at(1, 5), Some(at(2, 1) - 1)),
            (at(1, 20), Some(at(2, 1))),
            (at(2, 1) - 1, Some(at(3, 1))),
            (at(2, 1), None),
            (at(3, 30), None),
        ];
        let found = bunches(Tz::Europe__Berlin, Grain::Month, &members);
        let row = |index: usize, seen| found[index].row(Tz::Europe__Berlin, Some(seen));
        let labels: Vec<&str> = found.iter().map(|b| b.period.label.as_str()).collect();
        assert_eq!(labels, ["2026-01", "2026-02", "2026-03"]);
        assert_eq!(row(0, at(3, 31) - 1), [2.0, 3.0]);
        assert_eq!(row(0, at(4, 1) - 1), [2.0, 3.0, 4.0]);
        assert_eq!(row(1, at(4, 1) - 1), [0.0, 0.0]);
        assert_eq!(row(2, at(4, 1) - 2), [0.0; 0]);
        assert_eq!((found[0].n(), found[0].reached()), (4, 4));
    }
}
