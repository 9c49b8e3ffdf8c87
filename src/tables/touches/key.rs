//! Who touched, as a fingerprint.
//!
//! Names of persons would be most of the memory, and none of them is ever shown. Eighty
//! bits of XXH3 stand for a name: among fifty million persons the chance that any two
//! share a fingerprint is about one in a billion.

use xxhash_rust::xxh3::xxh3_128;

use crate::domain::persons::{folded, is_address, may_be_address};

/// The fingerprint of a person, a lead or an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub(super) print: u64,
    pub(super) check: u16,
}

impl Key {
    /// Of a person or lead by its id, without blanks around it; or by its e-mail address, in
    /// any spelling.
    #[must_use]
    #[inline]
    pub fn of(id: &str) -> Self {
        match may_be_address(id) && is_address(id) {
            true => Self::of_text(&folded(id)),
            false => Self::of_text(id),
        }
    }

    #[inline]
    fn of_text(text: &str) -> Self {
        let hash = xxh3_128(text.as_bytes());
        Self {
            print: hash as u64,
            check: (hash >> 64) as u16,
        }
    }

    /// Of an account; never that of a person with the same id.
    #[must_use]
    pub fn of_account(id: &str) -> Self {
        Self::of(&format!("account\0{id}"))
    }

    /// Of something that only this run knows, such as the deal in a row.
    #[must_use]
    pub fn of_number(kind: &str, number: u64) -> Self {
        Self::of(&format!("{kind}\0{number}"))
    }

    /// A number below `count`, the same for the same person.
    #[must_use]
    pub fn dealt(self, count: usize) -> usize {
        // The upper bits choose the part, so the lower ones are taken here.
        (self.print % count.max(1) as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_do_not_meet() {
        assert_eq!(Key::of("a1"), Key::of("a1"));
        assert_ne!(Key::of("a1"), Key::of("a2"));
        assert_ne!(Key::of("a1"), Key::of_account("a1"));
        assert_ne!(Key::of("a1"), Key::of("A1"));
    }

    #[test]
    fn spellings_of_an_address_meet() {
        assert_eq!(Key::of("Ann@X.example"), Key::of("ann@x.EXAMPLE"));
        assert_ne!(Key::of("ann@x.example"), Key::of("ann+x@x.example"));
        assert_ne!(Key::of("@Ann"), Key::of("@ann"));
    }
}
