//! What young cohorts will come to, told from how older ones went on (chain ladder).
//!
//! For input that is counted by cohort and age and has no single dates. Each age has one
//! factor: what the cohorts known at the next age had then, over what the same ones had at
//! this age. Metrics dictionary 11.7; the method is the actuaries' (T. Mack, ASTIN Bulletin
//! 23 (1993), 213-225).

/// What the triangle says.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// From each age to the next; absent where no cohort is known at both or the older ones
    /// had nothing yet.
    pub factors: Vec<Option<f64>>,
    /// What each cohort comes to at the last age; absent where a factor on its way is, and
    /// for a cohort without any age.
    pub ultimates: Vec<Option<f64>>,
}

/// Factors and ultimates of a triangle: cumulative values by cohort, then age, each row as
/// long as its cohort is old.
#[must_use]
pub fn chain_ladder(triangle: &[Vec<f64>]) -> Ladder {
    let ages = triangle.iter().map(Vec::len).max().unwrap_or(0);
    let factors: Vec<Option<f64>> = (1..ages).map(|age| factor(triangle, age)).collect();
    let ultimate = |row: &Vec<f64>| {
        let latest = *row.last()?;
        let later = factors.get(row.len() - 1..)?;
        later
            .iter()
            .try_fold(latest, |value, factor| Some(value * (*factor)?))
    };
    Ladder {
        ultimates: triangle.iter().map(ultimate).collect(),
        factors,
    }
}

/// From the age before to `age`, over the cohorts known at both.
fn factor(triangle: &[Vec<f64>], age: usize) -> Option<f64> {
    let known = || triangle.iter().filter(|row| row.len() > age);
    let before: f64 = known().map(|row| row[age - 1]).sum();
    let after: f64 = known().map(|row| row[age]).sum();
    (before > 0.0).then(|| after / before)
}

/// The share of the ultimate that is there at each age: one over the product of the factors
/// to come. Absent where one of them is.
#[must_use]
pub fn shares_by_age(factors: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut shares = vec![Some(1.0)];
    for factor in factors.iter().rev() {
        let later = shares.last().copied().flatten();
        let share = later.zip(*factor).filter(|(_, factor)| *factor > 0.0);
        shares.push(share.map(|(later, factor)| later / factor));
    }
    shares.reverse();
    shares
}

/// What the youngest cohort comes to: `k + n p (1 - F(a))`, with k so far of n members, p
/// the rate of the mature cohorts and F the share that is there at its age. Its one factor
/// would multiply the luck of its first days.
#[must_use]
pub fn youngest(k: f64, n: f64, p: f64, share: f64) -> f64 {
    k + n * p * (1.0 - share)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn triangle() -> Vec<Vec<f64>> {
        vec![
            vec![20.0, 40.0, 50.0, 52.0],
            vec![22.0, 43.0, 55.0],
            vec![18.0, 37.0],
            vec![25.0],
        ]
    }

    fn near(found: Option<f64>, expected: f64, tolerance: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < tolerance, "{found} {expected}");
    }

    /// Metrics dictionary, 12.12.
    #[test]
    fn the_vector() {
        let found = chain_ladder(&triangle());
        for (factor, expected) in found.factors.iter().zip([2.0, 1.265_060, 1.04]) {
            near(*factor, expected, 5e-7);
        }
        let expected = [52.0, 57.2, 48.6795, 65.7831];
        for (ultimate, expected) in found.ultimates.iter().zip(expected) {
            near(*ultimate, expected, 5e-5);
        }
        assert_eq!((found.factors.len(), found.ultimates.len()), (3, 4));
    }

    #[test]
    fn shares_lead_to_the_ultimates() {
        let found = chain_ladder(&triangle());
        let shares = shares_by_age(&found.factors);
        assert_eq!(shares.len(), 4);
        for (row, ultimate) in triangle().iter().zip(&found.ultimates) {
            let share = shares[row.len() - 1].unwrap();
            near(*ultimate, row.last().unwrap() / share, 1e-9);
        }
        // 25 so far of 500; mature cohorts come to 12 %; 1/2.63.. is there at the first age.
        let youngest = youngest(25.0, 500.0, 0.12, shares[0].unwrap());
        near(Some(youngest), 25.0 + 60.0 * (1.0 - 1.0 / 2.631_325), 1e-3);
    }

    #[test]
    fn what_cannot_be_told_is_absent() {
        assert_eq!(
            chain_ladder(&[]),
            Ladder {
                factors: vec![],
                ultimates: vec![]
            }
        );
        // Nothing at the first age: no factor leads from it, but later ones are known.
        let late = chain_ladder(&[vec![0.0, 2.0, 3.0], vec![0.0, 4.0], vec![0.0], vec![]]);
        assert_eq!(late.factors, [None, Some(1.5)]);
        assert_eq!(late.ultimates, [Some(3.0), Some(6.0), None, None]);
        assert_eq!(
            shares_by_age(&late.factors),
            [None, Some(2.0 / 3.0), Some(1.0)]
        );
        let one = chain_ladder(&[vec![7.0]]);
        assert_eq!(one.ultimates, [Some(7.0)]);
    }
}
