//! `leadflow funnel --steps`: from the touches to the answer.

use super::prepare::{By, Prepared, prepare_by};
use super::{Run, context, emit};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::Millis;
use crate::domain::event_funnel::EventFunnel;
use crate::domain::names::did_you_mean;
use crate::domain::period::PeriodSpec;
use crate::metrics::event_funnel::{
    Classes, Factors, Question, Spec, Tally, Unknown, Vocabulary, Worker, answer, dimensions,
};
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::Parts;
use crate::report::views::event_funnel::{Answer, title, view};
use crate::shell::ExitStatus;
use crate::tables::touches::{Person, Touches};

/// How many do each step of a funnel of events, and how fast.
///
/// # Errors
/// What stops the run: no touches, an event that does not occur.
pub fn run(run: &Run, funnel: &EventFunnel) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    check_filter(run)?;
    let prepared = prepare_by(run, PeriodSpec::All, By::Touches)?;
    if prepared.touches.is_empty() {
        return Err(no_events().into());
    }
    let (parts, nobody) = parts(run, &prepared, funnel)?;
    let label = context::context(run, &prepared).period.label;
    let heading = format!("{}, {label}", title(funnel));
    let report = context::report(run, &prepared, "funnel", heading, parts);
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(run, nobody)))
}

/// The answer, and true where nobody did even the first step.
///
/// # Errors
/// An event that does not occur.
pub fn parts(
    run: &Run,
    prepared: &Prepared,
    funnel: &EventFunnel,
) -> Result<(Parts, bool), Failure> {
    let touches = &prepared.touches;
    let question = question(run, prepared, funnel).map_err(|unknown| refusal(&unknown))?;
    let tally = tally(touches, &question, run.settings.threads())?;
    let result = answer(funnel, &question, tally, touches.given().date_only);
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, None);
    let parts = view(&Answer {
        funnel,
        result: &result,
        dimensions: &run.settings.by,
        speak: &speak,
    });
    let nobody = result.total.steps.iter().all(|step| step.people == 0);
    Ok((parts, nobody))
}

/// Touches are no table that SQL can be asked of, and no list of lines.
fn check_filter(run: &Run) -> Result<(), Failure> {
    let settings = run.settings;
    let asked = [
        ("--where", settings.filter.is_some()),
        ("--rows", settings.rows.is_some()),
    ];
    let Some((option, _)) = asked.into_iter().find(|(_, asked)| *asked) else {
        return Ok(());
    };
    let text = format!("{option} does not apply to a funnel of events");
    Err(Diagnostic::new(&codes::NOT_FILTERABLE, text)
        .hint("say it in the steps (channel=Email) or leave rows out with [[exclude]]")
        .into())
}

fn no_events() -> Diagnostic {
    let text = "the steps are events of persons, and no input has any";
    Diagnostic::new(&codes::NO_EVENTS, text)
        .hint("give a table of touches: person, time, and an event, a kind or a channel")
}

fn question(run: &Run, prepared: &Prepared, funnel: &EventFunnel) -> Result<Question, Unknown> {
    let touches = &prepared.touches;
    let vocabulary = vocabulary(touches);
    let scope = prepared.scope();
    let (start, end) = scope.bounds();
    let as_of = scope.seen_from.unwrap_or(Millis::MAX);
    Ok(Question::new(
        funnel,
        Spec::new(funnel, start..end, as_of),
        Classes::new(funnel, &vocabulary)?,
        dimensions(&run.settings.by, &vocabulary, run.settings.zone)?,
        Factors::new(&factor_columns(&vocabulary), &vocabulary)?,
    ))
}

/// The columns of the touches that say something, and what each class says in them.
fn vocabulary(touches: &Touches) -> Vocabulary<'_> {
    let built_in = ["event", "kind", "channel", "campaign"];
    let segments = touches.segments().iter().map(String::as_str);
    let said = |column: &'static str| Some((column, touches.words(column)?));
    let own = |column| Some((column, touches.words(column)?));
    let columns = built_in.into_iter().filter_map(said);
    let columns = columns.chain(segments.filter_map(own));
    Vocabulary {
        classes: touches.classes().len(),
        columns: columns
            .filter(|(_, words)| words.iter().any(Option::is_some))
            .collect(),
    }
}

/// What may go with conversion: everything but the events themselves.
fn factor_columns(vocabulary: &Vocabulary) -> Vec<String> {
    let names = vocabulary.columns.iter().map(|(name, _)| *name);
    let names = names.filter(|name| *name != "event");
    names.map(str::to_owned).collect()
}

/// One pass over all persons.
fn tally(touches: &Touches, question: &Question, threads: usize) -> Result<Tally, Failure> {
    let visit = |worker: &mut Worker, (): &mut (), person: Person<'_>| {
        let events = person.touches.iter();
        worker.person(events.map(|touch| (touch.at(), touch.class())));
    };
    let workers = touches.fold(threads, || Worker::new(question), || (), visit, |()| ())?;
    let sums = workers
        .into_iter()
        .map(Worker::finish)
        .reduce(|mut all, more| {
            all.merge(more);
            all
        });
    Ok(sums.unwrap_or_default())
}

/// How many names are listed where none is near.
const LISTED: usize = 12;

fn refusal(unknown: &Unknown) -> Failure {
    let (text, hint) = match unknown {
        Unknown::Column { name, known } => (
            format!("`{name}` is no column of the touches"),
            near_or_some(name, known, "the columns are"),
        ),
        Unknown::Value {
            column,
            value,
            known,
            elsewhere,
        } => (
            format!("`{value}` is no {column} of these inputs"),
            match elsewhere {
                Some(other) => format!("it is a {other}: write {other}={value}"),
                None => near_or_some(value, known, "known are"),
            },
        ),
    };
    Diagnostic::new(&codes::UNKNOWN_NAME, text)
        .hint(hint)
        .into()
}

/// The nearest names, else the first of all.
fn near_or_some(wanted: &str, known: &[String], lead: &str) -> String {
    let near = did_you_mean(wanted, known.iter().map(String::as_str));
    near.unwrap_or_else(|| {
        let some: Vec<&str> = known.iter().take(LISTED).map(String::as_str).collect();
        let more = if known.len() > LISTED { ", ..." } else { "" };
        format!("{lead} {}{more}", some.join(", "))
    })
}
