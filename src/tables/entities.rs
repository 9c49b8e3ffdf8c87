//! Who is followed.
//!
//! Mostly the rows of the leads table. A move of an id that neither leads nor deals
//! know is a lead of its own, known by its moves alone; and where there are deals only,
//! each deal is followed as its own lead.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::frame::{frame_of, positions, texts};
use super::links;
use super::{Tables, col};

/// Adds the leads that only moves, or only deals, know of.
///
/// # Errors
/// What polars cannot do; never for the tables of a loader.
pub fn complete(tables: &mut Tables) -> PolarsResult<()> {
    let mut strangers = unknown_movers(tables);
    // A history of deals tells of nobody else, even where it knows deals that are not in
    // their table: then the deals themselves are followed.
    if tables.leads.height() == 0 && (strangers.height() == 0 || moves_are_of_deals(tables)) {
        strangers = deals_as_leads(tables);
    }
    if strangers.height() == 0 {
        return Ok(());
    }
    let known = std::mem::take(&mut tables.leads);
    let options = UnionArgs {
        diagonal: true,
        rechunk: true,
        maintain_order: true,
        ..UnionArgs::default()
    };
    tables.leads = concat([known.lazy(), strangers.lazy()], options)?.collect()?;
    Ok(())
}

/// Dimensions as they were at the first move of a lead, where moves carry them: the owner
/// of today may not be the one who took the lead over (dictionary 0.9).
///
/// # Errors
/// What polars cannot do; never for the tables of a loader.
pub fn at_entry(tables: &mut Tables) -> PolarsResult<()> {
    let events = &tables.events;
    let carried: Vec<&str> = super::BUILT_IN_DIMENSIONS
        .iter()
        .copied()
        .chain(tables.segments.iter().map(String::as_str))
        .filter(|name| texts(events, name).iter().any(Option::is_some))
        .collect();
    if events.height() == 0 || carried.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = texts(events, col::ID)
        .into_iter()
        .map(|id| id.unwrap_or(""))
        .collect();
    let leads = links::find(&ids, texts(&tables.leads, col::ID).into_iter());
    let times = super::frame::integers(events, col::AT);
    let mut first: BTreeMap<u32, (i64, usize)> = BTreeMap::new();
    for (row, lead) in leads.iter().enumerate() {
        let (Some(lead), Some(at)) = (lead, times[row]) else {
            continue;
        };
        let entry = first.entry(*lead).or_insert((at, row));
        *entry = (*entry).min((at, row));
    }
    let mut columns = Vec::new();
    for name in carried {
        let moved = texts(events, name);
        let mut values = texts(&tables.leads, name);
        for (lead, (_, row)) in &first {
            if let Some(value) = moved[*row] {
                values[*lead as usize] = Some(value);
            }
        }
        columns.push(super::frame::text_column(name, &values));
    }
    for column in columns {
        tables.leads.with_column(column)?;
    }
    Ok(())
}

/// True where some move is that of a deal.
fn moves_are_of_deals(tables: &Tables) -> bool {
    let ids = texts(&tables.events, col::ID).into_iter().flatten();
    let ids: Vec<&str> = ids.collect();
    let found = links::find(&ids, texts(&tables.deals, col::ID).into_iter());
    found.iter().any(Option::is_some)
}

/// One lead per id of a move that is nobody else's, at its first row.
fn unknown_movers(tables: &Tables) -> DataFrame {
    let events = &tables.events;
    if events.height() == 0 {
        return DataFrame::default();
    }
    let ids: Vec<&str> = texts(events, col::ID)
        .into_iter()
        .map(|id| id.unwrap_or(""))
        .collect();
    let leads = links::find(&ids, texts(&tables.leads, col::ID).into_iter());
    let deals = links::find(&ids, texts(&tables.deals, col::ID).into_iter());
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for row in 0..ids.len() {
        if leads[row].is_none() && deals[row].is_none() {
            first.entry(ids[row]).or_insert(row);
        }
    }
    let mut rows: Vec<usize> = first.into_values().collect();
    rows.sort_unstable();
    let segments = tables.segments.iter().map(String::as_str);
    let dimensions = super::BUILT_IN_DIMENSIONS.iter().copied().chain(segments);
    taken(events, &rows, dimensions.collect())
}

/// One lead per deal; the deal names it.
fn deals_as_leads(tables: &mut Tables) -> DataFrame {
    let rows: Vec<usize> = (0..tables.deals.height()).collect();
    if rows.is_empty() {
        return DataFrame::default();
    }
    let ids: Vec<String> = texts(&tables.deals, col::ID)
        .into_iter()
        .enumerate()
        .map(|(row, id)| id.map_or_else(|| format!("deal in row {}", row + 1), str::to_owned))
        .collect();
    let segments: Vec<String> = tables.segments.iter().cloned().collect();
    let dimensions = super::BUILT_IN_DIMENSIONS
        .iter()
        .copied()
        .chain(segments.iter().map(String::as_str));
    let mut leads = taken(&tables.deals, &rows, dimensions.collect());
    let named = Column::new(col::ID.into(), &ids);
    tables.deals_are_leads = true;
    let _ = leads.with_column(named);
    let _ = tables.deals.with_column(Column::new("lead".into(), &ids));
    leads
}

/// The rows as leads: identity, origin and dimensions, with `speaks` set, because their
/// moves say all that is known.
fn taken(frame: &DataFrame, rows: &[usize], dimensions: Vec<&str>) -> DataFrame {
    let pick = |name: &str| -> Vec<Option<&str>> {
        let column = texts(frame, name);
        rows.iter().map(|row| column[*row]).collect()
    };
    let (files, lines) = (positions(frame, col::FILE), positions(frame, col::LINE));
    let mut columns = vec![
        Column::new(col::ID.into(), pick(col::ID)),
        Column::new(
            col::FILE.into(),
            rows.iter().map(|row| files[*row]).collect::<Vec<u32>>(),
        ),
        Column::new(
            col::LINE.into(),
            rows.iter().map(|row| lines[*row]).collect::<Vec<u32>>(),
        ),
        Column::new(col::SPEAKS.into(), vec![true; rows.len()]),
    ];
    for name in dimensions {
        if super::frame::has_column(frame, name) {
            columns.push(Column::new(name.into(), pick(name)));
        }
    }
    frame_of(rows.len(), columns)
}
