//! Open deals by stage, with the chances that weigh them.

use super::Shown;
use crate::domain::money::Money;
use crate::metrics::pipeline::open::{AGE_BANDS, StageRow, Weights};
use crate::report::document::{
    Block, Cell, Chart, Column, Kind, Plot, Segment, SegmentRow, Segments, Tone, Weight,
};
use crate::report::views::{Parts, columns, dimension_columns, section, table};

/// Keys and names of the bands of age, the unknown one last.
const BANDS: [(&str, &str); AGE_BANDS.len() + 2] = [
    ("value_30_days", "To 30 d"),
    ("value_60_days", "31-60 d"),
    ("value_90_days", "61-90 d"),
    ("value_older", "Older"),
    ("value_age_unknown", "Age unknown"),
];

/// Tables `pipeline` and `pipeline_by`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let pipeline = shown.pipeline;
    let several = pipeline.deals.ladders.are_several();
    let names = |row: &StageRow, stage: &str| -> Vec<Cell> {
        let of = row.pipeline.as_deref().map_or(Cell::Blank, Cell::from);
        let of = several.then_some(of);
        of.into_iter().chain([stage.into()]).collect()
    };
    let rows: Vec<Vec<Cell>> = pipeline
        .stages
        .iter()
        .map(|row| cells(shown, names(row, &row.stage), row))
        .chain([cells(
            shown,
            names(&pipeline.total, "(all)"),
            &pipeline.total,
        )])
        .collect();
    let mut main = table(
        "pipeline",
        "Open deals by stage",
        stage_columns(shown, name_columns(several)),
        rows,
    );
    main.remarks = vec![weights(&pipeline.total)];
    if pipeline
        .deals
        .ladders
        .all
        .iter()
        .any(|ladder| !ladder.is_configured)
    {
        main.remarks.push(
            "[[pipeline]] stages sets the order of the stages; without it: by the stated chance, \
             else as deals come to them."
                .into(),
        );
    }
    let mut tables = vec![main];
    let mut blocks = vec![
        Block::Chart("pipeline".into()),
        Block::Table("pipeline".into()),
    ];
    if !shown.dimensions.is_empty() {
        let rows = pipeline.groups.iter().map(|(group, row)| {
            cells(
                shown,
                group.iter().map(|value| value.as_str().into()).collect(),
                row,
            )
        });
        let columns = stage_columns(shown, dimension_columns(shown.dimensions));
        let title = format!("Open deals by {}", shown.dimensions.join(", "));
        tables.push(table("pipeline_by", &title, columns, rows.collect()));
        blocks.push(Block::Table("pipeline_by".into()));
    }
    let mut parts = section("pipeline", "Open deals", blocks, tables);
    parts.charts.push(chart(shown));
    parts
}

/// Columns that name a stage.
pub fn name_columns(several: bool) -> Vec<Column> {
    let pipeline = Column::new("pipeline", "Pipeline", Kind::Text).weight(Weight::Key);
    let stage = Column::new("stage", "Stage", Kind::Text).weight(Weight::Key);
    several
        .then_some(pipeline)
        .into_iter()
        .chain([stage])
        .collect()
}

/// Cells that name a stage.
pub fn name_cells(shown: &Shown, place: Option<(usize, usize)>) -> Vec<Cell> {
    let several = shown.pipeline.deals.ladders.are_several();
    let (pipeline, stage) = place.map_or(
        (None, crate::metrics::pipeline::ladder::UNKNOWN_STAGE),
        |place| shown.stage(place),
    );
    let pipeline = several.then_some(pipeline.map_or(Cell::Blank, Cell::from));
    pipeline.into_iter().chain([stage.into()]).collect()
}

/// Which chances weigh the deals.
fn weights(total: &StageRow) -> String {
    let words = |weights: &Weights| match weights {
        Weights::Configured => "the chances of the configuration",
        Weights::Empirical => "the share of deals in its stage that the company has won so far",
        Weights::Stated => "the chances that the export states",
        Weights::Overall => "the share of ended deals that were won",
    };
    let used: Vec<&str> = total.weights.keys().map(words).collect();
    let used = match used.as_slice() {
        [] => "nothing, since no deal is open",
        [only] => only,
        several => &several.join("; where there is none, "),
    };
    let mut text = format!("Weighted: amounts times {used}.");
    if total.weights.contains_key(&Weights::Overall) {
        text.push_str(
            " A history with ten wins gives each stage its own; [[pipeline]] probability sets it.",
        );
    }
    text
}

fn stage_columns(shown: &Shown, mut first: Vec<Column>) -> Vec<Column> {
    first.extend(columns(&[
        ("deals", "Deals", Kind::Count, Weight::Key),
        ("value", "Value", Kind::Money, Weight::Key),
        ("weighted", "Weighted", Kind::Money, Weight::Normal),
        ("weighted_sd", "Deviation", Kind::Money, Weight::DataOnly),
        ("probability", "Chance", Kind::Share, Weight::Detail),
        ("weights", "Chance from", Kind::Text, Weight::DataOnly),
        ("missing_amount", "No amount", Kind::Count, Weight::Detail),
        ("median_age_days", "Median age", Kind::Days, Weight::Normal),
        ("overdue", "Overdue", Kind::Count, Weight::Normal),
        (
            "overdue_value",
            "Overdue value",
            Kind::Money,
            Weight::Detail,
        ),
        ("overaged", "Overaged", Kind::Count, Weight::Normal),
    ]));
    let bands = BANDS.iter().take(bands(shown));
    first.extend(
        bands.map(|(id, title)| Column::new(*id, *title, Kind::Money).weight(Weight::DataOnly)),
    );
    first
}

fn cells(shown: &Shown, mut cells: Vec<Cell>, row: &StageRow) -> Vec<Cell> {
    let from: Vec<&str> = row.weights.keys().map(|weights| weights.code()).collect();
    cells.extend([
        row.deals.into(),
        row.value.into(),
        row.weighted.into(),
        row.deviation.map(Money::from_units).into(),
        row.chance.into(),
        from.join(", ").into(),
        row.missing_amount.into(),
        row.median_age.into(),
        row.overdue.0.into(),
        row.overdue.1.into(),
        row.overaged.into(),
    ]);
    let by_age = row.by_age.iter().take(bands(shown));
    cells.extend(by_age.map(|value| Cell::from(*value)));
    cells
}

/// How many bands there are: the unknown age only where some deal has it.
fn bands(shown: &Shown) -> usize {
    let unknown = |row: &StageRow| row.by_age.last().is_some_and(|value| *value != Money::ZERO);
    match shown.pipeline.stages.iter().any(unknown) {
        true => BANDS.len(),
        false => BANDS.len() - 1,
    }
}

/// The amount of each stage, in shades of the age of its deals.
fn chart(shown: &Shown) -> Chart {
    let bands = bands(shown);
    let row = |row: &StageRow| {
        let mut sum = 0.0;
        let parts = row
            .by_age
            .iter()
            .take(bands)
            .enumerate()
            .map(|(band, value)| {
                let from = sum;
                sum += value.units();
                Segment {
                    from,
                    to: sum,
                    tone: Tone::Shade(band),
                }
            });
        let parts = parts.collect();
        SegmentRow {
            label: match &row.pipeline {
                Some(pipeline) => format!("{pipeline}: {}", row.stage),
                None => row.stage.clone(),
            },
            parts,
            value: row.value.units(),
            remark: Some(super::so_many(row.deals)),
        }
    };
    Chart {
        id: "pipeline".into(),
        title: "Open deals by stage and age".into(),
        description: "Amount of the open deals in each stage, the darker the older they are, with \
                      their number."
            .into(),
        table: "pipeline".into(),
        plot: Plot::Segments(Segments {
            kind: Kind::Money,
            shades: BANDS[..bands]
                .iter()
                .map(|(_, name)| (*name).to_owned())
                .collect(),
            is_linked: false,
            rows: shown.pipeline.stages.iter().map(row).collect(),
        }),
    }
}
