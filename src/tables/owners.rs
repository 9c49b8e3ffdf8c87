//! Reps: what the owner of a lead or deal is called, and the team he belongs to.
//!
//! The owners table has a row per rep, or one per rep and period of a quota. Other tables
//! name an owner by the id of that table or by its name; case and blanks do not matter.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, PolarsResult};

use super::frame::{flags, has_column, integers, text_column, texts};
use super::{NONE, col};
use crate::domain::calendar::Millis;
use crate::domain::text::normal_form;

/// The dimension that the owners table adds.
pub const TEAM: &str = "team";

/// A rep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    /// As other tables write it.
    pub id: String,
    /// The name to show.
    pub name: Option<String>,
    /// The team.
    pub team: Option<String>,
    /// False for those who left; absent where nobody says.
    pub active: Option<bool>,
    /// The calendar of the hours worked, where it is not that of all.
    pub calendar: Option<String>,
    /// What is to be won: first instant, instant after, millionths.
    pub quotas: Vec<(Millis, Millis, i64)>,
}

impl Owner {
    /// What the rep is called.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// All reps, by what they may be called.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Owners {
    /// In the order of the file.
    pub all: Vec<Owner>,
    places: BTreeMap<String, usize>,
}

impl Owners {
    /// Reads the owners table.
    #[must_use]
    pub fn of(frame: &DataFrame) -> Self {
        let mut found = Self::default();
        let (ids, names, teams) = (
            texts(frame, col::ID),
            texts(frame, "name"),
            texts(frame, TEAM),
        );
        let calendars = texts(frame, "calendar");
        let (starts, ends) = (integers(frame, col::START), integers(frame, col::END));
        let (quotas, active) = (integers(frame, "quota"), flags(frame, "active"));
        let says_active = has_column(frame, "active");
        for (row, id) in ids.iter().enumerate() {
            let Some(id) = id else { continue };
            let place = found.place(id);
            let owner = &mut found.all[place];
            owner.name = names[row].map(str::to_owned).or(owner.name.take());
            owner.team = teams[row].map(str::to_owned).or(owner.team.take());
            owner.calendar = calendars[row].map(str::to_owned).or(owner.calendar.take());
            owner.active = says_active.then_some(active[row]).or(owner.active);
            if let (Some(start), Some(end), Some(quota)) = (starts[row], ends[row], quotas[row]) {
                owner.quotas.push((start, end, quota));
            }
        }
        for place in 0..found.all.len() {
            if let Some(name) = found.all[place].name.clone() {
                found.places.entry(normal_form(&name)).or_insert(place);
            }
        }
        found
    }

    fn place(&mut self, id: &str) -> usize {
        let next = self.all.len();
        let place = *self.places.entry(normal_form(id)).or_insert(next);
        if place == next {
            self.all.push(Owner {
                id: id.to_owned(),
                ..Owner::default()
            });
        }
        place
    }

    /// The rep that another table calls so.
    #[must_use]
    pub fn find(&self, owner: &str) -> Option<&Owner> {
        let place = self.places.get(&normal_form(owner))?;
        self.all.get(*place)
    }

    /// What to call an owner.
    #[must_use]
    pub fn shown<'a>(&'a self, owner: &'a str) -> &'a str {
        self.find(owner).map_or(owner, Owner::shown)
    }

    /// Adds the team of its owner to each row, where some rep has a team.
    ///
    /// # Errors
    /// What polars cannot do; never for a column of the right length.
    pub fn add_team(&self, frame: &mut DataFrame) -> PolarsResult<()> {
        let has_teams = self.all.iter().any(|owner| owner.team.is_some());
        if !has_teams || has_column(frame, TEAM) || !has_column(frame, "owner") {
            return Ok(());
        }
        let team = |owner: Option<&str>| {
            let team = owner.and_then(|owner| self.find(owner)?.team.as_deref());
            Some(team.unwrap_or(NONE))
        };
        let teams: Vec<Option<&str>> = texts(frame, "owner").into_iter().map(team).collect();
        let column = text_column(TEAM, &teams);
        frame.with_column(column)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tables::frame::{flag_column, frame_of, integer_column};

    #[test]
    fn an_owner_is_found_by_id_and_by_name() {
        let text = |name: &str, words: [&str; 3]| text_column(name, &words.map(Some));
        let frame = frame_of(
            3,
            vec![
                text(col::ID, ["u1", "u2", "u1"]),
                text("name", ["Anna Berg", "Ben", "Anna Berg"]),
                text(TEAM, ["North", "South", "North"]),
                flag_column("active", [true, false, true]),
                integer_column("quota", &[Some(5), None, Some(7)]),
                integer_column(col::START, &[Some(0), None, Some(10)]),
                integer_column(col::END, &[Some(10), None, Some(20)]),
            ],
        );
        let owners = Owners::of(&frame);
        assert_eq!(owners.all.len(), 2);
        assert_eq!(owners.find("anna berg").map(|o| o.quotas.len()), Some(2));
        assert_eq!(
            (owners.shown("U1"), owners.shown("u9")),
            ("Anna Berg", "u9")
        );
        assert_eq!(owners.find("u2").and_then(|o| o.active), Some(false));
        let mut deals = frame_of(3, vec![text("owner", ["u1", "Ben", "x"])]);
        assert!(owners.add_team(&mut deals).is_ok());
        assert_eq!(
            texts(&deals, TEAM),
            [Some("North"), Some("South"), Some(NONE)]
        );
    }
}
