//! Meetings that did not take place because somebody stayed away.

use super::{ALL_OF_THEM, NO_ACTIVITIES, Rule, Say, cost_of, of_leads};
use crate::metrics::leaks::world::World;
use crate::metrics::leaks::{Line, Reference};
use crate::metrics::worked::activities::Activity;
use crate::metrics::worked::{Lead, share};

pub const NO_SHOW_RATE: Rule = Rule {
    key: "no_show_rate",
    condition: "meetings not attended, of those held or not attended; cancelled and moved ones are \
                outside",
    find,
};

fn find(world: &World) -> Result<Vec<Line>, &'static str> {
    if !world.has_activities() {
        return Err(NO_ACTIVITIES);
    }
    let (first, end) = world.scope.bounds();
    let inside = |one: &&Activity| first <= one.at && one.at < end;
    let (mut missed, mut meetings) = (0, 0);
    let mut eligible: Vec<(&Lead, bool)> = Vec::new();
    for lead in &world.leads.list {
        let of_lead = world.leads.activities(lead).iter().filter(inside);
        let (no_shows, held) = of_lead.fold((0, 0), |(no_shows, held), one| {
            let (no_show, was_held) = (one.is_no_show(), one.is_held());
            (no_shows + u64::from(no_show), held + u64::from(was_held))
        });
        if no_shows + held > 0 {
            missed += no_shows;
            meetings += no_shows + held;
            eligible.push((lead, no_shows > 0));
        }
    }
    if meetings == 0 {
        return Err("no meeting says whether it was held");
    }
    let say = Say {
        leak: NO_SHOW_RATE.key,
        place: ALL_OF_THEM.into(),
        reference: Reference::None,
        advice: "remind the day before and offer another time at once",
    };
    let cost = cost_of(world, &eligible);
    let line = of_leads(world, say, &eligible, cost);
    // Meetings are counted, their leads are compared.
    Ok(vec![Line {
        people: missed,
        share: share(world.data, missed, meetings),
        ..line
    }])
}
