//! Just enough linear algebra, row-major, on two threads.

/// A matrix of real numbers.
#[derive(Clone)]
pub struct Matrix {
    pub rows: usize,
    pub cols: usize,
    pub at: Vec<f32>,
}

impl Matrix {
    pub fn zero(rows: usize, cols: usize) -> Self {
        Self { rows, cols, at: vec![0.0; rows * cols] }
    }

    pub fn row(&self, r: usize) -> &[f32] {
        &self.at[r * self.cols..(r + 1) * self.cols]
    }

    pub fn row_mut(&mut self, r: usize) -> &mut [f32] {
        &mut self.at[r * self.cols..(r + 1) * self.cols]
    }

    pub fn trace(&self) -> f64 {
        (0..self.rows).map(|i| f64::from(self.at[i * self.cols + i])).sum()
    }

    /// `self · other`.
    pub fn times(&self, other: &Self) -> Self {
        let mut product = Self::zero(self.rows, other.cols);
        in_stripes(&mut product, |r, row| {
            for (k, a) in self.row(r).iter().enumerate().filter(|(_, a)| **a != 0.0) {
                for (out, b) in row.iter_mut().zip(other.row(k)) {
                    *out += a * b;
                }
            }
        });
        product
    }

    /// `selfᵀ · self` divided by a number: the covariance of rows that are centred.
    pub fn gram(&self, by: f32) -> Self {
        let mut gram = Self::zero(self.cols, self.cols);
        let stripes = 48;
        in_blocks(&mut gram, stripes, |first, block| {
            let cols = self.cols;
            for sample in self.at.chunks_exact(cols) {
                for (n, row) in block.chunks_exact_mut(cols).enumerate() {
                    let a = sample[first + n] / by;
                    if a != 0.0 {
                        for (out, b) in row.iter_mut().zip(sample) {
                            *out += a * b;
                        }
                    }
                }
            }
        });
        gram
    }

    /// The lower triangle whose product with its transpose is `self`, which is positive definite.
    pub fn cholesky(&self) -> Self {
        let mut l = Self::zero(self.rows, self.cols);
        for i in 0..self.rows {
            for j in 0..=i {
                let dot: f64 = l.row(i)[..j].iter().zip(&l.row(j)[..j]).map(|(a, b)| f64::from(a * b)).sum();
                let rest = f64::from(self.at[i * self.cols + j]) - dot;
                let value = if i == j { rest.max(1e-12).sqrt() } else { rest / f64::from(l.row(j)[j]) };
                l.row_mut(i)[j] = value as f32;
            }
        }
        l
    }

    /// `x` of `self · x = b`, `self` being a lower triangle.
    pub fn solve_lower(&self, b: &Self) -> Self {
        let mut x = b.clone();
        for i in 0..self.rows {
            let (done, rest) = x.at.split_at_mut(i * b.cols);
            let row = &mut rest[..b.cols];
            for (k, a) in self.row(i)[..i].iter().enumerate() {
                for (out, v) in row.iter_mut().zip(&done[k * b.cols..]) {
                    *out -= a * v;
                }
            }
            let d = self.row(i)[i];
            row.iter_mut().for_each(|v| *v /= d);
        }
        x
    }

    /// `x` of `selfᵀ · x = b`, `self` being a lower triangle.
    pub fn solve_upper(&self, b: &Self) -> Self {
        let mut x = b.clone();
        for i in (0..self.rows).rev() {
            let (before, rest) = x.at.split_at_mut(i * b.cols);
            let row = &mut rest[..b.cols];
            let d = self.row(i)[i];
            row.iter_mut().for_each(|v| *v /= d);
            for (k, a) in self.row(i)[..i].iter().enumerate() {
                for (out, v) in before[k * b.cols..(k + 1) * b.cols].iter_mut().zip(row.iter()) {
                    *out -= a * v;
                }
            }
        }
        x
    }

    pub fn transposed(&self) -> Self {
        let mut t = Self::zero(self.cols, self.rows);
        for r in 0..self.rows {
            for c in 0..self.cols {
                t.at[c * self.rows + r] = self.at[r * self.cols + c];
            }
        }
        t
    }

    /// Columns of unit length, each at a right angle to those before it.
    pub fn orthonormal(&self) -> Self {
        let mut t = self.transposed();
        for i in 0..t.rows {
            for _ in 0..2 {
                let (done, rest) = t.at.split_at_mut(i * t.cols);
                let row = &mut rest[..t.cols];
                for other in done.chunks_exact(t.cols) {
                    let dot: f32 = row.iter().zip(other).map(|(a, b)| a * b).sum();
                    row.iter_mut().zip(other).for_each(|(a, b)| *a -= dot * b);
                }
            }
            let norm = t.row(i).iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-20);
            t.row_mut(i).iter_mut().for_each(|v| *v /= norm);
        }
        t.transposed()
    }
}

/// Every row of the result by itself.
fn in_stripes(matrix: &mut Matrix, row: impl Fn(usize, &mut [f32]) + Sync) {
    let cols = matrix.cols;
    in_blocks(matrix, 1, |first, block| {
        for (n, r) in block.chunks_exact_mut(cols).enumerate() {
            row(first + n, r);
        }
    });
}

/// Blocks of rows of the result, on two threads.
fn in_blocks(matrix: &mut Matrix, rows: usize, block: impl Fn(usize, &mut [f32]) + Sync) {
    let cols = matrix.cols;
    let blocks = std::sync::Mutex::new(matrix.at.chunks_mut(rows * cols).enumerate());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = blocks.lock().unwrap().next();
                    let Some((n, out)) = next else { return };
                    block(n * rows, out);
                }
            });
        }
    });
}
