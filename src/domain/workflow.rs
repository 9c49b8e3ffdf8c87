//! Commands of a workflow: how GitHub's runner is told of a mistake, and how text of
//! strangers is kept from telling it anything.
//!
//! The runner takes every line of standard output and standard error that begins with
//! `::`, blanks aside, and every line with `##[` anywhere in it, for a command where the
//! word behind it is one. Of a kind it shows ten annotations for a step and drops the rest
//! without a word.

use std::borrow::Cow;

/// Annotations of a kind that stand for themselves; one more may count the others.
pub const SHOWN: usize = 9;

/// A kind of annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Red.
    Error,
    /// Yellow.
    Warning,
}

impl Kind {
    /// Both, the worse one first.
    pub const ALL: [Self; 2] = [Self::Error, Self::Warning];

    /// The name of the command.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// What an annotation says, and of which place. Texts are clean but for line breaks.
#[derive(Debug, Clone, Default)]
pub struct Annotation<'a> {
    /// The file as it is called in the repository.
    pub file: Option<Cow<'a, str>>,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Column, from 1.
    pub column: Option<u64>,
    /// A few words above the text.
    pub title: Cow<'a, str>,
    /// The text.
    pub text: Cow<'a, str>,
}

impl Annotation<'_> {
    /// The command, without a line break.
    #[must_use]
    pub fn command(&self, kind: Kind) -> String {
        let number = |number: Option<u64>| number.map(|number| number.to_string());
        let properties = [
            ("file", self.file.as_deref().map(property)),
            ("line", number(self.line)),
            ("col", number(self.column)),
            ("title", Some(property(&self.title))),
        ];
        let said = properties
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", value?)));
        let said: Vec<String> = said.collect();
        format!("::{} {}::{}", kind.word(), said.join(","), data(&self.text))
    }
}

/// The command that counts what was not shown; nothing where all was.
#[must_use]
pub fn rest(kind: Kind, count: usize) -> Option<String> {
    let rest = count.checked_sub(SHOWN).filter(|rest| *rest > 0)?;
    Some(format!("::{} title=leadflow::and {rest} more", kind.word()))
}

/// For the text of a command.
#[must_use]
pub fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// For a property of a command.
#[must_use]
pub fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A line that is no command: `::` at its beginning and `##[` become letters that look alike.
#[must_use]
pub fn inert(line: &str) -> Cow<'_, str> {
    let starts = line.trim_start().starts_with("::");
    if !starts && !line.contains(OLD) {
        return Cow::Borrowed(line);
    }
    let mut line = line.replace(OLD, "#\u{266F}[");
    if starts {
        line = line.replacen("::", "\u{2237}", 1);
    }
    Cow::Owned(line)
}

/// How commands began before `::`; the runner still takes them, wherever they stand.
pub const OLD: &str = "##[";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_holds_its_text_and_no_other_command() {
        let annotation = Annotation {
            file: Some("a,b:c.csv".into()),
            line: Some(7),
            column: Some(3),
            title: "leadflow bad_date".into(),
            text: "100 % wrong\r\n::set-output name=x::y".into(),
        };
        assert_eq!(
            annotation.command(Kind::Error),
            "::error file=a%2Cb%3Ac.csv,line=7,col=3,title=leadflow bad_date::\
             100 %25 wrong%0D%0A::set-output name=x::y"
        );
        let bare = Annotation {
            title: "leadflow".into(),
            ..Annotation::default()
        };
        assert_eq!(bare.command(Kind::Warning), "::warning title=leadflow::");
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        assert_eq!(rest(Kind::Error, 9), None);
        let line = rest(Kind::Warning, 12);
        assert_eq!(
            line.as_deref(),
            Some("::warning title=leadflow::and 3 more")
        );
    }

    #[test]
    fn no_line_is_a_command_by_accident() {
        for (line, shown) in [
            ("a :: b", "a :: b"),
            ("  ::error::x", "  \u{2237}error::x"),
            (
                "x ##[error]y ##[debug]",
                "x #\u{266F}[error]y #\u{266F}[debug]",
            ),
            ("###[x]", "##\u{266F}[x]"),
        ] {
            assert_eq!(inert(line), shown);
        }
    }
}
