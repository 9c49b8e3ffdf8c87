//! Text of the user's files on its way into an output: the one place that escapes.
//!
//! Names of channels, campaigns and files come from outside and may hold markup,
//! formulas, terminal commands or characters that turn the line around. Each output
//! has its own dangerous letters, so each has its own function here, and every
//! renderer sends all its text through one of them, its own wording included. What
//! is neutralised stays visible wherever the output can show it: somebody who hides
//! a control character in a name should be found out, not helped.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::domain::workflow;

/// The letters that a document in XML may hold; others become U+FFFD. What has a meaning
/// there stays as it is: for writers that escape it themselves.
#[must_use]
pub fn xml_letters(text: &str) -> Cow<'_, str> {
    let refused = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || is_refused_in_xml(c);
    if !text.chars().any(refused) {
        return Cow::Borrowed(text);
    }
    let shown = |c| if refused(c) { '\u{FFFD}' } else { c };
    Cow::Owned(text.chars().map(shown).collect())
}

/// For a terminal or a log: no control characters, no line breaks, nothing invisible
/// that reorders text, and no line that a CI runner would take for a command.
#[must_use]
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unprintable) {
        return workflow::inert(text);
    }
    let visible: String = text.chars().map(printable).collect();
    Cow::Owned(workflow::inert(&visible).into_owned())
}

/// For XML 1.0, SVG and HTML, in text and in quoted attributes: well-formed whatever comes.
#[must_use]
pub fn xml(text: &str) -> Cow<'_, str> {
    if !text.chars().any(needs_xml_escape) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_xml(&mut escaped, c);
    }
    Cow::Owned(escaped)
}

/// For one line of CommonMark or a cell of a GitHub table: shown as typed, never markup,
/// never a link, a picture or a second column.
#[must_use]
pub fn markdown(text: &str) -> String {
    let text = terminal(text);
    let inner = text.trim_matches(' ');
    let leading = text.len() - text.trim_start_matches(' ').len();
    let trailing = if inner.is_empty() {
        0
    } else {
        text.len() - leading - inner.len()
    };
    format!(
        "{}{}{}",
        SPACE_REFERENCE.repeat(leading),
        markdown_inner(inner),
        SPACE_REFERENCE.repeat(trailing)
    )
}

/// For a text cell of CSV that a spreadsheet may open: a text that it would run as a
/// formula gets a leading apostrophe (OWASP, CSV injection).
#[must_use]
pub fn csv_text(text: &str) -> Cow<'_, str> {
    if is_formula(text) {
        return Cow::Owned(format!("'{text}"));
    }
    Cow::Borrowed(text)
}

/// For the message of a GitHub workflow command (`::error::message`).
#[must_use]
pub fn workflow(text: &str) -> String {
    workflow::data(text).chars().map(printable).collect()
}

/// For a property of a GitHub workflow command (`::error file=...`).
#[must_use]
pub fn workflow_property(text: &str) -> String {
    workflow::property(text).chars().map(printable).collect()
}

/// For the inside of a JSON string whose quotes and C0 controls are escaped already:
/// letters that would act on a terminal become `\uXXXX`, which loses nothing.
#[must_use]
pub fn json_fragment(text: &str) -> Cow<'_, str> {
    let is_command = text.contains(workflow::OLD);
    if !is_command && !text.chars().any(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            _ if is_unprintable(c) => push_json_escape(&mut escaped, c),
            '[' if is_command => push_json_escape(&mut escaped, c),
            _ => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

fn push_json_escape(out: &mut String, c: char) {
    let mut units = [0; 2];
    for unit in c.encode_utf16(&mut units) {
        out.push_str(&format!("\\u{unit:04x}"));
    }
}

/// For a file name or an anchor: `[a-z0-9-]`, never a path. The name alone where only
/// case and blanks changed, else with a short hash, so that `a:b` and `a/b` differ.
#[must_use]
pub fn slug(text: &str) -> String {
    let (stem, faithful) = slug_stem(text);
    if faithful && !is_device(&stem) && !ends_in_hash(&stem) {
        return stem;
    }
    let stem = stem.get(..STEM_LENGTH.min(stem.len())).unwrap_or_default();
    let stem = stem.trim_end_matches('-');
    let stem = if stem.is_empty() { "unnamed" } else { stem };
    format!("{stem}-{:08x}", short_hash(text))
}

/// A distinct [`slug`] for every text of a list, in its order.
#[must_use]
pub fn slugs<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    for text in texts {
        let name = free_name(&slug(text), &taken);
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

/// True for characters that have no place in a line of plain text.
fn is_unprintable(c: char) -> bool {
    c.is_control() || is_bidi_control(c) || is_hidden(c)
}

/// Marks, embeddings, overrides and isolates that reorder the text after them.
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Invisible characters that no script needs, and those that are none. The joiners of
/// Persian, Indic scripts and emoji (U+200C, U+200D) stay.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{200B}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

fn printable(c: char) -> char {
    match c {
        '\0'..='\u{1F}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}'),
        '\u{7F}' => '\u{2421}',
        _ if is_unprintable(c) => '\u{FFFD}',
        _ => c,
    }
}

fn needs_xml_escape(c: char) -> bool {
    matches!(c, '<' | '>' | '&' | '"' | '\'') || c.is_control() || is_refused_in_xml(c)
}

fn push_xml(out: &mut String, c: char) {
    match c {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        '"' => out.push_str("&quot;"),
        '\'' => out.push_str("&#39;"),
        '\t' => out.push_str("&#9;"),
        '\n' => out.push_str("&#10;"),
        '\r' => out.push_str("&#13;"),
        c if c.is_control() || is_refused_in_xml(c) => out.push('\u{FFFD}'),
        c => out.push(c),
    }
}

/// Not a character of XML 1.0, or one that turns the rest of the line around.
fn is_refused_in_xml(c: char) -> bool {
    u32::from(c) & 0xFFFE == 0xFFFE
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// A blank that Markdown neither strips nor takes for an indent.
const SPACE_REFERENCE: &str = "&#32;";

fn markdown_inner(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if starts_block(text, before, c, rest.as_str())
            || is_inline_markup(c)
            || joins_link(&escaped, c, rest.as_str())
        {
            escaped.push('\\');
        }
        escaped.push(c);
        if c == '@' {
            escaped.push(WORD_JOINER);
        }
        before = Some(c);
    }
    escaped
}

/// Between `@` and a host it stops GitHub from making a mail link or a mention, which
/// no backslash does.
const WORD_JOINER: char = '\u{2060}';

fn is_inline_markup(c: char) -> bool {
    matches!(
        c,
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '$'
    )
}

/// A heading, list, rule or numbered point at the start of the line, or the end of a heading.
fn starts_block(text: &str, before: Option<char>, c: char, rest: &str) -> bool {
    let stands_alone = rest.is_empty() || rest.starts_with([' ', c]);
    match c {
        ':' => before.is_none(),
        '#' if rest.trim_start_matches('#').is_empty() => true,
        '#' | '+' | '-' | '=' => before.is_none() && stands_alone,
        '.' | ')' => {
            let number = text.len() - rest.len() - 1;
            let digits = text.bytes().take(number).all(|byte| byte.is_ascii_digit());
            number > 0 && digits && (rest.is_empty() || rest.starts_with(' '))
        }
        _ => false,
    }
}

/// The `:` of an address and the `.` behind `www`, which GitHub links unasked.
fn joins_link(written: &str, c: char, rest: &str) -> bool {
    let ends_in = |word: &str| {
        let tail = written.len().saturating_sub(word.len());
        written
            .get(tail..)
            .is_some_and(|end| end.eq_ignore_ascii_case(word))
    };
    match c {
        ':' => rest.starts_with("//") || ends_in("mailto") || ends_in("xmpp"),
        '.' => ends_in("www"),
        _ => false,
    }
}

/// What a spreadsheet takes for a formula, also behind blanks and invisible letters,
/// also in the wide forms of East Asian keyboards.
fn is_formula(text: &str) -> bool {
    if text.starts_with(['\t', '\r', '\n', '\0']) {
        return true;
    }
    let visible = |c: &char| !(c.is_whitespace() || is_unprintable(*c));
    let first = text.chars().find(visible);
    first.is_some_and(|c| {
        matches!(
            c,
            '=' | '+' | '-' | '@' | '\u{FF1D}' | '\u{FF0B}' | '\u{FF0D}' | '\u{FF20}'
        )
    })
}

/// Letters of a name before its hash; with `-` and eight digits at most 80 in all.
const STEM_LENGTH: usize = 71;

/// The text in `[a-z0-9-]`, and whether nothing but case and blanks was changed.
fn slug_stem(text: &str) -> (String, bool) {
    let mut stem = String::new();
    for c in text.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            'a'..='z' | '0'..='9' => stem.push(c),
            _ if stem.ends_with('-') || stem.is_empty() => {}
            _ => stem.push('-'),
        }
    }
    let stem = stem.trim_end_matches('-').to_owned();
    let expected = text.to_ascii_lowercase().replace(' ', "-");
    let faithful = !stem.is_empty() && stem == expected && stem.len() <= 80;
    (stem, faithful)
}

/// Names that some systems keep for devices.
fn is_device(stem: &str) -> bool {
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    matches!(stem, "con" | "nul" | "prn" | "aux") || numbered("com") || numbered("lpt")
}

/// A text that looks like a name with hash gets its own hash, so that it cannot pose as another.
fn ends_in_hash(stem: &str) -> bool {
    stem.rsplit_once('-')
        .is_some_and(|(_, end)| end.len() == 8 && end.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// FNV-1a with 64 bits, folded to 32 (Fowler, Noll, Vo).
fn short_hash(text: &str) -> u32 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let folded = (hash >> 32) ^ (hash & 0xFFFF_FFFF);
    u32::try_from(folded).unwrap_or(u32::MAX)
}

fn free_name(name: &str, taken: &BTreeSet<String>) -> String {
    if !taken.contains(name) {
        return name.to_owned();
    }
    let stem = name.get(..STEM_LENGTH.min(name.len())).unwrap_or_default();
    (2_u32..)
        .map(|number| format!("{stem}-{number}"))
        .find(|candidate| !taken.contains(candidate))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_terminal_never_obeys_a_name() {
        for (text, shown) in [
            ("Paid Search", "Paid Search"),
            ("\u{1b}[31mred\u{1b}[0m", "\u{241b}[31mred\u{241b}[0m"),
            ("a\u{8}b\u{202e}gnp.exe", "a\u{2408}b\u{fffd}gnp.exe"),
            ("two\nlines\r\n", "two\u{240a}lines\u{240d}\u{240a}"),
            ("\u{7f}\u{9b}1m", "\u{2421}\u{fffd}1m"),
            ("::set-output name=x::y", "\u{2237}set-output name=x::y"),
            ("  ::error::x", "  \u{2237}error::x"),
            ("Зима 自然検索 العربية", "Зима 自然検索 العربية"),
            ("\u{1F468}\u{200D}\u{1F469}", "\u{1F468}\u{200D}\u{1F469}"),
        ] {
            assert_eq!(terminal(text), shown);
        }
    }

    #[test]
    fn xml_stays_well_formed() {
        for (text, shown) in [
            (
                "<b a=\"x\">'&'</b>",
                "&lt;b a=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;",
            ),
            ("a\u{b}b\0\u{ffff}", "a\u{fffd}b\u{fffd}\u{fffd}"),
            ("tab\tline\nreturn\r", "tab&#9;line&#10;return&#13;"),
            ("]]>", "]]&gt;"),
            ("\u{202e}abc", "\u{fffd}abc"),
        ] {
            assert_eq!(xml(text), shown);
        }
    }

    #[test]
    fn markdown_shows_text_as_typed() {
        for (text, shown) in [
            ("Paid Search (US) 10:30", "Paid Search (US) 10:30"),
            ("| a | b |", r"\| a \| b \|"),
            ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
            (
                "![i](http://example.invalid/p.png)",
                r"!\[i\](http\://example.invalid/p.png)",
            ),
            (
                "<!-- `x` *y* _z_ ~~q~~ &amp;",
                r"\<!-- \`x\` \*y\* \_z\_ \~\~q\~\~ \&amp;",
            ),
            ("# one", r"\# one"),
            ("one ##", r"one \#\#"),
            ("- one", r"\- one"),
            ("1. one. two", r"1\. one. two"),
            ("12) one", r"12\) one"),
            ("25.0 %", "25.0 %"),
            ("-25.0 %", "-25.0 %"),
            ("---", r"\---"),
            ("mailto:x", r"mailto\:x"),
            ("leads.csv:7:3", "leads.csv:7:3"),
            ("www.example.invalid", r"www\.example.invalid"),
            ("a\\|b", r"a\\\|b"),
            ("two\nlines", "two\u{240a}lines"),
            ("    code ", "&#32;&#32;&#32;&#32;code&#32;"),
            ("   ", "&#32;&#32;&#32;"),
            ("me@example.invalid", "me@\u{2060}example.invalid"),
        ] {
            assert_eq!(markdown(text), shown);
        }
    }

    #[test]
    fn spreadsheets_run_nothing() {
        for text in [
            "=cmd|' /C calc'!A0",
            "+1+1",
            "-2+3",
            "@SUM(1+1)",
            "\t=1+1",
            "\r=1",
            "\n=1",
            " =1+1",
            "\u{feff}=1",
            "\u{200b}=1",
            "\u{ff1d}1+1",
            "\u{ff0b}1",
            "\u{ff0d}1",
            "\u{ff20}x",
            "\0x",
        ] {
            assert_eq!(csv_text(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "SEO", "a=b", "%0A=1", "\"=1+1\"", "'=1"] {
            assert_eq!(csv_text(text), text);
        }
    }

    #[test]
    fn workflow_commands_stay_on_their_line() {
        assert_eq!(workflow("50 %\r\n::error::x"), "50 %25%0D%0A::error::x");
        assert_eq!(workflow_property("a:b,c"), "a%3Ab%2Cc");
        assert_eq!(workflow("\u{1b}[2J"), "\u{241b}[2J");
    }

    #[test]
    fn json_does_not_act_on_a_terminal() {
        assert_eq!(
            json_fragment("a\u{202e}\u{E0041}\u{7f}"),
            "a\\u202e\\udb40\\udc41\\u007f"
        );
    }

    #[test]
    fn file_names_are_harmless_and_distinct() {
        assert_eq!(slug("Paid Search"), "paid-search");
        assert_eq!(slug("2026-10"), "2026-10");
        let hostile = [
            "../../etc/passwd",
            "..\\..\\windows\\win.ini",
            "CON",
            "nul",
            "com1",
            "a:b",
            "a/b",
            ".",
            "..",
            "",
            "-rf",
            "$(touch x)",
            "a\0b",
            "a\nb",
            "自然検索",
            "العربية",
            "trailing.",
            "--",
            "a--b",
        ];
        let names = slugs(hostile);
        let distinct: BTreeSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
        for name in &names {
            assert!(is_file_name(name) && !is_device(name), "{name}");
        }
        assert_eq!(slugs(["SEO", "seo", "Seo"]), ["seo", "seo-2", "seo-3"]);
        assert_eq!(slug(&"x".repeat(300)).len(), 80);
        let posing = slug("a/b");
        assert_ne!(slug(&posing), posing);
    }

    fn is_file_name(name: &str) -> bool {
        (1..=80).contains(&name.len())
            && name
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    }

    /// Texts that are dense in what matters to the escapes.
    fn nasty() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            any::<char>().prop_map(String::from),
            "[\\x00-\\x7f]{1,4}",
            proptest::sample::select(vec![
                "::", "|", "\\|", "\\", "`", "<", "www.", "http://", "\u{202e}", "\u{1b}[", "=",
                "\r\n", "&#", "@",
            ])
            .prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn terminal_text_is_inert(text in nasty()) {
            let shown = terminal(&text);
            prop_assert!(!shown.chars().any(is_unprintable));
            prop_assert!(!shown.trim_start().starts_with("::"));
            let again = terminal(&shown);
            prop_assert_eq!(again.as_ref(), shown.as_ref());
        }

        #[test]
        fn xml_text_holds_no_markup(text in nasty()) {
            let shown = xml(&text);
            prop_assert!(!shown.contains(['<', '>', '"', '\'']));
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_refused_in_xml(c)));
            for part in shown.split('&').skip(1) {
                let known = ["lt;", "gt;", "amp;", "quot;", "#39;", "#9;", "#10;", "#13;"];
                prop_assert!(known.iter().any(|name| part.starts_with(name)));
            }
        }

        #[test]
        fn markdown_keeps_the_letters_and_the_columns(text in nasty()) {
            let shown = markdown(&text);
            prop_assert!(!shown.contains(['\n', '\r']));
            prop_assert_eq!(open_pipes(&shown), 0);
            prop_assert_eq!(without_escapes(&shown), terminal(&text).into_owned());
        }

        #[test]
        fn csv_text_never_starts_a_formula(text in nasty()) {
            let shown = csv_text(&text);
            prop_assert!(!is_formula(&shown));
            prop_assert!(shown == text.as_str() || shown.strip_prefix('\'') == Some(text.as_str()));
        }

        #[test]
        fn workflow_text_is_one_line(text in nasty()) {
            prop_assert!(!workflow(&text).contains(['\n', '\r']));
            prop_assert!(!workflow_property(&text).contains([':', ',', '\n', '\r']));
        }

        #[test]
        fn every_slug_is_a_file_name(text in nasty()) {
            let name = slug(&text);
            prop_assert!(is_file_name(&name), "{}", name);
            prop_assert!(!is_device(&name));
        }
    }

    fn open_pipes(markdown: &str) -> usize {
        let (mut escaped, mut open) = (false, 0);
        for c in markdown.chars() {
            open += usize::from(c == '|' && !escaped);
            escaped = c == '\\' && !escaped;
        }
        open
    }

    /// What a renderer makes of the escapes that this module writes.
    fn without_escapes(markdown: &str) -> String {
        let (mut text, mut escaped) = (String::new(), false);
        for c in markdown.replace(SPACE_REFERENCE, " ").chars() {
            if c == '\\' && !escaped {
                escaped = true;
                continue;
            }
            if c != WORD_JOINER {
                text.push(c);
            }
            escaped = false;
        }
        text
    }
}
