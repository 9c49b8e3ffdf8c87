//! The words for the stages of deals, which have ladders of their own.
//!
//! They are those of every `[[pipeline]]`; without one, those that the deals of this run
//! stand in today. A word of such a ladder is no unknown stage of the funnel of leads.

use std::collections::BTreeMap;

use polars::prelude::Column;

use super::group::Group;
use super::request::PipelineWords;
use super::stages::Outcome;
use crate::domain::text::normal_form;
use crate::tables::schema::DEALS;

/// Words that stages and ends of deals are known by.
pub struct DealWords {
    pipelines: Vec<PipelineWords>,
    /// Word in normal form -> as it is written.
    known: BTreeMap<String, String>,
    written: Vec<String>,
}

impl DealWords {
    /// The words of the pipelines, else those of the deals themselves.
    #[must_use]
    pub fn new(groups: &[Group], pipelines: &[PipelineWords]) -> Self {
        let of = |pipeline: &PipelineWords| {
            let ends = pipeline.won.iter().chain(&pipeline.lost);
            let words: Vec<String> = pipeline.stages.iter().chain(ends).cloned().collect();
            words
        };
        let mut written: Vec<String> = pipelines.iter().flat_map(of).collect();
        if written.is_empty() {
            let deals = groups.iter().filter(|group| group.table.name == DEALS.name);
            let words = deals.filter_map(|group| group.words("stage"));
            written.extend(words.flat_map(|words| words.list.iter().map(ToString::to_string)));
        }
        let mut known = BTreeMap::new();
        for word in &written {
            known
                .entry(normal_form(word))
                .or_insert_with(|| word.clone());
        }
        Self {
            pipelines: pipelines.to_vec(),
            known,
            written,
        }
    }

    /// True for a word of some ladder.
    #[must_use]
    pub fn has(&self, word: &str) -> bool {
        self.known.contains_key(&normal_form(word))
    }

    /// True for a word that is a stage of one pipeline and an end of another: the row of the
    /// deal says which, and its leads follow the deal.
    #[must_use]
    pub fn is_both(&self, word: &str) -> bool {
        let word = normal_form(word);
        let has = |words: &[String]| words.iter().any(|known| normal_form(known) == word);
        let stage = self.pipelines.iter().any(|own| has(&own.stages));
        stage
            && self
                .pipelines
                .iter()
                .any(|own| has(&own.won) || has(&own.lost))
    }

    /// The words as they are written, in the order of the ladders.
    #[must_use]
    pub fn written(&self) -> &[String] {
        &self.written
    }

    /// The word of a ladder that a word of the file stands for under `[input.stages]`; else
    /// the word as it stands.
    #[must_use]
    pub fn meant(&self, group: &Group, word: &str) -> String {
        let folded = normal_form(word);
        let mapped = group
            .spec
            .stages
            .iter()
            .find(|(from, _)| normal_form(from) == folded)
            .and_then(|(_, to)| self.known.get(&normal_form(to)));
        let own = self.known.get(&folded);
        mapped.or(own).map_or_else(|| word.to_owned(), Clone::clone)
    }

    /// What a word means to a deal of a pipeline, where that pipeline says so: a word may be a
    /// stage of one and the end of another.
    #[must_use]
    pub fn outcome(&self, pipeline: Option<&str>, word: &str) -> Option<Outcome> {
        let folded = pipeline.map(normal_form);
        let own = self.pipelines.iter().find(|known| {
            known.name.is_none() || known.name.as_deref().map(normal_form) == folded
        })?;
        let word = normal_form(word);
        let has = |words: &[String]| words.iter().any(|known| normal_form(known) == word);
        match () {
            () if has(&own.stages) => Some(Outcome::Open),
            () if has(&own.won) => Some(Outcome::Won),
            () if has(&own.lost) => Some(Outcome::Lost),
            () => None,
        }
    }

    /// The column of such words.
    #[must_use]
    pub fn column(&self, group: &Group, target: &str) -> Option<Column> {
        let words = group.words("stage")?;
        Some(words.column(target, |word| self.meant(group, word)))
    }
}
