//! The way of a deal: stages, amounts, planned closing dates and owners, change by change.
//!
//! It ends where the deals export stands: at the day of the exports a deal has the stage,
//! amount, closing date and owner that its row shows. Before that day it may have skipped a
//! stage, gone back, been lost and reopened, been worth something else, been planned for an
//! earlier month, or belonged to another rep. Every change is a row with all four values, as
//! CRMs log it, so most rows repeat the stage.

use super::company::OWNERS;
use super::deal::{Deal, Kind, OPEN_STAGES};
use super::dice::{Dice, Purpose};
use super::moment::{DAY, Moment};

/// The label of a deal that was lost.
pub const LOST: &str = "Closed Lost";
/// The label of a deal that was won.
pub const WON: &str = "Closed Won";
/// Thousandths of deals that skip a stage, go back one, or are lost and reopened.
const SKIPS: u64 = 150;
const GOES_BACK: u64 = 80;
const REOPENS: u64 = 60;
/// Thousandths of customers' deals that are made when the contract is sent.
const MADE_LATE: u64 = 200;
/// Thousandths of deals whose amount changes, and that have none at first.
const REPRICED: u64 = 320;
const PRICED_LATER: u64 = 110;
/// Thousandths of deals that change hands.
const CHANGES_HANDS: u64 = 80;
/// How often the planned close is moved, from never to three times.
const PUSHES: [u64; 4] = [50, 27, 15, 8];

/// What a deal is from a moment on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Since when.
    pub at: Moment,
    /// Label of the stage.
    pub stage: &'static str,
    /// Amount in hundredths.
    pub amount: Option<u64>,
    /// When it is expected to close; when it closed, once it has.
    pub closes: Moment,
    /// Position of the rep.
    pub owner: usize,
}

/// One value and since when, in order of time.
type Changes<T> = Vec<(Moment, T)>;

/// The states of `deal` up to `end`, in order of time; the first is its creation.
#[must_use]
pub fn of(seed: u64, deal: &Deal, end: Moment) -> Vec<State> {
    let mut way = Way {
        deal,
        end,
        dice: Dice::new(seed, Purpose::History, deal.id),
    };
    let stages = way.stages();
    let (amounts, closings, owners) = (way.amounts(), way.closings(), way.owners());
    let mut moments: Vec<Moment> = stages.iter().map(|it| it.0).collect();
    moments.extend(amounts.iter().map(|it| it.0));
    moments.extend(closings.iter().map(|it| it.0));
    moments.extend(owners.iter().map(|it| it.0));
    moments.retain(|at| *at < end);
    moments.sort_unstable();
    moments.dedup();
    let state = |at: Moment| {
        Some(State {
            at,
            stage: value(&stages, at)?,
            amount: value(&amounts, at)?,
            closes: value(&closings, at)?,
            owner: value(&owners, at)?,
        })
    };
    moments.into_iter().filter_map(state).collect()
}

/// The state that was in force just before `cut`, if the deal existed.
#[must_use]
pub fn before(states: &[State], cut: Moment) -> Option<State> {
    states.iter().rev().find(|state| state.at < cut).copied()
}

/// The position of an open stage.
#[must_use]
pub fn open_stage(label: &str) -> Option<usize> {
    OPEN_STAGES.iter().position(|stage| *stage == label)
}

fn value<T: Copy>(changes: &[(Moment, T)], at: Moment) -> Option<T> {
    changes
        .iter()
        .rev()
        .find(|(since, _)| *since <= at)
        .map(|(_, value)| *value)
}

/// A deal whose way is being made up.
struct Way<'a> {
    deal: &'a Deal,
    end: Moment,
    dice: Dice,
}

impl Way<'_> {
    fn closed(&self) -> bool {
        self.deal.is_closed(self.end)
    }

    fn stages(&mut self) -> Changes<&'static str> {
        let entries = self.entries();
        let mut changes: Changes<&'static str> = entries
            .iter()
            .zip(OPEN_STAGES)
            .map(|(at, stage)| (*at, stage))
            .collect();
        let draw = self.dice.below(1000);
        let place = self.dice.between(1, 3) as usize;
        // A stage may only be bent where the export sees the deal behind it.
        let (from, to) = (entries[place], entries[place + 1]);
        let long = to.since(from) > 4 * DAY;
        if to < self.end && draw < SKIPS {
            changes.remove(place);
        } else if to < self.end && long && draw < SKIPS + GOES_BACK {
            changes.splice(
                place + 1..place + 1,
                detour(from, to, OPEN_STAGES[place - 1], OPEN_STAGES[place]),
            );
        } else if self.closed()
            && long
            && draw < SKIPS + GOES_BACK + REOPENS
            && self.deal.kind == Kind::New
        {
            changes.splice(
                place + 1..place + 1,
                detour(from, to, LOST, OPEN_STAGES[place]),
            );
        }
        let late = self.dice.chance(MADE_LATE) && self.deal.kind != Kind::New && self.closed();
        if late {
            changes = vec![(self.deal.created, OPEN_STAGES[4])];
        }
        changes.push((self.deal.closes, if self.deal.won { WON } else { LOST }));
        changes
    }

    /// When each open stage begins on the straight way, as [`Deal::stage`] has it.
    fn entries(&self) -> Vec<Moment> {
        let (created, whole) = (self.deal.created, self.deal.closes.since(self.deal.created));
        let count = OPEN_STAGES.len() as i64;
        let mut entries = vec![created];
        for place in 1..count {
            let exact = created.plus((place * whole + count - 1) / count);
            // What an export at midnight sees must be older than midnight.
            let seen = if exact.minute_of_day() == 0 {
                exact.plus(-1)
            } else {
                exact
            };
            let last = entries[entries.len() - 1];
            let latest = self.deal.closes.plus(place - count);
            entries.push(seen.by_day().min(latest).max(last.plus(1)));
        }
        entries
    }

    /// A moment in the part of the life that the export sees, in thousandths of it.
    fn moment(&self, position: u64) -> Moment {
        let stop = self.deal.closes.min(self.end);
        let span = stop.since(self.deal.created);
        let at = self
            .deal
            .created
            .plus(span * position as i64 / 1000)
            .by_day();
        at.min(stop.plus(-1)).max(self.deal.created.plus(1))
    }

    fn amounts(&mut self) -> Changes<Option<u64>> {
        let (repriced, later) = (self.dice.chance(REPRICED), self.dice.chance(PRICED_LATER));
        let (factor, position) = (self.dice.between(70, 135), self.dice.between(150, 850));
        let at_the_end = self.dice.chance(300);
        let created = self.deal.created;
        let Some(amount) = self.deal.amount.filter(|_| !self.deal.test) else {
            return vec![(created, self.deal.amount)];
        };
        if later {
            return vec![(created, None), (self.moment(position), Some(amount))];
        }
        // Whole seats at the price of the contract, at least four.
        let seat = self.deal.seat();
        let before = (amount / seat * factor / 100).max(4) * seat;
        if !repriced || before == amount {
            return vec![(created, Some(amount))];
        }
        let at = if at_the_end && self.closed() {
            self.deal.closes
        } else {
            self.moment(position)
        };
        vec![(created, Some(before)), (at, Some(amount))]
    }

    fn closings(&mut self) -> Changes<Moment> {
        let (created, closes) = (self.deal.created, self.deal.closes);
        let pushes = self.dice.weighted(&PUSHES);
        let miss = self.dice.between(0, 25) as i64 - 5;
        let closed = self.closed();
        let mut planned = if closed {
            closes
                .plus(miss * DAY)
                .start_of_day()
                .plus(12 * 60)
                .max(created.plus(DAY))
        } else {
            closes
        };
        let mut changes: Changes<Moment> = Vec::new();
        for push in (0..pushes).rev() {
            let days = self.dice.between(7, 35) as i64;
            let position = (push as u64 + 1) * 1000 / (pushes as u64 + 1);
            let earlier = planned.plus(-days * DAY);
            if earlier <= created.plus(2 * DAY) {
                break;
            }
            changes.push((self.moment(position), planned));
            planned = earlier;
        }
        changes.push((created, planned));
        changes.reverse();
        if closed {
            changes.push((closes, closes));
        }
        changes
    }

    fn owners(&mut self) -> Changes<usize> {
        let other = self.dice.below(OWNERS.len() as u64) as usize;
        let position = self.dice.between(100, 700);
        if self.dice.chance(CHANGES_HANDS) && other != self.deal.owner {
            return vec![
                (self.deal.created, other),
                (self.moment(position), self.deal.owner),
            ];
        }
        vec![(self.deal.created, self.deal.owner)]
    }
}

/// Somewhere else and back, in the second and third part of a visit.
fn detour(
    from: Moment,
    to: Moment,
    away: &'static str,
    back: &'static str,
) -> [(Moment, &'static str); 2] {
    let third = to.since(from) / 3;
    [
        (from.plus(third).by_day(), away),
        (from.plus(2 * third).by_day(), back),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::demo::Plan;
    use crate::demo::lead::Population;
    use crate::demo::market::Market;

    fn look(rows: u64, mut at: impl FnMut(&Deal, &[State], Moment)) {
        let plan = Plan::new(rows, 6);
        let market = Market::new(&plan);
        let people = Population {
            plan: &plan,
            market: &market,
        };
        let leaders = people
            .leads(0, rows)
            .filter(|lead| lead.leader == lead.number);
        for deal in leaders.flat_map(|lead| lead.deals) {
            if deal.created < plan.end() {
                at(&deal, &of(6, &deal, plan.end()), plan.end());
            }
        }
    }

    #[test]
    fn it_begins_with_the_creation_and_ends_where_the_export_stands() {
        look(20_000, |deal, states, end| {
            assert_eq!(states[0].at, deal.created);
            assert!(states.is_sorted_by_key(|state| state.at));
            let last = before(states, end).unwrap();
            let shown = (deal.stage(end), deal.amount, deal.closes, deal.owner);
            assert_eq!(
                (last.stage, last.amount, last.closes, last.owner),
                shown,
                "{}",
                deal.id
            );
            assert!(states.windows(2).all(|pair| {
                let [mut a, b] = [pair[0], pair[1]];
                a.at = b.at;
                a != b
            }));
        });
    }

    #[test]
    fn everything_that_happens_to_deals_happens() {
        let mut seen = [0_u32; 8];
        look(20_000, |deal, states, _| {
            let at = |label: &str| open_stage(label).unwrap_or(9);
            let moves: Vec<&State> = states
                .iter()
                .enumerate()
                .filter(|(index, state)| *index == 0 || states[index - 1].stage != state.stage)
                .map(|(_, state)| state)
                .collect();
            let pairs = || {
                moves
                    .windows(2)
                    .map(|pair| (at(pair[0].stage), at(pair[1].stage)))
            };
            seen[0] += u32::from(pairs().any(|(a, b)| b < 9 && b > a + 1));
            seen[1] += u32::from(pairs().any(|(a, b)| a < 9 && b < a));
            seen[2] += u32::from(pairs().any(|(a, b)| a == 9 && b < 9));
            seen[3] += u32::from(at(states[0].stage) == 4);
            seen[4] += u32::from(
                states
                    .windows(2)
                    .any(|it| it[0].amount.is_some() && it[0].amount != it[1].amount),
            );
            seen[5] += u32::from(states[0].amount.is_none() && deal.amount.is_some());
            seen[6] += u32::from(
                states
                    .windows(2)
                    .any(|it| it[0].closes < it[1].closes && at(it[1].stage) < 9),
            );
            seen[7] += u32::from(states.windows(2).any(|it| it[0].owner != it[1].owner));
        });
        assert!(seen.iter().all(|count| *count >= 20), "{seen:?}");
    }
}
