//! A software chip on a virtual PC/SC reader, with its state in a file and faults on demand.

use super::chip::SoftChip;
use super::fate::{Fate, suffer};
use super::faults::{Fault, FaultPlan};
use super::latency::{Latency, Passing, RealTime};
use super::state_file::{StateError, StateFile};
use crate::chip::port::PortError;
use crate::chip::port::vpcd::{Ending, VirtualCard, VpcdCard};
use crate::reason::{Reason, Refusal};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Why serving ended badly.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The state file.
    #[error(transparent)]
    State(#[from] StateError),
    /// The virtual reader.
    #[error(transparent)]
    Reader(#[from] PortError),
}

impl Refusal for ServeError {
    fn reason(&self) -> Reason {
        match self {
            Self::State(error) => error.reason(),
            Self::Reader(error) => error.reason(),
        }
    }
}

/// A chip and the file of its state; none for a chip that forgets.
struct Kept {
    chip: SoftChip,
    file: Option<StateFile>,
    saved: u64,
}

impl Kept {
    fn new(chip: SoftChip, file: Option<StateFile>) -> Self {
        Self { chip, file, saved: 0 }
    }

    fn save(&mut self) -> Result<(), StateError> {
        if let Some(file) = self.file.as_ref().filter(|_| self.chip.written() != self.saved) {
            file.replace(&self.chip)?;
            self.saved = self.chip.written();
        }
        Ok(())
    }
}

/// A chip whose memory is written to its file before each answer that follows a change.
pub struct ServedChip {
    on: Kept,
    other: Option<Kept>,
    latency: Latency,
    faults: FaultPlan,
    silence: Duration,
    struck: Option<Fault>,
    failure: Option<StateError>,
}

impl ServedChip {
    /// Serves a chip. `file`: where its state is kept; none for a chip that forgets.
    #[must_use]
    pub fn new(chip: SoftChip, file: Option<StateFile>, latency: Latency) -> Self {
        let (faults, silence) = (FaultPlan::none(), Duration::ZERO);
        Self { on: Kept::new(chip, file), other: None, latency, faults, silence, struck: None, failure: None }
    }

    /// The same chip with these faults to come; commands count from now. A virtual reader knows no longest wait, so a chip that
    /// gives no answer leaves it after `silence`, and an answer that is late comes then.
    #[must_use]
    pub fn with_faults(mut self, plan: FaultPlan, silence: Duration) -> Self {
        (self.faults, self.silence) = (plan, silence);
        self
    }

    /// The chip that [`Fault::Swapped`] puts on the reader.
    pub fn swap_in(&mut self, chip: SoftChip, file: Option<StateFile>) {
        self.other = Some(Kept::new(chip, file));
    }

    /// Commands that came so far.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.faults.exchanges()
    }

    /// The chip on the reader.
    #[must_use]
    pub fn chip(&self) -> &SoftChip {
        &self.on.chip
    }

    /// The fault of the last command, if it had one.
    #[must_use]
    pub fn struck(&self) -> Option<&Fault> {
        self.struck.as_ref()
    }

    fn save(&mut self) {
        if let Err(error) = self.on.save() {
            self.failure = Some(error);
        }
    }

    fn swap(&mut self) {
        if let Some(mut other) = self.other.take() {
            other.chip.power_on();
            self.on.chip.power_off();
            self.other = Some(std::mem::replace(&mut self.on, other));
        }
    }

    /// Sends a command to the chip under its fault.
    fn exchange(&mut self, apdu: &[u8]) -> Fate {
        let (latency, mut time) = (self.latency, Duration::ZERO);
        let mut deliver = |chip: &mut SoftChip, apdu: &[u8]| {
            let answer = chip.process(apdu);
            time += latency.of(apdu.len() + answer.len(), &chip.work());
            answer
        };
        let chip = &mut self.on.chip;
        let fate = match &self.struck {
            Some(fault) => suffer(fault, chip, apdu, &mut deliver),
            None => Fate::of(deliver(chip, apdu)),
        };
        // A virtual reader cannot say that somebody reset the card: the station learns it from the answer.
        let fate = if fate == Fate::Reset { Fate::of(deliver(chip, apdu)) } else { fate };
        self.save();
        RealTime.pass(time);
        fate
    }
}

impl VirtualCard for ServedChip {
    fn power_on(&mut self) {
        self.on.chip.power_on();
        self.save();
    }

    fn power_off(&mut self) {
        self.on.chip.power_off();
    }

    fn atr(&self) -> Vec<u8> {
        self.on.chip.atr()
    }

    fn process(&mut self, apdu: &[u8]) -> Option<Vec<u8>> {
        self.struck = self.faults.advance();
        if self.struck == Some(Fault::Swapped) {
            self.swap();
        }
        let fate = self.exchange(apdu);
        if matches!(fate, Fate::Silent | Fate::Late(_)) {
            RealTime.pass(self.silence);
        }
        match fate {
            // A chip that cannot keep its state leaves the reader. So does one whose answer has no byte: the virtual reader would
            // wait for one.
            _ if self.failure.is_some() => None,
            Fate::Answered(answer) | Fate::Late(answer) => Some(answer).filter(|a| !a.is_empty()),
            Fate::Dead | Fate::Silent | Fate::Left | Fate::Reset => None,
        }
    }
}

/// A chip on the reader, and whoever is told of each fault when it strikes.
struct Watched<'a> {
    chip: &'a mut ServedChip,
    watch: &'a mut dyn FnMut(u64),
}

impl VirtualCard for Watched<'_> {
    fn power_on(&mut self) {
        self.chip.power_on();
    }

    fn power_off(&mut self) {
        self.chip.power_off();
    }

    fn atr(&self) -> Vec<u8> {
        self.chip.atr()
    }

    fn process(&mut self, apdu: &[u8]) -> Option<Vec<u8>> {
        let answer = self.chip.process(apdu);
        if self.chip.struck.is_some() {
            (self.watch)(self.chip.exchanges() - 1);
        }
        answer
    }
}

/// Lays the chip on the virtual reader that listens on this port of this machine, until either leaves. `watch` is told the index
/// of each command that had a fault, before its answer goes.
///
/// # Errors
/// Any [`ServeError`].
pub fn serve(chip: &mut ServedChip, port: u16, watch: &mut dyn FnMut(u64)) -> Result<Ending, ServeError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let card = VpcdCard::insert(address, Duration::from_secs(10))?;
    let ending = card.serve(&mut Watched { chip, watch })?;
    chip.power_off();
    match chip.failure.take() {
        Some(error) => Err(error.into()),
        None => Ok(ending),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::softchip::fixture;
    use crate::world::DangerousSeededEntropy;
    use std::io::{Read, Write};

    fn blank() -> SoftChip {
        SoftChip::blank(&fixture::config(8_192), DangerousSeededEntropy::new(1))
    }

    fn select_and_update() -> [Vec<u8>; 2] {
        let select = hex_literal::hex!("00A4040C08 A000000151000000").to_vec();
        [select, hex_literal::hex!("8050300008 0102030405060708 00").to_vec()]
    }

    #[test]
    fn what_changed_is_on_disk_before_the_answer() {
        let dir = tempfile::tempdir().unwrap();
        let file = StateFile::at(&dir.path().join("chip"));
        file.create(&blank()).unwrap();
        let mut served = ServedChip::new(file.load(DangerousSeededEntropy::new(2)).unwrap(), Some(file.clone()), Latency::NONE);
        served.power_on();
        for apdu in select_and_update() {
            assert!(served.process(&apdu).unwrap().ends_with(&[0x90, 0]));
        }
        assert_eq!(served.exchanges(), 2);
        let mut again = file.load(DangerousSeededEntropy::new(3)).unwrap();
        assert_eq!(again.store.next_sequence(), Ok([0, 0, 2]));
        std::fs::remove_dir_all(dir.path()).unwrap();
        for apdu in select_and_update() {
            if served.process(&apdu).is_none() {
                assert!(matches!(served.failure, Some(StateError::File { .. })));
                return;
            }
        }
        panic!("a state that cannot be kept must not be answered for");
    }

    #[test]
    fn a_reader_is_served_over_its_socket() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let reader = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(&[0, 1, 1, 0, 1, 4]).unwrap();
            let mut answer = [0; 7];
            stream.read_exact(&mut answer).unwrap();
            stream.write_all(&[0, 5, 0xFF, 0xCA, 0x01, 0, 0]).unwrap();
            let mut status = [0; 4];
            stream.read_exact(&mut status).unwrap();
            (answer, status)
        });
        let mut served = ServedChip::new(blank(), None, Latency::NONE);
        assert_eq!(serve(&mut served, port, &mut |_| ()), Ok(Ending::ReaderGone));
        let (answer, status) = reader.join().unwrap();
        assert_eq!(answer, [0, 5, 0x3B, 0x80, 0x80, 0x01, 0x01]);
        assert_eq!(status, [0, 2, 0x6E, 0x00]);
    }

    #[test]
    fn errors_keep_their_reason() {
        let state = ServeError::State(StateError::Damaged);
        let reader = ServeError::Reader(PortError::NoReader("x".into()));
        assert_eq!((state.reason(), reader.reason()), (Reason::InputInvalid, Reason::NoReader));
    }
}
