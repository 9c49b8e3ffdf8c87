//! How fast money comes, how long deals take, and what becomes of them by age.

use super::Shown;
use crate::domain::figure::Figure;
use crate::domain::money::Money;
use crate::metrics::pipeline::speed::{Cycle, DealSize, Velocity};
use crate::metrics::pipeline::{AgeStep, Speed};
use crate::report::document::{
    AreaBand, Areas, Block, Cell, Chart, Column, Curve, CurveAxis, CurvePoint, Kind, Plot, Table,
    Tone, Weight,
};
use crate::report::views::{Parts, columns, dimension_columns, section, table};

/// Tables `velocity`, `cycle` and `win_curve`, and the twins of the first two by dimensions.
pub fn view(shown: &Shown) -> Parts {
    let pipeline = shown.pipeline;
    let mut first = keyed(
        "velocity",
        "Velocity",
        velocity(&pipeline.velocity, &pipeline.size),
    );
    first.remarks = vec![
        "Velocity: open deals x win rate x amount / days, money of a day; the last three over the \
         last 365 days. Throughput: what was really won a day; velocity_ratio: one over the \
         other. Far from 1: stale deals, or a pipeline that changed its size. Deal size: of the \
         deals won in the period."
            .into(),
    ];
    let mut second = keyed("cycle", "Length of the cycle", cycle(&pipeline.cycle));
    second.remarks = vec![
        "Days of the deals won are those of the fast ones where business grows; the last two count \
         open deals as not decided yet (Aalen-Johansen)."
            .into(),
    ];
    if shown.pipeline.untimed_ends > 0 {
        second.remarks.push(format!(
            "{} deals ended at an unknown time: in counts, not in curves.",
            shown.pipeline.untimed_ends
        ));
    }
    let blocks = vec![
        Block::Table("velocity".into()),
        Block::Chart("win-curve".into()),
        Block::Chart("won-by-age".into()),
        Block::Table("cycle".into()),
    ];
    let mut parts = section(
        "velocity",
        "How fast",
        blocks,
        vec![first, second, curve_table(shown)],
    );
    parts.charts.push(win_curve(shown));
    parts.charts.push(won_by_age(shown));
    if !pipeline.speeds_by.is_empty() {
        parts.append(by(shown));
    }
    parts
}

/// What a table of keys and values says, in its order.
type Lines = Vec<(&'static str, Cell)>;

fn velocity(velocity: &Velocity, size: &DealSize) -> Lines {
    let money = |figure: Figure<f64>| Cell::from(figure.map(Money::from_units));
    vec![
        ("open_deals", velocity.open.into()),
        ("win_rate_closed", share(velocity.win_rate)),
        ("mean_won_amount", money(velocity.mean_won)),
        ("mean_cycle_days", velocity.cycle_days.into()),
        ("pipeline_velocity", money(velocity.velocity)),
        ("throughput", money(velocity.throughput)),
        ("velocity_ratio", velocity.velocity_ratio().into()),
        ("average_deal_size", money(size.mean)),
        ("median_deal_size", money(size.median)),
        ("deals_without_amount", size.missing.into()),
    ]
}

fn cycle(cycle: &Cycle) -> Lines {
    let won = |part: fn((f64, f64, f64)) -> f64| Cell::from(cycle.won.map(part));
    vec![
        ("wins", cycle.wins.into()),
        ("median_days_won", won(|(median, _, _)| median)),
        ("p90_days_won", won(|(_, p90, _)| p90)),
        ("mean_days_won", won(|(_, _, mean)| mean)),
        ("median_days_to_win_all", cycle.median_to_win.into()),
        ("share_ever_won", share(cycle.ever)),
    ]
}

fn share(figure: Figure<f64>) -> Cell {
    figure.map_or_else(Cell::Undefined, Cell::Share)
}

fn key_and_value() -> Vec<Column> {
    columns(&[
        ("key", "Figure", Kind::Text, Weight::Key),
        ("value", "Value", Kind::Number, Weight::Key),
    ])
}

fn keyed(id: &str, title: &str, lines: Lines) -> Table {
    let rows = lines.into_iter().map(|(key, cell)| vec![key.into(), cell]);
    table(id, title, key_and_value(), rows.collect())
}

/// Tables `velocity_by` and `cycle_by`.
fn by(shown: &Shown) -> Parts {
    let twin = |id: &str, title: &str, lines: fn(&Speed) -> Lines| {
        let mut columns = dimension_columns(shown.dimensions);
        columns.extend(key_and_value());
        let rows = shown.pipeline.speeds_by.iter().flat_map(|(group, speed)| {
            lines(speed).into_iter().map(|(key, cell)| {
                let names = group.iter().map(|name| name.as_str().into());
                names.chain([key.into(), cell]).collect()
            })
        });
        table(id, title, columns, rows.collect())
    };
    let tables = vec![
        twin("velocity_by", "Velocity by group", |speed| {
            velocity(&speed.velocity, &speed.size)
        }),
        twin("cycle_by", "Length of the cycle by group", |speed| {
            cycle(&speed.cycle)
        }),
    ];
    let blocks = tables.iter().map(|table| Block::Table(table.id.clone()));
    let blocks = blocks.collect();
    section("velocity-by", "How fast, by group", blocks, tables)
}

fn curve_table(shown: &Shown) -> Table {
    let columns = columns(&[
        ("age_days", "Age", Kind::Days, Weight::Key),
        ("won", "Won", Kind::Share, Weight::Key),
        ("won_low", "95 % from", Kind::Share, Weight::Normal),
        ("won_high", "to", Kind::Share, Weight::Normal),
        ("lost", "Lost", Kind::Share, Weight::Key),
        ("open", "Open", Kind::Share, Weight::Key),
    ]);
    let row = |step: &AgeStep| {
        let end = |of: fn(&(f64, f64)) -> f64| match &step.interval {
            Some(ends) => of(ends).into(),
            None => Cell::Blank,
        };
        vec![
            step.age.into(),
            step.won.into(),
            end(|ends| ends.0),
            end(|ends| ends.1),
            step.lost.into(),
            step.open.into(),
        ]
    };
    let rows = shown.pipeline.curve.iter().map(row);
    let title = "Won, lost and open by age";
    let mut table = table("win_curve", title, columns, rows.collect());
    table.remarks = vec![
        "The interval is that of one age at a time, from the variance of the estimate; it takes \
         the deals as independent. Where nothing or everything is won there is none."
            .into(),
    ];
    table
}

/// The share won with its band.
fn won_by_age(shown: &Shown) -> Chart {
    let start = CurvePoint {
        x: 0.0,
        y: 0.0,
        interval: None,
    };
    let steps = shown.pipeline.curve.iter().map(|step| CurvePoint {
        x: step.age,
        y: step.won,
        interval: step.interval,
    });
    Chart {
        id: "won-by-age".into(),
        title: "Chance to be won by an age".into(),
        description: "The share of deals won by each age with its pointwise 95 % interval; open \
                      deals count as not decided yet."
            .into(),
        table: "win_curve".into(),
        plot: Plot::Curve(Curve {
            against: None,
            x: CurveAxis {
                title: "Days since the deal was made".into(),
                kind: Kind::Count,
            },
            y: CurveAxis {
                title: "Won".into(),
                kind: Kind::Share,
            },
            points: std::iter::once(start).chain(steps).collect(),
            marks: Vec::new(),
            seen: None,
            names: Vec::new(),
            level: 0.95,
        }),
    }
}

/// Won, lost and open, from the day on which all deals were made to the age of the oldest.
fn win_curve(shown: &Shown) -> Chart {
    let first = AgeStep {
        age: 0.0,
        won: 0.0,
        interval: None,
        lost: 0.0,
        open: 1.0,
    };
    let mut steps = vec![first];
    steps.extend(&shown.pipeline.curve);
    let last = steps.last().copied().unwrap_or(first);
    steps.push(AgeStep {
        age: last.age.max(shown.pipeline.watched),
        ..last
    });
    let band = |label: &str, of: fn(&AgeStep) -> f64, tone| AreaBand {
        label: label.into(),
        shares: steps.iter().map(of).collect(),
        tone,
    };
    Chart {
        id: "win-curve".into(),
        title: "What becomes of deals by their age".into(),
        description: "The chance that a deal has been won or lost by an age, and that it is \
                      still open; open deals count as not decided yet."
            .into(),
        table: "win_curve".into(),
        plot: Plot::Areas(Areas {
            x: CurveAxis {
                title: "Days since the deal was made".into(),
                kind: Kind::Count,
            },
            xs: steps.iter().map(|step| step.age).collect(),
            bands: vec![
                band("Won", |step| step.won, Tone::Comes),
                band("Open", |step| step.open, Tone::Total),
                band("Lost", |step| step.lost, Tone::Goes),
            ],
        }),
    }
}
