//! How much of the move of a product is due to each of its factors.
//!
//! With y = f1 x f2 x ..., the contribution of factor f is L x ln(f_after / f_before),
//! where L = (y1 - y0) / ln(y1 / y0) is the logarithmic mean of the products (y0 where
//! both are equal). The contributions add up to y1 - y0 and do not depend on the order of
//! the factors. Source: metrics dictionary 11.5; B. W. Ang, "The LMDI approach to
//! decomposition analysis: a practical guide", Energy Policy 33 (2005), 867-871.

/// The contribution of each factor to the move of the product, in units of the product;
/// `None` where a factor is not above zero on both sides or the lists differ in length.
#[must_use]
pub fn contributions(before: &[f64], after: &[f64]) -> Option<Vec<f64>> {
    let is_above = |list: &[f64]| list.iter().all(|factor| *factor > 0.0);
    if before.len() != after.len() || !is_above(before) || !is_above(after) {
        return None;
    }
    let mean = logarithmic_mean(before.iter().product(), after.iter().product());
    let pairs = before.iter().zip(after);
    Some(
        pairs
            .map(|(before, after)| mean * libm::log(after / before))
            .collect(),
    )
}

/// Of two numbers above zero. Near each other the quotient loses its digits, so there it
/// is the series of the quotient around their mean.
fn logarithmic_mean(first: f64, second: f64) -> f64 {
    let middle = f64::midpoint(first, second);
    let part = (second - first) / (second + first);
    if part.abs() < 1e-3 {
        let square = part * part;
        return middle / (1.0 + square / 3.0 + square * square / 5.0);
    }
    (second - first) / libm::log(second / first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The counts of stages as a product: the first, then what each step keeps.
    fn chain(counts: &[f64]) -> Vec<f64> {
        let steps = counts.windows(2).map(|pair| pair[1] / pair[0]);
        std::iter::once(counts[0]).chain(steps).collect()
    }

    #[test]
    fn vector_of_the_dictionary() {
        // Metrics dictionary, 12.8: leads, mql, sql, wins.
        let before = chain(&[1000.0, 400.0, 200.0, 60.0]);
        let after = chain(&[1200.0, 420.0, 231.0, 66.0]);
        let found = contributions(&before, &after).unwrap();
        for (found, wanted) in found.iter().zip([11.4776, -8.4061, 6.0000, -3.0715]) {
            assert!((found - wanted).abs() < 5e-5, "{found} is not {wanted}");
        }
        assert!((found.iter().sum::<f64>() - 6.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_not_above_zero_has_no_logarithm() {
        assert_eq!(contributions(&[10.0, 0.0], &[10.0, 0.1]), None);
        assert_eq!(contributions(&[10.0], &[10.0, 1.0]), None);
        assert_eq!(contributions(&[], &[]), Some(vec![]));
    }

    #[test]
    fn a_product_that_stands_still_may_have_factors_that_moved() {
        let found = contributions(&[10.0, 0.2], &[20.0, 0.1]).unwrap();
        assert!((found[0] - 2.0 * 2.0_f64.ln()).abs() < 1e-12);
        assert!((found[0] + found[1]).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn contributions_add_up(
            pairs in proptest::collection::vec((0.01_f64..100.0, 0.01_f64..100.0), 1..6),
        ) {
            let (before, after): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let found = contributions(&before, &after).unwrap();
            let (y0, y1): (f64, f64) = (before.iter().product(), after.iter().product());
            let sum: f64 = found.iter().sum();
            prop_assert!((sum - (y1 - y0)).abs() <= 1e-9 * y0.max(y1));
        }
    }
}
