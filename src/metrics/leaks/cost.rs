//! What a leak costs, if breached leads had converted like the others of their group.
//!
//! Dictionary 5.5: within each stratum the breached of the period times what the others convert better,
//! times the value of a customer; never below 0. How leads convert is asked of all that are
//! old enough, because those of a young period are not. Strata with fewer than 30 on either side use
//! the rates of all. The interval is a percentile bootstrap over the leads. Leads of one cell
//! (stratum, breached, how it ended) are alike, so a resample is a multinomial draw of how
//! many there are of each; only the values of customers are drawn one by one. That has
//! exactly the distribution of drawing every lead.

use crate::domain::figure::{Figure, Undefined};
use crate::stats::random::Random;
use crate::stats::{binomial, bootstrap, quantile};

/// Mature leads on either side below which a stratum does not speak for itself.
const FEWEST: u64 = 30;

/// A lead of the eligible.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// Its group: leads of one channel and one band of the score.
    pub stratum: usize,
    /// True where the rule blames it.
    pub breached: bool,
    /// True where it is of the period: others only say how such leads convert.
    pub counts: bool,
    /// Won within the horizon; absent where it has not been watched for that long.
    pub won: Option<bool>,
    /// What it was worth as a customer, in units.
    pub value: Option<f64>,
}

/// What was lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Customers, with the ends of the 95 % interval.
    pub customers: (f64, f64, f64),
    /// Money in units, with the ends of the 95 % interval.
    pub value: Figure<(f64, f64, f64)>,
}

/// Leads of a stratum on one side: those of the period, and those whose end is known.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Side {
    counted: u64,
    all: u64,
    mature: u64,
    won: u64,
}

impl Side {
    fn rate(self) -> Option<f64> {
        (self.mature > 0).then(|| self.won as f64 / self.mature as f64)
    }

    fn plus(self, other: Self) -> Self {
        Self {
            counted: self.counted + other.counted,
            all: self.all + other.all,
            mature: self.mature + other.mature,
            won: self.won + other.won,
        }
    }
}

/// Both sides of a stratum, and what its customers were worth.
#[derive(Debug, Clone, Default)]
struct Stratum {
    met: Side,
    breached: Side,
    /// Sum of the values, and how many there are.
    value: (f64, u64),
}

impl Stratum {
    fn speaks(&self) -> bool {
        self.met.mature >= FEWEST && self.breached.mature >= FEWEST
    }
}

/// The cost of a leak over the eligible.
///
/// # Errors
/// `not_mature` where nobody on one of the sides was watched for the horizon, `no_data`
/// without members on either side.
pub fn cost(members: &[Member], draws: u32, seed: u64) -> Figure<Cost> {
    let cells = Cells::of(members);
    let observed = cells.strata(&cells.counts(), |values| {
        (values.iter().sum::<f64>(), values.len() as u64)
    });
    let speaks: Vec<bool> = observed.iter().map(Stratum::speaks).collect();
    let total = pooled(&observed);
    if total.met.all == 0 || total.breached.all == 0 {
        return Err(Undefined::NoData);
    }
    let (customers, value) = lost(&observed, &speaks).ok_or(Undefined::NotMature)?;
    let mut random = Random::seeded(seed);
    let (mut all_customers, mut all_values) = (Vec::new(), Vec::new());
    for _ in 0..draws {
        let counts = cells.draw(&mut random);
        let strata = cells.strata_drawn(&counts, &mut random);
        // A resample without mature leads on one side loses nobody that can be told.
        let (customers, value) = lost(&strata, &speaks).unwrap_or((0.0, Some(0.0)));
        all_customers.push(customers);
        all_values.extend(value);
    }
    let ends = |mut list: Vec<f64>, middle: f64| {
        list.sort_unstable_by(f64::total_cmp);
        let at = |q| quantile::quantile(&list, q).unwrap_or(middle);
        (middle, at(0.025), at(0.975))
    };
    Ok(Cost {
        customers: ends(all_customers, customers),
        value: value
            .map(|value| ends(all_values, value))
            .ok_or(Undefined::MissingAmount),
    })
}

/// Draws of a published interval.
pub const DRAWS: u32 = bootstrap::DRAWS;

fn pooled(strata: &[Stratum]) -> Stratum {
    let mut total = Stratum::default();
    for stratum in strata {
        total.met = total.met.plus(stratum.met);
        total.breached = total.breached.plus(stratum.breached);
        total.value.0 += stratum.value.0;
        total.value.1 += stratum.value.1;
    }
    total
}

/// Customers and money lost; nothing where one of the sides has no rate, no money where
/// nobody has a value.
fn lost(strata: &[Stratum], speaks: &[bool]) -> Option<(f64, Option<f64>)> {
    let total = pooled(strata);
    let gap = |met: Side, breached: Side| Some((met.rate()? - breached.rate()?).max(0.0));
    let mean = |(sum, count): (f64, u64)| (count > 0).then(|| sum / count as f64);
    let of_all = gap(total.met, total.breached)?;
    let (mut customers, mut value) = (0.0, Some(0.0));
    for (stratum, speaks) in strata.iter().zip(speaks) {
        let own = gap(stratum.met, stratum.breached).filter(|_| *speaks);
        let fewer = stratum.breached.counted as f64 * own.unwrap_or(of_all);
        customers += fewer;
        let worth = mean(stratum.value)
            .filter(|_| *speaks)
            .or_else(|| mean(total.value));
        value = value.zip(worth).map(|(sum, worth)| sum + fewer * worth);
    }
    Some((customers, value))
}

/// Leads that are alike, counted.
struct Cells {
    /// Number of strata.
    strata: usize,
    /// Values of the customers of each stratum that have one.
    values: Vec<Vec<f64>>,
    /// Members of each cell: four for each half of each side of each stratum.
    counts: Vec<u64>,
}

/// How a lead ended: not watched, lost, won without a value, won with a value.
const ENDS: usize = 4;
const UNWATCHED: usize = 0;
const LOST: usize = 1;
const WON: usize = 2;
const VALUED: usize = 3;

/// Where the cells of a half of a side of a stratum begin.
fn place(stratum: usize, side: usize, half: usize) -> usize {
    ((stratum * 2 + side) * 2 + half) * ENDS
}

impl Cells {
    fn of(members: &[Member]) -> Self {
        let strata = members.iter().map(|one| one.stratum + 1).max();
        let strata = strata.unwrap_or_default();
        let mut cells = Self {
            strata,
            values: vec![Vec::new(); strata],
            counts: vec![0; strata * 4 * ENDS],
        };
        for member in members {
            let end = match (member.won, member.value) {
                (None, _) => UNWATCHED,
                (Some(false), _) => LOST,
                (Some(true), None) => WON,
                (Some(true), Some(value)) => {
                    cells.values[member.stratum].push(value);
                    VALUED
                }
            };
            let side = usize::from(member.breached);
            let half = usize::from(member.counts);
            cells.counts[place(member.stratum, side, half) + end] += 1;
        }
        for values in &mut cells.values {
            values.sort_unstable_by(f64::total_cmp);
        }
        cells
    }

    fn counts(&self) -> Vec<u64> {
        self.counts.clone()
    }

    /// As many members again, drawn with replacement.
    fn draw(&self, random: &mut Random) -> Vec<u64> {
        let mut left: u64 = self.counts.iter().sum();
        let mut draws = left;
        let one = |count: &u64| {
            let hits = match (left, draws) {
                (0, _) | (_, 0) => 0,
                (left, draws) if *count == left => draws,
                (left, draws) => binomial::draw(random, draws, *count as f64 / left as f64),
            };
            left -= count;
            draws -= hits;
            hits
        };
        self.counts.iter().map(one).collect()
    }

    fn side(&self, counts: &[u64], stratum: usize, side: usize) -> Side {
        let of_half = |half: usize, end: usize| counts[place(stratum, side, half) + end];
        let cell = |end: usize| of_half(0, end) + of_half(1, end);
        let won = cell(WON) + cell(VALUED);
        let mature = won + cell(LOST);
        Side {
            counted: (0..ENDS).map(|end| of_half(1, end)).sum(),
            all: mature + cell(UNWATCHED),
            mature,
            won,
        }
    }

    fn strata(&self, counts: &[u64], value: impl Fn(&[f64]) -> (f64, u64)) -> Vec<Stratum> {
        let strata = 0..self.strata;
        strata
            .map(|stratum| Stratum {
                met: self.side(counts, stratum, 0),
                breached: self.side(counts, stratum, 1),
                value: value(&self.values[stratum]),
            })
            .collect()
    }

    /// The same with as many values as customers were drawn.
    fn strata_drawn(&self, counts: &[u64], random: &mut Random) -> Vec<Stratum> {
        let mut strata = self.strata(counts, |_| (0.0, 0));
        for (number, stratum) in strata.iter_mut().enumerate() {
            let valued = |(side, half)| counts[place(number, side, half) + VALUED];
            let hits = [(0, 0), (0, 1), (1, 0), (1, 1)]
                .map(valued)
                .into_iter()
                .sum::<u64>();
            let values = &self.values[number];
            let sum = (0..hits).map(|_| values[random.below(values.len() as u64) as usize]);
            stratum.value = (sum.sum(), hits);
        }
        strata
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn group(stratum: usize, breached: bool, won: u64, lost: u64, value: f64) -> Vec<Member> {
        let member = |won: bool| Member {
            stratum,
            breached,
            counts: true,
            won: Some(won),
            value: won.then_some(value),
        };
        let won = (0..won).map(|_| member(true));
        won.chain((0..lost).map(|_| member(false))).collect()
    }

    #[test]
    fn breached_times_the_difference_times_the_value() {
        // 40 met of whom 20 won, 100 breached of whom 10 won, each worth 500:
        // 100 x (0.5 - 0.1) = 40 customers, 20 000.
        let mut members = group(0, false, 20, 20, 500.0);
        members.extend(group(0, true, 10, 90, 500.0));
        let found = cost(&members, 500, 1).unwrap();
        assert!((found.customers.0 - 40.0).abs() < 1e-9);
        let (value, low, high) = found.value.unwrap();
        assert!((value - 20_000.0).abs() < 1e-6);
        // The deviation of the difference is near 0.084, so that of the customers near 8.4.
        assert!((10_000.0..14_500.0).contains(&low), "{low}");
        assert!((25_000.0..31_000.0).contains(&high), "{high}");
        assert_eq!(cost(&members, 500, 1), Ok(found));
    }

    #[test]
    fn small_strata_use_the_rates_of_all_and_none_counts_below_zero() {
        // Stratum 0 speaks for itself and loses nothing; stratum 1 is small. Over both: met
        // 40 of 100, breached 54 of 110.
        let mut members = group(0, false, 40, 50, 10.0);
        members.extend(group(0, true, 50, 50, 10.0));
        members.extend(group(1, false, 0, 10, 10.0));
        members.extend(group(1, true, 4, 6, 10.0));
        let found = cost(&members, 10, 1).unwrap();
        assert_eq!(found.customers.0, 0.0);
        // Turned round, only the small one uses the difference of all.
        for member in &mut members {
            member.breached = !member.breached;
        }
        let found = cost(&members, 10, 1).unwrap();
        let (own, of_all) = (50.0 / 100.0 - 40.0 / 90.0, 54.0 / 110.0 - 40.0 / 100.0);
        let wanted = 90.0 * own + 10.0 * of_all;
        assert!((found.customers.0 - wanted).abs() < 1e-9);
    }

    #[test]
    fn young_leads_are_lost_too_and_say_nothing() {
        let mut members = group(0, false, 20, 20, 1.0);
        members.extend(group(0, true, 0, 30, 1.0));
        let young = Member {
            stratum: 0,
            breached: true,
            counts: true,
            won: None,
            value: None,
        };
        members.extend([young; 10]);
        let found = cost(&members, 10, 1).unwrap();
        assert!((found.customers.0 - 40.0 * 0.5).abs() < 1e-9);
        assert_eq!(cost(&[young], 10, 1), Err(Undefined::NoData));
        let met = Member {
            breached: false,
            ..young
        };
        assert_eq!(cost(&[young, met], 10, 1), Err(Undefined::NotMature));
    }

    #[test]
    fn leads_of_other_periods_only_lend_their_rates() {
        let mut members = group(0, false, 20, 20, 500.0);
        members.extend(group(0, true, 10, 90, 500.0));
        members.iter_mut().for_each(|member| member.counts = false);
        let young = Member {
            stratum: 0,
            breached: true,
            counts: true,
            won: None,
            value: None,
        };
        members.extend([young; 5]);
        let found = cost(&members, 10, 1).unwrap();
        assert!((found.customers.0 - 5.0 * 0.4).abs() < 1e-9);
    }

    #[test]
    fn customers_without_an_amount_have_no_money() {
        let mut members = group(0, false, 20, 20, 1.0);
        members.extend(group(0, true, 1, 40, 1.0));
        members.iter_mut().for_each(|member| member.value = None);
        let found = cost(&members, 10, 1).unwrap();
        assert!(found.customers.0 > 0.0);
        assert_eq!(found.value, Err(Undefined::MissingAmount));
    }

    /// Every lead drawn, as the textbook has it.
    fn slowly(members: &[Member], draws: u32, seed: u64) -> Vec<f64> {
        let mut random = Random::seeded(seed);
        let cells = Cells::of(members);
        let speaks: Vec<bool> = cells
            .strata(&cells.counts(), |_| (0.0, 0))
            .iter()
            .map(Stratum::speaks)
            .collect();
        let mut list: Vec<f64> = (0..draws)
            .map(|_| {
                let drawn: Vec<Member> = (0..members.len())
                    .map(|_| members[random.below(members.len() as u64) as usize])
                    .collect();
                let cells = Cells::of(&drawn);
                let strata = cells.strata(&cells.counts(), |values| {
                    (values.iter().sum(), values.len() as u64)
                });
                lost(&strata, &speaks[..strata.len()]).unwrap().1.unwrap()
            })
            .collect();
        list.sort_unstable_by(f64::total_cmp);
        list
    }

    #[test]
    fn agrees_with_drawing_every_lead() {
        let mut members = group(0, false, 30, 70, 100.0);
        members.extend(group(0, false, 4, 0, 900.0));
        members.extend(group(0, true, 10, 60, 150.0));
        members.extend(group(1, false, 12, 30, 400.0));
        members.extend(group(1, true, 6, 36, 300.0));
        let (_, low, high) = cost(&members, 6_000, 3).unwrap().value.unwrap();
        let slow = slowly(&members, 6_000, 4);
        let spread = high - low;
        let at = |q| quantile::quantile(&slow, q).unwrap();
        assert!(
            (low - at(0.025)).abs() < 0.05 * spread,
            "{low} {}",
            at(0.025)
        );
        assert!(
            (high - at(0.975)).abs() < 0.05 * spread,
            "{high} {}",
            at(0.975)
        );
    }
}
