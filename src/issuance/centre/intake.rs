//! A capture is taken in by the centre, once: sent and received are one change where office and centre work on one store.

use super::CentreError;
use crate::crypto::hash::sha256;
use crate::issuance::application::Step;
use crate::issuance::case::Case;
use crate::issuance::desk::{By, Desk};
use crate::issuance::packet::Verified;
use crate::issuance::store::{Done, Id, Kind, Move, Part, StoreError};
use crate::pki::key::PrivateKey;

/// A packet that brings a capture, and the centre's key that opens it.
#[derive(Debug, Clone, Copy)]
pub struct Brought<'a> {
    /// Whose officer and office are proven.
    pub packet: &'a Verified,
    /// The centre's key.
    pub key: &'a PrivateKey,
}

/// Takes a consolidated capture in. A packet must be of this application and office; its files are taken where the store has none yet, and
/// must be the same where it has. The packet's name is the evidence, so that another packet of the application is never taken for it.
///
/// # Errors
/// [`CentreError::OtherCapture`], [`CentreError::Packet`]; what desk and store say.
pub fn receive(desk: &mut Desk<'_>, job: &Id, id: &Id, brought: Option<Brought<'_>>, by: By<'_>) -> Result<Done, CentreError> {
    let case = Case::open(desk, id)?;
    let kept = desk.store.sealed(Kind::Application, id, Part::Biometrics)?;
    let mut take = Move::application(id.clone(), Step::Receive);
    let evidence = match (brought, kept) {
        (None, None) => return Err(StoreError::Damaged("capture").into()),
        (None, Some(sealed)) => sha256(&desk.key.open(&sealed)?),
        (Some(brought), kept) => {
            let head = brought.packet.head();
            let office = head.office().into();
            if head.application().to_string() != id.as_str() || case.standing.office != office && case.standing.custody != office
            {
                return Err(CentreError::OtherCapture(id.clone()));
            }
            let capture = brought.packet.open(brought.key)?;
            let plain = capture.encode(head.office(), head.officer());
            match kept {
                Some(kept) if desk.key.open(&kept)?.as_slice() != plain.as_slice() => {
                    return Err(CentreError::OtherCapture(id.clone()));
                }
                Some(_) => {}
                None => take = take.with_sealed(desk.key.seal(Kind::Application, id, Part::Biometrics, &plain, desk.rng)?),
            }
            brought.packet.digest()
        }
    };
    let send = Move::application(id.clone(), Step::Send).by_evidence(evidence);
    Ok(desk.take_by(job, vec![send, take.by_evidence(evidence)], by)?)
}
