//! Headers in two rows: what the columns are about above, what they measure below.
//!
//! Explorations of web analytics and pivot tables of workbooks are written so. The lower
//! row alone repeats its names; read as the first row of data it would be lost.

use std::collections::BTreeMap;

use super::DialectOptions;
use super::layout::Layout;
use super::sample::Line;
use crate::domain::text::normal_form;
use crate::ingest::cell::{is_missing, looks_typed, trimmed};

/// Rows below the header that must be numbers where its names repeat.
const LOOKED_AT: usize = 20;

/// The second row of the header, where it has one.
pub(super) fn lower<'l>(
    layout: &'l Layout,
    upper: &Line,
    options: &DialectOptions,
) -> Option<&'l Line> {
    if options.header == Some(false) || options.header_rows == Some(1) {
        return None;
    }
    let (lower, rows) = layout.rows().split_first()?;
    let told = options.header_rows == Some(2);
    (told || are_two(upper, lower, rows)).then_some(lower)
}

/// True where the lower row is words that repeat, and every row below has numbers there.
pub(super) fn are_two(upper: &Line, lower: &Line, rows: &[Line]) -> bool {
    let same_width = upper.cells.len() == lower.cells.len();
    let words = |line: &Line| !line.cells.iter().any(looks_typed);
    let full = lower.filled() == lower.cells.len();
    if !(same_width && full && !lower.gap && upper.filled() > 1 && words(lower)) {
        return false;
    }
    let repeated = repeated(&names(lower));
    let apart = joined(&names(upper), &names(lower));
    let unique = |names: &[String]| occurrences(names).values().all(|count| *count == 1);
    let number = |row: &Line, column: usize| {
        let cell = row.cells.get(column).unwrap_or_default();
        is_missing(cell) || looks_typed(cell)
    };
    let looked_at = rows.get(..rows.len().min(LOOKED_AT)).unwrap_or_default();
    !repeated.is_empty()
        && !unique(&names(lower))
        && unique(&apart)
        && !looked_at.is_empty()
        && looked_at
            .iter()
            .all(|row| repeated.iter().all(|column| number(row, *column)))
}

fn names(line: &Line) -> Vec<String> {
    line.cells
        .iter()
        .map(|cell| trimmed(cell).to_owned())
        .collect()
}

fn occurrences(names: &[String]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(normal_form(name)).or_default() += 1;
    }
    counts
}

/// Columns whose name another column has, too.
fn repeated(names: &[String]) -> Vec<usize> {
    let counts = occurrences(names);
    let several = |name: &String| {
        counts
            .get(&normal_form(name))
            .is_some_and(|count| *count > 1)
    };
    let columns = names.iter().enumerate();
    columns
        .filter(|(_, name)| several(name))
        .map(|(column, _)| column)
        .collect()
}

/// `Direct / Sessions`; the columns before the first one that is repeated describe the rows
/// and keep their lower name, which the upper row only has as the name of its own values.
/// A cell that is empty above belongs to the one before it, as in merged cells.
pub(super) fn joined(upper: &[String], lower: &[String]) -> Vec<String> {
    let first = repeated(lower).first().copied().unwrap_or(1);
    let mut above = String::new();
    let mut names = Vec::with_capacity(lower.len());
    let width = upper.len().max(lower.len());
    for column in 0..width {
        let at = |row: &[String]| row.get(column).cloned().unwrap_or_default();
        let (high, low) = (at(upper), at(lower));
        if column < first {
            names.push(if low.is_empty() { high } else { low });
            continue;
        }
        if !high.is_empty() {
            above = high;
        }
        names.push(match (above.as_str(), low.as_str()) {
            ("", low) => low.to_owned(),
            (above, "") => above.to_owned(),
            (above, low) => format!("{above} / {low}"),
        });
    }
    names
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::find;
    use super::*;

    fn header(text: &str, rows: Option<usize>) -> (Vec<String>, u64) {
        let options = DialectOptions {
            header_rows: rows,
            ..DialectOptions::default()
        };
        let dialect = find(text, &options).unwrap();
        (dialect.header, dialect.data_line)
    }

    #[test]
    fn measures_below_what_they_are_about() {
        let text = "# Free form\n\nChannel group,Direct,Direct,Totals,Totals\n\
                    Date,Sessions,Key events,Sessions,Key events\n20260901,10,1,10,1\n";
        let (names, line) = header(text, None);
        let wanted = [
            "Date",
            "Direct / Sessions",
            "Direct / Key events",
            "Totals / Sessions",
            "Totals / Key events",
        ];
        assert_eq!((names, line), (wanted.map(str::to_owned).to_vec(), 5));
    }

    #[test]
    fn merged_cells_reach_to_the_right() {
        let text = ",Direct,,Email,\nMonth,Visits,Cost,Visits,Cost\n2026-01,1,2,3,4\n";
        let (names, _) = header(text, None);
        assert_eq!(
            names[1..],
            [
                "Direct / Visits",
                "Direct / Cost",
                "Email / Visits",
                "Email / Cost"
            ]
        );
    }

    #[test]
    fn months_above_in_merged_cells() {
        let text = ",Jan 2026,,Feb 2026,\nChannel,Spend,Clicks,Spend,Clicks\nSEO,1,2,3,-\n";
        let (names, line) = header(text, None);
        assert_eq!(
            names[..3],
            ["Channel", "Jan 2026 / Spend", "Jan 2026 / Clicks"]
        );
        assert_eq!(line, 3);
    }

    #[test]
    fn a_row_of_words_is_a_row() {
        for text in [
            "id,a,b\nx,y,y\nz,u,v\n",
            "id,a,b\nx,1,1\nz,2,2\n",
            "id,a,b\nx,y,y\n",
            "id,a,a\nx,y,y\nz,1,1\n",
        ] {
            assert_eq!(header(text, None).1, 2, "{text}");
        }
    }

    #[test]
    fn two_rows_where_it_is_said() {
        let text = "Day,Direct,Email\n,Visits,Cost\n2026-01-01,1,2\n";
        let (names, line) = header(text, Some(2));
        assert_eq!(
            (names, line),
            (
                ["Day", "Direct / Visits", "Email / Cost"]
                    .map(str::to_owned)
                    .to_vec(),
                3
            )
        );
        assert_eq!(header(text, None).1, 2);
    }
}
