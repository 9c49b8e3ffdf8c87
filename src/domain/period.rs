//! Periods as people write them, and the spans of days they mean.
//!
//! A period is half-open: it starts with its first day and ends before `end`. Which
//! instants those are is decided by the report zone, in `calendar`.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

/// A period as written: `2026-10`, `2026-Q3`, `last-month`, ...
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodSpec {
    /// A span of days known without looking at the data.
    Fixed(Period),
    /// The last complete month at the as-of moment.
    LastMonth,
    /// The last complete ISO week.
    LastWeek,
    /// The last complete quarter.
    LastQuarter,
    /// Everything.
    All,
}

/// A span of days with the name it is printed under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// `2026-10`, `2026-Q3`, `2026-W43`, `2026`, `2026-01-05..2026-02-01`.
    pub label: String,
    /// First day.
    pub start: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
    /// What kind of span it is; decides what "the previous one" means.
    pub grain: Grain,
}

/// The kinds of spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grain {
    /// One calendar day.
    Day,
    /// ISO week, Monday first.
    Week,
    /// Calendar month.
    Month,
    /// Calendar quarter.
    Quarter,
    /// Calendar year.
    Year,
    /// Any other span.
    Custom,
}

/// Why a text is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// No known form.
    #[error(
        "`{0}` is no period; write 2026-10, 2026-Q3, 2026, 2026-W43, 2026-01..2026-06, 2026-10-26..2026-11-02, last-month, last-week, last-quarter or all"
    )]
    Form(String),
    /// A month 13, a 30 February.
    #[error("`{0}` does not exist in the calendar")]
    Calendar(String),
    /// A range that ends before it starts.
    #[error("`{0}` ends before it starts")]
    Reversed(String),
}

impl PeriodSpec {
    /// Reads a period.
    ///
    /// # Errors
    /// [`PeriodError`] where the text has no known form, names a day that does not
    /// exist, or runs backwards.
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        match text.trim() {
            "last-month" => Ok(Self::LastMonth),
            "last-week" => Ok(Self::LastWeek),
            "last-quarter" => Ok(Self::LastQuarter),
            "all" => Ok(Self::All),
            other => Period::parse(other).map(Self::Fixed),
        }
    }
}

impl Period {
    /// Reads a span of days; both ends of `..` are included.
    ///
    /// # Errors
    /// As [`PeriodSpec::parse`].
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let Some((from, to)) = text.split_once("..") else {
            return parse_single(text);
        };
        let (first, last) = (parse_single(from.trim())?, parse_single(to.trim())?);
        if last.end <= first.start {
            return Err(PeriodError::Reversed(text.to_owned()));
        }
        Ok(Self {
            label: text.replace(' ', ""),
            start: first.start,
            end: last.end,
            grain: Grain::Custom,
        })
    }

    /// The day of `date`.
    #[must_use]
    pub fn day(date: NaiveDate) -> Self {
        Self::of(Grain::Day, date)
    }

    /// The month that `date` falls in.
    #[must_use]
    pub fn month(date: NaiveDate) -> Self {
        Self::of(Grain::Month, date)
    }

    /// A span from `start` to before `end`.
    #[must_use]
    pub fn custom(label: impl Into<String>, start: NaiveDate, end: NaiveDate) -> Self {
        Self {
            label: label.into(),
            start,
            end,
            grain: Grain::Custom,
        }
    }

    /// The period of `grain` that `date` falls in ([`Grain::Custom`]: the day).
    #[must_use]
    pub fn of(grain: Grain, date: NaiveDate) -> Self {
        let (start, end) = bounds(grain, date);
        Self {
            label: label(grain, start),
            start,
            end,
            grain,
        }
    }

    /// The period of the same kind just before; a custom span moves back by its length.
    #[must_use]
    pub fn previous(&self) -> Self {
        if self.grain == Grain::Custom {
            let days = Days::new(self.days());
            let start = self.start.checked_sub_days(days).unwrap_or(self.start);
            return Self::custom(range_label(start, self.start), start, self.start);
        }
        let before = self.start.pred_opt().unwrap_or(self.start);
        Self::of(self.grain, before)
    }

    /// The same period a year before (the same ISO week number for a week).
    #[must_use]
    pub fn year_before(&self) -> Self {
        if self.grain == Grain::Week {
            let week = self.start.iso_week();
            let monday = NaiveDate::from_isoywd_opt(week.year() - 1, week.week(), Weekday::Mon);
            return Self::of(Grain::Week, monday.unwrap_or(self.start));
        }
        let back = |date: NaiveDate| date.checked_sub_months(Months::new(12)).unwrap_or(date);
        if self.grain == Grain::Custom {
            let (start, end) = (back(self.start), back(self.end));
            return Self::custom(range_label(start, end), start, end);
        }
        Self::of(self.grain, back(self.start))
    }

    /// How many days it has.
    #[must_use]
    pub fn days(&self) -> u64 {
        u64::try_from((self.end - self.start).num_days()).unwrap_or(0)
    }

    /// True where the day falls in it.
    #[must_use]
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.start <= date && date < self.end
    }
}

fn range_label(start: NaiveDate, end: NaiveDate) -> String {
    let last = end.pred_opt().unwrap_or(end);
    format!("{start}..{last}")
}

fn parse_single(text: &str) -> Result<Period, PeriodError> {
    let form = || PeriodError::Form(text.to_owned());
    let calendar = || PeriodError::Calendar(text.to_owned());
    let parts: Vec<&str> = text.split('-').collect();
    let year: i32 = digits(parts.first().copied().unwrap_or(""), 4).ok_or_else(form)?;
    let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(calendar)?;
    let (grain, date) = match parts[1..] {
        [] => (Grain::Year, Some(first)),
        [quarter] if quarter.starts_with('Q') => {
            let quarter: u32 = digits(&quarter[1..], 1).ok_or_else(form)?;
            let month = (quarter.max(1) - 1) * 3 + 1;
            (
                Grain::Quarter,
                NaiveDate::from_ymd_opt(year, month, 1).filter(|_| quarter > 0),
            )
        }
        [week] if week.starts_with('W') => {
            let week: u32 = digits(&week[1..], 2).ok_or_else(form)?;
            (
                Grain::Week,
                NaiveDate::from_isoywd_opt(year, week, Weekday::Mon),
            )
        }
        [month] => {
            let month: u32 = digits(month, 2).ok_or_else(form)?;
            (Grain::Month, NaiveDate::from_ymd_opt(year, month, 1))
        }
        [month, day] => {
            let month: u32 = digits(month, 2).ok_or_else(form)?;
            let day: u32 = digits(day, 2).ok_or_else(form)?;
            (Grain::Day, NaiveDate::from_ymd_opt(year, month, day))
        }
        _ => return Err(form()),
    };
    date.map(|date| Period::of(grain, date))
        .ok_or_else(calendar)
}

fn digits<T: std::str::FromStr>(text: &str, count: usize) -> Option<T> {
    let plain = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn bounds(grain: Grain, date: NaiveDate) -> (NaiveDate, NaiveDate) {
    let plus_months = |start: NaiveDate, months| {
        start
            .checked_add_months(Months::new(months))
            .unwrap_or(start)
    };
    let plus_days =
        |start: NaiveDate, days| start.checked_add_days(Days::new(days)).unwrap_or(start);
    let first_of = |month| NaiveDate::from_ymd_opt(date.year(), month, 1).unwrap_or(date);
    match grain {
        Grain::Day | Grain::Custom => (date, plus_days(date, 1)),
        Grain::Week => {
            let into_week = u64::from(date.weekday().num_days_from_monday());
            let start = date.checked_sub_days(Days::new(into_week)).unwrap_or(date);
            (start, plus_days(start, 7))
        }
        Grain::Month => (
            first_of(date.month()),
            plus_months(first_of(date.month()), 1),
        ),
        Grain::Quarter => {
            let start = first_of((date.month0() / 3) * 3 + 1);
            (start, plus_months(start, 3))
        }
        Grain::Year => (first_of(1), plus_months(first_of(1), 12)),
    }
}

fn label(grain: Grain, start: NaiveDate) -> String {
    match grain {
        Grain::Day | Grain::Custom => start.to_string(),
        Grain::Week => {
            let week = start.iso_week();
            format!("{}-W{:02}", week.year(), week.week())
        }
        Grain::Month => start.format("%Y-%m").to_string(),
        Grain::Quarter => format!("{}-Q{}", start.year(), start.month0() / 3 + 1),
        Grain::Year => start.year().to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn span(text: &str) -> (String, String) {
        let period = Period::parse(text).unwrap();
        (period.start.to_string(), period.end.to_string())
    }

    #[test]
    fn every_form_means_its_days() {
        let cases = [
            ("2026-10", "2026-10-01", "2026-11-01"),
            ("2026-Q3", "2026-07-01", "2026-10-01"),
            ("2026", "2026-01-01", "2027-01-01"),
            ("2026-W43", "2026-10-19", "2026-10-26"),
            ("2026-01..2026-06", "2026-01-01", "2026-07-01"),
            ("2026-10-26..2026-11-02", "2026-10-26", "2026-11-03"),
            ("2026-10-26", "2026-10-26", "2026-10-27"),
        ];
        for (text, start, end) in cases {
            assert_eq!(span(text), (start.into(), end.into()), "{text}");
        }
    }

    #[test]
    fn impossible_periods_are_refused() {
        for text in ["2026-13", "2026-02-30", "2026-Q5", "2026-W60", "2026-Q0"] {
            assert!(
                matches!(Period::parse(text), Err(PeriodError::Calendar(_))),
                "{text}"
            );
        }
        for text in ["", "10/2026", "2026-1", "next month", "2026-10-1"] {
            assert!(
                matches!(Period::parse(text), Err(PeriodError::Form(_))),
                "{text}"
            );
        }
        assert!(matches!(
            Period::parse("2026-06..2026-01"),
            Err(PeriodError::Reversed(_))
        ));
    }

    #[test]
    fn neighbours() {
        let october = Period::parse("2026-10").unwrap();
        assert_eq!(october.previous().label, "2026-09");
        assert_eq!(october.year_before().label, "2025-10");
        let week = Period::parse("2026-W01").unwrap();
        assert_eq!(week.previous().label, "2025-W52");
        let custom = Period::parse("2026-10-26..2026-11-01").unwrap();
        assert_eq!(custom.previous().label, "2026-10-19..2026-10-25");
    }
}
