//! Pictures of a what-if: net over time, response, the same money elsewhere, tornado.

use super::{Shown, money};
use crate::domain::figure::Undefined;
use crate::report::document::{
    Bar, Bars, Cell, Chart, Curve, CurveAxis, CurveMark, CurvePoint, Kind, Plot, Tornado,
    TornadoBar,
};
use crate::whatif::Driver;

/// Every chart of the answer.
pub fn charts(shown: &Shown) -> Vec<Chart> {
    let mut charts = vec![cumulative(shown), response(shown), drivers(shown)];
    if shown.answer.elsewhere.len() > 1 {
        charts.insert(2, alternatives(shown));
    }
    charts
}

/// The value of an input of the tornado.
pub fn input(key: &str, value: f64) -> Cell {
    match key {
        "visits" => Cell::from(value),
        "deal_value" => money(value),
        _ => Cell::Share(value),
    }
}

fn cumulative(shown: &Shown) -> Chart {
    let outcome = &shown.answer.outcome;
    let start = CurvePoint {
        x: 0.0,
        y: 0.0,
        interval: Some((0.0, 0.0)),
    };
    let points = outcome.so_far.iter().map(|so_far| CurvePoint {
        x: so_far.month as f64,
        y: so_far.net.median,
        interval: Some((so_far.net.low80, so_far.net.high80)),
    });
    let mark = |x: f64, label: String| {
        let index = x as usize;
        let y = outcome
            .so_far
            .get(index.wrapping_sub(1))
            .map_or(0.0, |so_far| so_far.net.median);
        CurveMark {
            label,
            x,
            y,
            interval: None,
        }
    };
    let mut marks = Vec::new();
    if let Some(month) = outcome.payback.and_then(|payback| payback.median) {
        marks.push(CurveMark {
            y: 0.0,
            ..mark(month, format!("paid back in month {month:.0} (median)"))
        });
    }
    let horizon = shown.answer.plan.horizon;
    marks.push(mark(horizon as f64, format!("after {horizon} months")));
    Chart {
        id: "cumulative-net".into(),
        title: "Net so far, month by month".into(),
        description:
            "Extra gross profit less the cost of the plan, added up from its first month; \
                      the line is the median, half of the chances lie above it."
                .into(),
        table: "course".into(),
        plot: Plot::Curve(Curve {
            x: CurveAxis {
                title: "Month of the plan".into(),
                kind: Kind::Count,
            },
            y: CurveAxis {
                title: "Net so far".into(),
                kind: Kind::Money,
            },
            points: std::iter::once(start).chain(points).collect(),
            marks,
            seen: None,
            names: Vec::new(),
            level: 0.8,
            against: None,
        }),
    }
}

fn response(shown: &Shown) -> Chart {
    let answer = shown.answer;
    let kind = match shown.driver {
        Driver::Hours => Kind::Number,
        Driver::Money => Kind::Money,
    };
    let points: Vec<CurvePoint> = answer
        .curve
        .iter()
        .map(|point| CurvePoint {
            x: point.effort,
            y: point.visits,
            interval: Some((point.low, point.high)),
        })
        .collect();
    let at = |x: f64, label: &str| {
        let place = points.partition_point(|point| point.x < x);
        let (before, after) = (points.get(place.saturating_sub(1)), points.get(place));
        let (before, after) = (before.or(after)?, after.or(before)?);
        let part = if after.x > before.x {
            (x - before.x) / (after.x - before.x)
        } else {
            0.0
        };
        Some(CurveMark {
            label: format!("{label}: {}", shown.effort(x)),
            x,
            y: before.y + part * (after.y - before.y),
            interval: None,
        })
    };
    let planned = answer
        .plan
        .change
        .first()
        .map_or(0.0, |change| answer.plan.usual + change);
    let marks = [
        at(answer.plan.usual, "now"),
        at(planned.max(0.0), "with the plan"),
    ];
    let unit = match shown.driver {
        Driver::Hours => "Hours a month",
        Driver::Money => "Money a month",
    };
    Chart {
        id: "response".into(),
        title: format!("Visits of {} by lasting effort", shown.channel),
        description: "Visits of a month that lasting effort leads to, at the mean level of the \
                      months seen."
            .into(),
        table: "response".into(),
        plot: Plot::Curve(Curve {
            x: CurveAxis {
                title: unit.into(),
                kind,
            },
            y: CurveAxis {
                title: "Visits a month".into(),
                kind: Kind::Count,
            },
            points,
            marks: marks.into_iter().flatten().collect(),
            seen: Some((
                "seen so far".into(),
                answer.evidence.least,
                answer.evidence.most,
            )),
            names: Vec::new(),
            level: 0.8,
            against: None,
        }),
    }
}

fn alternatives(shown: &Shown) -> Chart {
    let bars = shown.answer.elsewhere.iter().map(|other| Bar {
        label: other.channel.clone(),
        value: finite(other.profit),
        interval: Some(other.interval95),
        remark: other.outside.then(|| "outside the range seen".to_owned()),
    });
    Chart {
        id: "alternatives".into(),
        title: "The same money elsewhere".into(),
        description: "Extra gross profit of the same monthly money in each channel; the line is \
                      the 95 % interval."
            .into(),
        table: "alternatives".into(),
        plot: Plot::Bars(Bars {
            kind: Kind::Money,
            bars: bars.collect(),
        }),
    }
}

fn finite(value: f64) -> Result<f64, Undefined> {
    if value.is_finite() {
        Ok(value)
    } else {
        Err(Undefined::NoData)
    }
}

fn drivers(shown: &Shown) -> Chart {
    let drivers = &shown.answer.drivers;
    let words = |key: &str, value: f64| (shown.speak)(&input(key, value), Kind::Estimate);
    let bars = drivers.list.iter().map(|driver| TornadoBar {
        label: driver.key.clone(),
        low: (driver.net_low, words(&driver.key, driver.low)),
        high: (driver.net_high, words(&driver.key, driver.high)),
    });
    Chart {
        id: "drivers".into(),
        title: "What drives the answer: net if one input is low or high".into(),
        description: "Each input at its 10th and 90th percentile, the others at their medians."
            .into(),
        table: "drivers".into(),
        plot: Plot::Tornado(Tornado {
            kind: Kind::Money,
            base: drivers.middle,
            bars: bars.collect(),
        }),
    }
}
