//! `leadflow pipeline`.

use chrono::NaiveDate;

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit, failures};
use crate::cli::PipelineArgs;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::{Millis, day_end, day_of};
use crate::domain::period::{Period, PeriodSpec};
use crate::metrics::data::Source;
use crate::metrics::pipeline::ladder::LadderSetup;
use crate::metrics::pipeline::{self, Pipeline, Setup};
use crate::metrics::time_labels::is_time;
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::Parts;
use crate::report::views::pipeline::{Shown, brief, list, view};
use crate::settings::{PipelineSetup, Settings, Target};
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
    let setup = setup(run, &prepared, args)?;
    let Some(found) = compute(&prepared, &run.settings.by, &setup)? else {
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
    let setup = setup(run, prepared, &PipelineArgs::default())?;
    let found = compute(prepared, &[], &setup)?;
    let found = found.filter(|found| found.total.deals > 0);
    Ok(found.map(|found| parts(prepared, &[], &found, brief)))
}

fn compute(prepared: &Prepared, by: &[String], setup: &Setup) -> Result<Option<Pipeline>, Failure> {
    let data = &prepared.data;
    if !data.has(Source::Deals) {
        return Ok(None);
    }
    pipeline::compute(data, &prepared.scope(), by, setup)
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

/// The ladders of deals, as configured.
pub fn ladders(settings: &Settings) -> Vec<LadderSetup> {
    let ladder = |pipeline: &PipelineSetup| LadderSetup {
        name: pipeline.name.clone(),
        stages: pipeline.stages.clone(),
        won: pipeline.won.clone(),
        lost: pipeline.lost.clone(),
        no_decision: pipeline.no_decision.clone(),
        qualified_from: pipeline.qualified_from.clone(),
        probability: pipeline.probability.clone(),
        rot_days: pipeline.rot_days.clone(),
    };
    settings.pipelines.iter().map(ladder).collect()
}

/// What the configuration and the options say of the deals.
fn setup(run: &Run, prepared: &Prepared, args: &PipelineArgs) -> Result<Setup, Failure> {
    let goals = run.settings.targets.iter();
    let of_wins = |target: &&Target| {
        ["revenue", "won"].contains(&target.metric.as_str()) && target.by.is_empty()
    };
    Ok(Setup {
        ladders: ladders(run.settings),
        goals: goals
            .filter(of_wins)
            .map(|target| (target.period.clone(), target.value))
            .collect(),
        closing: closing(args)?,
        since: since(prepared, args)?,
    })
}

/// The period of `--closing`.
fn closing(args: &PipelineArgs) -> Result<Option<Period>, Failure> {
    let Some(text) = &args.closing else {
        return Ok(None);
    };
    Period::parse(text).map(Some).map_err(|error| {
        Diagnostic::new(&codes::USAGE, format!("--closing: {error}"))
            .hint("name the period in which deals are planned to close: --closing 2026-Q4")
            .into()
    })
}

/// The end of the day of `--since`.
fn since(prepared: &Prepared, args: &PipelineArgs) -> Result<Option<Millis>, Failure> {
    let Some(text) = &args.since else {
        return Ok(None);
    };
    let complain = |text: String| -> Failure {
        Diagnostic::new(&codes::USAGE, text)
            .hint("name the day after which changes are told: --since 2026-09-30")
            .into()
    };
    let day: NaiveDate = text
        .parse()
        .map_err(|_| complain(format!("--since: `{text}` is no day")))?;
    let moment = day_end(day, prepared.data.zone) - 1;
    if prepared.data.as_of.is_some_and(|as_of| moment >= as_of) {
        let text = format!("--since {day} is not before the as-of moment of the data");
        return Err(complain(text));
    }
    Ok(Some(moment))
}

fn no_deals(prepared: &Prepared) -> Diagnostic {
    if prepared.data.has(Source::Deals) {
        return Diagnostic::new(&codes::NO_TIMES, "the deals have no dates at all")
            .hint("say as of which day they stand: --as-of 2026-10-31");
    }
    Diagnostic::new(&codes::NO_HISTORY, "no input holds deals")
        .hint("give the export of the opportunities or deals")
}
