//! Sentences made of computed figures.
//!
//! How a number is written is not decided here: the caller lends the one function
//! that formats numbers for people.

use crate::domain::figure::Undefined;
use crate::metrics::monthly::{Compared, KeyFigure, Move, Value};
use crate::report::document::{Cell, Change, Kind};

/// Formats a cell for people.
pub type Speak<'a> = &'a dyn Fn(&Cell, Kind) -> String;

/// The cell of a value, and how to print it.
#[must_use]
pub fn cell_of(value: &Value) -> (Cell, Kind) {
    match value {
        Value::Count(count) => ((*count).into(), Kind::Count),
        Value::Money(money) => ((*money).into(), Kind::Money),
        Value::Rate(rate) => (rate.clone().into(), Kind::Rate),
        Value::Share(share) => (Cell::Share(*share), Kind::Share),
    }
}

/// The cell of a figure.
#[must_use]
pub fn figure_cell(figure: &Result<Value, Undefined>) -> Cell {
    match figure {
        Ok(value) => cell_of(value).0,
        Err(reason) => Cell::Undefined(*reason),
    }
}

/// The cell of a figure as one number, without the evidence of a rate.
#[must_use]
pub fn number_cell(figure: &Result<Value, Undefined>) -> Cell {
    match figure {
        Ok(value) => bare(value).0,
        Err(reason) => Cell::Undefined(*reason),
    }
}

/// The rate of a figure with its evidence; blank where the figure is no rate.
#[must_use]
pub fn rate_cell(figure: &Result<Value, Undefined>) -> Cell {
    match figure {
        Ok(Value::Rate(rate)) => Cell::Rate(rate.clone()),
        _ => Cell::Blank,
    }
}

/// A change in the terms of the document.
pub fn change_of(change: &Result<Move, Undefined>) -> Result<Change, Undefined> {
    change.map(|change| match change {
        Move::Relative {
            change,
            beyond_noise,
        } => Change::Relative {
            part: change,
            beyond_chance: beyond_noise,
        },
        Move::Points {
            difference,
            interval,
        } => Change::Points {
            difference,
            interval,
        },
    })
}

/// "312 leads, 14.3 % more than 2026-09 (273): more than chance".
#[must_use]
pub fn count_sentence(figure: &KeyFigure, name: &str, speak: Speak) -> Option<String> {
    let value = figure.value.as_ref().ok()?;
    let (cell, kind) = cell_of(value);
    let mut sentence = format!("{name}: {}", speak(&cell, kind));
    if let Some(clause) = comparison_clause(&figure.previous, speak) {
        sentence.push_str(&clause);
    }
    sentence.push('.');
    Some(sentence)
}

/// ", 14.3 % more than in 2026-09 (273), which is more than chance".
fn comparison_clause(compared: &Compared, speak: Speak) -> Option<String> {
    let other = compared.value.as_ref().ok()?;
    let change = compared.change.as_ref().ok()?;
    let (cell, kind) = bare(other);
    let (direction, size) = match change {
        Move::Relative { change, .. } => (*change, speak(&Cell::Number(change.abs()), Kind::Share)),
        Move::Points { difference, .. } => (
            *difference,
            format!(
                "{} points",
                speak(&Cell::Number(difference.abs() * 100.0), Kind::Number)
            ),
        ),
    };
    let word = match (direction > 0.0, direction < 0.0) {
        (true, _) => format!("{size} more than"),
        (_, true) => format!("{size} less than"),
        _ => "the same as".to_owned(),
    };
    let verdict = match change.beyond_noise() {
        Some(true) => ", more than chance",
        Some(false) if direction != 0.0 => ", within chance",
        _ => "",
    };
    Some(format!(
        ", {word} in {} at equal age ({}){verdict}",
        compared.period,
        speak(&cell, kind)
    ))
}

/// A value without its evidence, for a place in brackets.
fn bare(value: &Value) -> (Cell, Kind) {
    match value {
        Value::Rate(rate) => (Cell::Share(rate.value()), Kind::Share),
        other => cell_of(other),
    }
}

/// "Lead to MQL so far 26.0 % (81/312); ...".
#[must_use]
pub fn rate_sentence(figure: &KeyFigure, name: &str, speak: Speak) -> Option<String> {
    let Ok(Value::Rate(rate)) = &figure.value else {
        return None;
    };
    let mut sentence = format!("{name} so far: {}", speak(&rate.clone().into(), Kind::Rate));
    let nobody_yet = rate.k == 0 && rate.in_progress == Some(rate.n);
    if let Some(clause) = comparison_clause(&figure.previous, speak).filter(|_| !nobody_yet) {
        sentence.push_str(&clause);
    }
    if let Some(open) = rate.in_progress.filter(|open| *open > 0) {
        sentence.push_str(&format!(
            "; {} may still convert",
            speak(&open.into(), Kind::Count)
        ));
    }
    if let Some((period, Ok(mature))) = &figure.mature {
        let mature = speak(&mature.clone().into(), Kind::Rate);
        sentence.push_str(&format!(
            "; the newest mature period, {period}, came to {mature}"
        ));
    }
    if let Some(projected) = &figure.projected {
        let value = speak(&Cell::Number(projected.value), Kind::Share);
        sentence.push_str(&format!("; projected at maturity: {value}"));
    }
    sentence.push('.');
    Some(sentence)
}
