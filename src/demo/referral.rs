//! Who brought a lead, as the CRM's `Referred By` has it.
//!
//! Six in ten leads of the channel Referrals name somebody, and a few who typed the address.
//! Two thirds of those named are customers at that time. Leads that become sales qualified
//! were sent by a promoter more often than others: the truth behind "promoters send better
//! leads". A few name their own company, as people do who misread the form.

use super::company::{DIRECT, REFERRALS};
use super::customers::{Customer, Customers};
use super::dice::{Dice, Purpose};
use super::lead::Lead;
use super::mood::Mood;
use super::response::accepted;

/// Thousandths of leads of the channel Referrals that name somebody.
const NAMES_SOMEBODY: u64 = 620;
/// Thousandths of leads without a known way that do.
const DIRECT_NAMES_SOMEBODY: u64 = 25;
/// Thousandths of those who name themselves.
const NAMES_ITSELF: u64 = 8;

/// Somebody who sent a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// The account of a customer, the number of a partner or of an employee.
    pub by: String,
    /// `Customer`, `Partner` or `Employee`.
    pub kind: &'static str,
}

impl Referral {
    /// Who sent `lead`, if anybody is named.
    #[must_use]
    pub fn draw(seed: u64, lead: &Lead, customers: &Customers) -> Option<Self> {
        let origin = lead.origin.as_ref().filter(|_| !lead.test)?;
        let chance = match origin.channel {
            REFERRALS => NAMES_SOMEBODY,
            DIRECT => DIRECT_NAMES_SOMEBODY,
            _ => return None,
        };
        let dice = &mut Dice::new(seed, Purpose::Referral, lead.number);
        if !dice.chance(chance) {
            return None;
        }
        if let Some(own) = lead.company_id().filter(|_| dice.chance(NAMES_ITSELF)) {
            return Some(Self::customer(own));
        }
        let tries = if accepted(lead).is_some() { 4 } else { 2 };
        let known = customers.before(lead.stages.lead);
        let customer = advocate(known, lead, tries, dice).filter(|_| dice.chance(660));
        Some(match customer {
            Some(customer) => Self::customer(customer.id),
            None if dice.chance(720) => Self::named("PARTNER", dice.between(1, 9), "Partner"),
            None => Self::named("EMP", dice.between(1, 14), "Employee"),
        })
    }

    fn customer(id: u64) -> Self {
        Self {
            by: id.to_string(),
            kind: "Customer",
        }
    }

    fn named(prefix: &str, number: u64, kind: &'static str) -> Self {
        Self {
            by: format!("{prefix}-{number:02}"),
            kind,
        }
    }
}

/// A promoter among so many customers of the time, else any of them.
fn advocate<'a>(
    known: &'a [Customer],
    lead: &Lead,
    tries: usize,
    dice: &mut Dice,
) -> Option<&'a Customer> {
    let drawn = (0..tries).map(|_| known.get(dice.below(known.len() as u64) as usize));
    let drawn: Vec<&Customer> = drawn.flatten().collect();
    let stayed = |it: &&Customer| it.left.is_none_or(|left| left > lead.stages.lead);
    let mut active = drawn.into_iter().filter(stayed);
    let first = active.next()?;
    let promoter = std::iter::once(first)
        .chain(active)
        .find(|it| it.mood == Mood::Promoter);
    Some(promoter.unwrap_or(first))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::demo::Plan;
    use crate::demo::lead::Population;
    use crate::demo::market::Market;

    #[test]
    fn customers_send_leads_while_they_are_customers_and_promoters_better_ones() {
        let plan = Plan::new(40_000, 5);
        let market = Market::new(&plan);
        let people = Population {
            plan: &plan,
            market: &market,
        };
        let customers = Customers::find(&people);
        let (mut promoters, mut all, mut kinds) = ([0_u64; 2], [0_u64; 2], [0_u64; 3]);
        for lead in people.leads(0, plan.rows) {
            let Some(referral) = Referral::draw(5, &lead, &customers) else {
                continue;
            };
            let kind = ["Customer", "Partner", "Employee"];
            kinds[kind.iter().position(|it| *it == referral.kind).unwrap()] += 1;
            let known = customers.all.iter();
            let Some(by) = known.clone().find(|it| it.id.to_string() == referral.by) else {
                continue;
            };
            let itself = lead.company_id() == Some(by.id);
            assert!(itself || by.since <= lead.stages.lead);
            assert!(itself || by.left.is_none_or(|left| left > lead.stages.lead));
            let group = usize::from(accepted(&lead).is_some());
            all[group] += 1;
            promoters[group] += u64::from(by.mood == Mood::Promoter);
        }
        let share = |group: usize| promoters[group] * 100 / all[group];
        assert!(share(1) > share(0) + 8, "{promoters:?} of {all:?}");
        assert!(
            kinds[0] > kinds[1] && kinds[1] > kinds[2] && kinds[2] > 50,
            "{kinds:?}"
        );
    }
}
