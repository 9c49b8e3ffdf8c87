//! The file's words for activities, in leadflow's terms, and which rows are only planned.

use std::collections::BTreeMap;

use polars::prelude::Column;

use super::buffer::Words;
use super::group::Group;
use crate::diagnostics::{Diagnostic, Diagnostics, Location, codes};
use crate::domain::activity::{self, By, Direction, Kind, Meaning, Outcome};
use crate::domain::names::near_or_all;
use crate::domain::text::normal_form;
use crate::ingest::cell::shown;
use crate::tables::frame::text_column;

/// What a row says of itself.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    kind: Option<Meaning>,
    direction: Option<Direction>,
    by: Option<By>,
    outcome: Option<Outcome>,
}

impl Said {
    fn outcome(self) -> Option<Outcome> {
        let kind = self.kind?;
        let said = self.outcome.or(kind.outcome);
        said.map(|outcome| outcome.of_kind(kind.kind))
    }

    /// True where the row does not prove that its moment has come: a meeting is entered
    /// before it takes place, and a task never takes place.
    fn is_planned(self) -> bool {
        let Some(Meaning { kind, .. }) = self.kind else {
            return true;
        };
        match self.outcome() {
            Some(Outcome::Planned | Outcome::Cancelled | Outcome::Rescheduled) => true,
            Some(Outcome::Held | Outcome::NoShow) => false,
            _ => matches!(kind, Kind::Meeting | Kind::Task),
        }
    }
}

/// The columns `kind`, `direction`, `by` and `outcome` as codes; words that nobody knows are
/// counted.
pub fn columns(group: &Group, findings: &mut Diagnostics) -> Vec<Column> {
    let said = rows(group, Some(findings));
    let column = |name: &str, of: &dyn Fn(&Said) -> Option<&'static str>| {
        let values: Vec<Option<&str>> = said.iter().map(of).collect();
        text_column(name, &values)
    };
    let of_word = |said: &Said| said.kind.and_then(|kind| kind.direction);
    let by_word = |said: &Said| said.kind.and_then(|kind| kind.by);
    vec![
        column("kind", &|said| said.kind.map(|kind| kind.kind.code())),
        column("direction", &|said| {
            said.direction.or(of_word(said)).map(Direction::code)
        }),
        // A marketing mail is sent by a machine, in whosever name.
        column("by", &|said| by_word(said).or(said.by).map(By::code)),
        column("outcome", &|said| said.outcome().map(Outcome::code)),
    ]
}

/// For each row: is it only planned, so that its moment need not have come?
pub fn planned(group: &Group) -> Vec<bool> {
    let rows = rows(group, None);
    rows.into_iter().map(Said::is_planned).collect()
}

fn rows(group: &Group, mut findings: Option<&mut Diagnostics>) -> Vec<Said> {
    let mut said = vec![Said::default(); group.height()];
    let kinds = mapped(&group.spec.kinds);
    let outcomes = mapped(&group.spec.outcomes);
    let mut complained = |name: &str, read: &dyn Fn(&str) -> bool| {
        if let (Some(findings), Some(words)) = (findings.as_deref_mut(), group.words(name)) {
            complain(group, name, words, read, findings);
        }
    };
    let kind = |word: &str| meaning(&kinds, word);
    let outcome = |word: &str| match outcomes.get(&normal_form(word)) {
        Some(mapped) => Outcome::by_code(mapped),
        None => activity::outcome(word),
    };
    complained("kind", &|word| kind(word).is_some());
    complained("direction", &|word| {
        activity::direction(word).is_some() || kind(word).is_some()
    });
    complained("outcome", &|word| outcome(word).is_some());
    each(group, "kind", kind, |row, kind| said[row].kind = Some(kind));
    each(group, "direction", activity::direction, |row, direction| {
        said[row].direction = Some(direction);
    });
    each(
        group,
        "by",
        |word| Some(activity::by(word)),
        |row, by| {
            said[row].by = Some(by);
        },
    );
    each(group, "outcome", outcome, |row, outcome| {
        said[row].outcome = Some(outcome);
    });
    said
}

/// Reads every different word of a column once, and gives its meaning to the rows that say it.
fn each<T: Copy>(
    group: &Group,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
    mut put: impl FnMut(usize, T),
) {
    let Some(words) = group.words(name) else {
        return;
    };
    let known: Vec<Option<T>> = words.list.iter().map(|word| read(word)).collect();
    for (row, code) in words.codes.iter().enumerate() {
        let place = (*code as usize).checked_sub(1);
        if let Some(value) = place.and_then(|place| known.get(place).copied().flatten()) {
            put(row, value);
        }
    }
}

fn meaning(kinds: &BTreeMap<String, String>, word: &str) -> Option<Meaning> {
    match kinds.get(&normal_form(word)) {
        Some(mapped) => Kind::by_code(mapped).map(|kind| Meaning {
            kind,
            direction: None,
            by: None,
            outcome: None,
        }),
        None => activity::meaning(word),
    }
}

fn mapped(words: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let folded = words.iter();
    folded
        .map(|(word, meaning)| (normal_form(word), normal_form(meaning)))
        .collect()
}

/// Counts the words of a column that mean nothing, one finding for each.
fn complain(
    group: &Group,
    name: &str,
    words: &Words,
    read: &dyn Fn(&str) -> bool,
    findings: &mut Diagnostics,
) {
    for (number, word) in (1_u32..).zip(&words.list) {
        if read(word) {
            continue;
        }
        let rows = words.codes.iter().filter(|code| **code == number).count() as u64;
        let first = words.codes.iter().position(|code| *code == number);
        let word = shown(word);
        let text = format!("`{word}` is no known {name} of an activity; {rows} rows do without it");
        let mut finding = Diagnostic::new(&codes::UNKNOWN_WORD, text).times(rows);
        if let Some(hint) = hint(group, name, &word) {
            finding = finding.hint(hint);
        }
        if let Some(row) = first {
            let (file, line) = group.origin(row);
            let facts = group.files.iter().find(|facts| facts.index == file);
            let name = facts.map(|facts| facts.name.clone()).unwrap_or_default();
            finding = finding.at(Location::line(name, u64::from(line)));
        }
        findings.push(finding);
    }
}

fn hint(group: &Group, name: &str, word: &str) -> Option<String> {
    let (table, guess) = match name {
        "kind" => ("kinds", "meeting"),
        "outcome" => ("outcomes", "connected"),
        _ => return None,
    };
    let label = &group.label;
    Some(format!(
        "in the [[input]] of {label}: [input.{table}] \"{word}\" = \"{guess}\""
    ))
}

/// Meanings in `[input.kinds]` and `[input.outcomes]` that do not exist.
pub fn check(group: &Group, findings: &mut Diagnostics) {
    let kinds: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
    let outcomes: Vec<&str> = Outcome::ALL.iter().map(|one| one.code()).collect();
    let tables = [
        ("kinds", &group.spec.kinds, kinds),
        ("outcomes", &group.spec.outcomes, outcomes),
    ];
    for (table, words, known) in tables {
        for (word, meaning) in words {
            if known.contains(&normal_form(meaning).as_str()) {
                continue;
            }
            let text = format!(
                "[input.{table}] of {}: `{}` is given the meaning `{}`, which does not exist",
                group.label,
                shown(word),
                shown(meaning)
            );
            findings.push(
                Diagnostic::new(&codes::UNKNOWN_NAME, text).hint(near_or_all(
                    meaning,
                    known.iter().copied(),
                    "the meanings are",
                )),
            );
        }
    }
}
