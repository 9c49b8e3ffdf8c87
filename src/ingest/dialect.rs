//! Where the table is in a text, and how its cells are separated.
//!
//! Exports begin with titles, periods and comment blocks, end with footers, and may hold
//! further tables. This finds the delimiter, the header and the extent of the first
//! table, and keeps what the lines around it say. It looks at shapes alone; what a column
//! means is decided elsewhere. Everything is found by reading records, never by splitting
//! lines, since cells hold line ends.

mod extent;
mod layout;
pub mod preamble;
mod sample;
mod two_rows;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;

use super::cell::date::DateOrder;
use super::cell::{is_invisible, looks_typed, shown};
use crate::diagnostics::{Diagnostic, Location, Severity, codes};
use crate::domain::text::normal_form;
use layout::Layout;
use sample::Line;

/// What may be said about the shape of an input.
#[derive(Debug, Clone, Default)]
pub struct DialectOptions {
    /// The delimiter; found by itself where absent.
    pub delimiter: Option<u8>,
    /// `false`: there is no header.
    pub header: Option<bool>,
    /// Line of the header, from 1; found by itself where absent.
    pub header_row: Option<usize>,
    /// Rows of the header, 1 or 2; found by itself where absent.
    pub header_rows: Option<usize>,
    /// Names of the columns of a file without a header; `1`, `2`, ... where empty.
    pub columns: Vec<String>,
}

/// A line above the header that is not part of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreambleLine {
    /// Its line, from 1.
    pub line: u64,
    /// Its text as in the file.
    pub text: String,
}

/// Lines below the table that are not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footer {
    /// The first of them, from 1.
    pub line: u64,
    /// How many.
    pub lines: u64,
}

/// The shape of the table in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Dialect {
    /// The byte between cells.
    pub delimiter: u8,
    /// Names of the columns: trimmed, without invisible characters, line ends folded to a blank.
    pub header: Vec<String>,
    /// Line of the header, from 1; absent where the file has none.
    pub header_line: Option<u64>,
    /// True where the header stands in two rows, joined as `Direct / Sessions`.
    pub two_rows: bool,
    /// Lines above the header, without blank ones and without `sep=`.
    pub preamble: Vec<PreambleLine>,
    /// Bytes of the rows in the text.
    pub data: Range<usize>,
    /// Line of the first byte of `data`, from 1.
    pub data_line: u64,
    /// Columns without a name and without a value at the end of every row.
    pub dropped_empty_columns: u64,
    /// Line where a second table begins, which is not read.
    pub second_table_line: Option<u64>,
    /// Lines below the table, which are not read.
    pub footer: Option<Footer>,
}

/// Why no table was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialectError {
    /// Nothing but blank lines and comments.
    NoTable,
    /// The named header line lies behind the end.
    HeaderBeyondEnd {
        /// The named line.
        wanted: usize,
        /// Lines of the file.
        lines: usize,
    },
    /// The header line opens a quote that is never closed.
    UnclosedQuote {
        /// Line of the quote, from 1.
        line: u64,
    },
    /// The given column names are not as many as the columns.
    ColumnCount {
        /// Names given.
        given: usize,
        /// Columns of the file.
        found: usize,
        /// Line of the first row, from 1.
        line: u64,
    },
}

impl DialectError {
    /// The error as a finding about `file`.
    #[must_use]
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        match self {
            Self::NoTable => Diagnostic::new(&codes::NO_TABLE, "the file holds no table")
                .at(Location::file(file))
                .hint("name the line of the header with header_row = N in its [[input]]"),
            Self::HeaderBeyondEnd { wanted, lines } => Diagnostic::new(
                &codes::NO_TABLE,
                format!("the header should be in line {wanted}, but the file has {lines} lines"),
            )
            .at(Location::file(file))
            .hint("correct header_row in its [[input]]"),
            Self::UnclosedQuote { line } => Diagnostic::new(
                &codes::UNCLOSED_QUOTE,
                format!("the quote opened in line {line} is never closed"),
            )
            .at(Location::line(file, *line))
            .hint("close or remove the quote in that line, or export the file again"),
            Self::ColumnCount { given, found, line } => Diagnostic::new(
                &codes::MISSING_COLUMN,
                format!("{given} column names are given, but line {line} has {found} cells"),
            )
            .at(Location::line(file, *line))
            .hint("give one name for each column with --columns"),
        }
    }
}

impl Dialect {
    /// How many lines above the header were skipped.
    #[must_use]
    pub fn skipped_preamble_lines(&self) -> u64 {
        self.preamble.len() as u64
    }

    /// First and last day that the lines above the header state. Numeric dates that could
    /// be read in two ways need the `order` of day and month.
    #[must_use]
    pub fn preamble_period(&self, order: Option<DateOrder>) -> Option<(NaiveDate, NaiveDate)> {
        preamble::period(self.preamble.iter().map(|line| line.text.as_str()), order)
    }

    /// The delimiter as a word for people.
    #[must_use]
    pub fn delimiter_name(&self) -> String {
        match self.delimiter {
            b',' => "comma".to_owned(),
            b';' => "semicolon".to_owned(),
            b'\t' => "tab".to_owned(),
            b'|' => "pipe".to_owned(),
            other => format!("`{}`", shown(&char::from(other).to_string())),
        }
    }

    /// True where most names are numbers or dates: the file has probably no header.
    #[must_use]
    pub fn header_looks_like_data(&self) -> bool {
        let typed = self.header.iter().filter(|name| looks_typed(name)).count();
        self.header_line.is_some() && typed * 2 > self.header.len()
    }

    /// Columns whose header is that of an earlier one, with that one.
    fn twice(&self) -> Vec<(usize, usize)> {
        let mut first = BTreeMap::new();
        let mut twice = Vec::new();
        for (column, header) in self.header.iter().enumerate() {
            let name = normal_form(header);
            if name.is_empty() {
                continue;
            }
            match first.get(&name) {
                Some(earlier) => twice.push((*earlier, column)),
                None => {
                    first.insert(name, column);
                }
            }
        }
        twice
    }

    /// What was skipped, as findings about `file`.
    #[must_use]
    pub fn findings(&self, file: &str) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        if let Some(first) = self.preamble.first() {
            let text = format!(
                "{} above the header were skipped",
                lines_in_words(self.skipped_preamble_lines())
            );
            findings
                .push(Diagnostic::new(&codes::PREAMBLE, text).at(Location::line(file, first.line)));
        }
        if let (true, Some(line)) = (self.two_rows, self.header_line) {
            let text = "the header stands in two rows, which were joined".to_owned();
            let found = Diagnostic::new(&codes::ASSUMED, text).at(Location::line(file, line));
            findings.push(found);
        }
        for (first, second) in self.twice() {
            let header = shown(&self.header[first]);
            let text = format!(
                "columns {} and {} are both called `{header}`; which one is meant nobody can say",
                first + 1,
                second + 1
            );
            let place = Location {
                line: self.header_line,
                ..Location::file(file)
            };
            let mut found = Diagnostic::new(&codes::DUPLICATE_HEADER, text)
                .at(place)
                .hint("to use one of them, rename it in the file or export it alone");
            found.severity = Severity::Warning;
            findings.push(found);
        }
        if let Some(footer) = self.footer {
            let text = format!(
                "{} below the table were left out",
                lines_in_words(footer.lines)
            );
            findings.push(
                Diagnostic::new(&codes::PREAMBLE, text).at(Location::line(file, footer.line)),
            );
        }
        if let Some(line) = self.second_table_line {
            let text = format!("a second table begins in line {line}; only the first one was read");
            let found = Diagnostic::new(&codes::SECOND_TABLE, text).at(Location::line(file, line));
            findings.push(
                found.hint("for another table, name the line of its header with header_row = N"),
            );
        }
        findings
    }
}

fn lines_in_words(lines: u64) -> String {
    if lines == 1 {
        "1 line".to_owned()
    } else {
        format!("{lines} lines")
    }
}

/// The delimiter that a word or character of the configuration names.
#[must_use]
pub fn delimiter_named(word: &str) -> Option<u8> {
    match word {
        "tab" | "\\t" => Some(b'\t'),
        "comma" => Some(b','),
        "semicolon" => Some(b';'),
        "pipe" => Some(b'|'),
        _ => match word.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\r' | b'\n' | 0) => Some(*byte),
            _ => None,
        },
    }
}

/// Finds the first table of a text, or the one whose header line is named.
///
/// # Errors
/// Where there is no table, or what was named does not fit the file.
pub fn find(text: &str, options: &DialectOptions) -> Result<Dialect, DialectError> {
    let begin = begin_of_records(text, options)?;
    let delimiter = options.delimiter.or(begin.delimiter);
    let layout = layout::choose(text, &begin, delimiter, options).ok_or(DialectError::NoTable)?;
    let header = layout.header().ok_or(DialectError::NoTable)?;
    if let Some(line) = sample::open_quote_at_end(text, header, layout.delimiter) {
        return Err(DialectError::UnclosedQuote { line });
    }
    let mut dialect = shaped(text, &layout, header, options)?;
    dialect
        .preamble
        .drain(..begin.directives.min(dialect.preamble.len()));
    let rows = layout.rows();
    let rows = rows
        .get(usize::from(dialect.two_rows)..)
        .unwrap_or_default();
    let extent = extent::find(text, &dialect, rows);
    dialect.data.end = extent.end;
    dialect.second_table_line = extent.second_table_line;
    dialect.footer = extent.footer;
    Ok(dialect)
}

/// Where records begin.
struct Begin {
    offset: usize,
    line: u64,
    /// What a `sep=` line says.
    delimiter: Option<u8>,
    /// `sep=` lines.
    directives: usize,
    /// True where the first record is the header, whatever it looks like.
    fixed: bool,
}

fn begin_of_records(text: &str, options: &DialectOptions) -> Result<Begin, DialectError> {
    let first = text.lines().next().unwrap_or_default();
    let said = separator_line(first);
    let after = text.find('\n').map_or(text.len(), |newline| newline + 1);
    if let Some(wanted) = options.header_row {
        return Ok(Begin {
            offset: offset_of_line(text, wanted)?,
            line: wanted as u64,
            delimiter: said,
            directives: usize::from(said.is_some()),
            fixed: true,
        });
    }
    Ok(Begin {
        offset: if said.is_some() { after } else { 0 },
        line: if said.is_some() { 2 } else { 1 },
        delimiter: said,
        directives: usize::from(said.is_some()),
        fixed: false,
    })
}

/// The delimiter of a line `sep=;`, with which spreadsheets are told.
fn separator_line(line: &str) -> Option<u8> {
    let line = line.trim_start_matches(|c: char| is_invisible(c) || c == '"');
    let head = line.get(..4)?;
    if !head.eq_ignore_ascii_case("sep=") {
        return None;
    }
    let said = line.get(4..)?.trim_end_matches(['\r', '\n', '"']);
    delimiter_named(said.get(..1)?)
}

fn offset_of_line(text: &str, wanted: usize) -> Result<usize, DialectError> {
    let beyond = || DialectError::HeaderBeyondEnd {
        wanted,
        lines: text.lines().count(),
    };
    let Some(newlines) = wanted.checked_sub(1) else {
        return Err(beyond());
    };
    if newlines == 0 {
        return Ok(0);
    }
    text.match_indices('\n')
        .nth(newlines - 1)
        .map(|(at, _)| at + 1)
        .filter(|offset| *offset < text.len())
        .ok_or_else(beyond)
}

/// The dialect up to the extent of the table, which is still the rest of the text.
fn shaped(
    text: &str,
    layout: &Layout,
    header: &Line,
    options: &DialectOptions,
) -> Result<Dialect, DialectError> {
    let named = options.header != Some(false);
    let lower = two_rows::lower(layout, header, options);
    let mut names = match lower {
        Some(lower) => two_rows::joined(&clean_names(header), &clean_names(lower)),
        None if named => clean_names(header),
        None => given_names(header, options)?,
    };
    let dropped = if named {
        layout.unnamed_empty_columns(&names)
    } else {
        0
    };
    names.truncate(names.len() - dropped);
    let (start, data_line) = if named {
        let end = lower.map_or(header.end, |lower| lower.end);
        let passed = text.get(header.start..end).unwrap_or_default();
        let newlines = passed.bytes().filter(|byte| *byte == b'\n').count() as u64;
        (end, header.line + newlines)
    } else {
        (header.start, header.line)
    };
    Ok(Dialect {
        delimiter: layout.delimiter,
        header: names,
        header_line: named.then_some(header.line),
        two_rows: lower.is_some(),
        preamble: lines_above(text, header.start),
        data: start..text.len(),
        data_line,
        dropped_empty_columns: dropped as u64,
        second_table_line: None,
        footer: None,
    })
}

fn clean_names(header: &Line) -> Vec<String> {
    header.cells.iter().map(clean_name).collect()
}

/// A header for people and for matching: no invisible characters, single blanks.
#[must_use]
pub fn clean_name(cell: &str) -> String {
    let visible: String = cell.chars().filter(|c| !is_invisible(*c)).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn given_names(first: &Line, options: &DialectOptions) -> Result<Vec<String>, DialectError> {
    let found = first.cells.len();
    if options.columns.is_empty() {
        return Ok((1..=found).map(|position| position.to_string()).collect());
    }
    if options.columns.len() != found {
        return Err(DialectError::ColumnCount {
            given: options.columns.len(),
            found,
            line: first.line,
        });
    }
    Ok(options.columns.clone())
}

fn lines_above(text: &str, end: usize) -> Vec<PreambleLine> {
    let above = text.get(..end).unwrap_or_default();
    (1..)
        .zip(above.lines())
        .filter(|(_, text)| {
            !text
                .trim_matches([',', ';', '\t', '|', '"', ' '])
                .is_empty()
        })
        .map(|(line, text)| PreambleLine {
            line,
            text: text.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests;
