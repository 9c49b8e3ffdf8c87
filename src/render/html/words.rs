//! Text on its way into the template.

use std::fmt;

use crate::render::chart::clean;

/// Text from anywhere without control characters and without bidi overrides.
///
/// The template escapes markup when it prints this; there is no other way for text into
/// the page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words(String);

impl Words {
    /// The text, cleaned.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(clean(text))
    }

    /// True where there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Words {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
