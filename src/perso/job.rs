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

/// What a job binds from the start. Two jobs of one id must be equal in all of it but date, trust point and the
/// image's place; what a later run leaves unsaid of printer and blank stays as it was.
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
    /// Document number.
    pub document_number: String,
    /// Index in the card status list.
    pub status_index: u64,
    /// Name of the card profile.
    pub profile: String,
    /// Date that the chip is given as its first, fixed here so that a resumed stream is byte-identical.
    pub chip_date: jiff::civil::Date,
    /// Certificate body of the CVCA that the chip trusts first, fixed here for the same reason.
    pub trust_point: Vec<u8>,
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

/// What binds a chip to a printed face, where a printer or encoder takes part.
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
    fn job_ids_are_parsed() {
        assert_eq!(JobId::parse("kab-3201.0042_a").map(|j| j.to_string()), Ok("kab-3201.0042_a".to_owned()));
        for bad in ["", "a b", "a/b", "é", &"x".repeat(65)] {
            assert_eq!(JobId::parse(bad), Err(BadJobId), "{bad}");
        }
    }
}
