//! What the kinds of events mean to a funnel.
//!
//! Events that say the same words are one class, so conditions, values of dimensions and
//! factors are looked up once a class and not once an event.

use std::collections::BTreeSet;

use crate::domain::event_funnel::{Alternative, Condition, EventFunnel};
use crate::domain::text::normal_form;

/// What the classes say, by column.
pub struct Vocabulary<'a> {
    /// How many classes there are.
    pub classes: usize,
    /// The columns that there are, with what each class says.
    pub columns: Vec<(&'a str, Vec<Option<&'a str>>)>,
}

impl Vocabulary<'_> {
    /// What each class says in a column; nothing where there is no such column.
    #[must_use]
    pub fn words(&self, column: &str) -> Option<&[Option<&str>]> {
        let wanted = normal_form(column);
        let found = self
            .columns
            .iter()
            .find(|(name, _)| normal_form(name) == wanted)?;
        Some(&found.1)
    }

    /// The names of the columns.
    #[must_use]
    pub fn column_names(&self) -> Vec<String> {
        let names = self.columns.iter().map(|(name, _)| (*name).to_owned());
        names.collect()
    }
}

/// A name that occurs nowhere in the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// No such column.
    Column {
        /// As written.
        name: String,
        /// The columns that there are.
        known: Vec<String>,
    },
    /// No event has the value in this column.
    Value {
        /// The column.
        column: String,
        /// As written.
        value: String,
        /// The values that occur.
        known: Vec<String>,
        /// Another column that has the value.
        elsewhere: Option<String>,
    },
}

/// Per class the conditions that it meets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Classes {
    /// One bit per step.
    pub steps: Vec<u64>,
    /// One bit per exclusion.
    pub excluded: Vec<u64>,
}

impl Classes {
    /// Looks up the conditions of a funnel. Words are compared without regard to case
    /// and blanks.
    ///
    /// # Errors
    /// The first column or value that does not occur.
    pub fn new(funnel: &EventFunnel, vocabulary: &Vocabulary) -> Result<Self, Unknown> {
        let steps: Vec<&Condition> = funnel.steps.iter().map(|step| &step.condition).collect();
        let ends = funnel.exclusions.iter();
        let ends: Vec<&Condition> = ends.map(|exclusion| &exclusion.condition).collect();
        Ok(Self {
            steps: bits(&steps, vocabulary)?,
            excluded: bits(&ends, vocabulary)?,
        })
    }
}

/// Per class one bit per condition that it meets.
fn bits(conditions: &[&Condition], vocabulary: &Vocabulary) -> Result<Vec<u64>, Unknown> {
    let mut bits = vec![0; vocabulary.classes];
    for (place, condition) in conditions.iter().enumerate() {
        for alternative in &condition.alternatives {
            for class in meeting(alternative, vocabulary)? {
                bits[class] |= 1 << place;
            }
        }
    }
    Ok(bits)
}

/// The classes that have a value in a column; at least one.
fn meeting(alternative: &Alternative, vocabulary: &Vocabulary) -> Result<Vec<usize>, Unknown> {
    let Some(words) = vocabulary.words(&alternative.column) else {
        return Err(Unknown::Column {
            name: alternative.column.clone(),
            known: vocabulary.column_names(),
        });
    };
    let classes = having(words, &alternative.value);
    if classes.is_empty() {
        return Err(unknown_value(alternative, words, vocabulary));
    }
    Ok(classes)
}

fn having(words: &[Option<&str>], value: &str) -> Vec<usize> {
    let wanted = normal_form(value);
    let has = |word: &Option<&str>| word.is_some_and(|word| normal_form(word) == wanted);
    let classes = words.iter().enumerate().filter(|(_, word)| has(word));
    classes.map(|(class, _)| class).collect()
}

fn unknown_value(
    alternative: &Alternative,
    words: &[Option<&str>],
    vocabulary: &Vocabulary,
) -> Unknown {
    let known: BTreeSet<&str> = words.iter().flatten().copied().collect();
    let mut others = vocabulary.columns.iter();
    let elsewhere = others.find(|(_, words)| !having(words, &alternative.value).is_empty());
    Unknown::Value {
        column: alternative.column.clone(),
        value: alternative.value.clone(),
        known: known.into_iter().map(str::to_owned).collect(),
        elsewhere: elsewhere.map(|(name, _)| (*name).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;
    use crate::domain::event_funnel::step;

    fn vocabulary() -> Vocabulary<'static> {
        Vocabulary {
            classes: 3,
            columns: vec![
                ("event", vec![Some("view"), Some("Buy"), None]),
                ("kind", vec![Some("web"), Some("web"), Some("Webinar")]),
            ],
        }
    }

    fn classes(text: &str) -> Result<Vec<usize>, Unknown> {
        let condition = step(text).unwrap().condition;
        let marks = bits(&[&condition], &vocabulary())?;
        let meets = marks.iter().enumerate().filter(|(_, bits)| **bits == 1);
        Ok(meets.map(|(class, _)| class).collect())
    }

    #[test]
    fn conditions_are_met_by_classes() {
        assert_eq!(classes("buy").unwrap(), [1]);
        assert_eq!(classes("view|kind=webinar").unwrap(), [0, 2]);
        assert_eq!(classes("KIND=Web").unwrap(), [0, 1]);
    }

    #[test]
    fn names_that_do_not_occur_are_told_with_those_that_do() {
        let Err(Unknown::Column { known, .. }) = classes("plan=gold") else {
            panic!("a column that does not exist");
        };
        assert_eq!(known, ["event", "kind"]);
        let Err(Unknown::Value {
            known, elsewhere, ..
        }) = classes("webinar")
        else {
            panic!("a value that does not exist");
        };
        assert_eq!(known, ["Buy", "view"]);
        assert_eq!(elsewhere.as_deref(), Some("kind"));
    }
}
