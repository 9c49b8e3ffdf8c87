//! The registry of metrics: what each number is, in words.
//!
//! `explain` prints it, and the documentation of a column is its entry here. `STAGE`
//! stands for any stage of the configured ladder.

mod channels;
mod deals;
mod decisions;
mod funnel;
mod good;
mod scores;
mod service;
mod wheel;

use crate::domain::ladder::Ladder;

pub use good::{Good, good, good_of};

/// A metric in words.
#[derive(Debug)]
pub struct Definition {
    /// Its key; a part in capitals stands for a stage.
    pub key: &'static str,
    /// Its name.
    pub title: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// When it is undefined, and other edges.
    pub edges: &'static str,
}

const fn metric(
    key: &'static str,
    title: &'static str,
    formula: &'static str,
    unit: &'static str,
    edges: &'static str,
) -> Definition {
    Definition {
        key,
        title,
        formula,
        unit,
        edges,
    }
}

/// Every metric of this version by area, in reading order.
const AREAS: &[&[Definition]] = &[
    funnel::ALL,
    channels::ALL,
    deals::ALL,
    decisions::ALL,
    scores::ALL,
    service::ALL,
    wheel::ALL,
];

/// Every metric of this version, in reading order.
pub fn all() -> impl Iterator<Item = &'static Definition> {
    AREAS.iter().copied().flatten()
}

/// The definition behind a key in the words of the ladder.
#[must_use]
pub fn find(key: &str, ladder: &Ladder) -> Option<&'static Definition> {
    let exact = all().find(|definition| definition.key == key);
    exact.or_else(|| {
        let family = match key {
            key if ladder.index(key).is_some() => "STAGE",
            key if ladder.parse_step(key).is_some() => "FROM_to_TO",
            key if key
                .strip_prefix("cost_per_")
                .is_some_and(|stage| ladder.index(stage).is_some()) =>
            {
                "cost_per_STAGE"
            }
            key if key.strip_prefix("visit_to_") == Some(ladder.first()) => "visit_to_STAGE",
            _ => return None,
        };
        all().find(|definition| definition.key == family)
    })
}

impl Definition {
    /// The definition in sentences, under the name that was asked for.
    #[must_use]
    pub fn points(&self, name: &str) -> Vec<String> {
        let mut points = vec![
            format!("{name}: {}", self.title),
            format!("Formula: {}", self.formula),
            format!("Unit: {}", self.unit),
        ];
        if !self.edges.is_empty() {
            points.push(format!("Edges: {}", self.edges));
        }
        points
    }
}
