//! Rows that state a total.
//!
//! A total that is read as a row doubles every sum. Some carry a label and are known by
//! it; some only leave their dimensions empty and are known by their position and by
//! being the sum of the others. Either way the stated total is compared with that sum.

use csv::StringRecord;

use crate::domain::text::normal_form;
use crate::ingest::cell::trimmed;

/// How a row may state a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotalMark {
    /// Its first cell with text says so: `Total`, `Total: Account`, `Gesamt: Konto`.
    Labelled,
    /// Its dimensions are empty. A total only where it is the first or last row and equals
    /// the sum of the others, which [`compare`] tells.
    NoDimensions,
}

/// Looks for the marks of a total in a row.
///
/// `dimensions` are the columns that hold words or dates, such as campaign, channel and
/// day: without one of them filled, the row describes nothing. The label is looked for in
/// the first filled cell of the row, whatever its column.
#[must_use]
pub fn classify_total(cells: &StringRecord, dimensions: &[usize]) -> Option<TotalMark> {
    let first = cells.iter().map(trimmed).find(|cell| !cell.is_empty())?;
    if is_total_label(first) {
        return Some(TotalMark::Labelled);
    }
    let empty = |column: &usize| {
        cells
            .get(*column)
            .is_none_or(|cell| is_nothing(trimmed(cell)))
    };
    (!dimensions.is_empty() && dimensions.iter().all(empty)).then_some(TotalMark::NoDimensions)
}

fn is_nothing(cell: &str) -> bool {
    matches!(cell, "" | "-" | "--" | "\u{2014}")
}

/// True for `Total`, `Totals`, `Grand total`, `Total: Account`, `Gesamt: Konto`, `Total : compte`;
/// false for names that merely begin so, such as `Total Wine`.
#[must_use]
pub fn is_total_label(cell: &str) -> bool {
    const WORDS: &[&str] = &[
        "total",
        "totals",
        "grand total",
        "grand totals",
        "sum",
        "gesamt",
        "gesamtsumme",
        "summe",
        "insgesamt",
        "total g\u{e9}n\u{e9}ral",
        "total general",
        "totaal",
        "totale",
        "totaux",
        "totales",
        "suma",
        "razem",
        "summa",
        "totalt",
        "\u{438}\u{442}\u{43e}\u{433}\u{43e}",
        "\u{432}\u{441}\u{435}\u{433}\u{43e}",
        "\u{5408}\u{8ba1}",
        "\u{5408}\u{8a08}",
        "\u{603b}\u{8ba1}",
    ];
    let cell = trimmed(cell);
    // Names are longer; and most cells end here without any allocation.
    if cell.len() > 100 || !cell.starts_with(may_begin_label) {
        return false;
    }
    let folded = normal_form(cell);
    let label = folded
        .split_once([':', '\u{ff1a}', '('])
        .map_or(folded.as_str(), |(label, _)| label);
    WORDS.contains(&label.trim())
}

fn may_begin_label(c: char) -> bool {
    matches!(c, 't' | 'T' | 'g' | 'G' | 's' | 'S' | 'i' | 'I' | 'r' | 'R') || !c.is_ascii()
}

/// A stated total beside the sum of the other rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// They are equal, but for the rounding of each row.
    Agrees,
    /// They differ.
    Differs,
    /// One of them is missing.
    Unknown,
}

/// Compares a stated total with the sum of `rows` other rows, all in millionths.
///
/// Tools round each row to a hundredth, so that much may be missing per row; a cent more
/// is allowed in any case.
#[must_use]
pub fn compare(stated_micros: Option<i128>, sum_micros: i128, rows: u64) -> Comparison {
    const HALF_CENT: i128 = 5_000;
    let Some(stated) = stated_micros else {
        return Comparison::Unknown;
    };
    let allowed = 2 * HALF_CENT + HALF_CENT * i128::from(rows);
    if (stated - sum_micros).abs() <= allowed {
        Comparison::Agrees
    } else {
        Comparison::Differs
    }
}

/// True where a row without dimensions is the total of the others: of the columns that can
/// be added up, given as pairs of stated value and sum of the others, at least one that is
/// not zero agrees and none differs.
#[must_use]
pub fn is_sum_of_others(columns: &[(Option<i128>, i128)], rows: u64) -> bool {
    let mut evidence = false;
    for (stated, sum) in columns {
        match compare(*stated, *sum, rows) {
            Comparison::Differs => return false,
            Comparison::Agrees => evidence |= *sum != 0,
            Comparison::Unknown => {}
        }
    }
    evidence && rows > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_totals() {
        for cell in [
            "Total",
            "Totals",
            " total ",
            "Total: Campaigns",
            "Total: Account",
            "Grand total",
            "Grand Totals (5 records)",
            "Gesamt: Konto",
            "Total : compte",
            "TOTAL",
            "Summe",
        ] {
            assert!(is_total_label(cell), "{cell}");
        }
        for cell in [
            "Total Wine",
            "Totally new",
            "brand",
            "Gesamtverband",
            "",
            "Summer sale",
            "Top total",
        ] {
            assert!(!is_total_label(cell), "{cell}");
        }
    }

    #[test]
    fn marks_of_totals() {
        let mark = |cells: &[&str]| classify_total(&StringRecord::from(cells.to_vec()), &[0, 1]);
        assert_eq!(
            mark(&["Total: Account", "", "5"]),
            Some(TotalMark::Labelled)
        );
        assert_eq!(mark(&["", "", "5"]), Some(TotalMark::NoDimensions));
        assert_eq!(mark(&["", " --", "5"]), Some(TotalMark::NoDimensions));
        assert_eq!(mark(&["", "brand", "5"]), None);
        assert_eq!(mark(&["2026-01-01", "", "5"]), None);
    }

    #[test]
    fn totals_are_compared_within_rounding() {
        let micros = |units: f64| (units * 1e6).round() as i128;
        assert_eq!(
            compare(Some(micros(2565.92)), micros(2565.93), 2),
            Comparison::Agrees
        );
        assert_eq!(
            compare(Some(micros(2565.92)), micros(2566.93), 2),
            Comparison::Differs
        );
        assert_eq!(compare(None, 0, 2), Comparison::Unknown);
        assert!(is_sum_of_others(
            &[(Some(micros(48.0)), micros(48.0)), (None, 0)],
            3
        ));
        assert!(!is_sum_of_others(&[(Some(0), 0)], 3));
        assert!(!is_sum_of_others(&[(Some(micros(9.0)), micros(48.0))], 3));
        assert!(!is_sum_of_others(
            &[
                (Some(micros(48.0)), micros(48.0)),
                (Some(micros(1.0)), micros(5.0))
            ],
            3
        ));
    }
}
