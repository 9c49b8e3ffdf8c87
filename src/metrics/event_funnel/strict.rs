//! Steps one right after another: any other event of the person ends the attempt.
//!
//! An attempt stands at the step that the event before this one did; an event either
//! carries it on or ends it. Optional steps may be left out.

use std::ops::Range;

use super::look::Look;
use super::plan::{first_for, from_the_highest, from_the_lowest, instants, order_in_instant};
use super::record::{EMPTY, Slot};
use crate::domain::calendar::Millis;
use crate::domain::event_funnel::{Ends, EntryRule};

/// Room to work in, kept from person to person.
#[derive(Debug, Clone, Default)]
pub struct Room {
    /// Per step the attempt that stands there; meaningful where `alive` says so.
    slots: Vec<Slot>,
    /// The steps at which an attempt stands.
    alive: u64,
    order: Vec<usize>,
}

/// Follows one person through steps without anything between; `hits` are all events of
/// the person, also those that are no step. Attempts start in `range`.
pub fn follow(mut look: Look<'_, Room>) {
    let steps = look.plan.steps();
    look.room.slots.clear();
    look.room.slots.resize(steps, EMPTY);
    look.room.alive = 0;
    look.all();
}

impl Look<'_, Room> {
    fn all(&mut self) {
        for instant in instants(self.hits, self.plan.spec.as_of) {
            self.instant(instant);
            if self.record.outcome.removed {
                return;
            }
        }
        self.record.outcome.in_progress = self.is_in_progress();
    }

    /// The events of an instant: in the order of the steps, or as one event where times
    /// must increase.
    fn instant(&mut self, instant: Range<usize>) {
        if instant.len() == 1 || self.plan.spec.strict_increase {
            return self.event(instant);
        }
        self.record.note_ambiguity(&self.hits[instant.clone()]);
        let mut order = std::mem::take(&mut self.room.order);
        order_in_instant(self.hits, instant, &mut order);
        for index in &order {
            self.event(*index..index + 1);
        }
        self.room.order = order;
    }

    fn event(&mut self, hits: Range<usize>) {
        let group = &self.hits[hits.clone()];
        let at = group[0].at;
        let steps = group.iter().fold(0, |bits, hit| bits | hit.steps);
        let excluded = group.iter().fold(0, |bits, hit| bits | hit.excluded);
        let stood = self.open_starts(excluded, at);
        let mut now = 0;
        for step in from_the_highest(steps) {
            if self.move_to(step, at, first_for(step, self.hits, &hits)) {
                now |= 1 << step;
            }
        }
        self.room.alive = now;
        for (exclusion, start) in stood {
            self.exclude(exclusion, start);
        }
    }

    /// Carries the latest attempt that may go on to `step` there; true where there is one.
    fn move_to(&mut self, step: usize, at: Millis, hit: usize) -> bool {
        if step == 0 {
            let started = self.record.outcome.first_start.is_some();
            let once = self.plan.spec.entry == EntryRule::First;
            let starts = self.range.contains(&at) && !(once && started);
            if starts {
                self.room.slots[0] = self.record.start(at, hit);
            }
            return starts;
        }
        let standing = from_the_lowest(self.plan.follows[step] & self.room.alive);
        let latest = standing
            .map(|step| self.room.slots[step])
            .max_by_key(|slot| slot.start)
            .filter(|slot| at - slot.start <= self.plan.spec.window);
        if let Some(from) = latest {
            let deepens = !self.plan.spec.optional[step];
            self.room.slots[step] = self.record.advance(from, step, at, hit, deepens);
        }
        latest.is_some()
    }

    /// Per exclusion of an event the start of an attempt that stands between its steps.
    fn open_starts(&self, excluded: u64, at: Millis) -> Vec<(usize, Millis)> {
        let mut found = Vec::new();
        for exclusion in from_the_lowest(excluded) {
            let (from, to) = self.plan.spec.exclusions[exclusion];
            let between = from_the_lowest(self.room.alive).filter(|step| (from..to).contains(step));
            let starts = between.map(|step| self.room.slots[step].start);
            let open = starts.filter(|start| at - start <= self.plan.spec.window);
            found.extend(open.map(|start| (exclusion, start)));
        }
        found
    }

    /// Ends the attempt with this start unless the event has carried it past the exclusion.
    fn exclude(&mut self, exclusion: usize, start: Millis) {
        let (_, to) = self.plan.spec.exclusions[exclusion];
        let mine = |step: &usize| self.room.slots[*step].start == start;
        let now: Vec<usize> = from_the_lowest(self.room.alive).filter(mine).collect();
        if now.iter().any(|step| *step >= to) {
            return;
        }
        self.record.outcome.removed |= self.plan.spec.exclude_ends == Ends::Entity;
        for step in now.into_iter().filter(|step| *step > 0) {
            self.room.alive &= !(1 << step);
        }
    }

    /// True where an attempt stands at the deepest mandatory step, or at an optional one
    /// behind it, and has time left.
    fn is_in_progress(&self) -> bool {
        let depth = self.record.outcome.depth;
        let Some(deepest) = depth.checked_sub(1).filter(|step| *step < self.plan.last) else {
            return false;
        };
        let here = deepest..self.plan.after[deepest];
        from_the_lowest(self.room.alive)
            .filter(|step| here.contains(step))
            .any(|step| self.room.slots[step].start > self.plan.cut)
    }
}
