//! Trust points of Terminal Authentication in persistent memory, and the EF.CVCA made from them (TR-03110-3 A.6.2.1).

use super::layout::{self, Field, TRUST, TRUST_CURRENT};
use super::nvm::Halt;
use super::progress::Progress;
use super::store::Store;
use crate::crypto::ec::Curve;
use crate::crypto::hash::HashAlg;
use crate::pki::cvc::{Algorithm, Body, Date, Domain, Holder, PublicKey, Reference, Rights, Role, TRUST_POINTS, TrustState};

const NAME_ROOM: usize = 16;
const POINT_ROOM: usize = 97;
const HASHES: [HashAlg; 5] = [HashAlg::Sha1, HashAlg::Sha224, HashAlg::Sha256, HashAlg::Sha384, HashAlg::Sha512];

/// The trust points and the chip's date; none before the first trust point was written.
pub(super) fn state(store: &Store) -> Option<TrustState> {
    let progress = Progress::load(store);
    let current = usize::from(store.byte(TRUST_CURRENT)) % TRUST_POINTS;
    let rows = (0..TRUST_POINTS).map(|step| TRUST.row((current + step) % TRUST_POINTS));
    let points: Vec<Holder> = rows.filter_map(|row| decode(store.get(row))).collect();
    let newest = points.iter().map(|p| p.effective).max().filter(|_| progress.has(0x8003))?;
    let set = Date::parse(store.get(layout::DATE)).ok().filter(|_| progress.has(0x8004));
    TrustState::new(points, set.unwrap_or(newest)).ok()
}

/// Stores what a certificate changed: a new trust point takes the place of the older one. Inside a transaction.
pub(super) fn save(store: &mut Store, new: &TrustState) -> Result<(), Halt> {
    let known: Vec<Reference> = state(store).iter().flat_map(|s| s.points()).map(|p| p.chr.clone()).collect();
    for point in new.points().iter().filter(|p| !known.contains(&p.chr)) {
        let older = (usize::from(store.byte(TRUST_CURRENT)) + 1) % TRUST_POINTS;
        store.set(TRUST.row(older), &encode(point).ok_or(Halt::Full)?)?;
        store.set(TRUST_CURRENT, &[u8::try_from(older).unwrap_or_default()])?;
    }
    store.set(layout::DATE, &new.date().encode())
}

/// Takes the control DGI 8003, over bytes that nothing refers to yet. `Ok(false)`: not the body of a CVCA certificate on one
/// of our curves.
pub(super) fn write_fresh(store: &mut Store, body: &[u8]) -> Result<bool, Halt> {
    let holder = Body::parse(body).and_then(|body| Holder::trust_point(&body)).ok();
    let Some(record) = holder.and_then(|holder| encode(&holder)) else { return Ok(false) };
    store.nvm.write_fresh(TRUST.at, &record)?;
    store.nvm.write_fresh(TRUST.row(1).at, &[0; TRUST.len])?;
    store.nvm.write_fresh(TRUST_CURRENT.at, &[0])?;
    Ok(true)
}

/// A record for a trust point; none for a key that is not on one of our curves.
fn encode(point: &Holder) -> Option<Vec<u8>> {
    let PublicKey::Ec { algorithm, point: key, .. } = &point.key else { return None };
    let name = point.chr.as_bytes();
    let hash = HASHES.iter().position(|h| *h == algorithm.hash())?;
    let padded = |bytes: &[u8], room: usize| [bytes, &vec![0; room.saturating_sub(bytes.len())]].concat();
    let mut record = vec![u8::try_from(name.len()).ok()?];
    record.extend(padded(name, NAME_ROOM));
    record.extend([point.curve?.parameter_id(), u8::try_from(hash).ok()?, u8::from(point.rights.fingers)]);
    record.extend(point.effective.encode());
    record.extend(point.expiration.encode());
    record.extend(padded(key, POINT_ROOM));
    (record.len() <= TRUST.len).then_some(record)
}

fn decode(record: &[u8]) -> Option<Holder> {
    let (&name_len, rest) = record.split_first()?;
    let (name, rest) = rest.split_at_checked(NAME_ROOM)?;
    let (&[curve, hash, fingers], rest) = rest.split_first_chunk::<3>()?;
    let (effective, rest) = rest.split_at_checked(6)?;
    let (expiration, rest) = rest.split_at_checked(6)?;
    let curve = Curve::from_parameter_id(curve)?;
    let point = rest.get(..=2 * curve.field_len())?.to_vec();
    let algorithm = Algorithm::Ecdsa(*HASHES.get(usize::from(hash))?);
    Some(Holder {
        chr: Reference::new(name.get(..usize::from(name_len))?).ok()?,
        role: Role::Cvca,
        rights: Rights { fingers: fingers == 1 },
        key: PublicKey::Ec { algorithm, domain: Domain::Curve(curve), point },
        curve: Some(curve),
        effective: Date::parse(effective).ok()?,
        expiration: Date::parse(expiration).ok()?,
    })
}

const _: () = assert!(fits(TRUST) && TRUST_POINTS == layout::TRUST_POINTS);

const fn fits(field: Field) -> bool {
    1 + NAME_ROOM + 3 + 12 + POINT_ROOM <= field.len
}
