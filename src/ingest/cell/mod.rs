//! From columns of text to typed columns.
//!
//! A cell alone often cannot be read: `02/01/2026` and `1.234` mean different things
//! in different countries. So a column takes all its cells first ([`date::DateColumn`],
//! [`number::NumberColumn`], ...), keeps each in a few bytes, and decides at the end
//! from all of them; where nothing decides it says so instead of guessing. Rows are
//! numbered from 0 in the order of pushing; the caller knows their files and lines.

pub mod date;
pub mod flag;
pub mod guess;
pub mod number;
pub mod span;

use crate::diagnostics::{Diagnostic, Location};
use crate::domain::text;

/// Where the row of a column stands: its file, line and column.
pub type Place<'p> = &'p dyn Fn(usize) -> Location;

/// A cell to show in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Row, from 0 in the order of pushing.
    pub row: usize,
    /// The cell, cut and cleaned for a message.
    pub text: String,
}

impl Example {
    /// The cell of a row, made fit for a message.
    #[must_use]
    pub fn new(row: usize, cell: &str) -> Self {
        Self {
            row,
            text: shown(cell),
        }
    }
}

/// How many bad cells of a column keep their text.
pub(crate) const KEPT_EXAMPLES: usize = 20;

/// The problem of a column and its first bad cells, as findings; the last one also counts
/// the cells that are not listed. `bad` has a row and a reason each, and `told` says it.
fn column_findings<K: Copy>(
    problem: Option<Diagnostic>,
    bad: &[(usize, K)],
    examples: &[Example],
    place: Place<'_>,
    told: impl Fn(K, Option<&Example>) -> Diagnostic,
) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = problem.into_iter().collect();
    for (row, reason) in bad.iter().take(KEPT_EXAMPLES) {
        let cell = examples.iter().find(|example| example.row == *row);
        findings.push(told(*reason, cell).at(place(*row)));
    }
    let unlisted = bad.len().saturating_sub(KEPT_EXAMPLES);
    if let Some(last) = findings.last_mut().filter(|_| unlisted > 0) {
        last.count += unlisted as u64;
    }
    findings
}

/// The line of a row in parentheses, after a blank; nothing where it has none.
fn line_of(row: usize, place: Place<'_>) -> String {
    place(row)
        .line
        .map_or(String::new(), |line| format!(" (line {line})"))
}

/// The cell without blanks and invisible characters around it.
#[must_use]
pub fn trimmed(cell: &str) -> &str {
    let bytes = cell.as_bytes();
    let plain = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    if plain(bytes.first()) && plain(bytes.last()) {
        return cell;
    }
    cell.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// True for characters without width that exports leave in cells, byte-order marks among them.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}'
    )
}

/// True for the cells of a typed column that say that there is no value.
#[must_use]
pub fn is_missing(cell: &str) -> bool {
    const MORE: &[&str] = &[
        "na", "none", "nil", "n.a.", "#n/a", "(blank)", "(empty)", "no data",
    ];
    let cell = trimmed(cell);
    match cell.as_bytes().first() {
        None => true,
        Some(byte) if byte.is_ascii_digit() => false,
        Some(_) => {
            cell.len() <= 12
                && (text::is_missing(cell)
                    || MORE.iter().any(|word| cell.eq_ignore_ascii_case(word)))
        }
    }
}

/// True where the cell alone is a number or a date: what a header hardly ever is.
#[must_use]
pub fn looks_typed(cell: &str) -> bool {
    let cell = trimmed(cell);
    cell.len() <= 64
        && !is_missing(cell)
        && (number::is_number(cell) || date::is_date(cell) || span::is_span(cell))
}

/// A cell for a message: control and invisible characters dropped, long text cut, and
/// what may be a person's address not repeated.
#[must_use]
pub fn shown(cell: &str) -> String {
    const LONGEST: usize = 40;
    if cell.contains('@') {
        return "(an address)".to_owned();
    }
    let mut clean = cell
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c));
    let mut text: String = clean.by_ref().take(LONGEST).collect();
    if clean.next().is_some() {
        text.push('\u{2026}');
    }
    text
}

/// The cell in plain ASCII where it is a number or date in another dress: digits of other
/// scripts, full-width signs, special blanks and minus signs. Letters stay as they are.
#[must_use]
pub(crate) fn plain(cell: &str) -> String {
    cell.chars()
        .filter(|c| !is_invisible(*c))
        .map(plain_character)
        .collect()
}

fn plain_character(c: char) -> char {
    match c {
        '\u{660}'..='\u{669}' => shifted(c, 0x660),
        '\u{6F0}'..='\u{6F9}' => shifted(c, 0x6F0),
        '\u{966}'..='\u{96F}' => shifted(c, 0x966),
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{2212}' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2014}'
        | '\u{FE63}' => '-',
        '\u{2019}' | '\u{2018}' | '\u{2BC}' => '\'',
        '\u{66B}' => '.',
        '\u{66C}' => ',',
        '\u{66A}' => '%',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

fn shifted(digit: char, zero: u32) -> char {
    u8::try_from(u32::from(digit) - zero).map_or(digit, |value| char::from(b'0' + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_trimmed_of_what_nobody_sees() {
        assert_eq!(trimmed(" \u{a0}x y\u{200b} "), "x y");
        assert_eq!(trimmed("x"), "x");
        assert_eq!(trimmed("\u{feff}"), "");
    }

    #[test]
    fn missing_is_missing() {
        for cell in ["", " --", "NULL", "na", "#N/A", "\u{2014}", "None"] {
            assert!(is_missing(cell), "{cell}");
        }
        for cell in ["0", "nan", "unknown", "0000-00-00"] {
            assert!(!is_missing(cell), "{cell}");
        }
    }

    #[test]
    fn headers_do_not_look_typed() {
        for cell in ["30 days", "Q1 leads", "Cost", "2nd touch", "", "May"] {
            assert!(!looks_typed(cell), "{cell}");
        }
        for cell in ["12", "$ 5.10", "2026-01-01", "5%", "Thu, 5 Feb 2026"] {
            assert!(looks_typed(cell), "{cell}");
        }
    }

    #[test]
    fn messages_hold_no_surprises() {
        assert_eq!(shown("a\u{1b}[31mb\nc"), "a[31mb c");
        assert_eq!(shown("jane@example.com"), "(an address)");
        assert_eq!(shown(&"x".repeat(50)).chars().count(), 41);
    }
}
