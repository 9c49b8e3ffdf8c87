//! A configuration text and where each of its keys stands.
//!
//! The text is parsed twice: once into plain values with the position of every key,
//! once against the file model, whose complaints are turned into sentences with line
//! and column. After this module a file is known to have the right shape.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue, Error};
use toml::{Spanned, Table, Value};

use crate::diagnostics::{Failure, Location};

use super::complaint;
use super::config::Config;
use super::origin::Place;

/// The values of a configuration text, and the place of each key.
///
/// A key's path is written `funnel.horizon_days`; the elements of a list of tables
/// count from 1: `input[1].path`.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// The values, in the order of the text.
    pub values: Table,
    /// Path -> place of the key.
    pub places: BTreeMap<String, Place>,
}

impl Document {
    /// Reads a text; `name` is how people call the file.
    ///
    /// # Errors
    /// A finding with line and column where the text is no TOML, has a key that is not
    /// known, or a value of the wrong form.
    pub fn parse(name: &str, text: &str) -> Result<Self, Failure> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let not_toml = |error: Error| complaint::not_toml(&error).at(location(name, text, &error));
        let keys = parse_keys(text).map_err(not_toml)?;
        if let Err(error) = toml::from_str::<Config>(text) {
            let (path, written) = (path_at(&keys, &error), written_at(text, &error));
            let complaint = complaint::wrong_shape(&path, written, &error);
            return Err(complaint.at(location(name, text, &error)).into());
        }
        let place = |key: &Found| (key.path.clone(), place(name, text, key.key.start));
        Ok(Self {
            places: keys.found.iter().map(place).collect(),
            values: keys.values,
        })
    }
}

/// A key of the text.
struct Found {
    path: String,
    key: Range<usize>,
    value: Range<usize>,
}

struct Keys {
    values: Table,
    found: Vec<Found>,
}

fn parse_keys(text: &str) -> Result<Keys, Error> {
    let parsed = DeTable::parse(text)?;
    let mut found = Vec::new();
    let values = plain_table(parsed.get_ref(), "", &mut found);
    Ok(Keys { values, found })
}

fn plain_table(table: &DeTable<'_>, path: &str, found: &mut Vec<Found>) -> Table {
    let mut plain = Table::new();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let path = join(path, name);
        found.push(Found {
            path: path.clone(),
            key: key.span(),
            value: value.span(),
        });
        plain.insert(name.to_owned(), plain_value(value, &path, found));
    }
    plain
}

fn plain_value(value: &Spanned<DeValue<'_>>, path: &str, found: &mut Vec<Found>) -> Value {
    match value.get_ref() {
        DeValue::Table(table) => Value::Table(plain_table(table, path, found)),
        DeValue::Array(list) => {
            let elements = list.iter().zip(1..).map(|(element, number)| {
                let path = format!("{path}[{number}]");
                found.push(Found {
                    path: path.clone(),
                    key: element.span(),
                    value: element.span(),
                });
                plain_value(element, &path, found)
            });
            Value::Array(elements.collect())
        }
        DeValue::String(text) => Value::String(text.clone().into_owned()),
        DeValue::Boolean(flag) => Value::Boolean(*flag),
        DeValue::Datetime(time) => Value::Datetime(*time),
        DeValue::Integer(number) => {
            let digits = i64::from_str_radix(number.as_str(), number.radix());
            digits.map_or_else(
                |_| Value::String(number.as_str().to_owned()),
                Value::Integer,
            )
        }
        DeValue::Float(number) => {
            let parsed = number.as_str().parse();
            parsed.map_or_else(|_| Value::String(number.as_str().to_owned()), Value::Float)
        }
    }
}

/// `funnel` and `stages` make `funnel.stages`.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn place(name: &str, text: &str, offset: usize) -> Place {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    Place {
        file: name.to_owned(),
        line: line as u64,
        column: column as u64,
    }
}

/// The innermost key whose name or value stands where the error is.
fn path_at(keys: &Keys, error: &Error) -> String {
    let Some(span) = error.span() else {
        return String::new();
    };
    let holds = |range: &Range<usize>| range.start <= span.start && span.end <= range.end;
    let around = keys
        .found
        .iter()
        .filter(|found| holds(&found.key) || holds(&found.value));
    let width = |found: &&Found| {
        let range = if holds(&found.key) {
            &found.key
        } else {
            &found.value
        };
        range.len()
    };
    around
        .min_by_key(width)
        .map(|found| found.path.clone())
        .unwrap_or_default()
}

fn location(name: &str, text: &str, error: &Error) -> Location {
    match error.span() {
        Some(span) => place(name, text, span.start).location(),
        None => Location::file(name),
    }
}

/// What stands in the text where the error is.
fn written_at<'a>(text: &'a str, error: &Error) -> &'a str {
    error
        .span()
        .and_then(|span| text.get(span))
        .unwrap_or("")
        .trim()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::diagnostics::{Diagnostic, codes};

    fn refused(text: &str) -> Diagnostic {
        let mut findings = Document::parse("leadflow.toml", text).unwrap_err().0;
        findings.remove(0)
    }

    fn place_of(finding: &Diagnostic) -> String {
        finding.location.clone().unwrap().to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line_and_the_nearest() {
        let finding = refused("currency = 'EUR'\n[funnel]\nhorizn_days = 90\n");
        assert_eq!(finding.code.id, codes::UNKNOWN_KEY.id);
        assert_eq!(finding.text, "`horizn_days` is no key of `funnel`");
        assert_eq!(place_of(&finding), "leadflow.toml:3:1");
        assert!(finding.hint.unwrap().contains("`horizon_days`"));
    }

    #[test]
    fn an_unknown_key_of_any_table_is_refused() {
        for (text, key, place) in [
            ("tmie_zone = 'UTC'", "tmie_zone", "1:1"),
            (
                "[[input]]\npath = 'a'\n[[input]]\npaht = 'b'",
                "paht",
                "4:1",
            ),
            (
                "[[channel]]\nname = 'a'\nwhen = [{ medum = 'x' }]",
                "medum",
                "3:11",
            ),
            ("[nonsense]\nx = 1", "nonsense", "1:2"),
            ("[[target]]\nmetrc = 'mql'", "metrc", "2:1"),
            ("[hours]\nrat = 1", "rat", "2:1"),
        ] {
            let finding = refused(text);
            assert_eq!(finding.code.id, codes::UNKNOWN_KEY.id, "{}", finding.text);
            assert!(
                finding.text.starts_with(&format!("`{key}` is no key")),
                "{}",
                finding.text
            );
            assert_eq!(place_of(&finding), format!("leadflow.toml:{place}"));
            assert!(finding.hint.is_some());
        }
    }

    #[test]
    fn a_key_in_the_wrong_table_is_shown_the_right_one() {
        let hint = |text: &str| refused(text).hint.unwrap_or_default();
        assert_eq!(hint("policy = 'implied'"), "`policy` stands in [funnel]");
        assert!(hint("[funnel]\ntime_zone = 'UTC'").contains("at the top of the file"));
    }

    #[test]
    fn a_wrong_type_is_told_with_line_and_column() {
        for (text, said, place) in [
            (
                "[funnel]\nhorizon_days = \"ninety\"",
                "`funnel.horizon_days` is the text \"ninety\", expected a whole number from 0",
                "2:16",
            ),
            (
                "gross_margin = true",
                "`gross_margin` is `true`, expected a number",
                "1:16",
            ),
            (
                "[funnel]\nstages = 'lead'",
                "`funnel.stages` is the text \"lead\", expected a list",
                "2:10",
            ),
            (
                "[funnel]\nstages = [1]",
                "`funnel.stages[1]` is the number 1, expected a text in quotes",
                "2:11",
            ),
            (
                "funnel = 3",
                "`funnel` is the number 3, expected a table",
                "1:10",
            ),
            (
                "by = 1.5",
                "`by` is `1.5`, expected a list of texts, or one text with commas",
                "1:6",
            ),
            (
                "[funnel]\nhorizon_days = -1",
                "`funnel.horizon_days` is the number -1, expected a whole number from 0",
                "2:16",
            ),
        ] {
            let finding = refused(text);
            assert_eq!(finding.code.id, codes::CONFIG.id);
            assert_eq!(finding.text, said);
            assert_eq!(place_of(&finding), format!("leadflow.toml:{place}"));
        }
    }

    #[test]
    fn words_of_a_closed_set_are_listed() {
        let finding = refused("[funnel]\npolicy = 'implid'");
        assert_eq!(
            finding.text,
            "`funnel.policy` is `implid`, expected `implied`, `explicit` or `strict`"
        );
        assert_eq!(finding.hint.as_deref(), Some("did you mean `implied`?"));
        let finding = refused("[[cost]]\nchannel = 'x'\n");
        assert!(
            finding.text.contains("lacks the key `money`"),
            "{}",
            finding.text
        );
    }

    #[test]
    fn broken_toml_is_told_with_its_line() {
        let finding = refused("currency = EUR\n");
        assert_eq!(place_of(&finding), "leadflow.toml:1:12");
        assert!(finding.text.contains("no valid TOML"), "{}", finding.text);
        assert_eq!(place_of(&refused("a = 1\na = 2")), "leadflow.toml:2:1");
    }

    #[test]
    fn keys_know_their_place() {
        let text = "\u{feff}[[input]]\npath = 'a'\n\n[[input]]\n  path = 'b'\n";
        let document = Document::parse("x.toml", text).unwrap();
        let place = &document.places["input[2].path"];
        assert_eq!((place.line, place.column), (5, 3));
        assert_eq!(document.values["input"].as_array().unwrap().len(), 2);
    }
}
