//! A job's identity and content: what is bound before the first APDU and never changes after.

use crate::crypto::hash::sha256;

/// Name of a job, chosen by whoever orders it: 1 to 64 of `A-Z a-z 0-9 . _ -`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(String);

/// A job id that is empty, too long, or holds another character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a job id is 1 to 64 of A-Z a-z 0-9 . _ -")]
pub struct BadJobId;

impl crate::reason::Refusal for BadJobId {
    fn reason(&self) -> crate::reason::Reason {
        crate::reason::Reason::Usage
    }
}

impl JobId {
    /// Checks a job id.
    ///
    /// # Errors
    /// [`BadJobId`].
    pub fn parse(text: &str) -> Result<Self, BadJobId> {
        let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if text.is_empty() || text.len() > 64 || !text.bytes().all(good) {
            return Err(BadJobId);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for JobId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Serial number of a chip: the key diversification data of INITIALIZE UPDATE (specs/card-profile.md 4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChipSerial(pub [u8; 10]);

impl ChipSerial {
    /// The serial of 20 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 20 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let mut out = [0u8; 10];
        for (i, byte) in out.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok()?;
        }
        Some(Self(out))
    }
}

impl std::fmt::Display for ChipSerial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02X}"))
    }
}

impl std::fmt::Debug for ChipSerial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChipSerial({self})")
    }
}

/// What a job binds from the start. Two jobs of one id must be equal in all of it but the date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The job's name.
    pub id: JobId,
    /// Where the sealed image lies, so that `resume` finds it.
    pub image_at: String,
    /// SHA-256 of the image's manifest.
    pub image_digest: [u8; 32],
    /// SHA-256 of the authorization that covers it.
    pub authorization_digest: [u8; 32],
    /// Document number (design 2.7).
    pub document_number: String,
    /// Index in the card status list.
    pub status_index: u64,
    /// Name of the card profile.
    pub profile: String,
    /// Date that the chip is given as its first, fixed here so that a resumed stream is byte-identical.
    pub chip_date: jiff::civil::Date,
    /// What the encoder or printer says.
    pub place: Placement,
}

impl NewJob {
    /// Digest of what must be the same when an id comes again.
    #[must_use]
    pub fn content_digest(&self) -> [u8; 32] {
        let mut all = Vec::new();
        for part in [
            &self.image_digest[..],
            &self.authorization_digest,
            self.document_number.as_bytes(),
            &self.status_index.to_be_bytes(),
            self.profile.as_bytes(),
        ] {
            all.extend_from_slice(&sha256(part));
        }
        sha256(&all)
    }
}

/// What binds a chip to a printed face, where a printer or encoder takes part (design 2.11).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placement {
    /// The printer's own job number.
    pub printer_job: Option<String>,
    /// Serial that the stock list expects in this place.
    pub blank_serial_expected: Option<String>,
    /// SHA-256 of the printed face.
    pub face_hash: Option<[u8; 32]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_ids_and_serials_are_parsed() {
        assert_eq!(JobId::parse("kab-3201.0042_a").map(|j| j.to_string()), Ok("kab-3201.0042_a".to_owned()));
        for bad in ["", "a b", "a/b", "é", &"x".repeat(65)] {
            assert_eq!(JobId::parse(bad), Err(BadJobId), "{bad}");
        }
        let serial = ChipSerial([0, 1, 2, 3, 4, 5, 6, 7, 8, 0xFF]);
        assert_eq!(serial.to_string(), "000102030405060708FF");
        assert_eq!(ChipSerial::from_hex("000102030405060708ff"), Some(serial));
        assert_eq!(ChipSerial::from_hex("+001020304050607080"), None);
        assert_eq!(ChipSerial::from_hex("+0+1020304050607080F"), None);
    }
}
