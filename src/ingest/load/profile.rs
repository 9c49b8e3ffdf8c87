//! What stands in every column of a file, mapped or not, for `inspect`.

use std::collections::BTreeSet;

use super::buffer::clock_hours;
use super::totals::Totals;
use crate::diagnostics::{Diagnostic, Location, Severity, codes};
use crate::ingest::cell::Place;
use crate::ingest::cell::guess::{Distinct, Doubts, Guess, Profile, ProfileColumn};
use crate::ingest::dialect::Dialect;
use crate::ingest::mapping::{Mapping, Source};
use crate::ingest::reader::totals::{TotalMark, classify_total};
use crate::ingest::reader::{ReadError, RowKind, Rows};
use crate::tables::accounts::ColumnAccount;

/// The columns of a file.
pub struct Columns {
    /// Rows that are data.
    pub rows: u64,
    /// Rows with more or fewer cells than the header: line and count of cells.
    pub ragged: Vec<(u64, usize)>,
    /// One account per column of the header.
    pub columns: Vec<ColumnAccount>,
    /// What is not plain about the numbers of columns that nobody reads.
    pub findings: Vec<Diagnostic>,
}

/// Reads the whole table once and describes its columns; totals are left out.
///
/// # Errors
/// An open quote, or a cell beyond the limit.
pub fn columns(
    file: &str,
    text: &str,
    dialect: &Dialect,
    mapping: Option<&Mapping>,
    totals: Option<&Totals>,
) -> Result<Columns, ReadError> {
    let mut profiles: Vec<ProfileColumn> = dialect
        .header
        .iter()
        .map(|header| ProfileColumn::new(header))
        .collect();
    let missing = mapping.map_or(&[][..], |mapping| &mapping.missing);
    let worked = hours_columns(mapping);
    let mut rows = Rows::new(text, dialect);
    let (mut lines, mut ragged) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next_row()? {
        let stated = match totals {
            Some(totals) => totals.has(row.line, row.cells),
            None => classify_total(row.cells, &[]) == Some(TotalMark::Labelled),
        };
        if let (RowKind::Ragged { found }, false) = (row.kind, stated) {
            ragged.push((row.line, found));
        }
        if row.kind != RowKind::Data || stated {
            continue;
        }
        lines.push(row.line);
        for (index, profile) in profiles.iter_mut().enumerate() {
            let cell = row.cells.get(index).unwrap_or("");
            let nothing = missing.iter().any(|word| word == cell.trim());
            let hours = worked.get(&index).and_then(|_| clock_hours(cell));
            match hours {
                _ if nothing => profile.push(""),
                Some(hours) => profile.push(&format!("{hours:.6}")),
                None => profile.push(cell),
            }
        }
    }
    let (mut columns, mut findings) = (Vec::new(), Vec::new());
    for (index, profile) in profiles.into_iter().enumerate() {
        let profile = profile.finish();
        let account = account(file, dialect, mapping, index, &profile);
        if account.maps_to.is_empty() {
            let place = |row: usize| Location {
                line: lines.get(row).copied(),
                column: Some(index as u64 + 1),
                header: Some(account.column.clone()).filter(|header| !header.is_empty()),
                ..Location::file(file)
            };
            findings.extend(doubts(&account.column, &profile.doubts, &place));
        }
        columns.push(account);
    }
    Ok(Columns {
        rows: lines.len() as u64,
        ragged,
        columns,
        findings,
    })
}

/// Nothing is made of such a column, so its doubts are warnings.
fn doubts(header: &str, doubts: &Doubts, place: Place<'_>) -> Vec<Diagnostic> {
    let sign = doubts
        .sign
        .as_ref()
        .map(|sign| sign.diagnostic(header, place));
    let column = Location {
        line: None,
        ..place(0)
    };
    let several = (!doubts.currencies.is_empty()).then(|| {
        let counted = |(label, cells): &(&str, u64)| format!("{label} ({cells})");
        let list: Vec<String> = doubts.currencies.iter().map(counted).collect();
        let text = format!(
            "`{header}` has amounts in several currencies, so they have no sum: {}",
            list.join(", ")
        );
        Diagnostic::new(&codes::MIXED_CURRENCY, text)
            .at(column.clone())
            .hint("where it is read, say a rate with [fx], or export one currency")
    });
    let percents = doubts.percents.map(|(with, without)| {
        let text = format!("`{header}` has {with} cells with a per cent sign and {without} without, so they have no sum");
        Diagnostic::new(&codes::MIXED_NUMBERS, text)
            .at(column.clone())
            .hint("a per cent sign divides by 100: correct the cells that lack it")
    });
    let mut list: Vec<Diagnostic> = sign.into_iter().chain(several).chain(percents).collect();
    list.iter_mut()
        .for_each(|finding| finding.severity = Severity::Warning);
    list
}

/// Columns read as hours, where `2:30:00` is a number.
fn hours_columns(mapping: Option<&Mapping>) -> BTreeSet<usize> {
    let columns = mapping.into_iter().flat_map(|mapping| &mapping.columns);
    columns
        .filter(|column| column.canonical == "hours")
        .flat_map(|column| column.source.cells())
        .collect()
}

fn account(
    file: &str,
    dialect: &Dialect,
    mapping: Option<&Mapping>,
    index: usize,
    profile: &Profile,
) -> ColumnAccount {
    let uses = |source: &Source| source.cells().any(|cell| cell == index);
    let names: Vec<&str> = mapping
        .into_iter()
        .flat_map(|mapping| &mapping.columns)
        .filter(|column| uses(&column.source))
        .map(|column| column.canonical.as_str())
        .collect();
    let (distinct, distinct_is_exact) = match profile.distinct {
        Distinct::Exactly(count) => (count, true),
        Distinct::MoreThan(count) => (count, false),
    };
    let is_number = !matches!(profile.guess, Guess::Id);
    let spread = profile.spread.as_ref().filter(|_| is_number);
    ColumnAccount {
        file: file.to_owned(),
        column: dialect.header.get(index).cloned().unwrap_or_default(),
        maps_to: names.join(", "),
        kind: profile.guess.word().to_owned(),
        format: format_of(&profile.guess),
        filled: profile.filled,
        distinct,
        distinct_is_exact,
        sum: spread.map(|spread| crate::domain::money::Money::from_micros(spread.sum_micros)),
        range: spread.map(|spread| (spread.min, spread.median, spread.max)),
    }
}

fn format_of(guess: &Guess) -> String {
    match guess {
        Guess::Date { format } => format.clone(),
        Guess::Money {
            currency: Some(currency),
        } => currency.code().to_owned(),
        _ => String::new(),
    }
}
