//! How far credit could have come out otherwise.
//!
//! The Poisson bootstrap: in a draw each journey counts a Poisson(1) number of times, so
//! a folded path with C conversions counts Poisson(C) of them, and its value follows. The
//! middle 95 % of the shares over the draws is the interval. (Chamandy, Muralidharan,
//! Najmi, Naidu, "Estimating uncertainty for massive data streams", 2012.)

use super::journeys::{Counts, Journeys};
use super::models::Prepared;
use crate::stats::poisson;
use crate::stats::quantile::quantile;
use crate::stats::random::Random;

/// How many draws the intervals rest on.
pub const DRAWS: u64 = 500;

/// Ends of the 95 % interval of each channel's share of the conversions; nothing where no
/// draw had conversions.
pub type Intervals = Vec<Option<(f64, f64)>>;

/// The intervals of several models over the same draws, so that they can be compared.
#[must_use]
pub fn intervals(journeys: &Journeys, models: &[&dyn Prepared], seed: u64) -> Vec<Intervals> {
    let channels = journeys.channels.len();
    let mut shares = vec![vec![Vec::new(); channels]; models.len()];
    for draw in 0..DRAWS {
        let counts = drawn(
            &journeys.counts,
            &mut Random::seeded(seed.wrapping_add(draw)),
        );
        let total: f64 = counts.conversions.iter().sum();
        if total <= 0.0 {
            continue;
        }
        for (model, shares) in models.iter().zip(&mut shares) {
            let credit = model.credit(&counts);
            for (list, conversions) in shares.iter_mut().zip(&credit.conversions) {
                list.push(conversions / total);
            }
        }
    }
    let interval = |mut list: Vec<f64>| {
        list.sort_by(f64::total_cmp);
        Some((quantile(&list, 0.025)?, quantile(&list, 0.975)?))
    };
    shares
        .into_iter()
        .map(|lists| lists.into_iter().map(interval).collect())
        .collect()
}

fn drawn(counts: &Counts, random: &mut Random) -> Counts {
    let mut drawn = Counts::default();
    for (path, conversions) in counts.conversions.iter().enumerate() {
        let again = poisson::draw(random, *conversions) as f64;
        let each = if *conversions > 0.0 {
            counts.value[path] / conversions
        } else {
            0.0
        };
        drawn.conversions.push(again);
        drawn.value.push(again * each);
        drawn
            .lost
            .push(poisson::draw(random, counts.lost[path]) as f64);
    }
    drawn
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attribution::journeys::tests::journeys;
    use crate::attribution::models::parse;

    #[test]
    fn intervals_hold_the_share_and_narrow_with_more_journeys() {
        let rows = |times: f64| {
            journeys(&[
                ("a > b", 30.0 * times, 30.0 * times, 60.0 * times),
                ("b", 20.0 * times, 10.0 * times, 40.0 * times),
                ("c", 0.0, 0.0, 5.0 * times),
            ])
        };
        let (few, many) = (rows(1.0), rows(100.0));
        let width = |journeys: &Journeys, name: &str| {
            let model = parse(name).map_err(|_| ()).unwrap();
            let prepared = model.prepare(journeys);
            let share = prepared.credit(&journeys.counts).conversions[0]
                / journeys.counts.totals().conversions;
            let (low, high) = intervals(journeys, &[prepared.as_ref()], 7)[0][0].unwrap();
            assert!(low < share && share < high, "{name}: {low} {share} {high}");
            high - low
        };
        for name in ["linear", "markov:1"] {
            let ratio = width(&few, name) / width(&many, name);
            // A hundred times the journeys, a tenth of the width.
            assert!((8.0..12.5).contains(&ratio), "{name}: {ratio}");
        }
    }

    #[test]
    fn agrees_with_theory_for_one_touch() {
        // Shares of Poisson counts: given their sum they are binomial.
        let journeys = journeys(&[("a", 300.0, 0.0, 0.0), ("b", 700.0, 0.0, 0.0)]);
        let model = parse("last").map_err(|_| ()).unwrap();
        let prepared = model.prepare(&journeys);
        let (low, high) = intervals(&journeys, &[prepared.as_ref()], 1)[0][0].unwrap();
        let error = 1.96 * (0.3_f64 * 0.7 / 1000.0).sqrt();
        assert!((low - (0.3 - error)).abs() < 0.006 && (high - (0.3 + error)).abs() < 0.006);
    }
}
