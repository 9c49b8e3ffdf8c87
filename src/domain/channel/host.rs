//! From a host to a source.
//!
//! Referrers and UTM tags write `www.google.com`, `https://l.example.com/page` or
//! `google`; Google's lists know some hosts and some bare names. A host is reduced step
//! by step, and the first form that a list knows counts. `mail.`, `docs.`, `drive.` and
//! the like stay what they are: a link in a mail is not a search.

/// Search engines that the lists name without their domain.
const ENGINES: [&str; 9] = [
    "google",
    "bing",
    "yahoo",
    "yandex",
    "baidu",
    "naver",
    "duckduckgo",
    "ecosia",
    "qwant",
];

/// Labels in front of a host that say nothing about who it is.
const PREFIXES: [&str; 5] = ["www.", "m.", "l.", "lm.", "amp."];

/// Second levels under which countries register names: `google.co.uk`, `google.com.br`.
const SECOND_LEVELS: [&str; 6] = ["com", "co", "net", "ne", "org", "or"];

/// The forms under which a source (in its spelling form) is looked up, in this order:
/// as it is, its host, the host without a leading `www.` and the like, the engine's name.
#[must_use]
pub fn forms(source: &str) -> Vec<&str> {
    let mut forms = vec![source];
    let Some(host) = host(source) else {
        return forms;
    };
    let known = [Some(host), without_prefix(host), engine(host)];
    for form in known.into_iter().flatten() {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// The host of an address: without scheme, path, query and port. `None` for words.
fn host(source: &str) -> Option<&str> {
    let (has_scheme, address) = match source.split_once("://") {
        Some((_, address)) => (true, address),
        None => (false, source),
    };
    let authority = address.split(['/', '?', '#']).next()?;
    let host = without_port(authority).trim_end_matches('.');
    let is_host = !host.is_empty()
        && (has_scheme || host.contains('.'))
        && !host.contains(|c: char| c.is_whitespace() || c == '@');
    is_host.then_some(host)
}

fn without_port(authority: &str) -> &str {
    match authority.split_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn without_prefix(host: &str) -> Option<&str> {
    PREFIXES
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix))
        .filter(|rest| rest.contains('.'))
}

/// `google` for `google.tld`, `www.google.tld` and `search.google.tld`.
fn engine(host: &str) -> Option<&'static str> {
    let registered = ["www.", "search."]
        .iter()
        .find_map(|prefix| host.strip_prefix(prefix))
        .unwrap_or(host);
    let (name, suffix) = registered.split_once('.')?;
    ENGINES
        .into_iter()
        .find(|engine| *engine == name && is_public_suffix(suffix))
}

/// `com`, `de`, `co.uk`, `com.br`; not `evil.com`.
fn is_public_suffix(suffix: &str) -> bool {
    let is_top = |label: &str| label.len() >= 2 && label.bytes().all(|b| b.is_ascii_lowercase());
    match suffix.split_once('.') {
        None => is_top(suffix),
        Some((second, top)) => SECOND_LEVELS.contains(&second) && top.len() == 2 && is_top(top),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(source: &str) -> &str {
        forms(source).last().copied().unwrap_or_default()
    }

    #[test]
    fn engines_are_known_by_any_of_their_domains() {
        for source in [
            "google.com",
            "www.google.com",
            "www.google.co.uk",
            "google.com.br",
            "search.google.com",
            "https://www.google.de/",
            "https://www.google.com:443/search?q=a#b",
        ] {
            assert_eq!(last(source), "google", "{source}");
        }
        assert_eq!(last("yandex.com.tr"), "yandex");
        assert_eq!(last("www.ecosia.org"), "ecosia");
    }

    #[test]
    fn other_services_and_impostors_are_not_engines() {
        for source in [
            "mail.google.com",
            "docs.google.com",
            "drive.google.com",
            "tagmanager.google.com",
            "m.google.com",
            "google.evil.com",
            "google.com.evil.com",
            "notgoogle.com",
            "google",
            "google.",
        ] {
            assert!(!forms(source)[1..].contains(&"google"), "{source}");
        }
    }

    #[test]
    fn hosts_lose_what_says_nothing() {
        assert_eq!(forms("l.facebook.com"), ["l.facebook.com", "facebook.com"]);
        assert_eq!(
            forms("https://www.x.com/home"),
            ["https://www.x.com/home", "www.x.com", "x.com"]
        );
        assert_eq!(
            forms("m.example.org:8080"),
            ["m.example.org:8080", "m.example.org", "example.org"]
        );
        assert_eq!(forms("www.com"), ["www.com"]);
    }

    #[test]
    fn words_stay_words() {
        for source in [
            "",
            "google",
            "google / organic",
            "info@google.com",
            "a.b c.d",
            "://",
            ".",
            "/",
        ] {
            assert_eq!(forms(source), [source], "{source:?}");
        }
    }
}
