//! The first records of a text, as far as a decision about its shape needs them.

use csv::StringRecord;

use crate::ingest::cell::trimmed;
use crate::ingest::records::{Records, is_blank, open_quote};

/// Records that are looked at.
const MOST_LINES: usize = 300;
/// Bytes that are looked at, unless not even one record ends in them.
const MOST_BYTES: usize = 1 << 20;

/// A record with its place.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub line: u64,
    pub start: usize,
    pub end: usize,
    /// True after a blank line or a row of empty cells.
    pub gap: bool,
    pub cells: StringRecord,
}

impl Line {
    /// How many cells have a value.
    pub(super) fn filled(&self) -> usize {
        self.cells
            .iter()
            .filter(|cell| !trimmed(cell).is_empty())
            .count()
    }

    /// The first cell, trimmed.
    pub(super) fn first(&self) -> &str {
        self.cells.get(0).map_or("", trimmed)
    }

    /// True where the first cell is the only one with a value.
    pub(super) fn is_single(&self) -> bool {
        self.filled() == 1 && !self.first().is_empty()
    }
}

/// The records from `start` on, without blank ones.
pub(super) fn lines(text: &str, start: usize, line: u64, delimiter: u8) -> Vec<Line> {
    let cut = boundary(text, start.saturating_add(MOST_BYTES));
    if cut < text.len() {
        let head = text.get(..cut).unwrap_or(text);
        let mut found = read(head, start, line, delimiter, MOST_LINES);
        // The last record may be cut in two.
        if found.last().is_some_and(|last| last.end >= cut) {
            found.pop();
        }
        if !found.is_empty() {
            return found;
        }
    }
    read(text, start, line, delimiter, MOST_LINES)
}

/// The next few records from `start` on, without blank ones.
pub(super) fn lookahead(
    text: &str,
    start: usize,
    line: u64,
    delimiter: u8,
    most: usize,
) -> Vec<Line> {
    read(text, start, line, delimiter, most)
}

fn boundary(text: &str, wanted: usize) -> usize {
    let wanted = wanted.min(text.len());
    (wanted..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(text.len())
}

fn read(text: &str, start: usize, line: u64, delimiter: u8, most: usize) -> Vec<Line> {
    let mut records = Records::new(text, start, line, delimiter);
    let mut record = StringRecord::new();
    let mut found = Vec::new();
    let mut gap = false;
    while found.len() < most {
        let Ok(Some(spot)) = records.read(&mut record) else {
            break;
        };
        gap |= spot.blanks > 0;
        if is_blank(&record) {
            gap = true;
            continue;
        }
        found.push(Line {
            line: spot.line,
            start: spot.start,
            end: spot.end,
            gap,
            cells: record.clone(),
        });
        gap = false;
    }
    found
}

/// The line of a quote that a record at the end of the text leaves open.
pub(super) fn open_quote_at_end(text: &str, line: &Line, delimiter: u8) -> Option<u64> {
    if line.end < text.len() {
        return None;
    }
    open_quote(text.get(line.start..)?, line.line, delimiter)
}
