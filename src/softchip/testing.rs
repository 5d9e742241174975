//! A terminal for the chip's own tests: doors, streams, and a look into memory.

use super::chip::SoftChip;
use super::fixture;
use super::keys::{self, PROOF_KVN, UNIQUE_KVN};
use super::layout::{PACE_FAILURES, SCP_FAILURES};
use super::port::SoftPort;
use super::progress::Progress;
use super::select::{PERSONALIZATION, SECURITY_DOMAIN};
use super::store::Store;
use super::{controls, table, trust};
use crate::chip::apdu::{Command, Response};
use crate::chip::channel::{Channel, RunError};
use crate::chip::link::Link;
use crate::chip::pace::{self, PaceError, PaceParams, Password};
use crate::chip::scp03::Level;
use crate::chip::scp03::host::{HostAuthenticated, HostStart};
use crate::crypto::ec::{Curve, PrivateKey, PublicKey};
use crate::crypto::hash::sha256;
use crate::crypto::scp03::{KeySet, Mode, put_key_data};
use crate::crypto::symmetric::AesKey;
use crate::lds::file_id::Application;
use crate::lds::tlv;
use crate::pki::cvc::{Certificate, Date, Grant, Rights, Role, self_signed};
use crate::world::DangerousSeededEntropy;

pub(super) const CAPACITY: usize = 8_192;
pub(super) const CAN: &str = "314159";
pub(super) const AUTHORIZATION: [u8; 32] = [0xA7; 32];

/// Files of a small card: DGI, FID, rule, contents. DG14 and EF.SOD come in pass 2.
pub(super) fn files() -> Vec<(u16, u16, u8, Vec<u8>)> {
    let tagged = |tag, len: u8| tlv::encode(tag, &(0..len).collect::<Vec<u8>>());
    vec![
        (0x0101, 0x0101, 1, tagged(0x61, 90)),
        (0x0102, 0x0102, 1, tlv::encode(0x75, &vec![0x5A; 700])),
        (0x010E, 0x010E, 1, tagged(0x6E, 60)),
        (0x011D, 0x011D, 1, tagged(0x77, 80)),
        (0x011E, 0x011E, 1, tagged(0x60, 20)),
        (0x0201, 0x0101, 2, tagged(0x7F61, 100)),
        (0x3F01, 0x2F01, 0, tagged(0x43, 1)),
        (0x3F1C, 0x011C, 0, crate::lds::card_access::build(Curve::P256)),
        (0x3F1E, 0x2F00, 0, tagged(0x61, 9)),
    ]
}

pub(super) fn cvca_key() -> PrivateKey {
    PrivateKey::from_bytes(Curve::P256, &[0x21; 32]).unwrap()
}

pub(super) fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(jiff::civil::date(year, month, day)).unwrap()
}

/// The CVCA certificate whose body is on the chip.
pub(super) fn cvca() -> Certificate {
    let grant = Grant { role: Role::Cvca, rights: Rights::FINGERS, effective: day(2026, 11, 1), expiration: day(2029, 10, 1) };
    self_signed(&cvca_key(), &"IDCVCATEST00001".parse().unwrap(), grant).unwrap()
}

fn dgi(out: &mut Vec<u8>, dgi: u16, data: &[u8]) {
    out.extend(dgi.to_be_bytes());
    match u8::try_from(data.len()) {
        Ok(short) if short < 0xFF => out.push(short),
        _ => {
            out.push(0xFF);
            out.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        }
    }
    out.extend(data);
}

/// The streams of both passes.
pub(super) fn streams() -> [Vec<u8>; 2] {
    let (mut table, mut first, mut second) = (Vec::new(), Vec::new(), Vec::new());
    for (code, fid, rule, contents) in files() {
        table.extend(code.to_be_bytes());
        table.extend(fid.to_be_bytes());
        table.extend(&u32::try_from(contents.len() + 5).unwrap().to_be_bytes()[1..]);
        table.push(rule);
    }
    dgi(&mut first, 0x8001, &table);
    let mrz = [&[0x81, 20][..], &crate::crypto::hash::sha1(b"L898902C<369080619406236")].concat();
    dgi(&mut first, 0x8002, &[&[0x80, 6][..], CAN.as_bytes(), &mrz].concat());
    dgi(&mut first, 0x8003, cvca().body_bytes());
    dgi(&mut first, 0x8004, &[2, 6, 1, 1, 2, 3]);
    dgi(&mut first, 0x8005, &[12, 1, 1]);
    dgi(&mut first, 0x8006, &AUTHORIZATION);
    for (code, _, _, contents) in files() {
        dgi(if matches!(code, 0x010E | 0x011D) { &mut second } else { &mut first }, code, &contents);
    }
    [first, second]
}

pub(super) fn commit_digest() -> [u8; 32] {
    let mut input = Vec::new();
    for (code, _, _, contents) in files() {
        input.extend(code.to_be_bytes());
        input.extend(u32::try_from(contents.len()).unwrap().to_be_bytes());
        input.extend(contents);
    }
    sha256(&input)
}

pub(super) fn unique_keys() -> KeySet {
    KeySet::new(UNIQUE_KVN, &[1; 16], &[2; 16], &[3; 16]).unwrap()
}

pub(super) fn proof_key() -> AesKey {
    AesKey::new(&[4; 16]).unwrap()
}

/// A chip and what a station knows of it.
pub(super) struct Station {
    pub(super) chip: SoftChip,
    pub(super) host: Option<HostAuthenticated>,
    pub(super) rng: DangerousSeededEntropy,
}

impl Station {
    pub(super) fn with_blank() -> Self {
        let chip = SoftChip::blank(&fixture::config(CAPACITY), DangerousSeededEntropy::new(11));
        Self { chip, host: None, rng: DangerousSeededEntropy::new(12) }
    }

    /// With a chip that holds its unique keys.
    pub(super) fn with_keyed() -> Self {
        let mut station = Self::with_blank();
        station.first_tap();
        station
    }

    /// With a chip in this state.
    pub(super) fn with_state(state: super::State) -> Self {
        use super::State;
        let mut station = Self::with_keyed();
        if state >= State::PersoOpen {
            station.open(&PERSONALIZATION, Level::Full);
            station.secure_ok(&Command::new(0x80, 0xF0, 0x80, 0x03));
        }
        if matches!(state, State::Personalized | State::Locked) {
            station.write_all();
            station.secure_ok(&Command::new(0x80, 0xF0, 0x80, 0x07).with_data(commit_digest()));
        }
        if matches!(state, State::Locked | State::Terminated) {
            station.secure_ok(&Command::new(0x80, 0xF0, 0x80, state.byte()));
        }
        assert_eq!(station.chip.state(), state);
        station.chip.power_on();
        station.host = None;
        station
    }

    pub(super) fn first_tap(&mut self) {
        self.open(&SECURITY_DOMAIN, Level::Full);
        let dek = fixture::config(CAPACITY).transport.dek;
        let proof = put_key_data(&dek, PROOF_KVN, &[&proof_key()]);
        self.secure_ok(&Command::new(0x80, 0xD8, 0x00, 0x01).with_data(proof).with_le(256));
        let set = put_key_data(&dek, UNIQUE_KVN, &unique_keys().keys());
        self.secure_ok(&Command::new(0x80, 0xD8, 0x30, 0x81).with_data(set).with_le(256));
    }

    /// Streams, keys and all, in PERSO_OPEN.
    pub(super) fn write_all(&mut self) {
        let [first, second] = streams();
        self.store_data(&first, 223);
        for slot in [1, 2] {
            self.secure_ok(&Command::new(0x80, 0x46, 0x80, slot));
        }
        self.store_data(&second, 223);
    }

    pub(super) fn store_data(&mut self, stream: &[u8], chunk: usize) {
        let chunks: Vec<&[u8]> = stream.chunks(chunk).collect();
        for (index, part) in chunks.iter().enumerate() {
            let last = if index + 1 == chunks.len() { 0x80 } else { 0 };
            let number = self.chip.session.door.next_chunk;
            self.secure_ok(&Command::new(0x80, 0xE2, last, number).with_data(*part));
        }
    }

    /// One plain APDU.
    pub(super) fn plain(&mut self, command: &Command) -> (Vec<u8>, u16) {
        let answer = Response::parse(self.chip.process(&command.encode().unwrap())).unwrap();
        (answer.data, answer.status.0)
    }

    pub(super) fn status(&mut self, command: &Command) -> u16 {
        self.plain(command).1
    }

    /// PACE with the CAN over a port to the chip; the port gives the chip back by its shared handle.
    pub(super) fn into_port(self) -> SoftPort {
        SoftPort::new(self.chip)
    }

    pub(super) fn select(&mut self, aid: &[u8]) -> u16 {
        self.status(&Command::new(0x00, 0xA4, 0x04, 0x0C).with_data(aid))
    }

    /// Opens a door with the keys that the chip should have.
    pub(super) fn open(&mut self, aid: &[u8], level: Level) {
        assert_eq!(self.select(aid), 0x9000);
        let keys = keys::key_set(&self.chip.store).unwrap();
        assert_eq!(self.try_open(&keys, aid, level), 0x9000);
    }

    /// INITIALIZE UPDATE and EXTERNAL AUTHENTICATE; the first status word that is not 9000.
    pub(super) fn try_open(&mut self, keys: &KeySet, aid: &[u8], level: Level) -> u16 {
        self.host = None;
        let start = HostStart::new(keys.kvn, Mode::S8, &mut self.rng);
        let answer = Response::parse(self.chip.process(&start.command().encode().unwrap())).unwrap();
        if answer.status.0 != 0x9000 {
            return answer.status.0;
        }
        let Ok(verified) = start.receive(&answer).unwrap().with_keys(keys, aid, level) else { return 0 };
        let answer = Response::parse(self.chip.process(&verified.command().encode().unwrap())).unwrap();
        let status = answer.status.0;
        self.host = verified.receive(&answer).ok();
        status
    }

    /// One command through the channel, which is lost with any error status.
    pub(super) fn secure(&mut self, command: &Command) -> Result<Vec<u8>, u16> {
        let host = self.host.as_mut().unwrap();
        let wire = host.wrap(command).unwrap().encode().unwrap();
        let answer = Response::parse(self.chip.process(&wire)).unwrap();
        let status = answer.status.0;
        match host.unwrap(&answer) {
            Ok(response) if response.status.is_ok() => Ok(response.data),
            _ => {
                self.host = None;
                Err(status)
            }
        }
    }

    pub(super) fn secure_ok(&mut self, command: &Command) -> Vec<u8> {
        self.secure(command).unwrap_or_else(|status| panic!("{command:?}: {status:04X}"))
    }

    /// One command at a door that is opened for it.
    pub(super) fn at_door(&mut self, aid: &[u8], command: &Command) -> Result<Vec<u8>, u16> {
        self.open(aid, Level::Full);
        self.secure(command)
    }
}

/// All that can ever be learnt from a memory, in one value: what tearing must leave old or new.
pub(super) fn view(store: &Store) -> impl PartialEq + std::fmt::Debug + use<> {
    let progress = Progress::load(store);
    let contents: Vec<_> = table::files(store).iter().map(|f| (*f, table::contents(store, f).map(<[u8]>::to_vec))).collect();
    let keys = keys::key_set(store).map(|set| (set.kvn, set.keys().map(|k| k.expose().to_vec())));
    let slots = [1, 2].map(|slot| keys::slot_key(store, slot, Curve::P256).map(|k| k.expose().to_vec()));
    let position = (progress.mark, progress.header.clone(), progress.dgi, progress.declared, progress.got, progress.digest());
    (
        (store.state(), store.serial(), store.failures(SCP_FAILURES), store.failures(PACE_FAILURES), position),
        (keys, keys::proof_key(store).map(|k| k.expose().to_vec()), slots, trust::state(store)),
        (controls::can(store), controls::mrz_digest(store), controls::stored_parameters(store), controls::authorization(store)),
        contents,
    )
}

/// PACE with a CAN, and the AID of LDS1 under it.
pub(super) fn open_lds1<'p>(port: &'p mut SoftPort, can: &str) -> Result<Channel<'p>, RunError<PaceError>> {
    open_with(port, &Password::can(can).unwrap()).map(|(channel, _)| channel)
}

/// PACE with a password, and the AID of LDS1 under it; with the chip's ephemeral key.
pub(super) fn open_with<'p>(
    port: &'p mut SoftPort,
    password: &Password,
) -> Result<(Channel<'p>, PublicKey), RunError<PaceError>> {
    let mut channel = Channel::new(Link::new(port));
    let params = PaceParams::new(Curve::P256, 128).unwrap();
    let done = pace::run(&mut channel, &params, password, &mut DangerousSeededEntropy::new(99))?;
    channel.protect(done.sm);
    assert_eq!(select(&mut channel, Application::Lds1), 0x9000);
    Ok((channel, done.card_ephemeral))
}

pub(super) fn select(channel: &mut Channel<'_>, application: Application) -> u16 {
    send(channel, &Command::new(0x00, 0xA4, 0x04, 0x0C).with_data(application.aid().unwrap())).1
}

pub(super) fn send(channel: &mut Channel<'_>, command: &Command) -> (Vec<u8>, u16) {
    let response = channel.send(command).unwrap();
    (response.data, response.status.0)
}

pub(super) fn read(p1: u8, p2: u8, le: u32) -> Command {
    Command::new(0x00, 0xB0, p1, p2).with_le(le)
}
