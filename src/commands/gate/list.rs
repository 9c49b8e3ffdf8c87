//! `check --list`: what can be checked with these inputs.

use super::facts::{Facts, When};
use crate::checks::{Checkable, Document, Found};
use crate::commands::prepare::Prepared;
use crate::commands::{Run, context};
use crate::diagnostics::Failure;
use crate::domain::ladder::Ladder;
use crate::domain::money::Money;
use crate::metrics::dictionary;
use crate::report::document::{Cell, Report};
use crate::report::views::checks::{self as view, Answer, Figure};

/// Every figure of a report by the name that a check takes, with its unit, what it can be
/// asked by, which way is good, and what it is now.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn list(run: &Run, prepared: &Prepared, report: &Report) -> Result<Report, Failure> {
    let mut facts = Facts::new(run, prepared, report)?;
    let totals = facts.channels(&[], When::Now)?.clone();
    let of_channels = Document(&totals)
        .checkable()
        .into_iter()
        .map(|it| Checkable {
            figure: it.key.clone(),
            ..it
        });
    let of_channels: Vec<Checkable> = of_channels.collect();
    let known: Vec<String> = of_channels.iter().map(|it| it.figure.clone()).collect();
    let others = facts.checkable().into_iter();
    let others =
        others.filter(|it| !known.contains(&it.figure) && !it.figure.starts_with("channels"));
    let ladder = &prepared.data.ladder;
    let mut figures: Vec<Figure> = of_channels
        .iter()
        .map(|it| said(it, ladder, true))
        .collect();
    figures.extend(others.map(|it| said(&it, ladder, false)));
    let dimensions = prepared.data.dimensions();
    let parts = view::list(&Answer {
        figures: &figures,
        dimensions: &dimensions,
        currency: prepared.currency.as_deref(),
    });
    let title = format!("What can be checked in {}", report.context.period.label);
    Ok(context::report(run, prepared, "check", title, parts))
}

fn said(it: &Checkable, ladder: &Ladder, by_any: bool) -> Figure {
    let value = it.found.as_ref();
    Figure {
        figure: it.figure.clone(),
        by: it.dimensions.clone(),
        by_any,
        kind: it.kind.clone(),
        good: dictionary::good(&it.key, ladder),
        value: value.map_or(Cell::Blank, |found| cell(found, &it.kind)),
        n: value.and_then(|found| found.n),
    }
}

/// A figure as its kind is printed.
fn cell(found: &Found, kind: &str) -> Cell {
    let Ok(value) = found.value else {
        return Cell::Blank;
    };
    match kind {
        "rate" | "share" => Cell::Share(value),
        "money" => Cell::Money(Money::from_units(value)),
        "count" => Cell::Count(value as i64),
        _ => Cell::Number(value),
    }
}
