//! Stages: where their deals went in the period, how long deals stay, where they go from there.

use super::Shown;
use super::open::{name_cells, name_columns};
use crate::domain::figure::{Policy, Rate, Undefined, View};
use crate::metrics::measure::Group;
use crate::metrics::pipeline::dwell::StageDwell;
use crate::metrics::pipeline::stage_moves::{Became, Moved};
use crate::metrics::pipeline::timeline::Origin;
use crate::metrics::pipeline::transitions::Matrix;
use crate::report::document::{Block, Cell, Chart, Column, Heat, Kind, Plot, Table, Weight};
use crate::report::views::{Parts, columns, dimension_columns, section, table};

/// Tables `stage_movement`, `stage_flow`, `ageing`, `transitions`, `win_probability`, and the
/// twins `stage_movement_by` and `ageing_by`.
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
        if !shown.dimensions.is_empty() {
            add(movement_by(shown));
        }
        add(flow(shown, moves));
    }
    add(ageing(shown));
    if !shown.dimensions.is_empty() {
        add(ageing_by(shown));
    }
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

/// Columns of `stage_movement` behind those that name the row.
fn movement_columns(mut all: Vec<Column>) -> Vec<Column> {
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
    all
}

fn movement_cells(shown: &Shown, moved: &Moved) -> Vec<Cell> {
    let mut cells = name_cells(shown, moved.from);
    cells.push(moved.deals.into());
    let counts = Became::ALL.iter();
    let counts = counts.map(|kind| moved.became.get(kind).copied().unwrap_or(0));
    cells.extend(counts.map(|count| share(count, moved.deals)));
    cells
}

/// Columns that name a group and a stage.
fn group_columns(shown: &Shown) -> Vec<Column> {
    let mut all = dimension_columns(shown.dimensions);
    all.extend(name_columns(several(shown)));
    all
}

/// The cells of a row behind those that name its group.
fn of_group(group: &Group, cells: Vec<Cell>) -> Vec<Cell> {
    let names = group.iter().map(|value| Cell::from(value.as_str()));
    names.chain(cells).collect()
}

fn movement_by(shown: &Shown) -> Table {
    let groups = shown.pipeline.stage_moves_by.iter();
    let rows = groups.flat_map(|(group, moves)| {
        let cells = moves.iter().map(|moved| movement_cells(shown, moved));
        cells.map(|cells| of_group(group, cells))
    });
    let title = format!(
        "Where the deals of each stage went, by {}",
        shown.dimensions.join(", ")
    );
    let columns = movement_columns(group_columns(shown));
    table("stage_movement_by", &title, columns, rows.collect())
}

fn movement(shown: &Shown, moves: &[Moved]) -> Table {
    let rows = moves.iter().map(|moved| movement_cells(shown, moved));
    let mut table = table(
        "stage_movement",
        "Where the deals of each stage went",
        movement_columns(name_columns(several(shown))),
        rows.collect(),
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

/// Columns of `ageing` behind those that name the row.
fn ageing_columns(mut all: Vec<Column>) -> Vec<Column> {
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
    all
}

fn ageing_cells(shown: &Shown, stays: &StageDwell) -> Vec<Cell> {
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
}

fn ageing_by(shown: &Shown) -> Table {
    let rows = shown.pipeline.dwell_by.iter().flat_map(|(group, stages)| {
        let cells = stages.iter().map(|stays| ageing_cells(shown, stays));
        cells.map(|cells| of_group(group, cells))
    });
    let title = format!(
        "How long deals stay in each stage, by {}",
        shown.dimensions.join(", ")
    );
    let columns = ageing_columns(group_columns(shown));
    let mut table = table("ageing_by", &title, columns, rows.collect());
    table.remarks = vec![
        "A deal counts for the group that it is in now, with all its visits. Stages that no deal \
         of a group stands in or has left are not listed."
            .into(),
    ];
    table
}

fn ageing(shown: &Shown) -> Table {
    let rows = shown.pipeline.dwell.iter();
    let rows = rows.map(|stays| ageing_cells(shown, stays));
    let mut table = table(
        "ageing",
        "How long deals stay in each stage",
        ageing_columns(name_columns(several(shown))),
        rows.collect(),
    );
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
    table.remarks.extend(adjacent(shown));
    table
}

/// What multiplying the shares of adjacent stages would give, where that is something else.
fn adjacent(shown: &Shown) -> Vec<String> {
    let share = |share: f64| (shown.speak)(&Cell::Share(share), Kind::Share);
    let of = |matrix: &Matrix| {
        let paths = share(matrix.win_probability.first()?.ok()?);
        let product = share(matrix.adjacent.ok()?);
        let name = shown.stage((matrix.ladder, 0)).0;
        let of = name.map_or(String::new(), |name| format!("{name}: "));
        (product != paths).then(|| {
            format!(
                "{of}multiplying the shares that went from each stage to the next would give \
                 {product}; whole paths give {paths}, because skipped stages, returns and starts \
                 in the middle are part of them."
            )
        })
    };
    shown.pipeline.matrices.iter().filter_map(of).collect()
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
