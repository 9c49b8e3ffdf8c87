//! Measures of stages: who entered one, who went on, how long it took, which deals are open.

use polars::prelude::*;

use super::data::{Data, Scope, Source};
use super::known::Known;
use super::measure::{Group, Measure, Results};
use crate::domain::calendar::DAY_MILLIS;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Rate, Undefined, View};
use crate::stats::wilson;
use crate::tables::col as name;

/// First entries into a stage during the period.
#[must_use]
pub fn entries(data: &Data, scope: &Scope, stage: usize, key: impl Into<String>) -> Measure {
    let stage_name = data.ladder.name(stage);
    match data.known(stage) {
        Known::Listed => {
            let keep = is_stage(stage).and(inside(scope));
            Measure::units(key, Source::Counted, keep, col(name::COUNT))
                .dated_by(name::START)
                .broken_by(
                    is_stage(stage).and(straddles(scope)),
                    Undefined::PeriodStraddles,
                )
        }
        Known::Counted(source) => {
            let count = name::count_of(stage_name);
            let given = col(count.as_str()).is_not_null();
            Measure::units(key, source, inside(scope), col(count.as_str()))
                .dated_by(name::START)
                .broken_by(given.and(straddles(scope)), Undefined::PeriodStraddles)
        }
        Known::Nowhere => Measure::undefined(key, Undefined::StageNotFed),
        Known::Followed => Measure::rows(key, Source::Leads, entered(scope, stage_name))
            .dated_by(name::at(stage_name)),
    }
}

/// Rows of a stage list for this stage.
pub fn is_stage(stage: usize) -> Expr {
    col(name::STAGE).eq(lit(i32::try_from(stage).unwrap_or(i32::MAX)))
}

/// An aggregated row whose whole span lies in the period.
pub fn inside(scope: &Scope) -> Expr {
    match (scope.start, scope.end) {
        (Some(start), Some(end)) => col(name::START)
            .gt_eq(lit(start))
            .and(col(name::END).lt_eq(lit(end)))
            .fill_null(lit(false))
            .and(col(name::STRADDLES).not()),
        _ => col(name::STRADDLES).not(),
    }
}

/// An aggregated row that reaches over an edge of the period, or whose span is unknown.
pub fn straddles(scope: &Scope) -> Expr {
    match (scope.start, scope.end) {
        (Some(start), Some(end)) => col(name::START)
            .lt(lit(end))
            .and(col(name::END).gt(lit(start)))
            .fill_null(lit(true))
            .and(inside(scope).not()),
        _ => col(name::STRADDLES),
    }
}

/// Leads that first entered the stage in the period.
pub fn entered(scope: &Scope, stage: &str) -> Expr {
    col(name::has(stage).as_str()).and(scope.contains(&name::at(stage)))
}

/// Leads that had reached the stage by the moment seen from.
pub fn reached(scope: &Scope, stage: &str) -> Expr {
    col(name::has(stage).as_str()).and(scope.seen(&name::at(stage)))
}

/// Leads that were in an exit state at the moment seen from.
pub fn exited(scope: &Scope) -> Expr {
    col(name::EXITED).and(scope.seen(name::EXIT_AT))
}

/// Deals made by the end of the period (or the moment seen from) and not ended by then.
pub fn open_deals(data: &Data, scope: &Scope) -> Expr {
    let seen = scope.seen_from;
    let last_moment = scope.end.map(|end| end - 1);
    let moment = [seen, last_moment].into_iter().flatten().min();
    let Some(moment) = moment else {
        let ended = col(name::WON).or(col(name::LOST));
        return col("exists").and(ended.or(missing(data, None)).not());
    };
    let by_then =
        |flag: &str, at: &str| col(flag).and(col(at).is_null().or(col(at).lt_eq(lit(moment))));
    let made = col(name::CREATED)
        .is_null()
        .or(col(name::CREATED).lt_eq(lit(moment)));
    let ended = by_then(name::WON, name::WON_AT).or(by_then(name::LOST, name::LOST_AT));
    let gone = missing(data, Some(moment));
    col("exists").and(made).and(ended.or(gone).not())
}

/// Deals that the exports lacked at the moment: not open, and nothing says that they were lost.
fn missing(data: &Data, moment: Option<Millis>) -> Expr {
    let absent = data.absences.iter().filter(|absence| absence.holds(moment));
    let ids: Vec<&str> = absent.map(|absence| absence.id.as_str()).collect();
    if ids.is_empty() {
        return lit(false);
    }
    let list = Series::new(PlSmallStr::EMPTY, ids).implode();
    list.map_or(lit(false), |list| {
        let known = col(name::ID).is_in(lit(list.into_series()), false);
        known.fill_null(lit(false))
    })
}

/// A step between two stages of a cohort, as measures.
pub struct Step<'a> {
    /// Index of the stage left.
    pub from: usize,
    /// Index of the stage reached.
    pub to: usize,
    /// Who belongs to the cohort.
    pub members: Expr,
    /// The period and the moment.
    pub scope: &'a Scope,
    /// Which members and which time count.
    pub view: View,
    /// Prefix of the keys of its measures.
    pub key: String,
}

impl<'a> Step<'a> {
    /// The step of those that entered its own first stage in the period.
    #[must_use]
    pub fn own_cohort(
        data: &Data,
        scope: &'a Scope,
        (from, to): (usize, usize),
        view: View,
    ) -> Self {
        Self {
            from,
            to,
            members: entered(scope, data.ladder.name(from)),
            scope,
            view,
            key: format!("{}:{}", data.ladder.step_key(from, to), view.code()),
        }
    }

    /// The measures to evaluate: `<key>/n`, `<key>/k`, `<key>/open`, `<key>/all`.
    #[must_use]
    pub fn measures(&self, data: &Data) -> Vec<Measure> {
        if self.view == View::Period || !self.is_followed(data) {
            return vec![
                entries(data, self.scope, self.from, self.part("n")),
                entries(data, self.scope, self.to, self.part("k")),
            ];
        }
        let from_at = name::at(data.ladder.name(self.from));
        let count = |part: &str, keep: Expr| {
            Measure::rows(self.part(part), Source::Leads, keep).dated_by(from_at.clone())
        };
        let n = self.denominator(data);
        let k = n.clone().and(self.converted(data));
        vec![
            count("n", n),
            count("k", k),
            count("open", self.in_progress(data)),
            count("all", self.members.clone()),
        ]
    }

    /// The condition for the numerator, for listing its rows.
    #[must_use]
    pub fn numerator(&self, data: &Data) -> Measure {
        let measures = self.measures(data);
        let mut k = measures[1].clone();
        k.key.clone_from(&self.key);
        k
    }

    fn part(&self, part: &str) -> String {
        format!("{}/{part}", self.key)
    }

    fn is_followed(&self, data: &Data) -> bool {
        [self.from, self.to]
            .iter()
            .all(|stage| data.known(*stage) == Known::Followed)
    }

    fn horizon_millis(&self, data: &Data) -> i64 {
        i64::from(data.horizons.days(self.from, self.to)) * DAY_MILLIS
    }

    fn times(&self, data: &Data) -> (Expr, Expr) {
        let at = |stage| col(name::at(data.ladder.name(stage)).as_str());
        (at(self.from), at(self.to))
    }

    fn denominator(&self, data: &Data) -> Expr {
        let (from, _) = self.times(data);
        match (self.view, self.scope.seen_from) {
            (View::Cohort, Some(seen)) => {
                let mature = (from + lit(self.horizon_millis(data))).lt_eq(lit(seen));
                self.members.clone().and(mature)
            }
            _ => self.members.clone(),
        }
    }

    fn converted(&self, data: &Data) -> Expr {
        let (from, to) = self.times(data);
        match self.view {
            View::Cohort => (to - from).lt_eq(lit(self.horizon_millis(data))),
            View::ToDate | View::Period => reached(self.scope, data.ladder.name(self.to)),
        }
    }

    /// Neither converted nor exited, and the horizon has not passed.
    fn in_progress(&self, data: &Data) -> Expr {
        let (from, _) = self.times(data);
        let still_time = match self.scope.seen_from {
            Some(seen) => (from + lit(self.horizon_millis(data))).gt(lit(seen)),
            None => lit(false),
        };
        let done = reached(self.scope, data.ladder.name(self.to)).or(exited(self.scope));
        self.members.clone().and(still_time).and(done.not())
    }

    /// The rate of a group, from the evaluated measures.
    ///
    /// # Errors
    /// `no_times` without dates in the cohort and period views, `snapshot_resolution` in the
    /// cohort view of snapshots, `not_mature` where no member has been observed for the horizon, `zero_denominator` without members.
    pub fn rate(&self, data: &Data, results: &Results, group: &Group) -> Figure<Rate> {
        let followed = self.is_followed(data);
        if followed && self.view != View::ToDate && !data.noticed.timed {
            return Err(Undefined::NoTimes);
        }
        // Whether a stage was reached within the horizon is a question of days.
        if followed && self.view == View::Cohort && data.from_snapshots {
            return Err(Undefined::SnapshotResolution);
        }
        let n = results.count(group, &self.part("n"))?;
        let k = results.count(group, &self.part("k"))?;
        let is_ratio = self.view == View::Period || !followed;
        if n == 0 {
            let members = if is_ratio {
                0
            } else {
                results.count(group, &self.part("all"))?
            };
            let waiting = self.view == View::Cohort && members > 0;
            return Err(if waiting {
                Undefined::NotMature
            } else {
                Undefined::ZeroDenominator
            });
        }
        let in_progress = match is_ratio {
            true => None,
            false => Some(results.count(group, &self.part("open"))?),
        };
        Ok(Rate {
            k,
            n,
            interval: if is_ratio {
                None
            } else {
                wilson::interval(k, n)
            },
            view: if is_ratio { View::Period } else { self.view },
            policy: data.policy,
            horizon_days: (self.view == View::Cohort && !is_ratio)
                .then(|| data.horizons.days(self.from, self.to)),
            in_progress: in_progress.filter(|_| data.noticed.timed),
        })
    }
}
