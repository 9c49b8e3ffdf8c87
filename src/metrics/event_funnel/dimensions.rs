//! What people are split by: values that classes have, and when an attempt started.
//!
//! A value is a number until it is shown. The number of a period is that of its first
//! day, so that parts computed side by side agree on it.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use rustc_hash::FxHashMap;

use super::classes::{Unknown, Vocabulary};
use crate::domain::calendar::{Millis, day_of, instants};
use crate::domain::period::{Grain, Period};
use crate::domain::text::is_missing;
use crate::metrics::time_labels::{grain, is_time};
use crate::tables::TIME_DIMENSIONS;

/// The number of no value.
pub const NO_VALUE: u32 = u32::MAX;

/// The values of a column, per class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// The values that occur, in the order in which classes first say them.
    labels: Vec<String>,
    /// Per class the number of its value, or [`NO_VALUE`].
    numbers: Vec<u32>,
}

impl Values {
    /// Numbers what the classes say.
    #[must_use]
    pub fn new(words: &[Option<&str>]) -> Self {
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        let mut values = Self::default();
        for word in words {
            let Some(word) = word.filter(|word| !is_missing(word)) else {
                values.numbers.push(NO_VALUE);
                continue;
            };
            let number = *known.entry(word).or_insert(values.labels.len() as u32);
            if number as usize == values.labels.len() {
                values.labels.push(word.to_owned());
            }
            values.numbers.push(number);
        }
        values
    }

    /// The number of what a class says.
    #[must_use]
    pub fn number(&self, class: u32) -> u32 {
        let number = self.numbers.get(class as usize);
        number.copied().unwrap_or(NO_VALUE)
    }

    /// The words of a value; `(none)` where there is none.
    #[must_use]
    pub fn label(&self, number: u32) -> &str {
        let label = self.labels.get(number as usize);
        label.map_or("(none)", String::as_str)
    }
}

/// What people are split by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dimension {
    /// A value along the attempt.
    Words(Values),
    /// The month, week, ... in which the attempt started, in the report zone.
    Time(Grain, Tz),
}

impl Dimension {
    /// The words of a value; `(none)` where there is none.
    #[must_use]
    pub fn label(&self, number: u32) -> String {
        match self {
            Self::Words(values) => values.label(number).to_owned(),
            Self::Time(grain, _) => {
                let day = i32::try_from(number)
                    .ok()
                    .and_then(NaiveDate::from_num_days_from_ce_opt);
                day.map_or_else(|| "(none)".to_owned(), |day| Period::of(*grain, day).label)
            }
        }
    }
}

/// The dimensions with these names: columns of the events, or `month`, `week`, ...
///
/// # Errors
/// A name that is neither.
pub fn dimensions(
    names: &[String],
    vocabulary: &Vocabulary,
    zone: Tz,
) -> Result<Vec<Dimension>, Unknown> {
    let dimension = |name: &String| {
        if is_time(name) {
            return Ok(Dimension::Time(grain(name), zone));
        }
        let words = vocabulary.words(name).map(Values::new);
        words.map(Dimension::Words).ok_or_else(|| {
            let times = TIME_DIMENSIONS.iter().map(ToString::to_string);
            Unknown::Column {
                name: name.clone(),
                known: vocabulary.column_names().into_iter().chain(times).collect(),
            }
        })
    };
    names.iter().map(dimension).collect()
}

/// The periods met so far, of one grain.
#[derive(Debug, Clone, Default)]
pub struct Periods {
    /// End, start and number, in the order of time.
    known: Vec<(Millis, Millis, u32)>,
}

impl Periods {
    /// The number of the period that an instant falls in.
    pub fn number(&mut self, grain: Grain, zone: Tz, instant: Millis) -> u32 {
        let place = self.known.partition_point(|(end, ..)| *end <= instant);
        if let Some((_, start, number)) = self.known.get(place)
            && *start <= instant
        {
            return *number;
        }
        let period = Period::of(grain, day_of(instant, zone));
        let (start, end) = instants(&period, zone);
        let number = u32::try_from(period.start.num_days_from_ce()).unwrap_or(NO_VALUE);
        self.known.insert(place, (end, start, number));
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_and_a_missing_one_has_a_name() {
        let values = Values::new(&[Some("web"), Some("(none)"), Some("web"), None, Some("call")]);
        let numbers: Vec<u32> = (0..6).map(|class| values.number(class)).collect();
        assert_eq!(numbers, [0, NO_VALUE, 0, NO_VALUE, 1, NO_VALUE]);
        assert_eq!(
            (values.label(1), values.label(NO_VALUE)),
            ("call", "(none)")
        );
    }

    #[test]
    fn periods_have_the_number_of_their_first_day() {
        let (mut one, mut other) = (Periods::default(), Periods::default());
        let zone = Tz::Europe__Berlin;
        // 2026-10-31 23:30 UTC is the first of November in Berlin.
        let (november, december) = (1_793_489_400_000, 1_796_083_200_000);
        let first = one.number(Grain::Month, zone, november);
        other.number(Grain::Month, zone, december);
        assert_eq!(first, other.number(Grain::Month, zone, november));
        let month = Dimension::Time(Grain::Month, zone);
        assert_eq!(month.label(first), "2026-11");
        let week = Dimension::Time(Grain::Week, Tz::UTC);
        let number = Periods::default().number(Grain::Week, Tz::UTC, november);
        assert_eq!(week.label(number), "2026-W44");
    }
}
