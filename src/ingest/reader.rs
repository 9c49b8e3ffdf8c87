//! The rows of the table in a text, each accounted for.
//!
//! Every record between the header and the end of the table is handed out once, with its
//! true line and a word on what it is: a row, a row with the wrong number of cells, a
//! stated total, the sentence that there is no data. Nothing is padded, shortened or
//! left out in silence. One record is reused, so that a row costs no allocation.

pub mod totals;

use csv::StringRecord;

use super::cell::trimmed;
use super::dialect::Dialect;
use super::records::{Records, Spot, is_blank, open_quote};
use crate::diagnostics::{Diagnostic, Location, codes};
use crate::domain::text::normal_form;

/// Longest cell, in bytes.
pub const MAX_CELL_BYTES: usize = 16 << 20;

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A row with as many cells as the header.
    Data,
    /// A row with too few or too many cells.
    Ragged {
        /// How many it has.
        found: usize,
    },
    /// A grand total that carries its label in one cell more than the header has.
    GrandTotal,
    /// The sentence of a tool that there is no data.
    NoData,
}

/// One record; borrowed until the next one is read.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    /// Line of the file, from 1.
    pub line: u64,
    /// What it is.
    pub kind: RowKind,
    /// Its cells as written; those of a data row may be followed by empty ones beyond the header.
    pub cells: &'r StringRecord,
    /// The record as it stands in the file, without the line end.
    pub raw: &'r str,
}

impl Row<'_> {
    /// The cell of a column, trimmed; empty where the row is too short.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", trimmed)
    }
}

/// Why the rows cannot be read on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// A quote is opened and never closed.
    UnclosedQuote {
        /// Line of the quote, from 1.
        line: u64,
    },
    /// A cell is longer than [`MAX_CELL_BYTES`].
    CellTooLong {
        /// Line of its row, from 1.
        line: u64,
        /// Column, from 1.
        column: u64,
        /// Its length in bytes.
        bytes: usize,
    },
    /// The reader gave up.
    Broken {
        /// Line, from 1.
        line: u64,
    },
}

impl ReadError {
    /// The error as a finding about `file`.
    #[must_use]
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        match self {
            Self::UnclosedQuote { line } => Diagnostic::new(
                &codes::UNCLOSED_QUOTE,
                format!("the quote opened in line {line} is never closed"),
            )
            .at(Location::line(file, *line))
            .hint("close or remove the quote in that line, or export the file again"),
            Self::CellTooLong { line, column, bytes } => Diagnostic::new(
                &codes::LIMIT,
                format!("a cell of {bytes} bytes is longer than the limit for one cell, {MAX_CELL_BYTES} bytes"),
            )
            .at(Location {
                column: Some(*column),
                ..Location::line(file, *line)
            })
            .hint("look for a missing quote or line end there; leave such a column out of the export"),
            Self::Broken { line } => {
                Diagnostic::new(&codes::UNREADABLE, format!("line {line} cannot be read"))
                    .at(Location::line(file, *line))
                    .hint("export the file again")
            }
        }
    }
}

/// A row with the wrong number of cells, as a finding.
#[must_use]
pub fn ragged_finding(file: &str, line: u64, found: usize, expected: usize) -> Diagnostic {
    let plural = if found == 1 { "" } else { "s" };
    let text = format!("line {line} has {found} cell{plural} where the header has {expected}");
    Diagnostic::new(&codes::RAGGED_ROW, text)
        .at(Location::line(file, line))
        .hint("quote cells that hold the delimiter, or set bad rows aside with --max-rejects or --lax")
}

/// Hands out the rows of a table one by one.
pub struct Rows<'t> {
    text: &'t str,
    records: Records<'t>,
    record: StringRecord,
    end: usize,
    width: usize,
    delimiter: u8,
    blank_rows: u64,
    last: Option<Spot>,
}

impl<'t> Rows<'t> {
    /// The rows of the table that `dialect` found in `text`.
    #[must_use]
    pub fn new(text: &'t str, dialect: &Dialect) -> Self {
        let table = text.get(..dialect.data.end).unwrap_or(text);
        Self {
            text: table,
            records: Records::new(
                table,
                dialect.data.start,
                dialect.data_line,
                dialect.delimiter,
            ),
            record: StringRecord::new(),
            end: table.len(),
            width: dialect.header.len(),
            delimiter: dialect.delimiter,
            blank_rows: 0,
            last: None,
        }
    }

    /// Blank lines and rows of nothing but empty cells so far.
    #[must_use]
    pub fn blank_rows(&self) -> u64 {
        self.blank_rows
    }

    /// The next row, or nothing at the end of the table.
    ///
    /// # Errors
    /// An open quote, or a cell beyond the limit.
    pub fn next_row(&mut self) -> Result<Option<Row<'_>>, ReadError> {
        loop {
            let line = self.last.map_or(0, |spot| spot.line);
            let broken = |_| ReadError::Broken { line };
            let Some(spot) = self.records.read(&mut self.record).map_err(broken)? else {
                return Ok(None);
            };
            self.last = Some(spot);
            self.blank_rows += spot.blanks;
            self.check(spot)?;
            if is_blank(&self.record) {
                self.blank_rows += 1;
                continue;
            }
            let raw = self.text.get(spot.start..spot.end).unwrap_or_default();
            return Ok(Some(Row {
                line: spot.line,
                kind: kind_of(&self.record, self.width),
                cells: &self.record,
                raw: raw.trim_end_matches(['\r', '\n']),
            }));
        }
    }

    fn check(&self, spot: Spot) -> Result<(), ReadError> {
        if spot.end >= self.end {
            let raw = self.text.get(spot.start..).unwrap_or_default();
            if let Some(line) = open_quote(raw, spot.line, self.delimiter) {
                return Err(ReadError::UnclosedQuote { line });
            }
        }
        if self.record.as_slice().len() <= MAX_CELL_BYTES {
            return Ok(());
        }
        match (1..)
            .zip(&self.record)
            .find(|(_, cell)| cell.len() > MAX_CELL_BYTES)
        {
            None => Ok(()),
            Some((column, cell)) => Err(ReadError::CellTooLong {
                line: spot.line,
                column,
                bytes: cell.len(),
            }),
        }
    }
}

fn kind_of(record: &StringRecord, width: usize) -> RowKind {
    let found = record.len();
    if found == width {
        // One column and a sentence is a row; in wider tables the count of cells tells.
        return RowKind::Data;
    }
    if found > width {
        let beyond = || record.iter().skip(width).map(trimmed);
        if beyond().all(str::is_empty) {
            return RowKind::Data;
        }
        if found == width + 1 && beyond().all(totals::is_total_label) {
            return RowKind::GrandTotal;
        }
    } else if found == 1 && record.get(0).is_some_and(says_no_data) {
        return RowKind::NoData;
    }
    RowKind::Ragged { found }
}

/// True for the sentence with which a tool exports nothing.
fn says_no_data(cell: &str) -> bool {
    const SENTENCES: &[&str] = &[
        "no data",
        "no data available",
        "no results",
        "no results found",
        "no records found",
        "there is no data",
        "there is no data for this view",
        "no rows",
        "nothing to show",
        "keine daten",
        "keine daten verf\u{fc}gbar",
        "aucune donn\u{e9}e",
        "aucune donn\u{e9}e disponible",
        "no hay datos",
        "no hay datos disponibles",
        "nessun dato",
        "nessun dato disponibile",
        "sem dados",
        "nenhum dado dispon\u{ed}vel",
        "geen gegevens",
        "geen gegevens beschikbaar",
    ];
    let sentence = normal_form(cell.get(..80).unwrap_or(cell));
    SENTENCES.contains(&sentence.trim_end_matches(['.', '!']))
}

/// What a pass over all rows found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScanFacts {
    /// Rows with as many cells as the header.
    pub rows: u64,
    /// Rows with the wrong number of cells: line and count, up to [`ScanFacts::KEPT`] of them.
    pub ragged: Vec<(u64, usize)>,
    /// All rows with the wrong number of cells.
    pub ragged_rows: u64,
    /// Grand totals in an extra cell.
    pub grand_totals: u64,
    /// Blank lines and rows of empty cells.
    pub blank_rows: u64,
    /// True where the tool says that there is no data.
    pub no_data: bool,
    /// Line of the last record, from 1; 0 without rows.
    pub last_line: u64,
}

impl ScanFacts {
    /// Ragged rows that are listed.
    pub const KEPT: usize = 1000;

    fn note(&mut self, line: u64, kind: RowKind) {
        self.last_line = line;
        match kind {
            RowKind::Data => self.rows += 1,
            RowKind::GrandTotal => self.grand_totals += 1,
            RowKind::NoData => self.no_data = true,
            RowKind::Ragged { found } => {
                self.ragged_rows += 1;
                if self.ragged.len() < Self::KEPT {
                    self.ragged.push((line, found));
                }
            }
        }
    }
}

/// Visits every row of a table, of whatever kind.
///
/// # Errors
/// As [`Rows::next_row`].
pub fn scan(
    text: &str,
    dialect: &Dialect,
    mut visit: impl FnMut(&Row<'_>),
) -> Result<ScanFacts, ReadError> {
    let mut rows = Rows::new(text, dialect);
    let mut facts = ScanFacts::default();
    while let Some(row) = rows.next_row()? {
        facts.note(row.line, row.kind);
        visit(&row);
    }
    facts.blank_rows = rows.blank_rows();
    Ok(facts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods)]
mod spectrum;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::ingest::dialect::{DialectOptions, find};
    use proptest::prelude::*;

    type Seen = Vec<(u64, RowKind, Vec<String>)>;

    fn scanned(text: &str) -> (Seen, Result<ScanFacts, ReadError>) {
        let dialect = find(text, &DialectOptions::default()).unwrap();
        let mut rows = Vec::new();
        let facts = scan(text, &dialect, |row| {
            let cells = row.cells.iter().map(str::to_owned).collect();
            rows.push((row.line, row.kind, cells));
        });
        (rows, facts)
    }

    #[test]
    fn every_row_has_its_line() {
        let (rows, facts) = scanned("id,note\n1,\"two\nlines\"\n\n2,x\n,\n3,y");
        let lines: Vec<u64> = rows.iter().map(|(line, ..)| *line).collect();
        assert_eq!(lines, [2, 5, 7]);
        let facts = facts.unwrap();
        assert_eq!((facts.rows, facts.blank_rows, facts.last_line), (3, 2, 7));
    }

    #[test]
    fn ragged_rows_are_named_and_not_mended() {
        let (rows, facts) = scanned("id,stage,amount\n1,MQL,1\n2,MQL\n3,MQL,3,extra\n4,MQL,4,,\n");
        let kinds: Vec<RowKind> = rows.iter().map(|(_, kind, _)| *kind).collect();
        let ragged = |found| RowKind::Ragged { found };
        assert_eq!(kinds, [RowKind::Data, ragged(2), ragged(4), RowKind::Data]);
        assert_eq!(facts.unwrap().ragged, [(3, 2), (4, 4)]);
        let found = ragged_finding("leads.csv", 3, 2, 3);
        assert_eq!(found.text, "line 3 has 2 cells where the header has 3");
    }

    #[test]
    fn a_grand_total_may_have_one_cell_more() {
        let (rows, facts) = scanned("page,views,users\n,48,1,Grand total\n/a,40,1\n/b,8,1\n");
        assert_eq!(rows[0].1, RowKind::GrandTotal);
        assert_eq!(facts.unwrap().rows, 2);
    }

    #[test]
    fn a_tool_may_say_that_there_is_nothing() {
        let (_, facts) =
            scanned("\"Campaign name\",Results,\"Amount spent (USD)\"\n\"No data available.\"\n");
        let facts = facts.unwrap();
        assert_eq!((facts.rows, facts.no_data, facts.ragged_rows), (0, true, 0));
    }

    #[test]
    fn an_open_quote_is_named_by_its_line() {
        let (_, facts) = scanned("id,note,amount\n1,\"open,1\n2,b,2\n3,c,3\n");
        let error = facts.unwrap_err();
        assert_eq!(error, ReadError::UnclosedQuote { line: 2 });
        assert_eq!(error.diagnostic("l.csv").code.id, "unclosed_quote");
    }

    #[test]
    fn a_cell_has_a_limit() {
        let text = format!("id,note\n1,short\n2,{}\n", "x".repeat(MAX_CELL_BYTES + 1));
        let (rows, facts) = scanned(&text);
        assert_eq!(rows.len(), 1);
        let bytes = MAX_CELL_BYTES + 1;
        let error = ReadError::CellTooLong {
            line: 3,
            column: 2,
            bytes,
        };
        assert_eq!(facts.unwrap_err(), error);
    }

    #[test]
    fn the_raw_row_is_that_of_the_file() {
        let text = "a,b\r\n1,\" x \"\r\n";
        let dialect = find(text, &DialectOptions::default()).unwrap();
        let mut rows = Rows::new(text, &dialect);
        let row = rows.next_row().unwrap().unwrap();
        assert_eq!((row.raw, row.cell(1), row.cell(9)), ("1,\" x \"", "x", ""));
    }

    /// Writes a table as tools do, with every delimiter, line end and title.
    fn written(rows: &[Vec<String>], delimiter: u8, crlf: bool, title: &str) -> String {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(delimiter)
            .terminator(if crlf {
                csv::Terminator::CRLF
            } else {
                csv::Terminator::Any(b'\n')
            })
            .from_writer(title.as_bytes().to_vec());
        writer.write_record(["id", "note", "amount"]).unwrap();
        rows.iter()
            .for_each(|row| writer.write_record(row).unwrap());
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn what_tools_write_is_read_back(
            notes in proptest::collection::vec("[a-z ,;|\t\"\n#'.-]{0,12}", 1..20),
            delimiter in proptest::sample::select(vec![b',', b';', b'\t', b'|']),
            crlf: bool,
            title in proptest::sample::select(vec!["", "Leads report\n", "# Leads\n# Start date: 20260101\n"]),
        ) {
            let rows: Vec<Vec<String>> = (0..)
                .zip(&notes)
                .map(|(index, note)| vec![format!("L-{index}"), note.clone(), format!("{index}.5")])
                .collect();
            let text = written(&rows, delimiter, crlf, title);
            let (read, facts) = scanned(&text);
            let cells: Vec<&Vec<String>> = read.iter().map(|(_, _, cells)| cells).collect();
            prop_assert_eq!(cells, rows.iter().collect::<Vec<_>>());
            prop_assert_eq!(facts.unwrap().rows, rows.len() as u64);
            for (line, _, cells) in &read {
                let start = text.lines().nth(*line as usize - 1).unwrap();
                prop_assert!(start.starts_with(&cells[0]), "line {} is {}", line, start);
            }
        }

        #[test]
        fn no_text_ends_the_program(text in "[ab1,;\t|\"#\r\n .:-]{0,80}", wild in "\\PC{0,40}") {
            for text in [&text, &wild] {
                let Ok(dialect) = find(text, &DialectOptions::default()) else {
                    continue;
                };
                let mut last = 0;
                let facts = scan(text, &dialect, |row| {
                    assert!(row.line >= last);
                    last = row.line;
                });
                let _ = (facts, dialect.findings("a.csv"), dialect.preamble_period(None));
            }
        }
    }
}
