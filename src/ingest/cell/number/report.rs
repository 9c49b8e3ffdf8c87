//! What a column of numbers has to say to people.

use super::{BadNumber, NumberProblem, Numbers};
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::ingest::cell::{Example, Place, column_findings, line_of};

impl Numbers {
    /// The problem of the column and its first bad cells, as findings.
    #[must_use]
    pub fn findings(&self, header: &str, place: Place<'_>) -> Vec<Diagnostic> {
        let problem = self.problem.as_ref();
        column_findings(
            problem.map(|problem| problem.diagnostic(header, place)),
            &self.bad,
            &self.examples,
            place,
            |reason, cell| bad_cell(reason, cell, header),
        )
    }
}

fn bad_cell(kind: BadNumber, cell: Option<&Example>, header: &str) -> Diagnostic {
    let quoted = cell.map_or(String::new(), |cell| format!("`{}` ", cell.text));
    let (text, hint) = match kind {
        BadNumber::NotANumber => (
            "is not a number",
            "correct the cell, or set bad rows aside with --max-rejects",
        ),
        BadNumber::Bound => (
            "is a bound, not a number",
            "leave the column out of the mapping, or set bad rows aside with --max-rejects",
        ),
        BadNumber::NotFinite => (
            "is not a number that can be summed",
            "empty the cell, or set bad rows aside with --max-rejects",
        ),
        BadNumber::OutOfRange => (
            "is too large to be counted exactly",
            "check the cell: amounts are read up to some trillions",
        ),
        BadNumber::WrongMark => (
            "has another decimal sign than the declared one",
            "correct --decimal or decimal = \"...\" of its [[input]]",
        ),
    };
    Diagnostic::new(&codes::BAD_NUMBER, format!("{quoted}in `{header}` {text}")).hint(hint)
}

impl NumberProblem {
    /// True where the column was read all the same.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        !matches!(
            self,
            Self::Mixed {
                harmless: false,
                ..
            }
        )
    }

    /// The problem as a finding about a column.
    #[must_use]
    pub fn diagnostic(&self, header: &str, place: Place<'_>) -> Diagnostic {
        const HINT: &str =
            "say it with --decimal point or comma, or decimal = \"...\" in its [[input]]";
        match self {
            Self::AssumedThousands(example) | Self::AssumedDecimal(example) => {
                let reading = match self {
                    Self::AssumedDecimal(_) => "with decimals, as in the other columns",
                    _ => "as thousands",
                };
                let text = format!(
                    "`{}` in `{header}` was read {reading}: nothing in the column decides its mark",
                    example.text
                );
                Diagnostic::new(&codes::AMBIGUOUS_NUMBER, text)
                    .at(place(example.row))
                    .hint(HINT)
            }
            Self::Mixed {
                point,
                comma,
                harmless,
            } => {
                let text = format!(
                    "`{header}` has two decimal signs: the point in `{}`{}, the comma in `{}`{}",
                    point.text,
                    line_of(point.row, place),
                    comma.text,
                    line_of(comma.row, place),
                );
                let mut found = Diagnostic::new(&codes::MIXED_NUMBERS, text)
                    .at(place(point.row.max(comma.row)))
                    .hint("correct the cells, or read the files as two inputs, each with its decimal sign");
                if *harmless {
                    found.severity = Severity::Warning;
                }
                found
            }
        }
    }
}
