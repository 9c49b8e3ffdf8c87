//! Whom to call next: open leads, best first.
//!
//! Record ids and nothing else of a person. A learned chance is that of converting within
//! the horizon, so leads whose horizon is over are left out and counted.

use polars::prelude::DataFrame;

use super::events::{self, Events};
use super::learn::{Learned, is_to_be_scored};
use super::model::Reason;
use super::population::{Lead, Population};
use super::scorecard::{CELLS, Card, GRADES, Scorecard};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::metrics::score::audit::Audit;
use crate::tables::{col as name, frame};

/// Reasons that are told of a lead.
const REASONS: usize = 3;
/// Past leads from which on their share is told as a chance.
const ENOUGH: u64 = 30;
/// Points below which a rule is no reason: an event of long ago.
const FAINT: f64 = 0.05;

/// What scores the leads.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// The score of the export, with its audit.
    Column(&'a Audit),
    /// Rules, with what became of past leads.
    Rules(&'a Card, &'a Events, &'a Scorecard),
    /// A learned score.
    Learned(&'a Learned),
}

/// Why a lead stands where it stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// A rule and its points.
    Rule(String, f64),
    /// A feature and what it does to the odds.
    Feature(Reason),
}

/// A lead on the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its score.
    pub score: f64,
    /// Cell of the grid.
    pub cell: Option<&'static str>,
    /// Grade.
    pub grade: Option<&'static str>,
    /// Fit and interest, where the score is of rules.
    pub points: Option<(f64, f64)>,
    /// The chance, learned or that of past leads of the same cell or band; none once the
    /// horizon is over.
    pub chance: Option<f64>,
    /// Days since its entry.
    pub age: Option<f64>,
    /// Days since its last activity.
    pub idle: Option<f64>,
    /// Strongest first.
    pub why: Vec<Why>,
}

/// The list.
#[derive(Debug, Clone, PartialEq)]
pub struct CallList {
    /// The best ones.
    pub listed: Vec<Listed>,
    /// Open leads that could be scored.
    pub open: u64,
    /// Open leads without a score.
    pub unscored: u64,
    /// Open leads whose horizon is over.
    pub expired: u64,
    /// True where activities are known.
    pub has_activities: bool,
}

/// The best `top` open leads; of equal ones the youngest first.
#[must_use]
pub fn of(population: &Population, activities: &DataFrame, by: By<'_>, top: usize) -> CallList {
    let every = vec![vec![0]; activities.height()];
    let activities = events::of_activities(&population.frame, activities, &every);
    let exported = population.exported();
    let open: Vec<&Lead> = population
        .leads
        .iter()
        .filter(|lead| lead.is_open)
        .collect();
    let (current, expired): (Vec<&Lead>, Vec<&Lead>) = open
        .into_iter()
        .partition(|lead| !matches!(by, By::Learned(_)) || is_to_be_scored(population, lead));
    let score = |lead: &Lead| match by {
        By::Column(_) => exported[lead.row],
        By::Rules(card, events, _) => Some(card.points(lead.row, events, population.as_of).total),
        By::Learned(learned) => Some(learned.model.chance(lead.row)),
    };
    let mut scored: Vec<(f64, &Lead)> = current
        .iter()
        .filter_map(|lead| Some((score(lead)?, *lead)))
        .collect();
    scored.sort_by(|a, b| {
        let younger = b.1.entered.cmp(&a.1.entered);
        b.0.total_cmp(&a.0)
            .then(younger)
            .then(a.1.row.cmp(&b.1.row))
    });
    let ids = frame::texts(&population.frame, name::ID);
    let days = |from: Option<Millis>| {
        let span = population.as_of.zip(from).map(|(to, from)| to - from);
        span.map(|span| span as f64 / DAY_MILLIS as f64)
    };
    let last = |row: usize| {
        let seen = activities.until(row, population.as_of.unwrap_or(Millis::MAX));
        seen.last().map(|(at, _)| *at)
    };
    let one = |(score, lead): &(f64, &Lead)| Listed {
        id: ids[lead.row].unwrap_or_default().to_owned(),
        age: days(lead.entered),
        idle: days(last(lead.row)),
        ..judged(population, lead, described(population, lead, *score, by))
    };
    CallList {
        open: scored.len() as u64,
        unscored: (current.len() - scored.len()) as u64,
        expired: expired.len() as u64,
        has_activities: !activities.is_empty(),
        listed: scored.iter().take(top).map(one).collect(),
    }
}

/// Past leads say nothing of one that has not converted within the horizon.
fn judged(population: &Population, lead: &Lead, listed: Listed) -> Listed {
    let chance = listed.chance.filter(|_| is_to_be_scored(population, lead));
    Listed { chance, ..listed }
}

fn described(population: &Population, lead: &Lead, score: f64, by: By<'_>) -> Listed {
    let plain = Listed {
        id: String::new(),
        score,
        cell: None,
        grade: None,
        points: None,
        chance: None,
        age: None,
        idle: None,
        why: Vec::new(),
    };
    match by {
        By::Column(audit) => Listed {
            chance: audit.rate_of(score, ENOUGH),
            ..plain
        },
        By::Learned(learned) => Listed {
            chance: Some(score),
            why: learned
                .model
                .reasons(lead.row, REASONS)
                .into_iter()
                .map(Why::Feature)
                .collect(),
            ..plain
        },
        By::Rules(card, events, judged) => {
            let points = card.points(lead.row, events, population.as_of);
            let cell = points.cell.and_then(|cell| judged.grid.get(cell));
            let of_cell = cell.filter(|cell| cell.n >= ENOUGH);
            Listed {
                cell: points.cell.map(|cell| CELLS[cell]),
                grade: points.grade.map(|grade| GRADES[grade]),
                points: Some((points.fit, points.interest)),
                chance: match cell {
                    Some(_) => of_cell.map(|cell| cell.k as f64 / cell.n as f64),
                    None => judged.audit.rate_of(score, ENOUGH),
                },
                why: strongest(card, &points.by_rule),
                ..plain
            }
        }
    }
}

fn strongest(card: &Card, by_rule: &[f64]) -> Vec<Why> {
    let is_told = |at: &usize| by_rule[*at].abs() >= FAINT;
    let mut order: Vec<usize> = (0..by_rule.len()).filter(is_told).collect();
    order.sort_by(|a, b| {
        by_rule[*b]
            .abs()
            .total_cmp(&by_rule[*a].abs())
            .then(a.cmp(b))
    });
    order
        .into_iter()
        .take(REASONS)
        .filter_map(|at| Some(Why::Rule(card.rules.get(at)?.name.clone(), by_rule[at])))
        .collect()
}
