//! A card profile: which files a card has, how large they may be, who may read them, and which printed password opens it.

use super::file_id::FileId;
use super::fingers::FingerFormat;
use super::portrait::Container;
use crate::crypto::ec::Curve;
use crate::limits;
use crate::reason::{Reason, Refusal};
use serde::Deserialize;

/// The profile that is meant where none is named.
pub const DEFAULT: &str = "ektp-80k";

/// The profiles that come with the program, by name.
const BUILT_IN: [(&str, &str); 7] = [
    ("ektp-80k", include_str!("../../specs/profiles/ektp-80k.toml")),
    ("ektp-80k-dg3", include_str!("../../specs/profiles/ektp-80k-dg3.toml")),
    ("ektp-80k-jpeg", include_str!("../../specs/profiles/ektp-80k-jpeg.toml")),
    ("ektp-80k-no-aa", include_str!("../../specs/profiles/ektp-80k-no-aa.toml")),
    ("ektp-80k-test-bac", include_str!("../../specs/profiles/ektp-80k-test-bac.toml")),
    ("ektp-80k-test-brainpool", include_str!("../../specs/profiles/ektp-80k-test-brainpool.toml")),
    ("ektp-8k", include_str!("../../specs/profiles/ektp-8k.toml")),
];

/// Why a profile is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// No built-in profile has this name.
    #[error("there is no profile `{0}`")]
    Unknown(String),
    /// Not TOML of the form asked for: the message names line and key.
    #[error("{0}")]
    Form(String),
    /// A value outside its range.
    #[error("{0} is out of range")]
    OutOfRange(&'static str),
    /// A file that stands twice, or that its standard gives another identifier, place or access rule.
    #[error("{file}: {what} contradicts the card profile")]
    File {
        /// The file.
        file: FileId,
        /// Which of its values.
        what: &'static str,
    },
    /// A file that every card has is not listed.
    #[error("{0} is missing")]
    Missing(FileId),
}

impl Refusal for ProfileError {
    fn reason(&self) -> Reason {
        Reason::ProfileInvalid
    }
}

/// What the card's face shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Face {
    /// CAN on the front, machine readable zone and a 2D code on the back.
    Full,
    /// CAN on the front.
    Can,
    /// The existing face: neither CAN nor machine readable zone.
    Legacy,
}

/// A password of the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Password {
    /// Six random digits.
    Can,
    /// Document number, birth and expiry from the machine readable zone.
    Mrz,
    /// NIK, birth and date of issue in place of the machine readable zone. Weak: a NIK is not secret.
    Legacy,
}

impl Password {
    /// Its name in profiles and refusals.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Can => "can",
            Self::Mrz => "mrz",
            Self::Legacy => "legacy",
        }
    }
}

impl Face {
    /// Its name in profiles and refusals.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Can => "can",
            Self::Legacy => "legacy",
        }
    }

    /// The face of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Full, Self::Can, Self::Legacy].into_iter().find(|f| f.name() == name)
    }

    /// Where on this face a password is printed, if it is.
    #[must_use]
    pub const fn source(self, password: Password) -> Option<&'static str> {
        match (self, password) {
            (Self::Full | Self::Can, Password::Can) => Some("front, six digits"),
            (Self::Full, Password::Mrz) => Some("back, machine readable zone"),
            (Self::Legacy, Password::Legacy) => Some("front, NIK with birth and issue dates (weak)"),
            _ => None,
        }
    }
}

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadRule {
    /// Anyone.
    Free,
    /// After PACE.
    Pace,
    /// After PACE, Chip Authentication and Terminal Authentication with the finger right.
    Fingers,
}

impl ReadRule {
    /// Its byte in the file table (`specs/card-profile.md` 6.2).
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Free => 0,
            Self::Pace => 1,
            Self::Fingers => 2,
        }
    }

    /// The rule that the card profile gives a file.
    #[must_use]
    pub const fn of(file: FileId) -> Self {
        match file {
            FileId::AtrInfo | FileId::CardAccess | FileId::Dir => Self::Free,
            FileId::Dg3 | FileId::Fingers => Self::Fingers,
            _ => Self::Pace,
        }
    }
}

/// One file of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRow {
    /// Which file.
    pub name: FileId,
    /// File identifier, four hexadecimal digits.
    pub fid: String,
    /// Short file identifier, two hexadecimal digits.
    pub sfi: String,
    /// Who may read it.
    pub read: ReadRule,
    /// Bytes it is meant to stay within. Of EF.SOD: the place kept for it.
    pub budget: usize,
}

/// How a picture goes onto the chip.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureRow {
    /// Least bytes of the picture file; with less room the card does not fit.
    pub floor: usize,
    /// Most bytes of the picture file; the rest of the chip if it is less.
    pub most: usize,
    /// Largest height in pixels.
    pub max_height: u32,
    /// Container.
    pub container: Container,
}

/// How the prints of DG3 go onto the chip: at their own size, since a print has its resolution.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrintRow {
    /// Most bytes of one print's picture file; with less than it needs to be encoded at all the card does not fit.
    pub most: usize,
    /// Container; not JPEG.
    pub container: Container,
}

/// Longest command and response of a chip with extended length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtendedLength {
    /// Command APDU, in bytes.
    pub command: u16,
    /// Response APDU, in bytes.
    pub response: u16,
}

/// A card profile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Format of the profile file: 1.
    pub format: u32,
    /// Name.
    pub name: String,
    /// Persistent memory of the chip for internals and files, in bytes.
    pub capacity: usize,
    /// Curve of PACE and of the chip's keys.
    pub curve: Curve,
    /// Whether the chip makes an Active Authentication key and the card has DG15.
    pub active_authentication: bool,
    /// Key identifier of Chip Authentication.
    pub ca_key_id: u8,
    /// Whether BAC is enabled besides PACE: test profiles only.
    #[serde(default)]
    pub bac: bool,
    /// Format of the finger templates.
    pub finger_format: FingerFormat,
    /// The face that goes with it, unless the operator names another.
    pub face: Face,
    /// Passwords that a chip may have; it has those that its face prints.
    pub passwords: Vec<Password>,
    /// Bytes of one personalization chunk before a reader is qualified.
    pub chunk: usize,
    /// Technical validity of a chip whose card is valid for life, in years.
    pub chip_years: i16,
    /// Number of places in the card status list from which the status index is drawn.
    pub status_indices: u32,
    /// Extended length, where the chip has it.
    #[serde(default)]
    pub extended_length: Option<ExtendedLength>,
    /// Portrait.
    pub portrait: PictureRow,
    /// Signature.
    pub signature: PictureRow,
    /// Prints, if the card holds DG3.
    #[serde(default)]
    pub finger_image: Option<PrintRow>,
    /// Files.
    #[serde(rename = "file")]
    pub files: Vec<FileRow>,
    /// SHA-256 of the profile file's bytes.
    #[serde(skip)]
    pub digest: [u8; 32],
}

impl Profile {
    /// The names of the profiles that come with the program.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// A profile that comes with the program.
    ///
    /// # Errors
    /// [`ProfileError::Unknown`].
    pub fn named(name: &str) -> Result<Self, ProfileError> {
        let found = BUILT_IN.iter().find(|(n, _)| *n == name);
        Self::parse(found.ok_or_else(|| ProfileError::Unknown(name.to_owned()))?.1)
    }

    /// Parses and checks a profile file. Unknown keys are refused.
    ///
    /// # Errors
    /// Any [`ProfileError`].
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        if text.len() > limits::DOCUMENT_BYTES {
            return Err(ProfileError::OutOfRange("size of the file"));
        }
        let mut profile: Self = toml::from_str(text).map_err(|e| ProfileError::Form(e.to_string().trim_end().to_owned()))?;
        profile.digest = crate::crypto::hash::sha256(text.as_bytes());
        profile.check_values()?;
        profile.check_files()?;
        Ok(profile)
    }

    fn check_values(&self) -> Result<(), ProfileError> {
        let ranges = [
            ("format", self.format == 1),
            ("name", (1..=64).contains(&self.name.len())),
            ("capacity", (4_096..=1_048_576).contains(&self.capacity)),
            ("chunk", (16..=239).contains(&self.chunk)),
            ("chip_years", (1..=20).contains(&self.chip_years)),
            ("status_indices", (1..=1 << 29).contains(&self.status_indices)),
            ("passwords", !self.passwords.is_empty() && !has_twins(&self.passwords)),
            ("portrait", picture_is_sound(&self.portrait)),
            ("signature", picture_is_sound(&self.signature)),
            ("finger_image", self.finger_image.as_ref().is_none_or(prints_are_sound)),
            ("bac", !self.bac || self.passwords.contains(&Password::Mrz)),
        ];
        ranges.into_iter().find(|(_, good)| !good).map_or(Ok(()), |(key, _)| Err(ProfileError::OutOfRange(key)))
    }

    fn check_files(&self) -> Result<(), ProfileError> {
        for (index, row) in self.files.iter().enumerate() {
            let file = row.name;
            let wrong = |what| Err(ProfileError::File { file, what });
            if self.files.iter().take(index).any(|r| r.name == file) {
                return wrong("its second row");
            }
            if u16::from_str_radix(&row.fid, 16) != Ok(file.fid()) {
                return wrong("fid");
            }
            if u8::from_str_radix(&row.sfi, 16) != Ok(file.sfi()) {
                return wrong("sfi");
            }
            if row.read != ReadRule::of(file) {
                return wrong("read");
            }
            if row.budget == 0 || row.budget > limits::FILE_BYTES {
                return wrong("budget");
            }
            if !self.has_file(file) {
                return wrong("its presence");
            }
        }
        FileId::ALL
            .into_iter()
            .filter(|f| self.has_file(*f))
            .find(|f| self.row(*f).is_none())
            .map_or(Ok(()), |f| Err(ProfileError::Missing(f)))
    }

    /// Whether a card of this profile has the file: EF.CVCA is the chip's own, DG3 and DG15 are where their key says so, and every
    /// other file is on every card.
    const fn has_file(&self, file: FileId) -> bool {
        match file {
            FileId::Cvca => false,
            FileId::Dg3 => self.finger_image.is_some(),
            FileId::Dg15 => self.active_authentication,
            _ => true,
        }
    }

    /// The row of a file.
    #[must_use]
    pub fn row(&self, file: FileId) -> Option<&FileRow> {
        self.files.iter().find(|r| r.name == file)
    }

    /// Bytes that a file is meant to stay within; 0 for a file that the profile has not.
    #[must_use]
    pub fn budget(&self, file: FileId) -> usize {
        self.row(file).map_or(0, |r| r.budget)
    }
}

fn has_twins(passwords: &[Password]) -> bool {
    passwords.iter().enumerate().any(|(index, password)| passwords.iter().take(index).any(|earlier| earlier == password))
}

/// A print is never JPEG: the edges of its blocks look like ridges.
fn prints_are_sound(row: &PrintRow) -> bool {
    (1..=limits::FILE_BYTES).contains(&row.most) && row.container != Container::Jpeg
}

fn picture_is_sound(row: &PictureRow) -> bool {
    row.floor <= row.most && (1..=limits::FILE_BYTES).contains(&row.most) && (16..=2_048).contains(&row.max_height)
}

#[cfg(test)]
#[path = "tests/profile.rs"]
mod tests;
