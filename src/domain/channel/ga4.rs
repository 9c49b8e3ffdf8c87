//! Google's default channel group, as far as a file can follow it.
//!
//! The published rules for manual traffic, tried in order, first match wins. The
//! expressions of the help page are written as plain comparisons (a test holds them
//! against the regular expressions): no pattern is compiled, nothing can fail. The
//! place of AI Assistant is not published; it is tried after rule 11.

use super::sources::List;

/// What the rules look at: words in their spelling form, empty where missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) source: &'a str,
    pub(super) medium: &'a str,
    pub(super) campaign: &'a str,
    pub(super) listed: Option<Listed<'a>>,
}

/// The list that knows the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Listed<'a> {
    pub(super) list: List,
    /// The form of the source that the list holds.
    pub(super) form: &'a str,
    /// True where the list is leadflow's addition.
    pub(super) added: bool,
}

/// One rung of the ladder.
pub(super) struct Rule {
    /// Its number on the help page; `11a` for the one without a published place.
    pub(super) number: &'static str,
    /// The channel it gives.
    pub(super) channel: &'static str,
    /// What it asks for, in words.
    pub(super) condition: &'static str,
    /// Why it fits, in words; `None` where it does not.
    reason: fn(&Facts<'_>) -> Option<String>,
}

/// The first rule that fits, with the reason.
pub(super) fn decide(facts: &Facts<'_>) -> Option<(&'static Rule, String)> {
    LADDER
        .iter()
        .find_map(|rule| (rule.reason)(facts).map(|reason| (rule, reason)))
}

const fn rule(
    number: &'static str,
    channel: &'static str,
    condition: &'static str,
    reason: fn(&Facts<'_>) -> Option<String>,
) -> Rule {
    Rule {
        number,
        channel,
        condition,
        reason,
    }
}

/// The rules, in order.
pub(super) static LADDER: [Rule; 19] = [
    rule("1", "Direct", "source (direct) and no medium", |facts| {
        (facts.source == "(direct)" && facts.medium.is_empty())
            .then(|| "source `(direct)` and no medium".to_owned())
    }),
    rule(
        "2",
        "Cross-network",
        "campaign contains cross-network",
        |facts| {
            facts
                .campaign
                .contains("cross-network")
                .then(|| format!("campaign `{}` contains `cross-network`", facts.campaign))
        },
    ),
    rule(
        "3",
        "Paid Shopping",
        "(source in SHOPPING or campaign ~ SHOP) and medium ~ PAID",
        |facts| {
            both(
                facts
                    .in_list(List::Shopping)
                    .or_else(|| facts.shop_campaign()),
                paid(facts),
            )
        },
    ),
    rule(
        "4",
        "Paid Search",
        "source in SEARCH and medium ~ PAID",
        |facts| both(facts.in_list(List::Search), paid(facts)),
    ),
    rule(
        "5",
        "Paid Social",
        "source in SOCIAL and medium ~ PAID",
        |facts| both(facts.in_list(List::Social), paid(facts)),
    ),
    rule(
        "6",
        "Paid Video",
        "source in VIDEO and medium ~ PAID",
        |facts| both(facts.in_list(List::Video), paid(facts)),
    ),
    rule(
        "7",
        "Display",
        "medium is display, banner, expandable, interstitial or cpm",
        |facts| facts.medium_is(&["display", "banner", "expandable", "interstitial", "cpm"]),
    ),
    rule("8", "Paid Other", "medium ~ PAID", paid),
    rule(
        "9",
        "Organic Shopping",
        "source in SHOPPING or campaign ~ SHOP",
        |facts| {
            facts
                .in_list(List::Shopping)
                .or_else(|| facts.shop_campaign())
        },
    ),
    rule(
        "10",
        "Organic Social",
        "source in SOCIAL, or medium is a word for social",
        |facts| {
            facts
                .in_list(List::Social)
                .or_else(|| facts.medium_is(SOCIAL_MEDIA))
        },
    ),
    rule(
        "11",
        "Organic Video",
        "source in VIDEO, or medium contains video",
        |facts| {
            facts
                .in_list(List::Video)
                .or_else(|| facts.medium_contains("video"))
        },
    ),
    rule("11a", "AI Assistant", "medium is ai-assistant", |facts| {
        facts.medium_is(&["ai-assistant"])
    }),
    rule(
        "12",
        "Organic Search",
        "source in SEARCH, or medium is organic",
        |facts| {
            facts
                .in_list(List::Search)
                .or_else(|| facts.medium_is(&["organic"]))
        },
    ),
    rule(
        "13",
        "Referral",
        "medium is referral, app or link",
        |facts| facts.medium_is(&["referral", "app", "link"]),
    ),
    rule(
        "14",
        "Email",
        "source or medium is a word for e-mail",
        |facts| facts.source_is(EMAIL).or_else(|| facts.medium_is(EMAIL)),
    ),
    rule("15", "Affiliates", "medium is affiliate", |facts| {
        facts.medium_is(&["affiliate"])
    }),
    rule("16", "Audio", "medium is audio", |facts| {
        facts.medium_is(&["audio"])
    }),
    rule("17", "SMS", "source or medium is sms", |facts| {
        facts
            .source_is(&["sms"])
            .or_else(|| facts.medium_is(&["sms"]))
    }),
    rule(
        "18",
        "Mobile Push Notifications",
        "medium ends with push or contains mobile or notification, or source is firebase",
        |facts| {
            facts
                .pushed()
                .or_else(|| facts.medium_contains("mobile"))
                .or_else(|| facts.medium_contains("notification"))
                .or_else(|| facts.source_is(&["firebase"]))
        },
    ),
];

const SOCIAL_MEDIA: &[&str] = &[
    "social",
    "social-network",
    "social-media",
    "sm",
    "social network",
    "social media",
];

const EMAIL: &[&str] = &["email", "e-mail", "e_mail", "e mail"];

impl Facts<'_> {
    fn in_list(&self, list: List) -> Option<String> {
        let listed = self.listed.filter(|listed| listed.list == list)?;
        let owner = if listed.added {
            "leadflow's addition to "
        } else {
            ""
        };
        Some(format!(
            "source `{}` is in {owner}{}",
            listed.form,
            list.name()
        ))
    }

    fn shop_campaign(&self) -> Option<String> {
        is_shop(self.campaign).then(|| format!("campaign `{}` matches SHOP", self.campaign))
    }

    fn source_is(&self, words: &[&str]) -> Option<String> {
        words
            .contains(&self.source)
            .then(|| format!("source is `{}`", self.source))
    }

    fn medium_is(&self, words: &[&str]) -> Option<String> {
        words
            .contains(&self.medium)
            .then(|| format!("medium is `{}`", self.medium))
    }

    fn medium_contains(&self, word: &str) -> Option<String> {
        self.medium
            .contains(word)
            .then(|| format!("medium `{}` contains `{word}`", self.medium))
    }

    fn pushed(&self) -> Option<String> {
        self.medium
            .ends_with("push")
            .then(|| format!("medium `{}` ends with `push`", self.medium))
    }
}

fn paid(facts: &Facts<'_>) -> Option<String> {
    is_paid(facts.medium).then(|| format!("medium `{}` matches PAID", facts.medium))
}

fn both(first: Option<String>, second: Option<String>) -> Option<String> {
    Some(format!("{} and {}", first?, second?))
}

/// The published expressions behind the names that reasons use.
pub(super) const EXPRESSIONS: [(&str, &str); 2] = [
    ("PAID", "^(.*cp.*|ppc|retargeting|paid.*)$"),
    ("SHOP", "^(.*(([^a-df-z]|^)shop|shopping).*)$"),
];

/// PAID of [`EXPRESSIONS`].
fn is_paid(medium: &str) -> bool {
    medium.contains("cp") || matches!(medium, "ppc" | "retargeting") || medium.starts_with("paid")
}

/// SHOP of [`EXPRESSIONS`]: not the end of another word, but `eshop`.
fn is_shop(campaign: &str) -> bool {
    campaign.match_indices("shop").any(|(at, _)| {
        let before = campaign
            .get(..at)
            .and_then(|front| front.chars().next_back());
        let after = campaign.get(at..).unwrap_or_default();
        let begins_word = !before.is_some_and(|c| c.is_ascii_lowercase() && c != 'e');
        begins_word || after.starts_with("shopping")
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use regex::Regex;

    use super::*;

    /// Pseudo-random words made of the pieces that the expressions look for.
    fn words() -> impl Iterator<Item = String> {
        const PIECES: [&str; 18] = [
            "shop",
            "shopping",
            "cp",
            "cpc",
            "ppc",
            "paid",
            "retargeting",
            "video",
            "e",
            "a",
            "f",
            "-",
            "_",
            " ",
            "\u{e9}",
            "s",
            "hop",
            "1",
        ];
        let mut state = 1_u64;
        std::iter::repeat_with(move || {
            let mut next = || {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                (state >> 33) as usize
            };
            (0..next() % 5)
                .map(|_| PIECES[next() % PIECES.len()])
                .collect()
        })
        .take(20_000)
    }

    #[test]
    fn comparisons_equal_the_published_expressions() {
        let [paid, shop] = EXPRESSIONS.map(|(_, expression)| Regex::new(expression).unwrap());
        for word in words() {
            assert_eq!(is_paid(&word), paid.is_match(&word), "{word:?}");
            assert_eq!(is_shop(&word), shop.is_match(&word), "{word:?}");
        }
    }

    #[test]
    fn numbers_rise() {
        let numbers: Vec<&str> = LADDER.iter().map(|rule| rule.number).collect();
        let published: Vec<String> = (1..=18).map(|number| number.to_string()).collect();
        let without: Vec<&str> = numbers.iter().copied().filter(|n| *n != "11a").collect();
        assert_eq!(without, published);
        assert_eq!(numbers.iter().position(|n| *n == "11a"), Some(11));
    }
}
