//! Persons in texts: how they are recognised, and what stands in their place.
//!
//! Exports are full of e-mail addresses and telephone numbers, as ids, as names of deals,
//! as words somebody typed into a field. No output holds them unless it was asked for: a
//! pseudonym takes their place, the same one wherever the person occurs, so that rows can
//! still be told apart and joined. Pseudonyms are keyed (HMAC-SHA-256): a plain hash of an
//! address is found by hashing a list of addresses.

use std::borrow::Cow;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::text::normal_form;

/// Headers of columns that hold persons, in normal form, `_` and `-` as blanks.
const PERSONAL: &[&str] = &[
    "email",
    "e mail",
    "email address",
    "e mail address",
    "mail",
    "first name",
    "last name",
    "full name",
    "given name",
    "family name",
    "surname",
    "contact name",
    "lead name",
    "person name",
    "phone",
    "phone number",
    "telephone",
    "mobile",
    "mobile phone",
    "mobile phone number",
    "mobile number",
    "fax",
    "street",
    "street address",
    "postal address",
    "date of birth",
    "birthday",
];

/// How many bytes of the code a pseudonym shows.
const SHOWN_BYTES: usize = 8;

/// Digits of a telephone number, country code included.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// What becomes of persons in an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persons {
    /// Absent: they are shown.
    key: Option<[u8; 32]>,
}

impl Persons {
    /// They are shown as they stand.
    #[must_use]
    pub fn shown() -> Self {
        Self { key: None }
    }

    /// They are hidden behind pseudonyms under a key of any length.
    #[must_use]
    pub fn hidden(secret: &[u8]) -> Self {
        let mut digest = Sha256::new_with_prefix(b"leadflow pseudonyms\0");
        digest.update(secret);
        Self {
            key: Some(digest.finalize().into()),
        }
    }

    /// True where persons are shown.
    #[must_use]
    pub fn are_shown(&self) -> bool {
        self.key.is_none()
    }

    /// A text from a file, with a pseudonym in the place of every address and number.
    #[must_use]
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.without(text, &[addresses, phones])
    }

    /// A sentence of the program, with a pseudonym in the place of every address. Amounts
    /// with a sign are no telephone numbers there.
    #[must_use]
    pub fn hide_addresses<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.without(text, &[addresses])
    }

    /// The pseudonym of a whole cell that names a person; the cell itself where they are shown.
    #[must_use]
    pub fn pseudonym(&self, text: &str) -> String {
        if is_pseudonym(text) {
            return text.to_owned();
        }
        self.code(&folded(text))
            .map_or_else(|| text.to_owned(), |code| format!("person-{code}"))
    }

    fn without<'t>(&self, text: &'t str, kinds: &[fn(&str) -> Vec<Found<'_>>]) -> Cow<'t, str> {
        if self.are_shown() {
            return Cow::Borrowed(text);
        }
        let found = kinds.iter().flat_map(|find| find(text)).collect();
        replaced(text, found, |found| {
            let code = self.code(&found.kind.folded(found.text));
            format!("{}-{}", found.kind.word(), code.unwrap_or_default())
        })
    }

    fn code(&self, folded: &str) -> Option<String> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key?).ok()?;
        mac.update(folded.as_bytes());
        let code = mac.finalize().into_bytes();
        let digits = code.iter().take(SHOWN_BYTES);
        Some(digits.map(|byte| format!("{byte:02x}")).collect())
    }
}

/// A message to people, without addresses: where something stands is said by file and line.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    replaced(text, addresses(text), |_| "(e-mail address)".to_owned())
}

/// True for a cell that is one e-mail address and nothing else.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let text = text.trim();
    matches!(addresses(text).as_slice(), [one] if one.text.len() == text.len())
}

/// True for a cell worth asking whether it is an address: quick, and never wrong with no.
#[must_use]
#[inline]
pub fn may_be_address(cell: &str) -> bool {
    cell.bytes().any(|byte| byte == b'@')
        || (!cell.is_ascii() && cell.contains(['\u{ff20}', '\u{fe6b}']))
}

/// The form in which two spellings of an address are equal: trimmed, lower case, full-width
/// letters as plain ones. Dots and `+tags` stay: they may be different mailboxes.
#[must_use]
pub fn folded(address: &str) -> String {
    normal_form(address)
}

/// True for a column whose header says that it holds persons.
#[must_use]
pub fn is_personal(column: &str) -> bool {
    let words = normal_form(&column.replace(['_', '-'], " "));
    PERSONAL.contains(&words.as_str())
}

/// True for what [`Persons::pseudonym`] gives: it is not coded a second time.
fn is_pseudonym(text: &str) -> bool {
    let code = text
        .strip_prefix("person-")
        .or_else(|| text.strip_prefix("phone-"));
    let is_code =
        |code: &str| code.len() == 2 * SHOWN_BYTES && code.bytes().all(|b| b.is_ascii_hexdigit());
    code.is_some_and(is_code)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Address,
    Phone,
}

impl What {
    fn word(self) -> &'static str {
        match self {
            Self::Address => "person",
            Self::Phone => "phone",
        }
    }

    fn folded(self, text: &str) -> String {
        match self {
            Self::Address => folded(text),
            Self::Phone => text.chars().filter(char::is_ascii_digit).collect(),
        }
    }
}

/// A person in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found<'t> {
    kind: What,
    /// Where it begins, in bytes.
    at: usize,
    text: &'t str,
}

fn replaced<'t>(
    text: &'t str,
    mut found: Vec<Found<'_>>,
    by: impl Fn(&Found) -> String,
) -> Cow<'t, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    found.sort_by_key(|found| found.at);
    let (mut written, mut end) = (String::with_capacity(text.len()), 0);
    for found in found.iter() {
        // A number within an address is part of it.
        if found.at < end {
            continue;
        }
        written.push_str(&text[end..found.at]);
        written.push_str(&by(found));
        end = found.at + found.text.len();
    }
    written.push_str(&text[end..]);
    Cow::Owned(written)
}

fn addresses(text: &str) -> Vec<Found<'_>> {
    let signs = text
        .char_indices()
        .filter(|(_, c)| matches!(c, '@' | '\u{ff20}' | '\u{fe6b}'));
    signs
        .filter_map(|(at, sign)| address(text, at, at + sign.len_utf8()))
        .collect()
}

/// The address around a sign that stands at `at`, its domain beginning at `after`.
fn address(text: &str, at: usize, after: usize) -> Option<Found<'_>> {
    let local = text[..at]
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || "._+-'!#&*/=?^`{}|~%".contains(*c))
        .map(|(place, c)| (place, c.is_alphanumeric()))
        .collect::<Vec<_>>();
    // A name begins with a letter or digit; `'%@acme.example'` is a pattern.
    let start = local.iter().rev().find(|(_, is_plain)| *is_plain)?.0;
    let is_domain = |c: char| c.is_alphanumeric() || ".-\u{ff0e}\u{3002}\u{ff0d}".contains(c);
    let length: usize = text[after..]
        .chars()
        .take_while(|c| is_domain(*c))
        .map(char::len_utf8)
        .sum();
    let plain = normal_form(&text[after..after + length]);
    let domain = plain.trim_end_matches(['.', '-']);
    let (name, country) = domain.rsplit_once('.')?;
    let is_country = country.chars().count() >= 2 && !country.chars().all(|c| c.is_ascii_digit());
    if name.is_empty() || !is_country {
        return None;
    }
    let end = after
        + text[after..after + length]
            .trim_end_matches(['.', '-'])
            .len();
    Some(Found {
        kind: What::Address,
        at: start,
        text: &text[start..end],
    })
}

/// `+49 30 1234567`, `(030) 123-4567`: with a country code, or an area code in brackets.
fn phones(text: &str) -> Vec<Found<'_>> {
    let mut found: Vec<Found> = Vec::new();
    for (at, sign) in text.char_indices() {
        let is_free = text[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric());
        let taken = found
            .last()
            .is_some_and(|last| at < last.at + last.text.len());
        if is_free && !taken && matches!(sign, '+' | '(') {
            found.extend(phone(text, at, sign));
        }
    }
    found
}

fn phone(text: &str, at: usize, sign: char) -> Option<Found<'_>> {
    let rest = &text[at..];
    let is_part = |c: char| c.is_ascii_digit() || " ()-/.\u{a0}".contains(c);
    let length: usize = rest
        .chars()
        .enumerate()
        .take_while(|(place, c)| is_part(*c) || (*place == 0 && *c == '+'))
        .map(|(_, c)| c.len_utf8())
        .sum();
    let is_digit = |c: char| c.is_ascii_digit();
    let end = rest[..length].rfind(is_digit)? + 1;
    let number = &rest[..end];
    let digits = number.chars().filter(|c| is_digit(*c)).count();
    let begins = match sign {
        '+' => number[1..].starts_with(is_digit),
        _ => {
            let area = number[1..].find(')')?;
            (2..=5).contains(&area) && number[1..=area].chars().all(is_digit)
        }
    };
    (begins && PHONE_DIGITS.contains(&digits)).then_some(Found {
        kind: What::Phone,
        at,
        text: number,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hidden(text: &str) -> String {
        Persons::hidden(b"k").hide(text).into_owned()
    }

    #[test]
    fn persons_are_found_in_words() {
        for (text, shape) in [
            ("Jane.Doe+x@Example.com", "person-#"),
            (
                "Call Jane (jane@a-b.co.uk), then wait.",
                "Call Jane (person-#), then wait.",
            ),
            ("<o'neil@x.org>;b@y.museum.", "<person-#>;person-#."),
            (
                "\u{ff4a}\u{ff41}\u{ff20}\u{ff58}\u{ff0e}\u{ff43}\u{ff4f}",
                "person-#",
            ),
            ("m\u{fc}ller@b\u{fc}ro.de", "person-#"),
            ("+49 30 123456-78", "phone-#"),
            ("Tel. (555) 123-4567 ext", "Tel. phone-# ext"),
            ("a@b.co +15551234567", "person-# phone-#"),
        ] {
            let found = hidden(text);
            let code = |c: &str| c.len() == 16 && c.bytes().all(|b| b.is_ascii_hexdigit());
            let mut shown = String::new();
            let mut rest = found.as_str();
            while let Some(at) = rest.find("person-").or_else(|| rest.find("phone-")) {
                let at = rest.find("phone-").map_or(at, |other| at.min(other));
                let word = if rest[at..].starts_with("person-") {
                    7
                } else {
                    6
                };
                assert!(code(&rest[at + word..at + word + 16]), "{found}");
                shown.push_str(&rest[..at + word]);
                shown.push('#');
                rest = &rest[at + word + 16..];
            }
            shown.push_str(rest);
            assert_eq!(shown, shape, "{text}");
        }
    }

    #[test]
    fn what_is_no_person_stays() {
        for text in [
            "SEO",
            "@handle",
            "a@b",
            "user@10.0.0.1",
            "email like '%@acme.example'",
            "2026-10-31T23:00:00+01:00",
            "+12.5 %",
            "L-1+22334455",
            "(2026) 14 leads",
            "Plan (12 months)",
            "1500.25",
        ] {
            assert_eq!(hidden(text), text);
        }
        let shown = Persons::shown();
        assert_eq!(shown.hide("a@b.co"), "a@b.co");
        assert_eq!(shown.pseudonym("Jane"), "Jane");
        let total = "costs +12345678 and a@b.co";
        let sentence = Persons::hidden(b"k").hide_addresses(total).into_owned();
        assert!(sentence.starts_with("costs +12345678 and person-"));
    }

    #[test]
    fn spellings_of_one_address_are_one_person() {
        let wanted = hidden("jane.doe@example.com");
        for text in [
            "Jane.Doe@Example.COM",
            "\u{ff4a}ane.doe\u{ff20}example\u{ff0e}com",
        ] {
            assert_eq!(hidden(text), wanted);
            assert!(is_address(text));
        }
        let persons = Persons::hidden(b"k");
        assert_eq!(persons.pseudonym(" Jane.Doe@example.com "), wanted);
        assert_eq!(persons.pseudonym(&wanted), wanted, "coded once");
        for other in ["janedoe@example.com", "jane.doe+x@example.com"] {
            assert_ne!(hidden(other), wanted);
        }
        assert_eq!(hidden("+1 (555) 123-4567"), hidden("+15551234567"));
        assert!(!is_address("jane@example.com, bob@example.com"));
    }

    #[test]
    fn without_the_key_nobody_is_found() {
        let one = Persons::hidden(b"one").pseudonym("a@b.co");
        assert_ne!(one, Persons::hidden(b"two").pseudonym("a@b.co"));
        // HMAC-SHA-256 under SHA-256("leadflow pseudonyms\0" + "one"), first 8 bytes,
        // worked out with another tool.
        assert_eq!(one, "person-11ff1a24603af986");
    }

    #[test]
    fn headers_say_what_is_personal() {
        for header in ["Email", "e-mail", "First_Name", "Mobile Phone Number"] {
            assert!(is_personal(header), "{header}");
        }
        for header in ["id", "name", "owner", "campaign", "email_campaign"] {
            assert!(!is_personal(header), "{header}");
        }
    }

    #[test]
    fn messages_name_no_address() {
        assert_eq!(masked("`a@b.co` twice"), "`(e-mail address)` twice");
        assert_eq!(masked("nobody"), "nobody");
    }

    proptest! {
        #[test]
        fn no_text_ends_the_program(text in "\\PC{0,40}") {
            let _ = hidden(&text);
            let _ = masked(&text);
        }

        #[test]
        fn an_address_never_comes_through(
            name in "[a-z][a-z.]{0,8}",
            before in "[ ,;<(\"]{0,2}",
            after in "[ ,;>)\"]{0,2}",
        ) {
            let address = format!("{name}@firm.example");
            let text = format!("{before}{address}{after}");
            prop_assert!(!hidden(&text).contains(&address));
            prop_assert!(!masked(&text).contains(&address));
        }
    }
}
