//! Money as a fixed-point integer.
//!
//! Ad exports carry millionths, so an amount is a whole number of millionths of one
//! currency unit. Sums are exact and do not depend on their order; a float appears
//! only where a ratio is formed.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

/// An amount in millionths of a unit of the report currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i128);

impl Money {
    /// Millionths in one unit.
    pub const SCALE: i64 = 1_000_000;
    /// No money.
    pub const ZERO: Self = Self(0);

    /// From millionths of a unit.
    #[must_use]
    pub fn from_micros(micros: i128) -> Self {
        Self(micros)
    }

    /// From a number of units, rounded to the nearest millionth (half away from zero).
    #[must_use]
    pub fn from_units(units: f64) -> Self {
        Self((units * Self::SCALE as f64).round() as i128)
    }

    /// In millionths of a unit.
    #[must_use]
    pub fn micros(self) -> i128 {
        self.0
    }

    /// In units, as the nearest float; for ratios and charts, never for sums.
    #[must_use]
    pub fn units(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

/// Exact decimal form without grouping and without trailing zeros: `1234.5`, `-0.25`, `7`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = u128::from(Self::SCALE.unsigned_abs());
        let magnitude = self.0.unsigned_abs();
        let (whole, fraction) = (magnitude / scale, magnitude % scale);
        let sign = if self.0 < 0 { "-" } else { "" };
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let digits = format!("{fraction:06}");
        write!(f, "{sign}{whole}.{}", digits.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_exactly() {
        for (micros, text) in [
            (1_234_500_000, "1234.5"),
            (-250_000, "-0.25"),
            (7_000_000, "7"),
            (1, "0.000001"),
            (0, "0"),
        ] {
            assert_eq!(Money::from_micros(micros).to_string(), text);
        }
    }

    #[test]
    fn ten_thousand_dimes_are_a_thousand() {
        let dimes = std::iter::repeat_n(Money::from_units(0.10), 10_000);
        assert_eq!(dimes.sum::<Money>().to_string(), "1000");
    }
}
