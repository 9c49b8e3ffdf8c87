//! The monthly report: what moved, by how much, whether it is more than noise, and
//! where the money went.

use super::words::{self, Speak, cell_of, change_of, figure_cell, number_cell, rate_cell};
use super::{Parts, title_of};
use crate::domain::figure::Undefined;
use crate::domain::ladder::Ladder;
use crate::domain::money::Money;
use crate::metrics::channels::ChannelRow;
use crate::metrics::monthly::{Compared, KeyFigure, TrendRow, Value};
use crate::metrics::targets::Standing;
use crate::report::document::{
    Block, Cell, Chart, Column, Comparison, Kind, Panel, Plot, Section, Table, Tile, Trend,
    TrendPoint, Weight,
};

/// Results of the report command that are not also those of another one.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    /// Label of the period.
    pub period: &'a str,
    /// True where the inputs end before the period does.
    pub partial: bool,
    /// The figures of the period.
    pub figures: &'a [KeyFigure],
    /// The figures of the periods before and of this one.
    pub trend: &'a [TrendRow],
    /// Channels of the period.
    pub channels: &'a [ChannelRow],
    /// Goals and where they stand.
    pub standings: &'a [Standing],
    /// The path stages.
    pub ladder: &'a Ladder,
    /// Formats numbers in sentences.
    pub speak: Speak<'a>,
}

/// Summary, tiles, key figures, targets and trend.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let mut parts = Parts {
        summary: summary(answer),
        next: behind(answer),
        ..Parts::default()
    };
    parts.append(key_figures(answer));
    if !answer.standings.is_empty() {
        parts.append(targets(answer));
    }
    if answer.trend.len() > 1 {
        parts.append(trend(answer));
    }
    parts
}

fn summary(answer: &Answer) -> Vec<String> {
    let speak = answer.speak;
    let by_key = |key: &str| answer.figures.iter().find(|figure| figure.key == key);
    let mut sentences = Vec::new();
    if answer.partial {
        sentences.push(format!(
            "{} is a partial period: the inputs end before it does, so no verdict on its changes is given.",
            answer.period
        ));
    }
    let counts = [
        "visits",
        answer.ladder.first(),
        "customers",
        "revenue",
        "cost",
    ];
    for key in counts {
        let name = title_of(&plural(key, answer.ladder));
        sentences
            .extend(by_key(key).and_then(|figure| words::count_sentence(figure, &name, speak)));
    }
    for figure in answer
        .figures
        .iter()
        .filter(|figure| is_headline(answer.ladder, &figure.key))
    {
        sentences.extend(words::rate_sentence(figure, &title_of(&figure.key), speak));
    }
    sentences.extend(return_sentences(answer));
    sentences.extend(
        answer
            .standings
            .iter()
            .filter_map(|standing| target_sentence(standing, speak)),
    );
    sentences
}

/// `leads` of `lead`; figures that are no stage keep their name.
pub(super) fn plural(key: &str, ladder: &Ladder) -> String {
    let is_stage = ladder.index(key).is_some();
    if is_stage && !key.ends_with('s') {
        format!("{key}s")
    } else {
        key.to_owned()
    }
}

/// The first step and the whole way are what the summary speaks of.
fn is_headline(ladder: &Ladder, key: &str) -> bool {
    let last = ladder.len() - 1;
    ladder
        .parse_step(key)
        .is_some_and(|step| step == (0, 1.min(last)) || step == (0, last))
}

/// The best and the lowest return, of channels with enough wins where there are any.
fn return_sentences(answer: &Answer) -> Option<String> {
    let speak = answer.speak;
    let mut known: Vec<(&ChannelRow, f64)> = answer
        .channels
        .iter()
        .filter_map(|row| row.roi.ok().map(|roi| (row, roi)))
        .collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.group.cmp(&b.0.group)));
    let solid: Vec<_> = known.iter().filter(|(row, _)| !row.low_sample).collect();
    let tell = |(row, roi): &(&ChannelRow, f64)| {
        let (one, wins) = match row.credited_wins {
            // A model may divide a win.
            Some(wins) => (wins == 1.0, speak(&wins.into(), Kind::Number)),
            None => {
                let wins = row.wins.unwrap_or(0);
                (wins == 1, speak(&wins.into(), Kind::Count))
            }
        };
        let plural = if one { "" } else { "s" };
        let roi = speak(&Cell::Share(*roi), Kind::Share);
        format!("{} {roi} ({wins} win{plural})", row.group.join(" / "))
    };
    if let (Some(best), Some(worst)) = (solid.first(), solid.last()) {
        let lowest = if solid.len() > 1 {
            format!("; lowest: {}", tell(worst))
        } else {
            String::new()
        };
        return Some(format!(
            "Best return on cost among channels with ten wins or more: {}{lowest}.",
            tell(best)
        ));
    }
    let (best, worst) = (known.first()?, known.last()?);
    let range = if known.len() > 1 {
        format!("{} to {}", tell(best), tell(worst))
    } else {
        tell(best)
    };
    Some(format!(
        "No channel won ten deals in {}, so its returns on cost may be chance: {range}.",
        answer.period
    ))
}

fn target_sentence(standing: &Standing, speak: Speak) -> Option<String> {
    let attained = standing.attained.ok()?;
    let of: Vec<&str> = standing
        .goal
        .by
        .iter()
        .map(|(_, value)| value.as_str())
        .collect();
    let of = if of.is_empty() {
        String::new()
    } else {
        format!(" of {}", of.join(" / "))
    };
    Some(format!(
        "Target for {}{of} in {}: {} of what the days passed demand is reached.",
        title_of(&standing.goal.metric),
        standing.goal.period.label,
        speak(&Cell::Number(attained), Kind::Share),
    ))
}

/// Targets that are behind their pace.
fn behind(answer: &Answer) -> Vec<String> {
    let late = answer.standings.iter().filter_map(|standing| {
        let actual = standing.actual.ok()?;
        standing.attained.ok().filter(|attained| *attained < 1.0)?;
        let kind = kind_of(&standing.goal.metric, answer.ladder);
        let say = |value: f64| match kind {
            Kind::Money => (answer.speak)(&Money::from_units(value).into(), Kind::Money),
            Kind::Rate | Kind::Share => (answer.speak)(&Cell::Share(value), Kind::Share),
            _ => (answer.speak)(&Cell::Number(value), Kind::Number),
        };
        let of = standing.goal.by.iter().map(|(_, value)| format!(" of {value}"));
        Some(format!(
            "Decide on the target for {}{} in {}, which is behind: {} reached, {} due by now, {} asked for.",
            title_of(&standing.goal.metric),
            of.collect::<String>(),
            standing.goal.period.label,
            say(actual),
            say(standing.paced),
            say(standing.goal.value),
        ))
    });
    late.collect()
}

/// Figures that have a tile.
fn tile_keys(ladder: &Ladder) -> Vec<String> {
    let mut keys = vec![ladder.first().to_owned()];
    if ladder.len() > 1 {
        keys.push(ladder.name(1).to_owned());
        keys.push(ladder.step_key(0, 1));
    }
    keys.extend(["customers", "revenue", "cost", "cac", "roi"].map(str::to_owned));
    keys
}

fn key_figures(answer: &Answer) -> Parts {
    let tiles = tile_keys(answer.ladder)
        .iter()
        .filter_map(|key| answer.figures.iter().find(|figure| figure.key == *key))
        .filter(|figure| has_value(figure))
        .map(|figure| tile(figure, answer))
        .collect();
    Parts {
        sections: vec![Section {
            id: "key-figures".into(),
            title: "Key figures".into(),
            blocks: vec![Block::Tiles(tiles), Block::Table("key_figures".into())],
        }],
        tables: vec![key_figure_table(answer)],
        ..Parts::default()
    }
}

/// True for a figure that was ever known: a tile of nothing but reasons is none. The
/// table below the tiles has them all.
fn has_value(figure: &KeyFigure) -> bool {
    let compared = [&figure.previous.value, &figure.year_before.value];
    figure.value.is_ok() || compared.iter().any(|value| value.is_ok())
}

fn kind_of(key: &str, ladder: &Ladder) -> Kind {
    match key {
        "cost" | "cac" | "pipeline_created" | "revenue" => Kind::Money,
        "roi" => Kind::Share,
        key if ladder.parse_step(key).is_some() => Kind::Rate,
        _ => Kind::Count,
    }
}

fn tile(figure: &KeyFigure, answer: &Answer) -> Tile {
    let kind = kind_of(&figure.key, answer.ladder);
    let comparison = |compared: &Compared, label: &str| Comparison {
        label: format!("{label}, {}", compared.period),
        value: figure_cell(&compared.value),
        change: if answer.partial {
            Err(Undefined::NotMature)
        } else {
            change_of(&compared.change)
        },
    };
    let mut comparisons = vec![
        comparison(&figure.previous, "period before"),
        comparison(&figure.year_before, "a year before"),
    ];
    if let Some((period, mature)) = &figure.mature {
        comparisons.push(Comparison {
            label: format!("newest mature, {period}"),
            value: mature.clone().into(),
            change: Err(Undefined::NoData),
        });
    }
    Tile {
        label: title_of(&figure.key),
        value: figure_cell(&figure.value),
        kind,
        comparisons,
        history: answer
            .trend
            .iter()
            .map(|row| trend_value(row, &figure.key, answer.ladder))
            .collect(),
    }
}

fn key_figure_table(answer: &Answer) -> Table {
    let columns = [
        ("key", "Figure", Kind::Text, Weight::Key),
        ("value", "Value", Kind::Number, Weight::Key),
        ("rate", "Of", Kind::Rate, Weight::Detail),
        ("previous", "Period before", Kind::Number, Weight::Normal),
        ("previous_rate", "Of", Kind::Rate, Weight::DataOnly),
        ("change", "Change", Kind::Share, Weight::Normal),
        ("difference", "Difference", Kind::Share, Weight::Detail),
        (
            "beyond_noise",
            "More than chance",
            Kind::Flag,
            Weight::Detail,
        ),
        ("year_before", "Year before", Kind::Number, Weight::Normal),
        ("year_before_rate", "Of", Kind::Rate, Weight::DataOnly),
        ("change_year", "Change", Kind::Share, Weight::Detail),
        ("difference_year", "Difference", Kind::Share, Weight::Detail),
        ("mature", "Newest mature", Kind::Rate, Weight::Detail),
        ("mature_period", "Mature period", Kind::Text, Weight::Detail),
        ("projected", "Projected", Kind::Share, Weight::Detail),
    ];
    let cells = |figure: &KeyFigure| {
        let (change, points) = change_cells(&figure.previous, answer.partial);
        let (change_year, points_year) = change_cells(&figure.year_before, answer.partial);
        let beyond = figure
            .previous
            .change
            .ok()
            .and_then(|change| change.beyond_noise());
        let beyond = beyond.filter(|_| !answer.partial);
        let mature = figure.mature.as_ref();
        vec![
            figure.key.as_str().into(),
            number_cell(&figure.value),
            rate_cell(&figure.value),
            number_cell(&figure.previous.value),
            rate_cell(&figure.previous.value),
            change,
            points,
            beyond.map_or(Cell::Blank, Cell::Flag),
            number_cell(&figure.year_before.value),
            rate_cell(&figure.year_before.value),
            change_year,
            points_year,
            mature.map_or(Cell::Blank, |(_, rate)| rate.clone().into()),
            mature.map_or(Cell::Blank, |(period, _)| period.as_str().into()),
            figure
                .projected
                .map_or(Cell::Blank, |projected| projected.value.into()),
        ]
    };
    Table {
        id: "key_figures".into(),
        title: format!(
            "Figures of {} beside other periods at equal age",
            answer.period
        ),
        columns: columns
            .into_iter()
            .map(|(id, title, kind, weight)| Column::new(id, title, kind).weight(weight))
            .collect(),
        rows: answer.figures.iter().map(cells).collect(),
        remarks: vec![
            "Rates are of the records that entered in the period, by the as-of moment; other \
             periods are cut at the same age. A change of counts is more than chance where it \
             exceeds the scatter of two independent counts."
                .into(),
        ],
    }
}

/// Relative change in one column, difference of rates in the other.
fn change_cells(compared: &Compared, partial: bool) -> (Cell, Cell) {
    use crate::metrics::monthly::Move;
    if partial {
        return (Cell::Undefined(Undefined::NotMature), Cell::Blank);
    }
    match compared.change {
        Ok(Move::Relative { change, .. }) => (change.into(), Cell::Blank),
        Ok(Move::Points { difference, .. }) => (Cell::Blank, difference.into()),
        Err(reason) => (Cell::Undefined(reason), Cell::Blank),
    }
}

fn targets(answer: &Answer) -> Parts {
    let columns = [
        ("metric", "Figure", Kind::Text, Weight::Key),
        ("of", "Of", Kind::Text, Weight::Key),
        ("period", "Period", Kind::Text, Weight::Key),
        ("target", "Target", Kind::Number, Weight::Key),
        ("actual", "Reached", Kind::Number, Weight::Key),
        ("paced", "Due by now", Kind::Number, Weight::Normal),
        ("attained", "Reached of due", Kind::Share, Weight::Key),
    ];
    let cells = |standing: &Standing| {
        let of: Vec<&str> = standing
            .goal
            .by
            .iter()
            .map(|(_, value)| value.as_str())
            .collect();
        vec![
            standing.goal.metric.as_str().into(),
            of.join(" / ").into(),
            standing.goal.period.label.as_str().into(),
            standing.goal.value.into(),
            standing.actual.into(),
            standing.paced.into(),
            standing.attained.into(),
        ]
    };
    Parts {
        sections: vec![Section {
            id: "targets".into(),
            title: "Targets".into(),
            blocks: vec![Block::Table("targets".into())],
        }],
        tables: vec![Table {
            id: "targets".into(),
            title: "Targets and where they stand".into(),
            columns: columns
                .into_iter()
                .map(|(id, title, kind, weight)| Column::new(id, title, kind).weight(weight))
                .collect(),
            rows: answer.standings.iter().map(cells).collect(),
            remarks: vec!["A target is paced over the days of its period; a rate is not.".into()],
        }],
        ..Parts::default()
    }
}

/// Measures of the trend: key, and how it is printed.
fn trend_keys(ladder: &Ladder) -> Vec<String> {
    let mut keys = vec!["visits".to_owned()];
    keys.extend(ladder.iter().map(str::to_owned));
    keys.extend(ladder.steps().map(|(from, to)| ladder.step_key(from, to)));
    keys.extend(
        [
            "customers",
            "cost",
            "cac",
            "pipeline_created",
            "revenue",
            "roi",
        ]
        .map(str::to_owned),
    );
    keys
}

/// The panels of the chart: what a board asks for first.
fn panel_keys(ladder: &Ladder) -> Vec<String> {
    let mut keys = vec![ladder.first().to_owned()];
    if ladder.len() > 1 {
        keys.push(ladder.step_key(0, 1));
    }
    keys.extend(["customers", "cac", "revenue", "cost"].map(str::to_owned));
    keys
}

fn trend(answer: &Answer) -> Parts {
    Parts {
        sections: vec![Section {
            id: "trend".into(),
            title: "Trend".into(),
            blocks: vec![Block::Chart("trend".into()), Block::Table("trend".into())],
        }],
        tables: vec![trend_table(answer.trend, answer.ladder)],
        charts: vec![trend_chart(answer)],
        ..Parts::default()
    }
}

/// Table `trend`: a row for each period.
#[must_use]
pub fn trend_table(trend: &[TrendRow], ladder: &Ladder) -> Table {
    let keys = trend_keys(ladder);
    let mut columns = vec![Column::new("period", "Period", Kind::Text).weight(Weight::Key)];
    for key in &keys {
        let weight = if panel_keys(ladder).contains(key) {
            Weight::Normal
        } else {
            Weight::Detail
        };
        columns.push(Column::new(key.as_str(), title_of(key), kind_of(key, ladder)).weight(weight));
    }
    columns.push(Column::new("settled", "Settled", Kind::Flag).weight(Weight::Detail));
    let rows = trend.iter().map(|row| {
        let mut cells: Vec<Cell> = vec![row.period.as_str().into()];
        cells.extend(keys.iter().map(|key| trend_cell(row, key, ladder)));
        cells.push(row.settled.into());
        cells
    });
    Table {
        id: "trend".into(),
        title: "Period by period".into(),
        columns,
        rows: rows.collect(),
        remarks: vec![
            "Conversions are to date: a period that is not settled is still growing.".into(),
        ],
    }
}

fn trend_chart(answer: &Answer) -> Chart {
    let panels = panel_keys(answer.ladder).into_iter().map(|key| {
        let kind = kind_of(&key, answer.ladder);
        let points: Vec<TrendPoint> = answer
            .trend
            .iter()
            .map(|row| TrendPoint {
                value: trend_value(row, &key, answer.ladder),
                interval: trend_interval(row, &key),
                settled: row.settled || kind != Kind::Rate,
            })
            .collect();
        let kind = if kind == Kind::Rate {
            Kind::Share
        } else {
            kind
        };
        Panel {
            title: title_of(&key),
            kind,
            points,
        }
    });
    let panels: Vec<Panel> = panels
        .filter(|panel| panel.points.iter().any(|point| point.value.is_some()))
        .collect();
    Chart {
        id: "trend".into(),
        title: "Period by period".into(),
        description: format!(
            "{} over {} periods up to {}.",
            panels
                .iter()
                .map(|panel| panel.title.as_str())
                .collect::<Vec<_>>()
                .join(", "),
            answer.trend.len(),
            answer.period
        ),
        table: "trend".into(),
        plot: Plot::Trend(Trend {
            periods: answer.trend.iter().map(|row| row.period.clone()).collect(),
            panels,
        }),
    }
}

fn trend_figure(row: &TrendRow, key: &str, ladder: &Ladder) -> Result<Value, Undefined> {
    let total = &row.total;
    if let Some(index) = ladder.index(key) {
        return total.entries[index].map(Value::Count);
    }
    if let Some((_, rate)) = total.conversions.iter().find(|(name, _)| name == key) {
        return rate.clone().map(Value::Rate);
    }
    match key {
        "visits" => total.visits.map(Value::Count),
        "customers" => total.customers.map(Value::Count),
        "cost" => total.cost.map(Value::Money),
        "cac" => total.acquisition_cost.map(Value::Money),
        "pipeline_created" => total.pipeline_created.map(Value::Money),
        "revenue" => total.revenue.map(Value::Money),
        "roi" => total.roi.map(Value::Share),
        _ => Err(Undefined::NoData),
    }
}

fn trend_cell(row: &TrendRow, key: &str, ladder: &Ladder) -> Cell {
    match trend_figure(row, key, ladder) {
        Ok(value) => cell_of(&value).0,
        Err(reason) => Cell::Undefined(reason),
    }
}

fn trend_value(row: &TrendRow, key: &str, ladder: &Ladder) -> Option<f64> {
    trend_figure(row, key, ladder)
        .ok()
        .map(|value| value.number())
}

fn trend_interval(row: &TrendRow, key: &str) -> Option<(f64, f64)> {
    let (_, rate) = row.total.conversions.iter().find(|(name, _)| name == key)?;
    rate.as_ref().ok()?.interval
}
