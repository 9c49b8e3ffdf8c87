//! Absorbing Markov chains: what a walk earns before it ends.
//!
//! x = Q x + r, with Q the chances of going on from state to state and r what is earned
//! on ending in a state. Solved for many right sides at once by Gauss-Seidel sweeps:
//! every walk ends, so each sweep brings all columns nearer to the one solution.

/// The chances of going from state to state; rows are filled in order.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    ends: Vec<usize>,
    targets: Vec<u32>,
    chances: Vec<f64>,
    /// Chance of staying, by state.
    stay: Vec<f64>,
}

impl Chain {
    /// Adds the next state with where it goes; chances to itself among them. What is
    /// missing to 1 ends the walk.
    pub fn push(&mut self, steps: impl IntoIterator<Item = (u32, f64)>) {
        let own = self.stay.len();
        let mut stay = 0.0;
        for (target, chance) in steps {
            if target as usize == own {
                stay += chance;
            } else {
                self.targets.push(target);
                self.chances.push(chance);
            }
        }
        self.ends.push(self.targets.len());
        self.stay.push(stay);
    }

    /// How many states there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stay.len()
    }

    /// True before the first state.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.stay.is_empty()
    }

    /// As [`Self::solve_near`], from nowhere and to the last digit.
    #[must_use]
    pub fn solve(
        &self,
        columns: usize,
        earned: impl Fn(usize, usize) -> f64,
        blocked: impl Fn(usize, usize) -> bool,
    ) -> Vec<f64> {
        self.solve_near(columns, earned, blocked, (None, CLOSE))
    }

    /// Solves for `columns` right sides. `earned` gives r of a state, `blocked` is true
    /// where a walk of that column earns nothing from the state on. The result has one
    /// row of `columns` numbers per state, one after the other.
    ///
    /// The last sweep changes no number by more than `close` of the largest of its column;
    /// `near` is where the sweeps begin, a solution of a chain much like this one.
    #[must_use]
    pub fn solve_near(
        &self,
        columns: usize,
        earned: impl Fn(usize, usize) -> f64,
        blocked: impl Fn(usize, usize) -> bool,
        (near, close): (Option<&[f64]>, f64),
    ) -> Vec<f64> {
        let states = self.len();
        let rewards: Vec<f64> = (0..states)
            .flat_map(|state| (0..columns).map(move |column| (state, column)))
            .map(|(state, column)| earned(state, column))
            .collect();
        let open: Vec<f64> = (0..states)
            .flat_map(|state| (0..columns).map(move |column| (state, column)))
            .map(|(state, column)| f64::from(u8::from(!blocked(state, column))))
            .collect();
        let mut x = near.map_or_else(|| vec![0.0; states * columns], <[f64]>::to_vec);
        let mut row = vec![0.0; columns];
        for _ in 0..MOST_SWEEPS {
            let (mut moved, mut largest) = (vec![0.0_f64; columns], vec![0.0_f64; columns]);
            let mut start = 0;
            for state in 0..states {
                let own = state * columns..(state + 1) * columns;
                row.copy_from_slice(&rewards[own.clone()]);
                for step in start..self.ends[state] {
                    let target = self.targets[step] as usize * columns;
                    let chance = self.chances[step];
                    for (sum, value) in row.iter_mut().zip(&x[target..target + columns]) {
                        *sum += chance * value;
                    }
                }
                start = self.ends[state];
                let leaves = 1.0 - self.stay[state];
                for (column, place) in own.enumerate() {
                    let value = if leaves > 0.0 {
                        row[column] / leaves * open[place]
                    } else {
                        0.0
                    };
                    moved[column] = moved[column].max((value - x[place]).abs());
                    largest[column] = largest[column].max(value.abs());
                    x[place] = value;
                }
            }
            let settled = |(moved, largest): (&f64, &f64)| *moved <= close * *largest;
            if moved.iter().zip(&largest).all(settled) {
                break;
            }
        }
        x
    }
}

const CLOSE: f64 = 1e-15;
const MOST_SWEEPS: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    /// Gaussian elimination with pivots on (I - Q) x = r.
    fn dense(q: &[Vec<f64>], r: &[f64]) -> Vec<f64> {
        let n = r.len();
        let mut a: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let mut row: Vec<f64> = q[i].iter().map(|value| -value).collect();
                row[i] += 1.0;
                row.push(r[i]);
                row
            })
            .collect();
        for column in 0..n {
            let pivot = (column..n)
                .max_by(|i, j| a[*i][column].abs().total_cmp(&a[*j][column].abs()))
                .unwrap_or(column);
            a.swap(column, pivot);
            for row in 0..n {
                if row != column {
                    let factor = a[row][column] / a[column][column];
                    let pivot = a[column].clone();
                    for (cell, above) in a[row].iter_mut().zip(&pivot) {
                        *cell -= factor * above;
                    }
                }
            }
        }
        (0..n).map(|i| a[i][n] / a[i][i]).collect()
    }

    #[test]
    fn equals_the_dense_solution() {
        let mut random = Random::seeded(5);
        for n in [1, 2, 7, 40] {
            let q: Vec<Vec<f64>> = (0..n)
                .map(|_| {
                    let row: Vec<f64> = (0..n).map(|_| random.unit().powi(3)).collect();
                    let sum: f64 = row.iter().sum();
                    let keep = 0.5 + 0.49 * random.unit();
                    row.iter().map(|value| value / sum * keep).collect()
                })
                .collect();
            let r: Vec<f64> = (0..n).map(|_| random.unit() - 0.3).collect();
            let mut chain = Chain::default();
            for row in &q {
                chain.push((0..).zip(row.iter().copied()));
            }
            let x = chain.solve(1, |state, _| r[state], |_, _| false);
            for (one, other) in x.iter().zip(dense(&q, &r)) {
                assert!((one - other).abs() < 1e-12, "{one} {other}");
            }
            // A blocked state is one that goes nowhere and earns nothing.
            let mut cut = q.clone();
            cut[0] = vec![0.0; n];
            let mut poorer = r.clone();
            poorer[0] = 0.0;
            let x = chain.solve(
                2,
                |state, _| r[state],
                |state, column| column == 1 && state == 0,
            );
            for (state, wanted) in dense(&cut, &poorer).iter().enumerate() {
                assert!((x[2 * state + 1] - wanted).abs() < 1e-12);
            }
        }
    }
}
