//! The response of one channel to its effort, and what its own history says of it.
//!
//! Visits of month t, in units of their mean, are
//! `a + g (t - t̄) + c₁ cos + c₂ sin + b S(A_t) + e_t`: level, trend, season, the effort
//! share `b` times a saturating function of delayed effort, and errors that remember the
//! month before. Delay, curve, memory, noise and the effort before the first month are
//! a finite grid; given a point of it everything else is normal, so the posterior is
//! exact, without sampling. Bayesian linear regression with known noise: C. Bishop,
//! Pattern Recognition and Machine Learning (2006), 3.3; whitening: S. Prais, C. Winsten,
//! Cowles Commission 383 (1954).

use std::f64::consts::TAU;

use super::Driver;
use super::delay::{Delay, LAGS, delays, log_normal};
use super::saturation::{Curve, curves};
use crate::stats::cholesky::{Cholesky, MOST, Square, Vector};
use crate::stats::normal::{self, Positive};

/// Months from which on a season is fitted.
pub const MONTHS_FOR_SEASON: usize = 12;

/// Chance, before looking, that the effort does nothing at all.
pub const CHANCE_OF_NOTHING: f64 = 0.10;

const MEMORIES: [(f64, f64); 4] = [(0.0, 0.35), (0.3, 0.30), (0.6, 0.25), (0.85, 0.10)];
const NOISES: [f64; 6] = [0.05, 0.065, 0.08, 0.10, 0.15, 0.22];
const MEDIAN_NOISE: f64 = 0.065;
const NOISE_LOG_DEVIATION: f64 = 0.5;
/// Effort before the first month, as multiples of the mean of the first months.
const LEVELS: [f64; 3] = [0.5, 1.0, 1.7];
/// How many levels of effort before the first month there are.
pub const LEVEL_COUNT: usize = LEVELS.len();
/// The level that invents no jump before the first month.
const EVEN_LEVEL: usize = 1;
/// Months whose mean stands for the effort before them.
const FIRST_MONTHS: usize = 6;

const TREND_DEVIATION: f64 = 0.012;
const SEASON_DEVIATION: f64 = 0.10;
const SHIFT_DEVIATION: f64 = 0.5;

/// Visits and effort by month, oldest first, of one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Visits; absent where a month has none in the export.
    pub visits: Vec<Option<f64>>,
    /// Hours or money, as many as visits; 0 where none was put in.
    pub effort: Vec<f64>,
    /// What the effort is.
    pub driver: Driver,
    /// The first month after a lasting change of how visits are counted or won.
    pub shift: Option<usize>,
}

/// Knowledge from outside: extra effort that brought extra visits.
#[derive(Debug, Clone, PartialEq)]
pub struct Lift {
    /// Extra effort by month, beginning with the first month in which there was any.
    pub effort: Vec<f64>,
    /// Months from then on whose extra visits are added up.
    pub months: usize,
    /// The extra visits.
    pub visits: f64,
    /// Their standard error, above 0.
    pub standard_error: f64,
}

/// The prior of the effort share: before it is cut off at zero.
#[must_use]
pub fn share_prior(driver: Driver) -> Positive {
    match driver {
        Driver::Hours => Positive {
            mean: 0.35,
            deviation: 0.30,
        },
        Driver::Money => Positive {
            mean: 0.85,
            deviation: 0.25,
        },
    }
}

/// A point of the grid with what follows given it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Index of the delay.
    pub delay: usize,
    /// Index of the curve.
    pub curve: usize,
    /// Index of the effort before the first month.
    pub level: usize,
    /// Memory of the errors.
    pub memory: f64,
    /// Deviation of the errors, as a share of the mean visits.
    pub noise: f64,
    /// Posterior weight among the points; they sum to 1.
    pub weight: f64,
    /// The effort share, before the cut at zero.
    pub share: Positive,
}

/// What the history says.
#[derive(Debug, Clone)]
pub struct Posterior {
    /// The points of the grid.
    pub points: Vec<Point>,
    /// Chance that the effort does nothing.
    pub nothing: f64,
    /// Log evidence of an effect, summed over the grid with its prior.
    pub evidence: f64,
    /// The same without an effect.
    pub evidence_of_nothing: f64,
}

/// One solved regression.
pub struct Solved {
    /// The effort share, before the cut at zero; of no meaning where it is left out.
    pub share: Positive,
    /// Of the posterior precision.
    pub precision: Cholesky,
    half: Vector,
    /// Log evidence with the prior weight of the point.
    pub log_weight: f64,
    /// Memory of the errors.
    pub memory: f64,
    /// Their deviation.
    pub noise: f64,
}

impl Solved {
    /// Posterior means, the effort share last.
    #[must_use]
    pub fn mean(&self) -> Vector {
        self.precision.backward(&self.half)
    }
}

/// The regression of one channel.
pub struct Model {
    /// Mean visits of a month.
    pub mean_visits: f64,
    /// Mean effort of a month.
    pub mean_effort: f64,
    /// Delays of the grid with their prior weights.
    pub delays: Vec<(Delay, f64)>,
    /// Curves of the grid with their prior weights.
    pub curves: Vec<(Curve, f64)>,
    driver: Driver,
    /// Effort in units of its mean.
    effort: Vec<f64>,
    /// Months with visits, and the visits in units of their mean.
    pub(super) rows: Vec<(usize, f64)>,
    pub(super) columns: Columns,
    levels: Vec<usize>,
    /// In units of mean effort and mean visits.
    lifts: Vec<Lift>,
}

/// The columns beside the effort.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    middle: f64,
    season: bool,
    shift: Option<usize>,
}

impl Columns {
    pub(super) fn count(self) -> usize {
        2 + 2 * usize::from(self.season) + usize::from(self.shift.is_some())
    }

    /// The row of a month, the place of the effort still empty.
    pub(super) fn row(self, month: usize) -> Vector {
        let mut row = [0.0; MOST];
        row[0] = 1.0;
        row[1] = month as f64 - self.middle;
        let mut next = 2;
        if self.season {
            let angle = TAU * (month % 12) as f64 / 12.0;
            row[next] = libm::cos(angle);
            row[next + 1] = libm::sin(angle);
            next += 2;
        }
        if let Some(shift) = self.shift {
            row[next] = if month >= shift { 1.0 } else { 0.0 };
        }
        row
    }

    fn prior(self, share: Positive) -> Prior {
        let mut prior = Prior {
            mean: [0.0; MOST],
            precision: [0.0; MOST],
            log_share: -libm::log(share.deviation) - normal::ln_below(share.mean / share.deviation),
        };
        let mut deviations = vec![1.0, TREND_DEVIATION];
        if self.season {
            deviations.extend([SEASON_DEVIATION; 2]);
        }
        if self.shift.is_some() {
            deviations.push(SHIFT_DEVIATION);
        }
        deviations.push(share.deviation);
        prior.mean[0] = 1.0 - share.mean;
        prior.mean[self.count()] = share.mean;
        for (place, deviation) in prior.precision.iter_mut().zip(deviations) {
            *place = 1.0 / (deviation * deviation);
        }
        prior
    }
}

struct Prior {
    mean: Vector,
    precision: Vector,
    /// What the share adds to the log evidence: its precision, and its cut at zero.
    log_share: f64,
}

/// Whitened rows of one memory: sums of products that no noise changes.
#[derive(Clone)]
struct Whitened {
    memory: f64,
    /// Factor of a row and of the row before it.
    factors: Vec<(f64, f64)>,
    /// `½ Σ ln` of what whitening stretches.
    stretch: f64,
    rows: Vec<Vector>,
    values: Vec<f64>,
    products: Square,
    with_values: Vector,
    values_squared: f64,
}

impl Model {
    /// The regression of a series; `None` without visits or without effort.
    #[must_use]
    pub fn new(series: &Series) -> Option<Self> {
        let months = series.visits.len().min(series.effort.len());
        let seen: Vec<(usize, f64)> = (0..months)
            .filter_map(|month| Some((month, series.visits[month]?)))
            .collect();
        let mean_visits = mean(seen.iter().map(|(_, visits)| *visits))?;
        let mean_effort = mean(series.effort[..months].iter().copied())?;
        if !(mean_visits > 0.0 && mean_effort > 0.0) {
            return None;
        }
        let rows: Vec<(usize, f64)> = seen.iter().map(|(m, v)| (*m, v / mean_visits)).collect();
        let middle = mean(rows.iter().map(|(month, _)| *month as f64))?;
        let first = rows.first().map_or(0, |(month, _)| *month);
        Some(Self {
            mean_visits,
            mean_effort,
            delays: delays(series.driver),
            curves: curves(),
            driver: series.driver,
            effort: series.effort[..months]
                .iter()
                .map(|x| x / mean_effort)
                .collect(),
            columns: Columns {
                middle,
                season: rows.len() >= MONTHS_FOR_SEASON,
                shift: series
                    .shift
                    .filter(|month| *month > first && *month < months),
            },
            rows,
            levels: (0..LEVELS.len()).collect(),
            lifts: Vec::new(),
        })
    }

    /// The same with knowledge from outside.
    #[must_use]
    pub fn with_lifts(mut self, lifts: &[Lift]) -> Self {
        self.lifts = lifts
            .iter()
            .map(|lift| Lift {
                effort: lift.effort.iter().map(|x| x / self.mean_effort).collect(),
                months: lift.months,
                visits: lift.visits / self.mean_visits,
                standard_error: lift.standard_error / self.mean_visits,
            })
            .collect();
        self
    }

    /// The same with even effort before the first month only, so that no jump is invented.
    #[must_use]
    pub fn even(mut self) -> Self {
        self.levels = vec![EVEN_LEVEL];
        self
    }

    /// The same with months after it whose visits are not known yet: what would be learned of
    /// the share does not depend on them, only the means do.
    #[must_use]
    pub fn followed_by(&self, effort: &[f64]) -> Self {
        let months = self.effort.len();
        let mut rows = self.rows.clone();
        rows.extend((0..effort.len()).map(|month| (months + month, 1.0)));
        let mut all = self.effort.clone();
        all.extend(effort.iter().map(|x| x / self.mean_effort));
        Self {
            delays: self.delays.clone(),
            curves: self.curves.clone(),
            effort: all,
            rows,
            levels: self.levels.clone(),
            lifts: self.lifts.clone(),
            ..*self
        }
    }

    /// Months of visits that are fitted.
    #[must_use]
    pub fn months(&self) -> usize {
        self.rows.len()
    }

    /// Effort in units of its mean, with that before the first month in front:
    /// [`LAGS`] months of it, then the series, then `future`.
    #[must_use]
    pub fn path(&self, level: usize, future: &[f64]) -> Vec<f64> {
        let first = &self.effort[..self.effort.len().min(FIRST_MONTHS)];
        let before = LEVELS[level] * mean(first.iter().copied()).unwrap_or(1.0);
        let mut path = vec![before; LAGS];
        path.extend(&self.effort);
        path.extend(future);
        path
    }

    /// The posterior over the whole grid.
    #[must_use]
    pub fn posterior(&self) -> Posterior {
        let mut points = Vec::new();
        let mut logs = Vec::new();
        self.visit(|delay, curve, level, solved| {
            points.push(Point {
                delay,
                curve,
                level,
                memory: solved.memory,
                noise: solved.noise,
                weight: 0.0,
                share: solved.share,
            });
            logs.push(solved.log_weight);
        });
        let mut nothing_logs = Vec::new();
        self.visit_without_effort(|solved| nothing_logs.push(solved.log_weight));
        let evidence = log_sum(&logs);
        let evidence_of_nothing = log_sum(&nothing_logs);
        for (point, log) in points.iter_mut().zip(&logs) {
            point.weight = libm::exp(log - evidence);
        }
        let odds = libm::exp(evidence - evidence_of_nothing) * (1.0 - CHANCE_OF_NOTHING)
            / CHANCE_OF_NOTHING;
        Posterior {
            points,
            nothing: 1.0 / (1.0 + odds),
            evidence,
            evidence_of_nothing,
        }
    }

    /// What share of the prior's uncertainty about the effort the history took away:
    /// `Σ weight (1 - V / s²)`, with even effort before the first month.
    #[must_use]
    pub fn information_share(&self, posterior: &Posterior) -> f64 {
        let prior = share_prior(self.driver).deviation;
        let even = || {
            posterior
                .points
                .iter()
                .filter(|point| point.level == EVEN_LEVEL)
        };
        let total: f64 = even().map(|point| point.weight).sum();
        let learned = |point: &Point| {
            let kept = point.share.deviation / prior;
            point.weight * (1.0 - kept * kept)
        };
        let learned: f64 = even().map(learned).sum();
        if total > 0.0 { learned / total } else { 0.0 }
    }

    /// Solves the regression at every point of the grid.
    pub fn visit(&self, mut seen: impl FnMut(usize, usize, usize, &Solved)) {
        let whitened = self.whitened();
        let prior = self.columns.prior(share_prior(self.driver));
        let bases = self.bases(&whitened, &prior);
        for (delay, (weights, delay_prior)) in self.delays.iter().enumerate() {
            for level in &self.levels {
                let delayed = self.delayed(weights, *level);
                for (curve, (shape, curve_prior)) in self.curves.iter().enumerate() {
                    let column: Vec<f64> = delayed.iter().map(|u| shape.at(*u)).collect();
                    let lifts = self.lift_rows(weights, *shape);
                    let known = libm::log(delay_prior * curve_prior / self.levels.len() as f64);
                    for (rows, bases) in whitened.iter().zip(&bases) {
                        let sums = self.sums(rows, &column);
                        for base in bases {
                            if let Some(solved) = self.solve(base, &sums, &lifts, &prior, known) {
                                seen(delay, curve, *level, &solved);
                            }
                        }
                    }
                }
            }
        }
    }

    /// Solves the regression without the effort.
    pub fn visit_without_effort(&self, mut seen: impl FnMut(&Solved)) {
        let prior = self.columns.prior(share_prior(self.driver));
        let whitened = self.whitened();
        for base in self.bases(&whitened, &prior).iter().flatten() {
            seen(&base.solved());
        }
    }

    /// For each memory, what all points of a noise share.
    fn bases(&self, whitened: &[Whitened], prior: &Prior) -> Vec<Vec<Base>> {
        let noises = noise_prior();
        let of_memory = |(rows, (_, memory_prior)): (&Whitened, (f64, f64))| {
            let of_noise = |(noise, noise_prior): (&f64, &f64)| {
                let log_prior = libm::log(memory_prior * noise_prior);
                self.base(rows, prior, *noise, log_prior)
            };
            NOISES.iter().zip(&noises).filter_map(of_noise).collect()
        };
        whitened.iter().zip(MEMORIES).map(of_memory).collect()
    }

    /// Delayed effort of the months with visits.
    fn delayed(&self, weights: &Delay, level: usize) -> Vec<f64> {
        let path = self.path(level, &[]);
        self.rows
            .iter()
            .map(|(month, _)| delayed_at(&path, weights, LAGS + month))
            .collect()
    }

    /// `ΔS` of each lift, at the mean effort.
    fn lift_rows(&self, weights: &Delay, curve: Curve) -> Vec<f64> {
        let response = |lift: &Lift| {
            let extra = |month: usize| {
                let from = month.saturating_sub(LAGS - 1);
                let shares = (from..=month)
                    .filter_map(|at| Some(lift.effort.get(at)? * weights[month - at]));
                curve.at((1.0 + shares.sum::<f64>()).max(0.0)) - 1.0
            };
            (0..lift.months).map(extra).sum()
        };
        self.lifts.iter().map(response).collect()
    }

    fn whitened(&self) -> Vec<Whitened> {
        MEMORIES
            .iter()
            .map(|(memory, _)| self.whiten(*memory))
            .collect()
    }

    /// Prais-Winsten, with gaps: errors `d` months apart correlate with `memory^d`.
    fn whiten(&self, memory: f64) -> Whitened {
        let innovation = 1.0 - memory * memory;
        let mut rows = Whitened {
            memory,
            factors: Vec::new(),
            stretch: 0.0,
            rows: Vec::new(),
            values: Vec::new(),
            products: [[0.0; MOST]; MOST],
            with_values: [0.0; MOST],
            values_squared: 0.0,
        };
        let count = self.columns.count();
        for (index, (month, value)) in self.rows.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| self.rows[before]);
            let (own, previous) = match before {
                None => (innovation.sqrt(), 0.0),
                Some((earlier, _)) => {
                    let kept = libm::pow(memory, (month - earlier) as f64);
                    let own = (innovation / (1.0 - kept * kept)).sqrt();
                    (own, own * kept)
                }
            };
            let mut row = self.columns.row(*month);
            let mut white = own * value;
            if let Some((earlier, value)) = before {
                let old = self.columns.row(earlier);
                for (place, old) in row.iter_mut().zip(old) {
                    *place = own * *place - previous * old;
                }
                white -= previous * value;
            } else {
                row = row.map(|x| own * x);
            }
            rows.stretch += libm::log(own);
            for a in 0..count {
                for b in 0..=a {
                    rows.products[a][b] += row[a] * row[b];
                }
                rows.with_values[a] += row[a] * white;
            }
            rows.values_squared += white * white;
            rows.factors.push((own, previous));
            rows.rows.push(row);
            rows.values.push(white);
        }
        rows
    }

    /// Sums of products of the effort column: with the others, with the values, with itself.
    fn sums(&self, rows: &Whitened, column: &[f64]) -> (Vector, f64) {
        let count = self.columns.count();
        let mut with_others = [0.0; MOST];
        let (mut with_values, mut before) = (0.0, 0.0);
        for (index, effort) in column.iter().enumerate() {
            let (own, previous) = rows.factors[index];
            let white = own * effort - previous * before;
            before = *effort;
            for (place, other) in with_others.iter_mut().zip(rows.rows[index]).take(count) {
                *place += white * other;
            }
            with_others[count] += white * white;
            with_values += white * rows.values[index];
        }
        (with_others, with_values)
    }

    /// The regression without the effort.
    fn base(&self, rows: &Whitened, prior: &Prior, noise: f64, log_prior: f64) -> Option<Base> {
        let count = self.columns.count();
        let innovation = noise * noise * (1.0 - rows.memory * rows.memory);
        let scale = 1.0 / innovation;
        let mut matrix = [[0.0; MOST]; MOST];
        let mut right = [0.0; MOST];
        let mut squares = rows.values_squared * scale;
        for lift in &self.lifts {
            squares += lift.visits * lift.visits / (lift.standard_error * lift.standard_error);
        }
        let mut log_precision = 0.0;
        for a in 0..count {
            matrix[a] = rows.products[a].map(|sum| sum * scale);
            let (mean, precision) = (prior.mean[a], prior.precision[a]);
            matrix[a][a] += precision;
            right[a] = rows.with_values[a] * scale + precision * mean;
            squares += precision * mean * mean;
            log_precision += libm::log(precision);
        }
        let precision = Cholesky::new(&matrix, count)?;
        let half = precision.forward(&right);
        Some(Base {
            memory: rows.memory,
            noise,
            scale,
            precision,
            half,
            unfitted: squares - half[..count].iter().map(|x| x * x).sum::<f64>(),
            log_weight: log_prior - 0.5 * rows.rows.len() as f64 * libm::log(innovation)
                + rows.stretch
                + 0.5 * log_precision,
        })
    }

    /// The posterior given a point: the column of the effort is put to the others.
    fn solve(
        &self,
        base: &Base,
        (with_others, with_values): &(Vector, f64),
        lifts: &[f64],
        prior: &Prior,
        log_prior: f64,
    ) -> Option<Solved> {
        let last = self.columns.count();
        let mut row = with_others.map(|sum| sum * base.scale);
        let mut right = with_values * base.scale;
        for (lift, response) in self.lifts.iter().zip(lifts) {
            let weight = 1.0 / (lift.standard_error * lift.standard_error);
            row[last] += response * response * weight;
            right += response * lift.visits * weight;
        }
        let (mean, precision) = (prior.mean[last], prior.precision[last]);
        row[last] += precision;
        right += precision * mean;
        let grown = base.precision.grown(&row)?;
        let mut half = base.half;
        half[last] = grown.forward_last(&half, right);
        let deviation = grown.last_of_inverse().sqrt();
        let share = Positive {
            mean: half[last] * deviation,
            deviation,
        };
        let unfitted = base.unfitted + precision * mean * mean - half[last] * half[last];
        Some(Solved {
            share,
            log_weight: log_prior + base.log_weight - 0.5 * unfitted - grown.half_ln_determinant()
                + prior.log_share
                + normal::ln_below(share.mean / share.deviation),
            precision: grown,
            half,
            memory: base.memory,
            noise: base.noise,
        })
    }
}

/// The regression without the effort at one memory and noise.
struct Base {
    memory: f64,
    noise: f64,
    /// Over the variance of what is new in a month.
    scale: f64,
    precision: Cholesky,
    half: Vector,
    /// Sum of squares that is left.
    unfitted: f64,
    /// With the prior weight, without what is left.
    log_weight: f64,
}

impl Base {
    fn solved(&self) -> Solved {
        Solved {
            share: Positive {
                mean: 0.0,
                deviation: self.precision.last_of_inverse().sqrt(),
            },
            log_weight: self.log_weight
                - 0.5 * self.unfitted
                - self.precision.half_ln_determinant(),
            precision: self.precision,
            half: self.half,
            memory: self.memory,
            noise: self.noise,
        }
    }
}

/// `Σ w_l x_{t-l}`: what of all effort acts at a place of the path.
#[must_use]
pub fn delayed_at(path: &[f64], weights: &Delay, at: usize) -> f64 {
    weights
        .iter()
        .zip(path[..=at].iter().rev())
        .map(|(weight, effort)| weight * effort)
        .sum()
}

fn noise_prior() -> Vec<f64> {
    log_normal(&NOISES, MEDIAN_NOISE, NOISE_LOG_DEVIATION)
}

/// `ln Σ exp`, without overflow; negative infinity of nothing.
fn log_sum(logs: &[f64]) -> f64 {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + libm::log(logs.iter().map(|log| libm::exp(log - most)).sum())
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(months: usize, effort: impl Fn(usize) -> f64) -> Series {
        let efforts: Vec<f64> = (0..months).map(effort).collect();
        // Three months late, with a season and something like noise.
        let visits = |month: usize| {
            let late = efforts[month.saturating_sub(3)];
            let noise = ((month * 7919 % 101) as f64 / 101.0 - 0.5) * 60.0;
            600.0 + 8.0 * late + 50.0 * (month as f64 / 12.0 * TAU).cos() + noise
        };
        Series {
            visits: (0..months).map(|month| Some(visits(month))).collect(),
            effort: efforts,
            driver: Driver::Hours,
            shift: None,
        }
    }

    fn uneven(months: usize) -> Series {
        series(months, |month| {
            20.0 + 25.0 * f64::from(u8::from(month % 9 > 4))
        })
    }

    /// The determinant and the solution of a dense system, by elimination.
    fn dense(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> (f64, Vec<f64>) {
        let size = right.len();
        let mut log_determinant = 0.0;
        for column in 0..size {
            log_determinant += matrix[column][column].ln();
            for row in column + 1..size {
                let factor = matrix[row][column] / matrix[column][column];
                let pivot = matrix[column].clone();
                for (value, pivot) in matrix[row].iter_mut().zip(&pivot).skip(column) {
                    *value -= factor * pivot;
                }
                right[row] -= factor * right[column];
            }
        }
        for row in (0..size).rev() {
            for column in row + 1..size {
                right[row] -= matrix[row][column] * right[column];
            }
            right[row] /= matrix[row][row];
        }
        (log_determinant, right)
    }

    /// The log density of the values, with level, trend, season and share integrated out:
    /// normal with covariance `X P⁻¹ Xᵀ + σ² R`.
    fn log_density(model: &Model, column: &[f64], memory: f64, noise: f64) -> f64 {
        let prior = model.columns.prior(share_prior(model.driver));
        let count = model.columns.count();
        let design: Vec<Vector> = model
            .rows
            .iter()
            .zip(column)
            .map(|((month, _), effort)| {
                let mut row = model.columns.row(*month);
                row[count] = *effort;
                row
            })
            .collect();
        let size = design.len();
        let covariance = |a: usize, b: usize| {
            let apart = model.rows[a].0.abs_diff(model.rows[b].0);
            let shared: f64 = (0..=count)
                .map(|i| design[a][i] * design[b][i] / prior.precision[i])
                .sum();
            shared + noise * noise * memory.powi(i32::try_from(apart).unwrap())
        };
        let matrix: Vec<Vec<f64>> = (0..size)
            .map(|a| (0..size).map(|b| covariance(a, b)).collect())
            .collect();
        let rest: Vec<f64> = (0..size)
            .map(|a| {
                let expected: f64 = (0..=count).map(|i| design[a][i] * prior.mean[i]).sum();
                model.rows[a].1 - expected
            })
            .collect();
        let (log_determinant, solved) = dense(matrix, rest.clone());
        let distance: f64 = rest.iter().zip(&solved).map(|(a, b)| a * b).sum();
        -0.5 * (log_determinant + distance)
    }

    #[test]
    fn evidence_is_the_density_of_the_values() {
        let mut with_gap = uneven(20);
        with_gap.visits[7] = None;
        with_gap.visits[8] = None;
        with_gap.shift = Some(12);
        for series in [uneven(18), uneven(9), with_gap] {
            let model = Model::new(&series).unwrap().even();
            let noises = noise_prior();
            let mut checked = 0;
            model.visit(|delay, curve, level, solved| {
                if (delay + curve) % 7 != 0 {
                    return;
                }
                let (weights, delay_prior) = &model.delays[delay];
                let (shape, curve_prior) = model.curves[curve];
                let column: Vec<f64> = model
                    .delayed(weights, level)
                    .iter()
                    .map(|u| shape.at(*u))
                    .collect();
                let noise = NOISES.iter().position(|n| *n == solved.noise).unwrap();
                let memory = MEMORIES.iter().find(|m| m.0 == solved.memory).unwrap();
                let prior = delay_prior * curve_prior * memory.1 * noises[noise];
                let last = model.columns.count();
                let share = share_prior(Driver::Hours);
                let cut = normal::ln_below(
                    solved.mean()[last] / solved.precision.last_of_inverse().sqrt(),
                ) - normal::ln_below(share.mean / share.deviation);
                let expected = log_density(&model, &column, solved.memory, solved.noise);
                let found = solved.log_weight - prior.ln() - cut;
                assert!((found - expected).abs() < 1e-8, "{found} {expected}");
                checked += 1;
            });
            assert!(checked > 100);
        }
    }

    /// Golden case G7.
    #[test]
    fn even_hours_say_nothing() {
        let model = Model::new(&series(36, |_| 40.0)).unwrap().even();
        let posterior = model.posterior();
        for (delay, (_, prior)) in model.delays.iter().enumerate() {
            let of = posterior.points.iter().filter(|point| point.delay == delay);
            let weight: f64 = of.map(|point| point.weight).sum();
            assert!((weight - prior).abs() < 1e-9);
        }
        for (curve, (_, prior)) in model.curves.iter().enumerate() {
            let of = posterior.points.iter().filter(|point| point.curve == curve);
            let weight: f64 = of.map(|point| point.weight).sum();
            assert!((weight - prior).abs() < 1e-9);
        }
        assert!((posterior.evidence - posterior.evidence_of_nothing).abs() < 0.2);
        assert!((posterior.nothing - CHANCE_OF_NOTHING).abs() < 0.02);
        // Level and share together are known: 0.3² of 1 + 0.3² is learned of the share.
        assert!(model.information_share(&posterior) < 0.1);
    }

    #[test]
    fn uneven_hours_say_something_whatever_they_are_counted_in() {
        let hours = uneven(36);
        let mut minutes = hours.clone();
        for effort in &mut minutes.effort {
            *effort *= 60.0;
        }
        let of = |series: &Series| {
            let model = Model::new(series).unwrap();
            let posterior = model.posterior();
            (model.information_share(&posterior), posterior.nothing)
        };
        let (information, nothing) = of(&hours);
        assert!(
            information > 0.5 && nothing < 0.05,
            "{information} {nothing}"
        );
        let again = of(&minutes);
        assert!((again.0 - information).abs() < 1e-9 && (again.1 - nothing).abs() < 1e-9);
    }

    #[test]
    fn what_is_known_from_outside_narrows_the_share() {
        let even = series(24, |_| 40.0);
        let model = || Model::new(&even).unwrap();
        let spread = |model: Model| {
            let posterior = model.posterior();
            let points = posterior.points.iter();
            points.map(|p| p.weight * p.share.deviation).sum::<f64>()
        };
        let lift = Lift {
            effort: vec![20.0; 3],
            months: 12,
            visits: 300.0,
            standard_error: 60.0,
        };
        let (without, with) = (spread(model()), spread(model().with_lifts(&[lift])));
        assert!(with < 0.7 * without, "{with} {without}");
    }

    #[test]
    fn nothing_to_fit() {
        let mut empty = uneven(6);
        empty.effort = vec![0.0; 6];
        assert!(Model::new(&empty).is_none());
        let mut unseen = uneven(6);
        unseen.visits = vec![None; 6];
        assert!(Model::new(&unseen).is_none());
    }
}
