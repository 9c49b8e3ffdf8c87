//! When customers first did something for the wheel: referred, paid more, renewed.

use super::ledger::{Customer, Ledger};
use super::months::Month;
use super::referrals::Referrals;
use super::renewals::Contract;
use super::rows::Rows;
use crate::domain::calendar::{Millis, day_start};
use crate::metrics::data::Data;

/// When each customer first referred somebody, paid more, or renewed.
#[must_use]
pub fn advocacy(
    sources: (&Ledger, &Rows, &Referrals),
    contracts: Option<&[Contract]>,
    data: &Data,
) -> Vec<Option<Millis>> {
    let (ledger, rows, referrals) = sources;
    let began: Vec<Option<Millis>> = ledger
        .customers
        .iter()
        .map(|customer| ledger.began(customer, data.zone))
        .collect();
    let mut first: Vec<Option<Millis>> = vec![None; ledger.customers.len()];
    let mut happened = |customer: usize, at: Millis| {
        let after = began[customer].is_some_and(|began| began <= at);
        if after && first[customer].is_none_or(|known| at < known) {
            first[customer] = Some(at);
        }
    };
    for referral in &referrals.list {
        if let Some((customer, at)) = referral.customer.zip(referral.at) {
            happened(customer, at);
        }
    }
    for deal in rows.deals.iter().filter(|deal| deal.kind != "new") {
        if let Some((customer, at)) = ledger.buyer(deal, rows).zip(deal.won_at) {
            happened(customer, at);
        }
    }
    for contract in contracts.unwrap_or_default() {
        if let (Some(customer), Some(true)) = (contract.customer, contract.renewed) {
            happened(customer, contract.decided.unwrap_or(contract.due));
        }
    }
    if ledger.has_amounts() {
        for (position, customer) in ledger.customers.iter().enumerate() {
            if let Some(month) = first_expansion(customer) {
                happened(position, day_start(month.first_day(), data.zone));
            }
        }
    }
    first
}

/// The first month in which a customer pays more than in the month before.
fn first_expansion(customer: &Customer) -> Option<Month> {
    let more = |(month, amount): (&Month, &i128)| {
        let before = customer.amount(month.plus(-1));
        (before > 0 && *amount > before).then_some(*month)
    };
    customer.months.iter().find_map(more)
}
