//! `[calendar.NAME]`: when people work.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;

use super::config::{Config, Word, Words};
use super::layers::Layers;
use super::{moments, table};
use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::names::near_or_all;
use crate::domain::working_hours::{DAYS, Window, WorkingHours, weekday, windows};

/// `[calendar.NAME]`: when people work.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CalendarTable {
    pub zone: Option<String>,
    pub hours: Option<Words>,
    pub days: Option<Words>,
    pub holidays: Option<HolidayWords>,
}

/// `holidays`: a file with a column `date`, or the days.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "the name of a file, or a list of days")]
pub enum HolidayWords {
    File(String),
    Days(Vec<Word>),
}

/// Every calendar, by name; `zone` is that of calendars that name none.
pub fn calendars(config: &Config, layers: &Layers, zone: Tz) -> Result<Vec<WorkingHours>, Failure> {
    let tables = config.calendar.iter();
    tables
        .map(|(name, table)| calendar(layers, name, table, zone))
        .collect()
}

fn calendar(
    layers: &Layers,
    name: &str,
    table: &CalendarTable,
    zone: Tz,
) -> Result<WorkingHours, Failure> {
    let key = |field: &str| format!("calendar.{name}.{field}");
    let mut hours = WorkingHours::office(name, zone);
    if let Some(own) = moments::zone(layers, &key("zone"), table.zone.as_deref())? {
        hours.zone = own;
    }
    if let Some(words) = &table.hours {
        hours.windows = parsed_windows(layers, &key("hours"), &words.list().join(","))?;
    }
    if let Some(words) = &table.days {
        hours.days = parsed_days(layers, &key("days"), &words.list())?;
    }
    if let Some(words) = &table.holidays {
        hours.holidays = holidays(layers, &key("holidays"), words)?;
    }
    Ok(hours)
}

fn parsed_windows(layers: &Layers, key: &str, text: &str) -> Result<Vec<Window>, Failure> {
    windows(text).map_err(|error| layers.complaint(key, &error.to_string()).into())
}

fn parsed_days(layers: &Layers, key: &str, words: &[String]) -> Result<[bool; 7], Failure> {
    let mut days = [false; 7];
    for word in words {
        let day = weekday(word).map_err(|error| {
            let finding = layers.complaint(key, &error.to_string());
            finding.hint(near_or_all(word, DAYS, "the days are"))
        })?;
        days[day] = true;
    }
    if !days.contains(&true) {
        return Err(layers
            .complaint(key, "a calendar needs at least one day")
            .into());
    }
    Ok(days)
}

/// Days in a list, or in the column `date` of a file.
fn holidays(
    layers: &Layers,
    key: &str,
    words: &HolidayWords,
) -> Result<BTreeSet<NaiveDate>, Failure> {
    let bad = |text: &str| -> Failure {
        let text = format!("`{text}` is no day; write 2026-12-25");
        layers.complaint(key, &text).into()
    };
    match words {
        HolidayWords::Days(days) => {
            let days = days.iter().map(Word::text);
            days.map(|day| day.trim().parse().map_err(|_| bad(&day)))
                .collect()
        }
        HolidayWords::File(file) => {
            if let Ok(day) = file.trim().parse() {
                return Ok(BTreeSet::from([day]));
            }
            of_file(&layers.located(key, file), file)
        }
    }
}

fn of_file(path: &std::path::Path, shown: &str) -> Result<BTreeSet<NaiveDate>, Failure> {
    let rows = table::rows(path, shown)?;
    let day = |row: &table::Row| {
        let cell = row.cell("date", shown)?;
        cell.parse().map_err(|_| {
            let text = format!("`{cell}` is no day; write 2026-12-25");
            Failure::from(
                Diagnostic::new(&codes::BAD_DATE, text).at(Location::line(shown, row.line)),
            )
        })
    };
    rows.iter().map(day).collect()
}

/// The calendar that `key` names.
pub fn named(
    layers: &Layers,
    key: &str,
    name: &str,
    calendars: &[WorkingHours],
) -> Result<WorkingHours, Failure> {
    let found = calendars.iter().find(|calendar| calendar.name == name);
    found.cloned().ok_or_else(|| {
        let mut finding = layers.complaint(key, &format!("`{name}` is no calendar"));
        finding.code = &codes::UNKNOWN_NAME;
        let names: Vec<&str> = calendars.iter().map(|one| one.name.as_str()).collect();
        let hint = match names.is_empty() {
            true => format!("describe it: [calendar.{name}] hours = \"09:00-17:00\""),
            false => near_or_all(name, names, "the calendars are"),
        };
        finding.hint(hint).into()
    })
}
