//! Who takes a step at a desk: officers with their keys at hand, alone or two of them.

use super::DeskError;
use super::signatures::{self, Signatory};
use crate::issuance::office::Office;
use crate::issuance::officer::document::Said as _;
use crate::issuance::officer::{Act, ActError, OfficerId, Roster, Signed};
use crate::issuance::role::{Role, RoleError, Taken};
use crate::issuance::store::{Actor, Hands};
use crate::pki::key::PrivateKey;
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;

/// What holds an officer's key: it signs acts, and gives the key to nobody.
pub trait Hand: Send {
    /// Whose.
    fn id(&self) -> OfficerId;

    /// Signs an act.
    ///
    /// # Errors
    /// [`HandError`].
    fn sign(&self, act: &Act) -> Result<Vec<u8>, HandError>;
}

/// Why a signature cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HandError {
    /// The session that held the key has ended, by its time, for idleness or by its officer.
    #[error("the officer's session has ended")]
    SessionEnded,
    /// Whatever holds the key does not answer.
    #[error("what holds the officer's key does not answer")]
    Unavailable,
}

impl Refusal for HandError {
    fn reason(&self) -> Reason {
        match self {
            Self::SessionEnded => Reason::LoginNeeded,
            Self::Unavailable => Reason::KeyStoreUnavailable,
        }
    }
}

impl Hand for PrivateKey {
    fn id(&self) -> OfficerId {
        OfficerId::of(&self.public_key())
    }

    fn sign(&self, act: &Act) -> Result<Vec<u8>, HandError> {
        Ok(act.sign(self).0)
    }
}

/// An officer at hand, in the role that is used, by the grant of an office.
pub struct Officer {
    hand: Box<dyn Hand>,
    role: Role,
    office: Office,
}

impl std::fmt::Debug for Officer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Officer({} as {} of {})", self.hand.id(), self.role, self.office)
    }
}

impl Officer {
    /// An officer whose key is here.
    #[must_use]
    pub fn new(key: PrivateKey, role: Role, office: Office) -> Self {
        Self::by(Box::new(key), role, office)
    }

    /// An officer whose key somebody else holds.
    #[must_use]
    pub fn by(hand: Box<dyn Hand>, role: Role, office: Office) -> Self {
        Self { hand, role, office }
    }

    /// Who.
    #[must_use]
    pub fn id(&self) -> OfficerId {
        self.hand.id()
    }

    /// As what, and where.
    #[must_use]
    pub const fn place(&self) -> (Role, Office) {
        (self.role, self.office)
    }

    /// Signs what is no step of the store: a packet or a letter between stores, by the grant of this officer's office.
    ///
    /// # Errors
    /// [`DeskError::Act`], [`DeskError::Hand`].
    pub fn act(&self, name: &str, subject: [u8; 32], at: Timestamp) -> Result<Signed, DeskError> {
        let act = Act::new(name, subject, self.office, at)?;
        let signature = self.hand.sign(&act)?;
        Ok(Signed::of(act, (self.id(), self.role, signature), None))
    }

    /// Signs for a step, if the officer may.
    fn sign(&self, roster: &Roster, (name, subject): (&str, [u8; 32]), at: Timestamp) -> Result<(Signatory, Actor), DeskError> {
        // Before a key is used: who may not is told so, and signs nothing.
        roster.standing(self.id(), self.place(), at).map_err(ActError::from)?;
        let act = Act::new(name, subject, self.office, at)?;
        let signature = self.hand.sign(&act)?;
        let signatory = signatures::check(roster, act, (self.id(), self.role, &signature))?;
        Ok((signatory, Actor { id: self.id(), role: self.role, office: self.office.into(), signature }))
    }
}

/// One officer, or two.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The first.
    pub first: &'a Officer,
    /// The second.
    pub second: Option<&'a Officer>,
}

impl<'a> By<'a> {
    /// One.
    #[must_use]
    pub const fn one(first: &'a Officer) -> Self {
        Self { first, second: None }
    }

    /// Two.
    #[must_use]
    pub const fn two(first: &'a Officer, second: &'a Officer) -> Self {
        Self { first, second: Some(second) }
    }

    /// These, as the rules ask for them.
    #[must_use]
    pub fn taken(&self) -> Taken {
        let person = |officer: &Officer| (officer.id().number(), officer.place().0);
        Taken { by: person(self.first), with: self.second.map(person) }
    }

    /// Refuses a first officer who has none of these roles: for what is only looked at, and signed by nobody.
    ///
    /// # Errors
    /// [`RoleError::WrongRole`].
    pub fn may_act_as(&self, roles: &[Role]) -> Result<(), RoleError> {
        let (role, _) = self.first.place();
        if roles.contains(&role) { Ok(()) } else { Err(RoleError::WrongRole(role)) }
    }

    /// Signs a step of an office: each under a grant of that office, or of one above it; two must be two persons.
    pub(in crate::issuance) fn sign(
        self,
        roster: &Roster,
        step: (&str, [u8; 32]),
        (office, at): (Office, Timestamp),
    ) -> Result<Hands, DeskError> {
        for officer in std::iter::once(self.first).chain(self.second) {
            if !officer.office.holds(office) {
                return Err(DeskError::Elsewhere { officer: officer.id(), office: officer.office, at: office });
            }
        }
        let (first, by) = self.first.sign(roster, step, at)?;
        let second = self.second.map(|officer| officer.sign(roster, step, at)).transpose()?;
        if second.as_ref().is_some_and(|(second, _)| second.standing().is_same_person(first.standing())) {
            return Err(ActError::Role(RoleError::SamePerson).into());
        }
        Ok(Hands { by, with: second.map(|(_, actor)| actor) })
    }
}
