//! Is a score that the CRM exported worth anything: does it rank, can it be believed, does
//! it drift, where should one cut.
//!
//! Definitions: metrics dictionary 7.3 and 7.4. Only leads old enough to have converted
//! within the horizon count. The score is today's: where the system keeps changing it, it
//! may know what it foretells, and the audit says so.

use polars::prelude::*;

use super::data::{Data, Source};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Figure, Undefined};
use crate::domain::money::Money;
use crate::stats::difference;
use crate::stats::ranking::{self, Bin};
use crate::tables::{col as name, frame};

/// Bands of about equal count.
const BANDS: usize = 10;
/// Top shares whose gain is told.
pub const TOP: [f64; 4] = [0.1, 0.2, 0.3, 0.5];
/// Leads that a half must have for drift to be told.
const FEWEST_FOR_DRIFT: usize = 50;
/// AUC above which a score probably knows what came.
pub const TOO_GOOD: f64 = 0.97;

/// A band of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// Leads, conversions, mean score, interval.
    pub bin: Bin,
    /// Least score in it.
    pub from: f64,
    /// Rate over that of all.
    pub lift: Figure<f64>,
    /// True where a lower band converts better by more than chance.
    pub inverted: bool,
}

/// A cut-off and what lies above it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Least score that is worked.
    pub score: f64,
    /// Leads of a week above it.
    pub per_week: Figure<f64>,
    /// Share of those above that convert.
    pub precision: Figure<f64>,
    /// Share of the converting that lie above.
    pub recall: Figure<f64>,
}

/// The audit.
#[derive(Debug, Clone, PartialEq)]
pub struct Audit {
    /// Name of the stage that counts as conversion.
    pub target: String,
    /// Days within which it must be reached.
    pub horizon_days: u32,
    /// Leads old enough, with a score; conversions among them.
    pub n: u64,
    /// Conversions among them.
    pub k: u64,
    /// Leads without a score, and leads too young.
    pub unscored: u64,
    /// Leads too young to judge.
    pub young: u64,
    /// Area under the curve.
    pub auc: Figure<f64>,
    /// Largest gap.
    pub ks: Figure<f64>,
    /// Gain of each of [`TOP`].
    pub gains: Vec<Figure<f64>>,
    /// Where the score is a probability: Brier score, skill, calibration error.
    pub belief: Option<(f64, Figure<f64>, Figure<f64>)>,
    /// Stability index of the newer half against the older; absent with few leads.
    pub drift: Figure<f64>,
    /// Bands, best first.
    pub bands: Vec<Band>,
    /// Cut-offs at the lower ends of the bands, highest first.
    pub cuts: Vec<Cut>,
}

impl Audit {
    /// True where the score ranks so well that it probably saw the outcome.
    #[must_use]
    pub fn too_good(&self) -> bool {
        self.auc.is_ok_and(|auc| auc > TOO_GOOD)
    }
}

struct Lead {
    score: f64,
    converted: bool,
    entered: Option<Millis>,
}

/// Audits the score against reaching a stage (index) within the horizon. `Ok(None)` where no
/// lead has a score.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn audit(data: &Data, target: usize) -> PolarsResult<Option<Audit>> {
    let leads = data.frame(Source::Leads).clone();
    let leads = data.filtered(leads.lazy(), Source::Leads)?.collect()?;
    let scores = frame::integers(&leads, name::SCORE);
    if scores.iter().all(Option::is_none) {
        return Ok(None);
    }
    let horizon_days = data.horizons.days(0, target);
    let horizon = i64::from(horizon_days) * DAY_MILLIS;
    let first = data.ladder.first();
    let entered = frame::integers(&leads, &name::at(first));
    let (has, at) = (
        frame::flags(&leads, &name::has(data.ladder.name(target))),
        frame::integers(&leads, &name::at(data.ladder.name(target))),
    );
    let is_lead = frame::flags(&leads, &name::has(first));
    let (mut cases, mut unscored, mut young) = (Vec::new(), 0, 0);
    for row in (0..leads.height()).filter(|row| is_lead[*row]) {
        let Some(score) = scores[row] else {
            unscored += 1;
            continue;
        };
        let watched = entered[row].zip(data.as_of).map(|(from, to)| to - from);
        // Without dates everybody is taken as observed.
        if watched.is_some_and(|watched| watched < horizon) {
            young += 1;
            continue;
        }
        let took = entered[row].zip(at[row]).map(|(from, to)| to - from);
        cases.push(Lead {
            score: score as f64 / Money::SCALE as f64,
            converted: has[row] && took.is_none_or(|took| took <= horizon),
            entered: entered[row],
        });
    }
    Ok(Some(of_cases(
        data,
        target,
        horizon_days,
        &cases,
        (unscored, young),
    )))
}

fn of_cases(
    data: &Data,
    target: usize,
    horizon_days: u32,
    cases: &[Lead],
    (unscored, young): (u64, u64),
) -> Audit {
    let scores: Vec<f64> = cases.iter().map(|case| case.score).collect();
    let outcomes: Vec<bool> = cases.iter().map(|case| case.converted).collect();
    let k = outcomes.iter().filter(|converted| **converted).count() as u64;
    let one_class = Undefined::ZeroDenominator;
    let gain = |q| ranking::gain(&scores, &outcomes, q).ok_or(one_class);
    let bands = bands(&scores, &outcomes);
    Audit {
        target: data.ladder.name(target).to_owned(),
        horizon_days,
        n: cases.len() as u64,
        k,
        unscored,
        young,
        auc: ranking::auc(&scores, &outcomes).ok_or(one_class),
        ks: ranking::kolmogorov_smirnov(&scores, &outcomes).ok_or(one_class),
        gains: TOP.into_iter().map(gain).collect(),
        belief: belief(&scores, &outcomes),
        drift: drift(cases),
        cuts: bands.iter().map(|band| cut(cases, band.from)).collect(),
        bands,
    }
}

/// Bands, best first; a band is inverted where the next lower one converts better and the
/// interval of the difference leaves out 0.
fn bands(scores: &[f64], outcomes: &[bool]) -> Vec<Band> {
    let mut bins = ranking::bins_of_equal_count(scores, outcomes, BANDS);
    bins.reverse();
    let (n, k) = bins
        .iter()
        .fold((0, 0), |(n, k), bin| (n + bin.n, k + bin.k));
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let mut below = sorted.len();
    let mut list: Vec<Band> = Vec::new();
    for (index, bin) in bins.iter().enumerate() {
        below -= bin.n as usize;
        let inverted = bins.get(index + 1).is_some_and(|lower| {
            let apart = difference::interval(lower.k, lower.n, bin.k, bin.n);
            apart.is_some_and(|(low, _)| low > 0.0)
        });
        let base = crate::domain::figure::ratio(k as f64, n as f64);
        list.push(Band {
            bin: *bin,
            from: sorted[below],
            lift: base
                .and_then(|base| crate::domain::figure::ratio(bin.k as f64 / bin.n as f64, base)),
            inverted,
        });
    }
    list
}

/// Where all scores are shares (or per cent), they are probabilities that can be checked.
fn belief(scores: &[f64], outcomes: &[bool]) -> Option<(f64, Figure<f64>, Figure<f64>)> {
    let most = scores.iter().copied().fold(0.0, f64::max);
    let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
    if !(0.0..=1.0).contains(&least) || most > 1.0 {
        return None;
    }
    let bins = ranking::bins_of_equal_count(scores, outcomes, BANDS);
    let none = Undefined::ZeroDenominator;
    Some((
        ranking::brier(scores, outcomes)?,
        ranking::brier_skill(scores, outcomes).ok_or(none),
        ranking::calibration_error(&bins).ok_or(none),
    ))
}

/// The newer half of the leads over the bands of the older half.
fn drift(cases: &[Lead]) -> Figure<f64> {
    let mut dated: Vec<(Millis, f64)> = cases
        .iter()
        .filter_map(|case| Some((case.entered?, case.score)))
        .collect();
    if dated.len() < 2 * FEWEST_FOR_DRIFT {
        return Err(Undefined::NoData);
    }
    dated.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (older, newer) = dated.split_at(dated.len() / 2);
    let mut scores: Vec<f64> = older.iter().map(|(_, score)| *score).collect();
    scores.sort_unstable_by(f64::total_cmp);
    let mut edges: Vec<f64> = (1..BANDS)
        .map(|band| scores[band * scores.len() / BANDS])
        .collect();
    edges.dedup();
    let shares = |list: &[(Millis, f64)]| {
        let mut counts = vec![0.0; edges.len() + 1];
        for (_, score) in list {
            counts[edges.partition_point(|edge| edge <= score)] += 1.0 / list.len() as f64;
        }
        counts
    };
    Ok(ranking::stability_index(&shares(older), &shares(newer)))
}

fn cut(cases: &[Lead], score: f64) -> Cut {
    let ratio = crate::domain::figure::ratio;
    let above: Vec<&Lead> = cases.iter().filter(|case| case.score >= score).collect();
    let good = above.iter().filter(|case| case.converted).count() as f64;
    let all_good = cases.iter().filter(|case| case.converted).count() as f64;
    let times = || cases.iter().filter_map(|case| case.entered);
    let weeks = times()
        .min()
        .zip(times().max())
        .map(|(first, last)| (last - first) as f64 / (7 * DAY_MILLIS) as f64);
    Cut {
        score,
        per_week: weeks
            .ok_or(Undefined::NoTimes)
            .and_then(|weeks| ratio(above.len() as f64, weeks)),
        precision: ratio(good, above.len() as f64),
        recall: ratio(good, all_good),
    }
}
