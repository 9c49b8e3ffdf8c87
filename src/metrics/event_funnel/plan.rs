//! What is asked of one person, and what can be known of it before looking at anybody.

use std::ops::Range;

use crate::domain::calendar::Millis;
use crate::domain::event_funnel::{Ends, EntryRule, EventFunnel, Order};

/// An event of a person, reduced to what the funnel asks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// When.
    pub at: Millis,
    /// One bit per step whose condition it meets.
    pub steps: u64,
    /// One bit per exclusion whose condition it meets.
    pub excluded: u64,
    /// What kind of event it is; its values stand in the list of classes.
    pub class: u32,
}

/// The question to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// One entry per step: true where it may be left out. The first is false.
    pub optional: Vec<bool>,
    /// How long an attempt may take, its far end included.
    pub window: Millis,
    /// In which order steps count.
    pub order: Order,
    /// Which event starts an attempt.
    pub entry: EntryRule,
    /// Times of steps must increase.
    pub strict_increase: bool,
    /// Per exclusion the steps between which it counts.
    pub exclusions: Vec<(usize, usize)>,
    /// What an exclusion ends.
    pub exclude_ends: Ends,
    /// Attempts start in here: start included, end not.
    pub range: Range<Millis>,
    /// The last moment that exists.
    pub as_of: Millis,
}

impl Spec {
    /// The question that a funnel asks, for attempts that start in `range`, seen from `as_of`.
    #[must_use]
    pub fn new(funnel: &EventFunnel, range: Range<Millis>, as_of: Millis) -> Self {
        let between = |exclusion: &crate::domain::event_funnel::Exclusion| {
            let to = exclusion.to.min(funnel.last_mandatory());
            (exclusion.from, to)
        };
        Self {
            optional: funnel.steps.iter().map(|step| step.optional).collect(),
            window: funnel.window,
            order: funnel.order,
            entry: funnel.entry,
            strict_increase: funnel.strict_increase,
            exclusions: funnel.exclusions.iter().map(between).collect(),
            exclude_ends: funnel.exclude_ends,
            range,
            as_of,
        }
    }
}

/// The question with its answers that do not depend on a person.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The question.
    pub spec: Spec,
    /// Per step the mandatory step before it (itself for the first).
    pub before: Vec<usize>,
    /// Per step the mandatory step after it; the number of steps where there is none.
    pub after: Vec<usize>,
    /// Per step the steps that it may follow at once, as bits: back to the last mandatory one.
    pub follows: Vec<u64>,
    /// The last mandatory step: who did it has converted.
    pub last: usize,
    /// Attempts that start after this moment have not been observed for the window.
    pub cut: Millis,
}

impl Plan {
    /// Looks at the steps.
    #[must_use]
    pub fn new(spec: &Spec) -> Self {
        let steps = spec.optional.len();
        let mandatory = |step: &usize| !spec.optional[*step];
        let before = |step: usize| (0..step).rev().find(mandatory).unwrap_or(0);
        let after = |step: usize| (step + 1..steps).find(mandatory).unwrap_or(steps);
        let follows = |step: usize| (before(step)..step).fold(0, |bits, one| bits | 1 << one);
        Self {
            before: (0..steps).map(before).collect(),
            after: (0..steps).map(after).collect(),
            follows: (0..steps).map(follows).collect(),
            last: (0..steps).rev().find(mandatory).unwrap_or(0),
            cut: spec.as_of.saturating_sub(spec.window),
            spec: spec.clone(),
        }
    }

    /// How many steps there are.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.spec.optional.len()
    }

    /// True where a hit may start an attempt, whatever its time.
    #[must_use]
    pub fn may_start(&self, hit: &Hit) -> bool {
        match self.spec.order {
            Order::Any => hit.steps != 0,
            Order::Ordered | Order::Strict => hit.steps & 1 != 0,
        }
    }
}

/// Indexes of the bits that are set, highest first.
pub fn from_the_highest(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let highest = bits.checked_ilog2()?;
        bits &= !(1 << highest);
        Some(highest as usize)
    })
}

/// Indexes of the bits that are set, lowest first.
pub fn from_the_lowest(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let lowest = bits.trailing_zeros();
        bits &= bits.checked_sub(1)?;
        Some(lowest as usize)
    })
}

/// Splits hits at changes of time: ranges of one instant each, up to the as-of moment.
pub fn instants(hits: &[Hit], as_of: Millis) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = hits.get(from).map(|hit| hit.at).filter(|at| *at <= as_of)?;
        let start = from;
        from += 1;
        while hits.get(from).is_some_and(|hit| hit.at == at) {
            from += 1;
        }
        Some(start..from)
    })
}

/// The order in which hits of one instant are taken: lower steps first, hits with fewer
/// choices first, hits that are no step last.
pub fn order_in_instant(hits: &[Hit], instant: Range<usize>, order: &mut Vec<usize>) {
    order.clear();
    order.extend(instant);
    order.sort_by_key(|index| (hits[*index].steps.trailing_zeros(), hits[*index].steps));
}

/// The first of some hits that meets a step.
pub fn first_for(step: usize, hits: &[Hit], among: &Range<usize>) -> usize {
    let meets = |hit: &usize| hits[*hit].steps >> step & 1 == 1;
    among.clone().find(meets).unwrap_or(among.start)
}
