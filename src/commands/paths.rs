//! `leadflow paths`.

use super::attribution::journeys;
use super::prepare::prepare;
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
    let mut prepared = prepare(run, PeriodSpec::All)?;
    let journeys = journeys(run, &mut prepared)?;
    let parts = view(&Answer {
        journeys: &journeys,
        top: &paths::top(&journeys, run.settings.attribution.top),
        lengths: &paths::by_length(&journeys),
        overlap: &paths::overlap(&journeys),
        has_value: prepared.paths.has("value"),
    });
    let report = context::report(run, &prepared, "paths", "Journeys".into(), parts);
    emit::emit(run, &prepared, &report)?;
    Ok(emit::emptiness(run, journeys.is_empty()))
}
