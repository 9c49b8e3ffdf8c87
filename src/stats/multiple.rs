//! Many comparisons at once.
//!
//! A table that compares twenty groups with a reference finds one "significant" by
//! chance alone. The adjusted p-values keep the share of false finds among the
//! starred ones at the chosen level.
//! Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate",
//! JRSS B 57 (1995), 289-300.

/// Only rows whose adjusted p is at most this may be starred.
pub const FALSE_DISCOVERY: f64 = 0.10;

/// Benjamini-Hochberg adjusted p-values, in the order of `p_values` (each in 0..=1).
#[must_use]
pub fn adjusted(p_values: &[f64]) -> Vec<f64> {
    let comparisons = p_values.len() as f64;
    let mut by_size: Vec<usize> = (0..p_values.len()).collect();
    by_size.sort_by(|a, b| p_values[*b].total_cmp(&p_values[*a]));
    let mut result = vec![1.0; p_values.len()];
    let mut smallest = 1.0_f64;
    for (position, index) in by_size.into_iter().enumerate() {
        let rank = comparisons - position as f64;
        smallest = smallest.min(p_values[index] * comparisons / rank);
        result[index] = smallest;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_of_the_dictionary() {
        // Metrics dictionary, 12.2.
        let found = adjusted(&[0.001, 0.008, 0.039, 0.041, 0.27]);
        let expected = [0.005, 0.02, 0.05125, 0.05125, 0.27];
        for (found, expected) in found.iter().zip(expected) {
            assert!(
                (found - expected).abs() < 1e-12,
                "{found} is not {expected}"
            );
        }
    }

    #[test]
    fn keeps_the_order_of_the_input() {
        let found = adjusted(&[0.27, 0.001, 0.041, 0.039, 0.008]);
        assert_eq!(found[0], 0.27);
        assert!((found[1] - 0.005).abs() < 1e-12);
        assert_eq!(found[2], found[3]);
    }

    #[test]
    fn few_values() {
        assert!(adjusted(&[]).is_empty());
        assert_eq!(adjusted(&[0.03]), [0.03]);
        assert_eq!(adjusted(&[1.0, 1.0]), [1.0, 1.0]);
    }
}
