//! One row per deal: its outcome, its customer, and the lead its value goes to.
//!
//! The link between leads and deals may stand on either side, several ids in one
//! cell included. A customer is an account, else the deal; the first won deal of
//! kind `new` of a customer is the one that counts as winning it. A deal's value
//! goes to the channel of its primary lead (the first one named by the deal, else
//! the earliest created of those that name the deal), else to the deal's own
//! channel, else to the row `(no lead)`.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::followed::dimension;
use super::frame::{self, flag_column, integer_column, text_column};
use super::links::{self, Join, split_ids};
use super::{NO_LEAD, NONE, Tables, col};
use crate::domain::calendar::Millis;

/// What is known of the deals, as columns of equal length.
#[derive(Debug, Clone, Default)]
pub struct Deals {
    /// Creation.
    pub created: Vec<Option<Millis>>,
    /// When won, where the deal is won by the as-of moment.
    pub won_at: Vec<Option<Millis>>,
    /// When lost, where the deal is lost by the as-of moment.
    pub lost_at: Vec<Option<Millis>>,
    /// Won by the as-of moment, time known or not.
    pub won: Vec<bool>,
    /// Lost by the as-of moment, time known or not.
    pub lost: Vec<bool>,
    /// Made by the as-of moment.
    pub exists: Vec<bool>,
    /// Which deals were missing from the exports, and when.
    pub absences: Vec<Absence>,
    /// Links (deal, lead), primary lead first for each deal.
    pub pairs: Vec<(usize, usize)>,
    /// Primary lead of each deal.
    pub primary: Vec<Option<usize>>,
    /// For every row of the events table the leads that it moves.
    pub leads_of_events: Vec<Vec<u32>>,
    /// For every row of it whether its id is a lead's own.
    pub of_lead_itself: Vec<bool>,
    /// How the joins went.
    pub joins: Vec<Join>,
    /// Deals, wins and losses after the as-of moment, left out.
    pub after_as_of: u64,
}

/// A time in which the exports lacked a deal: gone, and nothing says that it was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Id of the deal.
    pub id: String,
    /// The export that lacks it first.
    pub from: Millis,
    /// The export that has it again.
    pub until: Option<Millis>,
}

impl Absence {
    /// True where the deal was missing at the moment; without one, in the newest export.
    #[must_use]
    pub fn holds(&self, moment: Option<Millis>) -> bool {
        let (began, over) = match moment {
            None => (true, self.until.is_some()),
            Some(at) => (self.from <= at, self.until.is_some_and(|until| until <= at)),
        };
        began && !over
    }
}

/// Columns of the export that the pipeline reads, and what they are called in the table.
const KEPT: &[(&str, &str)] = &[
    ("name", col::DEAL_NAME),
    ("stage", col::DEAL_STAGE),
    ("pipeline", "pipeline"),
    ("forecast_category", "forecast_category"),
    ("lost_reason", "lost_reason"),
    ("probability", "probability"),
    ("last_activity", "last_activity"),
    ("kind", col::DEAL_KIND),
    ("next_step", col::NEXT_STEP),
    ("delivered", "delivered"),
    ("collected", "collected"),
];

/// Who buys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Customer<'a> {
    /// The account with this id.
    Account(&'a str),
    /// The deal in this row, where no account is known.
    Deal(usize),
}

impl<'a> Customer<'a> {
    fn account(self) -> Option<&'a str> {
        match self {
            Self::Account(id) => Some(id),
            Self::Deal(_) => None,
        }
    }
}

/// Reads the deals and links them to the leads.
#[must_use]
pub fn link(tables: &Tables, as_of: Option<Millis>) -> Deals {
    let mut deals = outcomes(&tables.deals, as_of);
    let (pairs, joins) = pairs(tables);
    deals.joins = joins;
    deals.primary = vec![None; tables.deals.height()];
    for (deal, lead) in &pairs {
        deals.primary[*deal].get_or_insert(*lead);
    }
    deals.pairs = pairs
        .into_iter()
        .filter(|(deal, _)| deals.exists[*deal])
        .collect();
    deals.absences = absences(tables, as_of);
    deals.link_events(tables);
    deals
}

/// The times up to the as-of moment in which exports lacked a deal, from the differences of
/// its snapshots.
fn absences(tables: &Tables, as_of: Option<Millis>) -> Vec<Absence> {
    // Only rows that compare exports say whether a deal is there: null elsewhere.
    let gone = tables.events.column(col::REMOVED).and_then(|it| it.bool());
    let Some(gone) = gone.ok().filter(|gone| gone.any()) else {
        return Vec::new();
    };
    let times = frame::integers(&tables.events, col::AT);
    let moves = frame::texts(&tables.events, col::ID).into_iter();
    let mut told: BTreeMap<&str, BTreeMap<Millis, bool>> = BTreeMap::new();
    for ((id, gone), at) in moves.zip(gone.iter()).zip(times) {
        let at = at.filter(|at| as_of.is_none_or(|as_of| *at <= as_of));
        if let Some(((id, gone), at)) = id.zip(gone).zip(at) {
            told.entry(id).or_default().insert(at, gone);
        }
    }
    let mut absences = Vec::new();
    for (id, told) in told {
        for (from, _) in told.iter().filter(|(_, gone)| **gone) {
            let back = told.range(from + 1..).find(|(_, gone)| !**gone);
            absences.push(Absence {
                id: id.to_owned(),
                from: *from,
                until: back.map(|(at, _)| *at),
            });
        }
    }
    absences
}

fn outcomes(frame: &DataFrame, as_of: Option<Millis>) -> Deals {
    let by_then = |at: &Option<Millis>| at.zip(as_of).is_none_or(|(at, as_of)| at <= as_of);
    let created = frame::integers(frame, col::CREATED);
    let exists: Vec<bool> = created.iter().map(by_then).collect();
    let mut after_as_of = exists.iter().filter(|exists| !**exists).count() as u64;
    let mut ended = |at_name: &str, flag_name: &str| {
        let times = frame::integers(frame, at_name);
        let flags = frame::flags(frame, flag_name);
        let mut over = Vec::with_capacity(flags.len());
        let mut at = Vec::with_capacity(flags.len());
        for row in 0..flags.len() {
            let happened = flags[row] && exists[row] && by_then(&times[row]);
            after_as_of += u64::from(flags[row] && exists[row] && !happened);
            over.push(happened);
            at.push(times[row].filter(|_| happened));
        }
        (at, over)
    };
    let (won_at, won) = ended(col::WON_AT, col::WON);
    let (lost_at, lost) = ended(col::LOST_AT, col::LOST);
    Deals {
        created,
        won_at,
        lost_at,
        won,
        lost,
        exists,
        after_as_of,
        ..Deals::default()
    }
}

/// Links named by the deals, then those named by the leads.
fn pairs(tables: &Tables) -> (Vec<(usize, usize)>, Vec<Join>) {
    let mut joins = Vec::new();
    let mut pairs = Vec::new();
    let named_by_deals = named(&tables.deals, "lead");
    if !named_by_deals.is_empty() {
        let keys: Vec<&str> = named_by_deals.iter().map(|(_, key)| *key).collect();
        let found = links::find(&keys, ids(&tables.leads));
        // Deals that are followed themselves join with nobody.
        if !tables.deals_are_leads {
            joins.push(Join::count("deals.lead", "leads", &keys, &found));
        }
        for ((deal, _), lead) in named_by_deals.iter().zip(&found) {
            pairs.extend(lead.map(|lead| (*deal, lead as usize)));
        }
    }
    let named_by_leads = named(&tables.leads, "deals");
    if !named_by_leads.is_empty() {
        let keys: Vec<&str> = named_by_leads.iter().map(|(_, key)| *key).collect();
        let found = links::find(&keys, ids(&tables.deals));
        joins.push(Join::count("leads.deals", "deals", &keys, &found));
        let created = frame::integers(&tables.leads, col::CREATED);
        let mut more: Vec<(usize, usize)> = named_by_leads
            .iter()
            .zip(&found)
            .filter_map(|((lead, _), deal)| deal.map(|deal| (deal as usize, *lead)))
            .collect();
        more.sort_by_key(|(deal, lead)| (*deal, created[*lead].unwrap_or(Millis::MAX), *lead));
        pairs.extend(more);
    }
    // Stable by deal: the order within a deal decides who is primary.
    pairs.sort_by_key(|(deal, _)| *deal);
    let (mut current, mut seen) = (None, std::collections::BTreeSet::new());
    pairs.retain(|(deal, lead)| {
        if current != Some(*deal) {
            current = Some(*deal);
            seen.clear();
        }
        seen.insert(*lead)
    });
    (pairs, joins)
}

fn named<'a>(frame: &'a DataFrame, column: &str) -> Vec<(usize, &'a str)> {
    frame::texts(frame, column)
        .into_iter()
        .enumerate()
        .filter_map(|(row, cell)| cell.map(|cell| (row, cell)))
        .flat_map(|(row, cell)| split_ids(cell).map(move |id| (row, id)))
        .collect()
}

fn ids(frame: &DataFrame) -> impl Iterator<Item = Option<&str>> {
    frame::texts(frame, col::ID).into_iter()
}

/// Ids of moves that nobody has: of deals that are not in their table.
fn unknown_ids(keys: &[&str], leads: &[Option<u32>], deals: &[Option<u32>]) -> Option<Join> {
    let found = leads.iter().zip(deals).map(|(lead, deal)| lead.or(*deal));
    let mut ids: BTreeMap<&str, Option<u32>> = BTreeMap::new();
    ids.extend(keys.iter().copied().zip(found));
    let (names, places): (Vec<&str>, Vec<Option<u32>>) = ids.into_iter().unzip();
    let join = Join::count("stage_events.id", "deals", &names, &places);
    (join.unmatched > 0).then_some(join)
}

impl Deals {
    /// An event's id is a lead's, else a deal's (whose leads then move).
    fn link_events(&mut self, tables: &Tables) {
        if tables.events.height() == 0 {
            return;
        }
        let keys: Vec<&str> = frame::texts(&tables.events, col::ID)
            .into_iter()
            .map(|id| id.unwrap_or(""))
            .collect();
        let leads = links::find(&keys, ids(&tables.leads));
        let deals = links::find(&keys, ids(&tables.deals));
        self.joins.extend(unknown_ids(&keys, &leads, &deals));
        let mut of_deal: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for (deal, lead) in &self.pairs {
            let lead = u32::try_from(*lead).unwrap_or(u32::MAX);
            of_deal.entry(*deal).or_default().push(lead);
        }
        self.of_lead_itself = leads.iter().map(Option::is_some).collect();
        self.leads_of_events = leads
            .iter()
            .zip(&deals)
            .map(|(lead, deal)| match (lead, deal) {
                (Some(lead), _) => vec![*lead],
                (None, Some(deal)) => of_deal.get(&(*deal as usize)).cloned().unwrap_or_default(),
                (None, None) => Vec::new(),
            })
            .collect();
    }

    /// Leads all of whose deals are lost, with the time of the last loss.
    #[must_use]
    pub fn all_lost(&self) -> Vec<(usize, Option<Millis>)> {
        let mut by_lead: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (deal, lead) in &self.pairs {
            by_lead.entry(*lead).or_default().push(*deal);
        }
        by_lead
            .into_iter()
            .filter(|(_, deals)| deals.iter().all(|deal| self.lost[*deal]))
            .map(|(lead, deals)| {
                (
                    lead,
                    deals.iter().filter_map(|deal| self.lost_at[*deal]).max(),
                )
            })
            .collect()
    }

    /// The deals with everything that metrics need; `followed` gives dimensions and entry of the leads.
    #[must_use]
    pub fn table(&self, tables: &Tables, followed: &DataFrame, first_stage: &str) -> DataFrame {
        let raw = &tables.deals;
        let height = raw.height();
        let entered = frame::integers(followed, &col::at(first_stage));
        let of_lead = |row: usize| self.primary[row].and_then(|lead| entered[lead]);
        let mut columns: Vec<Column> = [col::ID, col::FILE, col::LINE, col::AMOUNT]
            .iter()
            .filter_map(|name| raw.column(name).ok().cloned())
            .collect();
        let rows = 0..height;
        let lead_rows: Vec<Option<u32>> = self
            .primary
            .iter()
            .map(|lead| lead.and_then(|lead| u32::try_from(lead).ok()))
            .collect();
        let is_new = self.are_new(raw);
        let first_wins = self.first_wins(tables, &is_new);
        columns.extend([
            integer_column(
                col::CREATED,
                &rows
                    .clone()
                    .map(|r| self.created[r].filter(|_| self.exists[r]))
                    .collect::<Vec<_>>(),
            ),
            integer_column(col::WON_AT, &self.won_at),
            integer_column(col::LOST_AT, &self.lost_at),
            flag_column(col::WON, self.won.iter().copied()),
            flag_column(col::LOST, self.lost.iter().copied()),
            flag_column("exists", self.exists.iter().copied()),
            flag_column(col::IS_NEW, is_new),
            flag_column(col::FIRST_WIN, first_wins),
            integer_column(col::ENTERED, &rows.map(of_lead).collect::<Vec<_>>()),
            Column::new(col::LEAD_ROW.into(), lead_rows),
            integer_column(col::EXPECTED_CLOSE, &self.planned(raw)),
        ]);
        columns.extend(self.dimensions(tables, followed));
        // A segment may be called as a column of the export is.
        let free = |column: &Column| columns.iter().all(|taken| taken.name() != column.name());
        let kept: Vec<Column> = super::kept(raw, KEPT).filter(free).collect();
        columns.extend(kept);
        let accounts: Vec<Option<&str>> = self.customers(tables).map(Customer::account).collect();
        columns.push(text_column(col::ACCOUNT, &accounts));
        frame::frame_of(height, columns)
    }

    /// Planned closing dates: of deals that never ended, the closing date stands for one.
    fn planned(&self, raw: &DataFrame) -> Vec<Option<Millis>> {
        let expected = frame::integers(raw, "expected_close");
        let closed = frame::integers(raw, "closed");
        let won = frame::flags(raw, col::WON);
        let lost = frame::flags(raw, col::LOST);
        (0..raw.height())
            .map(|row| {
                let never_ended = !won[row] && !lost[row];
                expected[row].or(closed[row].filter(|_| never_ended))
            })
            .collect()
    }

    /// True for each deal of kind `new`, and where no kind is said.
    #[must_use]
    pub fn are_new(&self, raw: &DataFrame) -> Vec<bool> {
        frame::texts(raw, "kind")
            .into_iter()
            .map(|kind| kind.is_none_or(|kind| kind.eq_ignore_ascii_case("new")))
            .collect()
    }

    /// Marks the deal with which each customer was first won.
    fn first_wins(&self, tables: &Tables, is_new: &[bool]) -> Vec<bool> {
        let customers: Vec<Customer> = self.customers(tables).collect();
        let mut first: BTreeMap<Customer, (Millis, usize)> = BTreeMap::new();
        for row in (0..is_new.len()).filter(|row| self.won[*row] && is_new[*row]) {
            let key = (self.won_at[row].unwrap_or(Millis::MAX), row);
            let earliest = first.entry(customers[row]).or_insert(key);
            *earliest = (*earliest).min(key);
        }
        let mut marks = vec![false; is_new.len()];
        first.values().for_each(|(_, row)| marks[*row] = true);
        marks
    }

    /// The account of the deal, else that of its primary lead, else the deal itself.
    fn customers<'t>(&self, tables: &'t Tables) -> impl Iterator<Item = Customer<'t>> {
        let of_deals = frame::texts(&tables.deals, "account");
        let of_leads = frame::text_cells(&tables.leads, "account");
        (0..of_deals.len()).map(move |row| {
            let of_lead = self.primary[row].and_then(|lead| of_leads?.get(lead));
            let account = of_deals[row].or(of_lead);
            account.map_or(Customer::Deal(row), Customer::Account)
        })
    }

    /// Dimensions: channel of the primary lead first; of the others the deal's own value first.
    fn dimensions(&self, tables: &Tables, followed: &DataFrame) -> Vec<Column> {
        let segments = tables.segments.iter().map(String::as_str);
        let names = super::BUILT_IN_DIMENSIONS.iter().copied().chain(segments);
        names
            .filter_map(|name| {
                let own = frame::texts(&tables.deals, name);
                let of_leads = dimension(followed, name);
                if of_leads.is_none()
                    && !frame::has_column(&tables.deals, name)
                    && name != col::CHANNEL
                {
                    return None;
                }
                let of_leads = of_leads.as_ref().and_then(|column| column.str().ok());
                let values: Vec<Option<&str>> = (0..own.len())
                    .map(|row| Some(self.value(name, own[row], row, of_leads)))
                    .collect();
                Some(text_column(name, &values))
            })
            .collect()
    }

    fn value<'a>(
        &self,
        name: &str,
        own: Option<&'a str>,
        row: usize,
        of_leads: Option<&'a StringChunked>,
    ) -> &'a str {
        let has_lead = self.primary[row].is_some();
        let lead = self.primary[row].and_then(|lead| of_leads?.get(lead));
        let lead = lead.filter(|value| *value != NONE);
        let from_lead_first = matches!(name, "channel" | "source" | "medium" | "campaign");
        let value = if from_lead_first {
            lead.or(own)
        } else {
            own.or(lead)
        };
        let missing = if name == col::CHANNEL && !has_lead {
            NO_LEAD
        } else {
            NONE
        };
        value.unwrap_or(missing)
    }
}
