//! `leadflow leaks`.

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit, failures, pipeline};
use crate::cli::LeaksArgs;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::period::PeriodSpec;
use crate::metrics::data::{Record, Source};
use crate::metrics::leaks::{self, Asked, Leaks};
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::Parts;
use crate::report::views::leaks::{Shown, brief, ids, view};
use crate::shell::ExitStatus;

/// Where people and money are lost.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run, args: &LeaksArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    if !run.settings.by.is_empty() {
        let text = "leaks has no --by: choose whom to look at with --where";
        return Err(Diagnostic::new(&codes::USAGE, text).into());
    }
    let prepared = prepare(run, PeriodSpec::All)?;
    let data = &prepared.data;
    if !data.has(Source::Leads) {
        return Err(
            Diagnostic::new(&codes::NO_HISTORY, "no input holds leads or deals")
                .hint("give the export of the leads or contacts, and those of deals and activities")
                .into(),
        );
    }
    super::sla::check_dimensions(data, &[])?;
    let Some(found) = compute(run, &prepared)? else {
        let text = "the leads have no dates, so nothing can be said about what is left lying";
        return Err(Diagnostic::new(&codes::NO_TIMES, text)
            .hint("name the column: [input.columns] created = \"Create Date\"")
            .into());
    };
    let what = if args.ids { ids } else { view };
    let parts = parts(&prepared, &found, what);
    let label = context::context(run, &prepared).period.label;
    let title = match args.ids {
        true => format!("Records behind the leaks, {label}"),
        false => format!("Leaks, {label}"),
    };
    let report = context::report(run, &prepared, "leaks", title, parts);
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(run, found.leads == 0)))
}

/// The section of the monthly report; nothing without activities or owners.
///
/// # Errors
/// A condition that does not fit the data.
pub fn of_report(run: &Run, prepared: &Prepared) -> Result<Option<Parts>, Failure> {
    let data = &prepared.data;
    let has = |record| data.records(record).height() > 0;
    let worked = has(Record::Activities) || has(Record::Owners);
    let told = data.has(Source::Leads) && data.refusal(Source::Leads, &[], None).is_none();
    if !worked || !told {
        return Ok(None);
    }
    let found = compute(run, prepared)?;
    let found = found.filter(|found| !found.lines.is_empty());
    Ok(found.map(|found| parts(prepared, &found, brief)))
}

fn compute(run: &Run, prepared: &Prepared) -> Result<Option<Leaks>, Failure> {
    let settings = run.settings;
    let ladders = pipeline::ladders(settings);
    let asked = Asked {
        levels: &settings.service_levels,
        thresholds: &settings.thresholds,
        ladders: &ladders,
    };
    leaks::compute(&prepared.data, &prepared.scope(), asked)
        .map_err(|error| failures::compute_error(&error))
}

fn parts(prepared: &Prepared, found: &Leaks, view: fn(&Shown) -> Parts) -> Parts {
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, prepared.currency.as_deref());
    view(&Shown {
        leaks: found,
        speak: &speak,
    })
}
