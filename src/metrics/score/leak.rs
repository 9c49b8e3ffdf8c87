//! Columns that know the outcome.
//!
//! An export shows what is known today. A column that was filled in or changed after a lead
//! converted foretells perfectly and is worth nothing for the next lead. Two things give it
//! away: its name, where it speaks of what became of the lead or of what came last; and its
//! cells, where they part those that converted from the others too well to be luck.

use rustc_hash::FxHashMap;

use super::features::{Feature, Values};
use crate::stats::ranking;

/// AUC of a single column above which it is taken to know the outcome.
pub const TOO_GOOD: f64 = 0.95;
/// Leads that a level must have before it can give anything away.
pub const FEWEST: u64 = 30;
/// How unlikely it must be that all leads of a level came out the same by chance.
const UNLIKELY: f64 = 1e-6;
/// Different numbers up to which each is looked at as a level too.
const FEW_NUMBERS: usize = 20;

/// Words in the name of a column that speak of what became of a lead, or that are kept up
/// to date afterwards.
pub const NAMES: &[&str] = &[
    "closed",
    "conversion",
    "converted",
    "customer",
    "deal",
    "disqualified",
    "invoice",
    "last",
    "latest",
    "lifecycle",
    "lost",
    "modified",
    "opportunity",
    "outcome",
    "quality",
    "rating",
    "revenue",
    "stage",
    "status",
    "tag",
    "tags",
    "unqualified",
    "updated",
    "won",
];

/// Why a column is taken to know the outcome.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// A word of its name.
    Name(&'static str),
    /// It alone ranks the leads almost perfectly.
    Separates(f64),
    /// All leads of a level came out the same: the level, and how many of how many converted.
    Level(String, u64, u64),
}

/// A column that is taken to know the outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Leak {
    /// Its name.
    pub column: String,
    /// What gives it away.
    pub why: Why,
}

/// Looks at one column over the leads in `rows`, whose outcomes stand beside them.
#[must_use]
pub fn of_feature(feature: &Feature, rows: &[usize], outcomes: &[bool]) -> Option<Leak> {
    let why = by_name(&feature.name)
        .or_else(|| by_level(feature, rows, outcomes))
        .or_else(|| by_rank(feature, rows, outcomes))?;
    Some(Leak {
        column: feature.name.clone(),
        why,
    })
}

fn by_name(name: &str) -> Option<Why> {
    let words = words(name);
    let known = NAMES
        .iter()
        .find(|known| words.iter().any(|word| word == *known));
    known.map(|known| Why::Name(known))
}

/// `lastActivity`, `Last Activity` and `last_activity` are `last` and `activity`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && was_small) {
            words.push(String::new());
        }
        was_small = letter.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| letter.is_alphanumeric()) {
            word.extend(letter.to_lowercase());
        }
    }
    words
}

/// Leads and conversions by level.
fn counts(
    levels: &FxHashMap<u64, String>,
    cells: impl Iterator<Item = (u64, bool)>,
) -> Vec<(String, u64, u64)> {
    let mut counts: FxHashMap<u64, (u64, u64)> = FxHashMap::default();
    for (level, converted) in cells {
        let count = counts.entry(level).or_default();
        count.0 += u64::from(converted);
        count.1 += 1;
    }
    let name = |level: &u64| levels.get(level).cloned().unwrap_or_default();
    let mut counts: Vec<(String, u64, u64)> = counts
        .iter()
        .map(|(level, (k, n))| (name(level), *k, *n))
        .collect();
    counts.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
    counts
}

fn by_level(feature: &Feature, rows: &[usize], outcomes: &[bool]) -> Option<Why> {
    let (levels, cells) = as_levels(feature, rows);
    let base = outcomes.iter().filter(|converted| **converted).count() as f64;
    let base = base / outcomes.len().max(1) as f64;
    let chance = |k: u64, n: u64| match k {
        0 => libm::pow(1.0 - base, n as f64),
        _ => libm::pow(base, n as f64),
    };
    let cells = cells.into_iter().zip(outcomes.iter().copied());
    let found = counts(&levels, cells)
        .into_iter()
        .find(|(_, k, n)| (*k == 0 || k == n) && *n >= FEWEST && chance(*k, *n) < UNLIKELY);
    found.map(|(level, k, n)| Why::Level(level, k, n))
}

/// The cells as levels: words, few numbers, or whether there is a number at all.
fn as_levels(feature: &Feature, rows: &[usize]) -> (FxHashMap<u64, String>, Vec<u64>) {
    const MISSING: u64 = u64::MAX;
    let mut names: FxHashMap<u64, String> = FxHashMap::default();
    let cells: Vec<u64> = match &feature.values {
        Values::Levels(codes, words) => {
            let named = (0_u64..).zip(words.iter().cloned());
            names.extend(named);
            rows.iter().map(|row| u64::from(codes[*row])).collect()
        }
        Values::Numbers(values) => {
            let mut distinct: Vec<u64> = rows
                .iter()
                .filter_map(|row| values[*row].map(f64::to_bits))
                .collect();
            distinct.sort_unstable();
            distinct.dedup();
            let few = distinct.len() <= FEW_NUMBERS;
            for bits in distinct.iter().filter(|_| few) {
                names.insert(*bits, f64::from_bits(*bits).to_string());
            }
            if !few {
                names.insert(0, "any number".into());
            }
            names.insert(MISSING, crate::tables::NONE.into());
            let cell = |row: &usize| match values[*row] {
                None => MISSING,
                Some(value) if few => value.to_bits(),
                Some(_) => 0,
            };
            rows.iter().map(cell).collect()
        }
    };
    (names, cells)
}

fn by_rank(feature: &Feature, rows: &[usize], outcomes: &[bool]) -> Option<Why> {
    let area = match &feature.values {
        Values::Numbers(values) => {
            let known = rows.iter().zip(outcomes);
            let known = known.filter_map(|(row, outcome)| Some((values[*row]?, *outcome)));
            let (scores, outcomes): (Vec<f64>, Vec<bool>) = known.unzip();
            let enough = scores.len() as u64 >= 2 * FEWEST;
            let area = ranking::auc(&scores, &outcomes).filter(|_| enough)?;
            area.max(1.0 - area)
        }
        Values::Levels(codes, _) => {
            let scores = rates_of_others(codes, rows, outcomes);
            ranking::auc(&scores, outcomes)?
        }
    };
    (area > TOO_GOOD).then_some(Why::Separates(area))
}

/// The rate of each lead's level among every other lead: those at even places for one at an
/// odd place and the other way round. A column with a level per lead so says nothing.
fn rates_of_others(codes: &[u32], rows: &[usize], outcomes: &[bool]) -> Vec<f64> {
    let base = outcomes.iter().filter(|converted| **converted).count() as f64;
    let base = base / outcomes.len().max(1) as f64;
    let levels = codes.iter().max().map_or(0, |most| *most as usize + 1);
    let mut halves = vec![vec![(0.0, 0.0); levels]; 2];
    for (place, (row, outcome)) in rows.iter().zip(outcomes).enumerate() {
        let count = &mut halves[place % 2][codes[*row] as usize];
        count.0 += f64::from(u8::from(*outcome));
        count.1 += 1.0;
    }
    let rate = |(place, row): (usize, &usize)| {
        let (k, n) = halves[(place + 1) % 2][codes[*row] as usize];
        (k + base) / (n + 1.0)
    };
    rows.iter().enumerate().map(rate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(values: Vec<Option<f64>>) -> Feature {
        Feature {
            name: "amount".into(),
            values: Values::Numbers(values),
        }
    }

    fn levels(codes: Vec<u32>, names: &[&str]) -> Feature {
        Feature {
            name: "colour".into(),
            values: Values::Levels(codes, names.iter().map(ToString::to_string).collect()),
        }
    }

    fn rows(n: usize) -> Vec<usize> {
        (0..n).collect()
    }

    #[test]
    fn names_are_read_word_by_word() {
        for name in [
            "Last Activity",
            "lastActivity",
            "lead_status",
            "Tags",
            "is won",
        ] {
            assert!(by_name(name).is_some(), "{name}");
        }
        for name in ["source", "plastic", "vintage", "country", "wonder"] {
            assert_eq!(by_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_level_that_always_comes_out_the_same_gives_itself_away() {
        let outcomes: Vec<bool> = (0..200).map(|at| at < 40 || at % 3 == 0).collect();
        let codes = (0..200).map(|at| u32::from(at < 40)).collect();
        let found = of_feature(&levels(codes, &["no", "yes"]), &rows(200), &outcomes);
        let why = found.map(|leak| leak.why);
        assert_eq!(why, Some(Why::Level("yes".into(), 40, 40)));
        // Ten of ten may be luck.
        let codes = (0..200).map(|at| u32::from(at < 10)).collect();
        assert_eq!(
            of_feature(&levels(codes, &["no", "yes"]), &rows(200), &outcomes),
            None
        );
    }

    #[test]
    fn a_level_without_conversions_is_no_surprise_where_few_convert() {
        let outcomes: Vec<bool> = (0..1000).map(|at| at % 100 == 7).collect();
        let codes = (0..1000).map(|at| u32::from(at % 10 == 0)).collect();
        assert_eq!(
            of_feature(&levels(codes, &["a", "b"]), &rows(1000), &outcomes),
            None
        );
    }

    #[test]
    fn what_is_filled_for_one_kind_only_gives_itself_away() {
        let outcomes: Vec<bool> = (0..300).map(|at| at % 3 == 0).collect();
        let cells = outcomes.iter().enumerate();
        let cells = cells.map(|(at, won)| won.then_some(at as f64)).collect();
        let found = of_feature(&numbers(cells), &rows(300), &outcomes);
        assert!(matches!(
            found.map(|leak| leak.why),
            Some(Why::Level(_, 0, 200))
        ));
    }

    #[test]
    fn a_number_that_parts_them_gives_itself_away_in_either_direction() {
        let outcomes: Vec<bool> = (0..100).map(|at| at < 50).collect();
        for sign in [1.0, -1.0] {
            let cells = (0..100).map(|at| Some(sign * f64::from(at))).collect();
            let found = of_feature(&numbers(cells), &rows(100), &outcomes);
            assert!(matches!(
                found.map(|leak| leak.why),
                Some(Why::Separates(_))
            ));
        }
    }

    #[test]
    fn a_level_per_lead_says_nothing() {
        let outcomes: Vec<bool> = (0..200).map(|at| at % 2 == 0).collect();
        let names: Vec<String> = (0..200).map(|at| at.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(
            of_feature(&levels((0..200).collect(), &names), &rows(200), &outcomes),
            None
        );
    }
}
