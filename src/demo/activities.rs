//! The activities export of the CRM: calls, mails and meetings of every contact.

use std::io::{self, Write};

use super::company::OWNERS;
use super::dice::{Dice, Purpose};
use super::encounters;
use super::lead::{Population, contact_id};
use super::line::{Line, Quotes};
use super::moment::DAY;

/// Columns, in the words of the CRM's activity properties.
pub const HEADER: [&str; 7] = [
    "Contact ID",
    "Activity type",
    "Activity date",
    "Direction",
    "Outcome",
    "Activity assigned to",
    "Sent by",
];

/// One activity of a contact that was deleted since for so many leads.
const ROWS_PER_STRAY: u64 = 700;

/// Writes the activities of all leads, lead by lead.
///
/// # Errors
/// What the writer reports.
pub fn write(people: &Population, out: &mut dyn Write) -> io::Result<()> {
    let end = people.plan.end();
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&HEADER).end(out)?;
    for lead in people.leads(0, people.plan.rows) {
        for told in encounters::of(people.plan.seed, &lead, end) {
            line.plain(lead.id())
                .text(told.kind)
                .moment(Some(told.at))
                .text(told.direction)
                .text(told.outcome)
                .text(told.rep.map_or("", |rep| OWNERS[rep].name))
                .text(told.automation)
                .end(out)?;
        }
    }
    write_strays(people, &mut line, out)
}

/// Calls with contacts that are in no export any more.
fn write_strays(people: &Population, line: &mut Line, out: &mut dyn Write) -> io::Result<()> {
    let days = people.plan.end().since(people.plan.first_month()) / DAY;
    for number in 0..(people.plan.rows / ROWS_PER_STRAY).max(1) {
        let mut dice = Dice::new(people.plan.seed, Purpose::Encounters, (1 << 40) + number);
        let contact = contact_id(dice.below(people.plan.rows)) + 5;
        // Two days are left for a weekend to pass.
        let day = dice.below((days - 2).max(1) as u64) as i64;
        let at = people
            .plan
            .first_month()
            .plus(day * DAY)
            .office(dice.below(1000));
        line.plain(contact)
            .text("Call")
            .moment(Some(at))
            .text("Outbound")
            .text("No answer")
            .text(dice.pick(&OWNERS.each_ref().map(|owner| owner.name)))
            .empty()
            .end(out)?;
    }
    Ok(())
}
