//! How often leads were tried, in the first days and week by week.
//!
//! An association as with response times: who answers at the second call is not called a
//! third time, so few attempts can also be the mark of good leads.

use super::Question;
use super::handled::Handled;
use super::response::qualified;
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Figure, Rate, ratio};
use crate::metrics::worked::{Leads, cohort_rate, share};

/// The last class holds this many attempts and more.
const MOST: usize = 6;
/// Weeks of the cadence.
const WEEKS: i64 = 8;
const WEEK: Millis = 7 * DAY_MILLIS;

/// Leads by the number of attempts in their first days.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempts {
    /// `0`, `1`, ..., `6+`.
    pub class: String,
    /// Leads watched for these days.
    pub leads: u64,
    /// Of all of them.
    pub share: Figure<f64>,
    /// Reached the qualified stage within the horizon.
    pub qualified: Figure<Rate>,
    /// Reached the last stage within the horizon.
    pub won: Figure<Rate>,
}

/// A week in the life of leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Week {
    /// From 1.
    pub number: u64,
    /// Leads open through the whole week, watched for all of it.
    pub leads: u64,
    /// Those that somebody turned to in it.
    pub touched: Figure<Rate>,
    /// Attempts by lead.
    pub attempts: Figure<f64>,
}

/// Attempts on a lead from one moment to another, both included.
pub fn count(leads: &Leads, one: &Handled, from: Millis, to: Millis) -> usize {
    let activities = leads.activities(one.lead).iter();
    activities
        .filter(|activity| activity.is_attempt() && from <= activity.at && activity.at <= to)
        .count()
}

/// The classes, over leads old enough.
pub fn classes(leads: &Leads, handled: &[Handled], question: &Question) -> Vec<Attempts> {
    let span = i64::from(question.levels.attempt_days) * DAY_MILLIS;
    let mut members: Vec<Vec<&Handled>> = vec![Vec::new(); MOST + 1];
    let mut all = 0;
    for one in handled {
        if one.start + span > question.as_of {
            continue;
        }
        all += 1;
        let attempts = count(leads, one, one.start, one.start + span);
        members[attempts.min(MOST)].push(one);
    }
    let last = question.data.ladder.len() - 1;
    let classes = members.into_iter().enumerate();
    classes
        .map(|(attempts, members)| Attempts {
            class: match attempts {
                MOST => format!("{MOST}+"),
                fewer => fewer.to_string(),
            },
            leads: members.len() as u64,
            share: ratio(members.len() as f64, f64::from(all)),
            qualified: qualified(&members, question),
            won: won(&members, last, question),
        })
        .collect()
}

fn won(members: &[&Handled], last: usize, question: &Question) -> Figure<Rate> {
    let horizon = question.data.horizons.days(0, last);
    let outcomes = members.iter().map(|one| {
        one.lead
            .reached_within(last, one.start, horizon, question.as_of)
    });
    cohort_rate(question.data, outcomes, horizon)
}

/// The first weeks of the leads; those that left or were won are out from then on.
pub fn weeks(leads: &Leads, handled: &[Handled], question: &Question) -> Vec<Week> {
    let week = |number: i64| {
        let (mut open, mut touched, mut attempts) = (0, 0, 0);
        for one in handled {
            let (from, to) = (one.start + (number - 1) * WEEK, one.start + number * WEEK);
            if to > question.as_of || one.lead.ended(one.start).is_some_and(|ended| ended < to) {
                continue;
            }
            // The first week has its first moment, the others do not share their edges.
            let from = if number == 1 { from } else { from + 1 };
            let done = count(leads, one, from, to);
            open += 1;
            touched += u64::from(done > 0);
            attempts += done;
        }
        Week {
            number: number.unsigned_abs(),
            leads: open,
            touched: share(question.data, touched, open),
            attempts: ratio(attempts as f64, open as f64),
        }
    };
    let weeks = (1..=WEEKS).map(week);
    weeks.filter(|week| week.leads > 0).collect()
}
