//! Numbers drawn from a seed.
//!
//! The generator is PCG (M. E. O'Neill, "PCG: a family of simple fast space-efficient
//! statistically good algorithms", 2014), whose output for a seed is fixed. How its
//! bits become numbers is written out here rather than taken from a library, so an
//! update of a dependency never changes a printed interval.

use rand_pcg::Pcg64Mcg;
use rand_pcg::rand_core::{Rng, SeedableRng};

/// A stream of random numbers; the same seed gives the same stream everywhere.
#[derive(Debug, Clone)]
pub struct Random(Pcg64Mcg);

impl Random {
    /// The stream of this seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Pcg64Mcg::seed_from_u64(seed))
    }

    /// Uniform between 0 and 1, neither of them included.
    pub fn unit(&mut self) -> f64 {
        const STEPS: f64 = (1_u64 << 52) as f64;
        ((self.0.next_u64() >> 12) as f64 + 0.5) / STEPS
    }

    /// Uniform among `0..bound`, every value equally likely; 0 for a `bound` of 0.
    ///
    /// Source: D. Lemire, "Fast random integer generation in an interval", ACM
    /// Transactions on Modeling and Computer Simulation 29 (2019).
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut product = self.scaled(bound);
        if (product as u64) < bound {
            let overhang = bound.wrapping_neg() % bound;
            while (product as u64) < overhang {
                product = self.scaled(bound);
            }
        }
        (product >> 64) as u64
    }

    fn scaled(&mut self, bound: u64) -> u128 {
        u128::from(self.0.next_u64()) * u128::from(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_stream() {
        let mut first = Random::seeded(7);
        let mut again = Random::seeded(7);
        let mut other = Random::seeded(8);
        let drawn: Vec<u64> = (0..5).map(|_| first.below(1_000_000)).collect();
        assert_eq!(
            drawn,
            (0..5).map(|_| again.below(1_000_000)).collect::<Vec<u64>>()
        );
        assert_ne!(
            drawn,
            (0..5).map(|_| other.below(1_000_000)).collect::<Vec<u64>>()
        );
    }

    #[test]
    fn draws_are_even() {
        let mut random = Random::seeded(1);
        let mut counts = [0_u32; 7];
        let mut total = 0.0;
        for _ in 0..70_000 {
            counts[random.below(7) as usize] += 1;
            let unit = random.unit();
            assert!(0.0 < unit && unit < 1.0);
            total += unit;
        }
        // Five standard errors.
        assert!(
            counts.iter().all(|count| count.abs_diff(10_000) < 465),
            "{counts:?}"
        );
        assert!((total / 70_000.0 - 0.5).abs() < 0.0055);
    }

    #[test]
    fn narrow_bounds() {
        let mut random = Random::seeded(1);
        assert_eq!((random.below(0), random.below(1)), (0, 0));
        assert!(random.below(u64::MAX) < u64::MAX);
    }
}
