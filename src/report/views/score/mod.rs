//! Scores: whether one is worth anything, the scorecard of rules, a learned score, the list
//! of whom to call.

mod audit;
mod charts;
mod learned;
mod list;
mod scorecard;

pub use learned::reason as why_refused;

use super::Parts;
use super::words::Speak;
use crate::metrics::score::audit::Audit;
use crate::metrics::score::call_list::CallList;
use crate::metrics::score::learn::Learned;
use crate::metrics::score::scorecard::Scorecard;
use crate::report::document::{Block, Section};

/// What is shown, with what is needed to word it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
    /// The day of a moment.
    pub day: &'a dyn Fn(i64) -> String,
    /// Seed of what is drawn.
    pub seed: u64,
}

/// Tables `bands`, `quality`, `gain`, `threshold`, and `calibration` where the score is a
/// probability.
#[must_use]
pub fn exported(shown: &Shown, found: &Audit) -> Parts {
    let mut parts = audit::view(shown, found, audit::Subject::Exported);
    parts.summary = audit::summary(shown, found);
    parts
}

/// Tables `grid`, `grades`, `rules`, and those of [`exported`] for the points.
#[must_use]
pub fn rules(shown: &Shown, found: &Scorecard) -> Parts {
    scorecard::view(shown, found)
}

/// Tables `coefficients`, `refused`, `comparison`, `psi`, and those of [`exported`] for the
/// chance.
#[must_use]
pub fn learned(shown: &Shown, found: &Learned) -> Parts {
    learned::view(shown, found)
}

/// Table `list`.
#[must_use]
pub fn call_list(shown: &Shown, found: &CallList) -> Parts {
    list::view(shown, found)
}

/// What the monthly report keeps, under names of its own: the grid, else the bands.
#[must_use]
pub fn brief(parts: Parts) -> Parts {
    let keep = match parts.tables.iter().any(|table| table.id == "grid") {
        true => "grid",
        false => "bands",
    };
    let name = |id: &str| format!("score_{id}");
    let mut tables = parts.tables;
    tables.retain(|table| table.id == keep);
    tables
        .iter_mut()
        .for_each(|table| table.id = name(&table.id));
    let mut charts = parts.charts;
    charts.retain(|chart| chart.id == keep);
    for chart in &mut charts {
        chart.table = name(&chart.table);
        chart.id = format!("score-{}", chart.id);
    }
    let mut blocks: Vec<Block> = charts
        .iter()
        .map(|chart| Block::Chart(chart.id.clone()))
        .collect();
    blocks.extend(tables.iter().map(|table| Block::Table(table.id.clone())));
    Parts {
        sections: vec![Section {
            id: "score".into(),
            title: "Lead score".into(),
            blocks,
        }],
        tables,
        charts,
        summary: parts.summary.into_iter().take(1).collect(),
    }
}
