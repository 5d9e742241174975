//! The step to *print ready*: it builds the card's image, allocates the card, and makes the authorization; nothing else makes one.
//!
//! The image is written first, and says nothing by itself; the store's change is the intent; the authorization follows it, and a run that
//! was killed in between makes it up. Numbers are given once for an application's n-th card.

use super::captured::{Captured, Prints};
use super::clarify::{refuse_elsewhere, refuse_if_held};
use super::findings::{Answer, Findings, subject};
use super::{CentreError, record};
use crate::crypto::hash::sha256;
use crate::durable::{self, Readers};
use crate::issuance::application::{State, Step};
use crate::issuance::case::{Case, CaseError};
use crate::issuance::desk::{By, Desk, DeskError, day};
use crate::issuance::names::Named as _;
use crate::issuance::officer::ActError;
use crate::issuance::papers::Reason;
use crate::issuance::recall::took;
use crate::issuance::register;
use crate::issuance::role::RoleError;
use crate::issuance::store::{By as Find, Id, Kind, Move, Opening, Part, Standing, Store, StoreError, StoreKey, Word};
use crate::lds::build::{Built, Numbers, build};
use crate::lds::image::{CardImage, Draft, ImageError};
use crate::lds::numbers::Register;
use crate::lds::profile::{Face, Profile};
use crate::limits::STORE_PAGE_ROWS;
use crate::perso::opened::{AUTHORIZATION, AUTHORIZATION_SIGNATURE};
use crate::pki::authorization::{Authorization, AuthorizationError, IssueReason};
use crate::pki::seal::{self, Recipient};
use crate::pki::x509::issue::Credential;
use crate::record::Record;
use crate::verify::hex;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What cards are made by.
pub struct Making<'a> {
    /// The card profile.
    pub profile: &'a Profile,
    /// What its face shows.
    pub face: Face,
    /// The bureau that may open the image.
    pub recipient: &'a Recipient,
    /// The authority's register of numbers.
    pub numbers: &'a mut Register,
    /// The approver's certificate and key.
    pub approver: &'a Credential,
    /// The one signer that may spend the authorization.
    pub signer: &'a str,
    /// The folder that images go to.
    pub images: &'a Path,
    /// What makes templates of the captured fingers.
    pub prints: &'a dyn Prints,
}

impl std::fmt::Debug for Making<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Making(for {})", self.signer)
    }
}

/// A card that was authorized.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    /// The card.
    pub card: Id,
    /// Its document number.
    pub number: Word,
    /// The folder of its image, with the authorization.
    pub image: PathBuf,
    /// Whether the same job had done it before.
    pub again: bool,
}

/// Authorizes the card of an application that was found unique. With two officers a re-issue renews the chip's fingers; by one the chip
/// keeps those of the NIK's own enrolment.
///
/// # Errors
/// [`CentreError::Changed`] if data or capture are not those of the identification, [`CentreError::Held`]; [`CentreError::Case`] at an office
/// that does not get the case's result and is not above one that does, and for somebody who died or moved away; what building, numbers, desk and
/// store say.
pub fn approve(
    desk: &mut Desk<'_>,
    job: &Id,
    id: &Id,
    (making, renew_fingers): (&mut Making<'_>, bool),
    by: By<'_>,
) -> Result<Approved, CentreError> {
    let case = refuse_elsewhere(desk, id)?;
    let took = took(desk, job, id, &[Step::Approve], None)?;
    let cards = desk.store.find(Kind::Card, Find::Owner(id))?;
    let again = took || is_half_done(&case, &making.images.join(format!("{id}.{}", cards.len())));
    let nth = if again { cards.len() } else { cards.len() + 1 };
    let folder = making.images.join(format!("{id}.{nth}"));
    if !folder.join(AUTHORIZATION).exists() {
        refuse_departed(desk, &case)?;
    }
    if !again {
        refuse_if_held(desk, id)?;
        if case.state != State::Unique {
            let (state, step) = (case.state.name(), Step::Approve.name());
            return Err(StoreError::WrongState { kind: Kind::Application, state, step }.into());
        }
        // The centre knows better by now: `centre identify` looks at them anew.
        if case.clone().take_clean(desk)? {
            return Err(CentreError::Changed(id.clone()));
        }
    }
    if renew_fingers && by.second.is_none() {
        return Err(DeskError::from(ActError::from(RoleError::SecondMissing)).into());
    }
    let (record, renews) = record_of(desk, &case, making.prints, renew_fingers)?;
    let name = format!("{id}.{nth}");
    let (built, image) = image(desk, &name, &record, making)?;
    let number = Word::parse(&built.numbers.document_number)?;
    let card = Id::parse(&format!("C-{number}"))?;
    if !again {
        let made = Made { built: &built, image: &image, renews, number: &number };
        let moves = moves(desk_seals(desk, &card, &made)?, id, &card, &number, &image);
        desk.take_by(job, moves, by)?;
    }
    authorize(desk, &case, &image, (&folder, making))?;
    Ok(Approved { card, number, image: folder, again })
}

/// Refuses a card for somebody who is no resident any more.
fn refuse_departed(desk: &mut Desk<'_>, case: &Case) -> Result<(), CentreError> {
    let subject = desk.key.subject(&case.dossier.biodata.nik);
    register::departed(desk.store, &subject)?.map_or(Ok(()), |state| Err(CaseError::NotResident(state).into()))
}

/// Whether a run ended between the store's change and the authorization: whoever approves then completes it, under any job.
fn is_half_done(case: &Case, folder: &Path) -> bool {
    case.state == State::PrintReady && folder.exists() && !folder.join(AUTHORIZATION).exists()
}

/// The card's day of issue: that on which its holder was last found entitled to it. A run that is taken up after midnight makes the same
/// card.
fn issued_on(desk: &mut Desk<'_>, id: &Id) -> Result<Date, CentreError> {
    let life = desk.store.history(Kind::Application, id, 0, STORE_PAGE_ROWS)?;
    let entitled = life.iter().rev().find(|row| row.now == State::Unique.name());
    let at = entitled.and_then(|row| Timestamp::from_microsecond(row.at).ok()).ok_or(StoreError::Damaged("audit"))?;
    Ok(day(at))
}

/// What a card was made by.
struct Made<'a> {
    built: &'a Built,
    image: &'a CardImage,
    renews: bool,
    number: &'a Word,
}

/// The CAN, and what else is kept of a card until it is somebody's.
fn desk_seals(desk: &mut Desk<'_>, card: &Id, made: &Made<'_>) -> Result<[crate::issuance::store::Sealed; 2], CentreError> {
    let numbers = &made.built.numbers;
    let can = desk.key.seal(Kind::Card, card, Part::Can, numbers.can.expose().as_bytes(), desk.rng)?;
    let facts = json!({
        "format": 1, "number": made.number, "status_index": numbers.status_index, "fingers_renewed": made.renews,
        "manifest": hex::encode(&made.image.manifest_digest()), "profile": made.image.manifest.profile,
    });
    let facts = Zeroizing::new(facts.to_string().into_bytes());
    Ok([can, desk.key.seal(Kind::Card, card, Part::Opening, &facts, desk.rng)?])
}

fn moves([can, facts]: [crate::issuance::store::Sealed; 2], id: &Id, card: &Id, number: &Word, image: &CardImage) -> Vec<Move> {
    let evidence = image.manifest_digest();
    let opening = Opening::Card { application: id.clone(), number: number.clone() };
    vec![
        Move::application(id.clone(), Step::Approve).by_evidence(evidence),
        Move::open(card.clone(), opening).by_evidence(evidence).with_sealed(can).with_sealed(facts),
    ]
}

/// The record, of data and capture as they were identified, and whether its fingers are new ones on a re-issue.
fn record_of(desk: &mut Desk<'_>, case: &Case, prints: &dyn Prints, renew: bool) -> Result<(Record, bool), CentreError> {
    let captured = Captured::open(desk, &case.id)?;
    let findings = Findings::open(desk, &case.id)?;
    if !findings.are_of(&subject(case, &captured.digest)) {
        return Err(CentreError::Changed(case.id.clone()));
    }
    let own = findings.own.as_deref().filter(|_| findings.answer == Answer::Reissue && !renew);
    let enrolled = own.map(Id::parse).transpose()?.map(|own| Captured::open(desk, &own)).transpose()?;
    let fingers = enrolled.as_ref().unwrap_or(&captured);
    let day = issued_on(desk, &case.id)?;
    let record = record::of(&case.dossier, &captured, &fingers.templates(prints), day)?;
    Ok((record, findings.answer == Answer::Reissue && renew))
}

/// The image of a card, built and written; the same again is found.
fn image(desk: &mut Desk<'_>, name: &str, record: &Record, making: &mut Making<'_>) -> Result<(Built, CardImage), CentreError> {
    let given = making.numbers.give(name, making.profile.status_indices, desk.rng)?;
    let can = making.numbers.can(name, &record.seal_key(), desk.rng)?;
    let built = build(record, making.profile, making.face, Numbers::given(given, can, record, making.profile))?;
    let digest = sha256(&[record.digest(), making.profile.digest, making.recipient.cert().public_key().digest()].concat());
    making.numbers.bind(name, &digest)?;
    let nik = *desk.key.subject(&record.nik).bytes();
    let draft = Draft::of(&built, record, making.profile, name, Some(nik));
    let folder = making.images.join(name);
    if !folder.exists() {
        let sealed = seal::seal(&draft.plaintext, making.recipient, desk.rng)?;
        match CardImage::new(draft.manifest.clone(), sealed)?.write(&folder) {
            Ok(()) | Err(ImageError::Conflict) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let image = CardImage::read(&folder)?;
    let fresh = CardImage::new(draft.manifest, Vec::new())?;
    if image.manifest.same_order(&fresh.manifest) && image.manifest.numbers_digest == fresh.manifest.numbers_digest {
        Ok((built, image))
    } else {
        Err(ImageError::Conflict.into())
    }
}

/// Signs the authorization and lays it beside the image, unless it is there.
fn authorize(desk: &Desk<'_>, case: &Case, image: &CardImage, (folder, making): (&Path, &Making<'_>)) -> Result<(), CentreError> {
    let (document, signature) = (folder.join(AUTHORIZATION), folder.join(AUTHORIZATION_SIGNATURE));
    if document.exists() {
        return Ok(());
    }
    let signed = authorization(case, image, making.signer)?.approve(making.approver, desk.now())?;
    let unwritable = |e: std::io::Error| CentreError::Unwritable(e.kind());
    // The signature first: a document without one would be taken for approved.
    durable::replace(&signature, &signed.signature, Readers::Owner).map_err(unwritable)?;
    durable::replace(&document, &signed.json, Readers::Owner).map_err(unwritable)
}

fn authorization(case: &Case, image: &CardImage, signer: &str) -> Result<Authorization, AuthorizationError> {
    let place = |place| case.dossier.office(place).map_or_else(String::new, |office| office.to_string());
    let procedure = case.dossier.procedure;
    let route = format!("{} {}", place(procedure.personalized_at()), place(procedure.desk()));
    Authorization::over(image, case.id.to_string(), route, issue_reason(case.dossier.reason), signer.to_owned())
}

const fn issue_reason(reason: Reason) -> IssueReason {
    match reason {
        Reason::New => IssueReason::First,
        Reason::MovedIn | Reason::DataChange => IssueReason::DataChange,
        Reason::Lost => IssueReason::Lost,
        Reason::Damaged => IssueReason::Damaged,
        Reason::Expired => IssueReason::Expiry,
    }
}

/// What was kept of a card when it was authorized.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub struct CardFacts {
    /// Its place in the status list.
    pub status_index: u32,
    /// The profile that it was built by.
    pub profile: String,
}

/// What was kept of a card.
///
/// # Errors
/// What the store says.
pub fn facts(store: &mut dyn Store, key: &StoreKey, card: &Standing) -> Result<CardFacts, CentreError> {
    let damaged = || StoreError::Damaged("card");
    let sealed = store.sealed(Kind::Card, &card.id, Part::Opening)?.ok_or_else(damaged)?;
    Ok(serde_json::from_slice(&key.open(&sealed)?).map_err(|_| damaged())?)
}
