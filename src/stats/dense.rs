//! Systems of linear equations with a symmetric positive definite matrix of any size.
//!
//! For matrices of a hundred rows that are solved a few hundred times in a run; the small
//! ones that are solved tens of thousands of times are in `cholesky`.

/// A symmetric matrix, of which the lower half is kept, row by row.
#[derive(Debug, Clone, PartialEq)]
pub struct Symmetric {
    size: usize,
    cells: Vec<f64>,
}

fn place(row: usize, column: usize) -> usize {
    row * (row + 1) / 2 + column
}

impl Symmetric {
    /// All zero.
    #[must_use]
    pub fn zero(size: usize) -> Self {
        Self {
            size,
            cells: vec![0.0; place(size, 0)],
        }
    }

    /// Adds to the cell in `row` and `column`, the column not beyond the row.
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        self.cells[place(row, column)] += value;
    }

    /// The lower triangle `L` with `L Lᵀ` equal to the matrix; `None` where the matrix is
    /// not positive definite.
    #[must_use]
    pub fn root(&self) -> Option<Root> {
        let mut lower = self.cells.clone();
        for row in 0..self.size {
            for column in 0..=row {
                let (own, other) = (place(row, 0), place(column, 0));
                let known: f64 = (0..column)
                    .map(|at| lower[own + at] * lower[other + at])
                    .sum();
                let rest = lower[own + column] - known;
                if row != column {
                    lower[own + column] = rest / lower[other + column];
                } else if rest > 0.0 {
                    lower[own + column] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(Root {
            size: self.size,
            lower,
        })
    }
}

/// A lower triangle whose product with its transpose is the matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct Root {
    size: usize,
    lower: Vec<f64>,
}

impl Root {
    /// `matrix⁻¹ v`.
    #[must_use]
    pub fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut solved = right.to_vec();
        for row in 0..self.size {
            let known: f64 = (0..row)
                .map(|at| self.lower[place(row, at)] * solved[at])
                .sum();
            solved[row] = (solved[row] - known) / self.lower[place(row, row)];
        }
        for row in (0..self.size).rev() {
            let known: f64 = (row + 1..self.size)
                .map(|at| self.lower[place(at, row)] * solved[at])
                .sum();
            solved[row] = (solved[row] - known) / self.lower[place(row, row)];
        }
        solved
    }

    /// The diagonal of the inverse.
    #[must_use]
    pub fn diagonal_of_inverse(&self) -> Vec<f64> {
        (0..self.size)
            .map(|row| {
                let mut unit = vec![0.0; self.size];
                unit[row] = 1.0;
                self.solve(&unit)[row]
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[&[f64]]) -> Symmetric {
        let mut matrix = Symmetric::zero(rows.len());
        for (row, values) in rows.iter().enumerate() {
            for (column, value) in values.iter().enumerate() {
                matrix.add(row, column, *value);
            }
        }
        matrix
    }

    #[test]
    fn solves_what_it_decomposed() {
        let Some(root) = matrix(&[&[4.0], &[1.0, 3.0], &[0.5, 0.2, 2.0]]).root() else {
            panic!("positive definite");
        };
        let solution = root.solve(&[1.0, -2.0, 3.0]);
        let whole = [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]];
        for (row, right) in whole.iter().zip([1.0, -2.0, 3.0]) {
            let back: f64 = row.iter().zip(&solution).map(|(a, b)| a * b).sum();
            assert!((back - right).abs() < 1e-12);
        }
    }

    #[test]
    fn diagonal_of_the_inverse_by_hand() {
        // The inverse of [2 1; 1 2] is [2 -1; -1 2] / 3.
        let Some(root) = matrix(&[&[2.0], &[1.0, 2.0]]).root() else {
            panic!("positive definite");
        };
        for value in root.diagonal_of_inverse() {
            assert!((value - 2.0 / 3.0).abs() < 1e-12);
        }
        assert!(matrix(&[&[1.0], &[2.0, 1.0]]).root().is_none());
    }
}
