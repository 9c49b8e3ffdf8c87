//! Columns of dates.
//!
//! Each cell is kept in eight bytes as what it says by itself. Whether `02/01/2026` is
//! the second of January or the first of February is decided by the whole column: one
//! day above 12 settles it, two that contradict each other are an error, and where
//! nothing settles it the column is refused. Dates that the calendar does not have are
//! counted and never rolled over into the next month.

mod cursor;
mod named;
mod packed;
mod parse;
mod plain;
mod report;
mod time;
mod votes;
mod words;

use chrono::format::{Item, StrftimeItems};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime};

use super::{Example, KEPT_EXAMPLES, is_missing, trimmed};
use packed::{pack, unpack};
use parse::{Parsed, Reading};
use votes::Votes;

pub(crate) use parse::DAY;
pub use parse::Form;
pub use plain::plain_stamp;
pub(crate) use words::{Word, meaning};

/// Which of two numbers is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/01/2026`
    DayFirst,
    /// `01/31/2026`
    MonthFirst,
}

/// A date or a time of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Milliseconds since 1970-01-01 00:00: of UTC where `zoned`, else of the clock that wrote it.
    pub millis: i64,
    /// True where the cell says its offset, so that the moment is known.
    pub zoned: bool,
    /// True where the cell has no time of day.
    pub date_only: bool,
}

impl Stamp {
    /// Date and time as written (of UTC where `zoned`).
    #[must_use]
    pub fn naive(self) -> NaiveDateTime {
        DateTime::from_timestamp_millis(self.millis)
            .unwrap_or_default()
            .naive_utc()
    }

    /// The day as written (of UTC where `zoned`).
    #[must_use]
    pub fn date(self) -> NaiveDate {
        self.naive().date()
    }

    fn day(days: i32) -> Self {
        Self {
            millis: i64::from(days) * DAY,
            zoned: false,
            date_only: true,
        }
    }
}

/// Why a cell is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadDate {
    /// It has no form of a date.
    NotADate,
    /// The calendar does not have it.
    Impossible,
    /// A day number of a spreadsheet in a column that is not declared as such.
    LoneSerial,
}

/// Why a column of dates cannot be read as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateProblem {
    /// Nothing decides whether the day or the month comes first.
    Ambiguous(Vec<Example>),
    /// Years have two digits, and nothing decides whether they come first or last.
    ShortYears(Vec<Example>),
    /// Nothing in the column decides; it was read in the order of its neighbours.
    AsNeighbours {
        /// A row that could be read in two ways.
        example: Example,
        /// The order that was taken.
        order: DateOrder,
    },
    /// One row has the day first, another the month.
    Mixed {
        /// A row that can only have the day first.
        day_first: Example,
        /// A row that can only have the month first.
        month_first: Example,
    },
}

/// How the cells of a column are to be read.
#[derive(Debug, Clone, Default)]
enum Rule {
    /// As the cells themselves say.
    #[default]
    Deduce,
    /// Numeric dates in this order; all other forms as they say.
    Order(DateOrder),
    /// Exactly this pattern.
    Pattern(Vec<Item<'static>>),
    /// Day numbers of a spreadsheet.
    Serial,
}

/// Collects the cells of a column of dates.
#[derive(Debug, Default)]
pub struct DateColumn {
    rule: Rule,
    pattern: Option<String>,
    cells: Vec<u64>,
    votes: Votes,
    forms: Forms,
    bad: Vec<(usize, BadDate)>,
    examples: Vec<Example>,
}

/// How often each form occurs.
#[derive(Debug, Default)]
struct Forms(Vec<(Form, u64)>);

impl Forms {
    fn count(&mut self, form: Form) {
        match self.0.iter_mut().find(|(known, _)| *known == form) {
            Some((_, count)) => *count += 1,
            None => self.0.push((form, 1)),
        }
    }
}

/// A column of dates, read.
#[derive(Debug)]
pub struct Dates {
    cells: Vec<u64>,
    /// The order of day and month, where numeric dates occur.
    pub order: Option<DateOrder>,
    /// The forms that occur, in words: `ISO date`, `day/month/year`.
    pub format: String,
    /// The forms that occur, and how often.
    pub forms: Vec<(Form, u64)>,
    /// Every cell that is no date, by row.
    pub bad: Vec<(usize, BadDate)>,
    /// The first of the bad cells, for messages.
    pub examples: Vec<Example>,
    /// Why the column cannot be read as a whole, or only by an assumption; undecided cells are empty.
    pub problem: Option<DateProblem>,
}

/// A pattern that is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPattern(pub String);

impl DateColumn {
    /// A column whose format is deduced.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A column of a declared format.
    ///
    /// A numeric pattern with a four-digit year at its end (`%d/%m/%Y`, `%m.%d.%Y`) decides
    /// the order of day and month; forms that need no decision (`2026-01-31`, `5 Feb 2026`)
    /// are still read. `excel` stands for day numbers. Any other pattern must fit exactly.
    ///
    /// # Errors
    /// [`BadPattern`] where the text is no strftime pattern.
    pub fn with_pattern(pattern: &str) -> Result<Self, BadPattern> {
        let bad = || BadPattern(pattern.to_owned());
        let rule = if pattern.eq_ignore_ascii_case("excel") {
            Rule::Serial
        } else if let Some(order) = order_of_pattern(pattern) {
            Rule::Order(order)
        } else if pattern.contains('%') {
            let items = StrftimeItems::new(pattern)
                .parse_to_owned()
                .map_err(|_| bad())?;
            Rule::Pattern(items)
        } else {
            return Err(bad());
        };
        Ok(Self {
            rule,
            pattern: Some(pattern.to_owned()),
            ..Self::default()
        })
    }

    /// How many cells were pushed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True before the first cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// How many cells so far are no date.
    #[must_use]
    pub fn rejected(&self) -> usize {
        self.bad.len()
    }

    /// Adds the next cell.
    pub fn push(&mut self, cell: &str) {
        let row = self.cells.len();
        let (parsed, form) = self.reading(cell);
        match parsed {
            Parsed::Triple(triple) if matches!(self.rule, Rule::Deduce) => {
                self.votes.cast(triple, row, cell);
            }
            Parsed::NotADate => self.reject(row, BadDate::NotADate, cell),
            Parsed::Impossible => self.reject(row, BadDate::Impossible, cell),
            _ => {}
        }
        if let Some(form) = form {
            self.forms.count(form);
        }
        self.cells.push(pack(parsed));
    }

    /// Adds a day that needs no reading.
    pub fn push_day(&mut self, day: NaiveDate) {
        self.cells.push(pack(Parsed::Day(days_of(day))));
    }

    /// Adds an empty row.
    pub fn push_missing(&mut self) {
        self.cells.push(pack(Parsed::Missing));
    }

    fn reading(&self, cell: &str) -> Reading {
        match &self.rule {
            Rule::Deduce => parse::parse(cell),
            Rule::Pattern(items) => by_pattern(trimmed(cell), items),
            Rule::Order(order) => match parse::parse(cell) {
                (Parsed::Triple(triple), form) => (triple.read(*order), form),
                other => other,
            },
            Rule::Serial => match parse::parse(cell) {
                (Parsed::Serial(millis), form) => (from_serial(millis), form),
                other => other,
            },
        }
    }

    fn reject(&mut self, row: usize, kind: BadDate, cell: &str) {
        self.bad.push((row, kind));
        if self.examples.len() < KEPT_EXAMPLES {
            self.examples.push(Example::new(row, cell));
        }
    }

    /// The order of day and month that the cells so far decide, for the columns beside this one.
    #[must_use]
    pub fn decided(&self) -> Option<DateOrder> {
        self.votes.order()
    }

    /// Decides the column from all its cells.
    #[must_use]
    pub fn finish(self) -> Dates {
        self.finish_beside(None)
    }

    /// Decides the column from all its cells; where they are silent, from the order on which
    /// the other columns of the same files agree (see [`DateColumn::decided`]), with a warning.
    #[must_use]
    pub fn finish_beside(mut self, neighbours: Option<DateOrder>) -> Dates {
        let (order, problem) = match &self.rule {
            Rule::Order(order) => (Some(*order), None),
            _ => self.votes.decide(neighbours),
        };
        let dated = self.forms.0.iter().any(|(form, _)| *form != Form::Serial);
        let mut lone = Vec::new();
        for (row, cell) in self.cells.iter_mut().enumerate() {
            let settled = match unpack(*cell) {
                Parsed::Triple(triple) => order.map_or(Parsed::Missing, |order| triple.read(order)),
                Parsed::Serial(millis) if dated => from_serial(millis),
                Parsed::Serial(_) => {
                    lone.push((row, BadDate::LoneSerial));
                    Parsed::NotADate
                }
                _ => continue,
            };
            *cell = pack(settled);
        }
        self.bad.extend(lone);
        self.bad.sort_unstable_by_key(|(row, _)| *row);
        let numeric = self
            .forms
            .0
            .iter()
            .any(|(form, _)| matches!(form, Form::Numeric(_)));
        Dates {
            format: self.describe(order),
            cells: self.cells,
            order: order.filter(|_| numeric),
            forms: self.forms.0,
            bad: self.bad,
            examples: self.examples,
            problem,
        }
    }

    fn describe(&self, order: Option<DateOrder>) -> String {
        if let (Rule::Pattern(_), Some(pattern)) = (&self.rule, &self.pattern) {
            return format!("pattern {pattern}");
        }
        let mut forms = self.forms.0.clone();
        forms.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let names: Vec<String> = forms.iter().map(|(form, _)| form.words(order)).collect();
        names.join(", ")
    }
}

impl Dates {
    /// How many rows the column has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True for a column without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The value of a row; nothing where it is missing, bad or undecided.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Stamp> {
        self.cells.get(row).and_then(|cell| stamp(*cell))
    }

    /// The values in row order.
    pub fn iter(&self) -> impl Iterator<Item = Option<Stamp>> {
        self.cells.iter().map(|cell| stamp(*cell))
    }

    /// How many rows have a value.
    #[must_use]
    pub fn filled(&self) -> usize {
        self.iter().flatten().count()
    }
}

fn stamp(cell: u64) -> Option<Stamp> {
    let (millis, zoned) = match unpack(cell) {
        Parsed::Day(days) => return Some(Stamp::day(days)),
        Parsed::Local(millis) => (millis, false),
        Parsed::Instant(millis) => (millis, true),
        _ => return None,
    };
    Some(Stamp {
        millis,
        zoned,
        date_only: false,
    })
}

/// The order that a pattern such as `%d/%m/%Y` or `%m/%d/%Y %H:%M` decides.
fn order_of_pattern(pattern: &str) -> Option<DateOrder> {
    let mut signs = pattern.split('%').skip(1);
    let mut sign = || {
        signs
            .next()?
            .trim_start_matches(['-', '_', '0'])
            .chars()
            .next()
    };
    match (sign()?, sign()?, sign()?) {
        ('d' | 'e', 'm', 'Y' | 'y') => Some(DateOrder::DayFirst),
        ('m', 'd' | 'e', 'Y' | 'y') => Some(DateOrder::MonthFirst),
        ('D', _, _) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

fn by_pattern(cell: &str, items: &[Item<'static>]) -> Reading {
    let mut fields = chrono::format::Parsed::new();
    if is_missing(cell) {
        return (Parsed::Missing, None);
    }
    if chrono::format::parse(&mut fields, cell, items.iter()).is_err() {
        return (Parsed::NotADate, None);
    }
    if let Ok(moment) = fields.to_datetime() {
        return (
            Parsed::Instant(moment.timestamp_millis()),
            Some(Form::YearFirstTime),
        );
    }
    if let Ok(local) = fields.to_naive_datetime_with_offset(0) {
        return (
            Parsed::Local(local.and_utc().timestamp_millis()),
            Some(Form::YearFirstTime),
        );
    }
    match fields.to_naive_date() {
        Ok(date) => (Parsed::Day(days_of(date)), Some(Form::YearFirst)),
        Err(_) => (Parsed::Impossible, Some(Form::YearFirst)),
    }
}

/// Spreadsheets count days from 1899-12-30.
fn from_serial(millis: i64) -> Parsed {
    const EPOCH: i64 = -25_569 * DAY;
    let local = millis + EPOCH;
    match i32::try_from(local / DAY) {
        Ok(days) if local % DAY == 0 => Parsed::Day(days),
        _ => Parsed::Local(local),
    }
}

fn days_of(date: NaiveDate) -> i32 {
    const EPOCH: i32 = 719_163;
    date.num_days_from_ce() - EPOCH
}

/// True where the text alone has the form of a date.
pub(crate) fn is_date(cell: &str) -> bool {
    matches!(parse::parse(cell), (_, Some(form)) if !form.is_bare_number())
}

/// The one date that a text states, with `order` for numeric ones.
#[must_use]
pub fn day_in(cell: &str, order: Option<DateOrder>) -> Option<NaiveDate> {
    let (parsed, _) = parse::parse(cell);
    let settled = match (parsed, order) {
        (Parsed::Triple(triple), Some(order)) => triple.read(order),
        (Parsed::Triple(triple), None) => agreed(triple)?,
        (parsed, _) => parsed,
    };
    stamp(pack(settled)).map(Stamp::date)
}

/// A numeric date that can be read in one way only.
fn agreed(triple: parse::Triple) -> Option<Parsed> {
    let read = |order| triple.read(order);
    match (read(DateOrder::DayFirst), read(DateOrder::MonthFirst)) {
        (Parsed::Impossible, date) | (date, Parsed::Impossible) => Some(date),
        (a, b) if a == b => Some(a),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
