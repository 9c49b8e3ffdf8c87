//! Is a score worth anything: does it rank, can it be believed, does it drift, where should
//! one cut.
//!
//! Definitions: metrics dictionary 7.3 and 7.4. Only leads old enough to have converted
//! within the horizon count. The score of an export is today's: where the system keeps
//! changing it, it may know what it foretells, and the audit says so.

use super::bands::{self, BANDS, Band};
use super::population::{Population, Standing};
use super::threshold::{self, Economics, Threshold};
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Undefined, ratio};
use crate::stats::ranking;
pub use crate::stats::ranking::Bin;

/// Top shares whose gain is told.
pub const TOP: [f64; 4] = [0.1, 0.2, 0.3, 0.5];
/// Leads that a half must have for drift to be told.
const FEWEST_FOR_DRIFT: usize = 50;
/// AUC above which a score probably knows what came.
pub const TOO_GOOD: f64 = 0.97;

/// A figure with its 95 % interval, where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// The value.
    pub value: Figure<f64>,
    /// Ends of the interval.
    pub interval: Option<(f64, f64)>,
}

impl Measured {
    fn plain(value: Option<f64>) -> Self {
        Self {
            value: value.ok_or(Undefined::ZeroDenominator),
            interval: None,
        }
    }
}

/// How far probabilities can be believed.
#[derive(Debug, Clone, PartialEq)]
pub struct Belief {
    /// Mean squared error.
    pub brier: Measured,
    /// Against the base rate.
    pub brier_skill: Measured,
    /// Minus the mean log likelihood.
    pub log_loss: Measured,
    /// Mean distance from what came, over the bins.
    pub calibration_error: Measured,
    /// Mean of what came less mean of what was foretold.
    pub in_the_large: Measured,
    /// Bins of equal count, lowest first.
    pub bins: Vec<Bin>,
}

/// A share of the best leads and what of the conversions it holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// Share of all leads, the best first.
    pub top: f64,
    /// Share of all conversions among them.
    pub gain: Figure<f64>,
    /// Gain over share.
    pub lift: Figure<f64>,
}

/// The audit.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// Name of the stage that counts as conversion.
    pub target: String,
    /// Days within which it must be reached; absent where the leads have no dates.
    pub horizon_days: Option<u32>,
    /// Leads judged.
    pub n: u64,
    /// Conversions among them.
    pub k: u64,
    /// Leads without a score.
    pub unscored: u64,
    /// Leads too young to judge.
    pub young: u64,
    /// Leads that had converted or gone before they would have been scored.
    pub over: u64,
    /// Area under the curve.
    pub auc: Measured,
    /// Largest gap.
    pub ks: Measured,
    /// By tenths, and [`TOP`] among them.
    pub gains: Vec<Gain>,
    /// Where the score is a probability.
    pub belief: Option<Belief>,
    /// Stability index of the newer half against the older; absent with few leads.
    pub drift: Figure<f64>,
    /// Bands, best first.
    pub bands: Vec<Band>,
    /// Cut-offs.
    pub threshold: Threshold,
}

/// A lead with its score and what became of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Case {
    /// The score.
    pub score: f64,
    /// True where it converted.
    pub converted: bool,
    /// When it entered.
    pub entered: Option<Millis>,
}

impl Audit {
    /// True where the score ranks so well that it probably saw the outcome.
    #[must_use]
    pub fn too_good(&self) -> bool {
        self.auc.value.is_ok_and(|auc| auc > TOO_GOOD)
    }

    /// The gain of a share of the best.
    #[must_use]
    pub fn gain(&self, top: f64) -> Option<&Gain> {
        self.gains.iter().find(|gain| (gain.top - top).abs() < 1e-9)
    }

    /// The share that converted in the band of a score, where it has at least so many leads.
    #[must_use]
    pub fn rate_of(&self, score: f64, enough: u64) -> Option<f64> {
        let band = self.bands.iter().find(|band| score >= band.from);
        let band = band.or(self.bands.last())?;
        if band.bin.n < enough {
            return None;
        }
        Some(band.bin.k as f64 / band.bin.n as f64)
    }
}

/// Scores and outcomes of cases.
#[must_use]
pub fn columns(cases: &[Case]) -> (Vec<f64>, Vec<bool>) {
    cases
        .iter()
        .map(|case| (case.score, case.converted))
        .unzip()
}

/// Audits a score by row of the frame. `None` where no lead has one.
#[must_use]
pub fn audit(
    population: &Population,
    scores: &[Option<f64>],
    economics: &Economics,
) -> Option<Audit> {
    if population
        .leads
        .iter()
        .all(|lead| scores[lead.row].is_none())
    {
        return None;
    }
    let cases: Vec<Case> = population
        .judged()
        .filter_map(|(lead, converted)| {
            Some(Case {
                score: scores[lead.row]?,
                converted,
                entered: lead.entered,
            })
        })
        .collect();
    let mut audit = of_cases(population, &cases, economics);
    let scored = |standing: Standing| {
        let same = |lead: &&super::population::Lead| {
            lead.standing == standing && scores[lead.row].is_some()
        };
        population.leads.iter().filter(same).count() as u64
    };
    let unscored = |lead: &&super::population::Lead| scores[lead.row].is_none();
    audit.unscored = population.leads.iter().filter(unscored).count() as u64;
    (audit.young, audit.over) = (scored(Standing::Young), scored(Standing::Over));
    Some(audit)
}

/// The audit of cases; whom it leaves out is not counted here.
#[must_use]
pub fn of_cases(population: &Population, cases: &[Case], economics: &Economics) -> Audit {
    let (scores, outcomes) = columns(cases);
    let bands = bands::of_cases(cases);
    let belief = belief(&scores, &outcomes);
    Audit {
        target: population.target.clone(),
        horizon_days: population.is_dated().then_some(population.horizon_days),
        n: cases.len() as u64,
        k: outcomes.iter().filter(|converted| **converted).count() as u64,
        unscored: 0,
        young: 0,
        over: 0,
        auc: Measured {
            interval: ranking::auc_interval(&scores, &outcomes),
            ..Measured::plain(ranking::auc(&scores, &outcomes))
        },
        ks: Measured::plain(ranking::kolmogorov_smirnov(&scores, &outcomes)),
        gains: gains(&scores, &outcomes),
        drift: drift(cases),
        threshold: threshold::of_cases(cases, &bands, economics, belief.is_some()),
        belief,
        bands,
    }
}

fn gains(scores: &[f64], outcomes: &[bool]) -> Vec<Gain> {
    (1..=10)
        .map(|tenth| {
            let top = f64::from(tenth) / 10.0;
            let gain = ranking::gain(scores, outcomes, top).ok_or(Undefined::ZeroDenominator);
            Gain {
                top,
                gain,
                lift: gain.and_then(|gain| ratio(gain, top)),
            }
        })
        .collect()
}

/// Where all scores are shares, they are probabilities that can be checked.
fn belief(scores: &[f64], outcomes: &[bool]) -> Option<Belief> {
    let most = scores.iter().copied().fold(0.0, f64::max);
    let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
    if !(0.0..=1.0).contains(&least) || most > 1.0 {
        return None;
    }
    let bins = ranking::bins_of_equal_count(scores, outcomes, BANDS);
    let (in_the_large, interval) = ranking::calibration_in_the_large(scores, outcomes)?;
    Some(Belief {
        brier: Measured::plain(ranking::brier(scores, outcomes)),
        brier_skill: Measured::plain(ranking::brier_skill(scores, outcomes)),
        log_loss: Measured::plain(ranking::log_loss(scores, outcomes)),
        calibration_error: Measured::plain(ranking::calibration_error(&bins)),
        in_the_large: Measured {
            value: Ok(in_the_large),
            interval,
        },
        bins,
    })
}

/// The newer half of the leads over the bands of the older half.
fn drift(cases: &[Case]) -> Figure<f64> {
    let mut dated: Vec<(Millis, f64)> = cases
        .iter()
        .filter_map(|case| Some((case.entered?, case.score)))
        .collect();
    if dated.len() < 2 * FEWEST_FOR_DRIFT {
        return Err(Undefined::NoData);
    }
    dated.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (older, newer) = dated.split_at(dated.len() / 2);
    let scores = |half: &[(Millis, f64)]| half.iter().map(|(_, score)| *score).collect::<Vec<_>>();
    Ok(shift(&scores(older), &scores(newer)).0)
}

/// A band of the earlier scores, and the shares of both that fall into it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shifted {
    /// Lower end; nothing for the lowest band.
    pub from: Option<f64>,
    /// Share of the earlier scores.
    pub before: f64,
    /// Share of the later ones.
    pub now: f64,
}

/// The stability index of later scores over bands of about a tenth of the earlier ones, and
/// the bands, lowest first. Both must have scores.
#[must_use]
pub fn shift(before: &[f64], now: &[f64]) -> (f64, Vec<Shifted>) {
    let mut sorted = before.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..BANDS)
        .map(|band| sorted[band * sorted.len() / BANDS])
        .collect();
    edges.dedup();
    let shares = |list: &[f64]| {
        let mut counts = vec![0_u64; edges.len() + 1];
        for score in list {
            counts[edges.partition_point(|edge| edge <= score)] += 1;
        }
        let share = |count: u64| count as f64 / list.len() as f64;
        counts.into_iter().map(share).collect::<Vec<f64>>()
    };
    let (before, now) = (shares(before), shares(now));
    let index = ranking::stability_index(&before, &now);
    let lower = std::iter::once(None).chain(edges.iter().copied().map(Some));
    let bands = lower.zip(before).zip(now);
    let bands = bands.map(|((from, before), now)| Shifted { from, before, now });
    (index, bands.collect())
}
