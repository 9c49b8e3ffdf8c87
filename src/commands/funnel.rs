//! `leadflow funnel`.

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit, event_funnel, failures, origins};
use crate::diagnostics::Failure;
use crate::domain::figure::View;
use crate::domain::period::{Grain, PeriodSpec};
use crate::metrics::measure::Measure;
use crate::metrics::time_labels::{grain, is_time};
use crate::metrics::{durations, funnel, path_quality, ripening};
use crate::report::views::{self, Parts};
use crate::shell::ExitStatus;

/// How many reach each stage, at what rate, how fast.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    if let Some(funnel) = &run.settings.event_funnel {
        return event_funnel::run(run, funnel);
    }
    emit::check(run)?;
    let prepared = prepare(run, PeriodSpec::All)?;
    let data = &prepared.data;
    let scope = prepared.scope();
    let view = view(run, &prepared);
    if let Some(query) = &run.settings.rows {
        let stage = query
            .dims
            .iter()
            .find(|(name, _)| name == "stage")
            .map(|(_, value)| value.as_str());
        let measure = funnel::measure_of(data, &scope, view, &query.key, stage);
        let measure = measure.or_else(|| path_quality::measure_of(data, &scope, &query.key, stage));
        let measures: Vec<Measure> = measure.into_iter().collect();
        return origins::run(run, &prepared, query, &measures, &known(&prepared));
    }
    let error = |error| failures::compute_error(&error);
    let total = funnel::compute(data, &scope, view, &[]).map_err(error)?;
    let by = match run.settings.by.as_slice() {
        [] => Vec::new(),
        dimensions => funnel::compute(data, &scope, view, dimensions).map_err(error)?,
    };
    let recorded = durations::recorded(data, &scope).map_err(error)?;
    let Some(total) = total.first() else {
        return Ok(emit::emptiness(run, true));
    };
    let mut parts = views::funnel::view(&views::funnel::Answer {
        total,
        by: &by,
        dimensions: &run.settings.by,
        recorded: &recorded,
        view,
    });
    parts.append(path(run, &prepared)?);
    if let Some(grain) = ripening_by(run) {
        let found = ripening::compute(data, &scope, grain).map_err(error)?;
        parts.append(views::ripening::view(&found));
    }
    let nobody = total
        .stages
        .iter()
        .all(|stage| stage.reached.unwrap_or(0) == 0);
    let label = context::context(run, &prepared).period.label;
    let report = context::report(run, &prepared, "funnel", format!("Funnel, {label}"), parts);
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(run, nobody)))
}

/// How straight the leads go, and how long they stay.
fn path(run: &Run, prepared: &Prepared) -> Result<Parts, Failure> {
    let (data, scope) = (&prepared.data, prepared.scope());
    let dimensions = run.settings.by.as_slice();
    let compute = |dimensions: &[String]| {
        path_quality::compute(data, &scope, dimensions)
            .map_err(|error| failures::compute_error(&error))
    };
    let by = match dimensions {
        [] => Vec::new(),
        _ => compute(dimensions)?,
    };
    let total = compute(&[])?;
    let view = |total| views::path_quality::view(total, &by, dimensions);
    Ok(total.first().map(view).unwrap_or_default())
}

/// The periods of the cohorts whose ripening is shown: the first time dimension, where the
/// cohort view is asked for by name.
fn ripening_by(run: &Run) -> Option<Grain> {
    if run.settings.view != Some(View::Cohort) {
        return None;
    }
    let asked = run.settings.by.iter().find(|name| is_time(name))?;
    Some(grain(asked)).filter(|grain| *grain != Grain::Day)
}

/// The view asked for; without dates only what has happened to date can be said.
fn view(run: &Run, prepared: &Prepared) -> View {
    let timed = prepared.data.noticed.timed;
    run.settings
        .view
        .unwrap_or(if timed { View::Cohort } else { View::ToDate })
}

/// Keys that `--rows` accepts.
fn known(prepared: &Prepared) -> Vec<String> {
    let ladder = &prepared.data.ladder;
    let mut keys: Vec<String> = ladder.iter().map(str::to_owned).collect();
    keys.push(format!("visit_to_{}", ladder.first()));
    keys.extend(ladder.steps().map(|(from, to)| ladder.step_key(from, to)));
    let columns = [
        "reached",
        "skipped",
        "skip_rate",
        "advanced",
        "exited",
        "open",
        "conversion",
        "conversion_to_date",
        "overall",
    ];
    keys.extend(columns.map(|column| format!("{column}{{stage=...}}")));
    keys
}
