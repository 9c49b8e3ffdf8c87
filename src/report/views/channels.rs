//! Cost, value and return per channel.

use super::{Parts, title_of};
use crate::domain::figure::{Basis, Figure};
use crate::domain::ladder::Ladder;
use crate::metrics::channels::ChannelRow;
use crate::report::document::{
    Bar, Bars, Block, Cell, Chart, Column, Kind, Plot, Section, Table, Weight,
};

/// Results of the channels command.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// One row per value of the dimensions.
    pub rows: &'a [ChannelRow],
    /// The total.
    pub total: &'a ChannelRow,
    /// The dimensions in place of the channel.
    pub dimensions: &'a [String],
    /// The path stages.
    pub ladder: &'a Ladder,
    /// Which return.
    pub basis: Basis,
    /// False where no gross margin is configured.
    pub has_margin: bool,
    /// The model that divides revenue among touches; absent where a deal counts for the
    /// channel of its lead.
    pub model: Option<Model<'a>>,
}

/// What divides revenue.
#[derive(Debug, Clone, Copy)]
pub struct Model<'a> {
    /// As in `--model`.
    pub name: &'a str,
    /// What its touches lie before: a stage, an event.
    pub target: &'a str,
    /// What its journeys were made by: setting and value.
    pub rules: &'a [(&'static str, String)],
}

/// Tables `channels` and `channels_total`, and the charts of return and cost.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let mut columns = super::dimension_columns(answer.dimensions);
    columns.extend(columns_of(answer));
    let rows = ordered(answer.rows).into_iter().map(|row| {
        let group = row.group.iter().map(|value| Cell::from(value.as_str()));
        group.chain(cells(answer, row)).collect()
    });
    let table = Table {
        id: "channels".into(),
        title: title_of(&answer.dimensions.join(", ")),
        columns,
        rows: rows.collect(),
        remarks: remarks(answer),
    };
    let total = Table {
        id: "channels_total".into(),
        title: "Total".into(),
        columns: columns_of(answer),
        rows: vec![cells(answer, answer.total)],
        remarks: Vec::new(),
    };
    let charts: Vec<Chart> = [roi_chart(answer), conversion_chart(answer)]
        .into_iter()
        .flatten()
        .collect();
    let mut blocks: Vec<Block> = charts
        .iter()
        .map(|chart| Block::Chart(chart.id.clone()))
        .collect();
    blocks.push(Block::Table("channels".into()));
    blocks.push(Block::Table("channels_total".into()));
    Parts {
        sections: vec![Section {
            id: "channels".into(),
            title: title_of(&plural(answer.dimensions)),
            blocks,
        }],
        tables: vec![table, total],
        charts,
        ..Parts::default()
    }
}

/// Largest first by entries into the first stage, then by cost; what is no channel of its
/// own (`(none)`, `(no lead)`, Unassigned) last. Times keep their order.
fn ordered(rows: &[ChannelRow]) -> Vec<&ChannelRow> {
    let mut list: Vec<&ChannelRow> = rows.iter().collect();
    let is_time = |row: &&ChannelRow| {
        row.group
            .iter()
            .any(|value| value.starts_with(|c: char| c.is_ascii_digit()))
    };
    if list.iter().all(is_time) {
        return list;
    }
    let is_rest = |row: &ChannelRow| {
        row.group
            .iter()
            .any(|value| value.starts_with('(') || value == "Unassigned")
    };
    list.sort_by_key(|row| {
        let size = row
            .entries
            .first()
            .and_then(|count| count.ok())
            .unwrap_or(0);
        let cost = row.cost.unwrap_or_default();
        (
            is_rest(row),
            std::cmp::Reverse((size, cost)),
            row.group.clone(),
        )
    });
    list
}

fn plural(dimensions: &[String]) -> String {
    match dimensions {
        [only] if only == "channel" => "channels".into(),
        _ => dimensions.join(", "),
    }
}

fn remarks(answer: &Answer) -> Vec<String> {
    let basis = match answer.basis {
        Basis::Period => {
            "ROI is on the period basis: cost of the period against deals of kind new won in it."
        }
        Basis::Cohort => {
            "ROI is on the cohort basis: cost of the period against what its leads won within the horizon."
        }
    };
    let deals = match answer.model {
        None => "Deals count for the channel of their primary lead".to_owned(),
        Some(Model {
            name: model,
            target,
            ..
        }) => format!(
            "Revenue and what is made of it are divided by the model {model} among the touches before each {target}, which is credit and not cause; customers and CAC count for the channel of the lead"
        ),
    };
    let mut remarks = vec![
        basis.to_owned(),
        format!("{deals}; stage counts are first entries during the period."),
    ];
    if let Some(model) = answer.model {
        let rules = model.rules.iter();
        let rules: Vec<String> = rules
            .map(|(rule, value)| format!("{rule}: {value}"))
            .collect();
        remarks.push(format!("Journeys: {}.", rules.join("; ")));
    }
    if !answer.has_margin {
        remarks.push("No gross margin is configured: ROI is revenue, not profit.".into());
    }
    let few = answer.rows.iter().filter(|row| row.low_sample);
    let names: Vec<String> = few.map(|row| row.group.join(" / ")).collect();
    if !names.is_empty() {
        remarks.push(format!(
            "Fewer than ten wins stand behind the ROI of {}: it may be chance.",
            names.join(", ")
        ));
    }
    remarks
}

fn columns_of(answer: &Answer) -> Vec<Column> {
    let ladder = answer.ladder;
    let by_model = |title: &str| match answer.model {
        Some(model) => format!("{title} ({})", model.name),
        None => title.to_owned(),
    };
    use Kind::{Count, Flag, Money, Number, Ratio, Share};
    use Weight::{DataOnly, Detail, Key, Normal};
    let mut columns = vec![Column::new("visits", "Visits", Count).weight(Normal)];
    for (index, stage) in ladder.iter().enumerate() {
        let weight = if index == 0 { Key } else { Normal };
        columns.push(Column::new(stage, title_of(stage), Count).weight(weight));
    }
    columns.push(visit_column(ladder));
    for (from, to) in ladder.steps() {
        columns.push(step_column(ladder, from, to, Detail));
    }
    if ladder.len() > 2 {
        columns.push(step_column(ladder, 0, ladder.len() - 1, Detail));
    }
    let mut push = |id: &str, title: &str, kind, weight| {
        columns.push(Column::new(id, title, kind).weight(weight));
    };
    push("impressions", "Impressions", Count, Detail);
    push("clicks", "Clicks", Count, Detail);
    push("ctr", "CTR", Share, Detail);
    push("cpc", "Cost per click", Money, Detail);
    push("spend", "Spend", Money, Detail);
    push("hours", "Hours", Number, Detail);
    push("cost", "Cost", Money, Key);
    for stage in ladder.iter() {
        let title = format!("Cost per {}", title_of(stage));
        push(&format!("cost_per_{stage}"), &title, Money, Detail);
    }
    push("customers", "Customers", Count, Normal);
    push("cac", "CAC", Money, Normal);
    push("pipeline_created", "Pipeline created", Money, Detail);
    push("pipeline_value", "Open pipeline", Money, Detail);
    push("pipeline_to_spend", "Pipeline per spend", Ratio, DataOnly);
    push("revenue", &by_model("Revenue"), Money, Key);
    push("revenue_new", "Revenue (new)", Money, DataOnly);
    push("missing_amounts", "Without amount", Count, DataOnly);
    push("wins", "Wins", Count, DataOnly);
    push("credited_wins", "Wins credited", Number, DataOnly);
    push("model", "Model", Kind::Text, DataOnly);
    push("gross_profit", "Gross profit", Money, Detail);
    push("roi", &by_model("ROI"), Share, Key);
    push("roi_low", "ROI low", Share, Normal);
    push("roi_high", "ROI high", Share, Normal);
    push("low_sample", "Few wins", Flag, DataOnly);
    push("roas", "ROAS", Ratio, Detail);
    push("visitor_value", "Value of a visitor", Money, Detail);
    columns
}

fn visit_column(ladder: &Ladder) -> Column {
    let id = format!("visit_to_{}", ladder.first());
    Column::new(
        id,
        format!("Visit to {}", title_of(ladder.first())),
        Kind::Rate,
    )
    .weight(Weight::Detail)
}

fn step_column(ladder: &Ladder, from: usize, to: usize, weight: Weight) -> Column {
    let title = format!(
        "{} to {}",
        title_of(ladder.name(from)),
        title_of(ladder.name(to))
    );
    Column::new(ladder.step_key(from, to), title, Kind::Rate).weight(weight)
}

fn cells(answer: &Answer, row: &ChannelRow) -> Vec<Cell> {
    let mut cells: Vec<Cell> = vec![row.visits.into()];
    cells.extend(row.entries.iter().map(|count| Cell::from(*count)));
    cells.push(row.visit_to_first.clone().into());
    cells.extend(
        row.conversions
            .iter()
            .map(|(_, rate)| Cell::from(rate.clone())),
    );
    cells.extend([
        row.impressions.into(),
        row.clicks.into(),
        row.click_rate.into(),
        row.cost_per_click.into(),
        row.spend.into(),
        row.hours.into(),
        row.cost.into(),
    ]);
    cells.extend(row.cost_per_stage.iter().map(|cost| Cell::from(*cost)));
    let end = |pick: fn((f64, f64)) -> f64| -> Figure<f64> { row.roi_interval.map(pick) };
    cells.extend([
        row.customers.into(),
        row.acquisition_cost.into(),
        row.pipeline_created.into(),
        row.pipeline_value.into(),
        row.pipeline_to_spend.into(),
        row.revenue.into(),
        row.revenue_new.into(),
        row.missing_amounts.into(),
        row.wins.into(),
        row.credited_wins.map_or(Cell::Blank, Cell::from),
        row.credited_wins
            .and(answer.model)
            .map_or(Cell::Blank, |model| model.name.into()),
        row.gross_profit.into(),
        row.roi.into(),
        end(|(low, _)| low).into(),
        end(|(_, high)| high).into(),
        Cell::Flag(row.low_sample),
        row.roas.into(),
        row.visitor_value.into(),
    ]);
    cells
}

/// Returns, best first; channels without a return stand below with the reason.
fn roi_chart(answer: &Answer) -> Option<Chart> {
    answer.rows.iter().find(|row| row.roi.is_ok())?;
    let mut rows: Vec<&ChannelRow> = answer
        .rows
        .iter()
        .filter(|row| row.roi.is_ok() || row.cost.is_ok())
        .collect();
    rows.sort_by(|a, b| {
        order(b.roi)
            .total_cmp(&order(a.roi))
            .then(a.group.cmp(&b.group))
    });
    let bar = |row: &&ChannelRow| Bar {
        label: row.group.join(" / "),
        value: row.roi,
        interval: row.roi_interval.ok(),
        remark: match row.credited_wins {
            Some(count) => Some(format!("{count:.1} wins")),
            None => row.wins.ok().map(wins),
        },
    };
    Some(Chart {
        id: "roi".into(),
        title: format!(
            "ROI by {}, {} basis{}",
            answer.dimensions.join(", "),
            answer.basis.code(),
            answer
                .model
                .map_or_else(String::new, |model| format!(", {}", model.name))
        ),
        description: "Return on cost of each channel with its 95 % interval, best first.".into(),
        table: "channels".into(),
        plot: Plot::Bars(Bars {
            kind: Kind::Share,
            bars: rows.iter().map(bar).collect(),
        }),
    })
}

fn order(figure: Figure<f64>) -> f64 {
    figure.unwrap_or(f64::NEG_INFINITY)
}

fn wins(count: u64) -> String {
    match count {
        1 => "1 win".into(),
        other => format!("{other} wins"),
    }
}

/// The first conversion of each channel with its interval, largest channel first.
fn conversion_chart(answer: &Answer) -> Option<Chart> {
    let (key, _) = answer.total.conversions.first()?;
    let mut rows: Vec<(&ChannelRow, &crate::domain::figure::Rate)> = answer
        .rows
        .iter()
        .filter_map(|row| Some((row, row.conversions.first()?.1.as_ref().ok()?)))
        .filter(|(_, rate)| rate.interval.is_some())
        .collect();
    rows.sort_by(|a, b| {
        b.1.value()
            .total_cmp(&a.1.value())
            .then(a.0.group.cmp(&b.0.group))
    });
    if rows.is_empty() {
        return None;
    }
    let bar = |(row, rate): &(&ChannelRow, &crate::domain::figure::Rate)| Bar {
        label: row.group.join(" / "),
        value: Ok(rate.value()),
        interval: rate.interval,
        remark: Some(format!("{} of {}", rate.k, rate.n)),
    };
    let title = title_of(key);
    Some(Chart {
        id: "conversion".into(),
        title: format!("{title} by {}", answer.dimensions.join(", ")),
        description: format!("{title} of each channel with its 95 % interval, best first."),
        table: "channels".into(),
        plot: Plot::Bars(Bars {
            kind: Kind::Share,
            bars: rows.iter().map(bar).collect(),
        }),
    })
}
