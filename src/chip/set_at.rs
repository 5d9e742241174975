//! MSE:Set AT and the dynamic authentication data of GENERAL AUTHENTICATE (Doc 9303-11 4.4.4, 6.2.4; ISO 7816-4 11.5.5).

use super::apdu::{Command, StatusWord};
use crate::lds::der;
use crate::lds::tlv::{self, Reader, TlvError, TlvErrorKind};

/// Which authentication an MSE:Set AT prepares, by its P1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// C1: PACE, mutual authentication.
    Pace,
    /// 41: Chip Authentication.
    ChipAuthentication,
}

/// The content of an MSE:Set AT.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAt {
    /// 80: the protocol, dotted.
    pub protocol: String,
    /// 83: reference of the password (1 MRZ, 2 CAN).
    pub password: Option<u8>,
    /// 84: reference of domain parameters or of a private key.
    pub reference: Option<u64>,
}

impl SetAt {
    /// The command. It carries no Le: some chips refuse one.
    #[must_use]
    pub fn command(&self, purpose: Purpose) -> Command {
        let mut data = Vec::with_capacity(32);
        tlv::write(&mut data, 0x80, oid_content(&self.protocol).as_slice());
        if let Some(password) = self.password {
            tlv::write(&mut data, 0x83, &[password]);
        }
        if let Some(reference) = self.reference {
            let bytes = reference.to_be_bytes();
            let significant = bytes.iter().position(|&b| b != 0).unwrap_or(bytes.len() - 1);
            tlv::write(&mut data, 0x84, bytes.get(significant..).unwrap_or_default());
        }
        let p1 = match purpose {
            Purpose::Pace => 0xC1,
            Purpose::ChipAuthentication => 0x41,
        };
        Command::new(0x00, 0x22, p1, 0xA4).with_data(data)
    }

    /// Reads a command, for the chip. A certificate holder template (7F4C) is passed over: EACv1 has no use for it.
    ///
    /// # Errors
    /// 6A80, what the chip answers.
    pub fn parse(command: &Command) -> Result<Self, StatusWord> {
        Self::read(command.data()).map_err(|_| StatusWord::WRONG_DATA)
    }

    fn read(data: &[u8]) -> Result<Self, TlvError> {
        let mut reader = Reader::new(data);
        let protocol = reader.expect(0x80)?;
        let password = reader.optional(0x83)?;
        let reference = reader.optional(0x84)?;
        reader.optional(0x7F4C)?;
        reader.finish()?;
        let password = match password.map(|o| (o, o.value)) {
            None => None,
            Some((_, &[byte])) => Some(byte),
            Some((object, _)) => return Err(object.bad_value()),
        };
        let reference = match reference {
            None => None,
            Some(o) if (1..=8).contains(&o.value.len()) => Some(o.value.iter().fold(0, |n, &b| n << 8 | u64::from(b))),
            Some(o) => return Err(o.bad_value()),
        };
        let oid = tlv::encode(der::OID, protocol.value);
        let protocol = tlv::parse_one(&oid, der::OID).and_then(|o| der::read_oid(&o)).map_err(|_| protocol.bad_value())?;
        Ok(Self { protocol, password, reference })
    }
}

/// Content octets of an object identifier of our own tables.
fn oid_content(dotted: &str) -> Vec<u8> {
    tlv::parse_one(&der::oid(dotted), der::OID).map(|o| o.value.to_vec()).unwrap_or_default()
}

/// GENERAL AUTHENTICATE with `7C { tag value }`; without a tag, an empty 7C. `more` sets the chaining bit: more steps follow.
#[must_use]
pub fn general_authenticate(content: Option<(u32, &[u8])>, more: bool) -> Command {
    let inner = content.map(|(tag, value)| tlv::encode(tag, value)).unwrap_or_default();
    Command::new(if more { 0x10 } else { 0x00 }, 0x86, 0, 0).with_data(tlv::encode(0x7C, &inner)).with_le(256)
}

/// The value of the one object of `7C { tag value }`.
///
/// # Errors
/// Any [`TlvError`].
pub fn dynamic(data: &[u8], tag: u32) -> Result<&[u8], TlvError> {
    let outer = tlv::parse_one(data, 0x7C)?;
    let mut reader = outer.reader();
    let value = reader.expect(tag)?.value;
    reader.finish()?;
    Ok(value)
}

/// Checks that `7C` is there and empty.
///
/// # Errors
/// Any [`TlvError`].
pub fn dynamic_empty(data: &[u8]) -> Result<(), TlvError> {
    let outer = tlv::parse_one(data, 0x7C)?;
    if outer.value.is_empty() { Ok(()) } else { Err(TlvError::at(TlvErrorKind::BadValue(0x7C), outer.position)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_what_readers_send() {
        let set_at = SetAt { protocol: "0.4.0.127.0.7.2.2.4.2.2".into(), password: Some(2), reference: Some(12) };
        let command = set_at.command(Purpose::Pace);
        let bytes = [0x00, 0x22, 0xC1, 0xA4, 0x12, 0x80, 0x0A, 4, 0, 0x7F, 0, 7, 2, 2, 4, 2, 2, 0x83, 1, 2, 0x84, 1, 12];
        assert_eq!(command.encode().unwrap(), bytes);
        assert_eq!(SetAt::parse(&command), Ok(set_at.clone()));
        let bare = SetAt { password: None, reference: None, ..set_at };
        assert_eq!(SetAt::parse(&bare.command(Purpose::ChipAuthentication)), Ok(bare));
    }

    #[test]
    fn a_holder_template_is_passed_over_and_nonsense_is_6a80() {
        let mut data = SetAt { protocol: "0.4.0.127.0.7.2.2.4.2.2".into(), password: Some(1), reference: None }
            .command(Purpose::Pace)
            .data()
            .to_vec();
        data.extend([0x7F, 0x4C, 0x02, 0x53, 0x00]);
        assert_eq!(SetAt::parse(&Command::new(0, 0x22, 0xC1, 0xA4).with_data(data)).unwrap().password, Some(1));
        for bad in [&[][..], &[0x83, 1, 1], &[0x80, 0], &[0x80, 1, 4, 0x83, 2, 1, 1], &[0x80, 1, 4, 0x84, 0]] {
            assert_eq!(
                SetAt::parse(&Command::new(0, 0x22, 0xC1, 0xA4).with_data(bad)),
                Err(StatusWord::WRONG_DATA),
                "{bad:02X?}"
            );
        }
    }

    #[test]
    fn dynamic_data_hold_one_object_and_nothing_else() {
        let command = general_authenticate(Some((0x81, &[9])), true);
        assert_eq!(command.encode().unwrap(), [0x10, 0x86, 0, 0, 5, 0x7C, 3, 0x81, 1, 9, 0]);
        assert_eq!(dynamic(command.data(), 0x81), Ok(&[9][..]));
        assert!(dynamic(&[0x7C, 6, 0x81, 1, 9, 0x82, 1, 9], 0x81).is_err());
        assert!(dynamic(&[0x7C, 3, 0x82, 1, 9], 0x81).is_err());
        assert!(dynamic_empty(&[0x7C, 0]).is_ok());
        assert!(dynamic_empty(&[0x7C, 1, 0]).is_err());
    }
}
