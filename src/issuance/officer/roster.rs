//! The roster: grants and their ends as far as they are known here, checked when they come in; it answers for an instant.

use super::document::Said as _;
use super::grant::{GrantError, OfficerId, SignedEnd, SignedGrant};
use crate::issuance::office::Office;
use crate::issuance::role::Role;
use crate::limits::OFFICER_GRANTS;
use crate::pki::key::PublicKey;
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A grant's digest.
pub type GrantDigest = [u8; 32];

/// Why an officer may not act in a role at an office at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StandingError {
    /// No grant of this key is known.
    #[error("no grant is known for officer {0}")]
    Unknown(OfficerId),
    /// The officer has other roles.
    #[error("officer {0} does not have the role {1}")]
    WrongRole(OfficerId, Role),
    /// The role is for another office.
    #[error("officer {0} has no such role at office {1}")]
    WrongOffice(OfficerId, Office),
    /// The grant is not yet in force.
    #[error("the grant of officer {0} is not yet in force")]
    NotYet(OfficerId),
    /// The grant's time is over.
    #[error("the grant of officer {0} has expired")]
    Expired(OfficerId),
    /// The grant, or the one it rests on, was ended.
    #[error("the grant of officer {0} was revoked")]
    Ended(OfficerId),
}

impl Refusal for StandingError {
    fn reason(&self) -> Reason {
        Reason::NotPermitted
    }
}

/// An officer's standing: who, as what, where, by which grant. Only [`Roster::standing`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    officer: OfficerId,
    role: Role,
    office: Office,
    grant: GrantDigest,
    label: String,
    key: PublicKey,
}

impl Standing {
    /// Who.
    #[must_use]
    pub const fn officer(&self) -> OfficerId {
        self.officer
    }

    /// As what, and where.
    #[must_use]
    pub const fn place(&self) -> (Role, Office) {
        (self.role, self.office)
    }

    /// By which grant.
    #[must_use]
    pub const fn grant(&self) -> GrantDigest {
        self.grant
    }

    /// The officer's key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Whether the other is the same person: by key or by staff number.
    #[must_use]
    pub fn is_same_person(&self, other: &Self) -> bool {
        self.officer == other.officer || self.label == other.label
    }
}

/// A grant that was checked.
#[derive(Debug, Clone)]
struct Known {
    signed: SignedGrant,
    key: PublicKey,
    /// The grant that its granter signed by; none for the root.
    rests_on: Option<GrantDigest>,
}

/// Grants and their ends under one root: the ministry's key for officers.
#[derive(Debug, Clone)]
pub struct Roster {
    root: PublicKey,
    room: usize,
    grants: BTreeMap<GrantDigest, Known>,
    ends: BTreeMap<GrantDigest, Timestamp>,
}

impl Roster {
    /// An empty one.
    #[must_use]
    pub const fn new(root: PublicKey) -> Self {
        Self::with_room(root, OFFICER_GRANTS)
    }

    /// An empty one for so many grants.
    pub(super) const fn with_room(root: PublicKey, room: usize) -> Self {
        Self { root, room, grants: BTreeMap::new(), ends: BTreeMap::new() }
    }

    /// The root's key.
    #[must_use]
    pub const fn root(&self) -> &PublicKey {
        &self.root
    }

    /// Takes a grant in; again is harmless.
    ///
    /// # Errors
    /// [`GrantError`]: it is not signed by the level above, reaches beyond that one's time, or there are too many.
    pub fn add(&mut self, signed: SignedGrant) -> Result<GrantDigest, GrantError> {
        let key = signed.grant().key()?;
        if OfficerId::of(&key) == signed.by {
            return Err(GrantError::Own);
        }
        let (signer, rests_on) = self.granter(&signed)?;
        if !signed.grant.is_signed_by(&signer, &signed.signature) {
            return Err(GrantError::Signature);
        }
        let digest = signed.digest();
        if self.grants.len() >= self.room && !self.grants.contains_key(&digest) {
            return Err(GrantError::TooMany);
        }
        self.grants.entry(digest).or_insert(Known { signed, key, rests_on });
        Ok(digest)
    }

    /// Takes an end in; the earliest counts.
    ///
    /// # Errors
    /// [`GrantError`]: the grant is unknown, or who signed could not have made it.
    pub fn end(&mut self, signed: &SignedEnd) -> Result<GrantDigest, GrantError> {
        let digest = GrantDigest::try_from(signed.ended.grant.0.as_slice()).map_err(|_| GrantError::Field("grant"))?;
        let known = self.grants.get(&digest).ok_or(GrantError::Unknown)?;
        let (signer, _) = self.granter(&SignedGrant { by: signed.by, ..known.signed.clone() })?;
        if !signed.ended.is_signed_by(&signer, &signed.signature) {
            return Err(GrantError::Signature);
        }
        let at = self.ends.entry(digest).or_insert(signed.ended.at);
        *at = (*at).min(signed.ended.at);
        Ok(digest)
    }

    /// The key of whoever signed a grant, and the grant by which.
    fn granter(&self, signed: &SignedGrant) -> Result<(PublicKey, Option<GrantDigest>), GrantError> {
        if signed.by == OfficerId::of(&self.root) {
            return Ok((self.root.clone(), None));
        }
        let (role, office) = signed.grant().place();
        let above = |known: &&Known| {
            let (own_role, own_office) = known.signed.grant().place();
            OfficerId::of(&known.key) == signed.by && own_role.grants(role) && own_office.holds(office)
        };
        let within = |known: &&Known| {
            let ((from, until), (own_from, own_until)) = (signed.grant().time(), known.signed.grant().time());
            own_from <= from && until <= own_until
        };
        let candidates: Vec<&Known> = self.grants.values().filter(above).collect();
        let found = candidates.iter().copied().find(within);
        match (found, candidates.is_empty()) {
            (Some(known), _) => Ok((known.key.clone(), Some(known.signed.digest()))),
            (None, true) => Err(GrantError::NotAbove(signed.by)),
            (None, false) => Err(GrantError::Beyond),
        }
    }

    /// What an officer may at an instant.
    ///
    /// # Errors
    /// [`StandingError`]: the nearest thing that is wrong.
    pub fn standing(&self, officer: OfficerId, place: (Role, Office), at: Timestamp) -> Result<Standing, StandingError> {
        let (role, office) = place;
        let own: Vec<_> = self.grants.iter().filter(|(_, known)| OfficerId::of(&known.key) == officer).collect();
        if own.is_empty() {
            return Err(StandingError::Unknown(officer));
        }
        let mut refused = StandingError::WrongRole(officer, role);
        for (digest, known) in own {
            let (has, sits) = known.signed.grant().place();
            if has != role {
                continue;
            }
            if sits != office {
                refused = StandingError::WrongOffice(officer, office);
                continue;
            }
            match self.in_force(officer, digest, at) {
                Ok(()) => {
                    let label = known.signed.grant().label().to_owned();
                    return Ok(Standing { officer, role, office, grant: *digest, label, key: known.key.clone() });
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// Whether one grant is in force at an instant.
    ///
    /// # Errors
    /// [`StandingError`].
    pub fn state(&self, grant: &GrantDigest, at: Timestamp) -> Result<(), StandingError> {
        let officer = self.grants.get(grant).map_or_else(|| OfficerId::of(&self.root), |known| OfficerId::of(&known.key));
        self.in_force(officer, grant, at)
    }

    /// Whether a grant and the one it rests on are in force.
    fn in_force(&self, officer: OfficerId, digest: &GrantDigest, at: Timestamp) -> Result<(), StandingError> {
        let Some(known) = self.grants.get(digest) else { return Err(StandingError::Unknown(officer)) };
        let (from, until) = known.signed.grant().time();
        if at < from {
            return Err(StandingError::NotYet(officer));
        }
        if at >= until {
            return Err(StandingError::Expired(officer));
        }
        let ended = |digest: &GrantDigest| self.ends.get(digest).is_some_and(|end| *end <= at);
        if ended(digest) || known.rests_on.as_ref().is_some_and(ended) {
            return Err(StandingError::Ended(officer));
        }
        Ok(())
    }

    /// Every grant, with when it was ended.
    pub fn grants(&self) -> impl Iterator<Item = (GrantDigest, &SignedGrant, Option<Timestamp>)> {
        self.grants.iter().map(|(digest, known)| (*digest, &known.signed, self.ends.get(digest).copied()))
    }
}
