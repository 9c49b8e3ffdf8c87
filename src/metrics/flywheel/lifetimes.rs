//! How long customers stay: Kaplan-Meier over their lifetimes, and cohorts by start month.
//!
//! A lifetime runs from the first month to the end of the last one; who is a customer in
//! the last month that is known is censored (dictionary 9 and 4.3). A customer who came
//! back was not lost. Whoever was there in the first month of the billing data began at an
//! unknown time and stands outside, counted.

use std::collections::BTreeMap;

use super::ledger::{Customer, Ledger};
use super::months::Month;
use crate::domain::figure::{Figure, Rate, Undefined, ratio};
use crate::domain::money::Money;
use crate::stats::survival::{Curve, Observation, kaplan_meier};

/// Fewer at risk than this, and a point is marked.
pub const FEW_AT_RISK: u64 = 10;

/// How long customers stay.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifetimes {
    /// Share still a customer by months since the start.
    pub curve: Curve,
    /// Customers behind it.
    pub n: u64,
    /// Of them those who left.
    pub lost: u64,
    /// Customers whose start is not known.
    pub older: u64,
    /// Months by which half have left.
    pub median: Figure<f64>,
    /// The curve by month, from 0 on.
    pub points: Vec<LifePoint>,
}

/// The curve at a whole month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LifePoint {
    /// Months since the start.
    pub month: u64,
    /// Customers watched for at least that long.
    pub at_risk: u64,
    /// Customers who left at that age.
    pub lost: u64,
    /// Share still a customer.
    pub share: f64,
    /// Its 95 % interval, where it has one.
    pub interval: Option<(f64, f64)>,
}

/// A cohort at an age.
#[derive(Debug, Clone, PartialEq)]
pub struct CohortAge {
    /// Month of the start.
    pub cohort: Month,
    /// True for those who may have started earlier.
    pub or_earlier: bool,
    /// Months since then.
    pub age: u64,
    /// Customers of the cohort that are active, of all.
    pub active: Rate,
    /// Their amount over that of the first month.
    pub amount: Figure<f64>,
}

/// The lifetimes up to a month.
///
/// # Errors
/// `no_data` where nobody knows who left, or no customer has a known start.
pub fn lifetimes(ledger: &Ledger, until: Month) -> Figure<Lifetimes> {
    if !ledger.knows_ends() {
        return Err(Undefined::NoData);
    }
    let known = ledger
        .customers
        .iter()
        .filter(|customer| !ledger.is_older(customer));
    let observations: Vec<Observation> = known
        .filter_map(|customer| observed(customer, until))
        .collect();
    if observations.is_empty() {
        return Err(Undefined::NoData);
    }
    let curve = kaplan_meier(&observations);
    let older = ledger
        .customers
        .iter()
        .filter(|customer| ledger.is_older(customer));
    Ok(Lifetimes {
        n: observations.len() as u64,
        lost: observations.iter().filter(|one| one.event).count() as u64,
        older: older.count() as u64,
        median: curve.median().ok_or(Undefined::NotReached),
        points: points(&observations, &curve),
        curve,
    })
}

fn points(observations: &[Observation], curve: &Curve) -> Vec<LifePoint> {
    let last = curve.last_time.unwrap_or(0.0) as u64;
    let point = |month: u64| {
        let age = month as f64;
        let passed = curve.steps.partition_point(|step| step.time <= age);
        let step = passed
            .checked_sub(1)
            .and_then(|index| curve.steps.get(index));
        let at_risk = observations.iter().filter(|one| one.time >= age).count();
        LifePoint {
            month,
            at_risk: at_risk as u64,
            lost: step
                .filter(|step| step.time == age)
                .map_or(0, |step| step.events),
            share: curve.survival_at(age),
            interval: step.and_then(|step| step.interval),
        }
    };
    (0..=last).map(point).collect()
}

/// Months watched, and whether the customer left.
fn observed(customer: &Customer, until: Month) -> Option<Observation> {
    let first = customer.first().filter(|first| *first <= until)?;
    let (last, _) = customer.months.range(..=until).next_back()?;
    Some(Observation {
        time: f64::from(last.since(first) + 1),
        event: *last < until,
    })
}

/// Every cohort at every age that is known, oldest cohort first.
#[must_use]
pub fn cohorts(ledger: &Ledger, until: Month) -> Vec<CohortAge> {
    if !ledger.knows_ends() {
        return Vec::new();
    }
    let mut by_start: BTreeMap<Month, Vec<&Customer>> = BTreeMap::new();
    for customer in &ledger.customers {
        if let Some(first) = customer.first().filter(|first| *first <= until) {
            by_start.entry(first).or_default().push(customer);
        }
    }
    let ages = |(cohort, members): (Month, Vec<&Customer>)| {
        let or_earlier = ledger.has_amounts() && cohort == ledger.first;
        (0..=until.since(cohort))
            .filter_map(|age| {
                let active = active_at(&members, cohort.plus(age))?;
                Some(CohortAge {
                    cohort,
                    or_earlier,
                    age: u64::from(age.unsigned_abs()),
                    active,
                    amount: retained(ledger, &members, cohort, age),
                })
            })
            .collect::<Vec<_>>()
    };
    by_start.into_iter().flat_map(ages).collect()
}

fn active_at(members: &[&Customer], month: Month) -> Option<Rate> {
    let active = members.iter().filter(|customer| customer.is_active(month));
    super::bridge::rate(active.count() as u64, members.len() as u64).ok()
}

fn retained(ledger: &Ledger, members: &[&Customer], cohort: Month, age: i32) -> Figure<f64> {
    if !ledger.has_amounts() {
        return Err(Undefined::NoData);
    }
    let amount = |month: Month| {
        let micros = members.iter().map(|customer| customer.amount(month)).sum();
        Money::from_micros(micros).units()
    };
    ratio(amount(cohort.plus(age)), amount(cohort))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::ledger::{Basis, Noticed};
    use super::*;

    /// Vector 12.3 as customers: lifetimes in months, all watched until month 40.
    #[test]
    fn the_curve_is_that_of_the_dictionary() {
        let times = [3, 5, 5, 8, 10, 12, 12, 15, 20, 30];
        let left = [1, 1, 0, 1, 0, 1, 0, 0, 1, 0];
        let zero = Month::of("2020-01-01".parse().unwrap());
        let until = zero.plus(60);
        let customer = |(index, (time, left)): (usize, (&i32, &i32))| {
            // Those who stay begin so late that they have been watched for their time.
            let first = match left {
                1 => zero.plus(5),
                _ => until.plus(1 - time),
            };
            Customer {
                id: format!("{index}"),
                months: (0..*time).map(|month| (first.plus(month), 1)).collect(),
                ..Customer::default()
            }
        };
        let ledger = Ledger {
            basis: Basis::Billing,
            customers: times.iter().zip(&left).enumerate().map(customer).collect(),
            first: zero,
            last: until,
            noticed: Noticed::default(),
        };
        let found = lifetimes(&ledger, until).unwrap();
        for (time, share) in [
            (3.0, 0.9),
            (5.0, 0.8),
            (8.0, 0.685714),
            (12.0, 0.548571),
            (20.0, 0.274286),
        ] {
            assert!(
                (found.curve.survival_at(time) - share).abs() < 5e-7,
                "{time}"
            );
        }
        assert_eq!((found.median, found.n, found.lost), (Ok(20.0), 10, 5));
    }

    #[test]
    fn cohorts_count_who_is_there_and_what_they_pay() {
        let zero = Month::of("2026-01-01".parse().unwrap());
        let customer = |id: &str, amounts: &[(i32, i128)]| Customer {
            id: id.into(),
            months: amounts
                .iter()
                .map(|(at, amount)| (zero.plus(*at), *amount))
                .collect(),
            ..Customer::default()
        };
        let ledger = Ledger {
            basis: Basis::Billing,
            customers: vec![
                customer("a", &[(0, 10), (1, 10), (2, 10)]),
                customer("b", &[(1, 10), (2, 30)]),
                customer("c", &[(1, 10)]),
            ],
            first: zero,
            last: zero.plus(2),
            noticed: Noticed::default(),
        };
        let found = cohorts(&ledger, zero.plus(2));
        let row = found
            .iter()
            .find(|row| row.cohort == zero.plus(1) && row.age == 1)
            .unwrap();
        assert_eq!((row.active.k, row.active.n, row.amount), (1, 2, Ok(1.5)));
        assert!(!row.or_earlier && found[0].or_earlier);
        let lives = lifetimes(&ledger, zero.plus(2)).unwrap();
        assert_eq!((lives.n, lives.lost, lives.older), (2, 1, 1));
    }
}
