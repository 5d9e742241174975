//! A hostile host before the software chip: any commands in any order, in the clear, under secure messaging with the right password,
//! and under SCP03 with the right keys. The chip answers each, its life cycle goes only forward, and its state can be saved.

use super::input::Input;
use super::world::{self, CAN};
use ektp::chip::apdu::{Command, Response};
use ektp::chip::ca::{self, CaParams};
use ektp::chip::channel::Channel;
use ektp::chip::link::Link;
use ektp::chip::pace::{self, PaceParams, Password};
use ektp::chip::port::PortLimits;
use ektp::chip::scp03::Level;
use ektp::chip::scp03::host::{HostAuthenticated, HostStart};
use ektp::crypto::ec::Curve;
use ektp::crypto::scp03::{KeySet, Mode, put_key_data};
use ektp::lds::dg14;
use ektp::lds::file_id::FileId;
use ektp::softchip::{SharedChip, SoftChip, SoftPort, State, fixture};
use ektp::world::DangerousSeededEntropy;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Most commands of one input.
const STEPS: usize = 64;
const CAPACITY: usize = 8_192;
const DOORS: [&[u8]; 2] = [&[0xA0, 0, 0, 1, 0x51, 0, 0, 0], &[0xF0, 0x45, 0x4B, 0x54, 0x50, 0x02]];

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let Some(flags) = input.byte() else { return };
    let chip = match flags % 3 {
        0 => Some(SoftChip::blank(&fixture::config(CAPACITY), DangerousSeededEntropy::new(3))),
        1 => keyed(),
        _ => world::chip(world::sample().card.files.clone(), u64::from(flags)),
    };
    let Some(chip) = chip else { return };
    let mut host = Host { rank: rank(chip.state()), chip: Arc::new(Mutex::new(chip)), steps: 0 };
    while let Some(op) = input.byte().filter(|_| host.steps < STEPS) {
        match op % 6 {
            0 | 1 => host.raw(input.short().unwrap_or_default()),
            2 => host.power(input.byte().unwrap_or_default()),
            3 => host.field(&mut input),
            _ => host.door(&mut input, op),
        }
    }
    let saved = lock(&host.chip).save();
    assert!(SoftChip::restore(&saved, DangerousSeededEntropy::new(1)).is_ok(), "what a chip saves it restores");
}

struct Host {
    chip: SharedChip,
    rank: u8,
    steps: usize,
}

fn lock(chip: &SharedChip) -> MutexGuard<'_, SoftChip> {
    chip.lock().unwrap_or_else(PoisonError::into_inner)
}

/// States in the only order they may come in.
fn rank(state: State) -> u8 {
    match state {
        State::Blank => 0,
        State::PersoOpen => 1,
        State::Personalized => 2,
        State::Locked => 3,
        State::Terminated => 4,
    }
}

impl Host {
    /// After every command: the life cycle went forward or stood still, and nothing terminates a locked chip.
    fn check(&mut self) {
        self.steps += 1;
        let now = rank(lock(&self.chip).state());
        assert!(now >= self.rank, "the life cycle went back from {} to {now}", self.rank);
        assert!(!(self.rank == 3 && now == 4), "a locked chip was terminated");
        self.rank = now;
    }

    fn raw(&mut self, apdu: &[u8]) {
        let answer = lock(&self.chip).process(apdu);
        assert!(answer.is_empty() || answer.len() >= 2, "an answer has a status word");
        assert!(answer.len() <= ektp::limits::RESPONSE_BYTES, "an answer of {} bytes", answer.len());
        self.check();
    }

    /// A power cycle; or the next writes are torn.
    fn power(&mut self, how: u8) {
        let mut chip = lock(&self.chip);
        match how {
            0x80.. => chip.tear_after(Some(u64::from(how & 0x7F))),
            _ => {
                chip.tear_after(None);
                chip.power_on();
            }
        }
        drop(chip);
        self.check();
    }

    /// The field with the right password: PACE, Chip Authentication if the input wants it, then its commands under the channel.
    fn field(&mut self, input: &mut Input<'_>) {
        let mut port = SoftPort::shared(self.chip.clone()).with_limits(PortLimits::EXTENDED);
        let mut rng = DangerousSeededEntropy::new(11);
        let mut channel = Channel::new(Link::new(&mut port));
        let Ok(params) = PaceParams::new(Curve::P256, 128) else { return };
        let Ok(password) = Password::can(CAN) else { return };
        let Ok(done) = pace::run(&mut channel, &params, &password, &mut rng) else { return self.check() };
        channel.protect(done.sm);
        if input.byte().is_some_and(|b| b & 1 == 1) {
            let dg14 = world::sample().card.files.get(FileId::Dg14).and_then(|bytes| dg14::parse(bytes).ok());
            let Some(params) = dg14.and_then(|infos| CaParams::choose(&infos).ok()) else { return };
            let aid = Command::new(0x00, 0xA4, 0x04, 0x0C).with_data([0xA0, 0, 0, 2, 0x47, 0x10, 1]);
            let selected = channel.send(&aid).is_ok();
            let Ok(done) = ca::run(&mut channel, &params, &mut rng) else { return self.check() };
            assert!(selected);
            channel.protect(done.sm);
        }
        while let Some(apdu) = input.short().filter(|a| !a.is_empty()) {
            let Ok(command) = Command::parse(apdu) else { continue };
            let open = channel.send(&command.with_cla(0)).is_ok();
            self.check();
            if !open || self.steps >= STEPS {
                break;
            }
        }
    }

    /// A door with the right keys: SCP03 at a level of the input's, then its commands under the channel.
    fn door(&mut self, input: &mut Input<'_>, op: u8) {
        let Some(how) = input.byte() else { return };
        let aid = DOORS[usize::from(how & 1)];
        let level = Level::ALL[usize::from(how >> 1) % Level::ALL.len()];
        let keys = if op & 1 == 0 { fixture::config(CAPACITY).transport } else { unique() };
        let Some(mut channel) = open(&self.chip, aid, &keys, level) else { return self.check() };
        while let Some(apdu) = input.short().filter(|a| !a.is_empty()) {
            let Ok(command) = Command::parse(apdu) else { continue };
            let Some(wire) = channel.wrap(&command.with_cla(0x80)).ok().and_then(|c| c.encode().ok()) else { continue };
            let answer = lock(&self.chip).process(&wire);
            self.check();
            let opened = Response::parse(answer).ok().is_some_and(|answer| channel.unwrap(&answer).is_ok());
            if !opened || self.steps >= STEPS {
                break;
            }
        }
    }
}

fn unique() -> KeySet {
    KeySet::new(0x31, &[1; 16], &[2; 16], &[3; 16]).unwrap_or_else(|_| unreachable!("sixteen bytes"))
}

/// SELECT, INITIALIZE UPDATE, EXTERNAL AUTHENTICATE.
fn open(chip: &SharedChip, aid: &[u8], keys: &KeySet, level: Level) -> Option<HostAuthenticated> {
    let send = |command: &Command| Response::parse(lock(chip).process(&command.encode().ok()?)).ok();
    send(&Command::new(0x00, 0xA4, 0x04, 0x0C).with_data(aid))?;
    let start = HostStart::new(keys.kvn, Mode::S8, &mut DangerousSeededEntropy::new(7));
    let answer = send(&start.command())?;
    let verified = start.receive(&answer).ok()?.with_keys(keys, aid, level).ok()?;
    let answer = send(verified.command())?;
    verified.receive(&answer).ok()
}

/// A blank after its first tap: the chip-unique set is loaded.
fn keyed() -> Option<SoftChip> {
    let chip = Arc::new(Mutex::new(SoftChip::blank(&fixture::config(CAPACITY), DangerousSeededEntropy::new(4))));
    let transport = fixture::config(CAPACITY).transport;
    let mut door = open(&chip, DOORS[0], &transport, Level::Full)?;
    let proof = put_key_data(&transport.dek, 0x40, &[unique().keys()[0]]);
    let set = put_key_data(&transport.dek, 0x31, &unique().keys());
    for (p1, p2, data) in [(0x00, 0x01, proof), (0x30, 0x81, set)] {
        let command = Command::new(0x80, 0xD8, p1, p2).with_data(data).with_le(256);
        let wire = door.wrap(&command).ok()?.encode().ok()?;
        let answer = Response::parse(lock(&chip).process(&wire)).ok()?;
        door.unwrap(&answer).ok()?;
    }
    Arc::into_inner(chip)?.into_inner().ok()
}
