//! What leadflow adds to Google's rules.
//!
//! Google's lists lag behind the web, and its rules do not know the words that many
//! people use. These additions are leadflow's own and are marked as such wherever a
//! decision is explained; `[channels] extensions = false` switches them off, and the
//! reduction of hosts with them.

use super::PAYMENT_REFERRAL;

/// Social networks that Google's list lacks. Sorted.
pub const SOCIAL: [&str; 8] = [
    "bsky.app",
    "discord.com",
    "mastodon.social",
    "slack.com",
    "t.me",
    "telegram",
    "threads.net",
    "x.com",
];

/// Assistants that answer in place of a search engine. Sorted.
pub const ASSISTANTS: [&str; 16] = [
    "brave",
    "chat.deepseek.com",
    "chat.mistral.ai",
    "chat.openai.com",
    "chatgpt.com",
    "claude.ai",
    "copilot.microsoft.com",
    "gemini.google.com",
    "grok.com",
    "meta.ai",
    "perplexity",
    "perplexity.ai",
    "phind.com",
    "poe.com",
    "search.brave.com",
    "you.com",
];

/// Words for a mailing to many.
pub const MAILINGS: [&str; 3] = ["e-newsletter", "eblast", "newsletter"];

/// Words for partners that are paid per sale.
pub const AFFILIATES: [&str; 2] = ["affiliates", "partner-affiliate"];

/// Payment services by name.
pub const PAYMENT_NAMES: [&str; 4] = ["adyen", "klarna", "paypal", "stripe"];

/// Domains of payment services and of the banks' 3-D Secure pages; their subdomains count.
pub const PAYMENT_DOMAINS: [&str; 6] = [
    "adyen.com",
    "arcot.com",
    "cardinalcommerce.com",
    "klarna.com",
    "paypal.com",
    "stripe.com",
];

/// Parts of host names under which banks confirm a card payment.
const CARD_CHECKS: [&str; 3] = ["3-d-secure", "3d-secure", "3dsecure"];

/// The words of a row that the extensions look at; empty where missing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    /// The source in all forms under which it is looked up, as written first.
    pub(super) sources: &'a [&'a str],
    /// The medium.
    pub(super) medium: &'a str,
}

/// The channel that an extension gives, with the reason in words.
pub(super) fn decide(words: Words<'_>) -> Option<(&'static str, String)> {
    payment(words)
        .map(|reason| (PAYMENT_REFERRAL, reason))
        .or_else(|| assistant(words).map(|reason| ("AI Assistant", reason)))
        .or_else(|| mailing(words).map(|reason| ("Email", reason)))
        .or_else(|| affiliate(words).map(|reason| ("Affiliates", reason)))
}

/// True where `source` is a social network by leadflow's own list.
pub(super) fn is_social(source: &str) -> bool {
    SOCIAL.binary_search(&source).is_ok()
}

fn payment(words: Words<'_>) -> Option<String> {
    if !matches!(words.medium, "" | "referral") {
        return None;
    }
    let source = words.sources.iter().find(|source| is_payment(source))?;
    Some(format!("source `{source}` is a payment page"))
}

fn is_payment(source: &str) -> bool {
    let is_domain = |domain: &&str| {
        source
            .strip_suffix(*domain)
            .is_some_and(|front| front.is_empty() || front.ends_with('.'))
    };
    PAYMENT_NAMES.contains(&source)
        || PAYMENT_DOMAINS.iter().any(is_domain)
        || (source.contains('.') && CARD_CHECKS.iter().any(|check| source.contains(check)))
}

fn assistant(words: Words<'_>) -> Option<String> {
    if !matches!(words.medium, "" | "referral" | "organic") {
        return None;
    }
    let source = words
        .sources
        .iter()
        .find(|source| ASSISTANTS.binary_search(source).is_ok())?;
    Some(format!("source `{source}` is an assistant"))
}

/// A medium says it whatever the source; a source says it only where no medium does.
fn mailing(words: Words<'_>) -> Option<String> {
    if MAILINGS.contains(&words.medium) {
        return Some(format!("medium `{}` is a mailing", words.medium));
    }
    let source = words.sources.first().filter(|_| words.medium.is_empty())?;
    MAILINGS
        .contains(source)
        .then(|| format!("source `{source}` is a mailing and no medium is given"))
}

fn affiliate(words: Words<'_>) -> Option<String> {
    AFFILIATES
        .contains(&words.medium)
        .then(|| format!("medium `{}` means affiliates", words.medium))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(source: &str, medium: &str) -> Option<&'static str> {
        let sources = super::super::host::forms(source);
        decide(Words {
            sources: &sources,
            medium,
        })
        .map(|(channel, _)| channel)
    }

    #[test]
    fn lists_are_sorted() {
        assert!(SOCIAL.is_sorted() && ASSISTANTS.is_sorted());
    }

    #[test]
    fn payment_pages_are_no_referrers() {
        for source in [
            "stripe",
            "stripe.com",
            "checkout.stripe.com",
            "https://www.paypal.com/checkoutnow",
            "live.adyen.com",
            "pay.klarna.com",
            "secure5.arcot.com",
            "www.3dsecure.example",
        ] {
            assert_eq!(
                channel(source, "referral"),
                Some(PAYMENT_REFERRAL),
                "{source}"
            );
            assert_eq!(channel(source, ""), Some(PAYMENT_REFERRAL), "{source}");
            assert_eq!(channel(source, "cpc"), None, "{source}");
        }
        for source in ["notstripe.com", "stripe.com.example", "pinstripe"] {
            assert_eq!(channel(source, "referral"), None, "{source}");
        }
    }

    #[test]
    fn assistants_unless_paid() {
        for medium in ["", "referral", "organic"] {
            assert_eq!(
                channel("https://www.perplexity.ai/", medium),
                Some("AI Assistant")
            );
        }
        assert_eq!(channel("chatgpt.com", "cpc"), None);
        assert_eq!(channel("thank-you.com", ""), None);
    }

    #[test]
    fn mailings_and_affiliates() {
        assert_eq!(channel("google", "newsletter"), Some("Email"));
        assert_eq!(channel("newsletter", ""), Some("Email"));
        assert_eq!(channel("newsletter", "organic"), None);
        assert_eq!(channel("shop", "partner-affiliate"), Some("Affiliates"));
        assert_eq!(channel("affiliates", ""), None);
    }
}
