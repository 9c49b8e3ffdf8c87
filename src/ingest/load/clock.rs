//! Stamps of a column to instants, fast.
//!
//! Nearly all days have one offset from midnight to midnight; it is asked once a day
//! and kept. Only a day on which the clocks change is resolved time by time.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::domain::calendar::{DAY_MILLIS, LocalTime, Millis, day_start, instant_of};
use crate::ingest::cell::date::Stamp;

/// Local times of a zone to instants.
pub struct Clock {
    zone: Tz,
    /// Local day -> offset in milliseconds; absent value where the clocks change.
    offsets: BTreeMap<i64, Option<Millis>>,
    last: Option<(i64, Millis)>,
    /// Local times that existed twice or not at all.
    pub doubtful: u64,
}

impl Clock {
    /// For local times of `zone`.
    #[must_use]
    pub fn new(zone: Tz) -> Self {
        Self {
            zone,
            offsets: BTreeMap::new(),
            last: None,
            doubtful: 0,
        }
    }

    /// The instant of a stamp.
    pub fn instant(&mut self, stamp: Stamp) -> Millis {
        if stamp.zoned {
            return stamp.millis;
        }
        let day = stamp.millis.div_euclid(DAY_MILLIS);
        if let Some((last, offset)) = self.last
            && last == day
        {
            return stamp.millis - offset;
        }
        let zone = self.zone;
        let known = *self
            .offsets
            .entry(day)
            .or_insert_with(|| offset_of(stamp.date(), zone));
        match known {
            Some(offset) => {
                self.last = Some((day, offset));
                stamp.millis - offset
            }
            None => {
                let (instant, kind) = instant_of(stamp.naive(), zone);
                self.doubtful += u64::from(kind != LocalTime::Plain && !stamp.date_only);
                instant
            }
        }
    }
}

/// The offset of a whole local day; nothing where it changes within it.
fn offset_of(day: NaiveDate, zone: Tz) -> Option<Millis> {
    let midnight = day
        .and_time(chrono::NaiveTime::MIN)
        .and_utc()
        .timestamp_millis();
    let start = day_start(day, zone);
    let next = day_start(day.succ_opt()?, zone);
    (next - start == DAY_MILLIS).then_some(midnight - start)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn local(text: &str) -> Stamp {
        let naive = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        Stamp {
            millis: naive.and_utc().timestamp_millis(),
            zoned: false,
            date_only: false,
        }
    }

    #[test]
    fn agrees_with_the_calendar_time_by_time() {
        let zone = Tz::Europe__Berlin;
        let mut clock = Clock::new(zone);
        for text in [
            "2026-03-28 12:00",
            "2026-03-29 01:59",
            "2026-03-29 02:30",
            "2026-03-29 04:00",
            "2026-10-25 02:30",
            "2026-10-25 23:00",
            "2026-10-26 00:00",
            "2026-07-01 23:59",
        ] {
            let stamp = local(text);
            assert_eq!(
                clock.instant(stamp),
                instant_of(stamp.naive(), zone).0,
                "{text}"
            );
        }
        assert_eq!(clock.doubtful, 2);
    }
}
