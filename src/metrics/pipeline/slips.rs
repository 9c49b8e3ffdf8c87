//! Planned closes that move later: how often, and how many deals slip out of a period
//! (dictionary 3.1). Both need a history of the planned close.

use chrono::Datelike;
use chrono_tz::Tz;

use super::deals::Deal;
use super::waterfall::Between;
use crate::domain::calendar::{Millis, day_of};
use crate::domain::figure::{Figure, Policy, Rate, Undefined, View};
use crate::stats::wilson;

/// Moves of planned closes in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Slips {
    /// Times that a plan moved later.
    pub pushes: u64,
    /// Of them, those that went over the end of a month.
    pub over_month_end: u64,
    /// Days that they moved by, in all.
    pub days: f64,
    /// Deals that were pushed, of those open in the period.
    pub pushed: Figure<Rate>,
    /// `slip_rate`: deals planned for the period at its beginning that are open at its end
    /// with a later plan.
    pub slipped: Figure<Rate>,
}

/// The moves in a span; `window` is the period, without one nothing can slip out of it.
#[must_use]
pub fn slips(
    deals: &[Deal],
    span: Between,
    window: Option<(Millis, Millis)>,
    zone: Tz,
    policy: Policy,
) -> Slips {
    let known = || deals.iter().filter(|deal| deal.timeline.knows_closes);
    let month = |at: Millis| {
        let day = day_of(at, zone);
        (day.year(), day.month())
    };
    let mut found = Slips {
        pushes: 0,
        over_month_end: 0,
        days: 0.0,
        pushed: Err(Undefined::NoData),
        slipped: Err(Undefined::NoData),
    };
    let (mut open, mut pushed) = (0, 0);
    for deal in known() {
        let moves = deal.timeline.pushes(span.after);
        let moves: Vec<_> = moves
            .into_iter()
            .filter(|push| span.holds(push.at))
            .collect();
        let points = deal.timeline.points().iter();
        let came = points.filter(|point| span.holds(point.at));
        let in_it =
            deal.open_at(span.before) || came.into_iter().any(|point| deal.open_at(point.at));
        open += u64::from(in_it);
        pushed += u64::from(in_it && !moves.is_empty());
        for push in &moves {
            found.pushes += 1;
            found.over_month_end += u64::from(month(push.from) != month(push.to));
            found.days += super::deals::days(push.from, push.to);
        }
    }
    if known().next().is_some() {
        found.pushed = rate(pushed, open, policy);
    }
    if let Some(window) = window.filter(|_| known().next().is_some()) {
        let (k, n) = slipped(known(), span, window);
        found.slipped = rate(k, n, policy);
    }
    found
}

/// Deals planned for the window before, and those of them that are open after it with a later plan.
fn slipped<'a>(
    deals: impl Iterator<Item = &'a Deal>,
    span: Between,
    (from, to): (Millis, Millis),
) -> (u64, u64) {
    let (mut k, mut n) = (0, 0);
    for deal in deals {
        let plan = deal
            .timeline
            .open_at(span.before)
            .and_then(|point| point.close);
        let Some(plan) = plan.filter(|plan| from <= *plan && *plan < to) else {
            continue;
        };
        n += 1;
        let after = deal
            .timeline
            .open_at(span.after)
            .and_then(|point| point.close);
        k += u64::from(after.is_some_and(|after| after > plan));
    }
    (k, n)
}

fn rate(k: u64, n: u64, policy: Policy) -> Figure<Rate> {
    if n == 0 {
        return Err(Undefined::ZeroDenominator);
    }
    Ok(Rate {
        k,
        n,
        interval: wilson::interval(k, n),
        view: View::ToDate,
        policy,
        horizon_days: None,
        in_progress: None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::deals::tests::with_history;
    use super::super::timeline::{Row, Standing, tests::row};
    use super::*;
    use crate::domain::calendar::DAY_MILLIS;

    fn plan(day: i64, close: i64) -> Row {
        Row {
            close: Some(close * DAY_MILLIS),
            ..row(day, Some(0), Standing::Open, 1.0)
        }
    }

    #[test]
    fn pushes_and_slips_of_a_month() {
        // Days from 1970-01-01: January has the days 0 to 30.
        let deals = [
            with_history(
                0,
                None,
                None,
                None,
                vec![plan(0, 40), plan(35, 50), plan(36, 70)],
            ),
            with_history(0, Some(45), None, None, vec![plan(0, 44)]),
            with_history(0, None, None, None, vec![plan(0, 45)]),
            with_history(40, None, None, None, vec![plan(40, 50), plan(41, 49)]),
            // No history of plans: outside.
            super::super::deals::tests::deal(0, None, None, Some(1.0)),
        ];
        let window = (31 * DAY_MILLIS, 59 * DAY_MILLIS);
        let span = Between {
            before: window.0 - 1,
            after: window.1 - 1,
        };
        let found = slips(&deals, span, Some(window), Tz::UTC, Policy::Implied);
        assert_eq!((found.pushes, found.over_month_end), (2, 1));
        assert!((found.days - 30.0).abs() < 1e-12);
        let of = |rate: &Figure<Rate>| rate.as_ref().map(|rate| (rate.k, rate.n)).ok();
        assert_eq!(of(&found.pushed), Some((1, 4)));
        assert_eq!(of(&found.slipped), Some((1, 3)));
        let none = slips(&deals[4..], span, Some(window), Tz::UTC, Policy::Implied);
        assert_eq!(none.slipped, Err(Undefined::NoData));
    }
}
