//! What became of one person, and how it is written down while looking.

use super::plan::Hit;
use crate::domain::calendar::Millis;

/// Before all times; a window never reaches back to it.
pub const NEVER: Millis = Millis::MIN / 4;

/// An attempt that came as far as some step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When the attempt started.
    pub start: Millis,
    /// The event with which it came here, in [`Record`].
    node: u32,
}

/// No attempt.
pub const EMPTY: Slot = Slot {
    start: NEVER,
    node: u32::MAX,
};

/// When a step was first completed, and when that attempt started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// When the step was done.
    pub at: Millis,
    /// The latest start from which it could be done.
    pub start: Millis,
}

/// A step of an attempt and the hit that did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Index of the step; where steps have no order, its place in the order of time.
    pub step: usize,
    /// Index of the hit among those of the person.
    pub hit: usize,
}

/// What became of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Number of the deepest mandatory step that was done, from 1; 0 for none. Where steps
    /// have no order: how many different ones were done.
    pub depth: usize,
    /// One bit per step that was done, optional ones included.
    pub reached: u64,
    /// Per step when it was done first; only meaningful where `reached` says so.
    done: Vec<Done>,
    /// The earliest event in the range that could start an attempt.
    pub first_start: Option<Millis>,
    /// True where the latest attempt at this depth may still go on.
    pub in_progress: bool,
    /// True where an exclusion took the person out of the funnel.
    pub removed: bool,
    /// Instants with several events, one of which meets several steps: the depth may be
    /// more than was counted.
    pub ambiguous: u32,
    /// The steps of the attempt that first came this deep, in the order of time.
    pub attempt: Vec<Taken>,
}

impl Outcome {
    /// When a step was first completed.
    #[must_use]
    pub fn done(&self, step: usize) -> Option<Done> {
        let reached = self.reached >> step & 1 == 1;
        self.done.get(step).copied().filter(|_| reached)
    }

    /// Forgets one person, to look at another.
    fn clear(&mut self, steps: usize) {
        let nothing = Done { at: 0, start: 0 };
        self.done.resize(steps, nothing);
        self.attempt.clear();
        self.depth = 0;
        self.reached = 0;
        self.first_start = None;
        self.in_progress = false;
        self.removed = false;
        self.ambiguous = 0;
    }
}

/// An event of an attempt, and the one before it.
#[derive(Debug, Clone, Copy)]
struct Node {
    step: u32,
    hit: u32,
    before: u32,
}

/// The outcome in the making.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// What is known so far.
    pub outcome: Outcome,
    nodes: Vec<Node>,
    deepest: Option<u32>,
}

impl Record {
    /// Forgets one person, to look at another.
    pub fn clear(&mut self, steps: usize) {
        self.outcome.clear(steps);
        self.nodes.clear();
        self.deepest = None;
    }

    /// An attempt that starts with a hit.
    pub fn start(&mut self, at: Millis, hit: usize) -> Slot {
        self.outcome.first_start.get_or_insert(at);
        let slot = Slot {
            start: at,
            node: self.node(0, hit, EMPTY.node),
        };
        self.complete(0, at, slot, true);
        slot
    }

    /// An attempt that goes on to `step` with a hit. An optional step does not deepen it.
    pub fn advance(
        &mut self,
        from: Slot,
        step: usize,
        at: Millis,
        hit: usize,
        deepens: bool,
    ) -> Slot {
        let slot = Slot {
            start: from.start,
            node: self.node(step, hit, from.node),
        };
        self.complete(step, at, slot, deepens);
        slot
    }

    /// Writes down that so many steps were done, in whatever order.
    pub fn complete_any(&mut self, step: usize, at: Millis, start: Millis) {
        let node = EMPTY.node;
        self.complete(step, at, Slot { start, node }, false);
        self.outcome.depth = self.outcome.depth.max(step + 1);
    }

    /// Writes down that a step was done, unless it was done before.
    fn complete(&mut self, step: usize, at: Millis, slot: Slot, deepens: bool) {
        let bit = 1 << step;
        if self.outcome.reached & bit == 0 {
            self.outcome.reached |= bit;
            let start = slot.start;
            self.outcome.done[step] = Done { at, start };
        }
        if deepens && step >= self.outcome.depth {
            self.outcome.depth = step + 1;
            self.deepest = Some(slot.node);
        }
    }

    fn node(&mut self, step: usize, hit: usize, before: u32) -> u32 {
        let node = Node {
            step: step as u32,
            hit: hit as u32,
            before,
        };
        self.nodes.push(node);
        (self.nodes.len() - 1) as u32
    }

    /// Unrolls the deepest attempt.
    pub fn finish(&mut self) {
        let mut at = self.deepest;
        while let Some(node) = at.and_then(|at| self.nodes.get(at as usize)) {
            self.outcome.attempt.push(Taken {
                step: node.step as usize,
                hit: node.hit as usize,
            });
            at = Some(node.before);
        }
        self.outcome.attempt.reverse();
    }

    /// Counts an instant at which the one-pass rule may see less than there is.
    pub fn note_ambiguity(&mut self, instant: &[Hit]) {
        let mut steps = instant.iter().filter(|hit| hit.steps != 0);
        let several = steps.clone().count() > 1;
        if several && steps.any(|hit| hit.steps.count_ones() > 1) {
            self.outcome.ambiguous += 1;
        }
    }
}
