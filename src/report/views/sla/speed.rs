//! Response times, promises and durations.

use super::{Shown, measured, measured_by, qualified};
use crate::domain::event_funnel::span_in_words;
use crate::domain::figure::Rate;
use crate::domain::service_level::Promise;
use crate::metrics::sla::clock::ClockRow;
use crate::metrics::sla::compliance::Compliance;
use crate::metrics::sla::response::Bucket;
use crate::report::document::{Bar, Bars, Block, Cell, Chart, Column, Kind, Plot, Weight};
use crate::report::views::{Parts, columns, dimension_columns, section, table, title_of};

/// Tables `response` and `response_by_score`.
pub fn response(shown: &Shown) -> Parts {
    let sla = shown.sla;
    let rows = sla
        .response
        .iter()
        .map(|bucket| bucket_cells(Vec::new(), bucket))
        .collect();
    let mut main = table(
        "response",
        "Leads by the time to the first attempt",
        bucket_columns(shown, Vec::new()),
        rows,
    );
    main.remarks = vec![
        format!(
            "From the creation of the lead to the first thing that a person sent or did, {}. \
             Automated messages do not count. {} counts leads watched for the whole horizon.",
            measured(shown),
            title_of(qualified(shown)),
        ),
        "An association: quick answers often go to the better leads.".into(),
    ];
    let mut tables = vec![main];
    let mut blocks = vec![
        Block::Chart("response".into()),
        Block::Table("response".into()),
    ];
    if !sla.by_score.is_empty() {
        let first = columns(&[("score", "Score", Kind::Text, Weight::Key)]);
        let rows = sla.by_score.iter().flat_map(|band| {
            let (low, high) = band.score;
            let name = format!("{low} to {high}");
            let cells = move |bucket| bucket_cells(vec![name.as_str().into()], bucket);
            band.buckets.iter().map(cells).collect::<Vec<_>>()
        });
        let rows = rows.collect();
        let columns = bucket_columns(shown, first);
        tables.push(table(
            "response_by_score",
            "The same within thirds of the score",
            columns,
            rows,
        ));
        blocks.push(Block::Table("response_by_score".into()));
    }
    let mut parts = section("response", "How fast leads are answered", blocks, tables);
    parts.charts.push(chart(shown));
    if let Some(conversion) = conversion(shown) {
        if let Some(section) = parts.sections.first_mut() {
            let place = Block::Chart(conversion.id.clone());
            section.blocks.insert(1, place);
        }
        parts.charts.push(conversion);
    }
    parts
}

/// The share of each class that became qualified, where enough leads are old enough.
fn conversion(shown: &Shown) -> Option<Chart> {
    let stage = title_of(qualified(shown));
    let told = shown.sla.response.iter();
    if told.filter(|bucket| bucket.qualified.is_ok()).count() < 2 {
        return None;
    }
    let bars = shown.sla.response.iter().map(|bucket| Bar {
        label: bucket.name.to_owned(),
        value: bucket
            .qualified
            .as_ref()
            .map(Rate::value)
            .map_err(|reason| *reason),
        interval: bucket
            .qualified
            .as_ref()
            .ok()
            .and_then(|rate| rate.interval),
        remark: bucket.qualified.as_ref().ok().map(|rate| {
            let leads = (shown.speak)(&rate.n.into(), Kind::Count);
            format!("of {leads}")
        }),
    });
    Some(Chart {
        id: "response-conversion".into(),
        title: format!("Became {stage}, by the time to the first attempt"),
        description: format!(
            "Share of the leads of each response time that became {stage}, with 95 % intervals: an \
             association."
        ),
        table: "response".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Share,
            bars: bars.collect(),
        }),
    })
}

fn bucket_columns(shown: &Shown, mut first: Vec<Column>) -> Vec<Column> {
    let title = format!("Became {}", title_of(qualified(shown)));
    first.extend(columns(&[
        ("bucket", "First attempt", Kind::Text, Weight::Key),
        ("leads", "Leads", Kind::Count, Weight::Key),
        ("share", "Share", Kind::Share, Weight::Normal),
        ("qualified_rate", &title, Kind::Rate, Weight::Key),
    ]));
    first
}

fn bucket_cells(mut cells: Vec<Cell>, bucket: &Bucket) -> Vec<Cell> {
    cells.extend([
        bucket.name.into(),
        bucket.leads.into(),
        bucket.share.into(),
        bucket.qualified.clone().into(),
    ]);
    cells
}

fn chart(shown: &Shown) -> Chart {
    let stage = title_of(qualified(shown));
    let remark = |bucket: &Bucket| {
        let rate = bucket.qualified.as_ref().ok()?;
        let share = (shown.speak)(&Cell::Share(rate.value()), Kind::Share);
        Some(format!("{share} of {} became {stage}", rate.n))
    };
    let bars = shown.sla.response.iter().map(|bucket| Bar {
        label: bucket.name.to_owned(),
        value: bucket.share,
        interval: None,
        remark: remark(bucket),
    });
    Chart {
        id: "response".into(),
        title: "Leads by the time to the first attempt".into(),
        description: format!(
            "Share of the leads answered in each time, and how many of them became {stage}."
        ),
        table: "response".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Share,
            bars: bars.collect(),
        }),
    }
}

/// The time allowed and how it is measured: `5 min of office`.
pub fn within(promise: &Promise) -> String {
    match &promise.calendar {
        None => span_in_words(promise.within),
        Some(hours) => format!("{} of {}", span_in_words(promise.within), hours.name),
    }
}

/// Tables `compliance`, `compliance_by` and `arrival`.
pub fn compliance(shown: &Shown) -> Parts {
    let kept = &shown.sla.kept;
    let rows = kept.total.iter();
    let rows = rows
        .map(|one| compliance_cells(shown, Vec::new(), one))
        .collect();
    let mut main = table(
        "compliance",
        "Promises",
        compliance_columns(Vec::new()),
        rows,
    );
    main.remarks = vec![
        "Met of met and breached; the end of the time is included. Pending: the time has not \
         passed yet, so that it is neither."
            .into(),
    ];
    let mut tables = vec![main];
    let mut blocks = vec![Block::Table("compliance".into())];
    if !shown.dimensions.is_empty() {
        let rows = kept.by.iter().map(|(group, one)| {
            let names = group.iter().map(|value| value.as_str().into());
            compliance_cells(shown, names.collect(), one)
        });
        let title = format!("Promises by {}", shown.dimensions.join(", "));
        let columns = compliance_columns(dimension_columns(shown.dimensions));
        tables.push(table("compliance_by", &title, columns, rows.collect()));
        blocks.push(Block::Table("compliance_by".into()));
    }
    if !kept.arrival.is_empty() {
        let rows = kept.arrival.iter().map(|arrival| {
            let first = vec![arrival.part.into(), arrival.value.as_str().into()];
            compliance_cells(shown, first, &arrival.compliance)
        });
        let columns = compliance_columns(columns(&[
            ("part", "Part", Kind::Text, Weight::Key),
            ("value", "Came", Kind::Text, Weight::Key),
        ]));
        let title = "By weekday and hour of arrival";
        tables.push(table("arrival", title, columns, rows.collect()));
        blocks.push(Block::Table("arrival".into()));
    }
    section("compliance", "Promises", blocks, tables)
}

fn compliance_columns(mut first: Vec<Column>) -> Vec<Column> {
    first.extend(columns(&[
        ("promise", "Promise", Kind::Text, Weight::Key),
        ("within", "Within", Kind::Text, Weight::Normal),
        ("measured", "Measured", Kind::Text, Weight::DataOnly),
        ("met", "Met", Kind::Count, Weight::Detail),
        ("breached", "Breached", Kind::Count, Weight::Detail),
        ("pending", "Pending", Kind::Count, Weight::Normal),
        ("n", "Due", Kind::Count, Weight::DataOnly),
        ("rate", "Kept", Kind::Rate, Weight::Key),
        ("date_only", "Dates alone", Kind::Count, Weight::DataOnly),
        (
            "negative",
            "End before start",
            Kind::Count,
            Weight::DataOnly,
        ),
    ]));
    first
}

fn compliance_cells(shown: &Shown, mut cells: Vec<Cell>, one: &Compliance) -> Vec<Cell> {
    let promise = &shown.levels.promises[one.promise];
    cells.extend([
        promise.name.as_str().into(),
        within(promise).into(),
        measured_by(shown, promise.calendar.as_ref(), promise.elapsed).into(),
        one.met.into(),
        one.breached.into(),
        one.pending.into(),
        one.due().into(),
        one.rate.clone().into(),
        one.date_only.into(),
        one.negative.into(),
    ]);
    cells
}

/// Table `clock`.
pub fn clock(shown: &Shown) -> Parts {
    let rows = shown.sla.clock.iter().map(|row| clock_cells(shown, row));
    let rows = rows.collect();
    let mut main = table(
        "clock",
        "How long it takes",
        columns(&[
            ("key", "Figure", Kind::Text, Weight::Key),
            ("n", "Leads", Kind::Count, Weight::Key),
            ("median_seconds", "Half within", Kind::Seconds, Weight::Key),
            ("p90_seconds", "Nine in ten", Kind::Seconds, Weight::Normal),
            ("median_minutes", "Median", Kind::Number, Weight::DataOnly),
            ("p90_minutes", "p90", Kind::Number, Weight::DataOnly),
            ("never", "Not yet", Kind::Rate, Weight::Key),
            (
                "median_of_responders",
                "If it came",
                Kind::Seconds,
                Weight::Detail,
            ),
            ("measured", "Measured", Kind::Text, Weight::DataOnly),
            (
                "negative",
                "End before start",
                Kind::Count,
                Weight::DataOnly,
            ),
            ("date_only", "Dates alone", Kind::Count, Weight::DataOnly),
        ]),
        rows,
    );
    main.remarks = vec![
        "Kaplan-Meier quantiles: for whom it has not come yet counts as waiting until the as-of \
         moment. The median of those it came for is flattering, because it leaves the others out."
            .into(),
    ];
    let blocks = vec![Block::Table("clock".into())];
    section("clock", "How long it takes", blocks, vec![main])
}

fn clock_cells(shown: &Shown, row: &ClockRow) -> Vec<Cell> {
    vec![
        row.key.into(),
        row.n.into(),
        row.median.into(),
        row.p90.into(),
        row.median_minutes().into(),
        row.p90_minutes().into(),
        row.never.clone().into(),
        row.median_of_responders.into(),
        measured_by(shown, shown.levels.calendar.as_ref(), shown.levels.elapsed).into(),
        row.negative.into(),
        row.date_only.into(),
    ]
}
