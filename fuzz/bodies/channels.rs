//! Both ends of a channel whose keys are known, with the wire in the hands of the input: what the MAC guards is reached, and what was
//! bent is never taken for what was sent.

use super::input::Input;
use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::bac::{self, BacKeys};
use ektp::chip::pace::{self, PaceParams, Password};
use ektp::chip::scp03::card::{CardChallenged, CardIdentity};
use ektp::chip::scp03::host::HostStart;
use ektp::chip::scp03::{Level, Parameter};
use ektp::chip::sm::{SmCard, SmHost, SmKeys};
use ektp::crypto::ec::Curve;
use ektp::crypto::scp03::{ChipSerial, KeySet, Mode};
use ektp::world::DangerousSeededEntropy;

/// Most exchanges of one input.
const STEPS: usize = 32;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    match input.byte().map(|b| b % 4) {
        Some(0) => secure_messaging(input),
        Some(1) => scp03(input),
        Some(2) => drop(pace(input)),
        Some(_) => drop(basic(input)),
        None => {}
    }
}

/// The wire: bytes as they were, or others.
fn wire(bytes: Vec<u8>, input: &mut Input<'_>) -> Vec<u8> {
    match input.byte() {
        None | Some(0..=0x7F) => bytes,
        Some(0x80..=0xBF) => {
            let mut bent = bytes;
            let at = usize::from(input.number().unwrap_or_default()) % bent.len().max(1);
            let with = input.byte().unwrap_or(1);
            if let Some(byte) = bent.get_mut(at) {
                *byte ^= with;
            }
            bent
        }
        Some(0xC0..=0xDF) => {
            let keep = usize::from(input.number().unwrap_or_default()) % (bytes.len() + 1);
            bytes.into_iter().take(keep).collect()
        }
        Some(_) => input.short().unwrap_or_default().to_vec(),
    }
}

fn secure_messaging(mut input: Input<'_>) {
    let bits = [128, 192, 256][usize::from(input.byte().unwrap_or_default()) % 3];
    let Ok(keys) = SmKeys::from_secret(b"a shared secret of some length..", bits) else { return };
    let (mut host, mut card) = (SmHost::new(keys.clone()), SmCard::new(keys));
    for _ in 0..STEPS {
        let Some(plain) = input.short().and_then(|a| Command::parse(a).ok()) else { break };
        let Ok(sealed) = host.wrap(&plain).and_then(|c| c.encode().map_err(ektp::chip::sm::SmError::Command)) else { break };
        let arrived = wire(sealed.clone(), &mut input);
        let opened = Command::parse(&arrived).ok().and_then(|c| card.unwrap(&c).ok());
        let Some(opened) = opened else { break };
        if arrived == sealed {
            assert_eq!(opened.data(), plain.data(), "the chip gets what the host sent");
        }
        let answer = Response::new(input.short().unwrap_or_default(), StatusWord(input.number().unwrap_or(0x9000)));
        let sealed = card.wrap(&answer).encode();
        let arrived = wire(sealed.clone(), &mut input);
        let Ok(response) = Response::parse(arrived.clone()) else { break };
        let Ok(opened) = host.unwrap(&response) else {
            assert!(!host.is_open(), "an error closes the channel");
            break;
        };
        assert!(arrived == sealed, "a bent answer was taken");
        assert_eq!((&opened.data, opened.status), (&answer.data, answer.status));
    }
}

fn scp03(mut input: Input<'_>) {
    let Ok(keys) = KeySet::new(0x30, &[1; 16], &[2; 16], &[3; 16]) else { return };
    let mode = if input.byte().is_some_and(|b| b & 1 == 1) { Mode::S16 } else { Mode::S8 };
    let i = Parameter(if mode == Mode::S8 { 0x70 } else { 0x71 });
    let aid = [0xA0, 0, 0, 1, 0x51, 0, 0, 0];
    let start = HostStart::new(0x30, mode, &mut DangerousSeededEntropy::new(1));
    let Ok((_, challenge)) = ektp::chip::scp03::card::parse_initialize_update(&start.command(), i) else { return };
    let identity = CardIdentity { serial: ChipSerial([9; 10]), i, aid: &aid, counter: [0, 0, 1], random: [4; 16] };
    let (card, answer) = CardChallenged::new(&keys, &identity, &challenge);
    let Ok(answer) = Response::parse(wire(answer.encode(), &mut input)) else { return };
    let level = Level::ALL[usize::from(input.byte().unwrap_or_default()) % Level::ALL.len()];
    let Some(host) = start.receive(&answer).ok().and_then(|h| h.with_keys(&keys, &aid, level).ok()) else { return };
    let Ok(sent) = host.command().encode() else { return };
    let Some(mut card) = Command::parse(&wire(sent, &mut input)).ok().and_then(|c| card.external_authenticate(&c).ok()) else {
        return;
    };
    let Ok(mut host) = host.receive(&Response::new(Vec::new(), StatusWord::NO_ERROR)) else { return };
    for _ in 0..STEPS {
        let Some(plain) = input.short().and_then(|a| Command::parse(a).ok()) else { break };
        let Some(sealed) = host.wrap(&plain.with_cla(0x80)).ok().and_then(|c| c.encode().ok()) else { break };
        let arrived = wire(sealed, &mut input);
        let Some(_) = Command::parse(&arrived).ok().and_then(|c| card.unwrap(&c).ok()) else { break };
        let answer = Response::new(input.short().unwrap_or_default(), StatusWord(0x9000));
        let arrived = wire(card.wrap(&answer).encode(), &mut input);
        let Some(_) = Response::parse(arrived).ok().and_then(|r| host.unwrap(&r).ok()) else { break };
    }
}

/// The host's steps of PACE before a chip that answers what it likes.
fn pace(mut input: Input<'_>) -> Option<()> {
    let mut next = || Response::parse(input.short()?.to_vec()).ok();
    let curve = Curve::ALL[usize::from(next()?.status.sw2()) % Curve::ALL.len()];
    let params = PaceParams::new(curve, 128).ok()?;
    let password = Password::can("271828").ok()?;
    let step = pace::start(&params, &password, &mut DangerousSeededEntropy::new(2));
    let step = step.receive(&next()?).ok()?.receive(&next()?).ok()?;
    let step = step.receive(&next()?).ok()?.receive(&next()?).ok()?;
    let done = step.receive(&next()?);
    assert!(done.is_err(), "a chip without the password gave a token");
    None
}

/// The host's and the chip's side of BAC, the test profile.
fn basic(mut input: Input<'_>) -> Option<()> {
    let keys = BacKeys::from_mrz("L898902C<369080619406236");
    let mut rng = DangerousSeededEntropy::new(3);
    let step = bac::start(&keys, &mut rng).receive(&Response::parse(input.short()?.to_vec()).ok()?).ok()?;
    let done = step.receive(&Response::parse(input.short()?.to_vec()).ok()?);
    assert!(done.is_err(), "a chip without the keys answered");
    let command = Command::parse(input.short()?).ok()?;
    assert!(bac::answer(&keys, &[5; 8], &command, &mut rng).is_err(), "a terminal without the keys was let in");
    None
}
