//! From won to delivered, booked against collected, and what revenue is made of.

use std::collections::BTreeMap;

use super::rows::{Deal, Rows};
use super::sourced::within;
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Figure, Undefined, ratio};
use crate::domain::money::Money;
use crate::metrics::data::Scope;
use crate::stats::survival::{Observation, kaplan_meier};

/// Days of the past whose wins say how long delivery takes.
pub const TRAILING_DAYS: i64 = 365;

/// What became of won deals.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Deals won in the days before the end of the period.
    pub won: u64,
    /// Of them delivered.
    pub delivered: u64,
    /// Of them delivered before they were won: left out of the days.
    pub negative: u64,
    /// Days by which half are delivered; those that are not yet count as open.
    pub median_days: Figure<f64>,
    /// Days by which nine in ten are.
    pub p90_days: Figure<f64>,
    /// Amount of the deals won in the period.
    pub booked: Money,
    /// Of the deals whose collected amount is known: booked, and collected.
    pub known: Option<(Money, Money)>,
    /// Collected over booked, of the deals for which both are known.
    pub collected_share: Figure<f64>,
    /// Deals won in the period without a collected amount.
    pub missing_collected: u64,
    /// Deals won in the period without an amount.
    pub missing_amounts: u64,
}

/// The delivery; nothing where no deal says when it was delivered or what was paid.
#[must_use]
pub fn delivery(rows: &Rows, scope: &Scope) -> Option<Delivery> {
    let has_days = rows.deals.iter().any(|deal| deal.delivered.is_some());
    let has_paid = rows.deals.iter().any(|deal| deal.collected.is_some());
    if !has_days && !has_paid {
        return None;
    }
    let watched = watched(rows, scope);
    let curve = kaplan_meier(&watched.list);
    let reached = |share: f64| match (has_days, watched.list.is_empty()) {
        (false, _) | (_, true) => Err(Undefined::NoData),
        _ => curve.time_of_share(share).ok_or(Undefined::NotReached),
    };
    let paid = Paid::of(rows, scope);
    Some(Delivery {
        won: watched.list.len() as u64 + watched.negative,
        delivered: watched.list.iter().filter(|one| one.event).count() as u64 + watched.negative,
        negative: watched.negative,
        median_days: reached(0.5),
        p90_days: reached(0.9),
        booked: paid.booked,
        known: paid.known,
        collected_share: paid
            .known
            .ok_or(Undefined::NoData)
            .and_then(|(booked, collected)| ratio(collected.units(), booked.units())),
        missing_collected: paid.missing_collected,
        missing_amounts: paid.missing_amounts,
    })
}

struct Watched {
    list: Vec<Observation>,
    negative: u64,
}

/// Deals won in the days before the end of the period, seen from its moment.
fn watched(rows: &Rows, scope: &Scope) -> Watched {
    let seen = scope.seen_from.unwrap_or(Millis::MAX);
    let end = scope.end.map_or(seen, |end| (end - 1).min(seen));
    let from = end.saturating_sub(TRAILING_DAYS * DAY_MILLIS);
    let mut found = Watched {
        list: Vec::new(),
        negative: 0,
    };
    for deal in &rows.deals {
        let Some(won) = deal.won_at.filter(|at| from < *at && *at <= end) else {
            continue;
        };
        let delivered = deal.delivered.filter(|at| *at <= seen);
        if delivered.is_some_and(|at| at < won) {
            found.negative += 1;
            continue;
        }
        found.list.push(Observation {
            time: (delivered.unwrap_or(seen) - won) as f64 / DAY_MILLIS as f64,
            event: delivered.is_some(),
        });
    }
    found
}

#[derive(Default)]
struct Paid {
    booked: Money,
    known: Option<(Money, Money)>,
    missing_collected: u64,
    missing_amounts: u64,
}

impl Paid {
    fn of(rows: &Rows, scope: &Scope) -> Self {
        let mut paid = Self::default();
        for deal in rows.deals.iter().filter(|deal| is_won(deal, scope)) {
            let money = |micros: i64| Money::from_micros(micros.into());
            let (amount, collected) = (deal.amount.map(money), deal.collected.map(money));
            paid.booked += amount.unwrap_or_default();
            paid.missing_amounts += u64::from(amount.is_none());
            paid.missing_collected += u64::from(collected.is_none());
            if let Some((amount, collected)) = amount.zip(collected) {
                let known = paid.known.get_or_insert_default();
                *known = (known.0 + amount, known.1 + collected);
            }
        }
        paid
    }
}

fn is_won(deal: &Deal, scope: &Scope) -> bool {
    deal.won && within(scope, deal.won_at)
}

/// A part of the revenue.
#[derive(Debug, Clone, PartialEq)]
pub struct MixPart {
    /// `deals` (won in the period) or `billing` (billed for it).
    pub of: &'static str,
    /// `new`, `renewal`, `expansion`; `recurring`, `service`.
    pub kind: String,
    /// Deals or rows.
    pub count: u64,
    /// Their amount.
    pub amount: Money,
    /// Share of all of its kind of input.
    pub share: Figure<f64>,
    /// Deals or rows without an amount.
    pub missing_amounts: u64,
}

/// What revenue is made of: won deals by kind, and what was billed by whether it recurs.
#[must_use]
pub fn mix(rows: &Rows, scope: &Scope) -> Vec<MixPart> {
    let deals = rows.deals.iter().filter(|deal| is_won(deal, scope));
    let deals = deals.map(|deal| (deal.kind.as_str(), deal.amount));
    let billed = rows.billed.iter().filter(|row| is_billed(row, scope));
    let billed = billed.map(|row| {
        let kind = if row.is_service {
            "service"
        } else {
            "recurring"
        };
        (kind, row.amount)
    });
    let mut parts = parts("deals", deals);
    parts.extend(self::parts("billing", billed));
    parts
}

/// A row of billing belongs to the period in which it begins.
fn is_billed(row: &super::rows::Billed, scope: &Scope) -> bool {
    row.start.is_some() && within(scope, row.start)
}

fn parts<'a>(of: &'static str, rows: impl Iterator<Item = (&'a str, Option<i64>)>) -> Vec<MixPart> {
    let mut sums: BTreeMap<&str, (u64, Money, u64)> = BTreeMap::new();
    for (kind, amount) in rows {
        let sum = sums.entry(kind).or_default();
        sum.0 += 1;
        sum.1 += Money::from_micros(amount.unwrap_or(0).into());
        sum.2 += u64::from(amount.is_none());
    }
    let total: Money = sums.values().map(|sum| sum.1).sum();
    let mut parts: Vec<MixPart> = sums
        .into_iter()
        .map(|(kind, (count, amount, missing_amounts))| MixPart {
            of,
            kind: kind.to_owned(),
            count,
            amount,
            share: ratio(amount.units(), total.units()),
            missing_amounts,
        })
        .collect();
    parts.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.kind.cmp(&b.kind)));
    parts
}
