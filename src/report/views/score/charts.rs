//! Pictures of a score: conversion by band, gain curve, calibration.

use super::Shown;
use super::audit::kind_of;
use crate::metrics::score::audit::{Audit, Bin};
use crate::metrics::score::bands::Named;
use crate::report::document::{
    Against, Bar, Bars, Chart, Curve, CurveAxis, CurvePoint, Kind, Plot,
};

/// Conversion by band.
pub fn bands(shown: &Shown, audit: &Audit) -> Chart {
    let bars = audit.bands.iter().map(|band| Bar {
        label: format!("from {}", (shown.speak)(&band.from.into(), kind_of(audit))),
        value: Ok(band.bin.k as f64 / band.bin.n as f64),
        interval: band.bin.interval,
        remark: Some(format!("{} of {}", band.bin.k, band.bin.n)),
    });
    Chart {
        id: "bands".into(),
        title: format!("Share that reached {} by band of the score", audit.target),
        description: "Conversion of bands of about equal count, best first, with 95 % intervals."
            .into(),
        table: "bands".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Share,
            bars: bars.collect(),
        }),
    }
}

/// Conversion by cell of the grid.
pub fn grid(audit: &Audit, cells: &[Named]) -> Chart {
    let bars = cells.iter().filter(|cell| cell.n > 0);
    let bars = bars.map(|cell| Bar {
        label: cell.label.clone(),
        value: Ok(cell.k as f64 / cell.n as f64),
        interval: cell.interval,
        remark: Some(format!("{} of {}", cell.k, cell.n)),
    });
    Chart {
        id: "grid".into(),
        title: format!("Share that reached {} by cell of the grid", audit.target),
        description: "Conversion by fit (letter) and interest (digit), with 95 % intervals.".into(),
        table: "grid".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Share,
            bars: bars.collect(),
        }),
    }
}

fn axis(title: &str) -> CurveAxis {
    CurveAxis {
        title: title.into(),
        kind: Kind::Share,
    }
}

/// A curve from corner to corner of a square, with the straight line between them.
fn curve(x: &str, y: &str, line: &str, points: Vec<CurvePoint>) -> Plot {
    Plot::Curve(Curve {
        x: axis(x),
        y: axis(y),
        points,
        marks: Vec::new(),
        seen: None,
        names: Vec::new(),
        level: 0.95,
        against: Some(Against {
            label: line.into(),
            from: (0.0, 0.0),
            to: (1.0, 1.0),
        }),
    })
}

/// How much of the conversions the best share of the leads holds.
pub fn gain(audit: &Audit) -> Chart {
    let start = CurvePoint {
        x: 0.0,
        y: 0.0,
        interval: None,
    };
    let points = audit.gains.iter().filter_map(|gain| {
        Some(CurvePoint {
            x: gain.top,
            y: gain.gain.ok()?,
            interval: None,
        })
    });
    Chart {
        id: "gain".into(),
        title: "What the best share of the leads holds".into(),
        description: "Share of all conversions among the best leads. A score of no worth is the \
                      dashed line from corner to corner."
            .into(),
        table: "gain".into(),
        plot: curve(
            "best share of the leads",
            "share of the conversions",
            "a score of no worth",
            std::iter::once(start).chain(points).collect(),
        ),
    }
}

/// What was foretold and what came.
pub fn calibration(bins: &[Bin]) -> Chart {
    let points = bins.iter().map(|bin| CurvePoint {
        x: bin.mean,
        y: bin.k as f64 / bin.n as f64,
        interval: bin.interval,
    });
    Chart {
        id: "calibration".into(),
        title: "What was foretold and what came".into(),
        description:
            "Share that converted by mean probability, bins of about equal count, with 95 \
                      % intervals. Where the probability can be believed, the points lie on the dashed line."
                .into(),
        table: "calibration".into(),
        plot: curve(
            "probability foretold",
            "share that converted",
            "as foretold",
            points.collect(),
        ),
    }
}
