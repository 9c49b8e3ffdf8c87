//! Values written as people of many countries write them, read back.
//!
//! The law: a column gives every value as it was meant, or says that it cannot tell. It
//! never gives another value in silence.

use chrono::{Datelike, NaiveDate};
use proptest::prelude::*;

use super::date::{DateColumn, Stamp};
use super::number::{NumberColumn, NumberOptions};

/// How a country groups digits.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Groups {
    None,
    Threes,
    Indian,
}

/// One way of writing numbers.
#[derive(Debug, Clone, Copy)]
struct Style {
    group: &'static str,
    decimal: &'static str,
    groups: Groups,
}

const fn style(group: &'static str, decimal: &'static str, groups: Groups) -> Style {
    Style {
        group,
        decimal,
        groups,
    }
}

/// English, German, French (two blanks), Swiss (three marks), Indian, Spanish of Mexico,
/// Portuguese, Nordic; none; Arabic marks.
const STYLES: &[Style] = &[
    style(",", ".", Groups::Threes),
    style(".", ",", Groups::Threes),
    style("\u{a0}", ",", Groups::Threes),
    style("\u{202f}", ",", Groups::Threes),
    style("'", ".", Groups::Threes),
    style("\u{2019}", ".", Groups::Threes),
    style("\u{b4}", ".", Groups::Threes),
    style(",", ".", Groups::Indian),
    style(" ", ",", Groups::Threes),
    style("", ",", Groups::None),
    style("", ".", Groups::None),
    style("\u{66c}", "\u{66b}", Groups::Threes),
];

/// Zeros of the scripts in which digits may stand.
const DIGITS: &[u32] = &[0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xE50, 0xFF10];

/// What may stand before and behind an amount, and its code.
const CURRENCIES: &[(&str, &str, Option<&str>)] = &[
    ("", "", None),
    ("$", "", Some("USD")),
    ("US$ ", "", Some("USD")),
    ("", " \u{20ac}", Some("EUR")),
    ("", "\u{a0}\u{20ac}", Some("EUR")),
    ("EUR ", "", Some("EUR")),
    ("", " CHF", Some("CHF")),
    ("SFr. ", "", Some("CHF")),
    ("\u{20b9}", "", Some("INR")),
    ("R$ ", "", Some("BRL")),
    ("", " z\u{142}", Some("PLN")),
    ("\u{ffe5}", "", Some("JPY")),
];

/// How a number below zero is marked.
#[derive(Debug, Clone, Copy)]
enum Minus {
    Before,
    Typographic,
    Behind,
    Parentheses,
    BeforeCurrency,
}

const MINUS: &[Minus] = &[
    Minus::Before,
    Minus::Typographic,
    Minus::Behind,
    Minus::Parentheses,
    Minus::BeforeCurrency,
];

impl Style {
    /// Hundredths of a number in this style, without its sign.
    fn write(self, hundredths: u64, zero: u32) -> String {
        let whole = self.grouped(&(hundredths / 100).to_string());
        let text = format!("{whole}{}{:02}", self.decimal, hundredths % 100);
        in_script(&text, zero)
    }

    fn grouped(self, digits: &str) -> String {
        let mut text = String::new();
        for (index, digit) in digits.chars().enumerate() {
            let left = digits.len() - index;
            let begins = match self.groups {
                Groups::None => false,
                Groups::Threes => left.is_multiple_of(3),
                Groups::Indian => left == 3 || left > 3 && left % 2 == 1,
            };
            if begins && index > 0 {
                text.push_str(self.group);
            }
            text.push(digit);
        }
        text
    }
}

fn in_script(text: &str, zero: u32) -> String {
    text.chars()
        .map(|c| match c.to_digit(10) {
            Some(digit) => char::from_u32(zero + digit).unwrap(),
            None => c,
        })
        .collect()
}

fn amount(hundredths: i64, style: Style, zero: u32, dress: (&str, &str), minus: Minus) -> String {
    let digits = style.write(hundredths.unsigned_abs(), zero);
    let (before, behind) = dress;
    match minus {
        _ if hundredths >= 0 => format!("{before}{digits}{behind}"),
        Minus::Before => format!("{before}-{digits}{behind}"),
        Minus::Typographic => format!("\u{2212}{before}{digits}{behind}"),
        Minus::Behind => format!("{before}{digits}-{behind}"),
        Minus::Parentheses => format!("({before}{digits}{behind})"),
        Minus::BeforeCurrency => format!("-{before}{digits}{behind}"),
    }
}

/// Months in full and as tools shorten them.
const MONTHS: &[[&str; 12]] = &[
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec",
    ],
    [
        "Januar",
        "Februar",
        "M\u{e4}rz",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    [
        "J\u{e4}n", "Feb.", "Mrz", "Apr.", "Mai", "Jun", "Jul", "Aug.", "Sep", "Okt.", "Nov.",
        "Dez.",
    ],
    [
        "Jaenner", "Feb", "Maerz", "Apr", "Mai", "Juni", "Juli", "Aug", "Sept.", "Okt", "Nov",
        "Dez",
    ],
    [
        "janvier",
        "f\u{e9}vrier",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "ao\u{fb}t",
        "septembre",
        "octobre",
        "novembre",
        "d\u{e9}cembre",
    ],
    [
        "janv.",
        "f\u{e9}vr.",
        "mars",
        "avr.",
        "mai",
        "juin",
        "juill.",
        "ao\u{fb}",
        "sept.",
        "oct.",
        "nov.",
        "d\u{e9}c.",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "setiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    [
        "ene", "febr", "mzo", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic",
    ],
    [
        "janeiro",
        "fevereiro",
        "mar\u{e7}o",
        "abril",
        "maio",
        "junho",
        "julho",
        "agosto",
        "setembro",
        "outubro",
        "novembro",
        "dezembro",
    ],
    [
        "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez",
    ],
    [
        "gennaio",
        "febbraio",
        "marzo",
        "aprile",
        "maggio",
        "giugno",
        "luglio",
        "agosto",
        "settembre",
        "ottobre",
        "novembre",
        "dicembre",
    ],
    [
        "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic",
    ],
    [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    [
        "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ],
];

/// Patterns of dates with a month's name.
const NAMED: &[&str] = &[
    "{d} {M} {y}",
    "{M} {d}, {y}",
    "{d}. {M} {y}",
    "{d}-{M}-{y}",
    "{d} de {M} de {y}",
    "{y}-{M}-{d}",
    "le {d} {M} {y}",
    "{d}th {M} {y}",
    "{d}\u{ba} {M} {y}",
    "Do., {d}. {M} {y}",
    "{d}. {M} {y}, 10:20 Uhr",
    "{d} {M} {y} \u{e0} 10:20",
    "{M} {d} {y} 10:20AM",
];

/// Patterns that need no decision.
const PLAIN: &[&str] = &[
    "{y}-{m}-{d}",
    "{y}/{m}/{d}",
    "{y}.{m}.{d}",
    "{y}\u{5e74}{m}\u{6708}{d}\u{65e5}",
    "{y}\u{b144} {m}\u{c6d4} {d}\u{c77c}",
    "{y}. {m}. {d}.",
    "{y}-{m}-{d} 10:20",
    "{y}\u{5e74}{m}\u{6708}{d}\u{65e5} 10\u{6642}20\u{5206}",
    "{y}\u{5e74}{m}\u{6708}{d}\u{65e5} \u{4e0a}\u{5348}10:20",
];

/// Patterns whose column decides; true where the day comes first.
const NUMERIC: &[(&str, bool)] = &[
    ("{d}/{m}/{y}", true),
    ("{d}.{m}.{y}", true),
    ("{d}-{m}-{y} 10:20", true),
    ("{d}.{m}.{y} 10.20 Uhr", true),
    ("{d}. {m}. {y}", true),
    ("Di., {d}.{m}.{y}", true),
    ("{d}/{m}/{y} 10h20", true),
    ("{m}/{d}/{y}", false),
    ("{m}-{d}-{y}", false),
    ("{m}/{d}/{y}, 10:20:30 AM", false),
];

fn dated(pattern: &str, month: &str, date: NaiveDate) -> String {
    pattern
        .replace("{d}", &date.day().to_string())
        .replace("{m}", &date.month().to_string())
        .replace("{M}", month)
        .replace("{y}", &date.year().to_string())
}

fn days() -> impl Strategy<Value = NaiveDate> {
    (0_i64..20_000).prop_map(|days| {
        NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + chrono::TimeDelta::days(days)
    })
}

fn read_dates(cells: &[String]) -> super::date::Dates {
    let mut column = DateColumn::new();
    cells.iter().for_each(|cell| column.push(cell));
    column.finish()
}

proptest! {
    #[test]
    fn amounts_come_back(
        values in prop::collection::vec(-5_000_000_000_i64..5_000_000_000, 1..12),
        style in prop::sample::select(STYLES), zero in prop::sample::select(DIGITS),
        dress in prop::sample::select(CURRENCIES), minus in prop::sample::select(MINUS),
    ) {
        let mut column = NumberColumn::new(NumberOptions { decimal: None, money: true });
        let cells: Vec<String> = values
            .iter()
            .map(|value| amount(*value, style, zero, (dress.0, dress.1), minus))
            .collect();
        cells.iter().for_each(|cell| column.push(cell));
        let read = column.finish();
        prop_assert!(read.problem.is_none(), "{:?}: {:?}", cells, read.problem);
        for (row, value) in values.iter().enumerate() {
            prop_assert_eq!(read.micros(row), Some(i128::from(*value) * 10_000), "{:?}", cells);
            prop_assert_eq!(read.currency(row).map(|found| found.code()), dress.2, "{:?}", cells);
        }
    }

    /// Whole numbers with groups may be unclear (`1.234`); then the column says so.
    #[test]
    fn whole_numbers_come_back_or_are_said_to_be_unclear(
        values in prop::collection::vec(0_u64..50_000_000, 1..8), style in prop::sample::select(STYLES),
    ) {
        let mut column = NumberColumn::new(NumberOptions::default());
        let cells: Vec<String> = values.iter().map(|value| style.grouped(&value.to_string())).collect();
        cells.iter().for_each(|cell| column.push(cell));
        let read = column.finish();
        for (row, value) in values.iter().enumerate() {
            let right = read.micros(row) == Some(i128::from(*value) * 1_000_000);
            prop_assert!(right || read.problem.is_some(), "{:?}", cells);
        }
    }

    #[test]
    fn per_cents_come_back(hundredths in 0_u64..100_000, style in prop::sample::select(STYLES)) {
        let digits = style.write(hundredths, 0x30);
        for cell in [format!("{digits}%"), format!("{digits} %"), format!("{digits}\u{a0}%"), format!("%{digits}")] {
            let mut column = NumberColumn::new(NumberOptions::default());
            column.push(&cell);
            let read = column.finish();
            prop_assert_eq!(read.micros(0), Some(i128::from(hundredths) * 100), "{}", cell);
            prop_assert!(read.is_percent(0));
        }
    }

    #[test]
    fn named_months_come_back(
        dates in prop::collection::vec(days(), 1..6),
        months in prop::sample::select(MONTHS), pattern in prop::sample::select(NAMED),
    ) {
        let cells: Vec<String> = dates
            .iter()
            .map(|date| dated(pattern, months[date.month0() as usize], *date))
            .collect();
        let read = read_dates(&cells);
        prop_assert!(read.problem.is_none(), "{:?}: {:?}", cells, read.problem);
        for (row, date) in dates.iter().enumerate() {
            prop_assert_eq!(read.get(row).map(Stamp::date), Some(*date), "{:?}", cells);
        }
    }

    #[test]
    fn dates_without_doubt_come_back(
        dates in prop::collection::vec(days(), 1..6),
        pattern in prop::sample::select(PLAIN), zero in prop::sample::select(DIGITS),
    ) {
        let cells: Vec<String> = dates.iter().map(|date| in_script(&dated(pattern, "", *date), zero)).collect();
        let read = read_dates(&cells);
        for (row, date) in dates.iter().enumerate() {
            prop_assert_eq!(read.get(row).map(Stamp::date), Some(*date), "{:?}", cells);
        }
    }

    /// Day and month come back, or the column says that nothing decides.
    #[test]
    fn numeric_dates_come_back_or_are_asked_for(
        dates in prop::collection::vec(days(), 1..12), (pattern, day_first) in prop::sample::select(NUMERIC),
    ) {
        let cells: Vec<String> = dates.iter().map(|date| dated(pattern, "", *date)).collect();
        let read = read_dates(&cells);
        if read.problem.is_none() {
            for (row, date) in dates.iter().enumerate() {
                prop_assert_eq!(read.get(row).map(Stamp::date), Some(*date), "{:?}", cells);
            }
        }
        let decided = dates.iter().any(|date| date.day() > 12);
        prop_assert!(!decided || read.problem.is_none(), "{:?}: {:?}", cells, read.problem);
        let declared = if day_first { "%d/%m/%Y" } else { "%m/%d/%Y" };
        let mut column = DateColumn::with_pattern(declared).unwrap();
        cells.iter().for_each(|cell| column.push(cell));
        let read = column.finish();
        for (row, date) in dates.iter().enumerate() {
            prop_assert_eq!(read.get(row).map(Stamp::date), Some(*date), "{:?}", cells);
        }
    }
}

#[test]
fn words_and_dashes_of_money() {
    for (cell, micros) in [
        // No cents; read as minus five for a long time.
        ("5,-", 5_000_000),
        ("5.-", 5_000_000),
        ("CHF 5.\u{2014}", 5_000_000),
        ("5,\u{2013} \u{20ac}", 5_000_000),
        ("5:-", 5_000_000),
        ("Rs. 1,234/-", 1_234_000_000),
        ("-5,-", -5_000_000),
        ("5-", -5_000_000),
        ("5,00-", -5_000_000),
        ("(5,00) \u{20ac}", -5_000_000),
        ("(5.00 USD)", -5_000_000),
        ("1`234.5", 1_234_500_000),
        ("12\u{4e07}", 120_000_000_000),
        ("1.5\u{5104}", 150_000_000_000_000),
        ("2 lakh", 200_000_000_000),
        ("1.5 crore", 15_000_000_000_000),
        ("US$ 5k", 5_000_000_000),
        ("1.234,56 \u{20ac}", 1_234_560_000),
    ] {
        let mut column = NumberColumn::new(NumberOptions::default());
        column.push(cell);
        assert_eq!(column.finish().micros(0), Some(micros), "{cell}");
    }
    // A credit to some, ten million to others; a fraction; no number of its own.
    for cell in ["1.5 Cr", "5 CR", "1 2 3", "((5))", "--5", "5,--,-", "%5%"] {
        let mut column = NumberColumn::new(NumberOptions::default());
        column.push(cell);
        assert_eq!(column.finish().micros(0), None, "{cell}");
    }
}

#[test]
fn times_of_many_countries() {
    for (cell, minutes) in [
        ("13/01/2026 \u{e0} 10:20", 620),
        ("13/01/2026 10h20", 620),
        ("13.01.2026 um 10.20 Uhr", 620),
        ("13/01/2026, 3:20:00 p.\u{a0}m.", 920),
        ("13/01/2026 alle ore 10.20", 620),
        (
            "2026\u{b144} 1\u{c6d4} 13\u{c77c} \u{c624}\u{d6c4} 3:20",
            920,
        ),
        ("2026\u{5e74}1\u{6708}13\u{65e5} \u{4e0b}\u{5348}3:20", 920),
        (
            "2026\u{5e74}1\u{6708}13\u{65e5}15\u{6642}20\u{5206}00\u{79d2}",
            920,
        ),
    ] {
        let read = read_dates(&[cell.to_owned()]);
        let day = NaiveDate::from_ymd_opt(2026, 1, 13).unwrap();
        let wanted = day.and_hms_opt(minutes / 60, minutes % 60, 0);
        assert_eq!(read.get(0).map(Stamp::naive), wanted, "{cell}");
    }
    for cell in [
        "13.01.2026 10.5",
        "13.01.2026 10h",
        "so 5",
        "Do., x",
        "13/01/2026 um",
    ] {
        assert!(read_dates(&[cell.to_owned()]).get(0).is_none(), "{cell}");
    }
}
