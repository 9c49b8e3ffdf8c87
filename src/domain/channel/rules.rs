//! The user's own rules, from `[[channel]]` of the configuration.
//!
//! They come before everything else, in their order, first match wins. A pattern is a
//! word in any spelling, with `*` for any text. `match` is tried on the words that name
//! a channel by themselves: the channel (or project) column, the source, and the
//! campaign where a row has nothing else. `when` asks for several columns at once and
//! is the place for rules on a medium or a campaign.

use super::spelling::spelling;
use crate::domain::text::is_missing;

/// One `[[channel]]`, as configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserRule {
    /// The channel it gives. Several rules may name the same one.
    pub name: String,
    /// Patterns for spellings of the channel; one that fits is enough.
    pub matches: Vec<String>,
    /// Conditions on several columns; one that fits wholly is enough.
    pub when: Vec<Condition>,
    /// Whether the channel is inbound or outbound, where said.
    pub class: Option<Class>,
    /// Whose work the channel is, where said.
    pub sourced_by: Option<SourcedBy>,
}

/// Patterns of one `when`; those given must all fit. With none given it fits nothing.
///
/// A pattern that is itself a mark of nothing (empty, `(none)`, `(not set)`) fits a
/// missing value; every other pattern, `*` as well, asks for a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Condition {
    /// Pattern for the source.
    pub source: Option<String>,
    /// Pattern for the medium.
    pub medium: Option<String>,
    /// Pattern for the campaign.
    pub campaign: Option<String>,
    /// Pattern for the name or kind of the input.
    pub input: Option<String>,
}

/// Who starts: the customer or the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The customer comes.
    Inbound,
    /// The company goes out.
    Outbound,
}

impl Class {
    /// Every class.
    pub const ALL: &[Self] = &[Self::Inbound, Self::Outbound];

    /// The word used in the configuration and in output.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Outbound => "outbound",
        }
    }

    /// The class of this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.code() == code)
    }
}

/// Whose work brings the leads of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourcedBy {
    /// Marketing.
    Marketing,
    /// Sales.
    Sales,
    /// Customers who recommend.
    Referral,
    /// Partners.
    Partner,
}

impl SourcedBy {
    /// Everybody who can bring leads.
    pub const ALL: &[Self] = &[Self::Marketing, Self::Sales, Self::Referral, Self::Partner];

    /// The word used in the configuration and in output.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Sales => "sales",
            Self::Referral => "referral",
            Self::Partner => "partner",
        }
    }

    /// The one of this word.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|by| by.code() == code)
    }
}

/// A row's words in their spelling form, by column; empty where missing.
#[derive(Debug, Clone, Default)]
pub(super) struct Columns {
    pub(super) channel: String,
    pub(super) source: String,
    pub(super) medium: String,
    pub(super) campaign: String,
    pub(super) input: String,
}

impl Columns {
    /// The words that name a channel by themselves, with the names of their columns.
    fn spellings(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let alone = self.channel.is_empty() && self.source.is_empty() && self.medium.is_empty();
        let campaign = if alone { self.campaign.as_str() } else { "" };
        [
            ("channel", self.channel.as_str()),
            ("source", self.source.as_str()),
            ("campaign", campaign),
        ]
        .into_iter()
        .filter(|(_, word)| !word.is_empty())
    }

    /// True where the row says nothing about where it came from.
    pub(super) fn say_nothing(&self) -> bool {
        [&self.channel, &self.source, &self.medium, &self.campaign]
            .iter()
            .all(|word| word.is_empty())
    }
}

/// A rule made ready to be tried on many rows.
#[derive(Debug, Clone)]
pub(super) struct Matcher {
    name: String,
    matches: Vec<Pattern>,
    when: Vec<Vec<(&'static str, Pattern)>>,
}

impl Matcher {
    pub(super) fn new(rule: &UserRule) -> Self {
        Self {
            name: spelling(&rule.name),
            matches: rule.matches.iter().map(|text| Pattern::new(text)).collect(),
            when: rule.when.iter().map(patterns).collect(),
        }
    }

    /// Why the rule fits the row, in words; `None` where it does not.
    pub(super) fn reason(&self, columns: &Columns) -> Option<String> {
        columns
            .spellings()
            .find_map(|(column, word)| self.spelling_reason(column, word))
            .or_else(|| {
                self.when
                    .iter()
                    .find_map(|patterns| when_reason(patterns, columns))
            })
    }

    /// Why one of the `match` patterns fits `word`, in words.
    pub(super) fn spelling_reason(&self, what: &str, word: &str) -> Option<String> {
        let pattern = self
            .matches
            .iter()
            .find(|pattern| pattern.fits_value(word))?;
        Some(format!("{what} `{word}` fits `{}`", pattern.text))
    }

    /// True where `word` is the rule's own name in any spelling.
    pub(super) fn is_named(&self, word: &str) -> bool {
        self.name == word
    }
}

fn patterns(condition: &Condition) -> Vec<(&'static str, Pattern)> {
    [
        ("source", &condition.source),
        ("medium", &condition.medium),
        ("campaign", &condition.campaign),
        ("input", &condition.input),
    ]
    .into_iter()
    .filter_map(|(column, text)| Some((column, Pattern::new(text.as_deref()?))))
    .collect()
}

fn when_reason(patterns: &[(&'static str, Pattern)], columns: &Columns) -> Option<String> {
    let value = |column: &str| match column {
        "source" => columns.source.as_str(),
        "medium" => columns.medium.as_str(),
        "campaign" => columns.campaign.as_str(),
        _ => columns.input.as_str(),
    };
    let fits = |(column, pattern): &(&'static str, Pattern)| pattern.fits(value(column));
    if patterns.is_empty() || !patterns.iter().all(fits) {
        return None;
    }
    let parts: Vec<String> = patterns
        .iter()
        .map(|(column, pattern)| match value(column) {
            "" => format!("{column} is missing"),
            word => format!("{column} `{word}` fits `{}`", pattern.text),
        })
        .collect();
    Some(parts.join(" and "))
}

/// A word with `*` for any text.
#[derive(Debug, Clone)]
struct Pattern {
    /// As the user wrote it, for explanations.
    text: String,
    /// Its spelling form, cut at every `*`; one piece where there is none.
    pieces: Vec<String>,
    means_missing: bool,
}

impl Pattern {
    fn new(text: &str) -> Self {
        let form = spelling(text);
        Self {
            text: text.to_owned(),
            means_missing: is_missing(&form),
            pieces: form.split('*').map(str::to_owned).collect(),
        }
    }

    /// True where the pattern fits a word, or the lack of one.
    fn fits(&self, word: &str) -> bool {
        if word.is_empty() {
            self.means_missing
        } else {
            self.fits_value(word)
        }
    }

    fn fits_value(&self, word: &str) -> bool {
        match self.pieces.as_slice() {
            [] => false,
            [whole] => whole == word,
            [first, middle @ .., last] => word
                .strip_prefix(first.as_str())
                .and_then(|rest| after_all(rest, middle))
                .is_some_and(|rest| rest.ends_with(last.as_str())),
        }
    }
}

/// What follows the pieces, each taken at its first place; `None` where one is lacking.
fn after_all<'a>(word: &'a str, pieces: &[String]) -> Option<&'a str> {
    pieces.iter().try_fold(word, |rest, piece| {
        rest.split_once(piece.as_str()).map(|(_, after)| after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, word: &str) -> bool {
        Pattern::new(pattern).fits(&super::super::spelling::known(Some(word)))
    }

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, word) in [
            ("SEO*", "seo"),
            ("SEO*", "Seo  Blog"),
            ("*seo", "Tech SEO"),
            ("*seo*", "our seo work"),
            ("a*b*c", "a-b-b-c"),
            ("**", "x"),
            ("Paid%20Social", "paid social"),
            ("\u{fc}ber*", "U\u{308}berblick"),
        ] {
            assert!(fits(pattern, word), "{pattern} on {word}");
        }
        for (pattern, word) in [
            ("SEO", "seo blog"),
            ("SEO*", "my seo"),
            ("ab*ba", "aba"),
            ("a*b*c", "acb"),
            ("", "x"),
            ("s.o", "seo"),
        ] {
            assert!(!fits(pattern, word), "{pattern} on {word}");
        }
    }

    #[test]
    fn nothing_is_fitted_by_its_marks_alone() {
        for mark in ["", "(none)", "(not set)", "-"] {
            assert!(fits(mark, "(none)") && fits(mark, ""));
            assert!(!fits(mark, "x"));
        }
        assert!(!fits("*", "") && !fits("*", "(none)"));
    }

    #[test]
    fn words_of_the_configuration() {
        assert_eq!(Class::from_code("outbound"), Some(Class::Outbound));
        assert_eq!(SourcedBy::from_code("partner"), Some(SourcedBy::Partner));
        assert_eq!(SourcedBy::from_code("luck"), None);
    }
}
