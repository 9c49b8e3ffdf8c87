//! `leadflow paths`.

use super::journeys::{self, Question};
use super::prepare::{By, prepare_by};
use super::{Run, context, emit};
use crate::attribution::paths;
use crate::diagnostics::Failure;
use crate::domain::period::PeriodSpec;
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
    let question = Question {
        target: &target,
        by: &run.settings.by,
        spans: &[journeys::whole(&prepared, run.settings.zone)],
        only_new: false,
        cohort: None,
    };
    let found = journeys::find(run, &mut prepared, &question, &[])?;
    let made = &found.spans[0];
    let journeys = &made.journeys;
    let parts = view(&Answer {
        journeys,
        top: &paths::top(journeys, run.settings.attribution.top),
        lengths: &paths::by_length(journeys),
        overlap: &paths::overlap(journeys),
        rules: &found.rules,
        has_value: found.has_value,
    });
    let report = context::report(run, &prepared, "paths", "Journeys".into(), parts);
    emit::emit(run, &prepared, &report)?;
    Ok(emit::emptiness(run, journeys.is_empty()))
}
