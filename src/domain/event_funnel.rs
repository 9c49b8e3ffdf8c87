//! Funnels of web and product events: what a step is, in which order steps count, how
//! long an attempt may take.
//!
//! The words are those of the metrics dictionary, section 1. How a funnel is written
//! stands in `parse`; what its conditions mean in a table is decided by `metrics`.

mod parse;

pub use parse::{Unreadable, exclusion, span, span_in_words, split, step, value_from};

use super::calendar::{DAY_MILLIS, Millis};

/// More steps than this have no place in a set of bits.
pub const MOST_STEPS: usize = 64;

/// More exclusions than this have no place in a set of bits.
pub const MOST_EXCLUSIONS: usize = 64;

/// How long an attempt may take where nobody says it.
pub const DEFAULT_WINDOW: Millis = 30 * DAY_MILLIS;

/// A funnel as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventFunnel {
    /// Its name in `[[event_funnel]]`.
    pub name: Option<String>,
    /// The steps, first one first; the first is never optional.
    pub steps: Vec<Step>,
    /// How long an attempt may take, its far end included.
    pub window: Millis,
    /// In which order steps count.
    pub order: Order,
    /// Which event starts an attempt.
    pub entry: EntryRule,
    /// Times of the steps must increase; without it steps of one instant count in the
    /// order of the steps.
    pub strict_increase: bool,
    /// What ends an attempt.
    pub exclusions: Vec<Exclusion>,
    /// What an exclusion does.
    pub exclude_ends: Ends,
    /// From which first step the time to convert is measured.
    pub anchor: Anchor,
    /// From which step the value of a dimension is taken.
    pub value_from: ValueFrom,
}

/// A step: the condition, and whether it may be left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// As written, for people.
    pub name: String,
    /// Which events do it.
    pub condition: Condition,
    /// True: counted when done, but never in the way.
    pub optional: bool,
}

/// What ends an attempt between two steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// As written, for people.
    pub name: String,
    /// Which events do it.
    pub condition: Condition,
    /// Index of the step after which it counts.
    pub from: usize,
    /// Index of the step with which it ceases to count; above `from`.
    pub to: usize,
}

/// A condition on an event: any of the alternatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// At least one.
    pub alternatives: Vec<Alternative>,
}

/// A column of an event and the value that it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// `event`, `kind`, `channel`, `campaign` or a segment.
    pub column: String,
    /// The value.
    pub value: String,
}

/// The column of an alternative that names none.
pub const EVENT: &str = "event";

/// In which order steps count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// One after another; other events may lie between.
    Ordered,
    /// The next event must be the next step.
    Strict,
    /// How many different steps, in whatever order.
    Any,
}

/// Which event starts an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryRule {
    /// Any first step in the period; the deepest attempt counts.
    Best,
    /// The entity's earliest first step in the period, and no other.
    First,
}

/// What an exclusion ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// The attempt; the entity stays and may start again.
    Attempt,
    /// The entity's part in the funnel.
    Entity,
}

/// From which first step the time to convert is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// The latest from which the attempt could have started.
    Latest,
    /// The entity's earliest in the period.
    First,
}

/// From which step of the attempt the value of a dimension is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueFrom {
    /// The first step that has a value.
    First,
    /// The last step that has a value.
    Last,
    /// The step with this index.
    Step(usize),
}

/// The word of each variant, in files and on the command line.
macro_rules! words {
    ($name:ident { $($variant:ident $word:literal),* }) => {
        impl $name {
            /// The word used in files and on the command line.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }
    };
}

words!(Order { Ordered "ordered", Strict "strict", Any "any" });
words!(EntryRule { Best "best", First "first" });
words!(Ends { Attempt "attempt", Entity "entity" });
words!(Anchor { Latest "latest", First "first" });

impl EventFunnel {
    /// Index of the last step that is not optional: who did it has converted.
    #[must_use]
    pub fn last_mandatory(&self) -> usize {
        let last = self.steps.iter().rposition(|step| !step.optional);
        last.unwrap_or(0)
    }
}
