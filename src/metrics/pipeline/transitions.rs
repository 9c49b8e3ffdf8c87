//! Where deals go from each stage, and the chance to be won that follows from it
//! (dictionary 2.4): skips, returns and starts in the middle count as what they are.

use super::deals::Deals;
use super::timeline::Next;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Undefined};
use crate::stats::absorbing::Chain;

/// Wins from which on the chances of a ladder weight its open deals.
pub const FEWEST_WINS: u64 = 10;

/// Departures of one ladder.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// Index of the ladder.
    pub ladder: usize,
    /// From each stage to each stage, then to won and to lost.
    pub counts: Vec<Vec<u64>>,
    /// Chance to be won from each stage.
    pub win_probability: Vec<Figure<f64>>,
    /// Product of the shares that went from each stage to the next one, to won at last: what
    /// multiplying a plain funnel gives, for comparison.
    pub adjacent: Figure<f64>,
    /// Departures to won, of all stages.
    pub wins: u64,
}

impl Matrix {
    /// Departures from a stage.
    #[must_use]
    pub fn departures(&self, stage: usize) -> u64 {
        self.counts.get(stage).map_or(0, |row| row.iter().sum())
    }

    /// The chance of a stage, where enough wins stand behind the ladder.
    #[must_use]
    pub fn weight(&self, stage: usize) -> Option<f64> {
        let chance = self.win_probability.get(stage)?;
        chance.ok().filter(|_| self.wins >= FEWEST_WINS)
    }
}

/// The departures of every ladder by a moment.
#[must_use]
pub fn matrices(deals: &Deals, moment: Millis) -> Vec<Matrix> {
    let stages = deals.ladders.all.iter().map(|ladder| ladder.stages.len());
    let mut counts: Vec<Vec<Vec<u64>>> = stages
        .map(|stages| vec![vec![0; stages + 2]; stages])
        .collect();
    for deal in &deals.all {
        let Some(ladder) = counts.get_mut(deal.ladder) else {
            continue;
        };
        let stages = ladder.len();
        for visit in deal.timeline.visits(moment) {
            let to = match visit.next {
                Next::Stage(stage) => stage,
                Next::Won => stages,
                Next::Lost => stages + 1,
                Next::Unknown | Next::Open => continue,
            };
            ladder[visit.stage][to] += 1;
        }
    }
    let counts = counts.into_iter().enumerate();
    counts
        .map(|(ladder, counts)| Matrix {
            ladder,
            win_probability: win_probabilities(&counts),
            adjacent: adjacent(&counts),
            wins: counts.iter().map(|row| row[row.len() - 2]).sum(),
            counts,
        })
        .collect()
}

/// The chance to be won from each stage. A row has the departures to each stage, then those
/// to won and to lost. A stage without departures, and every stage that leads to one, has
/// none; neither has a stage from which nothing ever ended.
#[must_use]
pub fn win_probabilities(counts: &[Vec<u64>]) -> Vec<Figure<f64>> {
    let stages = counts.len();
    let total = |row: &Vec<u64>| row.iter().sum::<u64>();
    let mut unknown: Vec<bool> = counts.iter().map(|row| total(row) == 0).collect();
    let mut ends: Vec<bool> = counts
        .iter()
        .map(|row| row[stages..].iter().any(|count| *count > 0))
        .collect();
    for _ in 0..stages {
        for stage in 0..stages {
            let leads_to = |set: &[bool]| (0..stages).any(|to| counts[stage][to] > 0 && set[to]);
            unknown[stage] |= leads_to(&unknown);
            ends[stage] |= leads_to(&ends);
        }
    }
    let mut chain = Chain::default();
    for row in counts {
        let all = total(row).max(1) as f64;
        let steps = (0_u32..).zip(&row[..stages]);
        chain.push(steps.map(|(to, count)| (to, *count as f64 / all)));
    }
    let won = |stage: usize, _: usize| {
        let row = &counts[stage];
        row[stages] as f64 / total(row).max(1) as f64
    };
    let solved = chain.solve(1, won, |_, _| false);
    let figure = |stage: usize| match unknown[stage] || !ends[stage] {
        true => Err(Undefined::NoData),
        false => Ok(solved[stage]),
    };
    (0..stages).map(figure).collect()
}

/// The product of the rates of adjacent stages, from the first stage to won.
///
/// # Errors
/// Nobody left one of the stages, or there is none.
pub fn adjacent(counts: &[Vec<u64>]) -> Figure<f64> {
    if counts.is_empty() {
        return Err(Undefined::NoData);
    }
    let rate = |(stage, row): (usize, &Vec<u64>)| {
        let next = row.get(stage + 1).copied().unwrap_or(0);
        let left: u64 = row.iter().sum();
        (left > 0).then(|| next as f64 / left as f64)
    };
    let rates = counts.iter().enumerate().map(rate);
    rates.product::<Option<f64>>().ok_or(Undefined::NoData)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vector 12.5 of the metrics dictionary.
    #[test]
    fn the_vector() {
        let counts = [
            vec![0, 300, 40, 10, 0, 650],
            vec![0, 0, 180, 15, 0, 120],
            vec![0, 15, 0, 120, 5, 85],
            vec![0, 0, 5, 0, 62, 78],
        ];
        let found = win_probabilities(&counts);
        for (found, expected) in found
            .iter()
            .zip([0.067_000, 0.173_211, 0.266_721, 0.436_783])
        {
            assert!(found.is_ok_and(|found| (found - expected).abs() < 5e-7));
        }
        let adjacent = adjacent(&counts);
        assert!(adjacent.is_ok_and(|found| (found - 0.039_094).abs() < 5e-7));
    }

    #[test]
    fn a_stage_that_nobody_left_has_no_chance_and_neither_what_leads_to_it() {
        let counts = [
            vec![0, 3, 0, 1, 0],
            vec![0, 0, 0, 2, 2],
            vec![0, 0, 0, 0, 0],
        ];
        assert_eq!(win_probabilities(&counts)[2], Err(Undefined::NoData));
        assert!(win_probabilities(&counts)[0].is_ok());
        let leads = [vec![0, 3, 1, 1, 0], counts[1].clone(), counts[2].clone()];
        assert_eq!(win_probabilities(&leads)[0], Err(Undefined::NoData));
        assert_eq!(win_probabilities(&leads)[1], Ok(0.5));
        // Going round in circles ends nowhere.
        assert_eq!(adjacent(&leads), Err(Undefined::NoData));
        assert_eq!(adjacent(&[]), Err(Undefined::NoData));
        let circle = [vec![0, 1, 0, 0], vec![1, 0, 0, 0]];
        assert_eq!(win_probabilities(&circle), [Err(Undefined::NoData); 2]);
    }
}
