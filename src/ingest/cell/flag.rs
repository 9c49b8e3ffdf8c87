//! Columns of yes and no.

use super::{Example, KEPT_EXAMPLES, Place, column_findings, is_missing, trimmed};
use crate::diagnostics::{Diagnostic, codes};
use crate::domain::text::normal_form;

const YES: &[&str] = &[
    "1",
    "yes",
    "y",
    "true",
    "t",
    "x",
    "on",
    "ja",
    "j",
    "wahr",
    "oui",
    "vrai",
    "si",
    "s\u{ed}",
    "s",
    "sim",
    "verdadero",
    "vero",
    "tak",
    "\u{434}\u{430}",
    "\u{2713}",
    "\u{2714}",
    "converted",
    "1.0",
];
const NO: &[&str] = &[
    "0",
    "no",
    "n",
    "false",
    "f",
    "off",
    "nein",
    "falsch",
    "non",
    "faux",
    "n\u{e3}o",
    "nao",
    "falso",
    "nie",
    "nee",
    "\u{43d}\u{435}\u{442}",
    "\u{2717}",
    "\u{2718}",
    "not converted",
    "unconverted",
    "0.0",
];

/// The meaning of one cell; nothing where it is no word for yes or no.
#[must_use]
pub fn parse(cell: &str) -> Option<bool> {
    match trimmed(cell) {
        "1" | "Yes" | "true" | "TRUE" | "True" => Some(true),
        "0" | "No" | "false" | "FALSE" | "False" => Some(false),
        cell if cell.len() > 24 => None,
        cell => {
            let word = normal_form(cell);
            if YES.contains(&word.as_str()) {
                return Some(true);
            }
            NO.contains(&word.as_str()).then_some(false)
        }
    }
}

/// Collects the cells of a column of yes and no.
#[derive(Debug, Default)]
pub struct FlagColumn {
    flags: Flags,
}

/// A column of yes and no, read.
#[derive(Debug, Default)]
pub struct Flags {
    /// The value of each row; nothing where it is missing or bad.
    pub values: Vec<Option<bool>>,
    /// Rows that are neither, by row.
    pub bad: Vec<usize>,
    /// The first of the bad cells, for messages.
    pub examples: Vec<Example>,
}

impl FlagColumn {
    /// An empty column.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next cell.
    pub fn push(&mut self, cell: &str) {
        let row = self.flags.values.len();
        let value = parse(cell);
        if value.is_none() && !is_missing(cell) {
            self.flags.bad.push(row);
            if self.flags.examples.len() < KEPT_EXAMPLES {
                self.flags.examples.push(Example::new(row, cell));
            }
        }
        self.flags.values.push(value);
    }

    /// How many cells so far are neither yes nor no.
    #[must_use]
    pub fn rejected(&self) -> usize {
        self.flags.bad.len()
    }

    /// Adds an empty row.
    pub fn push_missing(&mut self) {
        self.flags.values.push(None);
    }

    /// The column; flags need no decision.
    #[must_use]
    pub fn finish(self) -> Flags {
        self.flags
    }
}

impl Flags {
    /// The first bad cells as findings.
    #[must_use]
    pub fn findings(&self, header: &str, place: Place<'_>) -> Vec<Diagnostic> {
        let bad: Vec<(usize, ())> = self.bad.iter().map(|row| (*row, ())).collect();
        column_findings(None, &bad, &self.examples, place, |(), cell| {
            let quoted = cell.map_or(String::new(), |cell| format!("`{}` ", cell.text));
            let text = format!("{quoted}in `{header}` is neither yes nor no");
            Diagnostic::new(&codes::BAD_FLAG, text).hint(
                "known are yes/no, true/false, 1/0, x, y/n and the words of the usual languages",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Location;

    #[test]
    fn words_for_yes_and_no() {
        let mut column = FlagColumn::new();
        let cells = [
            "Yes",
            "no",
            " TRUE ",
            "0",
            "x",
            "Ja",
            "non",
            "S\u{cd}",
            "",
            "maybe",
            "--",
            "Converted",
        ];
        cells.iter().for_each(|cell| column.push(cell));
        let flags = column.finish();
        let expected = [
            Some(true),
            Some(false),
            Some(true),
            Some(false),
            Some(true),
            Some(true),
            Some(false),
            Some(true),
            None,
            None,
            None,
            Some(true),
        ];
        assert_eq!(flags.values, expected);
        assert_eq!(flags.bad, [9]);
        let found = flags.findings("Converted", &|row| Location::line("l.csv", row as u64 + 2));
        assert_eq!(
            found[0].text,
            "`maybe` in `Converted` is neither yes nor no"
        );
    }

    #[test]
    fn no_word_means_both() {
        assert!(YES.iter().all(|word| !NO.contains(word)));
        assert!(YES.iter().chain(NO).all(|word| normal_form(word) == *word));
    }
}
