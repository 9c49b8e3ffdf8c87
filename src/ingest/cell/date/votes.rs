//! Which of two numbers is the day: what the rows of a column say.

use super::parse::{Parsed, Triple};
use super::{DateOrder, DateProblem};
use crate::ingest::cell::Example;

/// The first row of each kind, and two that could be read either way.
#[derive(Debug, Default)]
pub(super) struct Votes {
    day_first: Option<Example>,
    month_first: Option<Example>,
    ambiguous: Vec<Example>,
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
