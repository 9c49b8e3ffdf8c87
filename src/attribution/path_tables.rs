//! Ready-made journeys, from the rows of path tables.

use std::collections::BTreeMap;

use super::journeys::{Folding, Journeys, TooManyChannels, Totals};
use crate::domain::channel::{Evidence, Row, Rules, spelling};
use crate::tables::paths::{PathRow, Paths};

/// How paths become journeys.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The rules that name channels.
    pub rules: &'a Rules,
    /// Channels that are direct traffic, in any spelling.
    pub direct: &'a [String],
    /// Touches of one channel that follow each other count as one.
    pub collapse_repeats: bool,
}

/// What the rows said that one should know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Noticed {
    /// Rows without a number of conversions; they count as none.
    pub without_conversions: u64,
    /// File and line of the first row with a count below zero.
    pub below_zero: Option<(u32, u32)>,
}

/// The journeys of path tables.
///
/// # Errors
/// [`TooManyChannels`] beyond 65,536 different channels.
pub fn journeys(
    paths: &Paths,
    reading: Reading<'_>,
) -> Result<(Journeys, Noticed), TooManyChannels> {
    let names = Names::of(paths, reading.rules);
    let mut folding = Folding::default();
    let mut noticed = Noticed::default();
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    for row in paths.rows() {
        let totals = noticed.totals(&row);
        let mut path: Vec<u32> = Vec::new();
        for touch in touches(row.path.unwrap_or_default()) {
            let number = match numbers.get(touch) {
                Some(number) => *number,
                None => {
                    let number = folding.channel(names.shown(touch));
                    numbers.insert(touch, number);
                    number
                }
            };
            if !(reading.collapse_repeats && path.last() == Some(&number)) {
                path.push(number);
            }
        }
        folding.add(&path, totals);
    }
    let direct: Vec<String> = reading.direct.iter().map(|name| spelling(name)).collect();
    let is_direct = |name: &str| direct.contains(&spelling(name));
    let journeys = folding.finish(is_direct, paths.has("non_converting"))?;
    Ok((journeys, noticed))
}

impl Noticed {
    fn totals(&mut self, row: &PathRow) -> Totals {
        self.without_conversions += u64::from(row.conversions.is_none());
        let totals = Totals {
            conversions: row.conversions.unwrap_or(0.0),
            value: row.value.unwrap_or(0.0),
            lost: row.lost.unwrap_or(0.0),
        };
        if totals.conversions < 0.0 || totals.lost < 0.0 {
            self.below_zero.get_or_insert((row.file, row.line));
        }
        totals
    }
}

/// The touches of a cell, in order: what stands between `>`, `->`, `=>` or arrows.
fn touches(cell: &str) -> impl Iterator<Item = &str> {
    let parts = cell.split(['>', '\u{2192}', '\u{27f6}']);
    parts
        .map(|part| part.trim().trim_end_matches(['-', '=']).trim_end())
        .filter(|part| !part.is_empty())
}

/// Words of the tables and the channels they mean, spellings of one channel merged.
struct Names {
    shown: BTreeMap<String, String>,
}

impl Names {
    fn of(paths: &Paths, rules: &Rules) -> Self {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for row in paths.rows() {
            for touch in touches(row.path.unwrap_or_default()) {
                match counts.get_mut(touch) {
                    Some(count) => *count += 1,
                    None => {
                        counts.insert(touch.to_owned(), 1);
                    }
                }
            }
        }
        let channel = |word: &str| {
            let evidence = Evidence {
                channel: Some(word),
                kind_of_row: Row::Crm,
                ..Evidence::default()
            };
            rules.assign(&evidence).channel
        };
        let named: Vec<(String, String, u64)> = counts
            .into_iter()
            .map(|(word, count)| {
                let channel = channel(&word);
                (word, channel, count)
            })
            .collect();
        // The spelling that most touches have, the first of equals.
        let mut best: BTreeMap<String, (u64, &str)> = BTreeMap::new();
        for (_, channel, count) in &named {
            let entry = best.entry(spelling(channel)).or_insert((*count, channel));
            if *count > entry.0 {
                *entry = (*count, channel);
            }
        }
        let shown = named
            .iter()
            .map(|(word, channel, _)| {
                let shown = best
                    .get(&spelling(channel))
                    .map_or(channel.as_str(), |best| best.1);
                (word.clone(), shown.to_owned())
            })
            .collect();
        Self { shown }
    }

    fn shown<'n>(&'n self, word: &'n str) -> &'n str {
        self.shown.get(word).map_or(word, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn touches_between_arrows() {
        let list = |cell| touches(cell).collect::<Vec<_>>();
        assert_eq!(list("a > b>c"), ["a", "b", "c"]);
        assert_eq!(
            list("Paid Search -> E-mail => x"),
            ["Paid Search", "E-mail", "x"]
        );
        assert_eq!(list("a \u{2192} b"), ["a", "b"]);
        assert!(list("  ").is_empty());
    }
}
