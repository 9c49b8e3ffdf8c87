//! Whether the open deals are enough for what is to be won: coverage of targets and quotas,
//! what coverage past periods needed, and the reps' own categories (dictionary 3.1).

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::deals::{Deal, Deals};
use super::timeline::Origin;
use crate::domain::calendar::{Millis, instants};
use crate::domain::figure::{Figure, Undefined, ratio};
use crate::domain::money::Money;
use crate::domain::period::{Grain, Period};
use crate::tables::NONE;
use crate::tables::owners::Owners;

/// Past periods that say what coverage is needed.
const FEWEST_PERIODS: u64 = 4;
/// How many of them are looked at.
const MOST_PERIODS: u64 = 8;

/// Where a target comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetFrom {
    /// `[[target]]`.
    Configured,
    /// The sum of the quotas of the reps.
    Quotas,
}

impl TargetFrom {
    /// The name in the data formats.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Configured => "target",
            Self::Quotas => "quotas",
        }
    }
}

/// The pipeline beside the target of a period that is not over.
#[derive(Debug, Clone, PartialEq)]
pub struct Coverage {
    /// The period.
    pub period: Period,
    /// What is to be won, in units, and who says so.
    pub target: Figure<(f64, TargetFrom)>,
    /// Won in it so far.
    pub won: Money,
    /// Open deals planned to close in it: number and amount.
    pub open: (u64, Money),
    /// Open deals without a plan: outside.
    pub unplanned: u64,
    /// `pipeline_coverage`.
    pub coverage: Figure<f64>,
    /// `coverage_needed`.
    pub needed: Figure<f64>,
    /// Past periods behind it.
    pub past: u64,
}

/// Targets of the configuration: period and units.
pub type Goals = [(Period, f64)];

/// A row per period with a target that is not over; without any the current quarter, where
/// past ones say what it needs.
#[must_use]
pub fn coverage(
    deals: &Deals,
    owners: &Owners,
    goals: &Goals,
    moment: Millis,
    zone: Tz,
) -> Vec<Coverage> {
    let mut targets: Vec<(Period, Figure<(f64, TargetFrom)>)> = goals
        .iter()
        .filter(|(period, _)| instants(period, zone).1 > moment)
        .map(|(period, units)| (period.clone(), Ok((*units, TargetFrom::Configured))))
        .collect();
    for (period, units) in quotas(owners, moment, zone) {
        if !targets
            .iter()
            .any(|(known, _)| (known.start, known.end) == (period.start, period.end))
        {
            targets.push((period, Ok((units, TargetFrom::Quotas))));
        }
    }
    targets.sort_by_key(|(period, _)| (period.start, period.end));
    let has_targets = !targets.is_empty();
    if !has_targets {
        let day = crate::domain::calendar::day_of(moment, zone);
        targets.push((Period::of(Grain::Quarter, day), Err(Undefined::NoData)));
    }
    targets
        .into_iter()
        .map(|(period, target)| one(deals, period, target, moment, zone))
        .filter(|row| has_targets || row.needed.is_ok())
        .collect()
}

/// Sums of the quotas of each period that is not over.
fn quotas(owners: &Owners, moment: Millis, zone: Tz) -> Vec<(Period, f64)> {
    let mut sums: BTreeMap<(Millis, Millis), i128> = BTreeMap::new();
    let all = owners.all.iter().flat_map(|owner| &owner.quotas);
    for (start, end, quota) in all.filter(|(_, end, _)| *end > moment) {
        *sums.entry((*start, *end)).or_default() += i128::from(*quota);
    }
    sums.into_iter()
        .map(|((start, end), micros)| {
            (
                period_of(start, end, zone),
                Money::from_micros(micros).units(),
            )
        })
        .collect()
}

/// The period of two instants, under its usual name.
#[must_use]
pub fn period_of(start: Millis, end: Millis, zone: Tz) -> Period {
    let day = |at: Millis| crate::domain::calendar::day_of(at, zone);
    let (first, last) = (day(start), day(end));
    for grain in [Grain::Month, Grain::Quarter, Grain::Year, Grain::Week] {
        let period = Period::of(grain, first);
        if (period.start, period.end) == (first, last) {
            return period;
        }
    }
    let until = day(end - 1);
    Period::custom(format!("{first}..{until}"), first, last)
}

fn one(
    deals: &Deals,
    period: Period,
    target: Figure<(f64, TargetFrom)>,
    moment: Millis,
    zone: Tz,
) -> Coverage {
    let (start, end) = instants(&period, zone);
    let won: Money = deals
        .all
        .iter()
        .filter(|deal| deal.won_within(start - 1, moment.min(end - 1)))
        .filter_map(|deal| deal.amount)
        .sum();
    let open: Vec<&Deal> = deals
        .all
        .iter()
        .filter(|deal| deal.open_at(moment))
        .collect();
    let planned = |deal: &&&Deal| {
        deal.expected_close
            .is_some_and(|close| start <= close && close < end)
    };
    let inside: Vec<&&Deal> = open.iter().filter(planned).collect();
    let value: Money = inside.iter().filter_map(|deal| deal.amount).sum();
    let (needed, past) = needed(deals, &period, moment, zone);
    let coverage = target.and_then(|(target, _)| match target - won.units() {
        left if left <= 0.0 => Err(Undefined::TargetMet),
        left => ratio(value.units(), left),
    });
    Coverage {
        open: (inside.len() as u64, value),
        unplanned: open
            .iter()
            .filter(|deal| deal.expected_close.is_none())
            .count() as u64,
        period,
        target,
        won,
        coverage,
        needed,
        past,
    }
}

/// 1 over the share of the amount open at the same point of past periods, and planned to close
/// in them, that was won in them; with the number of periods.
fn needed(deals: &Deals, period: &Period, moment: Millis, zone: Tz) -> (Figure<f64>, u64) {
    let known = || deals.all.iter().filter(|deal| deal.timeline.knows_closes);
    let first = known().filter_map(|deal| {
        let points = deal.timeline.points().iter();
        let told = points.filter(|_| deal.timeline.origin != Origin::Today);
        told.map(|point| point.at)
            .filter(|at| *at > Millis::MIN)
            .min()
    });
    let Some(first) = first.min() else {
        return (Err(Undefined::NoData), 0);
    };
    let gone = (moment - instants(period, zone).0).max(0);
    let (mut open, mut won, mut periods) = (0.0, 0.0, 0);
    let mut before = period.clone();
    for _ in 0..MOST_PERIODS {
        before = before.previous();
        let (start, end) = instants(&before, zone);
        let at = (start + gone).min(end - 1);
        if at < first || end > moment.saturating_add(1) {
            continue;
        }
        let planned = known().filter_map(|deal| {
            let then = deal.timeline.open_at(at)?;
            let close = then.close.filter(|close| start <= *close && *close < end);
            close.map(|_| (deal, then.amount.map_or(0.0, Money::units)))
        });
        let (mut all, mut of_won) = (0.0, 0.0);
        for (deal, amount) in planned {
            all += amount;
            if deal.won_within(at, end - 1) {
                of_won += amount;
            }
        }
        if all > 0.0 {
            periods += 1;
            open += all;
            won += of_won;
        }
    }
    match periods >= FEWEST_PERIODS {
        true => (ratio(open, won), periods),
        false => (Err(Undefined::NoData), periods),
    }
}

/// Open deals by the reps' own category.
#[derive(Debug, Clone, PartialEq)]
pub struct Category {
    /// As the export writes it; `(none)` where a deal has none.
    pub category: String,
    /// Open deals.
    pub deals: u64,
    /// Their amounts.
    pub value: Money,
    /// Deals without an amount.
    pub missing_amount: u64,
}

/// By amount, largest first; nothing where no open deal has a category.
#[must_use]
pub fn categories(open: &[&Deal]) -> Vec<Category> {
    if open.iter().all(|deal| deal.category.is_none()) {
        return Vec::new();
    }
    let mut rows: BTreeMap<&str, Category> = BTreeMap::new();
    for deal in open {
        let name = deal.category.as_deref().unwrap_or(NONE);
        let row = rows.entry(name).or_insert_with(|| Category {
            category: name.to_owned(),
            deals: 0,
            value: Money::ZERO,
            missing_amount: 0,
        });
        row.deals += 1;
        row.missing_amount += u64::from(deal.amount.is_none());
        row.value += deal.amount.unwrap_or(Money::ZERO);
    }
    let mut rows: Vec<Category> = rows.into_values().collect();
    rows.sort_by(|a, b| b.value.cmp(&a.value).then(a.category.cmp(&b.category)));
    rows
}

/// A rep beside the quota of a period that is not over.
#[derive(Debug, Clone, PartialEq)]
pub struct Rep {
    /// What the rep is called.
    pub owner: String,
    /// The team.
    pub team: Option<String>,
    /// False for those who left.
    pub active: Option<bool>,
    /// Open deals and their amounts.
    pub open: (u64, Money),
    /// The period of the quota; absent where the rep has none now.
    pub period: Option<Period>,
    /// What is to be won in it.
    pub quota: Figure<Money>,
    /// What was won in it.
    pub won: Figure<Money>,
    /// Won over quota.
    pub attained: Figure<f64>,
    /// Open amount planned to close in it over what is left of the quota.
    pub coverage: Figure<f64>,
}

/// Every rep of the owners table, in its order; reps that no table of owners knows are not here.
#[must_use]
pub fn reps(deals: &Deals, owners: &Owners, moment: Millis, zone: Tz) -> Vec<Rep> {
    let mut rows = Vec::new();
    for owner in &owners.all {
        let own: Vec<&Deal> = deals
            .all
            .iter()
            .filter(|deal| {
                let of = deal.owner.as_deref().and_then(|name| owners.find(name));
                of.is_some_and(|of| of.id == owner.id)
            })
            .collect();
        let open: Vec<&&Deal> = own.iter().filter(|deal| deal.open_at(moment)).collect();
        let row = Rep {
            owner: owner.shown().to_owned(),
            team: owner.team.clone(),
            active: owner.active,
            open: (
                open.len() as u64,
                open.iter().filter_map(|deal| deal.amount).sum(),
            ),
            period: None,
            quota: Err(Undefined::NoData),
            won: Err(Undefined::NoData),
            attained: Err(Undefined::NoData),
            coverage: Err(Undefined::NoData),
        };
        let current = owner.quotas.iter();
        let current: Vec<_> = current
            .filter(|(start, end, _)| *start <= moment && moment < *end)
            .collect();
        if current.is_empty() {
            rows.push(row);
            continue;
        }
        for (start, end, quota) in current {
            let quota = Money::from_micros(i128::from(*quota));
            rows.push(with_quota(
                row.clone(),
                &own,
                (*start, *end),
                quota,
                (moment, zone),
            ));
        }
    }
    rows
}

fn with_quota(
    row: Rep,
    own: &[&Deal],
    (start, end): (Millis, Millis),
    quota: Money,
    (moment, zone): (Millis, Tz),
) -> Rep {
    let won: Money = own
        .iter()
        .filter(|deal| deal.won_within(start - 1, moment))
        .filter_map(|deal| deal.amount)
        .sum();
    let planned: Money = own
        .iter()
        .filter(|deal| deal.open_at(moment))
        .filter(|deal| {
            deal.expected_close
                .is_some_and(|at| start <= at && at < end)
        })
        .filter_map(|deal| deal.amount)
        .sum();
    let left = quota - won;
    Rep {
        period: Some(period_of(start, end, zone)),
        quota: Ok(quota),
        won: Ok(won),
        attained: ratio(won.units(), quota.units()),
        coverage: match left > Money::ZERO {
            true => ratio(planned.units(), left.units()),
            false => Err(Undefined::TargetMet),
        },
        ..row
    }
}

#[cfg(test)]
mod tests {
    use super::super::deals::tests::with_history;
    use super::super::history::Counts;
    use super::super::ladder::Ladders;
    use super::super::timeline::{Row, Standing, tests::row};
    use super::*;
    use crate::domain::calendar::DAY_MILLIS;
    use crate::tables::owners::Owner;

    fn plan(day: i64, amount: f64, close: i64) -> Row {
        Row {
            close: Some(close * DAY_MILLIS),
            ..row(day, Some(0), Standing::Open, amount)
        }
    }

    fn deals(all: Vec<Deal>) -> Deals {
        Deals {
            all,
            ladders: Ladders::default(),
            counts: Counts::default(),
        }
    }

    fn month(label: &str) -> Period {
        Period::parse(label).unwrap_or_else(|_| panic!("a month"))
    }

    /// Months of 1970 by their first days: 0, 31, 59, 90, 120, 151.
    #[test]
    fn coverage_is_open_over_what_is_left() {
        let found = deals(vec![
            with_history(0, Some(152), None, Some(40.0), vec![plan(0, 40.0, 160)]),
            with_history(0, None, None, Some(90.0), vec![plan(0, 90.0, 175)]),
            with_history(0, None, None, Some(50.0), vec![plan(0, 50.0, 200)]),
        ]);
        let moment = 160 * DAY_MILLIS;
        let goals = [(month("1970-06"), 100.0), (month("1970-01"), 1.0)];
        let rows = coverage(&found, &Owners::default(), &goals, moment, Tz::UTC);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].coverage, Ok(1.5));
        assert_eq!(rows[0].open, (1, Money::from_units(90.0)));
        assert_eq!(rows[0].needed, Err(Undefined::NoData));
        let met = [(month("1970-06"), 40.0)];
        let rows = coverage(&found, &Owners::default(), &met, moment, Tz::UTC);
        assert_eq!(rows[0].coverage, Err(Undefined::TargetMet));
    }

    /// In each of five months 100 are open on the tenth day and 25 of them are won: four times.
    #[test]
    fn past_periods_say_what_is_needed() {
        let firsts = [0, 31, 59, 90, 120];
        let all = firsts.iter().flat_map(|first| {
            [
                with_history(
                    *first,
                    Some(first + 20),
                    None,
                    Some(25.0),
                    vec![plan(*first, 25.0, first + 20)],
                ),
                with_history(
                    *first,
                    None,
                    Some(first + 25),
                    Some(75.0),
                    vec![plan(*first, 75.0, first + 22)],
                ),
            ]
        });
        let found = deals(all.collect());
        let goals = [(month("1970-06"), 100.0)];
        let moment = (151 + 10) * DAY_MILLIS;
        let rows = coverage(&found, &Owners::default(), &goals, moment, Tz::UTC);
        assert_eq!((rows[0].needed, rows[0].past), (Ok(4.0), 5));
    }

    #[test]
    fn quotas_stand_in_for_a_target() {
        let owner = |id: &str, quota: i64| Owner {
            id: id.into(),
            quotas: vec![(151 * DAY_MILLIS, 181 * DAY_MILLIS, quota * 1_000_000)],
            ..Owner::default()
        };
        let mut owners = Owners::default();
        owners.all = vec![owner("a", 60), owner("b", 40)];
        let found = coverage(&deals(Vec::new()), &owners, &[], 160 * DAY_MILLIS, Tz::UTC);
        assert_eq!(found[0].target, Ok((100.0, TargetFrom::Quotas)));
        assert_eq!(found[0].period.label, "1970-06");
        assert_eq!(found[0].coverage, Ok(0.0));
    }
}
