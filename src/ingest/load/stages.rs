//! The file's words for stages, outcomes and kinds, in leadflow's terms.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::deal_words::DealWords;
use super::group::Group;
use super::rules::Condition;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, codes};
use crate::domain::ladder::EXITS;
use crate::domain::names::nearest;
use crate::ingest::mapping::{Meaning, StageWords};
use crate::ingest::sources;
use crate::tables::{EXIT, col};

/// The stage of a win, whatever the ladder calls its last stage.
const WON: &str = "won";

/// Words -> index on the ladder, for one group.
pub struct Vocabulary<'a> {
    words: StageWords,
    stages: &'a [String],
    label: &'a str,
    /// Words that alone are used in this export; absent where anything may be written.
    own: Option<&'a BTreeMap<String, String>>,
    /// Words of the ladders of deals: outside this ladder, and known all the same.
    deal_words: Option<&'a DealWords>,
}

impl<'a> Vocabulary<'a> {
    /// The words of a group's specification and of the configuration.
    #[must_use]
    pub fn new(group: &'a Group, labels: &BTreeMap<String, String>, stages: &'a [String]) -> Self {
        let mut known = labels.clone();
        known.extend(
            group
                .spec
                .stages
                .iter()
                .map(|(word, stage)| (word.clone(), stage.clone())),
        );
        Self {
            words: StageWords::new(&known, stages),
            stages,
            label: &group.label,
            own: sources::by_name(&group.kind)
                .filter(|source| !source.input.stages.is_empty())
                .map(|_| &group.spec.stages),
            deal_words: None,
        }
    }

    /// The same where the words of deals are known too.
    #[must_use]
    pub fn beside(mut self, deal_words: &'a DealWords) -> Self {
        self.deal_words = Some(deal_words);
        self
    }

    /// The stages of the ladder that the words of this group can name: those of its
    /// source, where the source has words of its own, else all of them.
    pub fn sayable(&self) -> impl Iterator<Item = &'a str> + '_ {
        let named = |stage: &str| {
            let is_last = self.stages.last().is_some_and(|last| last == stage);
            self.own.is_none_or(|own| {
                own.values()
                    .any(|word| word == stage || (is_last && word == WON))
            })
        };
        let stages = self.stages.iter().map(String::as_str);
        stages.filter(move |stage| named(stage))
    }

    /// Index of a word on the ladder, [`EXIT`], or nothing.
    fn index(&self, word: &str) -> Result<Option<i32>, ()> {
        match self.words.meaning(word) {
            Meaning::Outside => Ok(None),
            Meaning::Unknown => Err(()),
            Meaning::Stage(stage) if EXITS.contains(&stage) => Ok(Some(EXIT)),
            Meaning::Stage(stage) => {
                let place = self.stages.iter().position(|name| name == stage);
                let place =
                    place.or_else(|| (stage == WON).then(|| self.stages.len().saturating_sub(1)));
                place
                    .and_then(|index| i32::try_from(index).ok())
                    .map(Some)
                    .ok_or(())
            }
        }
    }

    /// Column of stage indexes from the words of a column; unknown words are counted.
    #[must_use]
    pub fn column(
        &self,
        group: &Group,
        name: &str,
        target: &str,
        findings: &mut Diagnostics,
    ) -> Option<Column> {
        let words = group.words(name)?;
        let met = met_by_words(group);
        let counts = |row: usize| met.as_ref().is_none_or(|met| met.get(row) != Some(&false));
        let indexes: Vec<Option<i32>> = words
            .list
            .iter()
            .enumerate()
            .map(|(number, word)| {
                if self.deal_words.is_some_and(|known| known.is_both(word)) {
                    return None;
                }
                self.index(word).unwrap_or_else(|()| {
                    if self
                        .deal_words
                        .is_some_and(|known| known.has(&known.meant(group, word)))
                    {
                        return None;
                    }
                    let code = u32::try_from(number + 1).unwrap_or(u32::MAX);
                    let rows = words.codes.iter().enumerate();
                    let mut rows = rows
                        .filter(|(row, found)| **found == code && counts(*row))
                        .map(|(row, _)| row);
                    if let Some(first) = rows.next() {
                        let rows = 1 + rows.count() as u64;
                        self.complain(group, first, word, findings, rows);
                    }
                    None
                })
            })
            .collect();
        let values: Vec<Option<i32>> = words
            .codes
            .iter()
            .map(|code| {
                (*code as usize)
                    .checked_sub(1)
                    .and_then(|i| indexes.get(i).copied().flatten())
            })
            .collect();
        Some(Column::new(target.into(), values))
    }

    fn complain(
        &self,
        group: &Group,
        row: usize,
        word: &str,
        findings: &mut Diagnostics,
        rows: u64,
    ) {
        let word = crate::ingest::cell::shown(word);
        let of_deals = self.deal_words.map_or(&[][..], DealWords::written);
        let names = self.stages.iter().chain(of_deals).map(String::as_str);
        let near = nearest(&word, names);
        let guess = near
            .first()
            .copied()
            .unwrap_or_else(|| self.stages.first().map_or("", String::as_str));
        let text =
            format!("`{word}` is no known stage; {rows} rows keep their record without that entry");
        let finding = Diagnostic::new(&codes::UNKNOWN_STAGE, text)
            .hint(format!(
                "in the [[input]] of {}: [input.stages] \"{word}\" = \"{guess}\"",
                self.label
            ))
            .times(rows);
        let (file, line) = group.origin(row);
        let name = group.files.iter().find(|facts| facts.index == file);
        let name = name.map(|facts| facts.name.clone()).unwrap_or_default();
        findings.push(finding.at(Location::line(name, u64::from(line))));
    }

    /// Marks of the rows whose word means won or lost, for the history of deals.
    #[must_use]
    pub fn ends(&self, group: &Group) -> Vec<Column> {
        let Some(words) = group.words("stage") else {
            return Vec::new();
        };
        let known: Vec<Outcome> = words.list.iter().map(|word| self.outcome(word)).collect();
        let of = |code: &u32| {
            let place = (*code as usize).checked_sub(1);
            place.and_then(|place| known.get(place)).copied()
        };
        [(col::WAS_WON, Outcome::Won), (col::WAS_LOST, Outcome::Lost)]
            .into_iter()
            .map(|(name, wanted)| {
                let is: Vec<bool> = words
                    .codes
                    .iter()
                    .map(|code| of(code) == Some(wanted))
                    .collect();
                Column::new(name.into(), is)
            })
            .collect()
    }

    /// What a deal's word means: won, lost, or neither.
    #[must_use]
    pub fn outcome(&self, word: &str) -> Outcome {
        match self.index(word) {
            Ok(Some(EXIT)) => Outcome::Lost,
            Ok(Some(index)) if usize::try_from(index).is_ok_and(|i| i + 1 == self.stages.len()) => {
                Outcome::Won
            }
            _ => Outcome::Open,
        }
    }
}

/// How a deal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Still worked on.
    Open,
    /// Won.
    Won,
    /// Lost or given up.
    Lost,
}

/// `new`, `renewal` or `expansion` for the words of the column `kind`.
#[must_use]
pub fn kinds(group: &Group) -> Option<Column> {
    let words = group.words("kind")?;
    let known: BTreeMap<String, &String> = group
        .spec
        .kinds
        .iter()
        .map(|(word, kind)| (crate::domain::text::normal_form(word), kind))
        .collect();
    Some(words.column("kind", |word| {
        let folded = crate::domain::text::normal_form(word);
        if let Some(kind) = known.get(&folded) {
            return (*kind).clone();
        }
        let holds = |part: &str| folded.contains(part);
        let kind = match () {
            () if holds("renew") => "renewal",
            () if holds("expansion")
                || holds("upsell")
                || holds("existing")
                || holds("cross-sell") =>
            {
                "expansion"
            }
            () => "new",
        };
        kind.to_owned()
    }))
}

/// Whether each row meets the `where` of its input, as far as its words alone can say: a row
/// that is left out need not make sense.
fn met_by_words(group: &Group) -> Option<Vec<bool>> {
    let sql = group.spec.filter.as_deref()?;
    let texts = |name: &String| -> Option<Column> {
        let words = group.words(name)?;
        let cells: Vec<Option<&str>> = (0..group.height()).map(|row| words.get(row)).collect();
        Some(Column::new(name.as_str().into(), cells))
    };
    let columns: Vec<Column> = group.slots.keys().filter_map(texts).collect();
    let frame = DataFrame::new(group.height(), columns).ok()?;
    let condition = Condition {
        sql,
        table: group.table.name,
        place: None,
    };
    condition.by_row(&frame).ok()
}
