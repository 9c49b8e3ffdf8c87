//! Leads, pipeline and revenue by who brought them about: marketing, sales, referral,
//! partner.
//!
//! A referral record counts first (a referrer of kind partner is a partner), then what the
//! rules say of the channel.

use std::collections::BTreeMap;

use super::bridge::rate;
use super::ledger::Ledger;
use super::referrals::{People, Referral, Referrals};
use super::rows::{Deal, Rows};
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::domain::money::Money;
use crate::metrics::data::Scope;
use crate::tables::NONE;

/// Who brings customers by their word.
pub const REFERRAL: &str = "referral";
/// Who is paid for bringing them.
pub const PARTNER: &str = "partner";

/// What one of them brought in the period.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sourced {
    /// `marketing`, `sales`, `referral`, `partner`, `(none)`.
    pub by: String,
    /// Leads that came in.
    pub leads: u64,
    /// True where deals are known.
    pub has_deals: bool,
    /// Amount of the deals made.
    pub pipeline_created: Money,
    /// Amount of the deals won.
    pub revenue: Money,
    /// Deals won.
    pub won: u64,
    /// Deals lost.
    pub lost: u64,
    /// Deals made or won without an amount.
    pub missing_amounts: u64,
}

impl Sourced {
    /// `win_rate_closed`: won of the deals that ended in the period.
    ///
    /// # Errors
    /// `zero_denominator` where none ended.
    pub fn close_rate(&self) -> Figure<Rate> {
        self.told()?;
        rate(self.won, self.won + self.lost)
    }
}

impl Sourced {
    fn told(&self) -> Figure<()> {
        match self.has_deals {
            true => Ok(()),
            false => Err(Undefined::NoData),
        }
    }

    /// Amount of the deals made and won.
    ///
    /// # Errors
    /// `no_data` where no deals are known.
    pub fn amounts(&self) -> Figure<(Money, Money)> {
        self.told().map(|()| (self.pipeline_created, self.revenue))
    }
}

fn of_referral(referral: &Referral) -> &'static str {
    match referral.kind.contains(PARTNER) {
        true => PARTNER,
        false => REFERRAL,
    }
}

/// Who brought a lead about.
#[must_use]
pub fn of_lead<'a>(lead: usize, rows: &'a Rows, referrals: &Referrals) -> Option<&'a str> {
    let named = referrals.of_lead(lead).map(of_referral);
    named.or_else(|| rows.leads.get(lead)?.sourced_by.as_deref())
}

/// Who brought a deal about: its lead's referral or channel, else its own channel.
#[must_use]
pub fn of_deal<'a>(deal: &'a Deal, rows: &'a Rows, referrals: &Referrals) -> Option<&'a str> {
    let lead = deal.lead.and_then(|lead| of_lead(lead, rows, referrals));
    lead.or(deal.sourced_by.as_deref())
}

/// One row per source, the largest revenue first, and the total last; nothing where no
/// lead and no deal is known.
///
/// # Errors
/// `no_data` where nobody says who brings leads about.
pub fn sourced(rows: &Rows, referrals: &Referrals, scope: &Scope) -> Figure<Vec<Sourced>> {
    let said = |work: &Option<String>| work.is_some();
    let told = rows.tells_referrals
        || rows.leads.iter().any(|lead| said(&lead.sourced_by))
        || rows.deals.iter().any(|deal| said(&deal.sourced_by));
    if !told {
        return Err(Undefined::NoData);
    }
    let mut found: BTreeMap<&str, Sourced> = BTreeMap::new();
    let inside = |at: Option<Millis>| within(scope, at);
    for (row, lead) in rows
        .leads
        .iter()
        .enumerate()
        .filter(|(_, lead)| inside(lead.entered))
    {
        let _ = lead;
        let by = of_lead(row, rows, referrals).unwrap_or(NONE);
        found.entry(by).or_default().leads += 1;
    }
    for deal in &rows.deals {
        let by = of_deal(deal, rows, referrals).unwrap_or(NONE);
        found.entry(by).or_default().add(deal, &inside);
    }
    let mut list = in_order(found);
    list.iter_mut()
        .for_each(|row| row.has_deals = rows.has_deals);
    Ok(list)
}

impl Sourced {
    fn add(&mut self, deal: &Deal, inside: &dyn Fn(Option<Millis>) -> bool) {
        let amount = deal.amount.map(|micros| Money::from_micros(micros.into()));
        let (made, won) = (inside(deal.created), deal.won && inside(deal.won_at));
        if made {
            self.pipeline_created += amount.unwrap_or_default();
        }
        if won {
            self.won += 1;
            self.revenue += amount.unwrap_or_default();
        }
        self.lost += u64::from(deal.lost && !deal.won && inside(deal.lost_at));
        self.missing_amounts += u64::from((made || won) && amount.is_none());
    }

    fn join(&mut self, other: &Self) {
        self.leads += other.leads;
        self.pipeline_created += other.pipeline_created;
        self.revenue += other.revenue;
        self.won += other.won;
        self.lost += other.lost;
        self.missing_amounts += other.missing_amounts;
    }
}

fn in_order(found: BTreeMap<&str, Sourced>) -> Vec<Sourced> {
    let named = found.into_iter().map(|(by, row)| Sourced {
        by: by.to_owned(),
        ..row
    });
    let mut list: Vec<Sourced> = named
        .filter(|row| {
            *row != Sourced {
                by: row.by.clone(),
                ..Sourced::default()
            }
        })
        .collect();
    list.sort_by(|a, b| {
        b.revenue
            .cmp(&a.revenue)
            .then_with(|| b.leads.cmp(&a.leads))
    });
    let mut total = Sourced {
        by: "(all)".into(),
        ..Sourced::default()
    };
    list.iter().for_each(|row| total.join(row));
    list.push(total);
    list
}

/// True where a time lies in the period and is seen; without a period an unknown time does.
#[must_use]
pub fn within(scope: &Scope, at: Option<Millis>) -> bool {
    let Some(at) = at else {
        return scope.period.is_none();
    };
    let (start, end) = scope.bounds();
    start <= at && at < end && scope.seen_from.is_none_or(|seen| at <= seen)
}

/// Who brought each customer about: a referral of one of its leads, else what the rules say
/// of its first lead, else of the deal with which it was won.
#[must_use]
pub fn of_customers(
    ledger: &Ledger,
    rows: &Rows,
    people: &People,
    referrals: &Referrals,
) -> Vec<Option<String>> {
    let mut referred: Vec<Option<&str>> = vec![None; ledger.customers.len()];
    let mut by_lead: Vec<Option<(Millis, &str)>> = vec![None; ledger.customers.len()];
    let mut by_deal: Vec<Option<(Millis, &str)>> = vec![None; ledger.customers.len()];
    for (row, lead) in rows.leads.iter().enumerate() {
        let Some(customer) = people.customer_of(row) else {
            continue;
        };
        if let Some(referral) = referrals.of_lead(row) {
            referred[customer].get_or_insert(of_referral(referral));
        } else if let Some(work) = &lead.sourced_by {
            keep_first(&mut by_lead[customer], lead.entered, work);
        }
    }
    for deal in rows.deals.iter().filter(|deal| deal.won) {
        if let Some((customer, work)) = ledger.buyer(deal, rows).zip(deal.sourced_by.as_deref()) {
            keep_first(&mut by_deal[customer], deal.won_at, work);
        }
    }
    let rules = by_lead.into_iter().zip(by_deal);
    referred
        .into_iter()
        .zip(rules)
        .map(|(named, (lead, deal))| {
            let rule = lead.or(deal).map(|(_, work)| work);
            named.or(rule).map(str::to_owned)
        })
        .collect()
}

fn keep_first<'a>(first: &mut Option<(Millis, &'a str)>, at: Option<Millis>, work: &'a str) {
    let at = at.unwrap_or(Millis::MAX);
    if first.is_none_or(|(known, _)| at < known) {
        *first = Some((at, work));
    }
}
