//! Promises about speed that were not kept.

use super::{ALL_OF_THEM, Judged, NO_ACTIVITIES, Rule, Say, of_judged};
use crate::domain::service_level::Promise;
use crate::metrics::leaks::world::World;
use crate::metrics::leaks::{Line, Reference};
use crate::metrics::sla::compliance::{Standing, standings};

pub const SLOW_FIRST_RESPONSE: Rule = Rule {
    key: "slow_first_response",
    condition: "leads whose first attempt came later than promised, or has not come in that time",
    find: first_response,
};

pub const SLOW_HANDOFF: Rule = Rule {
    key: "slow_handoff",
    condition: "leads that waited longer than promised for the stage of sales",
    find: handoff,
};

fn first_response(world: &World) -> Result<Vec<Line>, &'static str> {
    if !world.has_activities() {
        return Err(NO_ACTIVITIES);
    }
    let promise = world.levels.first_attempt();
    let promise = promise.ok_or("no [[sla]] promises a first attempt")?;
    let say = |reference| Say {
        leak: SLOW_FIRST_RESPONSE.key,
        place: ALL_OF_THEM.into(),
        reference,
        advice: "answer new leads in the promised time: route them at once, and say who is on duty",
    };
    broken(world, promise, say)
}

fn handoff(world: &World) -> Result<Vec<Line>, &'static str> {
    let promise = world.levels.handoff();
    let promise = promise.ok_or("no [[sla]] promises a handoff to the stage of sales")?;
    let say = |reference| Say {
        leak: SLOW_HANDOFF.key,
        place: world.data.ladder.step_key(
            world.levels.qualified.saturating_sub(1),
            world.levels.qualified,
        ),
        reference,
        advice: "let sales accept or refuse what it is handed within the promised time",
    };
    broken(world, promise, say)
}

fn broken(
    world: &World,
    promise: &Promise,
    say: impl FnOnce(Reference) -> Say,
) -> Result<Vec<Line>, &'static str> {
    let due = standings(world.leads, &world.handled, promise, &world.of_all_time());
    let blind = due.iter().any(|(_, _, one)| *one == Standing::DateOnly);
    let judged: Vec<Judged> = due
        .into_iter()
        .filter(|(_, _, standing)| matches!(standing, Standing::Met | Standing::Breached))
        .map(|(lead, from, standing)| Judged {
            lead,
            breached: standing == Standing::Breached,
            counts: world.is_inside(from),
        })
        .collect();
    if !judged.iter().any(|one| one.counts) {
        return Err(match blind {
            true => "dates without a time have no minutes",
            false => "no lead was due in the period",
        });
    }
    let calendar = promise.calendar.as_ref().map(|hours| hours.name.clone());
    let say = say(Reference::Within(promise.within, calendar));
    Ok(vec![of_judged(world, say, &judged)])
}
