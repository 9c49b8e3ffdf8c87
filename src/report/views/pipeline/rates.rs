//! Win rates, each under its name.

use super::Shown;
use crate::metrics::pipeline::win_rate::WinRate;
use crate::report::document::{Block, Cell, Column, Kind, Weight};
use crate::report::views::{Parts, columns, dimension_columns, section, table};

/// Tables `win_rate` and `win_rate_by`.
pub fn view(shown: &Shown) -> Parts {
    let pipeline = shown.pipeline;
    let mut tables = vec![table(
        "win_rate",
        "Win rates, each under its name",
        rate_columns(Vec::new()),
        pipeline
            .win_rates
            .iter()
            .map(|rate| rate_cells(Vec::new(), rate))
            .collect(),
    )];
    tables[0].remarks = vec![
        "win_rate_horizon: of deals made in the period and old enough, those won in time. \
         win_rate_closed: won of those that ended in it. win_rate_created: won so far of those \
         made in it. win_curve: chance to be won in time, open deals as not decided yet."
            .into(),
        match pipeline.tells_no_decision {
            true => {
                "win_rate_broad: with ends without a decision; win_rate_stale_adjusted: with \
                 stale open deals."
            }
            false => {
                "win_rate_broad: with ends without a decision, of which no word tells \
                 ([[pipeline]] no_decision); win_rate_stale_adjusted: with stale open deals."
            }
        }
        .into(),
    ];
    let mut blocks = vec![Block::Table("win_rate".into())];
    if !shown.dimensions.is_empty() {
        let rows = pipeline.win_rates_by.iter().flat_map(|(group, rates)| {
            let names = || {
                group
                    .iter()
                    .map(|value| Cell::from(value.as_str()))
                    .collect()
            };
            rates.iter().map(move |rate| rate_cells(names(), rate))
        });
        let columns = rate_columns(dimension_columns(shown.dimensions));
        let title = format!("Win rates by {}", shown.dimensions.join(", "));
        tables.push(table("win_rate_by", &title, columns, rows.collect()));
        blocks.push(Block::Table("win_rate_by".into()));
    }
    section("win-rate", "How often deals are won", blocks, tables)
}

fn rate_columns(mut first: Vec<Column>) -> Vec<Column> {
    first.extend(columns(&[
        ("method", "Method", Kind::Text, Weight::Key),
        ("rate", "Rate", Kind::Rate, Weight::Key),
        ("value", "By value or curve", Kind::Share, Weight::Normal),
        ("value_low", "95 % from", Kind::Share, Weight::Detail),
        ("value_high", "to", Kind::Share, Weight::Detail),
    ]));
    first
}

fn rate_cells(mut cells: Vec<Cell>, rate: &WinRate) -> Vec<Cell> {
    cells.push(rate.method.into());
    match rate.value {
        None => cells.extend([
            rate.rate.clone().into(),
            Cell::Blank,
            Cell::Blank,
            Cell::Blank,
        ]),
        Some(Err(reason)) => {
            cells.extend([
                Cell::Blank,
                Cell::Undefined(reason),
                Cell::Blank,
                Cell::Blank,
            ]);
        }
        Some(Ok((value, interval))) => {
            let end = |end: Option<f64>| end.map_or(Cell::Blank, Cell::from);
            cells.extend([
                Cell::Blank,
                value.into(),
                end(interval.map(|(low, _)| low)),
                end(interval.map(|(_, high)| high)),
            ]);
        }
    }
    cells
}
