//! What the words of an `[[input]]` mean for the header row of one file.
//!
//! Takes a specification (the user's, a built-in source's, or both merged), a
//! canonical table and the headers; gives for each canonical column the cells it is
//! read from. It looks at headers only: cells, dates and numbers are not its matter.
//! What the user wrote must be there to the letter; what a built-in source expects
//! may be absent, since exports differ by the columns that people chose.

mod currency;
mod findings;
mod headers;
mod merge;
mod pattern;
mod reserved;
mod resolve;
mod stage_words;

pub use merge::{merge, merge_input};
pub use pattern::HeaderPattern;
pub use reserved::is_reserved;
pub use resolve::resolve;
pub use stage_words::{Meaning, StageWords, WON};

use crate::diagnostics::Diagnostic;
use crate::domain::period::Grain;
use crate::tables::schema::{CellKind, TableSpec};

/// Where each canonical column of one file comes from.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The table that the rows become.
    pub table: &'static TableSpec,
    /// Columns in the order of the table, stages in the order of the ladder, segments last by name.
    pub columns: Vec<MappedColumn>,
    /// Cells of the file (from 0) that nothing reads; columns without a header are left out.
    pub unmapped: Vec<usize>,
    /// Canonical columns that a built-in source knows and this file does not have.
    pub absent: Vec<String>,
    /// Cells, compared trimmed, that mean "no value" in this file, beyond the usual ones.
    pub missing: Vec<String>,
    /// What was left out or assumed; none of it is an error.
    pub notes: Vec<Diagnostic>,
}

/// One canonical column and its place in the file.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedColumn {
    /// `created`, `stage.mql`, `count.lead`, or the name of a segment.
    pub canonical: String,
    /// What its cells hold; segments are text.
    pub kind: CellKind,
    /// Where the value comes from.
    pub source: Source,
    /// For people: the header, the headers of a composite id joined by ` + `, those of choices
    /// by ` or `, empty for a constant.
    pub header: String,
    /// True where of several cells the first that is filled counts.
    pub choice: bool,
    /// For a cell that is empty or says that it does not know: the constant of `[input.set]`.
    pub default: Option<String>,
    /// For money: the ISO code that the header names.
    pub currency_from_header: Option<String>,
    /// For cells such as `google / cpc`: which part this column is.
    pub part: Option<Part>,
    /// For spans: what a single date in the column stands for, where the header says it.
    /// A date below `Month` is its month; one below `Week` is the first of seven days.
    pub grain: Option<Grain>,
    /// True for a column that the table does not have: a dimension of the user's own.
    pub segment: bool,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Cells of the row, from 0; several are the parts of a composite id, or choices.
    Cells(Vec<usize>),
    /// The same text for every row, as a cell would write it.
    Constant(String),
    /// Of a table whose values stand across: the cell of each of its variants, where it has one.
    Across(Vec<Option<usize>>),
    /// What the header says of each variant.
    Captured(Vec<String>),
}

impl Source {
    /// All cells of a row that are read.
    pub fn cells(&self) -> impl Iterator<Item = usize> {
        let (cells, across): (&[usize], &[Option<usize>]) = match self {
            Self::Cells(cells) => (cells, &[]),
            Self::Across(cells) => (&[], cells),
            Self::Constant(_) | Self::Captured(_) => (&[], &[]),
        };
        let across = across.iter().copied().flatten();
        cells.iter().copied().chain(across)
    }
}

/// Which side of ` / ` in a cell that holds source and medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Before the last ` / `.
    Source,
    /// After it.
    Medium,
}

impl Part {
    /// This part of a cell; a cell without ` / ` is all source.
    #[must_use]
    pub fn of(self, cell: &str) -> &str {
        match (self, cell.rsplit_once(" / ")) {
            (Self::Source, Some((source, _))) => source.trim(),
            (Self::Medium, Some((_, medium))) => medium.trim(),
            (Self::Source, None) => cell.trim(),
            (Self::Medium, None) => "",
        }
    }
}

/// How many unread columns a sentence names.
const NAMED: usize = 8;

impl Mapping {
    /// The column with this canonical name.
    #[must_use]
    pub fn column(&self, canonical: &str) -> Option<&MappedColumn> {
        self.columns
            .iter()
            .find(|column| column.canonical == canonical)
    }

    /// How many rows one row of the file becomes; 1 unless its values stand across.
    #[must_use]
    pub fn variants(&self) -> usize {
        let captured = self.columns.iter().find_map(|column| match &column.source {
            Source::Captured(texts) => Some(texts.len()),
            _ => None,
        });
        captured.unwrap_or(1)
    }

    /// The cells of each variant; nothing where a row stays one.
    #[must_use]
    pub fn across(&self) -> Vec<Vec<usize>> {
        let mut across = vec![Vec::new(); self.variants()];
        for column in &self.columns {
            let Source::Across(cells) = &column.source else {
                continue;
            };
            for (variant, cell) in across.iter_mut().zip(cells) {
                variant.extend(cell);
            }
        }
        across.retain(|_| self.variants() > 1);
        across
    }

    /// True where the e-mail address stands for the id: fold its case, and never show it.
    #[must_use]
    pub fn id_is_email(&self) -> bool {
        let cells = |name| self.column(name).map(|column| &column.source);
        cells("id").is_some() && cells("id") == cells("email")
    }

    /// For people: ``leads (id: `Lead ID`, channel: always `Email`); not read: `Notes` ``.
    #[must_use]
    pub fn sentence(&self, header: &[String]) -> String {
        let columns: Vec<String> = self.columns.iter().map(MappedColumn::phrase).collect();
        let read = format!("{} ({})", self.table.name, columns.join(", "));
        let unread: Vec<&str> = self
            .unmapped
            .iter()
            .filter_map(|i| header.get(*i))
            .map(|h| h.trim())
            .collect();
        if unread.is_empty() {
            return read;
        }
        format!("{read}; not read: {}", listed(&unread))
    }
}

impl MappedColumn {
    fn phrase(&self) -> String {
        match &self.source {
            Source::Cells(_) | Source::Across(_) => {
                format!("{}: `{}`", self.canonical, self.header)
            }
            Source::Captured(_) => format!("{}: in the header", self.canonical),
            Source::Constant(text) => format!("{}: always `{text}`", self.canonical),
        }
    }
}

/// Up to eight names in backticks, and how many more there are.
fn listed(names: &[&str]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(NAMED)
        .map(|name| format!("`{name}`"))
        .collect();
    let more = names.len().saturating_sub(NAMED);
    match more {
        0 => shown.join(", "),
        _ => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_with_two_parts() {
        assert_eq!(Part::Source.of("google / cpc"), "google");
        assert_eq!(Part::Medium.of("google / cpc"), "cpc");
        assert_eq!(Part::Source.of("(direct) / (none)"), "(direct)");
        assert_eq!(Part::Source.of("google"), "google");
        assert_eq!(Part::Medium.of("google"), "");
    }

    #[test]
    fn long_lists_are_cut() {
        let names: Vec<String> = (0..10).map(|n| format!("c{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(listed(&names).ends_with("`c7` and 2 more"));
        assert_eq!(listed(&["a"]), "`a`");
    }
}
