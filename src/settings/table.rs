//! Small CSV files beside the configuration: rates, targets.
//!
//! They are written by hand, so they are read strictly: UTF-8, comma or semicolon, a
//! header, no ragged rows. Exports go through `ingest` instead.

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostics::{Diagnostic, Failure, Location, codes};

use super::files::unreadable;

/// One row: its line, and its cells by header in lower case, empty ones left out.
#[derive(Debug)]
pub struct Row {
    /// Line of the file, from 1.
    pub line: u64,
    /// Header -> cell.
    pub cells: BTreeMap<String, String>,
}

/// The rows of a file that people call `shown`.
pub fn rows(path: &Path, shown: &str) -> Result<Vec<Row>, Failure> {
    let bytes = std::fs::read(path).map_err(|error| unreadable("file", shown, &error))?;
    let text = String::from_utf8(bytes).map_err(|_| {
        Diagnostic::new(&codes::BAD_ENCODING, "the file is not UTF-8").at(Location::file(shown))
    })?;
    parse(&text, shown)
}

fn parse(text: &str, shown: &str) -> Result<Vec<Row>, Failure> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first_line = text.lines().next().unwrap_or("");
    let semicolons = first_line.matches(';').count() > first_line.matches(',').count();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if semicolons { b';' } else { b',' })
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .map_err(|error| defect(&error, shown))?
        .clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| defect(&error, shown))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = headers
            .iter()
            .zip(&record)
            .filter(|(_, cell)| !cell.is_empty());
        let cells = cells.map(|(header, cell)| (header.to_lowercase(), cell.to_owned()));
        rows.push(Row {
            line,
            cells: cells.collect(),
        });
    }
    Ok(rows)
}

fn defect(error: &csv::Error, shown: &str) -> Failure {
    let line = error.position().map(csv::Position::line);
    let location = line.map_or_else(|| Location::file(shown), |line| Location::line(shown, line));
    let text = "the row has more or fewer cells than the header";
    Diagnostic::new(&codes::RAGGED_ROW, text)
        .at(location)
        .into()
}

impl Row {
    /// The cell below `header`.
    ///
    /// # Errors
    /// Where it is missing or empty.
    pub fn cell(&self, header: &str, shown: &str) -> Result<&str, Failure> {
        self.cells.get(header).map(String::as_str).ok_or_else(|| {
            let text = format!("there is no `{header}`");
            Diagnostic::new(&codes::MISSING_COLUMN, text)
                .at(Location::line(shown, self.line))
                .into()
        })
    }

    /// The number below `header`.
    ///
    /// # Errors
    /// Where it is missing or no finite number.
    pub fn number(&self, header: &str, shown: &str) -> Result<f64, Failure> {
        let cell = self.cell(header, shown)?;
        let number = cell.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| {
            let text = format!("`{cell}` is no number; write 1234.5");
            Diagnostic::new(&codes::BAD_NUMBER, text)
                .at(Location::line(shown, self.line))
                .into()
        })
    }
}
