//! How many columns a text takes on a terminal, and cutting it to fit.
//!
//! Chinese letters take two columns, combining marks none, an emoji made of several
//! joined ones two. The widths are those of `unicode-width`, which the table library
//! uses too, so that what is measured here is what is aligned there. Cuts never fall
//! inside a letter with its marks.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands at the end of a text that was cut.
pub const ELLIPSIS: &str = "\u{2026}";

/// Columns of a text without control characters.
#[must_use]
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text in at most `limit` columns, with an ellipsis where something was cut.
#[must_use]
pub fn truncate(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    if limit == 0 {
        return String::new();
    }
    format!("{}{ELLIPSIS}", head(text, limit - 1).trim_end())
}

/// The text in lines of at most `limit` columns, broken at blanks where there are some.
/// At least one line; a `limit` of 0 counts as 1.
#[must_use]
pub fn wrap(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        append_word(&mut lines, word, limit);
    }
    lines
}

/// The text with blanks in front, `columns` wide.
#[must_use]
pub fn pad_left(text: &str, columns: usize) -> String {
    format!("{}{text}", blanks(text, columns))
}

/// The text with blanks behind, `columns` wide.
#[must_use]
pub fn pad_right(text: &str, columns: usize) -> String {
    format!("{text}{}", blanks(text, columns))
}

fn blanks(text: &str, columns: usize) -> String {
    " ".repeat(columns.saturating_sub(width(text)))
}

fn append_word(lines: &mut Vec<String>, word: &str, limit: usize) {
    let Some(line) = lines.last_mut() else { return };
    if !line.is_empty() && width(line) + 1 + width(word) <= limit {
        line.push(' ');
        line.push_str(word);
        return;
    }
    if !line.is_empty() {
        lines.push(String::new());
    }
    append_pieces(lines, word, limit);
}

/// A word on a fresh line; one longer than a line is broken.
fn append_pieces(lines: &mut Vec<String>, word: &str, limit: usize) {
    let mut rest = word;
    while width(rest) > limit {
        let piece = head(rest, limit);
        let piece = if piece.is_empty() {
            first_letter(rest)
        } else {
            piece
        };
        if let Some(line) = lines.last_mut() {
            line.push_str(piece);
        }
        rest = &rest[piece.len()..];
        if rest.is_empty() {
            return;
        }
        lines.push(String::new());
    }
    if let Some(line) = lines.last_mut() {
        line.push_str(rest);
    }
}

/// The longest start of the text that takes at most `limit` columns.
fn head(text: &str, limit: usize) -> &str {
    let (mut end, mut columns) = (0, 0);
    for letter in letters(text) {
        columns += width(letter);
        if columns > limit {
            break;
        }
        end += letter.len();
    }
    &text[..end]
}

fn first_letter(text: &str) -> &str {
    letters(text).next().unwrap_or(text)
}

/// Letters with their marks, joined emoji and flags as one piece each.
fn letters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = letter_end(rest)?;
        let (letter, tail) = rest.split_at(end);
        rest = tail;
        Some(letter)
    })
}

fn letter_end(text: &str) -> Option<usize> {
    let mut chars = text.char_indices();
    let (_, first) = chars.next()?;
    let mut before = first;
    for (index, c) in chars {
        let flag = is_flag_half(first) && is_flag_half(c) && index == first.len_utf8();
        if !(flag || before == JOINER || belongs_to_previous(c)) {
            return Some(index);
        }
        before = c;
    }
    Some(text.len())
}

const JOINER: char = '\u{200D}';

fn belongs_to_previous(c: char) -> bool {
    UnicodeWidthChar::width(c) == Some(0) || matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

fn is_flag_half(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: &str = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}";

    #[test]
    fn wide_joined_and_combining_letters_are_measured() {
        for (text, columns) in [
            ("SEO", 3),
            ("自然検索", 8),
            ("მოძიება", 7),
            ("Ω\u{308}\u{308}", 1),
            (FAMILY, 2),
            ("\u{1F1EC}\u{1F1EA}", 2),
        ] {
            assert_eq!(width(text), columns, "{text}");
        }
    }

    #[test]
    fn cuts_respect_letters() {
        assert_eq!(truncate("自然検索", 8), "自然検索");
        assert_eq!(truncate("自然検索", 7), "自然検…");
        assert_eq!(truncate("自然検索", 6), "自然…");
        assert_eq!(truncate("Cafe\u{301} au lait", 5), "Cafe\u{301}…");
        assert_eq!(
            truncate(&format!("{FAMILY}{FAMILY}"), 3),
            format!("{FAMILY}…")
        );
        assert_eq!(truncate("abc", 1), "…");
        assert_eq!(truncate("abc", 0), "");
    }

    #[test]
    fn lines_break_at_blanks_first() {
        assert_eq!(wrap("cost per customer", 8), ["cost per", "customer"]);
        assert_eq!(
            wrap("a verylongword b", 4),
            ["a", "very", "long", "word", "b"]
        );
        assert_eq!(wrap("自然検索", 1), ["自", "然", "検", "索"]);
        assert_eq!(wrap("", 5), [""]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_wider_than_asked(text in "\\PC{0,40}", limit in 2_usize..20) {
            proptest::prop_assert!(width(&truncate(&text, limit)) <= limit);
            for line in wrap(&text, limit) {
                proptest::prop_assert!(width(&line) <= limit);
            }
        }
    }
}
