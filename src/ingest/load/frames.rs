//! One data frame per canonical table, with all the columns that others rely on.

use polars::prelude::*;

use super::repeats::{Declared, INPUT};
use crate::diagnostics::{Diagnostic, codes};
use crate::tables::col;
use crate::tables::frame::{has_column, integers, texts};

/// A group in its final form.
pub struct Part {
    pub(super) frame: DataFrame,
    pub(super) declared: Declared,
    pub(super) table: &'static str,
}

/// What polars could not do, as a finding.
#[must_use]
pub fn broken(error: &PolarsError) -> Diagnostic {
    let text = error.to_string();
    Diagnostic::new(
        &codes::CONFIG,
        text.lines().next().unwrap_or_default().to_owned(),
    )
}

/// Columns that every table of a kind has, whatever its files say.
fn standard(table: &str) -> Vec<(&'static str, DataType)> {
    use DataType::{Boolean, Int32, Int64, String};
    match table {
        "leads" => vec![
            (col::ID, String),
            (col::CREATED, Int64),
            (col::CHANNEL, String),
            (col::TODAY, Int32),
            (col::SPEAKS, Boolean),
        ],
        "deals" => vec![
            (col::ID, String),
            (col::CREATED, Int64),
            (col::AMOUNT, Int64),
            (col::WON, Boolean),
            (col::LOST, Boolean),
            ("closed", Int64),
            ("kind", String),
        ],
        "stage_events" => vec![
            (col::ID, String),
            (col::AT, Int64),
            (col::STAGE, Int32),
            (col::AMOUNT, Int64),
            (col::COUNT, Int64),
            (col::CHANNEL, String),
        ],
        "visits" => vec![
            (col::START, Int64),
            (col::END, Int64),
            (col::CHANNEL, String),
            ("sessions", Int64),
            ("users", Int64),
            (col::ID, String),
        ],
        "paths" => vec![("path", String)],
        "touches" => vec![(col::ID, String), (col::AT, Int64), (col::CHANNEL, String)],
        "identities" => vec![("visitor", String), ("lead", String)],
        "activities" => vec![(col::ID, String), (col::AT, Int64), ("kind", String)],
        "accounts" => vec![(col::ID, String), ("name", String)],
        "owners" => vec![
            (col::ID, String),
            (col::START, Int64),
            (col::END, Int64),
            ("quota", Int64),
        ],
        "billing" => vec![
            ("customer", String),
            (col::START, Int64),
            (col::END, Int64),
            (col::AMOUNT, Int64),
        ],
        "feedback" => vec![("customer", String), (col::AT, Int64), (col::SCORE, Int64)],
        _ => vec![
            (col::START, Int64),
            (col::END, Int64),
            (col::CHANNEL, String),
            ("campaign", String),
            ("money", Int64),
            ("hours", Int64),
            ("hour_cost", Int64),
            ("impressions", Int64),
            ("clicks", Int64),
            (col::ID, String),
        ],
    }
}

/// All parts of a table one below the other, with the number of their input.
pub fn stacked(parts: Vec<Part>, table: &str) -> PolarsResult<DataFrame> {
    let mut frames = Vec::new();
    for (number, part) in parts.into_iter().enumerate() {
        let mut frame = part.frame;
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        frame.with_column(Column::new(INPUT.into(), vec![number; frame.height()]))?;
        frames.push(frame);
    }
    let mut frame = if frames.is_empty() {
        DataFrame::default()
    } else {
        stack(frames)?
    };
    let height = frame.height();
    let mut ensured = standard(table);
    ensured.extend([
        (col::FILE, DataType::UInt32),
        (col::LINE, DataType::UInt32),
        (INPUT, DataType::UInt32),
    ]);
    if height == 0 {
        let columns = ensured
            .iter()
            .map(|(name, kind)| Column::full_null((*name).into(), 0, kind));
        return DataFrame::new(0, columns.collect());
    }
    for (name, kind) in ensured {
        if !has_column(&frame, name) {
            frame.with_column(Column::full_null(name.into(), height, &kind))?;
        }
    }
    if table == "deals" {
        add_ends(&mut frame)?;
    }
    if ["visits", "spend"].contains(&table) {
        frame.with_column(Column::new(col::STRADDLES.into(), vec![false; height]))?;
    }
    Ok(frame)
}

pub fn stack(frames: Vec<DataFrame>) -> PolarsResult<DataFrame> {
    let lazy: Vec<LazyFrame> = frames.into_iter().map(IntoLazy::lazy).collect();
    let options = UnionArgs {
        diagonal: true,
        rechunk: true,
        maintain_order: true,
        parallel: false,
        ..UnionArgs::default()
    };
    concat(lazy, options)?.collect()
}

/// When deals were won and lost: the closing date of those that ended.
fn add_ends(frame: &mut DataFrame) -> PolarsResult<()> {
    let closed = integers(frame, "closed");
    for (flag, at) in [(col::WON, col::WON_AT), (col::LOST, col::LOST_AT)] {
        let flags = crate::tables::frame::flags(frame, flag);
        let times: Vec<Option<i64>> = closed
            .iter()
            .zip(flags)
            .map(|(at, is)| at.filter(|_| is))
            .collect();
        frame.with_column(Column::new(at.into(), times))?;
    }
    Ok(())
}

/// Rows with an id are followed; rows without one are counted over the moment they name.
pub fn split_events(frame: &DataFrame) -> PolarsResult<(DataFrame, DataFrame)> {
    let has_id: BooleanChunked = texts(frame, col::ID)
        .into_iter()
        .map(|id| Some(id.is_some()))
        .collect();
    let followed = frame.filter(&has_id)?;
    let mut counted = frame.filter(&!&has_id)?;
    let height = counted.height();
    let at = integers(&counted, col::AT);
    let counts: Vec<Option<i64>> = integers(&counted, col::COUNT)
        .into_iter()
        .map(|count| Some(count.unwrap_or(1_000_000)))
        .collect();
    counted.with_column(Column::new(col::COUNT.into(), counts))?;
    counted.with_column(Column::new(col::START.into(), at.clone()))?;
    counted.with_column(Column::new(
        col::END.into(),
        at.iter().map(|at| at.map(|at| at + 1)).collect::<Vec<_>>(),
    ))?;
    counted.with_column(Column::new(col::STRADDLES.into(), vec![false; height]))?;
    Ok((followed, counted))
}
