//! One row per id.
//!
//! Rows of one id meet in three ways. In one file (or in files declared `parts`) the
//! later row wins and the conflict is counted. In files declared `latest` or
//! `snapshots` the newest file wins. In different inputs the rows complement each
//! other: empty cells are filled, differing ones are counted and the later input wins.
//! Rows that repeat another exactly are counted once. Where files of one input
//! contradict each other and nothing is declared, the run ends.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Location, codes};
use crate::ingest::spec::Several;
use crate::tables::accounts::Reason;
use crate::tables::frame::{positions, texts};
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
    let ids = frame.column(col::ID)?.str()?;
    if inputs.len() <= 1 && ids.n_unique()? + ids.null_count().saturating_sub(1) == ids.len() {
        return Ok(Unique {
            frame,
            aside: Vec::new(),
            joins: Vec::new(),
        });
    }
    let groups = group_rows(&frame);
    let mut merger = Merger {
        frame: &frame,
        inputs,
        files,
        file: positions(&frame, col::FILE),
        line: positions(&frame, col::LINE),
        input: positions(&frame, INPUT),
        aside: Vec::new(),
        findings,
    };
    let joins = merger.joins(&groups);
    let kept: Vec<Vec<u32>> = groups.into_iter().map(|rows| merger.settle(rows)).collect();
    let merged = merger.fill(&kept)?;
    let aside = merger.aside;
    Ok(Unique {
        frame: merged,
        aside,
        joins,
    })
}

/// Row numbers of each id in order of first appearance; a row without an id is alone.
fn group_rows(frame: &DataFrame) -> Vec<Vec<u32>> {
    let mut place: FxHashMap<&str, usize> = FxHashMap::default();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (row, id) in texts(frame, col::ID).into_iter().enumerate() {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        let Some(id) = id else {
            groups.push(vec![row]);
            continue;
        };
        let next = groups.len();
        let index = *place.entry(id).or_insert(next);
        if index == next {
            groups.push(Vec::new());
        }
        groups[index].push(row);
    }
    groups
}

struct Merger<'a> {
    frame: &'a DataFrame,
    inputs: &'a [Declared],
    files: &'a [String],
    file: Vec<u32>,
    line: Vec<u32>,
    input: Vec<u32>,
    aside: Vec<Aside>,
    findings: &'a mut Diagnostics,
}

impl Merger<'_> {
    /// The rows of one id that remain: at most one of each input, in order.
    fn settle(&mut self, rows: Vec<u32>) -> Vec<u32> {
        if rows.len() == 1 {
            return rows;
        }
        let mut kept: Vec<u32> = Vec::new();
        for row in rows {
            match kept.last().copied() {
                Some(before) if self.of(&self.input, before) == self.of(&self.input, row) => {
                    self.replace(before, row);
                    if let Some(last) = kept.last_mut() {
                        *last = row;
                    }
                }
                _ => kept.push(row),
            }
        }
        kept
    }

    fn of(&self, column: &[u32], row: u32) -> u32 {
        column.get(row as usize).copied().unwrap_or(0)
    }

    /// Sets the earlier of two rows of one input aside.
    fn replace(&mut self, before: u32, row: u32) {
        let same_file = self.of(&self.file, before) == self.of(&self.file, row);
        let input = self.of(&self.input, row) as usize;
        let several = self.inputs.get(input).and_then(|input| input.several);
        let (reason, why) = if self.equal(before, row) {
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
            file: self.of(&self.file, before),
            line: self.of(&self.line, before),
            reason,
            why,
        });
    }

    fn place(&self, row: u32) -> Location {
        let file = self.of(&self.file, row) as usize;
        let name = self.files.get(file).cloned().unwrap_or_default();
        Location::line(name, u64::from(self.of(&self.line, row)))
    }

    fn complain_conflict(&mut self, before: u32, row: u32) {
        let text = format!(
            "the id of this row stood before with other values (line {}); this row counts",
            self.of(&self.line, before)
        );
        let place = self.place(row);
        self.findings
            .push(Diagnostic::new(&codes::CONFLICTING_ID, text).at(place));
    }

    fn complain_undeclared(&mut self, before: u32, row: u32) {
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

    /// True where two rows agree in every cell that is the file's own.
    fn equal(&self, a: u32, b: u32) -> bool {
        let own = |column: &&Column| !column.name().starts_with('#');
        self.frame.columns().iter().filter(own).all(|column| {
            let cell = |row: u32| column.get(row as usize).ok();
            cell(a) == cell(b)
        })
    }

    /// Ids of each later input, looked up among those of the earlier ones.
    fn joins(&self, groups: &[Vec<u32>]) -> Vec<Join> {
        let mut joins = Vec::new();
        let ids = texts(self.frame, col::ID);
        for (index, input) in self.inputs.iter().enumerate().skip(1) {
            let has = |row: &u32| self.of(&self.input, *row) as usize == index;
            let earlier = |row: &u32| (self.of(&self.input, *row) as usize) < index;
            let of_input = groups.iter().filter(|rows| rows.iter().any(has));
            let (mut matched, mut unmatched, mut examples) = (0, 0, Vec::new());
            for rows in of_input {
                if rows.iter().any(earlier) {
                    matched += 1;
                    continue;
                }
                unmatched += 1;
                let id = rows
                    .first()
                    .and_then(|row| ids.get(*row as usize).copied().flatten());
                if examples.len() < 5 {
                    examples.extend(id.map(str::to_owned));
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
    /// differing value of a later input wins and is counted.
    fn fill(&mut self, kept: &[Vec<u32>]) -> PolarsResult<DataFrame> {
        let mut columns = Vec::with_capacity(self.frame.width());
        let first: Vec<IdxSize> = kept
            .iter()
            .filter_map(|rows| rows.first().copied())
            .collect();
        for column in self.frame.columns() {
            if column.name().starts_with('#') && column.name() != col::SPEAKS {
                columns.push(column.take_slice(&first)?);
                continue;
            }
            let present = column.is_not_null();
            let has = |row: u32| present.get(row as usize).unwrap_or(false);
            let mut chosen = Vec::with_capacity(kept.len());
            for rows in kept {
                let last = rows.iter().rev().find(|row| has(**row));
                chosen.push(last.or(rows.first()).copied().unwrap_or(0));
                self.count_conflict(column, rows, &has);
            }
            columns.push(column.take_slice(&chosen)?);
        }
        DataFrame::new(kept.len(), columns)
    }

    fn count_conflict(&mut self, column: &Column, rows: &[u32], has: &dyn Fn(u32) -> bool) {
        if rows.len() < 2 {
            return;
        }
        let present: Vec<u32> = rows.iter().copied().filter(|row| has(*row)).collect();
        for pair in present.windows(2) {
            let (a, b) = (
                column.get(pair[0] as usize).ok(),
                column.get(pair[1] as usize).ok(),
            );
            if a != b {
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
