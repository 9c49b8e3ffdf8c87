//! Dates with the name of their month.

use super::cursor::Cursor;
use super::parse::{Form, NOTHING, Parsed, Reading, day_of, full_year};
use super::time::{joined, whole_time};
use super::words::{self, Word};

/// A date with the name of its month: `15 Apr, 2021 00:03:00`, `Thu, 5 Feb 2026`, `July 8, 2025`.
pub(super) fn named(cell: &str) -> Reading {
    if cell.len() > 64 || !cell.bytes().any(|byte| byte.is_ascii_digit()) {
        return NOTHING;
    }
    let (head, time) = cell.split_at(start_of_time(cell));
    let Some(mut parts) = NamedParts::read(head) else {
        return NOTHING;
    };
    let time = parts.year_behind_time(time);
    let Some((day, month, year)) = parts.date() else {
        return NOTHING;
    };
    let form = Some(Form::Named);
    match day_of(year, month, day) {
        Parsed::Day(days) if time.is_empty() => (Parsed::Day(days), form),
        Parsed::Day(days) => {
            let time = whole_time(Cursor::new(time));
            (joined(days, time, false), form)
        }
        other => (other, form),
    }
}

/// Where the hours before the first colon begin; the length of the cell where there is none.
fn start_of_time(cell: &str) -> usize {
    let Some(colon) = cell.find(':') else {
        return cell.len();
    };
    let bytes = cell.as_bytes().get(..colon).unwrap_or_default();
    let hours = bytes
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    colon - hours
}

/// The words and numbers of a date with a named month.
#[derive(Default)]
struct NamedParts {
    month: Option<u64>,
    /// Value and number of digits.
    numbers: [(u64, usize); 2],
    count: usize,
}

impl NamedParts {
    fn read(head: &str) -> Option<Self> {
        let mut parts = Self::default();
        let mut rest = head;
        while let Some(first) = rest.chars().next() {
            let length = run_length(rest, first);
            let (run, after) = rest.split_at(length);
            if first.is_ascii_digit() {
                parts.number(run)?;
            } else if first.is_alphabetic() {
                parts.word(run)?;
            } else if !matches!(first, ' ' | ',' | '.' | '-' | '/' | '\'') {
                return None;
            }
            rest = after;
        }
        Some(parts)
    }

    fn number(&mut self, run: &str) -> Option<()> {
        let slot = self.numbers.get_mut(self.count)?;
        *slot = (run.parse().ok()?, run.len());
        self.count += 1;
        Some(())
    }

    fn word(&mut self, run: &str) -> Option<()> {
        match words::meaning(run)? {
            Word::Month(_) if self.month.is_some() => None,
            Word::Month(month) => {
                self.month = Some(u64::from(month));
                Some(())
            }
            Word::Filler => Some(()),
        }
    }

    /// `Mon Jan 5 10:00:00 2026`: takes the year off the end of the time.
    fn year_behind_time<'t>(&mut self, time: &'t str) -> &'t str {
        if self.count != 1 {
            return time;
        }
        let Some((before, year)) = time.rsplit_once(' ') else {
            return time;
        };
        if year.len() == 4 && self.number(year).is_some() {
            before
        } else {
            time
        }
    }

    /// Day, month, year.
    fn date(&self) -> Option<(u64, u64, u64)> {
        let month = self.month?;
        if self.count != 2 {
            return None;
        }
        match self.numbers {
            [(day, 1 | 2), (year, 4)] | [(year, 4), (day, 1 | 2)] => Some((day, month, year)),
            [(day, 1 | 2), (year, 2)] => Some((day, month, full_year(year))),
            _ => None,
        }
    }
}

/// Length of the run of digits or letters that starts here, or of one other character.
fn run_length(text: &str, first: char) -> usize {
    let same: fn(char) -> bool = if first.is_ascii_digit() {
        |c| c.is_ascii_digit()
    } else if first.is_alphabetic() {
        char::is_alphabetic
    } else {
        return first.len_utf8();
    };
    text.find(|c| !same(c)).unwrap_or(text.len())
}
