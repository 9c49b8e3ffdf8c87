//! Quantiles and means.
//!
//! Type 7 of Hyndman and Fan, "Sample quantiles in statistical packages", The
//! American Statistician 50 (1996), 361-365: linear interpolation between order
//! statistics, as spreadsheets, R and numpy do by default.

use super::sum;

/// The `q` quantile (0 to 1) of values that are sorted already, smallest first.
///
/// `None` for no values, or a `q` outside 0 to 1.
#[must_use]
pub fn quantile(sorted: &[f64], q: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&q) {
        return None;
    }
    let position = sorted.len().checked_sub(1)? as f64 * q;
    let below = *sorted.get(position.floor() as usize)?;
    let above = *sorted.get(position.ceil() as usize)?;
    Some(below + (above - below) * position.fract())
}

/// The arithmetic mean; `None` for no values.
#[must_use]
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    Some(sum::compensated(values.iter().copied()) / values.len() as f64)
}

/// Moves the values so that those [`quantile`] reads for `shares` stand where sorting would
/// put them: several times faster than sorting, with the same quantiles.
pub fn arrange(values: &mut [f64], shares: &[f64]) {
    let Some(last) = values.len().checked_sub(1) else {
        return;
    };
    let mut wanted: Vec<usize> = shares
        .iter()
        .map(|share| last as f64 * share)
        .flat_map(|position| [position.floor() as usize, position.ceil() as usize])
        .collect();
    wanted.sort_unstable();
    wanted.dedup();
    place(values, 0, &wanted);
}

/// `values` begin at `first` of the whole.
fn place(values: &mut [f64], first: usize, wanted: &[usize]) {
    let middle = wanted.len() / 2;
    let Some(at) = wanted.get(middle).map(|at| at - first) else {
        return;
    };
    if at >= values.len() {
        return;
    }
    let (smaller, _, larger) = values.select_nth_unstable_by(at, f64::total_cmp);
    place(smaller, first, &wanted[..middle]);
    place(larger, first + at + 1, &wanted[middle + 1..]);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn vectors_of_the_dictionary() {
        // Metrics dictionary, 12.12.
        let values = [2.0, 4.0, 7.0, 11.0, 30.0];
        for (q, expected) in [
            (0.0, 2.0),
            (0.5, 7.0),
            (0.9, 22.4),
            (0.95, 26.2),
            (1.0, 30.0),
        ] {
            assert!((quantile(&values, q).unwrap() - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn arranged_values_have_the_quantiles_of_sorted_ones() {
        let shares = [0.0, 0.025, 0.1, 0.5, 0.9, 0.975, 1.0];
        for n in [0_u32, 1, 2, 3, 10, 41, 1_000] {
            let values: Vec<f64> = (0..n).map(|i| f64::from(i * 7_919 % 101)).collect();
            let (mut sorted, mut arranged) = (values.clone(), values);
            sorted.sort_by(f64::total_cmp);
            arrange(&mut arranged, &shares);
            for share in shares {
                assert_eq!(quantile(&sorted, share), quantile(&arranged, share), "{n}");
            }
        }
    }

    #[test]
    fn nothing_has_no_quantile_and_no_mean() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[1.0], 1.5), None);
        assert_eq!(quantile(&[1.0], f64::NAN), None);
        assert_eq!(quantile(&[3.0], 0.9), Some(3.0));
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[1.0, 2.0, 6.0]), Some(3.0));
    }
}
