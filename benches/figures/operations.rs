//! Cryptographic operations that a personalization cannot do without: counted from its tape and the protocols, then done alone.

use crate::tap::{Exchange, cpu};
use ektp::crypto::ec::{Curve, PrivateKey, PublicKey, map_generic};
use ektp::crypto::hash::{HashAlg, sha256};
use ektp::crypto::symmetric::AesKey;
use ektp::world::DangerousSeededEntropy;
use std::time::Duration;

/// One operation on the host.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    /// A key pair on P-256.
    Pair,
    /// A multiplication of a point of the other side.
    Agree,
    /// Nonce times generator plus a point: generic mapping.
    Map,
    Sign,
    Verify,
    /// AES-128-CBC over this many bytes.
    Cbc(usize),
    /// AES-CMAC over this many bytes.
    Cmac(usize),
    /// SHA-256 over this many bytes.
    Sha(usize),
}

/// What a personalization hashes and signs beside its channels.
pub struct Content {
    pub stream: usize,
    pub files: usize,
    pub receipt: usize,
    pub aa: bool,
}

/// Every operation of a personalization, its read-back included.
pub fn of(tape: &[Exchange], content: &Content) -> Vec<Op> {
    let mut ops = Vec::new();
    for exchange in tape {
        match exchange.command.as_slice() {
            [0x80, 0x50, ..] => ops.extend(handshake()),
            [0x84, ..] => scp03(exchange, &mut ops),
            [0x0C | 0x1C, ..] => secure_messaging(exchange, &mut ops),
            _ => {}
        }
    }
    // The stream's digest, which the chip confirms; COMMIT's; the groups' for EF.SOD; the files' for the receipt; the judge's.
    ops.extend([Op::Sha(content.stream), Op::Sha(content.files), Op::Sha(content.files), Op::Sha(content.files)]);
    ops.extend([Op::Sha(content.files), Op::Sha(content.receipt)]);
    // EF.SOD and the receipt.
    ops.extend([Op::Sign, Op::Sign]);
    // EF.SOD before it is kept, and its document signer.
    ops.extend([Op::Verify, Op::Verify]);
    // Proofs of origin: key and MAC, and for a signing key its signature.
    ops.extend([Op::Cmac(32), Op::Cmac(160)]);
    if content.aa {
        ops.extend([Op::Cmac(32), Op::Cmac(160), Op::Verify]);
    }
    // PACE: both key pairs (the second on the mapped generator), mapping, agreement; nonce, keys and tokens.
    ops.extend([
        Op::Pair,
        Op::Agree,
        Op::Map,
        Op::Agree,
        Op::Agree,
        Op::Cbc(16),
        Op::Sha(36),
        Op::Sha(36),
        Op::Cmac(80),
        Op::Cmac(80),
    ]);
    // Chip Authentication, and the judge's own computation of it.
    ops.extend([Op::Pair, Op::Agree, Op::Agree, Op::Sha(36), Op::Sha(36)]);
    // Terminal Authentication.
    ops.push(Op::Sign);
    // Passive Authentication: EF.SOD, document signer; Active Authentication.
    ops.extend([Op::Verify, Op::Verify]);
    if content.aa {
        ops.push(Op::Verify);
    }
    ops
}

/// Chip-unique keys from the master, session keys, challenge and both cryptograms.
fn handshake() -> [Op; 9] {
    [Op::Cmac(48); 9]
}

fn scp03(exchange: &Exchange, ops: &mut Vec<Op>) {
    let data = usize::from(exchange.command.get(4).copied().unwrap_or(0)).saturating_sub(8);
    // EXTERNAL AUTHENTICATE is never enciphered.
    if data > 0 && exchange.command.get(1) != Some(&0x82) {
        ops.extend([Op::Cbc(16), Op::Cbc(data)]);
    }
    ops.push(Op::Cmac(16 + 5 + data));
    let answer = exchange.answer.len() - 2;
    if let Some(sealed) = answer.checked_sub(8) {
        ops.push(Op::Cmac(16 + sealed + 2));
        if sealed > 0 {
            ops.extend([Op::Cbc(16), Op::Cbc(sealed)]);
        }
    }
}

fn secure_messaging(exchange: &Exchange, ops: &mut Vec<Op>) {
    let mut sealed = |objects: usize| {
        // DO'87' and its indicator around whole blocks; what is less holds none.
        let blocks = objects.saturating_sub(3) / 16 * 16;
        if blocks > 0 {
            ops.extend([Op::Cbc(16), Op::Cbc(blocks)]);
        }
        ops.push(Op::Cmac(32 + objects));
    };
    sealed(exchange.command.len().saturating_sub(16));
    sealed(exchange.answer.len().saturating_sub(12));
}

/// Keys and data to work on.
pub struct Bench {
    own: PrivateKey,
    public: PublicKey,
    theirs: PublicKey,
    signature: Vec<u8>,
    aes: AesKey,
    data: Vec<u8>,
    rng: DangerousSeededEntropy,
}

impl Bench {
    pub fn new() -> Self {
        let mut rng = DangerousSeededEntropy::new(11);
        let own = PrivateKey::generate(Curve::P256, &mut rng);
        let theirs = PrivateKey::generate(Curve::P256, &mut rng).public_key();
        let signature = own.sign_raw(HashAlg::Sha256, &sha256(b"figures"));
        let public = own.public_key();
        Self { own, public, theirs, signature, aes: AesKey::new(&[7; 16]).unwrap(), data: vec![5; 131_072], rng }
    }

    /// CPU time of all these operations, one after the other.
    pub fn time(&mut self, ops: &[Op]) -> Duration {
        let before = cpu();
        ops.iter().for_each(|op| self.perform(*op));
        cpu() - before
    }

    fn perform(&mut self, op: Op) {
        match op {
            Op::Pair => drop(std::hint::black_box(PrivateKey::generate(Curve::P256, &mut self.rng).public_key())),
            Op::Agree => drop(std::hint::black_box(self.own.shared_secret(&self.theirs).unwrap())),
            Op::Map => drop(std::hint::black_box(map_generic(&[9; 16], &self.theirs).unwrap())),
            Op::Sign => drop(std::hint::black_box(self.own.sign_raw(HashAlg::Sha256, &sha256(b"figures")))),
            Op::Verify => self.public.verify_raw(&sha256(b"figures"), &self.signature).unwrap(),
            Op::Cbc(bytes) => {
                let data = self.data.get_mut(..bytes.next_multiple_of(16)).unwrap();
                self.aes.cbc_encrypt(&[0; 16], data).unwrap();
            }
            Op::Cmac(bytes) => drop(std::hint::black_box(self.aes.cmac(&[&self.data[..bytes]]))),
            Op::Sha(bytes) => drop(std::hint::black_box(sha256(&self.data[..bytes]))),
        }
    }
}
