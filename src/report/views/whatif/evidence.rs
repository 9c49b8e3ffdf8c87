//! Can the history tell: the tests, and what they say.

use super::Shown;
use crate::domain::figure::Undefined;
use crate::report::document::{Block, Cell, Kind, Weight};
use crate::report::views::{Parts, columns, section, table};
use crate::whatif::Driver;
use crate::whatif::answer::{MUCH_INFORMATION, information_needed};
use crate::whatif::evidence::{LEAST_VARIATION, PLACEBO_BAR};

/// More hours than a month has.
const HOURS_OF_A_MONTH: f64 = 744.0;
/// Months below which little can be said.
const FEW_MONTHS: usize = 12;
/// Share of months without visits above which it is said.
const MANY_MISSING: f64 = 0.25;

/// Table `evidence`.
pub fn view(shown: &Shown) -> Parts {
    let columns = columns(&[
        ("key", "Figure", Kind::Text, Weight::Key),
        ("value", "Value", Kind::Estimate, Weight::Key),
        ("says", "What it says", Kind::Text, Weight::Key),
    ]);
    let rows = rows(shown)
        .into_iter()
        .map(|(key, value, says)| vec![key.into(), value, says.into()])
        .collect();
    let table = table("evidence", "Can the history tell?", columns, rows);
    let blocks = vec![Block::Table("evidence".into())];
    section("evidence", "Evidence", blocks, vec![table])
}

type Row = (&'static str, Cell, String);

fn rows(shown: &Shown) -> Vec<Row> {
    let found = &shown.answer.evidence;
    let mut rows = vec![
        (
            "months",
            Cell::from(found.months as u64),
            format!(
                "{} to {}{}",
                shown.months.0,
                shown.months.1,
                few_months(found.months)
            ),
        ),
        ("effort_least", found.least.into(), String::new()),
        ("effort_most", found.most.into(), minutes(shown)),
        (
            "effort_variation",
            found.variation.into(),
            if found.variation < LEAST_VARIATION {
                "effort hardly varied: nothing can be learned from it".into()
            } else {
                "deviation of effort over its mean".into()
            },
        ),
        (
            "effort_with_time",
            found
                .with_time
                .map_or(Cell::Undefined(Undefined::ZeroDenominator), Cell::from),
            match found.with_time {
                Some(_) if found.follows_the_calendar() => {
                    "effort went with the calendar: growth of any cause looks like its effect"
                        .into()
                }
                Some(_) => "correlation of effort with time".into(),
                None => "effort never changed".into(),
            },
        ),
        (
            "information_share",
            found.information_share.into(),
            match found.information_share {
                share if share < information_needed(found) => "the history cannot tell",
                share if share <= MUCH_INFORMATION => "the history says a little",
                _ => "the history says much",
            }
            .into(),
        ),
        (
            "chance_of_no_effect",
            Cell::Share(found.nothing),
            "one in ten before looking".into(),
        ),
    ];
    gaps(shown, &mut rows);
    rows.push(placebo(found.placebo));
    rows.push(reverse(found.reverse));
    rows.extend(back_test(shown));
    rows.push((
        "assumptions",
        Cell::Blank,
        match shown.driver {
            Driver::Hours => {
                "before looking: 35 % of the visits come from the effort (give or take 30), half \
                 of the effect within 3.5 months"
            }
            Driver::Money => {
                "before looking: 85 % of the visits come from the money (give or take 25), most \
                 of the effect at once"
            }
        }
        .into(),
    ));
    rows
}

fn few_months(months: usize) -> &'static str {
    if months < FEW_MONTHS {
        "; less than a year, so no season is fitted"
    } else {
        ""
    }
}

fn minutes(shown: &Shown) -> String {
    let most = shown.answer.evidence.most;
    if shown.driver == Driver::Hours && most > HOURS_OF_A_MONTH {
        "more hours than a month has: many people, or minutes? Visits per hour and cost follow \
         the unit"
            .into()
    } else {
        String::new()
    }
}

fn gaps(shown: &Shown, rows: &mut Vec<Row>) {
    let found = &shown.answer.evidence;
    let all = (found.months + found.missing) as f64;
    if found.missing > 0 {
        let many = found.missing as f64 > MANY_MISSING * all;
        let says = if many {
            "months without visits: more than a quarter, so trust it less"
        } else {
            "months without visits, left out"
        };
        rows.push((
            "months_missing",
            Cell::from(found.missing as u64),
            says.into(),
        ));
    }
    if found.idle > 0 {
        let most = found.idle * 2 > found.months;
        let says = if most {
            "months without effort: most of them; a month without a row counts as 0"
        } else {
            "months without effort; a month without a row counts as 0"
        };
        rows.push((
            "months_without_effort",
            Cell::from(found.idle as u64),
            says.into(),
        ));
    }
}

fn placebo(placebo: Option<(f64, usize)>) -> Row {
    match placebo {
        None => (
            "placebo_rank",
            Cell::Undefined(Undefined::NoData),
            "too few months to shift the effort".into(),
        ),
        Some((rank, n)) => (
            "placebo_rank",
            Cell::Share(rank),
            if rank >= PLACEBO_BAR {
                format!("of {n} shifted efforts explain less than the real one")
            } else {
                format!("of {n} shifted efforts explain less: no better than chance")
            },
        ),
    }
}

fn reverse(reverse: Option<bool>) -> Row {
    let value = reverse.map_or(Cell::Undefined(Undefined::NoData), Cell::from);
    let says = match reverse {
        Some(true) => {
            "the effort of coming months explains visits better than that of past ones: effort \
             follows traffic"
        }
        Some(false) => "coming effort does not explain visits better than past effort",
        None => "too few months",
    };
    ("effort_follows_traffic", value, says.into())
}

fn back_test(shown: &Shown) -> Vec<Row> {
    let Some(test) = shown.answer.evidence.back_test else {
        return vec![(
            "back_test_coverage",
            Cell::Undefined(Undefined::NoData),
            "too few months".into(),
        )];
    };
    let covered = test.covered as f64 / test.n as f64;
    vec![
        (
            "back_test_coverage",
            Cell::Share(covered),
            format!("of {} forecasts lay in their 80 % interval", test.n),
        ),
        (
            "back_test_scaled_error",
            test.scaled_error
                .map_or(Cell::Undefined(Undefined::ZeroDenominator), Cell::from),
            "error over that of the month a year (or one) before; below 1 is better".into(),
        ),
        (
            "back_test_gain",
            test.gain.into(),
            if test.has_skill() {
                "log score gained by the effort".into()
            } else {
                "the effort adds nothing to the forecasts".into()
            },
        ),
    ]
}
