//! In which language a format for people speaks.
//!
//! The report arrives in the program's own language and leaves in another one: its texts are
//! translated in one pass, and what a format adds (headings, reasons, words for changes) goes
//! through [`Speech::say`]. Formats for scripts never ask here.

use std::borrow::Cow;
use std::sync::Arc;

use crate::language::{self, Language, Translator};
use crate::report::document::Report;
use crate::report::spoken;

/// The language of an output.
#[derive(Debug, Clone, Default)]
pub struct Speech(Option<Arc<Translator>>);

impl PartialEq for Speech {
    fn eq(&self, other: &Self) -> bool {
        self.language() == other.language()
    }
}

impl Speech {
    /// In this language.
    #[must_use]
    pub fn of(language: &'static Language) -> Self {
        Self(Translator::new(language).map(Arc::new))
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> &'static Language {
        let own = &language::ALL[0];
        self.0
            .as_ref()
            .map_or(own, |translator| translator.language())
    }

    /// True where nothing is translated.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.0.is_none()
    }

    /// The report in this language.
    #[must_use]
    pub fn report<'r>(&self, report: &'r Report) -> Cow<'r, Report> {
        let Some(translator) = &self.0 else {
            return Cow::Borrowed(report);
        };
        let mut spoken = report.clone();
        spoken::speak(&mut spoken, &|text| translator.text(text));
        Cow::Owned(spoken)
    }

    /// A text of the program in this language.
    #[must_use]
    pub fn say(&self, text: &str) -> String {
        match &self.0 {
            Some(translator) => translator.text(text),
            None => text.to_owned(),
        }
    }

    /// A figure with the signs of this language.
    #[must_use]
    pub fn figure(&self, text: String) -> String {
        match &self.0 {
            Some(translator) => translator.figure(&text),
            None => text,
        }
    }
}
