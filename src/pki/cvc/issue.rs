//! Issuing CV certificates under the product's policy: validity by role, rights within the issuer's.

use super::CvcError;
use super::certificate::{Body, Certificate};
use super::chat::{Chat, Rights, Role};
use super::date::Date;
use super::public_key::PublicKey;
use super::reference::Reference;
use super::request::Request;
use crate::crypto::ec;

/// Role, rights and validity of a certificate to be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Role.
    pub role: Role,
    /// Rights.
    pub rights: Rights,
    /// First day.
    pub effective: Date,
    /// Last day.
    pub expiration: Date,
}

impl Grant {
    /// Longest validity in days: CVCA 3 years, DV 3 months, terminal one month.
    #[must_use]
    pub fn longest(role: Role) -> i32 {
        match role {
            Role::Cvca => 3 * 366,
            Role::DvDomestic | Role::DvForeign => 92,
            Role::Terminal => 31,
        }
    }

    fn check(&self) -> Result<(), CvcError> {
        if self.expiration < self.effective {
            return Err(CvcError::BadValidity);
        }
        let longest = Self::longest(self.role);
        if self.effective.days_until(self.expiration) > longest { Err(CvcError::ValidityTooLong(longest)) } else { Ok(()) }
    }

    fn body(&self, car: &Reference, public_key: PublicKey, chr: &Reference) -> Body {
        Body {
            car: car.clone(),
            public_key,
            chr: chr.clone(),
            chat: Chat::inspection(self.role, self.rights),
            effective: self.effective,
            expiration: self.expiration,
            extensions: None,
        }
    }
}

/// Makes a self-signed CVCA certificate.
///
/// # Errors
/// [`CvcError::RoleOrder`], [`CvcError::BadValidity`] or [`CvcError::ValidityTooLong`].
pub fn self_signed(key: &ec::PrivateKey, reference: &Reference, grant: Grant) -> Result<Certificate, CvcError> {
    if grant.role != Role::Cvca {
        return Err(CvcError::RoleOrder);
    }
    grant.check()?;
    Ok(grant.body(reference, PublicKey::ec(&key.public_key()), reference).sign(key))
}

/// Makes the link certificate by which the old CVCA key vouches for a new self-signed one.
///
/// # Errors
/// Any error of the new certificate, [`CvcError::BadKey`] if `old_key` is not the key of `old`,
/// [`CvcError::ReferenceTaken`] or [`CvcError::WrongIssuer`] if the holder differs.
pub fn link(old: &Certificate, old_key: &ec::PrivateKey, new: &Certificate) -> Result<Certificate, CvcError> {
    new.verify_self_signed()?;
    check_key(old, None, old_key)?;
    let (old, new) = (old.body(), new.body());
    if old.chr == new.chr {
        return Err(CvcError::ReferenceTaken);
    }
    if old.chr.holder() != new.chr.holder() {
        return Err(CvcError::WrongIssuer);
    }
    Ok(Body { car: old.chr.clone(), ..new.clone() }.sign(old_key))
}

/// Answers a request: checks its inner signature, the role order, validity and rights, and signs.
///
/// `curve` is the CVCA's, which DV and terminal keys inherit. A renewal's outer signature is the caller's to check,
/// since only the caller knows who was certified before ([`Request::verify_outer`]).
///
/// # Errors
/// Any error of the request; [`CvcError::RoleOrder`], [`CvcError::BadValidity`], [`CvcError::ValidityTooLong`],
/// [`CvcError::RightsBeyondIssuer`], [`CvcError::BadKey`] or [`CvcError::UnsupportedCurve`].
pub fn issue(
    issuer: &Certificate,
    issuer_key: &ec::PrivateKey,
    curve: ec::Curve,
    request: &Request,
    grant: Grant,
) -> Result<Certificate, CvcError> {
    request.verify_inner()?;
    grant.check()?;
    let ordered = match issuer.role() {
        Role::Cvca => grant.role.is_dv(),
        Role::DvDomestic | Role::DvForeign => grant.role == Role::Terminal,
        Role::Terminal => false,
    };
    if !ordered {
        return Err(CvcError::RoleOrder);
    }
    if !grant.rights.within(issuer.body().chat.rights()?) {
        return Err(CvcError::RightsBeyondIssuer);
    }
    if request.public_key.point(None)?.curve() != curve {
        return Err(CvcError::UnsupportedCurve);
    }
    check_key(issuer, Some(curve), issuer_key)?;
    Ok(grant.body(&issuer.body().chr, request.public_key.clone().without_domain(), &request.chr).sign(issuer_key))
}

/// A certificate signed with another key than its issuer's would be refused by every chip.
fn check_key(issuer: &Certificate, inherited: Option<ec::Curve>, key: &ec::PrivateKey) -> Result<(), CvcError> {
    if issuer.body().public_key.point(inherited)? == key.public_key() { Ok(()) } else { Err(CvcError::BadKey) }
}
