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
use crate::report::document::{Block, Column, Section, Table};

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

/// Columns that a month does without; its page holds the tables twice, as such and as JSON.
const BESIDE: &[&str] = &[
    "mean_score",
    "lift",
    "shrunk",
    "inversion",
    "low",
    "high",
    "says",
];

fn without(table: &mut Table, columns: &[&str]) {
    let is_kept = |column: &Column| !columns.contains(&column.id.as_str());
    let kept: Vec<bool> = table.columns.iter().map(is_kept).collect();
    let mut places = kept.iter();
    table.columns.retain(|_| places.next() == Some(&true));
    for row in &mut table.rows {
        let mut places = kept.iter();
        row.retain(|_| places.next() == Some(&true));
    }
    table.remarks.clear();
}

/// What the monthly report keeps, under names of its own: the grid, else the bands; the
/// quality, of which the summary speaks, in the data formats only. No pictures: the page of
/// a month has enough of them.
#[must_use]
pub fn brief(parts: Parts) -> Parts {
    let main = match parts.tables.iter().any(|table| table.id == "grid") {
        true => "grid",
        false => "bands",
    };
    let mut tables = parts.tables;
    tables.retain(|table| table.id == main || table.id == "quality");
    tables.sort_by_key(|table| table.id == "quality");
    for table in &mut tables {
        table.id = format!("score_{}", table.id);
        without(table, BESIDE);
    }
    Parts {
        next: Vec::new(),
        sections: vec![Section {
            id: "score".into(),
            title: "Lead score".into(),
            blocks: vec![Block::Table(format!("score_{main}"))],
        }],
        tables,
        charts: Vec::new(),
        summary: parts.summary.into_iter().take(1).collect(),
    }
}
