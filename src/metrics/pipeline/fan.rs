//! What was won and what will be, on one axis: the sum of wins up to the moment, and the
//! forecasts on top of it (dictionary 3.5).

use super::deals::Deal;
use super::forecast::{Forecast, Intervals};
use crate::domain::calendar::{DAY_MILLIS, Millis};

/// Days between two points of the past, and how many there are at most.
const STEP_DAYS: i64 = 30;
const MOST_STEPS: i64 = 6;

/// The sum of the wins since the first point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FanPoint {
    /// The moment.
    pub at: Millis,
    /// Days from the moment of the forecast; the past below zero.
    pub days: i64,
    /// Units won since the first point, by then; expected where it lies ahead.
    pub sum: f64,
    /// Ends of the 80 % and the 95 % interval; absent for what is known.
    pub intervals: Option<Intervals>,
}

/// The points by time. Empty where no forecast has an interval. The past reaches back as far
/// as deals were made, half a year at most: before that there is nothing, not zero.
#[must_use]
pub fn fan(deals: &[Deal], moment: Millis, forecasts: &[Forecast]) -> Vec<FanPoint> {
    let made = deals.iter().filter_map(|deal| deal.created).min();
    let watched = made.map_or(0, |first| (moment - first) / (STEP_DAYS * DAY_MILLIS));
    let steps = watched.clamp(0, MOST_STEPS);
    let at = |days: i64| moment + days * DAY_MILLIS;
    let first = at(-steps * STEP_DAYS);
    let known = |days: i64| FanPoint {
        at: at(days),
        days,
        sum: deals
            .iter()
            .filter(|deal| deal.won_within(first, at(days)))
            .map(Deal::units)
            .sum(),
        intervals: None,
    };
    let past: Vec<FanPoint> = (-steps..=0).map(|step| known(step * STEP_DAYS)).collect();
    let so_far = past.last().map_or(0.0, |point| point.sum);
    let ahead: Vec<FanPoint> = forecasts
        .iter()
        .filter_map(|forecast| to_come(forecast, so_far, moment))
        .collect();
    match ahead.is_empty() {
        true => Vec::new(),
        false => past.into_iter().chain(ahead).collect(),
    }
}

fn to_come(forecast: &Forecast, so_far: f64, moment: Millis) -> Option<FanPoint> {
    let (inner, outer) = forecast.intervals.ok()?;
    let days = i64::from(forecast.days);
    let raised = |(low, high): (f64, f64)| (so_far + low, so_far + high);
    Some(FanPoint {
        at: moment + days * DAY_MILLIS,
        days,
        sum: so_far + forecast.total().ok()?,
        intervals: Some((raised(inner), raised(outer))),
    })
}

#[cfg(test)]
mod tests {
    use super::super::deals::tests::deal;
    use super::*;
    use crate::domain::figure::Undefined;

    fn forecast(days: u32, total: f64) -> Forecast {
        Forecast {
            days,
            weighted: Err(Undefined::NoData),
            by_age: Ok(total),
            new: Ok(1.0),
            wins: Ok((1.0, 1.0)),
            intervals: Ok(((total - 1.0, total + 2.0), (total - 3.0, total + 4.0))),
        }
    }

    #[test]
    fn the_future_stands_on_the_past() {
        let moment = 200 * DAY_MILLIS;
        // Won on day 150 and on day 190; the first was won before day 20, the first point.
        let deals = [
            deal(10, Some(15), None, Some(500.0)),
            deal(120, Some(150), None, Some(10.0)),
            deal(120, Some(190), None, Some(20.0)),
            deal(120, None, None, Some(40.0)),
        ];
        let found = fan(&deals, moment, &[forecast(30, 5.0), forecast(60, 9.0)]);
        let sums: Vec<(i64, f64)> = found.iter().map(|point| (point.days, point.sum)).collect();
        assert_eq!(
            sums,
            [
                (-180, 0.0),
                (-150, 0.0),
                (-120, 0.0),
                (-90, 0.0),
                (-60, 0.0),
                (-30, 10.0),
                (0, 30.0),
                (30, 36.0),
                (60, 40.0),
            ]
        );
        assert_eq!(found[7].intervals, Some(((34.0, 37.0), (32.0, 39.0))));
        assert_eq!(found[6].intervals, None);
        // Deals are made since 80 days: two whole steps of the past.
        let young = fan(&deals[1..], moment, &[forecast(30, 5.0)]);
        assert_eq!(young.len(), 4);
        assert_eq!((young[0].days, young[2].sum), (-60, 30.0));
    }

    #[test]
    fn without_an_interval_there_is_no_fan() {
        let mut unknown = forecast(30, 5.0);
        unknown.intervals = Err(Undefined::NoData);
        assert!(fan(&[], 0, &[unknown]).is_empty());
    }
}
