//! Why the figures of a period differ from those of another one.
//!
//! A conversion is taken apart into rates of its groups and their mix, the customers of
//! the period into the stages before them (dictionary 11.5). The other period is cut at
//! the same age, so both conversions have had the same time.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use super::data::{Data, Scope};
use super::measure::{Group, Measure, evaluate};
use super::monthly::{self, KeyFigure, Value};
use super::stages::Step;
use crate::domain::figure::{Figure, Rate, Undefined, View};
use crate::domain::period::Period;
pub use crate::stats::mix::Split;
use crate::stats::mix::{self, Counts, Effects};
use crate::stats::{difference, factors, wilson};

/// A group with fewer members than this on a side joins the others.
pub const FEW_MEMBERS: u64 = 30;

/// The group of those that are too few by themselves.
pub const OTHERS: &str = "(other)";

/// The move of one conversion.
#[derive(Debug, Clone, PartialEq)]
pub struct Shift {
    /// `lead_to_mql`.
    pub key: String,
    /// In the other period.
    pub before: Rate,
    /// In this period.
    pub after: Rate,
    /// 95 % interval of the difference, as shares.
    pub interval: (f64, f64),
    /// Taken apart by group; absent where no second group is large enough.
    pub split: Option<Split>,
    /// The groups of the split, in its order, with their hits and members.
    pub groups: Vec<(Group, Counts)>,
}

impl Shift {
    /// True where the difference is more than chance.
    #[must_use]
    pub fn is_beyond_noise(&self) -> bool {
        self.interval.0 > 0.0 || self.interval.1 < 0.0
    }

    /// This rate minus the other, as a share.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.after.value() - self.before.value()
    }

    /// The group that contributes most, either way.
    #[must_use]
    pub fn largest(&self) -> Option<Part<'_>> {
        self.parts()
            .max_by(|a, b| a.effect().abs().total_cmp(&b.effect().abs()))
    }

    /// The groups with what each contributes, in the order of their names.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let effects = self.split.iter().flat_map(|split| &split.segments);
        let groups = self.groups.iter().zip(effects);
        groups.map(|((group, counts), effects)| Part {
            group,
            before: of(&self.before, counts.before),
            after: of(&self.after, counts.after),
            effects,
        })
    }
}

/// The rate of a group, seen as the total is.
fn of(total: &Rate, (k, n): (u64, u64)) -> Figure<Rate> {
    let interval = wilson::interval(k, n).ok_or(Undefined::ZeroDenominator)?;
    Ok(Rate {
        k,
        n,
        interval: Some(interval),
        in_progress: None,
        ..total.clone()
    })
}

/// One group of a split.
#[derive(Debug, Clone, PartialEq)]
pub struct Part<'a> {
    /// Its dimension values.
    pub group: &'a Group,
    /// Its rate in the other period.
    pub before: Figure<Rate>,
    /// Its rate in this period.
    pub after: Figure<Rate>,
    /// What it contributes.
    pub effects: &'a Effects,
}

impl Part<'_> {
    /// By its rate and its share together, as a share of the whole.
    #[must_use]
    pub fn effect(&self) -> f64 {
        self.effects.rate + self.effects.mix
    }
}

/// One factor of the customers of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Factor {
    /// `visits`, `visit_to_lead`, `lead_to_mql`, ...: a count first, then ratios of counts.
    pub key: String,
    /// In the other period.
    pub before: Figure<f64>,
    /// In this period.
    pub after: Figure<f64>,
    /// Part of the difference of the outcome, in records.
    pub contribution: Figure<f64>,
}

/// The move of the last stage that was reached in both periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// The stage.
    pub outcome: String,
    /// Entries into it in the other period.
    pub before: u64,
    /// Entries into it in this period.
    pub after: u64,
    /// Its factors; those beyond the outcome are undefined.
    pub factors: Vec<Factor>,
}

/// A period against another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Shifts {
    /// The period.
    pub period: Period,
    /// The other period.
    pub other: Period,
    /// The conversions that both periods have, in ladder order.
    pub conversions: Vec<Shift>,
    /// The way to the customers; absent where nothing was reached in both.
    pub product: Option<Product>,
}

/// Takes the difference between the period and the one before apart, from the key figures
/// of the period; `None` where the inputs begin after that one.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(
    data: &Data,
    period: &Period,
    figures: &[KeyFigure],
    dimensions: &[String],
) -> PolarsResult<Option<Shifts>> {
    let other = period.previous();
    if !monthly::is_covered(data, &other) {
        return Ok(None);
    }
    let now = Scope::of(data, period);
    let then = now.at_equal_age(data, &other);
    let moved = moved(data, figures);
    let steps: Vec<(usize, usize)> = moved.iter().map(|(step, ..)| *step).collect();
    let before = tallies(data, &then, &steps, dimensions)?;
    let after = tallies(data, &now, &steps, dimensions)?;
    let conversions = moved
        .into_iter()
        .zip(before.into_iter().zip(after))
        .filter_map(|((step, before, after), groups)| {
            shift(data.ladder.step_key(step.0, step.1), before, after, groups)
        })
        .collect();
    let product = product(data, figures);
    Ok(Some(Shifts {
        period: period.clone(),
        other,
        conversions,
        product,
    }))
}

/// The conversions that have a rate in both periods, as the key figures have them.
fn moved(data: &Data, figures: &[KeyFigure]) -> Vec<((usize, usize), Rate, Rate)> {
    let rates = |figure: &KeyFigure| match (&figure.previous.value, &figure.value) {
        (Ok(Value::Rate(before)), Ok(Value::Rate(after))) => Some((before.clone(), after.clone())),
        _ => None,
    };
    let moved = figures.iter().filter_map(|figure| {
        let (before, after) = rates(figure)?;
        Some((data.ladder.parse_step(&figure.key)?, before, after))
    });
    moved.collect()
}

/// Hits and members by group.
type Tally = BTreeMap<Group, (u64, u64)>;

fn shift(
    key: String,
    before: Rate,
    after: Rate,
    groups: (Option<Tally>, Option<Tally>),
) -> Option<Shift> {
    // Stage lists without an id have ratios of counts, which carry no interval.
    let compared = difference::compare(after.k, after.n, before.k, before.n)?;
    let groups = match groups {
        (Some(then), Some(now)) => folded(&then, &now),
        _ => Vec::new(),
    };
    let counts: Vec<Counts> = groups.iter().map(|(_, counts)| *counts).collect();
    let is_whole = total_of(&counts) == ((before.k, before.n), (after.k, after.n));
    Some(Shift {
        key,
        interval: (compared.low, compared.high),
        before,
        after,
        split: (counts.len() > 1 && is_whole)
            .then(|| mix::split(&counts))
            .flatten(),
        groups,
    })
}

/// The groups of each step in one pass.
fn tallies(
    data: &Data,
    scope: &Scope,
    steps: &[(usize, usize)],
    dimensions: &[String],
) -> PolarsResult<Vec<Option<Tally>>> {
    let step = |step: &(usize, usize)| Step::own_cohort(data, scope, *step, View::ToDate);
    let steps: Vec<Step> = steps.iter().map(step).collect();
    let measures: Vec<Measure> = steps.iter().flat_map(|step| step.measures(data)).collect();
    let results = evaluate(data, &measures, dimensions)?;
    let rates = |step: &Step| {
        let rate = |group: &Group| (group.clone(), step.rate(data, &results, group));
        tally(results.groups().map(rate).collect())
    };
    Ok(steps.iter().map(rates).collect())
}

/// `None` where a group cannot be told at all.
fn tally(rates: BTreeMap<Group, Figure<Rate>>) -> Option<Tally> {
    let counts = |(group, rate)| match rate {
        Ok(Rate { k, n, .. }) => Some((group, (k, n))),
        Err(Undefined::ZeroDenominator) => Some((group, (0, 0))),
        Err(_) => None,
    };
    rates.into_iter().map(counts).collect()
}

/// The groups of both sides. Those with few members join the others, except where a side
/// has none of a group that is large on the other: that one came or went.
fn folded(then: &Tally, now: &Tally) -> Vec<(Group, Counts)> {
    let width = then
        .keys()
        .chain(now.keys())
        .map(Vec::len)
        .next()
        .unwrap_or(0);
    let names: BTreeSet<&Group> = then.keys().chain(now.keys()).collect();
    let none = Counts {
        before: (0, 0),
        after: (0, 0),
    };
    let (mut list, mut others) = (Vec::new(), none);
    for name in names {
        let side = |tally: &Tally| tally.get(name).copied().unwrap_or_default();
        let counts = Counts {
            before: side(then),
            after: side(now),
        };
        let members = [counts.before.1, counts.after.1];
        if members.iter().all(|n| *n == 0) {
            continue;
        }
        if members.iter().all(|n| *n == 0 || *n >= FEW_MEMBERS) {
            list.push((name.clone(), counts));
        } else {
            others = added(others, counts);
        }
    }
    if others != none {
        list.push((vec![OTHERS.to_owned(); width], others));
    }
    list
}

fn added(one: Counts, other: Counts) -> Counts {
    let add = |a: (u64, u64), b: (u64, u64)| (a.0 + b.0, a.1 + b.1);
    Counts {
        before: add(one.before, other.before),
        after: add(one.after, other.after),
    }
}

fn total_of(counts: &[Counts]) -> ((u64, u64), (u64, u64)) {
    let none = Counts {
        before: (0, 0),
        after: (0, 0),
    };
    let total = counts.iter().copied().fold(none, added);
    (total.before, total.after)
}

/// The counts of a chain, before and after.
struct Link {
    key: String,
    before: u64,
    after: u64,
}

/// Visits and stages as they were counted during the two periods: what each keeps of the
/// one before it is a factor.
fn product(data: &Data, figures: &[KeyFigure]) -> Option<Product> {
    let stages = (0..data.ladder.len()).filter(|stage| !data.ladder.is_optional(*stage));
    let stages = stages.map(|stage| data.ladder.name(stage).to_owned());
    let links: Vec<Link> = std::iter::once("visits".to_owned())
        .chain(stages)
        .filter_map(|key| {
            let figure = figures.iter().find(|figure| figure.key == key)?;
            let (Ok(Value::Count(before)), Ok(Value::Count(after))) =
                (&figure.previous.value, &figure.value)
            else {
                return None;
            };
            let (before, after) = (*before, *after);
            Some(Link { key, before, after })
        })
        .collect();
    // Unknown visits are the same as none: the chain begins with the first stage.
    let begins = links
        .iter()
        .position(|link| link.before > 0 && link.after > 0)?;
    let links = &links[begins..];
    let reached = links
        .iter()
        .take_while(|link| link.before > 0 && link.after > 0)
        .count();
    let outcome = links.get(reached.checked_sub(1).filter(|last| *last > 0)?)?;
    let (before, after) = (
        chain(links, |link| link.before),
        chain(links, |link| link.after),
    );
    let known = |list: &[Figure<f64>]| -> Vec<f64> {
        list.iter()
            .take(reached)
            .filter_map(|one| one.ok())
            .collect()
    };
    let contributions = factors::contributions(&known(&before), &known(&after))?;
    let factors = links.iter().enumerate().map(|(index, link)| Factor {
        key: match index.checked_sub(1) {
            None => link.key.clone(),
            Some(last) => format!("{}_to_{}", one_of(&links[last].key), link.key),
        },
        before: before[index],
        after: after[index],
        contribution: contributions
            .get(index)
            .copied()
            .ok_or(Undefined::ZeroDenominator),
    });
    Some(Product {
        outcome: outcome.key.clone(),
        before: outcome.before,
        after: outcome.after,
        factors: factors.collect(),
    })
}

/// The first count, then each count over the one before it.
fn chain(links: &[Link], side: fn(&Link) -> u64) -> Vec<Figure<f64>> {
    let ratio =
        |pair: &[Link]| crate::domain::figure::ratio(side(&pair[1]) as f64, side(&pair[0]) as f64);
    let first = links.first().map(|link| Ok(side(link) as f64));
    first
        .into_iter()
        .chain(links.windows(2).map(ratio))
        .collect()
}

fn one_of(key: &str) -> &str {
    if key == "visits" { "visit" } else { key }
}
