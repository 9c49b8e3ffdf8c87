//! Workflow commands of GitHub Actions: what failed, as annotations.
//!
//! GitHub shows ten annotations of a kind for a step and drops the rest without a word; so
//! the nine worst are printed and one line that counts the others. Text of a file cannot
//! begin a command of its own: commands are written here, one a line, and all text in them
//! is escaped.

use super::{Options, RenderError, escape, junit};
use crate::domain::workflow::{self, Kind, SHOWN};
use crate::report::document::{CheckResult, Note, Report};

/// Errors, then warnings; one plain line where there is nothing to say.
///
/// # Errors
/// None; the signature is that of all formats.
pub fn render(report: &Report, _: &Options) -> Result<Vec<u8>, RenderError> {
    let mut errors: Vec<String> = Vec::new();
    let mut warnings: Vec<String> = Vec::new();
    for check in report.checks.iter().filter(|check| check.status != "pass") {
        let is_error = check.status == "fail" && check.level != "warn";
        let list = if is_error { &mut errors } else { &mut warnings };
        list.push(of_check(check));
    }
    for note in &report.notes {
        match note.severity.as_str() {
            "error" => errors.push(of_note(note)),
            "warning" => warnings.push(of_note(note)),
            _ => {}
        }
    }
    let mut text = String::new();
    for (kind, list) in [(Kind::Error, &errors), (Kind::Warning, &warnings)] {
        for said in list.iter().take(SHOWN) {
            text.push_str(&format!("::{} title=leadflow::{said}\n", kind.word()));
        }
        if let Some(rest) = workflow::rest(kind, list.len()) {
            text.push_str(&format!("{rest}\n"));
        }
    }
    if text.is_empty() {
        text = match report.checks.len() {
            0 => "nothing to report\n".to_owned(),
            count => format!("{count} checks hold\n"),
        };
    }
    Ok(text.into_bytes())
}

fn of_check(check: &CheckResult) -> String {
    let what = if check.status == "skipped" {
        "skipped"
    } else {
        "does not hold"
    };
    let text = format!("{what}: {} ({})", check.check, junit::sentence(check));
    escape::workflow(&text)
}

fn of_note(note: &Note) -> String {
    let place = note.place.as_ref().map(|place| format!("{place}: "));
    escape::workflow(&format!("{}{}", place.unwrap_or_default(), note.text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::render::sample;

    #[test]
    fn the_nine_worst_of_a_kind_and_a_count() {
        let mut report = sample::report();
        report.notes.clear();
        let check = |number: u32| CheckResult {
            check: format!("lead{{channel=\"{number}\n::set-output name=x::y\"}} >= 1"),
            level: "error".into(),
            status: "fail".into(),
            value: Some(0.0),
            threshold: Some(1.0),
            n: None,
            reason: None,
        };
        report.checks = (0..12).map(check).collect();
        let text = String::from_utf8(render(&report, &Options::default()).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 10);
        assert!(
            lines
                .iter()
                .all(|line| line.starts_with("::error title=leadflow::"))
        );
        assert!(lines[0].contains("%0A::set-output"), "{}", lines[0]);
        assert!(lines[9].ends_with("and 3 more"));
        report.checks.clear();
        let text = render(&report, &Options::default()).unwrap();
        assert_eq!(text, b"nothing to report\n");
    }
}
