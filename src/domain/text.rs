//! Comparing words that people typed in different tools.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The form in which two spellings of one name are equal: Unicode NFKC, trimmed,
/// inner blanks collapsed to one, lower case. Zero-width characters are dropped.
#[must_use]
pub fn normal_form(text: &str) -> String {
    // Most texts are plain, and plain ones are composed already.
    if text.is_ascii() {
        return folded(text.chars());
    }
    let visible = text.nfkc().filter(|c| !is_invisible(*c));
    folded(visible).nfkc().collect()
}

/// Trimmed, inner blanks collapsed to one, lower case.
fn folded(text: impl Iterator<Item = char>) -> String {
    let mut folded = String::with_capacity(text.size_hint().0);
    let mut pending_blank = false;
    for c in text {
        if c.is_whitespace() {
            pending_blank = !folded.is_empty();
            continue;
        }
        if pending_blank {
            folded.push(' ');
            pending_blank = false;
        }
        match c.is_ascii() {
            true => folded.push(c.to_ascii_lowercase()),
            false => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// The text with its accents in one piece (Unicode NFC): two texts that look alike and are
/// stored differently become one.
#[must_use]
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// True for the cells with which tools say that they do not know:
/// empty, `(not set)`, `(none)`, `null`, `undefined`, `n/a`, `-`, `--`, `—`.
#[must_use]
pub fn is_missing(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || MISSING
            .iter()
            .any(|marker| text.eq_ignore_ascii_case(marker))
}

const MISSING: &[&str] = &[
    "(not set)",
    "(none)",
    "null",
    "undefined",
    "n/a",
    "-",
    "--",
    "\u{2014}",
    "\u{2013}",
];

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_meet() {
        assert_eq!(normal_form(" Paid\u{a0}\u{a0}Search "), "paid search");
        assert_eq!(normal_form("Cafe\u{301}"), normal_form("CAF\u{c9}"));
        assert_eq!(normal_form("Lead\u{200b} ID"), "lead id");
        // Lower-casing the dotted capital I must not end the program.
        assert!(!normal_form("\u{130}stanbul").is_empty());
    }

    #[test]
    fn accents_are_in_one_piece() {
        assert_eq!(composed("cafe\u{301}"), "caf\u{e9}");
        assert!(matches!(composed("caf\u{e9}"), Cow::Borrowed(_)));
        assert_eq!(composed("\u{ff23}\u{fb01}"), "\u{ff23}\u{fb01}");
    }

    #[test]
    fn markers_of_nothing() {
        for marker in ["", "  ", "(not set)", "NULL", "n/a", " --"] {
            assert!(is_missing(marker), "{marker:?}");
        }
        assert!(!is_missing("unknown"));
    }
}
