//! Dates that need no neighbours, one by one and fast.

use super::packed::pack;
use super::parse::{DAY, Parsed, parse};
use super::{Stamp, stamp};

/// A cell that says its date by itself, whatever the others in its column say; nothing
/// for a missing or bad cell, a date whose day and month the column decides, and the day
/// number of a spreadsheet.
#[must_use]
#[inline]
pub fn plain_stamp(cell: &str) -> Option<Stamp> {
    if let Some(stamp) = timestamp(cell.as_bytes()) {
        return Some(stamp);
    }
    match parse(cell) {
        (parsed @ (Parsed::Day(_) | Parsed::Local(_) | Parsed::Instant(_)), _) => {
            stamp(pack(parsed))
        }
        _ => None,
    }
}

/// `2026-01-31T10:00:00`, with a blank for the T, and with or without a Z.
#[inline]
fn timestamp(cell: &[u8]) -> Option<Stamp> {
    let (plain, end) = cell.split_first_chunk::<19>()?;
    let zoned = match end {
        [] => false,
        [b'Z'] => true,
        _ => return None,
    };
    let [
        y1,
        y2,
        y3,
        y4,
        b'-',
        m1,
        m2,
        b'-',
        d1,
        d2,
        b'T' | b' ',
        h1,
        h2,
        b':',
        n1,
        n2,
        b':',
        s1,
        s2,
    ] = *plain
    else {
        return None;
    };
    let digits = [y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, n1, n2, s1, s2];
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let two = |ten: u8, one: u8| u32::from(ten - b'0') * 10 + u32::from(one - b'0');
    let (year, month, day) = (two(y1, y2) * 100 + two(y3, y4), two(m1, m2), two(d1, d2));
    let (hour, minute, second) = (two(h1, h2), two(n1, n2), two(s1, s2));
    if !(1..=12).contains(&month) || day < 1 || day > 28 && day > days_in(year, month) {
        return None;
    }
    if year < 1 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let time = i64::from((hour * 60 + minute) * 60 + second) * 1000;
    Some(Stamp {
        millis: days_since_1970(year, month, day) * DAY + time,
        zoned,
        date_only: false,
    })
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Of the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date
/// algorithms", `days_from_civil`).
#[inline]
fn days_since_1970(year: u32, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    i64::from(days) - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_that_speak_for_themselves() {
        let millis = |cell: &str| plain_stamp(cell).map(|stamp| (stamp.millis, stamp.zoned));
        assert_eq!(
            millis("2026-02-03T04:05:06Z"),
            Some((1_770_091_506_000, true))
        );
        assert_eq!(
            millis("2026-02-03 04:05:06"),
            Some((1_770_091_506_000, false))
        );
        assert_eq!(
            millis("2026-02-03T04:05:06+01:00"),
            Some((1_770_087_906_000, true))
        );
        assert_eq!(millis("1770091506"), Some((1_770_091_506_000, true)));
        assert!(plain_stamp("2026-02-03").is_some_and(|stamp| stamp.date_only));
        for cell in [
            "",
            "03/02/2026",
            "2026-02-30",
            "2026-02-30T00:00:00",
            "45631",
            "soon",
        ] {
            assert_eq!(millis(cell), None, "{cell}");
        }
    }

    proptest! {
        #[test]
        fn fast_and_slow_agree(
            year in 1_i32..9999, month in 0_u32..14, day in 0_u32..33,
            hour in 0_u32..25, minute in 0_u32..61, second in 0_u32..61, end in "Z?", mid in "[T ]"
        ) {
            let cell = format!("{year:04}-{month:02}-{day:02}{mid}{hour:02}:{minute:02}:{second:02}{end}");
            if let Some(fast) = timestamp(cell.as_bytes()) {
                prop_assert_eq!(Some(fast), stamp(pack(parse(&cell).0)));
            }
        }
    }
}
