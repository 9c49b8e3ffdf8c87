//! `leadflow inspect`.

use super::prepare::{By, derive, persons};
use super::{Run, context, emit, request};
use crate::diagnostics::{Diagnostics, Failure, Severity};
use crate::domain::calendar::rfc3339;
use crate::domain::channel::RULES_VERSION;
use crate::domain::period::PeriodSpec;
use crate::metrics::joins;
use crate::metrics::quality::Accounts;
use crate::report::document::{Context, PeriodInfo, Report};
use crate::report::persons as report_persons;
use crate::report::views;
use crate::settings::AsOf;
use crate::shell::ExitStatus;

/// What each file is, what is wrong with it, how well the files join.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    let loaded = request::load(run, true)?;
    let zone = run.settings.zone;
    let as_of = match run.settings.as_of {
        AsOf::Instant(instant) => Some(instant - 1),
        AsOf::Evidence => loaded.evidence,
    };
    let currency = loaded.currency.clone();
    let mut accounts = Accounts {
        inputs: loaded.inputs.clone(),
        joins: loaded.joins.clone(),
        spellings: loaded.spellings.clone(),
        columns: loaded.columns.clone(),
    };
    let mut findings: Diagnostics = loaded.findings.clone();
    let rejects = loaded.rejects.clone();
    let persons = persons(run.settings, &loaded.tables);
    // How tables join is known once they are linked; a problem there is a finding here.
    if let Ok(prepared) = derive(run, loaded, PeriodSpec::All, By::Records) {
        accounts.joins = prepared.accounts.joins;
        joins::add_spellings(&prepared.data, &mut accounts.joins);
        accounts.joins.extend(joins::further(&prepared.data));
        findings = prepared.findings;
    }
    let stamp = |at: i64| rfc3339(at, zone);
    let problems = context::problems(&findings, |_| true);
    let parts = views::inspect::view(&accounts, &problems, &stamp);
    let mut report = Report {
        command: "inspect".into(),
        title: "Inputs".into(),
        context: Context {
            period: PeriodInfo {
                label: "all".into(),
                start: None,
                end: None,
                partial: false,
            },
            as_of: as_of.map(|at| rfc3339(at.saturating_add(1), zone)),
            as_of_assumed: run.settings.as_of == AsOf::Evidence,
            time_zone: zone.name().to_owned(),
            currency,
            channel_rules: RULES_VERSION.to_owned(),
            seed: run.settings.seed,
            inputs: context::inputs(&accounts, zone),
        },
        summary: parts.summary,
        sections: parts.sections,
        tables: parts.tables,
        charts: parts.charts,
        notes: Vec::new(),
        checks: Vec::new(),
    };
    report_persons::hide(&mut report, &persons);
    let inputs: Vec<std::path::PathBuf> = accounts
        .inputs
        .iter()
        .map(|input| run.settings.base.join(&input.file))
        .collect();
    emit::print(run, &report, &inputs)?;
    emit::write_rejects(run, &rejects, &inputs)?;
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    errors.for_each(|finding| run.shell.tell(finding));
    let unusable = findings.has_errors();
    Ok(if unusable {
        ExitStatus::Failed
    } else {
        ExitStatus::Done
    })
}
