//! EF.COM: versions and the list of data groups present (Doc 9303-10 4.6.1). Nothing is decided from it; EF.SOD decides.

use super::file_id::FileId;
use super::tlv::{self, TlvError};

/// LDS version of our cards.
pub const LDS_VERSION: &str = "0108";
/// Unicode version of our cards.
pub const UNICODE_VERSION: &str = "040000";
/// Tag of EF.COM.
pub const TAG: u32 = 0x60;
const LDS: u32 = 0x5F01;
const UNICODE: u32 = 0x5F36;
const TAGS: u32 = 0x5C;

/// What EF.COM says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Com {
    /// LDS version, four characters.
    pub lds: String,
    /// Unicode version, six characters.
    pub unicode: String,
    /// First tags of the data groups present, in the order given.
    pub tags: Vec<u8>,
}

impl Com {
    /// EF.COM over these files; those that are no data group are left out.
    pub fn over(files: impl IntoIterator<Item = FileId>) -> Self {
        let groups = files.into_iter().filter(|f| f.data_group().is_some());
        let tags = groups.filter_map(|f| f.tag().and_then(|t| u8::try_from(t).ok())).collect();
        Self { lds: LDS_VERSION.into(), unicode: UNICODE_VERSION.into(), tags }
    }

    /// The file's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let parts =
            [tlv::encode(LDS, self.lds.as_bytes()), tlv::encode(UNICODE, self.unicode.as_bytes()), tlv::encode(TAGS, &self.tags)];
        tlv::encode(TAG, &parts.concat())
    }

    /// Parses EF.COM.
    ///
    /// # Errors
    /// Any [`TlvError`].
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let com = tlv::parse_one(data, TAG)?;
        let mut reader = com.reader();
        let lds = reader.expect(LDS)?;
        let unicode = reader.expect(UNICODE)?;
        let tags = reader.expect(TAGS)?;
        reader.finish()?;
        let digits = |object: &tlv::Tlv<'_>, length: usize| match std::str::from_utf8(object.value) {
            Ok(text) if text.len() == length && text.bytes().all(|b| b.is_ascii_digit()) => Ok(text.to_owned()),
            _ => Err(object.bad_value()),
        };
        Ok(Self { lds: digits(&lds, 4)?, unicode: digits(&unicode, 6)?, tags: tags.value.to_vec() })
    }

    /// The data groups of the tag list; unknown tags are left out.
    #[must_use]
    pub fn files(&self) -> Vec<FileId> {
        let by_tag = |tag: u8| FileId::ALL.into_iter().find(|f| f.data_group().is_some() && f.tag() == Some(u32::from(tag)));
        self.tags.iter().filter_map(|&t| by_tag(t)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    #[test]
    fn a_foreign_one_is_read() {
        let bytes = hex!("6015 5F0104 30313037 5F3606 303430303030 5C03 61756F");
        let com = Com::parse(&bytes).unwrap();
        assert_eq!((com.lds.as_str(), com.unicode.as_str()), ("0107", "040000"));
        assert_eq!(com.files(), [FileId::Dg1, FileId::Dg2, FileId::Dg15]);
        assert_eq!(com.encode(), bytes);
        for end in 0..bytes.len() {
            assert!(Com::parse(&bytes[..end]).is_err());
        }
    }

    #[test]
    fn ours_lists_data_groups_only() {
        let com = Com::over([FileId::Dg1, FileId::Sod, FileId::Dg13, FileId::Fingers]);
        assert_eq!(com.tags, [0x61, 0x6D]);
        assert_eq!(Com::parse(&com.encode()).unwrap(), com);
    }
}
