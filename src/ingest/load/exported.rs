//! Which snapshot a row stands in.
//!
//! A snapshot is a file, dated by the configuration, its name or its preamble; or the rows
//! of one date, where a column of the file says when each row was exported. So one file may
//! hold the exports of many months below each other, in any order.

use chrono::NaiveDate;
use chrono_tz::Tz;
use polars::prelude::*;

use super::repeats::INPUT;
use crate::domain::calendar::{Millis, day_end, day_of, day_start};
use crate::tables::col;
use crate::tables::frame::{has_column, integers, positions};

/// The rows in the order of their snapshots within each input, and the moment of the
/// snapshot of each: that of its row, else the end of the day of its file.
///
/// # Errors
/// What polars cannot do; never for a table of a loader.
pub fn in_order(
    frame: DataFrame,
    of_file: &dyn Fn(u32) -> Option<NaiveDate>,
    zone: Tz,
) -> PolarsResult<(DataFrame, Vec<Option<Millis>>)> {
    let files = positions(&frame, col::FILE);
    let dates = of_files(&files, of_file, zone);
    if !has_column(&frame, col::EXPORTED) {
        return Ok((frame, dates));
    }
    let own = integers(&frame, col::EXPORTED);
    let own = own.into_iter().map(|at| at.map(|at| whole_day(at, zone)));
    let dates: Vec<Option<Millis>> = own.zip(dates).map(|(own, file)| own.or(file)).collect();
    let inputs = positions(&frame, INPUT);
    let mut order: Vec<usize> = (0..frame.height()).collect();
    order.sort_by_key(|row| (inputs[*row], dates[*row]));
    let places = order.iter().map(|row| IdxSize::try_from(*row).ok());
    let places: IdxCa = places.collect();
    let frame = frame.take(&places)?;
    Ok((frame, order.into_iter().map(|row| dates[row]).collect()))
}

fn of_files(
    files: &[u32],
    of_file: &dyn Fn(u32) -> Option<NaiveDate>,
    zone: Tz,
) -> Vec<Option<Millis>> {
    let end = |file: u32| of_file(file).map(|day| day_end(day, zone) - 1);
    let last = files.iter().max().map_or(0, |last| last + 1);
    let ends: Vec<Option<Millis>> = (0..last).map(end).collect();
    files.iter().map(|file| ends[*file as usize]).collect()
}

/// A date without a time is known to its end.
fn whole_day(at: Millis, zone: Tz) -> Millis {
    let day = day_of(at, zone);
    match at == day_start(day, zone) {
        true => day_end(day, zone) - 1,
        false => at,
    }
}

/// The table without the dates of its snapshots, once there is one row of each id.
#[must_use]
pub fn forgotten(mut frame: DataFrame) -> DataFrame {
    let _ = frame.drop_in_place(col::EXPORTED);
    frame
}
