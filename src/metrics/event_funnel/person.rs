//! One person: as seen today, and as seen of mature starts alone.

use std::ops::Range;

use super::look::Look;
use super::plan::{Hit, Plan, Spec};
use super::record::{Outcome, Record};
use super::{any, ordered, strict};
use crate::domain::calendar::Millis;
use crate::domain::event_funnel::{EntryRule, Order};

/// What became of one person.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// What was asked.
    pub plan: &'a Plan,
    /// With every attempt that starts in the range.
    pub full: &'a Outcome,
    /// With the attempts alone that have been observed for the whole window; absent where
    /// the person has none.
    pub mature: Option<&'a Outcome>,
}

/// Looks at one person after another, in the same room.
#[derive(Debug, Clone)]
pub struct Runner {
    plan: Plan,
    ordered: ordered::Room,
    strict: strict::Room,
    any: any::Room,
    full: Record,
    mature: Record,
}

/// The attempts of a person that are mature.
enum Mature {
    None,
    All,
    Some,
}

impl Runner {
    /// Gets ready for a question.
    #[must_use]
    pub fn new(spec: &Spec) -> Self {
        Self {
            plan: Plan::new(spec),
            ordered: ordered::Room::default(),
            strict: strict::Room::default(),
            any: any::Room::default(),
            full: Record::default(),
            mature: Record::default(),
        }
    }

    /// Looks at one person, whose hits stand in the order of time, then of the input.
    ///
    /// Hits that meet no step and no exclusion may be left out unless the order is strict.
    pub fn run(&mut self, hits: &[Hit]) -> Seen<'_> {
        let range = self.plan.spec.range.clone();
        let mature = self.mature_starts(hits);
        let mut full = std::mem::take(&mut self.full);
        self.follow(hits, range.clone(), &mut full);
        self.full = full;
        if matches!(mature, Mature::Some) {
            let end = range.end.min(self.plan.cut.saturating_add(1));
            let mut part = std::mem::take(&mut self.mature);
            self.follow(hits, range.start..end, &mut part);
            self.mature = part;
        }
        Seen {
            plan: &self.plan,
            full: &self.full.outcome,
            mature: match mature {
                Mature::None => None,
                Mature::All => Some(&self.full.outcome),
                Mature::Some => Some(&self.mature.outcome),
            },
        }
    }

    fn follow(&mut self, hits: &[Hit], range: Range<Millis>, record: &mut Record) {
        record.clear(self.plan.steps());
        let plan = &self.plan;
        match plan.spec.order {
            Order::Ordered => ordered::follow(Look {
                plan,
                hits,
                range,
                room: &mut self.ordered,
                record,
            }),
            Order::Strict => strict::follow(Look {
                plan,
                hits,
                range,
                room: &mut self.strict,
                record,
            }),
            Order::Any => any::follow(Look {
                plan,
                hits,
                range,
                room: &mut self.any,
                record,
            }),
        }
        record.finish();
    }

    /// Which of the events that may start an attempt have been observed for the window.
    fn mature_starts(&self, hits: &[Hit]) -> Mature {
        let plan = &self.plan;
        let starts = |hit: &&Hit| {
            plan.may_start(hit) && plan.spec.range.contains(&hit.at) && hit.at <= plan.spec.as_of
        };
        let first = hits.iter().find(starts);
        let last = match plan.spec.entry {
            EntryRule::First => first,
            EntryRule::Best => hits.iter().rev().find(starts),
        };
        match (first, last) {
            (Some(first), _) if first.at > plan.cut => Mature::None,
            (Some(_), Some(last)) if last.at > plan.cut => Mature::Some,
            (Some(_), _) => Mature::All,
            (None, _) => Mature::None,
        }
    }
}
