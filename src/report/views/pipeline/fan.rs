//! The fan: what was won so far and what is to be expected, on one axis.

use super::{Shown, units};
use crate::metrics::pipeline::fan::FanPoint;
use crate::report::document::{
    Cell, Chart, Curve, CurveAxis, CurvePoint, Fan, Kind, Plot, Table, Weight,
};
use crate::report::views::{columns, table};

/// Table `forecast_fan`: the points of the chart.
pub fn fan_table(shown: &Shown) -> Table {
    let columns = columns(&[
        ("day", "Day", Kind::Text, Weight::Key),
        ("days", "Days ahead", Kind::Number, Weight::Key),
        ("won", "Won so far", Kind::Money, Weight::Key),
        ("expected", "Expected", Kind::Estimate, Weight::Key),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
        ("low95", "95 % from", Kind::Estimate, Weight::Detail),
        ("high95", "95 % to", Kind::Estimate, Weight::Detail),
    ]);
    let rows = shown.pipeline.fan.iter();
    let rows = rows.map(|point| cells(shown, point)).collect();
    let mut table = table("forecast_fan", &title(shown), columns, rows);
    table.remarks = vec![
        "Sums since the first day of the table. The forecast stands on what is won so far; its \
         interval takes the deals as independent."
            .into(),
    ];
    table
}

fn title(shown: &Shown) -> String {
    let first = shown.pipeline.fan.first();
    let since = first.map_or_else(String::new, |point| (shown.day)(point.at));
    format!("Won since {since}, and what is to come")
}

fn cells(shown: &Shown, point: &FanPoint) -> Vec<Cell> {
    let mut cells = vec![(shown.day)(point.at).into(), (point.days as f64).into()];
    match point.intervals {
        None => {
            cells.push(units(point.sum));
            cells.extend([const { Cell::Blank }; 5]);
        }
        Some((inner, outer)) => {
            cells.extend([Cell::Blank, units(point.sum)]);
            cells.extend([inner.0, inner.1, outer.0, outer.1].map(units));
        }
    }
    cells
}

/// The line of the sums, whole where it is known and dashed beyond, in two bands.
pub fn fan_chart(shown: &Shown) -> Chart {
    let all = &shown.pipeline.fan;
    // The bands open where the known ends.
    let now = |point: &FanPoint| (point.days == 0).then_some((point.sum, point.sum));
    let points = all.iter().map(|point| CurvePoint {
        x: point.days as f64,
        y: point.sum,
        interval: point.intervals.map(|ends| ends.0).or_else(|| now(point)),
    });
    let outer = all.iter().filter_map(|point| {
        let ends = point.intervals.map(|ends| ends.1).or_else(|| now(point))?;
        Some((point.days as f64, ends))
    });
    let first = all.first().map_or(0, |point| point.days);
    let names = all
        .iter()
        .map(|point| (point.days as f64, (shown.day)(point.at)));
    Chart {
        id: "forecast-fan".into(),
        title: title(shown),
        description: "The sum of the amounts won, known up to the as-of day and expected after \
                      it, with the 80 % and the 95 % interval of what is expected."
            .into(),
        table: "forecast_fan".into(),
        plot: Plot::Fan(Fan {
            outer: outer.collect(),
            outer_level: 0.95,
            curve: Curve {
                against: None,
                x: CurveAxis {
                    title: String::new(),
                    kind: Kind::Text,
                },
                y: CurveAxis {
                    title: "Won, added up".into(),
                    kind: Kind::Money,
                },
                points: points.collect(),
                marks: Vec::new(),
                seen: Some(("Known".into(), first as f64, 0.0)),
                names: names.collect(),
                level: 0.8,
            },
        }),
    }
}
