//! The deals export of the CRM, and the deals that nobody linked to a contact.

use std::io::{self, Write};

use super::company::{CHANNELS, COUNTRIES, OWNERS};
use super::deal::{Deal, Kind, Terms};
use super::dice::{Dice, Purpose};
use super::lead::{Lead, Population, contact_id};
use super::line::{Line, Quotes};
use super::moment::{DAY, Moment};
use super::people::Company;

/// Columns, in the words and the order of the export.
pub const HEADER: [&str; 14] = [
    "Record ID",
    "Deal Name",
    "Pipeline",
    "Deal Stage",
    "Amount",
    "Currency",
    "Deal owner",
    "Create Date",
    "Close Date",
    "Deal Type",
    "Closed Lost Reason",
    "Last Activity Date",
    "Associated Contact IDs",
    "Associated Company IDs",
];

/// One deal without a contact for so many leads.
const ROWS_PER_LOOSE_DEAL: u64 = 1_600;

/// Who a deal is with.
struct Party<'a> {
    company: &'a str,
    contacts: Vec<u64>,
    company_id: Option<u64>,
}

/// Writes every deal that exists at the end of the data.
///
/// # Errors
/// What the writer reports.
pub fn write(people: &Population, out: &mut dyn Write) -> io::Result<()> {
    let cut = people.plan.end();
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&HEADER).end(out)?;
    for lead in people
        .leads(0, people.plan.rows)
        .filter(|lead| lead.leader == lead.number)
    {
        if lead.deals.is_empty() {
            continue;
        }
        let party = party(&lead);
        for deal in lead.deals.iter().filter(|deal| deal.created < cut) {
            row(deal, &party, cut, &mut line);
            line.end(out)?;
        }
    }
    write_loose(people, cut, &mut line, out)
}

fn party(lead: &Lead) -> Party<'_> {
    let own = std::iter::once(&lead.number);
    Party {
        company: lead
            .company
            .as_ref()
            .map_or(lead.person.last, |company| &company.name),
        contacts: own
            .chain(&lead.companions)
            .copied()
            .map(contact_id)
            .collect(),
        company_id: lead.company_id(),
    }
}

fn row(deal: &Deal, party: &Party, cut: Moment, line: &mut Line) {
    let closed = deal.is_closed(cut);
    line.plain(deal.id)
        .text(&name(deal, party.company))
        .text(if deal.kind == Kind::Renewal {
            "Renewals"
        } else {
            "Sales Pipeline"
        })
        .text(deal.stage(cut));
    match deal.amount {
        Some(amount) => line.hundredths(amount),
        None => line.empty(),
    };
    line.text(deal.currency)
        .text(OWNERS[deal.owner].name)
        .moment(Some(deal.created))
        .moment(Some(deal.closes))
        .text(kind(deal.kind))
        .text(if closed && !deal.won { deal.reason } else { "" })
        .moment(Some(deal.last_activity(cut)));
    let contacts: Vec<String> = party.contacts.iter().map(u64::to_string).collect();
    line.plain(contacts.join(";"));
    match party.company_id {
        Some(id) => line.plain(id),
        None => line.empty(),
    };
}

fn name(deal: &Deal, company: &str) -> String {
    if deal.test {
        return "TEST please ignore".to_owned();
    }
    match deal.kind {
        Kind::New => format!("{company} - shift planning"),
        Kind::Expansion => format!("{company} - more seats"),
        Kind::Renewal => format!("{company} - renewal {}", deal.closes.date().0),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::New => "New Business",
        Kind::Expansion => "Existing Business",
        Kind::Renewal => "Renewal",
    }
}

/// Deals that came by telephone and were typed in without a contact; all of them won.
fn write_loose(
    people: &Population,
    cut: Moment,
    line: &mut Line,
    out: &mut dyn Write,
) -> io::Result<()> {
    for number in 0..(people.plan.rows / ROWS_PER_LOOSE_DEAL).max(1) {
        let mut dice = Dice::new(people.plan.seed, Purpose::LooseDeal, number);
        let company = Company::draw(&mut dice, 0);
        let deal = loose(people, number, cut, &mut dice);
        let party = Party {
            company: &company.name,
            contacts: Vec::new(),
            company_id: None,
        };
        row(&deal, &party, cut, line);
        line.end(out)?;
    }
    Ok(())
}

fn loose(people: &Population, number: u64, cut: Moment, dice: &mut Dice) -> Deal {
    let first = people.plan.first_month();
    let days = (cut.since(first) / DAY - 21).max(1);
    let day = first.plus(dice.below(days as u64) as i64 * DAY);
    let terms = Terms {
        lead: 0,
        owner: dice.weighted(&OWNERS.each_ref().map(|owner| owner.share)),
        country: dice.weighted(&COUNTRIES.each_ref().map(|country| country.share)),
        contract: CHANNELS[0].contract,
        win_rate: 0,
        role: None,
        end: cut,
    };
    let created = day.office(dice.below(1000));
    let size = dice.size(terms.contract);
    let mut deal = terms.deal(Kind::New, created, true, size, dice);
    deal.decide(true, dice.between(4, 12));
    deal.id = 39_000_000_000 + number;
    deal
}
