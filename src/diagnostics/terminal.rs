//! How findings are told: the options of the conversation, and the cleaning of foreign text.
//!
//! Plain data and one pure function. `settings` decides the options and `shell`
//! obeys them; neither needs the other.

use std::borrow::Cow;

use crate::domain::workflow;

/// How the program talks. What it computes does not depend on any of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShellOptions {
    /// Errors only: no notes, no warnings, no progress.
    pub quiet: bool,
    /// How often `--verbose` was given.
    pub verbose: u8,
    /// When to colour.
    pub colour: ColourChoice,
    /// In which form findings are told.
    pub speech: Speech,
    /// True where the answer itself annotates its findings (`--format github`), so that
    /// only the end of the run is annotated beside it.
    pub findings_in_answer: bool,
}

/// In which form findings are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speech {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
    /// Errors and warnings as annotations of GitHub Actions, notes as lines.
    Annotations,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ColourChoice {
    /// On a terminal that has colours.
    #[default]
    Auto,
    /// Into pipes too.
    Always,
    /// Not at all.
    Never,
}

/// Text of unknown origin for one line of a terminal.
///
/// Control characters (which could move the cursor or recolour the screen), line
/// breaks and the characters that turn the direction of writing become visible
/// escapes like `\u{1b}`; everything else stays.
#[must_use]
pub fn for_terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_dangerous) {
        return without_commands(text);
    }
    let mut clean = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => clean.push(' '),
            c if is_dangerous(c) => clean.extend(c.escape_unicode()),
            c => clean.push(c),
        }
    }
    Cow::Owned(without_commands(&clean).into_owned())
}

/// The commands that GitHub's runner takes anywhere in a line; those at its beginning are
/// the business of who writes whole lines.
fn without_commands(text: &str) -> Cow<'_, str> {
    match text.contains(workflow::OLD) {
        true => workflow::inert(text),
        false => Cow::Borrowed(text),
    }
}

/// Controls (C0, DEL, C1), bidirectional marks and overrides, line and paragraph
/// separators, the byte order mark.
fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_command_the_terminal() {
        assert_eq!(for_terminal("red\u{1b}[31m"), "red\\u{1b}[31m");
        assert_eq!(for_terminal("a\nb\tc"), "a b c");
        assert_eq!(for_terminal("abc\u{202e}txt"), "abc\\u{202e}txt");
        assert_eq!(for_terminal("\u{9b}31m\u{7f}"), "\\u{9b}31m\\u{7f}");
        assert!(matches!(
            for_terminal("渠道 SEO"),
            Cow::Borrowed("渠道 SEO")
        ));
    }
}
