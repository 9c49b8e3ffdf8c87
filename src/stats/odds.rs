//! The odds ratio of a two-by-two table.
//!
//! Half a member is added to each cell, so that an empty cell gives a large but finite
//! ratio (Haldane, Anscombe). Source of the interval: B. Woolf, "On estimating the
//! relation between blood group and disease", Annals of Human Genetics 19 (1955), 251-253.

use super::normal::Z95;

/// An odds ratio with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Odds {
    /// How many times the odds are with the factor what they are without it.
    pub ratio: f64,
    /// Low end of the interval.
    pub low: f64,
    /// High end of the interval.
    pub high: f64,
}

/// The odds ratio of `a` hits and `b` misses with a factor, `c` hits and `d` misses
/// without it.
#[must_use]
pub fn ratio(a: u64, b: u64, c: u64, d: u64) -> Odds {
    let [a, b, c, d] = [a, b, c, d].map(|count| count as f64 + 0.5);
    let logarithm = (a * d / (b * c)).ln();
    let half = Z95 * (1.0 / a + 1.0 / b + 1.0 / c + 1.0 / d).sqrt();
    Odds {
        ratio: a * d / (b * c),
        low: (logarithm - half).exp(),
        high: (logarithm + half).exp(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_of_the_dictionary() {
        // Metrics dictionary, 12.12.
        let found = ratio(5, 1, 2, 10);
        assert!((found.ratio - 15.4).abs() < 1e-12);
        assert!((found.low * found.high - 15.4 * 15.4).abs() < 1e-9);
        assert!(found.low > 1.0 && found.low < found.ratio);
    }

    #[test]
    fn empty_cells_give_finite_ratios_and_groups_mirror() {
        let found = ratio(10, 0, 0, 10);
        assert!(found.ratio.is_finite() && found.low > 1.0);
        let (forth, back) = (ratio(7, 3, 2, 9), ratio(2, 9, 7, 3));
        assert!((forth.ratio * back.ratio - 1.0).abs() < 1e-12);
        assert!((forth.low * back.high - 1.0).abs() < 1e-12);
        assert_eq!(ratio(0, 0, 0, 0).ratio, 1.0);
    }
}
