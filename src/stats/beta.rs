//! The beta distribution: what is known of a rate after `k` of `n`.

use libm::{exp, lgamma, log, log1p};

/// Terms of the continued fraction; it converges in about the square root of the larger
/// parameter.
const MOST_TERMS: u32 = 5_000;

/// A beta distribution; both parameters above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    /// Successes, with those of the prior.
    pub a: f64,
    /// Failures, with those of the prior.
    pub b: f64,
}

impl Beta {
    /// `a / (a + b)`.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// The variance of the rate.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        mean * (1.0 - mean) / (self.a + self.b + 1.0)
    }

    /// The chance of a rate below `x`: the regularised incomplete beta function.
    ///
    /// Source: W. Press et al., Numerical Recipes (3rd ed., 2007), 6.4, the continued
    /// fraction 6.4.5 by the method of Lentz.
    #[must_use]
    pub fn below(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        if x >= 1.0 {
            return 1.0;
        }
        let Self { a, b } = *self;
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
        if x < (a + 1.0) / (a + b + 2.0) {
            front * fraction(a, b, x) / a
        } else {
            1.0 - front * fraction(b, a, 1.0 - x) / b
        }
    }

    /// The rate below which a share `p` of the distribution lies, by bisection.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..80 {
            let middle = 0.5 * (low + high);
            if self.below(middle) < p {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let safe = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / safe(1.0 - (a + b) * x / (a + 1.0));
    let mut value = d;
    for term in 1..=MOST_TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / safe(1.0 + even * d);
        c = safe(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / safe(1.0 + odd * d);
        c = safe(1.0 + odd / c);
        value *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Golden cases G5 and G6 of the what-if.
    #[test]
    fn twenty_of_a_thousand_and_none_of_a_hundred() {
        let some = Beta { a: 20.5, b: 980.5 };
        assert!((some.mean() - 0.020_479_5).abs() < 5e-8);
        for (p, value) in [
            (0.1, 0.014_987_8),
            (0.9, 0.026_381_7),
            (0.025, 0.012_651_0),
            (0.975, 0.030_116_9),
        ] {
            assert!((some.quantile(p) - value).abs() < 5e-8, "{p}");
        }
        let none = Beta { a: 1.0, b: 101.0 };
        assert!((none.mean() - 0.009_803_9).abs() < 5e-8);
        assert!((none.quantile(0.975) - 0.035_864_6).abs() < 5e-8);
    }

    #[test]
    fn closed_forms_and_symmetry() {
        let uniform = Beta { a: 1.0, b: 1.0 };
        assert!((uniform.below(0.3) - 0.3).abs() < 1e-14);
        let power = Beta { a: 7.0, b: 1.0 };
        assert!((power.below(0.8) - 0.8_f64.powi(7)).abs() < 1e-14);
        for (a, b, x) in [(0.4, 3.0, 0.05), (120.0, 4_000.0, 0.03), (2.0, 2.0, 0.9)] {
            let here = Beta { a, b }.below(x);
            let mirrored = 1.0 - Beta { a: b, b: a }.below(1.0 - x);
            assert!((here - mirrored).abs() < 1e-12);
        }
    }
}
