//! What a plan would bring: extra visits as a mixture of what every point of the grid says.
//!
//! At a point, extra visits are a known number times the effort share, which is normal and
//! cut off at zero. So their distribution is a finite mixture with a point at zero, and
//! its quantiles are exact: no draws, no seed.

use super::model::{Model, Point, Posterior, delayed_at};
use super::saturation::Curve;
use crate::stats::normal::Positive;
use crate::stats::quantile;
use crate::stats::random::Random;

/// Weight that the components kept hold together.
const KEPT: f64 = 0.999;
/// Effort above this multiple of the most seen so far is outside the range seen.
const SEEN_ROOM: f64 = 1.25;
/// Outside it, this share of the weight of the curves goes back to the prior.
const PRIOR_OUTSIDE: f64 = 0.5;

/// Effort by month, from the first month of the plan on.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Effort of a month as usual.
    pub usual: f64,
    /// Change of it by month; as usual afterwards.
    pub change: Vec<f64>,
    /// Months of visits that are looked at.
    pub horizon: usize,
}

impl Plan {
    /// The same change in each of the first `months`.
    #[must_use]
    pub fn steady(usual: f64, change: f64, months: usize, horizon: usize) -> Self {
        Self {
            usual,
            change: vec![change; months],
            horizon,
        }
    }

    /// All effort added, less all taken away.
    #[must_use]
    pub fn total(&self) -> f64 {
        self.change.iter().sum()
    }

    /// The most effort of a month under the plan.
    #[must_use]
    pub fn most(&self) -> f64 {
        let changes = self.change.iter().copied();
        self.usual + changes.fold(0.0, f64::max)
    }
}

/// A component: `scale` times a share that is normal and cut off at zero.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    weight: f64,
    /// Weight of this and all parts before it.
    up_to: f64,
    scale: f64,
    share: Positive,
    /// Chance that the cut leaves of the share.
    kept: f64,
    /// Index of its course by month.
    course: usize,
}

/// Extra visits of a plan.
#[derive(Debug, Clone)]
pub struct Response {
    parts: Vec<Part>,
    nothing: f64,
    /// Extra visits by month for an effort share of 1; one per delay, curve and level.
    courses: Vec<Vec<f64>>,
    /// True where the plan goes beyond the effort seen so far.
    pub outside: bool,
}

/// One draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// The effort share.
    pub share: f64,
    /// Index of the course by month.
    pub course: usize,
    /// Extra visits within the horizon.
    pub visits: f64,
}

impl Response {
    /// What the plan brings under the posterior; `most_seen` is the most effort of a month
    /// so far.
    #[must_use]
    pub fn new(model: &Model, posterior: &Posterior, plan: &Plan, most_seen: f64) -> Self {
        let outside = plan.most() > SEEN_ROOM * most_seen;
        let of = |outside| {
            let weights = weights(model, posterior, outside);
            Self::weighted(model, posterior, plan, &weights)
        };
        let own = of(false);
        if !outside {
            return own;
        }
        // To know less widens; it must not promise more than the history does, or the next
        // hour would seem to bring more for lying out of sight.
        let mut wider = of(true);
        wider.outside = true;
        let (expected, promised) = (own.mean(), wider.mean());
        if promised > expected && expected > 0.0 {
            wider.scale_by(expected / promised);
        }
        wider
    }

    fn scale_by(&mut self, factor: f64) {
        for part in &mut self.parts {
            part.scale *= factor;
        }
        for visits in self.courses.iter_mut().flatten() {
            *visits *= factor;
        }
    }

    fn weighted(model: &Model, posterior: &Posterior, plan: &Plan, weights: &[f64]) -> Self {
        let mut order: Vec<usize> = (0..weights.len()).collect();
        order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]).then(a.cmp(b)));
        let mut kept = 0.0;
        let enough = order.iter().position(|index| {
            kept += weights[*index];
            kept >= KEPT
        });
        order.truncate(enough.map_or(order.len(), |last| last + 1));
        let courses = Courses::new(model, plan);
        let mut response = Self {
            parts: Vec::with_capacity(order.len()),
            nothing: posterior.nothing,
            courses: Vec::new(),
            outside: false,
        };
        let mut places = vec![None; courses.number(model)];
        let mut up_to = 0.0;
        for index in order {
            let point = posterior.points[index];
            let number = courses.index(point.delay, point.curve, point.level);
            let course = *places[number].get_or_insert_with(|| {
                let course = courses.course(point.delay, point.curve, point.level);
                response.courses.push(course);
                response.courses.len() - 1
            });
            let weight = weights[index] / kept;
            up_to += weight;
            response.parts.push(Part {
                weight,
                up_to,
                scale: response.courses[course].iter().sum(),
                share: point.share,
                kept: point.share.kept(),
                course,
            });
        }
        response
    }

    /// Extra visits by month for an effort share of 1.
    #[must_use]
    pub fn courses(&self) -> &[Vec<f64>] {
        &self.courses
    }

    /// Expected extra visits within the horizon.
    #[must_use]
    pub fn mean(&self) -> f64 {
        let parts = self.parts.iter();
        let mean = parts.map(|part| part.weight * part.scale * part.share.moments().0);
        (1.0 - self.nothing) * mean.sum::<f64>()
    }

    /// Variance of the extra visits within the horizon.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let squares = self.parts.iter().map(|part| {
            let (mean, variance) = part.share.moments();
            part.weight * part.scale * part.scale * (variance + mean * mean)
        });
        let mean = self.mean();
        ((1.0 - self.nothing) * squares.sum::<f64>() - mean * mean).max(0.0)
    }

    /// Expected extra visits by month.
    #[must_use]
    pub fn mean_by_month(&self) -> Vec<f64> {
        let months = self.courses.first().map_or(0, Vec::len);
        let mut means = vec![0.0; months];
        for part in &self.parts {
            let factor = (1.0 - self.nothing) * part.weight * part.share.moments().0;
            for (mean, visits) in means.iter_mut().zip(&self.courses[part.course]) {
                *mean += factor * visits;
            }
        }
        means
    }

    /// The chance of more than `visits` extra visits.
    #[must_use]
    pub fn above(&self, visits: f64) -> f64 {
        let above = |part: &Part| {
            if part.scale > 0.0 {
                part.share.above_of(part.kept, visits / part.scale)
            } else if part.scale < 0.0 && visits < 0.0 {
                1.0 - part.share.above_of(part.kept, visits / part.scale)
            } else {
                f64::from(u8::from(visits < 0.0))
            }
        };
        let parts = self.parts.iter();
        let some: f64 = parts.map(|part| part.weight * above(part)).sum();
        let none = if visits < 0.0 { self.nothing } else { 0.0 };
        none + (1.0 - self.nothing) * some
    }

    /// The number of extra visits below which a share `q` of the chances lies: by false
    /// position, with a bisection whenever that does not halve what is left.
    #[must_use]
    pub fn quantile(&self, q: f64) -> f64 {
        let ends = self
            .parts
            .iter()
            .map(|part| part.scale * (part.share.mean.max(0.0) + 9.0 * part.share.deviation));
        let (mut low, mut high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| {
            (low.min(end), high.max(end))
        });
        let excess = |visits: f64| self.above(visits) - (1.0 - q);
        let (beyond, from) = (excess(0.0), excess(-f64::MIN_POSITIVE));
        // The point at zero is met exactly; either side of it is without a step.
        if beyond <= 0.0 && from >= 0.0 {
            return 0.0;
        }
        let (mut at_low, mut at_high) = if beyond > 0.0 {
            low = 0.0;
            (beyond, excess(high))
        } else {
            high = 0.0;
            (excess(low), from)
        };
        let (mut width, mut bisect) = (high - low, false);
        for _ in 0..200 {
            if high - low <= 1e-12 * high.abs().max(low.abs()) {
                break;
            }
            let chord = low + (high - low) * at_low / (at_low - at_high);
            let middle = if bisect || !(low < chord && chord < high) {
                0.5 * (low + high)
            } else {
                chord
            };
            let found = excess(middle);
            if found.abs() < 1e-14 {
                return middle;
            }
            // An end that stays counts half (Illinois), so that the chord leaves it.
            if found > 0.0 {
                (low, at_low) = (middle, found);
                at_high *= if bisect { 1.0 } else { 0.5 };
            } else {
                (high, at_high) = (middle, found);
                at_low *= if bisect { 1.0 } else { 0.5 };
            }
            bisect = high - low > 0.5 * width;
            width = high - low;
        }
        0.5 * (low + high)
    }

    /// Draws a possibility; always the same number of random numbers.
    pub fn draw(&self, random: &mut Random) -> Drawn {
        let (which, share) = (random.unit(), random.unit());
        let drawn = (which - self.nothing) / (1.0 - self.nothing);
        let last = self.parts.len().saturating_sub(1);
        let index = self
            .parts
            .partition_point(|part| part.up_to < drawn)
            .min(last);
        let Some(part) = self.parts.get(index).filter(|_| drawn >= 0.0) else {
            return Drawn {
                share: 0.0,
                course: 0,
                visits: 0.0,
            };
        };
        let share = part.share.upper_quantile_of(part.kept, share);
        Drawn {
            share,
            course: part.course,
            visits: part.scale * share,
        }
    }
}

/// Points of the curve are drawn so many times, evenly.
const CURVE_DRAWS: u32 = 4_000;

/// Visits of a month that lasting effort brings beyond those of the mean effort, in units
/// of the mean visits: expected, and the ends of the 80 % interval, for each of `efforts`.
/// For a picture: the distribution is sampled evenly, without random numbers.
#[must_use]
pub fn steady(model: &Model, posterior: &Posterior, efforts: &[f64]) -> Vec<(f64, f64, f64)> {
    let mut points = posterior.points.iter();
    let (mut point, mut up_to) = (points.next(), 0.0);
    let mut drawn: Vec<(usize, f64)> = Vec::new();
    for draw in 0..CURVE_DRAWS {
        let at = (f64::from(draw) + 0.5) / f64::from(CURVE_DRAWS);
        let at = (at - posterior.nothing) / (1.0 - posterior.nothing);
        if at < 0.0 {
            drawn.push((0, 0.0));
            continue;
        }
        while let Some(here) = point.filter(|here| up_to + here.weight < at) {
            up_to += here.weight;
            point = points.next();
        }
        // The bits of a number in reverse order fill the unit evenly (van der Corput).
        let share = (f64::from(draw.reverse_bits()) + 0.5) / 4_294_967_296.0;
        if let Some(here) = point {
            drawn.push((here.curve, here.share.upper_quantile(share)));
        }
    }
    let of_effort = |effort: &f64| {
        let u = effort / model.mean_effort;
        let responses: Vec<f64> = model
            .curves
            .iter()
            .map(|(curve, _)| curve.at(u) - 1.0)
            .collect();
        let mut visits: Vec<f64> = drawn
            .iter()
            .map(|(curve, share)| share * responses[*curve])
            .collect();
        visits.sort_unstable_by(f64::total_cmp);
        let at = |q| quantile::quantile(&visits, q).unwrap_or(0.0);
        (quantile::mean(&visits).unwrap_or(0.0), at(0.1), at(0.9))
    };
    efforts.iter().map(of_effort).collect()
}

/// Draws of the posterior: the curve, and the effort share.
pub fn sampled_shares(
    posterior: &Posterior,
    random: &mut Random,
    draws: usize,
) -> Vec<(usize, f64)> {
    let mut up_to = Vec::with_capacity(posterior.points.len());
    let mut sum = 0.0;
    for point in &posterior.points {
        sum += point.weight;
        up_to.push(sum);
    }
    let last = up_to.len().saturating_sub(1);
    let draw = |_| {
        let (which, share) = (random.unit(), random.unit());
        let at = (which - posterior.nothing) / (1.0 - posterior.nothing);
        if at < 0.0 {
            return (0, 0.0);
        }
        let index = up_to
            .partition_point(|sum| *sum < at * sum_of(&up_to))
            .min(last);
        let point = &posterior.points[index];
        (point.curve, point.share.upper_quantile(share))
    };
    (0..draws).map(draw).collect()
}

fn sum_of(up_to: &[f64]) -> f64 {
    up_to.last().copied().unwrap_or(1.0)
}

/// Expected effort share by curve: `Σ weight · E[b]` over the points of each curve. Lasting
/// effort `u` brings `mean visits · Σ_j weight_j S_j(u)` visits a month.
#[must_use]
pub fn steady_weights(model: &Model, posterior: &Posterior, outside: bool) -> Vec<f64> {
    let weights = weights(model, posterior, outside);
    let mut by_curve = vec![0.0; model.curves.len()];
    for (point, weight) in posterior.points.iter().zip(weights) {
        by_curve[point.curve] += (1.0 - posterior.nothing) * weight * point.share.moments().0;
    }
    by_curve
}

/// Weights of the points; outside the range seen a part of the curves' weight goes back to
/// their prior, since no month there speaks for or against a curve.
fn weights(model: &Model, posterior: &Posterior, outside: bool) -> Vec<f64> {
    let own: Vec<f64> = posterior.points.iter().map(|point| point.weight).collect();
    if !outside {
        return own;
    }
    let mut by_curve = vec![0.0; model.curves.len()];
    for point in &posterior.points {
        by_curve[point.curve] += point.weight;
    }
    let mixed = |point: &Point| {
        let found = by_curve[point.curve];
        let prior = model.curves[point.curve].1;
        let factor = if found > 0.0 { prior / found } else { 0.0 };
        point.weight * (1.0 - PRIOR_OUTSIDE + PRIOR_OUTSIDE * factor)
    };
    let mixed: Vec<f64> = posterior.points.iter().map(mixed).collect();
    let total: f64 = mixed.iter().sum();
    mixed.iter().map(|weight| weight / total).collect()
}

/// Extra visits of a plan within its horizon at each point of the grid, for a share of 1.
pub struct Scales<'a> {
    courses: Courses<'a>,
    sums: Vec<f64>,
}

impl<'a> Scales<'a> {
    /// At all points.
    #[must_use]
    pub fn new(model: &'a Model, plan: &'a Plan) -> Self {
        let courses = Courses::new(model, plan);
        let mut sums = vec![0.0; courses.number(model)];
        for delay in 0..model.delays.len() {
            for level in 0..super::model::LEVEL_COUNT {
                for curve in 0..model.curves.len() {
                    let course = courses.course(delay, curve, level);
                    sums[courses.index(delay, curve, level)] = course.iter().sum();
                }
            }
        }
        Self { courses, sums }
    }

    /// At one.
    #[must_use]
    pub fn of(&self, point: &Point) -> f64 {
        self.sums[self.courses.index(point.delay, point.curve, point.level)]
    }
}

/// Extra visits by month at each delay, curve and level.
struct Courses<'a> {
    model: &'a Model,
    plan: &'a Plan,
    /// Delayed effort as usual and under the plan, by delay and level.
    delayed: Vec<Vec<(f64, f64)>>,
    levels: usize,
}

impl<'a> Courses<'a> {
    fn new(model: &'a Model, plan: &'a Plan) -> Self {
        let levels = super::model::LEVEL_COUNT;
        let usual = plan.usual / model.mean_effort;
        let before = vec![usual; plan.horizon];
        let planned: Vec<f64> = (0..plan.horizon)
            .map(|month| {
                let change = plan.change.get(month).copied().unwrap_or(0.0);
                ((plan.usual + change) / model.mean_effort).max(0.0)
            })
            .collect();
        let mut delayed = Vec::new();
        for (weights, _) in &model.delays {
            for level in 0..levels {
                let (without, with) = (model.path(level, &before), model.path(level, &planned));
                let first = with.len() - plan.horizon;
                let both = |at| {
                    (
                        delayed_at(&without, weights, at),
                        delayed_at(&with, weights, at),
                    )
                };
                delayed.push((first..with.len()).map(both).collect());
            }
        }
        Self {
            model,
            plan,
            delayed,
            levels,
        }
    }

    fn number(&self, model: &Model) -> usize {
        model.delays.len() * self.levels * model.curves.len()
    }

    fn index(&self, delay: usize, curve: usize, level: usize) -> usize {
        (delay * self.levels + level) * self.model.curves.len() + curve
    }

    fn course(&self, delay: usize, curve: usize, level: usize) -> Vec<f64> {
        let shape: Curve = self.model.curves[curve].0;
        let delayed = &self.delayed[delay * self.levels + level];
        debug_assert_eq!(delayed.len(), self.plan.horizon);
        delayed
            .iter()
            .map(|(without, with)| self.model.mean_visits * (shape.at(*with) - shape.at(*without)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Driver;
    use super::super::model::Series;
    use super::*;

    fn model() -> Model {
        let effort: Vec<f64> = (0..30)
            .map(|month| 20.0 + 25.0 * f64::from(u8::from(month % 9 > 4)))
            .collect();
        let visits = |month: usize| {
            let noise = ((month * 7919 % 101) as f64 / 101.0 - 0.5) * 60.0;
            Some(600.0 + 8.0 * effort[month.saturating_sub(2)] + noise)
        };
        let series = Series {
            visits: (0..30).map(visits).collect(),
            effort: effort.clone(),
            driver: Driver::Hours,
            shift: None,
        };
        let Some(model) = Model::new(&series) else {
            panic!("a series");
        };
        model
    }

    #[test]
    fn quantiles_are_those_of_many_draws() {
        let model = model();
        let posterior = model.posterior();
        for change in [10.0, -10.0] {
            let plan = Plan::steady(30.0, change, 12, 24);
            let response = Response::new(&model, &posterior, &plan, 45.0);
            let mut random = Random::seeded(3);
            let mut draws: Vec<f64> = (0..40_000)
                .map(|_| response.draw(&mut random).visits)
                .collect();
            draws.sort_by(f64::total_cmp);
            let mean = draws.iter().sum::<f64>() / 40_000.0;
            assert!((mean / response.mean() - 1.0).abs() < 0.02);
            for q in [0.025, 0.1, 0.5, 0.9, 0.975] {
                let drawn = draws[(q * 40_000.0) as usize];
                let exact = response.quantile(q);
                assert!(
                    (drawn - exact).abs() < 0.04 * response.mean().abs(),
                    "{change} {q}: {drawn} {exact}"
                );
            }
            let by_month: f64 = response.mean_by_month().iter().sum();
            assert!((by_month - response.mean()).abs() < 1e-9 * by_month.abs());
            assert_eq!(response.mean() > 0.0, change > 0.0);
        }
    }

    #[test]
    fn more_hours_bring_less_each() {
        let model = model();
        let posterior = model.posterior();
        let per_hour = |change: f64| {
            let plan = Plan::steady(30.0, change, 12, 24);
            Response::new(&model, &posterior, &plan, 45.0).mean() / plan.total()
        };
        let found: Vec<f64> = [1.0, 5.0, 10.0, 20.0].map(per_hour).into();
        assert!(found.windows(2).all(|pair| pair[1] <= pair[0]), "{found:?}");
    }

    #[test]
    fn what_lies_out_of_sight_promises_no_more() {
        let model = model();
        let posterior = model.posterior();
        let of = |change: f64, seen: f64| {
            let plan = Plan::steady(30.0, change, 12, 24);
            Response::new(&model, &posterior, &plan, seen)
        };
        for change in [10.0, 30.0, 90.0] {
            let (seen, unseen) = (of(change, 200.0), of(change, 25.0));
            assert!(!seen.outside && unseen.outside);
            assert!(unseen.mean() <= seen.mean() * (1.0 + 1e-12), "{change}");
            let by_month: f64 = unseen.mean_by_month().iter().sum();
            assert!((by_month / unseen.mean() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn no_change_brings_nothing_and_a_leap_is_marked() {
        let model = model();
        let posterior = model.posterior();
        let plan = Plan::steady(30.0, 0.0, 12, 24);
        let none = Response::new(&model, &posterior, &plan, 45.0);
        assert_eq!(
            (none.mean(), none.quantile(0.1), none.quantile(0.9)),
            (0.0, 0.0, 0.0)
        );
        assert!(!none.outside);
        let leap = Plan::steady(30.0, 60.0, 12, 24);
        assert!(Response::new(&model, &posterior, &leap, 45.0).outside);
    }

    #[test]
    fn steady_effort_brings_what_its_share_says() {
        let model = model();
        let posterior = model.posterior();
        let weights = steady_weights(&model, &posterior, false);
        let mean: f64 = weights.iter().sum();
        let points = posterior.points.iter();
        let shares: f64 = points.map(|p| p.weight * p.share.moments().0).sum();
        assert!((mean - (1.0 - posterior.nothing) * shares).abs() < 1e-12);
    }
}
