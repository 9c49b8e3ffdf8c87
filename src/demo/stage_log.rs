//! The log of the deals: one row for every change of stage, amount, closing date or owner.

use std::io::{self, Write};

use super::company::OWNERS;
use super::customers::Customers;
use super::deal::Deal;
use super::deals::loose_deals;
use super::history;
use super::lead::Population;
use super::line::{Line, Quotes};
use super::moment::Moment;

/// Columns of the log.
pub const HEADER: [&str; 7] = [
    "Deal ID",
    "Changed At",
    "Stage",
    "Amount",
    "Currency",
    "Close Date",
    "Owner",
];

/// Writes the log, deal by deal.
///
/// # Errors
/// What the writer reports.
pub fn write(people: &Population, customers: &Customers, out: &mut dyn Write) -> io::Result<()> {
    let (seed, end) = (people.plan.seed, people.plan.end());
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&HEADER).end(out)?;
    for number in &customers.sellers {
        let lead = people.leader(*number);
        for deal in lead.deals.iter().filter(|deal| deal.created < end) {
            write_deal(seed, deal, end, &mut line, out)?;
        }
    }
    for (deal, _) in loose_deals(people) {
        write_deal(seed, &deal, end, &mut line, out)?;
    }
    Ok(())
}

fn write_deal(
    seed: u64,
    deal: &Deal,
    end: Moment,
    line: &mut Line,
    out: &mut dyn Write,
) -> io::Result<()> {
    for state in history::of(seed, deal, end) {
        line.plain(deal.id).moment(Some(state.at)).text(state.stage);
        match state.amount {
            Some(amount) => line.hundredths(amount),
            None => line.empty(),
        };
        line.text(deal.currency)
            .moment(Some(state.closes))
            .text(OWNERS[state.owner].name)
            .end(out)?;
    }
    Ok(())
}
