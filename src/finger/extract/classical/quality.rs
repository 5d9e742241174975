//! How likely a candidate is a minutia: a logistic regression on its evidence, fitted to what the LEADER network finds in the
//! development sets. Fitted on either half of them the weights are nearly the same.

use super::candidate::EVIDENCE;

/// Weight of each number of a candidate's evidence, in the order of `candidate::evidence`.
const WEIGHTS: [f32; EVIDENCE] = [
    -4.0469, 10.1545, 5.2448, -2.1239, 3.1034, 3.4090, 4.9886, 0.4754, -0.6321, 0.3383, 0.3602, -0.3810, 0.1021, -2.0010, -0.7534,
];
/// Log odds of a candidate whose evidence is all zero.
const BIAS: f32 = -17.6899;

/// The probability, 0 to 1.
pub(super) fn probability(evidence: &[f32; EVIDENCE]) -> f32 {
    let odds = BIAS + evidence.iter().zip(&WEIGHTS).map(|(e, w)| e * w).sum::<f32>();
    1.0 / (1.0 + libm::expf(-odds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strong_even_turn_far_from_others_is_a_minutia_and_a_weak_one_is_not() {
        let strong = [0.6, 0.9, 0.9, 0.8, 0.95, 0.95, 0.97, 0.5, 0.0, 4.0, 4.0, 0.1, 6.0, 0.7, 0.9];
        let weak = [0.1, 0.2, 0.3, 0.1, 0.6, 0.5, 0.8, -0.5, -0.5, 0.5, 1.0, 1.5, 1.0, 0.2, 0.5];
        assert!(probability(&strong) > 0.95, "{}", probability(&strong));
        assert!(probability(&weak) < 0.01, "{}", probability(&weak));
    }
}
