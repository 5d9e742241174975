//! What two officers decide on: the data and pictures of an application and of its candidates, opened for an officer who signs for it.
//!
//! Nothing of it is told without a row of the audit that says who looked, when, and at what: its evidence is the digest of all of it. One
//! side is open at a time: there may be as many candidates as an identification keeps.

use super::clarify::refuse_elsewhere;
use super::{CentreError, holds};
use crate::crypto::hash::sha256;
use crate::finger::position::FingerPosition;
use crate::issuance::application::Step;
use crate::issuance::case::Case;
use crate::issuance::desk::{By, Desk};
use crate::issuance::packet::Capture;
use crate::issuance::recall::took;
use crate::issuance::store::{Id, Kind, Move, Part};
use serde_json::Value;
use zeroize::Zeroizing;

/// Somebody: the applicant, or a candidate.
pub struct Side {
    /// Which application.
    pub application: Id,
    /// The data, as the record's JSON has them.
    pub data: Value,
    /// The pictures of the capture but for the fingers, by the names of their files: portrait, signature, hands, irises.
    pub pictures: Vec<(String, Zeroizing<Vec<u8>>)>,
}

/// Personal: which application, nothing more.
impl std::fmt::Debug for Side {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Side({})", self.application)
    }
}

/// The sides of a doubt that somebody signed for. Only [`view`] makes one.
#[derive(Debug)]
pub struct Viewed {
    /// Each application with the digest of what it was.
    sides: Vec<(Id, [u8; 32])>,
}

impl Viewed {
    /// The sides, one after another; the applicant's comes first.
    ///
    /// # Errors
    /// Each: [`CentreError::Changed`] for a side that is not what was signed for any more; what the store says.
    pub fn sides<'a>(&'a self, desk: &'a mut Desk<'_>) -> impl Iterator<Item = Result<Side, CentreError>> + 'a {
        self.sides.iter().map(move |(id, signed)| {
            let side = side(desk, id)?;
            if digest(&side) == *signed { Ok(side) } else { Err(CentreError::Changed(id.clone())) }
        })
    }
}

/// Signs for a look at both sides of a doubt, by whoever may clarify it, and writes down that they look.
///
/// # Errors
/// [`CentreError::Case`] elsewhere than at the office that clarifies; what desk and store say: a state that is no doubt.
pub fn view(desk: &mut Desk<'_>, job: &Id, id: &Id, by: By<'_>) -> Result<Viewed, CentreError> {
    refuse_elsewhere(desk, id)?;
    let candidates = holds::candidates(desk, id)?;
    let mut sides = Vec::with_capacity(candidates.len() + 1);
    for of in std::iter::once(id).chain(&candidates) {
        sides.push((of.clone(), digest(&side(desk, of)?)));
    }
    if !took(desk, job, id, &[Step::View], None)? {
        let evidence = desk.key.mark("view", &sides.iter().flat_map(|(_, digest)| *digest).collect::<Vec<u8>>());
        desk.take_by(job, vec![Move::application(id.clone(), Step::View).by_evidence(evidence)], by)?;
    }
    Ok(Viewed { sides })
}

fn side(desk: &mut Desk<'_>, id: &Id) -> Result<Side, CentreError> {
    let data = Case::open(desk, id)?.dossier.biodata.to_json();
    let mut pictures = Vec::new();
    if let Some(sealed) = desk.store.sealed(Kind::Application, id, Part::Biometrics)? {
        let plain = desk.key.open(&sealed)?;
        let capture = Capture::of_store(&plain, &id.as_str().parse()?)?;
        let shown = capture.files().filter(|(name, _)| is_picture(name.as_str()));
        pictures.extend(shown.map(|(name, bytes)| (name.as_str().to_owned(), Zeroizing::new(bytes.to_vec()))));
    }
    Ok(Side { application: id.clone(), data, pictures })
}

/// Whether a file of a capture is for eyes: fingers are compared by the AFIS.
fn is_picture(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default();
    !name.ends_with(".json") && FingerPosition::from_text(&stem.replace('-', "_")).is_none()
}

/// SHA-256 over a side: application, data, each picture with its name.
fn digest(side: &Side) -> [u8; 32] {
    let mut all = sha256(side.application.as_str().as_bytes()).to_vec();
    all.extend(sha256(side.data.to_string().as_bytes()));
    side.pictures.iter().for_each(|(name, bytes)| all.extend([sha256(name.as_bytes()), sha256(bytes)].concat()));
    sha256(&all)
}
