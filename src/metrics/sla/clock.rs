//! How long things took, with those who still wait.
//!
//! Dictionary 5.1: quantiles are Kaplan-Meier quantiles, and whom nothing happened to is
//! censored at the as-of moment. The median of those who were answered alone is shown under
//! its own name, beside the share of the never answered.

use super::Question;
use super::compliance::{begin, reached};
use super::handled::Handled;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::domain::service_level::Moment;
use crate::metrics::worked::activities::Found;
use crate::metrics::worked::{Lead, Leads, share};
use crate::stats::quantile;
use crate::stats::survival::{Observation, kaplan_meier};

/// A duration of the response clock.
#[derive(Debug, Clone, PartialEq)]
pub struct ClockRow {
    /// Its key in the dictionary.
    pub key: &'static str,
    /// Leads at risk.
    pub n: u64,
    /// For whom it has not come.
    pub never: Figure<Rate>,
    /// Half have had it by then, in seconds.
    pub median: Figure<f64>,
    /// Nine in ten have had it by then, in seconds.
    pub p90: Figure<f64>,
    /// Median of those for whom it came, in seconds.
    pub median_of_responders: Figure<f64>,
    /// Left out: the end lies before the beginning.
    pub negative: u64,
    /// Left out: dates without a time.
    pub date_only: u64,
}

impl ClockRow {
    /// The median in minutes.
    ///
    /// # Errors
    /// As the median.
    pub fn median_minutes(&self) -> Figure<f64> {
        self.median.map(|seconds| seconds / 60.0)
    }

    /// The 90 % quantile in minutes.
    ///
    /// # Errors
    /// As the quantile.
    pub fn p90_minutes(&self) -> Figure<f64> {
        self.p90.map(|seconds| seconds / 60.0)
    }
}

/// Beginning and end of a duration, lead by lead.
struct Course<'a> {
    lead: &'a Lead,
    from: Millis,
    day: bool,
    to: Found,
}

/// Every duration that the inputs can tell.
pub fn rows(leads: &Leads, handled: &[Handled], question: &Question) -> Vec<ClockRow> {
    let stage = question.levels.qualified;
    let mut rows = vec![
        of_leads(leads, handled, question, "time_to_first_attempt", |one| {
            one.attempt.map_or(Found::Never, Found::At)
        }),
        of_leads(leads, handled, question, "time_to_first_contact", |one| {
            one.contact
        }),
    ];
    if leads.has_assignments {
        rows.push(of_leads(leads, handled, question, "routing_delay", |one| {
            reached(leads, one.lead, Moment::Assigned, one.start)
        }));
        let assigned = handled.iter().filter_map(|one| {
            let from = one.lead.assigned?;
            Some(Course {
                lead: one.lead,
                from: from.at,
                day: from.day,
                to: one.attempt.map_or(Found::Never, Found::At),
            })
        });
        rows.push(row(leads, "rep_delay", assigned.collect(), question));
    }
    if stage >= 2 {
        let to_stage = Moment::Stage(stage);
        rows.push(handoff(leads, question, "handoff_time", to_stage));
        let attempt = Moment::FirstAttempt;
        rows.push(handoff(leads, question, "handoff_attempt", attempt));
    }
    rows.retain(|row| row.n + row.negative + row.date_only > 0);
    rows
}

fn of_leads(
    leads: &Leads,
    handled: &[Handled],
    question: &Question,
    key: &'static str,
    to: impl Fn(&Handled) -> Found,
) -> ClockRow {
    let courses = handled.iter();
    let courses = courses.map(|one| Course {
        lead: one.lead,
        from: one.start,
        day: false,
        to: to(one),
    });
    row(leads, key, courses.collect(), question)
}

/// From the stage before the qualified one.
fn handoff<'a>(leads: &'a Leads, question: &Question, key: &'static str, to: Moment) -> ClockRow {
    let from_stage = Moment::Stage(question.levels.qualified - 1);
    let (first, end) = question.scope.bounds();
    let course = |lead: &'a Lead| {
        let from = begin(lead, from_stage)?;
        let inside = first <= from.at && from.at < end && from.at <= question.as_of;
        inside.then(|| Course {
            lead,
            from: from.at,
            day: from.day,
            to: reached(leads, lead, to, from.at),
        })
    };
    row(
        leads,
        key,
        leads.list.iter().filter_map(course).collect(),
        question,
    )
}

fn row(leads: &Leads, key: &'static str, courses: Vec<Course>, question: &Question) -> ClockRow {
    let earliest = courses.iter().map(|course| course.from).min();
    let paces = question.response_paces(leads, earliest);
    let (mut negative, mut date_only) = (0, 0);
    let mut observations = Vec::new();
    for course in courses {
        let (until, event) = match course.to {
            _ if course.day => {
                date_only += 1;
                continue;
            }
            Found::Day => {
                date_only += 1;
                continue;
            }
            Found::At(at) if at < course.from => {
                negative += 1;
                continue;
            }
            Found::At(at) => (at, true),
            Found::Never => (question.as_of, false),
        };
        observations.push(Observation {
            time: paces.of(course.lead).between(course.from, until) as f64 / 1_000.0,
            event,
        });
    }
    summed(key, &observations, negative, date_only, question)
}

fn summed(
    key: &'static str,
    observations: &[Observation],
    negative: u64,
    date_only: u64,
    question: &Question,
) -> ClockRow {
    let n = observations.len() as u64;
    let none = match (n, date_only) {
        (0, 0) => Undefined::NoData,
        (0, _) => Undefined::DateOnly,
        _ => Undefined::NotReached,
    };
    let curve = kaplan_meier(observations);
    let mut came: Vec<f64> = observations
        .iter()
        .filter(|one| one.event)
        .map(|one| one.time)
        .collect();
    came.sort_unstable_by(f64::total_cmp);
    let never = n - came.len() as u64;
    ClockRow {
        key,
        n,
        never: share(question.data, never, n).map_err(|_| none),
        median: curve.median().ok_or(none),
        p90: curve.time_of_share(0.9).ok_or(none),
        median_of_responders: quantile::quantile(&came, 0.5).ok_or(match none {
            Undefined::NotReached => Undefined::NoData,
            other => other,
        }),
        negative,
        date_only,
    }
}
