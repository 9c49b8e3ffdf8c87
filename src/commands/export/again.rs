//! The configuration that reads exported tables again and gives the same figures.
//!
//! What the first run worked out from its own configuration is in the tables by now
//! (channels, costs, exclusions, amounts in the report currency); what decides how they are
//! counted is said here.

use crate::diagnostics::Failure;
use crate::domain::calendar::rfc3339;
use crate::domain::columns::{Columns, Values};
use crate::domain::ladder::{DealMoment, Entry};
use crate::metrics::data::Data;
use crate::metrics::exported;
use crate::metrics::known::Known;
use crate::settings::Settings;
use crate::tables::schema::TABLES;

use super::super::prepare::Prepared;

/// The first line of such a file.
pub const HEADING: &str = "# Reads the exported tables of this folder again: leadflow funnel";

/// `leadflow.toml` for the folder of the tables.
pub fn configuration(
    settings: &Settings,
    prepared: &Prepared,
    tables: &[Columns],
    suffix: &str,
) -> Result<String, Failure> {
    let data = &prepared.data;
    let mut text = format!("{HEADING}\n\n");
    if let Some(currency) = &prepared.currency {
        text.push_str(&format!("currency = {}\n", quoted(currency)));
    }
    text.push_str(&format!("time_zone = {}\n", quoted(data.zone.name())));
    if let Some(at) = data.as_of {
        let moment = rfc3339(at.saturating_add(1), data.zone);
        text.push_str(&format!("as_of = {}\n", quoted(&moment)));
    }
    if let Some(margin) = data.gross_margin {
        text.push_str(&format!("gross_margin = {margin}\n"));
    }
    text.push_str(&funnel(settings));
    text.push_str(&hours(settings));
    for table in tables {
        // Deals that are followed themselves are no second list of people.
        if table.name == "leads" && data.deals_are_leads {
            continue;
        }
        text.push_str(&input(table, suffix, data));
    }
    for channel in exported::channels(data) {
        let name = quoted(&channel);
        text.push_str(&format!("\n[[channel]]\nname = {name}\nmatch = [{name}]\n"));
        let rule = settings
            .channel_rules
            .iter()
            .find(|rule| rule.name == channel);
        if let Some(class) = rule.and_then(|rule| rule.class) {
            text.push_str(&format!("class = {}\n", quoted(class.code())));
        }
        if let Some(by) = rule.and_then(|rule| rule.sourced_by) {
            text.push_str(&format!("sourced_by = {}\n", quoted(by.code())));
        }
    }
    Ok(text)
}

/// What an hour costs, as it was configured.
fn hours(settings: &Settings) -> String {
    let hours = &settings.hours;
    let mut text = String::new();
    if let Some(rate) = hours.rate {
        text.push_str(&format!("\n[hours]\nrate = {rate}\n"));
    }
    if !hours.rates.is_empty() {
        text.push_str("\n[hours.rates]\n");
        for (worker, rate) in &hours.rates {
            text.push_str(&format!("{} = {rate}\n", quoted(worker)));
        }
    }
    text
}

fn funnel(settings: &Settings) -> String {
    let ladder = &settings.ladder;
    let stages: Vec<String> = ladder.iter().map(quoted).collect();
    let entry = match settings.entry {
        Entry::FirstStage => "first_stage",
        Entry::Created => "created",
    };
    let mut text = format!(
        "\n[funnel]\nstages = [{}]\nhorizon_days = {}\npolicy = {}\nentry = {}\n",
        stages.join(", "),
        settings.horizons.default_days,
        quoted(settings.policy.code()),
        quoted(entry),
    );
    let moments = settings.from_deals.iter().map(|(stage, moment)| {
        let moment = match moment {
            DealMoment::Created => "created",
            DealMoment::Won => "won",
        };
        format!("{} = {}", quoted(ladder.name(*stage)), quoted(moment))
    });
    let moments: Vec<String> = moments.collect();
    text.push_str(&format!("from_deals = {{ {} }}\n", moments.join(", ")));
    if !settings.horizons.spans.is_empty() {
        text.push_str("\n[funnel.horizon]\n");
        for ((from, to), days) in &settings.horizons.spans {
            let step = format!("{}_to_{}", ladder.name(*from), ladder.name(*to));
            text.push_str(&format!("{} = {days}\n", quoted(&step)));
        }
    }
    text
}

/// One `[[input]]`; leads of whom it is only known that they reached a stage, not when, need
/// a second one with the flags.
fn input(table: &Columns, suffix: &str, data: &Data) -> String {
    let target = match table.name {
        "stage_counts" => "stage_events",
        name => name,
    };
    let Some(spec) = TABLES.iter().find(|spec| spec.name == target) else {
        return String::new();
    };
    let path = format!("{}.{suffix}", table.name);
    let mut columns: Vec<(String, String)> = Vec::new();
    for column in spec.columns {
        let header = match (target, column.name) {
            // Today's stage is among those that were entered.
            ("leads", "stage") | (_, "currency" | "period") => continue,
            (_, name) => name,
        };
        if table.says(header) {
            columns.push((column.name.to_owned(), header.to_owned()));
        }
    }
    let canonical: Vec<&str> = spec.columns.iter().map(|column| column.name).collect();
    if spec.segments {
        let segments = exported::segments(table, &[&canonical[..], &["cost", "word"]].concat());
        columns.extend(segments.into_iter().map(|name| (name.clone(), name)));
    }
    let mut text = String::new();
    if target == "leads" {
        let flags = stages(table, data, &mut columns);
        text.push_str(&block(&path, target, &columns));
        if !flags.is_empty() {
            let id = ("id".to_owned(), "id".to_owned());
            let columns: Vec<(String, String)> = std::iter::once(id).chain(flags).collect();
            text.push_str(&block(&path, target, &columns));
        }
    } else {
        text.push_str(&block(&path, target, &columns));
    }
    text
}

/// Adds the dates of the stages, and gives back the columns of yes and no that say more.
fn stages(
    table: &Columns,
    data: &Data,
    columns: &mut Vec<(String, String)>,
) -> Vec<(String, String)> {
    let mut flags = Vec::new();
    let pairs = data.ladder.iter().enumerate().map(|(place, stage)| {
        // Nobody reached it, and that is known: an empty column says so.
        let is_fed = data.known(place) == Known::Followed;
        (
            stage,
            format!("{stage}_entered"),
            format!("{stage}_recorded"),
            is_fed,
        )
    });
    let left = (
        "disqualified",
        "exit_at".to_owned(),
        "exited".to_owned(),
        false,
    );
    for (stage, entered, recorded, is_fed) in pairs.chain([left]) {
        let canonical = format!("stage.{stage}");
        let is_untimed = has_untimed(table, &entered, &recorded);
        let is_dated = table.says(&entered) || (is_fed && !is_untimed);
        if is_dated {
            columns.push((canonical.clone(), entered.clone()));
        }
        if is_untimed {
            match is_dated {
                true => flags.push((canonical, recorded)),
                false => columns.push((canonical, recorded)),
            }
        }
    }
    flags
}

fn has_untimed(table: &Columns, entered: &str, recorded: &str) -> bool {
    let values = |name| table.column(name).map(|column| &column.values);
    match (values(entered), values(recorded)) {
        (Some(Values::Time(times)), Some(Values::Flag(flags))) => times
            .iter()
            .zip(flags)
            .any(|(at, is)| at.is_none() && *is == Some(true)),
        _ => false,
    }
}

fn block(path: &str, table: &str, columns: &[(String, String)]) -> String {
    let mut text = format!(
        "\n[[input]]\npath = {}\ntable = {}\n[input.columns]\n",
        quoted(path),
        quoted(table)
    );
    for (name, header) in columns {
        text.push_str(&format!("{} = {}\n", quoted(name), quoted(header)));
    }
    text
}

/// A text of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
