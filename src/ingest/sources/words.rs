//! Headers, and words for stages and channels, in other languages, as data.
//!
//! A file per language below `words/` leads from what an export writes to the English
//! header that the sources know, so that no source repeats a translation and each
//! profits from all. A word of one language that could be two English headers is left
//! out: a false match is worse than none. Where a file has the English header itself,
//! nobody asks here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::domain::text::normal_form;

/// Languages, in reading order.
const LANGUAGES: &[&str] = &[
    include_str!("words/de.toml"),
    include_str!("words/es.toml"),
    include_str!("words/pt.toml"),
    include_str!("words/fr.toml"),
    include_str!("words/zh.toml"),
    include_str!("words/ja.toml"),
    include_str!("words/ar.toml"),
];

/// One language: English -> what it says for that.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Language {
    /// English header -> headers; a trailing part with `*` stands for any text on both sides.
    headers: BTreeMap<String, Vec<String>>,
    /// Stage of the standard ladder, `won` or an exit -> words.
    #[serde(default)]
    stages: BTreeMap<String, Vec<String>>,
    /// Channel -> words that mean it wherever they stand in a column of channels.
    #[serde(default)]
    channels: BTreeMap<String, Vec<String>>,
}

/// All languages together, by folded form.
#[derive(Debug, Default)]
struct Index {
    exact: BTreeMap<String, String>,
    /// Text before and after the `*`, with the English header.
    open: Vec<(String, String, String)>,
    stages: BTreeMap<String, String>,
    channels: BTreeMap<String, String>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index::default();
    for language in languages() {
        index.add(language);
    }
    index
});

/// A text that does not parse is left out; a test holds that none is.
fn languages() -> impl Iterator<Item = Language> {
    LANGUAGES
        .iter()
        .filter_map(|text| toml::from_str(text).ok())
}

impl Index {
    fn add(&mut self, language: Language) {
        for (english, words) in language.headers {
            for word in words {
                self.add_header(&english, &word);
            }
        }
        for (stage, words) in language.stages {
            for word in words {
                self.stages.insert(normal_form(&word), stage.clone());
            }
        }
        for (channel, words) in language.channels {
            for word in words {
                self.channels.insert(normal_form(&word), channel.clone());
            }
        }
    }

    fn add_header(&mut self, english: &str, word: &str) {
        let folded = folded(word);
        match folded.split_once('*') {
            Some((before, after)) => {
                let open = (before.to_owned(), after.to_owned(), normal_form(english));
                self.open.push(open);
            }
            None => {
                self.exact.insert(folded, normal_form(english));
            }
        }
    }
}

/// The English header, in normal form, that a header of another language stands for.
#[must_use]
pub fn english(header: &str) -> Option<String> {
    let folded = folded(header);
    if let Some(english) = INDEX.exact.get(&folded) {
        return Some(english.clone());
    }
    INDEX.open.iter().find_map(|(before, after, english)| {
        let inner = folded.strip_prefix(before.as_str())?;
        let captured = inner.strip_suffix(after.as_str())?;
        Some(english.replacen('*', captured, 1))
    })
}

/// Words for stages in other languages, in normal form, each with its stage.
pub fn stages() -> impl Iterator<Item = (&'static str, &'static str)> {
    let words = INDEX.stages.iter();
    words.map(|(word, stage)| (word.as_str(), stage.as_str()))
}

/// The channel that a word of another language means.
#[must_use]
pub fn channel(word: &str) -> Option<&'static str> {
    INDEX.channels.get(&normal_form(word)).map(String::as_str)
}

/// Without case, accents of Latin and Arabic letters, blanks, dashes, underscores and
/// dots: what people leave out when they type a header.
fn folded(header: &str) -> String {
    let kept = |c: &char| !is_mark(*c) && !is_joint(*c);
    let letters: String = normal_form(header).nfd().filter(kept).collect();
    letters.nfc().collect()
}

/// Not the marks of Japanese, which make another syllable.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}')
}

fn is_joint(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '_' | '-' | '.' | '\'' | '\u{2019}' | '\u{2010}'..='\u{2014}'
        )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingest::sources;
    use crate::ingest::spec::SourceSpec;
    use proptest::prelude::*;

    fn said() -> Vec<(String, String)> {
        let headers = languages().flat_map(|language| language.headers);
        let pairs = headers.flat_map(|(english, words)| {
            words.into_iter().map(move |word| (word, english.clone()))
        });
        pairs.collect()
    }

    /// Headers that a source names, in normal form.
    fn headers_of(source: &SourceSpec) -> Vec<String> {
        let columns = source.input.columns.values();
        let named = columns.flat_map(crate::ingest::spec::ColumnRef::headers);
        let marks = source.recognise.headers.iter().flatten();
        let all = named.chain(marks.map(String::as_str));
        all.map(normal_form).collect()
    }

    #[test]
    fn every_language_parses_and_none_is_lost() {
        for text in LANGUAGES {
            let parsed: Result<Language, _> = toml::from_str(text);
            assert!(parsed.is_ok(), "{}", parsed.unwrap_err());
        }
        assert_eq!(languages().count(), LANGUAGES.len());
    }

    #[test]
    fn a_word_has_one_meaning_in_all_languages_together() {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (word, english) in said() {
            let english = normal_form(&english);
            let before = seen.insert(folded(&word), english.clone());
            assert!(
                before.as_ref().is_none_or(|other| *other == english),
                "`{word}` is `{english}` and {before:?}"
            );
        }
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (stage, words) in languages().flat_map(|language| language.stages) {
            for word in words {
                let before = seen.insert(normal_form(&word), stage.clone());
                assert!(before.is_none_or(|other| other == stage), "{word}");
            }
        }
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (channel, words) in languages().flat_map(|language| language.channels) {
            for word in words {
                let before = seen.insert(normal_form(&word), channel.clone());
                assert!(before.is_none_or(|other| other == channel), "{word}");
                // A word of the English vocabulary is never a translation.
                assert!(!word.eq_ignore_ascii_case("email marketing"), "{word}");
            }
        }
    }

    #[test]
    fn no_translation_is_a_header_that_a_source_knows_as_something_else() {
        let known: Vec<String> = sources::all()
            .iter()
            .chain(sources::generic())
            .flat_map(headers_of)
            .collect();
        for (word, english) in said() {
            assert!(!known.contains(&normal_form(&word)), "{word} for {english}");
        }
    }

    #[test]
    fn ways_of_writing_do_not_matter() {
        let written = [
            "Währung",
            "WÄHRUNG",
            " w\u{e4}hrung ",
            "Wa\u{308}hrung",
            "Wahrung",
        ];
        for header in written {
            assert_eq!(english(header).as_deref(), Some("currency"), "{header}");
        }
        assert_eq!(english("fecha_de_creacion").as_deref(), Some("create date"));
        assert_eq!(
            english("リード\u{ff29}\u{ff24}").as_deref(),
            Some("lead id")
        );
        assert_eq!(
            english("Ausgegebener Betrag (EUR)").as_deref(),
            Some("amount spent (eur)")
        );
        assert_eq!(english("Amount"), None);
        assert_eq!(english(""), None);
    }

    #[test]
    fn marks_that_make_another_syllable_stay() {
        assert_ne!(folded("ハ"), folded("バ"));
        assert_eq!(folded("معرّف"), folded("معرف"));
    }

    proptest! {
        #[test]
        fn any_text_is_looked_up_without_harm(text in ".{0,40}") {
            if let Some(english) = english(&text) {
                prop_assert!(!english.is_empty());
                prop_assert!(!folded(&text).is_empty());
            }
        }

        #[test]
        fn a_header_keeps_its_meaning_in_capitals_and_with_underscores(at in 0usize..600) {
            let said = said();
            let (word, _) = &said[at % said.len()];
            let plain = english(word);
            prop_assert!(plain.is_some());
            prop_assert_eq!(&english(&word.to_uppercase()), &plain);
            prop_assert_eq!(&english(&word.replace(' ', "_")), &plain);
        }
    }
}
