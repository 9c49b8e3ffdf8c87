//! Ready-made journeys, from the rows of path tables.

use rustc_hash::FxHashMap;

use super::journeys::{Folding, Journeys, TooManyChannels, Totals};
use crate::domain::channel::{Evidence, Row, Rules, by_form, most_used, spelling};
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
    let mut noticed = Noticed::default();
    let rows: Vec<PathRow> = paths.rows().collect();
    let words = Words::of(&rows);
    let mut folding = Folding::default();
    let numbers: Vec<u32> = words
        .channels(reading.rules)
        .iter()
        .map(|name| folding.channel(name))
        .collect();
    let mut path: Vec<u32> = Vec::new();
    for (row, touches) in rows.iter().zip(words.rows()) {
        path.clear();
        path.extend(touches.iter().map(|word| numbers[*word as usize]));
        if reading.collapse_repeats {
            path.dedup();
        }
        folding.add(&path, noticed.totals(row));
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

/// The different words of the tables, and each row as their numbers.
#[derive(Default)]
struct Words<'p> {
    list: Vec<&'p str>,
    counts: Vec<u64>,
    touches: Vec<u32>,
    ends: Vec<usize>,
}

impl<'p> Words<'p> {
    fn of(rows: &[PathRow<'p>]) -> Self {
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        let mut words = Self::default();
        for row in rows {
            for touch in touches(row.path.unwrap_or_default()) {
                let number = *known.entry(touch).or_insert_with(|| {
                    words.list.push(touch);
                    words.counts.push(0);
                    u32::try_from(words.list.len() - 1).unwrap_or(u32::MAX)
                });
                words.counts[number as usize] += 1;
                words.touches.push(number);
            }
            words.ends.push(words.touches.len());
        }
        words
    }

    fn rows(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(&0).chain(&self.ends);
        starts
            .zip(&self.ends)
            .map(|(start, end)| &self.touches[*start..*end])
    }

    /// The channel of each word; of the spellings of one the most frequent, the first by
    /// name of equals.
    fn channels(&self, rules: &Rules) -> Vec<String> {
        let channel = |word: &&str| {
            let evidence = Evidence {
                channel: Some(word),
                kind_of_row: Row::Crm,
                ..Evidence::default()
            };
            rules.assign(&evidence).channel
        };
        let named: Vec<String> = self.list.iter().map(channel).collect();
        let used = named
            .iter()
            .map(String::as_str)
            .zip(self.counts.iter().copied());
        let forms = by_form(used);
        let shown = |channel: &String| {
            let best = forms.get(&spelling(channel)).and_then(most_used);
            best.unwrap_or(channel).to_owned()
        };
        named.iter().map(shown).collect()
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
