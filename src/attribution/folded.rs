//! Paths folded with whole counts, compact: what journeys over touches go into.
//!
//! One list holds the touches of all paths, and a table of numbers finds a path by what
//! it holds, so a path costs its touches and some forty bytes.

use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::Hasher;

use super::journeys::{Channel, Counts, Journeys, Totals};
use crate::domain::money::Money;

/// What came of the journeys over a path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Came {
    /// Conversions.
    pub conversions: u64,
    /// What they were worth, in millionths of a unit.
    pub micros: i128,
    /// Journeys that did not convert.
    pub lost: u64,
}

impl Came {
    fn add(&mut self, other: Self) {
        self.conversions += other.conversions;
        self.micros += other.micros;
        self.lost += other.lost;
    }

    /// As figures of journeys, value in units.
    #[must_use]
    pub fn totals(self) -> Totals {
        Totals {
            conversions: self.conversions as f64,
            value: Money::from_micros(self.micros).units(),
            lost: self.lost as f64,
        }
    }
}

/// Paths with what came of them.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    touches: Vec<Channel>,
    paths: Vec<Path>,
    /// Hash and number of each path.
    table: HashTable<(u32, u32)>,
}

/// A path; its touches begin where those of the one before it end.
#[derive(Debug, Clone, Copy)]
struct Path {
    end: usize,
    conversions: u32,
    lost: u32,
    micros: i64,
}

fn hash(path: &[Channel]) -> u32 {
    let mut hasher = FxHasher::default();
    for four in path.chunks(4) {
        let word = four.iter().fold(four.len() as u64, |word, touch| {
            (word << 16) ^ u64::from(*touch)
        });
        hasher.write_u64(word);
    }
    hasher.finish() as u32
}

/// A hash for the table, which looks at both ends of one: a larger table is made without
/// looking at the paths again.
fn wide(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn touches_of<'t>(touches: &'t [Channel], paths: &[Path], index: usize) -> &'t [Channel] {
    let start = index.checked_sub(1).map_or(0, |before| paths[before].end);
    &touches[start..paths[index].end]
}

impl Folded {
    /// How many different paths there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.paths.len()
    }

    /// True without any path.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// A path.
    #[must_use]
    pub fn path(&self, index: usize) -> &[Channel] {
        touches_of(&self.touches, &self.paths, index)
    }

    /// Adds journeys over a path with at least one touch.
    pub fn add(&mut self, path: &[Channel], came: Came) {
        let hash = hash(path);
        let (touches, paths) = (&self.touches, &self.paths);
        let same = |(known, other): &(u32, u32)| {
            *known == hash && touches_of(touches, paths, *other as usize) == path
        };
        let place = match self.table.find(wide(hash), same) {
            Some((_, place)) => *place as usize,
            None => self.insert(hash, path),
        };
        let known = &mut self.paths[place];
        known.conversions += u32::try_from(came.conversions).unwrap_or(u32::MAX);
        known.lost += u32::try_from(came.lost).unwrap_or(u32::MAX);
        known.micros += i64::try_from(came.micros).unwrap_or(i64::MAX);
    }

    fn insert(&mut self, hash: u32, path: &[Channel]) -> usize {
        let place = self.paths.len();
        self.touches.extend_from_slice(path);
        self.paths.push(Path {
            end: self.touches.len(),
            conversions: 0,
            lost: 0,
            micros: 0,
        });
        let entry = (hash, u32::try_from(place).unwrap_or(u32::MAX));
        let rehash = |(hash, _): &(u32, u32)| wide(*hash);
        self.table.insert_unique(wide(hash), entry, rehash);
        place
    }

    /// Adds all of another.
    pub fn merge(&mut self, other: &Self) {
        for path in 0..other.len() {
            self.add(other.path(path), other.came_of(path));
        }
    }

    /// What came of the journeys over a path.
    #[must_use]
    pub fn came_of(&self, path: usize) -> Came {
        let path = self.paths[path];
        Came {
            conversions: u64::from(path.conversions),
            micros: i128::from(path.micros),
            lost: u64::from(path.lost),
        }
    }

    /// Everything added up.
    #[must_use]
    pub fn all(&self) -> Came {
        let mut all = Came::default();
        for path in 0..self.len() {
            all.add(self.came_of(path));
        }
        all
    }

    /// As journeys, paths in order. `renumbered` gives the final number of each channel,
    /// which keeps their order.
    #[must_use]
    pub fn journeys(
        mut self,
        channels: Vec<String>,
        direct: Vec<bool>,
        renumbered: &[Channel],
    ) -> Journeys {
        self.table = HashTable::new();
        for touch in &mut self.touches {
            *touch = renumbered[usize::from(*touch)];
        }
        let mut order: Vec<(u64, u32)> = (0..self.len())
            .map(|path| {
                (
                    beginning(self.path(path)),
                    u32::try_from(path).unwrap_or(u32::MAX),
                )
            })
            .collect();
        order.sort_unstable_by(|a, b| {
            let rest = || self.path(a.1 as usize).cmp(self.path(b.1 as usize));
            a.0.cmp(&b.0).then_with(rest)
        });
        let mut counts = Counts::default();
        let (mut touches, mut ends) = (
            Vec::with_capacity(self.touches.len()),
            Vec::with_capacity(order.len()),
        );
        for (_, path) in order {
            let path = path as usize;
            touches.extend_from_slice(self.path(path));
            ends.push(touches.len());
            counts.push(self.came_of(path).totals());
        }
        Journeys::new(channels, direct, touches, ends, counts)
    }
}

/// The first four touches as a number in the order of paths.
fn beginning(path: &[Channel]) -> u64 {
    (0..4).fold(0, |word, place| {
        let touch = path.get(place).map_or(0, |touch| u64::from(*touch) + 1);
        (word << 16) | touch.min(0xFFFF)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn one() -> Came {
        Came {
            conversions: 1,
            micros: 2_500_000,
            lost: 3,
        }
    }

    proptest! {
        #[test]
        fn as_a_map_would(paths in proptest::collection::vec(proptest::collection::vec(0_u16..3, 1..7), 0..60)) {
            let mut known: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
            let (mut folded, mut other) = (Folded::default(), Folded::default());
            for (number, path) in paths.iter().enumerate() {
                *known.entry(path.clone()).or_default() += 1;
                if number % 2 == 0 { folded.add(path, one()) } else { other.add(path, one()) }
            }
            folded.merge(&other);
            prop_assert_eq!(folded.all().lost, 3 * paths.len() as u64);
            let names = ["a", "b", "c"].map(str::to_owned).to_vec();
            let journeys = folded.journeys(names, vec![false; 3], &[0, 1, 2]);
            let told: Vec<(Vec<u16>, u64)> = (0..journeys.len())
                .map(|path| (journeys.path(path).to_vec(), journeys.counts.conversions[path] as u64))
                .collect();
            prop_assert_eq!(told, known.into_iter().collect::<Vec<_>>());
        }
    }
}
