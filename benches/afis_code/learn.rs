//! From captures of many fingers to the weights of a code: linear discriminants, turned at random.

use crate::matrix::Matrix;
use ektp::afis::code::{BITS, CELLS, Features};

/// Directions kept: those in which fingers differ most against how captures of one finger do.
const KEPT: usize = 256;
/// Added to every variance within fingers, as a multiple of their mean.
const RIDGE: f64 = 3.0;
/// Rounds of the subspace iteration.
const ROUNDS: usize = 30;

/// Weights of every cell for every bit, and each bit's bound.
pub struct Learned {
    pub weights: Vec<[i8; BITS]>,
    pub bounds: [i32; BITS],
}

/// Learns from fingers, each in several captures.
pub fn learn(fingers: &[Vec<Box<Features>>], mut normal: impl FnMut() -> f64) -> Learned {
    let (mean, within, between) = covariances(fingers);
    let mut loaded = within;
    let ridge = (RIDGE * loaded.trace() / CELLS as f64) as f32;
    for i in 0..CELLS {
        loaded.at[i * CELLS + i] += ridge;
    }
    let l = loaded.cholesky();
    println!("within fingers: factored");
    let mut basis = random(CELLS, KEPT, &mut normal).orthonormal();
    for _ in 0..ROUNDS {
        basis = l.solve_lower(&between.times(&l.solve_upper(&basis))).orthonormal();
    }
    let directions = l.solve_upper(&basis);
    let turned = directions.times(&turn(&mut normal));
    rounded(&turned, &mean)
}

/// Mean, and covariances within and between fingers, of the roots of counts in units of one pair.
fn covariances(fingers: &[Vec<Box<Features>>]) -> (Vec<f64>, Matrix, Matrix) {
    let captures: usize = fingers.iter().map(Vec::len).sum();
    let value = |f: u16| f64::from(f) / 256.0;
    let mut mean = vec![0.0; CELLS];
    for capture in fingers.iter().flatten() {
        mean.iter_mut().zip(capture.iter()).for_each(|(m, f)| *m += value(*f) / captures as f64);
    }
    let (mut inner, mut outer) = (Matrix::zero(captures, CELLS), Matrix::zero(captures, CELLS));
    let mut row = 0;
    for finger in fingers {
        let mut own = vec![0.0; CELLS];
        for capture in finger {
            own.iter_mut().zip(capture.iter()).for_each(|(m, f)| *m += value(*f) / finger.len() as f64);
        }
        for capture in finger {
            for (cell, f) in capture.iter().enumerate() {
                inner.row_mut(row)[cell] = (value(*f) - own[cell]) as f32;
                outer.row_mut(row)[cell] = (value(*f) - mean[cell]) as f32;
            }
            row += 1;
        }
    }
    let within = inner.gram((captures - fingers.len()) as f32);
    let mut between = outer.gram(captures as f32);
    between.at.iter_mut().zip(&within.at).for_each(|(b, w)| *b -= w);
    (mean, within, between)
}

fn random(rows: usize, cols: usize, normal: &mut impl FnMut() -> f64) -> Matrix {
    Matrix { rows, cols, at: (0..rows * cols).map(|_| normal() as f32).collect() }
}

/// Bits as directions in the kept space: right angles as far as there is room.
fn turn(normal: &mut impl FnMut() -> f64) -> Matrix {
    let mut turn = Matrix::zero(KEPT, BITS);
    for first in (0..BITS).step_by(KEPT) {
        let block = random(KEPT, KEPT, normal).orthonormal();
        for r in 0..KEPT {
            for c in first..BITS.min(first + KEPT) {
                turn.at[r * BITS + c] = block.at[r * KEPT + c - first];
            }
        }
    }
    turn
}

/// Weights of eight bits, each bit scaled to its largest, and bounds at the mean print.
fn rounded(turned: &Matrix, mean: &[f64]) -> Learned {
    let mut learned = Learned { weights: vec![[0; BITS]; CELLS], bounds: [0; BITS] };
    for bit in 0..BITS {
        let column = (0..CELLS).map(|c| turned.at[c * BITS + bit]);
        let largest = column.clone().fold(0.0f32, |m, v| m.max(v.abs()));
        let mut bound = 0.0;
        for (cell, value) in column.enumerate() {
            let weight = (value / largest * 127.0).round();
            learned.weights[cell][bit] = weight as i8;
            bound += f64::from(weight) * mean[cell] * 256.0;
        }
        learned.bounds[bit] = bound.round() as i32;
    }
    learned
}

impl Learned {
    /// The file that `src/afis/code/projection.rs` reads.
    pub fn file(&self) -> Vec<u8> {
        let mut file = b"AFISPRJ1".to_vec();
        file.extend((BITS as u32).to_be_bytes());
        file.extend((CELLS as u32).to_be_bytes());
        file.extend(self.weights.iter().flatten().map(|w| w.cast_unsigned()));
        file.extend(self.bounds.iter().flat_map(|b| b.to_be_bytes()));
        file
    }
}
