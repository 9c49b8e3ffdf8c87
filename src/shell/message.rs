//! Findings as lines for people or for programs.

use std::io;

use serde_json::{Value, json};

use crate::diagnostics::terminal::for_terminal;
use crate::diagnostics::{Diagnostic, Failure, Severity};
use crate::domain::persons::masked;
use crate::domain::workflow::{self, Annotation, Kind};

/// How many lines the end of a run takes at most.
const MAX_LINES: usize = 5;

/// How many findings of a failure are told in words.
const MAX_FINDINGS: usize = 3;

/// With or without colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text alone.
    Plain,
    /// The leading word in colour.
    Coloured,
}

impl Style {
    fn word(self, word: &str, colour: &str) -> String {
        match self {
            Self::Plain => format!("{word}:"),
            Self::Coloured => format!("\u{1b}[1;{colour}m{word}:\u{1b}[0m"),
        }
    }

    fn severity(self, severity: Severity) -> String {
        let colour = match severity {
            Severity::Error => "31",
            Severity::Warning => "33",
            Severity::Note => "36",
        };
        self.word(severity.word(), colour)
    }

    fn help(self, hint: &str) -> String {
        format!(
            "{} {}",
            self.word("help", "32"),
            for_terminal(&masked(hint))
        )
    }
}

/// A finding: `warning: place: text`, then the way out.
pub fn lines(finding: &Diagnostic, style: Style) -> Vec<String> {
    let mut lines = statement(finding, style);
    lines.extend(finding.hint.as_ref().map(|hint| style.help(hint)));
    lines
}

/// The end of a run: the first findings, their ways out, and how many more there are.
pub fn failure(failure: &Failure, style: Style) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut hints: Vec<String> = Vec::new();
    let mut told = 0;
    for finding in failure.0.iter().take(MAX_FINDINGS) {
        let statement = statement(finding, style);
        if told > 0 && lines.len() + statement.len() > MAX_FINDINGS {
            break;
        }
        lines.extend(statement);
        told += 1;
        let hint = finding.hint.as_ref().map(|hint| style.help(hint));
        hints.extend(hint.filter(|hint| !hints.contains(hint)));
    }
    let more = failure.0.len() - told;
    let room = MAX_LINES - usize::from(more > 0);
    hints.truncate(room.saturating_sub(lines.len()));
    lines.extend(hints);
    if more > 0 {
        lines.push(format!(
            "... and {more} more; `--error-format json` lists them all"
        ));
    }
    lines
}

/// `error: place: text`; further lines of the text are indented, so that no text can
/// pass for a message of its own.
fn statement(finding: &Diagnostic, style: Style) -> Vec<String> {
    let mut text = cleaned(&masked(&finding.text)).into_iter();
    let mut head = style.severity(finding.severity);
    if let Some(place) = &finding.location {
        head = format!("{head} {}:", for_terminal(&place.to_string()));
    }
    head = format!("{head} {}", text.next().unwrap_or_default());
    let told = finding.text.contains(&finding.count.to_string());
    if finding.count > 1 && !told {
        head = format!("{head} ({} times)", finding.count);
    }
    std::iter::once(head)
        .chain(text.map(|line| format!("  {line}")))
        .map(|line| workflow::inert(&line).into_owned())
        .collect()
}

/// The lines of a text, each fit for a terminal.
pub fn cleaned(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| workflow::inert(&for_terminal(line)).into_owned())
        .collect()
}

/// A finding as one line of JSON.
pub fn json(finding: &Diagnostic) -> String {
    let place = finding.location.as_ref();
    let object: Value = json!({
        "severity": finding.severity.word(),
        "code": finding.code.id,
        "message": masked(&finding.text),
        "file": place.map(|place| &place.file),
        "line": place.and_then(|place| place.line),
        "column": place.and_then(|place| place.column),
        "header": place.and_then(|place| place.header.as_ref()),
        "hint": finding.hint.as_deref().map(masked),
        "count": finding.count,
    });
    // Only a text can hold what begins an old command of a runner.
    object.to_string().replace(workflow::OLD, "##\\u005b")
}

/// A finding as a command of a workflow: text and way out, at its place.
pub fn annotation(finding: &Diagnostic, kind: Kind) -> String {
    let place = finding.location.as_ref();
    let mut lines = cleaned(&masked(&finding.text));
    if finding.count > 1 && !finding.text.contains(&finding.count.to_string()) {
        lines.push(format!("({} times)", finding.count));
    }
    let hint = finding.hint.as_ref();
    lines.extend(hint.map(|hint| format!("help: {}", for_terminal(&masked(hint)))));
    let annotation = Annotation {
        file: place.map(|place| for_terminal(&place.file)),
        line: place.and_then(|place| place.line),
        column: place.and_then(|place| place.column),
        title: format!("leadflow {}", finding.code.id).into(),
        text: lines.join("\n").into(),
    };
    annotation.command(kind)
}

/// Why the system refused, in words without its error numbers.
pub fn io_words(error: &io::Error) -> String {
    let words = match error.kind() {
        io::ErrorKind::StorageFull => "no space left on the device",
        io::ErrorKind::QuotaExceeded => "no space left: the quota is used up",
        io::ErrorKind::FileTooLarge => "no space left: the file would pass the size limit",
        io::ErrorKind::PermissionDenied => "permission denied",
        io::ErrorKind::ReadOnlyFilesystem => "the file system is read-only",
        io::ErrorKind::NotFound => "not found",
        io::ErrorKind::AlreadyExists => "it exists",
        io::ErrorKind::IsADirectory => "it is a directory",
        io::ErrorKind::NotADirectory => "a part of the path is no directory",
        _ => {
            let text = error.to_string();
            let plain = text.split(" (os error").next().unwrap_or(&text);
            return plain.to_lowercase();
        }
    };
    words.to_owned()
}
