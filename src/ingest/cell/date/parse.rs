//! One cell as a date: what can be said without looking at its neighbours.

use chrono::NaiveDate;

use super::DateOrder;
use super::cursor::Cursor;
use super::named::named;
use super::time::{Tail, joined, offset, tail};
use super::words::{self, Word};
use crate::ingest::cell::{is_missing, plain, trimmed};

/// Milliseconds of a day.
pub(crate) const DAY: i64 = 86_400_000;

/// What a cell says by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Parsed {
    /// Nothing.
    Missing,
    /// A day, in days since 1970-01-01.
    Day(i32),
    /// A wall-clock time, in milliseconds since 1970-01-01 00:00 of that clock.
    Local(i64),
    /// A moment, in milliseconds since 1970-01-01 00:00 UTC.
    Instant(i64),
    /// Two numbers of which one is the day and one the month.
    Triple(Triple),
    /// A spreadsheet's day number, in milliseconds since its epoch.
    Serial(i64),
    /// No date at all.
    NotADate,
    /// The form of a date that the calendar does not have.
    Impossible,
}

/// `a/b/year`, with an optional time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Triple {
    pub first: u8,
    pub second: u8,
    pub year: u16,
    /// Seconds since midnight.
    pub seconds: Option<u32>,
    /// Minutes east of UTC.
    pub offset: Option<i16>,
}

/// The form in which a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// `2026-01-31`
    YearFirst,
    /// `2026-01-31 10:00`
    YearFirstTime,
    /// `20260131`
    Compact,
    /// `31/01/2026` or `01/31/2026`, with the mark between.
    Numeric(u8),
    /// `31 Jan 2026`
    Named,
    /// Seconds since 1970.
    EpochSeconds,
    /// Milliseconds since 1970.
    EpochMillis,
    /// Microseconds since 1970.
    EpochMicros,
    /// Day number of a spreadsheet.
    Serial,
}

/// A parsed cell; the form is absent where it is no date.
pub(super) type Reading = (Parsed, Option<Form>);

pub(super) const NOTHING: Reading = (Parsed::NotADate, None);

/// Reads one cell.
pub(super) fn parse(cell: &str) -> Reading {
    let cell = trimmed(cell);
    if !cell.is_ascii() {
        return if is_missing(cell) {
            (Parsed::Missing, None)
        } else {
            parse_ascii(trimmed(&from_other_scripts(cell)))
        };
    }
    parse_ascii(cell)
}

fn parse_ascii(cell: &str) -> Reading {
    match cell.as_bytes().first() {
        Some(byte) if byte.is_ascii_digit() => digits_first(cell),
        _ if is_missing(cell) => (Parsed::Missing, None),
        _ => match named(cell) {
            NOTHING => behind_weekday(cell).map_or(NOTHING, digits_first),
            read => read,
        },
    }
}

/// The numeric date behind the name of a day: `Do., 13.01.2026`.
fn behind_weekday(cell: &str) -> Option<&str> {
    let name = cell.find(|c: char| !c.is_alphabetic())?;
    let (name, rest) = cell.split_at(name);
    let date = rest.trim_start_matches(['.', ',', ' ']);
    let is_filler = name.len() <= 32 && words::meaning(name) == Some(Word::Filler);
    (is_filler && date.starts_with(|c: char| c.is_ascii_digit())).then_some(date)
}

/// Special digits and blanks, and the signs for year, month, day, hour, minute and second
/// of East Asia, whose half of the day stands before the time.
fn from_other_scripts(cell: &str) -> String {
    let signs = |c| match c {
        '\u{5e74}' | '\u{6708}' | '\u{b144}' | '\u{c6d4}' => '-',
        '\u{65e5}' | '\u{c77c}' | '\u{79d2}' | '\u{cd08}' => ' ',
        '\u{6642}' | '\u{65f6}' | '\u{70b9}' | '\u{9ede}' | '\u{c2dc}' | '\u{5206}'
        | '\u{bd84}' => ':',
        c => c,
    };
    let mut text = plain(cell);
    let half = HALVES.iter().find(|(word, _)| text.contains(word));
    if let Some((word, _)) = half {
        text = text.replace(word, " ");
    }
    let mut text: String = text.chars().map(signs).collect();
    text.truncate(text.trim_end_matches([':', ' ']).len());
    if let Some((_, half)) = half {
        text.push_str(half);
    }
    text
}

/// The halves of the day in Korean, Chinese and Japanese.
const HALVES: &[(&str, &str)] = &[
    ("\u{c624}\u{c804}", " AM"),
    ("\u{c624}\u{d6c4}", " PM"),
    ("\u{4e0a}\u{5348}", " AM"),
    ("\u{4e0b}\u{5348}", " PM"),
    ("\u{5348}\u{524d}", " AM"),
    ("\u{5348}\u{5f8c}", " PM"),
];

fn digits_first(cell: &str) -> Reading {
    let mut cursor = Cursor::new(cell);
    let (value, length) = cursor.digits();
    match (length, cursor.peek()) {
        (_, None) => bare(value, length),
        (4, Some(mark @ (b'-' | b'/' | b'.'))) => year_first(cell, cursor, value, mark),
        (8, Some(b'T' | b't' | b' ')) => compact_time(value, cursor),
        (1 | 2, Some(mark @ (b'-' | b'/' | b'.'))) => numeric(cell, cursor, value, mark),
        (5 | 10, Some(b'.')) => fraction(cursor, value, length),
        _ => named(cell),
    }
}

/// Digits alone.
fn bare(value: u64, length: usize) -> Reading {
    let signed = i64::try_from(value).unwrap_or(i64::MAX);
    match length {
        5 => serial(signed.saturating_mul(DAY)),
        8 => compact(value),
        10 if signed >= 2_000_000_000 => match compact_with_time(value * 10_000) {
            (Parsed::Local(millis), form) => (Parsed::Local(millis), form),
            _ => (Parsed::Instant(signed * 1000), Some(Form::EpochSeconds)),
        },
        10 => (Parsed::Instant(signed * 1000), Some(Form::EpochSeconds)),
        12 => compact_with_time(value * 100),
        13 => (Parsed::Instant(signed), Some(Form::EpochMillis)),
        14 => compact_with_time(value),
        16 => (Parsed::Instant(signed / 1000), Some(Form::EpochMicros)),
        _ => NOTHING,
    }
}

/// Day numbers between 1954 and 2064; others are some other number.
fn serial(millis: i64) -> Reading {
    if (20_000 * DAY..60_000 * DAY).contains(&millis) {
        (Parsed::Serial(millis), Some(Form::Serial))
    } else {
        NOTHING
    }
}

/// `45631.5` and `1767830400.25`.
fn fraction(mut cursor: Cursor<'_>, whole: u64, length: usize) -> Reading {
    cursor.skip(1);
    let (value, places) = cursor.digits();
    if cursor.peek().is_some() || places == 0 || places > 15 {
        return NOTHING;
    }
    let part = value as f64 / 10_f64.powi(i32::try_from(places).unwrap_or(0));
    let whole = i64::try_from(whole).unwrap_or(i64::MAX);
    if length == 5 {
        // Spreadsheets keep times as fractions of a day, exact to the second at best.
        let seconds = (part * 86_400.0).round() as i64;
        return serial(whole * DAY + seconds * 1000);
    }
    let millis = (part * 1000.0).round() as i64;
    (
        Parsed::Instant(whole * 1000 + millis),
        Some(Form::EpochSeconds),
    )
}

/// `20260131`
fn compact(value: u64) -> Reading {
    let year = value / 10_000;
    if value != 0 && !(1900..=2199).contains(&year) {
        return NOTHING;
    }
    (
        day_of(year, value / 100 % 100, value % 100),
        Some(Form::Compact),
    )
}

/// `20260131102030`; no error of its own, since other numbers have as many digits.
fn compact_with_time(value: u64) -> Reading {
    let (date, time) = (value / 1_000_000, value % 1_000_000);
    let (hour, minute, second) = (time / 10_000, time / 100 % 100, time % 100);
    match compact(date).0 {
        Parsed::Day(day) if hour < 24 && minute < 60 && second < 60 => {
            let seconds = (hour * 3600 + minute * 60 + second).cast_signed();
            (
                Parsed::Local(i64::from(day) * DAY + seconds * 1000),
                Some(Form::Compact),
            )
        }
        _ => NOTHING,
    }
}

/// `20260105T102030Z` or `20260105 10:20`.
fn compact_time(value: u64, mut cursor: Cursor<'_>) -> Reading {
    let (date, form) = compact(value);
    let Parsed::Day(day) = date else {
        return (date, form);
    };
    let mut after = cursor;
    after.skip(1);
    let (time, length) = after.digits();
    if length == 6 {
        let (hour, minute, second) = (time / 10_000, time / 100 % 100, time % 100);
        if hour > 23 || minute > 59 || second > 59 {
            return (Parsed::Impossible, form);
        }
        cursor = after;
        let millis = (hour * 3600 + minute * 60 + second).cast_signed() * 1000;
        let offset = offset(&mut cursor);
        return (
            joined(
                day,
                Ok(Tail {
                    time: Some(millis),
                    offset,
                }),
                cursor.peek().is_some(),
            ),
            form,
        );
    }
    (joined(day, tail(cursor), false), form)
}

fn year_first(cell: &str, mut cursor: Cursor<'_>, year: u64, mark: u8) -> Reading {
    cursor.skip(1);
    cursor.blanks();
    let (month, month_length) = cursor.digits();
    if month_length == 0 {
        return named(cell);
    }
    if month_length > 2 || !cursor.eat(mark) {
        return NOTHING;
    }
    cursor.blanks();
    let (day, day_length) = cursor.digits();
    if !(1..=2).contains(&day_length) {
        return NOTHING;
    }
    // `2026. 1. 5.` as Koreans and Hungarians write it.
    let _ = mark == b'.' && cursor.eat(b'.');
    let form = if cursor.peek().is_none() {
        Form::YearFirst
    } else {
        Form::YearFirstTime
    };
    match day_of(year, month, day) {
        Parsed::Day(days) => (joined(days, tail(cursor), false), Some(form)),
        other => (other, Some(form)),
    }
}

/// `a/b/year`: which is the day is decided by the column.
fn numeric(cell: &str, mut cursor: Cursor<'_>, first: u64, mark: u8) -> Reading {
    cursor.skip(1);
    cursor.blanks();
    let (second, second_length) = cursor.digits();
    if second_length == 0 {
        return named(cell);
    }
    if second_length > 2 || !cursor.eat(mark) {
        return NOTHING;
    }
    cursor.blanks();
    let (year, year_length) = cursor.digits();
    let year = match year_length {
        4 => year,
        2 => full_year(year),
        _ => return NOTHING,
    };
    let form = Some(Form::Numeric(mark));
    let Ok(tail) = tail(cursor) else {
        return NOTHING;
    };
    let (Ok(first), Ok(second), Ok(year)) = (
        u8::try_from(first),
        u8::try_from(second),
        u16::try_from(year),
    ) else {
        return NOTHING;
    };
    let triple = Triple {
        first,
        second,
        year,
        seconds: tail.time.and_then(|time| u32::try_from(time / 1000).ok()),
        offset: tail.offset,
    };
    let orders = [DateOrder::DayFirst, DateOrder::MonthFirst];
    if orders
        .iter()
        .all(|order| triple.read(*order) == Parsed::Impossible)
    {
        return (Parsed::Impossible, form);
    }
    (Parsed::Triple(triple), form)
}

impl Triple {
    /// The date where the order of day and month is known.
    pub(super) fn read(self, order: DateOrder) -> Parsed {
        let (day, month) = match order {
            DateOrder::DayFirst => (self.first, self.second),
            DateOrder::MonthFirst => (self.second, self.first),
        };
        let time = self.seconds.map(|seconds| i64::from(seconds) * 1000);
        match day_of(self.year.into(), month.into(), day.into()) {
            Parsed::Day(days) => joined(
                days,
                Ok(Tail {
                    time,
                    offset: self.offset,
                }),
                false,
            ),
            other => other,
        }
    }
}

/// Two-digit years: 00 to 68 are of this century, as in POSIX.
pub(super) fn full_year(year: u64) -> u64 {
    if year <= 68 { 2000 + year } else { 1900 + year }
}

/// A day of the calendar, or `Impossible`.
pub(super) fn day_of(year: u64, month: u64, day: u64) -> Parsed {
    let date = || {
        let (year, month, day) = (
            i32::try_from(year).ok()?,
            u32::try_from(month).ok()?,
            u32::try_from(day).ok()?,
        );
        if year == 0 {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month, day)
    };
    date().map_or(Parsed::Impossible, |date| Parsed::Day(super::days_of(date)))
}
