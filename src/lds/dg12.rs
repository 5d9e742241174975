//! DG12: additional document details: who issued it and when (Doc 9303-10 4.7.12).

use super::tag_list;
use super::tlv::{TlvError, TlvErrorKind};

/// Tag of DG12.
pub const TAG: u32 = 0x6C;
const AUTHORITY: u32 = 0x5F19;
const DATE_OF_ISSUE: u32 = 0x5F26;

/// The elements of DG12 that our cards hold. Empty text is left out of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg12 {
    /// Issuing authority.
    pub authority: String,
    /// Date of issue, YYYYMMDD in ASCII.
    pub date_of_issue: String,
}

impl Dg12 {
    /// The file's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let elements = [
            (AUTHORITY, self.authority.replace('<', " ").into_bytes()),
            (DATE_OF_ISSUE, self.date_of_issue.clone().into_bytes()),
        ];
        tag_list::encode(TAG, &elements)
    }

    /// Parses DG12, ours or foreign; elements that our cards do not have are passed over.
    ///
    /// # Errors
    /// Any [`TlvError`].
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let mut group = Self::default();
        for element in tag_list::parse(data, TAG)? {
            match element.tag {
                AUTHORITY => group.authority = tag_list::text(&element)?,
                DATE_OF_ISSUE => group.date_of_issue = tag_list::date(&element)?,
                0x5F1A..=0x5F1E | 0x5F55 | 0x5F56 | 0xA0 => {}
                _ => return Err(TlvError::at(TlvErrorKind::BadValue(element.tag), element.start)),
            }
        }
        Ok(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::tlv;

    #[test]
    fn it_reads_back_and_every_cut_is_refused() {
        let group = Dg12 { authority: "DINAS DUKCAPIL KOTA JAKARTA PUSAT".into(), date_of_issue: "20261123".into() };
        let bytes = group.encode();
        assert_eq!(Dg12::parse(&bytes).unwrap(), group);
        for end in 0..bytes.len() {
            assert!(Dg12::parse(&bytes[..end]).is_err());
        }
        let bcd = [tlv::encode(0x5C, &[0x5F, 0x26]), tlv::encode(0x5F26, &[0x20, 0x26, 0x11, 0x23])].concat();
        assert_eq!(Dg12::parse(&tlv::encode(TAG, &bcd)).unwrap().date_of_issue, "20261123");
        let odd = [tlv::encode(0x5C, &[]), tlv::encode(0x04, b"1")].concat();
        assert_eq!(Dg12::parse(&tlv::encode(TAG, &odd)).unwrap_err().kind, TlvErrorKind::BadValue(4));
    }
}
