//! What is particular to answers: they go from 0 to 10.
//!
//! A 50 of 100 or four stars of five would pass for answers of another meaning, so such rows
//! are bad rows, with their line.

use super::group::Group;
use super::typed::{BadCell, Typed};
use crate::diagnostics::codes;
use crate::domain::money::Money;
use crate::tables::col;
use crate::tables::schema::FEEDBACK;

/// Marks the rows of answers outside 0 to 10, or between whole numbers, as bad.
pub fn check(group: &Group, typed: &mut Typed) {
    if group.table.name != FEEDBACK.name {
        return;
    }
    let scores = typed
        .columns
        .iter()
        .find(|column| column.name() == col::SCORE);
    let Some(scores) = scores.and_then(|column| column.i64().ok()) else {
        return;
    };
    for (row, micros) in scores.iter().enumerate() {
        let Some(micros) = micros.filter(|micros| !is_answer(*micros)) else {
            continue;
        };
        let written = Money::from_micros(micros.into());
        typed.bad.entry(row).or_insert_with(|| BadCell {
            code: codes::BAD_NUMBER.id,
            reason: format!("`{written}` is no answer; answers are whole numbers from 0 to 10"),
            column: None,
            header: group.header_of(col::SCORE),
        });
    }
}

/// Millionths of a whole number from 0 to 10.
fn is_answer(micros: i64) -> bool {
    micros % Money::SCALE == 0 && (0..=10 * Money::SCALE).contains(&micros)
}
