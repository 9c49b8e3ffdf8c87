//! What is drawn: one type per kind of chart.
//!
//! The numbers of a chart also stand in the table that it names; nothing is computed here.

use super::document::Kind;
use crate::domain::figure::{Rate, Undefined};

/// The kinds of charts.
#[derive(Debug, Clone)]
pub enum Plot {
    /// Stages as horizontal bars, widest first, with the conversion between neighbours.
    Funnel(Vec<FunnelStep>),
    /// Horizontal bars, one per name, in the given order, with optional intervals.
    Bars(Bars),
    /// The classes of one quantity as bars of one colour, in their order.
    Histogram(Bars),
    /// Small multiples over the same time axis.
    Trend(Trend),
    /// Median and 90th percentile per name, as a line between two marks.
    Spans(Vec<Span>),
    /// Several values per name on one line.
    Strips(Strips),
    /// Shares by row and column.
    Heat(Heat),
    /// Amounts on their way through columns of nodes.
    Flows(Flows),
    /// A line over a numeric axis, with its band and named points.
    Curve(Curve),
    /// A line that goes on into what is expected, in two bands.
    Fan(Fan),
    /// One result at the low and the high end of each input.
    Tornado(Tornado),
    /// Horizontal bars made of parts: stacks, or the floating bars of a waterfall.
    Segments(Segments),
    /// Shares that add up to a whole, along a number.
    Areas(Areas),
}

/// Horizontal bars made of parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Segments {
    /// How to print the values.
    pub kind: Kind,
    /// Names of the shades, lightest first; none: the tones speak for themselves.
    pub shades: Vec<String>,
    /// True where each row begins at the end of the one before.
    pub is_linked: bool,
    /// The rows in drawing order, top first.
    pub rows: Vec<SegmentRow>,
}

impl Segments {
    /// A waterfall: floating bars, each from where the one before ended; totals begin at zero.
    /// A step is its label, its value (below zero where it takes away), its tone and a remark.
    #[must_use]
    pub fn waterfall(
        kind: Kind,
        steps: impl IntoIterator<Item = (String, f64, Tone, String)>,
    ) -> Self {
        let mut level = 0.0;
        let row = |(label, value, tone, remark): (String, f64, Tone, String)| {
            let from = if tone == Tone::Total { 0.0 } else { level };
            level = from + value;
            let to = level;
            SegmentRow {
                label,
                parts: vec![Segment { from, to, tone }],
                value,
                remark: Some(remark),
            }
        };
        Self {
            kind,
            shades: Vec::new(),
            is_linked: true,
            rows: steps.into_iter().map(row).collect(),
        }
    }
}

/// A bar made of parts.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentRow {
    /// The name.
    pub label: String,
    /// Its parts, in the order of the sum.
    pub parts: Vec<Segment>,
    /// The value of the whole row.
    pub value: f64,
    /// A short remark behind the number.
    pub remark: Option<String>,
}

/// A part of a bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Where it begins.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// What it is.
    pub tone: Tone,
}

/// What a part of a chart stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A sum, or what is undecided.
    Total,
    /// Something that comes, or is gained.
    Comes,
    /// Something that goes, or is lost.
    Goes,
    /// The shade with this place.
    Shade(usize),
}

/// Shares that add up to a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Areas {
    /// The horizontal axis.
    pub x: CurveAxis,
    /// Where the shares change, from left to right.
    pub xs: Vec<f64>,
    /// The areas, lowest first.
    pub bands: Vec<AreaBand>,
}

/// One of the areas.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaBand {
    /// The name.
    pub label: String,
    /// Its share from each place on.
    pub shares: Vec<f64>,
    /// What it is.
    pub tone: Tone,
}

/// A line over a numeric axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The horizontal axis.
    pub x: CurveAxis,
    /// The vertical axis.
    pub y: CurveAxis,
    /// The line, from left to right.
    pub points: Vec<CurvePoint>,
    /// Named points on the line or beside it: `now`, `+10 hours`. The first matter most.
    pub marks: Vec<CurveMark>,
    /// The part of the horizontal axis that the data has seen: its name and its ends.
    pub seen: Option<(String, f64, f64)>,
    /// Names in the place of numbers on the horizontal axis; none: numbers.
    pub names: Vec<(f64, String)>,
    /// How sure all intervals are: 0.8.
    pub level: f64,
    /// What the points are measured against; each then stands for itself, with its interval
    /// as a line of its own.
    pub against: Option<Against>,
}

/// A straight line: what would come out if something were so.
#[derive(Debug, Clone, PartialEq)]
pub struct Against {
    /// What it says: `as foretold`.
    pub label: String,
    /// Its beginning.
    pub from: (f64, f64),
    /// Its end.
    pub to: (f64, f64),
}

/// A curve whose band lies in a wider one.
#[derive(Debug, Clone, PartialEq)]
pub struct Fan {
    /// The line with its inner band.
    pub curve: Curve,
    /// Ends of the outer band by place on the axis.
    pub outer: Vec<(f64, (f64, f64))>,
    /// How sure the outer band is: 0.95.
    pub outer_level: f64,
}

/// An axis of a curve.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveAxis {
    /// What is measured along it.
    pub title: String,
    /// How to print its values.
    pub kind: Kind,
}

/// A point of the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Where it stands.
    pub x: f64,
    /// The value; the line is broken where it is not finite.
    pub y: f64,
    /// Ends of the interval of the value.
    pub interval: Option<(f64, f64)>,
}

/// A named point.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveMark {
    /// The name.
    pub label: String,
    /// Where it stands.
    pub x: f64,
    /// The value.
    pub y: f64,
    /// Ends of the interval of the value.
    pub interval: Option<(f64, f64)>,
}

/// What one result becomes when each input is at its low and its high end.
#[derive(Debug, Clone, PartialEq)]
pub struct Tornado {
    /// How to print the result.
    pub kind: Kind,
    /// The result with every input at its middle.
    pub base: f64,
    /// The inputs in drawing order, widest first.
    pub bars: Vec<TornadoBar>,
}

/// One input of a tornado.
#[derive(Debug, Clone, PartialEq)]
pub struct TornadoBar {
    /// The input.
    pub label: String,
    /// The result at the low end of the input, and that end in words: `1.4 %`.
    pub low: (f64, String),
    /// The same at its high end.
    pub high: (f64, String),
}

/// Several values per name, to see how far they are apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Strips {
    /// How to print the values.
    pub kind: Kind,
    /// The names in drawing order, top first.
    pub rows: Vec<Strip>,
}

/// The values of one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Strip {
    /// The name.
    pub label: String,
    /// What gave a value, and the value.
    pub values: Vec<(String, f64)>,
}

/// Shares by row and column.
#[derive(Debug, Clone, PartialEq)]
pub struct Heat {
    /// Names of the rows, top first.
    pub rows: Vec<String>,
    /// Names of the columns, left first.
    pub columns: Vec<String>,
    /// One row of shares per row; nothing where there is none.
    pub values: Vec<Vec<Option<f64>>>,
}

/// Amounts on their way through columns of nodes.
#[derive(Debug, Clone, PartialEq)]
pub struct Flows {
    /// How to print the weights.
    pub kind: Kind,
    /// Headings of the columns, left first.
    pub columns: Vec<String>,
    /// The nodes of all columns; within one in drawing order, top first.
    pub nodes: Vec<FlowNode>,
    /// What goes from node to node.
    pub links: Vec<FlowLink>,
}

/// A place that amounts come through.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowNode {
    /// Index of the column.
    pub column: usize,
    /// The name; also decides the colour where it is a channel.
    pub label: String,
    /// False where it stands for something else than a channel.
    pub is_channel: bool,
    /// How much comes through.
    pub weight: f64,
}

/// An amount that goes from one node to another in a column further right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowLink {
    /// Index of the node on the left.
    pub from: usize,
    /// Index of the node on the right.
    pub to: usize,
    /// How much.
    pub weight: f64,
}

/// One stage of a funnel chart.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelStep {
    /// The stage.
    pub label: String,
    /// How many reached it.
    pub count: u64,
    /// Share of the stage before, absent on the first.
    pub conversion: Option<Rate>,
}

/// A bar chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    /// How to print the values.
    pub kind: Kind,
    /// The bars in drawing order, top first.
    pub bars: Vec<Bar>,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The name; also decides the colour where it is a channel.
    pub label: String,
    /// The value, or why there is none (the bar is then a note in words).
    pub value: Result<f64, Undefined>,
    /// Ends of the 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// A short remark behind the number: `3 wins`.
    pub remark: Option<String>,
}

/// Small multiples.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend {
    /// Labels of the time axis, oldest first: `2026-01`.
    pub periods: Vec<String>,
    /// One panel per measure.
    pub panels: Vec<Panel>,
}

/// One panel of small multiples.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    /// The measure.
    pub title: String,
    /// How to print its values.
    pub kind: Kind,
    /// One value per period; absent where undefined.
    pub points: Vec<TrendPoint>,
}

/// One point of a trend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendPoint {
    /// The value; absent where undefined.
    pub value: Option<f64>,
    /// Ends of the 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// False where the period is still growing: drawn hollow and joined by a dashed line.
    pub settled: bool,
}

/// A span of time.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// The step: `lead to mql`.
    pub label: String,
    /// Days within which half were done; or why unknown.
    pub median: Result<f64, Undefined>,
    /// Days within which nine of ten were done.
    pub p90: Result<f64, Undefined>,
    /// How many cases stand behind it.
    pub n: u64,
}

impl Plot {
    /// The words of a chart that name what is drawn.
    pub fn labels_mut(&mut self) -> Vec<&mut String> {
        match self {
            Self::Funnel(steps) => steps.iter_mut().map(|step| &mut step.label).collect(),
            Self::Bars(bars) | Self::Histogram(bars) => {
                bars.bars.iter_mut().map(|bar| &mut bar.label).collect()
            }
            Self::Trend(trend) => trend
                .panels
                .iter_mut()
                .map(|panel| &mut panel.title)
                .collect(),
            Self::Spans(spans) => spans.iter_mut().map(|span| &mut span.label).collect(),
            Self::Strips(strips) => strips
                .rows
                .iter_mut()
                .flat_map(|row| {
                    let values = row.values.iter_mut().map(|(name, _)| name);
                    std::iter::once(&mut row.label).chain(values)
                })
                .collect(),
            Self::Heat(heat) => heat.rows.iter_mut().chain(&mut heat.columns).collect(),
            Self::Flows(flows) => flows.nodes.iter_mut().map(|node| &mut node.label).collect(),
            Self::Curve(curve) | Self::Fan(Fan { curve, .. }) => {
                let marks = curve.marks.iter_mut().map(|mark| &mut mark.label);
                marks
                    .chain(curve.names.iter_mut().map(|(_, name)| name))
                    .collect()
            }
            Self::Tornado(tornado) => tornado.bars.iter_mut().map(|bar| &mut bar.label).collect(),
            Self::Segments(segments) => {
                let rows = segments.rows.iter_mut().map(|row| &mut row.label);
                rows.chain(&mut segments.shades).collect()
            }
            Self::Areas(areas) => areas.bands.iter_mut().map(|band| &mut band.label).collect(),
        }
    }
}
