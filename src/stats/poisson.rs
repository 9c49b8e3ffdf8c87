//! Poisson numbers.

use super::random::Random;

/// Above this mean drawing one by one takes longer than the transformed rejection.
const FEW: f64 = 10.0;

/// A Poisson number with this mean; 0 for a mean that is not above 0. Below ten by
/// inversion, else by transformed rejection.
///
/// Source: W. Hörmann, "The transformed rejection method for generating Poisson random
/// variables", Insurance: Mathematics and Economics 12 (1993), 39-45 (algorithm PTRS).
pub fn draw(random: &mut Random, mean: f64) -> u64 {
    if mean.is_nan() || mean <= 0.0 {
        return 0;
    }
    if mean < FEW {
        return by_inversion(random, mean);
    }
    by_rejection(random, mean)
}

/// The chance of at most `count` where `mean` are expected.
#[must_use]
pub fn at_most(mean: f64, count: u64) -> f64 {
    if mean <= 0.0 {
        return 1.0;
    }
    let mut chance = libm::exp(-mean);
    let mut sum = chance;
    for number in 1..=count {
        chance *= mean / number as f64;
        sum += chance;
    }
    sum.min(1.0)
}

/// The 95 % interval of the mean where `count` were counted, by Byar's approximation of the
/// exact one; from 0 on where nothing was counted.
///
/// Source: N. Breslow and N. Day, "Statistical Methods in Cancer Research", volume 2 (IARC
/// 1987), page 69.
#[must_use]
pub fn interval(count: u64) -> (f64, f64) {
    let end = |count: f64, side: f64| {
        let cube = 1.0 - 1.0 / (9.0 * count) + side * super::normal::Z95 / (3.0 * count.sqrt());
        count * cube.powi(3)
    };
    let low = if count == 0 {
        0.0
    } else {
        end(count as f64, -1.0)
    };
    (low.max(0.0), end(count as f64 + 1.0, 1.0))
}

/// The least number that is not passed with the chance `q`; by the normal distribution
/// (with its skewness, E. Cornish and R. Fisher 1938) from a thousand on.
#[must_use]
pub fn quantile(mean: f64, q: f64) -> f64 {
    if mean <= 0.0 {
        return 0.0;
    }
    if mean > 1_000.0 {
        let z = super::normal::quantile(q);
        return (mean + z * mean.sqrt() + (z * z - 1.0) / 6.0).round();
    }
    let mut chance = libm::exp(-mean);
    let (mut sum, mut count) = (chance, 0.0);
    while sum < q && count < 10_000.0 {
        count += 1.0;
        chance *= mean / count;
        sum += chance;
    }
    count
}

fn by_inversion(random: &mut Random, mean: f64) -> u64 {
    let mut left = random.unit();
    let mut chance = libm::exp(-mean);
    let mut count = 0_u64;
    while left > chance {
        left -= chance;
        count += 1;
        chance *= mean / count as f64;
        if chance < f64::MIN_POSITIVE {
            break;
        }
    }
    count
}

fn by_rejection(random: &mut Random, mean: f64) -> u64 {
    let b = 0.931 + 2.53 * mean.sqrt();
    let a = -0.059 + 0.024_83 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let v_r = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = random.unit() - 0.5;
        let v = random.unit();
        let us = 0.5 - u.abs();
        let k = ((2.0 * a / us + b) * u + mean + 0.43).floor();
        if us >= 0.07 && v <= v_r {
            return k as u64;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        let left = (v * inverse_alpha / (a / (us * us) + b)).ln();
        if left <= k * mean.ln() - mean - ln_factorial(k) {
            return k as u64;
        }
    }
}

/// ln(k!), to about fifteen digits: the products themselves for small numbers, else
/// Stirling's series.
fn ln_factorial(k: f64) -> f64 {
    if k < 10.0 {
        let product: f64 = (1..=k as u64).map(|factor| factor as f64).product();
        return product.ln();
    }
    let series = 1.0 / (12.0 * k) - 1.0 / (360.0 * k.powi(3)) + 1.0 / (1260.0 * k.powi(5));
    (k + 0.5) * k.ln() - k + 0.5 * (2.0 * std::f64::consts::PI).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(mean: f64) -> (f64, f64) {
        let mut random = Random::seeded(3);
        let draws: Vec<f64> = (0..200_000)
            .map(|_| draw(&mut random, mean) as f64)
            .collect();
        let n = draws.len() as f64;
        let centre = draws.iter().sum::<f64>() / n;
        let spread = draws.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / (n - 1.0);
        (centre, spread)
    }

    /// Exact ends (F. Garwood 1936), as tables print them.
    #[test]
    fn intervals_are_those_of_the_tables() {
        for (count, low, high) in [
            (0, 0.0, 3.69),
            (1, 0.025, 5.57),
            (10, 4.80, 18.39),
            (100, 81.4, 121.6),
        ] {
            let found = interval(count);
            let near = |found: f64, wanted: f64| (found - wanted).abs() <= 0.05 + wanted * 0.003;
            assert!(
                near(found.0, low) && near(found.1, high),
                "{count}: {found:?}"
            );
        }
    }

    #[test]
    fn mean_and_variance_are_the_mean() {
        for mean in [0.02, 0.7, 3.0, 9.9, 10.0, 47.0, 900.0, 14_413.0] {
            let (centre, spread) = moments(mean);
            // Five standard errors; the variance of the sample variance is 2m² + m over n.
            let n = 200_000.0_f64;
            assert!(
                (centre - mean).abs() < 5.0 * (mean / n).sqrt(),
                "{mean}: {centre}"
            );
            let error = ((2.0 * mean * mean + mean) / n).sqrt();
            assert!((spread - mean).abs() < 5.0 * error, "{mean}: {spread}");
        }
    }

    #[test]
    fn both_ways_agree_where_they_meet() {
        let share = |draw: fn(&mut Random, f64) -> u64| -> Vec<f64> {
            let mut random = Random::seeded(11);
            let mut counts = vec![0.0; 40];
            for _ in 0..200_000 {
                counts[(draw(&mut random, 12.0) as usize).min(39)] += 1.0 / 200_000.0;
            }
            counts
        };
        for (one, other) in share(by_inversion).iter().zip(share(by_rejection)) {
            assert!((one - other).abs() < 0.005, "{one} {other}");
        }
    }

    #[test]
    fn no_mean_no_number() {
        let mut random = Random::seeded(1);
        for mean in [0.0, -1.0, f64::NAN] {
            assert_eq!(draw(&mut random, mean), 0);
        }
    }
}
