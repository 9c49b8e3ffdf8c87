//! What a column has to say to people, in findings with their places.

use super::text::shown;
use crate::diagnostics::{Diagnostic, Location};

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
pub const KEPT_EXAMPLES: usize = 20;

/// The problem of a column and its first bad cells, as findings; the last one also counts
/// the cells that are not listed. `bad` has a row and a reason each, and `told` says it.
pub fn column_findings<K: Copy>(
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
pub fn line_of(row: usize, place: Place<'_>) -> String {
    place(row)
        .line
        .map_or(String::new(), |line| format!(" (line {line})"))
}
