//! Can the history tell at all? Tests that do not trust the answer.
//!
//! Section 3.6 and 3.7 of the what-if document: hours shifted in time must explain less
//! than the real ones (placebo), hours of the future must not explain more than those of
//! the past (then hours follow traffic), and the model must foretell months that it has
//! not seen better without than with a lucky guess (back-test).

use super::delay::LAGS;
use super::model::{Model, Series, delayed_at};
use crate::stats::cholesky::Vector;
use crate::stats::normal;

/// Shifts closer than this to the truth still are the truth, nearly.
const LEAST_SHIFT: usize = 4;
/// Months ahead that the back-test looks.
const AHEAD: usize = 3;
/// Months from which on the back-test begins.
const FEWEST_TRAINED: usize = 9;
/// Placebos that a real effect beats.
pub const PLACEBO_BAR: f64 = 0.8;
/// Effort that varies less says little.
pub const LEAST_VARIATION: f64 = 0.10;
/// Effort that follows the calendar so closely cannot be told from growth.
pub const MOST_CORRELATION: f64 = 0.85;
/// Log evidence by which future effort must win before it is said.
const CLEARLY: f64 = 1.0;

/// What speaks for and against the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Months fitted.
    pub months: usize,
    /// Months between them without visits.
    pub missing: usize,
    /// Months without effort.
    pub idle: usize,
    /// Least effort of a month.
    pub least: f64,
    /// Most effort of a month.
    pub most: f64,
    /// Deviation of effort over its mean.
    pub variation: f64,
    /// Correlation of effort with time; absent where either stands still.
    pub with_time: Option<f64>,
    /// Share of the prior's uncertainty that the history took away.
    pub information_share: f64,
    /// Chance that the effort does nothing.
    pub nothing: f64,
    /// Share of shifted efforts that explain less, and how many there are.
    pub placebo: Option<(f64, usize)>,
    /// True where effort of the coming months explains more than that of the past.
    pub reverse: Option<bool>,
    /// How well months unseen were foretold.
    pub back_test: Option<BackTest>,
}

impl Evidence {
    /// True where effort rose or fell with the calendar nearly all the time.
    #[must_use]
    pub fn follows_the_calendar(&self) -> bool {
        self.with_time.is_some_and(|r| r.abs() > MOST_CORRELATION)
    }
}

/// How well months unseen were foretold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BackTest {
    /// Forecasts.
    pub n: usize,
    /// Those inside their 80 % interval.
    pub covered: usize,
    /// Mean absolute error over that of the month a year (or a month) before.
    pub scaled_error: Option<f64>,
    /// Mean gain in log score over the same model without the effort.
    pub gain: f64,
}

impl BackTest {
    /// True where the effort helped to foretell.
    #[must_use]
    pub fn has_skill(&self) -> bool {
        self.gain > 0.0
    }
}

/// All tests of a series.
#[must_use]
pub fn evidence(series: &Series) -> Option<Evidence> {
    let model = Model::new(series)?;
    let posterior = model.posterior();
    let effort = &series.effort;
    let n = effort.len() as f64;
    let mean = effort.iter().sum::<f64>() / n;
    let variance = effort.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    Some(Evidence {
        months: model.months(),
        missing: series
            .visits
            .iter()
            .filter(|visits| visits.is_none())
            .count(),
        idle: effort.iter().filter(|effort| **effort <= 0.0).count(),
        least: effort.iter().copied().fold(f64::INFINITY, f64::min),
        most: effort.iter().copied().fold(0.0, f64::max),
        variation: variance.sqrt() / mean,
        with_time: correlation_with_time(effort),
        information_share: model.information_share(&posterior),
        nothing: posterior.nothing,
        placebo: placebo(series),
        reverse: reverse(series),
        back_test: back_test(series),
    })
}

fn correlation_with_time(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let middle = (n - 1.0) / 2.0;
    let (mut both, mut own, mut time) = (0.0, 0.0, 0.0);
    for (month, value) in values.iter().enumerate() {
        let (x, y) = (month as f64 - middle, value - mean);
        both += x * y;
        own += y * y;
        time += x * x;
    }
    // Below rounding: the effort does not move.
    let moves = own > 1e-18 * mean * mean * n && time > 0.0;
    moves.then(|| both / (own * time).sqrt())
}

fn even_evidence(series: &Series) -> Option<f64> {
    Some(Model::new(series)?.even().posterior().evidence)
}

/// The rank of the real effort among those shifted round by 4 and more months.
fn placebo(series: &Series) -> Option<(f64, usize)> {
    let n = series.effort.len();
    if n < 2 * LEAST_SHIFT + 1 {
        return None;
    }
    let own = even_evidence(series)?;
    let shifts = LEAST_SHIFT..=n - LEAST_SHIFT;
    let total = shifts.clone().count();
    let weaker = shifts
        .filter(|shift| {
            let mut shifted = series.clone();
            shifted.effort.rotate_right(*shift);
            even_evidence(&shifted).is_some_and(|evidence| evidence < own)
        })
        .count();
    Some((weaker as f64 / total as f64, total))
}

/// Whether the effort of the next three months explains visits better than that of the past.
fn reverse(series: &Series) -> Option<bool> {
    let n = series.effort.len().checked_sub(AHEAD)?;
    if n < FEWEST_TRAINED {
        return None;
    }
    let cut = |effort: Vec<f64>| Series {
        visits: series.visits[..n].to_vec(),
        effort,
        ..series.clone()
    };
    let past = even_evidence(&cut(series.effort[..n].to_vec()))?;
    let ahead =
        |month: usize| series.effort[month + 1..=month + AHEAD].iter().sum::<f64>() / AHEAD as f64;
    let mut future = Model::new(&cut((0..n).map(ahead).collect()))?.even();
    // At once: what has not happened yet cannot act late.
    let mut at_once = [0.0; LAGS];
    at_once[0] = 1.0;
    future.delays = vec![(at_once, 1.0)];
    Some(future.posterior().evidence > past + CLEARLY)
}

/// Foretells one to three months from every month of the second half on, given the effort
/// that was then really put in.
fn back_test(series: &Series) -> Option<BackTest> {
    let n = series.effort.len();
    let mut found = Scores::default();
    for trained in FEWEST_TRAINED.max(n / 2)..n {
        let past = Series {
            visits: series.visits[..trained].to_vec(),
            effort: series.effort[..trained].to_vec(),
            ..series.clone()
        };
        if let Some(model) = Model::new(&past) {
            found.add(&model.even(), series, trained);
        }
    }
    found.result()
}

#[derive(Default)]
struct Scores {
    n: usize,
    covered: usize,
    error: f64,
    naive_error: f64,
    gain: f64,
}

/// A normal forecast with its log weight.
struct Forecast {
    log_weight: f64,
    mean: f64,
    deviation: f64,
}

impl Scores {
    fn add(&mut self, model: &Model, series: &Series, trained: usize) {
        let ahead: Vec<(usize, f64)> = (trained..(trained + AHEAD).min(series.effort.len()))
            .filter_map(|month| Some((month, series.visits[month]? / model.mean_visits)))
            .collect();
        let scaled = series.effort[trained..]
            .iter()
            .map(|x| x / model.mean_effort);
        let future: Vec<f64> = scaled.take(AHEAD).collect();
        let Some((last_month, last_value)) = model.rows.last().copied() else {
            return;
        };
        let mut with: Vec<Vec<Forecast>> = ahead.iter().map(|_| Vec::new()).collect();
        let count = model.columns.count();
        let paths: Vec<Vec<f64>> = (0..super::model::LEVEL_COUNT)
            .map(|level| model.path(level, &future))
            .collect();
        // Noise and memory change nothing of the rows.
        let mut place = None;
        let mut last = model.columns.row(last_month);
        let mut rows: Vec<Vector> = Vec::new();
        for (month, _) in &ahead {
            rows.push(model.columns.row(*month));
        }
        model.visit(|delay, curve, level, solved| {
            if place != Some((delay, curve, level)) {
                place = Some((delay, curve, level));
                let (weights, _) = &model.delays[delay];
                let (shape, _) = model.curves[curve];
                let effect =
                    |month: usize| shape.at(delayed_at(&paths[level], weights, LAGS + month));
                last[count] = effect(last_month);
                for ((month, _), row) in ahead.iter().zip(&mut rows) {
                    row[count] = effect(*month);
                }
            }
            let mean = solved.mean();
            for ((month, _), (row, forecasts)) in ahead.iter().zip(rows.iter().zip(&mut with)) {
                let steps = month - last_month;
                forecasts.push(forecast(solved, &mean, *row, &last, last_value, steps));
            }
        });
        let mut without: Vec<Vec<Forecast>> = ahead.iter().map(|_| Vec::new()).collect();
        model.visit_without_effort(|solved| {
            let mean = solved.mean();
            let last = model.columns.row(last_month);
            for ((month, _), forecasts) in ahead.iter().zip(&mut without) {
                let row = model.columns.row(*month);
                let steps = month - last_month;
                forecasts.push(forecast(solved, &mean, row, &last, last_value, steps));
            }
        });
        for (index, (month, value)) in ahead.iter().enumerate() {
            let (below, density, mean) = mixed(&with[index], *value);
            let (_, plain_density, _) = mixed(&without[index], *value);
            let naive = month
                .checked_sub(12)
                .and_then(|year_before| series.visits[year_before])
                .map_or(last_value, |visits| visits / model.mean_visits);
            self.n += 1;
            self.covered += usize::from((0.1..=0.9).contains(&below));
            self.error += (mean - value).abs();
            self.naive_error += (naive - value).abs();
            self.gain += log_ratio(density, plain_density);
        }
    }

    fn result(&self) -> Option<BackTest> {
        (self.n > 0).then(|| BackTest {
            n: self.n,
            covered: self.covered,
            scaled_error: (self.naive_error > 0.0).then(|| self.error / self.naive_error),
            gain: self.gain / self.n as f64,
        })
    }
}

/// Scores of single months are kept within what a person would call certain.
fn log_ratio(density: f64, other: f64) -> f64 {
    const LEAST: f64 = 1e-30;
    libm::log(density.max(LEAST) / other.max(LEAST))
}

/// `steps` months after the last one: errors fade with the memory.
fn forecast(
    solved: &super::model::Solved,
    mean: &Vector,
    row: Vector,
    last: &Vector,
    last_value: f64,
    steps: usize,
) -> Forecast {
    let kept = (0..steps).fold(1.0, |kept, _| kept * solved.memory);
    let mut apart = row;
    for (place, last) in apart.iter_mut().zip(last) {
        *place -= kept * last;
    }
    let trend: f64 = apart.iter().zip(mean).map(|(x, mean)| x * mean).sum();
    let own = solved.noise * solved.noise * (1.0 - kept * kept);
    Forecast {
        log_weight: solved.log_weight,
        mean: trend + kept * last_value,
        deviation: (solved.precision.quadratic(&apart) + own).sqrt(),
    }
}

/// Distribution function and density of a mixture at a value, and its mean.
fn mixed(forecasts: &[Forecast], value: f64) -> (f64, f64, f64) {
    let most = forecasts
        .iter()
        .map(|forecast| forecast.log_weight)
        .fold(f64::NEG_INFINITY, f64::max);
    let (mut total, mut below, mut density, mut mean) = (0.0, 0.0, 0.0, 0.0);
    for forecast in forecasts {
        let weight = libm::exp(forecast.log_weight - most);
        if weight < 1e-6 {
            continue;
        }
        let z = (value - forecast.mean) / forecast.deviation;
        total += weight;
        below += weight * normal::below(z);
        density += weight * normal::density(z) / forecast.deviation;
        mean += weight * forecast.mean;
    }
    (below / total, density / total, mean / total)
}

#[cfg(test)]
mod tests {
    use super::super::Driver;
    use super::*;

    /// Forty months; effort in blocks, its effect two months late.
    fn series(share: f64, reversed: bool) -> Series {
        let mut effort: Vec<f64> = (0..40)
            .map(|month| 30.0 + 25.0 * f64::from(u8::from((month / 5) % 3 == 1)))
            .collect();
        let visits = |month: usize| {
            let late = effort[month.saturating_sub(2)];
            let noise = ((month * 7919 % 101) as f64 / 101.0 - 0.5) * 60.0;
            Some(600.0 + share * late + noise)
        };
        let visits: Vec<Option<f64>> = (0..40).map(visits).collect();
        if reversed {
            // Hours follow traffic: they stand where the effect was.
            effort.rotate_right(4);
        }
        Series {
            visits,
            effort,
            driver: Driver::Hours,
            shift: None,
        }
    }

    #[test]
    fn an_effect_beats_its_placebos_and_foretells() {
        let Some(found) = evidence(&series(8.0, false)) else {
            panic!("a series");
        };
        assert!(
            found
                .placebo
                .is_some_and(|(rank, n)| rank >= PLACEBO_BAR && n == 33)
        );
        assert_eq!(found.reverse, Some(false));
        assert!(
            found.back_test.is_some_and(|test| test.has_skill()),
            "{found:?}"
        );
        assert!(found.information_share > 0.5);
    }

    #[test]
    fn without_an_effect_hours_foretell_nothing() {
        let Some(found) = evidence(&series(0.0, false)) else {
            panic!("a series");
        };
        let test = found.back_test.unwrap_or_else(|| panic!("forty months"));
        assert!(test.gain < 0.1, "{test:?}");
        assert!(found.nothing > 0.1);
    }

    #[test]
    fn hours_that_follow_traffic_are_noticed() {
        let found = evidence(&series(8.0, true));
        assert_eq!(found.and_then(|found| found.reverse), Some(true));
    }

    #[test]
    fn effort_and_time() {
        assert_eq!(correlation_with_time(&[3.0; 12]), None);
        let rising: Vec<f64> = (0..12).map(f64::from).collect();
        assert!(correlation_with_time(&rising).is_some_and(|r| (r - 1.0).abs() < 1e-12));
    }

    #[test]
    fn few_months_have_no_tests() {
        let mut short = series(8.0, false);
        short.effort.truncate(7);
        short.visits.truncate(7);
        let found = evidence(&short).unwrap_or_else(|| panic!("seven months"));
        assert_eq!(
            (found.placebo, found.reverse, found.back_test),
            (None, None, None)
        );
    }
}
