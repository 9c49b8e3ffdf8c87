//! The pipeline: open deals, movement, stages, win rates, velocity, targets, forecast, the list.

mod fan;
mod forecast;
mod list;
mod movement;
mod open;
mod rates;
mod speed;
mod stages;
mod targets;

use super::Parts;
use super::words::Speak;
use crate::domain::money::Money;
use crate::metrics::pipeline::Pipeline;
use crate::metrics::pipeline::timeline::Origin;
use crate::report::document::{Block, Cell, Kind};

pub use list::list;

/// A pipeline with what is needed to word it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The dimensions asked for.
    pub dimensions: &'a [String],
    /// The day of a moment.
    pub day: &'a dyn Fn(i64) -> String,
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

impl Shown<'_> {
    /// The name of a stage, with that of its pipeline where there are several.
    fn stage(&self, (ladder, stage): (usize, usize)) -> (Option<&str>, &str) {
        let ladders = &self.pipeline.deals.ladders;
        let ladder = ladders.all.get(ladder);
        let name = ladder.and_then(|ladder| ladder.stages.get(stage));
        let pipeline = ladder.and_then(|ladder| ladder.name.as_deref());
        (
            pipeline.filter(|_| ladders.are_several()),
            name.map_or(
                crate::metrics::pipeline::ladder::UNKNOWN_STAGE,
                String::as_str,
            ),
        )
    }

    /// What the past is rebuilt from.
    fn origin(&self) -> Origin {
        self.pipeline.deals.origin()
    }
}

/// Tables `pipeline`, `movement`, `stage_movement`, `stage_flow`, `ageing`, `transitions`,
/// `close_dates`, `win_rate`, `velocity`, `cycle`, `win_curve`, `coverage`, `reps`,
/// `forecast_category`, `forecast`, `forecast_fan`, `forecast_skill`, `back_test`, and the twins
/// `pipeline_by`, `movement_by`, `stage_movement_by`, `ageing_by` and `win_rate_by`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let mut parts = open::view(shown);
    parts.append(movement::view(shown));
    parts.append(stages::view(shown));
    parts.append(rates::view(shown));
    parts.append(speed::view(shown));
    parts.append(targets::view(shown));
    parts.append(forecast::view(shown));
    parts.summary = summary(shown);
    parts
}

/// What the monthly report keeps: open deals, movement, win rates, forecast with its fan.
#[must_use]
pub fn brief(shown: &Shown) -> Parts {
    const TABLES: &[&str] = &[
        "pipeline",
        "movement",
        "stage_movement",
        "coverage",
        "win_rate",
        "forecast",
        "forecast_fan",
        "forecast_skill",
    ];
    const CHARTS: &[&str] = &["pipeline", "movement", "forecast-fan"];
    let mut parts = view(shown);
    parts
        .tables
        .retain(|table| TABLES.contains(&table.id.as_str()));
    parts
        .charts
        .retain(|chart| CHARTS.contains(&chart.id.as_str()));
    for section in &mut parts.sections {
        section.blocks.retain(|block| match block {
            Block::Table(id) => TABLES.contains(&id.as_str()),
            Block::Chart(id) => CHARTS.contains(&id.as_str()),
            _ => true,
        });
    }
    parts.sections.retain(|section| !section.blocks.is_empty());
    if !shown.pipeline.tells_no_decision {
        // The same as win_rate_closed.
        for table in parts
            .tables
            .iter_mut()
            .filter(|table| table.id == "win_rate")
        {
            table.remarks.truncate(1);
            let same = |row: &Vec<Cell>| row.first() == Some(&Cell::from("win_rate_broad"));
            table.rows.retain(|row| !same(row));
        }
    }
    parts.summary.truncate(2);
    parts
}

fn standing(shown: &Shown) -> String {
    let total = &shown.pipeline.total;
    let count = |count: u64| (shown.speak)(&count.into(), Kind::Count);
    let mut sentence = format!(
        "{} open deals worth {}",
        count(total.deals),
        (shown.speak)(&total.value.into(), Kind::Money)
    );
    if total.missing_amount > 0 {
        sentence.push_str(&format!(
            ", {} of them without an amount",
            count(total.missing_amount)
        ));
    }
    let (overdue, amount) = total.overdue;
    if overdue > 0 {
        sentence.push_str(&format!(
            "; the planned close of {} ({}) has passed",
            count(overdue),
            (shown.speak)(&amount.into(), Kind::Money)
        ));
    }
    if let Ok(overaged) = total.overaged
        && overaged > 0
    {
        sentence.push_str(&format!(
            "; {} are older than nine in ten of those that are won",
            count(overaged)
        ));
    }
    sentence.push('.');
    sentence
}

fn summary(shown: &Shown) -> Vec<String> {
    let mut sentences = vec![standing(shown)];
    let money = |amount: f64| (shown.speak)(&units(amount), Kind::Estimate);
    for forecast in &shown.pipeline.forecasts {
        let (Ok(total), Ok(((low, high), _))) = (forecast.total(), forecast.intervals) else {
            continue;
        };
        if forecast.days != 90 {
            continue;
        }
        sentences.push(format!(
            "Expected to be won in the next {} days: {} (80 %: {} to {}).",
            forecast.days,
            money(total),
            money(low),
            money(high)
        ));
    }
    if let Some(skill) = shown.pipeline.skills.first().filter(|skill| skill.n > 0) {
        let others = shown.pipeline.skills[1..]
            .iter()
            .filter_map(|skill| skill.wape.ok());
        let best = others.fold(f64::INFINITY, f64::min);
        if let Ok(wape) = skill.wape {
            let share = |share: f64| (shown.speak)(&Cell::Share(share), Kind::Share);
            let beside = if best.is_finite() {
                format!(
                    "; the better of the two simple methods was {} off",
                    share(best)
                )
            } else {
                String::new()
            };
            sentences.push(format!(
                "Over {} past quarters the same forecast was {} off, and its 80 % interval held {} \
                 times{beside}.",
                skill.n,
                share(wape),
                skill.held.unwrap_or(0)
            ));
        }
    }
    sentences
}

/// `1 deal`, `3 deals`.
fn so_many(deals: u64) -> String {
    format!("{deals} deal{}", if deals == 1 { "" } else { "s" })
}

fn units(amount: f64) -> Cell {
    Cell::Money(Money::from_units(amount))
}
