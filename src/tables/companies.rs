//! Companies as attributes of leads, deals and bills.
//!
//! A table of companies counts nothing by itself. What it says of a company (industry, size,
//! country) is said of the leads, deals and bills that name it, by id or, where no id fits,
//! by name in whatever spelling. What a row says itself wins.

use std::collections::BTreeSet;

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::frame::{has_column, text_column, texts};
use super::links::Join;
use super::{Tables, col};
use crate::domain::text::normal_form;

/// Fills the segment columns of the companies into the tables that name companies, and says
/// how well the names joined.
///
/// # Errors
/// What polars cannot do; never for the tables of a loader.
pub fn give(tables: &mut Tables) -> PolarsResult<Vec<Join>> {
    let companies = std::mem::take(&mut tables.companies);
    if companies.height() == 0 {
        return Ok(Vec::new());
    }
    let book = Book::of(&companies);
    let said: Vec<&String> = tables
        .segments
        .iter()
        .filter(|name| has_column(&companies, name))
        .collect();
    let mut joins = Vec::new();
    for (table, frame, key) in [
        ("leads", &mut tables.leads, "account"),
        ("deals", &mut tables.deals, "account"),
        ("billing", &mut tables.billing, "customer"),
    ] {
        let rows = book.rows(&texts(frame, key));
        joins.extend(join(&format!("{table}.{key}"), &texts(frame, key), &rows));
        for name in &said {
            let filled = filled(frame, &companies, name, &rows);
            frame.with_column(filled)?;
        }
    }
    tables.companies = companies;
    Ok(joins)
}

/// Where a company stands in its table.
struct Book<'a> {
    by_id: FxHashMap<&'a str, usize>,
    by_name: FxHashMap<String, usize>,
}

impl<'a> Book<'a> {
    fn of(companies: &'a DataFrame) -> Self {
        let (mut by_id, mut by_name) = (FxHashMap::default(), FxHashMap::default());
        for (row, id) in texts(companies, col::ID).into_iter().enumerate() {
            if let Some(id) = id {
                by_id.entry(id).or_insert(row);
            }
        }
        for (row, name) in texts(companies, "name").into_iter().enumerate() {
            if let Some(name) = name {
                by_name.entry(normal_form(name)).or_insert(row);
            }
        }
        Self { by_id, by_name }
    }

    /// The row of each key, where it has one.
    fn rows(&self, keys: &[Option<&str>]) -> Vec<Option<usize>> {
        let mut known: FxHashMap<&str, Option<usize>> = FxHashMap::default();
        let find = |key: &str| {
            let by_name = || self.by_name.get(&normal_form(key)).copied();
            self.by_id.get(key).copied().or_else(by_name)
        };
        keys.iter()
            .map(|key| {
                let key = (*key)?;
                *known.entry(key).or_insert_with(|| find(key))
            })
            .collect()
    }
}

/// Each company named once.
fn join(from: &str, keys: &[Option<&str>], rows: &[Option<usize>]) -> Option<Join> {
    let mut met = BTreeSet::new();
    let pairs = keys.iter().zip(rows);
    let named: Vec<(&str, Option<u32>)> = pairs
        .filter_map(|(key, row)| {
            let key = (*key).filter(|key| met.insert(*key))?;
            Some((key, row.and_then(|row| u32::try_from(row).ok())))
        })
        .collect();
    let (keys, found): (Vec<&str>, Vec<Option<u32>>) = named.into_iter().unzip();
    (!keys.is_empty()).then(|| Join::count(from, "accounts", &keys, &found))
}

fn filled(frame: &DataFrame, companies: &DataFrame, name: &str, rows: &[Option<usize>]) -> Column {
    let own = texts(frame, name);
    let said = texts(companies, name);
    let cells = own.iter().zip(rows);
    let cells: Vec<Option<&str>> = cells
        .map(|(own, row)| own.or_else(|| said[(*row)?]))
        .collect();
    text_column(name, &cells)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::tables::frame::frame_of;

    fn frame(columns: &[(&str, &[Option<&str>])]) -> DataFrame {
        let height = columns[0].1.len();
        let columns = columns.iter().map(|(name, cells)| text_column(name, cells));
        frame_of(height, columns.collect())
    }

    #[test]
    fn what_is_known_of_a_company_is_known_of_who_names_it() {
        let mut tables = Tables {
            companies: frame(&[
                ("id", &[Some("1"), Some("2")]),
                ("name", &[Some("GTX Pro"), Some("Acme")]),
                ("industry", &[Some("Optics"), Some("Steel")]),
            ]),
            leads: frame(&[
                (
                    "id",
                    &[Some("a"), Some("b"), Some("c"), Some("d"), Some("e")],
                ),
                (
                    "account",
                    &[Some("1"), Some(" gtx  PRO"), Some("2"), Some("9"), None],
                ),
                ("industry", &[None, None, Some("Own"), None, None]),
            ]),
            deals: frame(&[("id", &[Some("x")]), ("account", &[Some("2")])]),
            segments: BTreeSet::from(["industry".to_owned(), "region".to_owned()]),
            ..Tables::default()
        };
        let joins = give(&mut tables).unwrap();
        assert_eq!(
            texts(&tables.leads, "industry"),
            [Some("Optics"), Some("Optics"), Some("Own"), None, None]
        );
        assert_eq!(texts(&tables.deals, "industry"), [Some("Steel")]);
        assert!(!has_column(&tables.leads, "region"));
        let told: Vec<(&str, u64, u64)> = joins
            .iter()
            .map(|join| (join.from.as_str(), join.matched, join.unmatched))
            .collect();
        assert_eq!(told, [("leads.account", 3, 1), ("deals.account", 1, 0)]);
        assert_eq!(joins[0].examples, ["9"]);
    }
}
