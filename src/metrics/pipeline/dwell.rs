//! How long deals stay in each stage, and which open ones stay longer than usual.
//!
//! Finished visits alone are the fast ones (dictionary 4.2), so Kaplan-Meier with the open
//! visits as not finished yet (4.3) stands beside their quantiles. Visits whose moments are
//! known to intervals only have no length.

use super::deals::{Deal, Deals, days};
use super::stage_moves::Place;
use super::timeline::{Next, Origin, Visit};
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Undefined};
use crate::domain::money::Money;
use crate::stats::quantile;
use crate::stats::survival::{Observation, kaplan_meier};

/// Finished visits from which on their 90th percentile says what is too long.
pub const FEWEST_VISITS: u64 = 10;

/// Stays in one stage.
#[derive(Debug, Clone, PartialEq)]
pub struct StageDwell {
    /// The stage.
    pub place: Place,
    /// Deals that stand in it now.
    pub open: u64,
    /// Median days that they have stood there.
    pub stage_age: Figure<f64>,
    /// Visits that ended.
    pub finished: u64,
    /// Their median and 90th percentile in days.
    pub quantiles: Figure<(f64, f64)>,
    /// Days after which half have left, open visits as not finished yet.
    pub km_median: Figure<f64>,
    /// The same of nine in ten.
    pub km_p90: Figure<f64>,
    /// Open deals that have stood there longer than nine in ten of the finished visits, and
    /// their amounts.
    pub overlong: Figure<(u64, Money)>,
}

impl StageDwell {
    /// Days after which a stay is longer than nine in ten.
    ///
    /// # Errors
    /// Too few visits ended.
    pub fn limit(&self) -> Figure<f64> {
        match self.finished >= FEWEST_VISITS {
            true => self.quantiles.map(|(_, p90)| p90),
            false => Err(self.quantiles.err().unwrap_or(Undefined::NoData)),
        }
    }
}

/// Days that an open deal has stood in its stage.
///
/// # Errors
/// The moment of its entry is not known.
pub fn stage_age(deal: &Deal, moment: Millis) -> Figure<f64> {
    let visits = deal.timeline.visits(moment);
    let last = visits.last().filter(|visit| visit.next == Next::Open);
    match last {
        Some(visit) if visit.exact => Ok(days(visit.start, moment)),
        _ if deal.timeline.origin == Origin::Snapshots => Err(Undefined::SnapshotResolution),
        _ => Err(Undefined::NoData),
    }
}

/// Every stage of every ladder, in order.
#[must_use]
pub fn dwell(deals: &Deals, moment: Millis) -> Vec<StageDwell> {
    of_all(&deals.all, deals, moment)
}

/// The same of some of the deals: stages that none of them came to are left out.
#[must_use]
pub fn dwell_of(some: &[Deal], deals: &Deals, moment: Millis) -> Vec<StageDwell> {
    let mut rows = of_all(some, deals, moment);
    rows.retain(|row| row.open + row.finished > 0);
    rows
}

fn of_all(some: &[Deal], deals: &Deals, moment: Millis) -> Vec<StageDwell> {
    let mut visits: Vec<(Place, &Deal, Visit)> = Vec::new();
    for deal in some {
        let all = deal.timeline.visits(moment).into_iter();
        visits.extend(all.map(|visit| ((deal.ladder, visit.stage), deal, visit)));
    }
    let ladders = deals.ladders.all.iter().enumerate();
    let places =
        ladders.flat_map(|(ladder, known)| (0..known.stages.len()).map(move |s| (ladder, s)));
    let none = match deals.origin() {
        Origin::Snapshots => Undefined::SnapshotResolution,
        Origin::Today | Origin::Events => Undefined::NoData,
    };
    places
        .map(|place| {
            let here = visits.iter().filter(|(at, _, _)| *at == place);
            of_stage(place, &here.collect::<Vec<_>>(), moment, none)
        })
        .collect()
}

fn of_stage(
    place: Place,
    visits: &[&(Place, &Deal, Visit)],
    moment: Millis,
    none: Undefined,
) -> StageDwell {
    let lasts = |visit: &Visit| visit.next == Next::Open;
    let length = |visit: &Visit| days(visit.start, visit.end.unwrap_or(moment));
    let known = |visit: &&Visit| visit.exact;
    let all = || visits.iter().map(|(_, _, visit)| visit);
    let ended = |visit: &Visit| !lasts(visit) && visit.next != Next::Unknown;
    let mut finished: Vec<f64> = all()
        .filter(known)
        .filter(|visit| ended(visit))
        .map(length)
        .collect();
    finished.sort_unstable_by(f64::total_cmp);
    let observations: Vec<Observation> = all()
        .filter(known)
        .map(|visit| Observation {
            time: length(visit),
            event: ended(visit),
        })
        .collect();
    let curve = kaplan_meier(&observations);
    let reached = |share: f64| match curve.steps.is_empty() {
        true => Err(none),
        false => curve.time_of_share(share).ok_or(Undefined::NotReached),
    };
    let quantiles = quantile::quantile(&finished, 0.5)
        .zip(quantile::quantile(&finished, 0.9))
        .ok_or(none);
    let mut ages: Vec<f64> = all()
        .filter(known)
        .filter(|visit| lasts(visit))
        .map(length)
        .collect();
    ages.sort_unstable_by(f64::total_cmp);
    let mut row = StageDwell {
        place,
        open: all().filter(|visit| lasts(visit)).count() as u64,
        stage_age: quantile::quantile(&ages, 0.5).ok_or(none),
        finished: finished.len() as u64,
        quantiles,
        km_median: reached(0.5),
        km_p90: reached(0.9),
        overlong: Err(none),
    };
    row.overlong = row.limit().map(|limit| {
        let over = visits
            .iter()
            .filter(|(_, _, visit)| visit.exact && lasts(visit) && length(visit) > limit);
        let amounts = over.clone().filter_map(|(_, deal, _)| deal.amount);
        (over.count() as u64, amounts.sum())
    });
    row
}

#[cfg(test)]
mod tests {
    use super::super::deals::tests::with_history;
    use super::super::history::Counts;
    use super::super::ladder::{Ladder, LadderSetup, Ladders};
    use super::super::timeline::{Row, Standing, tests::row};
    use super::*;
    use crate::domain::calendar::DAY_MILLIS;

    fn deals(all: Vec<Deal>) -> Deals {
        let setup = LadderSetup {
            stages: vec!["one".into()],
            ..LadderSetup::default()
        };
        Deals {
            all,
            ladders: Ladders {
                all: vec![Ladder::new(setup)],
            },
            counts: Counts::default(),
        }
    }

    fn at(day: i64) -> Row {
        row(day, Some(0), Standing::Open, 1.0)
    }

    /// The times and ends of vector 12.3 as visits: an end is a loss, the others are watched
    /// until day 30.
    #[test]
    fn the_vector() {
        let times = [3, 5, 5, 8, 10, 12, 12, 15, 20, 30];
        let events = [1, 1, 0, 1, 0, 1, 0, 0, 1, 0];
        let all = times.iter().zip(events).map(|(time, event)| {
            let start = if event == 1 { 0 } else { 30 - time };
            let lost = (event == 1).then_some(*time);
            with_history(start, None, lost, Some(1.0), vec![at(start)])
        });
        let found = dwell(&deals(all.collect()), 30 * DAY_MILLIS);
        let stage = &found[0];
        assert_eq!((stage.finished, stage.open), (5, 5));
        assert_eq!(stage.km_median, Ok(20.0));
        assert_eq!(stage.km_p90, Err(Undefined::NotReached));
        // Type 7 of 3, 5, 8, 12, 20.
        assert_eq!(stage.quantiles, Ok((8.0, 16.8)));
        assert_eq!(stage.limit(), Err(Undefined::NoData));
    }

    #[test]
    fn open_deals_beyond_nine_in_ten_stand_out() {
        let mut all: Vec<Deal> = (1..=11)
            .map(|day| with_history(0, Some(day), None, Some(1.0), vec![at(0)]))
            .collect();
        all.push(with_history(50, None, None, Some(7.0), vec![at(50)]));
        all.push(with_history(55, None, None, Some(9.0), vec![at(55)]));
        let stage = &dwell(&deals(all), 60 * DAY_MILLIS)[0];
        assert_eq!(stage.limit(), Ok(10.0));
        // Ten days are not beyond ten days.
        assert_eq!(stage.overlong, Ok((0, Money::ZERO)));
    }

    #[test]
    fn intervals_have_no_length() {
        let mut first = at(3);
        first.since = Some(0);
        let found = deals(vec![with_history(0, Some(9), None, Some(1.0), vec![first])]);
        let stage = &dwell(&found, 30 * DAY_MILLIS)[0];
        assert_eq!(stage.quantiles, Err(Undefined::SnapshotResolution));
        assert_eq!(stage.km_median, Err(Undefined::SnapshotResolution));
    }
}
