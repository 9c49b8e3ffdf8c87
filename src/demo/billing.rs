//! The billing export: what every customer pays in every month.

use std::io::{self, Write};

use super::contract::{Bill, Contract};
use super::customers::{Customers, old_contracts};
use super::lead::Population;
use super::line::{Line, Quotes};

/// Columns, in the words of billing systems.
pub const HEADER: [&str; 8] = [
    "Customer ID",
    "Month",
    "MRR",
    "Currency",
    "Type",
    "Change Reason",
    "Renewal Date",
    "Renewed",
];

/// Writes all contracts, the oldest first, each month by month.
///
/// # Errors
/// What the writer reports.
pub fn write(people: &Population, customers: &Customers, out: &mut dyn Write) -> io::Result<()> {
    let (seed, end) = (people.plan.seed, people.plan.end());
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&HEADER).end(out)?;
    for contract in old_contracts(people) {
        write_contract(&contract, &mut line, out)?;
    }
    for number in &customers.sellers {
        if let Some(contract) = Contract::of_lead(seed, &people.leader(*number), end) {
            write_contract(&contract, &mut line, out)?;
        }
    }
    Ok(())
}

fn write_contract(contract: &Contract, line: &mut Line, out: &mut dyn Write) -> io::Result<()> {
    for bill in &contract.bills {
        if let Some(fee) = bill.service {
            amount(contract, bill, fee, "Service", line);
            line.empty().empty().empty().end(out)?;
        }
        amount(contract, bill, bill.amount, "Recurring", line);
        line.text(bill.reason);
        match bill.due {
            Some((due, _)) => line.date(due),
            None => line.empty(),
        };
        let renewed = bill.due.and_then(|(_, renewed)| renewed);
        line.text(renewed.map_or("", |renewed| if renewed { "Yes" } else { "No" }));
        line.end(out)?;
    }
    Ok(())
}

fn amount(contract: &Contract, bill: &Bill, amount: u64, kind: &str, line: &mut Line) {
    line.plain(contract.customer)
        .text(&bill.month.month_text())
        .hundredths(amount)
        .text(contract.currency)
        .text(kind);
}
