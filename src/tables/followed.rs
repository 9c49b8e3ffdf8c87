//! One row per lead with the first time each stage was reached.
//!
//! The table that almost every funnel figure is a filter and a sum over. What is
//! known about a lead arrives in four shapes: dates in wide columns, moves in long
//! rows, yes/no flags without a time, and the deals of the lead. All become entries
//! (stage, time) of the lead; the policy decides when a stage counts as reached
//! (metrics dictionary 0.6 and 0.7). Entries after the as-of moment do not exist.

use polars::prelude::*;

use super::frame::{self, flag_column, integer_column};
use super::{EXIT, NONE, Tables, col, fed};
use crate::domain::calendar::Millis;
use crate::domain::figure::Policy;
use crate::domain::ladder::{DealMoment, Entry, Ladder};
use crate::tables::deals::Deals;

/// A time that never came.
const NEVER: Millis = Millis::MAX;

/// How entries become reached stages.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// The path stages.
    pub ladder: &'a Ladder,
    /// When a stage counts as reached.
    pub policy: Policy,
    /// Which date makes a lead.
    pub entry: Entry,
    /// Stages that leads reach through their deals.
    pub from_deals: &'a [(usize, DealMoment)],
    /// The last moment that exists; nothing is cut where absent.
    pub as_of: Option<Millis>,
}

/// What the derivation noticed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Noticed {
    /// Entries after the as-of moment, left out.
    pub after_as_of: u64,
    /// Leads with a later stage dated before a lower one.
    pub out_of_order: u64,
    /// Leads that went back to a lower stage (long input only).
    pub moved_back: u64,
    /// Leads with a date before 1990 or after 2100.
    pub implausible: u64,
    /// True where at least one entry has a time.
    pub timed: bool,
    /// True where leads have moves of their own, so that re-entry and steps back can be seen.
    pub has_history: bool,
}

/// The derived table and what was noticed on the way.
#[derive(Debug, Clone)]
pub struct Followed {
    /// Columns: id, file, line, dimensions (text, never null), `at.<stage>`, `raw.<stage>`,
    /// `has.<stage>`, `recorded.<stage>`, mark, exited, `exit_at`, created.
    pub frame: DataFrame,
    /// What was noticed.
    pub noticed: Noticed,
    /// For each stage: can anything that is followed tell of it?
    pub fed: Vec<bool>,
}

/// Derives the table. Of the leads only the columns stay that are not in it: with
/// millions of leads both would not fit beside each other.
#[must_use]
pub fn derive(tables: &mut Tables, deals: &Deals, rules: &Rules) -> Followed {
    let mut entries = Entries::new(tables.leads.height(), rules);
    entries.add_wide(&tables.leads);
    entries.add_events(tables, deals);
    entries.add_deals(deals);
    entries.add_existence(&tables.leads, &tables.events);
    let fed = fed::stages(tables, rules.ladder, rules.from_deals);
    let described = describe(tables);
    let height = tables.leads.height();
    let (frame, noticed) = entries.finish(height, described);
    Followed {
        frame,
        noticed,
        fed,
    }
}

/// A move of a lead, kept only where order matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Move {
    lead: u32,
    at: Millis,
    /// Path stages by index, exits after them, as the dictionary demands for ties.
    stage: u32,
}

struct Entries<'a> {
    rules: &'a Rules<'a>,
    /// Earliest time of an entry into exactly the stage: `[stage][lead]`.
    first: Vec<Vec<Millis>>,
    /// Reached, time unknown: `[stage][lead]`.
    untimed: Vec<Vec<bool>>,
    /// Latest entry into an exit state.
    exit_at: Vec<Millis>,
    /// In an exit state, time unknown.
    exit_untimed: Vec<bool>,
    /// Latest entry into a path stage, to tell whether an exit was left again.
    last_path: Vec<Millis>,
    moves: Vec<Move>,
    noticed: Noticed,
}

const BEFORE_ALL: Millis = Millis::MIN;
const YEAR_1990: Millis = 631_152_000_000;
const YEAR_2100: Millis = 4_102_444_800_000;

impl<'a> Entries<'a> {
    fn new(leads: usize, rules: &'a Rules<'a>) -> Self {
        let stages = rules.ladder.len();
        Self {
            rules,
            first: vec![vec![NEVER; leads]; stages],
            untimed: vec![vec![false; leads]; stages],
            exit_at: vec![BEFORE_ALL; leads],
            exit_untimed: vec![false; leads],
            last_path: vec![BEFORE_ALL; leads],
            moves: Vec::new(),
            noticed: Noticed::default(),
        }
    }

    fn exists(&mut self, at: Millis) -> bool {
        let exists = self.rules.as_of.is_none_or(|as_of| at <= as_of);
        self.noticed.after_as_of += u64::from(!exists);
        exists
    }

    fn enter(&mut self, lead: usize, stage: usize, at: Millis) {
        self.enter_between(lead, stage, at, at);
    }

    /// An entry somewhere after `since` and not after `at`. What is dated better, such as a
    /// lost deal, may have come after it.
    fn enter_between(&mut self, lead: usize, stage: usize, since: Millis, at: Millis) {
        if !self.exists(at) {
            return;
        }
        self.noticed.timed = true;
        let first = &mut self.first[stage][lead];
        *first = at.min(*first);
        let last = &mut self.last_path[lead];
        *last = since.max(*last);
    }

    fn exit(&mut self, lead: usize, at: Millis) {
        if !self.exists(at) {
            return;
        }
        let last = &mut self.exit_at[lead];
        *last = at.max(*last);
    }

    /// Dates and flags in columns of the leads table, and today's stage.
    fn add_wide(&mut self, leads: &DataFrame) {
        let stages = self.rules.ladder.iter().map(str::to_owned).enumerate();
        for (stage, name) in stages.collect::<Vec<_>>() {
            for (lead, at) in frame::present_integers(leads, &col::wide(&name)) {
                self.enter(lead, stage, at);
            }
            for lead in frame::true_rows(leads, &col::flag(&name)) {
                self.untimed[stage][lead] = true;
            }
        }
        for exit in crate::domain::ladder::EXITS {
            for (lead, at) in frame::present_integers(leads, &col::wide(exit)) {
                self.exit(lead, at);
            }
            for lead in frame::true_rows(leads, &col::flag(exit)) {
                self.exit_untimed[lead] = true;
            }
        }
        let today = frame::indexes(leads, col::TODAY);
        for (lead, today) in (0..)
            .zip(today)
            .filter_map(|(lead, today)| Some((lead, today?)))
        {
            match usize::try_from(today) {
                Ok(stage) => self.untimed[stage][lead] = true,
                Err(_) => self.exit_untimed[lead] = true,
            }
        }
    }

    /// Rows of the long table; an id that is no lead's may be a deal's, whose leads then move.
    fn add_events(&mut self, tables: &Tables, deals: &Deals) {
        let events = &tables.events;
        if events.height() == 0 {
            return;
        }
        let stages = frame::indexes(events, col::STAGE);
        let times = frame::integers(events, col::AT);
        let since = frame::integers(events, col::SINCE);
        for (row, leads) in deals.leads_of_events.iter().enumerate() {
            let Some(stage) = stages[row] else { continue };
            for lead in leads.iter() {
                self.add_move(*lead, stage, times[row], since[row]);
            }
        }
        // What a deal went through says nothing of steps back of its lead.
        let moved =
            |(row, own): (usize, &bool)| *own && stages[row].is_some() && times[row].is_some();
        let mut own = deals.of_lead_itself.iter().enumerate();
        self.noticed.has_history = own.any(moved);
    }

    fn add_move(&mut self, lead: u32, stage: i32, at: Option<Millis>, since: Option<Millis>) {
        let row = lead as usize;
        match (usize::try_from(stage), at) {
            (Ok(stage), Some(at)) => {
                self.enter_between(row, stage, since.unwrap_or(at), at);
                self.remember(lead, at, stage);
            }
            (Ok(stage), None) => self.untimed[stage][row] = true,
            (Err(_), Some(at)) => {
                self.exit(row, at);
                self.remember(lead, at, self.rules.ladder.len());
            }
            (Err(_), None) => self.exit_untimed[row] = true,
        }
    }

    fn remember(&mut self, lead: u32, at: Millis, stage: usize) {
        if self.rules.as_of.is_none_or(|as_of| at <= as_of) {
            let stage = u32::try_from(stage).unwrap_or(u32::MAX);
            self.moves.push(Move { lead, at, stage });
        }
    }

    /// Deals carry their leads to the configured stages; a lead all of whose deals are lost has left.
    fn add_deals(&mut self, deals: &Deals) {
        for (stage, moment) in self.rules.from_deals.iter().copied() {
            for (deal, lead) in deals.pairs.iter().copied() {
                let (time, happened) = match moment {
                    DealMoment::Created => (deals.created[deal], true),
                    DealMoment::Won => (deals.won_at[deal], deals.won[deal]),
                };
                match time {
                    Some(at) => {
                        self.enter(lead, stage, at);
                        if self.rules.policy == Policy::Strict {
                            self.remember(u32::try_from(lead).unwrap_or(u32::MAX), at, stage);
                        }
                    }
                    None => self.untimed[stage][lead] |= happened,
                }
            }
        }
        for (lead, left) in deals.all_lost() {
            match left {
                Some(at) => self.exit(lead, at),
                None => self.exit_untimed[lead] = true,
            }
        }
    }

    /// A lead exists: that alone is the first stage, unless its input has a column for it.
    fn add_existence(&mut self, leads: &DataFrame, events: &DataFrame) {
        let listed = frame::indexes(events, col::STAGE).contains(&Some(0));
        let speaks = frame::flags(leads, col::SPEAKS);
        let created = frame::integers(leads, col::CREATED);
        for lead in 0..leads.height() {
            if created[lead].is_some_and(|at| !self.exists(at)) {
                self.forget_untimed(lead);
                continue;
            }
            let silent = !(listed || speaks[lead]);
            let known = self.first[0][lead] != NEVER;
            let reached = known || silent || self.untimed[0][lead];
            let by_creation = match self.rules.entry {
                Entry::Created => created[lead].is_some(),
                Entry::FirstStage => reached && !known,
            };
            if !by_creation {
                continue;
            }
            match created[lead] {
                Some(at) => {
                    self.first[0][lead] = at;
                    self.noticed.timed = true;
                }
                None => self.untimed[0][lead] = true,
            }
        }
    }

    /// A record made after the as-of moment does not exist: what is known of it without a
    /// time is of today.
    fn forget_untimed(&mut self, lead: usize) {
        for stage in &mut self.untimed {
            stage[lead] = false;
        }
        self.exit_untimed[lead] = false;
    }

    fn finish(mut self, height: usize, described: Vec<Column>) -> (DataFrame, Noticed) {
        self.count_disorder();
        let recorded = self.recorded();
        let raw: Vec<Column> = (0..self.first.len())
            .map(|stage| time_column(&col::raw(self.rules.ladder.name(stage)), &self.first[stage]))
            .collect();
        match self.rules.policy {
            Policy::Explicit => {}
            Policy::Implied => self.imply(),
            Policy::Strict => self.be_strict(),
        }
        let mut columns = described;
        columns.extend(self.outcome_columns(height));
        columns.extend(raw);
        columns.extend(recorded);
        for stage in 0..self.first.len() {
            let name = self.rules.ladder.name(stage);
            columns.push(flag_column(&col::has(name), self.reached(stage)));
            columns.push(time_column(&col::at(name), &self.first[stage]));
            self.first[stage] = Vec::new();
        }
        (frame::frame_of(height, columns), self.noticed)
    }

    fn recorded(&self) -> Vec<Column> {
        (0..self.first.len())
            .map(|stage| {
                let name = col::recorded(self.rules.ladder.name(stage));
                flag_column(&name, self.reached(stage))
            })
            .collect()
    }

    /// For each lead: was the stage reached, at whatever time?
    fn reached(&self, stage: usize) -> impl Iterator<Item = bool> {
        let entries = self.first[stage].iter().zip(&self.untimed[stage]);
        entries.map(|(at, untimed)| *at != NEVER || *untimed)
    }

    /// Any higher stage counts for the lower ones, at its time.
    fn imply(&mut self) {
        for stage in (0..self.first.len().saturating_sub(1)).rev() {
            let (lower, higher) = self.first.split_at_mut(stage + 1);
            for (low, high) in lower[stage].iter_mut().zip(&higher[0]) {
                *low = (*low).min(*high);
            }
            let (lower, higher) = self.untimed.split_at_mut(stage + 1);
            for (low, high) in lower[stage].iter_mut().zip(&higher[0]) {
                *low |= *high;
            }
        }
    }

    /// Every stage in order, each at or after the strict time of the one before.
    fn be_strict(&mut self) {
        self.moves.sort_unstable();
        let mut moves = std::mem::take(&mut self.moves).into_iter().peekable();
        for lead in 0..self.exit_at.len() {
            let mut times: Vec<Vec<Millis>> = (0..self.first.len())
                .map(|stage| vec![self.first[stage][lead]])
                .collect();
            while let Some(step) = moves.next_if(|step| step.lead as usize <= lead) {
                if let Some(list) = times.get_mut(step.stage as usize) {
                    list.push(step.at);
                }
            }
            let mut after = BEFORE_ALL;
            for (stage, list) in times.iter().enumerate() {
                let next = list
                    .iter()
                    .copied()
                    .filter(|at| *at >= after && *at != NEVER)
                    .min();
                after = next.unwrap_or(NEVER);
                self.first[stage][lead] = after;
                self.untimed[stage][lead] = false;
            }
        }
    }

    fn count_disorder(&mut self) {
        for lead in 0..self.exit_at.len() {
            let stages = self.first.iter();
            let times = stages.map(|stage| stage[lead]).filter(|at| *at != NEVER);
            let odd = |at| !(YEAR_1990..YEAR_2100).contains(&at);
            self.noticed.out_of_order += u64::from(!times.clone().is_sorted());
            self.noticed.implausible += u64::from(times.clone().any(odd));
        }
        self.moves.sort_unstable();
        let exit = u32::try_from(self.rules.ladder.len()).unwrap_or(u32::MAX);
        let back = |pair: &&[Move]| {
            pair[0].lead == pair[1].lead && pair[1].stage < pair[0].stage && pair[0].stage != exit
        };
        self.noticed.moved_back = self.moves.windows(2).filter(back).count() as u64;
    }

    fn outcome_columns(&self, height: usize) -> Vec<Column> {
        let left = |lead: usize| {
            let timed =
                self.exit_at[lead] != BEFORE_ALL && self.exit_at[lead] >= self.last_path[lead];
            timed || (self.exit_untimed[lead] && self.exit_at[lead] == BEFORE_ALL)
        };
        let exited: Vec<bool> = (0..height).map(left).collect();
        let exit_at: Vec<Option<i64>> = (0..height)
            .map(|lead| {
                (exited[lead] && self.exit_at[lead] != BEFORE_ALL).then(|| self.exit_at[lead])
            })
            .collect();
        let mark: Vec<Option<i32>> = (0..height)
            .map(|lead| {
                let reached =
                    |stage: &usize| self.first[*stage][lead] != NEVER || self.untimed[*stage][lead];
                let highest = (0..self.first.len()).rev().find(reached);
                highest.and_then(|stage| i32::try_from(stage).ok())
            })
            .collect();
        vec![
            flag_column(col::EXITED, exited),
            integer_column(col::EXIT_AT, &exit_at),
            Column::new(col::MARK.into(), mark),
        ]
    }
}

/// Columns of the export that are no dimension, and what they are called in the table.
const KEPT: &[(&str, &str)] = &[
    ("assigned", col::ASSIGNED),
    ("account", col::ACCOUNT),
    ("email", col::EMAIL),
    ("referred_by", col::REFERRED_BY),
    ("referrer_kind", col::REFERRER_KIND),
    ("disqualified_reason", col::DISQUALIFIED_REASON),
    ("#day.created", "#day.created"),
    ("#day.assigned", "#day.assigned"),
];

/// Takes identity and dimensions of the leads; a missing dimension value is `(none)`.
/// The entries have been read by now, and their columns go.
fn describe(tables: &mut Tables) -> Vec<Column> {
    let leads = &mut tables.leads;
    let is_entry = |name: &str| name.starts_with("stage.") || name.starts_with("flag.");
    for name in leads.get_column_names_owned() {
        if is_entry(&name) && !tables.segments.contains(name.as_str()) {
            let _ = leads.drop_in_place(&name);
        }
    }
    let mut columns: Vec<Column> = [col::ID, col::FILE, col::LINE, col::CREATED, col::SCORE]
        .iter()
        .filter_map(|name| leads.column(name).ok().cloned())
        .collect();
    let segments = tables.segments.iter().map(String::as_str);
    for name in super::BUILT_IN_DIMENSIONS.iter().copied().chain(segments) {
        if let Some(column) = dimension(leads, name) {
            columns.push(column);
            // The account of a lead also says whose customer it is.
            if name != "account" {
                let _ = leads.drop_in_place(name);
            }
        }
    }
    columns.extend(super::kept(leads, KEPT));
    columns
}

/// A dimension column without nulls, or nothing where the frame lacks it.
#[must_use]
pub fn dimension(frame: &DataFrame, name: &str) -> Option<Column> {
    let column = frame.column(name).ok()?;
    let texts = column.str().ok()?;
    if !texts.has_nulls() {
        return Some(column.clone());
    }
    let none = StringChunked::new(name.into(), [NONE]);
    let filled = texts.zip_with(&texts.is_not_null(), &none).ok()?;
    Some(filled.into_column())
}

fn time_column(name: &str, times: &[Millis]) -> Column {
    let column: Int64Chunked = times
        .iter()
        .map(|at| (*at != NEVER).then_some(*at))
        .collect();
    column.with_name(name.into()).into_column()
}

/// True where a stage index means an exit.
#[must_use]
pub fn is_exit(stage: i32) -> bool {
    stage == EXIT
}
