#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::diagnostics::Location;
use crate::diagnostics::Severity;
use proptest::prelude::*;

fn read(cells: &[&str], options: NumberOptions) -> Numbers {
    let mut column = NumberColumn::new(options);
    cells.iter().for_each(|cell| column.push(cell));
    column.finish()
}

fn column(cells: &[&str]) -> Numbers {
    read(cells, NumberOptions::default())
}

fn texts(numbers: &Numbers) -> Vec<String> {
    (0..numbers.len())
        .map(|row| {
            numbers
                .money(row)
                .map_or("-".to_owned(), |money| money.to_string())
        })
        .collect()
}

fn place(row: usize) -> Location {
    Location::line("ads.csv", row as u64 + 2)
}

#[test]
fn cells_that_decide_themselves() {
    for (cell, expected) in [
        ("7", "7"),
        ("007", "7"),
        ("-2.50", "-2.5"),
        ("+3", "3"),
        ("1,286.58", "1286.58"),
        ("1.234,50", "1234.5"),
        ("12.345.678,90", "12345678.9"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("12,34,567.50", "1234567.5"),
        ("1 020,50", "1020.5"),
        ("1\u{202f}020,50", "1020.5"),
        ("10\u{a0}000", "10000"),
        ("1'234'567.80", "1234567.8"),
        ("1\u{2019}234.50", "1234.5"),
        ("146536,25", "146536.25"),
        ("0.123", "0.123"),
        ("0,125", "0.125"),
        (".5", "0.5"),
        ("1234.567", "1234.567"),
        ("5.", "5"),
        ("$1,234.50", "1234.5"),
        ("US$50.00", "50"),
        ("\u{20ac} 2.000,00", "2000"),
        ("12,50 \u{20ac}", "12.5"),
        ("R$\u{a0}1.100,00", "1100"),
        ("USD 10", "10"),
        ("10 usd", "10"),
        ("$5.00 USD", "5"),
        ("(500.00)", "-500"),
        ("($500.00)", "-500"),
        ("$(500.00)", "-500"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("500-", "-500"),
        ("\u{2212}5", "-5"),
        ("12.5%", "0.125"),
        ("3,5 %", "0.035"),
        ("0%", "0"),
        ("$342.09K", "342090"),
        ("$1,117.10K", "1117100"),
        ("1.234K", "1234"),
        ("2.5M", "2500000"),
        ("1,2 Mio. \u{20ac}", "1200000"),
        ("\u{20b9}1,00,000", "100000"),
        ("1.426697e+06", "1426697"),
        ("4,5E-2", "0.045"),
        ("1E5", "100000"),
        ("0E-10", "0"),
        ("\u{661}\u{662}\u{663}", "123"),
        ("\u{ff11}\u{ff12}\u{ff0e}\u{ff15}", "12.5"),
        ("-0", "0"),
        ("1.0000004", "1"),
        ("1.0000005", "1.000001"),
        (" 7 ", "7"),
    ] {
        let numbers = column(&[cell]);
        assert_eq!(texts(&numbers), [expected], "{cell}");
        assert!(
            numbers.bad.is_empty() && numbers.problem.is_none(),
            "{cell}"
        );
    }
}

#[test]
fn what_is_no_number() {
    for (cell, kind) in [
        ("abc", BadNumber::NotANumber),
        ("2026-01-05", BadNumber::NotANumber),
        ("1/2", BadNumber::NotANumber),
        ("10:30", BadNumber::NotANumber),
        ("1,23,45", BadNumber::NotANumber),
        ("1.23.4567", BadNumber::NotANumber),
        ("1,234.567,8", BadNumber::NotANumber),
        ("1 2", BadNumber::NotANumber),
        ("--5", BadNumber::NotANumber),
        ("$5 EUR", BadNumber::NotANumber),
        ("5%%", BadNumber::NotANumber),
        ("5KK", BadNumber::NotANumber),
        ("L-001", BadNumber::NotANumber),
        ("#DIV/0!", BadNumber::NotANumber),
        ("-2+3", BadNumber::NotANumber),
        ("e5", BadNumber::NotANumber),
        (",", BadNumber::NotANumber),
        ("< 10%", BadNumber::Bound),
        (">90", BadNumber::Bound),
        ("< soon", BadNumber::NotANumber),
        ("NaN", BadNumber::NotFinite),
        ("-inf", BadNumber::NotFinite),
        ("Infinity", BadNumber::NotFinite),
        ("1e308", BadNumber::OutOfRange),
        ("999999999999999999999", BadNumber::OutOfRange),
    ] {
        assert_eq!(column(&[cell]).bad, [(0, kind)], "{cell}");
    }
}

#[test]
fn markers_of_nothing_are_no_zero() {
    let numbers = column(&["50.00", " --", "\u{2014}", "n/a", "NULL", "", "na"]);
    assert_eq!(numbers.filled(), 1);
    assert!((1..7).all(|row| numbers.is_missing(row)));
    assert!(numbers.bad.is_empty());
}

#[test]
fn a_clear_cell_decides_the_unclear_ones() {
    assert_eq!(
        texts(&column(&["146536,25", "50.000"])),
        ["146536.25", "50000"]
    );
    assert_eq!(
        texts(&column(&["1,234.56", "1,234", "1.234"])),
        ["1234.56", "1234", "1.234"]
    );
    assert_eq!(texts(&column(&["0,5", "1,234"])), ["0.5", "1.234"]);
    assert_eq!(
        texts(&column(&["R$\u{a0}100.000", "R$ 99,90"])),
        ["100000", "99.9"]
    );
    assert_eq!(texts(&column(&["1.234.567", "1.234"])), ["1234567", "1234"]);
}

#[test]
fn nothing_decides() {
    let numbers = column(&["1,234", "5,678"]);
    assert_eq!(texts(&numbers), ["1234", "5678"]);
    let found = &numbers.findings("Amount", &place)[0];
    assert_eq!(
        (found.code.id, found.severity),
        ("ambiguous_number", Severity::Warning)
    );
    assert!(found.hint.as_ref().unwrap().contains("--decimal"));
    assert_eq!(texts(&column(&["50.000"])), ["50000"]);
}

#[test]
fn the_columns_beside_it_may_decide() {
    let beside = |cells: &[&str], sign| {
        let mut column = NumberColumn::new(NumberOptions::default());
        cells.iter().for_each(|cell| column.push(cell));
        column.finish_beside(Some(sign))
    };
    let numbers = beside(&["25,881", "20"], Decimal::Point);
    assert_eq!(texts(&numbers), ["25881", "20"]);
    assert!(numbers.problem.is_none());
    let numbers = beside(&["25,881"], Decimal::Comma);
    assert_eq!(texts(&numbers), ["25.881"]);
    assert_eq!(
        numbers.findings("Cost", &place)[0].code.id,
        "ambiguous_number"
    );
    // What the column itself decides is never overruled.
    assert_eq!(
        texts(&beside(&["1,5", "1.234"], Decimal::Point)),
        ["1.5", "1234"]
    );

    let mut column = NumberColumn::new(NumberOptions::default());
    column.push("1.234");
    assert_eq!(column.decided(), None);
    column.push("0.5");
    assert_eq!(column.decided(), Some(Decimal::Point));
}

#[test]
fn a_declared_sign_decides() {
    let declared = |decimal| NumberOptions {
        decimal: Some(decimal),
        money: false,
    };
    assert_eq!(
        texts(&read(&["1,234"], declared(Decimal::Comma))),
        ["1.234"]
    );
    let numbers = read(&["1,234", "12.5"], declared(Decimal::Comma));
    assert_eq!(numbers.bad, [(1, BadNumber::WrongMark)]);
    assert!(numbers.problem.is_none());
}

#[test]
fn contradictions_name_both_rows() {
    let numbers = column(&["1.234,56", "7", "1,234.56"]);
    let found = &numbers.findings("Cost", &place)[0];
    assert_eq!(
        (found.code.id, found.severity),
        ("mixed_numbers", Severity::Error)
    );
    assert!(
        found.text.contains("(line 2)") && found.text.contains("(line 4)"),
        "{}",
        found.text
    );
    // Every cell has one reading: said, but no reason to stop.
    let numbers = column(&["12.5%", "3,5 %", "0.07"]);
    assert_eq!(texts(&numbers), ["0.125", "0.035", "0.07"]);
    assert_eq!(numbers.percents, 2);
    assert_eq!(
        numbers.findings("Rate", &place)[0].severity,
        Severity::Warning
    );
    // The third cell depends on which of the two is right.
    let numbers = column(&["12.5", "3,5", "1.234"]);
    assert_eq!(texts(&numbers), ["12.5", "3.5", "-"]);
    assert_eq!(
        numbers.findings("Rate", &place)[0].severity,
        Severity::Error
    );
    assert!(matches!(
        column(&["1.234", "1,234"]).problem,
        Some(NumberProblem::Mixed {
            harmless: false,
            ..
        })
    ));
}

#[test]
fn currencies_are_counted() {
    let numbers = column(&["$1", "\u{20ac} 2", "USD 3", "$4", "5"]);
    let seen: Vec<(&str, u64)> = numbers
        .currencies
        .iter()
        .map(|(currency, count)| (currency.label, *count))
        .collect();
    assert_eq!(seen, [("$", 2), ("\u{20ac}", 1), ("USD", 1)]);
    assert_eq!(
        numbers.currency(3).map(|currency| currency.code()),
        Some("USD")
    );
    assert_eq!(numbers.currency(4), None);
}

#[test]
fn money_is_summed_exactly() {
    let numbers = column(&vec!["0.10"; 10_000]);
    assert_eq!(numbers.sum_micros(), 1_000_000_000);
}

#[test]
fn amounts_beyond_all_measure_are_bad() {
    let money = NumberOptions {
        decimal: None,
        money: true,
    };
    let numbers = read(&["99999999999999", "9000000000000", "1"], money);
    assert_eq!(numbers.bad, [(0, BadNumber::OutOfRange)]);
    assert_eq!(texts(&numbers), ["-", "9000000000000", "1"]);
}

#[test]
fn floats_are_the_nearest() {
    for cell in [
        "0.1",
        "47.684647467095059",
        "0.00008170602173180178",
        "123456789012345678",
        "69.17729717735837",
    ] {
        assert_eq!(column(&[cell]).value(0), cell.parse().ok(), "{cell}");
    }
}

/// Puts `mark` between groups of three digits.
fn grouped(whole: u64, mark: &str) -> String {
    let digits = whole.to_string();
    let head = digits.len() % 3;
    let mut groups: Vec<&str> = vec![];
    if head > 0 {
        groups.push(&digits[..head]);
    }
    groups.extend(
        digits.as_bytes()[head..]
            .chunks(3)
            .map(|group| std::str::from_utf8(group).unwrap()),
    );
    groups.join(mark)
}

proptest! {
    #[test]
    fn every_style_of_grouping_gives_the_same_number(whole in 0_u64..1_000_000_000_000, cents in 0_u64..100) {
        let expected = i128::from(whole) * 1_000_000 + i128::from(cents) * 10_000;
        for (group, decimal) in [(",", "."), (".", ","), ("", "."), ("", ","), (" ", ","), ("\u{a0}", "."), ("\u{202f}", ","), ("'", ".")] {
            for (before, behind) in [("", ""), ("$", ""), ("EUR ", ""), ("", " \u{20ac}"), ("-", "")] {
                let cell = format!("{before}{}{decimal}{cents:02}{behind}", grouped(whole, group));
                let sign = if before == "-" { -1 } else { 1 };
                prop_assert_eq!(column(&[&cell]).micros(0), Some(sign * expected), "{}", cell);
            }
        }
    }

    #[test]
    fn no_cell_ends_the_program(cell in "\\PC*", digits in "[0-9.,' eE%KM()$+-]{0,30}") {
        for text in [&cell, &digits] {
            let numbers = column(&[text]);
            prop_assert!(numbers.len() == 1);
            prop_assert!(numbers.value(0).is_none_or(f64::is_finite));
            let _ = numbers.findings("x", &place);
        }
    }
}
