//! Steps one after another, with whatever lies between.
//!
//! One pass over the hits. Per step the latest start among the attempts that have come
//! as far as it is kept; an earlier start never expires later, so the others need not
//! be known. An attempt takes each step at its first chance.

use std::ops::Range;

use super::look::Look;
use super::plan::{first_for, from_the_highest, from_the_lowest, instants, order_in_instant};
use super::record::{EMPTY, NEVER, Slot};
use crate::domain::calendar::Millis;
use crate::domain::event_funnel::{Ends, EntryRule};

/// Room to work in, kept from person to person.
#[derive(Debug, Clone, Default)]
pub struct Room {
    /// Per step the latest attempt that has come as far.
    slots: Vec<Slot>,
    /// The same before the instant that is being looked at.
    earlier: Vec<Slot>,
    order: Vec<usize>,
}

/// Follows one person through ordered steps; attempts start in `range`.
pub fn follow(mut look: Look<'_, Room>) {
    let steps = look.plan.steps();
    look.room.slots.clear();
    look.room.slots.resize(steps, EMPTY);
    look.all();
}

impl Look<'_, Room> {
    fn all(&mut self) {
        for instant in instants(self.hits, self.plan.spec.as_of) {
            let group = &self.hits[instant.clone()];
            let excluded = group.iter().fold(0, |bits, hit| bits | hit.excluded);
            if excluded != 0 {
                self.room.earlier.clone_from(&self.room.slots);
            }
            self.instant(instant.clone());
            if excluded != 0 && self.exclude(group[0].at, excluded) {
                return;
            }
        }
        self.record.outcome.in_progress = self.is_in_progress();
    }

    fn instant(&mut self, instant: Range<usize>) {
        let group = &self.hits[instant.clone()];
        if group.len() == 1 || self.plan.spec.strict_increase {
            let steps = group.iter().fold(0, |bits, hit| bits | hit.steps);
            self.take(instant, steps);
        } else {
            self.record.note_ambiguity(group);
            let mut order = std::mem::take(&mut self.room.order);
            order_in_instant(self.hits, instant, &mut order);
            for index in &order {
                self.take(*index..index + 1, self.hits[*index].steps);
            }
            self.room.order = order;
        }
    }

    /// Applies hits of one instant, which meet `steps`, to the state as it was before
    /// them: the highest step first, so that no hit fills two.
    fn take(&mut self, hits: Range<usize>, steps: u64) {
        let at = self.hits[hits.start].at;
        let mut gap_filled = None;
        for step in from_the_highest(steps) {
            if step == 0 {
                self.start(at, first_for(step, self.hits, &hits));
            } else if self.plan.spec.optional[step] {
                self.take_optional(step, at, &hits, &mut gap_filled);
            } else {
                self.take_mandatory(step, at, &hits);
            }
        }
    }

    fn start(&mut self, at: Millis, hit: usize) {
        let started = self.record.outcome.first_start.is_some();
        let once = self.plan.spec.entry == EntryRule::First;
        if self.range.contains(&at) && !(once && started) && self.room.slots[0].start != at {
            self.room.slots[0] = self.record.start(at, hit);
        }
    }

    fn take_mandatory(&mut self, step: usize, at: Millis, hits: &Range<usize>) {
        let from = self.room.slots[self.plan.before[step]];
        if self.is_open(from, at) && from.start != self.room.slots[step].start {
            let hit = first_for(step, self.hits, hits);
            self.room.slots[step] = self.record.advance(from, step, at, hit, true);
        }
    }

    /// An optional step is done between its mandatory neighbours, once an attempt; a hit
    /// fills at most one of those that lie side by side.
    fn take_optional(
        &mut self,
        step: usize,
        at: Millis,
        hits: &Range<usize>,
        gap_filled: &mut Option<usize>,
    ) {
        let (before, after) = (self.plan.before[step], self.plan.after[step]);
        let from = self.room.slots[before];
        let passed = self.room.slots.get(after).map(|slot| slot.start) == Some(from.start);
        let done = self.room.slots[step].start == from.start;
        if self.is_open(from, at) && !passed && !done && *gap_filled != Some(before) {
            *gap_filled = Some(before);
            let hit = first_for(step, self.hits, hits);
            self.room.slots[step] = self.record.advance(from, step, at, hit, false);
        }
    }

    fn is_open(&self, attempt: Slot, at: Millis) -> bool {
        at - attempt.start <= self.plan.spec.window
    }

    /// Ends the attempts that did the one step before this instant and have not done the
    /// other by now. True where that takes the person out.
    fn exclude(&mut self, at: Millis, excluded: u64) -> bool {
        for exclusion in from_the_lowest(excluded) {
            let (from, to) = self.plan.spec.exclusions[exclusion];
            let latest = self.room.earlier[from];
            let past = self.room.slots[to];
            if !self.is_open(latest, at) || latest.start <= past.start {
                continue;
            }
            if self.plan.spec.exclude_ends == Ends::Entity {
                self.record.outcome.removed = true;
                return true;
            }
            for slot in &mut self.room.slots[..to] {
                if past.start < slot.start && slot.start <= latest.start {
                    *slot = past;
                }
            }
        }
        false
    }

    fn is_in_progress(&self) -> bool {
        let depth = self.record.outcome.depth;
        let latest = depth.checked_sub(1).map(|step| self.room.slots[step].start);
        let goes_on = depth <= self.plan.last;
        goes_on && latest.is_some_and(|start| start > self.plan.cut.max(NEVER))
    }
}
