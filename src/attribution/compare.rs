//! Several models on the same journeys, side by side.

use super::bootstrap::{self, Drawing, Intervals};
use super::credit::Credit;
use super::journeys::Journeys;
use super::models::markov::{Goal, States};
use super::models::{Model, Prepared};
use super::walk::Grouped;
use crate::domain::figure::{Figure, Undefined, ratio};
use crate::domain::money::Money;
use crate::stats::normal::Z95;
use crate::stats::sum::Sum;

/// What a model gives, and how sure that is.
#[derive(Debug, Clone)]
pub struct ModelCredit {
    /// As in `--model`.
    pub name: String,
    /// Its rule in one sentence.
    pub rule: String,
    /// True where credit may sum to more than there is.
    pub overlaps: bool,
    /// The credit, or why the model has none here.
    pub credit: Figure<Credit>,
    /// Share of the conversions, by channel; empty where there is no credit.
    pub shares: Vec<Figure<f64>>,
    /// Intervals of the shares and of the removal effects, by channel.
    pub intervals: Intervals,
}

fn shares(all: f64, credit: &Credit) -> Vec<Figure<f64>> {
    let parts = credit.conversions.iter();
    parts.map(|part| ratio(*part, all)).collect()
}

/// Computes the models, with intervals from the same draws. `timed` has the credit of
/// those that need times, in their order; empty where nothing has times.
#[must_use]
pub fn compute(
    journeys: &Journeys,
    models: &[Box<dyn Model>],
    timed: &[Grouped],
    drawing: Drawing,
) -> Vec<ModelCredit> {
    let by_path = models.iter().filter(|model| !model.needs_times());
    let prepared: Vec<Box<dyn Prepared + '_>> =
        by_path.map(|model| model.prepare(journeys)).collect();
    let asked: Vec<&dyn Prepared> = prepared.iter().map(AsRef::as_ref).collect();
    // The credit itself first: draws start from its solution.
    let credits: Vec<Credit> = asked
        .iter()
        .map(|model| model.credit_of(&journeys.counts))
        .collect();
    let intervals = bootstrap::intervals(journeys, &asked, drawing);
    let mut of_paths = credits.into_iter().zip(intervals);
    let mut of_times = timed.iter().map(|grouped| {
        let channels = journeys.channels.len();
        (
            grouped.credit(),
            bootstrap::of_groups(grouped, channels, drawing),
        )
    });
    let all = journeys.counts.totals().conversions;
    let answer = |model: &dyn Model| {
        let found = match model.needs_times() {
            true => of_times.next(),
            false => of_paths.next(),
        };
        let (credit, intervals) = found.map_or(
            (Err(Undefined::NoTimes), Intervals::default()),
            |(credit, intervals)| (Ok(credit), intervals),
        );
        ModelCredit {
            name: model.name(),
            rule: model.rule(),
            overlaps: model.overlaps(),
            shares: credit
                .as_ref()
                .map_or_else(|_| Vec::new(), |credit| shares(all, credit)),
            credit,
            intervals,
        }
    };
    models.iter().map(AsRef::as_ref).map(answer).collect()
}

/// The shares that a channel has under the models that divide all there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The channel, as an index.
    pub channel: usize,
    /// Smallest share, and the model that gives it.
    pub lowest: (f64, String),
    /// Largest share, and the model that gives it.
    pub highest: (f64, String),
}

impl Spread {
    /// How much of all conversions depends on the choice of the model.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.highest.0 - self.lowest.0
    }
}

/// How far the models are apart, channel by channel; empty with fewer than two of them.
#[must_use]
pub fn spread(journeys: &Journeys, results: &[ModelCredit]) -> Vec<Spread> {
    let shares: Vec<(&str, Vec<f64>)> = results
        .iter()
        .filter(|result| !result.overlaps && !result.shares.is_empty())
        .filter_map(|result| {
            let shares: Figure<Vec<f64>> = result.shares.iter().copied().collect();
            Some((result.name.as_str(), shares.ok()?))
        })
        .collect();
    if shares.len() < 2 {
        return Vec::new();
    }
    let of_channel = |channel: usize| {
        let all = || {
            shares
                .iter()
                .map(move |(name, list)| (list[channel], *name))
        };
        let owned = |(share, name): (f64, &str)| (share, name.to_owned());
        // The first of equals, in the order of the models.
        let lowest = all().reduce(|a, b| if b.0 < a.0 { b } else { a })?;
        let highest = all().reduce(|a, b| if b.0 > a.0 { b } else { a })?;
        Some(Spread {
            channel,
            lowest: owned(lowest),
            highest: owned(highest),
        })
    };
    (0..journeys.channels.len())
        .filter_map(of_channel)
        .collect()
}

/// What the credit of a channel cost and returned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Return {
    /// What was paid for it.
    pub cost: Figure<Money>,
    /// The same for each conversion that it is given.
    pub per_conversion: Figure<Money>,
    /// (value times margin - cost) / cost.
    pub roi: Figure<f64>,
    /// Ends of its 95 % interval, with cost held fixed.
    pub interval: Figure<(f64, f64)>,
}

/// What each channel returned under a model; `costs` by channel, `margin` the share of the
/// value that is profit. Nothing where the model has no credit here.
#[must_use]
pub fn returns(result: &ModelCredit, costs: &[Figure<Money>], margin: f64) -> Vec<Return> {
    let Ok(credit) = &result.credit else {
        return Vec::new();
    };
    let of = |(place, cost): (usize, &Figure<Money>)| {
        let cost = *cost;
        let on = |value: f64| -> Figure<f64> {
            let paid = cost?.units();
            ratio(value * margin - paid, paid)
        };
        let drawn = result.intervals.value.get(place).copied().flatten();
        let drawn = drawn.ok_or(Undefined::NoData);
        Return {
            cost,
            per_conversion: cost
                .and_then(|cost| ratio(cost.units(), credit.conversions[place]))
                .map(Money::from_units),
            roi: on(credit.value[place]),
            interval: drawn.and_then(|(low, high)| Ok((on(low)?, on(high)?))),
        }
    };
    costs.iter().enumerate().map(of).collect()
}

/// The channels, those with the largest mean share over the models first; equals by name.
#[must_use]
pub fn by_weight(journeys: &Journeys, results: &[ModelCredit]) -> Vec<usize> {
    let weight = |channel: usize| -> f64 {
        let shares = results
            .iter()
            .filter_map(|result| result.shares.get(channel));
        shares.filter_map(|share| share.ok()).sum()
    };
    let mut order: Vec<usize> = (0..journeys.channels.len()).collect();
    order.sort_by(|a, b| weight(*b).total_cmp(&weight(*a)).then(a.cmp(b)));
    order
}

/// All shares of a model together; 1 unless credit overlaps.
///
/// # Errors
/// Why the model has no credit here, or why there are no shares.
pub fn whole(result: &ModelCredit) -> Figure<f64> {
    result.credit.as_ref().map_err(|reason| *reason)?;
    let mut sum = Sum::default();
    for share in &result.shares {
        sum.add((*share)?);
    }
    let total = sum.total();
    // Parts of a whole that were added up are the whole, up to the last digits.
    Ok(if (total - 1.0).abs() < 1e-9 {
        1.0
    } else {
        total
    })
}

/// What a holdout test found a channel to add, as a share of all conversions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tested {
    /// The channel, as an index.
    pub channel: usize,
    /// The share.
    pub lift: f64,
    /// Ends of its 95 % interval.
    pub interval: (f64, f64),
}

impl Tested {
    /// From the lift and its standard error (normal interval, metrics dictionary 11).
    #[must_use]
    pub fn new(channel: usize, lift: f64, error: f64) -> Self {
        Self {
            channel,
            lift,
            interval: (lift - Z95 * error, lift + Z95 * error),
        }
    }
}

/// A step of the chain of order 1, in words.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Channel left; nothing at the start.
    pub from: Option<usize>,
    /// Channel met next; nothing at an end.
    pub to: Option<usize>,
    /// True where the journey converts here.
    pub converts: bool,
    /// Journeys that took the step.
    pub weight: f64,
    /// Share of those that left.
    pub chance: f64,
}

/// What the chain says of all journeys, against what was counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SelfCheck {
    /// Chance to convert, by the chain and by counting.
    pub conversion: (f64, f64),
    /// Value of a journey, by the chain and by counting.
    pub value: (f64, f64),
}

/// What the chain behind a credit says, against the counts; nothing for other models and
/// without journeys.
#[must_use]
pub fn self_check(journeys: &Journeys, credit: &Credit) -> Option<SelfCheck> {
    let (conversion, value) = credit.per_journey?;
    let totals = journeys.counts.totals();
    Some(SelfCheck {
        conversion: (conversion, totals.conversion().ok()?),
        value: (value, ratio(totals.value, totals.journeys()).ok()?),
    })
}

/// Every step between channels, with start and ends.
#[must_use]
pub fn transitions(journeys: &Journeys) -> Vec<Step> {
    let states = States::new(journeys, 1);
    let channel = |state: u32| usize::from(states.window(state)[0]);
    let transitions = states.transitions(&journeys.counts);
    let mut steps: Vec<Step> = transitions
        .iter()
        .map(|step| Step {
            from: step.from.map(channel),
            to: match step.to {
                Goal::State(state) => Some(channel(state)),
                Goal::Conversion | Goal::Lost => None,
            },
            converts: step.to == Goal::Conversion,
            weight: step.weight,
            chance: step.chance,
        })
        .collect();
    // The start first, then by name; the ends after the channels, conversion before loss.
    steps.sort_by_key(|step| (step.from, step.to.is_none(), step.to, !step.converts));
    steps
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attribution::journeys::tests::journeys;
    use crate::attribution::models::parse;

    fn models(names: &[&str]) -> Vec<Box<dyn Model>> {
        let parse = |name: &&str| parse(name).map_err(|_| ()).unwrap();
        names.iter().map(parse).collect()
    }

    #[test]
    fn models_side_by_side() {
        let journeys = journeys(&[("a > b", 8.0, 1.0, 2.0), ("b", 2.0, 1.0, 2.0)]);
        let models = models(&["first", "decay:7d", "last", "participation"]);
        let results = compute(&journeys, &models, &[], Drawing::seeded(1));
        let names: Vec<&str> = results.iter().map(|result| result.name.as_str()).collect();
        assert_eq!(names, ["first", "decay:7d", "last", "participation"]);
        assert_eq!(results[1].credit, Err(Undefined::NoTimes));
        assert_eq!(results[2].credit.as_ref().unwrap().conversions, [0.0, 10.0]);
        let spread = spread(&journeys, &results);
        assert_eq!(spread[0].lowest, (0.0, "last".to_owned()));
        assert_eq!(spread[0].highest, (0.8, "first".to_owned()));
    }

    #[test]
    fn returns_on_cost() {
        let journeys = journeys(&[("a > b", 8.0, 100.0, 2.0), ("b", 2.0, 50.0, 2.0)]);
        let results = compute(&journeys, &models(&["linear"]), &[], Drawing::seeded(1));
        let costs = [Ok(Money::from_units(20.0)), Err(Undefined::NoData)];
        let returns = returns(&results[0], &costs, 0.8);
        // a: half of 8 conversions and of 100.
        assert_eq!(returns[0].per_conversion, Ok(Money::from_units(5.0)));
        assert_eq!(returns[0].roi, Ok(1.0));
        let (low, high) = returns[0].interval.unwrap();
        assert!(low < 1.0 && 1.0 < high);
        assert_eq!(returns[1].roi, Err(Undefined::NoData));
    }

    #[test]
    fn transitions_have_a_start_and_ends() {
        let journeys = journeys(&[("a > b", 1.0, 1.0, 3.0), ("b", 0.0, 0.0, 4.0)]);
        let steps = transitions(&journeys);
        let told: Vec<(Option<usize>, Option<usize>, bool, f64)> = steps
            .iter()
            .map(|step| (step.from, step.to, step.converts, step.chance))
            .collect();
        assert_eq!(
            told,
            [
                (None, Some(0), false, 0.5),
                (None, Some(1), false, 0.5),
                (Some(0), Some(1), false, 1.0),
                (Some(1), None, true, 0.125),
                (Some(1), None, false, 0.875),
            ]
        );
    }

    #[test]
    fn the_chain_agrees_with_the_counts() {
        let journeys = journeys(&[("a > b > a", 2.0, 9.0, 3.0), ("b", 1.0, 2.0, 4.0)]);
        let results = compute(&journeys, &models(&["markov:2"]), &[], Drawing::seeded(1));
        let check = self_check(&journeys, results[0].credit.as_ref().unwrap()).unwrap();
        assert!((check.conversion.0 - check.conversion.1).abs() < 1e-14);
        assert!((check.value.0 - check.value.1).abs() < 1e-14);
    }
}
