//! How much each person has to work.
//!
//! Dictionary section 6. Rates of persons are shrunk towards each other before they are
//! ranked (11.6), and the rank goes by the lower end of the interval, never by the raw rate.

use std::collections::{BTreeMap, BTreeSet};

use super::Question;
use super::attempts::count;
use super::handled::Handled;
use crate::domain::calendar::{DAY_MILLIS, day_of};
use crate::domain::figure::{Figure, Rate, Undefined, ratio};
use crate::domain::text::normal_form;
use crate::domain::working_hours::WorkingHours;
use crate::metrics::data::Record;
use crate::metrics::worked::{Leads, cohort_rate};
use crate::stats::{quantile, shrinkage};
use crate::tables::{col as name, frame};

/// A person and the leads that are theirs.
#[derive(Debug, Clone, PartialEq)]
pub struct Load {
    /// As the leads have it.
    pub owner: String,
    /// False for those who left; absent where no table of owners says it.
    pub active: Option<bool>,
    /// The calendar of his own, where he has one.
    pub calendar: Option<String>,
    /// Open leads at the as-of moment.
    pub open_leads: u64,
    /// Leads that came to them in the period.
    pub new_leads: u64,
    /// By working day.
    pub new_leads_per_day: Figure<f64>,
    /// Open leads over the median of those who are active.
    pub ratio: Figure<f64>,
    /// Attempts by lead in its first days, leads without any included.
    pub attempts_per_lead: Figure<f64>,
    /// Leads won within the horizon, of the mature.
    pub won: Figure<Rate>,
    /// The same, shrunk towards the others; absent with fewer than five persons.
    pub shrunk: Figure<f64>,
    /// Place by the lower end of the interval of the rate, from 1.
    pub rank: Option<u64>,
}

/// One line for each person, most open leads first.
pub fn load(leads: &Leads, handled: &[Handled], question: &Question) -> Vec<Load> {
    let active = active(question);
    let mut lines: Vec<Load> = (0..leads.owners.len())
        .map(|owner| line(leads, handled, owner, &active, question))
        .filter(|line| line.open_leads + line.new_leads > 0)
        .collect();
    compare(&mut lines);
    rank(&mut lines);
    shrink(&mut lines);
    lines.sort_by(|a, b| {
        let gone = |line: &Load| line.active == Some(false);
        let order = gone(a).cmp(&gone(b));
        order
            .then(b.open_leads.cmp(&a.open_leads))
            .then_with(|| a.owner.cmp(&b.owner))
    });
    lines
}

/// Owner in normal form -> does he still work here; empty where nobody says.
fn active(question: &Question) -> BTreeMap<String, bool> {
    let owners = question.data.records(Record::Owners);
    if !frame::has_column(owners, "active") {
        return BTreeMap::new();
    }
    let flags = frame::flags(owners, "active");
    let mut known = BTreeMap::new();
    for column in ["name", name::ID] {
        for (owner, active) in frame::texts(owners, column).into_iter().zip(&flags) {
            known.extend(owner.map(|owner| (normal_form(owner), *active)));
        }
    }
    known
}

/// Working days of the period that have passed, in the calendar of an owner.
fn working_days(leads: &Leads, hours: &WorkingHours, question: &Question) -> u64 {
    let zone = hours.zone;
    let (from, to) = question.scope.bounds();
    let started = leads.started(question.scope);
    let first = started.map(|(_, start)| start.at).min();
    let from = first.map_or(from, |first| from.max(first));
    let to = to.min(question.as_of.saturating_add(1));
    if from >= to {
        return 0;
    }
    let (first, last) = (day_of(from, zone), day_of(to - 1, zone));
    let end = last.succ_opt().unwrap_or(last);
    hours.days_worked(first, end)
}

fn line(
    leads: &Leads,
    handled: &[Handled],
    owner: usize,
    active: &BTreeMap<String, bool>,
    question: &Question,
) -> Load {
    let name = &leads.owners[owner];
    let calendar = leads.owner_calendars[owner].clone();
    let mut calendars = question.levels.calendars.iter();
    let own = calendars.find(|one| Some(&one.name) == calendar.as_ref());
    let hours = own.unwrap_or(&question.levels.working_days);
    let working_days = working_days(leads, hours, question);
    let mine = |one: &&Handled| one.lead.owner == Some(owner);
    let new: Vec<&Handled> = handled.iter().filter(mine).collect();
    // Who came counts, whether or not the clock can be read.
    let came = leads.started(question.scope);
    let came = came.filter(|(lead, _)| lead.owner == Some(owner)).count();
    let open = leads.list.iter();
    let open = open.filter(|lead| lead.owner == Some(owner) && lead.is_open());
    let span = i64::from(question.levels.attempt_days) * DAY_MILLIS;
    let from = |one: &Handled| {
        one.lead
            .assigned
            .map_or(one.start, |at| at.at.max(one.start))
    };
    let ripe = new.iter().filter(|one| from(one) + span <= question.as_of);
    let attempts: Vec<f64> = ripe
        .map(|one| count(leads, one, one.start, from(one) + span) as f64)
        .collect();
    let last = question.data.ladder.len() - 1;
    let horizon = question.data.horizons.days(0, last);
    let outcomes = new.iter().map(|one| {
        one.lead
            .reached_within(last, one.start, horizon, question.as_of)
    });
    Load {
        owner: name.clone(),
        active: active.get(&normal_form(name)).copied(),
        calendar,
        open_leads: open.count() as u64,
        new_leads: came as u64,
        new_leads_per_day: ratio(came as f64, working_days as f64),
        ratio: Err(Undefined::NoData),
        attempts_per_lead: quantile::mean(&attempts).ok_or(Undefined::NotMature),
        won: cohort_rate(question.data, outcomes, horizon),
        shrunk: Err(Undefined::NoData),
        rank: None,
    }
}

/// Open leads over the median of the active.
fn compare(lines: &mut [Load]) {
    let mut open: Vec<f64> = lines
        .iter()
        .filter(|line| line.active != Some(false))
        .map(|line| line.open_leads as f64)
        .collect();
    open.sort_unstable_by(f64::total_cmp);
    let Some(median) = quantile::quantile(&open, 0.5) else {
        return;
    };
    for line in lines {
        line.ratio = ratio(line.open_leads as f64, median);
    }
}

fn rank(lines: &mut [Load]) {
    let mut order: Vec<(f64, usize)> = lines
        .iter()
        .enumerate()
        .filter_map(|(place, line)| Some((line.won.as_ref().ok()?.interval?.0, place)))
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let lows: BTreeSet<u64> = order.iter().map(|(low, _)| low.to_bits()).collect();
    if lows.len() < 2 {
        return;
    }
    for (rank, (_, place)) in (1..).zip(order) {
        lines[place].rank = Some(rank);
    }
}

fn shrink(lines: &mut [Load]) {
    let rated: Vec<(usize, (u64, u64))> = lines
        .iter()
        .enumerate()
        .filter_map(|(place, line)| {
            let rate = line.won.as_ref().ok()?;
            Some((place, (rate.k, rate.n)))
        })
        .collect();
    let counts: Vec<(u64, u64)> = rated.iter().map(|(_, counts)| *counts).collect();
    for ((place, _), shrunk) in rated.iter().zip(shrinkage::shrunk(&counts)) {
        lines[*place].shrunk = shrunk.ok_or(Undefined::NoData);
    }
}
