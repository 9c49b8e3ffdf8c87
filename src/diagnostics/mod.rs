//! What went wrong or was assumed, and where.
//!
//! A diagnostic has a stable code, a severity, one sentence, a place and, where
//! there is one, the way out. Reading a file yields a table *and* a list of
//! diagnostics; the first bad cell does not stop it. Diagnostics of one code are
//! collected up to a cap and counted beyond it, so that a million bad rows cost
//! neither memory nor patience. Nothing here prints.

pub mod codes;
pub mod terminal;

pub use codes::{ALL, Code, Severity, by_id};

use std::collections::BTreeMap;
use std::fmt;

/// A place in an input: file, and as finely as known line (from 1), column (from 1), header.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Location {
    /// The file as the user named it.
    pub file: String,
    /// Line of the file, from 1.
    pub line: Option<u64>,
    /// Cell of the row, from 1.
    pub column: Option<u64>,
    /// The header above the cell.
    pub header: Option<String>,
}

impl Location {
    /// A whole file.
    #[must_use]
    pub fn file(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            ..Self::default()
        }
    }

    /// A line of a file.
    #[must_use]
    pub fn line(file: impl Into<String>, line: u64) -> Self {
        Self {
            line: Some(line),
            ..Self::file(file)
        }
    }

    /// A cell: the `column`th of a line, below `header`.
    #[must_use]
    pub fn cell(file: impl Into<String>, line: u64, column: u64, header: &str) -> Self {
        Self {
            column: Some(column),
            header: Some(header.to_owned()),
            ..Self::line(file, line)
        }
    }
}

/// `crm/leads.csv:7:3`
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        for part in [self.line, self.column].into_iter().flatten() {
            write!(f, ":{part}")?;
        }
        Ok(())
    }
}

/// One finding.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// What kind of finding; its id is stable.
    pub code: &'static Code,
    /// Error, warning or note; the code's own severity unless a setting changed it.
    pub severity: Severity,
    /// One sentence without a full stop, naming what was found and what was expected.
    pub text: String,
    /// Where.
    pub location: Option<Location>,
    /// The command or setting that mends it.
    pub hint: Option<String>,
    /// How many like it this one stands for.
    pub count: u64,
}

impl Diagnostic {
    /// A finding with the severity of its code.
    #[must_use]
    pub fn new(code: &'static Code, text: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            text: text.into(),
            location: None,
            hint: None,
            count: 1,
        }
    }

    /// With the place.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// With the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Standing for `count` findings.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.count = count;
        self
    }
}

/// The end of a run: one or more findings, worst first. Exit code 2.
#[derive(Debug, Clone)]
pub struct Failure(pub Vec<Diagnostic>);

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<&str> = self.0.iter().map(|d| d.text.as_str()).collect();
        write!(f, "{}", texts.join("; "))
    }
}

impl std::error::Error for Failure {}

/// How many findings of one code keep their text and place; the rest are counted.
const KEPT_PER_CODE: usize = 20;

/// Findings of a run, capped per code.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    kept: Vec<Diagnostic>,
    totals: BTreeMap<&'static str, u64>,
}

impl Diagnostics {
    /// Adds a finding; beyond the cap of its code it is only counted.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let total = self.totals.entry(diagnostic.code.id).or_default();
        *total += diagnostic.count;
        let same = self.kept.iter().filter(|d| d.code.id == diagnostic.code.id);
        if same.count() < KEPT_PER_CODE {
            self.kept.push(diagnostic);
        }
    }

    /// Adds all findings of another collection.
    pub fn extend(&mut self, other: Self) {
        let listed: BTreeMap<&str, u64> = sum_by_code(&other.kept);
        for (id, total) in &other.totals {
            let unlisted = total - listed.get(id).copied().unwrap_or(0);
            *self.totals.entry(id).or_default() += unlisted;
        }
        for diagnostic in other.kept {
            self.push(diagnostic);
        }
    }

    /// The findings that kept their text, in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.kept.iter()
    }

    /// How many findings of `code` there were, listed or not.
    #[must_use]
    pub fn total(&self, code: &Code) -> u64 {
        self.totals.get(code.id).copied().unwrap_or(0)
    }

    /// How many findings of `code` are not in [`Self::iter`].
    #[must_use]
    pub fn unlisted(&self, code: &Code) -> u64 {
        let listed = sum_by_code(&self.kept);
        self.total(code) - listed.get(code.id).copied().unwrap_or(0)
    }

    /// True where one of the findings is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.kept.iter().any(|d| d.severity == Severity::Error)
    }

    /// The errors as the end of the run.
    ///
    /// # Errors
    /// Every finding of severity error, if there is one.
    pub fn fail_on_errors(&self) -> Result<(), Failure> {
        let errors: Vec<Diagnostic> = self
            .kept
            .iter()
            .filter(|d| d.severity == Severity::Error)
            .cloned()
            .collect();
        if errors.is_empty() {
            return Ok(());
        }
        Err(Failure(errors))
    }
}

fn sum_by_code(list: &[Diagnostic]) -> BTreeMap<&'static str, u64> {
    let mut sums = BTreeMap::new();
    for diagnostic in list {
        *sums.entry(diagnostic.code.id).or_default() += diagnostic.count;
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_like_compilers_write_them() {
        let place = Location::cell("leads.csv", 7, 3, "Created");
        assert_eq!(place.to_string(), "leads.csv:7:3");
    }

    #[test]
    fn a_flood_is_counted_not_kept() {
        let mut all = Diagnostics::default();
        for _ in 0..50 {
            all.push(Diagnostic::new(&codes::BAD_DATE, "no date"));
        }
        let mut sum = Diagnostics::default();
        sum.extend(all.clone());
        sum.extend(all);
        assert_eq!(sum.iter().count(), KEPT_PER_CODE);
        assert_eq!(sum.total(&codes::BAD_DATE), 100);
        assert_eq!(sum.unlisted(&codes::BAD_DATE), 80);
    }
}
