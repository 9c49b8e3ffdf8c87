//! Journeys: the most frequent ones, where they lead, how long they are, who meets whom.

use std::collections::BTreeMap;

use super::Parts;
use super::attribution::rules_table;
use crate::attribution::journeys::{Channel, Journeys, Totals};
use crate::attribution::paths::{
    Flows, LAG_DAYS, Lag, Link, Node, Stop, Top, conversions_by_length,
};
use crate::domain::figure::Undefined;
use crate::report::document;
use crate::report::document::{
    Bar, Bars, Block, Cell, Chart, Column, FlowLink, FlowNode, Kind, Plot, Section, Table, Weight,
};

/// Results of the paths command.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The journeys.
    pub journeys: &'a Journeys,
    /// The listed ones, and the others together.
    pub top: &'a [Top<'a>],
    /// From touch to touch.
    pub flows: &'a Flows,
    /// By number of touches.
    pub lengths: &'a BTreeMap<usize, Totals>,
    /// By pair of channels.
    pub overlap: &'a BTreeMap<(Channel, Channel), Totals>,
    /// Stage and how long it took to get there; empty where journeys have no times.
    pub lags: &'a [(String, Lag)],
    /// True where journeys have times.
    pub has_times: bool,
    /// What the journeys were made by: setting and value.
    pub rules: &'a [(&'static str, String)],
    /// False where the input tells no value.
    pub has_value: bool,
}

/// Tables `paths`, `path_flows`, `path_length`, `overlap`, `time_lag`.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let tables = vec![
        top(answer),
        flows(answer),
        lengths(answer),
        overlap(answer),
        time_lag(answer),
        rules_table(answer.rules),
    ];
    let section = |id: &str, title: &str, blocks: Vec<Block>| Section {
        id: id.into(),
        title: title.into(),
        blocks,
    };
    Parts {
        sections: vec![
            section(
                "paths",
                "Journeys",
                vec![
                    Block::Chart("path-flows".into()),
                    Block::Table("paths".into()),
                ],
            ),
            section(
                "path-length",
                "Touches of a journey",
                vec![
                    Block::Chart("path-length".into()),
                    Block::Table("path_length".into()),
                ],
            ),
            section(
                "overlap",
                "Channels met together",
                vec![Block::Table("overlap".into())],
            ),
            section(
                "time-lag",
                "Time to each stage",
                vec![Block::Table("time_lag".into())],
            ),
            section("rules", "Rules", vec![Block::Table("rules".into())]),
        ],
        tables,
        charts: vec![flow_chart(answer), length_chart(answer)],
        ..Parts::default()
    }
}

/// The counts of a row; how many did not convert is only known where the input says it.
fn counts(answer: &Answer, totals: Totals) -> Vec<Cell> {
    let known = answer.journeys.knows_lost;
    let unknown = || Cell::Undefined(Undefined::NoData);
    vec![
        if known {
            totals.journeys().into()
        } else {
            unknown()
        },
        totals.conversions.into(),
        if known {
            totals.conversion().into()
        } else {
            unknown()
        },
        if answer.has_value {
            totals.value.into()
        } else {
            unknown()
        },
    ]
}

fn columns(own: &[(&str, &str, Kind)]) -> Vec<Column> {
    let named = own
        .iter()
        .map(|(id, title, kind)| Column::new(*id, *title, *kind).weight(Weight::Key));
    let counts = [
        ("journeys", "Journeys", Kind::Number, Weight::Normal),
        ("conversions", "Conversions", Kind::Number, Weight::Key),
        ("conversion", "Converted", Kind::Share, Weight::Normal),
        ("value", "Value", Kind::Number, Weight::Normal),
    ];
    let counts = counts
        .into_iter()
        .map(|(id, title, kind, weight)| Column::new(id, title, kind).weight(weight));
    named.chain(counts).collect()
}

fn top(answer: &Answer) -> Table {
    let name = |path: &[Channel]| {
        let names = path
            .iter()
            .map(|channel| answer.journeys.channels[usize::from(*channel)].as_str());
        names.collect::<Vec<_>>().join(" > ")
    };
    let row = |top: &Top| {
        let path = top.path.map_or_else(|| "(other)".to_owned(), name);
        let mut row = vec![Cell::Text(path)];
        row.extend(counts(answer, top.totals));
        row
    };
    let mut rows: Vec<Vec<Cell>> = answer.top.iter().map(row).collect();
    if answer.journeys.untouched != Totals::default() {
        let mut row: Vec<Cell> = vec!["(no touch)".into()];
        row.extend(counts(answer, answer.journeys.untouched));
        rows.push(row);
    }
    Table {
        id: "paths".into(),
        title: "Journeys with the most conversions".into(),
        columns: columns(&[("path", "Path", Kind::Text)]),
        rows,
        remarks: vec!["All rows together are the input.".into()],
    }
}

/// The numbers of the chart: what goes from each stop to the next.
fn flows(answer: &Answer) -> Table {
    let row = |link: &Link| {
        let (from, to) = (&answer.flows.nodes[link.from], &answer.flows.nodes[link.to]);
        vec![
            (from.column as u64 + 1).into(),
            stop_name(answer, from).into(),
            stop_name(answer, to).into(),
            link.conversions.into(),
        ]
    };
    let column = |id: &str, title: &str, kind| Column::new(id, title, kind).weight(Weight::Key);
    let followed = answer.flows.followed;
    let others = format!("All journeys but these {followed} are (other).");
    let remarks = has_others(answer).then_some(others);
    Table {
        id: "path_flows".into(),
        title: "Journeys with the most conversions, step by step".into(),
        columns: vec![
            column("step", "Step", Kind::Count),
            column("channel", "Channel", Kind::Text),
            column("next", "Next", Kind::Text),
            column("conversions", "Conversions", Kind::Number),
        ],
        rows: answer.flows.links.iter().map(row).collect(),
        remarks: remarks.into_iter().chain(shortened(answer)).collect(),
    }
}

fn stop_name<'a>(answer: &Answer<'a>, node: &Node) -> &'a str {
    match node.stop {
        Stop::Touch(channel) => &answer.journeys.channels[usize::from(channel)],
        Stop::Between => BETWEEN,
        Stop::Others => "(other)",
        Stop::Conversion => "(conversion)",
    }
}

const BETWEEN: &str = "\u{2026}";

/// How long journeys are shown, where some were not shown whole.
fn shortened(answer: &Answer) -> Option<String> {
    let whole = answer.flows.touches.saturating_sub(1);
    let first = whole.saturating_sub(1);
    let sentence = || {
        format!(
            "Of journeys with more than {whole} touches only the first {first} and the last \
             are shown, with {BETWEEN} for those between."
        )
    };
    answer.flows.shortened.then(sentence)
}

fn has_others(answer: &Answer) -> bool {
    let mut nodes = answer.flows.nodes.iter();
    nodes.any(|node| node.stop == Stop::Others)
}

fn lengths(answer: &Answer) -> Table {
    let row = |(touches, totals): (&usize, &Totals)| {
        let mut row = vec![(*touches as u64).into()];
        row.extend(counts(answer, *totals));
        row
    };
    Table {
        id: "path_length".into(),
        title: "Journeys by their number of touches".into(),
        columns: columns(&[("touches", "Touches", Kind::Count)]),
        rows: answer.lengths.iter().map(row).collect(),
        remarks: Vec::new(),
    }
}

fn overlap(answer: &Answer) -> Table {
    let name = |channel: Channel| answer.journeys.channels[usize::from(channel)].as_str();
    let row = |((one, other), totals): (&(Channel, Channel), &Totals)| {
        let mut row: Vec<Cell> = vec![name(*one).into(), name(*other).into()];
        row.extend(counts(answer, *totals));
        row
    };
    Table {
        id: "overlap".into(),
        title: "Journeys that met both channels".into(),
        columns: columns(&[
            ("channel", "Channel", Kind::Text),
            ("with", "With", Kind::Text),
        ]),
        rows: answer.overlap.iter().map(row).collect(),
        remarks: vec!["A channel with itself: the journeys that met it at all.".into()],
    }
}

/// Ready-made journeys have no times; the table stands empty for those who ask for it.
/// From the first touch to each stage.
fn time_lag(answer: &Answer) -> Table {
    let column = |id: &str, title: &str, kind, weight| Column::new(id, title, kind).weight(weight);
    let mut columns = vec![
        column("stage", "To", Kind::Text, Weight::Key),
        column("journeys", "Journeys", Kind::Count, Weight::Normal),
        column("median_days", "Half within", Kind::Days, Weight::Key),
        column("p75_days", "75 % within", Kind::Days, Weight::Detail),
        column("p90_days", "90 % within", Kind::Days, Weight::Key),
    ];
    columns.extend(LAG_DAYS.iter().map(|days| match days {
        0 => column("within_0", "At once", Kind::Rate, Weight::Normal),
        1 => column("within_1", "Within a day", Kind::Rate, Weight::Normal),
        days => column(
            &format!("within_{days}"),
            &format!("Within {days} days"),
            Kind::Rate,
            Weight::Normal,
        ),
    }));
    let row = |(stage, lag): &(String, Lag)| {
        let days = lag.days.ok_or(Undefined::NoData);
        let mut row = vec![Cell::Text(stage.clone()), lag.journeys.into()];
        row.extend((0..3).map(|place| Cell::from(days.map(|days| days[place]))));
        row.extend(
            (0..LAG_DAYS.len()).map(|place| match lag.within.get(place) {
                Some(rate) => Cell::Rate(rate.clone()),
                None => Cell::Undefined(Undefined::NoData),
            }),
        );
        row
    };
    Table {
        id: "time_lag".into(),
        title: "From the first touch to each stage".into(),
        columns,
        rows: answer.lags.iter().map(row).collect(),
        remarks: match answer.has_times {
            true => vec!["Journeys that got there and had a touch before; at once: the first touch was the one.".into()],
            false => vec!["Ready-made journeys have no times.".into()],
        },
    }
}

fn flow_chart(answer: &Answer) -> Chart {
    let flows = answer.flows;
    let node = |node: &Node| FlowNode {
        column: node.column,
        label: stop_name(answer, node).into(),
        is_channel: matches!(node.stop, Stop::Touch(_)),
        weight: node.conversions,
    };
    let link = |link: &Link| FlowLink {
        from: link.from,
        to: link.to,
        weight: link.conversions,
    };
    let mut description = "Bands go from touch to touch and to the conversion; the more \
                           conversions, the higher the band."
        .to_owned();
    if let Some(sentence) = shortened(answer) {
        description.push(' ');
        description.push_str(&sentence);
    }
    Chart {
        id: "path-flows".into(),
        title: match (flows.followed, has_others(answer)) {
            (1, true) => "The journey with the most conversions, and all others".into(),
            (many, true) => {
                format!("The {many} journeys with the most conversions, and all others")
            }
            (_, false) => "All journeys with conversions, touch by touch".into(),
        },
        description,
        table: "path_flows".into(),
        plot: Plot::Flows(document::Flows {
            kind: Kind::Number,
            columns: flow_columns(flows),
            nodes: flows.nodes.iter().map(node).collect(),
            links: flows.links.iter().map(link).collect(),
        }),
    }
}

/// `touch 1`, `touch 2`, ..., `conversions`.
fn flow_columns(flows: &Flows) -> Vec<String> {
    let last = flows.touches.saturating_sub(1);
    let heading = |column: usize| match column {
        column if flows.shortened && column == last => "last touch".to_owned(),
        column if flows.shortened && column + 1 == last => {
            format!("touch {} {BETWEEN}", column + 1)
        }
        column => format!("touch {}", column + 1),
    };
    let touches = (0..flows.touches).map(heading);
    touches.chain(["conversions".to_owned()]).collect()
}

/// Touches beyond this stand in one bar.
const LONG: usize = 12;

fn length_chart(answer: &Answer) -> Chart {
    let sums = conversions_by_length(answer.lengths, LONG);
    let bar = |(touches, conversions): (usize, f64)| Bar {
        label: match touches {
            LONG => format!("{LONG} and more"),
            1 => "1 touch".into(),
            touches => format!("{touches} touches"),
        },
        value: Ok(conversions),
        interval: None,
        remark: None,
    };
    Chart {
        id: "path-length".into(),
        title: "Conversions by the touches before them".into(),
        description: "How many conversions came after one touch, two touches, and so on.".into(),
        table: "path_length".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Number,
            bars: sums.into_iter().map(bar).collect(),
        }),
    }
}
