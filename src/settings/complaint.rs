//! What the TOML reader says, in words for people.
//!
//! The reader speaks of `u32` and `sequence`; nobody who writes a configuration
//! should have to. Its sentences have a stable form, which the tests of `document`
//! hold on to.

use toml::de::Error;

use crate::diagnostics::{Diagnostic, codes};
use crate::domain::names::did_you_mean;

use super::keys::KEYS;

/// A text that is no TOML at all.
pub fn not_toml(error: &Error) -> Diagnostic {
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    Diagnostic::new(&codes::CONFIG, format!("this is no valid TOML: {message}"))
        .hint("texts stand in quotes, lists in [ ], one `key = value` per line")
}

/// A key or value that does not fit the file model. `path` is the key, `written` the
/// text that stands there.
pub fn wrong_shape(path: &str, written: &str, error: &Error) -> Diagnostic {
    let message = error.message();
    if let Some(complaint) = message.strip_prefix("unknown field ") {
        return unknown_key(path, complaint);
    }
    let subject = if path.is_empty() {
        "the configuration"
    } else {
        &format!("`{path}`")
    };
    if let Some(complaint) = message.strip_prefix("unknown variant ") {
        return unknown_word(subject, complaint);
    }
    if let Some(key) = message.strip_prefix("missing field ") {
        return Diagnostic::new(&codes::CONFIG, format!("{subject} lacks the key {key}"));
    }
    let (found, expected) = found_and_expected(message, written);
    Diagnostic::new(
        &codes::CONFIG,
        format!("{subject} is {found}, expected {expected}"),
    )
}

/// `x`, expected one of `a`, `b`
fn unknown_key(path: &str, complaint: &str) -> Diagnostic {
    let (written, known) = word_and_known(complaint);
    let (section, key) = path.rsplit_once('.').unwrap_or(("", path));
    let key = if key.is_empty() { &written } else { key };
    let owner = if section.is_empty() {
        "the configuration"
    } else {
        &format!("`{section}`")
    };
    let hint = elsewhere(section, key)
        .or_else(|| did_you_mean(key, known.iter().map(String::as_str)))
        .unwrap_or_else(|| format!("known here: {}", alternatives(&known)));
    Diagnostic::new(&codes::UNKNOWN_KEY, format!("`{key}` is no key of {owner}")).hint(hint)
}

/// Where a key of this name does stand.
fn elsewhere(section: &str, key: &str) -> Option<String> {
    let owners = KEYS
        .iter()
        .map(|known| known.path.rsplit_once('.').unwrap_or(("", known.path)));
    let (owner, _) = owners
        .into_iter()
        .find(|(owner, name)| *name == key && *owner != section)?;
    if owner.is_empty() {
        return Some(format!(
            "`{key}` stands at the top of the file, before the first [table]"
        ));
    }
    Some(format!("`{key}` stands in [{owner}]"))
}

fn unknown_word(subject: &str, complaint: &str) -> Diagnostic {
    let (word, known) = word_and_known(complaint);
    let text = format!("{subject} is `{word}`, expected {}", alternatives(&known));
    let finding = Diagnostic::new(&codes::CONFIG, text);
    match did_you_mean(&word, known.iter().map(String::as_str)) {
        Some(hint) => finding.hint(hint),
        None => finding,
    }
}

/// Splits "`x`, expected one of `a`, `b`" into the word and the known ones.
fn word_and_known(complaint: &str) -> (String, Vec<String>) {
    let (word, known) = complaint
        .rsplit_once(", expected ")
        .unwrap_or((complaint, ""));
    let known = known.split('`').skip(1).step_by(2).map(str::to_owned);
    (word.trim_matches('`').to_owned(), known.collect())
}

/// "`a`, `b` or `c`"
fn alternatives(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

fn found_and_expected(message: &str, written: &str) -> (String, String) {
    let plain = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "));
    if let Some((found, expected)) = plain {
        return (found_in_words(found), expected_in_words(expected));
    }
    let first_line: String = written
        .lines()
        .next()
        .unwrap_or("")
        .chars()
        .take(40)
        .collect();
    let expected = if message.contains("untagged enum") {
        "a value of another form"
    } else {
        message
    };
    (format!("`{first_line}`"), expected.to_owned())
}

fn found_in_words(found: &str) -> String {
    let (kind, value) = found.split_once(' ').unwrap_or((found, ""));
    match kind {
        "string" => format!("the text {value}"),
        "integer" => format!("the number {}", value.trim_matches('`')),
        "floating" => format!(
            "the number {}",
            value.trim_start_matches("point ").trim_matches('`')
        ),
        "boolean" => value.to_owned(),
        "sequence" => "a list".to_owned(),
        "map" => "a table or a date".to_owned(),
        _ => found.to_owned(),
    }
}

fn expected_in_words(expected: &str) -> String {
    let words = match expected {
        "u8" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i64" => "a whole number",
        "f64" => "a number",
        "a string" => "a text in quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    };
    words.to_owned()
}
