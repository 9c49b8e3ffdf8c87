//! How funnels of events are written: `view, cart?, kind=purchase|kind=order`,
//! `refund between 2 and 3`, `30min`.
//!
//! Quotes take a name as it is: `"view, then scroll"` has no second step, `"really?"`
//! is not optional.

use super::{Alternative, Condition, EVENT, Exclusion, Step, ValueFrom};
use crate::domain::calendar::{DAY_MILLIS, Millis};

/// Why a text is no part of a funnel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

/// Longest window: about 270 years.
const LONGEST_DAYS: Millis = 100_000;

/// Unit, milliseconds.
const UNITS: &[(&str, Millis)] = &[
    ("s", 1_000),
    ("sec", 1_000),
    ("m", 60_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", DAY_MILLIS),
    ("day", DAY_MILLIS),
    ("days", DAY_MILLIS),
    ("w", 7 * DAY_MILLIS),
];

/// The parts of a list with commas; commas in quotes do not separate.
#[must_use]
pub fn split(text: &str) -> Vec<&str> {
    split_at(text, ',')
}

fn split_at(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, letter) in text.char_indices() {
        if letter == '"' {
            quoted = !quoted;
        } else if letter == separator && !quoted {
            parts.push(text[start..at].trim());
            start = at + letter.len_utf8();
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// A step: alternatives separated by `|`, a `?` behind it where it is optional.
///
/// # Errors
/// Where a name or value is missing.
pub fn step(text: &str) -> Result<Step, Unreadable> {
    let text = text.trim();
    let (name, optional) = match text.strip_suffix('?') {
        Some(rest) => (rest.trim_end(), true),
        None => (text, false),
    };
    Ok(Step {
        name: shown(name),
        condition: condition(name)?,
        optional,
    })
}

/// The name of a condition for people: as written, without the quotes around it.
fn shown(text: &str) -> String {
    let inner = unquoted(text).filter(|inner| !inner.contains('"'));
    inner.unwrap_or(text).to_owned()
}

fn condition(text: &str) -> Result<Condition, Unreadable> {
    let alternatives: Result<Vec<Alternative>, Unreadable> = split_at(text, '|')
        .into_iter()
        .map(|part| alternative(part, text))
        .collect();
    Ok(Condition {
        alternatives: alternatives?,
    })
}

fn alternative(part: &str, whole: &str) -> Result<Alternative, Unreadable> {
    let missing = |what: &str| {
        Err(Unreadable(format!(
            "`{whole}` lacks {what}; write an event, column=value, or several with | between them"
        )))
    };
    let (column, value) = match split_at(part, '=').as_slice() {
        [value] => (EVENT, *value),
        [column, ..] => (
            *column,
            part.split_once('=').map_or("", |(_, value)| value.trim()),
        ),
        [] => (EVENT, ""),
    };
    let value = unquoted(value).unwrap_or(value);
    if column.is_empty() {
        return missing("the name of a column");
    }
    if value.trim().is_empty() {
        return missing("a name");
    }
    Ok(Alternative {
        column: column.to_owned(),
        value: value.to_owned(),
    })
}

fn unquoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// What ends an attempt: `EVENT`, or `EVENT between 2 and 3` with numbers of steps.
///
/// # Errors
/// Where the numbers are no two steps in order, or the condition is none.
pub fn exclusion(text: &str, steps: usize) -> Result<Exclusion, Unreadable> {
    let text = text.trim();
    let (name, from, to) = match text.rsplit_once(" between ") {
        Some((name, span)) if !span.contains('"') => {
            let (from, to) = step_numbers(span, text, steps)?;
            (name.trim(), from, to)
        }
        _ => (text, 0, steps.saturating_sub(1)),
    };
    Ok(Exclusion {
        name: shown(name),
        condition: condition(name)?,
        from,
        to,
    })
}

fn step_numbers(span: &str, text: &str, steps: usize) -> Result<(usize, usize), Unreadable> {
    let numbers = span.split_once(" and ");
    let number = |word: &str| word.trim().parse::<usize>().ok();
    let pair = numbers.and_then(|(from, to)| number(from).zip(number(to)));
    match pair {
        Some((from, to)) if 1 <= from && from < to && to <= steps => Ok((from - 1, to - 1)),
        _ => Err(Unreadable(format!(
            "`{text}`: write `EVENT between 1 and 2` with two steps in order, numbered 1 to {steps}"
        ))),
    }
}

/// A span of time: `90s`, `30min`, `2h`, `7d`, `1w`; milliseconds.
///
/// # Errors
/// Where the text is none, or longer than 100 000 days.
pub fn span(text: &str) -> Result<Millis, Unreadable> {
    let text = text.trim();
    let end = text.find(|letter: char| !letter.is_ascii_digit());
    let (digits, unit) = text.split_at(end.unwrap_or(text.len()));
    let unit = unit.trim().to_lowercase();
    let length = UNITS.iter().find(|(name, _)| *name == unit);
    let millis = digits.parse().ok().zip(length);
    let millis = millis.and_then(|(number, (_, length)): (Millis, _)| number.checked_mul(*length));
    match millis {
        Some(millis) if (1..=LONGEST_DAYS * DAY_MILLIS).contains(&millis) => Ok(millis),
        _ => Err(Unreadable(format!(
            "`{text}` is no span of time; write 90s, 30min, 2h, 7d or 1w"
        ))),
    }
}

/// A span in the largest unit that it is a whole number of: `30 min`, `2 h`, `90 d`.
#[must_use]
pub fn span_in_words(millis: Millis) -> String {
    const SHOWN: &[(&str, Millis)] = &[
        ("d", DAY_MILLIS),
        ("h", 3_600_000),
        ("min", 60_000),
        ("s", 1_000),
    ];
    let suits = |(_, length): &&(&str, Millis)| millis % length == 0;
    match SHOWN.iter().find(suits) {
        Some((name, length)) => format!("{} {name}", millis / length),
        None => format!("{millis} ms"),
    }
}

/// `first`, `last` or `step:2` (numbers of steps from 1).
///
/// # Errors
/// Where the text is none of them.
pub fn value_from(text: &str, steps: usize) -> Result<ValueFrom, Unreadable> {
    let number = |word: &str| word.trim().parse::<usize>().ok();
    match text.trim() {
        "first" => Ok(ValueFrom::First),
        "last" => Ok(ValueFrom::Last),
        other => match other.strip_prefix("step:").and_then(number) {
            Some(step) if (1..=steps).contains(&step) => Ok(ValueFrom::Step(step - 1)),
            _ => Err(Unreadable(format!(
                "`{other}` is no step to take values from; write first, last or step:1 to step:{steps}"
            ))),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn alternatives(text: &str) -> Vec<(String, String)> {
        let pairs = step(text).unwrap().condition.alternatives.into_iter();
        pairs.map(|one| (one.column, one.value)).collect()
    }

    fn pair(column: &str, value: &str) -> (String, String) {
        (column.to_owned(), value.to_owned())
    }

    #[test]
    fn lists_split_at_commas_outside_of_quotes() {
        assert_eq!(split("view, cart ,purchase"), ["view", "cart", "purchase"]);
        assert_eq!(
            split("\"view, then scroll\",cart"),
            ["\"view, then scroll\"", "cart"]
        );
    }

    #[test]
    fn steps_are_events_columns_and_alternatives() {
        assert_eq!(alternatives("view"), [pair("event", "view")]);
        assert_eq!(
            alternatives("channel = Paid Search"),
            [pair("channel", "Paid Search")]
        );
        assert_eq!(
            alternatives("buy|kind=order | plan=\"a|b\""),
            [
                pair("event", "buy"),
                pair("kind", "order"),
                pair("plan", "a|b")
            ]
        );
        assert_eq!(alternatives("\"x=y\""), [pair("event", "x=y")]);
        let optional = step("add to cart?").unwrap();
        assert_eq!(
            (optional.name.as_str(), optional.optional),
            ("add to cart", true)
        );
        let named = step("\"really?\"").unwrap();
        assert_eq!((named.name.as_str(), named.optional), ("really?", false));
    }

    #[test]
    fn steps_without_a_name_are_refused() {
        for text in ["", "?", "a|", "=x", "kind=", "\"\""] {
            assert!(step(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn exclusions_name_the_steps_between_which_they_count() {
        let whole = exclusion("refund", 3).unwrap();
        assert_eq!(
            (whole.name.as_str(), whole.from, whole.to),
            ("refund", 0, 2)
        );
        let part = exclusion("kind=call between 2 and 3", 3).unwrap();
        assert_eq!(
            (part.name.as_str(), part.from, part.to),
            ("kind=call", 1, 2)
        );
        let quoted = exclusion("\"a between 1 and 2\"", 3).unwrap();
        assert_eq!((quoted.from, quoted.to), (0, 2));
        for text in [
            "x between 2 and 2",
            "x between 0 and 1",
            "x between 1 and 4",
            "x between one and two",
        ] {
            assert!(exclusion(text, 3).is_err(), "{text}");
        }
    }

    #[test]
    fn spans_have_a_number_and_a_unit() {
        assert_eq!(span("30min").unwrap(), 1_800_000);
        assert_eq!(span("90 s").unwrap(), 90_000);
        assert_eq!(span("1w").unwrap(), 7 * DAY_MILLIS);
        for text in [
            "",
            "30",
            "min",
            "-1d",
            "0h",
            "99999999999999999999s",
            "900000d",
        ] {
            assert!(span(text).is_err(), "{text}");
        }
    }

    #[test]
    fn spans_are_told_in_the_unit_that_suits() {
        for (text, told) in [
            ("30min", "30 min"),
            ("120min", "2 h"),
            ("90s", "90 s"),
            ("2w", "14 d"),
        ] {
            assert_eq!(span_in_words(span(text).unwrap()), told);
        }
        assert_eq!(span_in_words(1_500), "1500 ms");
    }

    #[test]
    fn values_come_from_a_step() {
        assert_eq!(value_from("first", 2), Ok(ValueFrom::First));
        assert_eq!(value_from("step:2", 2), Ok(ValueFrom::Step(1)));
        for text in ["step:3", "step:0", "second"] {
            assert!(value_from(text, 2).is_err(), "{text}");
        }
    }
}
