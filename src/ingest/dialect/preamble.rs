//! The period that the lines above a header state.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::Regex;

use crate::ingest::cell::date::{DateOrder, day_in};

/// Every usual way to write a date within a line. Letters are any letters.
static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        r"\d{4}-\d{1,2}-\d{1,2}",
        r"\d{4}[./]\d{1,2}[./]\d{1,2}",
        r"\d{1,2}[./-]\d{1,2}[./-]\d{4}",
        r"\d{1,2}[./-]\d{1,2}[./-]\d{2}",
        r"\p{L}{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}",
        r"\d{1,2}(?:st|nd|rd|th)?\.? (?:de |of )?\p{L}{3,12}\.?,? (?:de )?\d{4}",
        r"\d{1,2}-\p{L}{3,4}-\d{2,4}",
        r"\d{8}",
    ];
    Regex::new(&format!(
        r"(?:^|[^\p{{L}}\d])({})(?:$|[^\p{{L}}\d])",
        forms.join("|")
    ))
    .ok()
});

/// First and last day that these lines state: a line with two dates, or a line for the
/// start and one for the end. Numeric dates that could be read in two ways need `order`,
/// unless the two of them decide it.
#[must_use]
pub fn period<'l>(
    lines: impl Iterator<Item = &'l str>,
    order: Option<DateOrder>,
) -> Option<(NaiveDate, NaiveDate)> {
    let (mut start, mut end) = (None, None);
    for line in lines {
        let dates = dates_in(line);
        match dates.as_slice() {
            [first, last] => return ordered(first, last, order),
            [date] if start.is_none() && names(line, START) => start = Some(*date),
            [date] if end.is_none() && names(line, END) => end = Some(*date),
            _ => {}
        }
    }
    ordered(start?, end?, order)
}

const START: &[&str] = &[
    "start",
    "from",
    "begin",
    "since",
    "d\u{e9}but",
    "desde",
    "inicio",
    "von",
    "vom",
];
const END: &[&str] = &["end", "until", "through", "fin", "hasta", "bis", "fim"];

fn names(line: &str, words: &[&str]) -> bool {
    let line = line.to_lowercase();
    let mut parts = line.split(|c: char| !c.is_alphabetic());
    parts.any(|part| words.contains(&part))
}

fn dates_in(line: &str) -> Vec<&str> {
    let Some(pattern) = DATE.as_ref() else {
        return Vec::new();
    };
    let (mut found, mut from) = (Vec::new(), 0);
    // The sign behind one date may be the one before the next, so matches may overlap by it.
    while let Some(date) = pattern
        .captures_at(line, from)
        .and_then(|captures| captures.get(1))
    {
        if is_a_date(date.as_str()) {
            found.push(date.as_str());
        }
        from = date.end();
    }
    found
}

fn is_a_date(text: &str) -> bool {
    day_in(text, Some(DateOrder::DayFirst))
        .or_else(|| day_in(text, Some(DateOrder::MonthFirst)))
        .is_some()
}

fn ordered(first: &str, last: &str, order: Option<DateOrder>) -> Option<(NaiveDate, NaiveDate)> {
    let read = |order: Option<DateOrder>| {
        let days = (day_in(first, order)?, day_in(last, order)?);
        (days.0 <= days.1).then_some(days)
    };
    if order.is_some() {
        return read(order);
    }
    let (day_first, month_first) = (
        read(Some(DateOrder::DayFirst)),
        read(Some(DateOrder::MonthFirst)),
    );
    match (day_first, month_first) {
        (Some(days), None) | (None, Some(days)) => Some(days),
        (Some(a), Some(b)) if a == b => Some(a),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[&str], order: Option<DateOrder>) -> String {
        period(lines.iter().copied(), order)
            .map_or("-".to_owned(), |(first, last)| format!("{first} {last}"))
    }

    #[test]
    fn periods_of_every_tool() {
        for (lines, expected) in [
            (
                &[
                    "# Account: X",
                    "# Start date: 20230101",
                    "# End date: 20260309",
                ][..],
                "2023-01-01 2026-03-09",
            ),
            (&["# 20230515-20230521"], "2023-05-15 2023-05-21"),
            (
                &["Campaign report", "\"July 8, 2025 - July 31, 2025\""],
                "2025-07-08 2025-07-31",
            ),
            (
                &["27 January 2026 - 23 February 2026"],
                "2026-01-27 2026-02-23",
            ),
            (
                &["27. Januar 2026 \u{2013} 23. Februar 2026"],
                "2026-01-27 2026-02-23",
            ),
            (
                &["Report Start: 09/01/2026, Report End: 09/30/2026"],
                "2026-09-01 2026-09-30",
            ),
            (
                &["Time_series(2026.02.05-2026.02.10)"],
                "2026-02-05 2026-02-10",
            ),
            (
                &["\"From\",\"2026-01-01\"", "\"Until\",\"2026-01-31\""],
                "2026-01-01 2026-01-31",
            ),
            (
                &["Date range: 2026-01-01 to 2026-01-31 (UTC)"],
                "2026-01-01 2026-01-31",
            ),
            (&["Generated: 2026-02-01", "Account 12345678"], "-"),
            (&["31/12/2026 - 01/01/2026"], "-"),
        ] {
            assert_eq!(text(lines, None), expected, "{lines:?}");
        }
    }

    #[test]
    fn two_readings_need_the_order() {
        let line = ["Report Start: 09/01/2026, Report End: 09/02/2026"];
        assert_eq!(text(&line, None), "-");
        assert_eq!(
            text(&line, Some(DateOrder::MonthFirst)),
            "2026-09-01 2026-09-02"
        );
        assert_eq!(
            text(&line, Some(DateOrder::DayFirst)),
            "2026-01-09 2026-02-09"
        );
    }
}
