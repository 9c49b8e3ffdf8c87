//! `leadflow paths`.

use super::journeys::{self, Found, Question, Target};
use super::prepare::{By, Prepared, prepare_by};
use super::{Run, context, emit};
use crate::attribution::journeys::Journeys;
use crate::attribution::paths::{self, Lag};
use crate::diagnostics::Failure;
use crate::domain::calendar::Millis;
use crate::domain::period::PeriodSpec;
use crate::report::views::Parts;
use crate::report::views::paths::{Answer, view};
use crate::shell::ExitStatus;

/// The most frequent journeys, their lengths, and which channels are met together.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    let mut prepared = prepare_by(run, PeriodSpec::All, By::Touches)?;
    let (target, _) = journeys::known(run, &mut prepared)?;
    let span = [journeys::whole(&prepared, run.settings.zone)];
    let question = Question {
        target: &target,
        by: &run.settings.by,
        spans: &span,
        only_new: false,
        cohort: None,
    };
    let found = journeys::find(run, &mut prepared, &question, &[])?;
    let lags = lags(run, &mut prepared, &target, &span, &found)?;
    let journeys = &found.spans[0].journeys;
    let parts = parts(run, journeys, &found, &lags);
    let report = context::report(run, &prepared, "paths", "Journeys".into(), parts);
    emit::emit(run, &prepared, &report)?;
    Ok(emit::emptiness(run, journeys.is_empty()))
}

/// Top journeys, lengths, overlap, and how long they took.
#[must_use]
pub fn parts(run: &Run, journeys: &Journeys, found: &Found, lags: &[(String, Lag)]) -> Parts {
    view(&Answer {
        journeys,
        top: &paths::top(journeys, run.settings.attribution.top),
        flows: &paths::flows(journeys, paths::FOLLOWED, paths::FOLLOWED_TOUCHES),
        lengths: &paths::by_length(journeys),
        overlap: &paths::overlap(journeys),
        lags,
        has_times: found.has_times,
        rules: &found.rules,
        has_value: found.has_value,
    })
}

/// From the first touch to each stage that anybody reached; to the target where that is an
/// event.
fn lags(
    run: &Run,
    prepared: &mut Prepared,
    target: &Target,
    spans: &[(Millis, Millis)],
    found: &Found,
) -> Result<Vec<(String, Lag)>, Failure> {
    let stages = 0..prepared.conversions.stages.len();
    let reached = stages.filter(|stage| !prepared.conversions.stages[*stage].list.is_empty());
    let targets: Vec<(String, Target)> = match target {
        Target::Paths => Vec::new(),
        Target::Touches(_, name) => vec![(name.clone(), target.clone())],
        Target::Stage(_) => reached
            .map(|stage| {
                (
                    prepared.data.ladder.name(stage).to_owned(),
                    Target::Stage(stage),
                )
            })
            .collect(),
    };
    let findings = prepared.findings.clone();
    let mut lags = Vec::new();
    for (name, target) in targets {
        let question = Question {
            target: &target,
            by: &[],
            spans,
            only_new: false,
            cohort: None,
        };
        if matches!(target, Target::Touches(..)) {
            lags.push((name, paths::lag(&found.spans[0].lags)));
            continue;
        }
        let found = journeys::find(run, prepared, &question, &[])?;
        lags.push((name, paths::lag(&found.spans[0].lags)));
    }
    // What is missing was said of the target already.
    prepared.findings = findings;
    Ok(lags)
}
