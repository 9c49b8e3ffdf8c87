//! A score that is learned from past leads (metrics dictionary 7.2).
//!
//! Trained on the older part and judged on the newer one, which it has not seen; without
//! dates both parts are drawn. The penalty is chosen inside the training part. It says
//! which leads convert more often, not why.

use super::audit::{self, Audit, Case, Measured, Shifted};
use super::events::Events;
use super::features::{self, Encoding, Feature, Values};
use super::leak::{self, Leak};
use super::model::{Coefficient, Model};
use super::population::{Lead, Population, Standing};
use super::threshold::Economics;
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::Figure;
use crate::stats::logistic::{self, Cases, Fit};

/// Share of the leads that train.
const TRAINING: f64 = 0.7;
/// Penalties that are tried.
const PENALTIES: [f64; 8] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0];
const FOLDS: usize = 5;
/// Leads that the penalty is chosen on.
const MOST_FOR_PENALTY: usize = 20_000;
/// Conversions below which nothing is learned, and for each input.
const FEWEST: u64 = 50;
const PER_INPUT: u64 = 10;
/// Leads to be scored now from which on drift is told.
const FEWEST_FOR_DRIFT: usize = 50;
/// Columns that are left out unless they are named: who works a lead is decided after it came.
const NOT_UNASKED: &[&str] = &["owner"];

/// What a score is learned from.
#[derive(Debug, Clone, Copy)]
pub struct Lesson<'a> {
    /// Columns; absent: all there are.
    pub features: Option<&'a [String]>,
    /// Columns that may be used although they seem to know the outcome.
    pub allowed: &'a [String],
    /// Touches of the leads; their number before the scoring is a feature.
    pub touches: &'a Events,
    /// Activities, likewise.
    pub activities: &'a Events,
    /// What a lead costs and brings.
    pub economics: &'a Economics,
}

/// Why nothing was learned.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// A column that the leads do not have, and those they have.
    Unknown(String, Vec<String>),
    /// Columns were asked for by name that seem to know the outcome.
    Leaks(Vec<Leak>),
    /// No column is left; those that were refused.
    NoFeatures(Vec<Leak>),
    /// Too few conversions (or too few leads without one).
    TooFew {
        /// Leads of the training part.
        leads: u64,
        /// Conversions among them.
        conversions: u64,
        /// Inputs made of the features.
        inputs: u64,
        /// What either kind must have.
        needed: u64,
    },
    /// No minimum was found.
    NoFit,
}

/// How the leads were split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// Those that entered before this moment train.
    ByTime(Millis),
    /// Drawn with the seed, because there are no dates.
    Random,
}

/// A score beside another on the same leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Leads of the test part that have both.
    pub n: u64,
    /// Ranking of the learned one and of that of the export.
    pub auc: [Measured; 2],
    /// Gain of the best fifth of both.
    pub gain: [Figure<f64>; 2],
}

/// A learned score, and how good it is on leads that it has not seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Learned {
    /// How the leads were split.
    pub split: Split,
    /// Leads and conversions of the training part.
    pub training: (u64, u64),
    /// Leads without a date, left out because others have one.
    pub undated: u64,
    /// The penalty chosen.
    pub penalty: f64,
    /// Columns left out because they seem to know the outcome.
    pub refused: Vec<Leak>,
    /// Columns used although they do.
    pub allowed: Vec<Leak>,
    /// Columns left out because every lead is the same, or no level is frequent.
    pub constant: Vec<String>,
    /// Columns left out unless they are named.
    pub unasked: Vec<String>,
    /// Odds, strongest first.
    pub coefficients: Vec<Coefficient>,
    /// On the test part.
    pub audit: Audit,
    /// Stability index of the leads to be scored now against the training part, and its bands.
    pub drift: Option<(f64, Vec<Shifted>)>,
    /// Against the score of the export.
    pub compared: Option<Compared>,
    /// To score further leads.
    pub model: Model,
}

/// Learns a score from the leads that are judged.
///
/// # Errors
/// Why nothing can be learned.
pub fn learn(population: &Population, lesson: &Lesson) -> Result<Learned, Refusal> {
    let parts = Parts::of(population);
    let chosen = choose(population, lesson, &parts)?;
    let encoding = Encoding::of(&chosen.features, &parts.training);
    let constant: Vec<String> = encoding
        .constant()
        .map(|feature| chosen.features[feature].name.clone())
        .collect();
    check(&encoding, &parts, &chosen)?;
    let (fit, penalty) = fitted(population, &chosen.features, &encoding, &parts)?;
    let model = Model::new(chosen.features, encoding, fit, &parts.training);
    let cases: Vec<Case> = parts
        .test
        .iter()
        .map(|(lead, converted)| Case {
            score: model.chance(lead.row),
            converted: *converted,
            entered: lead.entered,
        })
        .collect();
    let mut audit = audit::of_cases(population, &cases, lesson.economics);
    audit.young = population.count(Standing::Young);
    audit.over = population.count(Standing::Over);
    Ok(Learned {
        split: parts.split,
        training: (parts.training.len() as u64, parts.conversions()),
        undated: parts.undated,
        penalty,
        refused: chosen.refused,
        allowed: chosen.allowed,
        constant,
        unasked: chosen.unasked,
        coefficients: model.coefficients(),
        audit,
        drift: drift(population, &model, &parts),
        compared: compared(population, &cases, &parts),
        model,
    })
}

/// The judged leads in two parts.
struct Parts {
    split: Split,
    /// Rows of the frame, in the order of training.
    training: Vec<usize>,
    outcomes: Vec<bool>,
    test: Vec<(Lead, bool)>,
    undated: u64,
}

impl Parts {
    fn of(population: &Population) -> Self {
        let dated = population.is_dated();
        let mut judged: Vec<(Lead, bool)> = population
            .judged()
            .map(|(lead, converted)| (*lead, converted))
            .collect();
        let all = judged.len();
        judged.retain(|(lead, _)| !dated || lead.entered.is_some());
        let undated = (all - judged.len()) as u64;
        judged.sort_by_key(|(lead, _)| (lead.entered, lead.row));
        let cut = (judged.len() as f64 * TRAINING).round() as usize;
        let moment = judged.get(cut).and_then(|(lead, _)| lead.entered);
        // Leads of one moment stay together.
        let older = judged.partition_point(|(lead, _)| lead.entered < moment);
        let (split, order, cut) = match moment.filter(|_| older > 0) {
            Some(moment) => (Split::ByTime(moment), judged, older),
            None => {
                let places: Vec<usize> = (0..judged.len()).collect();
                let order = logistic::shuffled(&places, population.seed);
                let drawn = order.into_iter().map(|place| judged[place]).collect();
                (Split::Random, drawn, cut)
            }
        };
        let (training, test) = order.split_at(cut.min(order.len()));
        Self {
            split,
            training: training.iter().map(|(lead, _)| lead.row).collect(),
            outcomes: training.iter().map(|(_, converted)| *converted).collect(),
            test: test.to_vec(),
            undated,
        }
    }

    fn conversions(&self) -> u64 {
        self.outcomes.iter().filter(|converted| **converted).count() as u64
    }
}

struct Chosen {
    features: Vec<Feature>,
    refused: Vec<Leak>,
    allowed: Vec<Leak>,
    unasked: Vec<String>,
}

fn choose(population: &Population, lesson: &Lesson, parts: &Parts) -> Result<Chosen, Refusal> {
    let known = population.columns();
    let named = lesson.features.into_iter().flatten();
    if let Some(unknown) = named
        .chain(lesson.allowed)
        .find(|name| !known.contains(name))
    {
        return Err(Refusal::Unknown(unknown.clone(), known));
    }
    let is_unasked =
        |name: &String| NOT_UNASKED.contains(&name.as_str()) && !lesson.allowed.contains(name);
    let (names, unasked) = match lesson.features {
        Some(names) => (names.to_vec(), Vec::new()),
        None => known
            .into_iter()
            .filter(|name| population.has_values(name))
            .partition(|name| !is_unasked(name)),
    };
    let (mut features, mut refused, mut allowed) = (Vec::new(), Vec::new(), Vec::new());
    for name in &names {
        let feature = features::of_column(&population.frame, name);
        match leak::of_feature(&feature, &parts.training, &parts.outcomes) {
            Some(leak) if !lesson.allowed.contains(name) => refused.push(leak),
            found => {
                allowed.extend(found);
                features.push(feature);
            }
        }
    }
    if lesson.features.is_some() && !refused.is_empty() {
        return Err(Refusal::Leaks(refused));
    }
    if lesson.features.is_none() {
        features.extend(counted(population, "touches_before", lesson.touches));
        features.extend(counted(population, "activities_before", lesson.activities));
    }
    Ok(Chosen {
        features,
        refused,
        allowed,
        unasked,
    })
}

/// How many events a lead had when it was scored; nothing where there are none at all.
fn counted(population: &Population, name: &str, events: &Events) -> Option<Feature> {
    if events.is_empty() {
        return None;
    }
    let mut cells = vec![None; population.frame.height()];
    for lead in &population.leads {
        let moment = lead.scored_at.into_iter().chain(population.as_of).min();
        cells[lead.row] = moment.map(|moment| events.until(lead.row, moment).len() as f64);
    }
    Some(Feature {
        name: name.to_owned(),
        values: Values::Numbers(cells),
    })
}

fn check(encoding: &Encoding, parts: &Parts, chosen: &Chosen) -> Result<(), Refusal> {
    let inputs = encoding.inputs.len() as u64;
    if inputs == 0 {
        return Err(Refusal::NoFeatures(chosen.refused.clone()));
    }
    let (leads, conversions) = (parts.training.len() as u64, parts.conversions());
    let needed = FEWEST.max(PER_INPUT * inputs);
    if conversions.min(leads - conversions) < needed {
        return Err(Refusal::TooFew {
            leads,
            conversions,
            inputs,
            needed,
        });
    }
    Ok(())
}

fn fitted(
    population: &Population,
    features: &[Feature],
    encoding: &Encoding,
    parts: &Parts,
) -> Result<(Fit, f64), Refusal> {
    let mut cases = Cases::new(encoding.inputs.len());
    for (row, outcome) in parts.training.iter().zip(&parts.outcomes) {
        cases.push(&encoding.row(features, *row), *outcome);
    }
    let members: Vec<usize> = (0..cases.len()).collect();
    // What a penalty says does not depend on how many leads there are, so a sample decides it.
    let mut sample = logistic::shuffled(&members, population.seed);
    sample.truncate(MOST_FOR_PENALTY);
    let penalty = logistic::penalty(&cases, &sample, &PENALTIES, FOLDS, population.seed)
        .ok_or(Refusal::NoFit)?;
    let fit = logistic::fit(&cases, &members, penalty).ok_or(Refusal::NoFit)?;
    Ok((fit, penalty))
}

/// True for a lead whose horizon is not over: the ones that a score is for today.
#[must_use]
pub fn is_to_be_scored(population: &Population, lead: &Lead) -> bool {
    let span = i64::from(population.horizon_days) * DAY_MILLIS;
    let over = lead.scored_at.zip(population.as_of);
    lead.is_open && over.is_none_or(|(from, to)| to - from < span)
}

fn drift(population: &Population, model: &Model, parts: &Parts) -> Option<(f64, Vec<Shifted>)> {
    let now: Vec<f64> = population
        .leads
        .iter()
        .filter(|lead| population.is_dated() && is_to_be_scored(population, lead))
        .map(|lead| model.chance(lead.row))
        .collect();
    let now = match now.len() {
        enough if enough >= FEWEST_FOR_DRIFT => now,
        _ => parts
            .test
            .iter()
            .map(|(lead, _)| model.chance(lead.row))
            .collect(),
    };
    let before: Vec<f64> = parts
        .training
        .iter()
        .map(|row| model.chance(*row))
        .collect();
    (now.len() >= FEWEST_FOR_DRIFT).then(|| audit::shift(&before, &now))
}

fn compared(population: &Population, cases: &[Case], parts: &Parts) -> Option<Compared> {
    let exported = population.exported();
    let both = cases.iter().zip(&parts.test);
    let both: Vec<(Case, Case)> = both
        .filter_map(|(case, (lead, _))| {
            let score = exported[lead.row]?;
            Some((*case, Case { score, ..*case }))
        })
        .collect();
    if both.is_empty() {
        return None;
    }
    let (own, other): (Vec<Case>, Vec<Case>) = both.into_iter().unzip();
    let audits =
        [own, other].map(|cases| audit::of_cases(population, &cases, &Economics::default()));
    let gain = |audit: &Audit| {
        audit
            .gain(0.2)
            .map_or(Err(crate::domain::figure::Undefined::NoData), |gain| {
                gain.gain
            })
    };
    Some(Compared {
        n: audits[0].n,
        gain: [gain(&audits[0]), gain(&audits[1])],
        auc: audits.map(|audit| audit.auc),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use polars::prelude::*;

    use super::*;

    /// Leads by day of entry, what they are, whether they converted.
    fn population(leads: &[(Option<i64>, &str, bool)]) -> Population {
        let kinds: Vec<Option<&str>> = leads.iter().map(|(_, kind, _)| Some(*kind)).collect();
        let of = |(row, (day, _, converted)): (usize, &(Option<i64>, &str, bool))| Lead {
            row,
            entered: day.map(|day| day * DAY_MILLIS),
            scored_at: day.map(|day| day * DAY_MILLIS),
            standing: Standing::Judged(*converted),
            is_open: !converted,
        };
        let frame = DataFrame::new(leads.len(), vec![Column::new("kind".into(), kinds)]);
        Population {
            frame: frame.unwrap(),
            leads: leads.iter().enumerate().map(of).collect(),
            target: "customer".into(),
            horizon_days: 90,
            after_days: 0,
            as_of: Some(1000 * DAY_MILLIS),
            seed: 7,
        }
    }

    fn lesson<'a>(none: &'a Events, economics: &'a Economics) -> Lesson<'a> {
        Lesson {
            features: None,
            allowed: &[],
            touches: none,
            activities: none,
            economics,
        }
    }

    fn learned(population: &Population) -> Result<Learned, Refusal> {
        learn(population, &lesson(&Events::none(0), &Economics::default()))
    }

    #[test]
    fn leads_of_one_moment_stay_in_one_part() {
        let leads: Vec<(Option<i64>, &str, bool)> = (0..100)
            .map(|at| (Some(if at < 60 { 1 } else { 2 }), "a", at % 2 == 0))
            .collect();
        let parts = Parts::of(&population(&leads));
        assert_eq!(parts.split, Split::ByTime(2 * DAY_MILLIS));
        assert_eq!((parts.training.len(), parts.test.len()), (60, 40));
    }

    #[test]
    fn without_dates_or_on_one_day_the_parts_are_drawn() {
        for day in [None, Some(3)] {
            let leads: Vec<(Option<i64>, &str, bool)> =
                (0..100).map(|at| (day, "a", at % 2 == 0)).collect();
            let parts = Parts::of(&population(&leads));
            assert_eq!(parts.split, Split::Random);
            assert_eq!((parts.training.len(), parts.test.len()), (70, 30));
            let again = Parts::of(&population(&leads));
            assert_eq!(parts.training, again.training);
            assert_ne!(parts.training, (0..70).collect::<Vec<_>>());
        }
    }

    #[test]
    fn undated_leads_among_dated_ones_are_left_out_and_counted() {
        let mut leads: Vec<(Option<i64>, &str, bool)> =
            (0..100).map(|at| (Some(at), "a", at % 2 == 0)).collect();
        leads.extend([(None, "b", true); 7]);
        let parts = Parts::of(&population(&leads));
        assert_eq!(parts.undated, 7);
        assert_eq!(parts.training.len() + parts.test.len(), 100);
    }

    #[test]
    fn either_kind_must_be_there_often_enough() {
        let made = |k: i64| {
            let lead = |at: i64| {
                let kind = if at % 3 == 0 { "a" } else { "b" };
                (Some(at), kind, (at * 37) % 200 < k)
            };
            population(&(0..200).map(lead).collect::<Vec<_>>())
        };
        for k in [40, 190] {
            let found = learned(&made(k));
            assert!(
                matches!(
                    found,
                    Err(Refusal::TooFew {
                        needed: 50,
                        inputs: 1,
                        ..
                    })
                ),
                "{found:?}"
            );
        }
        assert!(learned(&made(100)).is_ok());
        let nothing = population(
            &(0..200)
                .map(|at| (Some(at), "a", at % 2 == 0))
                .collect::<Vec<_>>(),
        );
        assert_eq!(learned(&nothing), Err(Refusal::NoFeatures(Vec::new())));
    }

    #[test]
    fn the_test_part_teaches_nothing() {
        let lead = |at: i64| {
            (
                Some(at),
                if at % 3 == 0 { "a" } else { "b" },
                (at * 37) % 100 < 50,
            )
        };
        let leads: Vec<_> = (0..300).map(lead).collect();
        let mut other = leads.clone();
        // The newer part turned upside down: the same model, another judgement.
        other[210..].iter_mut().for_each(|lead| lead.2 = !lead.2);
        let (one, two) = (learned(&population(&leads)), learned(&population(&other)));
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!(one.coefficients, two.coefficients);
        assert_eq!(one.penalty.to_bits(), two.penalty.to_bits());
        let sum = one.audit.auc.value.unwrap() + two.audit.auc.value.unwrap();
        assert!((sum - 1.0).abs() < 1e-12);
    }

    #[test]
    fn reasons_add_up_to_the_odds_of_the_lead() {
        let lead = |at: i64| {
            let kind = ["a", "b", "c"][(at % 3) as usize];
            (Some(at), kind, (at * 37) % 100 < 30 + 10 * (at % 3))
        };
        let population = population(&(0..600).map(lead).collect::<Vec<_>>());
        let found = learned(&population).unwrap();
        let odds = |row: usize| {
            let p = found.model.chance(row);
            p / (1.0 - p)
        };
        let reason = |row: usize| found.model.reasons(row, 3)[0].odds;
        // One feature: the ratio of two leads' odds is that of their reasons.
        assert!((odds(1) / odds(0) - reason(1) / reason(0)).abs() < 1e-9);
    }
}
