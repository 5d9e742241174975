//! Who may take a step: roles, and the rule of the second person.

use super::names::Named as _;
use super::procedure::Place;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What an officer or a service is trusted with, by a grant of the level above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Head of the regency's civil registry office.
    HeadOfRegistry,
    /// Head of a sub-district.
    Camat,
    /// Takes applications and captures, hands cards over.
    Operator,
    /// Second officer of a desk.
    Supervisor,
    /// Clarifies doubles and doubts.
    Adjudicator,
    /// Makes authorizations: the step to *print ready*.
    Approver,
    /// Runs a personalization station.
    Personalizer,
    /// Packs, sends and receives shipments.
    Courier,
    /// Witnesses a destruction.
    Witness,
    /// A service of the centre: intake of packets, identification, routing.
    Centre,
    /// A service of an office that keeps a store of its own: it sends captures, and moves the office's copies by what the centre says.
    Sync,
}

impl Role {
    /// At which places it can be held.
    #[must_use]
    pub const fn sits_at(self, place: Place) -> bool {
        match place {
            Place::Home => false,
            Place::Ministry => !matches!(self, Self::HeadOfRegistry | Self::Camat | Self::Operator | Self::Sync),
            Place::Regency => !matches!(self, Self::Camat | Self::Centre),
            Place::ServicePoint => !matches!(self, Self::HeadOfRegistry | Self::Centre | Self::Approver | Self::Personalizer),
        }
    }

    /// The list of this role alone.
    #[must_use]
    pub fn alone(self) -> &'static [Self] {
        Self::EVERY.iter().find(|role| **role == self).map_or(&[], std::slice::from_ref)
    }

    /// Whether who holds it may grant `other` at the offices it holds: the head of a registry office to the officers there. What is
    /// the ministry's to grant, its root grants.
    #[must_use]
    pub const fn grants(self, other: Self) -> bool {
        matches!(self, Self::HeadOfRegistry) && !matches!(other, Self::HeadOfRegistry | Self::Centre)
    }
}

impl Serialize for Role {
    /// Its word (`names.rs`), as it stands in the store.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::of_name(&word).ok_or_else(|| serde::de::Error::custom("no role"))
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// A number that no other person has: of an officer the bytes of the id.
pub type PersonNumber = u128;

/// Who takes a step: one person, or two who are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// The first, with the role that is used.
    pub by: (PersonNumber, Role),
    /// The second.
    pub with: Option<(PersonNumber, Role)>,
}

/// What a step asks of those who take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Roles of which the first must have one.
    pub first: &'static [Role],
    /// Roles of which a second, other person must have one; empty where one is enough.
    pub second: &'static [Role],
}

/// Why somebody may not take a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RoleError {
    /// The first has none of the roles.
    #[error("this step is not for the role {0}")]
    WrongRole(Role),
    /// A second person is asked for.
    #[error("this step takes a second person: another officer's key (--second), or session (--second-session)")]
    SecondMissing,
    /// The second has none of the roles.
    #[error("the second person's role {0} does not fit this step")]
    WrongSecond(Role),
    /// The same person twice.
    #[error("the second person is the first again: another officer must sign")]
    SamePerson,
}

impl crate::reason::Refusal for RoleError {
    fn reason(&self) -> crate::reason::Reason {
        crate::reason::Reason::NotPermitted
    }
}

impl Asked {
    /// One person with one of these roles.
    #[must_use]
    pub const fn one(first: &'static [Role]) -> Self {
        Self { first, second: &[] }
    }

    /// Two persons.
    #[must_use]
    pub const fn two(first: &'static [Role], second: &'static [Role]) -> Self {
        Self { first, second }
    }

    /// Whether these may.
    ///
    /// # Errors
    /// [`RoleError`].
    pub fn check(&self, taken: &Taken) -> Result<(), RoleError> {
        let (person, role) = taken.by;
        if !self.first.contains(&role) {
            return Err(RoleError::WrongRole(role));
        }
        match (self.second, taken.with) {
            ([], _) => Ok(()),
            (_, None) => Err(RoleError::SecondMissing),
            (_, Some((second, _))) if second == person => Err(RoleError::SamePerson),
            (roles, Some((_, role))) if !roles.contains(&role) => Err(RoleError::WrongSecond(role)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_of_not_being_permitted_is_named() {
        let one = Asked::one(&[Role::Operator]);
        let two = Asked::two(&[Role::Adjudicator], &[Role::Adjudicator, Role::Supervisor]);
        let taken = |by, with| Taken { by, with };
        assert_eq!(one.check(&taken((1, Role::Operator), None)), Ok(()));
        assert_eq!(one.check(&taken((1, Role::Camat), None)), Err(RoleError::WrongRole(Role::Camat)));
        let adjudicator = (1, Role::Adjudicator);
        assert_eq!(two.check(&taken(adjudicator, Some((2, Role::Supervisor)))), Ok(()));
        assert_eq!(two.check(&taken(adjudicator, None)), Err(RoleError::SecondMissing));
        assert_eq!(two.check(&taken(adjudicator, Some((1, Role::Supervisor)))), Err(RoleError::SamePerson));
        assert_eq!(two.check(&taken(adjudicator, Some((2, Role::Courier)))), Err(RoleError::WrongSecond(Role::Courier)));
    }
}
