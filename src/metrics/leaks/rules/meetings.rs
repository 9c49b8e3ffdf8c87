//! Meetings that did not take place because somebody stayed away.

use super::{ALL_OF_THEM, Judged, NO_ACTIVITIES, Rule, Say, of_judged};
use crate::metrics::leaks::world::World;
use crate::metrics::leaks::{Line, Reference};
use crate::metrics::worked::activities::Activity;
use crate::metrics::worked::share;

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
    let (mut missed, mut meetings) = (0, 0);
    let mut judged: Vec<Judged> = Vec::new();
    for lead in &world.leads.list {
        let of_lead = world.leads.activities(lead).iter();
        let (of_period, others): (Vec<&Activity>, Vec<&Activity>) = of_lead
            .filter(|one| one.is_no_show() || one.is_held())
            .partition(|one| world.is_inside(one.at));
        let no_shows = |list: &[&Activity]| list.iter().filter(|one| one.is_no_show()).count();
        missed += no_shows(&of_period) as u64;
        meetings += of_period.len() as u64;
        let looked_at = match of_period.is_empty() {
            true => others,
            false => of_period.clone(),
        };
        if !looked_at.is_empty() {
            judged.push(Judged {
                lead,
                breached: no_shows(&looked_at) > 0,
                counts: !of_period.is_empty(),
            });
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
    let line = of_judged(world, say, &judged);
    // Meetings are counted, their leads are compared.
    Ok(vec![Line {
        people: missed,
        share: share(world.data, missed, meetings),
        ..line
    }])
}
