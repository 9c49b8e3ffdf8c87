//! Rows of the table of moves, deal by deal.
//!
//! A row belongs to the deal whose id it has and is read in the words of that deal's ladder.
//! Rows after the as-of moment, rows without a moment and words that no ladder knows are
//! counted and left out; a row with an unknown word still tells the amount, the owner and
//! the planned close of its moment.

use polars::prelude::DataFrame;
use rustc_hash::{FxHashMap, FxHashSet};

use super::ladder::{Ladder, Meaning};
use super::timeline::{Row, Standing};
use crate::domain::calendar::Millis;
use crate::domain::money::Money;
use crate::tables::col as name;
use crate::tables::frame;

/// What was left out of the histories.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of deals.
    pub rows: u64,
    /// Rows after the as-of moment.
    pub after_as_of: u64,
    /// Rows without a moment.
    pub undated: u64,
    /// Rows whose word no ladder knows.
    pub unknown_words: u64,
}

/// The moves table, column by column, with the rows of each deal.
pub struct Moves<'a> {
    rows: FxHashMap<&'a str, Vec<usize>>,
    at: Vec<Option<i64>>,
    since: Vec<Option<i64>>,
    words: Vec<Option<&'a str>>,
    owners: Vec<Option<&'a str>>,
    amounts: Vec<Option<i64>>,
    closes: Vec<Option<i64>>,
    won: Vec<bool>,
    lost: Vec<bool>,
    removed: Vec<bool>,
}

impl<'a> Moves<'a> {
    /// Reads the rows of these deals.
    #[must_use]
    pub fn of(moves: &'a DataFrame, deals: &DataFrame) -> Self {
        let ids = frame::texts(deals, name::ID).into_iter().flatten();
        let known: FxHashSet<&str> = ids.collect();
        let mut rows: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (row, id) in frame::texts(moves, name::ID).into_iter().enumerate() {
            if let Some(id) = id.filter(|id| known.contains(id)) {
                rows.entry(id).or_default().push(row);
            }
        }
        Self {
            rows,
            at: frame::integers(moves, name::AT),
            since: frame::integers(moves, name::SINCE),
            words: frame::texts(moves, name::WORD),
            owners: frame::texts(moves, "owner"),
            amounts: frame::integers(moves, name::AMOUNT),
            closes: frame::integers(moves, name::EXPECTED_CLOSE),
            won: frame::flags(moves, name::WAS_WON),
            lost: frame::flags(moves, name::WAS_LOST),
            removed: frame::flags(moves, name::REMOVED),
        }
    }

    /// The words of a deal in the order of their moments.
    #[must_use]
    pub fn path(&self, id: &str) -> Vec<&'a str> {
        let mut rows: Vec<usize> = self.rows.get(id).cloned().unwrap_or_default();
        rows.sort_by_key(|row| self.at[*row]);
        rows.iter().filter_map(|row| self.words[*row]).collect()
    }

    /// True where some row of a deal lies after a moment: what exports say of today is then
    /// not what was known at it.
    #[must_use]
    pub fn any_after<'d>(&self, ids: impl Iterator<Item = &'d str>, moment: Millis) -> bool {
        let late = |row: &usize| self.at[*row].is_some_and(|at| at > moment);
        ids.filter_map(|id| self.rows.get(id))
            .any(|rows| rows.iter().any(late))
    }

    /// The history of a deal up to a moment.
    #[must_use]
    pub fn of_deal(
        &self,
        id: &str,
        ladder: &Ladder,
        moment: Millis,
        counts: &mut Counts,
    ) -> Vec<Row> {
        let mut found = Vec::new();
        for row in self.rows.get(id).into_iter().flatten().copied() {
            counts.rows += 1;
            match self.at[row] {
                None => counts.undated += 1,
                Some(at) if at > moment => counts.after_as_of += 1,
                Some(at) => found.push(self.row(row, at, ladder, counts)),
            }
        }
        found
    }

    fn row(&self, row: usize, at: Millis, ladder: &Ladder, counts: &mut Counts) -> Row {
        let meaning = self.words[row].map_or(Meaning::Unknown, |word| ladder.read(word));
        let (standing, stage) = match meaning {
            _ if self.removed[row] => (Some(Standing::Removed), None),
            Meaning::Stage(stage) => (Some(Standing::Open), Some(stage)),
            Meaning::Won => (Some(Standing::Won), None),
            Meaning::Lost => (Some(Standing::Lost), None),
            Meaning::Unknown if self.won[row] => (Some(Standing::Won), None),
            Meaning::Unknown if self.lost[row] => (Some(Standing::Lost), None),
            Meaning::Unknown => {
                counts.unknown_words += u64::from(self.words[row].is_some());
                (None, None)
            }
        };
        Row {
            at,
            since: self.since[row],
            standing,
            stage,
            amount: self.amounts[row].map(|micros| Money::from_micros(micros.into())),
            close: self.closes[row],
            owner: self.owners[row].map(str::to_owned),
        }
    }
}
