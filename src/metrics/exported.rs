//! The canonical tables as they leave the program: exact, and complete enough to be read
//! again.
//!
//! The columns are those that a query sees, under the canonical names where there is one,
//! with what the program otherwise keeps to itself: when exactly each stage was entered
//! (`mql_entered`), whatever the policy makes of it, the lead of a deal, the days of a span.
//! `(none)` is a word of reports; here it is an empty cell.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use polars::prelude::*;

use super::data::{Data, Record, Source};
use super::query::{self, is_moment};
use crate::domain::calendar::day_of;
use crate::domain::columns::{Columns, NamedColumn, Values};
use crate::domain::persons::{Persons, is_personal};
use crate::tables::{EXIT, NO_LEAD, NONE, col as name, frame};

/// The name of an exit in a table of stages.
const LEFT: &str = "disqualified";

/// Every table with rows, in reading order.
#[must_use]
pub fn tables(data: &Data, persons: &Persons) -> Vec<Columns> {
    query::frames(data)
        .into_iter()
        .filter(|(_, frame)| frame.height() > 0)
        .map(|(name, frame)| table(data, persons, name, frame))
        .collect()
}

/// The names of all tables that there can be.
#[must_use]
pub fn names(data: &Data) -> Vec<&'static str> {
    query::frames(data)
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

fn table(data: &Data, persons: &Persons, name: &'static str, frame: &DataFrame) -> Columns {
    let mut made = Made {
        data,
        persons,
        columns: Vec::new(),
    };
    match name {
        "deals" => made.add_of_deals(frame),
        "stage_events" | "stage_counts" => made.add_stages(frame),
        "spend" => made.add_cost(frame),
        _ => {}
    }
    if frame::has_column(frame, name::START) {
        made.add_days(frame);
    }
    for column in frame.columns() {
        made.add(column);
    }
    made.add_place(frame);
    Columns {
        name,
        columns: made.columns,
    }
}

/// The columns so far; the first of a name stays.
struct Made<'a> {
    data: &'a Data,
    persons: &'a Persons,
    columns: Vec<NamedColumn>,
}

impl Made<'_> {
    fn push(&mut self, name: &str, values: Values) {
        if self.columns.iter().all(|known| known.name != name) {
            self.columns.push(NamedColumn {
                name: name.to_owned(),
                values,
            });
        }
    }

    fn add(&mut self, column: &Column) {
        let Some(target) = header(column.name()) else {
            return;
        };
        let personal = is_personal(&target);
        let values = match column.dtype() {
            DataType::Int64 => {
                let cells: Vec<Option<i64>> = column
                    .i64()
                    .map(|cells| cells.iter().collect())
                    .unwrap_or_default();
                if is_moment(column.name()) {
                    Values::Time(cells)
                } else {
                    Values::Decimal(cells)
                }
            }
            DataType::Float64 => Values::Number(
                column
                    .f64()
                    .map(|cells| cells.iter().collect())
                    .unwrap_or_default(),
            ),
            DataType::Boolean => Values::Flag(
                column
                    .bool()
                    .map(|cells| cells.iter().collect())
                    .unwrap_or_default(),
            ),
            DataType::String => {
                let cells = column
                    .str()
                    .map(|cells| cells.iter().collect())
                    .unwrap_or_default();
                Values::Text(self.words(cells, personal))
            }
            _ => return,
        };
        self.push(&target, values);
    }

    /// Words without those that stand for nothing, and without persons.
    fn words(&self, cells: Vec<Option<&str>>, personal: bool) -> Vec<Option<String>> {
        let word = |cell: &str| match personal {
            true => self.persons.pseudonym(cell),
            false => self.persons.hide(cell).into_owned(),
        };
        let says = |cell: &&str| ![NONE, NO_LEAD].contains(cell);
        cells
            .into_iter()
            .map(|cell| cell.filter(says).map(word))
            .collect()
    }

    /// The lead that the value of a deal goes to, how the deal stands, and when it ended.
    fn add_of_deals(&mut self, deals: &DataFrame) {
        self.add_first(deals, name::ID);
        if !self.data.deals_are_leads {
            let leads = frame::text_cells(self.data.frame(Source::Leads), name::ID);
            let rows = deals
                .column(name::LEAD_ROW)
                .and_then(|column| column.u32().cloned());
            let lead = |row: Option<u32>| leads?.get(row? as usize);
            let ids = rows
                .map(|rows| rows.iter().map(lead).collect())
                .unwrap_or_default();
            let ids = self.words(ids, false);
            if ids.len() == deals.height() {
                self.push("lead", Values::Text(ids));
            }
        }
        let (won, lost) = (
            frame::flags(deals, name::WON),
            frame::flags(deals, name::LOST),
        );
        let outcome = won.iter().zip(&lost).map(|ended| match ended {
            (true, _) => "won",
            (_, true) => "lost",
            _ => "open",
        });
        let outcome = outcome.map(|word| Some(word.to_owned())).collect();
        self.push("outcome", Values::Text(outcome));
        let won_at = frame::integers(deals, name::WON_AT).into_iter();
        let ends = won_at.zip(frame::integers(deals, name::LOST_AT));
        self.push(
            "closed",
            Values::Time(ends.map(|(won, lost)| won.or(lost)).collect()),
        );
    }

    /// Stages by name; of deals the word of their own ladder.
    fn add_stages(&mut self, moves: &DataFrame) {
        self.add_first(moves, name::ID);
        let words = frame::texts(moves, "#word").into_iter();
        let stages = frame::indexes(moves, name::STAGE).into_iter().zip(words);
        let named = stages.map(|(stage, word)| match stage {
            Some(EXIT) => Some(word.map_or(LEFT, |word| word).to_owned()),
            Some(stage) => {
                let place = usize::try_from(stage).ok();
                let place = place.filter(|place| *place < self.data.ladder.len());
                place.map(|place| self.data.ladder.name(place).to_owned())
            }
            None => word.map(str::to_owned),
        });
        let named = named.collect();
        self.push(name::STAGE, Values::Text(named));
    }

    /// Money and the cost of hours together: what a channel cost.
    fn add_cost(&mut self, spend: &DataFrame) {
        let money = frame::integers(spend, "money").into_iter();
        let hours = frame::integers(spend, "hour_cost");
        let costs = money.zip(hours).map(|(money, hours)| match (money, hours) {
            (None, None) => None,
            (money, hours) => Some(money.unwrap_or(0).saturating_add(hours.unwrap_or(0))),
        });
        self.push("cost", Values::Decimal(costs.collect()));
    }

    /// The first and the last day of a span.
    fn add_days(&mut self, frame: &DataFrame) {
        let zone = self.data.zone;
        let first = frame::integers(frame, name::START).into_iter();
        let first = first.map(|at| at.map(|at| day_of(at, zone)));
        let last = frame::integers(frame, name::END).into_iter();
        let last = last.map(|at| at.map(|at| day_of(at - 1, zone)));
        let (first, last): (Vec<Option<NaiveDate>>, _) = (first.collect(), last.collect());
        self.push("from", Values::Day(first));
        self.push("to", Values::Day(last));
    }

    fn add_first(&mut self, frame: &DataFrame, name: &str) {
        if let Ok(column) = frame.column(name) {
            self.add(column);
        }
    }

    /// Where each row stands in the inputs.
    fn add_place(&mut self, frame: &DataFrame) {
        let file = |file: u32| self.data.files.get(file as usize).cloned();
        let files = frame::positions(frame, name::FILE)
            .into_iter()
            .map(file)
            .collect();
        self.push("source_file", Values::Text(files));
        let lines = frame::positions(frame, name::LINE).into_iter();
        let lines = lines.map(|line| Some(i64::from(line))).collect();
        self.push("source_line", Values::Whole(lines));
    }
}

/// The header of a column in a file; nothing for what only the program needs.
fn header(column: &str) -> Option<String> {
    match column.split_once('.') {
        Some(("raw", stage)) => return Some(format!("{stage}_entered")),
        Some(("recorded", stage)) => return Some(format!("{stage}_recorded")),
        _ => {}
    }
    match column {
        // Said as days, or under another name.
        name::START | name::END | "#word" => None,
        name::DEAL_STAGE => Some(name::STAGE.to_owned()),
        column if column.starts_with("#day.") => None,
        column => query::shown(column),
    }
}

/// Segment columns of a table: words that are neither canonical nor the program's own.
#[must_use]
pub fn segments(table: &Columns, canonical: &[&str]) -> Vec<String> {
    const OWN: &[&str] = &["source_file", "source_line", "team", "class", "sourced_by"];
    let known: BTreeSet<&str> = canonical.iter().chain(OWN).copied().collect();
    let words = table.columns.iter().filter(|column| {
        matches!(column.values, Values::Text(_))
            && column.values.has_any()
            && !known.contains(column.name.as_str())
    });
    words.map(|column| column.name.clone()).collect()
}

/// The channels that occur in any table.
#[must_use]
pub fn channels(data: &Data) -> BTreeSet<String> {
    let frames = Source::ALL.iter().map(|source| data.frame(*source));
    let frames = frames.chain([data.records(Record::Moves)]);
    let words = frames.flat_map(|frame| frame::texts(frame, name::CHANNEL));
    let said = words
        .flatten()
        .filter(|word| ![NONE, NO_LEAD].contains(word));
    said.map(str::to_owned).collect()
}
