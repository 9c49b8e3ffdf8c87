//! The form in which the words of a channel rule meet the words of a file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::domain::text::{is_missing, normal_form};

/// Two spellings of one source, medium, campaign or channel have the same form:
/// [`normal_form`], with percent signs decoded once (`Paid%20Social`).
#[must_use]
pub fn spelling(text: &str) -> String {
    let plain = normal_form(text);
    match percent_decoded(&plain) {
        Cow::Borrowed(_) => plain,
        Cow::Owned(decoded) => normal_form(&decoded),
    }
}

/// The spellings of each channel with how often each was used, by their common form.
#[must_use]
pub fn by_form<'a>(
    used: impl IntoIterator<Item = (&'a str, u64)>,
) -> BTreeMap<String, BTreeMap<&'a str, u64>> {
    let mut forms: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
    for (channel, times) in used {
        *forms
            .entry(spelling(channel))
            .or_default()
            .entry(channel)
            .or_default() += times;
    }
    forms
}

/// The spelling that was used most, the first by name of equals.
#[must_use]
pub fn most_used<'a>(spellings: &BTreeMap<&'a str, u64>) -> Option<&'a str> {
    let best = spellings
        .iter()
        .max_by_key(|(name, times)| (**times, std::cmp::Reverse(**name)));
    best.map(|(name, _)| *name)
}

/// [`spelling`], or an empty text where the cell is absent or says that it is unknown.
pub(super) fn known(text: Option<&str>) -> String {
    let word = text.map(spelling).unwrap_or_default();
    if is_missing(&word) {
        String::new()
    } else {
        word
    }
}

/// Replaces each `%` with two hexadecimal digits by its byte; left as it is where the
/// result would not be UTF-8.
fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match escaped(rest) {
            Some(byte) => {
                bytes.push(byte);
                rest = rest.get(3..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn escaped(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else {
        return None;
    };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_word() {
        assert_eq!(spelling(" Paid%20Social "), "paid social");
        assert_eq!(spelling("caf%C3%A9"), "caf\u{e9}");
        assert_eq!(spelling("%50aid"), "paid");
        // Decoded once only.
        assert_eq!(spelling("a%2520b"), "a%20b");
    }

    #[test]
    fn percent_signs_that_are_none() {
        for text in ["100%", "50% off", "%", "%zz", "%+1x", "%c3", "%ff%fe"] {
            assert_eq!(spelling(text), text);
        }
    }

    #[test]
    fn missing_words() {
        for text in [
            "",
            " (Not Set) ",
            "(none)",
            "NULL",
            "undefined",
            "n/a",
            "-",
            "%20",
        ] {
            assert_eq!(known(Some(text)), "", "{text:?}");
        }
        assert_eq!(known(None), "");
        assert_eq!(known(Some("Unknown")), "unknown");
        assert_eq!(known(Some("(direct)")), "(direct)");
    }
}
