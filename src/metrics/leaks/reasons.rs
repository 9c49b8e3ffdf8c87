//! Why records were lost, as somebody wrote it down, and how many leads never were leads.

use std::collections::BTreeMap;

use super::world::World;
use crate::domain::figure::{Figure, Rate};
use crate::domain::money::Money;
use crate::metrics::worked::share;
use crate::tables::NONE;

/// Records that were lost for one reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// `lead` or `deal`.
    pub record: &'static str,
    /// As recorded; `(none)` where nobody said why.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// Of all lost records of the kind.
    pub share: Figure<Rate>,
    /// Amounts of the deals; absent for leads.
    pub amount: Option<Money>,
}

/// How many of the leads of the period were leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Validity {
    /// Not given up as spam, duplicate or test.
    pub rate: Figure<Rate>,
}

/// Deals and leads that left in the period, by reason, most first.
pub fn reasons(world: &World) -> Vec<Reason> {
    let deals = lost_deals(world).map(|(_, reason, amount)| (reason, amount));
    let mut list = of_kind(world, "deal", deals);
    let leads = lost_leads(world).map(|(_, reason)| (reason, None));
    let leads = of_kind(world, "lead", leads);
    // Without a column of reasons nothing is told of leads but that they left.
    if leads.iter().any(|one| one.reason != NONE) {
        list.extend(leads);
    }
    list
}

/// Deals lost in the period: row, reason, amount.
pub fn lost_deals<'a>(
    world: &'a World,
) -> impl Iterator<Item = (usize, Option<&'a str>, Option<Money>)> {
    let (first, end) = world.scope.bounds();
    let everything = world.scope.period.is_none();
    let lost = world.deals.iter().filter(move |deal| {
        let lost_at = deal.facts.lost_at;
        let inside = lost_at.is_some_and(|at| first <= at && at < end);
        deal.facts.lost && (everything || inside)
    });
    lost.map(|deal| (deal.row, deal.lost_reason.as_deref(), deal.facts.amount))
}

/// Leads that left in the period: row, reason.
pub fn lost_leads<'a>(world: &World<'a>) -> impl Iterator<Item = (usize, Option<&'a str>)> {
    let (first, end) = world.scope.bounds();
    let everything = world.scope.period.is_none();
    let left = world.leads.list.iter().filter(move |lead| {
        let inside = lead.exit_at.is_some_and(|at| first <= at && at < end);
        lead.exited && (everything || inside)
    });
    left.map(|lead| (lead.row, lead.reason.as_deref()))
}

fn of_kind<'a>(
    world: &World,
    record: &'static str,
    lost: impl Iterator<Item = (Option<&'a str>, Option<Money>)>,
) -> Vec<Reason> {
    let mut sums: BTreeMap<&str, (u64, Option<Money>)> = BTreeMap::new();
    let mut all = 0;
    for (reason, amount) in lost {
        let (count, sum) = sums.entry(reason.unwrap_or(NONE)).or_default();
        *count += 1;
        all += 1;
        if let Some(amount) = amount {
            *sum = Some([*sum, Some(amount)].into_iter().flatten().sum());
        }
    }
    let mut list: Vec<Reason> = sums
        .into_iter()
        .map(|(reason, (count, amount))| Reason {
            record,
            reason: reason.to_owned(),
            count,
            share: share(world.data, count, all),
            amount,
        })
        .collect();
    list.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.reason.cmp(&b.reason)));
    list
}

/// Of the leads whose clock started in the period those that were leads.
pub fn validity(world: &World) -> Validity {
    let started = world.leads.started(world.scope);
    let (valid, all) = started.fold((0, 0), |(valid, all), (lead, _)| {
        (valid + u64::from(!lead.is_invalid()), all + 1)
    });
    Validity {
        rate: share(world.data, valid, all),
    }
}
