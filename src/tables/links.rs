//! Joining by id.
//!
//! The map is built from the smaller side and the larger side is read once, so that
//! linking a few thousand deals to millions of leads needs memory for the deals only.

use rustc_hash::FxHashMap;

/// For every wanted id the position of the first row of `haystack` that has it.
#[must_use]
pub fn find<'a>(
    wanted: &[&'a str],
    haystack: impl Iterator<Item = Option<&'a str>>,
) -> Vec<Option<u32>> {
    let mut places: FxHashMap<&str, Option<u32>> = wanted.iter().map(|id| (*id, None)).collect();
    for (row, id) in haystack.enumerate() {
        let Some(place) = id.and_then(|id| places.get_mut(id)) else {
            continue;
        };
        if place.is_none() {
            *place = u32::try_from(row).ok();
        }
    }
    wanted
        .iter()
        .map(|id| places.get(id).copied().flatten())
        .collect()
}

/// The ids in a cell that may hold several: `101;102` or `101, 102`.
pub fn split_ids(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([';', ','])
        .map(str::trim)
        .filter(|id| !id.is_empty())
}

/// How a join went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The table and column that holds the key: `deals.lead`.
    pub from: String,
    /// The table that should know it: `leads`.
    pub to: String,
    /// Keys with a partner.
    pub matched: u64,
    /// Keys without.
    pub unmatched: u64,
    /// A few keys without a partner, in the order of the file.
    pub examples: Vec<String>,
}

impl Join {
    /// Counts the outcome of a look-up.
    #[must_use]
    pub fn count(from: &str, to: &str, keys: &[&str], found: &[Option<u32>]) -> Self {
        let lost = || keys.iter().zip(found).filter(|(_, row)| row.is_none());
        let unmatched = lost().count() as u64;
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            matched: keys.len() as u64 - unmatched,
            unmatched,
            examples: lost().take(5).map(|(key, _)| (*key).to_owned()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_row_wins_and_strangers_are_counted() {
        let rows = ["a", "b", "b", "c"].map(Some);
        let found = find(&["b", "x", "c", "b"], rows.into_iter());
        assert_eq!(found, [Some(1), None, Some(3), Some(1)]);
        let join = Join::count("deals.lead", "leads", &["b", "x"], &[Some(1), None]);
        assert_eq!((join.matched, join.unmatched), (1, 1));
        assert_eq!(join.examples, ["x"]);
    }

    #[test]
    fn several_ids_in_one_cell() {
        let ids: Vec<&str> = split_ids(" 101; 102;;103").collect();
        assert_eq!(ids, ["101", "102", "103"]);
    }
}
