//! Stages: where their deals went in the period, how long deals stay, where they go from there.

use super::Shown;
use super::open::{name_cells, name_columns};
use crate::domain::figure::{Policy, Rate, Undefined, View};
use crate::metrics::pipeline::dwell::StageDwell;
use crate::metrics::pipeline::stage_moves::{Became, Moved};
use crate::metrics::pipeline::timeline::Origin;
use crate::report::document::{Block, Cell, Chart, Column, Heat, Kind, Plot, Table, Weight};
use crate::report::views::{Parts, columns, section, table};

/// Tables `stage_movement`, `stage_flow`, `ageing`, `transitions`, `win_probability`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    if shown.origin() == Origin::Today {
        return Parts::default();
    }
    let (mut tables, mut blocks, mut charts) = (Vec::new(), Vec::new(), Vec::new());
    let mut add = |table: Table| {
        if !table.rows.is_empty() {
            blocks.push(Block::Table(table.id.clone()));
            tables.push(table);
        }
    };
    if let Some(moves) = &shown.pipeline.stage_moves {
        add(movement(shown, moves));
        add(flow(shown, moves));
    }
    add(ageing(shown));
    let left = transitions(shown);
    let has_left = !left.rows.is_empty();
    add(left);
    add(win_probability(shown));
    if has_left {
        charts.push(heat(shown));
        blocks.push(Block::Chart("transitions".into()));
    }
    let mut parts = section("stages", "Stages", blocks, tables);
    parts.charts = charts;
    parts
}

fn share(k: u64, n: u64) -> Cell {
    if n == 0 {
        return Cell::Undefined(Undefined::ZeroDenominator);
    }
    Cell::Rate(Rate {
        k,
        n,
        interval: crate::metrics::pipeline::share_interval(k, n),
        view: View::ToDate,
        policy: Policy::Explicit,
        horizon_days: None,
        in_progress: None,
    })
}

fn several(shown: &Shown) -> bool {
    shown.pipeline.deals.ladders.are_several()
}

fn movement(shown: &Shown, moves: &[Moved]) -> Table {
    let mut all = name_columns(several(shown));
    all.push(Column::new("deals", "Open at start", Kind::Count).weight(Weight::Key));
    let titles = ["Advanced", "Won", "Stayed", "Moved back", "Lost", "Removed"];
    for (kind, title) in Became::ALL.iter().zip(titles) {
        let weight = match kind {
            Became::Advanced | Became::Won | Became::Lost => Weight::Key,
            Became::Stayed | Became::MovedBack => Weight::Normal,
            Became::Removed => Weight::Detail,
        };
        all.push(Column::new(kind.code(), title, Kind::Rate).weight(weight));
    }
    let row = |moved: &Moved| {
        let mut cells = name_cells(shown, moved.from);
        cells.push(moved.deals.into());
        let counts = Became::ALL.iter();
        let counts = counts.map(|kind| moved.became.get(kind).copied().unwrap_or(0));
        cells.extend(counts.map(|count| share(count, moved.deals)));
        cells
    };
    let rows = moves.iter().map(row).collect();
    let mut table = table(
        "stage_movement",
        "Where the deals of each stage went",
        all,
        rows,
    );
    table.remarks = vec![
        "Deals open at the beginning of the period, by the stage they stood in then; the shares \
         of a row add up to 1."
            .into(),
    ];
    table
}

fn flow(shown: &Shown, moves: &[Moved]) -> Table {
    let mut all = name_columns(several(shown));
    all.extend(columns(&[
        ("to", "At the end in", Kind::Text, Weight::Key),
        ("deals", "Deals", Kind::Count, Weight::Key),
        ("share", "Share", Kind::Rate, Weight::Key),
    ]));
    let rows = moves.iter().flat_map(|moved| {
        let to = |stage: usize| match moved.from {
            Some((ladder, _)) => shown.stage((ladder, stage)).1,
            None => crate::metrics::pipeline::ladder::UNKNOWN_STAGE,
        };
        let left = [Became::Won, Became::Lost, Became::Removed].iter();
        let left = left.filter_map(|kind| Some((kind.code(), *moved.became.get(kind)?)));
        let stages = moved.to.iter().map(|(stage, deals)| (to(*stage), *deals));
        stages
            .chain(left)
            .map(|(to, deals)| {
                let mut cells = name_cells(shown, moved.from);
                cells.extend([to.into(), deals.into(), share(deals, moved.deals)]);
                cells
            })
            .collect::<Vec<_>>()
    });
    table(
        "stage_flow",
        "From stage to stage in the period",
        all,
        rows.collect(),
    )
}

fn ageing(shown: &Shown) -> Table {
    let mut all = name_columns(several(shown));
    all.extend(columns(&[
        ("open", "Open", Kind::Count, Weight::Key),
        ("stage_age_days", "Days so far", Kind::Days, Weight::Key),
        ("finished_visits", "Visits", Kind::Count, Weight::Normal),
        ("dwell_p50", "Half left by", Kind::Days, Weight::Key),
        ("dwell_p90", "9 in 10 by", Kind::Days, Weight::Key),
        ("km_median", "Half, all visits", Kind::Days, Weight::Normal),
        ("km_p90", "9 in 10, all", Kind::Days, Weight::Detail),
        ("overlong", "Too long", Kind::Count, Weight::Key),
        ("overlong_value", "Their value", Kind::Money, Weight::Normal),
    ]));
    let row = |stays: &StageDwell| {
        let mut cells = name_cells(shown, Some(stays.place));
        cells.extend([
            stays.open.into(),
            stays.stage_age.into(),
            stays.finished.into(),
            stays.quantiles.map(|(p50, _)| p50).into(),
            stays.quantiles.map(|(_, p90)| p90).into(),
            stays.km_median.into(),
            stays.km_p90.into(),
            stays.overlong.map(|(deals, _)| deals).into(),
            stays.overlong.map(|(_, value)| value).into(),
        ]);
        cells
    };
    let rows = shown.pipeline.dwell.iter().map(row).collect();
    let mut table = table("ageing", "How long deals stay in each stage", all, rows);
    table.remarks = vec![
        "Finished visits alone are the fast ones; \"all visits\" counts the open ones as not \
         finished yet (Kaplan-Meier). Too long: open deals beyond the 90th percentile of ten or \
         more finished visits."
            .into(),
    ];
    table
}

/// The names of everything that a ladder leads to: its stages, won, lost.
fn targets(shown: &Shown, ladder: usize) -> Vec<String> {
    let known = shown.pipeline.deals.ladders.all.get(ladder);
    let stages = known
        .map(|ladder| ladder.stages.clone())
        .unwrap_or_default();
    stages
        .into_iter()
        .chain(["won".into(), "lost".into()])
        .collect()
}

fn transitions(shown: &Shown) -> Table {
    let mut all = name_columns(several(shown));
    all.extend(columns(&[
        ("to", "Next", Kind::Text, Weight::Key),
        ("moves", "Moves", Kind::Count, Weight::Key),
        ("share", "Share", Kind::Rate, Weight::Key),
    ]));
    let mut rows = Vec::new();
    for matrix in &shown.pipeline.matrices {
        let names = targets(shown, matrix.ladder);
        for (stage, counts) in matrix.counts.iter().enumerate() {
            let left = matrix.departures(stage);
            for (to, moves) in names.iter().zip(counts).filter(|(_, moves)| **moves > 0) {
                let mut cells = name_cells(shown, Some((matrix.ladder, stage)));
                cells.extend([to.as_str().into(), (*moves).into(), share(*moves, left)]);
                rows.push(cells);
            }
        }
    }
    table("transitions", "Where deals go from each stage", all, rows)
}

fn win_probability(shown: &Shown) -> Table {
    let mut all = name_columns(several(shown));
    all.extend(columns(&[
        ("departures", "Left it", Kind::Count, Weight::Normal),
        (
            "win_probability",
            "Chance to be won",
            Kind::Share,
            Weight::Key,
        ),
    ]));
    let mut rows = Vec::new();
    for matrix in shown
        .pipeline
        .matrices
        .iter()
        .filter(|matrix| (0..matrix.counts.len()).any(|stage| matrix.departures(stage) > 0))
    {
        for (stage, chance) in matrix.win_probability.iter().enumerate() {
            let mut cells = name_cells(shown, Some((matrix.ladder, stage)));
            cells.extend([matrix.departures(stage).into(), (*chance).into()]);
            rows.push(cells);
        }
    }
    let mut table = table(
        "win_probability",
        "Chance to be won from each stage",
        all,
        rows,
    );
    table.remarks = vec![
        "From the moves above, with skipped stages and returns as they are. Open visits are not \
         in it: where many lie long, it is too high or too low. A stage that nobody left yet, and \
         each that leads to it, has none. With ten wins it weighs the open deals of a pipeline \
         without configured chances."
            .into(),
    ];
    table
}

fn heat(shown: &Shown) -> Chart {
    let matrices = || shown.pipeline.matrices.iter();
    let several = several(shown);
    let mut columns: Vec<String> = Vec::new();
    for matrix in matrices() {
        for name in targets(shown, matrix.ladder) {
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
    }
    // Ends stand last, whatever further ladders add.
    columns.sort_by_key(|name| ["won", "lost"].contains(&name.as_str()));
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for matrix in matrices() {
        let targets = targets(shown, matrix.ladder);
        for (stage, counts) in matrix.counts.iter().enumerate() {
            let left = matrix.departures(stage);
            let (pipeline, name) = shown.stage((matrix.ladder, stage));
            names.push(match pipeline.filter(|_| several) {
                Some(pipeline) => format!("{pipeline}: {name}"),
                None => name.to_owned(),
            });
            let of = |column: &String| {
                let place = targets.iter().position(|target| target == column)?;
                let moves = counts.get(place).copied().filter(|_| left > 0)?;
                Some(moves as f64 / left as f64)
            };
            values.push(columns.iter().map(of).collect());
        }
    }
    Chart {
        id: "transitions".into(),
        title: "Where deals go from each stage".into(),
        description: "Of the deals that left a stage, the share that went to each other one, was \
                      won or was lost."
            .into(),
        table: "transitions".into(),
        plot: Plot::Heat(Heat {
            rows: names,
            columns,
            values,
        }),
    }
}
