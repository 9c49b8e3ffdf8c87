//! The delimiter and the header, from the first records.

use std::collections::BTreeMap;

use super::sample::{self, Line};
use super::{Begin, DialectOptions, two_rows};
use crate::ingest::cell::{looks_typed, trimmed};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// One way to cut the text into cells.
pub(super) struct Layout {
    pub delimiter: u8,
    lines: Vec<Line>,
    /// Position of the header, or of the first row where there is no header.
    header: Option<usize>,
}

impl Layout {
    pub(super) fn header(&self) -> Option<&Line> {
        self.lines.get(self.header?)
    }

    /// The records below the header.
    pub(super) fn rows(&self) -> &[Line] {
        let below = self.header.map_or(self.lines.len(), |header| header + 1);
        self.lines.get(below..).unwrap_or_default()
    }

    /// How many columns at the end have neither a name nor a value.
    pub(super) fn unnamed_empty_columns(&self, names: &[String]) -> usize {
        let unnamed = names
            .iter()
            .rev()
            .take_while(|name| name.is_empty())
            .count();
        let width = names.len();
        let used = self
            .rows()
            .iter()
            .filter(|row| row.cells.len() <= width)
            .filter_map(|row| {
                (1..)
                    .zip(&row.cells)
                    .filter(|(_, cell)| !trimmed(cell).is_empty())
                    .last()
            })
            .map(|(position, _)| position)
            .max()
            .unwrap_or(0);
        unnamed
            .min(width - used.min(width))
            .min(width.saturating_sub(1))
    }
}

/// The best way to cut the text, trying every delimiter unless one is given.
pub(super) fn choose(
    text: &str,
    begin: &Begin,
    delimiter: Option<u8>,
    options: &DialectOptions,
) -> Option<Layout> {
    let tried = delimiter.map_or(DELIMITERS.to_vec(), |given| vec![given]);
    let mut best: Option<(f64, Layout)> = None;
    for delimiter in tried {
        let layout = laid_out(text, begin, delimiter, options);
        let score = score(&layout);
        if best.as_ref().is_none_or(|(highest, _)| score > *highest) {
            best = Some((score, layout));
        }
    }
    best.map(|(_, layout)| layout)
}

fn laid_out(text: &str, begin: &Begin, delimiter: u8, options: &DialectOptions) -> Layout {
    let lines = sample::lines(text, begin.offset, begin.line, delimiter);
    let width = typical_width(&lines);
    let header = if begin.fixed {
        (!lines.is_empty()).then_some(0)
    } else if options.header == Some(false) {
        (0..lines.len()).find(|at| {
            let line = lines.get(*at);
            !is_comment(&lines, *at) && line.is_some_and(|line| width < 2 || line.cells.len() > 1)
        })
    } else {
        let names = |at: &usize| !is_comment(&lines, *at) && !is_preamble(&lines, *at, width);
        let header = (0..lines.len()).find(names);
        header.map(|at| upper_row(&lines, at))
    };
    Layout {
        delimiter,
        lines,
        header,
    }
}

/// Where the header begins: a row of merged cells above it looks like a title.
fn upper_row(lines: &[Line], header: usize) -> usize {
    let above = header.checked_sub(1).and_then(|at| lines.get(at));
    let rows = lines.get(header + 1..).unwrap_or_default();
    match (above, lines.get(header)) {
        (Some(upper), Some(lower)) if two_rows::are_two(upper, lower, rows) => header - 1,
        _ => header,
    }
}

/// The count of cells that the records of a table have; 1 where nothing is separated.
///
/// Titles have one cell, so a count above one needs only two records, or a third of
/// them, or a wide last record (a header without rows).
fn typical_width(lines: &[Line]) -> usize {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    let mut records = 0;
    for (at, line) in lines.iter().enumerate() {
        if !is_comment(lines, at) {
            records += 1;
            *counts.entry(line.cells.len()).or_default() += 1;
        }
    }
    let wide = counts.into_iter().filter(|(width, _)| *width > 1);
    let most = wide.max_by_key(|(width, count)| (*count, *width));
    let last = lines.last().map_or(0, |line| line.cells.len());
    match most {
        Some((width, count))
            if count >= 2 || count * 3 >= records || (width >= 4 && width == last) =>
        {
            width
        }
        _ => 1,
    }
}

/// True for `# Start date: 20230101` and the like; false for a header such as `#,Name` or `# of leads,Channel`.
pub(super) fn is_comment(lines: &[Line], at: usize) -> bool {
    let Some(line) = lines.get(at).filter(|line| has_comment_sign(line)) else {
        return false;
    };
    let neighbour = |at: Option<usize>| at.and_then(|at| lines.get(at));
    let beside_comment = neighbour(at.checked_sub(1)).is_some_and(has_comment_sign)
        || neighbour(at.checked_add(1)).is_some_and(has_comment_sign);
    let wide = line.cells.len() > 1 && line.filled() == line.cells.len();
    let next_fits =
        neighbour(at.checked_add(1)).is_some_and(|next| next.cells.len() == line.cells.len());
    let is_header = wide && next_fits && !beside_comment && !line.first().contains(':');
    !is_header
}

/// A `#` alone or before a blank, a rule or another `#`.
pub(super) fn has_comment_sign(line: &Line) -> bool {
    let first = line.first();
    match first.strip_prefix('#') {
        None => false,
        Some("") => line.cells.len() == 1,
        Some(rest) => rest.starts_with([' ', '-', '=', '#', '*']),
    }
}

/// True for a title line above the header of a table that is `width` cells wide.
fn is_preamble(lines: &[Line], at: usize, width: usize) -> bool {
    let Some(line) = lines.get(at).filter(|_| width > 1) else {
        return false;
    };
    let below = lines.get(at + 1..).unwrap_or_default();
    let cells = line.cells.len();
    let narrow = cells == 1 || cells < width && line.filled() * 2 <= width;
    // Rows that are wider only by empty cells do not make a title of their header.
    let fuller = |row: &Line| row.cells.len() == width && row.filled() > cells;
    if narrow && below.iter().any(fuller) {
        return true;
    }
    cells >= width
        && line.filled() * 2 <= width
        && line.filled() <= 2
        && above_a_header(line, below)
}

/// True for a title that was padded to the width of the table: the next record that is no
/// such title is a full header. In narrow tables, where a header may well have one name
/// only, it must moreover be made of words, and the record after it not.
fn above_a_header(line: &Line, below: &[Line]) -> bool {
    let typed = |line: &Line| line.cells.iter().any(looks_typed);
    let mut rest = below.iter().skip_while(|next| next.is_single());
    let (Some(next), after) = (
        rest.next().filter(|_| !line.first().is_empty()),
        rest.next(),
    ) else {
        return false;
    };
    if line.cells.len() >= 4 {
        return next.filled() * 2 > line.cells.len();
    }
    next.filled() > line.filled() && !typed(next) && after.is_none_or(typed)
}

/// How well a delimiter explains the text: the share of records as wide as the header, less
/// where cells still hold other delimiters, a little more for every column.
fn score(layout: &Layout) -> f64 {
    let Some(header) = layout.header() else {
        return -1.0;
    };
    let width = header.cells.len();
    if width < 2 {
        return 0.0;
    }
    let counted = |at: &usize| !is_comment(&layout.lines, *at);
    let records = (0..layout.lines.len()).filter(counted).count();
    let fitting = layout.lines.iter().filter(|line| line.cells.len() == width);
    let share = fitting.count() as f64 / records.max(1) as f64;
    let columns = (width.min(50) as f64) / 1000.0;
    share - 0.3 * mixed_share(&layout.lines, layout.delimiter) + columns
}

/// The share of cells that hold another delimiter. A comma between digits is a decimal sign,
/// one before a blank is punctuation.
fn mixed_share(lines: &[Line], delimiter: u8) -> f64 {
    let (mut cells, mut mixed) = (0_usize, 0_usize);
    for cell in lines.iter().flat_map(|line| line.cells.iter()) {
        cells += 1;
        let other = cell
            .bytes()
            .any(|byte| byte != delimiter && matches!(byte, b';' | b'\t' | b'|'));
        mixed += usize::from(other);
    }
    mixed as f64 / cells.max(1) as f64
}
