//! `leadflow pipeline`.

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit, failures};
use crate::cli::PipelineArgs;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::day_of;
use crate::domain::period::PeriodSpec;
use crate::metrics::data::Source;
use crate::metrics::pipeline::{self, Pipeline, Setup};
use crate::metrics::time_labels::is_time;
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::Parts;
use crate::report::views::pipeline::{Shown, brief, list, view};
use crate::shell::ExitStatus;

/// Open deals, movement, win rates, velocity, forecast.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run, args: &PipelineArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    if let Some(time) = run.settings.by.iter().find(|name| is_time(name)) {
        let text = format!("open deals stand in no {time}; split by owner, channel or a segment");
        return Err(Diagnostic::new(&codes::USAGE, text).into());
    }
    let prepared = prepare(run, PeriodSpec::LastQuarter)?;
    let Some(found) = compute(run, &prepared, &run.settings.by)? else {
        return Err(no_deals(&prepared).into());
    };
    let what = if args.list { list } else { view };
    let parts = parts(&prepared, &run.settings.by, &found, what);
    let label = context::context(run, &prepared).period.label;
    let title = if args.list {
        "Open deals".to_owned()
    } else {
        format!("Pipeline, {label}")
    };
    let report = context::report(run, &prepared, "pipeline", title, parts);
    emit::emit(run, &prepared, &report)
}

/// The section of the monthly report; nothing without open deals that have dates.
///
/// # Errors
/// A condition that does not fit the data.
pub fn of_report(run: &Run, prepared: &Prepared) -> Result<Option<Parts>, Failure> {
    let found = compute(run, prepared, &[])?;
    let found = found.filter(|found| found.total.deals > 0);
    Ok(found.map(|found| parts(prepared, &[], &found, brief)))
}

fn compute(run: &Run, prepared: &Prepared, by: &[String]) -> Result<Option<Pipeline>, Failure> {
    let data = &prepared.data;
    if !data.has(Source::Deals) {
        return Ok(None);
    }
    pipeline::compute(data, &prepared.scope(), by, &setup(run))
        .map_err(|error| failures::compute_error(&error))
}

fn parts(prepared: &Prepared, by: &[String], found: &Pipeline, view: fn(&Shown) -> Parts) -> Parts {
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, prepared.currency.as_deref());
    let zone = prepared.data.zone;
    let day = move |at: i64| day_of(at, zone).to_string();
    let shown = Shown {
        pipeline: found,
        dimensions: by,
        day: &day,
        speak: &speak,
    };
    view(&shown)
}

/// The stages of all pipelines one below the other, with what is said of them.
fn setup(run: &Run) -> Setup {
    let mut setup = Setup::default();
    for pipeline in &run.settings.pipelines {
        setup.stages.extend(pipeline.stages.iter().cloned());
        setup.probability.extend(pipeline.probability.clone());
        setup.rot_days.extend(pipeline.rot_days.clone());
    }
    setup
}

fn no_deals(prepared: &Prepared) -> Diagnostic {
    if prepared.data.has(Source::Deals) {
        return Diagnostic::new(&codes::NO_TIMES, "the deals have no dates at all")
            .hint("say as of which day they stand: --as-of 2026-10-31");
    }
    Diagnostic::new(&codes::NO_HISTORY, "no input holds deals")
        .hint("give the export of the opportunities or deals")
}
