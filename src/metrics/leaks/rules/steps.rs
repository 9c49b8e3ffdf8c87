//! Steps of the funnel that convert worse than they did, or than they do elsewhere.
//!
//! Dictionary 5.4 and 11.4: only differences whose interval lies below 0 and whose p-value,
//! adjusted for all comparisons made (Benjamini-Hochberg), is at most 10 %; groups with fewer
//! than 30 mature members make no claim.

use std::collections::BTreeMap;

use super::{ALL_OF_THEM, Rule};
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, LOW_SAMPLE, Rate, Undefined};
use crate::metrics::data::Scope;
use crate::metrics::known::Known;
use crate::metrics::leaks::cost::{Cost, DRAWS};
use crate::metrics::leaks::world::World;
use crate::metrics::leaks::{Line, Reference};
use crate::metrics::worked::{Lead, cohort_rate, share};
use crate::stats::multiple::{FALSE_DISCOVERY, adjusted};
use crate::stats::random::Random;
use crate::stats::{binomial, difference, quantile};

pub const WEAK_STEP: Rule = Rule {
    key: "weak_step",
    condition: "steps that convert worse than in the period before, or than the best channel, by \
                more than chance",
    find,
};

/// Leads that entered a stage, with whether each went on in time.
struct Group<'a> {
    members: Vec<(&'a Lead, Option<bool>)>,
    rate: Figure<Rate>,
}

/// A group beside the one it is measured against.
struct Comparison<'a> {
    step: (usize, usize),
    place: String,
    group: Group<'a>,
    against: String,
    reference: Rate,
    p: f64,
    is_below: bool,
}

fn find(world: &World) -> Result<Vec<Line>, &'static str> {
    let followed = |stage: &usize| world.data.known(*stage) == Known::Followed;
    let stages: Vec<usize> = (0..world.data.ladder.len()).filter(followed).collect();
    let mut comparisons = Vec::new();
    for pair in stages.windows(2) {
        let step = (pair[0], pair[1]);
        comparisons.extend(by_channel(world, step));
        comparisons.extend(by_past(world, step));
    }
    if comparisons.is_empty() {
        return Err("no step has two groups of 30 members that can be compared");
    }
    let p: Vec<f64> = comparisons.iter().map(|one| one.p).collect();
    let weak = comparisons.into_iter().zip(adjusted(&p));
    let weak = weak.filter(|(one, p)| one.is_below && *p <= FALSE_DISCOVERY);
    Ok(weak.map(|(one, _)| line(world, one)).collect())
}

/// Leads that entered a stage in a span of time.
fn group<'a>(
    world: &World<'a>,
    (from, to): (usize, usize),
    scope: &Scope,
    keep: impl Fn(&Lead) -> bool,
) -> Group<'a> {
    let (first, end) = scope.bounds();
    let horizon = world.data.horizons.days(from, to);
    let entered = |lead: &'a Lead| -> Option<(&'a Lead, Millis)> {
        let at = lead.stages.get(from)?.at?.at;
        (first <= at && at < end && keep(lead)).then_some((lead, at))
    };
    let members: Vec<(&Lead, Option<bool>)> = world
        .leads
        .list
        .iter()
        .filter_map(entered)
        .map(|(lead, at)| {
            let went_on = lead.reached_within(to, at, horizon, world.as_of);
            (lead, went_on)
        })
        .collect();
    let outcomes = members.iter().map(|(_, outcome)| *outcome);
    let rate = cohort_rate(world.data, outcomes, horizon);
    Group { members, rate }
}

/// Enough members for a claim.
fn speaks(group: &Group) -> Option<Rate> {
    let rate = group.rate.as_ref().ok()?;
    (rate.n >= LOW_SAMPLE).then(|| rate.clone())
}

/// Every channel against the best one.
fn by_channel<'a>(world: &World<'a>, step: (usize, usize)) -> Vec<Comparison<'a>> {
    let mut groups: BTreeMap<&str, (Group<'a>, Rate)> = BTreeMap::new();
    for (number, channel) in world.leads.channels.iter().enumerate() {
        let group = group(world, step, world.scope, |lead| lead.channel == number);
        if let Some(rate) = speaks(&group) {
            groups.insert(channel, (group, rate));
        }
    }
    // The first of equals, in the order of names.
    let best = groups
        .iter()
        .rev()
        .max_by(|(_, a), (_, b)| a.1.value().total_cmp(&b.1.value()));
    let Some((best, reference)) = best.map(|(name, (_, rate))| (name.to_string(), rate.clone()))
    else {
        return Vec::new();
    };
    groups
        .into_iter()
        .filter(|(channel, _)| **channel != *best)
        .filter_map(|(channel, (group, rate))| {
            compared(step, channel, group, &rate, &best, &reference)
        })
        .collect()
}

/// All channels against the period before.
fn by_past<'a>(world: &World<'a>, step: (usize, usize)) -> Option<Comparison<'a>> {
    let period = world.scope.period.as_ref()?;
    let before = period.previous();
    let now = group(world, step, world.scope, |_| true);
    let past = group(world, step, &Scope::of(world.data, &before), |_| true);
    let (rate, reference) = (speaks(&now)?, speaks(&past)?);
    compared(step, ALL_OF_THEM, now, &rate, &before.label, &reference)
}

fn compared<'a>(
    step: (usize, usize),
    place: &str,
    group: Group<'a>,
    rate: &Rate,
    against: &str,
    reference: &Rate,
) -> Option<Comparison<'a>> {
    let apart = difference::compare(rate.k, rate.n, reference.k, reference.n)?;
    Some(Comparison {
        step,
        place: place.to_owned(),
        group,
        against: against.to_owned(),
        reference: reference.clone(),
        p: apart.p,
        is_below: apart.high < 0.0,
    })
}

fn line(world: &World, one: Comparison) -> Line {
    let step = world.data.ladder.step_key(one.step.0, one.step.1);
    let ids = world.lead_ids();
    let stopped = one.group.members.iter();
    let stopped = stopped.filter(|(_, went_on)| *went_on == Some(false));
    let ids: Vec<String> = stopped.map(|(lead, _)| ids.of(lead.row)).collect();
    let mature = one.group.members.iter();
    let mature = mature.filter(|(_, went_on)| went_on.is_some()).count();
    Line {
        leak: WEAK_STEP.key,
        place: format!("{step}, {}", one.place),
        people: ids.len() as u64,
        share: share(world.data, ids.len() as u64, mature as u64),
        cost: cost(world, &one),
        at_stake: None,
        reference: Reference::Rate(one.against, one.reference),
        advice: "look at what is different there: who comes, what is promised, who works them",
        ids,
    }
}

/// Members times the difference of the rates, times the share of the next stage that is won,
/// times the value of a customer.
///
/// The interval draws both rates, the share and the values.
fn cost(world: &World, one: &Comparison) -> Figure<Cost> {
    let rate = one.group.rate.clone()?;
    let won = beyond(world, one.step.1)?;
    let values = values(world);
    let n = one.group.members.len() as f64;
    let lost = |rate: f64, reference: f64, won: f64| n * (reference - rate).max(0.0) * won;
    let customers = lost(
        rate.value(),
        one.reference.value(),
        won.0 as f64 / won.1 as f64,
    );
    let mut random = Random::seeded(world.data.seed);
    let (mut all_customers, mut all_values) = (Vec::new(), Vec::new());
    for _ in 0..DRAWS {
        let mut drawn =
            |k: u64, n: u64| binomial::draw(&mut random, n, k as f64 / n as f64) as f64 / n as f64;
        let fewer = lost(
            drawn(rate.k, rate.n),
            drawn(one.reference.k, one.reference.n),
            drawn(won.0, won.1),
        );
        all_customers.push(fewer);
        if !values.is_empty() {
            let count = values.len() as u64;
            let sum: f64 = (0..count)
                .map(|_| values[random.below(count) as usize])
                .sum();
            all_values.push(fewer * sum / count as f64);
        }
    }
    let mean = quantile::mean(&values).ok_or(Undefined::MissingAmount);
    Ok(Cost {
        customers: ends(all_customers, customers),
        value: mean.map(|mean| ends(all_values, customers * mean)),
    })
}

fn ends(mut list: Vec<f64>, middle: f64) -> (f64, f64, f64) {
    list.sort_unstable_by(f64::total_cmp);
    let at = |q| quantile::quantile(&list, q).unwrap_or(middle);
    (middle, at(0.025), at(0.975))
}

/// Of all leads that entered a stage, those that were won in time: k of n.
fn beyond(world: &World, stage: usize) -> Figure<(u64, u64)> {
    let last = world.last();
    if stage == last {
        return Ok((1, 1));
    }
    let horizon = world.data.horizons.days(stage, last);
    let outcomes = world.leads.list.iter().filter_map(|lead| {
        let at = lead.stages.get(stage)?.at?.at;
        Some(lead.reached_within(last, at, horizon, world.as_of))
    });
    cohort_rate(world.data, outcomes, horizon).map(|rate| (rate.k, rate.n))
}

/// What customers are worth, in order.
fn values(world: &World) -> Vec<f64> {
    let won = world.leads.list.iter().filter(|lead| lead.is_won());
    let mut values: Vec<f64> = won.filter_map(|lead| world.value(lead)).collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}
