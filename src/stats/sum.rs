//! Sums of floats that do not lose their small parts.
//!
//! Money is summed as whole numbers elsewhere; this is for shares, days and other
//! quantities that are floats to begin with. The order of the values is the caller's
//! and decides the last bit, so it must be a fixed one.
//! Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation
//! endlicher Summen", ZAMM 54 (1974), 39-51.

/// A running sum with the error of its rounding kept beside it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sum {
    total: f64,
    lost: f64,
}

impl Sum {
    /// Adds one value.
    pub fn add(&mut self, value: f64) {
        let total = self.total + value;
        let (larger, smaller) = if self.total.abs() >= value.abs() {
            (self.total, value)
        } else {
            (value, self.total)
        };
        self.lost += (larger - total) + smaller;
        self.total = total;
    }

    /// The sum so far. A sum beyond the range of floats is infinite, not NaN.
    #[must_use]
    pub fn total(self) -> f64 {
        if self.total.is_finite() {
            self.total + self.lost
        } else {
            self.total
        }
    }
}

/// The sum of `values`, in their order.
#[must_use]
pub fn compensated(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut sum = Sum::default();
    for value in values {
        sum.add(value);
    }
    sum.total()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_the_plain_sum_loses() {
        let values = [1.0, 1e100, 1.0, -1e100];
        assert_eq!(values.iter().sum::<f64>(), 0.0);
        assert_eq!(compensated(values), 2.0);
        assert_eq!(
            compensated(std::iter::repeat_n(0.1, 10_000_000)),
            1_000_000.0
        );
    }

    #[test]
    fn edges() {
        assert_eq!(compensated([]), 0.0);
        assert_eq!(compensated([f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(compensated([f64::INFINITY, 1.0]), f64::INFINITY);
    }
}
