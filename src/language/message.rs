//! An English message as something to look for in a text.

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use regex::Regex;

/// What stands in a place of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A whole number.
    Count,
    /// A figure as people read it.
    Figure,
    /// A phrase with a message of its own.
    Phrase,
    /// A name.
    Name,
}

impl Place {
    /// By the first letter of its name.
    pub(super) fn of(name: &str) -> Self {
        match name.as_bytes().first() {
            Some(b'n') => Self::Count,
            Some(b'v') => Self::Figure,
            Some(b't') => Self::Phrase,
            _ => Self::Name,
        }
    }

    fn pattern(self) -> &'static str {
        match self {
            Self::Count => r"[\d,]+",
            // Commas and semicolons end a figure, except between digits.
            Self::Figure => r"(?:[^,;]|,\d)+",
            Self::Name => ".+?",
            Self::Phrase => ".*?",
        }
    }
}

/// A message: words of its own, and places.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: String,
    parts: Vec<Part>,
    pattern: Option<Regex>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Place(String),
}

/// The messages of a catalogue, in their order. What is no plain text with places is left
/// out; a test holds that none is.
pub(super) fn all(catalogue: &str) -> Vec<Message> {
    let resource = match fluent_syntax::parser::parse(catalogue) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let message = |entry: &Entry<&str>| match entry {
        Entry::Message(message) => {
            let parts = parts(message.value.as_ref()?)?;
            Some(Message::new(message.id.name.to_owned(), parts))
        }
        _ => None,
    };
    resource.body.iter().filter_map(message).collect()
}

fn parts(pattern: &Pattern<&str>) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut words = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => words.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => words.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => {
                if !words.is_empty() {
                    parts.push(Part::Words(std::mem::take(&mut words)));
                }
                parts.push(Part::Place(id.name.to_owned()));
            }
            PatternElement::Placeable { .. } => return None,
        }
    }
    if !words.is_empty() {
        parts.push(Part::Words(words));
    }
    Some(parts)
}

impl Message {
    fn new(id: String, parts: Vec<Part>) -> Self {
        let has_places = parts.iter().any(|part| matches!(part, Part::Place(_)));
        let mut written = String::from("(?s)^");
        for part in &parts {
            match part {
                Part::Words(words) => written.push_str(&regex::escape(words)),
                Part::Place(name) => {
                    let pattern = Place::of(name).pattern();
                    written.push_str(&format!("(?P<{name}>{pattern})"));
                }
            }
        }
        written.push('$');
        Self {
            id,
            pattern: has_places.then(|| Regex::new(&written).ok()).flatten(),
            parts,
        }
    }

    /// The whole text, where it has no places.
    pub(super) fn plain(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [Part::Words(words)] => Some(words),
            _ => None,
        }
    }

    /// How many letters are its own: the more, the surer it is the one that is meant.
    pub(super) fn own_letters(&self) -> usize {
        let words = self.parts.iter().map(|part| match part {
            Part::Words(words) => words.len(),
            Part::Place(_) => 0,
        });
        words.sum()
    }

    /// What stands in its places, where the text is made of it.
    pub(super) fn places_in<'m, 't>(&'m self, text: &'t str) -> Option<Vec<(&'m str, &'t str)>> {
        let begins = match self.parts.first() {
            Some(Part::Words(words)) => text.starts_with(words.as_str()),
            _ => true,
        };
        let ends = match self.parts.last() {
            Some(Part::Words(words)) => text.ends_with(words.as_str()),
            _ => true,
        };
        let found = self
            .pattern
            .as_ref()
            .filter(|_| begins && ends)?
            .captures(text)?;
        let places = self.parts.iter().filter_map(|part| match part {
            Part::Place(name) => Some((name.as_str(), found.name(name)?.as_str())),
            Part::Words(_) => None,
        });
        Some(places.collect())
    }
}
