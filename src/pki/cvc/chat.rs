//! Certificate holder authorization template: role and rights (TR-03110-3 C.1.5; TR-03110-4 2.2.3.2).

use super::CvcError;
use crate::lds::der;
use crate::lds::tlv::{self, Tlv};

/// id-IS: inspection system.
pub const ID_IS: &str = "0.4.0.127.0.7.3.1.2.1";

const TAG: u32 = 0x7F4C;
const DISCRETIONARY: u32 = 0x53;
/// Read access to finger data: DG3 and EF.Fingers.
const FINGERS: u8 = 0x01;

/// The role of a certificate holder: the two highest bits of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 11: country verifying certification authority.
    Cvca,
    /// 10: document verifier, official and domestic: a trusted source of time for its terminals.
    DvDomestic,
    /// 01: document verifier, foreign or not official.
    DvForeign,
    /// 00: inspection system, the terminal.
    Terminal,
}

impl Role {
    /// Whether this is a document verifier of either kind.
    #[must_use]
    pub fn is_dv(self) -> bool {
        matches!(self, Self::DvDomestic | Self::DvForeign)
    }

    fn bits(self) -> u8 {
        match self {
            Self::Cvca => 0xC0,
            Self::DvDomestic => 0x80,
            Self::DvForeign => 0x40,
            Self::Terminal => 0x00,
        }
    }

    fn from_bits(byte: u8) -> Self {
        match byte & 0xC0 {
            0xC0 => Self::Cvca,
            0x80 => Self::DvDomestic,
            0x40 => Self::DvForeign,
            _ => Self::Terminal,
        }
    }
}

/// What an inspection system may read beyond PACE. The product knows bit 0 alone and ignores the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Rights {
    /// DG3 and EF.Fingers.
    pub fingers: bool,
}

impl Rights {
    /// The right to fingers.
    pub const FINGERS: Self = Self { fingers: true };
    /// Nothing beyond PACE.
    pub const NONE: Self = Self { fingers: false };

    /// What both grant.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { fingers: self.fingers && other.fingers }
    }

    /// Whether everything here is in `other`.
    #[must_use]
    pub fn within(self, other: Self) -> bool {
        self.and(other) == self
    }
}

/// The template as it stands in a certificate. Templates of other terminal types are read, so that foreign certificates
/// can be shown, but never accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chat {
    /// Object identifier of the terminal type.
    pub terminal_type: String,
    /// Role and rights, as many bytes as the type has.
    pub authorization: Vec<u8>,
}

impl Chat {
    /// A template of an inspection system's hierarchy.
    #[must_use]
    pub fn inspection(role: Role, rights: Rights) -> Self {
        let byte = role.bits() | if rights.fingers { FINGERS } else { 0 };
        Self { terminal_type: ID_IS.to_owned(), authorization: vec![byte] }
    }

    /// The role: the two highest bits, in every terminal type.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::from_bits(self.authorization.first().copied().unwrap_or(0))
    }

    /// The rights of an inspection system.
    ///
    /// # Errors
    /// [`CvcError::OtherTerminalType`] or [`CvcError::BadAuthorization`].
    pub fn rights(&self) -> Result<Rights, CvcError> {
        match (self.terminal_type.as_str(), self.authorization.as_slice()) {
            (ID_IS, [byte]) => Ok(Rights { fingers: byte & FINGERS != 0 }),
            (ID_IS, _) => Err(CvcError::BadAuthorization),
            _ => Err(CvcError::OtherTerminalType),
        }
    }

    pub(super) fn read(object: &Tlv<'_>) -> Result<Self, CvcError> {
        let mut reader = object.reader();
        let terminal_type = der::read_oid(&reader.expect(der::OID)?)?;
        let authorization = reader.expect(DISCRETIONARY)?.value.to_vec();
        reader.finish()?;
        if authorization.is_empty() { Err(CvcError::BadAuthorization) } else { Ok(Self { terminal_type, authorization }) }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let Ok(oid) = const_oid::ObjectIdentifier::new(&self.terminal_type) else { return Vec::new() };
        tlv::encode_all(TAG, &[&tlv::encode(der::OID, oid.as_bytes()), &tlv::encode(DISCRETIONARY, &self.authorization)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_bits_and_the_one_right() {
        for role in [Role::Cvca, Role::DvDomestic, Role::DvForeign, Role::Terminal] {
            let chat = Chat::inspection(role, Rights::FINGERS);
            assert_eq!((chat.role(), chat.rights()), (role, Ok(Rights::FINGERS)));
        }
        // Bit 1 (iris) and the reserved bits say nothing here.
        let other = Chat { authorization: vec![0xFE], ..Chat::inspection(Role::Cvca, Rights::NONE) };
        assert_eq!(other.rights(), Ok(Rights::NONE));
        let long = Chat { authorization: vec![0; 5], ..other.clone() };
        assert_eq!(long.rights(), Err(CvcError::BadAuthorization));
        let at = Chat { terminal_type: "0.4.0.127.0.7.3.1.2.2".to_owned(), ..other };
        assert_eq!(at.rights(), Err(CvcError::OtherTerminalType));
        assert!(Rights::NONE.within(Rights::FINGERS) && !Rights::FINGERS.within(Rights::NONE));
    }

    #[test]
    fn an_empty_authorization_is_refused() {
        let bytes = tlv::encode_all(TAG, &[&der::oid(ID_IS), &[0x53, 0]]);
        assert_eq!(Chat::read(&tlv::parse_one(&bytes, TAG).unwrap()), Err(CvcError::BadAuthorization));
    }
}
