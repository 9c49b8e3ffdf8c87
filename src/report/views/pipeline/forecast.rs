//! What will be won, and how good the same forecast would have been.

use super::fan::{fan_chart, fan_table};
use super::{Shown, units};
use crate::domain::figure::Figure;
use crate::domain::money::Money;
use crate::metrics::pipeline::forecast::{BackTest, Forecast, Intervals, Skill};
use crate::report::document::{
    Block, Cell, Chart, Curve, CurveAxis, CurveMark, CurvePoint, Kind, Plot, Table, Weight,
};
use crate::report::views::{Parts, columns, section, table};

/// Tables `forecast`, `forecast_fan`, `forecast_skill` and `back_test`.
pub fn view(shown: &Shown) -> Parts {
    let pipeline = shown.pipeline;
    let columns_of_forecast = columns(&[
        ("days", "Days ahead", Kind::Count, Weight::Key),
        (
            "forecast_weighted",
            "By plan and stage",
            Kind::Estimate,
            Weight::Normal,
        ),
        (
            "forecast_age",
            "Open deals by age",
            Kind::Estimate,
            Weight::Key,
        ),
        (
            "forecast_new",
            "Deals to come",
            Kind::Estimate,
            Weight::Normal,
        ),
        ("total", "Together", Kind::Estimate, Weight::Key),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
        ("low95", "95 % from", Kind::Estimate, Weight::DataOnly),
        ("high95", "95 % to", Kind::Estimate, Weight::DataOnly),
        (
            "wins_open",
            "Wins of open deals",
            Kind::Estimate,
            Weight::Detail,
        ),
        (
            "wins_new",
            "Wins of new ones",
            Kind::Estimate,
            Weight::Detail,
        ),
    ]);
    let rows = pipeline.forecasts.iter().map(forecast_cells).collect();
    let mut ahead = table("forecast", "What will be won", columns_of_forecast, rows);
    ahead.remarks = vec![
        "By plan and stage is the convention of CRMs: planned to close in time, times the chance \
         of its stage. By age takes from the company's own deals how many of that age are still \
         won. Interval: 2,000 draws, deals as independent; what is \
         not known of the curve and of the number of new deals is drawn too."
            .into(),
    ];
    let mut tables = vec![ahead];
    let mut blocks = vec![Block::Table("forecast".into())];
    let has_fan = !pipeline.fan.is_empty();
    if has_fan {
        tables.push(fan_table(shown));
        blocks.insert(0, Block::Chart("forecast-fan".into()));
    }
    if !pipeline.back_tests.is_empty() {
        tables.push(skill_table(&pipeline.skills));
        tables.push(back_test_table(shown));
        blocks.push(Block::Chart("forecast-back-test".into()));
        blocks.push(Block::Table("forecast_skill".into()));
        blocks.push(Block::Table("back_test".into()));
    }
    let mut parts = section("forecast", "Forecast", blocks, tables);
    if has_fan {
        parts.charts.push(fan_chart(shown));
    }
    if !pipeline.back_tests.is_empty() {
        parts.charts.push(past(shown));
    }
    parts
}

fn forecast_cells(forecast: &Forecast) -> Vec<Cell> {
    let money = |figure: Figure<f64>| Cell::from(figure.map(Money::from_units));
    let end =
        |of: fn(&Intervals) -> f64| money(forecast.intervals.as_ref().map(of).map_err(|r| *r));
    vec![
        u64::from(forecast.days).into(),
        money(forecast.weighted),
        money(forecast.by_age),
        money(forecast.new),
        money(forecast.total()),
        end(|ends| ends.0.0),
        end(|ends| ends.0.1),
        end(|ends| ends.1.0),
        end(|ends| ends.1.1),
        forecast.wins.map(|(open, _)| open).into(),
        forecast.wins.map(|(_, new)| new).into(),
    ]
}

fn skill_table(skills: &[Skill]) -> Table {
    let columns = columns(&[
        ("method", "Method", Kind::Text, Weight::Key),
        ("n", "Past quarters", Kind::Count, Weight::Key),
        ("held", "80 % interval held", Kind::Count, Weight::Normal),
        ("wape", "Off by", Kind::Share, Weight::Key),
        ("bias", "Bias", Kind::Share, Weight::Normal),
    ]);
    let row = |skill: &Skill| {
        vec![
            skill.method.into(),
            (skill.n as u64).into(),
            skill.held.map_or(Cell::Blank, |held| (held as u64).into()),
            skill.wape.into(),
            skill.bias.into(),
        ]
    };
    let rows = skills.iter().map(row).collect();
    let mut table = table("forecast_skill", "How good it was", columns, rows);
    table.remarks = vec![
        "Off by: sum of the errors over the sum of what came. weighted_pipeline: open amount \
         times the win rate known then; same_as_before: the 90 days before."
            .into(),
    ];
    table
}

fn back_test_table(shown: &Shown) -> Table {
    let columns = columns(&[
        ("as_of", "As of", Kind::Text, Weight::Key),
        ("forecast", "Forecast", Kind::Estimate, Weight::Key),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
        ("actual", "Came", Kind::Estimate, Weight::Key),
        ("held", "Held", Kind::Flag, Weight::Normal),
        (
            "weighted_pipeline",
            "Weighted pipeline",
            Kind::Estimate,
            Weight::Detail,
        ),
        (
            "same_as_before",
            "Same as before",
            Kind::Estimate,
            Weight::Detail,
        ),
    ]);
    let row = |test: &BackTest| {
        vec![
            (shown.day)(test.as_of).into(),
            units(test.forecast),
            units(test.interval.0),
            units(test.interval.1),
            units(test.actual),
            test.held().into(),
            units(test.naive_weighted),
            units(test.naive_last),
        ]
    };
    let rows = shown.pipeline.back_tests.iter().map(row).collect();
    table(
        "back_test",
        "The same forecast on past quarters",
        columns,
        rows,
    )
}

/// Past quarters with what was foretold, then the next one.
fn past(shown: &Shown) -> Chart {
    let tests = &shown.pipeline.back_tests;
    let mut points: Vec<CurvePoint> = tests
        .iter()
        .enumerate()
        .map(|(index, test)| CurvePoint {
            x: index as f64,
            y: test.forecast,
            interval: Some(test.interval),
        })
        .collect();
    let mut names: Vec<(f64, String)> = tests
        .iter()
        .enumerate()
        .map(|(index, test)| (index as f64, (shown.day)(test.as_of)))
        .collect();
    let next = shown
        .pipeline
        .forecasts
        .iter()
        .find(|forecast| forecast.days == 90);
    if let Some((total, ends)) =
        next.and_then(|next| Some((next.total().ok()?, next.intervals.ok()?)))
    {
        let x = tests.len() as f64;
        points.push(CurvePoint {
            x,
            y: total,
            interval: Some(ends.0),
        });
        names.push((x, "next".into()));
    }
    let marks = tests.iter().enumerate().map(|(index, test)| CurveMark {
        label: "came".into(),
        x: index as f64,
        y: test.actual,
        interval: None,
    });
    Chart {
        id: "forecast-back-test".into(),
        title: "Forecast of 90 days, and what came".into(),
        description: "The forecast as it would have been at past moments with its 80 % interval, \
                      what really came as points, and the forecast of now."
            .into(),
        table: "back_test".into(),
        plot: Plot::Curve(Curve {
            x: CurveAxis {
                title: "As of".into(),
                kind: Kind::Text,
            },
            y: CurveAxis {
                title: "Won within 90 days".into(),
                kind: Kind::Money,
            },
            points,
            marks: marks.collect(),
            seen: None,
            names,
            level: 0.8,
            against: None,
        }),
    }
}
