//! The deals export as it was taken on the first of earlier months.
//!
//! For companies without a log: the difference of two exports tells what happened between.
//! They show the states of [`history`], so log and snapshots tell one story. Some deals are
//! missing for once (a filter on the list view) and come back; a few were typed in twice
//! and deleted before the last export.

use std::io::{self, Write};

use super::company::{CHANNELS, OWNERS};
use super::customers::Customers;
use super::deal::{Deal, Kind, Terms};
use super::deals::{Party, Sheet, Shown, each};
use super::dice::{Dice, Purpose};
use super::history;
use super::lead::Population;
use super::moment::{DAY, Moment};
use super::people::Company;

/// How many earlier months have an export.
pub const MONTHS: u32 = 3;
/// Thousandths of deals that one export lacks.
const MISSING: u64 = 12;
/// One deal typed in twice for so many leads.
const ROWS_PER_DOUBLE: u64 = 900;

/// Writes the deals as they stood at `cut`.
///
/// # Errors
/// What the writer reports.
pub fn write(
    people: &Population,
    customers: &Customers,
    cut: Moment,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (seed, end) = (people.plan.seed, people.plan.end());
    let mut sheet = Sheet::start(seed, cut, out)?;
    each(people, customers, cut, |deal, party| {
        match shown(seed, deal, cut, end).filter(|_| !missing(seed, deal, cut)) {
            Some(shown) => sheet.row(deal, party, &shown),
            None => Ok(()),
        }
    })?;
    for number in 0..(people.plan.rows / ROWS_PER_DOUBLE).max(1) {
        let mut dice = Dice::new(seed, Purpose::Snapshot, (1 << 60) + number);
        let company = Company::draw(&mut dice, 0);
        let deal = double(number, end, &mut dice);
        if deal.created < cut && cut.since(deal.created) < 62 * DAY {
            sheet.row(&deal, &Party::unlinked(&company), &Shown::today(&deal, cut))?;
        }
    }
    Ok(())
}

/// What the export of `cut` showed of a deal; nothing changes any more once it has closed.
#[must_use]
pub fn shown(seed: u64, deal: &Deal, cut: Moment, end: Moment) -> Option<Shown> {
    if deal.is_closed(cut) {
        return Some(Shown::today(deal, cut));
    }
    let states = history::of(seed, deal, end);
    history::before(&states, cut).map(|state| Shown::then(&state))
}

/// True where the export of this day lacks the deal.
fn missing(seed: u64, deal: &Deal, cut: Moment) -> bool {
    let (year, month, _) = cut.date();
    let export = (year * 12 + month) as u64;
    Dice::new(seed, Purpose::Snapshot, deal.id ^ (export << 42)).chance(MISSING)
}

/// A deal that was typed in again by mistake, some months ago, and deleted since.
fn double(number: u64, end: Moment, dice: &mut Dice) -> Deal {
    let terms = Terms {
        lead: 0,
        owner: dice.weighted(&OWNERS.each_ref().map(|owner| owner.share)),
        country: 0,
        contract: CHANNELS[0].contract,
        win_rate: 0,
        role: None,
        end,
    };
    let day = end.plus(-DAY * dice.between(95, 120) as i64);
    let created = day.office(dice.below(1000));
    let size = dice.size(terms.contract);
    let mut deal = terms.deal(Kind::New, created, false, size, dice);
    deal.closes = created.plus(150 * DAY);
    deal.id = 38_000_000_000 + number;
    deal
}
