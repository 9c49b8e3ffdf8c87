//! `leadflow score`.

use super::prepare::prepare;
use super::{Run, context, emit, failures};
use crate::cli::ScoreArgs;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::names::near_or_all;
use crate::domain::period::PeriodSpec;
use crate::metrics::data::Data;
use crate::metrics::known::Known;
use crate::metrics::score::audit;
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::score::{Shown, view};
use crate::shell::ExitStatus;

/// The audit of a score column.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run, args: &ScoreArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    if !run.settings.by.is_empty() {
        let text = "score has no --by: choose whom to look at with --where";
        return Err(Diagnostic::new(&codes::USAGE, text).into());
    }
    let prepared = prepare(run, PeriodSpec::All)?;
    let data = &prepared.data;
    let target = target(data, args.target.as_deref())?;
    let found = audit(data, target).map_err(|error| failures::compute_error(&error))?;
    let Some(found) = found else {
        return Err(Diagnostic::new(&codes::NO_HISTORY, "no lead has a score")
            .hint("name the column: [input.columns] score = \"HubSpot Score\"")
            .into());
    };
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, prepared.currency.as_deref());
    let parts = view(&Shown {
        audit: &found,
        speak: &speak,
    });
    let title = format!("Score against {}", found.target);
    let report = context::report(run, &prepared, "score", title, parts);
    emit::emit(run, &prepared, &report)?;
    Ok(emit::emptiness(run, found.n == 0))
}

/// The stage named, else the last one whose persons are known.
fn target(data: &Data, named: Option<&str>) -> Result<usize, Failure> {
    let followed = |stage: &usize| data.known(*stage) == Known::Followed;
    if let Some(name) = named {
        return data.ladder.index(name).filter(followed).ok_or_else(|| {
            let text = format!("`{name}` is no stage whose persons are known");
            Diagnostic::new(&codes::UNKNOWN_NAME, text)
                .hint(near_or_all(name, data.ladder.iter(), "the stages are"))
                .into()
        });
    }
    let last = (1..data.ladder.len()).rev().find(followed);
    last.ok_or_else(|| {
        Diagnostic::new(&codes::NO_HISTORY, "no stage beyond the first is known")
            .hint("give the export that says who converted")
            .into()
    })
}
