//! One row per id.
//!
//! Rows of one id meet in three ways. In one file (or in files declared `parts`) the
//! later row wins and the conflict is counted. In files declared `latest` or
//! `snapshots` the newest file (or the newest date of export in one file) wins. In different inputs the rows complement each
//! other: empty cells are filled, differing ones are counted and the later input wins.
//! Rows that repeat another exactly are counted once. Where files of one input
//! contradict each other and nothing is declared, the run ends.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Location, codes};
use crate::ingest::spec::Several;
use crate::tables::accounts::Reason;
use crate::tables::frame::{has_column, integers, positions};
use crate::tables::{col, links::Join};

/// Column with the number of the input that a row comes from (u32).
pub const INPUT: &str = "#input";

/// What is known of an input beside its rows.
#[derive(Debug, Clone)]
pub struct Declared {
    /// How its files relate, where that is said.
    pub several: Option<Several>,
    /// What it is called in messages.
    pub label: String,
}

/// A row that is not used, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Index of the file.
    pub file: u32,
    /// Line.
    pub line: u32,
    /// Why.
    pub reason: Reason,
    /// Why, in words.
    pub why: &'static str,
}

/// The table with one row per id, and what was left out on the way.
pub struct Unique {
    /// One row per id; rows without an id stay.
    pub frame: DataFrame,
    /// Rows not used.
    pub aside: Vec<Aside>,
    /// Ids of a later input looked up in the earlier ones.
    pub joins: Vec<Join>,
}

/// Merges the rows of each id. Rows must be in the order in which later ones win.
///
/// # Errors
/// What polars cannot do; never for a table with the columns of a loader.
pub fn unique(
    frame: DataFrame,
    inputs: &[Declared],
    files: &[String],
    findings: &mut Diagnostics,
) -> PolarsResult<Unique> {
    let ids = Ids::of(frame.column(col::ID)?.str()?);
    let mut merger = Merger {
        inputs,
        files,
        file: positions(&frame, col::FILE),
        line: positions(&frame, col::LINE),
        input: positions(&frame, INPUT),
        exported: match has_column(&frame, col::EXPORTED) {
            true => integers(&frame, col::EXPORTED),
            false => Vec::new(),
        },
        aside: Vec::new(),
        findings,
    };
    let joins = merger.joins(&ids, &frame);
    if ids.repeated.is_empty() {
        return Ok(Unique {
            frame,
            aside: Vec::new(),
            joins,
        });
    }
    let kept = merger.settle_all(&ids, &frame);
    drop(ids);
    let merged = merger.fill(&kept, frame)?;
    let aside = merger.aside;
    Ok(Unique {
        frame: merged,
        aside,
        joins,
    })
}

/// Rows by id. Few ids have several rows: only those have a list.
struct Ids {
    /// The first row of each id, in order; a row without an id is alone.
    first: Vec<IdxSize>,
    /// First row -> all rows, for ids with several.
    repeated: FxHashMap<IdxSize, Vec<IdxSize>>,
}

impl Ids {
    fn of(ids: &StringChunked) -> Self {
        let mut place: FxHashMap<&str, IdxSize> = FxHashMap::default();
        place.reserve(ids.len());
        let mut first = Vec::with_capacity(ids.len());
        let mut repeated: FxHashMap<IdxSize, Vec<IdxSize>> = FxHashMap::default();
        for (row, id) in (0..).zip(ids.iter()) {
            let known = id.map_or(row, |id| *place.entry(id).or_insert(row));
            if known == row {
                first.push(row);
            } else {
                let rows = repeated.entry(known).or_insert_with(|| vec![known]);
                rows.push(row);
            }
        }
        Self { first, repeated }
    }

    /// All rows of the id that stands first in this row.
    fn rows<'a>(&'a self, first: &'a IdxSize) -> &'a [IdxSize] {
        let alone = std::slice::from_ref(first);
        self.repeated.get(first).map_or(alone, Vec::as_slice)
    }

    /// The rows of each id, in order of first appearance.
    fn iter(&self) -> impl Iterator<Item = &[IdxSize]> {
        self.first.iter().map(|first| self.rows(first))
    }
}

/// What remains of each id.
struct Kept {
    /// One row of each id, in order of first appearance.
    rows: Vec<IdxSize>,
    /// Ids with rows of several inputs: position in `rows`, and the row of each input.
    several: Vec<(usize, Vec<IdxSize>)>,
}

struct Merger<'a> {
    inputs: &'a [Declared],
    files: &'a [String],
    file: Vec<u32>,
    line: Vec<u32>,
    input: Vec<u32>,
    /// Moments of the snapshots that rows stand in, where a column has them.
    exported: Vec<Option<i64>>,
    aside: Vec<Aside>,
    findings: &'a mut Diagnostics,
}

impl Merger<'_> {
    fn settle_all(&mut self, ids: &Ids, frame: &DataFrame) -> Kept {
        let mut kept = Kept {
            rows: Vec::with_capacity(ids.first.len()),
            several: Vec::new(),
        };
        for rows in ids.iter() {
            let remaining = match rows {
                [only] => {
                    kept.rows.push(*only);
                    continue;
                }
                rows => self.settle(rows, frame),
            };
            if remaining.len() > 1 {
                kept.several.push((kept.rows.len(), remaining.clone()));
            }
            kept.rows.extend(remaining.first());
        }
        kept
    }

    /// The rows of one id that remain: at most one of each input, in order.
    fn settle(&mut self, rows: &[IdxSize], frame: &DataFrame) -> Vec<IdxSize> {
        let mut kept: Vec<IdxSize> = Vec::new();
        for row in rows.iter().copied() {
            match kept.last_mut() {
                Some(last) if of(&self.input, *last) == of(&self.input, row) => {
                    let before = std::mem::replace(last, row);
                    self.replace(before, row, frame);
                }
                _ => kept.push(row),
            }
        }
        kept
    }

    /// Sets the earlier of two rows of one input aside.
    fn replace(&mut self, before: IdxSize, row: IdxSize, frame: &DataFrame) {
        let exported = |row: IdxSize| self.exported.get(row as usize).copied().flatten();
        let same_file =
            of(&self.file, before) == of(&self.file, row) && exported(before) == exported(row);
        let input = of(&self.input, row) as usize;
        let several = self.inputs.get(input).and_then(|input| input.several);
        let (reason, why) = if equal(frame, before, row) {
            (Reason::Duplicate, "repeats another row exactly")
        } else {
            match several {
                Some(Several::Latest | Several::Snapshots) if !same_file => {
                    (Reason::Superseded, "a newer file has the same id")
                }
                None if !same_file => {
                    self.complain_undeclared(before, row);
                    (Reason::Superseded, "a later file has the same id")
                }
                _ => {
                    self.complain_conflict(before, row);
                    (
                        Reason::Superseded,
                        "a later row has the same id and other values",
                    )
                }
            }
        };
        self.aside.push(Aside {
            file: of(&self.file, before),
            line: of(&self.line, before),
            reason,
            why,
        });
    }

    fn place(&self, row: IdxSize) -> Location {
        let file = of(&self.file, row) as usize;
        let name = self.files.get(file).cloned().unwrap_or_default();
        Location::line(name, u64::from(of(&self.line, row)))
    }

    fn complain_conflict(&mut self, before: IdxSize, row: IdxSize) {
        let earlier = match of(&self.file, before) == of(&self.file, row) {
            true => format!("line {}", of(&self.line, before)),
            false => self.place(before).to_string(),
        };
        let text = format!(
            "the id of this row stood before with other values ({earlier}); this row counts"
        );
        let place = self.place(row);
        self.findings
            .push(Diagnostic::new(&codes::CONFLICTING_ID, text).at(place));
    }

    fn complain_undeclared(&mut self, before: IdxSize, row: IdxSize) {
        let text = format!(
            "the id of this row has other values in {}, a file of the same input",
            self.place(before)
        );
        let hint = "say how the files relate: several = \"parts\" (rows add up), \"latest\" (the newest file wins) or \"snapshots\" (each is the state at its date) in the [[input]]";
        let place = self.place(row);
        self.findings.push(
            Diagnostic::new(&codes::UNDECLARED_REPEAT, text)
                .at(place)
                .hint(hint),
        );
    }

    /// Ids of each later input, looked up among those of the earlier ones.
    fn joins(&self, ids: &Ids, frame: &DataFrame) -> Vec<Join> {
        let mut joins = Vec::new();
        for (index, input) in self.inputs.iter().enumerate().skip(1) {
            let has = |row: &IdxSize| of(&self.input, *row) as usize == index;
            let earlier = |row: &IdxSize| (of(&self.input, *row) as usize) < index;
            let of_input = ids.iter().filter(|rows| rows.iter().any(has));
            let (mut matched, mut unmatched, mut examples) = (0, 0, Vec::new());
            for rows in of_input {
                if rows.iter().any(earlier) {
                    matched += 1;
                    continue;
                }
                unmatched += 1;
                if examples.len() < 5 {
                    examples.extend(rows.first().and_then(|row| id_of(frame, *row)));
                }
            }
            // Inputs without a common id are different populations, not a join.
            if matched > 0 {
                let from = input.label.clone();
                joins.push(Join {
                    from,
                    to: "earlier inputs".into(),
                    matched,
                    unmatched,
                    examples,
                });
            }
        }
        joins
    }

    /// Fills the empty cells of the first row of each id from its later inputs; a
    /// differing value of a later input wins and is counted. Each column is freed once
    /// it has been copied, so that a large table never stands in memory twice.
    fn fill(&mut self, kept: &Kept, frame: DataFrame) -> PolarsResult<DataFrame> {
        let mut columns = Vec::with_capacity(frame.width());
        let mut chosen = kept.rows.clone();
        for column in frame.into_columns() {
            if column.name().starts_with('#') && column.name() != col::SPEAKS {
                columns.push(column.take_slice(&kept.rows)?);
                continue;
            }
            for (position, rows) in &kept.several {
                let present = |row: &&IdxSize| !matches!(value(&column, **row), AnyValue::Null);
                let last = rows.iter().rfind(present);
                chosen[*position] = last.copied().unwrap_or(kept.rows[*position]);
                self.count_conflict(&column, rows);
            }
            columns.push(column.take_slice(&chosen)?);
        }
        DataFrame::new(kept.rows.len(), columns)
    }

    fn count_conflict(&mut self, column: &Column, rows: &[IdxSize]) {
        let has = |row: &IdxSize| !matches!(value(column, *row), AnyValue::Null);
        let present: Vec<IdxSize> = rows.iter().copied().filter(has).collect();
        for pair in present.windows(2) {
            if value(column, pair[0]) != value(column, pair[1]) {
                let text = format!(
                    "`{}` differs between two inputs for the same id ({}); the later input counts",
                    column.name(),
                    self.place(pair[0])
                );
                let place = self.place(pair[1]);
                self.findings
                    .push(Diagnostic::new(&codes::CONFLICTING_ID, text).at(place));
            }
        }
    }
}

fn of(column: &[u32], row: IdxSize) -> u32 {
    column.get(row as usize).copied().unwrap_or(0)
}

fn value(column: &Column, row: IdxSize) -> AnyValue<'_> {
    column.get(row as usize).unwrap_or(AnyValue::Null)
}

fn id_of(frame: &DataFrame, row: IdxSize) -> Option<String> {
    let ids = frame.column(col::ID).ok()?.str().ok()?;
    ids.get(row as usize).map(str::to_owned)
}

/// True where two rows agree in every cell that is the file's own.
fn equal(frame: &DataFrame, a: IdxSize, b: IdxSize) -> bool {
    let own = |column: &&Column| !column.name().starts_with('#');
    let mut columns = frame.columns().iter().filter(own);
    columns.all(|column| value(column, a) == value(column, b))
}
