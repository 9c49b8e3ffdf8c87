//! What rows are worth.
//!
//! Few rows have an amount, so amounts stand beside the touches, by row. Whoever asks
//! comes from person to person and so from anywhere in the file: a search through all
//! amounts would miss the cache at every step of it, so an index says where those of a
//! few rows stand.

/// Rows that share an entry of the index, as a power of two.
const BLOCK_BITS: u32 = 8;

/// Amounts in millionths, by row.
#[derive(Debug, Default)]
pub(super) struct Amounts {
    list: Vec<(u32, i64)>,
    /// For each block of rows where its amounts begin; one more for the end.
    begins: Vec<u32>,
}

impl Amounts {
    /// Amounts with their rows, each row once.
    pub(super) fn new(mut list: Vec<(u32, i64)>) -> Self {
        // Rows of several files may have come in another order than that of the inputs.
        if !list.is_sorted_by_key(|(row, _)| *row) {
            list.sort_unstable_by_key(|(row, _)| *row);
        }
        let mut begins = Vec::new();
        for (place, (row, _)) in list.iter().enumerate() {
            let blocks = (row >> BLOCK_BITS) as usize + 1;
            if begins.len() < blocks {
                begins.resize(blocks, place as u32);
            }
        }
        begins.push(list.len() as u32);
        Self { list, begins }
    }

    /// The amount of a row, where it has one.
    pub(super) fn of(&self, row: u32) -> Option<i64> {
        let block = (row >> BLOCK_BITS) as usize;
        let (begin, end) = (self.begins.get(block)?, self.begins.get(block + 1)?);
        let near = &self.list[*begin as usize..*end as usize];
        let place = near.binary_search_by_key(&row, |(row, _)| *row).ok()?;
        Some(near[place].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_worth_nothing() {
        assert_eq!(Amounts::new(Vec::new()).of(0), None);
        assert_eq!(Amounts::default().of(7), None);
    }

    proptest! {
        #[test]
        fn every_amount_is_found(
            rows in proptest::collection::btree_set(0_u32..3000, 0..60),
            asked in proptest::collection::vec(0_u32..3000, 0..60),
        ) {
            let list: Vec<(u32, i64)> = rows.iter().rev().map(|row| (*row, i64::from(*row) * 3)).collect();
            let amounts = Amounts::new(list);
            for row in rows.iter().chain(&asked) {
                let known = rows.contains(row).then(|| i64::from(*row) * 3);
                prop_assert_eq!(amounts.of(*row), known);
            }
        }
    }
}
