//! Logistic regression by Newton's method, and its weights as the whole numbers that the product holds.

use ektp::finger::matching::{Observation, VALUES};

/// A fitted sum: weights and constant, in nats.
pub struct Fit {
    weights: Vec<f64>,
    constant: f64,
}

/// Fits the logarithm of the odds that the second is true.
pub fn fit(samples: &[(Vec<f64>, bool)], ridge: f64) -> Fit {
    let n = samples[0].0.len();
    let count = samples.len() as f64;
    let mean: Vec<f64> = (0..n).map(|i| samples.iter().map(|s| s.0[i]).sum::<f64>() / count).collect();
    let deviation: Vec<f64> =
        (0..n).map(|i| (samples.iter().map(|s| (s.0[i] - mean[i]).powi(2)).sum::<f64>() / count).sqrt().max(1e-9)).collect();
    // Standardized values, and 1 for the constant.
    let rows: Vec<(Vec<f64>, f64)> = samples
        .iter()
        .map(|(v, y)| ((0..n).map(|i| (v[i] - mean[i]) / deviation[i]).chain([1.0]).collect(), f64::from(u8::from(*y))))
        .collect();
    let mut w = vec![0.0; n + 1];
    for _ in 0..40 {
        let step = newton(&rows, &w, ridge);
        w.iter_mut().zip(&step).for_each(|(w, s)| *w -= s);
        if step.iter().all(|s| s.abs() < 1e-9) {
            break;
        }
    }
    let weights: Vec<f64> = (0..n).map(|i| w[i] / deviation[i]).collect();
    let constant = w[n] - weights.iter().zip(&mean).map(|(w, m)| w * m).sum::<f64>();
    Fit { weights, constant }
}

/// Inverse Hessian times gradient.
fn newton(rows: &[(Vec<f64>, f64)], w: &[f64], ridge: f64) -> Vec<f64> {
    let n = w.len();
    let mut system = vec![vec![0.0; n + 1]; n];
    for (x, y) in rows {
        let p = 1.0 / (1.0 + (-x.iter().zip(w).map(|(x, w)| x * w).sum::<f64>()).exp());
        for i in 0..n {
            system[i][n] += (p - y) * x[i];
            for j in 0..n {
                system[i][j] += p * (1.0 - p) * x[i] * x[j];
            }
        }
    }
    for i in 0..n - 1 {
        system[i][i] += ridge;
        system[i][n] += ridge * w[i];
    }
    system[n - 1][n - 1] += 1e-9;
    solve(system)
}

/// Gaussian elimination with pivots.
fn solve(mut a: Vec<Vec<f64>>) -> Vec<f64> {
    let n = a.len();
    for c in 0..n {
        let pivot = (c..n).max_by(|i, j| a[*i][c].abs().total_cmp(&a[*j][c].abs())).unwrap();
        a.swap(c, pivot);
        for r in 0..n {
            if r != c {
                let factor = a[r][c] / a[c][c];
                let from = a[c].clone();
                a[r].iter_mut().zip(&from).skip(c).for_each(|(v, f)| *v -= factor * f);
            }
        }
    }
    (0..n).map(|i| a[i][n] / a[i][i]).collect()
}

/// The model as the product holds it: 1/1024 of a hundredth of a nat a unit.
pub struct Model {
    weights: Vec<i64>,
    constant: i64,
    promise_weight: i64,
    promise_constant: i64,
}

impl Model {
    /// Rounds; `prior` is the logarithm of the odds in the sample, which is no evidence.
    pub fn rounded(aligned: &Fit, unaligned: &Fit, prior: f64) -> Self {
        let whole = |v: f64, unit: f64| (v * unit).round() as i64;
        Self {
            weights: aligned.weights.iter().map(|w| whole(*w, 102_400.0)).collect(),
            constant: whole(aligned.constant - prior, 100.0),
            promise_weight: whole(unaligned.weights[0], 102_400.0),
            promise_constant: whole(unaligned.constant - prior, 100.0),
        }
    }

    /// The score without the bound by the number of pairs, which no real print reaches.
    pub fn score(&self, seen: &Observation) -> f64 {
        let score = match &seen.evidence {
            Some(e) => (e.iter().zip(&self.weights).map(|(e, w)| i64::from(*e) * w).sum::<i64>() >> 10) + self.constant,
            None => (((i64::from(seen.promise) * self.promise_weight) >> 10) + self.promise_constant).min(-300),
        };
        score as f64
    }

    pub fn print(&self, names: &[&str; VALUES]) {
        println!("WEIGHTS = {:?}", self.weights);
        println!(
            "CONSTANT = {}, PROMISE_WEIGHT = {}, PROMISE_CONSTANT = {}",
            self.constant, self.promise_weight, self.promise_constant
        );
        let named: Vec<String> = names.iter().zip(&self.weights).map(|(n, w)| format!("{n} {w}")).collect();
        println!("  ({})", named.join(", "));
    }
}
