//! Deals: how they are priced, how they end, and what a day in between sees of them.

use super::cast::Role;
use super::company::{COUNTRIES, LOST_REASONS, OWNERS};
use super::dice::Dice;
use super::moment::{DAY, Moment};

/// Price of a seat for a year, in hundredths.
const SEAT: u64 = 5_880;
/// The same in dollars.
const SEAT_IN_DOLLARS: u64 = 6_480;
/// Most deals of one lead that get an id of their own.
const IDS_PER_LEAD: u64 = 16;
/// Days a contract runs.
const YEAR: i64 = 365;

/// Stages of an open deal, first to last.
pub const OPEN_STAGES: [&str; 5] = [
    "Appointment Scheduled",
    "Qualified To Buy",
    "Presentation Scheduled",
    "Decision Maker Bought-In",
    "Contract Sent",
];

/// What is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A first contract.
    New,
    /// More seats for a customer.
    Expansion,
    /// The next year.
    Renewal,
}

/// A deal with its whole life, also the part that lies after the export.
#[derive(Clone)]
pub struct Deal {
    /// Record id.
    pub id: u64,
    /// What is sold.
    pub kind: Kind,
    /// When it was made.
    pub created: Moment,
    /// When it is decided.
    pub closes: Moment,
    /// How it is decided.
    pub won: bool,
    /// Amount in hundredths; some reps leave it empty until the end.
    pub amount: Option<u64>,
    /// ISO code.
    pub currency: &'static str,
    /// Position of the rep.
    pub owner: usize,
    /// Why it was lost.
    pub reason: &'static str,
    /// Days since anybody did something, while it is open.
    pub idle_days: u64,
    /// True where nobody should have made it.
    pub test: bool,
}

/// What all deals of a lead have in common.
pub struct Terms {
    /// Number of the lead.
    pub lead: u64,
    /// Position of the rep.
    pub owner: usize,
    /// Position of the country.
    pub country: usize,
    /// Median contract of the channel, in hundredths.
    pub contract: u64,
    /// Thousandths of opportunities that an average rep wins.
    pub win_rate: u64,
    /// The part that the lead plays.
    pub role: Option<Role>,
    /// The end of the data: renewals after it are not worth making.
    pub end: Moment,
}

impl Terms {
    /// All deals of a lead that became an opportunity at `opportunity`, oldest first.
    #[must_use]
    pub fn deals(&self, opportunity: Moment, dice: &mut Dice) -> Vec<Deal> {
        let mut deals = vec![self.first(opportunity, dice)];
        if !deals[0].won {
            deals.extend(self.second_try(&deals[0], dice));
        }
        let last = &deals[deals.len() - 1];
        if !last.won || last.test {
            return deals;
        }
        let (won, seats) = (last.closes, last.amount.unwrap_or(self.contract));
        if dice.chance(90) {
            let created = won
                .plus(DAY * dice.between(60, 200) as i64)
                .office(dice.below(1000));
            deals.push(self.deal(Kind::Expansion, created, true, seats * 3 / 10, dice));
        }
        self.renew(&mut deals, won, seats, dice);
        deals
    }

    fn first(&self, created: Moment, dice: &mut Dice) -> Deal {
        let won = dice.chance(self.win_rate * OWNERS[self.owner].skill / 1000);
        let size = dice.size(self.contract);
        let mut deal = self.deal(Kind::New, created, won, size, dice);
        match self.role {
            Some(Role::Quartet) => deal.decide(true, 30),
            Some(Role::TwoDeals) => deal.decide(false, 20),
            Some(Role::TestDeal) => {
                deal.decide(true, 1);
                deal.amount = Some(99_999_900);
                deal.test = true;
            }
            _ => {}
        }
        deal
    }

    /// Some of those who said no come back; the new deal is a record of its own.
    fn second_try(&self, lost: &Deal, dice: &mut Dice) -> Option<Deal> {
        let scripted = self.role == Some(Role::TwoDeals);
        if !dice.chance(70) && !scripted {
            return None;
        }
        let pause = if scripted { 25 } else { dice.between(60, 180) };
        let created = lost
            .closes
            .plus(DAY * pause as i64)
            .office(dice.below(1000));
        let won = dice.chance(self.win_rate);
        let size = dice.size(self.contract);
        let mut deal = self.deal(Kind::New, created, won, size, dice);
        if scripted {
            deal.decide(true, 15);
        }
        Some(deal)
    }

    fn renew(&self, deals: &mut Vec<Deal>, won: Moment, amount: u64, dice: &mut Dice) {
        let (mut anniversary, mut amount) = (won, amount);
        while (deals.len() as u64) < IDS_PER_LEAD {
            anniversary = anniversary.plus(YEAR * DAY);
            let created = anniversary.plus(-45 * DAY).office(dice.below(1000));
            if created >= self.end {
                return;
            }
            let renewed = dice.chance(870);
            amount = amount * dice.between(1000, 1060) / 1000;
            let mut deal = self.deal(Kind::Renewal, created, renewed, amount, dice);
            deal.decide(renewed, 20 + dice.below(30));
            deals.push(deal);
            if !renewed {
                return;
            }
        }
    }

    /// A deal of about `size` hundredths, without an id of its own yet.
    #[must_use]
    pub fn deal(&self, kind: Kind, created: Moment, won: bool, size: u64, dice: &mut Dice) -> Deal {
        let median_days = match (kind, won) {
            (Kind::New, true) => 32,
            (Kind::New, false) => 44,
            _ => 14,
        };
        let waited = 120 + dice.delay(median_days * DAY as u64) as i64;
        let closes = created
            .plus(waited)
            .office(dice.below(1000))
            .max(created.plus(90));
        let currency = COUNTRIES[self.country].currency;
        let amount = (size / SEAT).max(4) * seat_price(currency);
        let unpriced = !won && dice.chance(35);
        Deal {
            id: self.lead,
            kind,
            created,
            closes,
            won,
            amount: (!unpriced).then_some(amount),
            currency,
            owner: self.owner,
            reason: dice.pick(&LOST_REASONS),
            idle_days: dice.delay(6),
            test: false,
        }
    }
}

fn seat_price(currency: &str) -> u64 {
    if currency == "USD" {
        SEAT_IN_DOLLARS
    } else {
        SEAT
    }
}

/// Gives the deals of a lead their ids, in the order in which they were made.
pub fn number(deals: &mut [Deal], lead: u64) {
    deals.sort_by_key(|deal| deal.created);
    for (place, deal) in deals.iter_mut().enumerate() {
        deal.id = 31_000_000_000 + lead * IDS_PER_LEAD + place as u64;
    }
}

impl Deal {
    /// Ends the deal in a given way after a number of days.
    pub fn decide(&mut self, won: bool, days: u64) {
        self.won = won;
        self.closes = self.created.plus(days as i64 * DAY).office(self.habit());
    }

    /// Price of a seat for a year in its currency, in hundredths.
    #[must_use]
    pub fn seat(&self) -> u64 {
        seat_price(self.currency)
    }

    /// True where the deal has been decided before `cut`.
    #[must_use]
    pub fn is_closed(&self, cut: Moment) -> bool {
        self.closes < cut
    }

    /// The label of its stage, as seen at `cut`.
    #[must_use]
    pub fn stage(&self, cut: Moment) -> &'static str {
        if self.is_closed(cut) {
            return if self.won {
                "Closed Won"
            } else {
                "Closed Lost"
            };
        }
        let (passed, whole) = (
            cut.since(self.created).max(0),
            self.closes.since(self.created),
        );
        let place = passed * OPEN_STAGES.len() as i64 / whole.max(1);
        OPEN_STAGES[(place as usize).min(OPEN_STAGES.len() - 1)]
    }

    /// When somebody last did something, as seen at `cut`.
    #[must_use]
    pub fn last_activity(&self, cut: Moment) -> Moment {
        if self.is_closed(cut) {
            return self.closes;
        }
        let day = cut.plus(-DAY * (self.idle_days as i64 + 3));
        day.office(self.habit()).max(self.created)
    }

    /// When in the office day things happen to this deal, in thousandths.
    fn habit(&self) -> u64 {
        (self.created.minute_of_day() * 613 % 1000) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::dice::Purpose;

    fn deals(role: Option<Role>, win_rate: u64) -> Vec<Deal> {
        let end = Moment::midnight(2026, 11, 1);
        let terms = Terms {
            lead: 5,
            owner: 0,
            country: 0,
            contract: 700_000,
            win_rate,
            role,
            end,
        };
        let mut dice = Dice::new(1, Purpose::Lead, 5);
        let mut deals = terms.deals(Moment::midnight(2025, 6, 2).plus(600), &mut dice);
        number(&mut deals, 5);
        deals
    }

    #[test]
    fn a_won_deal_is_renewed_after_a_year() {
        let deals = deals(Some(Role::Quartet), 0);
        assert!(deals[0].won && deals[0].kind == Kind::New);
        let renewal = deals.iter().find(|deal| deal.kind == Kind::Renewal);
        let days = renewal.map(|deal| deal.created.since(deals[0].closes) / DAY);
        assert!(
            days.is_some_and(|days| (315..325).contains(&days)),
            "{days:?}"
        );
    }

    #[test]
    fn somebody_comes_back() {
        let deals = deals(Some(Role::TwoDeals), 0);
        assert!(!deals[0].won && deals[1].won && deals[1].kind == Kind::New);
        assert!(deals[0].closes < deals[1].created && deals[0].id < deals[1].id);
    }

    #[test]
    fn the_stage_moves_on_until_the_end() {
        let deal = &deals(None, 1000)[0];
        assert_eq!(deal.stage(deal.created), OPEN_STAGES[0]);
        assert_eq!(deal.stage(deal.closes), OPEN_STAGES[4]);
        assert_eq!(deal.stage(deal.closes.plus(1)), "Closed Won");
    }
}
