//! The pipeline: open deals, movement, win rates, velocity, cycle, forecast, the list.

mod forecast;

use super::words::Speak;
use super::{Parts, columns, dimension_columns, section, table};
use crate::domain::figure::{Figure, Undefined};
use crate::domain::money::Money;
use crate::metrics::pipeline::win_rate::WinRate;
use crate::metrics::pipeline::{Listed, Pipeline, StageRow, Weights};
use crate::report::document::{
    Bar, Bars, Block, Cell, Chart, Column, Curve, CurveAxis, CurvePoint, Kind, Plot, Table, Weight,
};

/// A pipeline with what is needed to word it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The dimensions asked for.
    pub dimensions: &'a [String],
    /// The day of a moment.
    pub day: &'a dyn Fn(i64) -> String,
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

/// Tables `pipeline`, `movement`, `win_rate`, `velocity`, `cycle`, `forecast`, `back_test`,
/// `forecast_skill`, and the twins `pipeline_by` and `win_rate_by`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let mut parts = open(shown);
    parts.append(movement(shown));
    parts.append(win_rates(shown));
    parts.append(speed(shown));
    parts.append(forecast::view(shown));
    parts.summary = summary(shown);
    parts
}

/// What the monthly report keeps: open deals, movement, win rates, forecast.
#[must_use]
pub fn brief(shown: &Shown) -> Parts {
    const TABLES: &[&str] = &[
        "pipeline",
        "movement",
        "win_rate",
        "forecast",
        "forecast_skill",
    ];
    const CHARTS: &[&str] = &["pipeline", "movement"];
    let mut parts = view(shown);
    parts
        .tables
        .retain(|table| TABLES.contains(&table.id.as_str()));
    parts
        .charts
        .retain(|chart| CHARTS.contains(&chart.id.as_str()));
    for section in &mut parts.sections {
        section.blocks.retain(|block| match block {
            Block::Table(id) => TABLES.contains(&id.as_str()),
            Block::Chart(id) => CHARTS.contains(&id.as_str()),
            _ => true,
        });
    }
    parts.sections.retain(|section| !section.blocks.is_empty());
    parts.summary.truncate(2);
    parts
}

/// Table `list`: every open deal.
#[must_use]
pub fn list(shown: &Shown) -> Parts {
    let columns = columns(&[
        ("id", "Deal", Kind::Text, Weight::Normal),
        ("name", "Name", Kind::Text, Weight::Key),
        ("owner", "Owner", Kind::Text, Weight::Normal),
        ("pipeline", "Pipeline", Kind::Text, Weight::DataOnly),
        ("stage", "Stage", Kind::Text, Weight::Key),
        ("age_days", "Age", Kind::Days, Weight::Key),
        ("idle_days", "Since activity", Kind::Days, Weight::Detail),
        ("amount", "Amount", Kind::Money, Weight::Key),
        (
            "expected_close",
            "Planned close",
            Kind::Text,
            Weight::Normal,
        ),
        (
            "p_won_90_days",
            "Won within 90 days",
            Kind::Share,
            Weight::Normal,
        ),
        ("flags", "Stands out", Kind::Text, Weight::Key),
    ]);
    let text = |text: &Option<String>| text.as_deref().map_or(Cell::Blank, Cell::from);
    let number = |value: Option<f64>| value.map_or(Cell::Blank, Cell::from);
    let row = |listed: &Listed| {
        let deal = &listed.deal;
        let flags: Vec<&str> = listed.flags.iter().map(|flag| flag.code()).collect();
        vec![
            deal.id.as_str().into(),
            text(&deal.name),
            text(&deal.owner),
            text(&deal.pipeline),
            text(&deal.stage),
            number(listed.age),
            number(listed.idle),
            deal.amount
                .map_or(Cell::Undefined(Undefined::MissingAmount), Cell::from),
            deal.expected_close
                .map_or(Cell::Blank, |at| (shown.day)(at).into()),
            listed.chance.into(),
            if flags.is_empty() {
                Cell::Blank
            } else {
                flags.join(", ").into()
            },
        ]
    };
    let mut listed: Vec<&Listed> = shown.pipeline.list.iter().collect();
    listed.sort_by(|a, b| {
        let order = b.flags.len().cmp(&a.flags.len());
        order
            .then(b.deal.amount.cmp(&a.deal.amount))
            .then_with(|| a.deal.id.cmp(&b.deal.id))
    });
    let rows = listed.into_iter().map(row).collect();
    let mut table = table("list", "Every open deal", columns, rows);
    table.remarks = vec![
        "Most reasons first, then the largest amount. Overaged: older than nine in ten of the \
         deals won in the last year; overdue: the planned close has passed."
            .into(),
    ];
    let mut parts = section(
        "list",
        "Open deals",
        vec![Block::Table("list".into())],
        vec![table],
    );
    parts.summary = vec![standing(shown)];
    parts
}

fn standing(shown: &Shown) -> String {
    let total = &shown.pipeline.total;
    let count = |count: u64| (shown.speak)(&count.into(), Kind::Count);
    let mut sentence = format!(
        "{} open deals worth {}",
        count(total.deals),
        (shown.speak)(&total.value.into(), Kind::Money)
    );
    if total.missing_amount > 0 {
        sentence.push_str(&format!(
            ", {} of them without an amount",
            count(total.missing_amount)
        ));
    }
    let (overdue, amount) = total.overdue;
    if overdue > 0 {
        sentence.push_str(&format!(
            "; the planned close of {} ({}) has passed",
            count(overdue),
            (shown.speak)(&amount.into(), Kind::Money)
        ));
    }
    if let Ok(overaged) = total.overaged
        && overaged > 0
    {
        sentence.push_str(&format!(
            "; {} are older than nine in ten of those that are won",
            count(overaged)
        ));
    }
    sentence.push('.');
    sentence
}

fn summary(shown: &Shown) -> Vec<String> {
    let mut sentences = vec![standing(shown)];
    let money = |amount: f64| (shown.speak)(&units(amount), Kind::Estimate);
    for forecast in &shown.pipeline.forecasts {
        let (Ok(total), Ok(((low, high), _))) = (forecast.total(), forecast.intervals) else {
            continue;
        };
        if forecast.days != 90 {
            continue;
        }
        sentences.push(format!(
            "Expected to be won in the next {} days: {} (80 %: {} to {}).",
            forecast.days,
            money(total),
            money(low),
            money(high)
        ));
    }
    if let Some(skill) = shown.pipeline.skills.first().filter(|skill| skill.n > 0) {
        let others = shown.pipeline.skills[1..]
            .iter()
            .filter_map(|skill| skill.wape.ok());
        let best = others.fold(f64::INFINITY, f64::min);
        if let Ok(wape) = skill.wape {
            let share = |share: f64| (shown.speak)(&Cell::Share(share), Kind::Share);
            let beside = if best.is_finite() {
                format!(
                    "; the better of the two simple methods was {} off",
                    share(best)
                )
            } else {
                String::new()
            };
            sentences.push(format!(
                "Over {} past quarters the same forecast was {} off, and its 80 % interval held {} \
                 times{beside}.",
                skill.n,
                share(wape),
                skill.held.unwrap_or(0)
            ));
        }
    }
    sentences
}

fn open(shown: &Shown) -> Parts {
    let pipeline = shown.pipeline;
    let with_name = |first: Vec<Column>| {
        let mut all = first;
        all.extend(stage_columns());
        all
    };
    let stage = vec![Column::new("stage", "Stage", Kind::Text).weight(Weight::Key)];
    let mut rows: Vec<Vec<Cell>> = pipeline
        .stages
        .iter()
        .map(|row| stage_cells(vec![row.stage.as_str().into()], row))
        .collect();
    rows.push(stage_cells(vec!["(all)".into()], &pipeline.total));
    let mut main = table("pipeline", "Open deals by stage", with_name(stage), rows);
    main.remarks = vec![match pipeline.weights {
        Weights::Configured => "Weighted: amounts times the chances of the configuration.",
        Weights::Stated => "Weighted: amounts times the chances that the export states.",
        Weights::Overall => {
            "Weighted: amounts times the share of ended deals that were won; the export states no \
             chances, and [[pipeline]] probability sets others."
        }
    }
    .into()];
    let mut tables = vec![main];
    let mut blocks = vec![
        Block::Chart("pipeline".into()),
        Block::Table("pipeline".into()),
    ];
    if !shown.dimensions.is_empty() {
        let rows = pipeline.groups.iter().map(|(group, row)| {
            stage_cells(
                group.iter().map(|value| value.as_str().into()).collect(),
                row,
            )
        });
        let columns = with_name(dimension_columns(shown.dimensions));
        let title = format!("Open deals by {}", shown.dimensions.join(", "));
        tables.push(table("pipeline_by", &title, columns, rows.collect()));
        blocks.push(Block::Table("pipeline_by".into()));
    }
    let mut parts = section("pipeline", "Open deals", blocks, tables);
    parts.charts.push(stage_chart(pipeline));
    parts
}

fn stage_columns() -> Vec<Column> {
    columns(&[
        ("deals", "Deals", Kind::Count, Weight::Key),
        ("value", "Value", Kind::Money, Weight::Key),
        ("weighted", "Weighted", Kind::Money, Weight::Normal),
        ("weighted_sd", "Deviation", Kind::Money, Weight::DataOnly),
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
    ])
}

fn stage_cells(mut cells: Vec<Cell>, row: &StageRow) -> Vec<Cell> {
    cells.extend([
        row.deals.into(),
        row.value.into(),
        row.weighted.into(),
        row.deviation.map(Money::from_units).into(),
        row.missing_amount.into(),
        row.median_age.into(),
        row.overdue.0.into(),
        row.overdue.1.into(),
        row.overaged.into(),
    ]);
    cells
}

fn stage_chart(pipeline: &Pipeline) -> Chart {
    let bars = pipeline.stages.iter().map(|row| Bar {
        label: row.stage.clone(),
        value: Ok(row.value.units()),
        interval: None,
        remark: Some(match row.median_age {
            Ok(age) => format!("{} deals, half older than {age:.0} d", row.deals),
            Err(_) => format!("{} deals", row.deals),
        }),
    });
    Chart {
        id: "pipeline".into(),
        title: "Open deals by stage".into(),
        description: "Amount of the open deals in each stage, with their number and age.".into(),
        table: "pipeline".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Money,
            bars: bars.collect(),
        }),
    }
}

fn movement(shown: &Shown) -> Parts {
    let Some(lines) = &shown.pipeline.movement else {
        return Parts::default();
    };
    let columns = columns(&[
        ("step", "", Kind::Text, Weight::Key),
        ("deals", "Deals", Kind::Count, Weight::Key),
        ("value", "Value", Kind::Money, Weight::Key),
    ]);
    let rows = lines
        .iter()
        .map(|line| vec![line.step.into(), line.deals.into(), line.value.into()]);
    let mut moved = table(
        "movement",
        "What moved in the period",
        columns,
        rows.collect(),
    );
    moved.remarks = vec![
        "Opening + new + won + lost = closing; won and lost left the pipeline and stand below \
         zero. Amounts are today's: the export has no history of them."
            .into(),
    ];
    let bars = lines.iter().map(|line| Bar {
        label: line.step.to_owned(),
        value: Ok(line.value.units()),
        interval: None,
        remark: Some(format!("{} deals", line.deals)),
    });
    let chart = Chart {
        id: "movement".into(),
        title: "What moved in the period".into(),
        description:
            "The pipeline at the beginning, what came, what left as won or lost, and what \
                      is left."
                .into(),
        table: "movement".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Money,
            bars: bars.collect(),
        }),
    };
    let blocks = vec![
        Block::Chart("movement".into()),
        Block::Table("movement".into()),
    ];
    let mut parts = section("movement", "Movement", blocks, vec![moved]);
    parts.charts.push(chart);
    parts
}

fn win_rates(shown: &Shown) -> Parts {
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

fn speed(shown: &Shown) -> Parts {
    let (velocity, cycle) = (&shown.pipeline.velocity, &shown.pipeline.cycle);
    let columns_of = || {
        columns(&[
            ("key", "", Kind::Text, Weight::Key),
            ("value", "Value", Kind::Number, Weight::Key),
        ])
    };
    let money = |figure: Figure<f64>| Cell::from(figure.map(Money::from_units));
    let share = |figure: Figure<f64>| figure.map_or_else(Cell::Undefined, Cell::Share);
    let row = |key: &str, cell: Cell| vec![Cell::from(key), cell];
    let mut first = table(
        "velocity",
        "Velocity",
        columns_of(),
        vec![
            row("open_deals", velocity.open.into()),
            row("win_rate_closed", share(velocity.win_rate)),
            row("mean_won_amount", money(velocity.mean_won)),
            row("mean_cycle_days", velocity.cycle_days.into()),
            row("pipeline_velocity", money(velocity.velocity)),
            row("throughput", money(velocity.throughput)),
        ],
    );
    first.remarks = vec![
        "Velocity: open deals x win rate x amount / days, money of a day; the last three over the \
         last 365 days. Throughput: what was really won a day. Far apart: stale deals, or a \
         pipeline that changed its size."
            .into(),
    ];
    let mut second = table(
        "cycle",
        "Length of the cycle",
        columns_of(),
        vec![
            row("wins", cycle.wins.into()),
            row(
                "median_days_won",
                cycle.won.map(|(median, _, _)| median).into(),
            ),
            row("p90_days_won", cycle.won.map(|(_, p90, _)| p90).into()),
            row("mean_days_won", cycle.won.map(|(_, _, mean)| mean).into()),
            row("median_days_to_win_all", cycle.median_to_win.into()),
            row("share_ever_won", share(cycle.ever)),
        ],
    );
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
        Block::Table("cycle".into()),
    ];
    let mut parts = section(
        "velocity",
        "How fast",
        blocks,
        vec![first, second, curve_table(shown)],
    );
    parts.charts.push(win_curve(shown));
    parts
}

fn curve_table(shown: &Shown) -> Table {
    let columns = columns(&[
        ("age_days", "Age", Kind::Days, Weight::Key),
        ("won", "Won", Kind::Share, Weight::Key),
        ("open", "Open", Kind::Share, Weight::Key),
    ]);
    let rows = shown
        .pipeline
        .curve
        .iter()
        .map(|(age, won, open)| vec![(*age).into(), (*won).into(), (*open).into()]);
    table("win_curve", "Won and open by age", columns, rows.collect())
}

fn win_curve(shown: &Shown) -> Chart {
    let points = shown.pipeline.curve.iter().map(|(age, won, _)| CurvePoint {
        x: *age,
        y: *won,
        interval: None,
    });
    Chart {
        id: "win-curve".into(),
        title: "Share of deals won by their age".into(),
        description: "The chance that a deal has been won by an age, open deals counted as not \
                      decided yet."
            .into(),
        table: "win_curve".into(),
        plot: Plot::Curve(Curve {
            x: CurveAxis {
                title: "Days since the deal was made".into(),
                kind: Kind::Count,
            },
            y: CurveAxis {
                title: "Won".into(),
                kind: Kind::Share,
            },
            points: points.collect(),
            marks: Vec::new(),
            seen: None,
            names: Vec::new(),
            level: 0.95,
        }),
    }
}

fn units(amount: f64) -> Cell {
    Cell::Money(Money::from_units(amount))
}
