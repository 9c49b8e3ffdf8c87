//! From columns of text to typed columns.
//!
//! A cell alone often cannot be read: `02/01/2026` and `1.234` mean different things
//! in different countries. So a column takes all its cells first ([`date::DateColumn`],
//! [`number::NumberColumn`], ...), keeps each in a few bytes, and decides at the end
//! from all of them; where nothing decides it says so instead of guessing. Rows are
//! numbered from 0 in the order of pushing; the caller knows their files and lines.

pub mod date;
mod findings;
pub mod flag;
pub mod guess;
pub mod number;
pub mod span;
mod text;

pub(crate) use findings::KEPT_EXAMPLES;
pub use findings::{Example, Place};
use findings::{column_findings, line_of};
pub(crate) use text::plain;
pub use text::{is_invisible, is_missing, shown, trimmed};

/// True where the cell alone is a number or a date: what a header hardly ever is.
#[must_use]
pub fn looks_typed(cell: &str) -> bool {
    let cell = trimmed(cell);
    cell.len() <= 64
        && !is_missing(cell)
        && (number::is_number(cell) || date::is_date(cell) || span::is_span(cell))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod locales;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_do_not_look_typed() {
        for cell in ["30 days", "Q1 leads", "Cost", "2nd touch", "", "May"] {
            assert!(!looks_typed(cell), "{cell}");
        }
        for cell in ["12", "$ 5.10", "2026-01-01", "5%", "Thu, 5 Feb 2026"] {
            assert!(looks_typed(cell), "{cell}");
        }
    }
}
