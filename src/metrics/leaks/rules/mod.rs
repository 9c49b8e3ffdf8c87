//! The rules, one constant each.
//!
//! A rule names what it looks for, in words, and how it is found. It gives lines, or says
//! why the inputs cannot tell.

mod deals;
mod handover;
mod lost;
mod meetings;
mod neglect;
mod people;
mod speed;
mod steps;

use super::cost::{self, Cost, Member};
use super::world::World;
use super::{Line, Reference};
use crate::domain::figure::{Figure, Undefined};
use crate::metrics::worked::{Lead, share};

/// A rule.
pub struct Rule {
    /// Its name: the key in the dictionary.
    pub key: &'static str,
    /// What it looks for.
    pub condition: &'static str,
    /// The lines, or why it cannot be told.
    pub find: fn(&World) -> Result<Vec<Line>, &'static str>,
}

/// Every rule, in reading order.
pub const ALL: &[Rule] = &[
    speed::SLOW_FIRST_RESPONSE,
    speed::SLOW_HANDOFF,
    meetings::NO_SHOW_RATE,
    neglect::UNTOUCHED,
    neglect::NO_FOLLOW_UP,
    neglect::FEW_ATTEMPTS,
    neglect::UNASSIGNED,
    people::OVERLOADED_REP,
    deals::UNCLOSED,
    deals::OVERAGED,
    deals::ROTTING,
    handover::HANDED_OVER_WITHOUT_OUTCOME,
    handover::RETURNED,
    steps::WEAK_STEP,
    lost::LOST_REASONS,
];

/// What is called all of the eligible.
const ALL_OF_THEM: &str = "(all)";
/// Why rules about what people did are silent.
const NO_ACTIVITIES: &str = "no input holds activities";
/// Why rules about deals are silent.
const NO_DEALS: &str = "no input holds deals";

/// What a line says besides whom it counts.
struct Say {
    leak: &'static str,
    place: String,
    reference: Reference,
    advice: &'static str,
}

/// A line about leads: the eligible, each with whether the rule blames it.
fn of_leads(world: &World, say: Say, eligible: &[(&Lead, bool)], cost: Figure<Cost>) -> Line {
    let ids = world.lead_ids();
    let blamed = eligible.iter().filter(|(_, breached)| *breached);
    let ids: Vec<String> = blamed.map(|(lead, _)| ids.of(lead.row)).collect();
    let people = ids.len() as u64;
    Line {
        leak: say.leak,
        place: say.place,
        people,
        share: share(world.data, people, eligible.len() as u64),
        cost,
        at_stake: None,
        reference: say.reference,
        advice: say.advice,
        ids,
    }
}

/// A lead that a rule can judge.
#[derive(Debug, Clone, Copy)]
struct Judged<'a> {
    lead: &'a Lead,
    /// True where the rule blames it.
    breached: bool,
    /// True where it is of the period; others only say how such leads convert.
    counts: bool,
}

/// A line about leads of which it is known how others convert.
fn of_judged(world: &World, say: Say, judged: &[Judged]) -> Line {
    let member = |one: &Judged| world.member(one.lead, one.breached, one.counts);
    let members: Vec<Member> = judged.iter().filter_map(member).collect();
    let cost = cost::cost(&members, cost::DRAWS, world.data.seed);
    let of_period = judged.iter().filter(|one| one.counts);
    let eligible: Vec<(&Lead, bool)> = of_period.map(|one| (one.lead, one.breached)).collect();
    of_leads(world, say, &eligible, cost)
}

/// Records that are still open have not been lost: what they would have brought is not known.
const STILL_OPEN: Figure<Cost> = Err(Undefined::NotMature);
