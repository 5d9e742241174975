//! What an authority's certificate lets its key sign: judged before anything is signed, since a certificate that no verifier accepts is
//! found out only when it is used.

use super::Certificate;
use super::extensions::KeyUsage;
use super::issue::Span;
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// Why an authority does not sign what it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// Not an authority's certificate, or one that may not sign this.
    #[error("{0} is not the certificate of an authority that may sign this")]
    NotAnAuthority(String),
    /// A root of operations where the CSCA must stand.
    #[error("{0} is no CSCA: its certificate names no period of its key's use (Doc 9303-12 table 6)")]
    NotCsca(String),
    /// A CSCA where the root of operations must stand.
    #[error("{0} is a CSCA, which certifies document signers and nothing else")]
    NotOperations(String),
    /// The authority's key has its own period, and this is not in it.
    #[error("the key of {subject} does not sign at {at}: that is outside its period")]
    KeyAtRest {
        /// Whose key.
        subject: String,
        /// When it would sign.
        at: Timestamp,
    },
    /// The certificate would hold when its issuer's does not.
    #[error("the certificate would hold until {until}, its issuer's holds from {from} until {end}")]
    Outlives {
        /// Last instant of the certificate that was asked for.
        until: Timestamp,
        /// First instant of its issuer's.
        from: Timestamp,
        /// Last instant of its issuer's.
        end: Timestamp,
    },
}

impl Refusal for AuthorityError {
    fn reason(&self) -> Reason {
        match self {
            Self::Outlives { .. } => Reason::InputInvalid,
            _ => Reason::CertificateUnfit,
        }
    }
}

fn name(cert: &Certificate) -> String {
    cert.subject().to_string()
}

fn authority(cert: &Certificate, usage: KeyUsage) -> Result<(), AuthorityError> {
    let extensions = cert.extensions();
    let signs = extensions.basic.is_some_and(|b| b.ca) && extensions.key_usage.is_some_and(|u| u.contains(usage));
    if signs { Ok(()) } else { Err(AuthorityError::NotAnAuthority(name(cert))) }
}

/// Whether this is a CSCA whose key signs at an instant. A CSCA is told from a root of operations by the period of its key's use,
/// which Doc 9303-12 table 6 demands of it.
///
/// # Errors
/// [`AuthorityError::NotAnAuthority`], [`AuthorityError::NotCsca`] or [`AuthorityError::KeyAtRest`].
pub fn csca(cert: &Certificate, at: Timestamp) -> Result<(), AuthorityError> {
    authority(cert, KeyUsage::CERT_SIGN)?;
    let Some((from, until)) = cert.extensions().private_key_usage else {
        return Err(AuthorityError::NotCsca(name(cert)));
    };
    if from.is_some_and(|from| at < from) || until.is_some_and(|until| at > until) {
        return Err(AuthorityError::KeyAtRest { subject: name(cert), at });
    }
    Ok(())
}

/// Whether this is a root of operations.
///
/// # Errors
/// [`AuthorityError::NotAnAuthority`] or [`AuthorityError::NotOperations`].
pub fn operations(cert: &Certificate) -> Result<(), AuthorityError> {
    authority(cert, KeyUsage::CERT_SIGN)?;
    match cert.extensions().private_key_usage {
        None => Ok(()),
        Some(_) => Err(AuthorityError::NotOperations(name(cert))),
    }
}

/// Whether this is an authority that may sign revocation lists.
///
/// # Errors
/// [`AuthorityError::NotAnAuthority`].
pub fn lists(cert: &Certificate) -> Result<(), AuthorityError> {
    authority(cert, KeyUsage::CRL_SIGN)
}

/// Whether a certificate of this span holds only while its issuer's does.
///
/// # Errors
/// [`AuthorityError::Outlives`].
pub fn within(issuer: &Certificate, span: Span) -> Result<(), AuthorityError> {
    let (from, end) = issuer.validity();
    if from <= span.from && span.until <= end {
        return Ok(());
    }
    Err(AuthorityError::Outlives { until: span.until, from, end })
}

#[cfg(test)]
mod tests {
    use super::super::issue::tests::{ds, kit, leaf};
    use super::super::issue::{Purpose, Span};
    use super::*;
    use crate::pki::time;

    #[test]
    fn an_authority_signs_what_is_its_own_and_nothing_else() {
        let kit = kit();
        let (csca_cert, root, at) = (&kit.csca.cert, &kit.root.cert, kit.now);
        assert_eq!((csca(csca_cert, at), operations(root), lists(csca_cert), lists(root)), (Ok(()), Ok(()), Ok(()), Ok(())));
        assert_eq!(csca(root, at), Err(AuthorityError::NotCsca("C=ID, O=Test, CN=Operations".into())));
        assert_eq!(operations(csca_cert), Err(AuthorityError::NotOperations("C=ID, O=Test, CN=CSCA 1".into())));
        let refused = Err(AuthorityError::NotAnAuthority("C=ID, O=Test, CN=DS 1".into()));
        assert_eq!((csca(&ds(&kit).1, at), lists(&ds(&kit).1)), (refused.clone(), refused));
        let approver = leaf(&kit, Purpose::Approver).1;
        assert_eq!(operations(&approver), Err(AuthorityError::NotAnAuthority("C=ID, O=Test, CN=Leaf".into())));
        assert_eq!(AuthorityError::NotCsca(String::new()).reason(), Reason::CertificateUnfit);
    }

    #[test]
    fn a_key_signs_in_its_period_and_nothing_that_outlives_its_certificate() {
        let kit = kit();
        let subject = "C=ID, O=Test, CN=CSCA 1".to_owned();
        for days in [-1, 1_501] {
            let at = time::plus_days(kit.now, days);
            assert_eq!(csca(&kit.csca.cert, at), Err(AuthorityError::KeyAtRest { subject: subject.clone(), at }));
        }
        let (from, end) = kit.csca.cert.validity();
        assert_eq!(within(&kit.csca.cert, Span::days(kit.now, 5_000)), Ok(()));
        let until = time::plus_days(kit.now, 5_001);
        let error = within(&kit.csca.cert, Span::days(kit.now, 5_001)).unwrap_err();
        assert_eq!(error, AuthorityError::Outlives { until, from, end });
        assert_eq!(error.reason(), Reason::InputInvalid);
        let early = Span { from: time::plus_days(kit.now, -1), until: end };
        assert!(matches!(within(&kit.csca.cert, early), Err(AuthorityError::Outlives { .. })));
    }
}
