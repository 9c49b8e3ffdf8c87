//! The month (week, quarter, ...) that an instant falls in, fast.
//!
//! Each period that an instant fell in is kept with its ends and its label; only an
//! instant outside all of them asks the calendar. Millions of instants share few labels,
//! so a label has a number.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use crate::domain::calendar::{Millis, day_of, instants};
use crate::domain::period::{Grain, Period};
use crate::tables::TIME_DIMENSIONS;

/// Labels of the periods of one grain in one zone.
pub struct Labels {
    grain: Grain,
    zone: Tz,
    /// Start of each period seen -> (end, its number).
    known: BTreeMap<Millis, (Millis, u32)>,
    /// The label of each number.
    list: Vec<String>,
}

/// True for `month`, `week`, `quarter`, `year` and `day`.
#[must_use]
pub fn is_time(dimension: &str) -> bool {
    TIME_DIMENSIONS.contains(&dimension)
}

/// The grain that a time dimension stands for; days for any other name.
#[must_use]
pub fn grain(dimension: &str) -> Grain {
    match dimension {
        "month" => Grain::Month,
        "week" => Grain::Week,
        "quarter" => Grain::Quarter,
        "year" => Grain::Year,
        _ => Grain::Day,
    }
}

impl Labels {
    /// For periods of `grain` in `zone`.
    #[must_use]
    pub fn new(grain: Grain, zone: Tz) -> Self {
        Self {
            grain,
            zone,
            known: BTreeMap::new(),
            list: Vec::new(),
        }
    }

    /// The label of the period that the instant falls in.
    pub fn of(&mut self, instant: Millis) -> String {
        let number = self.number(instant) as usize;
        self.list.get(number).cloned().unwrap_or_default()
    }

    /// The position in [`Self::list`] of the label of the period that the instant falls in.
    pub fn number(&mut self, instant: Millis) -> u32 {
        let before = self.known.range(..=instant).next_back();
        if let Some((_, (end, number))) = before
            && instant < *end
        {
            return *number;
        }
        let period = Period::of(self.grain, day_of(instant, self.zone));
        let (start, end) = instants(&period, self.zone);
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(period.label);
        self.known.insert(start, (end, number));
        number
    }

    /// The labels given out so far.
    #[must_use]
    pub fn list(&self) -> &[String] {
        &self.list
    }

    /// The labels of all periods that a span touches, oldest first; `end` is excluded.
    pub fn touched(&mut self, start: Millis, end: Millis) -> Vec<String> {
        let mut labels = Vec::new();
        let mut at = start;
        loop {
            labels.push(self.of(at));
            let next = self
                .known
                .range(..=at)
                .next_back()
                .map(|(_, (end, _))| *end);
            match next {
                Some(next) if next < end => at = next,
                _ => return labels,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_follow_the_zone() {
        let three_in_the_morning = 1_769_914_800_000; // 2026-02-01T03:00:00Z
        let label = |zone| Labels::new(Grain::Month, zone).of(three_in_the_morning);
        assert_eq!(label(Tz::UTC), "2026-02");
        assert_eq!(label(Tz::America__New_York), "2026-01");
        let mut months = Labels::new(Grain::Month, Tz::UTC);
        let week = 7 * 86_400_000;
        let touched = months.touched(three_in_the_morning - week, three_in_the_morning);
        assert_eq!(touched, ["2026-01", "2026-02"]);
        assert_eq!(
            months.touched(three_in_the_morning, three_in_the_morning + week),
            ["2026-02"]
        );
        let mut weeks = Labels::new(Grain::Week, Tz::UTC);
        assert_eq!(weeks.of(three_in_the_morning), "2026-W05");
        assert_eq!(weeks.of(three_in_the_morning + 1), "2026-W05");
    }
}
