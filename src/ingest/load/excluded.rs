//! What belongs to a record that an `[[exclude]]` leaves out goes with it: the moves and
//! activities of a test deal would else be those of somebody nobody knows.

use polars::prelude::*;
use rustc_hash::FxHashSet;

use super::assemble::Assembly;
use super::frames::broken;
use crate::diagnostics::Failure;
use crate::tables::accounts::Reason;
use crate::tables::col;
use crate::tables::frame::{filtered, positions, texts};

const WHY: &str = "belongs to a record that is excluded";

/// The ids of a table.
#[must_use]
pub fn ids(frame: &DataFrame) -> FxHashSet<String> {
    let ids = texts(frame, col::ID).into_iter().flatten();
    ids.map(str::to_owned).collect()
}

impl Assembly<'_> {
    /// Sets the moves and activities of excluded leads and deals aside.
    ///
    /// # Errors
    /// What polars cannot do; never for the tables of a loader.
    pub fn exclude_belongings(&mut self) -> Result<(), Failure> {
        let tables = &self.loaded.tables;
        let (leads, deals) = (ids(&tables.leads), ids(&tables.deals));
        self.excluded
            .retain(|id| !leads.contains(id) && !deals.contains(id));
        if self.excluded.is_empty() {
            return Ok(());
        }
        let moves = std::mem::take(&mut self.loaded.tables.events);
        self.loaded.tables.events = self.without_excluded(moves)?;
        let activities = std::mem::take(&mut self.loaded.tables.activities);
        self.loaded.tables.activities = self.without_excluded(activities)?;
        Ok(())
    }

    fn without_excluded(&mut self, frame: DataFrame) -> Result<DataFrame, Failure> {
        let (files, lines) = (positions(&frame, col::FILE), positions(&frame, col::LINE));
        let stays = |id: Option<&str>| id.is_none_or(|id| !self.excluded.contains(id));
        let keep: Vec<bool> = texts(&frame, col::ID).into_iter().map(stays).collect();
        for row in (0..keep.len()).filter(|row| !keep[*row]) {
            if let Some(account) = self.loaded.inputs.get_mut(files[row] as usize) {
                account.set_row_aside(Reason::Excluded, WHY, u64::from(lines[row]));
            }
        }
        let keep: BooleanChunked = keep.into_iter().map(Some).collect();
        filtered(frame, &keep).map_err(|error| broken(&error).into())
    }
}
