//! People who have more than they can work.

use std::collections::BTreeMap;

use super::{ALL_OF_THEM, Rule, STILL_OPEN};
use crate::metrics::leaks::world::World;
use crate::metrics::leaks::{Line, Reference};
use crate::metrics::worked::share;

pub const OVERLOADED_REP: Rule = Rule {
    key: "overloaded_rep",
    condition: "owners with more open leads or more customers than one person can look after",
    find,
};

fn find(world: &World) -> Result<Vec<Line>, &'static str> {
    // Owner -> open leads, customers.
    let mut owners: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for lead in world.open_leads() {
        if let Some(owner) = lead.owner.and_then(|owner| world.leads.owners.get(owner)) {
            owners.entry(owner).or_default().0 += 1;
        }
    }
    for deal in world.deals.iter().filter(|deal| deal.first_win) {
        if let Some(owner) = &deal.facts.owner {
            owners.entry(owner).or_default().1 += 1;
        }
    }
    if owners.is_empty() {
        return Err("neither leads nor deals have owners");
    }
    let thresholds = world.thresholds;
    let over = |(leads, customers): &(u64, u64)| {
        *leads > thresholds.open_leads || *customers > thresholds.active_customers
    };
    let ids: Vec<String> = owners
        .iter()
        .filter(|(_, counts)| over(counts))
        .map(|(owner, _)| (*owner).to_owned())
        .collect();
    Ok(vec![Line {
        leak: OVERLOADED_REP.key,
        place: ALL_OF_THEM.into(),
        people: ids.len() as u64,
        share: share(world.data, ids.len() as u64, owners.len() as u64),
        cost: STILL_OPEN,
        at_stake: None,
        reference: Reference::Most(thresholds.open_leads, "open leads"),
        advice: "move leads to others or close those that nobody will work",
        ids,
    }])
}
