//! Steps in whatever order: how many different ones lie inside some window.
//!
//! An event that meets several steps may do only one of them, so the most that a window
//! holds is a matching. Of all largest matchings the one with the latest events is kept:
//! a new event joins it, and where there is no room left the oldest event that can make
//! room gives way. Sets of events that can be matched form a matroid, in which the latest
//! ones taken greedily are a largest set within any stretch that reaches up to now; so the
//! kept events that lie inside the window are as many as can be.

use super::look::Look;
use super::plan::{from_the_lowest, instants};
use super::record::{NEVER, Taken};
use crate::domain::calendar::Millis;
use crate::domain::event_funnel::{Ends, EntryRule};

/// The event that does a step.
#[derive(Debug, Clone, Copy)]
struct Owner {
    at: Millis,
    hit: usize,
    /// The steps that it could do.
    steps: u64,
}

const NOBODY: Owner = Owner {
    at: NEVER,
    hit: usize::MAX,
    steps: 0,
};

/// Room to work in, kept from person to person.
#[derive(Debug, Clone, Default)]
pub struct Room {
    owners: Vec<Owner>,
    /// The steps that have an owner.
    filled: u64,
    /// Per step the step from which it was reached in the search for room.
    came_from: Vec<usize>,
    /// The latest event in the range; under the rule `first` the earliest.
    started: Option<Millis>,
}

/// Follows one person through steps in whatever order; windows start in `range`.
pub fn follow(mut look: Look<'_, Room>) {
    let steps = look.plan.steps();
    look.room.owners.clear();
    look.room.owners.resize(steps, NOBODY);
    look.room.came_from.resize(steps, usize::MAX);
    look.room.filled = 0;
    look.room.started = None;
    look.all();
}

impl Look<'_, Room> {
    fn all(&mut self) {
        for instant in instants(self.hits, self.plan.spec.as_of) {
            let group = &self.hits[instant.clone()];
            let at = group[0].at;
            let excluded = group.iter().any(|hit| hit.excluded != 0);
            for hit in instant {
                self.event(at, hit);
            }
            if excluded && self.exclude(at) {
                return;
            }
        }
        self.record.outcome.in_progress = self.is_in_progress();
    }

    fn event(&mut self, at: Millis, hit: usize) {
        let steps = self.hits[hit].steps;
        if steps == 0 || at < self.range.start || !self.may_count(at) {
            return;
        }
        self.place(Owner { at, hit, steps });
        if self.room.filled.count_ones() as usize > self.record.outcome.depth {
            self.deepen(at);
        }
    }

    /// Notes where a window may start; true where an event at this time may lie in one.
    fn may_count(&mut self, at: Millis) -> bool {
        let first = self.plan.spec.entry == EntryRule::First;
        if self.range.contains(&at) {
            self.record.outcome.first_start.get_or_insert(at);
            if !first || self.room.started.is_none() {
                self.room.started = Some(at);
            }
        }
        let window = self.plan.spec.window;
        self.room
            .started
            .is_some_and(|started| at - started <= window)
    }

    /// Takes an event into the matching.
    fn place(&mut self, new: Owner) {
        let step = new.steps.trailing_zeros() as usize;
        // The usual case: the event fits one step, and so does the one before it there.
        if (self.room.owners[step].steps | new.steps).count_ones() == 1 {
            self.room.owners[step] = new;
            self.room.filled |= new.steps;
            return;
        }
        let mut reached = new.steps;
        let mut fresh = new.steps;
        for step in from_the_lowest(fresh) {
            self.room.came_from[step] = usize::MAX;
        }
        while let Some(step) = from_the_lowest(fresh).next() {
            fresh &= !(1 << step);
            let more = self.room.owners[step].steps & !reached;
            for next in from_the_lowest(more) {
                self.room.came_from[next] = step;
            }
            reached |= more;
            fresh |= more;
        }
        let oldest = from_the_lowest(reached).min_by_key(|step| self.room.owners[*step].at);
        if let Some(oldest) = oldest {
            self.shift(oldest, new);
            self.room.filled |= 1 << oldest;
        }
    }

    /// Gives a step to the event that makes room on the way from the new one.
    fn shift(&mut self, step: usize, new: Owner) {
        let mut step = step;
        loop {
            let from = self.room.came_from[step];
            let Some(owner) = self.room.owners.get(from).copied() else {
                self.room.owners[step] = new;
                return;
            };
            self.room.owners[step] = owner;
            step = from;
        }
    }

    /// Forgets what lies before the window that ends now, and counts the rest.
    fn deepen(&mut self, at: Millis) {
        let since = at - self.plan.spec.window;
        for step in from_the_lowest(self.room.filled) {
            if self.room.owners[step].at < since {
                self.room.owners[step] = NOBODY;
                self.room.filled &= !(1 << step);
            }
        }
        let depth = self.room.filled.count_ones() as usize;
        let Some(started) = self.room.started else {
            return;
        };
        if depth <= self.record.outcome.depth {
            return;
        }
        let earliest = from_the_lowest(self.room.filled).map(|step| self.room.owners[step].at);
        let start = earliest.fold(started, Millis::min);
        for step in self.record.outcome.depth..depth {
            self.record.complete_any(step, at, start);
        }
        self.write_attempt();
    }

    /// The events of the matching, in the order of time.
    fn write_attempt(&mut self) {
        let attempt = &mut self.record.outcome.attempt;
        let owners = from_the_lowest(self.room.filled).map(|step| self.room.owners[step].hit);
        attempt.clear();
        attempt.extend(owners.map(|hit| Taken { step: 0, hit }));
        attempt.sort_unstable_by_key(|taken| taken.hit);
        for (place, taken) in attempt.iter_mut().enumerate() {
            taken.step = place;
        }
    }

    /// Ends the windows that were open before this instant, unless everything has been
    /// done. True where that takes the person out.
    fn exclude(&mut self, at: Millis) -> bool {
        let window = self.plan.spec.window;
        let is_earlier = |owner: &Owner| owner.at < at && at - owner.at <= window;
        let open =
            from_the_lowest(self.room.filled).any(|step| is_earlier(&self.room.owners[step]));
        if !open || self.record.outcome.depth == self.plan.steps() {
            return false;
        }
        if self.plan.spec.exclude_ends == Ends::Entity {
            self.record.outcome.removed = true;
            return true;
        }
        for step in from_the_lowest(self.room.filled) {
            if self.room.owners[step].at < at {
                self.room.owners[step] = NOBODY;
                self.room.filled &= !(1 << step);
            }
        }
        self.end_before(at);
        false
    }

    /// No window reaches back before this instant; under the rule `first` there is only one.
    fn end_before(&mut self, at: Millis) {
        self.room.started = self.room.started.filter(|started| *started >= at);
        if self.plan.spec.entry == EntryRule::First {
            self.room.started = Some(NEVER);
            self.range.end = self.range.start;
        }
    }

    fn is_in_progress(&self) -> bool {
        let cut = self.plan.cut;
        let is_open = |started: Millis| started > cut;
        let depth = self.record.outcome.depth;
        let first = self.plan.spec.entry == EntryRule::First;
        let late = from_the_lowest(self.room.filled)
            .filter(|step| first || self.room.owners[*step].at > cut)
            .count();
        let goes_on = (1..self.plan.steps()).contains(&depth);
        goes_on && late == depth && self.room.started.is_some_and(is_open)
    }
}
