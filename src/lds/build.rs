//! Builds a card's files from a record: every file but DG14, DG15 and EF.SOD, which wait for keys born on the chip.

use super::atr_info::{AtrInfo, Buffers};
use super::com::Com;
use super::content;
use super::dg2;
use super::face::{Coding, Face as FaceRecord};
use super::file_id::FileId;
use super::files::CardFiles;
use super::fingers::EfFingersError;
use super::mrz::MrzError;
use super::numbers::Given;
use super::plan::{Plan, PlanError};
use super::portrait::{self, Container, Fit, Fitted, PortraitError};
use super::profile::{Face, Profile};
use super::tlv::TlvError;
use super::{card_access, dg1, dg7, ef_dir};
use crate::finger::FingerPosition;
use crate::reason::{Reason, Refusal};
use crate::record::{FingerEntry, Record, Validity};
use crate::secret::Secret;
use jiff::ToSpan;
use jiff::civil::Date;
use rand_core::CryptoRng;

/// Characters of a document number: none looks like another (no A B D E I O Q S U Z).
const NUMBER_ALPHABET: &[u8; 26] = b"0123456789CFGHJKLMNPRTVWXY";
/// Characters of a document number.
const NUMBER_LEN: usize = 9;

/// Why a card's files were not built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// They do not fit the chip, or no one could open it.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The machine readable zone.
    #[error("machine readable zone: {0}")]
    Mrz(#[from] MrzError),
    /// The fingers.
    #[error("fingers: {0}")]
    Fingers(#[from] EfFingersError),
    /// The portrait cannot be fitted.
    #[error("portrait: {0}")]
    Portrait(PortraitError),
    /// The signature cannot be fitted.
    #[error("signature: {0}")]
    Signature(PortraitError),
    /// The profile has DG3, and the record has no print of this finger.
    #[error("the record has no print of the {0}, which goes into DG3")]
    NoPrint(FingerPosition),
    /// A print cannot be fitted.
    #[error("print of the {position}: {error}")]
    Print {
        /// Which finger's.
        position: FingerPosition,
        /// Why.
        error: PortraitError,
    },
    /// A file outgrew its encoding.
    #[error("biometric data: {0}")]
    Encoding(#[from] TlvError),
}

impl Refusal for BuildError {
    fn reason(&self) -> Reason {
        match self {
            Self::Plan(e) => e.reason(),
            Self::Mrz(e) => e.reason(),
            Self::Fingers(e) => e.reason(),
            Self::Portrait(e) | Self::Signature(e) | Self::Print { error: e, .. } => e.reason(),
            Self::NoPrint(_) => Reason::RecordInvalid,
            Self::Encoding(e) => e.reason(),
        }
    }
}

/// What is drawn when a card is built; derived from nothing.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// Nine characters: the document number.
    pub document_number: String,
    /// The card's place in the status list.
    pub status_index: u32,
    /// Six digits.
    pub can: Secret<String>,
    /// Expiry in the machine readable zone: the card's own, or a technical one if it is valid for life.
    pub chip_expiry: Date,
}

impl Numbers {
    /// Draws document number, status index and CAN. Nothing keeps them from being drawn again; a [`super::numbers::Register`] does.
    #[must_use]
    pub fn draw(record: &Record, profile: &Profile, rng: &mut dyn CryptoRng) -> Self {
        let given = Given { document_number: document_number(rng), status_index: below(profile.status_indices, rng) };
        Self::given(given, Secret::new(format!("{:06}", below(1_000_000, rng))), record, profile)
    }

    /// The numbers that a register gave.
    #[must_use]
    pub fn given(given: Given, can: Secret<String>, record: &Record, profile: &Profile) -> Self {
        let Given { document_number, status_index } = given;
        Self { document_number, status_index, can, chip_expiry: chip_expiry(record, profile) }
    }
}

/// A document number, drawn uniformly.
pub(super) fn document_number(rng: &mut dyn CryptoRng) -> String {
    let letters = u32::try_from(NUMBER_ALPHABET.len()).unwrap_or(1);
    let letter = |index: u32| NUMBER_ALPHABET.get(usize::try_from(index).unwrap_or(0)).map_or('0', |b| char::from(*b));
    (0..NUMBER_LEN).map(|_| letter(below(letters, rng))).collect()
}

/// The last day in the machine readable zone.
#[must_use]
pub fn chip_expiry(record: &Record, profile: &Profile) -> Date {
    match record.valid_until {
        Validity::Until(day) => day,
        Validity::Lifetime => record.date_of_issue.saturating_add(profile.chip_years.years()),
    }
}

/// A uniform number below `bound`, which is not zero: draws that would favour small numbers are drawn again.
pub(super) fn below(bound: u32, rng: &mut dyn CryptoRng) -> u32 {
    let bound = bound.max(1);
    let zone = u32::MAX - (u32::MAX % bound + 1) % bound;
    for _ in 0..256 {
        let draw = rng.next_u32();
        if draw <= zone {
            return draw % bound;
        }
    }
    unreachable!("the entropy source repeats itself")
}

/// What a build gives.
#[derive(Debug, Clone)]
pub struct Built {
    /// Every file but DG14, DG15, EF.SOD and EF.CVCA.
    pub files: CardFiles,
    /// The plan, with real sizes.
    pub plan: Plan,
    /// The numbers drawn.
    pub numbers: Numbers,
    /// Text whose SHA-1 is the chip's MRZ password, if the profile enables one.
    pub key_text: Option<Secret<String>>,
    /// The machine readable zone, for the face.
    pub mrz: Secret<String>,
    /// Quality of the portrait.
    pub portrait: Quality,
    /// Quality of the signature.
    pub signature: Quality,
    /// Quality of each print in DG3; none where the profile has no DG3.
    pub prints: Vec<Quality>,
}

/// How a picture came out.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Quality {
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels.
    pub height: u16,
    /// Bytes of the picture file.
    pub bytes: usize,
    /// Structural similarity to the original, 1 for equal.
    pub ssim: f64,
}

impl From<&Fitted> for Quality {
    fn from(f: &Fitted) -> Self {
        Self { width: f.width, height: f.height, bytes: f.image.len(), ssim: f.ssim }
    }
}

/// Builds the files. The same record, profile, face and numbers give the same bytes.
///
/// # Errors
/// Any [`BuildError`].
pub fn build(record: &Record, profile: &Profile, face: Face, numbers: Numbers) -> Result<Built, BuildError> {
    super::plan::printed(profile, face)?;
    let zone = content::td1(record, &numbers);
    let signature = fit_signature(record, profile)?;
    let mut files = small_files(record, profile, &numbers)?;
    files.insert(FileId::Dg1, dg1::build(&zone)?);
    files.insert(FileId::Dg7, dg7::build(&signature.image));
    let prints = fit_prints(record, profile)?;
    if let Some(prints) = &prints {
        files.insert(FileId::Dg3, content::dg3(record, prints)?);
    }
    let mut plan = Plan::of(&files, profile, face)?;
    let portrait = fit_portrait(record, profile, plan.portrait_room)?;
    let dg2 = dg2::build(&face_record(&portrait, profile.portrait.container))?;
    plan.settle(dg2.len());
    files.insert(FileId::Dg2, dg2);
    let key_text = content::key_text(record, &plan.passwords, &zone).map(Secret::new);
    let (mrz, portrait, signature) = (Secret::new(zone.encode()?), Quality::from(&portrait), Quality::from(&signature));
    let prints = prints.iter().flatten().map(Quality::from).collect();
    Ok(Built { files, plan, numbers, key_text, mrz, portrait, signature, prints })
}

/// The files without pictures and zone.
fn small_files(record: &Record, profile: &Profile, numbers: &Numbers) -> Result<CardFiles, BuildError> {
    let fingers = content::ef_fingers(record, profile.finger_format)?;
    let extended = profile.extended_length.map(|e| Buffers { command: e.command, response: e.response });
    let all = profile.files.iter().map(|r| r.name);
    let files = [
        (FileId::Dg11, content::dg11(record).encode()),
        (FileId::Dg12, content::dg12(record).encode()),
        (FileId::Dg13, content::dg13(record, numbers.status_index, &fingers).encode()),
        (FileId::Com, Com::over(FileId::ALL.into_iter().filter(|f| all.clone().any(|a| a == *f))).encode()),
        (FileId::Fingers, fingers),
        (FileId::AtrInfo, AtrInfo { chaining: true, extended }.encode()),
        (FileId::CardAccess, card_access::build(profile.curve)),
        (FileId::Dir, ef_dir::build()),
    ];
    Ok(files.into_iter().collect())
}

fn fit_signature(record: &Record, profile: &Profile) -> Result<Fitted, BuildError> {
    let row = &profile.signature;
    let wish = Fit { budget: row.most, max_height: row.max_height, crop: false, container: row.container };
    portrait::fit(&record.signature, wish).map_err(BuildError::Signature)
}

/// The prints of the fingers taken, in their order, each at its own size; none where the profile has no DG3.
fn fit_prints(record: &Record, profile: &Profile) -> Result<Option<Vec<Fitted>>, BuildError> {
    let Some(row) = &profile.finger_image else { return Ok(None) };
    let fit = |finger: &FingerEntry| {
        let position = finger.position;
        let print = finger.image.as_ref().ok_or(BuildError::NoPrint(position))?;
        portrait::fit_unscaled(print, row.most, row.container).map_err(|error| BuildError::Print { position, error })
    };
    record.fingers.taken.iter().map(fit).collect::<Result<_, _>>().map(Some)
}

fn fit_portrait(record: &Record, profile: &Profile, room: usize) -> Result<Fitted, BuildError> {
    let row = &profile.portrait;
    let wish = Fit { budget: room, max_height: row.max_height, crop: true, container: row.container };
    portrait::fit(&record.portrait, wish).map_err(BuildError::Portrait)
}

fn face_record(portrait: &Fitted, container: Container) -> FaceRecord {
    FaceRecord {
        // Sex stands in DG1; the face record leaves it open.
        gender: 0,
        feature_points: 0,
        image_type: 1,
        coding: match container {
            Container::Jpeg => Coding::Jpeg,
            Container::Jp2 | Container::Codestream => Coding::Jpeg2000,
        },
        width: portrait.width,
        height: portrait.height,
        colour_space: if portrait.channels == 3 { 1 } else { 3 },
        image: portrait.image.clone(),
    }
}

#[cfg(test)]
#[path = "tests/build.rs"]
mod tests;
