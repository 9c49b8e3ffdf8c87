//! Small systems of linear equations with a symmetric positive definite matrix.
//!
//! The matrices here have at most [`MOST`] rows and are solved tens of thousands of times
//! in a run, so they lie in fixed arrays.

/// The most rows of a matrix.
pub const MOST: usize = 6;

/// A symmetric matrix; only the first `size` rows and columns count, the lower half is read.
pub type Square = [[f64; MOST]; MOST];

/// A vector; only the first `size` entries count.
pub type Vector = [f64; MOST];

/// The lower triangle `L` with `L Lᵀ` equal to the matrix.
#[derive(Debug, Clone, Copy)]
pub struct Cholesky {
    lower: Square,
    size: usize,
}

impl Cholesky {
    /// Decomposes the first `size` rows; `None` where the matrix is not positive definite.
    #[must_use]
    pub fn new(matrix: &Square, size: usize) -> Option<Self> {
        let mut lower = [[0.0; MOST]; MOST];
        for row in 0..size {
            for column in 0..=row {
                let mut rest = matrix[row][column];
                let known = lower[row].iter().zip(&lower[column]).take(column);
                for (own, other) in known {
                    rest -= own * other;
                }
                if row != column {
                    lower[row][column] = rest / lower[column][column];
                } else if rest > 0.0 {
                    lower[row][row] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(Self { lower, size })
    }

    /// The decomposition of the same matrix with one row more, of which `row` gives the part
    /// up to the diagonal; `None` where it is not positive or there is no room.
    #[must_use]
    pub fn grown(&self, row: &Vector) -> Option<Self> {
        let last = self.size;
        if last >= MOST {
            return None;
        }
        let mut grown = *self;
        grown.size = last + 1;
        let mut rest = row[last];
        for (column, value) in row.iter().enumerate().take(last) {
            let mut value = *value;
            let known = grown.lower[last].iter().zip(&self.lower[column]);
            for (own, other) in known.take(column) {
                value -= own * other;
            }
            value /= self.lower[column][column];
            grown.lower[last][column] = value;
            rest -= value * value;
        }
        grown.lower[last][last] = rest.sqrt();
        (rest > 0.0).then_some(grown)
    }

    /// The last number of [`Self::forward`], where the others are known.
    #[must_use]
    pub fn forward_last(&self, solved: &Vector, right: f64) -> f64 {
        let last = self.size - 1;
        let known: f64 = (0..last).map(|c| self.lower[last][c] * solved[c]).sum();
        (right - known) / self.lower[last][last]
    }

    /// `½ ln |matrix|`.
    #[must_use]
    pub fn half_ln_determinant(&self) -> f64 {
        let product = (0..self.size).fold(1.0, |product, row| product * self.lower[row][row]);
        libm::log(product)
    }

    /// `L⁻¹ v`.
    #[must_use]
    pub fn forward(&self, right: &Vector) -> Vector {
        let mut solved = [0.0; MOST];
        for row in 0..self.size {
            let known: f64 = (0..row).map(|c| self.lower[row][c] * solved[c]).sum();
            solved[row] = (right[row] - known) / self.lower[row][row];
        }
        solved
    }

    /// `L⁻ᵀ v`.
    #[must_use]
    pub fn backward(&self, right: &Vector) -> Vector {
        let mut solved = [0.0; MOST];
        for row in (0..self.size).rev() {
            let known: f64 = (row + 1..self.size)
                .map(|c| self.lower[c][row] * solved[c])
                .sum();
            solved[row] = (right[row] - known) / self.lower[row][row];
        }
        solved
    }

    /// The last entry of the diagonal of the inverse.
    #[must_use]
    pub fn last_of_inverse(&self) -> f64 {
        let last = self.lower[self.size - 1][self.size - 1];
        1.0 / (last * last)
    }

    /// `vᵀ matrix⁻¹ v`.
    #[must_use]
    pub fn quadratic(&self, vector: &Vector) -> f64 {
        let solved = self.forward(vector);
        solved[..self.size].iter().map(|x| x * x).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_it_decomposed() {
        let mut matrix = [[0.0; MOST]; MOST];
        for (row, values) in [[4.0, 1.0, 0.5], [1.0, 3.0, 0.2], [0.5, 0.2, 2.0]]
            .iter()
            .enumerate()
        {
            matrix[row][..3].copy_from_slice(values);
        }
        let Some(found) = Cholesky::new(&matrix, 3) else {
            panic!("positive definite");
        };
        let right = [1.0, -2.0, 3.0, 0.0, 0.0, 0.0];
        let solution = found.backward(&found.forward(&right));
        for row in 0..3 {
            let back: f64 = (0..3).map(|c| matrix[row][c] * solution[c]).sum();
            assert!((back - right[row]).abs() < 1e-12);
        }
        let quadratic: f64 = (0..3).map(|row| solution[row] * right[row]).sum();
        assert!((found.quadratic(&right) - quadratic).abs() < 1e-12);
        // By hand: 4·(6 - 0.04) - 1·(2 - 0.1) + 0.5·(0.2 - 1.5).
        assert!((2.0 * found.half_ln_determinant() - 21.29_f64.ln()).abs() < 1e-12);
        let unit = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        assert!((found.last_of_inverse() - found.quadratic(&unit)).abs() < 1e-12);
    }

    #[test]
    fn grown_by_a_row_it_is_that_of_the_whole() {
        let mut matrix = [[0.0; MOST]; MOST];
        for (row, values) in [[4.0, 0.0, 0.0], [1.0, 3.0, 0.0], [0.5, 0.2, 2.0]]
            .iter()
            .enumerate()
        {
            matrix[row][..3].copy_from_slice(values);
        }
        let whole = Cholesky::new(&matrix, 3);
        let grown = Cholesky::new(&matrix, 2).and_then(|part| part.grown(&matrix[2]));
        let (Some(whole), Some(grown)) = (whole, grown) else {
            panic!("positive definite");
        };
        assert_eq!((whole.lower, whole.size), (grown.lower, grown.size));
        let right = [1.0, -2.0, 3.0, 0.0, 0.0, 0.0];
        let solved = whole.forward(&right);
        assert_eq!(grown.forward_last(&solved, right[2]), solved[2]);
        let bad = [0.0, 0.0, 0.0, -1.0, 0.0, 0.0];
        assert!(whole.grown(&bad).is_none());
    }

    #[test]
    fn no_root_of_what_is_not_positive() {
        assert!(Cholesky::new(&[[-1.0; MOST]; MOST], 1).is_none());
    }
}
