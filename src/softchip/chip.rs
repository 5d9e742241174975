//! The chip: one APDU in, one answer out.

use super::latency::Work;
use super::lifecycle::State;
use super::pace::Under;
use super::session::{Chain, Session};
use super::status::{CONDITIONS_NOT_SATISFIED, Done, NO_CHAINING, OK, Stop, UNKNOWN_CLA, UNKNOWN_INS, WRONG_LENGTH, refuse};
use super::store::Store;
use super::{keys, read};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::crypto::scp03::KeySet;
use rand_core::CryptoRng;

/// A contactless Java Card as a PC/SC reader shows it: `3B 8n 80 01`, historical bytes, check byte.
const ATR: [u8; 5] = [0x3B, 0x80, 0x80, 0x01, 0x01];
/// Bytes of a command that come by chaining.
const CHAIN_BYTES: usize = 4_096;
/// Chaining bit of the class byte.
const CHAINED: u8 = 0x10;
/// Plain bytes of a short answer without secure messaging.
const SHORT: usize = 256;

/// What the vendor gives a chip.
#[derive(Debug, Clone)]
pub struct ChipConfig {
    /// Chip serial: the ten bytes of key diversification data.
    pub serial: [u8; 10],
    /// Persistent memory in bytes, [`crate::limits::CHIP_INTERNALS`] included.
    pub capacity: usize,
    /// Transport key set, version 30.
    pub transport: KeySet,
}

/// A chip in software. It has no clock; time is the port's business ([`SoftChip::work`] says what a command costs).
pub struct SoftChip {
    pub(super) store: Store,
    pub(super) session: Session,
    pub(super) rng: Box<dyn CryptoRng + Send>,
    pub(super) work: Work,
    uid: [u8; 4],
    powered: bool,
}

impl SoftChip {
    /// A blank as it comes from its vendor, powered on.
    #[must_use]
    pub fn blank(config: &ChipConfig, rng: impl CryptoRng + Send + 'static) -> Self {
        let mut store = Store::blank(config.serial, config.capacity);
        let keys = store.atomically(|s| keys::set_key_set(s, &config.transport));
        debug_assert!(keys.is_ok(), "a key set fits its place");
        Self::over(store, rng)
    }

    pub(super) fn over(store: Store, rng: impl CryptoRng + Send + 'static) -> Self {
        let rng = Box::new(rng);
        let mut chip = Self { store, session: Session::default(), rng, work: Work::default(), uid: [0; 4], powered: false };
        chip.power_on();
        chip
    }

    /// Power-on or reset: volatile state is gone, a torn write is undone, the UID is drawn anew.
    pub fn power_on(&mut self) {
        self.power_off();
        self.rng.fill_bytes(&mut self.uid);
        self.uid[0] = 0x08;
        self.powered = self.store.power_on().is_ok();
    }

    /// The field is gone.
    pub fn power_off(&mut self) {
        self.session = Session::default();
        self.powered = false;
    }

    /// Answer to reset, as a PC/SC reader makes it up for a contactless chip.
    #[must_use]
    pub fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    /// The random identifier of anticollision; another one after each power-on.
    #[must_use]
    pub fn uid(&self) -> [u8; 4] {
        self.uid
    }

    /// Life-cycle state.
    #[must_use]
    pub fn state(&self) -> State {
        self.store.state()
    }

    /// Chip serial.
    #[must_use]
    pub fn serial(&self) -> [u8; 10] {
        self.store.serial()
    }

    /// Lets this many more bytes be written to persistent memory and then takes the power away; `None`: no tear.
    pub fn tear_after(&mut self, bytes: Option<u64>) {
        self.store.nvm.tear_after(bytes);
    }

    /// Bytes written to persistent memory since the chip object was made.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.store.nvm.written()
    }

    /// What the last command made the chip do.
    #[must_use]
    pub fn work(&self) -> Work {
        self.work
    }

    /// One command, one answer of at least a status word; empty if the chip has no power.
    pub fn process(&mut self, apdu: &[u8]) -> Vec<u8> {
        self.work = Work::default();
        if !self.powered {
            return Vec::new();
        }
        let before = self.store.nvm.written();
        let answer = match Command::parse(apdu) {
            Ok(command) => self.answer(&command),
            Err(_) => refuse(WRONG_LENGTH),
        };
        self.work.written = self.store.nvm.written() - before;
        match answer {
            Ok(response) => response.encode(),
            Err(Stop::Status(status)) => status.to_be_bytes().to_vec(),
            Err(Stop::PowerLost) => {
                self.power_off();
                Vec::new()
            }
        }
    }

    fn answer(&mut self, command: &Command) -> Done<Response> {
        if self.store.state() == State::Terminated {
            return refuse(CONDITIONS_NOT_SATISFIED);
        }
        match command.cla() {
            0x80 | 0x84 => {
                self.end_secure();
                self.at_door(command)
            }
            0x00 | CHAINED => {
                self.end_secure();
                let most = if command.is_extended() { read::EXTENDED } else { SHORT };
                self.in_field(command, most).map(|data| Response::new(data, StatusWord(OK)))
            }
            0x0C | 0x1C => self.in_secure(command),
            _ => refuse(UNKNOWN_CLA),
        }
    }

    /// A command of the field, in the clear or taken out of secure messaging. `most`: bytes that its answer can carry.
    pub(super) fn in_field(&mut self, command: &Command, most: usize) -> Done {
        let Some(whole) = self.whole(command)? else { return Ok(Vec::new()) };
        if !matches!(whole.ins(), 0x86 | 0x82) {
            self.session.secure.under = Under::Nothing;
        }
        match whole.ins() {
            0xA4 => self.select(&whole),
            0xB0 | 0xB1 | 0x22 | 0x86 | 0x2A | 0x84 | 0x82 | 0x88 if !self.store.state().is_readable() => {
                refuse(CONDITIONS_NOT_SATISFIED)
            }
            0xB0 => self.read_binary(&whole, most),
            0xB1 => self.read_binary_odd(&whole, most),
            0x22 | 0x86 | 0x2A | 0x84 | 0x82 | 0x88 => self.authenticate(&whole),
            _ => refuse(UNKNOWN_INS),
        }
    }

    /// Puts a chained command together; `None` until its last part came. GENERAL AUTHENTICATE chains by its own rules.
    fn whole(&mut self, command: &Command) -> Done<Option<Command>> {
        let chain = self.session.chain.take();
        if command.ins() == 0x86 {
            return Ok(Some(command.clone()));
        }
        let header = [command.ins(), command.p1(), command.p2()];
        let more = command.cla() & CHAINED != 0;
        if !more && chain.is_none() {
            return Ok(Some(command.clone()));
        }
        let mut chain = chain.unwrap_or(Chain { header, data: Vec::new() });
        if chain.header != header {
            return refuse(NO_CHAINING);
        }
        chain.data.extend_from_slice(command.data());
        if chain.data.len() > CHAIN_BYTES {
            return refuse(WRONG_LENGTH);
        }
        if more {
            self.session.chain = Some(chain);
            return Ok(None);
        }
        let mut whole = Command::new(command.cla(), command.ins(), command.p1(), command.p2()).with_data(chain.data);
        if let Some(le) = command.le() {
            whole = whole.with_le(le);
        }
        Ok(Some(whole))
    }

    /// A command without secure messaging ends the session of PACE and all rights.
    fn end_secure(&mut self) {
        self.session.secure.on_plain();
    }

    pub(super) fn has_trust_point(&self) -> bool {
        super::trust::state(&self.store).is_some()
    }

    /// Counts bytes through cipher and MAC.
    pub(super) fn count_symmetric(&mut self, bytes: usize) {
        self.work.symmetric += bytes as u64;
    }
}
