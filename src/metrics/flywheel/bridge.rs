//! From the recurring amount at the start to that at the end (dictionary 9).
//!
//! A customer who falls to nothing and comes back within the period is retained at the end
//! amount. The parts add up exactly: start + new + reactivated + expansion - contraction -
//! churned = end.

use super::ledger::{Customer, Ledger};
use super::months::Span;
use crate::domain::figure::{Figure, Policy, Rate, Undefined, View, ratio};
use crate::domain::money::Money;
use crate::stats::quantile::quantile;
use crate::stats::random::Random;
use crate::stats::{bootstrap, wilson};

/// Customers and their amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// How many.
    pub customers: u64,
    /// What they pay, or by how much it changed.
    pub amount: Money,
}

impl Part {
    fn add(&mut self, micros: i128) {
        self.customers += 1;
        self.amount += Money::from_micros(micros);
    }
}

/// The parts between the start and the end of a period.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bridge {
    /// Customers at the start.
    pub start: Part,
    /// Never customers before, and at the end.
    pub new: Part,
    /// Customers before, not at the start, and at the end.
    pub reactivated: Part,
    /// Customers at the start who pay more at the end, by the difference.
    pub expansion: Part,
    /// Customers at the start who pay less, but something, by the difference.
    pub contraction: Part,
    /// Customers at the start and not at the end, by what they paid.
    pub churned: Part,
    /// Customers at the end.
    pub end: Part,
    /// Won and lost again within the period: in no part.
    pub inside: u64,
    /// Amounts at start and end of the customers at the start, in millionths.
    pairs: Vec<(i128, i128)>,
}

/// A ratio with the ends of its 95 % interval.
pub type Spread = (f64, Option<(f64, f64)>);

impl Bridge {
    /// The bridge over the customers that `keep` keeps.
    #[must_use]
    pub fn over(ledger: &Ledger, span: Span, keep: impl Fn(&Customer) -> bool) -> Self {
        let mut bridge = Self::default();
        for customer in ledger.customers.iter().filter(|customer| keep(customer)) {
            bridge.take(customer, span);
        }
        bridge
    }

    fn take(&mut self, customer: &Customer, span: Span) {
        let (before, after) = (customer.amount(span.before()), customer.amount(span.last));
        if after > 0 {
            self.end.add(after);
        }
        if before > 0 {
            self.start.add(before);
            self.pairs.push((before, after));
            match after {
                0 => self.churned.add(before),
                more if more > before => self.expansion.add(more - before),
                less if less < before => self.contraction.add(before - less),
                _ => {}
            }
            return;
        }
        let was_before = customer.was_active_before(span.first);
        match (after > 0, was_before) {
            (true, true) => self.reactivated.add(after),
            (true, false) => self.new.add(after),
            (false, _) => self.inside += u64::from(customer.is_active_in(span)),
        }
    }

    /// The parts in reading order, what left below zero: they add up to the end.
    #[must_use]
    pub fn lines(&self) -> [(&'static str, Part); 7] {
        let left = |part: Part| Part {
            amount: -part.amount,
            ..part
        };
        [
            ("start", self.start),
            ("new", self.new),
            ("reactivated", self.reactivated),
            ("expansion", self.expansion),
            ("contraction", left(self.contraction)),
            ("churned", left(self.churned)),
            ("end", self.end),
        ]
    }

    /// `customer_churn`.
    ///
    /// # Errors
    /// `zero_denominator` without customers at the start.
    pub fn churn(&self) -> Figure<Rate> {
        rate(self.churned.customers, self.start.customers)
    }

    /// `upsell_rate`.
    ///
    /// # Errors
    /// As [`Self::churn`].
    pub fn upsell(&self) -> Figure<Rate> {
        rate(self.expansion.customers, self.start.customers)
    }

    /// `nrr`, with a percentile bootstrap over the customers (dictionary 11.3).
    ///
    /// # Errors
    /// As [`Self::churn`].
    pub fn net_retention(&self, seed: u64) -> Figure<Spread> {
        self.retained(seed, |(_, after)| after)
    }

    /// `grr`: no customer counts for more than at the start.
    ///
    /// # Errors
    /// As [`Self::churn`].
    pub fn gross_retention(&self, seed: u64) -> Figure<Spread> {
        self.retained(seed, |(before, after)| after.min(before))
    }

    /// `quick_ratio`.
    ///
    /// # Errors
    /// `zero_denominator` where nothing was lost.
    pub fn quick_ratio(&self) -> Figure<f64> {
        let gained = self.new.amount + self.reactivated.amount + self.expansion.amount;
        let lost = self.contraction.amount + self.churned.amount;
        ratio(gained.units(), lost.units())
    }

    /// Mean amount of a customer at the end.
    ///
    /// # Errors
    /// `zero_denominator` without customers at the end.
    pub fn mean_amount(&self) -> Figure<f64> {
        ratio(self.end.amount.units(), self.end.customers as f64)
    }

    /// A part per customer at the start.
    ///
    /// # Errors
    /// As [`Self::churn`].
    pub fn per_start(&self, customers: u64) -> Figure<f64> {
        ratio(customers as f64, self.start.customers as f64)
    }

    fn retained(&self, seed: u64, kept: impl Fn((i128, i128)) -> i128) -> Figure<Spread> {
        let micros = |micros: i128| Money::from_micros(micros).units();
        let total: i128 = self.pairs.iter().map(|(before, _)| before).sum();
        let rest: i128 = self.pairs.iter().map(|pair| kept(*pair)).sum();
        let value = ratio(micros(rest), micros(total))?;
        let members: Vec<(f64, f64)> = self
            .pairs
            .iter()
            .map(|pair| (micros(pair.0), micros(kept(*pair))))
            .collect();
        Ok((value, ratio_interval(&members, seed)))
    }
}

/// Percentile bootstrap of a ratio of sums over members; nothing for fewer than two.
fn ratio_interval(members: &[(f64, f64)], seed: u64) -> Option<(f64, f64)> {
    if members.len() < 2 {
        return None;
    }
    let mut random = Random::seeded(seed);
    let count = members.len() as u64;
    let mut draw = |_| {
        let (mut below, mut above) = (0.0, 0.0);
        for _ in 0..count {
            let (before, after) = members[random.below(count) as usize];
            below += before;
            above += after;
        }
        above / below
    };
    let mut drawn: Vec<f64> = (0..bootstrap::DRAWS).map(&mut draw).collect();
    drawn.sort_unstable_by(f64::total_cmp);
    quantile(&drawn, 0.025).zip(quantile(&drawn, 0.975))
}

/// A rate of customers, with its Wilson interval.
///
/// # Errors
/// `zero_denominator` without members.
pub fn rate(k: u64, n: u64) -> Figure<Rate> {
    waiting(k, n, None)
}

/// The same, with those who are not decided and stand outside.
///
/// # Errors
/// `zero_denominator` without members.
pub fn waiting(k: u64, n: u64, in_progress: Option<u64>) -> Figure<Rate> {
    if n == 0 {
        return Err(Undefined::ZeroDenominator);
    }
    Ok(Rate {
        k,
        n,
        interval: wilson::interval(k, n),
        view: View::ToDate,
        policy: Policy::Implied,
        horizon_days: None,
        in_progress,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::ledger::{Basis, Noticed};
    use super::super::months::Month;
    use super::*;
    use proptest::prelude::*;

    fn ledger(customers: &[&[i128]]) -> Ledger {
        let start = Month::of("2026-01-01".parse().unwrap());
        let customer = |(index, amounts): (usize, &&[i128])| Customer {
            id: format!("{index:04}"),
            months: (0..)
                .zip(amounts.iter())
                .filter(|(_, amount)| **amount > 0)
                .map(|(month, amount)| (start.plus(month), *amount * 1_000_000))
                .collect(),
            ..Customer::default()
        };
        Ledger {
            basis: Basis::Billing,
            customers: customers.iter().enumerate().map(customer).collect(),
            first: start,
            last: start.plus(11),
            noticed: Noticed::default(),
        }
    }

    fn span(first: i32, last: i32) -> Span {
        let start = Month::of("2026-01-01".parse().unwrap());
        Span {
            first: start.plus(first),
            last: start.plus(last),
        }
    }

    /// Vector 12.12: start 100 000, expansion 15 000, contraction 5 000, churned 8 000.
    #[test]
    fn retention_of_the_dictionary() {
        let ledger = ledger(&[&[8_000, 0], &[20_000, 15_000], &[72_000, 87_000]]);
        let bridge = Bridge::over(&ledger, span(1, 1), |_| true);
        let units = |part: Part| part.amount.units();
        assert_eq!(units(bridge.start), 100_000.0);
        assert_eq!(units(bridge.expansion), 15_000.0);
        assert_eq!(units(bridge.contraction), 5_000.0);
        assert_eq!(units(bridge.churned), 8_000.0);
        assert!((bridge.net_retention(1).unwrap().0 - 1.02).abs() < 1e-12);
        assert!((bridge.gross_retention(1).unwrap().0 - 0.87).abs() < 1e-12);
        assert!((bridge.quick_ratio().unwrap() - 15.0 / 13.0).abs() < 1e-12);
    }

    #[test]
    fn who_comes_back_is_retained_inside_and_reactivated_across() {
        let ledger = ledger(&[&[5, 0, 7], &[5, 0, 0, 6], &[0, 4, 0, 0]]);
        let inside = Bridge::over(&ledger, span(1, 2), |_| true);
        assert_eq!((inside.start.customers, inside.churned.customers), (2, 1));
        assert_eq!(inside.inside, 1);
        let across = Bridge::over(&ledger, span(2, 3), |_| true);
        assert_eq!(across.start.customers, 1);
        assert_eq!(across.reactivated.customers, 1);
        assert_eq!(across.churn().unwrap().k, 1);
    }

    #[test]
    fn nobody_at_the_start_is_undefined() {
        let bridge = Bridge::over(&ledger(&[&[0, 5]]), span(1, 1), |_| true);
        assert_eq!(bridge.churn(), Err(Undefined::ZeroDenominator));
        assert_eq!(bridge.net_retention(1), Err(Undefined::ZeroDenominator));
        assert_eq!(bridge.quick_ratio(), Err(Undefined::ZeroDenominator));
    }

    #[test]
    fn a_seed_fixes_the_interval() {
        let amounts: Vec<[i128; 2]> = (1..60).map(|i| [i * i + 7, (i * 37) % 101]).collect();
        let rows: Vec<&[i128]> = amounts.iter().map(<[i128; 2]>::as_slice).collect();
        let ledger = ledger(&rows);
        let bridge = Bridge::over(&ledger, span(1, 1), |_| true);
        let (value, interval) = bridge.net_retention(7).unwrap();
        let (low, high) = interval.unwrap();
        assert!(low < value && value < high);
        assert_eq!(bridge.net_retention(7), bridge.net_retention(7));
        assert_ne!(bridge.net_retention(7), bridge.net_retention(8));
    }

    proptest! {
        /// The money and the customers add up for any company and any period.
        #[test]
        fn the_bridge_is_exact(
            rows in prop::collection::vec(prop::collection::vec(0_i128..5, 6), 0..30),
            first in 0_i32..6,
            length in 0_i32..4,
        ) {
            let rows: Vec<&[i128]> = rows.iter().map(Vec::as_slice).collect();
            let ledger = ledger(&rows);
            let span = span(first, (first + length).min(5));
            let b = Bridge::over(&ledger, span, |_| true);
            let sum = b.start.amount + b.new.amount + b.reactivated.amount + b.expansion.amount;
            prop_assert_eq!(sum - b.contraction.amount - b.churned.amount, b.end.amount);
            let heads = b.start.customers + b.new.customers + b.reactivated.customers;
            prop_assert_eq!(heads - b.churned.customers, b.end.customers);
            // growth is exactly (end - start) / start.
            if let Ok(grown) = b.per_start(b.end.customers) {
                let parts = b.per_start(b.new.customers + b.reactivated.customers).unwrap()
                    - b.churn().unwrap().value();
                prop_assert!((grown - 1.0 - parts).abs() < 1e-12);
            }
        }
    }
}
