//! E-mail addresses as keys.
//!
//! Exports of other tools know a person by address where the CRM has an id. A cell that is
//! an address and no known id stands for the lead that has it, in whatever spelling: trimmed,
//! lower case, full-width letters as plain ones. Dots and `+tags` are kept, since they may be
//! different mailboxes.

use polars::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_128;

use super::frame::{text_column, texts};
use super::links::split_ids;
use super::{Tables, col};
use crate::domain::persons::{folded, is_address, may_be_address};

/// Columns that may name a lead.
const KEYS: &[(Named, &str)] = &[
    (Named::Deals, "lead"),
    (Named::Events, col::ID),
    (Named::Activities, col::ID),
    (Named::Identities, "lead"),
    (Named::Feedback, "customer"),
    (Named::Billing, "customer"),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Deals,
    Events,
    Activities,
    Identities,
    Feedback,
    Billing,
}

impl Named {
    fn of(self, tables: &mut Tables) -> &mut DataFrame {
        match self {
            Self::Deals => &mut tables.deals,
            Self::Events => &mut tables.events,
            Self::Activities => &mut tables.activities,
            Self::Identities => &mut tables.identities,
            Self::Feedback => &mut tables.feedback,
            Self::Billing => &mut tables.billing,
        }
    }

    /// True where the column names customers, which are accounts where a lead has one.
    fn is_of_customers(self) -> bool {
        matches!(self, Self::Feedback | Self::Billing)
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resolved {
    /// Cells that were an address and now hold the id of a lead (or its account).
    pub cells: u64,
    /// Addresses of several leads; the first row counts.
    pub shared: u64,
}

/// Puts the id of the lead in the place of its address, wherever a key of another table is
/// an address and no id. Of several leads with one address the first row counts.
///
/// # Errors
/// What polars cannot do; never for the tables of a loader.
pub fn resolve(tables: &mut Tables) -> PolarsResult<Resolved> {
    let mut wanted = false;
    for (named, column) in KEYS {
        let cells = texts(named.of(tables), column);
        wanted |= cells.iter().flatten().any(|cell| may_be_address(cell));
    }
    if !wanted || tables.leads.height() == 0 {
        return Ok(Resolved::default());
    }
    let (book, shared) = Book::of(&tables.leads);
    let mut cells = 0;
    for (named, column) in KEYS {
        cells += replace(named.of(tables), column, &book, named.is_of_customers())?;
    }
    Ok(Resolved { cells, shared })
}

/// Whose address is whose.
struct Book {
    /// Folded address -> id and account of the lead.
    leads: FxHashMap<String, (String, Option<String>)>,
}

impl Book {
    fn of(leads: &DataFrame) -> (Self, u64) {
        let ids = texts(leads, col::ID);
        let emails = texts(leads, "email");
        let accounts = texts(leads, "account");
        let mut book: FxHashMap<String, (String, Option<String>)> = FxHashMap::default();
        let mut shared = std::collections::BTreeSet::new();
        for row in 0..leads.height() {
            let Some(id) = ids[row] else { continue };
            // Leads whose id is their address are found by other spellings of it too.
            let address = emails[row].or(Some(id)).filter(|cell| is_address(cell));
            let Some(address) = address.map(folded) else {
                continue;
            };
            match book.get(&address) {
                Some((known, _)) if known != id => {
                    shared.insert(address);
                }
                Some(_) => {}
                None => {
                    let account = accounts[row].map(str::to_owned);
                    book.insert(address, (id.to_owned(), account));
                }
            }
        }
        (Self { leads: book }, shared.len() as u64)
    }

    fn find(&self, key: &str, of_customers: bool) -> Option<&str> {
        if !may_be_address(key) || !is_address(key) {
            return None;
        }
        let (id, account) = self.leads.get(&folded(key))?;
        let account = account.as_deref().filter(|_| of_customers);
        Some(account.unwrap_or(id))
    }
}

fn replace(frame: &mut DataFrame, name: &str, book: &Book, customers: bool) -> PolarsResult<u64> {
    let mut replaced = 0;
    let cells: Vec<Option<String>> = texts(frame, name)
        .into_iter()
        .map(|cell| {
            let cell = cell?;
            if !may_be_address(cell) {
                return Some(cell.to_owned());
            }
            let keys = split_ids(cell).map(|key| match book.find(key, customers) {
                Some(id) if id != key => {
                    replaced += 1;
                    id
                }
                _ => key,
            });
            Some(keys.collect::<Vec<&str>>().join(";"))
        })
        .collect();
    if replaced > 0 {
        let cells: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
        frame.with_column(text_column(name, &cells))?;
    }
    Ok(replaced)
}

/// A number that follows from all addresses of the inputs together, whatever their order.
/// It cannot be worked out from any part of them.
#[must_use]
pub fn digest(tables: &Tables) -> [u8; 16] {
    let columns = [
        (&tables.leads, col::ID),
        (&tables.leads, "email"),
        (&tables.deals, "lead"),
        (&tables.events, col::ID),
        (&tables.activities, col::ID),
        (&tables.identities, "visitor"),
        (&tables.identities, "lead"),
        (&tables.billing, "customer"),
        (&tables.feedback, "customer"),
    ];
    let cells = columns.iter().flat_map(|(frame, name)| texts(frame, name));
    let keys = cells.flatten().filter(|cell| may_be_address(cell));
    keys.fold(0_u128, |sum, key| {
        sum.wrapping_add(xxh3_128(key.as_bytes()))
    })
    .to_le_bytes()
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

    fn tables() -> Tables {
        Tables {
            leads: frame(&[
                ("id", &[Some("L1"), Some("L2"), Some("L3"), Some("z@x.co")]),
                ("email", &[Some("Ann@X.co"), None, Some("ann@x.co"), None]),
                ("account", &[Some("A1"), None, None, None]),
            ]),
            deals: frame(&[(
                "lead",
                &[Some(" ANN@x.co ; L2"), Some("b@x.co"), Some("L1")],
            )]),
            activities: frame(&[("id", &[Some("Z@x.CO"), Some("z@x.co"), None])]),
            billing: frame(&[("customer", &[Some("ann@x.co"), Some("Firm"), None])]),
            feedback: frame(&[("customer", &[Some("z@X.co")])]),
            ..Tables::default()
        }
    }

    #[test]
    fn addresses_become_the_ids_of_their_leads() {
        let mut tables = tables();
        let resolved = resolve(&mut tables).unwrap();
        assert_eq!(
            resolved,
            Resolved {
                cells: 4,
                shared: 1
            }
        );
        let leads = texts(&tables.deals, "lead");
        assert_eq!(leads, [Some("L1;L2"), Some("b@x.co"), Some("L1")]);
        let ids = texts(&tables.activities, "id");
        assert_eq!(ids, [Some("z@x.co"), Some("z@x.co"), None]);
        let customers = texts(&tables.billing, "customer");
        assert_eq!(customers, [Some("A1"), Some("Firm"), None]);
        assert_eq!(texts(&tables.feedback, "customer"), [Some("z@x.co")]);
        assert_eq!(resolve(&mut tables).unwrap().cells, 0, "once is enough");
    }

    #[test]
    fn the_digest_does_not_depend_on_the_order() {
        let mut other = tables();
        let wanted = digest(&other);
        other.activities = other.activities.reverse();
        assert_eq!(digest(&other), wanted);
        other.feedback = DataFrame::default();
        assert_ne!(digest(&other), wanted);
    }
}
