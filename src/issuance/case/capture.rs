//! The capture: ten fingers, right thumb to little finger, then left the same, portrait and signature; with each finger that cannot be
//! taken an exception, its reason and a second officer. Of whom no finger can be taken, both hands and both irises instead.

use super::receipt::Stub;
use super::summon::second;
use super::{Case, CaseError, asked, before};
use crate::crypto::hash::sha256;
use crate::finger::FingerPosition;
use crate::issuance::application::{State, Step};
use crate::issuance::desk::{By, Desk};
use crate::issuance::packet::{ApplicationId, Capture, FileName, PacketError};
use crate::issuance::store::{Id, Kind, Move, Part, Word};
use crate::limits::{IMAGE_BYTES, PACKET_FILES};
use crate::reason::{Reason, Refusal};
use crate::record::PassedOver;
use crate::record::PictureError;
use crate::record::picture::{Picture, Purpose};
use serde_json::json;
use zeroize::Zeroizing;

/// A file of a capture: what it shows, and its bytes.
pub type File = (FileName, Zeroizing<Vec<u8>>);

/// What was taken: files named after what they show, and why a finger is not among them.
pub struct Taken {
    /// `right-thumb.png` to `left-little.png` (any kind of finger image), `portrait.…`, `signature.…`; without any finger also
    /// `hands.…`, `iris-right.…` and `iris-left.…`.
    pub files: Vec<File>,
    /// Fingers that could not be taken.
    pub exceptions: Vec<(FingerPosition, PassedOver)>,
    /// The device that took the fingers: maker, model and serial as one word.
    pub device: Option<Word>,
}

/// Somebody's: counted, not shown.
impl std::fmt::Debug for Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Taken({} files)", self.files.len())
    }
}

/// Looks at finger images: whether each shows a finger well enough, and none shows another's.
pub trait Examiner {
    /// The quality of each, 0 to 100, in their order.
    ///
    /// # Errors
    /// [`CaptureError::Poor`], [`CaptureError::Unreadable`], [`CaptureError::Alike`].
    fn examine(&self, fingers: &[(FingerPosition, &[u8])]) -> Result<Vec<u8>, CaptureError>;
}

/// Why a capture is not whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// A finger is neither there nor excepted.
    #[error("{0}: neither taken nor excepted (`--exception {0}=REASON`, by two)")]
    Missing(FingerPosition),
    /// A finger is there twice, or there and excepted.
    #[error("{0}: there twice, or taken and excepted too")]
    Twice(FingerPosition),
    /// A picture that must be there is not.
    #[error("there is no picture `{0}` (.png or .jpg) in the folder")]
    NoPicture(&'static str),
    /// A file that is named after nothing that is taken of this resident.
    #[error("file `{0}` is nothing that is taken of this resident: it does not belong into the folder")]
    Unexpected(String),
    /// A picture that does not do.
    #[error("{name}: {error}")]
    Picture {
        /// Which.
        name: &'static str,
        /// Why.
        error: PictureError,
    },
    /// A finger image that is none.
    #[error("{0}: no image of a finger that can be read")]
    Unreadable(FingerPosition),
    /// A finger image that is too poor.
    #[error("{0}: too poor; take it again, or except it")]
    Poor(FingerPosition),
    /// One finger was taken for two.
    #[error("{0} and {1} are the same finger")]
    Alike(FingerPosition, FingerPosition),
}

impl Refusal for CaptureError {
    fn reason(&self) -> Reason {
        match self {
            Self::Picture { error, .. } => error.reason(),
            Self::Unreadable(_) => Reason::FingerImageInvalid,
            Self::Poor(_) => Reason::SampleTooPoor,
            Self::Alike(..) => Reason::FingersAlike,
            Self::Missing(_) | Self::Twice(_) | Self::NoPicture(_) | Self::Unexpected(_) => Reason::InputInvalid,
        }
    }
}

/// The picture of a name, and what it must show.
const PICTURES: [(&str, Purpose, bool); 5] = [
    ("portrait", Purpose::Portrait, true),
    ("signature", Purpose::Signature, true),
    ("hands", Purpose::Hands, false),
    ("iris-right", Purpose::Iris, false),
    ("iris-left", Purpose::Iris, false),
];

/// A finger and its image.
type Finger<'a> = (FingerPosition, &'a [u8]);

impl Taken {
    /// Holds what was taken against what must be; the fingers, in the order of capture.
    ///
    /// # Errors
    /// [`CaptureError`].
    pub fn check(&self) -> Result<Vec<Finger<'_>>, CaptureError> {
        let mut fingers: Vec<Finger<'_>> = Vec::new();
        let mut pictures: Vec<(&str, &[u8])> = Vec::new();
        for (name, bytes) in &self.files {
            let stem = name.as_str().split('.').next().unwrap_or_default();
            match FingerPosition::from_text(&stem.replace('-', "_")) {
                Some(position) if fingers.iter().any(|(taken, _)| *taken == position) => {
                    return Err(CaptureError::Twice(position));
                }
                Some(position) => fingers.push((position, bytes)),
                None => pictures.push((stem, bytes)),
            }
        }
        for position in FingerPosition::ALL {
            let taken = fingers.iter().any(|(finger, _)| *finger == position);
            match (taken, self.exceptions.iter().filter(|(excepted, _)| *excepted == position).count()) {
                (true, 0) | (false, 1) => {}
                (false, 0) => return Err(CaptureError::Missing(position)),
                _ => return Err(CaptureError::Twice(position)),
            }
        }
        check_pictures(&pictures, fingers.is_empty())?;
        fingers.sort_by_key(|(position, _)| *position);
        Ok(fingers)
    }
}

fn check_pictures(pictures: &[(&str, &[u8])], is_without_finger: bool) -> Result<(), CaptureError> {
    let asked = || PICTURES.iter().filter(|(.., always)| *always || is_without_finger);
    for (name, purpose, _) in asked() {
        let mut all = pictures.iter().filter(|(found, _)| found == name);
        let (_, bytes) = all.next().ok_or(CaptureError::NoPicture(name))?;
        if all.next().is_some() {
            return Err(CaptureError::Unexpected((*name).to_owned()));
        }
        if bytes.len() > IMAGE_BYTES {
            return Err(CaptureError::Picture { name, error: PictureError::TooLarge { max: IMAGE_BYTES } });
        }
        Picture::read(bytes, *purpose).map_err(|error| CaptureError::Picture { name, error })?;
    }
    let unexpected = pictures.iter().find(|(found, _)| asked().all(|(name, ..)| name != found));
    unexpected.map_or(Ok(()), |(name, _)| Err(CaptureError::Unexpected((*name).to_owned())))
}

/// Keeps a capture, where the procedure takes it, and stamps the receipt: the case as it is then.
///
/// # Errors
/// [`CaseError`].
pub fn capture(
    desk: &mut Desk<'_>,
    job: &Id,
    id: &Id,
    (taken, examiner): (&Taken, &dyn Examiner),
    by: By<'_>,
) -> Result<Case, CaseError> {
    let digests: Vec<[u8; 32]> =
        taken.files.iter().map(|(name, bytes)| sha256(&[name.as_str().as_bytes(), &[0], bytes].concat())).collect();
    let exceptions: Vec<String> = taken.exceptions.iter().map(|(finger, why)| format!("{finger}={}", why.code())).collect();
    let exceptions = exceptions.join(" ");
    let digest = asked(desk, "capture", &[id.as_str().as_bytes(), &digests.concat(), exceptions.as_bytes()]);
    if before(desk, job, &digest)?.is_some() {
        return Case::open(desk, id);
    }
    let mut case = Case::open(desk, id)?;
    case.only_at(desk, case.dossier.procedure.captured_at())?;
    let fingers = taken.check()?;
    if !taken.exceptions.is_empty() {
        second(by)?;
    }
    let packed = examined(&case.id, taken, (&fingers, examiner))?;
    let plain = packed.encode(desk.office, by.first.id());
    let sealed = desk.key.seal(Kind::Application, id, Part::Biometrics, &plain, desk.rng)?;
    case.dossier.receipt = case.dossier.receipt.max(1);
    let mut step = case.step(desk, Step::Capture, digest)?.with_sealed(sealed);
    if let Some(device) = &taken.device {
        step = step.on(device.clone());
    }
    // Of whom the centre could not identify what was sent, it is taken anew.
    let anew =
        (case.state == State::IdentificationFailed).then(|| Move::application(id.clone(), Step::Recapture).by_evidence(digest));
    desk.take_by(job, anew.into_iter().chain([step]).collect(), by)?;
    Ok(case)
}

/// A capture that was made where there is no store, for a packet: looked at like any other, and with the same `capture.json` beside the
/// files. A finger that is excepted takes the second officer when the packet is taken in.
///
/// # Errors
/// [`CaseError::Capture`], [`CaseError::Packet`].
pub fn packed(id: &Id, taken: &Taken, examiner: &dyn Examiner) -> Result<Capture, CaseError> {
    let fingers = taken.check()?;
    examined(id, taken, (&fingers, examiner))
}

fn examined(id: &Id, taken: &Taken, (fingers, examiner): (&[Finger<'_>], &dyn Examiner)) -> Result<Capture, CaseError> {
    let quality = examiner.examine(fingers)?;
    let positions: Vec<FingerPosition> = fingers.iter().map(|(position, _)| *position).collect();
    Ok(pack(id, taken, &positions, &quality)?)
}

/// The files, and beside them `capture.json`: which finger how good, and why others are not there.
fn pack(id: &Id, taken: &Taken, fingers: &[FingerPosition], quality: &[u8]) -> Result<Capture, PacketError> {
    let application: ApplicationId = id.as_str().parse()?;
    let taken_fingers: Vec<_> = fingers
        .iter()
        .zip(quality)
        .map(|(position, quality)| json!({"finger": position.to_string(), "quality": quality}))
        .collect();
    let excepted: Vec<_> =
        taken.exceptions.iter().map(|(position, why)| json!({"finger": position.to_string(), "reason": why.code()})).collect();
    let told = json!({"format": 1, "fingers": taken_fingers, "exceptions": excepted, "device": taken.device}).to_string();
    let mut files = taken.files.clone();
    if files.len() >= PACKET_FILES {
        return Err(PacketError::TooManyFiles(files.len()));
    }
    files.push(("capture.json".parse()?, Zeroizing::new(told.into_bytes())));
    Capture::new(application, files)
}

/// The kind of paper that is stamped.
#[must_use]
pub const fn stamped_paper(case: &Case) -> Stub {
    match case.dossier.procedure.receipt() {
        crate::issuance::procedure::Receipt::Summons => Stub::Summons,
        crate::issuance::procedure::Receipt::Form => Stub::Form,
        crate::issuance::procedure::Receipt::VisitSlip => Stub::VisitSlip,
    }
}
