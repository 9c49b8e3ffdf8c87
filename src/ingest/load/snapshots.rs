//! History from dated exports of one table.
//!
//! Most systems export only today's state. Where an input says that its files are
//! snapshots, a stage that differs from that of the file before was entered somewhere
//! between the two dates, and so was the stage of a record made between them; it is dated
//! with the later one, and because the moment is known no better than that, no duration is
//! computed from it. An id that the newest
//! snapshot lacks is removed (deleted, merged, filtered away), never lost. What deals tell
//! beside their stage is in `deal_snapshots`.

use std::collections::BTreeSet;

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::repeats::{Declared, INPUT};
use crate::diagnostics::{Diagnostic, Location, codes};
use crate::domain::calendar::Millis;
use crate::ingest::spec::Several;
use crate::tables::col;
use crate::tables::frame::{frame_of, indexes, integers, positions, texts};

/// What the differences of snapshots say.
pub struct History {
    /// Moves in the form of the events table; absent where no input is of snapshots.
    pub moves: Option<DataFrame>,
    /// Ids that the newest snapshot of their input lacks.
    pub removed: u64,
    /// Ids of snapshot inputs.
    pub ids: u64,
}

/// The last row seen of an id.
struct Seen {
    stage: Option<i32>,
    date: Millis,
}

/// The dates of the snapshots of one input, oldest first.
type Dated = BTreeSet<Millis>;

/// The date of the snapshot before this one. What was before the first one is not known;
/// it is taken to have been as long before it as the longest pause between two.
fn before(dates: &Dated, date: Millis) -> Option<Millis> {
    let last = dates.range(..date).next_back().copied();
    last.or_else(|| {
        let pauses = dates.iter().zip(dates.iter().skip(1));
        Some(date - pauses.map(|(one, next)| next - one).max()?)
    })
}

/// Compares the snapshots of inputs, whose rows stand in the order of their dates.
/// `dates` has the moment of the snapshot of each row.
///
/// # Errors
/// Where the date of a snapshot is not known.
pub fn history(
    leads: &DataFrame,
    inputs: &[Declared],
    files: &[String],
    dates: &[Option<Millis>],
) -> Result<History, Box<Diagnostic>> {
    let is_snapshot = |input: u32| {
        let declared = inputs.get(input as usize);
        declared.is_some_and(|declared| declared.several == Some(Several::Snapshots))
    };
    let mut history = History {
        moves: None,
        removed: 0,
        ids: 0,
    };
    let input = positions(leads, INPUT);
    if !input.iter().any(|input| is_snapshot(*input)) {
        return Ok(history);
    }
    let (file, line) = (positions(leads, col::FILE), positions(leads, col::LINE));
    let stages = indexes(leads, col::TODAY);
    let mut seen: FxHashMap<(u32, &str), Seen> = FxHashMap::default();
    let mut dated: FxHashMap<u32, Dated> = FxHashMap::default();
    for row in (0..leads.height()).filter(|row| is_snapshot(input[*row])) {
        let date = dates[row].ok_or_else(|| Box::new(undated(files, file[row], line[row])))?;
        dated.entry(input[row]).or_default().insert(date);
    }
    let mut moves = Moves::default();
    let created = integers(leads, col::CREATED);
    for (row, id) in texts(leads, col::ID).into_iter().enumerate() {
        let Some(((id, known), date)) = id.zip(dated.get(&input[row])).zip(dates[row]) else {
            continue;
        };
        let (last, first) = (before(known, date), known.first() == Some(&date));
        let now = Seen {
            stage: stages[row],
            date,
        };
        let entered = match seen.insert((input[row], id), now) {
            Some(known) => stages[row].filter(|_| known.stage != stages[row]),
            // Made since the last snapshot, so whatever it is it became since. That it
            // exists says its own date better.
            None => stages[row].filter(|stage| {
                *stage != 0 && last.is_some_and(|last| created[row].map_or(!first, |at| at > last))
            }),
        };
        if let Some(stage) = entered {
            moves.ids.push(id);
            moves
                .since
                .push(last.max(created[row].filter(|at| *at <= date)));
            moves.at.push(date);
            moves.stage.push(stage);
            moves.files.push(file[row]);
            moves.lines.push(line[row]);
        }
    }
    history.ids = seen.len() as u64;
    #[expect(
        clippy::iter_over_hash_type,
        reason = "only counted; the order never shows"
    )]
    for ((input, _), last) in &seen {
        let newest = dated.get(input).and_then(Dated::last);
        history.removed += u64::from(newest != Some(&last.date));
    }
    history.moves = Some(moves.frame());
    Ok(history)
}

/// Moves in the form of the events table.
#[derive(Default)]
struct Moves<'a> {
    ids: Vec<&'a str>,
    since: Vec<Option<Millis>>,
    at: Vec<Millis>,
    stage: Vec<i32>,
    files: Vec<u32>,
    lines: Vec<u32>,
}

impl Moves<'_> {
    fn frame(self) -> DataFrame {
        frame_of(
            self.ids.len(),
            vec![
                Column::new(col::ID.into(), &self.ids),
                Column::new(col::SINCE.into(), self.since),
                Column::new(col::AT.into(), self.at),
                Column::new(col::STAGE.into(), self.stage),
                Column::new(col::FILE.into(), self.files),
                Column::new(col::LINE.into(), self.lines),
            ],
        )
    }
}

/// The finding for a snapshot without a date.
pub fn undated(files: &[String], file: u32, line: u32) -> Diagnostic {
    let name = files.get(file as usize).cloned().unwrap_or_default();
    Diagnostic::new(&codes::CONFIG, "the date of this snapshot is not known")
        .at(Location::line(name, u64::from(line)))
        .hint("put it into the name of the file, such as contacts-2026-08-31.csv, or say where it is: exported_at = \"2026-08-31\" in the [[input]], or the name of its column in [input.columns]")
}
