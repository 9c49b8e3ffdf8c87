//! The deals export of the CRM, and the deals that nobody linked to a contact.

use std::io::{self, Write};

use super::company::{CHANNELS, COUNTRIES, OWNERS};
use super::customers::Customers;
use super::deal::{Deal, Kind, Terms};
use super::dice::{Dice, Purpose};
use super::handover::Handover;
use super::history::{LOST, State};
use super::lead::{Lead, Population, contact_id};
use super::line::{Line, Quotes};
use super::moment::{DAY, Moment};
use super::people::Company;

/// Columns, in the words and the order of the export.
pub const HEADER: [&str; 18] = [
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
    "Next step",
    "Forecast category",
    "Delivery Date",
    "Amount Collected",
];

/// One deal without a contact for so many leads.
const ROWS_PER_LOOSE_DEAL: u64 = 1_600;

/// Who a deal is with.
pub struct Party<'a> {
    /// Name of the company, or of the person.
    pub company: &'a str,
    /// Contacts, the first of them first.
    pub contacts: Vec<u64>,
    /// The account.
    pub company_id: Option<u64>,
}

/// What an export of a day shows of a deal, beside what never changes.
pub struct Shown {
    /// Label of the stage.
    pub stage: &'static str,
    /// Amount in hundredths.
    pub amount: Option<u64>,
    /// When it closed, or is expected to.
    pub closes: Moment,
    /// Position of the rep.
    pub owner: usize,
}

/// Writes every deal that exists at the end of the data.
///
/// # Errors
/// What the writer reports.
pub fn write(people: &Population, customers: &Customers, out: &mut dyn Write) -> io::Result<()> {
    let cut = people.plan.end();
    let mut sheet = Sheet::start(people.plan.seed, cut, out)?;
    each(people, customers, cut, |deal, party| {
        sheet.row(deal, party, &Shown::today(deal, cut))
    })
}

/// Goes through the deals made before `cut`, those of the leads first.
pub fn each(
    people: &Population,
    customers: &Customers,
    cut: Moment,
    mut visit: impl FnMut(&Deal, &Party) -> io::Result<()>,
) -> io::Result<()> {
    for number in &customers.sellers {
        let lead = people.leader(*number);
        let party = party(&lead);
        for deal in lead.deals.iter().filter(|deal| deal.created < cut) {
            visit(deal, &party)?;
        }
    }
    for (deal, company) in loose_deals(people).filter(|(deal, _)| deal.created < cut) {
        visit(&deal, &Party::unlinked(&company))?;
    }
    Ok(())
}

impl<'a> Party<'a> {
    /// A company that nobody linked to a contact.
    #[must_use]
    pub fn unlinked(company: &'a Company) -> Self {
        Self {
            company: &company.name,
            contacts: Vec::new(),
            company_id: None,
        }
    }
}

impl Shown {
    /// What the export of the last day shows.
    #[must_use]
    pub fn today(deal: &Deal, cut: Moment) -> Self {
        Self {
            stage: deal.stage(cut),
            amount: deal.amount,
            closes: deal.closes,
            owner: deal.owner,
        }
    }

    /// What the export of an earlier day showed.
    #[must_use]
    pub fn then(state: &State) -> Self {
        Self {
            stage: state.stage,
            amount: state.amount,
            closes: if state.stage == LOST {
                state.at
            } else {
                state.closes
            },
            owner: state.owner,
        }
    }
}

/// An export of a day while it is written.
pub struct Sheet<'a> {
    line: Line,
    seed: u64,
    cut: Moment,
    out: &'a mut dyn Write,
}

impl<'a> Sheet<'a> {
    /// Writes the header.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn start(seed: u64, cut: Moment, out: &'a mut dyn Write) -> io::Result<Self> {
        let mut line = Line::new(Quotes::Needed, "\n");
        line.texts(&HEADER).end(out)?;
        Ok(Self {
            line,
            seed,
            cut,
            out,
        })
    }

    /// Writes a deal.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn row(&mut self, deal: &Deal, party: &Party, shown: &Shown) -> io::Result<()> {
        self.sale(deal, party, shown);
        let lost = shown.stage == LOST;
        self.line
            .text(kind(deal.kind))
            .text(if lost { deal.reason } else { "" })
            .moment(Some(deal.last_activity(self.cut)));
        let contacts: Vec<String> = party.contacts.iter().map(u64::to_string).collect();
        self.line.plain(contacts.join(";"));
        match party.company_id {
            Some(id) => self.line.plain(id),
            None => self.line.empty(),
        };
        self.handover(deal, shown);
        self.line.end(self.out)
    }

    fn sale(&mut self, deal: &Deal, party: &Party, shown: &Shown) {
        self.line
            .plain(deal.id)
            .text(&name(deal, party.company))
            .text(pipeline(deal.kind))
            .text(shown.stage);
        self.amount(shown.amount);
        self.line
            .text(deal.currency)
            .text(OWNERS[shown.owner].name)
            .moment(Some(deal.created))
            .moment(Some(shown.closes));
    }

    fn handover(&mut self, deal: &Deal, shown: &Shown) {
        let beside = Handover::draw(self.seed, deal, shown.stage, shown.amount, self.cut);
        self.line
            .text(beside.next_step)
            .text(beside.forecast)
            .moment(beside.delivered)
            .hundredths(beside.collected);
    }

    fn amount(&mut self, amount: Option<u64>) {
        match amount {
            Some(amount) => self.line.hundredths(amount),
            None => self.line.empty(),
        };
    }
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

/// The name of a deal.
#[must_use]
pub fn name(deal: &Deal, company: &str) -> String {
    if deal.test {
        return "TEST please ignore".to_owned();
    }
    match deal.kind {
        Kind::New => format!("{company} - shift planning"),
        Kind::Expansion => format!("{company} - more seats"),
        Kind::Renewal => format!("{company} - renewal {}", deal.closes.date().0),
    }
}

/// The pipeline of a kind of deals.
#[must_use]
pub fn pipeline(kind: Kind) -> &'static str {
    match kind {
        Kind::Renewal => "Renewals",
        _ => "Sales Pipeline",
    }
}

/// The label of a kind of deals.
#[must_use]
pub fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::New => "New Business",
        Kind::Expansion => "Existing Business",
        Kind::Renewal => "Renewal",
    }
}

/// Deals that came by telephone and were typed in without a contact; all of them won.
pub fn loose_deals<'a>(people: &'a Population) -> impl Iterator<Item = (Deal, Company)> + 'a {
    let (plan, count) = (people.plan, (people.plan.rows / ROWS_PER_LOOSE_DEAL).max(1));
    (0..count).map(move |number| {
        let mut dice = Dice::new(plan.seed, Purpose::LooseDeal, number);
        let company = Company::draw(&mut dice, 0);
        (loose(people, number, plan.end(), &mut dice), company)
    })
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
