//! How many annotations a run has made, since GitHub shows ten of a kind.

use crate::diagnostics::Severity;
use crate::domain::workflow::{self, Kind, SHOWN};

/// Errors and warnings so far, shown or not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Annotated {
    errors: usize,
    warnings: usize,
}

impl Annotated {
    /// The kind of annotation for the next finding; none for a note, and where there is no
    /// room left.
    pub fn kind(&mut self, severity: Severity) -> Option<Kind> {
        let (kind, count) = match severity {
            Severity::Error => (Kind::Error, &mut self.errors),
            Severity::Warning => (Kind::Warning, &mut self.warnings),
            Severity::Note => return None,
        };
        *count += 1;
        (*count <= SHOWN).then_some(kind)
    }

    /// A line for each kind of which some were not shown.
    pub fn rest(self) -> Vec<String> {
        let counts = Kind::ALL.into_iter().zip([self.errors, self.warnings]);
        counts
            .filter_map(|(kind, count)| workflow::rest(kind, count))
            .collect()
    }
}
