//! What the totals rows of a file state, against what its rows add up to.
//!
//! A total that differs from the sum says that rows are missing (an export that was cut
//! off, a filter, campaigns that were removed) or stand there twice. It is only said:
//! the rows count, the totals never do.

use crate::diagnostics::{Diagnostic, Location, codes};
use crate::ingest::cell::number::{NumberColumn, NumberOptions, Numbers};
use crate::ingest::cell::shown;
use crate::tables::schema::CellKind;

/// A cell of a totals row.
#[derive(Debug, Clone)]
pub struct Stated {
    /// Position of its file in the group.
    pub file: u32,
    /// Where it stands.
    pub place: Location,
    /// The cell.
    pub text: String,
}

/// True for columns whose rows add up; users are counted once however often they come.
#[must_use]
pub fn adds_up(name: &str, kind: CellKind) -> bool {
    match kind {
        CellKind::Money => true,
        CellKind::Number => {
            matches!(name, "sessions" | "impressions" | "clicks" | "hours")
                || name.starts_with("count.")
        }
        _ => false,
    }
}

/// Half a hundredth for each row: what rounding may take from a sum.
const ROUNDED: i128 = 5_000;

/// The first total of each file that no sum of rows explains. `rows` has the rows of a file.
///
/// A file may state several totals: of parts, of the account. One that agrees is enough,
/// and parts may agree together.
#[must_use]
pub fn mismatches(
    stated: &[Stated],
    numbers: &Numbers,
    rows: &dyn Fn(u32) -> Vec<usize>,
    header: &str,
) -> Vec<Diagnostic> {
    let mut files: Vec<u32> = stated.iter().map(|stated| stated.file).collect();
    files.dedup();
    let of_file = |file: u32| stated.iter().filter(move |stated| stated.file == file);
    let finding = |file: u32| {
        let (mut totals, mut first) = (Vec::new(), None);
        for stated in of_file(file) {
            if let Some(total) = read(&stated.text, numbers) {
                totals.push(total);
                first.get_or_insert(stated);
            }
        }
        let rows = rows(file);
        let sum: i128 = rows.iter().filter_map(|row| numbers.micros(*row)).sum();
        let room = ROUNDED * (rows.len() as i128 + 1);
        let agrees = |total: i128| (total - sum).abs() <= room;
        if totals.iter().copied().any(agrees) || agrees(totals.iter().sum()) {
            return None;
        }
        let first = first?;
        let text = format!(
            "`{header}`: the file states a total of {} and its {} rows add up to {}; rows may be missing or stand there twice",
            shown(&first.text),
            rows.len(),
            written(sum)
        );
        Some(
            Diagnostic::new(&codes::TOTALS_MISMATCH, text)
                .at(first.place.clone())
                .hint("export the file again without a filter; the rows count, the total does not"),
        )
    };
    files.into_iter().filter_map(finding).collect()
}

/// The cell in millionths, with the decimal sign of its column.
fn read(text: &str, numbers: &Numbers) -> Option<i128> {
    let mut column = NumberColumn::new(NumberOptions {
        decimal: numbers.decimal,
        money: false,
    });
    column.push(text);
    column.finish().micros(0)
}

/// `1234.5`
fn written(micros: i128) -> String {
    crate::domain::money::Money::from_micros(micros).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(cells: &[&str]) -> Numbers {
        let mut column = NumberColumn::new(NumberOptions::default());
        cells.iter().for_each(|cell| column.push(cell));
        column.finish()
    }

    fn stated(file: u32, text: &str) -> Stated {
        Stated {
            file,
            place: Location::line("ads.csv", 9),
            text: text.to_owned(),
        }
    }

    fn found(totals: &[Stated], cells: &[&str]) -> Vec<String> {
        let all = |_| (0..cells.len()).collect();
        let findings = mismatches(totals, &numbers(cells), &all, "Cost");
        findings.into_iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn a_total_that_fits_says_nothing() {
        assert!(found(&[stated(0, "1.234,56")], &["1.000,00", "234,56"]).is_empty());
        // Rounded rows.
        assert!(found(&[stated(0, "10.00")], &["3.33", "3.33", "3.33"]).is_empty());
        assert!(found(&[stated(0, "--")], &["3"]).len() <= 1);
    }

    #[test]
    fn a_total_that_does_not_fit_is_said() {
        let texts = found(&[stated(0, "1,250.00")], &["1,000.00", "200.00"]);
        assert_eq!(
            texts,
            [
                "`Cost`: the file states a total of 1,250.00 and its 2 rows add up to 1200; rows may be missing or stand there twice"
            ]
        );
    }

    #[test]
    fn one_total_that_fits_is_enough_and_parts_may_fit_together() {
        let cells = ["10", "20", "30"];
        assert!(found(&[stated(0, "60"), stated(0, "75")], &cells).is_empty());
        assert!(found(&[stated(0, "30"), stated(0, "30")], &cells).is_empty());
        assert_eq!(found(&[stated(0, "10"), stated(0, "30")], &cells).len(), 1);
    }

    #[test]
    fn people_do_not_add_up() {
        assert!(adds_up("sessions", CellKind::Number) && adds_up("money", CellKind::Money));
        assert!(!adds_up("users", CellKind::Number) && !adds_up("score", CellKind::Number));
    }
}
