//! Domain parameters of our curves, written out, for structures that carry them explicitly (TR-03110-3 A.2.1.2, SEC 1 C.2).

use super::ec::Curve;

/// Parameters of `y² = x³ + a·x + b` over a prime field; every value has the field's length, the cofactor is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Domain {
    /// The field's prime.
    pub p: &'static [u8],
    /// First coefficient.
    pub a: &'static [u8],
    /// Second coefficient.
    pub b: &'static [u8],
    /// Base point, `04 ‖ x ‖ y`.
    pub base: &'static [u8],
    /// Order of the base point.
    pub order: &'static [u8],
}

impl Curve {
    /// The curve's domain parameters.
    #[must_use]
    pub fn domain(self) -> &'static Domain {
        match self {
            Self::P256 => &P256,
            Self::P384 => &P384,
            Self::Bp256 => &BP256,
            Self::Bp384 => &BP384,
        }
    }
}

/// Decodes lower-case hexadecimal at compile time.
const fn hex<const N: usize>(text: &str) -> [u8; N] {
    let text = text.as_bytes();
    assert!(text.len() == 2 * N, "twice as many digits as bytes");
    let mut out = [0; N];
    let mut i = 0;
    while i < N {
        out[i] = nibble(text[2 * i]) << 4 | nibble(text[2 * i + 1]);
        i += 1;
    }
    out
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit - b'a' + 10,
    }
}

static P256: Domain = Domain {
    p: &hex::<32>("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"),
    a: &hex::<32>("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc"),
    b: &hex::<32>("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"),
    base: &hex::<65>(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e\
         162bce33576b315ececbb6406837bf51f5",
    ),
    order: &hex::<32>("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
};

static P384: Domain = Domain {
    p: &hex::<48>("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff"),
    a: &hex::<48>("fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc"),
    b: &hex::<48>("b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef"),
    base: &hex::<97>(
        "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760a\
         b73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e\
         5f",
    ),
    order: &hex::<48>("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"),
};

static BP256: Domain = Domain {
    p: &hex::<32>("a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377"),
    a: &hex::<32>("7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9"),
    b: &hex::<32>("26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6"),
    base: &hex::<65>(
        "048bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262547ef835c3dac4fd97f8461a14611d\
         c9c27745132ded8e545c1d54c72f046997",
    ),
    order: &hex::<32>("a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7"),
};

static BP384: Domain = Domain {
    p: &hex::<48>("8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53"),
    a: &hex::<48>("7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826"),
    b: &hex::<48>("04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11"),
    base: &hex::<97>(
        "041d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af\
         1e8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c53\
         15",
    ),
    order: &hex::<48>("8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565"),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::{PrivateKey, PublicKey};

    #[test]
    fn the_tables_agree_with_the_curves() {
        for curve in Curve::ALL {
            let domain = curve.domain();
            let base = PublicKey::from_uncompressed(curve, domain.base).unwrap();
            let mut one = vec![0; curve.field_len()];
            *one.last_mut().unwrap() = 1;
            assert_eq!(PrivateKey::from_bytes(curve, &one).unwrap().public_key(), base);
            // The order itself is no private key, the number below it is.
            assert!(PrivateKey::from_bytes(curve, domain.order).is_err());
            let mut below = domain.order.to_vec();
            *below.last_mut().unwrap() -= 1;
            assert_eq!(PrivateKey::from_bytes(curve, &below).unwrap().public_key().x(), base.x());
            assert!([domain.p, domain.a, domain.b].iter().all(|v| v.len() == curve.field_len()));
        }
    }
}
