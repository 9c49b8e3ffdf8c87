//! The history of deals from dated exports of them.
//!
//! What differs from the export before (stage, amount, planned close, owner) changed
//! somewhere between the two dates: it is dated with the later one and carries the earlier
//! one beside it, so that nobody computes a duration from it. A date of the row itself says
//! more and is taken: when the deal was made, won or lost. An id that an export lacks is
//! removed from then on, and back where a later one has it again.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::repeats::{Declared, INPUT};
use super::snapshots::undated;
use crate::diagnostics::Diagnostic;
use crate::domain::calendar::Millis;
use crate::ingest::spec::Several;
use crate::tables::col;
use crate::tables::frame::{flag_column, flags, frame_of, integer_column, integers};
use crate::tables::frame::{positions, text_column, texts};

/// What the differences say.
#[derive(Default)]
pub struct History {
    /// Rows in the form of the events table; absent where no input is of snapshots.
    pub moves: Option<DataFrame>,
    /// Ids that the newest export of their input lacks.
    pub removed: u64,
    /// Ids of such inputs.
    pub ids: u64,
}

/// The deals as they were read, column by column.
struct Rows<'a> {
    file: Vec<u32>,
    line: Vec<u32>,
    stage: Vec<Option<&'a str>>,
    owner: Vec<Option<&'a str>>,
    amount: Vec<Option<i64>>,
    expected: Vec<Option<i64>>,
    created: Vec<Option<i64>>,
    closed: Vec<Option<i64>>,
    won: Vec<bool>,
    lost: Vec<bool>,
}

/// A row of the history.
struct Change<'a> {
    id: &'a str,
    at: Millis,
    since: Option<Millis>,
    /// The row of the deals that says so; for a removal the last one seen.
    row: usize,
    removed: bool,
}

/// Compares the snapshots of inputs. `dates` has the moment of the snapshot of each row.
///
/// # Errors
/// Where the date of a snapshot is not known.
pub fn history(
    deals: &DataFrame,
    inputs: &[Declared],
    files: &[String],
    dates: &[Option<Millis>],
) -> Result<History, Box<Diagnostic>> {
    let rows = Rows::of(deals);
    let input = positions(deals, INPUT);
    let ids = texts(deals, col::ID);
    let mut found = History::default();
    let mut changes = Vec::new();
    for (number, declared) in (0_u32..).zip(inputs) {
        if declared.several != Some(Several::Snapshots) {
            continue;
        }
        // Date -> id -> the last row that has it.
        let mut exports: BTreeMap<Millis, BTreeMap<&str, usize>> = BTreeMap::new();
        for (row, id) in ids.iter().enumerate() {
            let Some(id) = id.filter(|_| input[row] == number) else {
                continue;
            };
            let nowhere = || Box::new(undated(files, rows.file[row], rows.line[row]));
            let date = dates[row].ok_or_else(nowhere)?;
            exports.entry(date).or_default().insert(id, row);
        }
        let all: BTreeSet<&str> = exports
            .values()
            .flat_map(|export| export.keys().copied())
            .collect();
        found.ids += all.len() as u64;
        for id in all {
            found.removed += u64::from(rows.follow(id, &exports, &mut changes));
        }
        found.moves.get_or_insert_default();
    }
    if found.moves.is_some() {
        found.moves = Some(rows.frame(&changes));
    }
    Ok(found)
}

impl<'a> Rows<'a> {
    fn of(deals: &'a DataFrame) -> Self {
        Self {
            file: positions(deals, col::FILE),
            line: positions(deals, col::LINE),
            stage: texts(deals, "stage"),
            owner: texts(deals, "owner"),
            amount: integers(deals, col::AMOUNT),
            expected: integers(deals, "expected_close"),
            created: integers(deals, col::CREATED),
            closed: integers(deals, "closed"),
            won: flags(deals, col::WON),
            lost: flags(deals, col::LOST),
        }
    }

    /// Adds the changes of an id; true where the newest export lacks it.
    fn follow(
        &self,
        id: &'a str,
        exports: &BTreeMap<Millis, BTreeMap<&'a str, usize>>,
        changes: &mut Vec<Change<'a>>,
    ) -> bool {
        let (mut last, mut before): (Option<usize>, Option<Millis>) = (None, None);
        let mut gone = false;
        for (date, export) in exports {
            match (export.get(id).copied(), last) {
                (Some(row), Some(seen)) if !gone && self.same(seen, row) => last = Some(row),
                (Some(row), _) => {
                    let (at, since) = self.moment(row, *date, before);
                    changes.push(Change {
                        id,
                        at,
                        since,
                        row,
                        removed: false,
                    });
                    (last, gone) = (Some(row), false);
                }
                (None, Some(row)) if !gone => {
                    changes.push(Change {
                        id,
                        at: *date,
                        since: before,
                        row,
                        removed: true,
                    });
                    gone = true;
                }
                (None, _) => {}
            }
            before = Some(*date);
        }
        gone
    }

    fn same(&self, a: usize, b: usize) -> bool {
        self.stage[a] == self.stage[b]
            && self.owner[a] == self.owner[b]
            && self.amount[a] == self.amount[b]
            && self.planned(a) == self.planned(b)
            && (self.won[a], self.lost[a]) == (self.won[b], self.lost[b])
    }

    /// Planned close; that of an open deal may stand in the closing date.
    fn planned(&self, row: usize) -> Option<i64> {
        let open = !self.won[row] && !self.lost[row];
        self.expected[row].or(self.closed[row].filter(|_| open))
    }

    /// When a change happened, and the moment after which it did where no more is known.
    fn moment(&self, row: usize, date: Millis, before: Option<Millis>) -> (Millis, Option<Millis>) {
        let ended = self.won[row] || self.lost[row];
        let closed = self.closed[row].filter(|_| ended);
        let inside = |at: &i64| before.is_none_or(|before| before < *at) && *at <= date;
        match closed.filter(inside) {
            Some(at) => (at, None),
            // Before the first export nothing is known but when it was made.
            None => (
                date,
                Some(before.or(self.created[row]).unwrap_or(Millis::MIN)),
            ),
        }
    }

    fn frame(&self, changes: &[Change]) -> DataFrame {
        let text = |of: &[Option<&'a str>]| -> Vec<Option<&'a str>> {
            changes.iter().map(|change| of[change.row]).collect()
        };
        let whole = |of: &dyn Fn(&Change) -> Option<i64>| -> Vec<Option<i64>> {
            changes.iter().map(of).collect()
        };
        let flag = |name: &str, of: &dyn Fn(&Change) -> bool| {
            flag_column(name, changes.iter().map(of).collect::<Vec<bool>>())
        };
        let ids: Vec<Option<&str>> = changes.iter().map(|change| Some(change.id)).collect();
        let place =
            |of: &[u32]| -> Vec<u32> { changes.iter().map(|change| of[change.row]).collect() };
        frame_of(
            changes.len(),
            vec![
                text_column(col::ID, &ids),
                integer_column(col::AT, &whole(&|change| Some(change.at))),
                integer_column(col::SINCE, &whole(&|change| change.since)),
                text_column(col::WORD, &text(&self.stage)),
                text_column("owner", &text(&self.owner)),
                integer_column(col::AMOUNT, &whole(&|change| self.amount[change.row])),
                integer_column("expected_close", &whole(&|change| self.planned(change.row))),
                flag(col::WAS_WON, &|change| {
                    self.won[change.row] && !change.removed
                }),
                flag(col::WAS_LOST, &|change| {
                    self.lost[change.row] && !change.removed
                }),
                flag(col::REMOVED, &|change| change.removed),
                Column::new(col::FILE.into(), place(&self.file)),
                Column::new(col::LINE.into(), place(&self.line)),
            ],
        )
    }
}
