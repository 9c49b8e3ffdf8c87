//! Columns of spans: a day, a week, a month, a quarter, a year or a range in one cell.
//!
//! Both ends go through one [`DateColumn`], so that day and month are told apart by all
//! the dates of the column, as anywhere else.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::date::{self, DateColumn, DateOrder, Dates, Stamp, Word};
use super::{Place, is_missing, plain, trimmed};
use crate::diagnostics::Diagnostic;

/// Collects the cells of a column of spans.
#[derive(Debug, Default)]
pub struct SpanColumn {
    /// First and last day of each row, one after the other.
    ends: DateColumn,
}

/// A column of spans, read.
#[derive(Debug)]
pub struct Spans {
    ends: Dates,
    /// Rows that hold no span, or one that ends before it begins.
    pub bad: Vec<usize>,
}

impl SpanColumn {
    /// A column whose date format is deduced.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A column of a declared date format, as in [`DateColumn::with_pattern`].
    ///
    /// # Errors
    /// [`date::BadPattern`] where the text is no strftime pattern.
    pub fn with_pattern(pattern: &str) -> Result<Self, date::BadPattern> {
        Ok(Self {
            ends: DateColumn::with_pattern(pattern)?,
        })
    }

    /// How many cells were pushed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len() / 2
    }

    /// True before the first cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Adds the next cell.
    pub fn push(&mut self, cell: &str) {
        let cell = trimmed(cell);
        if is_missing(cell) {
            self.push_missing();
            return;
        }
        if let Some((first, last)) = whole_unit(cell) {
            self.ends.push_day(first);
            self.ends.push_day(last);
        } else if let Some((first, last)) = split_range(cell) {
            self.push_pair(&first, &last);
        } else {
            self.push_pair(cell, cell);
        }
    }

    /// Adds a span whose ends stand in two cells.
    pub fn push_ends(&mut self, first: &str, last: &str) {
        self.ends.push(first);
        self.ends.push(last);
    }

    /// Adds an empty row.
    pub fn push_missing(&mut self) {
        self.ends.push_missing();
        self.ends.push_missing();
    }

    /// Ends that are weeks or months themselves count from their first to their last day.
    fn push_pair(&mut self, first: &str, last: &str) {
        match whole_unit(first) {
            Some((day, _)) => self.ends.push_day(day),
            None => self.ends.push(first),
        }
        match whole_unit(last) {
            Some((_, day)) => self.ends.push_day(day),
            None => self.ends.push(last),
        }
    }

    /// Decides the column from all its cells.
    #[must_use]
    pub fn finish(self) -> Spans {
        let ends = self.ends.finish();
        let mut bad: Vec<usize> = ends.bad.iter().map(|(end, _)| end / 2).collect();
        let mut spans = Spans {
            ends,
            bad: Vec::new(),
        };
        bad.extend((0..spans.len()).filter(|row| spans.is_reversed(*row)));
        bad.sort_unstable();
        bad.dedup();
        spans.bad = bad;
        spans
    }
}

impl Spans {
    /// How many rows the column has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len() / 2
    }

    /// True for a column without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// First and last day of a row as their cells say them; nothing where one is missing or bad.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<(Stamp, Stamp)> {
        let ends = (self.ends.get(2 * row)?, self.ends.get(2 * row + 1)?);
        (!self.is_reversed(row)).then_some(ends)
    }

    fn is_reversed(&self, row: usize) -> bool {
        match (self.ends.get(2 * row), self.ends.get(2 * row + 1)) {
            (Some(first), Some(last)) => first.millis > last.millis,
            _ => false,
        }
    }

    /// The date format of the ends, in words.
    #[must_use]
    pub fn format(&self) -> &str {
        &self.ends.format
    }

    /// The order of day and month, where numeric dates occur.
    #[must_use]
    pub fn order(&self) -> Option<DateOrder> {
        self.ends.order
    }

    /// True where the column cannot be read as a whole.
    #[must_use]
    pub fn has_problem(&self) -> bool {
        self.ends.problem.is_some()
    }

    /// The problem of the column and its first bad cells, as findings.
    #[must_use]
    pub fn findings(&self, header: &str, place: Place<'_>) -> Vec<Diagnostic> {
        let mut findings = self.ends.findings(header, &|end| place(end / 2));
        // Both ends of one cell are one finding.
        findings.dedup_by(|a, b| a.location == b.location && a.text == b.text);
        let reversed = self.bad.iter().filter(|row| self.is_reversed(**row));
        findings.extend(reversed.take(super::KEPT_EXAMPLES).map(|row| {
            let text = format!("a span in `{header}` ends before it begins");
            Diagnostic::new(&crate::diagnostics::codes::BAD_DATE, text)
                .at(place(*row))
                .hint("correct the cell, or set bad rows aside with --max-rejects")
        }));
        findings
    }
}

/// True where the text alone has the form of a week, month, quarter or range.
pub(crate) fn is_span(cell: &str) -> bool {
    let written = cell.contains(['-', '/', ' ', '\u{2013}']);
    written
        && (whole_unit(cell).is_some()
            || split_range(cell)
                .is_some_and(|(first, last)| date::is_date(&first) && date::is_date(&last)))
}

/// First and last day of a week, month, quarter or year.
fn whole_unit(cell: &str) -> Option<(NaiveDate, NaiveDate)> {
    if cell.len() > 24 {
        return None;
    }
    let cell = if cell.is_ascii() {
        cell.to_owned()
    } else {
        plain(cell)
    };
    week(&cell)
        .or_else(|| quarter(&cell))
        .or_else(|| month(&cell))
        .or_else(|| year(&cell))
}

fn number<T: std::str::FromStr>(
    digits: &str,
    lengths: std::ops::RangeInclusive<usize>,
) -> Option<T> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    (plain && lengths.contains(&digits.len()))
        .then(|| digits.parse().ok())
        .flatten()
}

fn year_number(digits: &str) -> Option<i32> {
    number(digits, 4..=4).filter(|year| (1900..=2199).contains(year))
}

/// `2026-W43`, `2026W43`, `W43 2026`, `2026-W43-1`.
fn week(cell: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (before, after) = cell.split_once(['W', 'w'])?;
    if before.is_empty() {
        let (week, year) = after.split_once([' ', '-', '/'])?;
        return days_of_week(year_number(year.trim())?, number(week.trim(), 1..=2)?);
    }
    let year = year_number(before.trim_end_matches(['-', ' ']))?;
    match after.split_once('-') {
        None => days_of_week(year, number(after.trim(), 1..=2)?),
        Some((week, day)) => {
            let (monday, _) = days_of_week(year, number(week, 1..=2)?)?;
            let later: u64 = number(day, 1..=1).filter(|day| (1..=7).contains(day))?;
            let day = monday.checked_add_days(Days::new(later - 1))?;
            Some((day, day))
        }
    }
}

fn days_of_week(year: i32, week: u32) -> Option<(NaiveDate, NaiveDate)> {
    let monday = NaiveDate::from_isoywd_opt(year, week, Weekday::Mon)?;
    Some((monday, monday.checked_add_days(Days::new(6))?))
}

/// `2026-Q1`, `2026Q1`, `Q1 2026`, `Q1/2026`.
fn quarter(cell: &str) -> Option<(NaiveDate, NaiveDate)> {
    let (before, after) = cell.split_once(['Q', 'q'])?;
    let (year, quarter) = if before.is_empty() {
        let (quarter, year) = after.split_once([' ', '-', '/'])?;
        (year, quarter)
    } else {
        (before.trim_end_matches(['-', ' ', '/']), after)
    };
    let quarter: u32 = number(quarter.trim(), 1..=1).filter(|quarter| (1..=4).contains(quarter))?;
    months(year_number(year.trim())?, 3 * quarter - 2, 3)
}

/// `2026-10`, `10/2026`, `202610`, `Oct 2026`.
fn month(cell: &str) -> Option<(NaiveDate, NaiveDate)> {
    if let Some((year, month)) = cell.split_at_checked(4).filter(|_| cell.len() == 6)
        && let (Some(year), Some(month)) = (year_number(year), number(month, 2..=2))
    {
        return months(year, month, 1);
    }
    let cut = cell.find([' ', '-', '/', '.'])?;
    let (first, second) = cell.split_at(cut);
    let second = second.trim_matches([' ', '-', '/', '.', ',']);
    let first = first.trim_matches([' ', ',']);
    let (year, month) = match (year_number(first), year_number(second)) {
        (Some(year), None) => (year, second),
        (None, Some(year)) => (year, first),
        _ => return None,
    };
    months(
        year,
        number(month, 1..=2).or_else(|| named_month(month))?,
        1,
    )
}

fn named_month(word: &str) -> Option<u32> {
    let letters = !word.is_empty() && word.chars().all(char::is_alphabetic);
    match letters.then(|| date::meaning(word)).flatten()? {
        Word::Month(month) => Some(month.into()),
        Word::Filler => None,
    }
}

fn year(cell: &str) -> Option<(NaiveDate, NaiveDate)> {
    months(year_number(cell)?, 1, 12)
}

fn months(year: i32, month: u32, count: u32) -> Option<(NaiveDate, NaiveDate)> {
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let last = first.checked_add_months(Months::new(count))?.pred_opt()?;
    Some((first, last))
}

/// The two ends of a range. An end without a year has that of the other end.
pub(crate) fn split_range(cell: &str) -> Option<(String, String)> {
    const MARKS: &[&str] = &[
        " - ",
        " \u{2013} ",
        " \u{2014} ",
        " to ",
        " bis ",
        " au ",
        "..",
        "~",
        "\u{2013}",
        "\u{2014}",
    ];
    if let Some((first, last)) = cell.split_once(['-', '/'])
        && (number::<u32>(first, 8..=8).is_some() && number::<u32>(last, 8..=8).is_some())
    {
        return Some((first.to_owned(), last.to_owned()));
    }
    let (first, last) = MARKS
        .iter()
        .find_map(|mark| cell.split_once(mark))
        .or_else(|| interval(cell))?;
    let (first, last) = (first.trim(), last.trim());
    if first.is_empty() || last.is_empty() {
        return None;
    }
    Some((with_year_of(first, last), last.to_owned()))
}

/// `2026-01-01/2026-01-31`
fn interval(cell: &str) -> Option<(&str, &str)> {
    let ends = cell.split_once('/')?;
    let iso =
        |end: &str| end.len() >= 10 && year_number(end.get(..4).unwrap_or_default()).is_some();
    (iso(ends.0) && iso(ends.1)).then_some(ends)
}

/// `Jan 1` before `Jan 31, 2026`.
fn with_year_of(first: &str, last: &str) -> String {
    let alone =
        whole_unit(first).is_none() && date::day_in(first, Some(DateOrder::DayFirst)).is_none();
    let worded = first.chars().any(char::is_alphabetic);
    match date::day_in(last, Some(DateOrder::DayFirst)) {
        Some(day) if alone && worded => format!("{first}, {}", day.year()),
        _ => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::diagnostics::Location;

    fn column(cells: &[&str]) -> Spans {
        let mut column = SpanColumn::new();
        cells.iter().for_each(|cell| column.push(cell));
        column.finish()
    }

    fn text(spans: &Spans, row: usize) -> String {
        spans.get(row).map_or("-".to_owned(), |(first, last)| {
            format!("{} {}", first.date(), last.date())
        })
    }

    #[test]
    fn every_way_to_write_a_span() {
        for (cell, expected) in [
            ("2026-01-05", "2026-01-05 2026-01-05"),
            ("20260105", "2026-01-05 2026-01-05"),
            ("2026-W43", "2026-10-19 2026-10-25"),
            ("W43 2026", "2026-10-19 2026-10-25"),
            ("2026-W43-7", "2026-10-25 2026-10-25"),
            ("2026-10", "2026-10-01 2026-10-31"),
            ("10/2026", "2026-10-01 2026-10-31"),
            ("202602", "2026-02-01 2026-02-28"),
            ("Oct 2026", "2026-10-01 2026-10-31"),
            ("Oktober 2026", "2026-10-01 2026-10-31"),
            ("2026 October", "2026-10-01 2026-10-31"),
            ("2026-Q1", "2026-01-01 2026-03-31"),
            ("Q4 2026", "2026-10-01 2026-12-31"),
            ("2026", "2026-01-01 2026-12-31"),
            ("2024-03-01 - 2024-03-11", "2024-03-01 2024-03-11"),
            ("2024-03-01 \u{2013} 2024-03-11", "2024-03-01 2024-03-11"),
            ("2024-03-01/2024-03-11", "2024-03-01 2024-03-11"),
            ("20240301-20240311", "2024-03-01 2024-03-11"),
            ("July 8, 2025 - July 31, 2025", "2025-07-08 2025-07-31"),
            ("Jan 1 - Jan 31, 2026", "2026-01-01 2026-01-31"),
            (
                "27 January 2026 - 23 February 2026",
                "2026-01-27 2026-02-23",
            ),
            ("Jan 2026 - Mar 2026", "2026-01-01 2026-03-31"),
            ("01/01/2026 - 31/01/2026", "2026-01-01 2026-01-31"),
        ] {
            assert_eq!(text(&column(&[cell]), 0), expected, "{cell}");
        }
    }

    #[test]
    fn one_order_for_the_whole_column() {
        let spans = column(&["01/02/2026 - 07/02/2026", "08/02/2026 - 14/02/2026", ""]);
        assert_eq!(text(&spans, 0), "2026-02-01 2026-02-07");
        assert_eq!(text(&spans, 2), "-");
        assert!(spans.bad.is_empty());
        let spans = column(&["01/02/2026 - 07/02/2026"]);
        let found = spans.findings("Week", &|row| Location::line("ads.csv", row as u64 + 2));
        assert_eq!(found[0].code.id, "ambiguous_date");
    }

    #[test]
    fn what_is_no_span() {
        let cells = [
            "soon",
            "Apr 9 - Apr 15",
            "2026-13",
            "2026-W54",
            "2024-03-11 - 2024-03-01",
            "0001",
        ];
        let spans = column(&cells);
        assert_eq!(spans.bad, [0, 1, 2, 3, 4, 5]);
        let found = spans.findings("Week", &|row| Location::line("ads.csv", row as u64 + 2));
        assert_eq!(
            found.len(),
            cells.len() + 1,
            "both ends of `Apr 9 - Apr 15` are bad"
        );
    }

    #[test]
    fn ends_in_two_cells() {
        let mut column = SpanColumn::new();
        column.push_ends("2026-01-01", "2026-01-31");
        assert_eq!(text(&column.finish(), 0), "2026-01-01 2026-01-31");
    }
}
