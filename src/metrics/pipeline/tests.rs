//! The win curve and the forecast over deals made by hand.

use super::deals::tests::deal;
use super::*;
use crate::domain::calendar::DAY_MILLIS;
use crate::domain::figure::Undefined;

/// Vector 12.4: times, won 1, lost 2, open 0.
#[test]
fn the_win_curve_counts_open_deals_as_undecided() {
    let times = [3, 5, 5, 8, 10, 12, 12, 15, 20, 30];
    let ends = [1, 2, 1, 2, 0, 1, 2, 0, 1, 0];
    let deals: Vec<Deal> = times
        .iter()
        .zip(ends)
        .map(|(time, end)| {
            // All are watched until day 30.
            let created = if end == 0 { 30 - time } else { 0 };
            let at = |kind| (end == kind).then_some(*time);
            deal(created, at(1), at(2), Some(1.0))
        })
        .collect();
    let curve = WinCurve::at(&deals, 30 * DAY_MILLIS);
    for (age, won) in [
        (3.0, 0.1),
        (5.0, 0.2),
        (8.0, 0.2),
        (12.0, 0.32),
        (20.0, 0.5),
    ] {
        assert!((curve.curve.converted_by(age) - won).abs() < 1e-12, "{age}");
    }
    assert!((curve.curve.open_at(20.0) - 0.18).abs() < 1e-12);
    // (F(12 + 8) - F(12)) / S(12).
    assert!((curve.chance(12.0, 8.0) - 0.18 / 0.36).abs() < 1e-12);
    assert_eq!(curve.chance(30.0, 10.0), 0.0);
}

#[test]
fn without_plans_the_convention_knows_nothing() {
    let moment = 10 * DAY_MILLIS;
    let mut deals = vec![deal(0, None, None, Some(100.0))];
    let weighted =
        |deals: &[Deal]| forecast::forecast(deals, moment, 30, &|_| Some(0.5), 1).weighted;
    assert_eq!(weighted(&deals), Err(Undefined::NoData));
    deals[0].expected_close = Some(20 * DAY_MILLIS);
    assert_eq!(weighted(&deals), Ok(50.0));
    deals[0].expected_close = Some(50 * DAY_MILLIS);
    assert_eq!(weighted(&deals), Ok(0.0));
    assert_eq!(weighted(&[]), Ok(0.0));
}

#[test]
fn what_came_later_is_not_known_before() {
    let mut deals: Vec<Deal> = (0..60)
        .map(|day| deal(day * 5, Some(day * 5 + 20), None, Some(100.0)))
        .collect();
    let before = forecast::back_tests(&deals, 400 * DAY_MILLIS, 90, 1);
    // Deals made after a moment change nothing of what was foretold then.
    deals.extend((0..50).map(|_| deal(390, None, None, Some(1e6))));
    let after = forecast::back_tests(&deals, 400 * DAY_MILLIS, 90, 1);
    assert!(!before.is_empty());
    for (a, b) in before.iter().zip(&after) {
        assert_eq!(
            (a.forecast, a.interval, a.actual),
            (b.forecast, b.interval, b.actual)
        );
    }
}
