//! One reading: channel, Chip Authentication, files in a terminal's order, and what to do when the card leaves the field.

use super::error::ReadError;
use super::file::{Exchange, PartialFile};
use super::progress::Progress;
use super::terminal::Terminal;
use super::want::Want;
use crate::chip::apdu::{Command, MAX_LE, StatusWord};
use crate::chip::channel::{Channel, RunError};
use crate::chip::pace::{self, PaceParams, Password};
use crate::chip::sm::MAX_SHORT_PLAIN;
use crate::crypto::ec::{PrivateKey, PublicKey};
use crate::lds::atr_info::AtrInfo;
use crate::lds::card_access;
use crate::lds::file_id::{Application, FileId};
use crate::limits::FIELD_LOST_RETRIES;
use crate::verify::evidence::{
    AaAnswer, CaTranscript, ClaimedMode, Content, Evidence, PaceFacts, PasswordKind, TaFacts, Timing, VERSION,
};
use crate::verify::live::LiveProof;
use crate::world::Clock;
use jiff::Timestamp;
use rand_core::CryptoRng;
use std::collections::BTreeMap;

/// What to read, and with what.
#[derive(Debug)]
pub struct Setup<'a> {
    /// What the holder shows.
    pub password: &'a Password,
    /// Which files.
    pub want: &'a Want,
    /// This station's right to read fingers, if it has one.
    pub terminal: Option<&'a Terminal>,
    /// The judge's challenge for Active Authentication; without one, a reading of everything draws its own.
    pub challenge: Option<[u8; 8]>,
    /// Whether extended length may be used where reader and chip both say that they can.
    pub extended: bool,
}

/// A reading: what anyone may judge, and the proof for a judge in this process.
#[derive(Debug)]
pub struct Reading {
    /// What was seen.
    pub evidence: Evidence,
    /// The live half.
    pub proof: LiveProof,
}

/// Clock, entropy and listener of a reading.
pub struct World<'a> {
    /// For `read_at` and the timing.
    pub clock: &'a dyn Clock,
    /// For ephemeral keys and the challenge.
    pub rng: &'a mut dyn CryptoRng,
    /// Told of every step.
    pub progress: &'a mut dyn FnMut(Progress),
}

/// Reads one card. The chip is reset first, so that no channel of anybody else is left.
///
/// # Errors
/// [`ReadError`]. A failed authentication is never repeated; a lost field is taken up again at most [`FIELD_LOST_RETRIES`] times, with
/// the password that was accepted and at the byte where reading stood.
pub fn read(channel: &mut Channel<'_>, setup: &Setup<'_>, world: World<'_>) -> Result<Reading, ReadError> {
    let started = world.clock.now();
    let mut session = Session::open(channel, setup, world)?;
    while let Err(error) = session.proceed() {
        if !error.is_field_lost() {
            return Err(error);
        }
        session.take_up_again()?;
    }
    session.tell(Progress::CardMayGo);
    Ok(session.finish(started))
}

/// A reading under way. Everything found so far survives a lost field; what is bound to the channel does not.
pub(super) struct Session<'a, 'w, 'p> {
    pub(super) channel: &'a mut Channel<'p>,
    pub(super) setup: &'a Setup<'a>,
    pub(super) world: World<'w>,
    pub(super) params: PaceParams,
    pub(super) chunk: u32,
    pub(super) files: BTreeMap<FileId, Vec<u8>>,
    pub(super) probes: BTreeMap<FileId, u16>,
    pub(super) partial: Option<PartialFile>,
    pub(super) ca: Option<(CaTranscript, Option<PrivateKey>)>,
    pub(super) aa: Option<AaAnswer>,
    pub(super) own_challenge: Option<[u8; 8]>,
    pub(super) ta: Option<TaFacts>,
    pub(super) link: Bound,
    /// Chip Authentication broke the channel once and is not tried again.
    pub(super) abandoned: bool,
    portrait_at: Option<Timestamp>,
    lost: usize,
}

/// What lives as long as the channel.
#[derive(Default)]
pub(super) struct Bound {
    /// The chip's ephemeral key of PACE.
    pub chip_key: Option<PublicKey>,
    /// The terminal's ephemeral key of Chip Authentication.
    pub terminal_key: Option<PublicKey>,
    /// Which application is selected.
    pub application: Option<Application>,
    /// Whether the chip accepted the terminal.
    pub accepted: bool,
    /// Whether Chip Authentication broke the channel: nothing more can be read over it.
    pub broken: bool,
}

impl<'a, 'w, 'p> Session<'a, 'w, 'p> {
    /// Resets the chip, reads EF.CardAccess and runs PACE. Nothing here is repeated: until the password was accepted, another try
    /// might count against the holder.
    fn open(channel: &'a mut Channel<'p>, setup: &'a Setup<'a>, world: World<'w>) -> Result<Self, ReadError> {
        channel.reset()?;
        let access = read_card_access(channel)?;
        let params = choose(&access)?;
        let chunk = chunk(channel, setup.extended)?;
        let mut session = Self {
            channel,
            setup,
            world,
            params,
            chunk,
            files: BTreeMap::from([(FileId::CardAccess, access)]),
            probes: BTreeMap::new(),
            partial: None,
            ca: None,
            aa: None,
            own_challenge: None,
            ta: None,
            link: Bound::default(),
            abandoned: false,
            portrait_at: None,
            lost: 0,
        };
        session.secure()?;
        Ok(session)
    }

    fn secure(&mut self) -> Result<(), ReadError> {
        let done = pace::run(self.channel, &self.params, self.setup.password, self.world.rng).map_err(|error| match error {
            RunError::Channel(error) => ReadError::Channel(error),
            RunError::Protocol(error) => ReadError::Pace(error),
        })?;
        self.channel.protect(done.sm);
        self.link = Bound { chip_key: Some(done.card_ephemeral), ..Bound::default() };
        self.tell(Progress::ChannelOpen);
        Ok(())
    }

    /// After a lost field: PACE with the accepted password, then on. A field lost meanwhile counts as well.
    fn take_up_again(&mut self) -> Result<(), ReadError> {
        loop {
            self.lost += 1;
            if self.lost > FIELD_LOST_RETRIES {
                return Err(ReadError::FieldLost);
            }
            self.tell(Progress::FieldLost { time: self.lost });
            if let Some(partial) = &mut self.partial {
                partial.deselected();
            }
            match self.channel.reset().map_err(ReadError::Channel).and_then(|()| self.secure()) {
                Err(error) if error.is_field_lost() => {}
                other => return other,
            }
        }
    }

    /// A new channel by PACE, on which Chip Authentication is left out.
    pub(super) fn without_chip_authentication(&mut self) -> Result<(), ReadError> {
        self.abandoned = true;
        self.channel.reset()?;
        self.secure()
    }

    pub(super) fn tell(&mut self, progress: Progress) {
        (self.world.progress)(progress);
    }

    /// Selects an application under secure messaging, if it is not selected.
    pub(super) fn select(&mut self, application: Application) -> Result<(), ReadError> {
        if self.link.application == Some(application) {
            return Ok(());
        }
        let aid = application.aid().unwrap_or_default();
        let answer = self.channel.send(&Command::new(0x00, 0xA4, 0x04, 0x0C).with_data(aid))?;
        if !answer.status.is_ok() {
            return Err(ReadError::NoApplication(answer.status));
        }
        self.link.application = Some(application);
        Ok(())
    }

    pub(super) fn portrait_is_whole(&mut self) {
        self.portrait_at = Some(self.world.clock.now());
    }

    fn finish(self, started: Timestamp) -> Reading {
        let now = self.world.clock.now();
        let since = |at: Timestamp| u64::try_from(at.duration_since(started).as_millis()).unwrap_or(0);
        let counters = self.channel.link().counters();
        let timing = Timing {
            total_ms: since(now),
            portrait_ms: self.portrait_at.map(since),
            apdus: counters.apdus,
            sent_bytes: counters.sent_bytes,
            received_bytes: counters.received_bytes,
            field_lost: u64::try_from(self.lost).unwrap_or(u64::MAX),
        };
        let (transcript, ephemeral) = self.ca.unzip();
        let challenged = self.setup.challenge.is_some() && self.aa.is_some();
        let evidence = Evidence {
            version: VERSION,
            mode: if challenged { ClaimedMode::Challenged } else { ClaimedMode::None },
            read_at: now,
            program: concat!("ektp ", env!("CARGO_PKG_VERSION")).to_owned(),
            reader: self.channel.link().port().fingerprint(),
            files: self.files.into_iter().map(|(file, bytes)| (file, Content::Bytes(bytes.into()))).collect(),
            probes: self.probes,
            pace: Some(facts(&self.params, self.setup.password)),
            chip_authentication: transcript,
            active_authentication: self.aa,
            terminal_authentication: self.ta,
            timing: Some(timing),
            person: None,
        };
        let proof = LiveProof::new(&evidence, ephemeral.flatten(), self.own_challenge.or(self.setup.challenge));
        Reading { evidence, proof }
    }
}

fn facts(params: &PaceParams, password: &Password) -> PaceFacts {
    let password = match password {
        Password::Can(_) => PasswordKind::Can,
        Password::Mrz(_) => PasswordKind::Mrz,
    };
    PaceFacts { password, protocol: params.protocol().to_owned(), parameter_id: params.curve().parameter_id() }
}

/// EF.CardAccess in the clear. After a reset the MF is selected; a chip that answers otherwise is helped with the forms of SELECT MF
/// that cards in the field know.
fn read_card_access(channel: &mut Channel<'_>) -> Result<Vec<u8>, ReadError> {
    let select_mf =
        [None, Some(Command::new(0x00, 0xA4, 0x00, 0x0C)), Some(Command::new(0x00, 0xA4, 0x00, 0x0C).with_data([0x3F, 0]))];
    let mut unfinished = true;
    for select in select_mf {
        if let Some(command) = select {
            Exchange::send(channel, &command)?;
        }
        let mut file = PartialFile::new(FileId::CardAccess);
        let first = Exchange::send(channel, &file.first_command(crate::chip::apdu::SHORT_LE_MAX))?;
        if first.status.is_ok() {
            file.first_answer(first)?;
            while file.done() < file.total() {
                file.step(channel, crate::chip::apdu::SHORT_LE_MAX)?;
            }
            return file.into_whole().ok_or(ReadError::Malformed(FileId::CardAccess));
        }
        unfinished &= first.status == StatusWord::CONDITIONS_NOT_SATISFIED;
    }
    // Before its states of use a chip answers 6985 to everything of the field (`specs/card-profile.md` 8.2); a card without PACE
    // says that the file is not there.
    Err(if unfinished { ReadError::NotPersonalized } else { ReadError::PaceAbsent })
}

/// The first PACE of EF.CardAccess that this program speaks. There is no other way in: no BAC, no reading in the clear.
fn choose(access: &[u8]) -> Result<PaceParams, ReadError> {
    let infos = card_access::parse(access).map_err(|_| ReadError::Malformed(FileId::CardAccess))?;
    infos.pace().find_map(|info| PaceParams::from_info(info).ok()).ok_or(ReadError::PaceAbsent)
}

/// Bytes of a read: what a short protected answer holds, or more where extended length is wanted and EF.ATR/INFO allows it.
fn chunk(channel: &mut Channel<'_>, extended: bool) -> Result<u32, ReadError> {
    let short = u32::try_from(MAX_SHORT_PLAIN).unwrap_or(u32::MAX);
    if !extended || !channel.link().extended() {
        return Ok(short);
    }
    let mut file = PartialFile::new(FileId::AtrInfo);
    file.step(channel, crate::chip::apdu::SHORT_LE_MAX)?;
    let buffers = file.into_whole().and_then(|bytes| AtrInfo::parse(&bytes).ok()).and_then(|info| info.extended);
    let port = u32::try_from(channel.link().port().limits().response).unwrap_or(MAX_LE);
    Ok(buffers.map_or(short, |b| plain_in(u32::from(b.response).min(port)).max(short)))
}

/// Plain bytes that a protected answer of at most `response` bytes holds: less status, DO'99', DO'8E', the header of DO'87', padding.
fn plain_in(response: u32) -> u32 {
    let sealed = response.saturating_sub(2 + 4 + 10 + 5) / 16 * 16;
    sealed.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chunk_fills_the_answer() {
        assert_eq!(plain_in(258), 223);
        assert_eq!(plain_in(65_535), 65_503);
        assert_eq!(plain_in(0), 0);
    }

    #[test]
    fn without_a_pace_that_is_spoken_nothing_is_read() {
        assert_eq!(choose(&[0x31, 0x00]), Err(ReadError::PaceAbsent));
        assert_eq!(choose(&[0x30, 0x00]), Err(ReadError::Malformed(FileId::CardAccess)));
    }
}
