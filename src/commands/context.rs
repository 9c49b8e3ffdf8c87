//! The frame of a report: its context, its notes.

use super::Run;
use super::prepare::Prepared;
use crate::diagnostics::{Diagnostic, Diagnostics, Severity, codes};
use crate::domain::calendar::{day_of, rfc3339};
use crate::domain::channel::RULES_VERSION;
use crate::metrics::monthly::first_moment;
use crate::metrics::quality::{Accounts, Reason};
use crate::report::document::{Context, InputInfo, Note, PeriodInfo, Report};
use crate::report::persons;
use crate::report::views::Parts;
use crate::report::views::quality::Problem;

/// What the report is about.
#[must_use]
pub fn context(run: &Run, prepared: &Prepared) -> Context {
    let data = &prepared.data;
    let zone = data.zone;
    let period = match &prepared.period {
        Some(period) => PeriodInfo {
            label: period.label.clone(),
            start: Some(period.start.to_string()),
            end: Some(period.end.to_string()),
            partial: prepared.is_partial(),
        },
        None => PeriodInfo {
            label: "all".into(),
            start: first_moment(data)
                .or(prepared.touches.reach().map(|(first, _)| first))
                .map(|at| day_of(at, zone).to_string()),
            end: data
                .as_of
                .map(|at| day_of(at.saturating_add(1), zone).to_string()),
            partial: false,
        },
    };
    Context {
        period,
        as_of: data.as_of.map(|at| rfc3339(at.saturating_add(1), zone)),
        as_of_assumed: prepared.as_of_assumed,
        time_zone: zone.name().to_owned(),
        currency: prepared.currency.clone(),
        channel_rules: RULES_VERSION.to_owned(),
        seed: run.settings.seed,
        inputs: inputs(&prepared.accounts, zone),
    }
}

/// The context of an answer that reads no input.
#[must_use]
pub fn without_data(run: &Run) -> Context {
    Context {
        period: PeriodInfo {
            label: "all".into(),
            start: None,
            end: None,
            partial: false,
        },
        as_of: None,
        as_of_assumed: false,
        time_zone: run.settings.zone.name().to_owned(),
        currency: run.settings.currency.clone(),
        channel_rules: RULES_VERSION.to_owned(),
        seed: run.settings.seed,
        inputs: Vec::new(),
    }
}

/// The files that were read.
#[must_use]
pub fn inputs(accounts: &Accounts, zone: chrono_tz::Tz) -> Vec<InputInfo> {
    accounts
        .inputs
        .iter()
        .map(|input| InputInfo {
            file: input.file.clone(),
            kind: input.kind.clone(),
            sha256: input.sha256.clone(),
            rows: input.rows,
            rejected: input.aside_for(Reason::Rejected),
            through: input.through.map(|at| rfc3339(at.saturating_add(1), zone)),
        })
        .collect()
}

/// A report of the parts.
#[must_use]
pub fn report(
    run: &Run,
    prepared: &Prepared,
    command: &str,
    title: String,
    parts: Parts,
) -> Report {
    let mut findings = prepared.findings.clone();
    if prepared.is_partial() {
        let text = "the inputs end before the period does: its figures are partial";
        findings.push(Diagnostic::new(&codes::PARTIAL_PERIOD, text));
    }
    let mut report = Report {
        command: command.into(),
        title,
        context: context(run, prepared),
        summary: parts.summary,
        sections: parts.sections,
        tables: parts.tables,
        charts: parts.charts,
        notes: notes(&findings),
        checks: Vec::new(),
    };
    persons::hide(&mut report, &prepared.persons);
    report
}

/// Findings as notes, worst first; those beyond the cap are counted in the last of their kind.
#[must_use]
pub fn notes(findings: &Diagnostics) -> Vec<Note> {
    let mut list: Vec<&Diagnostic> = findings
        .iter()
        .filter(|finding| is_for_readers(finding))
        .collect();
    list.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    list.into_iter()
        .map(|finding| Note {
            code: finding.code.id.into(),
            severity: finding.severity.word().into(),
            text: sentence(&finding.text),
            place: finding.location.as_ref().map(ToString::to_string),
            hint: finding.hint.clone(),
            count: finding.count,
        })
        .collect()
}

/// How files were read is told by `inspect`; a report tells what matters for its figures.
#[must_use]
pub fn is_for_readers(finding: &Diagnostic) -> bool {
    const OF_READING: &[&str] = &["recognised", "missing_optional", "preamble", "totals_row"];
    finding.severity != Severity::Note || !OF_READING.contains(&finding.code.id)
}

fn sentence(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get(0..1).map(str::to_uppercase) {
        text.replace_range(0..1, &first);
    }
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// Findings as rows of the table of problems.
#[must_use]
pub fn problems(findings: &Diagnostics, keep: fn(&Diagnostic) -> bool) -> Vec<Problem> {
    findings
        .iter()
        .filter(|finding| keep(finding))
        .map(|finding| {
            let place = finding.location.clone().unwrap_or_default();
            Problem {
                code: finding.code.id.into(),
                severity: finding.severity.word().into(),
                file: place.file,
                line: place.line,
                column: place.header.unwrap_or_default(),
                text: finding.text.clone(),
                hint: finding.hint.clone().unwrap_or_default(),
                count: finding.count,
            }
        })
        .collect()
}
