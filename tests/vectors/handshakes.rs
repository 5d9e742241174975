//! More than ten thousand handshakes in each of which zero bytes lead by construction: fixed length or nothing works.
//!
//! Every key, mapped generator and shared secret named in [`PACE_KINDS`] and [`CA_KINDS`] was searched for ([`crate::zeros`]), and each
//! kind is counted: at least [`EACH`] handshakes of each. Both sides end with each other's keys, and a protected command and its answer pass.

use crate::scripted::Scripted;
use crate::zeros::{Axis, generator, leads, quotient, scalars};
use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::ca::{self, CaCard, CaParams};
use ektp::chip::pace::{self, CardStep, PaceCard, PaceCardDone, PaceDone, PaceParams, Password};
use ektp::crypto::ec::{Curve, PrivateKey, PublicKey, map_generic};
use ektp::lds::dg14;
use ektp::world::DangerousSeededEntropy;
use std::collections::BTreeMap;

/// Curve, its share, and which of its handshakes are run: every one, or every sixteenth where the arithmetic is slow.
const SHARES: [(Curve, usize, usize); 4] =
    [(Curve::P256, 7, 1), (Curve::Bp256, 1, 1), (Curve::P384, 1, 16), (Curve::Bp384, 1, 16)];
/// Mappings of a share, with this many agreements each.
const MAPPINGS: usize = 4;
const AGREEMENTS: usize = 128;
/// Chips of a share, with this many terminals each.
const CHIPS: usize = 8;
const TERMINALS: usize = 96;
const _: () = assert!(shares(MAPPINGS * AGREEMENTS) + shares(CHIPS * TERMINALS) >= 10_000);

/// Handshakes in all, of so many in one share.
const fn shares(handshakes: usize) -> usize {
    let (mut sum, mut at) = (0, 0);
    while at < SHARES.len() {
        sum += handshakes * SHARES[at].1 / SHARES[at].2;
        at += 1;
    }
    sum
}

/// Least handshakes of each kind.
const EACH: usize = 1_000;

const PACE_KINDS: [&str; 14] = [
    "nonce",
    "terminal's mapping key x",
    "terminal's mapping key y",
    "chip's mapping key x",
    "chip's mapping key y",
    "mapping secret x",
    "mapping secret y",
    "mapped generator x",
    "mapped generator y",
    "terminal's agreement key x",
    "terminal's agreement key y",
    "chip's agreement key x",
    "chip's agreement key y",
    "agreed secret",
];
const CA_KINDS: [&str; 5] = ["chip's key x", "chip's key y", "terminal's key x", "terminal's key y", "shared secret"];

/// What led with a zero byte, in how many handshakes.
#[derive(Default)]
struct Census {
    kinds: BTreeMap<String, usize>,
    handshakes: usize,
}

impl Census {
    /// Counts one handshake: its points by name, and whether what has no coordinates begins with a zero byte.
    fn count(&mut self, points: &[(&str, &PublicKey)], bytes: &[(&str, &[u8])]) {
        let coordinates = points.iter().flat_map(|(name, point)| {
            let of = |axis, letter| leads(point, axis).then(|| format!("{name} {letter}"));
            [of(Axis::X, 'x'), of(Axis::Y, 'y')]
        });
        let strings = bytes.iter().map(|(name, bytes)| (bytes[0] == 0).then(|| (*name).to_owned()));
        let found: Vec<String> = coordinates.chain(strings).flatten().collect();
        assert!(!found.is_empty(), "handshake {} has no leading zero", self.handshakes);
        found.into_iter().for_each(|kind| *self.kinds.entry(kind).or_default() += 1);
        self.handshakes += 1;
    }

    fn check(&self, handshakes: usize, kinds: &[&str]) {
        println!("{} handshakes: {:?}", self.handshakes, self.kinds);
        assert_eq!(self.handshakes, handshakes);
        assert_eq!(self.kinds.len(), kinds.len());
        let few: Vec<&&str> = kinds.iter().filter(|kind| self.kinds.get(**kind).is_none_or(|n| *n < EACH)).collect();
        assert_eq!(few, Vec::<&&str>::new(), "{:?}", self.kinds);
    }
}

fn drawn(curve: Curve, rng: &mut DangerousSeededEntropy) -> PrivateKey {
    PrivateKey::generate(curve, rng)
}

/// One mapping of PACE: nonce, mapping keys, and the generator that they lead to.
struct Mapping {
    params: PaceParams,
    nonce: Vec<u8>,
    terminal: PrivateKey,
    chip: PrivateKey,
    secret: PublicKey,
    generator: PublicKey,
}

impl Mapping {
    /// The nonce begins with a zero byte, and so does a coordinate of one side's key, of the secret and of the mapped generator;
    /// which ones turns with the number.
    fn forced(curve: Curve, number: usize, rng: &mut DangerousSeededEntropy) -> Self {
        let group = number / MAPPINGS;
        let bits = [128, 192, 256][number % 3];
        let own = generator(curve);
        let first = scalars(&own, None, Axis::of(number), &drawn(curve, rng), 1).remove(0);
        let product = scalars(&own, None, Axis::of(number + group), &drawn(curve, rng), 1).remove(0);
        let second = quotient(&product, &first);
        let secret = product.public_key();
        let length = if bits == 128 { 16 } else { 32 };
        let mut start = drawn(curve, rng).expose().to_vec();
        let lead = start.len() - length;
        start[..=lead].fill(0);
        let start = PrivateKey::from_bytes(curve, &start).unwrap();
        let axis = Axis::of(number / 2 + group / 2);
        let nonce = scalars(&own, Some(&secret), axis, &start, 1).remove(0).expose()[lead..].to_vec();
        let generator = map_generic(&nonce, &secret).unwrap();
        let (terminal, chip) = if number & 2 == 0 { (first, second) } else { (second, first) };
        assert_eq!(*terminal.shared_point(&chip.public_key()).unwrap(), secret);
        Self { params: PaceParams::new(curve, bits).unwrap(), nonce, terminal, chip, secret, generator }
    }

    /// Agreement keys of terminal and chip: each side's with leading zeros against each of the other's, and then against keys that
    /// make the secret begin with one.
    fn agreements(&self, rng: &mut DangerousSeededEntropy) -> Vec<(PrivateKey, PrivateKey)> {
        let curve = self.params.curve();
        let mut keys = |axis, count| scalars(&self.generator, None, axis, &drawn(curve, rng), count);
        let (terminals, chips) = ([keys(Axis::X, 4), keys(Axis::Y, 4)].concat(), [keys(Axis::X, 4), keys(Axis::Y, 4)].concat());
        let products = keys(Axis::X, 4);
        let mut pairs: Vec<_> = terminals.iter().flat_map(|t| chips.iter().map(move |c| (t.clone(), c.clone()))).collect();
        for product in &products {
            pairs.extend(terminals.iter().map(|terminal| (terminal.clone(), quotient(product, terminal))));
            pairs.extend(chips.iter().map(|chip| (quotient(product, chip), chip.clone())));
        }
        pairs
    }

    /// Runs PACE; returns what both sides ended with.
    fn run(&self, terminal: &PrivateKey, chip: &PrivateKey) -> (PaceDone, PaceCardDone) {
        let password = Password::can("123456").unwrap();
        let mut entropy = Scripted::new(&[&self.nonce, self.chip.expose(), chip.expose()]);
        let mut card = Some(PaceCard::start(&self.params, &password, &mut entropy));
        let mut done = None;
        let mut chip = |command: Command| match card.take().unwrap().process(&command) {
            CardStep::Next(response, next) => {
                card = Some(*next);
                response
            }
            CardStep::Done(response, end) => {
                done = Some(*end);
                response
            }
            CardStep::Failed { response, .. } => panic!("{response:?}"),
        };
        let mut entropy = Scripted::new(&[self.terminal.expose(), terminal.expose()]);
        let step = pace::start(&self.params, &password, &mut entropy);
        let step = step.receive(&Response::status(StatusWord::NO_ERROR)).unwrap();
        let answer = chip(step.command());
        let step = step.receive(&answer).unwrap();
        let answer = chip(step.command());
        let step = step.receive(&answer).unwrap();
        let answer = chip(step.command());
        let step = step.receive(&answer).unwrap();
        let answer = chip(step.command());
        (step.receive(&answer).unwrap(), done.unwrap())
    }
}

/// One command there and its answer back: both sides hold the same keys.
fn talk(terminal: &mut ektp::chip::sm::SmHost, chip: &mut ektp::chip::sm::SmCard) -> (Command, Vec<u8>) {
    let command = Command::new(0, 0xB0, 0x9C, 0).with_le(4);
    let response = Response::new([1, 2, 3, 4], StatusWord::NO_ERROR);
    assert_eq!(chip.unwrap(&terminal.wrap(&command).unwrap()).unwrap(), command);
    let answer = chip.wrap(&response);
    assert_eq!(terminal.unwrap(&answer).unwrap(), response);
    (command, answer.encode())
}

#[test]
fn pace_with_leading_zeros() {
    let mut census = Census::default();
    let mut rng = DangerousSeededEntropy::new(1);
    let curves = SHARES.iter().flat_map(|(curve, share, stride)| vec![(*curve, *stride); share * MAPPINGS]);
    for (number, (curve, stride)) in curves.enumerate() {
        let mapping = Mapping::forced(curve, number, &mut rng);
        let pairs = mapping.agreements(&mut rng);
        assert_eq!(pairs.len(), AGREEMENTS);
        for (terminal, chip) in pairs.iter().step_by(stride) {
            let (mut host, mut card) = mapping.run(terminal, chip);
            assert_eq!(host.card_ephemeral, card.own);
            talk(&mut host.sm, &mut card.sm);
            let points = [
                ("terminal's mapping key", &mapping.terminal.public_key()),
                ("chip's mapping key", &mapping.chip.public_key()),
                ("mapping secret", &mapping.secret),
                ("mapped generator", &mapping.generator),
                ("terminal's agreement key", &host.own),
                ("chip's agreement key", &card.own),
            ];
            let secret = terminal.shared_secret(&card.own).unwrap();
            census.count(&points, &[("nonce", &mapping.nonce), ("agreed secret", &secret)]);
        }
    }
    census.check(shares(MAPPINGS * AGREEMENTS), &PACE_KINDS);
}

/// Chip Authentication with this ephemeral key, a command and its answer, and the proof.
fn ca_run(params: &CaParams, chip: &PrivateKey, ephemeral: &PrivateKey) {
    let step = ca::start(params, &mut Scripted::new(&[ephemeral.expose()]));
    let card = CaCard::select(&step.command(), params.key_id()).unwrap();
    let step = step.receive(&Response::status(StatusWord::NO_ERROR)).unwrap();
    let mut card = card.agree(&step.command(), chip).unwrap();
    let mut done = step.receive(&card.response).unwrap();
    assert_eq!(card.terminal_key, ephemeral.public_key());
    let (command, answer) = talk(&mut done.sm, &mut card.sm);
    ca::prove(params, &done.ephemeral, &command.encode().unwrap(), &answer).unwrap();
}

fn params(chip: &PrivateKey) -> CaParams {
    CaParams::choose(&dg14::parse(&dg14::build(&chip.public_key(), Some(1), false)).unwrap()).unwrap()
}

/// A third of the terminals' keys lead with x, a third with y, and a third make the secret begin with a zero byte.
#[test]
fn chip_authentication_with_leading_zeros() {
    let mut census = Census::default();
    let mut rng = DangerousSeededEntropy::new(2);
    for (curve, share, stride) in SHARES {
        let mut keys = |axis, count| scalars(&generator(curve), None, axis, &drawn(curve, &mut rng), count);
        let shared = [keys(Axis::X, TERMINALS / 3), keys(Axis::Y, TERMINALS / 3)].concat();
        let products = keys(Axis::X, TERMINALS / 3);
        for chip in [keys(Axis::X, share * CHIPS / 2), keys(Axis::Y, share * CHIPS / 2)].concat() {
            let (public, chosen) = (chip.public_key(), params(&chip));
            let searched = products.iter().map(|product| quotient(product, &chip));
            for ephemeral in shared.iter().cloned().chain(searched).step_by(stride) {
                ca_run(&chosen, &chip, &ephemeral);
                let points = [("chip's key", &public), ("terminal's key", &ephemeral.public_key())];
                census.count(&points, &[("shared secret", &ephemeral.shared_secret(&public).unwrap())]);
            }
        }
    }
    census.check(shares(CHIPS * TERMINALS), &CA_KINDS);
}

#[test]
fn small_scalars_keep_their_length_on_every_curve() {
    for curve in Curve::ALL {
        let chip = drawn(curve, &mut DangerousSeededEntropy::new(1));
        let chosen = params(&chip);
        for scalar in 1u8..=8 {
            let mut bytes = vec![0; curve.field_len()];
            bytes[curve.field_len() - 1] = scalar;
            ca_run(&chosen, &chip, &PrivateKey::from_bytes(curve, &bytes).unwrap());
        }
    }
}
