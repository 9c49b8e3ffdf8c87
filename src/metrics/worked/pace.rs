//! How long something took: every minute, or working time, of all or of the owner.

use super::{Lead, Leads};
use crate::domain::calendar::Millis;
use crate::domain::working_hours::{Timeline, WorkingHours};

/// A way to measure durations.
#[derive(Debug, Clone)]
pub struct Pace {
    timeline: Option<Timeline>,
}

impl Pace {
    /// Every minute, or the working time of a calendar from `first` to `last`.
    #[must_use]
    pub fn new(calendar: Option<&WorkingHours>, first: Millis, last: Millis) -> Self {
        Self {
            timeline: calendar.map(|hours| Timeline::new(hours, first, last)),
        }
    }

    /// Milliseconds of a span; below 0 where it ends before it starts.
    #[must_use]
    pub fn between(&self, start: Millis, end: Millis) -> Millis {
        match &self.timeline {
            Some(timeline) if end >= start => timeline.between(start, end),
            _ => end - start,
        }
    }
}

/// The pace of each lead: that of its owner's own calendar, else the common one.
#[derive(Debug, Clone)]
pub struct Paces {
    common: Pace,
    own: Vec<Pace>,
    /// Owner (by number) -> place in `own`.
    of_owner: Vec<Option<usize>>,
}

/// How time is measured where no owner has a say.
#[derive(Debug, Clone, Copy)]
pub struct Measure<'a> {
    /// The common calendar; absent: every minute.
    pub calendar: Option<&'a WorkingHours>,
    /// True where owners' own calendars do not count.
    pub elapsed: bool,
    /// All calendars.
    pub calendars: &'a [WorkingHours],
}

impl Paces {
    /// From the first to the last moment that is looked at.
    #[must_use]
    pub fn new(leads: &Leads, measure: Measure, first: Millis, last: Millis) -> Self {
        let named = |owner: &Option<String>| {
            let name = owner.as_deref().filter(|_| !measure.elapsed)?;
            let mut all = measure.calendars.iter();
            all.position(|calendar| calendar.name == name)
        };
        let all = measure.calendars.iter();
        Self {
            common: Pace::new(measure.calendar, first, last),
            of_owner: leads.owner_calendars.iter().map(named).collect(),
            own: all
                .map(|calendar| Pace::new(Some(calendar), first, last))
                .collect(),
        }
    }

    /// The pace of a lead.
    #[must_use]
    pub fn of(&self, lead: &Lead) -> &Pace {
        let own = lead.owner.and_then(|owner| *self.of_owner.get(owner)?);
        own.and_then(|place| self.own.get(place))
            .unwrap_or(&self.common)
    }
}

/// `elapsed`, or the name of the calendar.
#[must_use]
pub fn variant(calendar: Option<&WorkingHours>) -> &str {
    calendar.map_or("elapsed", |hours| hours.name.as_str())
}
