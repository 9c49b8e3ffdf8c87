//! Months as whole numbers, and periods as runs of them.
//!
//! Recurring amounts are known by month, so everything about customers is asked of whole
//! months of the report zone.

use chrono::{Datelike, NaiveDate};

use crate::domain::period::{Grain, Period};

/// A calendar month: years times 12 plus the month from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(i32);

impl Month {
    /// The month that a day falls in.
    #[must_use]
    pub fn of(day: NaiveDate) -> Self {
        Self(day.year() * 12 + day.month0().cast_signed())
    }

    /// So many months later, or earlier where `months` is below 0.
    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months))
    }

    /// Months from `earlier` to this one.
    #[must_use]
    pub fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        let month = self.0.rem_euclid(12).cast_unsigned() + 1;
        NaiveDate::from_ymd_opt(self.0.div_euclid(12), month, 1).unwrap_or_default()
    }

    /// `2026-10`.
    #[must_use]
    pub fn label(self) -> String {
        self.first_day().format("%Y-%m").to_string()
    }

    /// The month as a period.
    #[must_use]
    pub fn period(self) -> Period {
        Period::month(self.first_day())
    }
}

/// A run of whole months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first month.
    pub first: Month,
    /// The last month.
    pub last: Month,
}

impl Span {
    /// The months of a period; nothing where it cuts a month.
    #[must_use]
    pub fn of(period: &Period) -> Option<Self> {
        let whole = period.start.day() == 1 && period.end.day() == 1 && period.start < period.end;
        whole.then(|| Self {
            first: Month::of(period.start),
            last: Month::of(period.end).plus(-1),
        })
    }

    /// The month before: its amounts are those at the start.
    #[must_use]
    pub fn before(self) -> Month {
        self.first.plus(-1)
    }

    /// How many months it has, at least 1.
    #[must_use]
    pub fn months(self) -> i32 {
        self.last.since(self.first) + 1
    }

    /// True where the month lies in it.
    #[must_use]
    pub fn contains(self, month: Month) -> bool {
        self.first <= month && month <= self.last
    }

    /// The months as a period.
    #[must_use]
    pub fn period(self) -> Period {
        if self.first == self.last {
            return self.first.period();
        }
        let label = format!("{}..{}", self.first.label(), self.last.label());
        let end = self.last.plus(1).first_day();
        Period::custom(label, self.first.first_day(), end)
    }
}

/// The period of as many months just before.
#[must_use]
pub fn previous(period: &Period) -> Period {
    shifted(period, |span| -span.months()).unwrap_or_else(|| period.previous())
}

/// The same months a year before.
#[must_use]
pub fn year_before(period: &Period) -> Period {
    shifted(period, |_| -12).unwrap_or_else(|| period.year_before())
}

fn shifted(period: &Period, by: impl Fn(Span) -> i32) -> Option<Period> {
    let span = Span::of(period)?;
    let months = by(span);
    let moved = Span {
        first: span.first.plus(months),
        last: span.last.plus(months),
    };
    Some(match period.grain {
        Grain::Quarter | Grain::Year => Period::of(period.grain, moved.first.first_day()),
        _ => moved.period(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn period(text: &str) -> Period {
        Period::parse(text).unwrap()
    }

    #[test]
    fn months_count_over_the_new_year() {
        let january = Month::of(NaiveDate::from_ymd_opt(2026, 1, 31).unwrap());
        assert_eq!(january.plus(-1).label(), "2025-12");
        assert_eq!(january.plus(11).label(), "2026-12");
        assert_eq!(january.plus(-1).since(january.plus(-13)), 12);
    }

    #[test]
    fn periods_before_have_as_many_months() {
        let cases = [
            ("2026-03", "2026-02", "2025-03"),
            ("2026-Q1", "2025-Q4", "2025-Q1"),
            ("2026-01..2026-06", "2025-07..2025-12", "2025-01..2025-06"),
        ];
        for (now, before, year) in cases {
            assert_eq!(previous(&period(now)).label, before);
            assert_eq!(year_before(&period(now)).label, year);
        }
    }

    #[test]
    fn a_week_is_no_run_of_months() {
        assert!(Span::of(&period("2026-W10")).is_none());
        assert!(Span::of(&period("2026-03-02..2026-03-31")).is_none());
        assert_eq!(Span::of(&period("2026-Q1")).unwrap().months(), 3);
    }
}
