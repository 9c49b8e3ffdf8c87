//! Were the promises kept?
//!
//! Dictionary 5.2: met and breached make the rate; what is still within its time at the
//! as-of moment is pending and outside it.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Timelike};

use super::Question;
use super::handled::Handled;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::domain::service_level::{Moment, Promise};
use crate::domain::working_hours::DAYS;
use crate::metrics::measure::Group;
use crate::metrics::worked::activities::{Found, first_attempt, first_contact};
use crate::metrics::worked::pace::Pace;
use crate::metrics::worked::{Grouping, Lead, Leads, Stamp, share};

/// How a promise to one lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Kept in time.
    Met,
    /// Kept late, or not at all with the time over.
    Breached,
    /// Not kept yet, in time.
    Pending,
    /// A moment is known to the day only.
    DateOnly,
    /// The end lies before the beginning.
    Negative,
}

/// A promise and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Compliance {
    /// The promise (position in the list of them).
    pub promise: usize,
    /// Kept in time.
    pub met: u64,
    /// Not.
    pub breached: u64,
    /// Not yet.
    pub pending: u64,
    /// Left out: dates without a time.
    pub date_only: u64,
    /// Left out: the end lies before the beginning.
    pub negative: u64,
    /// Met of met and breached; `date_only` where only dates are known.
    pub rate: Figure<Rate>,
}

/// Part of the week or of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    /// `weekday` or `hour`.
    pub part: &'static str,
    /// `mon`, `09`.
    pub value: String,
    /// How the promise stands for those who came then.
    pub compliance: Compliance,
}

impl Compliance {
    fn new(promise: usize) -> Self {
        Self {
            promise,
            met: 0,
            breached: 0,
            pending: 0,
            date_only: 0,
            negative: 0,
            rate: Err(Undefined::ZeroDenominator),
        }
    }

    /// Met and breached.
    #[must_use]
    pub fn due(&self) -> u64 {
        self.met + self.breached
    }

    fn add(&mut self, standing: Standing) {
        let count = match standing {
            Standing::Met => &mut self.met,
            Standing::Breached => &mut self.breached,
            Standing::Pending => &mut self.pending,
            Standing::DateOnly => &mut self.date_only,
            Standing::Negative => &mut self.negative,
        };
        *count += 1;
    }

    fn settled(mut self, question: &Question) -> Self {
        self.rate = match self.due() {
            0 if self.date_only > 0 => Err(Undefined::DateOnly),
            due => share(question.data, self.met, due),
        };
        self
    }
}

/// A lead for whom a promise started in the period.
struct Due<'a> {
    lead: &'a Lead,
    from: Millis,
    standing: Standing,
}

/// What came out for all promises.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// One for each promise.
    pub total: Vec<Compliance>,
    /// By the dimensions asked for.
    pub by: Vec<(Group, Compliance)>,
    /// By the hour and the weekday at which leads came, for the first promise.
    pub arrival: Vec<Arrival>,
}

/// All promises over the leads.
pub fn kept(leads: &Leads, handled: &[Handled], question: &Question) -> Kept {
    let mut kept = Kept::default();
    for (number, promise) in question.levels.promises.iter().enumerate() {
        let due = due(leads, handled, promise, question);
        let mut total = Compliance::new(number);
        due.iter().for_each(|one| total.add(one.standing));
        kept.total.push(total.settled(question));
        if !question.dimensions.is_empty() {
            kept.by.extend(by_group(&due, number, question));
        }
        if number == 0 {
            kept.arrival = arrivals(&due, promise, question);
        }
    }
    kept
}

fn by_group(due: &[Due], number: usize, question: &Question) -> Vec<(Group, Compliance)> {
    let mut grouping = Grouping::new(question.dimensions, question.data);
    let mut groups: BTreeMap<Group, Compliance> = BTreeMap::new();
    for one in due {
        let group = groups
            .entry(grouping.of(one.lead, one.from))
            .or_insert_with(|| Compliance::new(number));
        group.add(one.standing);
    }
    let groups = groups.into_iter();
    groups
        .map(|(group, one)| (group, one.settled(question)))
        .collect()
}

/// Weekdays and hours in the zone of the calendar.
fn arrivals(due: &[Due], promise: &Promise, question: &Question) -> Vec<Arrival> {
    let zone = promise
        .calendar
        .as_ref()
        .map_or(question.data.zone, |hours| hours.zone);
    let mut weekdays = vec![Compliance::new(0); 7];
    let mut hours = vec![Compliance::new(0); 24];
    for one in due {
        let Some(utc) = DateTime::from_timestamp_millis(one.from) else {
            continue;
        };
        let local = utc.with_timezone(&zone);
        weekdays[local.weekday().num_days_from_monday() as usize].add(one.standing);
        hours[local.hour() as usize].add(one.standing);
    }
    let weekdays = weekdays.into_iter().zip(DAYS);
    let weekdays = weekdays.map(|(compliance, day)| ("weekday", day.to_owned(), compliance));
    let hours = hours.into_iter().enumerate();
    let hours = hours.map(|(hour, compliance)| ("hour", format!("{hour:02}"), compliance));
    weekdays
        .chain(hours)
        .filter(|(_, _, one)| *one != Compliance::new(0))
        .map(|(part, value, compliance)| Arrival {
            part,
            value,
            compliance: compliance.settled(question),
        })
        .collect()
}

fn due<'a>(
    leads: &'a Leads,
    handled: &[Handled<'a>],
    promise: &Promise,
    question: &Question,
) -> Vec<Due<'a>> {
    let (first, end) = question.scope.bounds();
    if promise.from == Moment::Stage(0) {
        let first = handled.iter().map(|one| one.start).min();
        let paces = question.paces(leads, promise, first);
        let standing = |one: &Handled<'a>| Due {
            lead: one.lead,
            from: one.start,
            standing: judge(
                &reached(leads, one.lead, promise.to, one.start),
                one.start,
                promise,
                paces.of(one.lead),
                question.as_of,
            ),
        };
        return handled.iter().map(standing).collect();
    }
    let begun: Vec<(&Lead, Stamp)> = leads
        .list
        .iter()
        .filter_map(|lead| Some((lead, begin(lead, promise.from)?)))
        .filter(|(_, from)| first <= from.at && from.at < end && from.at <= question.as_of)
        .collect();
    let earliest = begun.iter().map(|(_, from)| from.at).min();
    let paces = question.paces(leads, promise, earliest);
    let standing = |(lead, from): (&'a Lead, Stamp)| Due {
        lead,
        from: from.at,
        standing: match from.day {
            true => Standing::DateOnly,
            false => judge(
                &reached(leads, lead, promise.to, from.at),
                from.at,
                promise,
                paces.of(lead),
                question.as_of,
            ),
        },
    };
    begun.into_iter().map(standing).collect()
}

/// When a promise starts: a stage above the first only where its own entry is recorded, since
/// nobody was handed over who jumped it.
pub fn begin(lead: &Lead, from: Moment) -> Option<Stamp> {
    match from {
        Moment::Stage(0) => lead.start,
        Moment::Stage(stage) => {
            let reached = lead.stages.get(stage)?;
            reached.recorded.filter(|own| reached.at == Some(*own))
        }
        Moment::Assigned => lead.assigned,
        Moment::FirstAttempt | Moment::FirstContact => None,
    }
}

/// When what was promised came, looked for from a moment on.
pub fn reached(leads: &Leads, lead: &Lead, to: Moment, from: Millis) -> Found {
    let of_stamp = |stamp: Option<Stamp>| match stamp {
        None => Found::Never,
        Some(stamp) if stamp.day => Found::Day,
        Some(stamp) => Found::At(stamp.at),
    };
    match to {
        Moment::FirstAttempt => first_attempt(leads.activities(lead), from),
        Moment::FirstContact => first_contact(leads.activities(lead), from),
        Moment::Assigned => of_stamp(lead.assigned),
        Moment::Stage(stage) => of_stamp(lead.stages.get(stage).and_then(|reached| reached.at)),
    }
}

fn judge(to: &Found, from: Millis, promise: &Promise, pace: &Pace, as_of: Millis) -> Standing {
    match *to {
        Found::Day => Standing::DateOnly,
        // Seen from before it came, it has not come yet.
        Found::At(at) if at > as_of => judge(&Found::Never, from, promise, pace, as_of),
        Found::At(at) if at < from => Standing::Negative,
        Found::At(at) if pace.between(from, at) <= promise.within => Standing::Met,
        Found::At(_) => Standing::Breached,
        Found::Never if pace.between(from, as_of) > promise.within => Standing::Breached,
        Found::Never => Standing::Pending,
    }
}

/// Who was due in the period and how it ended, for whoever needs the leads themselves.
pub fn standings<'a>(
    leads: &'a Leads,
    handled: &[Handled<'a>],
    promise: &Promise,
    question: &Question,
) -> Vec<(&'a Lead, Millis, Standing)> {
    let due = due(leads, handled, promise, question);
    due.into_iter()
        .map(|one| (one.lead, one.from, one.standing))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise(within: Millis) -> Promise {
        Promise {
            name: "first_attempt".into(),
            from: Moment::Stage(0),
            to: Moment::FirstAttempt,
            within,
            calendar: None,
            elapsed: false,
        }
    }

    #[test]
    fn the_end_of_the_time_is_included() {
        let pace = Pace::new(None, 0, 100);
        let at = |found, as_of| judge(&found, 10, &promise(5), &pace, as_of);
        assert_eq!(at(Found::At(15), 100), Standing::Met);
        assert_eq!(at(Found::At(16), 100), Standing::Breached);
        assert_eq!(at(Found::Never, 15), Standing::Pending);
        assert_eq!(at(Found::Never, 16), Standing::Breached);
        assert_eq!(at(Found::Day, 16), Standing::DateOnly);
        assert_eq!(at(Found::At(9), 16), Standing::Negative);
        assert_eq!(at(Found::At(15), 12), Standing::Pending);
        assert_eq!(at(Found::At(17), 16), Standing::Breached);
    }
}
