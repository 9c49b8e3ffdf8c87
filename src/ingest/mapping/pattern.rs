//! Headers as a mapping names them, with `*` for any text.
//!
//! Both sides are compared in normal form, so case, blanks and invisible characters
//! do not matter. The first `*` is the one whose text is captured.

use crate::domain::text::normal_form;

/// A header to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderPattern {
    /// The pieces between the stars; one piece where there is no star.
    pieces: Vec<String>,
}

impl HeaderPattern {
    /// From a header as written, `*` standing for any text.
    #[must_use]
    pub fn new(written: &str) -> Self {
        let pieces = normal_form(written).split('*').map(str::to_owned).collect();
        Self { pieces }
    }

    /// The header in normal form, where the pattern has no star.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// True where a header, given in normal form, is meant.
    #[must_use]
    pub fn matches(&self, header: &str) -> bool {
        self.capture(header).is_some()
    }

    /// What stands at the first star of a header in normal form; empty without a star.
    #[must_use]
    pub fn capture<'h>(&self, header: &'h str) -> Option<&'h str> {
        let (first, others) = self.pieces.split_first()?;
        let Some((last, middle)) = others.split_last() else {
            return (first == header).then_some("");
        };
        let inner = header
            .strip_prefix(first.as_str())?
            .strip_suffix(last.as_str())?;
        let mut rest = inner;
        let mut captured = None;
        for piece in middle {
            let at = rest.find(piece.as_str())?;
            captured.get_or_insert(&rest[..at]);
            rest = &rest[at + piece.len()..];
        }
        Some(captured.unwrap_or(inner).trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capture(pattern: &str, header: &str) -> Option<String> {
        let header = normal_form(header);
        HeaderPattern::new(pattern)
            .capture(&header)
            .map(str::to_owned)
    }

    #[test]
    fn plain_headers_ignore_case_and_blanks() {
        assert!(HeaderPattern::new("Lead ID").matches(&normal_form(" lead\u{a0} id\u{200b}")));
        assert!(!HeaderPattern::new("Lead ID").matches("lead id 2"));
    }

    #[test]
    fn a_star_captures() {
        assert_eq!(
            capture("Amount spent (*)", "Amount Spent (UAH)").as_deref(),
            Some("uah")
        );
        assert_eq!(
            capture("Amount spent*", "Amount spent").as_deref(),
            Some("")
        );
        assert_eq!(
            capture("* Date", "Became a Lead Date").as_deref(),
            Some("became a lead")
        );
        assert_eq!(capture("* Date", "Date"), None);
        let entered = capture("Date entered \"*\"", "Date entered \"Demo (Sales)\"");
        assert_eq!(entered.as_deref(), Some("demo (sales)"));
    }

    #[test]
    fn several_stars_capture_the_first() {
        let entered = capture("Date entered \"* (*)\"", "Date entered \"Demo (Sales)\"");
        assert_eq!(entered.as_deref(), Some("demo"));
        assert_eq!(capture("a*b*c", "a1c"), None);
        assert_eq!(capture("a*b*b", "ab"), None);
    }
}
