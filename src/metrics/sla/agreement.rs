//! What marketing promised and what it delivered, paced over working days.
//!
//! Dictionary 5.3, in plain counts: the targets of stages against the leads that entered them.

use polars::prelude::PolarsResult;

use super::Question;
use crate::domain::calendar::day_of;
use crate::domain::figure::{Figure, ratio};
use crate::domain::period::Period;
use crate::metrics::targets::{self, Goal};

/// A commitment and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The commitment.
    pub goal: Goal,
    /// What was delivered so far.
    pub delivered: Figure<f64>,
    /// Over the whole commitment.
    pub sla: Figure<f64>,
    /// Over the part of it that the working days passed so far ask for.
    pub daily_pace: Figure<f64>,
    /// Working days passed, and all of them.
    pub working_days: (u64, u64),
}

/// The commitments that touch the period; only counts of stages.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn deliveries(question: &Question, goals: &[Goal]) -> PolarsResult<Vec<Delivery>> {
    let data = question.data;
    let counts: Vec<Goal> = goals
        .iter()
        .filter(|goal| data.ladder.index(&goal.metric).is_some())
        .cloned()
        .collect();
    let mut list = Vec::new();
    for goal in counts {
        // Without a period every commitment is looked at as a whole.
        let period = match &question.scope.period {
            Some(period) => period.clone(),
            None => goal.period.clone(),
        };
        let standings = targets::standings(data, &period, std::slice::from_ref(&goal))?;
        for standing in standings {
            let (passed, all) = working_days(question, &goal.period, &period);
            let paced = ratio(passed as f64, all as f64).map(|share| goal.value * share);
            list.push(Delivery {
                sla: standing.actual.and_then(|actual| ratio(actual, goal.value)),
                daily_pace: standing.actual.and_then(|actual| ratio(actual, paced?)),
                delivered: standing.actual,
                goal: goal.clone(),
                working_days: (passed, all),
            });
        }
    }
    Ok(list)
}

/// Working days of a commitment up to the end of the period or the as-of moment, and all.
fn working_days(question: &Question, goal: &Period, period: &Period) -> (u64, u64) {
    let hours = &question.levels.working_days;
    let seen = day_of(question.as_of, question.data.zone)
        .succ_opt()
        .unwrap_or_default();
    let until = goal.end.min(period.end).min(seen);
    (
        hours.days_worked(goal.start, until),
        hours.days_worked(goal.start, goal.end),
    )
}
