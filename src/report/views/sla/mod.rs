//! Service levels: response times, promises, durations, attempts, load, commitments.

mod people;
mod speed;

use super::words::Speak;
use super::{Parts, columns, section, table};
use crate::domain::ladder::Ladder;
use crate::domain::service_level::ServiceLevels;
use crate::domain::working_hours::WorkingHours;
use crate::metrics::sla::Sla;
use crate::metrics::worked::pace::variant;
use crate::report::document::{Block, Cell, Kind, Table, Weight};

/// Service levels with what is needed to word them.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// What was found.
    pub sla: &'a Sla,
    /// What was promised.
    pub levels: &'a ServiceLevels,
    /// The stages.
    pub ladder: &'a Ladder,
    /// The dimensions asked for.
    pub dimensions: &'a [String],
    /// Open leads that one person can work.
    pub cap: u64,
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

/// Tables `response`, `response_by_score`, `compliance`, `compliance_by`, `arrival`, `clock`,
/// `attempts`, `cadence`, `load`, `conversion_by_load`, `marketing`,
/// `marketing_together`, `follow_through`, `coverage`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let mut parts = speed::response(shown);
    parts.append(speed::compliance(shown));
    parts.append(speed::clock(shown));
    parts.append(people::attempts(shown));
    parts.append(people::load(shown));
    parts.append(people::marketing(shown));
    parts.append(people::follow(shown));
    parts.append(coverage(shown));
    parts.summary = summary(shown);
    parts
}

/// What the monthly report keeps.
#[must_use]
pub fn brief(shown: &Shown) -> Parts {
    const TABLES: &[&str] = &["response", "compliance", "clock", "load", "marketing"];
    let mut parts = view(shown);
    parts
        .tables
        .retain(|table| TABLES.contains(&table.id.as_str()));
    for section in &mut parts.sections {
        section.blocks.retain(|block| match block {
            Block::Table(id) => TABLES.contains(&id.as_str()),
            _ => true,
        });
    }
    parts.sections.retain(|section| {
        let shows = |block: &Block| matches!(block, Block::Table(_));
        section.blocks.iter().any(shows)
    });
    parts
}

/// The name of the stage that counts as qualified.
fn qualified<'a>(shown: &'a Shown) -> &'a str {
    shown.ladder.name(shown.levels.qualified)
}

/// How durations are measured, in words.
fn measured(shown: &Shown) -> String {
    let levels = shown.levels;
    let common = match &levels.calendar {
        None => "every minute counts".to_owned(),
        some => format!("working time of the calendar {}", variant(some.as_ref())),
    };
    match shown.sla.own_calendars && !levels.elapsed {
        true => format!("{common}; working time of an owner who has a calendar"),
        false => common,
    }
}

/// The calendar of a duration: `elapsed`, a name, or that of the owner before these.
fn measured_by(shown: &Shown, calendar: Option<&WorkingHours>, elapsed: bool) -> String {
    let common = variant(calendar);
    match shown.sla.own_calendars && !elapsed {
        true => format!("owner's, else {common}"),
        false => common.to_owned(),
    }
}

fn summary(shown: &Shown) -> Vec<String> {
    let sla = shown.sla;
    let mut sentences = Vec::new();
    for kept in &sla.kept.total {
        let promise = &shown.levels.promises[kept.promise];
        if let Ok(rate) = &kept.rate {
            let mut sentence = format!(
                "{}, within {}: kept for {}",
                super::title_of(&promise.name),
                speed::within(promise),
                (shown.speak)(&rate.clone().into(), Kind::Rate),
            );
            if kept.pending > 0 {
                let pending = (shown.speak)(&kept.pending.into(), Kind::Count);
                sentence.push_str(&format!("; {pending} are still in time"));
            }
            sentence.push('.');
            sentences.push(sentence);
        }
    }
    let first = sla.clock.first();
    if let Some(row) = first.filter(|row| row.key == "time_to_first_attempt")
        && let (Ok(median), Ok(never)) = (row.median, &row.never)
    {
        sentences.push(format!(
            "Half of the leads were tried within {}; {} were never tried.",
            (shown.speak)(&median.into(), Kind::Seconds),
            (shown.speak)(&never.clone().into(), Kind::Rate),
        ));
    }
    sentences
}

fn coverage(shown: &Shown) -> Parts {
    let found = &shown.sla.coverage;
    let rows = [
        (
            "started",
            found.started,
            "leads whose clock started in the period",
        ),
        ("with_clock", found.with_clock, "of them: looked at here"),
        (
            "date_only",
            found.date_only,
            "left out: start or first attempt is a date without a time",
        ),
        (
            "invalid",
            found.invalid,
            "left out: given up as spam or duplicate before any attempt",
        ),
        (
            "already_in_contact",
            found.already_in_contact,
            "had activities of people before the clock started; these do not count",
        ),
        ("undated", found.undated, "leads without any date"),
        ("activities", found.activities, "rows of activities in all"),
        (
            "unknown_ids",
            found.unknown_ids,
            "activities of ids that no lead or deal has",
        ),
        (
            "after_as_of",
            found.planned,
            "activities after the as-of moment, planned meetings above all; they have not happened",
        ),
        (
            "unknown_kinds",
            found.unknown_kinds,
            "activities whose kind is not known; [input.kinds] maps words",
        ),
        (
            "unknown_owners",
            found.unknown_owners,
            "activities by owners that the table of owners does not list",
        ),
    ];
    let rows = rows.into_iter();
    let rows = rows
        .map(|(key, count, says)| vec![key.into(), count.into(), says.into()])
        .collect();
    let table: Table = table(
        "coverage",
        "Whom the figures stand on",
        columns(&[
            ("key", "Figure", Kind::Text, Weight::Key),
            ("count", "Count", Kind::Count, Weight::Key),
            ("says", "What is counted", Kind::Text, Weight::Key),
        ]),
        rows,
    );
    section(
        "coverage",
        "Whom the figures stand on",
        vec![Block::Table("coverage".into())],
        vec![table],
    )
}

/// A cell of a text that may be missing.
fn text(value: Option<&str>) -> Cell {
    value.map_or(Cell::Blank, Cell::from)
}
