//! Numbers that need no neighbours, one by one and fast.

use crate::domain::money::Money;

/// Digits with or without a point and up to six places, in millionths; nothing for any
/// other cell. Exactly three places may be thousands in some countries, so the column
/// decides over them.
#[must_use]
pub fn plain_micros(cell: &str) -> Option<i64> {
    let (digits, negative) = match cell.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (cell, false),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain =
        |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(places) || whole.len() > 11 || places.len() == 3 || places.len() > 6
    {
        return None;
    }
    let fraction: i64 = places.parse().ok()?;
    let fraction = fraction * 10_i64.pow(6 - places.len() as u32);
    let micros = whole.parse::<i64>().ok()? * Money::SCALE + fraction;
    Some(if negative { -micros } else { micros })
}

#[cfg(test)]
mod tests {
    use super::super::{NumberColumn, NumberOptions};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_that_speak_for_themselves() {
        assert_eq!(plain_micros("12"), Some(12_000_000));
        assert_eq!(plain_micros("-0.5"), Some(-500_000));
        assert_eq!(plain_micros("1.234567"), Some(1_234_567));
        for cell in ["", "-", "1.234", "1,5", "1e3", ".5", "5.", "12 EUR", "+1"] {
            assert_eq!(plain_micros(cell), None, "{cell}");
        }
    }

    proptest! {
        #[test]
        fn fast_and_slow_agree(cell in "-?[0-9]{1,9}([.][0-9]{1,6})?") {
            if let Some(micros) = plain_micros(&cell) {
                let mut column = NumberColumn::new(NumberOptions::default());
                column.push(&cell);
                let numbers = column.finish_beside(None);
                prop_assert_eq!(numbers.micros(0), Some(i128::from(micros)));
            }
        }
    }
}
