//! The end of the first table.
//!
//! A table ends before a comment block, before a title with another header, and before a
//! footer; never at a mere blank line. Most files have none of these, and a quick look at
//! the beginnings of lines tells so.

use csv::StringRecord;

use super::sample::{self, Line};
use super::{Dialect, Footer, clean_name, layout};
use crate::ingest::cell::{is_missing, looks_typed, trimmed};
use crate::ingest::records::{Records, is_blank};

/// Where the table ends and what follows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub end: usize,
    pub second_table_line: Option<u64>,
    pub footer: Option<Footer>,
}

/// Finds the end of the table whose rows begin at `dialect.data.start`.
pub(super) fn find(text: &str, dialect: &Dialect, rows: &[Line]) -> Extent {
    let whole = Extent {
        end: text.len(),
        ..Extent::default()
    };
    let body = text.get(dialect.data.start..).unwrap_or_default();
    if !may_end_early(body.as_bytes(), dialect.delimiter) {
        return whole;
    }
    let table = Table::of(dialect, rows);
    let mut records = Records::new(
        text,
        dialect.data.start,
        dialect.data_line,
        dialect.delimiter,
    );
    let mut record = StringRecord::new();
    let mut gap = false;
    while let Ok(Some(spot)) = records.read(&mut record) {
        gap |= spot.blanks > 0;
        if is_blank(&record) {
            gap = true;
            continue;
        }
        let comment = table.is_comment(&record);
        if (gap || comment) && !table.is_plain_row(&record) {
            let ahead =
                sample::lookahead(text, spot.start, spot.line, dialect.delimiter, LOOKAHEAD);
            if let Some(extent) = table.ends_before(text, &ahead, gap) {
                return extent;
            }
        }
        gap = false;
    }
    whole
}

/// Records that are looked at to tell a second table from a damaged row.
const LOOKAHEAD: usize = 40;

/// True where some line is blank, holds only delimiters, or begins with `#`, and is not the end.
fn may_end_early(body: &[u8], delimiter: u8) -> bool {
    let empty = |byte: &u8| *byte == delimiter || matches!(byte, b' ' | b'"' | b'\r' | b'\t');
    let mut gap = false;
    for line in body.split(|byte| *byte == b'\n') {
        let blank = line.first().is_none_or(&empty) && line.iter().all(empty);
        if gap && !blank || line.first() == Some(&b'#') || line.starts_with(b"\"#") {
            return true;
        }
        gap |= blank;
    }
    false
}

/// The first table, as far as it tells its rows from other lines.
struct Table<'d> {
    names: &'d [String],
    width: usize,
    /// For each column: true where every value seen is a number or a date.
    typed: Vec<bool>,
}

impl<'d> Table<'d> {
    fn of(dialect: &'d Dialect, rows: &[Line]) -> Self {
        let width = dialect.header.len();
        let rows: Vec<&Line> = rows
            .iter()
            .take_while(|row| !row.gap && !layout::has_comment_sign(row))
            .filter(|row| row.cells.len() >= width)
            .collect();
        let typed = (0..width)
            .map(|column| is_typed_column(&rows, column))
            .collect();
        Self {
            names: &dialect.header,
            width,
            typed,
        }
    }

    /// A row of the right width that looks neither like a header nor like a title.
    fn is_plain_row(&self, record: &StringRecord) -> bool {
        let filled = record.iter().filter(|cell| !trimmed(cell).is_empty());
        let remark = match self.width {
            1 => self.is_comment(record),
            _ => filled.count() == 1,
        };
        self.fits(record) && !remark && !self.is_header_like(record) && !self.is_own_header(record)
    }

    /// A `#` before a blank, a rule or nothing, or in a line of its own among wider rows. A
    /// name such as `#sale` is a value.
    fn is_comment(&self, record: &StringRecord) -> bool {
        let Some(rest) = record
            .get(0)
            .and_then(|cell| trimmed(cell).strip_prefix('#'))
        else {
            return false;
        };
        let alone = record.len() == 1 && self.width > 1;
        alone || rest.is_empty() || rest.starts_with([' ', '-', '=', '#', '*'])
    }

    fn fits(&self, record: &StringRecord) -> bool {
        record.len() >= self.width
            && record
                .iter()
                .skip(self.width)
                .all(|cell| trimmed(cell).is_empty())
    }

    fn is_own_header(&self, record: &StringRecord) -> bool {
        self.fits(record)
            && record
                .iter()
                .zip(self.names)
                .all(|(cell, name)| clean_name(cell) == *name)
    }

    /// A row of words where the table has numbers and dates.
    fn is_header_like(&self, record: &StringRecord) -> bool {
        let mut witnesses = record
            .iter()
            .zip(&self.typed)
            .filter(|(_, typed)| **typed)
            .peekable();
        self.fits(record)
            && witnesses.peek().is_some()
            && witnesses.all(|(cell, _)| !is_missing(cell))
            && !record.iter().any(looks_typed)
    }

    /// Whether the table ends before the first of these records.
    fn ends_before(&self, text: &str, ahead: &[Line], gap: bool) -> Option<Extent> {
        let first = ahead.first()?;
        let extent = |second_table_line, footer| {
            Some(Extent {
                end: first.start,
                second_table_line,
                footer,
            })
        };
        let prose = ahead.iter().take_while(|line| self.is_prose(line)).count();
        let comments = ahead
            .iter()
            .take_while(|line| self.is_comment(&line.cells))
            .count();
        let rest_is_prose = prose == ahead.len() && ahead.len() < LOOKAHEAD;
        if rest_is_prose {
            // A single word may be what is left of a row; a footer is made of sentences.
            let footer = comments > 0 || first.first().contains(' ') && gap;
            let lines = Footer {
                line: first.line,
                lines: lines_from(text, first.start),
            };
            return footer.then(|| extent(None, Some(lines))).flatten();
        }
        let head = ahead.get(prose)?;
        let starts = if comments > 0 {
            // A comment between two rows of the table is no new table.
            gap || !self.fits(&head.cells) || self.starts_table(head, ahead.get(prose + 1))
        } else {
            self.starts_table(head, ahead.get(prose + 1))
        };
        starts.then(|| extent(Some(first.line), None)).flatten()
    }

    /// A comment, or a line with one value in a table of several columns.
    fn is_prose(&self, line: &Line) -> bool {
        self.is_comment(&line.cells)
            && !(self.width > 1 && line.cells.len() == self.width && line.filled() > 1)
            || self.width > 1 && line.is_single()
    }

    /// True for a header of another table: its own names again, words above numbers, or
    /// another count of cells that the next record shares.
    fn starts_table(&self, head: &Line, next: Option<&Line>) -> bool {
        if self.is_own_header(&head.cells) || self.is_header_like(&head.cells) {
            return true;
        }
        let words = head.filled() == head.cells.len() && !head.cells.iter().any(looks_typed);
        let same = next.is_none_or(|next| next.gap || next.cells.len() == head.cells.len());
        !self.fits(&head.cells) && head.cells.len() > 1 && words && same
    }
}

fn is_typed_column(rows: &[&Line], column: usize) -> bool {
    let mut values = rows
        .iter()
        .filter_map(|row| row.cells.get(column))
        .filter(|cell| !is_missing(cell))
        .peekable();
    values.peek().is_some() && values.all(looks_typed)
}

fn lines_from(text: &str, start: usize) -> u64 {
    let rest = text.get(start..).unwrap_or_default();
    rest.lines().filter(|line| !line.trim().is_empty()).count() as u64
}
