//! How long something took: every minute, or working time.

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

/// `elapsed`, or the name of the calendar.
#[must_use]
pub fn variant(calendar: Option<&WorkingHours>) -> &str {
    calendar.map_or("elapsed", |hours| hours.name.as_str())
}
