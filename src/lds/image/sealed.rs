//! What is inside the seal: the files and the secrets of one card, as TLV.

use crate::lds::file_id::FileId;
use crate::lds::files::CardFiles;
use crate::lds::tlv::{self, Tlv, TlvError, TlvErrorKind};
use crate::lds::{cursor::Cursor, tag_list};
use crate::limits;
use crate::secret::Secret;

const CONTENT: u32 = 0x73;
const VERSION: u32 = 0x80;
const FILE: u32 = 0xA1;
const DGI: u32 = 0x80;
const BYTES: u32 = 0x81;
const CAN: u32 = 0x82;
const KEY_TEXT: u32 = 0x83;
const DOCUMENT_NUMBER: u32 = 0x84;
const STATUS_INDEX: u32 = 0x85;
const MRZ: u32 = 0x86;

/// The sealed content of a card image.
#[derive(Debug, Clone)]
pub struct SealedContent {
    /// Every file but DG14, DG15, EF.SOD and EF.CVCA.
    pub files: CardFiles,
    /// Six digits.
    pub can: Secret<String>,
    /// Text whose SHA-1 is the chip's MRZ password, if it has one.
    pub key_text: Option<Secret<String>>,
    /// The machine readable zone, for the face.
    pub mrz: Secret<String>,
    /// Document number.
    pub document_number: String,
    /// Status index.
    pub status_index: u32,
}

impl SealedContent {
    /// The bytes to seal: `73 { 80 version, A1 { 80 DGI, 81 file } …, 82 CAN, 83 key text, 84 number, 85 index, 86 MRZ }`.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut value = tlv::encode(VERSION, &[1]);
        for (file, bytes) in self.files.iter() {
            let parts = [tlv::encode(DGI, &file.dgi().to_be_bytes()), tlv::encode(BYTES, bytes)];
            tlv::write(&mut value, FILE, &parts.concat());
        }
        tlv::write(&mut value, CAN, self.can.expose().as_bytes());
        if let Some(text) = &self.key_text {
            tlv::write(&mut value, KEY_TEXT, text.expose().as_bytes());
        }
        tlv::write(&mut value, DOCUMENT_NUMBER, self.document_number.as_bytes());
        tlv::write(&mut value, STATUS_INDEX, &self.status_index.to_be_bytes());
        tlv::write(&mut value, MRZ, self.mrz.expose().as_bytes());
        tlv::encode(CONTENT, &value)
    }

    /// Parses opened content.
    ///
    /// # Errors
    /// Any [`TlvError`]: elements stand in the order of [`Self::encode`], each file once.
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let content = tlv::parse_one(data, CONTENT)?;
        let mut reader = content.reader();
        let version = reader.expect(VERSION)?;
        if version.value != [1] {
            return Err(version.bad_value());
        }
        let mut files = CardFiles::new();
        while let Some(object) = reader.optional(FILE)? {
            let (file, bytes) = read_file(&object)?;
            if files.0.len() >= limits::FILES || files.insert(file, bytes).is_some() {
                return Err(TlvError::at(TlvErrorKind::Duplicate(FILE), object.start));
            }
        }
        let can = reader.expect(CAN)?;
        if can.value.len() != 6 || !can.value.iter().all(u8::is_ascii_digit) {
            return Err(can.bad_value());
        }
        let secret = |object: Tlv<'_>| tag_list::text(&object).map(Secret::new);
        let key_text = reader.optional(KEY_TEXT)?.map(secret).transpose()?;
        let document_number = tag_list::text(&reader.expect(DOCUMENT_NUMBER)?)?;
        let index = reader.expect(STATUS_INDEX)?;
        let mrz = secret(reader.expect(MRZ)?)?;
        reader.finish()?;
        let status_index = u32::from_be_bytes(index.value.try_into().map_err(|_| index.bad_value())?);
        Ok(Self { files, can: secret(can)?, key_text, mrz, document_number, status_index })
    }
}

fn read_file(object: &Tlv<'_>) -> Result<(FileId, Vec<u8>), TlvError> {
    let mut reader = object.reader();
    let dgi = reader.expect(DGI)?;
    let bytes = reader.expect(BYTES)?;
    reader.finish()?;
    let number = Cursor::new(dgi).u16()?;
    let file = FileId::from_dgi(number).filter(|_| dgi.value.len() == 2).ok_or_else(|| dgi.bad_value())?;
    let allowed = !matches!(file, FileId::Dg14 | FileId::Dg15 | FileId::Sod) && bytes.value.len() <= limits::FILE_BYTES;
    if allowed { Ok((file, bytes.value.to_vec())) } else { Err(dgi.bad_value()) }
}
