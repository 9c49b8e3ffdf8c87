//! Instants and the report zone.
//!
//! An instant is a number of milliseconds since 1970-01-01T00:00:00Z. Which day it
//! falls on is a question to a zone, and the only one that may answer is here.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

use super::period::Period;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// Milliseconds in a day of 86 400 seconds; "days" of a duration are these.
pub const DAY_MILLIS: Millis = 86_400_000;

/// How a local time became an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalTime {
    /// It exists once.
    Plain,
    /// It exists twice (autumn); the first occurrence was taken.
    Twice,
    /// It does not exist (spring); it was moved forward by the gap.
    Gap,
}

/// The instant of a local time, and whether the clocks made it doubtful.
#[must_use]
pub fn instant_of(local: NaiveDateTime, zone: Tz) -> (Millis, LocalTime) {
    match zone.from_local_datetime(&local) {
        chrono::LocalResult::Single(time) => (time.timestamp_millis(), LocalTime::Plain),
        chrono::LocalResult::Ambiguous(first, _) => (first.timestamp_millis(), LocalTime::Twice),
        chrono::LocalResult::None => (after_gap(local, zone), LocalTime::Gap),
    }
}

/// In a gap the offset before it still holds: 02:30 becomes 03:30.
fn after_gap(local: NaiveDateTime, zone: Tz) -> Millis {
    let day_before = local - chrono::Duration::days(1);
    let offset = zone.offset_from_utc_datetime(&day_before).fix();
    local.and_utc().timestamp_millis() - i64::from(offset.local_minus_utc()) * 1000
}

/// The first instant of a day in the zone.
#[must_use]
pub fn day_start(day: NaiveDate, zone: Tz) -> Millis {
    instant_of(day.and_time(NaiveTime::MIN), zone).0
}

/// The first instant after a day in the zone.
#[must_use]
pub fn day_end(day: NaiveDate, zone: Tz) -> Millis {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    day_start(next, zone)
}

/// The day on which an instant falls in the zone.
#[must_use]
pub fn day_of(instant: Millis, zone: Tz) -> NaiveDate {
    zoned(instant, zone).date_naive()
}

/// Start (included) and end (excluded) of a period as instants.
#[must_use]
pub fn instants(period: &Period, zone: Tz) -> (Millis, Millis) {
    (day_start(period.start, zone), day_start(period.end, zone))
}

/// RFC 3339 with the offset of the zone: `2026-11-01T00:00:00+01:00`.
#[must_use]
pub fn rfc3339(instant: Millis, zone: Tz) -> String {
    zoned(instant, zone).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

fn zoned(instant: Millis, zone: Tz) -> DateTime<Tz> {
    let utc = DateTime::<Utc>::from_timestamp_millis(instant).unwrap_or_default();
    utc.with_timezone(&zone)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn local(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn clock_changes_follow_the_rule() {
        let berlin = Tz::Europe__Berlin;
        let (gap, kind) = instant_of(local("2026-03-29 02:30"), berlin);
        assert_eq!(kind, LocalTime::Gap);
        assert_eq!(rfc3339(gap, berlin), "2026-03-29T03:30:00+02:00");
        let (twice, kind) = instant_of(local("2026-10-25 02:30"), berlin);
        assert_eq!(kind, LocalTime::Twice);
        assert_eq!(rfc3339(twice, berlin), "2026-10-25T02:30:00+02:00");
    }

    #[test]
    fn a_month_edge_depends_on_the_zone() {
        let instant = local("2026-02-01 03:00").and_utc().timestamp_millis();
        assert_eq!(day_of(instant, Tz::UTC).to_string(), "2026-02-01");
        assert_eq!(
            day_of(instant, Tz::America__New_York).to_string(),
            "2026-01-31"
        );
    }
}
