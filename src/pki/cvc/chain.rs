//! Validation of CV certificates against trust points and a current date, as a chip without a clock does it
//! (TR-03110-3 2.5 to 2.7, A.7.2).

use super::CvcError;
use super::certificate::{Body, Certificate};
use super::chat::{Rights, Role};
use super::date::Date;
use super::public_key::PublicKey;
use super::reference::Reference;
use crate::crypto::ec::Curve;
use crate::lds::tlv;
use crate::limits::CHAIN_CERTIFICATES;

/// Most trust points of a chip.
pub const TRUST_POINTS: usize = 2;
/// Size of EF.CVCA.
pub const EF_CVCA_LEN: usize = 36;

/// A public key that was imported from a certificate, with what its holder may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Name of the key.
    pub chr: Reference,
    /// Role in effect.
    pub role: Role,
    /// Rights in effect: ANDed over the chain so far.
    pub rights: Rights,
    /// The key.
    pub key: PublicKey,
    /// The key's curve, its own or inherited; none for RSA.
    pub curve: Option<Curve>,
    /// First day of validity.
    pub effective: Date,
    /// Last day of validity.
    pub expiration: Date,
}

impl Holder {
    /// A trust point from the body of a CVCA certificate that was authenticated by other means (personalization).
    ///
    /// # Errors
    /// [`CvcError::RoleOrder`], [`CvcError::DomainParameters`], [`CvcError::UnsupportedCurve`], [`CvcError::BadKey`] or an
    /// error of the authorization.
    pub fn trust_point(body: &Body) -> Result<Self, CvcError> {
        if body.chat.role() != Role::Cvca {
            return Err(CvcError::RoleOrder);
        }
        Self::from_body(body, body.chat.rights()?, None)
    }

    fn from_body(body: &Body, rights: Rights, inherited: Option<Curve>) -> Result<Self, CvcError> {
        let curve = match &body.public_key {
            key @ PublicKey::Ec { .. } => Some(key.point(inherited)?.curve()),
            PublicKey::Rsa { .. } => None,
        };
        Ok(Self {
            chr: body.chr.clone(),
            role: body.chat.role(),
            rights,
            key: body.public_key.clone(),
            curve,
            effective: body.effective,
            expiration: body.expiration,
        })
    }
}

/// What a chip keeps for Terminal Authentication: its trust points, the most recent first, and its date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustState {
    points: Vec<Holder>,
    date: Date,
}

/// A certificate that was accepted: its holder, and the state after it, which the chip must store in one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The holder of the certificate.
    pub holder: Holder,
    /// Trust points and date after the certificate.
    pub state: TrustState,
}

impl TrustState {
    /// At most two trust points and the date of personalization.
    ///
    /// # Errors
    /// [`CvcError::BadChainLength`] for none or more than two; [`CvcError::RoleOrder`] for a key that is no CVCA's.
    pub fn new(mut points: Vec<Holder>, date: Date) -> Result<Self, CvcError> {
        if points.is_empty() || points.len() > TRUST_POINTS {
            return Err(CvcError::BadChainLength);
        }
        if points.iter().any(|p| p.role != Role::Cvca) {
            return Err(CvcError::RoleOrder);
        }
        points.sort_by_key(|p| std::cmp::Reverse(p.effective));
        Ok(Self { points, date })
    }

    /// The chip's current date.
    #[must_use]
    pub fn date(&self) -> Date {
        self.date
    }

    /// The trust points, the most recent first.
    #[must_use]
    pub fn points(&self) -> &[Holder] {
        &self.points
    }

    /// The trust point of a reference.
    #[must_use]
    pub fn find(&self, reference: &Reference) -> Option<&Holder> {
        self.points.iter().find(|p| p.chr == *reference)
    }

    /// EF.CVCA: the references, the most recent first, padded to 36 bytes (A.7.2.4).
    #[must_use]
    pub fn ef_cvca(&self) -> [u8; EF_CVCA_LEN] {
        let mut file = [0; EF_CVCA_LEN];
        let bytes = self.points.iter().flat_map(|p| tlv::encode(0x42, p.chr.as_bytes()));
        file.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = byte);
        file
    }

    /// Checks one certificate against its issuer and this state, which stays as it is.
    ///
    /// # Errors
    /// Any [`CvcError`] of certificate, signature, roles, validity or references.
    pub fn accept(&self, issuer: &Holder, certificate: &Certificate) -> Result<Accepted, CvcError> {
        let body = certificate.body();
        if body.car != issuer.chr {
            return Err(CvcError::WrongIssuer);
        }
        certificate.verify(&issuer.key, issuer.curve)?;
        let own = body.chat.rights()?;
        match (issuer.role, body.chat.role()) {
            (Role::Cvca, Role::Cvca) => self.accept_link(issuer, body, own),
            (Role::Cvca, Role::DvDomestic | Role::DvForeign) => self.accept_holder(issuer, body, own, true),
            (Role::DvDomestic, Role::Terminal) => self.accept_holder(issuer, body, own, true),
            (Role::DvForeign, Role::Terminal) => self.accept_holder(issuer, body, own, false),
            _ => Err(CvcError::RoleOrder),
        }
    }

    /// A link certificate may be expired; it brings a new trust point.
    fn accept_link(&self, issuer: &Holder, body: &Body, own: Rights) -> Result<Accepted, CvcError> {
        if self.find(&body.chr).is_some() {
            return Err(CvcError::ReferenceTaken);
        }
        let holder = Holder::from_body(body, own, issuer.curve)?;
        let mut state = self.advanced(body.effective);
        state.points.push(holder.clone());
        state.points.sort_by_key(|p| std::cmp::Reverse(p.effective));
        state.points.truncate(TRUST_POINTS);
        Ok(Accepted { holder, state })
    }

    fn accept_holder(&self, issuer: &Holder, body: &Body, own: Rights, trusted_time: bool) -> Result<Accepted, CvcError> {
        if body.expiration < self.date {
            return Err(CvcError::Expired);
        }
        if issuer.expiration < self.date {
            return Err(CvcError::IssuerExpired);
        }
        if body.public_key.has_domain() {
            return Err(CvcError::DomainParameters);
        }
        if self.find(&body.chr).is_some() {
            return Err(CvcError::ReferenceTaken);
        }
        let holder = Holder::from_body(body, own.and(issuer.rights), issuer.curve)?;
        let state = if trusted_time { self.advanced(body.effective) } else { self.clone() };
        Ok(Accepted { holder, state })
    }

    fn advanced(&self, effective: Date) -> Self {
        Self { points: self.points.clone(), date: self.date.max(effective) }
    }
}

/// Checks a whole chain, link certificates first, as the chip would: the terminal at its end and the state after it.
///
/// # Errors
/// [`CvcError::NoTerminal`] or as [`accept_all`].
pub fn verify_chain(state: &TrustState, chain: &[Certificate]) -> Result<Accepted, CvcError> {
    let accepted = accept_all(state, chain)?;
    if accepted.holder.role == Role::Terminal { Ok(accepted) } else { Err(CvcError::NoTerminal) }
}

/// Checks certificates that follow from each other, whoever is the last of them.
///
/// # Errors
/// [`CvcError::BadChainLength`], [`CvcError::UnknownIssuer`] or any error of a certificate.
pub fn accept_all(state: &TrustState, chain: &[Certificate]) -> Result<Accepted, CvcError> {
    let (first, rest) = chain.split_first().ok_or(CvcError::BadChainLength)?;
    if chain.len() > CHAIN_CERTIFICATES {
        return Err(CvcError::BadChainLength);
    }
    let issuer = state.find(&first.body().car).ok_or(CvcError::UnknownIssuer)?;
    let mut last = state.accept(issuer, first)?;
    for certificate in rest {
        let car = &certificate.body().car;
        let issuer = if last.holder.chr == *car { Some(&last.holder) } else { last.state.find(car) };
        last = last.state.accept(issuer.ok_or(CvcError::UnknownIssuer)?, certificate)?;
    }
    Ok(last)
}
