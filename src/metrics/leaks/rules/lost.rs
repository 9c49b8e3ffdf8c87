//! Records that left and nobody said why.

use super::{Rule, STILL_OPEN};
use crate::domain::figure::Undefined;
use crate::metrics::leaks::reasons::{lost_deals, lost_leads};
use crate::metrics::leaks::world::World;
use crate::metrics::leaks::{Line, Reference};
use crate::metrics::worked::share;

pub const LOST_REASONS: Rule = Rule {
    key: "lost_reasons",
    condition: "records that left without a reason; the reasons stand in the table lost_reasons",
    find,
};

fn find(world: &World) -> Result<Vec<Line>, &'static str> {
    let advice = "make the reason a field that must be filled";
    let line = |place: &str, all: Vec<(String, bool)>| {
        let blamed = all.iter().filter(|(_, silent)| *silent);
        let ids: Vec<String> = blamed.map(|(id, _)| id.clone()).collect();
        Line {
            leak: LOST_REASONS.key,
            place: place.into(),
            people: ids.len() as u64,
            share: share(world.data, ids.len() as u64, all.len() as u64),
            // A missing word loses nobody by itself.
            cost: STILL_OPEN.map_err(|_| Undefined::NoData),
            at_stake: None,
            reference: Reference::None,
            advice,
            ids,
        }
    };
    let (deal_ids, lead_ids) = (world.deal_ids(), world.lead_ids());
    let deals: Vec<(String, bool)> = lost_deals(world)
        .map(|(row, reason, _)| (deal_ids.of(row), reason.is_none()))
        .collect();
    let leads: Vec<(String, bool)> = lost_leads(world)
        .map(|(row, reason)| (lead_ids.of(row), reason.is_none()))
        .collect();
    if deals.is_empty() && leads.is_empty() {
        return Err("nothing was lost in the period");
    }
    let mut lines = vec![line("lost deals", deals)];
    // Leads are lost with their deals; only where some lead says why can all be asked.
    if leads.iter().any(|(_, silent)| !silent) {
        lines.push(line("lost leads", leads));
    }
    Ok(lines)
}
