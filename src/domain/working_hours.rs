//! When people work: business time between two instants.
//!
//! A calendar has a zone, windows of the day, days of the week and holidays. For each
//! local date its windows become instants in the zone, and what lies of a span inside
//! them is summed (metrics dictionary 0.2), so that a day on which the clocks change is as
//! long as it is. [`Timeline`] keeps the windows of a stretch of days with running sums:
//! a hundred thousand spans then cost two look-ups each.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};
use chrono_tz::Tz;

use super::calendar::{Millis, day_end, day_of, instant_of};

/// Minutes of a day; 24:00 is its end.
const DAY_MINUTES: u32 = 24 * 60;

/// The names of the days of the week, Monday first.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A part of a day, in minutes from midnight on the clock of the zone; the end is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// First minute.
    pub from: u32,
    /// Minute after the last; 1440 is the end of the day.
    pub to: u32,
}

/// When people work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingHours {
    /// What it is called.
    pub name: String,
    /// Whose clocks count.
    pub zone: Tz,
    /// Windows of a working day, in order, without overlaps.
    pub windows: Vec<Window>,
    /// Which days of the week are worked, Monday first.
    pub days: [bool; 7],
    /// Days that are not worked.
    pub holidays: BTreeSet<NaiveDate>,
}

/// A text that is no hours or no day, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl WorkingHours {
    /// Monday to Friday, nine to five.
    #[must_use]
    pub fn office(name: &str, zone: Tz) -> Self {
        Self {
            name: name.to_owned(),
            zone,
            windows: vec![Window {
                from: 9 * 60,
                to: 17 * 60,
            }],
            days: [true, true, true, true, true, false, false],
            holidays: BTreeSet::new(),
        }
    }

    /// True where the day is worked.
    #[must_use]
    pub fn works_on(&self, day: NaiveDate) -> bool {
        let weekday = day.weekday().num_days_from_monday() as usize;
        self.days[weekday] && !self.holidays.contains(&day)
    }

    /// Days worked from `first` to before `end`.
    #[must_use]
    pub fn days_worked(&self, first: NaiveDate, end: NaiveDate) -> u64 {
        let days = first.iter_days().take_while(|day| *day < end);
        days.filter(|day| self.works_on(*day)).count() as u64
    }

    /// The windows of a day as instants: none on a day off. One that the clocks swallowed
    /// is empty.
    fn instants(&self, day: NaiveDate) -> impl Iterator<Item = (Millis, Millis)> + '_ {
        let at = move |minutes: u32| {
            let time = NaiveTime::from_num_seconds_from_midnight_opt(minutes * 60, 0);
            time.map_or_else(
                || day_end(day, self.zone),
                |time| instant_of(day.and_time(time), self.zone).0,
            )
        };
        let worked = self.works_on(day);
        let windows = self.windows.iter().filter(move |_| worked);
        windows.map(move |window| (at(window.from), at(window.to)))
    }

    /// Business time of a span, in milliseconds; 0 where it ends before it starts.
    #[must_use]
    pub fn between(&self, start: Millis, end: Millis) -> Millis {
        if end <= start {
            return 0;
        }
        Timeline::new(self, start, end).between(start, end)
    }
}

/// `09:00-17:00`, or several windows with commas.
///
/// # Errors
/// Where a window is none, ends before it starts, or overlaps the one before.
pub fn windows(text: &str) -> Result<Vec<Window>, Unreadable> {
    let parsed: Result<Vec<Window>, Unreadable> = text.split(',').map(window).collect();
    let parsed = parsed?;
    if parsed.windows(2).any(|pair| pair[1].from < pair[0].to) {
        let text = text.trim();
        return Err(Unreadable(format!(
            "`{text}`: the windows overlap or stand in the wrong order"
        )));
    }
    Ok(parsed)
}

fn window(text: &str) -> Result<Window, Unreadable> {
    let text = text.trim();
    let ends = text.split_once(['-', '\u{2013}']);
    let parsed = ends.and_then(|(from, to)| Some((minutes(from)?, minutes(to)?)));
    match parsed {
        None => Err(Unreadable(format!(
            "`{text}` is no working time; write 09:00-17:00"
        ))),
        Some((from, to)) if to <= from => Err(Unreadable(format!(
            "`{text}` ends before it starts; a shift over midnight is two windows: 00:00-06:00, 22:00-24:00"
        ))),
        Some((from, to)) => Ok(Window { from, to }),
    }
}

/// `9`, `09:00`, `24:00` as minutes from midnight.
fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours.checked_mul(60)?.checked_add(minutes)?;
    (minutes < 60 && total <= DAY_MINUTES).then_some(total)
}

/// `mon`, `Monday` as a number from 0.
///
/// # Errors
/// Where the word is no day of the week.
pub fn weekday(word: &str) -> Result<usize, Unreadable> {
    let day: Result<Weekday, _> = word.trim().parse();
    day.map(|day| day.num_days_from_monday() as usize)
        .map_err(|_| Unreadable(format!("`{}` is no day of the week", word.trim())))
}

/// The windows of a stretch of time with the time worked before each.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// First instant, instant after the last, milliseconds worked before; by time.
    open: Vec<(Millis, Millis, Millis)>,
}

impl Timeline {
    /// The windows that touch `first..=last`.
    #[must_use]
    pub fn new(hours: &WorkingHours, first: Millis, last: Millis) -> Self {
        // A day before, because the day of an instant is that of the zone.
        let mut day = day_of(first, hours.zone);
        let end = day_of(last, hours.zone);
        let mut open = Vec::new();
        let mut worked = 0;
        while day <= end {
            for (from, to) in hours.instants(day).filter(|(from, to)| from < to) {
                open.push((from, to, worked));
                worked += to - from;
            }
            let Some(next) = day.checked_add_days(Days::new(1)) else {
                break;
            };
            day = next;
        }
        Self { open }
    }

    /// Business time of a span inside the stretch, in milliseconds; 0 where it ends before
    /// it starts.
    #[must_use]
    pub fn between(&self, start: Millis, end: Millis) -> Millis {
        (self.until(end) - self.until(start)).max(0)
    }

    /// Time worked from the beginning of the stretch to an instant.
    fn until(&self, at: Millis) -> Millis {
        let begun = self.open.partition_point(|(from, _, _)| *from <= at);
        let last = begun.checked_sub(1).and_then(|index| self.open.get(index));
        last.map_or(0, |(from, to, before)| before + (at.min(*to) - from))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono::{DateTime, NaiveDateTime, Timelike};
    use proptest::prelude::*;

    const MINUTE: Millis = 60_000;

    fn at(text: &str, zone: Tz) -> Millis {
        let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        instant_of(local, zone).0
    }

    fn minutes_between(hours: &WorkingHours, start: &str, end: &str) -> Millis {
        let (start, end) = (at(start, hours.zone), at(end, hours.zone));
        hours.between(start, end) / MINUTE
    }

    #[test]
    fn vector_of_the_dictionary() {
        // Metrics dictionary, 12.10.
        let office = WorkingHours::office("office", Tz::America__New_York);
        let cases = [
            ("2024-03-08 16:30", "2024-03-11 09:30", 60),
            ("2024-03-09 11:00", "2024-03-11 10:00", 60),
            ("2024-03-07 08:30", "2024-03-07 09:15", 15),
            ("2024-03-07 18:00", "2024-03-07 19:00", 0),
        ];
        for (start, end, wanted) in cases {
            assert_eq!(minutes_between(&office, start, end), wanted, "{start}");
        }
        let zone = Tz::America__New_York;
        let elapsed = at("2024-03-11 09:30", zone) - at("2024-03-08 16:30", zone);
        assert_eq!(elapsed / MINUTE, 3_840);
        let always = WorkingHours {
            windows: windows("00:00-24:00").unwrap(),
            days: [true; 7],
            ..office
        };
        assert_eq!(
            minutes_between(&always, "2024-03-10 00:00", "2024-03-10 06:00"),
            300
        );
    }

    #[test]
    fn edges_of_windows_and_days_off() {
        let mut hours = WorkingHours::office("office", Tz::Europe__Berlin);
        assert_eq!(
            minutes_between(&hours, "2026-03-06 17:00", "2026-03-09 09:00"),
            0
        );
        assert_eq!(
            minutes_between(&hours, "2026-03-06 16:59", "2026-03-09 09:01"),
            2
        );
        hours.holidays.insert("2026-03-09".parse().unwrap());
        assert_eq!(
            minutes_between(&hours, "2026-03-06 16:59", "2026-03-10 09:01"),
            2
        );
        hours.windows = windows("9-12, 13:00-17:30").unwrap();
        assert_eq!(
            minutes_between(&hours, "2026-03-10 11:00", "2026-03-10 14:00"),
            120
        );
        assert_eq!(hours.between(5, 5), 0);
        assert_eq!(hours.between(5, 4), 0);
        let (first, end) = ("2026-03-01".parse().unwrap(), "2026-04-01".parse().unwrap());
        assert_eq!(hours.days_worked(first, end), 21);
    }

    #[test]
    fn the_hour_that_comes_twice_is_worked_twice() {
        let always = WorkingHours {
            windows: windows("00:00-24:00").unwrap(),
            days: [true; 7],
            ..WorkingHours::office("always", Tz::Europe__Berlin)
        };
        assert_eq!(
            minutes_between(&always, "2026-10-25 00:00", "2026-10-26 00:00"),
            25 * 60
        );
        assert_eq!(
            minutes_between(&always, "2026-03-29 00:00", "2026-03-30 00:00"),
            23 * 60
        );
        // A window that lies in the hour that is left out is empty.
        let night = WorkingHours {
            windows: windows("02:00-03:00").unwrap(),
            ..always
        };
        assert_eq!(
            minutes_between(&night, "2026-03-29 00:00", "2026-03-30 00:00"),
            0
        );
        assert_eq!(
            minutes_between(&night, "2026-03-28 00:00", "2026-03-29 00:00"),
            60
        );
    }

    #[test]
    fn texts_that_are_no_hours() {
        for text in [
            "",
            "9",
            "17-9",
            "9-9",
            "09:00-25:00",
            "9:60-10",
            "9-12, 11-13",
            "x-y",
        ] {
            assert!(windows(text).is_err(), "{text}");
        }
        assert_eq!(weekday("Mon"), Ok(0));
        assert_eq!(weekday("sunday"), Ok(6));
        assert!(weekday("funday").is_err());
    }

    /// Every minute of the span asked one by one whether somebody works. Windows that begin
    /// or end within an hour that the clocks change are not for this reference.
    fn slowly(hours: &WorkingHours, start: Millis, end: Millis) -> Millis {
        let mut worked = 0;
        let mut minute = start;
        while minute < end {
            let utc = DateTime::from_timestamp_millis(minute).unwrap();
            let local = utc.with_timezone(&hours.zone).naive_local();
            let of_day = local.hour() * 60 + local.minute();
            let inside = |window: &Window| window.from <= of_day && of_day < window.to;
            if hours.works_on(local.date()) && hours.windows.iter().any(inside) {
                worked += MINUTE;
            }
            minute += MINUTE;
        }
        worked
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn agrees_with_counting_minutes(
            zone in prop::sample::select(vec![
                Tz::UTC, Tz::Europe__Berlin, Tz::America__New_York, Tz::Asia__Kolkata,
                Tz::Australia__Lord_Howe,
            ]),
            // Minutes from 2026-03-01; a year has both changes of the clocks.
            start in 0_i64..365 * 24 * 60,
            length in 0_i64..12 * 24 * 60,
            from in 4_u32..20,
            width in 1_u32..20,
            pause in any::<bool>(),
            days in prop::array::uniform7(any::<bool>()),
            off in 0_u64..365,
        ) {
            let to = (from + width).min(24);
            let mut list = vec![Window { from: from * 60, to: to * 60 }];
            if pause {
                list.insert(0, Window { from: 0, to: 30 });
            }
            let first: NaiveDate = "2026-03-01".parse().unwrap();
            let hours = WorkingHours {
                name: "x".into(),
                zone,
                windows: list,
                days,
                holidays: [first + Days::new(off)].into_iter().collect(),
            };
            let origin = at("2026-03-01 00:00", Tz::UTC);
            let start = origin + start * MINUTE;
            let end = start + length * MINUTE;
            prop_assert_eq!(hours.between(start, end), slowly(&hours, start, end));
        }
    }
}
