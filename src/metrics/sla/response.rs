//! How fast leads were answered, and how many of each speed became qualified.
//!
//! Dictionary 5.2. An association: quick answers often go to the better leads, which is why
//! the table is repeated within bands of the score.

use super::Question;
use super::handled::{Coverage, Handled};
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Rate, Undefined, ratio};
use crate::metrics::worked::{Leads, cohort_rate};

const MINUTE: Millis = 60_000;

/// Upper ends of the classes, the end included; what is longer is the last one.
const ENDS: [(Millis, &str); 5] = [
    (5 * MINUTE, "<=5 min"),
    (15 * MINUTE, "<=15 min"),
    (30 * MINUTE, "<=30 min"),
    (60 * MINUTE, "<=60 min"),
    (24 * 60 * MINUTE, "<=24 h"),
];
const LONGER: &str = ">24 h";
const NEVER: &str = "never";
/// Leads that a band of the score needs.
const BAND: usize = 30;

/// A class of response times.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// Its name.
    pub name: &'static str,
    /// Leads.
    pub leads: Figure<u64>,
    /// Share of all leads with a clock.
    pub share: Figure<f64>,
    /// Those that reached the qualified stage within the horizon, of the mature.
    pub qualified: Figure<Rate>,
}

/// The classes within a band of the score.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Least and highest score.
    pub score: (f64, f64),
    /// The classes.
    pub buckets: Vec<Bucket>,
}

/// The classes in their order.
pub fn buckets(
    leads: &Leads,
    handled: &[Handled],
    coverage: &Coverage,
    question: &Question,
) -> Vec<Bucket> {
    let first = handled.iter().map(|one| one.start).min();
    let paces = question.response_paces(leads, first);
    let class = |one: &Handled| match one.attempt {
        None => ENDS.len() + 1,
        Some(attempt) => {
            let took = paces.of(one.lead).between(one.start, attempt);
            ENDS.partition_point(|(end, _)| *end < took)
        }
    };
    let mut members: Vec<Vec<&Handled>> = vec![Vec::new(); ENDS.len() + 2];
    for one in handled {
        members[class(one)].push(one);
    }
    // Dates alone have no minutes: nobody's class is known.
    let blind = handled.is_empty() && coverage.date_only > 0;
    let names = ENDS.iter().map(|(_, name)| *name);
    names
        .chain([LONGER, NEVER])
        .zip(members)
        .map(|(name, members)| {
            let leads = members.len() as u64;
            let known = |figure: Figure<f64>| match blind {
                true => Err(Undefined::DateOnly),
                false => figure,
            };
            Bucket {
                name,
                leads: match blind {
                    true => Err(Undefined::DateOnly),
                    false => Ok(leads),
                },
                share: known(ratio(leads as f64, handled.len() as f64)),
                qualified: match blind {
                    true => Err(Undefined::DateOnly),
                    false => qualified(&members, question),
                },
            }
        })
        .collect()
}

/// Of leads the share that reached the qualified stage within the horizon.
pub fn qualified(members: &[&Handled], question: &Question) -> Figure<Rate> {
    let data = question.data;
    let stage = question.levels.qualified;
    let horizon = data.horizons.days(0, stage);
    let outcomes = members.iter().map(|one| {
        one.lead
            .reached_within(stage, one.start, horizon, question.as_of)
    });
    cohort_rate(data, outcomes, horizon)
}

/// The classes within thirds of the score, best first; nothing with few scores.
pub fn by_score(
    leads: &Leads,
    handled: &[Handled],
    coverage: &Coverage,
    question: &Question,
) -> Vec<Band> {
    let mut scored: Vec<(f64, Handled)> = handled
        .iter()
        .filter_map(|one| Some((one.lead.score?, *one)))
        .collect();
    if scored.len() < 3 * BAND {
        return Vec::new();
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut bands = Vec::new();
    let mut from = 0;
    for third in 1..=3 {
        // Equal scores stay together.
        let mut to = scored.len() * third / 3;
        while to < scored.len() && to > 0 && scored[to].0 == scored[to - 1].0 {
            to += 1;
        }
        if to <= from {
            continue;
        }
        let members: Vec<Handled> = scored[from..to].iter().map(|(_, one)| *one).collect();
        bands.push(Band {
            score: (scored[to - 1].0, scored[from].0),
            buckets: buckets(leads, &members, coverage, question),
        });
        from = to;
    }
    bands
}
