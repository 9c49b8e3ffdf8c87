//! What became of those who were handed over, stayed away, or were sent back.

use super::Question;
use super::compliance::begin;
use super::contact::{self, Touched};
use super::handled::Handled;
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::domain::service_level::Moment;
use crate::metrics::data::{Data, Record, Source};
use crate::metrics::worked::activities::{Activity, Found, first_attempt};
use crate::metrics::worked::{Lead, Leads, Stamp, share};
use crate::tables::{col as name, frame, links};

/// A share of what should have been followed through.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowThrough {
    /// Its key.
    pub key: &'static str,
    /// The share.
    pub rate: Figure<Rate>,
    /// The same as a plain number, where it is no rate.
    pub value: Option<Figure<f64>>,
    /// What is counted, in words.
    pub says: &'static str,
}

/// All of them, in reading order.
pub fn rows(
    leads: &Leads,
    handled: &[Handled],
    touched: Option<&Touched>,
    question: &Question,
) -> Vec<FollowThrough> {
    let data = question.data;
    let (first, end) = question.scope.bounds();
    let inside = |at: Millis| first <= at && at < end;
    let rate = |key, rate, says| FollowThrough {
        key,
        rate,
        value: None,
        says,
    };
    let (met, meetings) = meetings(leads, &inside);
    vec![
        rate(
            "sales_sla",
            sales_sla(leads, question),
            "handed over, tried in the promised time and as often as promised, of those old enough",
        ),
        rate(
            "agreed_attempts",
            agreed_attempts(leads, handled, question),
            "leads tried as often as promised in their first days, of those old enough",
        ),
        rate(
            "handed_over_without_outcome",
            without_outcome(leads, question),
            "handed over long enough ago, neither accepted nor given up",
        ),
        rate(
            "no_show_rate",
            share(data, meetings - met, meetings),
            "meetings that somebody stayed away from, of those held or not attended",
        ),
        rate(
            "no_shows_recovered",
            recovered(leads, &inside, data),
            "leads with a meeting not attended that had one held later",
        ),
        rate(
            "returned_and_won",
            returned(leads, question),
            "leads that went back to a lower stage and became customers afterwards",
        ),
        FollowThrough {
            key: "first_human_contact",
            rate: Err(Undefined::NoData),
            value: Some(contact::days_before(handled)),
            says: "median share of the days from first sight to customer that lay before the first \
                   contact, of customers",
        },
        FollowThrough {
            key: "first_human_contact_touches",
            rate: Err(Undefined::NoData),
            value: Some(contact::touches_before(handled, touched)),
            says: "median share of the touches up to the purchase that lay before the first \
                   contact, of customers with touches",
        },
    ]
}

/// Meetings of the leads in the period: held, and held or not attended.
fn meetings(leads: &Leads, inside: &impl Fn(Millis) -> bool) -> (u64, u64) {
    let all = leads.list.iter().flat_map(|lead| leads.activities(lead));
    let all = all.filter(|activity| inside(activity.at));
    all.fold((0, 0), |(held, all), activity| {
        let attended = u64::from(activity.is_held());
        let counts = attended + u64::from(activity.is_no_show());
        (held + attended, all + counts)
    })
}

fn agreed_attempts(leads: &Leads, handled: &[Handled], question: &Question) -> Figure<Rate> {
    let span = i64::from(question.levels.attempt_days) * DAY_MILLIS;
    let ripe = handled
        .iter()
        .filter(|one| one.start + span <= question.as_of);
    let (mut enough, mut all) = (0, 0);
    for one in ripe {
        let attempts = super::attempts::count(leads, one, one.start, one.start + span);
        all += 1;
        enough += u64::from(attempts >= question.levels.attempts as usize);
    }
    share(question.data, enough, all)
}

/// Of the leads handed over in the period those that were tried within the time promised for
/// a first attempt, and often enough in their first days (dictionary 5.3).
fn sales_sla(leads: &Leads, question: &Question) -> Figure<Rate> {
    let stage = question.levels.qualified;
    let promise = question.levels.first_attempt().ok_or(Undefined::NoData)?;
    let span = i64::from(question.levels.attempt_days) * DAY_MILLIS;
    let (first, end) = question.scope.bounds();
    let begun = leads.list.iter().filter_map(|lead| {
        let from = begin(lead, Moment::Stage(stage.checked_sub(1)?))?;
        let ripe = from.at + span <= question.as_of;
        (first <= from.at && from.at < end && ripe).then_some((lead, from))
    });
    let due: Vec<(&Lead, Stamp)> = begun.collect();
    if !due.is_empty() && due.iter().all(|(_, from)| from.day) {
        return Err(Undefined::DateOnly);
    }
    let earliest = due.iter().map(|(_, from)| from.at).min();
    let paces = question.paces(leads, promise, earliest);
    let (mut kept, mut all) = (0, 0);
    for (lead, from) in due.iter().filter(|(_, from)| !from.day) {
        let activities = leads.activities(lead);
        let in_time = match first_attempt(activities, from.at) {
            Found::At(at) => paces.of(lead).between(from.at, at) <= promise.within,
            // A day without a time may lie on either side.
            Found::Day => continue,
            Found::Never => false,
        };
        let window = from.at..=from.at + span;
        let tried = activities
            .iter()
            .filter(|one| one.is_attempt() && window.contains(&one.at));
        let enough = tried.count() >= question.levels.attempts as usize;
        all += 1;
        kept += u64::from(in_time && enough);
    }
    share(question.data, kept, all)
}

/// Leads handed over in the period, at least so many days ago.
pub fn handed_over<'a>(leads: &'a Leads, question: &Question) -> Vec<(&'a Lead, Millis)> {
    let stage = question.levels.qualified;
    if stage < 2 {
        return Vec::new();
    }
    let (first, end) = question.scope.bounds();
    let latest = question.as_of - (question.outcome_days * DAY_MILLIS as f64) as i64;
    let handed = leads.list.iter().filter_map(|lead| {
        let from = begin(lead, Moment::Stage(stage - 1))?;
        let inside = first <= from.at && from.at < end && from.at <= latest;
        inside.then_some((lead, from.at))
    });
    handed.collect()
}

/// True where nobody has said what became of a lead that was handed over.
pub fn lacks_outcome(lead: &Lead, qualified: usize) -> bool {
    !lead.exited && !lead.stages.get(qualified).is_some_and(|stage| stage.has)
}

fn without_outcome(leads: &Leads, question: &Question) -> Figure<Rate> {
    let handed = handed_over(leads, question);
    let open = handed
        .iter()
        .filter(|(lead, _)| lacks_outcome(lead, question.levels.qualified));
    share(question.data, open.count() as u64, handed.len() as u64)
}

/// True where a meeting was held after one that was not attended; nothing without the latter.
pub fn is_recovered(activities: &[Activity], inside: &impl Fn(Millis) -> bool) -> Option<bool> {
    let missed = activities
        .iter()
        .position(|one| one.is_no_show() && inside(one.at))?;
    Some(activities[missed..].iter().any(Activity::is_held))
}

fn recovered(leads: &Leads, inside: &impl Fn(Millis) -> bool, data: &Data) -> Figure<Rate> {
    let found = leads.list.iter();
    let found = found.filter_map(|lead| is_recovered(leads.activities(lead), inside));
    let (k, n) = found.fold((0, 0), |(k, n), held| (k + u64::from(held), n + 1));
    share(data, k, n)
}

/// Leads (by row) that moved to a lower stage, with the first time they did.
pub fn returns(data: &Data) -> Vec<Option<Millis>> {
    let moves = data.records(Record::Moves);
    let leads = data.frame(Source::Leads);
    let keys: Vec<&str> = frame::texts(moves, name::ID)
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect();
    let found = links::find(&keys, frame::texts(leads, name::ID).into_iter());
    let stages = frame::indexes(moves, name::STAGE);
    let times = frame::integers(moves, name::AT);
    let mut list: Vec<(u32, Millis, i32)> = (0..keys.len())
        .filter_map(|row| Some((found[row]?, times[row]?, stages[row]?)))
        .filter(|(_, at, stage)| *stage >= 0 && data.as_of.is_none_or(|as_of| *at <= as_of))
        .collect();
    list.sort_unstable();
    let mut back = vec![None; leads.height()];
    for pair in list.windows(2) {
        let ((lead, _, before), (next, at, stage)) = (pair[0], pair[1]);
        if lead == next && stage < before {
            let first: &mut Option<Millis> = &mut back[lead as usize];
            first.get_or_insert(at);
        }
    }
    back
}

fn returned(leads: &Leads, question: &Question) -> Figure<Rate> {
    let data = question.data;
    if !data.noticed.has_history || data.from_snapshots {
        return Err(Undefined::WideInput);
    }
    let back = returns(data);
    let (first, end) = question.scope.bounds();
    let (mut won, mut all) = (0, 0);
    for lead in &leads.list {
        let Some(at) = back.get(lead.row).copied().flatten() else {
            continue;
        };
        if !(first <= at && at < end) {
            continue;
        }
        all += 1;
        let last = lead.stages.last().and_then(|stage| stage.at);
        won += u64::from(last.is_some_and(|stamp| stamp.at > at));
    }
    share(data, won, all)
}
