//! A capture as the store keeps it: pictures, finger images, and why a finger is not there.

use super::CentreError;
use crate::crypto::hash::sha256;
use crate::finger::extract::{Classical, Extractor};
use crate::finger::image::{self, Asked};
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::issuance::desk::Desk;
use crate::issuance::packet::Capture;
use crate::issuance::store::{Id, Kind, Part, StoreError};
use crate::record::PassedOver;
use serde::Deserialize;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// The file that tells of the fingers.
const TOLD: &str = "capture.json";

/// Templates of a capture, and why others have none.
pub type Templates = (Vec<(FingerPosition, Template)>, Vec<(FingerPosition, PassedOver)>);

/// What makes templates of finger images.
pub trait Prints {
    /// The template of an image; none if it shows too little of a finger.
    fn template(&self, position: FingerPosition, image: &[u8]) -> Option<Template>;
}

/// Our own extractor.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClassicalPrints;

impl Prints for ClassicalPrints {
    fn template(&self, position: FingerPosition, image: &[u8]) -> Option<Template> {
        let found = image::find(image, Asked { position: Some(position), ..Asked::default() }).ok()?;
        let picture = found.scan.at_500(None).ok()?;
        Some(Classical.extract(&picture).ok()?.template(&picture, Some(position)))
    }
}

/// A capture that was opened.
pub struct Captured {
    /// Finger images, in the order of capture.
    pub fingers: Vec<(FingerPosition, Zeroizing<Vec<u8>>)>,
    /// Fingers that could not be taken.
    pub exceptions: Vec<(FingerPosition, PassedOver)>,
    /// The other pictures, by their names without the ending: `portrait`, `signature`, `hands`, …
    pub pictures: BTreeMap<String, Zeroizing<Vec<u8>>>,
    /// SHA-256 of all of it.
    pub digest: [u8; 32],
}

/// Somebody's: counted, not shown.
impl std::fmt::Debug for Captured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Captured({} fingers)", self.fingers.len())
    }
}

#[derive(Deserialize)]
struct Told {
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    finger: String,
    reason: String,
}

impl Captured {
    /// Opens the capture of an application.
    ///
    /// # Errors
    /// What the store says; [`StoreError::Damaged`] for what no desk seals.
    pub fn open(desk: &mut Desk<'_>, id: &Id) -> Result<Self, CentreError> {
        let sealed = desk.store.sealed(Kind::Application, id, Part::Biometrics)?.ok_or(StoreError::Damaged("capture"))?;
        let plain = desk.key.open(&sealed)?;
        Self::read(&Capture::of_store(&plain, &id.as_str().parse()?)?, sha256(&plain))
    }

    fn read(capture: &Capture, digest: [u8; 32]) -> Result<Self, CentreError> {
        let damaged = || StoreError::Damaged("capture");
        let mut read = Self { fingers: Vec::new(), exceptions: Vec::new(), pictures: BTreeMap::new(), digest };
        for (name, bytes) in capture.files() {
            let stem = name.as_str().split('.').next().unwrap_or_default();
            let bytes = Zeroizing::new(bytes.to_vec());
            match FingerPosition::from_text(&stem.replace('-', "_")) {
                _ if name.as_str() == TOLD => {
                    let told: Told = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
                    for Exception { finger, reason } in told.exceptions {
                        let finger = FingerPosition::from_text(&finger.replace([' ', '-'], "_")).ok_or_else(damaged)?;
                        read.exceptions.push((finger, PassedOver::parse(&reason).map_err(|_| damaged())?));
                    }
                }
                Some(position) => read.fingers.push((position, bytes)),
                None => drop(read.pictures.insert(stem.to_owned(), bytes)),
            }
        }
        read.fingers.sort_by_key(|(position, _)| *position);
        Ok(read)
    }

    /// The templates of those fingers that show enough, and of the others why there is none.
    #[must_use]
    pub fn templates(&self, prints: &dyn Prints) -> Templates {
        let mut exceptions = self.exceptions.clone();
        let mut templates = Vec::new();
        for (position, image) in &self.fingers {
            match prints.template(*position, image) {
                Some(template) => templates.push((*position, template)),
                None => exceptions.push((*position, PassedOver::LowQuality)),
            }
        }
        (templates, exceptions)
    }
}
