//! One cell as a number: what can be said without looking at its neighbours.

use super::currency::{self, Currency};
use crate::ingest::cell::{is_missing, plain, trimmed};
use crate::ingest::spec::Decimal;

/// Why a cell is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadNumber {
    /// It has no form of a number.
    NotANumber,
    /// A bound such as `< 10%`, which is no value.
    Bound,
    /// `NaN` or infinity.
    NotFinite,
    /// Too large to be counted exactly.
    OutOfRange,
    /// Its decimal sign is not the declared one.
    WrongMark,
}

/// What the marks in a number say about the decimal sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    /// Nothing.
    Silent,
    /// The decimal sign is this one, since the digits allow no grouping.
    Weak(Decimal),
    /// The decimal sign is this one, since the other mark groups digits.
    Strong(Decimal),
    /// One mark before exactly three digits: a decimal sign or a thousands separator.
    Unclear(Decimal),
}

/// A number as its digits and the count of those behind the decimal sign. Where the marks
/// are unclear the scale is that of the reading as thousands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figure {
    pub mantissa: i64,
    pub scale: u8,
    pub marks: Marks,
    pub currency: Option<Currency>,
    pub percent: bool,
}

/// What a cell says by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Parsed {
    Missing,
    Number(Figure),
    Bad(BadNumber),
}

/// Digits that fit the mantissa in any case.
const MOST_DIGITS: usize = 18;
/// Digits behind the decimal sign beyond which a value is as good as nothing.
const MOST_PLACES: i32 = 30;

/// Reads one cell.
pub(super) fn parse(cell: &str) -> Parsed {
    let cell = trimmed(cell);
    if let Some(figure) = whole_number(cell) {
        return Parsed::Number(figure);
    }
    if is_missing(cell) {
        return Parsed::Missing;
    }
    if cell.len() > 80 {
        return Parsed::Bad(BadNumber::NotANumber);
    }
    let result = if cell.is_ascii() && !cell.contains('`') {
        figure(cell)
    } else {
        figure(trimmed(&plain(cell)))
    };
    match result {
        Ok(figure) => Parsed::Number(figure),
        Err(bad) => Parsed::Bad(bad),
    }
}

/// Most numbers are plain digits.
fn whole_number(cell: &str) -> Option<Figure> {
    if cell.is_empty() || cell.len() > MOST_DIGITS {
        return None;
    }
    let mantissa = cell.bytes().try_fold(0_i64, |value, byte| {
        byte.is_ascii_digit()
            .then(|| value * 10 + i64::from(byte - b'0'))
    })?;
    Some(Figure {
        mantissa,
        scale: 0,
        marks: Marks::Silent,
        currency: None,
        percent: false,
    })
}

/// What stands around the digits.
#[derive(Default)]
struct Dress {
    negative: bool,
    signs: u8,
    percent: bool,
    currency: Option<Currency>,
    /// Zeros that a suffix such as `K` stands for.
    zeros: Option<u8>,
}

fn figure(cell: &str) -> Result<Figure, BadNumber> {
    if let Some(rest) = cell.strip_prefix(['<', '>', '\u{2264}', '\u{2265}', '~', '\u{2248}']) {
        let bound = figure(rest.trim_start_matches('=').trim()).is_ok();
        return Err(if bound {
            BadNumber::Bound
        } else {
            BadNumber::NotANumber
        });
    }
    let mut dress = Dress::default();
    let mut body = undress_end(undress_start(cell, &mut dress)?, &mut dress)?;
    if body.starts_with('(') {
        // The currency stands behind the parentheses: `(5.00) EUR`.
        body = undress_end(undress_start(body, &mut dress)?, &mut dress)?;
    }
    let (digits, exponent) = split_exponent(body)?;
    let exact = exponent != 0 || dress.zeros.is_some();
    let (whole, places, marks) = split_places(digits, exact)?;
    let zeros = i32::from(dress.zeros.unwrap_or(0)) + exponent - if dress.percent { 2 } else { 0 };
    let (mantissa, scale) = value(whole, places, zeros)?;
    Ok(Figure {
        mantissa: if dress.negative { -mantissa } else { mantissa },
        scale,
        marks,
        currency: dress.currency,
        percent: dress.percent,
    })
}

/// Takes parentheses, sign and currency off the start.
fn undress_start<'c>(cell: &'c str, dress: &mut Dress) -> Result<&'c str, BadNumber> {
    let mut rest = cell;
    loop {
        rest = rest.trim_start();
        if let Some(inner) = rest
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
        {
            dress.negative = true;
            dress.signs += 1;
            rest = inner.trim_end();
        } else if let Some(after) = rest.strip_prefix(['-', '+']) {
            dress.negative |= rest.starts_with('-');
            dress.signs += 1;
            rest = after;
        } else if let Some(after) = rest.strip_prefix('%').filter(|_| !dress.percent) {
            dress.percent = true;
            rest = after;
        } else if let Some((currency, after)) = currency::strip_prefix(rest) {
            wear(dress, currency)?;
            rest = after;
        } else {
            return if dress.signs > 1 {
                Err(BadNumber::NotANumber)
            } else {
                Ok(rest)
            };
        }
    }
}

/// Takes percent sign, sign, suffix and currency off the end.
fn undress_end<'c>(cell: &'c str, dress: &mut Dress) -> Result<&'c str, BadNumber> {
    let mut rest = cell;
    loop {
        rest = rest.trim_end();
        if let Some(before) = rest.strip_suffix('%').filter(|_| !dress.percent) {
            dress.percent = true;
            rest = before;
        } else if let Some(before) = strip_no_cents(rest) {
            rest = before;
        } else if let Some(before) = rest.strip_suffix('-').filter(|_| dress.signs == 0) {
            dress.negative = true;
            dress.signs += 1;
            rest = before;
        } else if let Some((currency, before)) = currency::strip_suffix(rest) {
            wear(dress, currency)?;
            rest = before;
        } else if let Some((zeros, before)) = strip_zeros(rest).filter(|_| dress.zeros.is_none()) {
            dress.zeros = Some(zeros);
            rest = before;
        } else {
            return Ok(rest);
        }
    }
}

/// Takes off the dash that stands for no cents: `5,-`, `5.--`, `5:-`, `5/-`. A dash behind
/// a digit is a minus sign.
fn strip_no_cents(cell: &str) -> Option<&str> {
    let before = cell.strip_suffix("--").or_else(|| cell.strip_suffix('-'))?;
    let digits = before.strip_suffix([',', '.', ':', '/'])?;
    digits
        .ends_with(|c: char| c.is_ascii_digit())
        .then_some(digits)
}

/// `$5 USD` is one currency, `$5 EUR` is none.
fn wear(dress: &mut Dress, currency: Currency) -> Result<(), BadNumber> {
    dress.currency = match dress.currency {
        None => Some(currency),
        Some(worn) if worn.may_be(currency.code()) => Some(currency),
        Some(worn) if currency.may_be(worn.code()) => Some(worn),
        Some(_) => return Err(BadNumber::NotANumber),
    };
    Ok(())
}

/// `K`, `M`, `B` and the like, behind a digit. An Indian `Cr` is left alone: it is ten
/// million to some and a credit to others.
fn strip_zeros(cell: &str) -> Option<(u8, &str)> {
    if cell.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    const SUFFIXES: &[(&str, u8)] = &[
        ("crores", 7),
        ("crore", 7),
        ("Crore", 7),
        ("lakhs", 5),
        ("lakh", 5),
        ("Lakh", 5),
        ("\u{5343}", 3),
        ("\u{4e07}", 4),
        ("\u{842c}", 4),
        ("\u{4ebf}", 8),
        ("\u{5104}", 8),
        ("Tsd.", 3),
        ("Mio.", 6),
        ("Mrd.", 9),
        ("Tsd", 3),
        ("Mio", 6),
        ("Mrd", 9),
        ("Bn", 9),
        ("bn", 9),
        ("Mn", 6),
        ("mn", 6),
        ("K", 3),
        ("k", 3),
        ("M", 6),
        ("m", 6),
        ("B", 9),
        ("b", 9),
    ];
    SUFFIXES.iter().find_map(|(suffix, zeros)| {
        let before = cell.strip_suffix(suffix)?.trim_end();
        before
            .ends_with(|c: char| c.is_ascii_digit())
            .then_some((*zeros, before))
    })
}

/// Digits with their marks, and the power of ten behind them.
fn split_exponent(body: &str) -> Result<(&str, i32), BadNumber> {
    let Some((digits, exponent)) = body.split_once(['e', 'E']) else {
        return Ok((body, 0));
    };
    let unsigned = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    let numeric = digits.bytes().any(|byte| byte.is_ascii_digit());
    if !numeric || unsigned.is_empty() || !is_digits(unsigned) {
        return Err(not_a_number(body));
    }
    exponent
        .parse()
        .map_or(Err(BadNumber::OutOfRange), |exponent: i32| {
            Ok((digits, exponent.clamp(-1000, 1000)))
        })
}

fn not_a_number(body: &str) -> BadNumber {
    let word = body.trim_start_matches(['-', '+']);
    let infinite = ["nan", "inf", "infinity", "\u{221e}"];
    if infinite.iter().any(|name| word.eq_ignore_ascii_case(name)) {
        BadNumber::NotFinite
    } else {
        BadNumber::NotANumber
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits before and behind the decimal sign, the former possibly with groups, and what the
/// marks say. `exact` numbers (with an exponent or a suffix) never group by the mark.
fn split_places(digits: &str, exact: bool) -> Result<(&str, &str, Marks), BadNumber> {
    let count = |mark: char| {
        digits
            .bytes()
            .filter(|byte| char::from(*byte) == mark)
            .count()
    };
    let known = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b' ' | b'\'');
    if !digits.bytes().any(|byte| byte.is_ascii_digit()) || !digits.bytes().all(known) {
        return Err(not_a_number(digits));
    }
    match (count('.'), count(',')) {
        (0, 0) => grouped(digits).map(|whole| (whole, "", Marks::Silent)),
        (1, 0) => one_mark(digits, Decimal::Point, exact),
        (0, 1) => one_mark(digits, Decimal::Comma, exact),
        (0, _) => grouped(digits).map(|whole| (whole, "", Marks::Strong(Decimal::Point))),
        (_, 0) => grouped(digits).map(|whole| (whole, "", Marks::Strong(Decimal::Comma))),
        _ => both_marks(digits),
    }
}

fn sign_of(mark: Decimal) -> char {
    match mark {
        Decimal::Point => '.',
        Decimal::Comma => ',',
    }
}

/// The last mark is the decimal sign, the other one groups.
fn both_marks(digits: &str) -> Result<(&str, &str, Marks), BadNumber> {
    let decimal = if digits.rfind('.') > digits.rfind(',') {
        Decimal::Point
    } else {
        Decimal::Comma
    };
    let (whole, places) = digits
        .rsplit_once(sign_of(decimal))
        .ok_or(BadNumber::NotANumber)?;
    if !is_digits(places) || whole.contains(sign_of(decimal)) {
        return Err(BadNumber::NotANumber);
    }
    grouped(whole).map(|whole| (whole, places, Marks::Strong(decimal)))
}

fn one_mark(digits: &str, mark: Decimal, exact: bool) -> Result<(&str, &str, Marks), BadNumber> {
    let (whole, places) = digits
        .split_once(sign_of(mark))
        .ok_or(BadNumber::NotANumber)?;
    if !is_digits(places) {
        return Err(BadNumber::NotANumber);
    }
    if !is_digits(whole) {
        return grouped(whole).map(|whole| (whole, places, Marks::Strong(mark)));
    }
    let groups = places.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
    if groups && !exact {
        // `whole` with the mark; the digits are those of the reading as thousands.
        return Ok((digits, "", Marks::Unclear(mark)));
    }
    let marks = if places.is_empty() {
        Marks::Silent
    } else {
        Marks::Weak(mark)
    };
    Ok((whole, places, marks))
}

/// Digits in groups of three, or the Indian way: three at the end and pairs before.
fn grouped(whole: &str) -> Result<&str, BadNumber> {
    let Some(mark) = whole.chars().find(|c| !c.is_ascii_digit()) else {
        return Ok(whole);
    };
    let groups = whole.split(mark).count();
    let well_formed = whole.split(mark).enumerate().all(|(index, group)| {
        let last = index + 1 == groups;
        let length = group.len();
        is_digits(group)
            && match index {
                0 => (1..=3).contains(&length),
                _ => length == 3 || length == 2 && !last,
            }
    });
    if well_formed && even_groups(whole, mark) {
        Ok(whole)
    } else {
        Err(BadNumber::NotANumber)
    }
}

/// Between first and last group either all have three digits or all have two.
fn even_groups(whole: &str, mark: char) -> bool {
    let inner = || {
        let count = whole.split(mark).count();
        whole
            .split(mark)
            .skip(1)
            .take(count.saturating_sub(2))
            .map(str::len)
    };
    inner().all(|length| length == 3) || inner().all(|length| length == 2)
}

/// The digits as an integer and the count of its places; `zeros` moves the decimal sign.
fn value(whole: &str, places: &str, zeros: i32) -> Result<(i64, u8), BadNumber> {
    let digits = whole
        .bytes()
        .chain(places.bytes())
        .filter(u8::is_ascii_digit);
    let significant = digits.clone().skip_while(|byte| *byte == b'0').count();
    if significant == 0 {
        return Ok((0, 0));
    }
    let behind = i32::try_from(places.len()).map_err(|_| BadNumber::OutOfRange)?;
    let kept = significant.min(MOST_DIGITS);
    let dropped = significant - kept;
    let mut taken = digits.skip_while(|byte| *byte == b'0');
    let mut mantissa = taken
        .by_ref()
        .take(kept)
        .fold(0_i64, |value, byte| value * 10 + i64::from(byte - b'0'));
    if taken.next().is_some_and(|byte| byte >= b'5') {
        mantissa += 1;
    }
    let dropped = i32::try_from(dropped).map_err(|_| BadNumber::OutOfRange)?;
    rescaled(mantissa, behind - dropped - zeros)
}

/// Brings the count of places between none and [`MOST_PLACES`].
fn rescaled(mut mantissa: i64, mut scale: i32) -> Result<(i64, u8), BadNumber> {
    while scale < 0 {
        mantissa = mantissa.checked_mul(10).ok_or(BadNumber::OutOfRange)?;
        scale += 1;
    }
    while scale > 0 && (mantissa % 10 == 0 || scale > MOST_PLACES) {
        mantissa /= 10;
        scale -= 1;
    }
    u8::try_from(scale)
        .map(|scale| (mantissa, scale))
        .map_err(|_| BadNumber::OutOfRange)
}
