//! Who was a customer in which month, and at what recurring amount.
//!
//! From billing where there is any: the amounts of a customer and month add up, a month
//! without a row is 0, a span of several months is spread over them. Without billing the
//! won deals say who is a customer, without amounts, and only lost renewals who left.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::months::{Month, Span};
use super::rows::{Billed, Deal, Rows};
use crate::domain::calendar::{DAY_MILLIS, Millis, day_of, day_start};
use crate::domain::figure::{Figure, Undefined};

/// What says who is a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Recurring amounts.
    Billing,
    /// Won deals; `ends` where renewals among them say who left.
    Deals {
        /// True where there are renewals.
        ends: bool,
    },
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Customer {
    /// The account, or the deal or person that stands for it.
    pub id: String,
    /// Values of the dimensions asked for.
    pub group: Vec<String>,
    /// Millionths by month, above 0 only; a mark of 1 where amounts are unknown.
    pub months: BTreeMap<Month, i128>,
    /// Reasons said, by month.
    pub reasons: Vec<(Month, String)>,
    /// When it was first won, where a deal says so.
    pub won_at: Option<Millis>,
}

impl Customer {
    /// Millionths of the month; 0 where it was no customer.
    #[must_use]
    pub fn amount(&self, month: Month) -> i128 {
        self.months.get(&month).copied().unwrap_or(0)
    }

    /// True in the months in which it was a customer.
    #[must_use]
    pub fn is_active(&self, month: Month) -> bool {
        self.months.contains_key(&month)
    }

    /// Its first month.
    #[must_use]
    pub fn first(&self) -> Option<Month> {
        self.months.keys().next().copied()
    }

    /// Its last month so far.
    #[must_use]
    pub fn last(&self) -> Option<Month> {
        self.months.keys().next_back().copied()
    }

    /// True where it was a customer in some month of the span.
    #[must_use]
    pub fn is_active_in(&self, span: Span) -> bool {
        self.months.range(span.first..=span.last).next().is_some()
    }

    /// True where it was a customer in some month before this one.
    #[must_use]
    pub fn was_active_before(&self, month: Month) -> bool {
        self.first().is_some_and(|first| first < month)
    }

    /// Why it left, as last said between its last month and `until`.
    #[must_use]
    pub fn reason(&self, until: Month) -> Option<&str> {
        let last = self
            .months
            .range(..=until)
            .next_back()
            .map(|(month, _)| *month);
        let said = self
            .reasons
            .iter()
            .filter(|(month, _)| *month <= until && last.is_none_or(|last| last <= *month));
        said.max().map(|(_, reason)| reason.as_str())
    }
}

/// What was noticed while the customers were made out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Noticed {
    /// Rows of billing that lie after the as-of moment.
    pub after_as_of: u64,
    /// Rows spread over several months.
    pub spread: u64,
    /// Rows without a period or an amount.
    pub incomplete: u64,
    /// Rows that do not recur.
    pub service: u64,
    /// Rows that repeat another one of their customer and month to the cent.
    pub repeated: u64,
    /// Rows whose span overlaps one of another length of the same customer.
    pub overlapping: u64,
    /// Rows with an amount below 0.
    pub credits: u64,
    /// Months of customers that come to less than 0 and count as none.
    pub below_zero: u64,
}

/// The customers over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Ledger {
    /// What it stands on.
    pub basis: Basis,
    /// By id.
    pub customers: Vec<Customer>,
    /// The first month that is known.
    pub first: Month,
    /// The last month that is over at the as-of moment and told of.
    pub last: Month,
    /// What was noticed.
    pub noticed: Noticed,
}

impl Ledger {
    /// The customers; nothing where neither billing nor a won deal tells of any.
    #[must_use]
    pub fn new(rows: &Rows, zone: Tz, as_of: Option<Millis>) -> Option<Self> {
        let as_of = as_of?;
        if !rows.reach.is_empty() {
            return of_billing(rows, zone, as_of);
        }
        of_deals(rows, zone, as_of)
    }

    /// True where amounts are known.
    #[must_use]
    pub fn has_amounts(&self) -> bool {
        self.basis == Basis::Billing
    }

    /// True where it is known who left.
    #[must_use]
    pub fn knows_ends(&self) -> bool {
        self.basis != Basis::Deals { ends: false }
    }

    /// The position of a customer.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.customers
            .binary_search_by(|customer| customer.id.as_str().cmp(id))
            .ok()
    }

    /// Customers in the month.
    #[must_use]
    pub fn size(&self, month: Month) -> u64 {
        let active = self.customers.iter();
        active.filter(|customer| customer.is_active(month)).count() as u64
    }

    /// True for a customer who may have been one before the first month that is known:
    /// nobody knows for how long.
    #[must_use]
    pub fn is_older(&self, customer: &Customer) -> bool {
        self.has_amounts() && customer.first() == Some(self.first)
    }

    /// Whether the span can be told of.
    ///
    /// # Errors
    /// `no_data` where the month before it, or its end, lies outside of what is known;
    /// `not_mature` where it is not over.
    pub fn covers(&self, span: Span, over: Month) -> Figure<()> {
        if span.before() < self.first && self.has_amounts() {
            return Err(Undefined::NoData);
        }
        if span.last > over {
            return Err(Undefined::NotMature);
        }
        if span.last > self.last {
            return Err(Undefined::NoData);
        }
        Ok(())
    }

    /// When the customer began: when it was first won where a deal says so, else the first
    /// day of its first month; unknown for one that is older than what is known.
    #[must_use]
    pub fn began(&self, customer: &Customer, zone: Tz) -> Option<Millis> {
        let by_month = || {
            let known = customer.first().filter(|_| !self.is_older(customer));
            known.map(|month| day_start(month.first_day(), zone))
        };
        customer.won_at.or_else(by_month)
    }
}

/// The last month that is over at a moment.
#[must_use]
pub fn last_over(as_of: Millis, zone: Tz) -> Month {
    Month::of(day_of(as_of.saturating_add(1), zone)).plus(-1)
}

/// Days of a month, on average: a span counts as so many months.
const MONTH_DAYS: f64 = 365.25 / 12.0;

/// The first month of a row and how many it stands for.
fn months_of(row: &Billed, zone: Tz) -> Option<(Month, i32)> {
    row.start.zip(row.end).map(|span| months_within(span, zone))
}

fn months_within((start, end): (Millis, Millis), zone: Tz) -> (Month, i32) {
    let days = (end - start) as f64 / DAY_MILLIS as f64;
    let months = (days / MONTH_DAYS).round().clamp(1.0, 1_200.0) as i32;
    (Month::of(day_of(start, zone)), months)
}

/// The first and the last month that billing tells of.
fn reach(rows: &Rows, zone: Tz, as_of: Millis) -> Option<(Month, Month)> {
    let over = last_over(as_of, zone);
    let seen = rows.reach.iter().filter(|(start, _)| *start <= as_of);
    let months = seen.map(|span| months_within(*span, zone));
    let (mut first, mut last) = (None::<Month>, None::<Month>);
    for (month, months) in months {
        let end = month.plus(months - 1).min(over);
        first = Some(first.map_or(month, |first| first.min(month)));
        last = Some(last.map_or(end, |last| last.max(end)));
    }
    first.zip(last)
}

/// An amount in equal parts; what is left over goes to the first ones, a millionth each.
fn parts(amount: i64, months: i32) -> impl Iterator<Item = i128> {
    let (amount, months) = (i128::from(amount), i128::from(months));
    let (part, left) = (amount.div_euclid(months), amount.rem_euclid(months));
    (0..months).map(move |index| part + i128::from(index < left))
}

fn of_billing(rows: &Rows, zone: Tz, as_of: Millis) -> Option<Ledger> {
    let mut noticed = Noticed::default();
    let mut customers: BTreeMap<&str, Customer> = BTreeMap::new();
    let over = last_over(as_of, zone);
    let (first, last) = reach(rows, zone, as_of)?;
    for row in &rows.billed {
        let (Some((month, months)), Some(amount)) = (months_of(row, zone), row.amount) else {
            noticed.incomplete += 1;
            continue;
        };
        if row.start.is_some_and(|start| start > as_of) {
            noticed.after_as_of += 1;
            continue;
        }
        if row.is_service {
            noticed.service += 1;
            continue;
        }
        noticed.spread += u64::from(months > 1);
        noticed.credits += u64::from(amount < 0);
        let customer = customers.entry(&row.customer).or_insert_with(|| Customer {
            id: row.customer.clone(),
            ..Customer::default()
        });
        for (index, part) in (0..).zip(parts(amount, months)) {
            *customer.months.entry(month.plus(index)).or_default() += part;
        }
        customer
            .reasons
            .extend(row.reason.clone().map(|reason| (month, reason)));
        fill(&mut customer.group, &row.group);
    }
    (noticed.repeated, noticed.overlapping) = doubles(&rows.billed, zone, as_of);
    let mut customers: Vec<Customer> = customers.into_values().collect();
    for customer in &mut customers {
        let below = customer
            .months
            .values()
            .filter(|amount| **amount < 0)
            .count();
        noticed.below_zero += below as u64;
        customer
            .months
            .retain(|month, amount| *amount > 0 && *month <= over.plus(1));
    }
    add_deals(&mut customers, rows);
    Some(Ledger {
        basis: Basis::Billing,
        customers: named(customers),
        first,
        last,
        noticed,
    })
}

/// Takes the first value that is said of each dimension.
fn fill(group: &mut Vec<String>, said: &[Option<String>]) {
    group.resize(said.len(), String::new());
    for (value, said) in group.iter_mut().zip(said) {
        if value.is_empty() {
            value.clone_from(said.as_ref().unwrap_or(&String::new()));
        }
    }
}

/// Dimensions without a value are `(none)`.
fn named(mut customers: Vec<Customer>) -> Vec<Customer> {
    for value in customers
        .iter_mut()
        .flat_map(|customer| &mut customer.group)
    {
        if value.is_empty() {
            crate::tables::NONE.clone_into(value);
        }
    }
    customers
}

/// Rows equal to the cent, and rows that overlap one of another length.
fn doubles(rows: &[Billed], zone: Tz, as_of: Millis) -> (u64, u64) {
    let mut by_customer: BTreeMap<&str, Vec<(Month, i32, i64)>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.is_service) {
        let seen = row.start.is_some_and(|start| start <= as_of);
        if let (Some((month, months)), Some(amount), true) =
            (months_of(row, zone), row.amount, seen)
        {
            let spans = by_customer.entry(&row.customer).or_default();
            spans.push((month, months, amount));
        }
    }
    let (mut repeated, mut overlapping) = (0, 0);
    for spans in by_customer.values_mut() {
        spans.sort_unstable();
        // The span that reaches furthest so far, and its length.
        let mut reach: Option<(Month, i32)> = None;
        for (index, (month, months, _)) in spans.iter().enumerate() {
            repeated += u64::from(index > 0 && spans[index - 1] == spans[index]);
            let inside = reach.is_some_and(|(end, length)| *month < end && length != *months);
            overlapping += u64::from(inside);
            let end = month.plus(*months);
            if reach.is_none_or(|(furthest, _)| furthest < end) {
                reach = Some((end, *months));
            }
        }
    }
    (repeated, overlapping)
}

/// What the deals say of customers that billing knows: first win, dimensions.
fn add_deals(customers: &mut [Customer], rows: &Rows) {
    for deal in rows.deals.iter().filter(|deal| deal.won) {
        let known = |id: &str| {
            customers
                .binary_search_by(|customer| customer.id.as_str().cmp(id))
                .ok()
        };
        let Some(position) = buyer_ids(deal, rows).into_iter().find_map(known) else {
            continue;
        };
        let customer = &mut customers[position];
        let earlier = |at: Millis| customer.won_at.is_none_or(|known| at < known);
        if let Some(at) = deal.won_at.filter(|at| earlier(*at)) {
            customer.won_at = Some(at);
        }
        fill(&mut customer.group, &deal.group);
    }
}

/// The ids under which the buyer of a deal may be known: its account, its lead's account,
/// its lead, the deal itself.
fn buyer_ids<'a>(deal: &'a Deal, rows: &'a Rows) -> Vec<&'a str> {
    let lead = deal.lead.and_then(|lead| rows.leads.get(lead));
    let of_lead = lead.and_then(|lead| lead.account.as_deref());
    let ids = [
        deal.account.as_deref(),
        of_lead,
        lead.map(|lead| lead.id.as_str()),
        Some(deal.id.as_str()),
    ];
    ids.into_iter()
        .flatten()
        .filter(|id| !id.is_empty())
        .collect()
}

impl Ledger {
    /// The customer who buys.
    #[must_use]
    pub fn buyer(&self, deal: &Deal, rows: &Rows) -> Option<usize> {
        buyer_ids(deal, rows)
            .into_iter()
            .find_map(|id| self.position(id))
    }
}

/// The account, else the deal: who a customer is without billing.
fn own_id(deal: &Deal) -> &str {
    deal.account.as_deref().unwrap_or(&deal.id)
}

fn of_deals(rows: &Rows, zone: Tz, as_of: Millis) -> Option<Ledger> {
    let ends = rows.deals.iter().any(|deal| deal.kind == "renewal");
    let over = last_over(as_of, zone);
    let month = |at: Millis| Month::of(day_of(at, zone));
    let mut wins: BTreeMap<&str, Vec<Month>> = BTreeMap::new();
    let mut losses: BTreeMap<&str, Vec<(Month, Option<String>)>> = BTreeMap::new();
    let mut customers: BTreeMap<&str, Customer> = BTreeMap::new();
    for deal in &rows.deals {
        let id = own_id(deal);
        if let Some(at) = deal.won_at.filter(|at| *at <= as_of) {
            wins.entry(id).or_default().push(month(at));
            let customer = customers.entry(id).or_insert_with(|| Customer {
                id: id.to_owned(),
                ..Customer::default()
            });
            let earlier = customer.won_at.is_none_or(|known| at < known);
            customer.won_at = if earlier { Some(at) } else { customer.won_at };
            fill(&mut customer.group, &deal.group);
        } else if let Some(at) = deal
            .lost_at
            .filter(|at| *at <= as_of && deal.kind == "renewal")
        {
            let lost = (month(at), deal.lost_reason.clone());
            losses.entry(id).or_default().push(lost);
        }
    }
    for (id, customer) in &mut customers {
        let wins = &wins[id];
        let losses = losses.get(id).map_or(&[][..], Vec::as_slice);
        for from in wins {
            // Until a renewal is lost, which ends the months before it.
            let until = losses.iter().map(|(month, _)| *month);
            let until = until.filter(|lost| from <= lost).min();
            let last = until.map_or(over, |lost| lost.plus(-1)).min(over);
            (0..=last.since(*from)).for_each(|index| {
                customer.months.insert(from.plus(index), 1);
            });
        }
        let said = losses
            .iter()
            .filter_map(|(month, reason)| reason.clone().map(|reason| (*month, reason)));
        customer.reasons = said.collect();
    }
    let first = wins.values().flatten().min().copied()?;
    Some(Ledger {
        basis: Basis::Deals { ends },
        customers: named(customers.into_values().collect()),
        first,
        last: over,
        noticed: Noticed::default(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::NaiveDate;

    pub fn day(text: &str) -> Millis {
        let day: NaiveDate = text.parse().unwrap();
        day_start(day, Tz::UTC)
    }

    fn month(text: &str) -> Month {
        Month::of(format!("{text}-01").parse().unwrap())
    }

    fn billed(customer: &str, start: &str, end: &str, units: f64) -> Billed {
        Billed {
            customer: customer.into(),
            start: Some(day(start)),
            end: Some(day(end)),
            amount: Some((units * 1e6) as i64),
            is_service: false,
            reason: None,
            renewal_due: None,
            renewed: None,
            group: Vec::new(),
        }
    }

    fn ledger(billed: Vec<Billed>, as_of: &str) -> Ledger {
        let rows = Rows {
            reach: billed
                .iter()
                .filter_map(|row| row.start.zip(row.end))
                .collect(),
            billed,
            ..Rows::default()
        };
        Ledger::new(&rows, Tz::UTC, Some(day(as_of) - 1)).unwrap()
    }

    #[test]
    fn amounts_of_a_month_add_up_and_a_month_without_a_row_is_none() {
        let ledger = ledger(
            vec![
                billed("a", "2026-01-01", "2026-02-01", 100.0),
                billed("a", "2026-01-01", "2026-02-01", 20.0),
                billed("a", "2026-03-01", "2026-04-01", 50.0),
                billed("b", "2026-02-01", "2026-03-01", 10.0),
                billed("b", "2026-02-01", "2026-03-01", -30.0),
            ],
            "2026-04-01",
        );
        let a = &ledger.customers[0];
        assert_eq!(a.amount(month("2026-01")), 120_000_000);
        assert!(!a.is_active(month("2026-02")) && a.is_active(month("2026-03")));
        assert!(ledger.customers[1].months.is_empty());
        assert_eq!((ledger.noticed.credits, ledger.noticed.below_zero), (1, 1));
        assert_eq!(
            (ledger.first, ledger.last),
            (month("2026-01"), month("2026-03"))
        );
    }

    #[test]
    fn a_year_is_spread_to_the_last_millionth() {
        let ledger = ledger(
            vec![billed("a", "2025-03-01", "2026-03-01", 100.0)],
            "2026-03-01",
        );
        let months = &ledger.customers[0].months;
        assert_eq!(months.len(), 12);
        assert_eq!(months.values().sum::<i128>(), 100_000_000);
        assert_eq!(ledger.noticed.spread, 1);
        let quarter = Billed {
            amount: Some(100),
            ..billed("q", "2026-01-15", "2026-04-15", 0.0)
        };
        let (first, count) = months_of(&quarter, Tz::UTC).unwrap();
        assert_eq!((first, count), (month("2026-01"), 3));
        assert_eq!(parts(100, 3).collect::<Vec<_>>(), [34, 33, 33]);
        assert_eq!(parts(-100, 3).sum::<i128>(), -100);
    }

    #[test]
    fn repeated_and_overlapping_rows_are_counted() {
        let ledger = ledger(
            vec![
                billed("a", "2025-01-01", "2026-01-01", 1200.0),
                billed("a", "2025-03-01", "2025-04-01", 10.0),
                billed("b", "2025-03-01", "2025-04-01", 10.0),
                billed("b", "2025-03-01", "2025-04-01", 10.0),
            ],
            "2026-01-01",
        );
        assert_eq!(
            (ledger.noticed.repeated, ledger.noticed.overlapping),
            (1, 1)
        );
        let a = ledger.customers[0].amount(month("2025-03"));
        assert_eq!(a, 110_000_000);
    }

    #[test]
    fn rows_after_the_as_of_moment_do_not_exist() {
        let ledger = ledger(
            vec![
                billed("a", "2026-01-01", "2026-02-01", 10.0),
                billed("a", "2026-02-01", "2026-03-01", 10.0),
            ],
            "2026-02-01",
        );
        assert_eq!(ledger.noticed.after_as_of, 1);
        assert_eq!(ledger.last, month("2026-01"));
    }
}
