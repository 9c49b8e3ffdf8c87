//! Whether an export of web analytics was made before its last day was over.
//!
//! Analytics tools are late by up to a day, and an export of this morning has today's first
//! hours. A last day with less than half of the visits that are usual (the median of the 28
//! days before) is such a day; so that no Sunday is taken for one, it must have less than
//! half of what its own weekday has, too.
//! Source: what users of analytics exports complain of (conduct, 6.3).

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};

use super::data::{Data, Source};
use super::visits::visit_column;
use crate::domain::calendar::{DAY_MILLIS, day_of};
use crate::stats::quantile::quantile;
use crate::tables::col as name;
use crate::tables::frame::integers;

/// Days that tell what is usual.
const DAYS: u64 = 28;
/// Fewest of them that do.
const ENOUGH: usize = 14;

/// A last day that was not over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CutOff {
    /// The day, in the report zone.
    pub day: NaiveDate,
    /// Its visits.
    pub visits: f64,
    /// Those of a usual day.
    pub usual: f64,
}

/// The last day of the visits by day, where it looks cut off.
#[must_use]
pub fn cut_off(data: &Data) -> Option<CutOff> {
    let visits = data.frame(Source::Visits);
    let spans = integers(visits, name::START)
        .into_iter()
        .zip(integers(visits, name::END));
    let mut days: BTreeMap<NaiveDate, i64> = BTreeMap::new();
    for ((start, end), count) in spans.zip(integers(visits, visit_column(data))) {
        let (Some(start), Some(end), Some(count)) = (start, end, count) else {
            continue;
        };
        // A day of changing clocks has 25 hours.
        if end - start <= DAY_MILLIS + DAY_MILLIS / 24 {
            *days.entry(day_of(start, data.zone)).or_default() += count;
        }
    }
    of_days(&days)
}

fn of_days(days: &BTreeMap<NaiveDate, i64>) -> Option<CutOff> {
    let (day, last) = days.last_key_value()?;
    let from = day.checked_sub_days(Days::new(DAYS))?;
    let before: Vec<(NaiveDate, f64)> = days
        .range(from..*day)
        .map(|(day, micros)| (*day, *micros as f64 / 1e6))
        .collect();
    if before.len() < ENOUGH {
        return None;
    }
    let median = |of: &dyn Fn(&NaiveDate) -> bool| {
        let mut values: Vec<f64> = before
            .iter()
            .filter(|(day, _)| of(day))
            .map(|(_, visits)| *visits)
            .collect();
        values.sort_by(f64::total_cmp);
        quantile(&values, 0.5)
    };
    let usual = median(&|_| true)?.min(median(&|other| other.weekday() == day.weekday())?);
    let visits = *last as f64 / 1e6;
    (visits < usual / 2.0).then_some(CutOff {
        day: *day,
        visits,
        usual,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Working days have 100 visits, those of a weekend 30.
    fn days(count: u64, last: i64) -> BTreeMap<NaiveDate, i64> {
        let end = NaiveDate::from_ymd_opt(2026, 10, 28).unwrap();
        (0..count)
            .map(|back| {
                let day = end - Days::new(back);
                let usual = if day.weekday().number_from_monday() > 5 {
                    30
                } else {
                    100
                };
                (day, if back == 0 { last } else { usual } * 1_000_000)
            })
            .collect()
    }

    #[test]
    fn a_day_below_half_of_what_is_usual_is_cut_off() {
        let found = of_days(&days(29, 49)).unwrap();
        assert_eq!((found.visits, found.usual), (49.0, 100.0));
        assert_eq!(of_days(&days(29, 50)), None);
        assert_eq!(of_days(&days(10, 1)), None);
        assert_eq!(of_days(&BTreeMap::new()), None);
    }

    #[test]
    fn a_sunday_is_compared_with_sundays() {
        let mut days = days(29, 100);
        let sunday = NaiveDate::from_ymd_opt(2026, 10, 25).unwrap();
        days.retain(|day, _| *day <= sunday);
        assert_eq!(of_days(&days), None);
        days.insert(sunday, 14_000_000);
        assert_eq!(of_days(&days).unwrap().usual, 30.0);
    }
}
