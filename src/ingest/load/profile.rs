//! What stands in every column of a file, mapped or not, for `inspect`.

use std::collections::BTreeSet;

use super::buffer::clock_hours;
use super::totals::Totals;
use crate::ingest::cell::guess::{Distinct, Guess, Profile, ProfileColumn};
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
    let (mut count, mut ragged) = (0, Vec::new());
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
        count += 1;
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
    let columns = profiles
        .into_iter()
        .enumerate()
        .map(|(index, profile)| account(file, dialect, mapping, index, &profile.finish()))
        .collect();
    Ok(Columns {
        rows: count,
        ragged,
        columns,
    })
}

/// Columns read as hours, where `2:30:00` is a number.
fn hours_columns(mapping: Option<&Mapping>) -> BTreeSet<usize> {
    let columns = mapping.into_iter().flat_map(|mapping| &mapping.columns);
    columns
        .filter(|column| column.canonical == "hours")
        .filter_map(|column| match &column.source {
            Source::Cells(cells) => cells.first().copied(),
            Source::Constant(_) => None,
        })
        .collect()
}

fn account(
    file: &str,
    dialect: &Dialect,
    mapping: Option<&Mapping>,
    index: usize,
    profile: &Profile,
) -> ColumnAccount {
    let uses = |source: &Source| matches!(source, Source::Cells(cells) if cells.contains(&index));
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
