//! Fingerprints of the rows of a file, to tell later which of them were changed.
//!
//! A row is known by 32 bits of the SHA-256 of its id and as many of its text: enough to count
//! what was added, removed and changed, too few to find out what stood there. Ids that are
//! addresses of people are left out; such rows are known by their text alone.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// Rows of a file beyond which none are kept: 1.6 MB.
pub const MOST: usize = 200_000;

/// The rows of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prints {
    /// Fingerprint of the id (0: none) and of the text of each row, in the order of the file.
    rows: Vec<(u32, u32)>,
    /// True where there were too many.
    given_up: bool,
}

/// What became of the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowChanges {
    /// Rows whose id was not there.
    pub added: u64,
    /// Rows whose id is gone.
    pub removed: u64,
    /// Rows of the same id with another text.
    pub changed: u64,
}

impl Prints {
    /// Adds a row by its id, where it has one that is no address, and its text.
    pub fn push(&mut self, id: Option<&str>, text: &str) {
        if self.given_up {
            return;
        }
        if self.rows.len() >= MOST {
            *self = Self {
                given_up: true,
                rows: Vec::new(),
            };
            return;
        }
        let id = id.map(str::trim).filter(|id| !id.is_empty());
        self.rows.push((id.map_or(0, print), print(text)));
    }

    /// Eight bytes a row, little endian; nothing where there are no rows or too many.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let halves = self.rows.iter().flat_map(|(id, text)| [*id, *text]);
        halves.flat_map(u32::to_le_bytes).collect()
    }

    /// The rows that [`Self::bytes`] wrote; nothing where the length does not fit.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let number = |bytes: &[u8]| bytes.try_into().ok().map(u32::from_le_bytes);
        let row = |bytes: &[u8]| Some((number(bytes.get(..4)?)?, number(bytes.get(4..)?)?));
        let rows: Option<Vec<(u32, u32)>> = bytes.chunks(8).map(row).collect();
        Some(Self {
            rows: rows.filter(|rows| !rows.is_empty())?,
            given_up: false,
        })
    }

    /// What became of these rows in a later file; nothing where one of them is not known.
    #[must_use]
    pub fn changes(&self, later: &Self) -> Option<RowChanges> {
        if self.rows.is_empty() || later.rows.is_empty() {
            return None;
        }
        let (before, after) = (self.counted(), later.counted());
        let left = |of: &Counted, other: &Counted| -> BTreeMap<u32, u64> {
            let mut left = BTreeMap::new();
            for (row, count) in of {
                let same = other.get(row).copied().unwrap_or(0);
                *left.entry(row.0).or_default() += count.saturating_sub(same);
            }
            left
        };
        let (gone, new) = (left(&before, &after), left(&after, &before));
        let mut changes = RowChanges {
            added: new.values().sum(),
            removed: gone.values().sum(),
            changed: 0,
        };
        for (id, count) in gone.iter().filter(|(id, _)| **id != 0) {
            let both = (*count).min(new.get(id).copied().unwrap_or(0));
            changes.changed += both;
            changes.added -= both;
            changes.removed -= both;
        }
        Some(changes)
    }

    fn counted(&self) -> Counted {
        let mut counted = Counted::new();
        for row in &self.rows {
            *counted.entry(*row).or_default() += 1;
        }
        counted
    }
}

/// How often each row occurs.
type Counted = BTreeMap<(u32, u32), u64>;

/// Never 0.
fn print(text: &str) -> u32 {
    let digest = Sha256::digest(text.as_bytes());
    let head = digest.first_chunk().copied().unwrap_or_default();
    u32::from_le_bytes(head).max(1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn prints(rows: &[(&str, &str)]) -> Prints {
        let mut prints = Prints::default();
        for (id, text) in rows {
            prints.push(Some(id), text);
        }
        prints
    }

    fn changes(before: &[(&str, &str)], after: &[(&str, &str)]) -> (u64, u64, u64) {
        let found = prints(before).changes(&prints(after)).unwrap();
        (found.added, found.removed, found.changed)
    }

    #[test]
    fn rows_by_their_ids() {
        let before = [("1", "a"), ("2", "b"), ("3", "c")];
        assert_eq!(
            changes(&before, &[("3", "c"), ("1", "a"), ("2", "b")]),
            (0, 0, 0)
        );
        assert_eq!(
            changes(&before, &[("1", "a"), ("2", "B"), ("4", "d")]),
            (1, 1, 1)
        );
        // Without ids a changed row is one that is gone and one that is new.
        assert_eq!(
            changes(&[("", "a"), ("", "b")], &[("", "a"), ("", "c")]),
            (1, 1, 0)
        );
        // A row that stands twice and then once.
        assert_eq!(changes(&[("1", "a"), ("1", "a")], &[("1", "a")]), (0, 1, 0));
    }

    #[test]
    fn what_is_written_is_read() {
        let prints = prints(&[("1", "a"), ("", "b")]);
        assert_eq!(Prints::of_bytes(&prints.bytes()), Some(prints.clone()));
        assert_eq!(prints.bytes().len(), 16);
        assert_eq!(Prints::of_bytes(&[1, 2, 3]), None);
        assert_eq!(Prints::of_bytes(&[]), None);
        assert_eq!(prints.changes(&Prints::default()), None);
    }
}
