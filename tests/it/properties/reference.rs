//! Funnel and channels, worked out slowly from the definitions.
//!
//! Metrics dictionary 0.6 to 0.8, 2.1, 8. Nothing here is shared with the program: loops
//! over lists, one question at a time.

use std::collections::BTreeMap;

use super::company::{Company, Deal, HORIZON, LAST_DAY, STAGES, channel};

/// A number, or none.
pub type Cell = Option<f64>;

/// When a stage counts as reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    Implied,
    Explicit,
    Strict,
}

/// Counts of a stage of the cohort.
#[derive(Debug)]
pub struct Stage {
    pub reached: u64,
    pub skipped: u64,
    /// Advanced, exited, open.
    pub fates: [u64; 3],
}

/// k and n in the three views.
#[derive(Debug)]
pub struct Ratio {
    pub cohort: Option<(u64, u64)>,
    pub to_date: Option<(u64, u64)>,
    pub throughput: Option<(u64, u64)>,
    pub open: u64,
}

/// A funnel.
pub struct Funnel {
    pub stages: Vec<Stage>,
    pub ratios: Vec<(String, Ratio)>,
}

/// What happened to a lead until the last day.
struct History {
    /// (stage, day) of every entry.
    entries: Vec<(usize, i64)>,
    /// Days on which it left.
    exits: Vec<i64>,
}

pub struct Reference<'a> {
    company: &'a Company,
    histories: Vec<History>,
}

/// First day and the day after the last of a month of 2026, from 0.
fn month(number: u32) -> (i64, i64) {
    const STARTS: [i64; 6] = [0, 31, 59, 90, 120, 151];
    let number = number as usize;
    (STARTS[number], STARTS[number + 1])
}

fn inside(day: i64, period: Option<u32>) -> bool {
    period.is_none_or(|period| {
        let (start, end) = month(period);
        start <= day && day < end
    })
}

fn known(day: i64) -> bool {
    day <= LAST_DAY
}

fn won_on(deal: &Deal) -> Option<i64> {
    deal.closed
        .filter(|day| deal.outcome == "won" && known(*day))
}

fn lost_on(deal: &Deal) -> Option<i64> {
    deal.closed
        .filter(|day| deal.outcome == "lost" && known(*day))
}

impl<'a> Reference<'a> {
    pub fn new(company: &'a Company) -> Self {
        let histories = (0..company.leads.len())
            .map(|lead| history(company, lead))
            .collect();
        Self { company, histories }
    }

    /// The day on which a lead reached each stage.
    fn reached(&self, lead: usize, policy: Policy) -> [Option<i64>; 5] {
        let entries = &self.histories[lead].entries;
        let mut days = [None; 5];
        let mut before = i64::MIN;
        let mut broken = false;
        for (stage, day) in days.iter_mut().enumerate() {
            let counts = |entry: &&(usize, i64)| match policy {
                Policy::Implied => entry.0 >= stage,
                Policy::Explicit => entry.0 == stage,
                Policy::Strict => entry.0 == stage && entry.1 >= before && !broken,
            };
            *day = entries.iter().filter(counts).map(|entry| entry.1).min();
            match *day {
                Some(day) => before = day,
                None => broken = true,
            }
        }
        days
    }

    /// True where the last thing that happened to a lead was that it left.
    fn has_left(&self, lead: usize) -> bool {
        let history = &self.histories[lead];
        let last_exit = history.exits.iter().max();
        let last_entry = history.entries.iter().map(|entry| entry.1).max();
        match (last_exit, last_entry) {
            (Some(exit), Some(entry)) => *exit >= entry,
            (exit, _) => exit.is_some(),
        }
    }

    pub fn funnel(&self, policy: Policy, period: Option<u32>) -> Funnel {
        let all: Vec<(usize, [Option<i64>; 5])> = (0..self.histories.len())
            .map(|lead| (lead, self.reached(lead, policy)))
            .collect();
        // One cohort all the way down: those that entered the first stage in the period.
        // Without a period everybody belongs to it, also who was never recorded there.
        let of_cohort = |days: &[Option<i64>; 5]| {
            period.is_none() || days[0].is_some_and(|day| inside(day, period))
        };
        let cohort: Vec<&(usize, [Option<i64>; 5])> =
            all.iter().filter(|(_, days)| of_cohort(days)).collect();
        let stages = (0..STAGES.len())
            .map(|stage| self.stage(stage, &cohort))
            .collect();
        let mut spans: Vec<(usize, usize)> = (0..4).map(|stage| (stage, stage + 1)).collect();
        spans.push((0, 4));
        let ratios = spans
            .into_iter()
            .map(|(from, to)| {
                (
                    format!("{}_to_{}", STAGES[from], STAGES[to]),
                    self.ratio(from, to, &all, period),
                )
            })
            .collect();
        Funnel { stages, ratios }
    }

    fn stage(&self, stage: usize, cohort: &[&(usize, [Option<i64>; 5])]) -> Stage {
        let mut counts = Stage {
            reached: 0,
            skipped: 0,
            fates: [0; 3],
        };
        for (lead, days) in cohort {
            let is_above = days[stage + 1..].iter().any(Option::is_some);
            let is_recorded = self.histories[*lead]
                .entries
                .iter()
                .any(|entry| entry.0 == stage);
            counts.skipped += u64::from(is_above && !is_recorded);
            if days[stage].is_some() {
                counts.reached += 1;
                let fate = if is_above {
                    0
                } else if self.has_left(*lead) {
                    1
                } else {
                    2
                };
                counts.fates[fate] += 1;
            }
        }
        counts
    }

    fn ratio(
        &self,
        from: usize,
        to: usize,
        all: &[(usize, [Option<i64>; 5])],
        period: Option<u32>,
    ) -> Ratio {
        let entered = |stage: usize| {
            all.iter()
                .filter(move |(_, days)| days[stage].is_some_and(|day| inside(day, period)))
        };
        let (mut mature, mut within, mut members, mut converted, mut open) = (0, 0, 0, 0, 0);
        for (lead, days) in entered(from) {
            let start = days[from].unwrap();
            let is_mature = start + HORIZON <= LAST_DAY;
            members += 1;
            converted += u64::from(days[to].is_some());
            mature += u64::from(is_mature);
            within += u64::from(is_mature && days[to].is_some_and(|day| day - start <= HORIZON));
            open += u64::from(!is_mature && days[to].is_none() && !self.has_left(*lead));
        }
        let flow = entered(to).count() as u64;
        Ratio {
            cohort: (mature > 0).then_some((within, mature)),
            to_date: (members > 0).then_some((converted, members)),
            throughput: (members > 0).then_some((flow, members)),
            open,
        }
    }

    /// The channel of the first lead of the list that exists.
    fn channel_of(&self, deal: &Deal) -> &'static str {
        let lead = deal
            .leads
            .iter()
            .find_map(|lead| self.company.leads.get(*lead));
        lead.map_or("(no lead)", |lead| channel(lead.channel))
    }

    /// Deals with which a customer was won: account, else deal.
    fn first_wins(&self) -> Vec<usize> {
        let mut first: BTreeMap<String, (i64, usize)> = BTreeMap::new();
        for (number, deal) in self.company.deals.iter().enumerate() {
            let Some(day) = won_on(deal).filter(|_| deal.kind == "New") else {
                continue;
            };
            let customer = deal.account.map_or_else(
                || format!("deal {number}"),
                |account| format!("account {account}"),
            );
            let earliest = first.entry(customer).or_insert((day, number));
            *earliest = (*earliest).min((day, number));
        }
        first.into_values().map(|(_, number)| number).collect()
    }

    /// Cells of each channel; the total stands under the empty name.
    pub fn channels(
        &self,
        period: Option<u32>,
    ) -> BTreeMap<&'static str, BTreeMap<&'static str, Cell>> {
        let company = self.company;
        let mut names: Vec<&'static str> = vec![""];
        names.extend(company.leads.iter().map(|lead| channel(lead.channel)));
        names.extend(company.deals.iter().map(|deal| self.channel_of(deal)));
        names.extend(
            company
                .spend
                .iter()
                .map(|spend| channel(Some(spend.channel))),
        );
        names.sort_unstable();
        names.dedup();
        let row = |name: &'static str| (name, self.row(name, period));
        names.into_iter().map(row).collect()
    }

    /// New revenue of the leads that entered in a month, won within the horizon of their entry.
    pub fn cohort_revenue(&self, name: &str, number: u32) -> f64 {
        let company = self.company;
        let mut cents = 0;
        for deal in company.deals.iter().filter(|deal| deal.kind == "New") {
            let primary = deal.leads.iter().find(|lead| **lead < company.leads.len());
            let entered = primary.and_then(|lead| self.reached(*lead, Policy::Implied)[0]);
            let (Some(won), Some(entered)) = (won_on(deal), entered) else {
                continue;
            };
            let counts = inside(entered, Some(number)) && won - entered <= HORIZON;
            if counts && (name.is_empty() || self.channel_of(deal) == name) {
                cents += u64::from(deal.amount.unwrap_or(0));
            }
        }
        cents as f64 / 100.0
    }

    fn row(&self, name: &str, period: Option<u32>) -> BTreeMap<&'static str, Cell> {
        let company = self.company;
        let mine = |channel: &str| name.is_empty() || channel == name;
        let mut cells: BTreeMap<&'static str, Cell> = BTreeMap::new();
        for (stage, key) in STAGES.into_iter().enumerate() {
            let leads =
                (0..company.leads.len()).filter(|lead| mine(channel(company.leads[*lead].channel)));
            let days = leads.filter_map(|lead| self.reached(lead, Policy::Implied)[stage]);
            cells.insert(
                key,
                Some(days.filter(|day| inside(*day, period)).count() as f64),
            );
        }
        let ever: Vec<_> = company
            .spend
            .iter()
            .filter(|spend| mine(channel(Some(spend.channel))))
            .collect();
        let now = ever
            .iter()
            .filter(|spend| period.is_none_or(|period| spend.month == period + 1));
        let cents: u64 = now.map(|spend| u64::from(spend.cents)).sum();
        let cost = (!ever.is_empty()).then_some(cents as f64 / 100.0);
        cells.insert("spend", cost);
        cells.insert("cost", cost);
        let ratio = |numerator: Cell, denominator: Cell| match (numerator, denominator) {
            (Some(numerator), Some(denominator)) if denominator != 0.0 => {
                Some(numerator / denominator)
            }
            _ => None,
        };
        let leads = cells["lead"];
        cells.insert("cost_per_lead", ratio(cost, leads));
        if company.deals.is_empty() {
            return cells;
        }
        let deals: Vec<(usize, &Deal)> = company
            .deals
            .iter()
            .enumerate()
            .filter(|(_, deal)| mine(self.channel_of(deal)))
            .collect();
        let sum = |list: &mut dyn Iterator<Item = &Deal>| {
            let cents: u64 = list.filter_map(|deal| deal.amount).map(u64::from).sum();
            cents as f64 / 100.0
        };
        let won = || {
            deals
                .iter()
                .map(|(_, deal)| *deal)
                .filter(|deal| won_on(deal).is_some_and(|day| inside(day, period)))
        };
        let new = || won().filter(|deal| deal.kind == "New");
        let firsts = self.first_wins();
        let customers = deals.iter().filter(|(number, deal)| {
            firsts.contains(number) && won_on(deal).is_some_and(|day| inside(day, period))
        });
        let customers = Some(customers.count() as f64);
        cells.insert("customers", customers);
        cells.insert("cac", ratio(cost, customers));
        cells.insert("wins", Some(new().count() as f64));
        cells.insert("revenue", Some(sum(&mut won())));
        let revenue = sum(&mut new());
        cells.insert("revenue_new", Some(revenue));
        cells.insert(
            "missing_amounts",
            Some(won().filter(|deal| deal.amount.is_none()).count() as f64),
        );
        let made = deals
            .iter()
            .map(|(_, deal)| *deal)
            .filter(|deal| known(deal.created));
        let made: Vec<&Deal> = made.collect();
        let created = sum(&mut made
            .iter()
            .copied()
            .filter(|deal| inside(deal.created, period)));
        cells.insert("pipeline_created", Some(created));
        let last = period.map_or(LAST_DAY, |period| (month(period).1 - 1).min(LAST_DAY));
        let ended = |deal: &Deal| {
            won_on(deal)
                .or(lost_on(deal))
                .is_some_and(|day| day <= last)
        };
        let open = sum(&mut made
            .iter()
            .copied()
            .filter(|deal| deal.created <= last && !ended(deal)));
        cells.insert("pipeline_value", Some(open));
        let profit = revenue * 0.8;
        cells.insert("gross_profit", Some(profit));
        cells.insert("roi", ratio(cost.map(|cost| profit - cost), cost));
        cells.insert("roas", ratio(Some(revenue), cost));
        cells
    }
}

/// Entries by the lead's own dates and by its deals; a lead all of whose deals are lost has left.
fn history(company: &Company, lead: usize) -> History {
    let own = &company.leads[lead];
    let days = [Some(own.created), own.mql, own.sql];
    let mut entries: Vec<(usize, i64)> = days
        .into_iter()
        .enumerate()
        .filter_map(|(stage, day)| Some((stage, day?)))
        .collect();
    let deals: Vec<&Deal> = company
        .deals
        .iter()
        .filter(|deal| deal.leads.contains(&lead))
        .collect();
    for deal in &deals {
        entries.push((3, deal.created));
        entries.extend(won_on(deal).map(|day| (4, day)));
    }
    entries.retain(|(_, day)| known(*day));
    let mut exits: Vec<i64> = own.left.into_iter().filter(|day| known(*day)).collect();
    if !deals.is_empty() && deals.iter().all(|deal| lost_on(deal).is_some()) {
        exits.extend(deals.iter().filter_map(|deal| lost_on(deal)));
    }
    History { entries, exits }
}
