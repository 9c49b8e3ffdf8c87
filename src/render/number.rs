//! Numbers as people read them: the only place that rounds.
//!
//! A value reaches this module unrounded and leaves it as text. Rounding works on
//! the shortest decimal digits of the value, half away from zero, as people and
//! spreadsheets do it; percentages move the decimal point in those digits, so that
//! no multiplication and no rounded intermediate stands between a figure and its
//! print. Thousands are grouped by commas whatever the locale. Texts pass through
//! unescaped: the format that prints them escapes them.

use crate::domain::figure::{Rate, Undefined};
use crate::report::document::{Cell, Change, Kind};

use super::decimal::{Decimal, grouped};

/// What stands where there is no value.
pub const UNDEFINED: &str = "n/a";

/// Why a cell has no value; `None` where it has one or nothing belongs there.
///
/// A number that is not finite and a rate of nobody count as undefined here, so that
/// no format ever prints one.
#[must_use]
pub fn reason(cell: &Cell) -> Option<Undefined> {
    match cell {
        Cell::Undefined(reason) => Some(*reason),
        Cell::Number(value) | Cell::Share(value) if !value.is_finite() => Some(Undefined::NoData),
        Cell::Rate(rate) if rate.n == 0 => Some(Undefined::ZeroDenominator),
        _ => None,
    }
}

/// A cell in full: `12,345`, `€12.50`, `25.0 %`, `25.0 % (30/120)`, `14.7 d`, `n/a`.
#[must_use]
pub fn cell(cell: &Cell, kind: Kind, currency: Option<&str>) -> String {
    if reason(cell).is_some() {
        return UNDEFINED.to_owned();
    }
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Count(count) => count_as(*count, kind, currency),
        Cell::Number(number) if kind == Kind::Seconds => seconds(*number),
        Cell::Number(number) => full(&Decimal::of(*number), kind, currency),
        Cell::Share(share) => full(&Decimal::of(*share), Kind::Share, currency),
        Cell::Money(amount) if kind == Kind::Estimate => {
            // Nobody expects a part of a cent.
            money(&significant(&Decimal::of_money(*amount).round(2)), currency)
        }
        Cell::Money(amount) => money(&Decimal::of_money(*amount), currency),
        Cell::Rate(rate) => format!(
            "{} ({}/{})",
            rate_bare(rate),
            grouped(&rate.k.to_string()),
            grouped(&rate.n.to_string())
        ),
        Cell::Flag(true) => "yes".to_owned(),
        Cell::Flag(false) => "no".to_owned(),
        Cell::Undefined(_) | Cell::Blank => String::new(),
    }
}

/// A value in short, for labels on charts: without idle zeros, millions as `1.23M`.
#[must_use]
pub fn value(value: f64, kind: Kind, currency: Option<&str>) -> String {
    if !value.is_finite() {
        return UNDEFINED.to_owned();
    }
    let number = Decimal::of(value);
    if matches!(kind, Kind::Count | Kind::Number | Kind::Money) && value.abs() >= 1e6 {
        return in_millions(&number, kind, currency);
    }
    match kind {
        Kind::Money if value.abs() >= 100.0 => with_currency(&number.round(0), currency),
        Kind::Money => money(&number, currency),
        Kind::Seconds => trim_zeros(&seconds(value)),
        _ => trim_zeros(&full(&number, kind, currency)),
    }
}

/// The two ends of an interval with the unit once: `18–33 %`, `€1,200–1,900`, `-5 to 12 %`.
#[must_use]
pub fn interval(low: f64, high: f64, kind: Kind, currency: Option<&str>) -> String {
    if !(low.is_finite() && high.is_finite()) {
        return UNDEFINED.to_owned();
    }
    let (low, high) = (Decimal::of(low), Decimal::of(high));
    match kind {
        Kind::Share | Kind::Rate => format!("{} %", span(&low.shift(2), &high.shift(2))),
        Kind::Days => format!("{} d", span(&low, &high)),
        Kind::Money => money_span(&low, &high, currency),
        _ => span(&low, &high),
    }
}

/// How a figure moved: `+12.3 %`, `-4.1 points (-7.9 to -0.3)`.
#[must_use]
pub fn change(change: &Change) -> String {
    match change {
        Change::Relative { part, .. } if part.is_finite() => {
            format!("{} %", signed(&Decimal::of(*part).shift(2).round(1)))
        }
        Change::Points { difference, .. } if difference.is_finite() => {
            format!("{} points{}", points(*difference), points_span(change))
        }
        _ => UNDEFINED.to_owned(),
    }
}

/// A rate without its evidence: `25.0 %`.
#[must_use]
pub fn rate_bare(rate: &Rate) -> String {
    if rate.n == 0 {
        return UNDEFINED.to_owned();
    }
    percent(&Decimal::of_ratio(rate.k, rate.n).shift(2))
}

fn count_as(count: i64, kind: Kind, currency: Option<&str>) -> String {
    match kind {
        Kind::Money | Kind::Share | Kind::Rate | Kind::Days | Kind::Seconds => {
            full(&Decimal::parse(&count.to_string()), kind, currency)
        }
        _ => grouped(&count.to_string()),
    }
}

fn full(number: &Decimal, kind: Kind, currency: Option<&str>) -> String {
    match kind {
        Kind::Share | Kind::Rate => percent(&number.shift(2)),
        Kind::Money => money(number, currency),
        Kind::Days => format!("{} d", quantity(number)),
        Kind::Seconds => format!("{} s", quantity(number)),
        Kind::Ratio => ratio(number),
        Kind::Estimate => never_nothing(number, &significant(number)),
        Kind::Count | Kind::Number | Kind::Text | Kind::Flag if number.is_whole() => {
            number.round(0).print()
        }
        Kind::Count | Kind::Number | Kind::Text | Kind::Flag => quantity(number),
    }
}

/// One decimal; two where one would print something small as nothing, or almost all as all.
fn percent(points: &Decimal) -> String {
    let one = points.round(1);
    if !hides(points, &one) {
        return format!("{} %", one.print());
    }
    let two = points.round(2);
    match (hides(points, &two), two.is_zero(), points.negative) {
        (false, _, _) => format!("{} %", two.print()),
        (true, true, false) => "<0.01 %".to_owned(),
        (true, true, true) => ">-0.01 %".to_owned(),
        (true, false, _) => ">99.99 %".to_owned(),
    }
}

/// True where rounding made nothing of something, or all of almost all.
fn hides(points: &Decimal, rounded: &Decimal) -> bool {
    let nothing = rounded.is_zero() && !points.is_zero();
    let all = rounded.whole == [1, 0, 0] && rounded.is_whole() && points.whole == [9, 9];
    nothing || all && !points.negative
}

/// Three significant digits, at most four decimals: `3.20`, `12.3`, `0.0123`.
fn ratio(number: &Decimal) -> String {
    let position = number.leading_position();
    let decimals = usize::try_from(2_i32.saturating_sub(position))
        .unwrap_or(0)
        .min(4);
    never_nothing(number, &number.round(decimals))
}

/// Three significant digits, at most six decimals, without idle zeros: `6,120`, `2.7`.
fn significant(number: &Decimal) -> Decimal {
    let position = number.leading_position();
    if let Ok(places) = usize::try_from(position.saturating_sub(2)) {
        return number.shift_down(places).round(0).shift(places);
    }
    let decimals = 2_i32.saturating_sub(position).clamp(0, 6).unsigned_abs() as usize;
    let mut rounded = number.round(decimals);
    while rounded.fraction.last() == Some(&0) {
        rounded.fraction.pop();
    }
    rounded
}

/// One decimal; below one as many as show two digits, at most four: `14.7`, `0.25`.
fn quantity(number: &Decimal) -> String {
    let position = number.leading_position().min(0);
    let decimals = usize::try_from(1_i32.saturating_sub(position))
        .unwrap_or(1)
        .min(4);
    never_nothing(number, &number.round(decimals))
}

/// A duration in the largest unit of which it is at least one.
fn seconds(value: f64) -> String {
    const UNITS: &[(f64, &str)] = &[(86_400.0, "d"), (3_600.0, "h"), (60.0, "min")];
    let unit = UNITS.iter().find(|(length, _)| value.abs() >= *length);
    let (length, name) = unit.copied().unwrap_or((1.0, "s"));
    format!("{} {name}", quantity(&Decimal::of(value / length)))
}

/// Something that would print as zero is named by its limit.
fn never_nothing(number: &Decimal, rounded: &Decimal) -> String {
    match (number.is_zero(), rounded.is_zero(), number.negative) {
        (true, _, _) => "0".to_owned(),
        (_, false, _) => rounded.print(),
        (_, _, false) => "<0.0001".to_owned(),
        (_, _, true) => ">-0.0001".to_owned(),
    }
}

/// Whole units from a thousand on and for whole amounts, else cents; below a tenth of a
/// unit as many decimals as show two digits.
fn money(number: &Decimal, currency: Option<&str>) -> String {
    let decimals = match number.leading_position() {
        _ if number.is_whole() => 0,
        3.. => 0,
        1.. if has_no_cents(currency) => 0,
        -1.. => 2,
        _ if number.fraction.len() <= 2 => 2,
        position => position.unsigned_abs().saturating_add(1).min(6) as usize,
    };
    with_currency(&number.round(decimals), currency)
}

fn in_millions(number: &Decimal, kind: Kind, currency: Option<&str>) -> String {
    let millions = number.shift_down(6);
    let decimals = match millions.leading_position() {
        2.. => 0,
        1 => 1,
        _ => 2,
    };
    let short = millions.round(decimals);
    let text = match kind {
        Kind::Money => with_currency(&short, currency),
        _ => short.print(),
    };
    format!("{}M", trim_zeros(&text))
}

/// Both ends with the same number of decimals: enough to tell them apart.
fn span(low: &Decimal, high: &Decimal) -> String {
    let (low, high) = span_ends(low, high);
    let join = if low.negative || high.negative {
        " to "
    } else {
        "\u{2013}"
    };
    format!("{}{join}{}", low.print(), high.print())
}

fn span_ends(low: &Decimal, high: &Decimal) -> (Decimal, Decimal) {
    let width = (high.to_f64() - low.to_f64()).abs();
    let decimals = match width {
        width if width >= 5.0 => 0,
        width if width >= 0.5 => 1,
        width if width >= 0.05 => 2,
        _ => 3,
    };
    (low.round(decimals), high.round(decimals))
}

fn money_span(low: &Decimal, high: &Decimal, currency: Option<&str>) -> String {
    let (low, high) = span_ends(low, high);
    let first = with_currency(&low, currency);
    if low.negative || high.negative {
        return format!("{first} to {}", with_currency(&high, currency));
    }
    format!("{first}\u{2013}{}", high.print())
}

fn points(difference: f64) -> String {
    signed(&Decimal::of(difference).shift(2).round(1))
}

fn points_span(change: &Change) -> String {
    match change {
        Change::Points {
            interval: (low, high),
            ..
        } if low.is_finite() && high.is_finite() => {
            format!(" ({} to {})", points(*low), points(*high))
        }
        _ => String::new(),
    }
}

fn signed(number: &Decimal) -> String {
    if number.negative || number.is_zero() {
        return number.print();
    }
    format!("+{}", number.print())
}

/// Signs that are read at once; every other currency is named by its code.
const SIGNS: &[(&str, &str)] = &[
    ("EUR", "\u{20ac}"),
    ("USD", "$"),
    ("GBP", "\u{a3}"),
    ("JPY", "\u{a5}"),
    ("INR", "\u{20b9}"),
    ("BRL", "R$"),
];

/// Currencies without a smaller unit in use (ISO 4217 exponent 0).
const WITHOUT_CENTS: &[&str] = &[
    "JPY", "KRW", "VND", "CLP", "ISK", "PYG", "UGX", "XAF", "XOF",
];

fn has_no_cents(currency: Option<&str>) -> bool {
    currency.is_some_and(|code| WITHOUT_CENTS.contains(&code))
}

fn with_currency(number: &Decimal, currency: Option<&str>) -> String {
    let sign = if number.negative { "-" } else { "" };
    let magnitude = number.magnitude();
    let Some(code) = currency else {
        return format!("{sign}{magnitude}");
    };
    match SIGNS.iter().find(|(known, _)| *known == code) {
        Some((_, symbol)) => format!("{sign}{symbol}{magnitude}"),
        None => format!("{sign}{code} {magnitude}"),
    }
}

/// `25.0 %` becomes `25 %`; a number without a point stays.
fn trim_zeros(text: &str) -> String {
    const UNITS: &[&str] = &[" %", " d", " h", " min", " s"];
    let (number, unit) = match text.find(' ') {
        Some(at) if UNITS.contains(&&text[at..]) => text.split_at(at),
        _ => (text, ""),
    };
    if !number.contains('.') {
        return text.to_owned();
    }
    format!(
        "{}{unit}",
        number.trim_end_matches('0').trim_end_matches('.')
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::domain::figure::{Policy, View};
    use crate::domain::money::Money;

    fn relative(part: f64) -> Change {
        Change::Relative {
            part,
            beyond_chance: None,
        }
    }

    fn rate(k: u64, n: u64) -> Rate {
        Rate {
            k,
            n,
            interval: None,
            view: View::ToDate,
            policy: Policy::Implied,
            horizon_days: None,
            in_progress: None,
        }
    }

    fn euro(value: f64) -> String {
        cell(
            &Cell::Money(Money::from_units(value)),
            Kind::Money,
            Some("EUR"),
        )
    }

    fn number(value: f64, kind: Kind) -> String {
        cell(&Cell::Number(value), kind, None)
    }

    #[test]
    fn money_shows_what_matters() {
        for (value, text) in [
            (0.0, "€0"),
            (500.0, "€500"),
            (12.5, "€12.50"),
            (999.994, "€999.99"),
            (1234.5, "€1,235"),
            (-1234.4, "-€1,234"),
            (1_234_567.0, "€1,234,567"),
            (0.05, "€0.05"),
            (0.045, "€0.045"),
            (0.0042, "€0.0042"),
            (0.000_001, "€0.000001"),
            (-0.25, "-€0.25"),
        ] {
            assert_eq!(euro(value), text, "{value}");
        }
    }

    #[test]
    fn currencies_have_their_own_form() {
        let amount = Cell::Money(Money::from_units(1234.0));
        let print = |currency| cell(&amount, Kind::Money, currency);
        assert_eq!(print(Some("USD")), "$1,234");
        assert_eq!(print(Some("BRL")), "R$1,234");
        assert_eq!(print(Some("CHF")), "CHF 1,234");
        assert_eq!(print(None), "1,234");
        let yen = Cell::Money(Money::from_units(12.5));
        assert_eq!(cell(&yen, Kind::Money, Some("JPY")), "\u{a5}13");
    }

    #[test]
    fn the_largest_amount_is_printed_digit_by_digit() {
        let amount = Cell::Money(Money::from_micros(i128::MAX));
        let text = cell(&amount, Kind::Money, None);
        assert_eq!(text, "170,141,183,460,469,231,731,687,303,715,884");
    }

    #[test]
    fn ties_are_rounded_away_from_zero() {
        assert_eq!(number(0.0625, Kind::Share), "6.3 %");
        assert_eq!(rate_bare(&rate(1, 16)), "6.3 %");
        assert_eq!(number(-0.0625, Kind::Share), "-6.3 %");
        assert_eq!(euro(1.005), "€1.01");
        assert_eq!(number(0.145, Kind::Share), "14.5 %");
    }

    #[test]
    fn a_little_is_not_nothing_and_almost_all_is_not_all() {
        assert_eq!(number(0.0, Kind::Share), "0.0 %");
        assert_eq!(number(1.0, Kind::Share), "100.0 %");
        assert_eq!(number(0.0004, Kind::Share), "0.04 %");
        assert_eq!(number(0.000_01, Kind::Share), "<0.01 %");
        assert_eq!(number(-0.000_01, Kind::Share), ">-0.01 %");
        assert_eq!(number(0.9997, Kind::Share), "99.97 %");
        assert_eq!(number(0.999_999, Kind::Share), ">99.99 %");
        assert_eq!(number(12.345, Kind::Share), "1,234.5 %");
        assert_eq!(number(0.000_000_1, Kind::Ratio), "<0.0001");
    }

    #[test]
    fn rates_keep_their_evidence() {
        let shown = cell(&Cell::Rate(rate(30, 120)), Kind::Rate, None);
        assert_eq!(shown, "25.0 % (30/120)");
        let large = cell(&Cell::Rate(rate(12_345, 98_765)), Kind::Rate, None);
        assert_eq!(large, "12.5 % (12,345/98,765)");
        assert_eq!(rate_bare(&rate(2, 3)), "66.7 %");
        assert_eq!(
            rate_bare(&rate(u64::MAX, 1)),
            "1,844,674,407,370,955,161,500.0 %"
        );
    }

    #[test]
    fn quantities_ratios_and_durations() {
        assert_eq!(cell(&Cell::Count(-12_345), Kind::Count, None), "-12,345");
        assert_eq!(number(12_345.0, Kind::Count), "12,345");
        assert_eq!(number(12.5, Kind::Number), "12.5");
        assert_eq!(number(0.25, Kind::Number), "0.25");
        assert_eq!(number(6_123.4, Kind::Estimate), "6,120");
        assert_eq!(number(2.7, Kind::Estimate), "2.7");
        assert_eq!(number(0.012_345, Kind::Estimate), "0.0123");
        assert_eq!(number(-1_999.0, Kind::Estimate), "-2,000");
        assert_eq!(number(0.0, Kind::Estimate), "0");
        assert_eq!(number(3.2, Kind::Ratio), "3.20");
        assert_eq!(number(12.34, Kind::Ratio), "12.3");
        assert_eq!(number(1234.5, Kind::Ratio), "1,235");
        assert_eq!(number(14.66, Kind::Days), "14.7 d");
        assert_eq!(number(0.042, Kind::Days), "0.042 d");
        assert_eq!(number(42.0, Kind::Seconds), "42.0 s");
        assert_eq!(number(750.0, Kind::Seconds), "12.5 min");
        assert_eq!(number(3_600.0, Kind::Seconds), "1.0 h");
        assert_eq!(number(200_000.0, Kind::Seconds), "2.3 d");
        assert_eq!(value(1_800.0, Kind::Seconds, None), "30 min");
        assert_eq!(cell(&Cell::Flag(true), Kind::Flag, None), "yes");
        assert_eq!(cell(&Cell::Blank, Kind::Money, None), "");
    }

    #[test]
    fn undefined_and_infinite_are_not_available() {
        for cell_without_value in [
            Cell::Undefined(Undefined::NotMature),
            Cell::Number(f64::NAN),
            Cell::Number(f64::NEG_INFINITY),
            Cell::Rate(rate(0, 0)),
        ] {
            assert_eq!(cell(&cell_without_value, Kind::Rate, None), "n/a");
        }
        assert_eq!(value(f64::INFINITY, Kind::Count, None), "n/a");
        assert_eq!(interval(f64::NAN, 1.0, Kind::Share, None), "n/a");
        assert_eq!(change(&relative(f64::INFINITY)), "n/a");
    }

    #[test]
    fn labels_are_short() {
        assert_eq!(value(0.25, Kind::Share, None), "25 %");
        assert_eq!(value(0.125, Kind::Rate, None), "12.5 %");
        assert_eq!(value(15.0, Kind::Days, None), "15 d");
        assert_eq!(value(12_345.0, Kind::Count, None), "12,345");
        assert_eq!(value(1_234_567.0, Kind::Count, None), "1.23M");
        assert_eq!(value(-2_500_000.0, Kind::Money, Some("CHF")), "-CHF 2.5M");
        assert_eq!(value(12_345.6, Kind::Money, Some("EUR")), "€12,346");
        assert_eq!(value(12.5, Kind::Money, Some("EUR")), "€12.50");
        assert_eq!(value(3.2, Kind::Ratio, None), "3.2");
        assert_eq!(value(-0.0, Kind::Ratio, None), "0");
    }

    #[test]
    fn intervals_name_the_unit_once() {
        assert_eq!(interval(0.1811, 0.3344, Kind::Rate, None), "18–33 %");
        assert_eq!(interval(0.0101, 0.0132, Kind::Share, None), "1.01–1.32 %");
        assert_eq!(interval(-0.2, 0.35, Kind::Share, None), "-20 to 35 %");
        assert_eq!(
            interval(1234.0, 2345.0, Kind::Money, Some("EUR")),
            "€1,234–2,345"
        );
        assert_eq!(
            interval(-200.0, 300.0, Kind::Money, Some("EUR")),
            "-€200 to €300"
        );
        assert_eq!(interval(12.1, 15.3, Kind::Days, None), "12.1–15.3 d");
        assert_eq!(interval(-0.0001, 0.5, Kind::Share, None), "0–50 %");
    }

    #[test]
    fn changes_carry_a_sign() {
        assert_eq!(change(&relative(0.123)), "+12.3 %");
        assert_eq!(change(&relative(-0.000_01)), "0.0 %");
        let points = Change::Points {
            difference: -0.041,
            interval: (-0.079, -0.003),
        };
        assert_eq!(change(&points), "-4.1 points (-7.9 to -0.3)");
    }

    #[test]
    fn a_ratio_of_integers_and_its_float_print_alike() {
        for n in 1..400_u64 {
            for k in 0..=n {
                let float = number(k as f64 / n as f64, Kind::Share);
                assert_eq!(rate_bare(&rate(k, n)), float, "{k}/{n}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn every_finite_number_prints_as_a_number(value: f64) {
            for kind in [Kind::Count, Kind::Number, Kind::Money, Kind::Share, Kind::Ratio, Kind::Days, Kind::Seconds] {
                let text = number(value, kind);
                proptest::prop_assert!(!text.contains("NaN") && !text.contains("inf"));
                let zero = text.trim_start_matches('-').chars().all(|c| !('1'..='9').contains(&c));
                proptest::prop_assert!(!(zero && text.starts_with('-')), "{}", text);
            }
        }
    }
}
