//! Dates that need no neighbours, one by one and fast.

use super::packed::pack;
use super::parse::{DAY, Parsed, parse};
use super::{Stamp, stamp};

/// A cell that says its date by itself, whatever the others in its column say; nothing
/// for a missing or bad cell, a date whose day and month the column decides, and the day
/// number of a spreadsheet.
#[must_use]
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
fn timestamp(cell: &[u8]) -> Option<Stamp> {
    let zoned = match cell {
        [.., b'Z'] if cell.len() == 20 => true,
        _ if cell.len() == 19 => false,
        _ => return None,
    };
    let marks = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if !marks.iter().all(|(place, mark)| cell[*place] == *mark) || !matches!(cell[10], b'T' | b' ')
    {
        return None;
    }
    let number = |from: usize, to: usize| {
        cell[from..to].iter().try_fold(0_i64, |number, byte| {
            byte.is_ascii_digit()
                .then(|| number * 10 + i64::from(byte - b'0'))
        })
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !(1..=12).contains(&month) || day < 1 || day > 28 && day > days_in(year, month) {
        return None;
    }
    if year < 1 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let time = ((hour * 60 + minute) * 60 + second) * 1000;
    Some(Stamp {
        millis: days_since_1970(year, month, day) * DAY + time,
        zoned,
        date_only: false,
    })
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Of the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date
/// algorithms", `days_from_civil`).
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
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
