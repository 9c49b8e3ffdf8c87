//! Numbers drawn from continuous distributions.
//!
//! Written over [`Random`] and `libm`, so that a seed gives the same bits on every
//! platform. A normal number is the quantile of one uniform number: draws of one stream
//! stay in step whatever their parameters are.

use super::normal;
use super::random::Random;

/// A standard normal number.
pub fn normal(random: &mut Random) -> f64 {
    normal::quantile(random.unit())
}

/// A gamma number of this shape (above 0) and scale 1.
///
/// Source: G. Marsaglia and W. W. Tsang, "A simple method for generating gamma variables",
/// ACM Transactions on Mathematical Software 26 (2000), 363-372; shapes below 1 by their
/// remark on the next larger shape.
pub fn gamma(random: &mut Random, shape: f64) -> f64 {
    if shape < 1.0 {
        let factor = libm::pow(random.unit(), 1.0 / shape);
        return gamma(random, shape + 1.0) * factor;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let z = normal(random);
        let root = 1.0 + c * z;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        let square = z * z;
        let unit = random.unit();
        // Nearly always decided without a logarithm, and never otherwise than with it.
        if unit < 1.0 - 0.0331 * square * square
            || libm::log(unit) < 0.5 * square + d - d * v + d * libm::log(v)
        {
            return d * v;
        }
    }
}

/// A beta number; both parameters above 0.
pub fn beta(random: &mut Random, a: f64, b: f64) -> f64 {
    let (x, y) = (gamma(random, a), gamma(random, b));
    let sum = x + y;
    // Parameters far below 1 may underflow both.
    if sum > 0.0 { x / sum } else { a / (a + b) }
}

/// A chi-square number of this many degrees of freedom (above 0).
pub fn chi_square(random: &mut Random, freedom: f64) -> f64 {
    2.0 * gamma(random, freedom / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(mut draw: impl FnMut(&mut Random) -> f64) -> (f64, f64) {
        let mut random = Random::seeded(5);
        let values: Vec<f64> = (0..100_000).map(|_| draw(&mut random)).collect();
        let mean = values.iter().sum::<f64>() / 1e5;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 1e5;
        (mean, variance)
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let near = |found: (f64, f64), mean: f64, variance: f64| {
            // Six standard errors of the mean; the variance within a twentieth.
            assert!(
                (found.0 - mean).abs() < 6.0 * (variance / 1e5_f64).sqrt(),
                "{found:?}"
            );
            assert!((found.1 / variance - 1.0).abs() < 0.05, "{found:?}");
        };
        near(moments(normal), 0.0, 1.0);
        for shape in [0.3, 1.0, 4.5, 300.0] {
            near(moments(|r| gamma(r, shape)), shape, shape);
        }
        for (a, b) in [(0.5, 0.5), (2.0, 60.0), (800.0, 200.0)] {
            let (sum, mean): (f64, f64) = (a + b, a / (a + b));
            near(
                moments(|r| beta(r, a, b)),
                mean,
                mean * (1.0 - mean) / (sum + 1.0),
            );
        }
        near(moments(|r| chi_square(r, 9.0)), 9.0, 18.0);
    }
}
