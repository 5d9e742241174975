//! The centre's store takes in a capture that an office made in its own: an application that begins there as received, once.
//!
//! What the centre's register has is laid over the office's data, never the reverse: nothing that an office sends changes the register.

use super::SyncError;
use crate::issuance::application::{State, Step};
use crate::issuance::card;
use crate::issuance::case::{CaseError, Dossier, opening};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::office::Office;
use crate::issuance::packet::{Capture, FileName, PacketError, Verified};
use crate::issuance::store::{By as Find, Id, Kind, Move, Part, Sealed, Store, StoreError, Word};
use crate::issuance::{register, resident};
use crate::pki::key::PrivateKey;
use crate::verify::hex;
use zeroize::Zeroizing;

/// The file of a packet that holds the case.
pub(super) const DOSSIER: &str = "dossier.json";

/// Whether something was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was, and is in the store.
    New,
    /// It was in the store before.
    Again,
}

/// The office whose own store an application came from; none for one that began in this store.
///
/// # Errors
/// What the store says.
pub fn origin(store: &mut dyn Store, id: &Id) -> Result<Option<Office>, StoreError> {
    let first = store.history(Kind::Application, id, 0, 1)?;
    let came = first.first().filter(|row| row.now == State::Received.name());
    Ok(came.and_then(|row| row.reason()?.parse().ok()))
}

/// Takes a packet in.
///
/// # Errors
/// [`SyncError::OtherApplication`], [`SyncError::OtherCapture`], [`SyncError::Packet`]; what desk and store say: a person who has an open
/// application is refused.
pub fn packet(desk: &mut Desk<'_>, packet: &Verified, key: &PrivateKey, by: By<'_>) -> Result<Taken, SyncError> {
    let (from, digest) = (packet.head().office(), packet.digest());
    let id = Id::parse(&packet.head().application().to_string())?;
    let (mut dossier, capture) = apart(&packet.open(key)?)?;
    let procedure = dossier.procedure;
    let places = [procedure.captured_at(), procedure.consolidated_at()];
    if !places.iter().any(|place| dossier.office(*place) == Some(from)) {
        return Err(SyncError::OtherApplication(from));
    }
    let standing = desk.store.standing(Kind::Application, &id)?;
    let anew = match &standing {
        None => false,
        Some(_) if origin(desk.store, &id)? != Some(from) => return Err(SyncError::OtherApplication(from)),
        Some(_) if is_kept(desk, &id, &capture)? => return Ok(Taken::Again),
        Some(s) if [State::DataVerified.name(), State::IdentificationFailed.name()].contains(&s.state) => true,
        Some(_) => return Err(SyncError::OtherCapture),
    };
    consolidate(desk, &mut dossier)?;
    let plain = capture.encode(from, packet.head().officer());
    let biometrics = desk.key.seal(Kind::Application, &id, Part::Biometrics, &plain, desk.rng)?;
    let step = if anew {
        Move::application(id.clone(), Step::TakeIn)
    } else {
        Move::open(id.clone(), opening(desk, &dossier, State::Received)?)
    };
    let step = step.because(Word::parse(&from.to_string())?).by_evidence(digest);
    let biodata = sealed(desk, &id, &dossier)?;
    let mut moves = vec![step.with_sealed(biodata).with_sealed(biometrics)];
    moves.extend(lost(desk, &dossier, digest)?.filter(|_| !anew));
    let job = Id::parse(&format!("packet-{}", hex::encode(digest.get(..16).unwrap_or_default())))?;
    desk.take_by(&job, moves, by)?;
    Ok(Taken::New)
}

/// The case, and the files of the capture.
fn apart(sent: &Capture) -> Result<(Dossier, Capture), SyncError> {
    let none = || PacketError::File(DOSSIER.to_owned());
    let of = |(name, bytes): (&FileName, &[u8])| (name.clone(), Zeroizing::new(bytes.to_vec()));
    let (dossier, files): (Vec<_>, Vec<_>) = sent.files().map(of).partition(|(name, _)| name.as_str() == DOSSIER);
    let (_, dossier) = dossier.first().ok_or_else(none)?;
    let dossier = Dossier::from_json(dossier).ok_or_else(none)?;
    Ok((dossier, Capture::new(sent.application().clone(), files)?))
}

/// Whether the store has this very capture already: file by file, whoever sent it.
fn is_kept(desk: &mut Desk<'_>, id: &Id, capture: &Capture) -> Result<bool, SyncError> {
    let Some(sealed) = desk.store.sealed(Kind::Application, id, Part::Biometrics)? else { return Ok(false) };
    let kept = Capture::of_store(&desk.key.open(&sealed)?, capture.application())?;
    Ok(kept.files().eq(capture.files()))
}

/// The centre's data over the office's.
fn consolidate(desk: &mut Desk<'_>, dossier: &mut Dossier) -> Result<(), SyncError> {
    let Some(known) = register::of_nik(desk.store, desk.key, &dossier.biodata.nik)? else {
        dossier.is_clean = false;
        return Ok(());
    };
    if !known.state.lives_here() {
        return Err(CaseError::NotResident(known.state).into());
    }
    dossier.is_clean = known.state == resident::State::Clean;
    if dossier.is_clean {
        dossier.refresh(&known.resident.biodata)?;
    }
    Ok(())
}

/// Of whom a lost card is reported: the card that is good until now, which the centre revokes with it.
fn lost(desk: &mut Desk<'_>, dossier: &Dossier, evidence: [u8; 32]) -> Result<Option<Move>, SyncError> {
    if !dossier.reason.revokes_at_once() {
        return Ok(None);
    }
    let subject = desk.key.subject(&dossier.biodata.nik);
    let cards = desk.store.find(Kind::Card, Find::Person(&subject))?;
    let live = cards.into_iter().find(|card| card::State::of_name(card.state).is_some_and(card::State::is_live));
    let why = Word::parse(dossier.reason.name())?;
    Ok(live.map(|card| Move::card(card.id, card::Step::Revoke).because(why).by_evidence(evidence)))
}

pub(super) fn sealed(desk: &mut Desk<'_>, id: &Id, dossier: &Dossier) -> Result<Sealed, SyncError> {
    let plain = Zeroizing::new(dossier.to_json());
    Ok(desk.key.seal(Kind::Application, id, Part::Biodata, &plain, desk.rng)?)
}
