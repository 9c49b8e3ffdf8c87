//! Aggregated rows that would count twice.
//!
//! A row of visits or spend stands for a span of days. Two rows for the same thing
//! whose spans overlap, from two files of one input, are the same visits exported
//! twice, unless the input says otherwise: `parts` add up, of `latest` the newer file
//! counts. Rows of one file are parts of one table and always add up.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::repeats::{Aside, Declared, INPUT};
use crate::diagnostics::{Diagnostic, Diagnostics, Location, codes};
use crate::ingest::spec::Several;
use crate::tables::accounts::Reason;
use crate::tables::col;
use crate::tables::frame::{integers, positions, texts};

/// The rows of one thing, file by file: those of one file are never compared.
type RowsByFile = Vec<(u32, Vec<usize>)>;

/// Removes or refuses rows that overlap a row of another file of the same input.
///
/// # Errors
/// What polars cannot do; never for a table with the columns of a loader.
pub fn resolve(
    frame: &DataFrame,
    inputs: &[Declared],
    files: &[String],
    findings: &mut Diagnostics,
) -> PolarsResult<(DataFrame, Vec<Aside>)> {
    let rows = Rows::of(frame);
    let mut seen: FxHashMap<(u32, String), RowsByFile> = FxHashMap::default();
    let mut superseded = vec![false; frame.height()];
    for row in 0..frame.height() {
        let input = rows.input[row];
        let several = inputs.get(input as usize).and_then(|input| input.several);
        if several == Some(Several::Parts) {
            continue;
        }
        let file = rows.file[row];
        let by_file = seen.entry((input, rows.key(row))).or_default();
        let others = by_file.iter().filter(|(other, _)| *other != file);
        for other in others
            .flat_map(|(_, rows)| rows.iter().copied())
            .filter(|other| rows.overlap(*other, row))
        {
            if several.is_some() {
                superseded[other] = true;
            } else {
                findings.push(complaint(&rows, files, other, row));
            }
        }
        match by_file.last_mut() {
            Some((last, rows)) if *last == file => rows.push(row),
            _ => by_file.push((file, vec![row])),
        }
    }
    let aside = superseded
        .iter()
        .enumerate()
        .filter(|(_, superseded)| **superseded)
        .map(|(row, _)| Aside {
            file: rows.file[row],
            line: rows.line[row],
            reason: Reason::Superseded,
            why: "a newer file covers the same days",
        })
        .collect();
    let keep: BooleanChunked = superseded
        .iter()
        .map(|superseded| Some(!superseded))
        .collect();
    Ok((frame.filter(&keep)?, aside))
}

fn complaint(rows: &Rows, files: &[String], other: usize, row: usize) -> Diagnostic {
    let place = |row: usize| {
        let name = files
            .get(rows.file[row] as usize)
            .cloned()
            .unwrap_or_default();
        Location::line(name, u64::from(rows.line[row]))
    };
    let text = format!(
        "covers the same days for the same thing as {}",
        place(other)
    );
    Diagnostic::new(&codes::OVERLAPPING, text)
        .at(place(row))
        .hint("say several = \"latest\" (the newer export counts) or \"parts\" (rows add up) in the [[input]]")
}

struct Rows<'a> {
    file: Vec<u32>,
    line: Vec<u32>,
    input: Vec<u32>,
    start: Vec<Option<i64>>,
    end: Vec<Option<i64>>,
    texts: Vec<Vec<Option<&'a str>>>,
}

impl<'a> Rows<'a> {
    fn of(frame: &'a DataFrame) -> Self {
        let names = frame
            .columns()
            .iter()
            .filter(|column| column.dtype() == &DataType::String);
        let names = names
            .map(|column| column.name().as_str())
            .filter(|name| *name != col::ID);
        Self {
            file: positions(frame, col::FILE),
            line: positions(frame, col::LINE),
            input: positions(frame, INPUT),
            start: integers(frame, col::START),
            end: integers(frame, col::END),
            texts: names.map(|name| texts(frame, name)).collect(),
        }
    }

    fn key(&self, row: usize) -> String {
        let cells: Vec<&str> = self
            .texts
            .iter()
            .map(|column| column[row].unwrap_or(""))
            .collect();
        cells.join("\u{1f}")
    }

    fn overlap(&self, a: usize, b: usize) -> bool {
        if self.file[a] == self.file[b] {
            return false;
        }
        match (self.start[a], self.end[a], self.start[b], self.end[b]) {
            (Some(a_start), Some(a_end), Some(b_start), Some(b_end)) => {
                a_start < b_end && b_start < a_end
            }
            // Without a span nobody can tell them apart.
            _ => true,
        }
    }
}
