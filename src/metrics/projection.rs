//! What a young period's conversion will be once it is old enough (dictionary 11.7).

use polars::prelude::*;

use super::data::{Data, Scope, Source};
use super::stages::entered;
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::stats::projection::{Ended, Exits, Member, Projection, Projector};
use crate::stats::survival::Ending;
use crate::tables::{self, col as name};

/// The projected share of those that entered `from` in the period and reach `to`
/// within its horizon; `None` where the history is too short, has no dates, or only those
/// of snapshots.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn projected(
    data: &Data,
    scope: &Scope,
    step: (usize, usize),
) -> PolarsResult<Option<Projection>> {
    match Past::learn(data, step)? {
        Some(past) => past.project(scope),
        None => Ok(None),
    }
}

/// How the members of all cohorts went on, learnt once for many cohorts.
pub struct Past<'a> {
    data: &'a Data,
    step: (usize, usize),
    as_of: Millis,
    projector: Projector,
}

impl<'a> Past<'a> {
    /// From all data; `None` without dates, or with only those of snapshots.
    ///
    /// # Errors
    /// What polars cannot do with the filter.
    pub fn learn(data: &'a Data, step: (usize, usize)) -> PolarsResult<Option<Self>> {
        let Some(as_of) = data
            .as_of
            .filter(|_| data.noticed.timed && !data.from_snapshots)
        else {
            return Ok(None);
        };
        let (history, exits) = members(data, &Scope::all(data), step, as_of)?;
        let horizon = f64::from(data.horizons.days(step.0, step.1));
        Ok(Some(Self {
            data,
            step,
            as_of,
            projector: Projector::new(&history, exits, horizon),
        }))
    }

    /// The cohort of a period; `None` where the history is too short.
    ///
    /// # Errors
    /// What polars cannot do with the filter.
    pub fn project(&self, scope: &Scope) -> PolarsResult<Option<Projection>> {
        let (cohort, _) = members(self.data, scope, self.step, self.as_of)?;
        Ok(self.projector.project(&cohort).ok())
    }
}

fn members(
    data: &Data,
    scope: &Scope,
    (from, to): (usize, usize),
    as_of: Millis,
) -> PolarsResult<(Vec<Member>, Exits)> {
    let (from, to) = (data.ladder.name(from), data.ladder.name(to));
    let from_at = name::at(from);
    let keep = entered(scope, from).and(col(from_at.as_str()).is_not_null());
    let frame = data.filtered(data.frame(Source::Leads).clone().lazy(), Source::Leads)?;
    let table = frame
        .filter(keep.fill_null(lit(false)))
        .select([
            col(from_at.as_str()).alias("from"),
            col(name::at(to).as_str()).alias("to"),
            col(name::EXIT_AT),
            col(name::EXITED),
        ])
        .collect()?;
    let starts = tables::frame::integers(&table, "from");
    let ends = tables::frame::integers(&table, "to");
    let exit_times = tables::frame::integers(&table, name::EXIT_AT);
    let exited = tables::frame::flags(&table, name::EXITED);
    let undated = exited
        .iter()
        .zip(&exit_times)
        .any(|(exited, at)| *exited && at.is_none());
    let members = starts
        .iter()
        .zip(ends.iter().zip(&exit_times))
        .filter_map(|(start, (end, exit))| start.map(|start| member(start, *end, *exit, as_of)))
        .collect();
    Ok((
        members,
        if undated {
            Exits::Undated
        } else {
            Exits::Dated
        },
    ))
}

fn member(start: Millis, converted: Option<Millis>, exit: Option<Millis>, as_of: Millis) -> Member {
    let days = |at: Millis| (at - start) as f64 / DAY_MILLIS as f64;
    let ended = match (converted, exit) {
        (Some(at), _) => Some((Ending::Converted, at)),
        (None, Some(at)) => Some((Ending::Exited, at)),
        (None, None) => None,
    };
    Member {
        age_days: days(as_of),
        ended: ended.map(|(ending, at)| Ended {
            ending,
            after_days: days(at).max(0.0),
        }),
    }
}
