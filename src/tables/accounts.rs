//! What became of every row that was read.
//!
//! For each file: rows read = rows used + rows set aside, by reason. Nothing vanishes.

use std::collections::BTreeMap;

use crate::domain::calendar::Millis;
use crate::domain::money::Money;
use crate::domain::prints::Prints;

/// Why a row is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A defect; the row is in the rejects list.
    Rejected,
    /// Rightly about nobody: no defect, but nothing to join it to.
    Nobody,
    /// A row that states a total.
    Totals,
    /// Repeats an earlier row exactly.
    Duplicate,
    /// A later row of the same id counts.
    Superseded,
    /// An [[exclude]] rule or the `where` of the input.
    Excluded,
    /// The input is not the one that `[visits] from` names.
    NotChosen,
}

impl Reason {
    /// Every reason, in reading order.
    pub const ALL: &[Self] = &[
        Self::Rejected,
        Self::Nobody,
        Self::Totals,
        Self::Duplicate,
        Self::Superseded,
        Self::Excluded,
        Self::NotChosen,
    ];

    /// The word used in JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Nobody => "about_nobody",
            Self::Totals => "totals_row",
            Self::Duplicate => "duplicate_row",
            Self::Superseded => "superseded",
            Self::Excluded => "excluded",
            Self::NotChosen => "not_chosen",
        }
    }
}

/// The account of one file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InputAccount {
    /// The file as the user named it.
    pub file: String,
    /// Known source or canonical table.
    pub kind: String,
    /// Canonical table; empty where none was found.
    pub table: String,
    /// Encoding of the text.
    pub encoding: String,
    /// Delimiter as a word: `comma`, `semicolon`, `tab`, `pipe`.
    pub delimiter: String,
    /// Of the bytes on disk, hexadecimal.
    pub sha256: String,
    /// Rows of the table in the file.
    pub rows: u64,
    /// Fingerprints of its rows, where they were asked for.
    pub prints: Prints,
    /// Rows not used: reason -> (how many, first line, why in words).
    pub set_aside: BTreeMap<(Reason, String), (u64, u64)>,
    /// Earliest moment in the file.
    pub first: Option<Millis>,
    /// Latest moment in the file that has happened.
    pub last: Option<Millis>,
    /// The moment up to which the file is complete, where it says so.
    pub through: Option<Millis>,
}

impl InputAccount {
    /// Rows not used, for whatever reason.
    #[must_use]
    pub fn aside(&self) -> u64 {
        self.set_aside.values().map(|(rows, _)| rows).sum()
    }

    /// Rows used.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.rows.saturating_sub(self.aside())
    }

    /// Rows not used for this reason.
    #[must_use]
    pub fn aside_for(&self, reason: Reason) -> u64 {
        let rows = self
            .set_aside
            .iter()
            .filter(|((known, _), _)| *known == reason);
        rows.map(|(_, (rows, _))| rows).sum()
    }

    /// Widens the reach of the file to a moment.
    pub fn reach(&mut self, at: Millis) {
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last = Some(self.last.map_or(at, |last| last.max(at)));
    }

    /// Sets a row aside.
    pub fn set_row_aside(&mut self, reason: Reason, why: &str, line: u64) {
        let entry = self
            .set_aside
            .entry((reason, why.to_owned()))
            .or_insert((0, line));
        entry.0 += 1;
        entry.1 = entry.1.min(line);
    }
}

/// One spelling of a channel in one input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spelling {
    /// The channel it went to.
    pub channel: String,
    /// What the file says: channel, else source / medium / campaign.
    pub spelling: String,
    /// Kind of the input.
    pub input: String,
    /// Rows with it.
    pub rows: u64,
    /// The rule that decided, in words.
    pub rule: String,
}

/// A column of a file, mapped or not.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnAccount {
    /// The file.
    pub file: String,
    /// The header.
    pub column: String,
    /// Canonical column; empty where the column is not used.
    pub maps_to: String,
    /// What its cells are: `date`, `money`, `number`, `flag`, `id`, `text`.
    pub kind: String,
    /// How they are written: `day/month/year`, `decimal comma`, `EUR`.
    pub format: String,
    /// Cells with a value.
    pub filled: u64,
    /// Different values; a lower bound where `distinct_is_exact` is false.
    pub distinct: u64,
    /// False where counting stopped.
    pub distinct_is_exact: bool,
    /// Exact sum, for numbers.
    pub sum: Option<Money>,
    /// Smallest, median and largest value, for numbers.
    pub range: Option<(f64, f64, f64)>,
}
