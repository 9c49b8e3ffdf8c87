//! What is particular to owners: the working hours that a rep has are those of a calendar.
//!
//! A name that no `[calendar.NAME]` has would leave the rep on the hours of the others without
//! a word, so it is refused where it stands.

use std::collections::BTreeMap;

use polars::prelude::Column;

use super::group::Group;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::domain::names::near_or_all;
use crate::domain::text::normal_form;
use crate::ingest::cell::shown;

/// The canonical column.
const CALENDAR: &str = "calendar";

/// The column of calendars by their configured names; names that there are not are errors.
pub fn calendars(
    group: &Group,
    configured: &[String],
    findings: &mut Diagnostics,
) -> Option<Column> {
    let words = group.words(CALENDAR)?;
    let by_form = configured.iter().map(|name| (normal_form(name), name));
    let known: BTreeMap<String, &String> = by_form.collect();
    for (number, word) in (1_u32..).zip(&words.list) {
        if !known.contains_key(&normal_form(word)) {
            let row = words.codes.iter().position(|code| *code == number);
            findings.push(unknown(group, word, configured, row.unwrap_or_default()));
        }
    }
    Some(words.column(CALENDAR, |word| {
        let name = known.get(&normal_form(word));
        name.map_or_else(|| word.to_owned(), ToString::to_string)
    }))
}

fn unknown(group: &Group, word: &str, configured: &[String], row: usize) -> Diagnostic {
    let word = shown(word);
    let hint = match configured.is_empty() {
        true => format!("describe it: [calendar.{word}] hours = \"09:00-17:00\""),
        false => near_or_all(
            &word,
            configured.iter().map(String::as_str),
            "the calendars are",
        ),
    };
    let text = format!("`{word}` is no calendar");
    Diagnostic::new(&codes::UNKNOWN_NAME, text)
        .at(group.place(row, &group.header_of(CALENDAR)))
        .hint(hint)
}
