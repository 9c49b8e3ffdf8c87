//! When leads did something: their touches and activities in the order of time.
//!
//! An event carries labels (numbers) that its class or its row was given beforehand; one
//! without a label is left out. Persons are looked up by the fingerprint of their id, so
//! that visitors who turned out to be a lead count for it.

use polars::prelude::DataFrame;
use rustc_hash::FxHashMap;

use crate::domain::calendar::Millis;
use crate::tables::touches::{Key, Person, Touches, Unreadable};
use crate::tables::{col as name, frame};

/// An event of a lead: when, and which label it has.
pub type Event = (Millis, u32);

/// Events by row of the leads, by time within one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events(Vec<Vec<Event>>);

impl Events {
    /// No events of so many leads.
    #[must_use]
    pub fn none(leads: usize) -> Self {
        Self(vec![Vec::new(); leads])
    }

    /// The events of a lead up to a moment, that moment included.
    #[must_use]
    pub fn until(&self, row: usize, moment: Millis) -> &[Event] {
        let all = self.0.get(row).map_or(&[][..], Vec::as_slice);
        &all[..all.partition_point(|(at, _)| *at <= moment)]
    }

    /// The first event of a lead.
    #[must_use]
    pub fn first(&self, row: usize) -> Option<Millis> {
        self.0.get(row)?.first().map(|(at, _)| *at)
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }

    fn settle(mut self) -> Self {
        self.0.iter_mut().for_each(|events| events.sort_unstable());
        self
    }

    /// Both in one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (own, others) in self.0.iter_mut().zip(other.0) {
            own.extend(others);
        }
        self.settle()
    }
}

fn rows_by_key(leads: &DataFrame) -> FxHashMap<Key, usize> {
    let ids = frame::texts(leads, name::ID);
    let keyed = ids.into_iter().enumerate();
    keyed
        .filter_map(|(row, id)| Some((Key::of(id?), row)))
        .collect()
}

/// Touches of the leads; `labels` by class.
///
/// # Errors
/// Where touches on disk cannot be read.
pub fn of_touches(
    leads: &DataFrame,
    touches: &Touches,
    labels: &[Vec<u32>],
) -> Result<Events, Unreadable> {
    let mut events = Events::none(leads.height());
    if touches.is_empty() {
        return Ok(events);
    }
    let rows = rows_by_key(leads);
    let visit = |_: &mut (), found: &mut Vec<(usize, Event)>, person: Person<'_>| {
        let Some(row) = rows.get(&person.key) else {
            return;
        };
        for touch in person.touches {
            let own = labels.get(touch.class()).map_or(&[][..], Vec::as_slice);
            found.extend(own.iter().map(|label| (*row, (touch.at(), *label))));
        }
    };
    touches.fold(
        1,
        || (),
        Vec::new,
        visit,
        |found| {
            for (row, event) in found {
                events.0[row].push(event);
            }
        },
    )?;
    Ok(events.settle())
}

/// Activities of the leads; `labels` by row of the activities.
#[must_use]
pub fn of_activities(leads: &DataFrame, activities: &DataFrame, labels: &[Vec<u32>]) -> Events {
    let mut events = Events::none(leads.height());
    let ids = frame::texts(leads, name::ID);
    let rows: FxHashMap<&str, usize> = ids
        .into_iter()
        .enumerate()
        .filter_map(|(row, id)| Some((id?, row)))
        .collect();
    let owners = frame::texts(activities, name::ID);
    let times = frame::integers(activities, name::AT);
    for ((id, at), labels) in owners.into_iter().zip(times).zip(labels) {
        let found = id.and_then(|id| rows.get(id)).zip(at);
        if let Some((row, at)) = found {
            events.0[*row].extend(labels.iter().map(|label| (at, *label)));
        }
    }
    events.settle()
}
