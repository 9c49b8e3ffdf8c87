//! Which of two numbers is the day: what the rows of a column say.

use super::parse::{Parsed, Triple, day_of, full_year};
use super::{DateOrder, DateProblem};
use crate::ingest::cell::Example;

/// The first row of each kind, and two that could be read either way.
#[derive(Debug, Default)]
pub(super) struct Votes {
    day_first: Option<Example>,
    month_first: Option<Example>,
    ambiguous: Vec<Example>,
    short: Option<ShortYears>,
}

/// What a column says whose years have two digits, while every cell could have the year first.
#[derive(Debug, Default)]
struct ShortYears {
    /// Bit n: a first, a last number n occurs.
    firsts: u128,
    lasts: u128,
    examples: Vec<Example>,
    /// True as soon as a cell cannot have the year first.
    settled: bool,
}

impl ShortYears {
    fn note(&mut self, triple: Triple, row: usize, cell: &str) {
        let last = u8::try_from(triple.year % 100).unwrap_or(0);
        let first = full_year(triple.first.into());
        let year_first = day_of(first, triple.second.into(), last.into());
        if !has_short_year(cell) || year_first == Parsed::Impossible {
            self.settled = true;
            return;
        }
        self.firsts |= 1_u128.checked_shl(triple.first.into()).unwrap_or(0);
        self.lasts |= 1_u128.checked_shl(last.into()).unwrap_or(0);
        if self.examples.len() < 2 {
            self.examples.push(Example::new(row, cell));
        }
    }

    /// The number that changes less often is the year.
    fn is_undecided(&self) -> bool {
        !self.settled && self.lasts.count_ones() >= self.firsts.count_ones()
    }
}

/// True for `31/10/26` with whatever follows.
fn has_short_year(cell: &str) -> bool {
    let mut parts = cell
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty());
    parts.nth(2).is_some_and(|year| year.len() == 2)
}

impl Votes {
    /// The order, where the votes agree on one.
    pub(super) fn order(&self) -> Option<DateOrder> {
        match (&self.day_first, &self.month_first) {
            (Some(_), None) => Some(DateOrder::DayFirst),
            (None, Some(_)) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// Counts what one numeric date says.
    pub(super) fn cast(&mut self, triple: Triple, row: usize, cell: &str) {
        // Most years have four digits, which settles it with the first cell.
        if self.short.as_ref().is_none_or(|short| !short.settled) {
            self.short.get_or_insert_default().note(triple, row, cell);
        }
        let possible = |order| triple.read(order) != Parsed::Impossible;
        match (
            possible(DateOrder::DayFirst),
            possible(DateOrder::MonthFirst),
        ) {
            (true, false) if self.day_first.is_none() => {
                self.day_first = Some(Example::new(row, cell));
            }
            (false, true) if self.month_first.is_none() => {
                self.month_first = Some(Example::new(row, cell));
            }
            (true, true) if triple.first != triple.second && self.ambiguous.len() < 2 => {
                self.ambiguous.push(Example::new(row, cell));
            }
            _ => {}
        }
    }

    /// The order, or why there is none.
    pub(super) fn decide(
        &self,
        neighbours: Option<DateOrder>,
    ) -> (Option<DateOrder>, Option<DateProblem>) {
        let short = self.short.as_ref().filter(|short| short.is_undecided());
        if let (Some(short), None) = (short, neighbours) {
            return (None, Some(DateProblem::ShortYears(short.examples.clone())));
        }
        match (&self.day_first, &self.month_first) {
            (Some(day_first), Some(month_first)) => {
                let problem = DateProblem::Mixed {
                    day_first: day_first.clone(),
                    month_first: month_first.clone(),
                };
                (None, Some(problem))
            }
            (None, Some(_)) => (Some(DateOrder::MonthFirst), None),
            (None, None) if !self.ambiguous.is_empty() => self.undecided(neighbours),
            // Without a vote every day equals its month, and the order does not matter.
            _ => (Some(DateOrder::DayFirst), None),
        }
    }

    fn undecided(&self, neighbours: Option<DateOrder>) -> (Option<DateOrder>, Option<DateProblem>) {
        match (neighbours, self.ambiguous.first().cloned()) {
            (Some(order), Some(example)) => (
                Some(order),
                Some(DateProblem::AsNeighbours { example, order }),
            ),
            _ => (None, Some(DateProblem::Ambiguous(self.ambiguous.clone()))),
        }
    }
}
