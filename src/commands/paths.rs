//! `leadflow paths`.

use super::journeys::{self, Found, Question, Target};
use super::prepare::{By, Prepared, prepare_by};
use super::{Run, context, emit};
use crate::attribution::from_touches::Keep;
use crate::attribution::journeys::Journeys;
use crate::attribution::paths::{self, Lag};
use crate::diagnostics::Failure;
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
    let span = [prepared.scope().bounds()];
    let question = Question {
        target: &target,
        by: &run.settings.by,
        spans: &span,
        only_new: false,
        cohort: None,
        keep: Keep::All,
    };
    let found = journeys::find(run, &prepared, &question, &[])?;
    journeys::tell(&mut prepared, &found);
    let lags = lags(run, &prepared, &question, &found)?;
    let journeys = &found.spans[0].journeys;
    let parts = parts(run, journeys, &found, &lags);
    let report = context::report(run, &prepared, "paths", "Journeys".into(), parts);
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(run, journeys.is_empty())))
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
/// event. `found` has the journeys to the target itself.
fn lags(
    run: &Run,
    prepared: &Prepared,
    question: &Question,
    found: &Found,
) -> Result<Vec<(String, Lag)>, Failure> {
    let own = || paths::lag(&found.spans[0].lags);
    let asked = match question.target {
        Target::Paths => return Ok(Vec::new()),
        Target::Touches(_, name) => return Ok(vec![(name.clone(), own())]),
        Target::Stage(stage) => *stage,
    };
    let stages = prepared.conversions.stages.iter().enumerate();
    let reached = stages.filter(|(_, sort)| !sort.list.is_empty());
    reached
        .map(|(stage, _)| {
            let lag = if stage == asked {
                own()
            } else {
                let target = Target::Stage(stage);
                let question = Question {
                    target: &target,
                    ..*question
                };
                let found = journeys::find(run, prepared, &question, &[])?;
                paths::lag(&found.spans[0].lags)
            };
            Ok((prepared.data.ladder.name(stage).to_owned(), lag))
        })
        .collect()
}
