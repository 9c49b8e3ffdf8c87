//! The funnel of events: steps, times, what goes with conversion.

use super::words::Speak;
use super::{Parts, columns, dimension_columns};
use crate::domain::event_funnel::{Ends, EntryRule, EventFunnel, Order, span_in_words};
use crate::domain::figure::Figure;
use crate::metrics::event_funnel::{self as metrics, Bin, FactorRow, Group, StepRow, TimeRow};
use crate::report::document::{
    Bar, Bars, Block, Cell, Chart, Column, FunnelStep, Kind, Plot, Section, Table, Weight,
};

/// Results of `funnel --steps`.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// What was asked.
    pub funnel: &'a EventFunnel,
    /// What came out.
    pub result: &'a metrics::Answer,
    /// The dimensions of the groups.
    pub dimensions: &'a [String],
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

/// Tables `steps`, `time_to_convert`, `time_histogram`, `factors` and the twin `steps_by`.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let mut parts = steps(answer);
    parts.append(times(answer));
    if !answer.dimensions.is_empty() {
        parts.append(by(answer));
    }
    if !answer.result.factors.is_empty() {
        parts.append(factors(answer));
    }
    parts.summary = summary(answer);
    parts
}

fn steps(answer: &Answer) -> Parts {
    let table = Table {
        id: "steps".into(),
        title: "Steps".into(),
        columns: step_columns(answer.funnel),
        rows: answer.result.total.steps.iter().map(step_cells).collect(),
        remarks: remarks(answer),
    };
    let section = Section {
        id: "event-funnel".into(),
        title: "Funnel of events".into(),
        blocks: vec![
            Block::Chart("event-funnel".into()),
            Block::Table("steps".into()),
        ],
    };
    Parts {
        sections: vec![section],
        charts: vec![funnel_chart(answer)],
        tables: vec![table],
        ..Parts::default()
    }
}

/// The name of a funnel, else its steps.
#[must_use]
pub fn title(funnel: &EventFunnel) -> String {
    let names = funnel.steps.iter().map(|step| step.name.as_str());
    let steps = || names.collect::<Vec<_>>().join(" > ");
    funnel.name.clone().unwrap_or_else(steps)
}

fn step_columns(funnel: &EventFunnel) -> Vec<Column> {
    let optional = if funnel.steps.iter().any(|step| step.optional) {
        Weight::Normal
    } else {
        Weight::DataOnly
    };
    use Kind::{Count, Flag, Rate, Seconds, Text};
    columns(&[
        ("step", "Step", Text, Weight::Key),
        ("optional", "Optional", Flag, optional),
        ("people", "People", Count, Weight::Key),
        ("conversion", "Conversion", Rate, Weight::Key),
        ("overall", "Overall", Rate, Weight::Normal),
        ("drop_off", "Dropped off", Count, Weight::Normal),
        ("in_progress", "In progress", Count, Weight::Normal),
        (
            "conversion_mature",
            "Conversion, mature",
            Rate,
            Weight::Normal,
        ),
        ("median", "Median time", Seconds, Weight::Normal),
        ("p90", "90 % within", Seconds, Weight::Detail),
    ])
}

fn step_cells(row: &StepRow) -> Vec<Cell> {
    let rate = |figure: &Option<Figure<_>>| match figure {
        Some(figure) => figure.clone().into(),
        None => Cell::Blank,
    };
    let time = |of: fn(&TimeRow) -> Figure<f64>| {
        let figure = row.time.as_ref().map(of);
        figure.map_or(Cell::Blank, Cell::from)
    };
    vec![
        row.step.as_str().into(),
        row.optional.into(),
        row.people.into(),
        rate(&row.conversion),
        rate(&row.overall),
        row.drop_off.map_or(Cell::Blank, Cell::from),
        row.in_progress.map_or(Cell::Blank, Cell::from),
        rate(&row.mature),
        time(|time| time.median),
        time(|time| time.p90),
    ]
}

fn remarks(answer: &Answer) -> Vec<String> {
    let funnel = answer.funnel;
    let order = match funnel.order {
        Order::Ordered => "in this order, whatever lies between",
        Order::Strict => "one right after the other",
        Order::Any => "in any order",
    };
    let entry = match (funnel.order, funnel.entry) {
        (_, EntryRule::Best) => "the deepest attempt of a person counts",
        (Order::Any, EntryRule::First) => "the window opens with the first of the steps",
        (_, EntryRule::First) => "only the first attempt of a person counts",
    };
    let mut remarks = vec![
        format!(
            "Steps {order}, within {} of the first; {entry}.",
            span_in_words(funnel.window)
        ),
        "Conversion is from the step before, optional ones left aside; people, dropped off and in \
         progress add up to the people of that step. Mature: attempts that had the whole window to \
         finish, the figure to compare between periods; the times are those of its converters."
            .into(),
    ];
    if !funnel.exclusions.is_empty() {
        remarks.push(exclusions(answer));
    }
    if answer.result.ambiguous > 0 {
        remarks.push(format!(
            "{}: several events at one instant, one of which fits several steps; somebody may have \
             come further than is counted.",
            instants(answer)
        ));
    }
    remarks
}

fn count(answer: &Answer, number: u64, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{} {word}", (answer.speak)(&number.into(), Kind::Count))
}

fn instants(answer: &Answer) -> String {
    count(answer, answer.result.ambiguous, "instant", "instants")
}

fn exclusions(answer: &Answer) -> String {
    let exclusions = answer.funnel.exclusions.iter();
    let names: Vec<&str> = exclusions.map(|one| one.name.as_str()).collect();
    let names = names.join(", ");
    match answer.funnel.exclude_ends {
        Ends::Attempt => format!("An attempt ends with {names}; the person may start again."),
        Ends::Entity => format!(
            "{} left out because of {names}.",
            count(answer, answer.result.removed, "person", "people")
        ),
    }
}

fn label(row: &StepRow) -> String {
    if row.optional {
        format!("{} (optional)", row.step)
    } else {
        row.step.clone()
    }
}

fn funnel_chart(answer: &Answer) -> Chart {
    let step = |row: &StepRow| FunnelStep {
        label: label(row),
        count: row.people,
        conversion: row.conversion.clone().and_then(Result::ok),
    };
    let steps: Vec<FunnelStep> = answer.result.total.steps.iter().map(step).collect();
    let told: Vec<String> = steps
        .iter()
        .map(|step| format!("{} {}", step.count, step.label))
        .collect();
    Chart {
        id: "event-funnel".into(),
        title: format!("{}, to date", title(answer.funnel)),
        description: format!("People that did each step: {}.", told.join(", ")),
        table: "steps".into(),
        plot: Plot::Funnel(steps),
    }
}

/// How long it takes, among those who did it.
fn times(answer: &Answer) -> Parts {
    let histogram = &answer.result.histogram;
    let mut blocks = vec![Block::Table("time_to_convert".into())];
    let mut tables = vec![time_table(answer)];
    let mut charts = Vec::new();
    if !histogram.is_empty() {
        blocks.insert(0, Block::Chart("time-to-convert".into()));
        blocks.push(Block::Table("time_histogram".into()));
        charts.push(time_chart(histogram));
        tables.push(histogram_table(histogram));
    }
    let section = Section {
        id: "time-to-convert".into(),
        title: "Time to convert".into(),
        blocks,
    };
    Parts {
        sections: vec![section],
        tables,
        charts,
        ..Parts::default()
    }
}

fn time_table(answer: &Answer) -> Table {
    use Kind::{Count, Seconds, Text};
    let row = |row: &StepRow| {
        let time = row.time.as_ref()?;
        Some(vec![
            row.step.as_str().into(),
            time.n.into(),
            time.median.into(),
            time.p75.into(),
            time.p90.into(),
            time.mean.into(),
        ])
    };
    Table {
        id: "time_to_convert".into(),
        title: "Time from the first step, among converters".into(),
        columns: columns(&[
            ("step", "Step", Text, Weight::Key),
            ("people", "People", Count, Weight::Normal),
            ("median", "Median", Seconds, Weight::Key),
            ("p75", "75 % within", Seconds, Weight::Detail),
            ("p90", "90 % within", Seconds, Weight::Key),
            ("mean", "Mean", Seconds, Weight::Normal),
        ]),
        rows: answer.result.total.steps.iter().filter_map(row).collect(),
        remarks: vec![
            "Those who did the step in the attempt that was first to come there, of attempts that \
             had the whole window to finish; people who have not converted have no time."
                .into(),
        ],
    }
}

fn histogram_table(bins: &[Bin]) -> Table {
    use Kind::{Count, Seconds, Text};
    let row = |bin: &Bin| {
        vec![
            bin.name().into(),
            (bin.over as f64 / 1_000.0).into(),
            (bin.up_to as f64 / 1_000.0).into(),
            bin.count.into(),
        ]
    };
    Table {
        id: "time_histogram".into(),
        title: "Time from the first step to the last".into(),
        columns: columns(&[
            ("time", "Time", Text, Weight::Key),
            ("over", "Over", Seconds, Weight::DataOnly),
            ("up_to", "Up to", Seconds, Weight::DataOnly),
            ("people", "People", Count, Weight::Key),
        ]),
        rows: bins.iter().map(row).collect(),
        remarks: Vec::new(),
    }
}

fn time_chart(bins: &[Bin]) -> Chart {
    let bar = |bin: &Bin| Bar {
        label: bin.name(),
        value: Ok(bin.count as f64),
        interval: None,
        remark: None,
    };
    Chart {
        id: "time-to-convert".into(),
        title: "Time from the first step to the last".into(),
        description: "How many people took how long, among converters whose attempt had the whole \
                      window to finish."
            .into(),
        table: "time_histogram".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Count,
            bars: bins.iter().map(bar).collect(),
        }),
    }
}

fn by(answer: &Answer) -> Parts {
    let dimensions = answer.dimensions;
    let names = dimensions.join(", ");
    let mut columns = dimension_columns(dimensions);
    columns.extend(step_columns(answer.funnel));
    let rows = |group: &Group| {
        let values = group.values.clone();
        let row = move |row: &StepRow| {
            let values = values.iter().map(|value| Cell::from(value.as_str()));
            values.chain(step_cells(row)).collect::<Vec<Cell>>()
        };
        group.steps.iter().map(row).collect::<Vec<_>>()
    };
    let table = Table {
        id: "steps_by".into(),
        title: format!("Steps by {names}"),
        columns,
        rows: answer.result.groups.iter().flat_map(rows).collect(),
        remarks: vec![
            "Each person is in one group: that of the attempt which was first to come as deep as \
             any did."
                .into(),
        ],
    };
    let section = Section {
        id: "event-funnel-by".into(),
        title: format!("Steps by {names}"),
        blocks: vec![Block::Table("steps_by".into())],
    };
    Parts {
        sections: vec![section],
        tables: vec![table],
        ..Parts::default()
    }
}

fn factors(answer: &Answer) -> Parts {
    use Kind::{Flag, Number, Rate, Text};
    let row = |row: &FactorRow| {
        vec![
            row.dimension.as_str().into(),
            row.value.as_str().into(),
            row.with.clone().into(),
            row.without.clone().into(),
            row.odds.ratio.into(),
            row.odds.low.into(),
            row.odds.high.into(),
            row.p.into(),
            row.beyond_chance.into(),
        ]
    };
    let table = Table {
        id: "factors".into(),
        title: "What goes with conversion: association, not cause".into(),
        columns: columns(&[
            ("dimension", "Dimension", Text, Weight::Key),
            ("value", "Value", Text, Weight::Key),
            ("with", "Converted with it", Rate, Weight::Normal),
            ("without", "Converted without it", Rate, Weight::Normal),
            ("odds_ratio", "Odds ratio", Number, Weight::Key),
            ("odds_ratio_low", "Low", Number, Weight::Normal),
            ("odds_ratio_high", "High", Number, Weight::Normal),
            ("p", "p, adjusted", Number, Weight::Detail),
            ("more_than_chance", "More than chance", Flag, Weight::Key),
        ]),
        rows: answer.result.factors.iter().map(row).collect(),
        remarks: vec![
            "What events of a person said at or before the first step, of attempts that had the \
             whole window to finish. An odds ratio above 1 goes with conversion, below 1 against it. \
             p is adjusted for the number of rows (Benjamini-Hochberg); values that few people have \
             are left out."
                .into(),
        ],
    };
    let section = Section {
        id: "factors".into(),
        title: "What goes with conversion".into(),
        blocks: vec![Block::Table("factors".into())],
    };
    Parts {
        sections: vec![section],
        tables: vec![table],
        ..Parts::default()
    }
}

/// Who went in, who came through, where most are lost, how long it takes.
fn summary(answer: &Answer) -> Vec<String> {
    let steps = &answer.result.total.steps;
    let (Some(first), Some(last)) = (steps.first(), steps.get(answer.funnel.last_mandatory()))
    else {
        return Vec::new();
    };
    let entered = count(answer, first.people, "person", "people");
    let mut summary = vec![match &last.overall {
        Some(Ok(rate)) => {
            let rate = (answer.speak)(&rate.clone().into(), Kind::Rate);
            match answer.funnel.order {
                Order::Any => format!("{entered} did any step, {rate} did all of them."),
                _ => format!("{entered} entered, {rate} came through to {}.", last.step),
            }
        }
        _ => "Nobody entered the funnel.".to_owned(),
    }];
    if answer.funnel.order != Order::Any {
        summary.extend(worst(answer, steps));
    }
    if let Some(Ok(median)) = last.time.as_ref().map(|time| time.median) {
        let median = (answer.speak)(&median.into(), Kind::Seconds);
        summary.push(format!(
            "Half of those who came through needed at most {median}."
        ));
    }
    summary
}

fn worst(answer: &Answer, steps: &[StepRow]) -> Option<String> {
    let lost = steps.iter().filter_map(|row| Some((row.drop_off?, row)));
    // Of equal losses the earliest is named.
    let (lost, row) = lost.rev().max_by_key(|(lost, _)| *lost)?;
    let people = count(answer, lost, "person", "people");
    (lost > 0).then(|| format!("Most are lost before {}: {people} dropped off.", row.step))
}
