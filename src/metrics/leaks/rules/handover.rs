//! Leads that were handed over and came to nothing, or came back.

use super::{ALL_OF_THEM, Judged, Rule, Say, of_judged, of_leads};
use crate::domain::figure::Undefined;
use crate::metrics::leaks::world::World;
use crate::metrics::leaks::{Line, Reference};
use crate::metrics::sla::follow::{handed_over, lacks_outcome, returns};
use crate::metrics::worked::Lead;

pub const HANDED_OVER_WITHOUT_OUTCOME: Rule = Rule {
    key: "handed_over_without_outcome",
    condition: "leads handed over long enough ago that sales neither accepted nor gave up",
    find: without_outcome,
};

pub const RETURNED: Rule = Rule {
    key: "returned",
    condition: "leads that went back to a lower stage",
    find: returned,
};

fn without_outcome(world: &World) -> Result<Vec<Line>, &'static str> {
    let qualified = world.levels.qualified;
    let eligible: Vec<(&Lead, bool)> = handed_over(world.leads, &world.question())
        .into_iter()
        .map(|(lead, _)| (lead, lacks_outcome(lead, qualified)))
        .collect();
    if eligible.is_empty() {
        return Err("no lead was handed over long enough ago");
    }
    let say = Say {
        leak: HANDED_OVER_WITHOUT_OUTCOME.key,
        place: world.data.ladder.name(qualified.saturating_sub(1)).into(),
        reference: Reference::Days(world.thresholds.outcome_days),
        advice: "let sales say of each whether it is accepted, returned or given up, and why",
    };
    // Chosen by not having been won: there is nobody to compare with.
    let cost = Err(Undefined::NoData);
    Ok(vec![of_leads(world, say, &eligible, cost)])
}

fn returned(world: &World) -> Result<Vec<Line>, &'static str> {
    let data = world.data;
    if !data.noticed.has_history || data.from_snapshots {
        return Err("one date per stage cannot show moves back");
    }
    let back = returns(data);
    let judged: Vec<Judged> = world
        .leads
        .list
        .iter()
        .filter_map(|lead| {
            let second = lead.stages.get(1)?.at?.at;
            Some(Judged {
                lead,
                breached: back.get(lead.row).copied().flatten().is_some(),
                counts: world.is_inside(second),
            })
        })
        .collect();
    if !judged.iter().any(|one| one.counts) {
        return Err("no lead went beyond the first stage in the period");
    }
    let say = Say {
        leak: RETURNED.key,
        place: ALL_OF_THEM.into(),
        reference: Reference::None,
        advice: "agree on what makes a lead ready, and work those that come back as new ones",
    };
    Ok(vec![of_judged(world, say, &judged)])
}
