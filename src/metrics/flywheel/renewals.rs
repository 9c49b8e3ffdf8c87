//! Contracts that were due, and whether they were renewed (dictionary 9, `renewal_rate`).
//!
//! From the columns `renewal_due` and `renewed` of billing; without `renewed` a customer
//! who still pays in the month after has renewed. Without such columns from deals of kind
//! renewal. What is not decided by the moment seen from is pending and stands outside.

use std::collections::BTreeMap;

use chrono_tz::Tz;

use super::bridge::waiting;
use super::ledger::Ledger;
use super::months::Month;
use super::rows::{Deal, Rows};
use crate::domain::calendar::{Millis, day_of};
use crate::domain::figure::{Figure, Rate, Undefined};

/// A contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contract {
    /// When it is due.
    pub due: Millis,
    /// The customer, where known.
    pub customer: Option<usize>,
    /// When that was decided, where it is known.
    pub decided: Option<Millis>,
    /// Renewed or not; absent where that is not decided.
    pub renewed: Option<bool>,
}

/// All contracts; nothing where no input tells of any.
#[must_use]
pub fn contracts(rows: &Rows, ledger: Option<&Ledger>, zone: Tz) -> Option<Vec<Contract>> {
    let due = rows.billed.iter().any(|row| row.renewal_due.is_some());
    if due {
        return Some(of_billing(rows, ledger, zone));
    }
    let renewals: Vec<&Deal> = rows
        .deals
        .iter()
        .filter(|deal| deal.kind == "renewal")
        .collect();
    if renewals.is_empty() {
        return None;
    }
    let contract = |deal: &&Deal| {
        let decided = deal.won_at.or(deal.lost_at);
        Some(Contract {
            due: deal.expected_close.or(decided)?,
            customer: ledger.and_then(|ledger| ledger.buyer(deal, rows)),
            decided,
            renewed: (deal.won || deal.lost).then_some(deal.won),
        })
    };
    Some(renewals.iter().filter_map(contract).collect())
}

/// One contract per customer and day of being due; what a later row says of it counts.
fn of_billing(rows: &Rows, ledger: Option<&Ledger>, zone: Tz) -> Vec<Contract> {
    let said = rows.billed.iter().any(|row| row.renewed.is_some());
    let mut found: BTreeMap<(Millis, &str), Option<bool>> = BTreeMap::new();
    for row in &rows.billed {
        if let Some(due) = row.renewal_due {
            let renewed = found.entry((due, &row.customer)).or_default();
            *renewed = row.renewed.or(*renewed);
        }
    }
    let contract = |((due, customer), renewed): ((Millis, &str), Option<bool>)| {
        let customer = ledger.and_then(|ledger| ledger.position(customer));
        Contract {
            due,
            customer,
            decided: None,
            renewed: match said {
                true => renewed,
                false => ledger.and_then(|ledger| still_pays(ledger, customer, due, zone)),
            },
        }
    };
    found.into_iter().map(contract).collect()
}

/// Whether the customer pays in the month after; unknown while that is not over.
fn still_pays(ledger: &Ledger, customer: Option<usize>, due: Millis, zone: Tz) -> Option<bool> {
    let month = Month::of(day_of(due, zone)).plus(1);
    let pays = |customer: usize| ledger.customers[customer].is_active(month);
    (month <= ledger.last).then(|| customer.is_some_and(pays))
}

/// `renewal_rate` of the contracts due in `[start, end)`, with those that are pending.
///
/// # Errors
/// `no_data` where no input tells of contracts, `zero_denominator` where none is decided.
pub fn rate(
    contracts: Option<&[Contract]>,
    (start, end): (Millis, Millis),
    seen: Option<Millis>,
) -> Figure<Rate> {
    let contracts = contracts.ok_or(Undefined::NoData)?;
    let is_seen = |at: Millis| seen.is_none_or(|seen| at <= seen);
    let due = contracts
        .iter()
        .filter(|one| start <= one.due && one.due < end);
    let (mut renewed, mut decided, mut pending) = (0, 0, 0);
    for contract in due {
        let known = is_seen(contract.due) || contract.decided.is_some();
        match contract.renewed {
            Some(yes) if known && contract.decided.is_none_or(is_seen) => {
                decided += 1;
                renewed += u64::from(yes);
            }
            _ => pending += 1,
        }
    }
    waiting(renewed, decided, Some(pending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_decided_stands_outside() {
        let contract = |due, decided, renewed| Contract {
            due,
            customer: None,
            decided,
            renewed,
        };
        let all = [
            contract(10, None, Some(true)),
            contract(12, Some(14), Some(false)),
            contract(13, Some(90), Some(true)),
            contract(14, None, None),
            contract(99, None, Some(true)),
        ];
        let found = rate(Some(&all), (0, 50), Some(40));
        let found = found.map(|rate| (rate.k, rate.n, rate.in_progress));
        assert_eq!(found, Ok((1, 2, Some(2))));
        assert_eq!(rate(None, (0, 50), None), Err(Undefined::NoData));
        let none = rate(Some(&all), (60, 70), None);
        assert_eq!(none, Err(Undefined::ZeroDenominator));
    }
}
