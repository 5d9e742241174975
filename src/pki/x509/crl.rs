//! Certificate revocation lists (RFC 5280 5; Doc 9303-12: at least every 90 days).

use super::issue::{Credential, Span};
use super::{Certificate, SignedParts, X509Error, der_or_pem, extensions as ext, raw, signed_parts, to_pem};
use crate::lds::der;
use crate::lds::tlv::{self, Tlv, TlvError};
use crate::limits::CMS_BYTES;
use crate::pki::algorithm::{AlgorithmError, SignatureAlgorithm};
use crate::pki::name::Name;
use crate::pki::{oid, time};
use jiff::Timestamp;
use std::collections::BTreeMap;

const PEM_LABEL: &str = "X509 CRL";
/// Longest life of a list, in days.
pub const MAX_AGE_DAYS: i64 = 90;

/// A parsed list. Parsing says nothing about trust; the store checks its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crl {
    der: Vec<u8>,
    tbs: Vec<u8>,
    issuer: Name,
    authority_key_id: Option<Vec<u8>>,
    this_update: Timestamp,
    next_update: Timestamp,
    number: u64,
    revoked: BTreeMap<Vec<u8>, Timestamp>,
    algorithm: SignatureAlgorithm,
    signature: Vec<u8>,
}

impl Crl {
    /// Parses DER or PEM.
    ///
    /// # Errors
    /// Any [`X509Error`].
    pub fn from_file(data: &[u8]) -> Result<Self, X509Error> {
        if data.len() > CMS_BYTES {
            return Err(X509Error::TooLarge(data.len()));
        }
        let document = der_or_pem(data, PEM_LABEL)?;
        let SignedParts { tbs_bytes, tbs: object, algorithm, signature } = signed_parts(&document)?;
        let mut reader = object.reader();
        if reader.expect(der::INTEGER)?.value != [1] {
            return Err(X509Error::Version);
        }
        if raw(&document, &reader.expect(der::SEQUENCE)?) != raw(&document, &algorithm) {
            return Err(X509Error::AlgorithmsDiffer);
        }
        let issuer = Name::read(&reader.expect(der::SEQUENCE)?)?;
        let this_update = time::read(&reader.next()?)?;
        // Optional in RFC 5280, where a list without it would hold for ever; Doc 9303-12 table 7 makes it mandatory.
        let next = reader.next()?;
        let next_update = time::read(&next)?;
        if next_update < this_update {
            return Err(next.bad_value().into());
        }
        let revoked = reader.optional(der::SEQUENCE)?.map(|list| read_revoked(&list)).transpose()?.unwrap_or_default();
        let extensions = reader.expect(0xA0)?;
        reader.finish()?;
        let (number, authority_key_id) = read_extensions(&extensions)?;
        Ok(Self {
            tbs: tbs_bytes.to_vec(),
            issuer,
            authority_key_id,
            this_update,
            next_update,
            number,
            revoked,
            algorithm: SignatureAlgorithm::read(&algorithm)?,
            signature: signature.to_vec(),
            der: document.clone(),
        })
    }

    /// Its DER, as it came.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        to_pem(PEM_LABEL, &self.der)
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was made.
    #[must_use]
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// Until when it holds: its own word, and never more than 90 days.
    #[must_use]
    pub fn holds_until(&self) -> Timestamp {
        self.next_update.min(time::plus_days(self.this_update, MAX_AGE_DAYS))
    }

    /// Its number, which only grows.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many certificates it revokes.
    #[must_use]
    pub fn revoked_count(&self) -> usize {
        self.revoked.len()
    }

    /// Every revoked serial number (bytes of its INTEGER) with the instant of its revocation.
    #[must_use]
    pub fn revoked(&self) -> &BTreeMap<Vec<u8>, Timestamp> {
        &self.revoked
    }

    /// Since when a serial number (bytes of its INTEGER) is revoked, if it is.
    #[must_use]
    pub fn revoked_since(&self, serial: &[u8]) -> Option<Timestamp> {
        self.revoked.get(serial).copied()
    }

    /// How it is signed.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Whether it says that it was made after `now`: whoever could make that, a clock or an authority, is wrong.
    #[must_use]
    pub fn is_future(&self, now: Timestamp) -> bool {
        time::is_future(self.this_update, now)
    }

    /// Whether this authority's certificate is the one that the list names as its issuer's.
    #[must_use]
    pub fn is_of(&self, authority: &Certificate) -> bool {
        let ids_agree = match (&self.authority_key_id, &authority.extensions().subject_key_id) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        ids_agree && authority.subject().matches(&self.issuer)
    }

    /// Whether the authority signed it.
    ///
    /// # Errors
    /// [`AlgorithmError::KeyMismatch`] or [`AlgorithmError::BadSignature`].
    pub fn verify(&self, authority: &Certificate) -> Result<(), AlgorithmError> {
        authority.public_key().verify(self.algorithm, &self.tbs, &self.signature)
    }
}

fn read_revoked(list: &Tlv<'_>) -> Result<BTreeMap<Vec<u8>, Timestamp>, TlvError> {
    let mut revoked = BTreeMap::new();
    for entry in list.children()? {
        let mut reader = entry.reader();
        let serial = reader.expect(der::INTEGER)?;
        let since = time::read(&reader.next()?)?;
        reader.optional(der::SEQUENCE)?;
        reader.finish()?;
        revoked.insert(serial.value.to_vec(), since);
    }
    Ok(revoked)
}

/// CRL number and authority key identifier; any other critical extension changes the list's meaning and is refused.
fn read_extensions(field: &Tlv<'_>) -> Result<(u64, Option<Vec<u8>>), X509Error> {
    let list = field.reader().expect(der::SEQUENCE)?;
    let known = ext::Extensions::read(&list)?;
    if let Some(unknown) = known.unknown_critical.first() {
        return Err(X509Error::Algorithm(AlgorithmError::Unknown(unknown.clone())));
    }
    for extension in list.children()? {
        let mut reader = extension.reader();
        if der::read_oid(&reader.expect(der::OID)?)? == oid::CE_CRL_NUMBER {
            let value = reader.expect(der::OCTET_STRING)?;
            let number = der::read_integer(&value.reader().expect(der::INTEGER)?)?;
            return Ok((number, known.authority_key_id));
        }
    }
    Err(list.bad_value().into())
}

/// Makes a list of revoked serial numbers (bytes of their INTEGER) with the instant of revocation.
///
/// # Errors
/// As [`Crl::from_file`].
pub fn make(authority: &Credential, number: u64, span: Span, revoked: &BTreeMap<Vec<u8>, Timestamp>) -> Result<Crl, X509Error> {
    let algorithm = authority.key.signature_algorithm();
    let entries: Vec<Vec<u8>> = revoked
        .iter()
        .map(|(serial, since)| der::sequence(&[&tlv::encode(der::INTEGER, serial), &time::encode(*since)]))
        .collect();
    let entries = if entries.is_empty() { Vec::new() } else { tlv::encode(der::SEQUENCE, &entries.concat()) };
    let id = authority.cert.extensions().subject_key_id.clone().unwrap_or_default();
    let number = ext::extension(oid::CE_CRL_NUMBER, false, &der::integer(number));
    let extensions = tlv::encode(0xA0, &der::sequence(&[&ext::authority_key_id(&id), &number]));
    let tbs = der::sequence(&[
        &der::integer(1),
        &algorithm.encode(),
        authority.cert.subject().as_der(),
        &time::encode(span.from),
        &time::encode(span.until),
        &entries,
        &extensions,
    ]);
    let signature = der::bit_string(&authority.key.sign(&tbs));
    Crl::from_file(&der::sequence(&[&tbs, &algorithm.encode(), &signature]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::openssl;
    use crate::pki::x509::issue::tests::{ds, kit};

    #[test]
    fn a_list_reads_back_and_verifies() {
        let kit = kit();
        let (_, cert) = ds(&kit);
        let revoked = BTreeMap::from([(cert.serial().to_vec(), kit.now)]);
        let crl = make(&kit.csca, 5, Span::days(kit.now, 200), &revoked).unwrap();
        assert!(crl.is_of(&kit.csca.cert));
        crl.verify(&kit.csca.cert).unwrap();
        assert_eq!(crl.revoked_since(cert.serial()), Some(kit.now));
        assert_eq!((crl.revoked_since(&[1]), crl.number(), crl.revoked_count()), (None, 5, 1));
        assert_eq!(crl.holds_until(), time::plus_days(kit.now, 90), "never longer than 90 days");
        assert_eq!(Crl::from_file(crl.to_pem().as_bytes()).unwrap(), crl);
        let empty = make(&kit.csca, 6, Span::days(kit.now, 30), &BTreeMap::new()).unwrap();
        assert_eq!(empty.holds_until(), time::plus_days(kit.now, 30));
        assert_eq!(empty.verify(&kit.root.cert), Err(AlgorithmError::BadSignature));
    }

    /// A list of these dates, signed.
    fn dated(authority: &Credential, dates: &[Vec<u8>]) -> Result<Crl, X509Error> {
        let algorithm = authority.key.signature_algorithm();
        let number = ext::extension(oid::CE_CRL_NUMBER, false, &der::integer(1));
        let tbs = der::sequence(&[
            &der::integer(1),
            &algorithm.encode(),
            authority.cert.subject().as_der(),
            &dates.concat(),
            &tlv::encode(0xA0, &der::sequence(&[&number])),
        ]);
        let signature = der::bit_string(&authority.key.sign(&tbs));
        Crl::from_file(&der::sequence(&[&tbs, &algorithm.encode(), &signature]))
    }

    #[test]
    fn a_list_says_until_when_it_holds() {
        let kit = kit();
        let (today, tomorrow) = (time::encode(kit.now), time::encode(time::plus_days(kit.now, 1)));
        assert!(dated(&kit.csca, &[today.clone(), tomorrow.clone()]).is_ok());
        // Without nextUpdate it would hold for ever; and one that ended before it began never held.
        for dates in [vec![today.clone()], vec![], vec![tomorrow, today]] {
            assert!(matches!(dated(&kit.csca, &dates).unwrap_err(), X509Error::Encoding(_)));
        }
    }

    #[test]
    fn a_list_is_ahead_of_a_clock_by_more_than_five_minutes_or_not_at_all() {
        let kit = kit();
        let list = make(&kit.csca, 1, Span::days(kit.now, 1), &BTreeMap::new()).unwrap();
        let before = |seconds| kit.now.checked_sub(jiff::SignedDuration::from_secs(seconds)).unwrap();
        assert_eq!([0, 300, 301].map(|s| list.is_future(before(s))), [false, false, true]);
    }

    #[test]
    fn openssl_accepts_the_list() {
        let kit = kit();
        let crl = make(&kit.csca, 5, Span::days(kit.now, 90), &BTreeMap::from([(vec![5], kit.now)])).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let ca = dir.path().join("ca.pem");
        std::fs::write(&ca, kit.csca.cert.to_pem()).unwrap();
        openssl::run(&format!("crl -noout -CAfile {}", ca.display()), crl.to_pem().as_bytes());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = Crl::from_file(&data);
        }
    }
}
