//! Decimal numbers as their digits, for `number`.
//!
//! Moving the point and rounding half away from zero are exact here, which they are not
//! in binary floats. This is for printing a few thousand figures, not for computing.

use crate::domain::money::Money;

/// A decimal number as its digits, in which moving the point and rounding are exact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    /// Below zero; never set for zero itself.
    pub negative: bool,
    /// Digits 0 to 9, at least one before the point.
    pub whole: Vec<u8>,
    /// Digits 0 to 9 behind the point.
    pub fraction: Vec<u8>,
}

impl Decimal {
    /// The shortest digits that stand for a finite value.
    #[must_use]
    pub fn of(value: f64) -> Self {
        Self::parse(&value.to_string())
    }

    /// The exact digits of an amount, in units.
    #[must_use]
    pub fn of_money(amount: Money) -> Self {
        Self::parse(&amount.to_string())
    }

    /// `k / n` by long division, with more digits than any print needs; `n` is not 0.
    #[must_use]
    pub fn of_ratio(k: u64, n: u64) -> Self {
        let (n, mut rest) = (u128::from(n.max(1)), u128::from(k));
        let whole = (rest / n)
            .to_string()
            .bytes()
            .map(|byte| byte - b'0')
            .collect();
        let mut fraction = Vec::new();
        rest %= n;
        while rest > 0 && fraction.len() < RATIO_DIGITS {
            rest *= 10;
            fraction.push(u8::try_from(rest / n).unwrap_or(9));
            rest %= n;
        }
        Self {
            negative: false,
            whole,
            fraction,
        }
    }

    /// Reads `-123.45`; anything but digits and one point is left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let negative = text.starts_with('-');
        let text = text.trim_start_matches('-');
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| -> Vec<u8> {
            part.bytes()
                .filter(u8::is_ascii_digit)
                .map(|byte| byte - b'0')
                .collect()
        };
        let number = Self {
            negative,
            whole: digits(whole),
            fraction: digits(fraction),
        };
        number.tidy()
    }

    /// Without leading zeros, and without a minus sign before zero.
    fn tidy(mut self) -> Self {
        let zeros = self.whole.iter().take_while(|digit| **digit == 0).count();
        self.whole
            .drain(..zeros.min(self.whole.len().saturating_sub(1)));
        if self.whole.is_empty() {
            self.whole.push(0);
        }
        self.negative &= !self.is_zero();
        self
    }

    /// Times ten to the power of `places`.
    #[must_use]
    pub fn shift(&self, places: usize) -> Self {
        let mut shifted = self.clone();
        for index in 0..places {
            shifted
                .whole
                .push(self.fraction.get(index).copied().unwrap_or(0));
        }
        shifted.fraction.drain(..places.min(self.fraction.len()));
        shifted.tidy()
    }

    /// Divided by ten to the power of `places`.
    #[must_use]
    pub fn shift_down(&self, places: usize) -> Self {
        let mut whole = vec![0; places];
        whole.extend(&self.whole);
        let mut fraction = whole.split_off(whole.len() - places);
        fraction.extend(&self.fraction);
        let shifted = Self {
            negative: self.negative,
            whole,
            fraction,
        };
        shifted.tidy()
    }

    /// With exactly `decimals` digits behind the point, half away from zero.
    #[must_use]
    pub fn round(&self, decimals: usize) -> Self {
        let mut rounded = self.clone();
        let up = self.fraction.get(decimals).is_some_and(|digit| *digit >= 5);
        rounded.fraction.resize(decimals, 0);
        if up {
            rounded.carry();
        }
        rounded.tidy()
    }

    /// Adds one in the last place.
    fn carry(&mut self) {
        for digit in self
            .fraction
            .iter_mut()
            .rev()
            .chain(self.whole.iter_mut().rev())
        {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.whole.insert(0, 1);
    }

    /// True for zero, however many digits it is written with.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.whole
            .iter()
            .chain(&self.fraction)
            .all(|digit| *digit == 0)
    }

    /// True where nothing but zeros stands behind the point.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.fraction.iter().all(|digit| *digit == 0)
    }

    /// The power of ten of the first digit that is not 0; 0 for zero itself.
    #[must_use]
    pub fn leading_position(&self) -> i32 {
        if self.whole != [0] {
            return i32::try_from(self.whole.len()).unwrap_or(i32::MAX) - 1;
        }
        let zeros = self.fraction.iter().position(|digit| *digit != 0);
        zeros.map_or(0, |zeros| -i32::try_from(zeros).unwrap_or(i32::MAX - 1) - 1)
    }

    /// The nearest float; for judging size, not for printing.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        let text = format!("{}.{}", written(&self.whole), written(&self.fraction));
        let magnitude = text.parse().unwrap_or(0.0);
        if self.negative { -magnitude } else { magnitude }
    }

    /// Grouped, without the sign.
    #[must_use]
    pub fn magnitude(&self) -> String {
        let whole = grouped(&written(&self.whole));
        if self.fraction.is_empty() {
            return whole;
        }
        format!("{whole}.{}", written(&self.fraction))
    }

    /// Grouped, with a minus sign where it is below zero.
    #[must_use]
    pub fn print(&self) -> String {
        let sign = if self.negative { "-" } else { "" };
        format!("{sign}{}", self.magnitude())
    }
}

/// Enough that rounding to a few decimals cannot depend on what was cut off.
const RATIO_DIGITS: usize = 40;

fn written(digits: &[u8]) -> String {
    digits
        .iter()
        .map(|digit| char::from(b'0' + digit))
        .collect()
}

/// A whole number, as its digits, with commas between groups of three.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let (sign, digits) = digits
        .strip_prefix('-')
        .map_or(("", digits), |rest| ("-", rest));
    let mut text = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
