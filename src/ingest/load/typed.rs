//! From the rows of an input as text to typed columns.
//!
//! Every column is decided from all rows of all files of its group; what cannot be read
//! makes its row bad, and what had to be assumed is said.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use chrono_tz::Tz;
use polars::prelude::*;

use super::activities;
use super::buffer::Buffer;
use super::clock::Clock;
use super::group::{Group, Slot};
use super::stated::mismatches;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::domain::calendar::{Millis, day_end, day_start};
use crate::domain::period::{Grain, Period};
use crate::ingest::cell::date::{DateOrder, Dates};
use crate::ingest::cell::flag::{FlagColumn, Flags};
use crate::ingest::cell::number::Numbers;
use crate::ingest::spec::Decimal;
use crate::tables::col;
use crate::tables::schema::{ACTIVITIES, CellKind, LEADS, PATHS};

/// What columns of a group say about day and month, and about the decimal sign.
#[derive(Debug, Clone, Copy, Default)]
struct Siblings {
    order: Option<DateOrder>,
    decimal: Option<Decimal>,
}

/// A column of amounts before they are in the currency of the report.
pub struct Amounts {
    /// Canonical name.
    pub name: String,
    /// Millionths of a unit of the row's currency.
    pub micros: Vec<Option<i64>>,
    /// What is known of each row's currency.
    pub currency: Vec<Said>,
}

/// What a row says about its currency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// Nothing.
    Nothing,
    /// A code.
    Code(String),
    /// A sign that several currencies share, the likeliest first: `$`.
    Sign(&'static [&'static str]),
}

/// A cell that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCell {
    /// What kind of defect.
    pub code: &'static str,
    /// What is wrong, in words.
    pub reason: String,
    /// The cell of the row, from 1.
    pub column: Option<u64>,
    /// The header above it.
    pub header: String,
}

/// A group in its typed form.
pub struct Typed {
    /// Columns of the canonical table, rejected rows left in (see `bad`).
    pub columns: Vec<Column>,
    /// Amounts, to be converted.
    pub amounts: Vec<Amounts>,
    /// Rows with a bad cell: row -> what is wrong with the first of them.
    pub bad: BTreeMap<usize, BadCell>,
    /// Rows that are rightly about nobody.
    pub nobody: BTreeSet<usize>,
    /// Names of its segment columns.
    pub segments: BTreeSet<String>,
    /// The day of each row, for exchange rates.
    pub days: Vec<Option<NaiveDate>>,
    /// Earliest and latest moment by file.
    pub reach: BTreeMap<u32, (Millis, Millis)>,
    /// Columns of moments in which some cell is a date without a time.
    pub date_only: BTreeSet<String>,
    /// Rows that are only planned: their moments are no evidence. Empty where none are.
    planned: Vec<bool>,
}

impl Group {
    /// Decides every column.
    pub fn finish(&mut self, zone: Tz, input_zone: Tz, findings: &mut Diagnostics) -> Typed {
        let height = self.rows.len();
        let mut typed = Typed {
            columns: Vec::new(),
            amounts: Vec::new(),
            bad: BTreeMap::new(),
            nobody: BTreeSet::new(),
            segments: BTreeSet::new(),
            days: vec![None; height],
            reach: BTreeMap::new(),
            date_only: BTreeSet::new(),
            planned: if self.table.name == ACTIVITIES.name {
                activities::planned(self)
            } else {
                Vec::new()
            },
        };
        let mut clock = Clock::new(input_zone);
        let siblings = self.decided();
        for (name, slot) in std::mem::take(&mut self.slots) {
            if slot.segment {
                typed.segments.insert(name.clone());
            }
            self.type_slot(
                &name, slot, siblings, zone, &mut clock, &mut typed, findings,
            );
        }
        self.add_origins(&mut typed);
        if clock.doubtful > 0 {
            let text = format!(
                "{} local times of {} exist twice or not at all because the clocks changed; the first occurrence, or the time after the gap, was taken",
                clock.doubtful, self.label
            );
            findings.push(Diagnostic::new(&codes::LOCAL_TIME, text).times(clock.doubtful));
        }
        typed
    }

    /// What columns that speak decide for those of the same files that are silent.
    fn decided(&self) -> Siblings {
        let mut siblings = Siblings::default();
        for slot in self.slots.values() {
            match &slot.buffer {
                Buffer::Times(dates) | Buffer::Stages(dates, _) => {
                    siblings.order = siblings.order.or(dates.decided());
                }
                Buffer::Numbers(numbers) => {
                    siblings.decimal = siblings.decimal.or(numbers.decided());
                }
                _ => {}
            }
        }
        siblings
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call, each value of its own kind"
    )]
    fn type_slot(
        &self,
        name: &str,
        slot: Slot,
        siblings: Siblings,
        zone: Tz,
        clock: &mut Clock,
        typed: &mut Typed,
        findings: &mut Diagnostics,
    ) {
        let header = self.header_of(name);
        match slot.buffer {
            Buffer::Words(words) => typed.columns.push(words.column(name, str::to_owned)),
            Buffer::Ids(ids) => typed.columns.push(ids.finish().into_column()),
            Buffer::Flags(flags) => {
                let flags = flags.finish();
                self.report(
                    flags.findings(&header, &|row| self.place(row, &header)),
                    findings,
                    typed,
                    &flags.bad,
                );
                typed.columns.push(Column::new(name.into(), flags.values));
            }
            Buffer::Times(dates) => {
                let dates = dates.finish_beside(siblings.order);
                self.type_times(name, &header, &dates, clock, typed, findings);
            }
            Buffer::Stages(dates, flags) => {
                let dates = dates.finish_beside(siblings.order);
                let flags = flags.map(FlagColumn::finish);
                let given = |flags: &Flags| flags.values.iter().any(Option::is_some);
                if let Some(flags) = flags.filter(given) {
                    let stage = name.strip_prefix("stage.").unwrap_or(name);
                    typed
                        .columns
                        .push(Column::new(col::flag(stage).into(), flags.values));
                } else {
                    self.type_times(name, &header, &dates, clock, typed, findings);
                }
            }
            Buffer::Spans(spans) => {
                let spans = spans.finish();
                self.report(
                    spans.findings(&header, &|row| self.place(row, &header)),
                    findings,
                    typed,
                    &spans.bad,
                );
                let days = (0..self.rows.len()).map(|row| {
                    let (first, last) = spans.get(row)?;
                    Some(widened(first.date(), last.date(), slot.grain))
                });
                set_span(&days.collect::<Vec<_>>(), zone, typed);
            }
            Buffer::Numbers(numbers) | Buffer::Worked(numbers, _) => {
                let numbers = numbers.finish_beside(siblings.decimal);
                self.type_numbers(
                    name,
                    &header,
                    slot.kind,
                    &slot.currency,
                    &numbers,
                    typed,
                    findings,
                );
            }
        }
    }

    fn type_times(
        &self,
        name: &str,
        header: &str,
        dates: &Dates,
        clock: &mut Clock,
        typed: &mut Typed,
        findings: &mut Diagnostics,
    ) {
        let bad: Vec<usize> = dates.bad.iter().map(|(row, _)| *row).collect();
        self.report(
            dates.findings(header, &|row| self.place(row, header)),
            findings,
            typed,
            &bad,
        );
        let values: Vec<Option<Millis>> = dates
            .iter()
            .map(|stamp| stamp.map(|stamp| clock.instant(stamp)))
            .collect();
        let is_fx_day = matches!(name, "closed" | "created" | "from" | "at");
        for (row, value) in values.iter().enumerate() {
            let Some(at) = value else { continue };
            if is_fx_day && typed.days[row].is_none() {
                typed.days[row] = dates.get(row).map(super::super::cell::date::Stamp::date);
            }
            let planned = typed.planned.get(row).copied().unwrap_or_default();
            if happens(name) && !planned {
                let file = self.origin(row).0;
                let reach = typed.reach.entry(file).or_insert((*at, *at));
                *reach = (reach.0.min(*at), reach.1.max(*at));
            }
        }
        typed.columns.push(Column::new(name.into(), values));
        self.note_days(name, dates, typed);
    }

    /// Which moments are dates without a time: such have no minutes.
    fn note_days(&self, name: &str, dates: &Dates, typed: &mut Typed) {
        let is_day: Vec<bool> = dates
            .iter()
            .map(|stamp| stamp.is_some_and(|stamp| stamp.date_only))
            .collect();
        if !is_day.contains(&true) {
            return;
        }
        typed.date_only.insert(name.to_owned());
        let by_row = [LEADS.name, ACTIVITIES.name].contains(&self.table.name);
        if by_row && matches!(name, "created" | "assigned" | "at") {
            typed
                .columns
                .push(Column::new(col::day(name).into(), is_day));
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "one call, each value of its own kind"
    )]
    fn type_numbers(
        &self,
        name: &str,
        header: &str,
        kind: CellKind,
        header_currency: &BTreeMap<u32, String>,
        numbers: &Numbers,
        typed: &mut Typed,
        findings: &mut Diagnostics,
    ) {
        let bad: Vec<usize> = numbers.bad.iter().map(|(row, _)| *row).collect();
        self.report(
            numbers.findings(header, &|row| self.place(row, header)),
            findings,
            typed,
            &bad,
        );
        if let Some(stated) = self.stated.get(name) {
            for finding in mismatches(stated, numbers, &|file| self.rows_of(file), header) {
                findings.push(finding);
            }
        }
        if self.table.name == PATHS.name {
            let values: Vec<Option<f64>> = numbers.values().collect();
            typed.columns.push(Column::new(name.into(), values));
            return;
        }
        let micros: Vec<Option<i64>> = (0..self.rows.len())
            .map(|row| {
                numbers
                    .micros(row)
                    .and_then(|micros| i64::try_from(micros).ok())
            })
            .collect();
        if kind != CellKind::Money {
            typed.columns.push(Column::new(name.into(), micros));
            return;
        }
        let currency = (0..self.rows.len())
            .map(|row| {
                let file = self.rows.get(row).map_or(0, |place| place.file);
                let written = numbers.currency(row).map(|currency| match currency.codes {
                    [only] => Said::Code((*only).to_owned()),
                    several => Said::Sign(several),
                });
                let header = || header_currency.get(&file).cloned().map(Said::Code);
                let declared = || self.spec.currency.clone().map(Said::Code);
                written
                    .or_else(header)
                    .or_else(declared)
                    .unwrap_or(Said::Nothing)
            })
            .collect();
        typed.amounts.push(Amounts {
            name: name.to_owned(),
            micros,
            currency,
        });
    }

    /// Keeps findings about a column; errors about single cells make their rows bad
    /// instead, so that the limit of rejected rows decides.
    fn report(
        &self,
        list: Vec<Diagnostic>,
        findings: &mut Diagnostics,
        typed: &mut Typed,
        bad: &[usize],
    ) {
        let mut cells: BTreeMap<u64, BadCell> = BTreeMap::new();
        for finding in list {
            let is_cell = matches!(finding.code.id, "bad_date" | "bad_number" | "bad_flag");
            let Some(place) = finding.location.clone().filter(|_| is_cell) else {
                findings.push(finding);
                continue;
            };
            let cell = BadCell {
                code: finding.code.id,
                reason: finding.text,
                column: place.column,
                header: place.header.unwrap_or_default(),
            };
            cells.insert(place.line.unwrap_or(0), cell);
        }
        for row in bad {
            let line = u64::from(self.origin(*row).1);
            // Beyond the examples that a column keeps only the row is known.
            let cell = cells.get(&line).cloned().unwrap_or_else(|| BadCell {
                code: codes::BAD_NUMBER.id,
                reason: "a cell cannot be read".to_owned(),
                column: None,
                header: String::new(),
            });
            typed.bad.entry(*row).or_insert(cell);
        }
    }

    fn add_origins(&self, typed: &mut Typed) {
        let (files, lines): (Vec<u32>, Vec<u32>) =
            (0..self.rows.len()).map(|row| self.origin(row)).unzip();
        typed.columns.push(Column::new(col::FILE.into(), files));
        typed.columns.push(Column::new(col::LINE.into(), lines));
    }
}

/// Columns of moments that have happened; planned ones are no evidence.
fn happens(name: &str) -> bool {
    matches!(
        name,
        "created" | "at" | "last_activity" | "assigned" | col::EXPORTED
    ) || name.starts_with("stage.")
}

fn widened(first: NaiveDate, last: NaiveDate, grain: Option<Grain>) -> (NaiveDate, NaiveDate) {
    match grain {
        Some(Grain::Week) if first == last => (
            first,
            first.checked_add_days(chrono::Days::new(6)).unwrap_or(last),
        ),
        Some(grain) if first == last => {
            let period = Period::of(grain, first);
            (period.start, period.end.pred_opt().unwrap_or(last))
        }
        _ => (first, last),
    }
}

/// Adds the span columns from first and last days.
pub fn set_span(days: &[Option<(NaiveDate, NaiveDate)>], zone: Tz, typed: &mut Typed) {
    let mut known: BTreeMap<NaiveDate, (Millis, Millis)> = BTreeMap::new();
    let mut ends = |day: NaiveDate| {
        *known
            .entry(day)
            .or_insert_with(|| (day_start(day, zone), day_end(day, zone)))
    };
    let (mut starts, mut stops) = (
        Vec::with_capacity(days.len()),
        Vec::with_capacity(days.len()),
    );
    for (row, span) in days.iter().enumerate() {
        starts.push(span.map(|(first, _)| ends(first).0));
        stops.push(span.map(|(_, last)| ends(last).1));
        if let (Some((first, _)), Some(day)) = (span, typed.days.get_mut(row)) {
            *day = Some(*first);
        }
    }
    typed.columns.push(Column::new(col::START.into(), starts));
    typed.columns.push(Column::new(col::END.into(), stops));
}
