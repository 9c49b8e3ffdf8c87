//! Visits that two inputs measure: one of them counts, or the run ends.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::assemble::Assembly;
use super::frames::broken;
use super::repeats::INPUT;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::Millis;
use crate::tables::accounts::Reason;
use crate::tables::col;
use crate::tables::frame::{integers, positions};

impl Assembly<'_> {
    /// The visits of one input; two that overlap need a choice.
    ///
    /// # Errors
    /// Where a choice is needed, or the chosen input does not exist.
    pub fn chosen_visits(&mut self, frame: DataFrame) -> Result<DataFrame, Failure> {
        let inputs = positions(&frame, INPUT);
        let kinds: Vec<(String, String)> = positions(&frame, col::FILE)
            .iter()
            .map(|file| {
                self.loaded
                    .inputs
                    .get(*file as usize)
                    .map(|input| (input.kind.clone(), input.file.clone()))
                    .unwrap_or_default()
            })
            .collect();
        if let Some(wanted) = &self.request.visits_from {
            let is_wanted = |row: usize| {
                let (kind, file) = &kinds[row];
                kind == wanted
                    || file == wanted
                    || kind.starts_with(wanted.as_str())
                    || glob_fits(wanted, file)
            };
            let keep: BooleanChunked = (0..frame.height())
                .map(|row| Some(is_wanted(row)))
                .collect();
            if frame.height() > 0 && !keep.any() {
                let text = format!("`{wanted}` of [visits] from is none of the inputs with visits");
                return Err(Diagnostic::new(&codes::UNKNOWN_NAME, text).into());
            }
            let (files, lines) = (positions(&frame, col::FILE), positions(&frame, col::LINE));
            for row in (0..frame.height()).filter(|row| !is_wanted(*row)) {
                if let Some(account) = self.loaded.inputs.get_mut(files[row] as usize) {
                    account.set_row_aside(
                        Reason::NotChosen,
                        "[visits] from names another input",
                        u64::from(lines[row]),
                    );
                }
            }
            return frame.filter(&keep).map_err(|error| broken(&error).into());
        }
        if let Some((a, b)) = overlapping_inputs(&frame, &inputs) {
            let text = format!(
                "{} and {} measure visits of the same days",
                kinds[a].1, kinds[b].1
            );
            let hint = format!("say which one counts: [visits] from = \"{}\"", kinds[a].0);
            return Err(Diagnostic::new(&codes::TWO_SOURCES, text).hint(hint).into());
        }
        Ok(frame)
    }
}

/// Rows of two inputs whose spans overlap.
fn overlapping_inputs(frame: &DataFrame, inputs: &[u32]) -> Option<(usize, usize)> {
    let (starts, ends) = (integers(frame, col::START), integers(frame, col::END));
    let mut reach: BTreeMap<u32, (usize, Millis, Millis)> = BTreeMap::new();
    for row in 0..frame.height() {
        let (Some(start), Some(end)) = (starts[row], ends[row]) else {
            continue;
        };
        let span = reach.entry(inputs[row]).or_insert((row, start, end));
        *span = (span.0, span.1.min(start), span.2.max(end));
    }
    let spans: Vec<(usize, Millis, Millis)> = reach.into_values().collect();
    for (number, a) in spans.iter().enumerate() {
        for b in spans.iter().skip(number + 1) {
            if a.1 < b.2 && b.1 < a.2 {
                return Some((a.0, b.0));
            }
        }
    }
    None
}

fn glob_fits(pattern: &str, file: &str) -> bool {
    glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(file))
}
