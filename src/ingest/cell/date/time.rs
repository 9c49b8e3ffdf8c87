//! The time of day and the offset that may follow a date.

use super::cursor::Cursor;
use super::parse::{DAY, Parsed};

/// What follows a date.
#[derive(Clone, Copy)]
pub(super) struct Tail {
    /// Milliseconds since midnight.
    pub(super) time: Option<i64>,
    /// Minutes east of UTC.
    pub(super) offset: Option<i16>,
}

/// The day with what follows it; `more` tells that something unread is left.
pub(super) fn joined(day: i32, tail: Result<Tail, Parsed>, more: bool) -> Parsed {
    match tail {
        _ if more => Parsed::NotADate,
        Err(bad) => bad,
        Ok(Tail { time: None, .. }) => Parsed::Day(day),
        Ok(Tail {
            time: Some(time),
            offset,
        }) => {
            let local = i64::from(day) * DAY + time;
            match offset {
                None => Parsed::Local(local),
                Some(minutes) => Parsed::Instant(local - i64::from(minutes) * 60_000),
            }
        }
    }
}

/// Reads a time of day and an offset up to the end of the cell.
pub(super) fn tail(mut cursor: Cursor<'_>) -> Result<Tail, Parsed> {
    if cursor.peek().is_none() {
        return Ok(Tail {
            time: None,
            offset: None,
        });
    }
    if !lead(&mut cursor) {
        return Err(Parsed::NotADate);
    }
    if cursor.peek().is_none() {
        return Ok(Tail {
            time: None,
            offset: None,
        });
    }
    whole_time(cursor)
}

/// Reads a time of day and an offset; nothing but a comment may follow.
pub(super) fn whole_time(mut cursor: Cursor<'_>) -> Result<Tail, Parsed> {
    let time = time_of_day(&mut cursor)?;
    let offset = offset(&mut cursor);
    cursor.blanks();
    let _ = hour_word(&mut cursor);
    let comment = offset.is_some() && matches!(cursor.peek(), Some(b'(' | b'['));
    if cursor.peek().is_some() && !comment {
        return Err(Parsed::NotADate);
    }
    Ok(Tail {
        time: Some(time),
        offset,
    })
}

/// `Uhr` behind a German time.
fn hour_word(cursor: &mut Cursor<'_>) -> bool {
    let said = cursor
        .rest
        .get(..3)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"Uhr"));
    cursor.skip(if said { 3 } else { 0 });
    said
}

/// Words between a date and its time, without their blank.
const AT: &[&str] = &[
    "at", "um", "\u{e0}", "a las", "\u{e0}s", "alle ore", "alle", "om",
];

/// What stands between a date and its time: blanks, a comma, `T` or a word.
fn lead(cursor: &mut Cursor<'_>) -> bool {
    let before = cursor.rest.len();
    let _ = cursor.eat(b'T') || cursor.eat(b't');
    let _ = cursor.eat(b',');
    cursor.blanks();
    let begins = |word: &&&str| {
        let (head, rest) = cursor.rest.split_at_checked(word.len()).unwrap_or_default();
        head.eq_ignore_ascii_case(word.as_bytes()) && rest.starts_with(b" ")
    };
    if let Some(word) = AT.iter().find(begins) {
        cursor.skip(word.len());
        cursor.blanks();
    }
    cursor.rest.len() < before
}

fn time_of_day(cursor: &mut Cursor<'_>) -> Result<i64, Parsed> {
    let (hour, length) = cursor.digits();
    if !(1..=2).contains(&length) {
        return Err(Parsed::NotADate);
    }
    let (mut minute, mut second, mut millis) = (0, 0, 0);
    let mark = minute_mark(*cursor);
    let with_minutes = mark.is_some();
    if let Some(mark) = mark {
        cursor.skip(1);
        minute = two_digits(cursor)?;
        if cursor.eat(if mark == b'.' { b'.' } else { b':' }) {
            second = two_digits(cursor)?;
            if matches!(cursor.peek(), Some(b'.' | b',')) {
                millis = thousandths(cursor)?;
            }
        }
    }
    let half = half_of_day(cursor);
    if half.is_none() && !with_minutes {
        return Err(Parsed::NotADate);
    }
    let hour = match half {
        Some(_) if hour > 12 => return Err(Parsed::Impossible),
        Some(true) => hour % 12 + 12,
        Some(false) => hour % 12,
        None => hour,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return Err(Parsed::Impossible);
    }
    Ok((hour * 3600 + minute * 60 + second).cast_signed() * 1000 + millis)
}

/// The colon of `10:20`; the point of `10.20` and the letter of `10h20` where two digits
/// follow, so that no fraction is taken for minutes.
fn minute_mark(cursor: Cursor<'_>) -> Option<u8> {
    match *cursor.rest {
        [b':', ..] => Some(b':'),
        [mark @ (b'.' | b'h' | b'H'), ten, one, ref rest @ ..] => {
            let two = ten.is_ascii_digit() && one.is_ascii_digit();
            let more = rest.first().is_some_and(u8::is_ascii_digit);
            (two && !more).then_some(mark)
        }
        _ => None,
    }
}

fn two_digits(cursor: &mut Cursor<'_>) -> Result<u64, Parsed> {
    match cursor.digits() {
        (value, 1 | 2) => Ok(value),
        _ => Err(Parsed::NotADate),
    }
}

/// Fractions of a second; beyond thousandths they are cut off.
fn thousandths(cursor: &mut Cursor<'_>) -> Result<i64, Parsed> {
    cursor.skip(1);
    let (value, length) = cursor.digits();
    let power = |exponent: usize| 10_u64.pow(u32::try_from(exponent).unwrap_or(0));
    match length {
        1..=3 => Ok((value * power(3 - length)).cast_signed()),
        4..=12 => Ok((value / power(length - 3)).cast_signed()),
        _ => Err(Parsed::NotADate),
    }
}

/// `AM` is false, `PM` is true.
fn half_of_day(cursor: &mut Cursor<'_>) -> Option<bool> {
    let mut ahead = *cursor;
    ahead.blanks();
    let afternoon = match ahead.peek()? {
        b'a' | b'A' => false,
        b'p' | b'P' => true,
        _ => return None,
    };
    ahead.skip(1);
    if ahead.eat(b'.') {
        ahead.blanks();
    }
    if !(ahead.eat(b'm') || ahead.eat(b'M')) {
        return None;
    }
    ahead.eat(b'.');
    *cursor = ahead;
    Some(afternoon)
}

/// Names of zones with one meaning, in minutes east of UTC: those of RFC 2822, of Europe and of
/// Japan and Korea. `CST`, `IST` and `BST` have several meanings, and are none.
const NAMED: &[(&str, i16)] = &[
    ("CEST", 120),
    ("CET", 60),
    ("EEST", 180),
    ("EET", 120),
    ("WEST", 60),
    ("WET", 0),
    ("EST", -300),
    ("EDT", -240),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("JST", 540),
    ("KST", 540),
];

/// A zone by its name, where nothing follows it.
fn named_zone(cursor: &mut Cursor<'_>) -> Option<i16> {
    let (_, minutes) = NAMED
        .iter()
        .find(|(name, _)| cursor.rest.eq_ignore_ascii_case(name.as_bytes()))?;
    cursor.skip(cursor.rest.len());
    Some(*minutes)
}

/// `Z`, `UTC`, `GMT`, `+02:00`, `+0200`, `+02`, also one after the other; or `CET`.
pub(super) fn offset(cursor: &mut Cursor<'_>) -> Option<i16> {
    cursor.blanks();
    if let Some(minutes) = named_zone(cursor) {
        return Some(minutes);
    }
    let named = [&b"UTC"[..], b"GMT", b"Z"].into_iter().find(|name| {
        cursor
            .rest
            .get(..name.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(name))
    });
    cursor.skip(named.map_or(0, <[u8]>::len));
    let zero = named.map(|_| 0);
    let sign = match cursor.peek() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return zero,
    };
    let mut ahead = *cursor;
    ahead.skip(1);
    let (value, length) = ahead.digits();
    let (hours, minutes) = match length {
        4 => (value / 100, value % 100),
        1 | 2 if ahead.eat(b':') => (value, ahead.digits().0),
        1 | 2 => (value, 0),
        _ => return zero,
    };
    if hours > 15 || minutes > 59 {
        return zero;
    }
    *cursor = ahead;
    i16::try_from(hours * 60 + minutes)
        .ok()
        .map(|minutes| sign * minutes)
}
