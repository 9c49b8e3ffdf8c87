//! What a customer pays month by month, from the win to the end.
//!
//! A contract is a year's amount in twelve parts, from the month after the win. Extra seats
//! and renewals are the deals of the CRM; what no deal tells (fewer seats, a cancellation in
//! the middle of the year, a return) is drawn here, and never against a deal: who renews
//! later did not leave before.

use super::deal::{Deal, Kind};
use super::dice::{Dice, Purpose};
use super::lead::Lead;
use super::moment::{DAY, Moment};
use super::mood::Mood;

/// Why customers leave, happier reasons first.
const CHURN_REASONS: [&str; 6] = [
    "Business closed",
    "Merged into a group",
    "Too expensive",
    "Missing feature",
    "Went with competitor",
    "Service quality",
];
/// How often each is named by promoters, passives and detractors.
const CHURN_WEIGHTS: [[u64; 6]; 3] = [
    [40, 30, 15, 5, 10, 0],
    [15, 12, 33, 15, 20, 5],
    [5, 3, 25, 22, 20, 25],
];
/// Thousandths of contracts that shrink in a month.
const SHRINKS: u64 = 12;
/// Thousandths of promoters' contracts that grow in a month without a deal.
const GROWS: u64 = 12;
/// Thousandths of those who left that come back.
const RETURNS: u64 = 250;
/// Thousandths of contracts that begin with a paid introduction.
const INTRODUCED: u64 = 400;
/// Thousandths of the customers from before the first month who may leave at any time.
const BY_THE_MONTH: u64 = 400;
/// Days of a contract.
const YEAR: i64 = 365;

/// One month of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// Midnight of its first day.
    pub month: Moment,
    /// The recurring amount, in hundredths.
    pub amount: u64,
    /// Why it is another one than before.
    pub reason: &'static str,
    /// When in this month the contract is due for renewal, and what came of it, if decided.
    pub due: Option<(Moment, Option<bool>)>,
    /// A service that does not recur, in hundredths.
    pub service: Option<u64>,
}

/// A customer.
#[derive(Debug, Clone)]
pub struct Contract {
    /// The account; where there is none, the deal that was won.
    pub customer: u64,
    /// ISO code of its amounts.
    pub currency: &'static str,
    /// What the customer thinks.
    pub mood: Mood,
    /// Its months up to the end of the data.
    pub bills: Vec<Bill>,
}

/// What is known of a contract before its months are drawn.
struct Terms {
    /// The first month that is paid for.
    starts: Moment,
    monthly: u64,
    introduction: bool,
    /// Month from which a deal adds so much.
    raises: Vec<(Moment, u64)>,
    renewals: Vec<Renewal>,
    /// From when on the contract may end without a deal that says so.
    loose_from: Option<Moment>,
}

/// A contract due.
struct Renewal {
    due: Moment,
    decided: Moment,
    won: bool,
    /// What is paid from then on.
    monthly: u64,
}

impl Contract {
    /// The contract of a lead with a won deal, if it has begun before `end`.
    #[must_use]
    pub fn of_lead(seed: u64, lead: &Lead, end: Moment) -> Option<Self> {
        let first = first_won(&lead.deals, end)?;
        let dice = &mut Dice::new(seed, Purpose::Contract, lead.number);
        let lost = |deal: &Deal| deal.kind == Kind::Renewal && !deal.won;
        let mood = Mood::draw(lead.deals.iter().any(lost), dice);
        let terms = Terms::of_deals(first, &lead.deals, end)?;
        let customer = lead.company_id().unwrap_or(first.id);
        let bills = terms.bills(mood, end, dice);
        Some(Self {
            customer,
            currency: first.currency,
            mood,
            bills,
        })
    }

    /// The contract of a customer from before the first month.
    #[must_use]
    pub fn of_old_customer(seed: u64, number: u64, first: Moment, end: Moment) -> Self {
        let dice = &mut Dice::new(seed, Purpose::OldCustomer, number);
        let mood = Mood::draw(false, dice);
        let signed = first.plus(-DAY * dice.between(20, 900) as i64);
        let monthly = dice.size(700_000) / 12;
        let currency = if dice.chance(90) { "USD" } else { "EUR" };
        let bills = Terms::of_years(signed, monthly, first, end, mood, dice).bills(mood, end, dice);
        Self {
            customer: 23_000_000_000 + number * 11,
            currency,
            mood,
            bills,
        }
    }

    /// The month after the last one that was paid for, where the customer has left.
    #[must_use]
    pub fn left(&self) -> Option<Moment> {
        let last = self.bills.last()?;
        (last.amount == 0).then_some(last.month)
    }
}

/// The deal that made a customer.
fn first_won(deals: &[Deal], end: Moment) -> Option<&Deal> {
    let won =
        |deal: &&Deal| deal.kind == Kind::New && deal.won && !deal.test && deal.is_closed(end);
    deals.iter().filter(won).min_by_key(|deal| deal.closes)
}

impl Terms {
    fn of_deals(first: &Deal, deals: &[Deal], end: Moment) -> Option<Self> {
        let monthly = |deal: &Deal| deal.amount.map(|amount| amount / 12);
        let known = |kind: Kind| {
            deals
                .iter()
                .filter(move |deal| deal.kind == kind && deal.created < end)
        };
        let raises = known(Kind::Expansion).filter(|deal| deal.won && deal.is_closed(end));
        let renewals: Vec<Renewal> = known(Kind::Renewal)
            .zip(1..)
            .map(|(deal, year)| Renewal {
                due: first.closes.plus(year * YEAR * DAY),
                decided: deal.closes,
                won: deal.won,
                monthly: monthly(deal).unwrap_or(0),
            })
            .collect();
        // Who still has a deal to come has not left; who loses the renewal leaves by it.
        let bound = deals.iter().any(|deal| {
            deal.kind != Kind::New && deal.created < end && !(deal.won && deal.is_closed(end))
        });
        let secured = deals.iter().filter(|deal| deal.won && deal.is_closed(end));
        Some(Self {
            starts: first.closes.month_start(1),
            monthly: monthly(first)?,
            introduction: true,
            raises: raises
                .filter_map(|deal| Some((deal.closes.month_start(1), monthly(deal)?)))
                .collect(),
            renewals,
            loose_from: secured
                .map(|deal| deal.closes.month_start(3))
                .max()
                .filter(|_| !bound),
        })
    }

    /// A contract from long ago: renewed each year, or running from month to month.
    fn of_years(
        signed: Moment,
        monthly: u64,
        first: Moment,
        end: Moment,
        mood: Mood,
        dice: &mut Dice,
    ) -> Self {
        let by_the_month = dice.chance(BY_THE_MONTH);
        let years = (1..).map(|year| signed.plus(year * YEAR * DAY));
        let dues = years
            .skip_while(|due| *due < first)
            .take_while(|due| *due < end);
        let mut now = monthly;
        let mut renewals = Vec::new();
        for due in dues.filter(|_| !by_the_month) {
            let won = dice.chance(mood.renews());
            now = now * dice.between(1000, 1060) / 1000;
            let decided = due.plus(-DAY * dice.between(1, 25) as i64);
            renewals.push(Renewal {
                due,
                decided,
                won,
                monthly: now,
            });
            if !won {
                break;
            }
        }
        let last = renewals.last();
        Self {
            starts: first,
            monthly,
            introduction: false,
            raises: Vec::new(),
            loose_from: match last {
                Some(last) if !last.won => None,
                Some(last) => Some(last.due.month_start(3)),
                None => Some(first.month_start(1)),
            },
            renewals,
        }
    }

    /// The months up to `end`.
    fn bills(&self, mood: Mood, end: Moment, dice: &mut Dice) -> Vec<Bill> {
        let introduction = self.introduction && dice.chance(INTRODUCED);
        let fee = dice.size(180_000);
        let mut run = Run {
            terms: self,
            mood,
            base: self.monthly,
            extra: 0,
            returns: None,
            over: false,
            bills: Vec::new(),
        };
        let mut month = self.starts;
        while month < end && !run.over {
            run.month(month, end, dice);
            month = month.month_start(1);
        }
        if let Some(bill) = run.bills.first_mut().filter(|_| introduction) {
            bill.service = Some(fee / 100 * 100);
        }
        run.bills
    }
}

/// A contract on its way through the months.
struct Run<'a> {
    terms: &'a Terms,
    mood: Mood,
    base: u64,
    extra: u64,
    /// The month in which who has left comes back.
    returns: Option<Moment>,
    over: bool,
    bills: Vec<Bill>,
}

impl Run<'_> {
    fn month(&mut self, month: Moment, end: Moment, dice: &mut Dice) {
        if let Some(returns) = self.returns {
            if month < returns {
                return;
            }
            self.returns = None;
            self.base = self.base * dice.between(800, 1000) / 1000;
            self.bill(month, "Came back", end);
            return;
        }
        let gone = dice.chance(self.mood.leaves());
        if self.ends(month, gone) {
            self.leave(month, dice);
            return;
        }
        let reason = self.renewal(month).or_else(|| self.drift(month, dice));
        self.bill(month, reason.unwrap_or(""), end);
    }

    /// What a renewal or a deal changes from this month on.
    fn renewal(&mut self, month: Moment) -> Option<&'static str> {
        let terms = self.terms;
        let decided = |renewal: &&Renewal| takes_effect(renewal) == month && renewal.won;
        let mut reason = None;
        if let Some(renewal) = terms.renewals.iter().find(decided) {
            reason = (renewal.monthly != self.base).then_some("New price at renewal");
            self.base = renewal.monthly;
        }
        for (_, raise) in terms.raises.iter().filter(|(from, _)| *from == month) {
            self.extra += raise;
            reason = Some("More seats");
        }
        reason
    }

    /// Seats that come and go without a deal.
    fn drift(&mut self, month: Moment, dice: &mut Dice) -> Option<&'static str> {
        let (shrinks, grows) = (dice.chance(SHRINKS), dice.chance(GROWS));
        let by = dice.between(100, 300);
        if month == self.terms.starts {
            return None;
        }
        if shrinks {
            self.base = self.base * (1000 - by) / 1000;
            return Some("Fewer seats");
        }
        if grows && self.mood == Mood::Promoter {
            self.base = self.base * (1000 + by / 2) / 1000;
            return Some("More seats");
        }
        None
    }

    fn ends(&self, month: Moment, gone: bool) -> bool {
        let lost = |renewal: &Renewal| !renewal.won && takes_effect(renewal) == month;
        let loose = self.terms.loose_from.is_some_and(|from| month >= from);
        self.terms.renewals.iter().any(lost) || (gone && loose)
    }

    fn leave(&mut self, month: Moment, dice: &mut Dice) {
        let reason = CHURN_REASONS[dice.weighted(&CHURN_WEIGHTS[self.mood as usize])];
        self.bills.push(Bill {
            month,
            amount: 0,
            reason,
            due: None,
            service: None,
        });
        let pause = dice.between(2, 5) as i64;
        if dice.chance(RETURNS) {
            self.returns = Some(month.month_start(pause));
        } else {
            self.over = true;
        }
    }

    fn bill(&mut self, month: Moment, reason: &'static str, end: Moment) {
        let due = self
            .terms
            .renewals
            .iter()
            .find(|renewal| renewal.due.month_start(0) == month);
        self.bills.push(Bill {
            month,
            amount: self.base + self.extra,
            reason,
            due: due.map(|renewal| {
                let known = renewal.decided < end;
                (renewal.due, known.then_some(renewal.won))
            }),
            service: None,
        });
    }
}

/// The first month after a renewal was due and decided.
fn takes_effect(renewal: &Renewal) -> Moment {
    renewal.due.max(renewal.decided).month_start(1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::demo::Plan;
    use crate::demo::lead::Population;
    use crate::demo::market::Market;

    fn contracts(rows: u64) -> Vec<(Lead, Contract)> {
        let plan = Plan::new(rows, 4);
        let market = Market::new(&plan);
        let people = Population {
            plan: &plan,
            market: &market,
        };
        let of = |lead: Lead| Contract::of_lead(4, &lead, plan.end()).map(|it| (lead, it));
        let leaders = people
            .leads(0, rows)
            .filter(|lead| lead.leader == lead.number);
        leaders.filter_map(of).collect()
    }

    #[test]
    fn nobody_pays_before_the_win_or_after_leaving() {
        for (lead, contract) in contracts(20_000) {
            let won = first_won(&lead.deals, Plan::new(100, 1).end())
                .unwrap()
                .closes;
            assert!(contract.bills.iter().all(|bill| bill.month > won));
            for pair in contract.bills.windows(2) {
                assert!(pair[0].month < pair[1].month);
                let (before, after) = (&pair[0], &pair[1]);
                assert!(before.amount > 0 || after.reason == "Came back");
                assert_eq!(
                    before.amount != after.amount,
                    !after.reason.is_empty(),
                    "{pair:?}"
                );
            }
        }
    }

    #[test]
    fn the_deals_and_the_bills_agree_about_renewals() {
        let end = Plan::new(100, 1).end();
        let (mut kept, mut lost) = (0, 0);
        for (lead, contract) in contracts(20_000) {
            let renewals = lead.deals.iter().filter(|it| it.kind == Kind::Renewal);
            for deal in renewals.filter(|it| it.is_closed(end.plus(-40 * DAY))) {
                let due = contract.bills.iter().filter_map(|bill| bill.due);
                let told = due
                    .into_iter()
                    .any(|(_, renewed)| renewed == Some(deal.won));
                assert!(told, "{}", lead.number);
                kept += u64::from(deal.won);
                lost += u64::from(!deal.won && contract.bills.iter().any(|it| it.amount == 0));
            }
        }
        assert!(kept > 20 && lost > 2, "{kept} {lost}");
    }

    #[test]
    fn detractors_leave_more_often() {
        let end = Plan::new(100, 1).end();
        let first = Plan::new(100, 1).first_month();
        let (mut left, mut all) = ([0_u64; 3], [0_u64; 3]);
        for number in 0..4_000 {
            let contract = Contract::of_old_customer(1, number, first, end);
            all[contract.mood as usize] += 1;
            left[contract.mood as usize] += u64::from(contract.left().is_some());
        }
        let share = |mood: usize| left[mood] * 100 / all[mood];
        assert!(
            share(0) < share(1) && share(1) + 10 < share(2),
            "{left:?} of {all:?}"
        );
    }
}
