//! Where friction takes people: rates that are worse than in the base period, with what
//! that cost in people, n x (base rate - rate) (dictionary 10, `friction_points`).
//!
//! What people do with leads and deals (promises that were broken, meetings that nobody came
//! to, age, load) is measured in [`work`].

pub mod work;

use std::collections::BTreeMap;

use super::bridge::{Part, rate};
use super::ledger::Ledger;
use super::months::Span;
use super::sources::{Ends, Sources};
use super::wheel::Wheel;
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::domain::money::Money;
use crate::stats::difference;
use crate::tables::NONE;

/// A place where people are lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// `stage`, `churn`, `churn_reason`, `renewal`, ...
    pub kind: &'static str,
    /// What its n counts: leads, customers, meetings.
    pub unit: &'static str,
    /// Which one: `lead_to_mql`, a reason.
    pub name: String,
    /// Those who went on, or stayed, in the period.
    pub rate: Figure<Rate>,
    /// The same in the base period.
    pub base: Figure<Rate>,
}

impl Point {
    /// People lost against the base: n x (base rate - rate), below 0 where more go on.
    ///
    /// # Errors
    /// Why one of the rates is undefined.
    pub fn lost(&self) -> Figure<f64> {
        let (now, base) = self.both()?;
        Ok(now.n as f64 * (base.value() - now.value()))
    }

    /// Interval of this rate less the base's.
    ///
    /// # Errors
    /// As [`Self::lost`].
    pub fn interval(&self) -> Figure<(f64, f64)> {
        let (now, base) = self.both()?;
        difference::interval(now.k, now.n, base.k, base.n).ok_or(Undefined::ZeroDenominator)
    }

    fn both(&self) -> Figure<(&Rate, &Rate)> {
        let now = self.rate.as_ref().map_err(|reason| *reason)?;
        Ok((now, self.base.as_ref().map_err(|reason| *reason)?))
    }
}

impl Point {
    /// True for what is still open at the end: it may be lost, and is not yet.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.kind, "overaged" | "overload")
    }
}

/// Points that take people, most people first; those where more go on than in the base, or
/// of which one side is unknown, are left out.
#[must_use]
pub fn ranked(points: Vec<Point>) -> Vec<Point> {
    let mut taking: Vec<Point> = points
        .into_iter()
        .filter(|point| point.lost().is_ok_and(|lost| lost > 0.0))
        .collect();
    let lost = |point: &Point| point.lost().unwrap_or(0.0);
    taking.sort_by(|a, b| {
        let order = lost(b).total_cmp(&lost(a));
        order
            .then(a.kind.cmp(b.kind))
            .then_with(|| a.name.cmp(&b.name))
    });
    taking
}

/// Steps of the funnel, churn and its reasons, renewals, and how leads and deals were worked,
/// in the period and the base.
#[must_use]
pub fn points(
    sources: &Sources,
    (now, span, ends): (&Wheel, Span, Ends),
    (base, base_span, base_ends): (&Wheel, Span, Ends),
) -> Vec<Point> {
    let data = sources.data;
    let mut points: Vec<Point> = data
        .ladder
        .steps()
        .map(|step| {
            let days = data.horizons.days(step.0, step.1);
            Point {
                kind: "stage",
                unit: "leads",
                name: data.ladder.step_key(step.0, step.1),
                rate: sources.step_rate(ends, step, days),
                base: sources.step_rate(base_ends, step, days),
            }
        })
        .collect();
    points.push(Point {
        kind: "churn",
        unit: "customers",
        name: "retained".into(),
        rate: staying(&now.churn),
        base: staying(&base.churn),
    });
    points.push(Point {
        kind: "renewal",
        unit: "contracts",
        name: "renewal_rate".into(),
        rate: now.renewal.clone(),
        base: base.renewal.clone(),
    });
    points.extend(reason_points(sources, (now, span), (base, base_span)));
    if let Some(work) = sources.work {
        points.extend(work.points(ends, base_ends));
    }
    points
}

/// Those who stayed where a rate counts those who left.
fn staying(churn: &Figure<Rate>) -> Figure<Rate> {
    let churn = churn.as_ref().map_err(|reason| *reason)?;
    rate(churn.n - churn.k, churn.n)
}

/// For each reason those who did not leave for it.
fn reason_points(sources: &Sources, now: (&Wheel, Span), base: (&Wheel, Span)) -> Vec<Point> {
    let Some(ledger) = sources.ledger else {
        return Vec::new();
    };
    let counts = |(wheel, span): (&Wheel, Span)| {
        let start = wheel
            .bridge
            .as_ref()
            .map_or(0, |bridge| bridge.start.customers);
        let reasons = match wheel.churn {
            Ok(_) => reasons(ledger, span),
            Err(_) => Vec::new(),
        };
        (start, reasons)
    };
    let ((start, now), (base_start, base)) = (counts(now), counts(base));
    let of = |reasons: &[Reason], name: &str| {
        let found = reasons.iter().find(|reason| reason.name == name);
        found.map_or(0, |reason| reason.left.customers)
    };
    now.iter()
        .filter(|reason| reason.name != NONE)
        .map(|reason| Point {
            kind: "churn_reason",
            unit: "customers",
            name: reason.name.clone(),
            rate: rate(start - reason.left.customers, start),
            base: rate(base_start - of(&base, &reason.name), base_start),
        })
        .collect()
}

/// Why customers left.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// As written; `(none)` where nobody said.
    pub name: String,
    /// Customers who left for it and what they paid.
    pub left: Part,
    /// Of all who left.
    pub share: Figure<Rate>,
}

/// The reasons of those who left in the span, most customers first.
#[must_use]
pub fn reasons(ledger: &Ledger, span: Span) -> Vec<Reason> {
    let mut left: BTreeMap<&str, Part> = BTreeMap::new();
    for customer in &ledger.customers {
        let (before, after) = (customer.amount(span.before()), customer.amount(span.last));
        if before > 0 && after == 0 {
            let part = left
                .entry(customer.reason(span.last).unwrap_or(NONE))
                .or_default();
            part.customers += 1;
            part.amount += Money::from_micros(before);
        }
    }
    let all: u64 = left.values().map(|part| part.customers).sum();
    let mut reasons: Vec<Reason> = left
        .into_iter()
        .map(|(name, left)| Reason {
            name: name.to_owned(),
            share: rate(left.customers, all),
            left,
        })
        .collect();
    reasons.sort_by(|a, b| {
        let order = b.left.customers.cmp(&a.left.customers);
        order
            .then(b.left.amount.cmp(&a.left.amount))
            .then_with(|| a.name.cmp(&b.name))
    });
    reasons
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn point(name: &str, now: (u64, u64), base: (u64, u64)) -> Point {
        Point {
            kind: "stage",
            unit: "leads",
            name: name.into(),
            rate: rate(now.0, now.1),
            base: rate(base.0, base.1),
        }
    }

    #[test]
    fn what_takes_most_people_stands_first() {
        let points = vec![
            point("few", (90, 100), (95, 100)),
            point("better", (50, 100), (40, 100)),
            point("many", (100, 400), (30, 100)),
            point("unknown", (0, 0), (1, 2)),
        ];
        let ranked = ranked(points);
        let names: Vec<&str> = ranked.iter().map(|point| point.name.as_str()).collect();
        assert_eq!(names, ["many", "few"]);
        // 400 x (0.30 - 0.25) and 100 x (0.95 - 0.90).
        assert!((ranked[0].lost().unwrap() - 20.0).abs() < 1e-9);
        assert!((ranked[1].lost().unwrap() - 5.0).abs() < 1e-9);
    }
}
