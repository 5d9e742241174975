//! EF.SOD: asked from the signer once, stored before its first byte is written, never made again.

use super::desk::Desk;
use super::door::Door;
use super::keys::Registered;
use super::write::{Signed, whole};
use crate::crypto::ec::PublicKey;
use crate::lds::sod::LdsSecurityObject;
use crate::lds::{dg14, dg15};
use crate::perso::error::PersoError;
use crate::perso::state::State;
use crate::perso::stream::PassTwo;
use crate::pki::signer::{ProvenKey, SignRequest};
use crate::pki::sod::SodRead;

impl Registered {
    /// The stored EF.SOD, or a new one that is stored first.
    pub(super) fn sign(self, desk: &mut Desk<'_, '_, '_>) -> Result<Signed, PersoError> {
        if desk.job.sod.is_none() {
            let sod = ask(desk, &self.door)?;
            let read = check(desk, &sod)?;
            let now = desk.now();
            desk.station.inspector.believes(read, now)?;
            desk.station.journal.store_sod(&desk.job.id, &sod, now)?;
            desk.refresh(State::Signed)?;
        }
        Ok(Signed { mark: self.mark, pass_two: pass_two(desk)?, door: self.door })
    }
}

fn ask(desk: &mut Desk<'_, '_, '_>, door: &Door) -> Result<Vec<u8>, PersoError> {
    let keys: Vec<ProvenKey> = desk
        .job
        .keys
        .iter()
        .map(|k| ProvenKey { slot: k.slot, public_key: k.key.clone(), nonce: Vec::new(), proof: k.proof.clone() })
        .collect();
    let (dg14, dg15) = key_groups(desk)?;
    let request = SignRequest { order: desk.work.order(), chip: door.serial, keys, dg14, dg15 };
    Ok(desk.station.signer.sign(&request)?)
}

/// What the signer gave must be over this card's groups; other bytes are not stored.
fn check(desk: &Desk<'_, '_, '_>, sod: &[u8]) -> Result<SodRead, PersoError> {
    let read = crate::pki::sod::read(sod).map_err(|_| PersoError::BadSod)?;
    let (dg14, dg15) = key_groups(desk)?;
    let files = whole(desk, &PassTwo { dg14, dg15, sod: sod.to_vec() });
    let own = LdsSecurityObject::over(read.object().hash_alg, files.data_groups());
    if own.hashes == read.object().hashes { Ok(read) } else { Err(PersoError::BadSod) }
}

/// The files of pass 2, from registered keys and the stored EF.SOD alone.
pub(super) fn pass_two(desk: &Desk<'_, '_, '_>) -> Result<PassTwo, PersoError> {
    let sod = desk.job.sod.clone().ok_or(PersoError::Unexplained { chip: "PERSONALIZED", job: desk.job.state.name() })?;
    let (dg14, dg15) = key_groups(desk)?;
    Ok(PassTwo { dg14, dg15, sod })
}

/// DG14 and DG15 as the registered keys make them.
fn key_groups(desk: &Desk<'_, '_, '_>) -> Result<(Vec<u8>, Option<Vec<u8>>), PersoError> {
    let key = |slot: u8| -> Result<PublicKey, PersoError> {
        let known = desk.job.key(slot).ok_or(PersoError::BadKey(slot))?;
        PublicKey::from_uncompressed(desk.work.curve, &known.key).map_err(|_| PersoError::BadKey(slot))
    };
    let parameters = desk.work.parameters;
    let ca_key_id = Some(u64::from(parameters.ca_key_id));
    let dg15 = if parameters.aa { Some(dg15::build(&key(2)?)) } else { None };
    Ok((dg14::build(&key(1)?, ca_key_id, parameters.aa), dg15))
}
