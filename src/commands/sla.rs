//! `leadflow sla`.

use rustc_hash::FxHashMap;

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit, failures};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::Millis;
use crate::domain::period::PeriodSpec;
use crate::metrics::data::{Data, Record, Source};
use crate::metrics::sla::contact::Touched;
use crate::metrics::sla::{self, Asked, Sla};
use crate::metrics::targets::Goal;
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::Parts;
use crate::report::views::sla::{Shown, brief, view};
use crate::shell::ExitStatus;
use crate::tables::touches::{Key, Person, Touch};
use crate::tables::{col, frame};

/// Response times, promises, load.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    let prepared = prepare(run, PeriodSpec::All)?;
    let data = &prepared.data;
    if !data.has(Source::Leads) {
        return Err(no_leads().into());
    }
    if data.records(Record::Activities).height() == 0 {
        return Err(no_activities().into());
    }
    check_dimensions(data, &run.settings.by)?;
    let touched = touched(run, &prepared)?;
    let Some(found) = compute(run, &prepared, &run.settings.by, touched.as_ref())? else {
        let text = "the leads have no dates, so nothing can be said about speed";
        return Err(Diagnostic::new(&codes::NO_TIMES, text)
            .hint("name the column: [input.columns] created = \"Create Date\"")
            .into());
    };
    let parts = parts(run, &prepared, &run.settings.by, &found, view);
    let label = context::context(run, &prepared).period.label;
    let title = format!("Service levels, {label}");
    let report = context::report(run, &prepared, "sla", title, parts);
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(run, found.coverage.started == 0)))
}

/// The section of the monthly report; nothing without activities or leads with a clock.
///
/// # Errors
/// A condition that does not fit the data.
pub fn of_report(run: &Run, prepared: &Prepared) -> Result<Option<Parts>, Failure> {
    let data = &prepared.data;
    let told = data.has(Source::Leads) && data.records(Record::Activities).height() > 0;
    if !told || data.refusal(Source::Leads, &[], None).is_some() {
        return Ok(None);
    }
    // What only touches tell is not on the monthly page.
    let found = compute(run, prepared, &[], None)?;
    let found = found.filter(|found| found.coverage.started > 0);
    Ok(found.map(|found| parts(run, prepared, &[], &found, brief)))
}

fn compute(
    run: &Run,
    prepared: &Prepared,
    by: &[String],
    touched: Option<&Touched>,
) -> Result<Option<Sla>, Failure> {
    let settings = run.settings;
    let goals = goals(run);
    let asked = Asked {
        dimensions: by,
        levels: &settings.service_levels,
        outcome_days: settings.thresholds.outcome_days,
        goals: &goals,
        touched,
    };
    sla::compute(&prepared.data, &prepared.scope(), asked)
        .map_err(|error| failures::compute_error(&error))
}

/// When customers were touched; nothing without touches.
fn touched(run: &Run, prepared: &Prepared) -> Result<Option<Touched>, Failure> {
    let touches = &prepared.touches;
    if touches.is_empty() {
        return Ok(None);
    }
    let leads = prepared.data.frame(Source::Leads);
    let ids = frame::texts(leads, col::ID);
    let won = col::has(prepared.data.ladder.last());
    let customers: FxHashMap<Key, usize> = frame::true_rows(leads, &won)
        .filter_map(|row| Some((Key::of(ids[row]?), row)))
        .collect();
    let visit = |found: &mut Vec<(usize, Vec<Millis>)>, (): &mut (), person: Person<'_>| {
        if let Some(row) = customers.get(&person.key) {
            found.push((*row, person.touches.iter().map(Touch::at).collect()));
        }
    };
    let threads = run.settings.threads();
    let found = touches.fold(threads, Vec::new, || (), visit, |()| ())?;
    Ok(Some(Touched {
        times: found.into_iter().flatten().collect(),
        date_only: touches.given().date_only,
    }))
}

fn goals(run: &Run) -> Vec<Goal> {
    let targets = run.settings.targets.iter();
    targets
        .map(|target| Goal {
            metric: target.metric.clone(),
            period: target.period.clone(),
            by: target.by.clone().into_iter().collect(),
            value: target.value,
        })
        .collect()
}

fn parts(
    run: &Run,
    prepared: &Prepared,
    by: &[String],
    found: &Sla,
    view: fn(&Shown) -> Parts,
) -> Parts {
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, prepared.currency.as_deref());
    view(&Shown {
        sla: found,
        levels: &run.settings.service_levels,
        ladder: &prepared.data.ladder,
        dimensions: by,
        cap: run.settings.thresholds.open_leads,
        speak: &speak,
    })
}

/// Leads must carry what they are chosen and split by.
pub fn check_dimensions(data: &Data, by: &[String]) -> Result<(), Failure> {
    if data.refusal(Source::Leads, &[], None).is_some() {
        let text = "the leads do not have the column that --where asks for";
        return Err(Diagnostic::new(&codes::NOT_FILTERABLE, text)
            .hint("choose by owner, channel or a segment of the leads")
            .into());
    }
    let carried = |name: &String| {
        let one = std::slice::from_ref(name);
        data.refusal(Source::Leads, one, Some("created")).is_none()
    };
    match by.iter().find(|name| !carried(name)) {
        None => Ok(()),
        Some(name) => {
            let text = format!("the leads carry no `{name}` to split by");
            Err(Diagnostic::new(&codes::NOT_FILTERABLE, text)
                .hint("split by owner, channel, month or a segment of the leads")
                .into())
        }
    }
}

fn no_leads() -> Diagnostic {
    Diagnostic::new(&codes::NO_HISTORY, "no input holds leads")
        .hint("give the export of the leads or contacts too")
}

fn no_activities() -> Diagnostic {
    Diagnostic::new(
        &codes::NO_HISTORY,
        "no input holds activities: calls, mails, meetings",
    )
    .hint("give their export, one row per activity with the id of the lead, the time and the kind")
}
