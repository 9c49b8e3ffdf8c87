//! Leads that nobody works, or that were given up too early.

use super::{ALL_OF_THEM, NO_ACTIVITIES, Rule, STILL_OPEN, Say, of_leads};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::Undefined;
use crate::metrics::leaks::world::World;
use crate::metrics::leaks::{Line, Reference};
use crate::metrics::worked::activities::Activity;
use crate::metrics::worked::{Lead, Stamp};

pub const UNTOUCHED: Rule = Rule {
    key: "untouched",
    condition: "open leads that no person ever turned to, by their age",
    find: untouched,
};

pub const NO_FOLLOW_UP: Rule = Rule {
    key: "no_follow_up",
    condition: "open leads whose last activity of a person (or creation) is too long ago",
    find: no_follow_up,
};

pub const FEW_ATTEMPTS: Rule = Rule {
    key: "few_attempts",
    condition: "leads that left or were left alone after too few attempts",
    find: few_attempts,
};

pub const UNASSIGNED: Rule = Rule {
    key: "unassigned",
    condition: "open leads without an owner",
    find: unassigned,
};

/// Ages in days up to which a band reaches, the end included, with its name.
const AGES: &[(f64, &str)] = &[
    (1.0, "up to 1 day old"),
    (7.0, "1 to 7 days old"),
    (30.0, "7 to 30 days old"),
    (f64::INFINITY, "more than 30 days old"),
];

fn days_since(at: Millis, as_of: Millis) -> f64 {
    (as_of - at) as f64 / DAY_MILLIS as f64
}

fn untouched(world: &World) -> Result<Vec<Line>, &'static str> {
    if !world.has_activities() {
        return Err(NO_ACTIVITIES);
    }
    let mut bands: Vec<Vec<(&Lead, bool)>> = vec![Vec::new(); AGES.len()];
    for lead in world.open_leads() {
        let Some(start) = lead.start else { continue };
        let age = days_since(start.at, world.as_of);
        let band = AGES.partition_point(|(end, _)| *end < age);
        let activities = world.leads.activities(lead).iter();
        let touched = activities.filter(|one| one.is_human()).count() > 0;
        bands[band].push((lead, !touched));
    }
    let line = |(eligible, (_, name)): (Vec<(&Lead, bool)>, &(f64, &str))| {
        let say = Say {
            leak: UNTOUCHED.key,
            place: (*name).to_owned(),
            reference: Reference::None,
            advice: "give each an owner and a first attempt, the youngest first",
        };
        of_leads(world, say, &eligible, STILL_OPEN)
    };
    Ok(bands.into_iter().zip(AGES).map(line).collect())
}

/// The last thing a person did, else where the clock started.
fn last_seen(world: &World, lead: &Lead) -> Option<Millis> {
    let activities = world.leads.activities(lead).iter();
    let last = activities.filter(|one| one.is_human()).map(|one| one.at);
    last.chain(lead.start.map(|start: Stamp| start.at)).max()
}

/// Open and left alone for longer than allowed; nothing without a date.
fn is_stale(world: &World, lead: &Lead) -> Option<bool> {
    let seen = last_seen(world, lead)?;
    let idle = days_since(seen, world.as_of);
    Some(lead.is_open() && idle > world.thresholds.no_follow_up_days)
}

fn no_follow_up(world: &World) -> Result<Vec<Line>, &'static str> {
    if !world.has_activities() {
        return Err(NO_ACTIVITIES);
    }
    let eligible: Vec<(&Lead, bool)> = world
        .open_leads()
        .filter_map(|lead| Some((lead, is_stale(world, lead)?)))
        .collect();
    let say = Say {
        leak: NO_FOLLOW_UP.key,
        place: ALL_OF_THEM.into(),
        reference: Reference::Days(world.thresholds.no_follow_up_days),
        advice: "follow up, hand back to marketing, or close with a reason",
    };
    Ok(vec![of_leads(world, say, &eligible, STILL_OPEN)])
}

fn few_attempts(world: &World) -> Result<Vec<Line>, &'static str> {
    if !world.has_activities() {
        return Err(NO_ACTIVITIES);
    }
    let given_up = |lead: &&Lead| {
        let left = lead.exited && !lead.is_won() && !lead.is_invalid();
        left || is_stale(world, lead) == Some(true)
    };
    let eligible: Vec<(&Lead, bool)> = world
        .leads
        .list
        .iter()
        .filter(given_up)
        .map(|lead| {
            let activities = world.leads.activities(lead).iter();
            let attempts = activities
                .filter(|one: &&Activity| one.is_attempt())
                .count();
            (lead, attempts < world.thresholds.attempts as usize)
        })
        .collect();
    let say = Say {
        leak: FEW_ATTEMPTS.key,
        place: ALL_OF_THEM.into(),
        reference: Reference::Least(u64::from(world.thresholds.attempts), "attempts"),
        advice: "agree on how often and over how many days a lead is tried before it is given up",
    };
    // Those who were given up are chosen by how they ended: there is nobody to compare with.
    let cost = Err(Undefined::NoData);
    Ok(vec![of_leads(world, say, &eligible, cost)])
}

fn unassigned(world: &World) -> Result<Vec<Line>, &'static str> {
    if world.leads.owners.is_empty() {
        return Err("no lead has an owner: name the column, [input.columns] owner");
    }
    let eligible: Vec<(&Lead, bool)> = world
        .open_leads()
        .map(|lead| (lead, lead.owner.is_none()))
        .collect();
    let say = Say {
        leak: UNASSIGNED.key,
        place: ALL_OF_THEM.into(),
        reference: Reference::None,
        advice: "let a rule assign every lead as it comes",
    };
    Ok(vec![of_leads(world, say, &eligible, STILL_OPEN)])
}
