//! What touches are credited for: stages that leads reach, deals that are made and won.
//!
//! A conversion belongs to an owner: the account, where it is known, else the lead, else
//! the deal. Touches of all contacts of an account are touches of the account; a visitor
//! who turned out to be a lead is that lead.

use polars::prelude::DataFrame;
use rustc_hash::{FxHashMap, FxHashSet};

use super::deals::Deals;
use super::frame;
use super::links::{self, Join};
use super::touches::Key;
use super::{Tables, col};
use crate::domain::calendar::Millis;
use crate::domain::ladder::{DealMoment, Ladder};
use crate::domain::persons::is_address;

/// Something that touches may have led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conversion {
    /// Whose.
    pub owner: Key,
    /// When; nothing where the time is unknown.
    pub at: Option<Millis>,
    /// What it is worth, in millionths of a unit; nothing where the amount is missing or
    /// nothing is measured in money.
    pub value: Option<i64>,
    /// True unless it is the deal of a customer who buys again.
    pub is_new: bool,
    /// When the first lead of the owner was made.
    pub lead_at: Option<Millis>,
    /// When the deal was made, or the lead reached the stage that deals stand for.
    pub opportunity_at: Option<Millis>,
}

/// Conversions of one sort.
#[derive(Debug, Clone, Default)]
pub struct Sort {
    /// By owner, then time.
    pub list: Vec<Conversion>,
    /// True where conversions are deals, which have amounts.
    pub is_deals: bool,
}

/// Everything that touches can be credited for.
#[derive(Debug, Clone, Default)]
pub struct Conversions {
    /// For each stage of the ladder.
    pub stages: Vec<Sort>,
    /// Who the persons of touches are: visitor, lead, deal or account to owner.
    pub owners: FxHashMap<Key, Key>,
    /// Which lead a visitor turned out to be.
    pub leads: FxHashMap<Key, Key>,
}

/// What the derivation needs.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// What was read.
    pub tables: &'a Tables,
    /// One row per lead.
    pub followed: &'a DataFrame,
    /// For each stage: can anything tell of it? One that nothing feeds converts nobody.
    pub fed: &'a [bool],
    /// One row per deal.
    pub deals: &'a Deals,
    /// The path stages.
    pub ladder: &'a Ladder,
    /// Stages that leads reach through their deals.
    pub from_deals: &'a [(usize, DealMoment)],
}

/// Derives conversions and owners.
#[must_use]
pub fn derive(source: Source<'_>) -> Conversions {
    let leads = Leads::of(&source);
    let deals = owners_of_deals(&source, &leads);
    let mut first_made: FxHashMap<Key, Millis> = FxHashMap::default();
    for (owner, made) in leads.owners.iter().zip(&leads.made) {
        if let (Some(owner), Some(made)) = (owner, made) {
            let earliest = first_made.entry(*owner).or_insert(*made);
            *earliest = (*earliest).min(*made);
        }
    }
    let stages = (0..source.ladder.len())
        .map(|stage| {
            let moment = source.from_deals.iter().find(|(of, _)| *of == stage);
            let mut sort = match moment {
                Some((_, moment)) if !deals.is_empty() => {
                    of_deals(&source, &deals, *moment, &first_made)
                }
                _ if source.fed.get(stage) == Some(&false) => Sort::default(),
                _ => of_leads(&source, &leads, stage),
            };
            sort.list.sort_unstable();
            sort
        })
        .collect();
    Conversions {
        stages,
        owners: owners(&source, &leads, &deals),
        leads: known_as(source.tables)
            .filter(|(visitor, lead)| visitor != lead)
            .collect(),
    }
}

/// The leads, by row.
struct Leads {
    /// Own fingerprint; nothing without an id.
    keys: Vec<Option<Key>>,
    /// The account's, else the own.
    owners: Vec<Option<Key>>,
    /// When the lead was made.
    made: Vec<Option<Millis>>,
}

impl Leads {
    fn of(source: &Source) -> Self {
        let keys: Vec<Option<Key>> = frame::texts(source.followed, col::ID)
            .into_iter()
            .map(|id| id.map(Key::of))
            .collect();
        let accounts = frame::texts(&source.tables.leads, "account");
        let owners = keys
            .iter()
            .enumerate()
            .map(|(row, key)| {
                let account = accounts.get(row).copied().flatten();
                account.map(Key::of_account).or(*key)
            })
            .collect();
        Self {
            keys,
            owners,
            made: frame::integers(source.followed, &col::at(source.ladder.first())),
        }
    }
}

/// Who owns each deal: its account, that of its primary lead, the lead, itself.
fn owners_of_deals(source: &Source, leads: &Leads) -> Vec<Key> {
    let raw = &source.tables.deals;
    if source.tables.deals_are_leads {
        return Vec::new();
    }
    let (ids, accounts) = (frame::texts(raw, col::ID), frame::texts(raw, "account"));
    (0..raw.height())
        .map(|row| {
            let account = accounts[row].map(Key::of_account);
            let of_lead = || source.deals.primary[row].and_then(|lead| leads.owners[lead]);
            let own = || ids[row].map(Key::of);
            account
                .or_else(of_lead)
                .or_else(own)
                .unwrap_or_else(|| Key::of_number("deal", row as u64))
        })
        .collect()
}

fn of_leads(source: &Source, leads: &Leads, stage: usize) -> Sort {
    let name = |stage: usize| source.ladder.iter().nth(stage).unwrap_or_default();
    let at = frame::integers(source.followed, &col::at(name(stage)));
    let has: Vec<bool> = frame::flags(source.followed, &col::has(name(stage)));
    let deal_stage = source
        .from_deals
        .iter()
        .find(|(_, moment)| *moment == DealMoment::Created);
    let opportunities = deal_stage.map_or_else(
        || vec![None; at.len()],
        |(stage, _)| frame::integers(source.followed, &col::at(name(*stage))),
    );
    let list = (0..at.len())
        .filter(|row| has[*row])
        .enumerate()
        .map(|(number, row)| Conversion {
            owner: leads.owners[row].unwrap_or_else(|| Key::of_number("lead", number as u64)),
            at: at[row],
            value: None,
            is_new: true,
            lead_at: leads.made[row],
            opportunity_at: opportunities[row],
        })
        .collect();
    Sort {
        list,
        is_deals: false,
    }
}

fn of_deals(
    source: &Source,
    owners: &[Key],
    moment: DealMoment,
    made: &FxHashMap<Key, Millis>,
) -> Sort {
    let deals = source.deals;
    let amounts = frame::integers(&source.tables.deals, col::AMOUNT);
    let is_new = deals.are_new(&source.tables.deals);
    let happened = |row: usize| match moment {
        DealMoment::Created => deals.exists[row],
        DealMoment::Won => deals.won[row],
    };
    let list = (0..owners.len())
        .filter(|row| happened(*row))
        .map(|row| Conversion {
            owner: owners[row],
            at: match moment {
                DealMoment::Created => deals.created[row],
                DealMoment::Won => deals.won_at[row],
            },
            value: amounts[row],
            is_new: is_new[row],
            lead_at: made.get(&owners[row]).copied(),
            opportunity_at: deals.created[row],
        })
        .collect();
    Sort {
        list,
        is_deals: true,
    }
}

/// Visitors, leads, deals and accounts to their owners. Who is a lead by its id is no deal
/// and no account of the same id.
fn owners(source: &Source, leads: &Leads, deals: &[Key]) -> FxHashMap<Key, Key> {
    let mut owners: FxHashMap<Key, Key> = FxHashMap::default();
    let mut known: FxHashSet<Key> = FxHashSet::default();
    let mut add = |key: Key, owner: Key| {
        if known.insert(key) && key != owner {
            owners.insert(key, owner);
        }
    };
    let mut of_lead: FxHashMap<Key, Key> = FxHashMap::default();
    for (key, owner) in leads.keys.iter().zip(&leads.owners) {
        if let (Some(key), Some(owner)) = (key, owner) {
            add(*key, *owner);
            of_lead.insert(*key, *owner);
        }
    }
    let last: FxHashMap<Key, Key> = known_as(source.tables).collect();
    for (visitor, _) in known_as(source.tables) {
        let lead = last[&visitor];
        add(visitor, of_lead.get(&lead).copied().unwrap_or(lead));
    }
    for (id, owner) in frame::texts(&source.tables.deals, col::ID)
        .into_iter()
        .zip(deals)
    {
        if let Some(id) = id {
            add(Key::of(id), *owner);
        }
    }
    for frame in [&source.tables.leads, &source.tables.deals] {
        for account in frame::texts(frame, "account").into_iter().flatten() {
            add(Key::of(account), Key::of_account(account));
        }
    }
    owners
}

/// Under what else leads are known, the best last: their addresses (of several leads with
/// one address the first row counts), then what the table of identities says.
fn known_as(tables: &Tables) -> impl Iterator<Item = (Key, Key)> {
    let ids = frame::texts(&tables.leads, col::ID).into_iter();
    let addresses = ids.zip(frame::texts(&tables.leads, "email")).rev();
    let addresses = addresses.filter_map(|(id, email)| {
        let email = email.filter(|email| is_address(email))?;
        Some((Key::of(email), Key::of(id?)))
    });
    addresses.chain(identities(tables))
}

/// Visitors with their leads.
fn identities(tables: &Tables) -> impl Iterator<Item = (Key, Key)> {
    let visitors = frame::texts(&tables.identities, "visitor").into_iter();
    let pairs = visitors.zip(frame::texts(&tables.identities, "lead"));
    pairs.filter_map(|(visitor, lead)| Some((Key::of(visitor?), Key::of(lead?))))
}

/// Visitors that rows of the table of identities give to several leads; the last row wins.
#[must_use]
pub fn given_twice(tables: &Tables) -> u64 {
    let mut first: FxHashMap<Key, Key> = FxHashMap::default();
    let mut twice: FxHashSet<Key> = FxHashSet::default();
    for (visitor, lead) in identities(tables) {
        if *first.entry(visitor).or_insert(lead) != lead {
            twice.insert(visitor);
        }
    }
    twice.len() as u64
}

/// How the table of identities fits the leads; nothing without one.
#[must_use]
pub fn identified(tables: &Tables, followed: &DataFrame) -> Option<Join> {
    let leads: Vec<&str> = frame::texts(&tables.identities, "lead")
        .into_iter()
        .flatten()
        .collect();
    if leads.is_empty() {
        return None;
    }
    let found = links::find(&leads, frame::texts(followed, col::ID).into_iter());
    Some(Join::count("identities.lead", "leads", &leads, &found))
}
