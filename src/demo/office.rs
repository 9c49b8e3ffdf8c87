//! Office time: how the team's working minutes lie on the wall clock.
//!
//! The office is open from nine to five, Monday to Friday, and knows no holidays, so
//! `[calendar.office]` of the configuration says all there is to it. Forms are filled in
//! at any hour; who answers them works in these.

use super::moment::{DAY, Moment};

/// Minute of the day at which the office opens.
const OPENS: i64 = 9 * 60;
/// Minute of the day at which it closes.
const CLOSES: i64 = 17 * 60;

/// The moment itself while the office is open, else the next opening.
#[must_use]
pub fn open(at: Moment) -> Moment {
    let minute = at.minute_of_day();
    if at.weekday() < 5 && (OPENS..CLOSES).contains(&minute) {
        return at;
    }
    let day = at.start_of_day().plus(i64::from(minute >= CLOSES) * DAY);
    let rest_of_weekend = match day.weekday() {
        5 => 2,
        6 => 1,
        _ => 0,
    };
    day.plus(rest_of_weekend * DAY + OPENS)
}

/// The moment at which `minutes` of office time have passed since `from`.
#[must_use]
pub fn work(from: Moment, minutes: i64) -> Moment {
    let (mut at, mut left) = (open(from), minutes);
    loop {
        let rest = CLOSES - at.minute_of_day();
        if left <= rest {
            return at.plus(left);
        }
        left -= rest;
        at = open(at.plus(rest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Friday.
    fn friday(hour: i64, minute: i64) -> Moment {
        Moment::midnight(2026, 10, 30).plus(hour * 60 + minute)
    }

    #[test]
    fn the_weekend_and_the_night_do_not_count() {
        let monday = friday(9, 0).plus(3 * DAY);
        assert_eq!(open(friday(7, 0)), friday(9, 0));
        assert_eq!(open(friday(11, 5)), friday(11, 5));
        assert_eq!(open(friday(17, 0)), monday);
        assert_eq!(open(friday(12, 0).plus(DAY)), monday);
        assert_eq!(open(friday(23, 59).plus(2 * DAY)), monday);
        assert_eq!(work(friday(16, 50), 30), monday.plus(20));
        assert_eq!(work(friday(16, 50), 10), friday(17, 0));
    }

    #[test]
    fn it_is_what_counting_minute_by_minute_gives() {
        let is_open =
            |at: Moment| at.weekday() < 5 && (OPENS..CLOSES).contains(&at.minute_of_day());
        for start in (0..7 * DAY).step_by(97) {
            let from = friday(0, 0).plus(start);
            for minutes in [1, 29, 480, 481, 3000] {
                let (mut at, mut passed) = (from, 0);
                while passed < minutes {
                    passed += i64::from(is_open(at));
                    at = at.plus(1);
                }
                assert_eq!(work(from, minutes), at, "{from:?} {minutes}");
            }
        }
    }
}
