//! What a word for a stage means: through the file's vocabulary, the names of the
//! ladder and the usual long forms, also in other languages, in this order.

use std::collections::BTreeMap;

use crate::domain::ladder::EXITS;
use crate::domain::text::normal_form;
use crate::ingest::sources::words;

/// The word that means a win, whatever the ladder.
pub const WON: &str = "won";

/// Long forms that many systems write, with the stage of the standard ladder.
const LONG_FORMS: &[(&str, &str)] = &[
    ("marketing qualified lead", "mql"),
    ("marketing qualified", "mql"),
    ("marketingqualifiedlead", "mql"),
    ("sales qualified lead", "sql"),
    ("sales qualified", "sql"),
    ("salesqualifiedlead", "sql"),
    ("closed won", WON),
    ("closed-won", WON),
    ("closedwon", WON),
    ("closed lost", "lost"),
    ("closed-lost", "lost"),
    ("closedlost", "lost"),
    ("unqualified", "disqualified"),
];

/// What a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning<'w> {
    /// A stage of the ladder, an exit, `won`, or what the vocabulary says.
    Stage(&'w str),
    /// A known word that stands outside the funnel.
    Outside,
    /// Nobody knows it.
    Unknown,
}

/// Words in normal form with their stages.
#[derive(Debug, Clone)]
pub struct StageWords {
    known: BTreeMap<String, String>,
}

impl StageWords {
    /// The words of an input (its own and its source's), for a ladder of `stages`.
    #[must_use]
    pub fn new(vocabulary: &BTreeMap<String, String>, stages: &[String]) -> Self {
        let mut known = BTreeMap::new();
        let ends = EXITS.iter().copied().chain([WON]);
        let names: Vec<&str> = stages.iter().map(String::as_str).chain(ends).collect();
        for (word, stage) in LONG_FORMS.iter().copied().chain(words::stages()) {
            if names.contains(&stage) {
                known.insert(word.to_owned(), stage.to_owned());
            }
        }
        for name in names {
            known.insert(normal_form(name), name.to_owned());
        }
        for (word, stage) in vocabulary {
            known.insert(normal_form(word), stage.clone());
        }
        Self { known }
    }

    /// What a word as written means.
    #[must_use]
    pub fn meaning(&self, word: &str) -> Meaning<'_> {
        match self.known.get(&normal_form(word)).map(String::as_str) {
            None => Meaning::Unknown,
            Some("") => Meaning::Outside,
            Some(stage) => Meaning::Stage(stage),
        }
    }

    /// Every word that is known, in normal form.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_comes_first() {
        let vocabulary = BTreeMap::from([
            ("Demo".to_owned(), "sql".to_owned()),
            ("Other".to_owned(), String::new()),
            ("Closed Won".to_owned(), "customer".to_owned()),
        ]);
        let ladder = ["lead", "mql", "sql"].map(str::to_owned);
        let words = StageWords::new(&vocabulary, &ladder);
        assert_eq!(words.meaning(" DEMO "), Meaning::Stage("sql"));
        assert_eq!(
            words.meaning("Marketing Qualified Lead"),
            Meaning::Stage("mql")
        );
        assert_eq!(words.meaning("other"), Meaning::Outside);
        assert_eq!(words.meaning("closed won"), Meaning::Stage("customer"));
        assert_eq!(words.meaning("Closed Lost"), Meaning::Stage("lost"));
        assert_eq!(words.meaning("proposal"), Meaning::Unknown);
    }

    #[test]
    fn long_forms_need_their_stage_on_the_ladder() {
        let words = StageWords::new(&BTreeMap::new(), &["visitor".to_owned()]);
        assert_eq!(words.meaning("Marketing Qualified Lead"), Meaning::Unknown);
        assert_eq!(words.meaning("Visitor"), Meaning::Stage("visitor"));
    }
}
