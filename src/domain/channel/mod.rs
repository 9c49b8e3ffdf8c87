//! Which channel a row belongs to.
//!
//! Every tool has its own words for where somebody came from. The rules here turn the
//! words of one row into one channel: the user's own rules, then a channel that the
//! file states itself, then click ids, then leadflow's additions, then Google's default
//! channel group for manual traffic. The answer always says which rule gave it, since
//! nothing is asked more often than why something is Unassigned.
//!
//! The rules know rows only as [`Evidence`] and never guess from an e-mail address or a
//! name. Merging spellings of a kept channel, and the words of a single input or source
//! (`[input.channels]`), are the caller's. Assigning takes microseconds; callers ask
//! once per distinct combination of words, not once per row.

mod explain;
pub mod extensions;
mod ga4;
pub mod host;
mod rules;
pub mod sources;
mod spelling;

use std::fmt;

use ga4::{Facts, Listed};
pub use rules::{Class, Condition, SourcedBy, UserRule};
use rules::{Columns, Matcher};
use spelling::known;
pub use spelling::{by_form, most_used, spelling};

/// The version of the built-in rules, printed in every report: Google has changed them
/// before, and older months must not change without a notice.
pub const RULES_VERSION: &str = "ga4-2026-05";

/// The channel of rows that no rule knows.
pub const UNASSIGNED: &str = "Unassigned";

/// The group of CRM rows that say nothing at all.
pub const NONE: &str = "(none)";

/// The channel of visitors without a referrer.
pub const DIRECT: &str = "Direct";

/// Visits that come back from a payment page: counted, but part of no journey.
pub const PAYMENT_REFERRAL: &str = "Payment Referral";

/// What kind of system a row comes from; it decides what nothing means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Row {
    /// Web analytics and ads: nothing is [`UNASSIGNED`].
    #[default]
    Web,
    /// A CRM or a list: nothing is [`NONE`].
    Crm,
}

/// What a row says about where it came from, in the words of its file.
///
/// A cell that is absent, empty or a mark of nothing (`(not set)`, `n/a`) is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// The channel or project column.
    pub channel: Option<&'a str>,
    /// The source, or the lead source.
    pub source: Option<&'a str>,
    /// The medium.
    pub medium: Option<&'a str>,
    /// The campaign.
    pub campaign: Option<&'a str>,
    /// True where the row carries a click id of Google Ads.
    pub gclid: bool,
    /// True where the row carries a click id of Microsoft Ads.
    pub msclkid: bool,
    /// Name or kind of the input, for rules that ask for it.
    pub input: Option<&'a str>,
    /// What kind of system the row comes from.
    pub kind_of_row: Row,
}

/// A channel and the rule that gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The channel. From a channel column it is the cell as written.
    pub channel: String,
    /// The rule.
    pub rule: RuleRef,
}

/// Which rule gave a channel. Its text form is for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleRef {
    /// A rule of the configuration.
    User {
        /// Its place among `[[channel]]`, from 0.
        index: usize,
        /// Its name.
        name: String,
        /// What fits which pattern.
        reason: String,
    },
    /// The file states the channel itself.
    ChannelColumn,
    /// A click id.
    ClickId {
        /// The column: `gclid` or `msclkid`.
        column: &'static str,
    },
    /// An addition of leadflow, or a decision that rests on one.
    Extension {
        /// What it rests on.
        reason: String,
    },
    /// A rule of Google's default channel group.
    Ga4 {
        /// Its number: `1` to `18`, and `11a` for AI Assistant.
        number: &'static str,
        /// What fits.
        reason: String,
    },
    /// A CRM row without a word: [`NONE`].
    Missing,
    /// No rule fits: [`UNASSIGNED`].
    NoRule,
}

impl RuleRef {
    /// True for a rule of the configuration.
    #[must_use]
    pub fn is_user(&self) -> bool {
        matches!(self, Self::User { .. })
    }
}

impl fmt::Display for RuleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User {
                index,
                name,
                reason,
            } => {
                write!(f, "your rule {} `{name}`: {reason}", index + 1)
            }
            Self::ChannelColumn => f.write_str("channel column, kept as it is"),
            Self::ClickId { column } => write!(f, "click id: the row has a {column}"),
            Self::Extension { reason } => write!(f, "leadflow extension: {reason}"),
            Self::Ga4 { number, reason } => write!(f, "GA4 rule {number}: {reason}"),
            Self::Missing => f.write_str("missing: no channel, source, medium or campaign"),
            Self::NoRule => f.write_str("no rule fits"),
        }
    }
}

/// All rules, ready to be asked.
#[derive(Debug, Clone)]
pub struct Rules {
    user: Vec<UserRule>,
    matchers: Vec<Matcher>,
    extensions: bool,
}

impl Default for Rules {
    /// The rules of a configuration that says nothing: extensions on, none of the user's.
    fn default() -> Self {
        Self::new(Vec::new(), true)
    }
}

/// A row made ready for the rules.
struct Reading<'a> {
    evidence: &'a Evidence<'a>,
    columns: Columns,
}

impl<'a> Reading<'a> {
    fn new(evidence: &'a Evidence<'a>) -> Self {
        let columns = Columns {
            channel: known(evidence.channel),
            source: known(evidence.source),
            medium: known(evidence.medium),
            campaign: known(evidence.campaign),
            input: known(evidence.input),
        };
        Self { evidence, columns }
    }
}

/// One step of the precedence.
struct Step {
    /// Gives the channel, or passes the row on.
    decide: fn(&Rules, &Reading<'_>) -> Option<Assignment>,
    /// Says in words why the row was passed on.
    passed_over: fn(&Rules, &Reading<'_>) -> String,
}

/// The steps, first answer wins.
const STEPS: [Step; 5] = [
    Step {
        decide: Rules::by_user,
        passed_over: explain::no_user_rule,
    },
    Step {
        decide: Rules::by_column,
        passed_over: explain::no_column,
    },
    Step {
        decide: Rules::by_click_id,
        passed_over: explain::no_click_id,
    },
    Step {
        decide: Rules::by_extension,
        passed_over: explain::no_extension,
    },
    Step {
        decide: Rules::by_ga4,
        passed_over: explain::no_ga4_rule,
    },
];

impl Rules {
    /// The user's rules in their order, and whether leadflow's additions apply.
    #[must_use]
    pub fn new(user: Vec<UserRule>, extensions: bool) -> Self {
        let matchers = user.iter().map(Matcher::new).collect();
        Self {
            user,
            matchers,
            extensions,
        }
    }

    /// The user's rules, in their order.
    #[must_use]
    pub fn user(&self) -> &[UserRule] {
        &self.user
    }

    /// True where leadflow's additions apply.
    #[must_use]
    pub fn extensions(&self) -> bool {
        self.extensions
    }

    /// The channel of a row, with the rule that gave it. Every row has one.
    #[must_use]
    pub fn assign(&self, evidence: &Evidence<'_>) -> Assignment {
        let reading = Reading::new(evidence);
        let answer = STEPS.iter().find_map(|step| (step.decide)(self, &reading));
        self.finish(&reading, answer)
    }

    /// The user's rule whose `match` fits a channel by name, for a channel that was not
    /// in the row: the word of an input's own vocabulary, or a built-in channel.
    ///
    /// So `match = ["Organic Search"]` also takes the rows that a built-in rule calls
    /// Organic Search.
    #[must_use]
    pub fn by_spelling(&self, channel: &str) -> Option<Assignment> {
        let word = known(Some(channel));
        self.first_user_rule(|matcher| matcher.spelling_reason("channel", &word))
            .or_else(|| self.by_name(&word))
    }

    /// Whether a channel is inbound or outbound, where a rule of that name says so.
    #[must_use]
    pub fn class(&self, channel: &str) -> Option<Class> {
        self.named(channel).find_map(|rule| rule.class)
    }

    /// What gives a channel its rows, in words: the rules of that name, the user's first.
    /// Empty where no rule has the name.
    #[must_use]
    pub fn of_channel(&self, channel: &str) -> Vec<String> {
        let mut lines: Vec<String> = self
            .user
            .iter()
            .filter(|rule| spelling(&rule.name) == spelling(channel))
            .map(|rule| format!("your rule: match {}", rule.matches.join(", ")))
            .collect();
        let own = ga4::LADDER
            .iter()
            .filter(|rule| spelling(rule.channel) == spelling(channel));
        lines.extend(own.map(|rule| format!("GA4 rule {}: {}", rule.number, rule.condition)));
        lines
    }

    /// Whose work a channel is, where a rule of that name says so.
    #[must_use]
    pub fn sourced_by(&self, channel: &str) -> Option<SourcedBy> {
        self.named(channel).find_map(|rule| rule.sourced_by)
    }

    fn named(&self, channel: &str) -> impl Iterator<Item = &UserRule> {
        let word = spelling(channel);
        let pairs = self.user.iter().zip(&self.matchers);
        pairs
            .filter(move |(_, matcher)| matcher.is_named(&word))
            .map(|(rule, _)| rule)
    }

    fn by_user(&self, reading: &Reading<'_>) -> Option<Assignment> {
        self.first_user_rule(|matcher| matcher.reason(&reading.columns))
    }

    fn first_user_rule(&self, reason: impl Fn(&Matcher) -> Option<String>) -> Option<Assignment> {
        let pairs = self.user.iter().zip(&self.matchers).enumerate();
        pairs.into_iter().find_map(|(index, (rule, matcher))| {
            let reason = reason(matcher)?;
            let name = rule.name.clone();
            Some(Assignment {
                channel: rule.name.clone(),
                rule: RuleRef::User {
                    index,
                    name,
                    reason,
                },
            })
        })
    }

    /// A word that is the name of one of the user's channels, in that name's spelling.
    fn by_name(&self, word: &str) -> Option<Assignment> {
        self.first_user_rule(|matcher| {
            (!word.is_empty() && matcher.is_named(word)).then(|| "channel is its name".to_owned())
        })
    }

    fn by_column(&self, reading: &Reading<'_>) -> Option<Assignment> {
        let cell = reading.evidence.channel?;
        if reading.columns.channel.is_empty() {
            return None;
        }
        let kept = || Assignment {
            channel: cell.to_owned(),
            rule: RuleRef::ChannelColumn,
        };
        Some(self.by_name(&reading.columns.channel).unwrap_or_else(kept))
    }

    /// The source under all forms in which it is looked up.
    fn sources<'a>(&self, columns: &'a Columns) -> Vec<&'a str> {
        if self.extensions {
            host::forms(&columns.source)
        } else {
            vec![columns.source.as_str()]
        }
    }

    fn by_click_id(&self, reading: &Reading<'_>) -> Option<Assignment> {
        let sources = self.sources(&reading.columns);
        let fits = |engine: &str| sources.contains(&"") || sources.contains(&engine);
        let column = match reading.evidence {
            evidence if evidence.gclid && fits("google") => "gclid",
            evidence if evidence.msclkid && fits("bing") => "msclkid",
            _ => return None,
        };
        Some(Assignment {
            channel: "Paid Search".to_owned(),
            rule: RuleRef::ClickId { column },
        })
    }

    fn by_extension(&self, reading: &Reading<'_>) -> Option<Assignment> {
        if !self.extensions {
            return None;
        }
        let sources = self.sources(&reading.columns);
        let words = extensions::Words {
            sources: &sources,
            medium: &reading.columns.medium,
        };
        let (channel, reason) = extensions::decide(words)?;
        Some(Assignment {
            channel: channel.to_owned(),
            rule: RuleRef::Extension { reason },
        })
    }

    fn by_ga4(&self, reading: &Reading<'_>) -> Option<Assignment> {
        let columns = &reading.columns;
        let sources = self.sources(columns);
        let (rule, reason) = ga4::decide(&facts(columns, self.listed(&sources)))?;
        let own = ga4::decide(&facts(columns, google_listed(&columns.source)));
        let is_google = own.is_some_and(|(own, _)| own.number == rule.number);
        let number = rule.number;
        let rule_ref = if is_google {
            RuleRef::Ga4 { number, reason }
        } else {
            RuleRef::Extension {
                reason: format!("{reason} (GA4 rule {number})"),
            }
        };
        Some(Assignment {
            channel: rule.channel.to_owned(),
            rule: rule_ref,
        })
    }

    /// The first list that knows one of the forms of a source.
    fn listed<'a>(&self, sources: &[&'a str]) -> Option<Listed<'a>> {
        sources.iter().find_map(|form| {
            google_listed(form).or_else(|| {
                let added = self.extensions && extensions::is_social(form);
                added.then_some(Listed {
                    list: sources::List::Social,
                    form,
                    added,
                })
            })
        })
    }

    /// Lets the user's rules rename a built-in channel, and names what has no answer.
    fn finish(&self, reading: &Reading<'_>, answer: Option<Assignment>) -> Assignment {
        let Some(answer) = answer else {
            return unanswered(reading);
        };
        self.renamed(&answer).unwrap_or(answer)
    }

    fn renamed(&self, answer: &Assignment) -> Option<Assignment> {
        let is_final = matches!(answer.rule, RuleRef::User { .. } | RuleRef::ChannelColumn);
        if is_final || answer.channel == PAYMENT_REFERRAL {
            return None;
        }
        let mut renamed = self.by_spelling(&answer.channel)?;
        if let RuleRef::User { reason, .. } = &mut renamed.rule {
            *reason = format!("{reason}; {}", answer.rule);
        }
        Some(renamed)
    }
}

fn google_listed(form: &str) -> Option<Listed<'_>> {
    sources::list_of(form).map(|list| Listed {
        list,
        form,
        added: false,
    })
}

fn facts<'a>(columns: &'a Columns, listed: Option<Listed<'a>>) -> Facts<'a> {
    Facts {
        source: &columns.source,
        medium: &columns.medium,
        campaign: &columns.campaign,
        listed,
    }
}

fn unanswered(reading: &Reading<'_>) -> Assignment {
    let is_empty_record = reading.evidence.kind_of_row == Row::Crm && reading.columns.say_nothing();
    let (channel, rule) = if is_empty_record {
        (NONE, RuleRef::Missing)
    } else {
        (UNASSIGNED, RuleRef::NoRule)
    };
    Assignment {
        channel: channel.to_owned(),
        rule,
    }
}

#[cfg(test)]
mod tests;
