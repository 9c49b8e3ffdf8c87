//! History from dated exports of one table.
//!
//! Most systems export only today's state. Where an input says that its files are
//! snapshots, a stage that differs from that of the file before was entered somewhere
//! between the two dates; it is dated with the later one, and because the moment is
//! known no better than that, no duration is computed from it. An id that the newest
//! snapshot lacks is removed (deleted, merged, filtered away), never lost. What deals tell
//! beside their stage is in `deal_snapshots`.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::repeats::{Declared, INPUT};
use crate::diagnostics::{Diagnostic, Location, codes};
use crate::domain::calendar::Millis;
use crate::ingest::spec::Several;
use crate::tables::col;
use crate::tables::frame::{frame_of, indexes, positions, texts};

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
    file: u32,
}

/// Compares the files of snapshot inputs, whose rows stand in the order of their dates.
/// `dates` has the end of the day of each file, where its name says it.
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
    let mut newest: FxHashMap<u32, u32> = FxHashMap::default();
    let (mut ids, mut at, mut stage, mut place) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (row, id) in texts(leads, col::ID).into_iter().enumerate() {
        let Some(id) = id.filter(|_| is_snapshot(input[row])) else {
            continue;
        };
        let date = dates.get(file[row] as usize).copied().flatten();
        let date = date.ok_or_else(|| Box::new(undated(files, file[row])))?;
        newest.insert(input[row], file[row]);
        let now = Seen {
            stage: stages[row],
            file: file[row],
        };
        let before = seen.insert((input[row], id), now);
        let changed = before.is_some_and(|before| before.stage != stages[row]);
        if let Some(entered) = stages[row].filter(|_| changed) {
            ids.push(id);
            at.push(date);
            stage.push(entered);
            place.push((file[row], line[row]));
        }
    }
    history.ids = seen.len() as u64;
    #[expect(
        clippy::iter_over_hash_type,
        reason = "only counted; the order never shows"
    )]
    for ((input, _), last) in &seen {
        history.removed += u64::from(newest.get(input) != Some(&last.file));
    }
    let (move_files, move_lines): (Vec<u32>, Vec<u32>) = place.into_iter().unzip();
    history.moves = Some(frame_of(
        ids.len(),
        vec![
            Column::new(col::ID.into(), &ids),
            Column::new(col::AT.into(), at),
            Column::new(col::STAGE.into(), stage),
            Column::new(col::FILE.into(), move_files),
            Column::new(col::LINE.into(), move_lines),
        ],
    ));
    Ok(history)
}

/// The finding for a snapshot without a date.
pub fn undated(files: &[String], file: u32) -> Diagnostic {
    let name = files.get(file as usize).cloned().unwrap_or_default();
    Diagnostic::new(&codes::CONFIG, "the date of this snapshot is not known")
        .at(Location::file(name))
        .hint("put it into the name of the file, such as contacts-2026-08-31.csv")
}
