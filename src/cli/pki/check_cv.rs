//! `ektp pki check`, CV certificates: a CVCA by itself, or whatever follows from a CVCA of the store.

use super::check::Found;
use super::summary::cv_summary;
use crate::cli::output::Failure;
use crate::pki::cvc::{self, Certificate, CvcError, Date, Holder, TrustState};
use crate::pki::time;
use crate::pki::trust::TrustStore;
use jiff::Timestamp;
use serde_json::json;

/// Judges certificates that follow from each other: links first, then DV, then IS, each of which may be the last.
pub(super) fn check(files: &[Vec<u8>], store: &TrustStore, at: Timestamp) -> Result<Found, Failure> {
    let day = Date::new(time::date_of(at))?;
    let chain = files.iter().map(|file| Certificate::parse(file)).collect::<Result<Vec<_>, CvcError>>()?;
    match chain.as_slice() {
        [alone] if alone.is_self_issued() => {
            check_cvca(alone, store, day)?;
            Ok(Found::yes("cvca", json!({"certificate": cv_summary(alone)})))
        }
        _ => Ok(check_chain(&chain, store, day)?),
    }
}

/// A CVCA: signed by itself, of the store's country and kind, valid on a day, and one of the store's.
fn check_cvca(cert: &Certificate, store: &TrustStore, day: Date) -> Result<(), Failure> {
    store.check_cvca(cert)?;
    Ok(known_cvca(cert, store, day)?)
}

/// What is left to judge of a CVCA that a store could hold: its day, and that it is the only key of its name there.
pub(super) fn known_cvca(cert: &Certificate, store: &TrustStore, day: Date) -> Result<(), CvcError> {
    cert.valid_on(day)?;
    if store.cvcas().iter().any(|c| c != cert && c.body().chr == cert.body().chr) {
        return Err(CvcError::ReferenceTaken);
    }
    if store.cvcas().contains(cert) { Ok(()) } else { Err(CvcError::NotAnchor) }
}

fn check_chain(chain: &[Certificate], store: &TrustStore, day: Date) -> Result<Found, CvcError> {
    let first = chain.first().map(|c| c.body().car.clone());
    let anchor = store.cvcas().iter().find(|c| Some(&c.body().chr) == first.as_ref());
    let anchor = anchor.ok_or(CvcError::UnknownIssuer)?;
    let state = TrustState::new(vec![Holder::trust_point(anchor.body())?], day)?;
    cvc::accept_all(&state, chain)?;
    chain.iter().try_for_each(|cert| cert.valid_on(day))?;
    let chain: Vec<_> = chain.iter().map(cv_summary).collect();
    Ok(Found::yes("cv-chain", json!({"anchor": anchor.body().chr.to_string(), "chain": chain})))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::ec::{Curve, PrivateKey};
    use crate::pki::cvc::{Grant, Rights, Role, self_signed};
    use crate::pki::trust::Kind;
    use crate::reason::{Reason, Refusal as _};

    fn day(year: i16) -> Date {
        Date::new(jiff::civil::date(year, 11, 1)).unwrap()
    }

    fn cvca(key: u8) -> Certificate {
        let grant = Grant { role: Role::Cvca, rights: Rights::FINGERS, effective: day(2026), expiration: day(2028) };
        let key = PrivateKey::from_bytes(Curve::P256, &[key; 32]).unwrap();
        self_signed(&key, &"IDCVCATEST00001".parse().unwrap(), grant).unwrap()
    }

    #[test]
    fn a_cvca_is_one_of_the_store_on_its_days_and_alone_of_its_name() {
        let (ours, double) = (cvca(1), cvca(2));
        let mut store = TrustStore::new(Kind::Production, "ID");
        assert_eq!(known_cvca(&ours, &store, day(2027)), Err(CvcError::NotAnchor));
        assert_eq!(CvcError::NotAnchor.reason(), Reason::UntrustedIssuer);
        store.add_cvca(ours.clone()).unwrap();
        assert_eq!(known_cvca(&ours, &store, day(2027)), Ok(()));
        assert_eq!(known_cvca(&double, &store, day(2027)), Err(CvcError::ReferenceTaken));
        assert_eq!(known_cvca(&ours, &store, day(2029)), Err(CvcError::Expired));
        assert_eq!(known_cvca(&ours, &store, day(2025)), Err(CvcError::NotYetValid));
    }
}
