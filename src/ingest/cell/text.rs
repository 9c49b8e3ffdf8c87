//! The text of a cell: what nobody sees in it, what means nothing, what may be shown.

use crate::domain;

/// The cell without blanks and invisible characters around it.
#[must_use]
pub fn trimmed(cell: &str) -> &str {
    let bytes = cell.as_bytes();
    let plain = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    if plain(bytes.first()) && plain(bytes.last()) {
        return cell;
    }
    cell.trim_matches(|c: char| c.is_whitespace() || is_invisible(c))
}

/// True for characters without width that exports leave in cells, byte-order marks among them.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{AD}'
    )
}

/// True for the cells of a typed column that say that there is no value.
#[must_use]
pub fn is_missing(cell: &str) -> bool {
    const MORE: &[&str] = &[
        "na", "none", "nil", "n.a.", "#n/a", "(blank)", "(empty)", "no data",
    ];
    let cell = trimmed(cell);
    match cell.as_bytes().first() {
        None => true,
        Some(byte) if byte.is_ascii_digit() => false,
        Some(_) => {
            cell.len() <= 12
                && (domain::text::is_missing(cell)
                    || MORE.iter().any(|word| cell.eq_ignore_ascii_case(word)))
        }
    }
}

/// A cell for a message: control and invisible characters dropped, long text cut, and
/// what may be a person's address not repeated.
#[must_use]
pub fn shown(cell: &str) -> String {
    const LONGEST: usize = 40;
    if cell.contains('@') {
        return "(an address)".to_owned();
    }
    let mut clean = cell
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c));
    let mut text: String = clean.by_ref().take(LONGEST).collect();
    if clean.next().is_some() {
        text.push('\u{2026}');
    }
    text
}

/// The cell in plain ASCII where it is a number or date in another dress: digits of other
/// scripts, full-width signs, special blanks and minus signs. Letters stay as they are.
#[must_use]
pub fn plain(cell: &str) -> String {
    cell.chars()
        .filter(|c| !is_invisible(*c))
        .map(plain_character)
        .collect()
}

fn plain_character(c: char) -> char {
    match c {
        c if c.is_ascii() && c != '`' => c,
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{2212}' | '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2013}' | '\u{2014}'
        | '\u{FE63}' => '-',
        '\u{2019}' | '\u{2018}' | '\u{2BC}' | '\u{B4}' | '`' => '\'',
        '\u{66B}' => '.',
        '\u{66C}' => ',',
        '\u{66A}' => '%',
        c if c.is_whitespace() => ' ',
        c => ascii_digit(c).unwrap_or(c),
    }
}

/// Where the ten digits of a script begin, in ascending order: Arabic-Indic, Persian, the
/// scripts of India, Thai, Lao, Tibetan, Burmese and Khmer.
const ZEROS: &[u32] = &[
    0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0,
    0xF20, 0x1040, 0x17E0,
];

/// The digit of another script as one of ours.
fn ascii_digit(digit: char) -> Option<char> {
    let code = u32::from(digit);
    let after = ZEROS.partition_point(|zero| *zero <= code);
    let zero = ZEROS.get(after.checked_sub(1)?)?;
    char::from_digit(code - zero, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_trimmed_of_what_nobody_sees() {
        assert_eq!(trimmed(" \u{a0}x y\u{200b} "), "x y");
        assert_eq!(trimmed("x"), "x");
        assert_eq!(trimmed("\u{feff}"), "");
    }

    #[test]
    fn missing_is_missing() {
        for cell in ["", " --", "NULL", "na", "#N/A", "\u{2014}", "None"] {
            assert!(is_missing(cell), "{cell}");
        }
        for cell in ["0", "nan", "unknown", "0000-00-00"] {
            assert!(!is_missing(cell), "{cell}");
        }
    }

    #[test]
    fn messages_hold_no_surprises() {
        assert_eq!(shown("a\u{1b}[31mb\nc"), "a[31mb c");
        assert_eq!(shown("jane@example.com"), "(an address)");
        assert_eq!(shown(&"x".repeat(50)).chars().count(), 41);
    }
}
