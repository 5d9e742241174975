//! Readers through PC/SC: exclusive, in one transaction, without retries, and careful with cards that are not ours.

use super::selector::{ReaderInfo, Selector, serial_of, slot_of};
use super::{Port, PortError, PortLimits};
use pcsc::{Attribute, Card, Context, Disposition, Error, Protocols, ReaderState, Scope, ShareMode, State};
use std::ffi::{CStr, CString};
use std::time::{Duration, Instant};

/// Room for the longest extended answer.
const RECEIVE_BYTES: usize = crate::limits::RESPONSE_BYTES + 10;

/// How long the service may take to see that a card left and came back: three times what it waits between two looks.
const SETTLES: Duration = Duration::from_millis(1_200);
/// How long between two questions.
const LOOK: Duration = Duration::from_millis(25);

/// The machine's readers.
pub struct Readers {
    context: Context,
}

impl Readers {
    /// Asks the smart card service.
    ///
    /// # Errors
    /// [`PortError::ServiceDown`].
    pub fn open() -> Result<Self, PortError> {
        Context::establish(Scope::User).map(|context| Self { context }).map_err(|e| translate(e, ""))
    }

    /// Every reader, with what lies on it. Nothing is connected to a card.
    ///
    /// # Errors
    /// [`PortError::ServiceDown`] or [`PortError::Transport`].
    pub fn list(&self) -> Result<Vec<ReaderInfo>, PortError> {
        let names = match self.context.list_readers_owned() {
            Ok(names) => names,
            Err(Error::NoReadersAvailable) => Vec::new(),
            Err(error) => return Err(translate(error, "")),
        };
        names.iter().map(|name| self.describe(name)).collect()
    }

    fn describe(&self, raw: &CStr) -> Result<ReaderInfo, PortError> {
        let name = raw.to_string_lossy().into_owned();
        let state = self.state(raw)?;
        let card = state.event_state().contains(State::PRESENT);
        let atr = card.then(|| hex(state.atr()));
        let direct = self.context.connect(raw, ShareMode::Direct, Protocols::empty()).ok();
        let attribute = |which| direct.as_ref().and_then(|d| d.get_attribute_owned(which).ok());
        let serial = serial_of(&name).or_else(|| text(&attribute(Attribute::VendorIfdSerialNo)?));
        let port = attribute(Attribute::ChannelId).and_then(|id| usb_port(&id)).or_else(|| slot_of(&name));
        if let Some(direct) = direct {
            let _ = direct.disconnect(Disposition::LeaveCard);
        }
        Ok(ReaderInfo { name, serial, port, card, atr })
    }

    fn state(&self, name: &CStr) -> Result<ReaderState, PortError> {
        state(&self.context, name)
    }

    /// The one reader that fits.
    ///
    /// # Errors
    /// [`PortError::NoReader`], [`PortError::Ambiguous`] or any error of [`Readers::list`].
    pub fn find(&self, selector: &Selector) -> Result<ReaderInfo, PortError> {
        selector.choose(&self.list()?).cloned()
    }

    /// Waits until a card lies on the reader (`present`) or none does.
    ///
    /// # Errors
    /// [`PortError::Timeout`], or what became of the reader.
    pub fn wait(&self, reader: &ReaderInfo, present: bool, timeout: Duration) -> Result<(), PortError> {
        let raw = c_name(&reader.name)?;
        let end = Instant::now() + timeout;
        let mut states = [ReaderState::new(raw, State::UNAWARE)];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.context.get_status_change(left, &mut states) {
                Ok(()) => {}
                Err(Error::Timeout) => return Err(PortError::Timeout),
                Err(error) => return Err(translate(error, &reader.name)),
            }
            let [state] = &mut states;
            let event = state.event_state();
            if event.intersects(State::UNKNOWN | State::UNAVAILABLE) {
                return Err(PortError::NoReader(reader.name.clone()));
            }
            // Mute: a card is there, but it does not answer yet.
            if event.contains(State::PRESENT) == present && !(present && event.contains(State::MUTE)) {
                return Ok(());
            }
            state.sync_current_state();
        }
    }

    /// Takes the card on the reader for this process alone.
    ///
    /// # Errors
    /// [`PortError::CardAbsent`], [`PortError::Sharing`], [`PortError::NoReader`] or [`PortError::Transport`].
    pub fn connect(&self, reader: &ReaderInfo) -> Result<PcscPort, PortError> {
        let raw = c_name(&reader.name)?;
        let mut card =
            self.context.connect(&raw, ShareMode::Exclusive, Protocols::ANY).map_err(|e| translate(e, &reader.name))?;
        begin(&mut card, &reader.name)?;
        Ok(PcscPort {
            card: Some(card),
            context: self.context.clone(),
            seen: self.state(&raw)?.event_count(),
            lost: false,
            reader: reader.clone(),
            limits: PortLimits::SHORT,
            used: false,
            buffer: vec![0; RECEIVE_BYTES],
        })
    }
}

/// What the service knows of a reader now.
fn state(context: &Context, name: &CStr) -> Result<ReaderState, PortError> {
    let mut states = [ReaderState::new(name, State::UNAWARE)];
    match context.get_status_change(Duration::ZERO, &mut states) {
        Ok(()) | Err(Error::Timeout) => {}
        Err(error) => return Err(translate(error, &name.to_string_lossy())),
    }
    let [state] = states;
    Ok(state)
}

/// Begins a transaction that lasts as long as the connection. Windows resets a card whose transaction is idle for five seconds, and
/// the connection is exclusive already, so there is none.
fn begin(card: &mut Card, name: &str) -> Result<(), PortError> {
    if !cfg!(windows) {
        // Ends with the disconnection; the guard would borrow the card for as long.
        std::mem::forget(card.transaction().map_err(|e| translate(e, name))?);
    }
    Ok(())
}

/// A card on a reader, held exclusively.
pub struct PcscPort {
    card: Option<Card>,
    context: Context,
    /// The reader's count of cards that came and left, as of the last power-up.
    seen: u32,
    /// Whether the last exchange failed as it does when the card leaves.
    lost: bool,
    reader: ReaderInfo,
    limits: PortLimits,
    used: bool,
    buffer: Vec<u8>,
}

impl PcscPort {
    /// The same port with other limits: extended length fields only where the reader was told or shown to take them.
    #[must_use]
    pub fn with_limits(mut self, limits: PortLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The reader.
    #[must_use]
    pub fn reader(&self) -> &ReaderInfo {
        &self.reader
    }

    fn card(&self) -> Result<&Card, PortError> {
        self.card.as_ref().ok_or(PortError::CardRemoved)
    }

    /// Waits until the service has seen for itself that the card left and came back. A card that is opened sooner is powered up once
    /// more behind our back when it does, and every channel with it is gone. A card that never left is not waited for longer than
    /// the service needs to know.
    fn settle(&mut self) -> Result<(), PortError> {
        let name = c_name(&self.reader.name)?;
        let end = Instant::now() + SETTLES;
        loop {
            let state = state(&self.context, &name)?;
            if !state.event_state().contains(State::PRESENT) {
                return Err(PortError::CardAbsent);
            }
            if state.event_count() != self.seen || Instant::now() >= end {
                return Ok(());
            }
            std::thread::sleep(LOOK);
        }
    }

    /// What a failed exchange means. "Not transacted" is said of a lost card, a reset one and a bad contact alike: ask again.
    fn diagnose(&self, error: Error) -> PortError {
        if error != Error::NotTransacted && error != Error::CommDataLost {
            return translate(error, &self.reader.name);
        }
        match self.card().map(Card::status2_owned) {
            Ok(Err(Error::RemovedCard | Error::NoSmartcard | Error::ReaderUnavailable)) => PortError::CardRemoved,
            Ok(Err(Error::ResetCard)) => PortError::CardReset,
            Ok(Ok(status)) if status.status().contains(pcsc::Status::ABSENT) => PortError::CardRemoved,
            _ => PortError::Transport(error.to_string()),
        }
    }
}

impl Port for PcscPort {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        if apdu.len() > self.limits.command {
            return Err(PortError::CommandTooLong(apdu.len()));
        }
        self.used = true;
        let mut buffer = std::mem::take(&mut self.buffer);
        let answer = match self.card().map(|card| card.transmit(apdu, &mut buffer)) {
            Err(error) => Err(error),
            // The service reports success with nothing in hand when the card left in mid-exchange.
            Ok(Ok(answer)) if answer.len() < 2 => Err(PortError::CardRemoved),
            Ok(Ok(answer)) => Ok(answer.to_vec()),
            Ok(Err(Error::InsufficientBuffer)) => Err(PortError::OversizeResponse(RECEIVE_BYTES)),
            Ok(Err(error)) => Err(self.diagnose(error)),
        };
        zeroize::Zeroize::zeroize(buffer.get_mut(..answer.as_ref().map_or(0, Vec::len)).unwrap_or_default());
        self.buffer = buffer;
        self.lost = matches!(answer, Err(PortError::CardRemoved | PortError::Transport(_)));
        answer
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        if self.lost {
            self.settle()?;
        }
        let name = self.reader.name.clone();
        let card = self.card.as_mut().ok_or(PortError::CardRemoved)?;
        card.reconnect(ShareMode::Exclusive, Protocols::ANY, Disposition::UnpowerCard).map_err(|e| translate(e, &name))?;
        self.used = false;
        begin(card, &name)?;
        self.lost = false;
        self.seen = state(&self.context, &c_name(&name)?)?.event_count();
        Ok(())
    }

    fn atr(&self) -> Vec<u8> {
        let status = self.card.as_ref().and_then(|card| card.status2_owned().ok());
        status.map(|s| s.atr().to_vec()).unwrap_or_default()
    }

    fn limits(&self) -> PortLimits {
        self.limits
    }

    fn fingerprint(&self) -> String {
        let part = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        format!("pcsc;name={};serial={};port={}", self.reader.name, part(&self.reader.serial), part(&self.reader.port))
    }
}

impl Drop for PcscPort {
    /// A card that we spoke to is left reset, so that nobody inherits its selected file or channel; another's is left as it was.
    fn drop(&mut self) {
        if let Some(card) = self.card.take() {
            let disposition = if self.used { Disposition::ResetCard } else { Disposition::LeaveCard };
            let _ = card.disconnect(disposition);
        }
    }
}

fn translate(error: Error, name: &str) -> PortError {
    match error {
        Error::NoService | Error::ServiceStopped | Error::Shutdown | Error::InvalidHandle => PortError::ServiceDown,
        Error::UnknownReader | Error::ReaderUnavailable | Error::NoReadersAvailable => PortError::NoReader(name.to_owned()),
        Error::NoSmartcard => PortError::CardAbsent,
        Error::RemovedCard => PortError::CardRemoved,
        Error::ResetCard => PortError::CardReset,
        Error::SharingViolation => PortError::Sharing,
        Error::Timeout | Error::WaitedTooLong => PortError::Timeout,
        Error::InsufficientBuffer => PortError::OversizeResponse(RECEIVE_BYTES),
        other => PortError::Transport(other.to_string()),
    }
}

fn c_name(name: &str) -> Result<CString, PortError> {
    CString::new(name).map_err(|_| PortError::BadSelector(name.to_owned()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}

fn text(bytes: &[u8]) -> Option<String> {
    let text: String = bytes.iter().take_while(|b| b.is_ascii_graphic()).map(|&b| char::from(b)).collect();
    (!text.is_empty()).then_some(text)
}

/// The physical USB port of a channel identifier `0020bbaa` (bus, address): the address changes when a reader is plugged again, the
/// port does not. Linux keeps that table in sysfs.
fn usb_port(channel: &[u8]) -> Option<String> {
    let id = u32::from_le_bytes(channel.get(..4)?.try_into().ok()?);
    let [0x00, 0x20, bus, address] = id.to_be_bytes() else {
        return None;
    };
    let devices = std::fs::read_dir("/sys/bus/usb/devices").ok()?;
    let number = |path: std::path::PathBuf| std::fs::read_to_string(path).ok()?.trim().parse::<u8>().ok();
    devices
        .take(1_024)
        .flatten()
        .find(|d| number(d.path().join("busnum")) == Some(bus) && number(d.path().join("devnum")) == Some(address))
        .and_then(|d| d.file_name().into_string().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_the_service_has_its_name() {
        let rows = [
            (Error::NoService, PortError::ServiceDown),
            (Error::UnknownReader, PortError::NoReader("R".into())),
            (Error::NoSmartcard, PortError::CardAbsent),
            (Error::RemovedCard, PortError::CardRemoved),
            (Error::ResetCard, PortError::CardReset),
            (Error::SharingViolation, PortError::Sharing),
            (Error::Timeout, PortError::Timeout),
            (Error::InsufficientBuffer, PortError::OversizeResponse(RECEIVE_BYTES)),
        ];
        for (error, expected) in rows {
            assert_eq!(translate(error, "R"), expected);
        }
        assert!(matches!(translate(Error::CommError, "R"), PortError::Transport(_)));
        assert_eq!(c_name("a\0b"), Err(PortError::BadSelector("a\0b".into())));
    }

    #[test]
    fn attributes_are_read_with_care() {
        assert_eq!(text(b"AB12\0\xFF").as_deref(), Some("AB12"));
        assert_eq!(text(&[0xFF]), None);
        assert_eq!(usb_port(&[1, 2]), None);
        assert_eq!(usb_port(&0x0001_0000u32.to_le_bytes()), None);
        assert_eq!(hex(&[0x3B, 0x80]), "3B80");
    }
}
