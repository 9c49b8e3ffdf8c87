//! Open deals that do not move.

use super::{ALL_OF_THEM, NO_DEALS, Rule, STILL_OPEN};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::money::Money;
use crate::metrics::leaks::world::{Deal, World};
use crate::metrics::leaks::{Line, Reference};
use crate::metrics::pipeline::ladder::Ladder;
use crate::metrics::worked::share;

pub const UNCLOSED: Rule = Rule {
    key: "unclosed",
    condition: "open deals older than a deal should become",
    find: unclosed,
};

pub const OVERAGED: Rule = Rule {
    key: "overaged",
    condition: "open deals older than nine in ten of those won in the last year",
    find: overaged,
};

pub const ROTTING: Rule = Rule {
    key: "rotting",
    condition: "open deals without activity of a person for longer than their stage allows",
    find: rotting,
};

/// A line over the open deals for which something can be told.
fn line(
    world: &World,
    leak: &'static str,
    advice: &'static str,
    reference: Reference,
    is_leak: impl Fn(&Deal) -> Option<bool>,
) -> Line {
    let ids = world.deal_ids();
    let open = world.deals.iter().filter(|deal| deal.is_open());
    let known: Vec<(&Deal, bool)> = open
        .filter_map(|deal| Some((deal, is_leak(deal)?)))
        .collect();
    let blamed: Vec<&Deal> = known
        .iter()
        .filter(|(_, leaks)| *leaks)
        .map(|(deal, _)| *deal)
        .collect();
    let at_stake: Money = blamed.iter().filter_map(|deal| deal.facts.amount).sum();
    Line {
        leak,
        place: ALL_OF_THEM.into(),
        people: blamed.len() as u64,
        share: share(world.data, blamed.len() as u64, known.len() as u64),
        cost: STILL_OPEN,
        at_stake: Some(at_stake),
        reference,
        advice,
        ids: blamed.iter().map(|deal| ids.of(deal.row)).collect(),
    }
}

fn days(from: Millis, to: Millis) -> f64 {
    (to - from) as f64 / DAY_MILLIS as f64
}

fn unclosed(world: &World) -> Result<Vec<Line>, &'static str> {
    if world.deals.is_empty() {
        return Err(NO_DEALS);
    }
    let limit = world.thresholds.unclosed_days;
    let old = |deal: &Deal| Some(days(deal.facts.created?, world.as_of) > limit);
    let advice = "set a date for the next step, or close the deal with a reason";
    Ok(vec![line(
        world,
        UNCLOSED.key,
        advice,
        Reference::Days(limit),
        old,
    )])
}

fn overaged(world: &World) -> Result<Vec<Line>, &'static str> {
    if world.deals.is_empty() {
        return Err(NO_DEALS);
    }
    let limit = world.old_age;
    let limit = limit.map_err(|_| "fewer than 30 deals were won in the last year")?;
    let old = |deal: &Deal| Some(days(deal.facts.created?, world.as_of) > limit);
    let advice = "ask whether they will ever be won; most deals of that age are not";
    Ok(vec![line(
        world,
        OVERAGED.key,
        advice,
        Reference::Days(limit),
        old,
    )])
}

fn rotting(world: &World) -> Result<Vec<Line>, &'static str> {
    if world.deals.is_empty() {
        return Err(NO_DEALS);
    }
    let general = world.thresholds.rot_days;
    if general.is_none() && !world.ladders.iter().any(Ladder::has_rot_days) {
        return Err("no limit is set: [[pipeline]] rot_days or [leaks] rot_days");
    }
    let limit = |deal: &Deal| {
        let ladder = world.ladders.get(deal.facts.ladder);
        let stage = deal.facts.stage_at(world.as_of);
        let own = ladder
            .zip(stage)
            .and_then(|(ladder, stage)| ladder.rot_days(stage));
        own.or(general)
    };
    let rots = |deal: &Deal| {
        let last = deal.last_activity.max(deal.facts.created)?;
        Some(days(last, world.as_of) > limit(deal)?)
    };
    let reference = general.map_or(Reference::None, Reference::Days);
    let advice = "call, or close";
    Ok(vec![line(world, ROTTING.key, advice, reference, rots)])
}
