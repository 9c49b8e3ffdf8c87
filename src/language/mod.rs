//! The report's own words in other languages.
//!
//! The program speaks English. Its sentences stand in `catalogues/en.ftl` as messages with
//! places for what changes, and each other language has the same messages. A text of a finished
//! report is looked up there: the message that it is made of is found, what stands in its places
//! is taken out, and the message of the other language is filled with it. So whoever writes a
//! sentence need not know of languages, and whoever translates need not know of the program. A
//! text that no message fits stays as it is: names from files are such.
//!
//! The first letter of a place says what stands there: `$n` a whole number, which decides about
//! plurals; `$v` a figure as people read it; `$t` a phrase that is translated in its turn; any
//! other a name, which stays.

mod message;

use std::collections::BTreeMap;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use message::{Message, Place};
use unic_langid::LanguageIdentifier;

/// A language that a report can be read in.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// BCP 47.
    pub code: &'static str,
    /// What it calls itself.
    pub name: &'static str,
    /// True where it is written from right to left.
    pub right_to_left: bool,
    /// The decimal sign and what stands between thousands.
    marks: (char, char),
    /// Its messages.
    text: &'static str,
}

const POINT: (char, char) = ('.', ',');

/// Every language, the program's own first.
pub const ALL: &[Language] = &[Language {
    code: "en",
    name: "English",
    right_to_left: false,
    marks: POINT,
    text: include_str!("catalogues/en.ftl"),
}];

impl Language {
    /// The language with this code, in any case.
    #[must_use]
    pub fn by_code(code: &str) -> Option<&'static Self> {
        ALL.iter()
            .find(|language| language.code.eq_ignore_ascii_case(code))
    }

    /// True for the language that the program speaks by itself.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.code == ALL[0].code
    }
}

/// The messages of one language, ready to translate.
pub struct Translator {
    language: &'static Language,
    /// Texts without places, by their English form.
    plain: BTreeMap<String, String>,
    /// Messages with places, those with the most words of their own first.
    messages: Vec<Message>,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Translator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_tuple("Translator")
            .field(&self.language.code)
            .finish()
    }
}

/// How deep phrases may stand in phrases.
const DEPTH: usize = 6;

impl Translator {
    /// The translator into a language; nothing for the program's own.
    #[must_use]
    pub fn new(language: &'static Language) -> Option<Self> {
        if language.is_own() {
            return None;
        }
        let identifier: LanguageIdentifier = language.code.parse().ok()?;
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        // The page says in which direction it runs; marks around every word would be in the way
        // of those who search or copy.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match language.marks {
            POINT => |value, _| grouped(value, ','),
            _ => |value, _| grouped(value, '\u{a0}'),
        }));
        let resource = FluentResource::try_new(language.text.to_owned());
        bundle
            .add_resource(resource.unwrap_or_else(|(resource, _)| resource))
            .ok()?;
        let mut plain = BTreeMap::new();
        let mut messages = Vec::new();
        for message in message::all(ALL[0].text) {
            if !bundle.has_message(&message.id) {
                continue;
            }
            match message.plain() {
                Some(text) => {
                    plain.insert(text.to_owned(), message.id);
                }
                None => messages.push(message),
            }
        }
        messages.sort_by_key(|message| std::cmp::Reverse(message.own_letters()));
        Some(Self {
            language,
            plain,
            messages,
            bundle,
        })
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> &'static Language {
        self.language
    }

    /// A text in this language; as it is where no message fits.
    #[must_use]
    pub fn text(&self, english: &str) -> String {
        self.known(english, DEPTH)
            .unwrap_or_else(|| english.to_owned())
    }

    /// A text in this language, where a message fits.
    #[must_use]
    pub fn translation(&self, english: &str) -> Option<String> {
        self.known(english, DEPTH)
    }

    /// A figure with the signs of this language.
    #[must_use]
    pub fn figure(&self, english: &str) -> String {
        if self.language.marks == POINT {
            return english.to_owned();
        }
        let letters: Vec<char> = english.chars().collect();
        let digit = |at: Option<usize>| {
            at.and_then(|at| letters.get(at))
                .is_some_and(char::is_ascii_digit)
        };
        let (decimal, group) = self.language.marks;
        let sign = |(at, letter): (usize, &char)| {
            let between = digit(at.checked_sub(1)) && digit(Some(at + 1));
            match letter {
                '.' if between => decimal,
                ',' if between => group,
                other => *other,
            }
        };
        letters.iter().enumerate().map(sign).collect()
    }

    fn known(&self, english: &str, depth: usize) -> Option<String> {
        if let Some(id) = self.plain.get(english) {
            return self.filled(id, None);
        }
        let deeper = depth.checked_sub(1)?;
        self.messages.iter().find_map(|message| {
            let found = message.places_in(english)?;
            let mut arguments = FluentArgs::new();
            for (name, text) in found {
                arguments.set(name.to_owned(), self.argument(name, text, deeper));
            }
            self.filled(&message.id, Some(&arguments))
        })
    }

    fn argument(&self, name: &str, text: &str, depth: usize) -> FluentValue<'static> {
        match Place::of(name) {
            Place::Count => match text.replace(',', "").parse::<f64>() {
                Ok(count) => FluentValue::Number(count.into()),
                Err(_) => text.to_owned().into(),
            },
            Place::Figure => self.figure(text).into(),
            Place::Phrase => {
                let phrase = self.known(text, depth);
                phrase.unwrap_or_else(|| self.figure(text)).into()
            }
            Place::Name => text.to_owned().into(),
        }
    }

    fn filled(&self, id: &str, arguments: Option<&FluentArgs>) -> Option<String> {
        let pattern = self.bundle.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, arguments, &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }
}

/// A whole number with a sign between its thousands; anything else is written elsewhere.
fn grouped(value: &FluentValue, sign: char) -> Option<String> {
    let FluentValue::Number(number) = value else {
        return None;
    };
    let digits = format!("{:.0}", number.value);
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(sign);
        }
        text.push(digit);
    }
    Some(text)
}

#[cfg(test)]
mod tests;
