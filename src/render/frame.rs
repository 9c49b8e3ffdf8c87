//! What stands around the tables of a report in every format for people: the line below
//! the title, the notes in order, the results of checks. The texts are not escaped.

use crate::report::document::{CheckResult, Context, Kind, Note, PeriodInfo};

use super::number;

/// Period, moment, zone and currency: the parts of the line below the title.
#[must_use]
pub fn context(context: &Context) -> Vec<String> {
    let mut parts = vec![period(&context.period)];
    if let Some(as_of) = &context.as_of {
        let assumed = if context.as_of_assumed {
            " (assumed)"
        } else {
            ""
        };
        parts.push(format!("as of {as_of}{assumed}"));
    }
    parts.push(context.time_zone.clone());
    parts.extend(context.currency.clone());
    // A report that is about no data (a list of sources) has none of them.
    parts.retain(|part| !part.is_empty());
    parts
}

fn period(period: &PeriodInfo) -> String {
    let mut text = period.label.clone();
    let names_days = period.label.chars().any(|c| c.is_ascii_digit());
    if let (false, Some(start), Some(end)) = (names_days, &period.start, &period.end) {
        text.push_str(&format!(" (from {start}, before {end})"));
    }
    if period.partial {
        text.push_str(" (partial)");
    }
    text
}

/// Notes worst first, at most `cap` of each severity, and how many more there are of each.
#[must_use]
pub fn notes(notes: &[Note], cap: usize) -> (Vec<&Note>, Vec<(&'static str, usize)>) {
    let (mut shown, mut rest) = (Vec::new(), Vec::new());
    for severity in SEVERITIES {
        let same = || notes.iter().filter(|note| severity_of(note) == *severity);
        shown.extend(same().take(cap));
        let more = same().count().saturating_sub(cap);
        if more > 0 {
            rest.push((*severity, more));
        }
    }
    (shown, rest)
}

/// `and 3 more warnings, 1 more note (all of them: --format json)`, or nothing.
#[must_use]
pub fn more_notes(rest: &[(&'static str, usize)]) -> Option<String> {
    if rest.is_empty() {
        return None;
    }
    let parts = rest.iter().map(|(severity, count)| {
        let plural = if *count == 1 { "" } else { "s" };
        format!("{count} more {severity}{plural}")
    });
    let parts: Vec<String> = parts.collect();
    Some(format!(
        "and {} (all of them: --format json)",
        parts.join(", ")
    ))
}

/// The text of a note with its place and how often it was found: `no date (leads.csv:7:3, 12 times)`.
#[must_use]
pub fn note_text(note: &Note) -> String {
    // Most texts tell their count themselves.
    let told = note.text.contains(&note.count.to_string());
    let times = (note.count > 1 && !told).then(|| format!("{} times", note.count));
    let details: Vec<String> = note.place.clone().into_iter().chain(times).collect();
    if details.is_empty() {
        return note.text.clone();
    }
    format!("{} ({})", note.text, details.join(", "))
}

const SEVERITIES: &[&str] = &["error", "warning", "note"];

/// One of the known words; anything else is a note.
#[must_use]
pub fn severity_of(note: &Note) -> &'static str {
    let known = SEVERITIES
        .iter()
        .find(|severity| note.severity == **severity);
    known.copied().unwrap_or("note")
}

/// Headings of [`check`].
pub const CHECK_HEADINGS: [&str; 6] = ["Result", "Check", "Value", "Threshold", "n", "Reason"];

/// A check as a row of text.
#[must_use]
pub fn check(check: &CheckResult) -> [String; 6] {
    let print = |value: Option<f64>| {
        value.map_or_else(String::new, |value| number::value(value, Kind::Ratio, None))
    };
    let failed_softly = check.status == "fail" && check.level == "warn";
    [
        if failed_softly {
            "warn".to_owned()
        } else {
            check.status.clone()
        },
        check.check.clone(),
        print(check.value),
        print(check.threshold),
        check
            .n
            .map_or_else(String::new, |n| number::value(n as f64, Kind::Count, None)),
        check.reason.clone().unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn the_frame_is_named() {
        let mut report = sample::report();
        let as_of = "as of 2026-11-01T00:00:00+01:00 (assumed)";
        assert_eq!(
            context(&report.context),
            ["2026-10 (partial)", as_of, "Europe/Berlin", "EUR"]
        );
        report.context.period.label = "all".to_owned();
        assert_eq!(
            context(&report.context)[0],
            "all (from 2026-10-01, before 2026-11-01) (partial)"
        );
    }

    #[test]
    fn warnings_come_first_and_the_rest_is_counted() {
        let report = sample::report();
        let many: Vec<Note> = report.notes.iter().cycle().take(9).cloned().collect();
        let (shown, rest) = notes(&many, 3);
        let severities: Vec<&str> = shown.iter().map(|note| severity_of(note)).collect();
        assert_eq!(
            severities,
            ["warning", "warning", "warning", "note", "note", "note"]
        );
        assert_eq!(
            more_notes(&rest).as_deref(),
            Some("and 1 more warning, 2 more notes (all of them: --format json)")
        );
        assert_eq!(
            note_text(shown[0]),
            "12 deals have no lead | [x](y) (leads.csv:7:3)"
        );
        assert_eq!(more_notes(&[]), None);
    }
}
