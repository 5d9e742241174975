//! The fingerprint of RSA moduli made by the faulty library of ROCA (CVE-2017-15361).

/// Small primes below 168 whose residues the faulty library confines to the powers of 65537.
const PRIMES: [u64; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127,
    131, 137, 139, 149, 151, 157, 163, 167,
];

/// Whether a modulus (big-endian) is a power of 65537 modulo every one of these primes: true for the faulty library's keys and, by
/// chance, for fewer than one in 2^27 others.
#[must_use]
pub fn is_suspect(modulus: &[u8]) -> bool {
    PRIMES.iter().all(|&p| {
        let residue = modulus.iter().fold(0u64, |acc, &b| (acc * 256 + u64::from(b)) % p);
        let mut power = 1;
        (0..p).any(|_| {
            power = power * 65_537 % p;
            power == residue
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_65537_are_suspect_and_others_are_not() {
        // 65537^3 fits the pattern by construction.
        let cube = 65_537u128.pow(3).to_be_bytes();
        assert!(is_suspect(&cube));
        assert!(!is_suspect(&(65_537u128.pow(3) + 2).to_be_bytes()));
    }
}
