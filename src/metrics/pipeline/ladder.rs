//! The ladders of deals: which words are stages, in which order, and which mean an end.
//!
//! A ladder is what `[[pipeline]]` says. Words of open deals that it does not name stand
//! behind its own; without any, all stages stand in the order of the chances that the export
//! states, else in the order in which deals usually come to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::text::normal_form;

/// What a stage that nobody knows is called.
pub const UNKNOWN_STAGE: &str = crate::tables::NONE;

/// What a company says of one of its pipelines.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LadderSetup {
    /// The pipeline as deals name it; absent where it is the one of all deals.
    pub name: Option<String>,
    /// Stages in their order, lowest first.
    pub stages: Vec<String>,
    /// Words that mean won.
    pub won: Vec<String>,
    /// Words that mean lost.
    pub lost: Vec<String>,
    /// Words that mean an end without a decision; lost, but apart from it in win rates.
    pub no_decision: Vec<String>,
    /// The stage from which on a deal counts in win rates; absent: the first.
    pub qualified_from: Option<String>,
    /// Chance of a stage, as stated, by stage in normal form.
    pub probability: BTreeMap<String, f64>,
    /// Days since the last activity after which a deal is left lying, by stage.
    pub rot_days: BTreeMap<String, f64>,
}

/// What a word says of a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// It stands in the stage with this index.
    Stage(usize),
    /// It was won.
    Won,
    /// It was lost.
    Lost,
    /// Nothing that the ladder knows.
    Unknown,
}

/// A ladder with every stage that its deals stand in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ladder {
    /// The pipeline; absent where there is only one.
    pub name: Option<String>,
    /// Stages as they are written, lowest first.
    pub stages: Vec<String>,
    /// True where the order of the stages was configured.
    pub is_configured: bool,
    setup: LadderSetup,
    ends: BTreeMap<String, Meaning>,
    places: BTreeMap<String, usize>,
    no_decision: BTreeSet<String>,
}

impl Ladder {
    /// The ladder of the configuration, before any deal has been seen.
    #[must_use]
    pub fn new(setup: LadderSetup) -> Self {
        let folded = |words: &[String], meaning: Meaning| -> Vec<(String, Meaning)> {
            let words = words.iter();
            words.map(|word| (normal_form(word), meaning)).collect()
        };
        let mut ends = BTreeMap::new();
        ends.extend(folded(&setup.lost, Meaning::Lost));
        ends.extend(folded(&setup.no_decision, Meaning::Lost));
        ends.extend(folded(&setup.won, Meaning::Won));
        let mut ladder = Self {
            name: setup.name.clone(),
            is_configured: !setup.stages.is_empty(),
            no_decision: setup
                .no_decision
                .iter()
                .map(|word| normal_form(word))
                .collect(),
            ends,
            ..Self::default()
        };
        for stage in &setup.stages {
            ladder.add(stage);
        }
        ladder.setup = setup;
        ladder
    }

    /// Puts a stage on top, where it is not there yet.
    pub fn add(&mut self, stage: &str) {
        let place = self.stages.len();
        if let std::collections::btree_map::Entry::Vacant(free) =
            self.places.entry(normal_form(stage))
        {
            free.insert(place);
            self.stages.push(stage.to_owned());
        }
    }

    /// What a word says.
    #[must_use]
    pub fn read(&self, word: &str) -> Meaning {
        let folded = normal_form(word);
        let stage = self.places.get(&folded).copied().map(Meaning::Stage);
        stage
            .or_else(|| self.ends.get(&folded).copied())
            .unwrap_or(Meaning::Unknown)
    }

    /// True for a word that means an end without a decision.
    #[must_use]
    pub fn is_no_decision(&self, word: &str) -> bool {
        self.no_decision.contains(&normal_form(word))
    }

    /// True where ends without a decision have words of their own.
    #[must_use]
    pub fn tells_no_decision(&self) -> bool {
        !self.no_decision.is_empty()
    }

    /// The chance of a stage as configured.
    #[must_use]
    pub fn probability(&self, stage: usize) -> Option<f64> {
        let name = self.stages.get(stage)?;
        self.setup.probability.get(&normal_form(name)).copied()
    }

    /// True where some stage limits the days without activity.
    #[must_use]
    pub fn has_rot_days(&self) -> bool {
        !self.setup.rot_days.is_empty()
    }

    /// Days without activity that a stage allows.
    #[must_use]
    pub fn rot_days(&self, stage: usize) -> Option<f64> {
        let name = self.stages.get(stage)?;
        self.setup.rot_days.get(&normal_form(name)).copied()
    }

    /// Index of the stage from which on deals count in win rates, where one is configured.
    #[must_use]
    pub fn qualified_from(&self) -> Option<usize> {
        let name = self.setup.qualified_from.as_deref()?;
        self.places.get(&normal_form(name)).copied()
    }
}

/// What the deals say of their stages: who stands where, and how they came there.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The pipeline that the deal names.
    pub pipeline: Option<&'a str>,
    /// The word for its stage today.
    pub word: Option<&'a str>,
    /// True where it is open.
    pub open: bool,
    /// The chance that the export states, as a share.
    pub stated: Option<f64>,
}

/// The ladders of a company, and which one a deal stands on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ladders {
    /// Those of the configuration in their order, then those that only deals name.
    pub all: Vec<Ladder>,
}

impl Ladders {
    /// The ladders of the configuration and of the deals, and the one of each deal.
    /// `paths` are the words of each deal in the order in which it came to them.
    #[must_use]
    pub fn of(setups: &[LadderSetup], deals: &[Seen], paths: &[Vec<&str>]) -> (Self, Vec<usize>) {
        let mut ladders = Self {
            all: setups.iter().cloned().map(Ladder::new).collect(),
        };
        let on: Vec<usize> = deals.iter().map(|deal| ladders.place(deal)).collect();
        for number in 0..ladders.all.len() {
            let mine = || (0..deals.len()).filter(|deal| on[*deal] == number);
            let words = ladders.all[number].missing(mine().map(|deal| &deals[deal]));
            let ranks = ranks(mine().filter_map(|deal| paths.get(deal)));
            let mut ordered: Vec<(f64, f64, &str)> = words
                .into_iter()
                .map(|(word, stated)| {
                    let rank = ranks.get(&normal_form(word)).copied();
                    (stated, rank.unwrap_or(f64::INFINITY), word)
                })
                .collect();
            ordered.sort_by(|a, b| {
                let by_chance = a.0.total_cmp(&b.0);
                by_chance.then(a.1.total_cmp(&b.1)).then(a.2.cmp(b.2))
            });
            for (_, _, word) in ordered {
                ladders.all[number].add(word);
            }
        }
        (ladders, on)
    }

    /// The ladder that a deal names; else the one for all; else the first that has its
    /// stage; else one of its own pipeline.
    fn place(&mut self, deal: &Seen) -> usize {
        let folded = deal.pipeline.map(normal_form);
        let named = |ladder: &Ladder| ladder.name.as_deref().map(normal_form) == folded;
        let has_word = |ladder: &Ladder| {
            let meaning = deal.word.map(|word| ladder.read(word));
            meaning.is_some_and(|meaning| meaning != Meaning::Unknown)
        };
        let configured = self.all.iter().any(|ladder| ladder.is_configured);
        let found = (self
            .all
            .iter()
            .position(|ladder| folded.is_some() && named(ladder)))
        .or_else(|| {
            let for_all = |ladder: &Ladder| ladder.name.is_none() && configured;
            self.all.iter().position(for_all)
        })
        .or_else(|| {
            let unnamed = folded.is_none();
            self.all
                .iter()
                .position(|ladder| unnamed && has_word(ladder))
        })
        .or_else(|| self.all.iter().position(named));
        found.unwrap_or_else(|| {
            let setup = LadderSetup {
                name: deal.pipeline.map(str::to_owned),
                ..LadderSetup::default()
            };
            self.all.push(Ladder::new(setup));
            self.all.len() - 1
        })
    }

    /// True where deals stand on more than one.
    #[must_use]
    pub fn are_several(&self) -> bool {
        self.all.len() > 1
    }
}

impl Ladder {
    /// Stages of open deals that the ladder lacks, with the mean of their stated chances.
    fn missing<'a, 'd: 'a>(
        &self,
        deals: impl Iterator<Item = &'a Seen<'d>>,
    ) -> Vec<(&'d str, f64)> {
        let mut words: BTreeMap<String, (&'d str, Vec<f64>)> = BTreeMap::new();
        for deal in deals.filter(|deal| deal.open) {
            let Some(word) = deal.word.filter(|word| self.read(word) == Meaning::Unknown) else {
                continue;
            };
            let entry = words.entry(normal_form(word)).or_insert((word, Vec::new()));
            entry.1.extend(deal.stated);
        }
        let mean = |chances: &[f64]| crate::stats::quantile::mean(chances).unwrap_or(0.0);
        let words = words.into_values();
        words
            .map(|(word, chances)| (word, mean(&chances)))
            .collect()
    }
}

/// Mean place of each word among the words that a deal comes to, as a share of its way.
fn ranks<'a>(paths: impl Iterator<Item = &'a Vec<&'a str>>) -> BTreeMap<String, f64> {
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for path in paths {
        let mut seen: Vec<String> = Vec::new();
        for word in path.iter().map(|word| normal_form(word)) {
            if !seen.contains(&word) {
                seen.push(word);
            }
        }
        let last = seen.len().saturating_sub(1).max(1) as f64;
        for (place, word) in seen.into_iter().enumerate() {
            let sum = sums.entry(word).or_default();
            *sum = (sum.0 + place as f64 / last, sum.1 + 1.0);
        }
    }
    let sums = sums.into_iter();
    sums.map(|(word, (sum, count))| (word, sum / count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen<'a>(pipeline: Option<&'a str>, word: &'a str) -> Seen<'a> {
        Seen {
            pipeline,
            word: Some(word),
            open: true,
            stated: None,
        }
    }

    fn setup(name: Option<&str>, stages: &[&str]) -> LadderSetup {
        LadderSetup {
            name: name.map(str::to_owned),
            stages: stages.iter().map(ToString::to_string).collect(),
            won: vec!["Closed Won".into()],
            ..LadderSetup::default()
        }
    }

    #[test]
    fn one_ladder_is_for_all_deals() {
        let deals = [seen(Some("Europe"), "MEETING"), seen(None, "Trial")];
        let (ladders, on) = Ladders::of(&[setup(None, &["Meeting", "Proposal"])], &deals, &[]);
        assert_eq!(on, [0, 0]);
        let ladder = &ladders.all[0];
        assert_eq!(ladder.stages, ["Meeting", "Proposal", "Trial"]);
        assert_eq!(ladder.read("proposal "), Meaning::Stage(1));
        assert_eq!(ladder.read("closed won"), Meaning::Won);
        assert_eq!(ladder.read("else"), Meaning::Unknown);
    }

    #[test]
    fn a_deal_stands_on_the_ladder_it_names() {
        let setups = [
            setup(Some("New"), &["a", "b"]),
            setup(Some("Renewal"), &["due"]),
        ];
        let deals = [
            seen(Some("renewal"), "due"),
            seen(Some("New"), "due"),
            seen(None, "due"),
            seen(Some("Partner"), "x"),
        ];
        let (ladders, on) = Ladders::of(&setups, &deals, &[]);
        assert_eq!(on, [1, 0, 1, 2]);
        assert_eq!(ladders.all[2].name.as_deref(), Some("Partner"));
    }

    #[test]
    fn without_a_configuration_the_way_of_the_deals_is_the_order() {
        let deals = [seen(None, "Zero"), seen(None, "Alpha"), seen(None, "Mid")];
        let paths = [
            vec!["Zero"],
            vec!["Zero", "Mid", "Alpha"],
            vec!["Zero", "Mid"],
        ];
        let (ladders, _) = Ladders::of(&[], &deals, &paths);
        assert_eq!(ladders.all[0].stages, ["Zero", "Mid", "Alpha"]);
    }
}
