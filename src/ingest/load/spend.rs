//! What is particular to aggregated rows: their span, the cost of hours, and days.

use chrono_tz::Tz;
use polars::prelude::*;

use super::frames::{broken, stack};
use super::group::Group;
use super::request::{CostSpan, Request};
use super::typed::{Typed, set_span};
use crate::diagnostics::Diagnostic;
use crate::domain::calendar::{day_end, day_of, day_start};
use crate::domain::money::Money;
use crate::ingest::spec::Spread;
use crate::tables::Tables;
use crate::tables::col;
use crate::tables::frame::{integers, texts};

/// Gives every row its span: from the period column, the columns `from` and `to`, or
/// the period that the title lines of its file state.
pub fn add_span(group: &Group, typed: &mut Typed, zone: Tz) {
    let has = |name: &str| typed.columns.iter().any(|column| column.name() == name);
    if has(col::START) {
        return;
    }
    let ends = |name: &str| {
        let column = typed.columns.iter().find(|column| column.name() == name)?;
        let days = column
            .i64()
            .ok()?
            .iter()
            .map(|at| at.map(|at| day_of(at, zone)));
        Some(days.collect::<Vec<_>>())
    };
    let (first, last) = (ends("from"), ends("to"));
    let days = (0..group.height())
        .map(|row| {
            let (file, _) = group.origin(row);
            let stated = group
                .files
                .iter()
                .find(|facts| facts.index == file)
                .and_then(|facts| facts.period);
            let from = first.as_ref().and_then(|days| days[row]);
            let to = last.as_ref().and_then(|days| days[row]);
            match (from, to) {
                (Some(from), Some(to)) => Some((from, to.max(from))),
                (Some(day), None) | (None, Some(day)) => Some((day, day)),
                (None, None) => stated,
            }
        })
        .collect::<Vec<_>>();
    typed
        .columns
        .retain(|column| !matches!(column.name().as_str(), "from" | "to"));
    set_span(&days, zone, typed);
}

/// Adds minutes to hours and prices the hours (millionths of a unit of money).
///
/// # Errors
/// What polars cannot do; never for a table with the columns of a loader.
pub fn price_hours(request: &Request, frame: &mut DataFrame) -> PolarsResult<()> {
    let minutes = integers(frame, "minutes");
    let hours: Vec<Option<i64>> = integers(frame, "hours")
        .into_iter()
        .zip(minutes)
        .map(|(hours, minutes)| match (hours, minutes) {
            (None, None) => None,
            (hours, minutes) => Some(hours.unwrap_or(0) + minutes.unwrap_or(0) / 60),
        })
        .collect();
    let workers = texts(frame, "worker");
    let cost: Vec<Option<i64>> = hours
        .iter()
        .zip(&workers)
        .map(|(hours, worker)| {
            let own = worker.and_then(|worker| request.hour_rates.get(worker));
            let rate = own.or(request.hour_rate.as_ref())?;
            let micros = i128::from((*hours)?) * rate.micros() / i128::from(Money::SCALE);
            i64::try_from(micros).ok()
        })
        .collect();
    frame.with_column(Column::new("hours".into(), hours))?;
    frame.with_column(Column::new("hour_cost".into(), cost))?;
    Ok(())
}

/// Adds money without a file to the spend table, as rows of the configuration.
///
/// # Errors
/// What polars cannot do; never for the tables of a loader.
pub fn add_costs(tables: &mut Tables, costs: &[CostSpan], zone: Tz) -> Result<(), Diagnostic> {
    if costs.is_empty() {
        return Ok(());
    }
    let files: Vec<u32> = costs
        .iter()
        .map(|cost| number_of(&mut tables.files, &cost.file))
        .collect();
    let lines: Vec<u32> = costs.iter().map(|cost| cost.line).collect();
    let columns = vec![
        Column::new(
            "channel".into(),
            costs
                .iter()
                .map(|cost| cost.channel.as_str())
                .collect::<Vec<_>>(),
        ),
        Column::new(
            "campaign".into(),
            costs
                .iter()
                .map(|cost| cost.name.as_str())
                .collect::<Vec<_>>(),
        ),
        Column::new(
            "money".into(),
            costs
                .iter()
                .map(|cost| i64::try_from(cost.money.micros()).ok())
                .collect::<Vec<_>>(),
        ),
        Column::new(
            col::START.into(),
            costs
                .iter()
                .map(|cost| Some(day_start(cost.first, zone)))
                .collect::<Vec<_>>(),
        ),
        Column::new(
            col::END.into(),
            costs
                .iter()
                .map(|cost| Some(day_start(cost.end, zone)))
                .collect::<Vec<_>>(),
        ),
        Column::new(col::FILE.into(), files),
        Column::new(col::LINE.into(), lines),
        Column::new(col::STRADDLES.into(), vec![false; costs.len()]),
    ];
    let fixed = crate::tables::frame::frame_of(costs.len(), columns);
    let spend = std::mem::take(&mut tables.spend);
    tables.spend = stack(vec![spend, fixed]).map_err(|error| broken(&error))?;
    Ok(())
}

/// Position of a file in the list, where it is put if it is not there yet.
fn number_of(files: &mut Vec<String>, name: &str) -> u32 {
    let known = files.iter().position(|file| file == name);
    let place = known.unwrap_or(files.len());
    if known.is_none() {
        files.push(name.to_owned());
    }
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Divides the amounts of rows with several days evenly over the days, where the input
/// asks for it. What a division leaves over goes to the first days, a millionth each, so
/// that the days add up to the row.
///
/// # Errors
/// What polars cannot do; never for a table with the columns of a loader.
pub fn spread(group: &Group, frame: DataFrame, zone: Tz) -> PolarsResult<DataFrame> {
    if group.spec.spread != Some(Spread::Days) {
        return Ok(frame);
    }
    let (starts, ends) = (integers(&frame, col::START), integers(&frame, col::END));
    let mut parts: Vec<(IdxSize, i64, i64)> = Vec::new();
    let (mut from, mut to) = (Vec::new(), Vec::new());
    for row in 0..frame.height() {
        let index = IdxSize::try_from(row).unwrap_or(IdxSize::MAX);
        let (Some(start), Some(end)) = (starts[row], ends[row]) else {
            parts.push((index, 0, 1));
            from.push(None);
            to.push(None);
            continue;
        };
        let (first, last) = (day_of(start, zone), day_of(end - 1, zone));
        let days = (last - first).num_days() + 1;
        for (number, day) in first
            .iter_days()
            .take(usize::try_from(days).unwrap_or(1))
            .enumerate()
        {
            parts.push((index, i64::try_from(number).unwrap_or(0), days));
            from.push(Some(day_start(day, zone)));
            to.push(Some(day_end(day, zone)));
        }
    }
    let rows: Vec<IdxSize> = parts.iter().map(|(row, ..)| *row).collect();
    let mut long = frame.take(&IdxCa::from_vec("rows".into(), rows))?;
    let amounts: Vec<String> = long
        .columns()
        .iter()
        .filter(|column| column.dtype() == &DataType::Int64)
        .map(|column| column.name().to_string())
        .filter(|name| name != col::START && name != col::END)
        .collect();
    for name in amounts {
        let divided: Vec<Option<i64>> = integers(&long, &name)
            .into_iter()
            .zip(&parts)
            .map(|(value, (_, number, days))| value.map(|value| share(value, *number, *days)))
            .collect();
        long.with_column(Column::new(name.as_str().into(), divided))?;
    }
    long.with_column(Column::new(col::START.into(), from))?;
    long.with_column(Column::new(col::END.into(), to))?;
    Ok(long)
}

fn share(value: i64, number: i64, days: i64) -> i64 {
    let (quotient, rest) = (value.div_euclid(days), value.rem_euclid(days));
    quotient + i64::from(number < rest)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn days_add_up_to_the_row() {
        for (value, days) in [(100, 7), (-100, 7), (3, 5), (1_000_000, 31)] {
            let sum: i64 = (0..days).map(|number| share(value, number, days)).sum();
            assert_eq!(sum, value);
        }
    }
}
