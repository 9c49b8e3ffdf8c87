//! Drawing how many of `n` independent trials succeed, without `n` draws.
//!
//! Few expected successes are counted off the distribution function (inversion); many
//! are drawn by rejection from a hat that fits the distribution (BTRS). Both are exact:
//! each number comes up with its binomial probability, up to the rounding of floats.
//! Sources: L. Devroye, Non-Uniform Random Variate Generation (1986), X.4;
//! W. Hörmann, "The generation of binomial random variates", Journal of Statistical
//! Computation and Simulation 46 (1993), 101-110, algorithm BTRS.

use super::random::Random;

/// From this number of expected successes on, rejection is used; the hat needs it.
const LEAST_MEAN_OF_REJECTION: f64 = 10.0;

/// Draws the number of successes in `trials` trials that each succeed with `chance`.
///
/// A chance outside 0 to 1 is taken as the nearer end.
pub fn draw(random: &mut Random, trials: u64, chance: f64) -> u64 {
    if trials == 0 || chance <= 0.0 || chance.is_nan() {
        return 0;
    }
    if chance >= 1.0 {
        return trials;
    }
    if chance > 0.5 {
        return trials - draw(random, trials, 1.0 - chance);
    }
    if trials as f64 * chance < LEAST_MEAN_OF_REJECTION {
        invert(random, trials, chance)
    } else {
        reject(random, trials, chance)
    }
}

/// Walks up the distribution function until it passes a uniform number.
fn invert(random: &mut Random, trials: u64, chance: f64) -> u64 {
    let odds = chance / (1.0 - chance);
    let mut probability = (trials as f64 * (-chance).ln_1p()).exp();
    let mut left = random.unit();
    let mut successes = 0;
    while left > probability && successes < trials {
        left -= probability;
        successes += 1;
        probability *= odds * (trials - successes + 1) as f64 / successes as f64;
    }
    successes
}

/// BTRS; the names of the constants are those of the paper.
fn reject(random: &mut Random, trials: u64, chance: f64) -> u64 {
    let n = trials as f64;
    let deviation = (n * chance * (1.0 - chance)).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * chance;
    let c = n * chance + 0.5;
    let v_r = 0.92 - 4.2 / b;
    let alpha = (2.83 + 5.1 / b) * deviation;
    let shape = Shape::new(n, chance);
    loop {
        let u = random.unit() - 0.5;
        let v = random.unit();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + c).floor();
        if us >= 0.07 && v <= v_r {
            return k as u64;
        }
        if k < 0.0 || k > n {
            continue;
        }
        if (v * alpha / (a / (us * us) + b)).ln() <= shape.ln_relative(k) {
            return k as u64;
        }
    }
}

/// The binomial probabilities relative to that of the mode.
struct Shape {
    n: f64,
    odds: f64,
    mode: f64,
    at_mode: f64,
}

impl Shape {
    fn new(n: f64, chance: f64) -> Self {
        let mode = ((n + 1.0) * chance).floor();
        Self {
            n,
            odds: chance / (1.0 - chance),
            mode,
            at_mode: stirling_rest(mode) + stirling_rest(n - mode),
        }
    }

    /// `ln(P(k) / P(mode))`, with the factorials by Stirling's formula and its rest.
    fn ln_relative(&self, k: f64) -> f64 {
        let Self {
            n,
            odds,
            mode,
            at_mode,
        } = *self;
        (mode + 0.5) * ((mode + 1.0) / (odds * (n - mode + 1.0))).ln()
            + (n + 1.0) * ((n - mode + 1.0) / (n - k + 1.0)).ln()
            + (k + 0.5) * (odds * (n - k + 1.0) / (k + 1.0)).ln()
            + at_mode
            - stirling_rest(k)
            - stirling_rest(n - k)
    }
}

/// `ln k! - [½ ln 2π + (k + ½) ln(k + 1) - (k + 1)]`.
fn stirling_rest(k: f64) -> f64 {
    const SMALL: [f64; 10] = [
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_09,
        0.016_644_691_189_821_19,
        0.013_876_128_823_070_75,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_09,
        0.009_255_462_182_712_733,
        0.008_330_563_433_362_87,
    ];
    if let Some(rest) = SMALL.get(k as usize) {
        return *rest;
    }
    let next = k + 1.0;
    let square = next * next;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - 1.0 / (1680.0 * square)) / square) / square) / next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ln_factorial(k: u64) -> f64 {
        (1..=k).map(|i| (i as f64).ln()).sum()
    }

    fn probability(trials: u64, chance: f64, k: u64) -> f64 {
        let ways = ln_factorial(trials) - ln_factorial(k) - ln_factorial(trials - k);
        (ways + k as f64 * chance.ln() + (trials - k) as f64 * (1.0 - chance).ln()).exp()
    }

    /// Compares the counts of many draws with the exact probabilities.
    fn check(trials: u64, chance: f64) {
        const DRAWS: u32 = 100_000;
        let mut random = Random::seeded(trials ^ chance.to_bits());
        let mut counts = vec![0_u32; trials as usize + 1];
        for _ in 0..DRAWS {
            counts[draw(&mut random, trials, chance) as usize] += 1;
        }
        let (mut statistic, mut cells) = (0.0, 0.0);
        let (mut rare, mut rare_expected) = (0.0, 0.0);
        for (k, count) in counts.iter().enumerate() {
            let expected = f64::from(DRAWS) * probability(trials, chance, k as u64);
            if expected < 10.0 {
                rare += f64::from(*count);
                rare_expected += expected;
            } else {
                statistic += (f64::from(*count) - expected).powi(2) / expected;
                cells += 1.0;
            }
        }
        statistic += (rare - rare_expected).powi(2) / rare_expected.max(1.0);
        // Chi-square with `cells` degrees of freedom: mean `cells`, variance twice that.
        let limit = cells + 4.5 * (2.0 * cells + 2.0_f64).sqrt();
        assert!(
            statistic < limit,
            "{trials} trials at {chance}: {statistic} > {limit}"
        );
    }

    #[test]
    fn draws_follow_the_distribution() {
        for (trials, chance) in [
            (1, 0.3),
            (7, 0.5),
            (40, 0.02),
            (1_000, 0.009),
            (2_000, 0.001),
        ] {
            check(trials, chance);
        }
        for (trials, chance) in [
            (20, 0.5),
            (40, 0.25),
            (100, 0.9),
            (1_000, 0.0101),
            (3_000, 0.3),
        ] {
            check(trials, chance);
        }
    }

    #[test]
    fn large_numbers_keep_mean_and_spread() {
        let mut random = Random::seeded(3);
        let (trials, chance) = (1_000_000_000_u64, 0.001);
        let draws: Vec<f64> = (0..20_000)
            .map(|_| draw(&mut random, trials, chance) as f64)
            .collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 19_999.0;
        assert!((mean - 1e6).abs() < 5.0 * 1_000.0 / 20_000.0_f64.sqrt());
        assert!((variance / 999_000.0 - 1.0).abs() < 0.05);
    }

    #[test]
    fn ends() {
        let mut random = Random::seeded(1);
        assert_eq!(draw(&mut random, 0, 0.5), 0);
        assert_eq!(draw(&mut random, 9, 0.0), 0);
        assert_eq!(draw(&mut random, 9, 1.0), 9);
        assert_eq!(draw(&mut random, 9, f64::NAN), 0);
        assert_eq!(draw(&mut random, 9, 2.0), 9);
    }

    #[test]
    fn stirling_is_continued_smoothly() {
        for k in [0_u64, 5, 9, 10, 11, 50, 170] {
            let x = k as f64;
            let half_ln_two_pi = (2.0 * std::f64::consts::PI).ln() / 2.0;
            let formula = half_ln_two_pi + (x + 0.5) * (x + 1.0).ln() - (x + 1.0);
            assert!(
                (formula + stirling_rest(x) - ln_factorial(k)).abs() < 1e-11,
                "{k}"
            );
        }
    }
}
