//! Ten thousand handshakes in which coordinates, nonces and shared secrets begin with zero bytes: fixed length or nothing works.
//!
//! Leading zeros are searched for with cheap steps: from a random start, scalars are counted up until the coordinate that matters
//! begins with a zero byte, which takes 256 tries on the average.

use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::ca::{self, CaCard, CaParams};
use ektp::chip::pace::{self, CardStep, PaceCard, PaceParams, Password};
use ektp::crypto::ec::{Curve, PrivateKey};
use ektp::lds::dg14;
use ektp::world::DangerousSeededEntropy;

/// Handshakes in all; four in five are Chip Authentication, which is the shorter of the two.
const PACE: u64 = 2_000;
const CHIP_AUTHENTICATION: u64 = 8_000;
/// Handshakes of each whose leading zeros were searched for.
const FORCED: u64 = 24;

fn rng(seed: u64) -> DangerousSeededEntropy {
    DangerousSeededEntropy::new(seed)
}

/// Runs PACE with these seeds and one command under its channel; returns the first byte of each x coordinate that was sent.
fn pace_run(curve: Curve, host_seed: u64, card_seed: u64) -> Vec<u8> {
    let params = PaceParams::new(curve, 128).unwrap();
    let password = Password::can("123456").unwrap();
    let mut card = Some(PaceCard::start(&params, &password, &mut rng(card_seed)));
    let mut sm = None;
    let mut first_bytes = Vec::new();
    let mut chip = |command: Command| {
        first_bytes.extend(command.data().get(5).copied().filter(|_| command.data().len() > 60));
        let response = match card.take().unwrap().process(&command) {
            CardStep::Next(response, next) => {
                card = Some(*next);
                response
            }
            CardStep::Done(response, done) => {
                sm = Some(done.sm);
                response
            }
            CardStep::Failed { response, .. } => panic!("seeds {host_seed} and {card_seed}: {response:?}"),
        };
        first_bytes.extend(response.data.get(5).copied().filter(|_| response.data.len() > 60));
        response
    };
    let step = pace::start(&params, &password, &mut rng(host_seed)).receive(&Response::status(StatusWord::NO_ERROR)).unwrap();
    let answer = chip(step.command());
    let step = step.receive(&answer).unwrap();
    let answer = chip(step.command());
    let step = step.receive(&answer).unwrap();
    let answer = chip(step.command());
    let step = step.receive(&answer).unwrap();
    let answer = chip(step.command());
    let mut host = step.receive(&answer).unwrap().sm;
    let command = Command::new(0, 0xB0, 0x9C, 0).with_le(4);
    assert_eq!(sm.unwrap().unwrap(&host.wrap(&command).unwrap()).unwrap(), command);
    first_bytes
}

#[test]
fn pace_with_leading_zeros() {
    let mut zeros = 0;
    for run in 0..PACE {
        // Every fifth on brainpool, whose arithmetic is slower.
        let curve = if run % 5 == 0 { Curve::Bp256 } else { Curve::P256 };
        zeros += pace_run(curve, run, run + 1_000_000).iter().filter(|&&b| b == 0).count();
    }
    assert!(zeros > 0, "{zeros} coordinates began with a zero byte");
}

/// A key whose shared secret with `chip` begins with a zero byte.
fn searched(chip: &PrivateKey, seed: u64) -> PrivateKey {
    let public = chip.public_key();
    let mut entropy = rng(seed);
    loop {
        let key = PrivateKey::generate(chip.curve(), &mut entropy);
        if key.shared_secret(&public).unwrap()[0] == 0 {
            return key;
        }
    }
}

/// Gives out one key, then nothing.
fn ca_run(params: &CaParams, chip: &PrivateKey, ephemeral: &PrivateKey) {
    let step = ca::start(params, &mut crate::scripted::Scripted::new(&[ephemeral.expose()]));
    let card = CaCard::select(&step.command(), params.key_id()).unwrap();
    let step = step.receive(&Response::status(StatusWord::NO_ERROR)).unwrap();
    let mut card = card.agree(&step.command(), chip).unwrap();
    let mut done = step.receive(&card.response).unwrap();
    let command = Command::new(0, 0xB0, 0x8E, 0).with_le(4);
    card.sm.unwrap(&done.sm.wrap(&command).unwrap()).unwrap();
    let response = card.sm.wrap(&Response::new([1, 2, 3, 4], StatusWord::NO_ERROR)).encode();
    ca::prove(params, &done.ephemeral, &command.encode().unwrap(), &response).unwrap();
}

fn params(chip: &PrivateKey) -> CaParams {
    CaParams::choose(&dg14::parse(&dg14::build(&chip.public_key(), Some(1), false)).unwrap()).unwrap()
}

#[test]
fn chip_authentication_with_leading_zeros() {
    let chip = PrivateKey::generate(Curve::P256, &mut rng(0));
    let chosen = params(&chip);
    for run in 0..FORCED {
        ca_run(&chosen, &chip, &searched(&chip, run));
    }
    for run in FORCED..CHIP_AUTHENTICATION {
        ca_run(&chosen, &chip, &PrivateKey::generate(Curve::P256, &mut rng(run)));
    }
}

#[test]
fn small_scalars_keep_their_length_on_every_curve() {
    for curve in Curve::ALL {
        let chip = PrivateKey::generate(curve, &mut rng(1));
        let chosen = params(&chip);
        for scalar in 1u8..=8 {
            let mut bytes = vec![0; curve.field_len()];
            bytes[curve.field_len() - 1] = scalar;
            ca_run(&chosen, &chip, &PrivateKey::from_bytes(curve, &bytes).unwrap());
        }
    }
}
