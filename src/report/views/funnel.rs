//! The funnel: stage table, ratios, times, chart.

use super::{Parts, dimension_columns, title_of};
use crate::domain::figure::{Figure, Undefined, View};
use crate::metrics::durations::Recorded;
use crate::metrics::funnel::{Funnel, Ratio, StageRow};
use crate::report::document::{
    Block, Cell, Chart, Column, FunnelStep, Kind, Plot, Section, Span, Table, Weight,
};

/// Results of the funnel command.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// The funnel of everybody.
    pub total: &'a Funnel,
    /// One funnel per group; empty without dimensions.
    pub by: &'a [Funnel],
    /// The dimensions of the groups.
    pub dimensions: &'a [String],
    /// The recorded durations.
    pub recorded: &'a [Recorded],
    /// View of `conversion` and `value`.
    pub view: View,
}

/// Tables `stages`, `ratios`, `durations`, and the twins `stages_by`, `ratios_by`.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let mut parts = stages(answer.total, answer.view);
    parts.tables.push(ratios_table(answer.total));
    parts.append(durations(answer));
    if let Some(section) = parts.sections.first_mut() {
        section.blocks.push(Block::Table("ratios".into()));
    }
    if !answer.dimensions.is_empty() {
        parts.append(by(answer));
    }
    parts
}

/// The cohort as a chart and a table.
#[must_use]
pub fn stages(funnel: &Funnel, view: View) -> Parts {
    let rows = funnel.stages.iter().map(stage_cells).collect();
    let table = Table {
        id: "stages".into(),
        title: "Stages of the cohort".into(),
        columns: stage_columns(view),
        rows,
        remarks: vec![cohort_remark()],
    };
    let section = Section {
        id: "funnel".into(),
        title: "Funnel".into(),
        blocks: vec![Block::Chart("funnel".into()), Block::Table("stages".into())],
    };
    Parts {
        sections: vec![section],
        charts: vec![funnel_chart(funnel)],
        tables: vec![table],
        ..Parts::default()
    }
}

fn cohort_remark() -> String {
    "The cohort are the records that entered the first stage in the period, followed down. \
     Conversion is from the stage before, overall from the first stage; \
     advanced, exited and open add up to reached."
        .into()
}

fn stage_columns(view: View) -> Vec<Column> {
    // Where the view is to date the two conversions are the same figure.
    let own = if view == View::ToDate {
        Weight::DataOnly
    } else {
        Weight::Normal
    };
    use Kind::{Count, Days, Rate, Text};
    [
        ("stage", "Stage", Text, Weight::Key),
        ("reached", "Reached", Count, Weight::Key),
        ("skipped", "Skipped", Count, Weight::Detail),
        ("advanced", "Advanced", Count, Weight::Detail),
        ("exited", "Exited", Count, Weight::Detail),
        ("open", "Open", Count, Weight::Normal),
        ("conversion", "Conversion", Rate, own),
        (
            "conversion_to_date",
            "Conversion to date",
            Rate,
            Weight::Key,
        ),
        ("overall", "Overall", Rate, Weight::Normal),
        ("median_days", "Median days", Days, Weight::Normal),
        ("p90_days", "90 % within", Days, Weight::Detail),
        ("days_n", "Cases", Count, Weight::DataOnly),
        ("zero_length", "No length", Count, Weight::DataOnly),
    ]
    .into_iter()
    .map(|(id, title, kind, weight)| Column::new(id, title, kind).weight(weight))
    .collect()
}

fn stage_cells(row: &StageRow) -> Vec<Cell> {
    let optional = |figure: &Option<Figure<_>>| match figure {
        Some(figure) => figure.clone().into(),
        None => Cell::Blank,
    };
    let days = row.days.as_ref();
    let duration = |figure: Option<Figure<f64>>| figure.map_or(Cell::Blank, Cell::from);
    let count = |figure: Option<Figure<u64>>| figure.map_or(Cell::Blank, Cell::from);
    vec![
        row.stage.as_str().into(),
        row.reached.into(),
        row.skipped.map_or(Cell::Blank, Cell::from),
        row.advanced.into(),
        row.exited.into(),
        row.open.into(),
        optional(&row.conversion),
        optional(&row.conversion_to_date),
        optional(&row.overall),
        duration(days.map(|days| days.median)),
        duration(days.map(|days| days.p90)),
        count(days.map(|days| days.n)),
        count(days.map(|days| days.zero_length)),
    ]
}

fn ratios_table(funnel: &Funnel) -> Table {
    Table {
        id: "ratios".into(),
        title: "Conversion between stages".into(),
        columns: ratio_columns(),
        rows: funnel.ratios.iter().map(ratio_cells).collect(),
        remarks: vec![
            "Each ratio takes the records that entered its own first stage in the period. \
             Throughput divides entries by entries of the period, whoever they are."
                .into(),
        ],
    }
}

fn ratio_columns() -> Vec<Column> {
    [
        ("key", "Ratio", Kind::Text, Weight::Key),
        ("from", "From", Kind::Text, Weight::Detail),
        ("to", "To", Kind::Text, Weight::Detail),
        ("value", "Value", Kind::Rate, Weight::Key),
        ("to_date", "To date", Kind::Rate, Weight::Normal),
        ("throughput", "Throughput", Kind::Rate, Weight::Detail),
    ]
    .into_iter()
    .map(|(id, title, kind, weight)| Column::new(id, title, kind).weight(weight))
    .collect()
}

fn ratio_cells(ratio: &Ratio) -> Vec<Cell> {
    vec![
        ratio.key.as_str().into(),
        ratio.from.as_str().into(),
        ratio.to.as_str().into(),
        ratio.value.clone().into(),
        ratio.to_date.clone().into(),
        ratio.throughput.clone().into(),
    ]
}

fn funnel_chart(funnel: &Funnel) -> Chart {
    let step = |row: &StageRow| {
        let conversion = row.conversion_to_date.clone().and_then(Result::ok);
        let count = row.reached.ok()?;
        Some(FunnelStep {
            label: title_of(&row.stage),
            count,
            conversion,
        })
    };
    let steps: Vec<FunnelStep> = funnel.stages.iter().filter_map(step).collect();
    let told: Vec<String> = steps
        .iter()
        .map(|step| format!("{} {}", step.count, step.label))
        .collect();
    Chart {
        id: "funnel".into(),
        title: "Funnel of the cohort, to date".into(),
        description: format!("Records that reached each stage: {}.", told.join(", ")),
        table: "stages".into(),
        plot: Plot::Funnel(steps),
    }
}

/// How long the steps take: the mature reading as a chart, the recorded one as a table.
#[must_use]
pub fn durations(answer: &Answer) -> Parts {
    let spans: Vec<Span> = answer.total.stages.windows(2).map(span).collect();
    let chart = Chart {
        id: "step-times".into(),
        title: "Days from stage to stage".into(),
        description: "Median and 90th percentile of the days between neighbouring stages, \
                      for records observed for the whole horizon."
            .into(),
        table: "step_times".into(),
        plot: Plot::Spans(spans),
    };
    let section = Section {
        id: "step-times".into(),
        title: "Time between stages".into(),
        blocks: vec![
            Block::Chart("step-times".into()),
            Block::Table("step_times".into()),
            Block::Table("durations".into()),
        ],
    };
    Parts {
        sections: vec![section],
        tables: vec![step_times(answer.total), durations_table(answer.recorded)],
        charts: vec![chart],
        ..Parts::default()
    }
}

fn span(pair: &[StageRow]) -> Span {
    let days = pair[1].days.as_ref();
    let missing = Err(Undefined::NoData);
    Span {
        label: format!(
            "{} to {}",
            title_of(&pair[0].stage),
            title_of(&pair[1].stage)
        ),
        median: days.map_or(missing, |days| days.median),
        p90: days.map_or(missing, |days| days.p90),
        n: days.and_then(|days| days.n.ok()).unwrap_or(0),
    }
}

fn step_times(funnel: &Funnel) -> Table {
    let columns = [
        ("from", "From", Kind::Text, Weight::Key),
        ("to", "To", Kind::Text, Weight::Key),
        ("n", "Cases", Kind::Count, Weight::Normal),
        ("median_days", "Median days", Kind::Days, Weight::Key),
        ("p90_days", "90 % within", Kind::Days, Weight::Key),
        ("zero_length", "No length", Kind::Count, Weight::Detail),
    ];
    let rows = funnel.stages.windows(2).filter_map(|pair| {
        let days = pair[1].days.as_ref()?;
        Some(vec![
            pair[0].stage.as_str().into(),
            pair[1].stage.as_str().into(),
            days.n.into(),
            days.median.into(),
            days.p90.into(),
            days.zero_length.into(),
        ])
    });
    Table {
        id: "step_times".into(),
        title: "Days between stages, mature records".into(),
        columns: columns
            .into_iter()
            .map(|(id, title, kind, weight)| Column::new(id, title, kind).weight(weight))
            .collect(),
        rows: rows.collect(),
        remarks: vec![
            "Records observed for the whole horizon that went on within it; steps of no \
             length (created in the later stage) are left out and counted."
                .into(),
        ],
    }
}

fn durations_table(recorded: &[Recorded]) -> Table {
    let columns = [
        ("from", "From", Kind::Text, Weight::Key),
        ("to", "To", Kind::Text, Weight::Key),
        ("n", "Cases", Kind::Count, Weight::Normal),
        ("mean_days", "Mean", Kind::Days, Weight::Normal),
        ("min_days", "Shortest", Kind::Days, Weight::Detail),
        ("median_days", "Median", Kind::Days, Weight::Key),
        ("p75_days", "75 % within", Kind::Days, Weight::Detail),
        ("p90_days", "90 % within", Kind::Days, Weight::Normal),
        ("max_days", "Longest", Kind::Days, Weight::Detail),
        ("negative", "Below zero", Kind::Count, Weight::Detail),
    ];
    let cells = |row: &Recorded| {
        let [min, median, p75, p90, max] = row.quantiles;
        vec![
            row.from.as_str().into(),
            row.to.as_str().into(),
            row.n.into(),
            row.mean.into(),
            min.into(),
            median.into(),
            p75.into(),
            p90.into(),
            max.into(),
            row.negative.into(),
        ]
    };
    Table {
        id: "durations".into(),
        title: "Days between stages, as recorded".into(),
        columns: columns
            .into_iter()
            .map(|(id, title, kind, weight)| Column::new(id, title, kind).weight(weight))
            .collect(),
        rows: recorded.iter().map(cells).collect(),
        remarks: vec![
            "Everybody with both dates who reached the later stage in the period, dates out of \
             order included: what the data says, biased towards the fast ones."
                .into(),
        ],
    }
}

fn by(answer: &Answer) -> Parts {
    let dimensions = answer.dimensions;
    let twin = |id: &str, title: &str, own: Vec<Column>, rows: Vec<Vec<Cell>>| {
        let mut columns = dimension_columns(dimensions);
        columns.extend(own);
        Table {
            id: id.into(),
            title: format!("{title} by {}", dimensions.join(", ")),
            columns,
            rows,
            remarks: Vec::new(),
        }
    };
    let with_group = |funnel: &Funnel, cells: Vec<Cell>| {
        let group = funnel.group.iter().map(|value| Cell::from(value.as_str()));
        group.chain(cells).collect::<Vec<Cell>>()
    };
    let stages = answer
        .by
        .iter()
        .flat_map(|f| {
            f.stages
                .iter()
                .map(move |row| with_group(f, stage_cells(row)))
        })
        .collect();
    let ratios = answer
        .by
        .iter()
        .flat_map(|f| {
            f.ratios
                .iter()
                .map(move |row| with_group(f, ratio_cells(row)))
        })
        .collect();
    let section = Section {
        id: "funnel-by".into(),
        title: format!("Funnel by {}", dimensions.join(", ")),
        blocks: vec![
            Block::Table("stages_by".into()),
            Block::Table("ratios_by".into()),
        ],
    };
    Parts {
        sections: vec![section],
        tables: vec![
            twin("stages_by", "Stages", stage_columns(answer.view), stages),
            twin(
                "ratios_by",
                "Conversion between stages",
                ratio_columns(),
                ratios,
            ),
        ],
        ..Parts::default()
    }
}
