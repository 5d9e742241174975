//! Finger images of a capture as our extractor and matcher see them: good enough, and ten different fingers.

use crate::afis::{Person, PersonError};
use crate::cli::finger::extractor::ExtractorArgs;
use crate::cli::output::Failure;
use crate::finger::FingerPosition;
use crate::finger::extract::{Classical, Extractor};
use crate::finger::image::{self, Asked, Resolution};
use crate::finger::template::Template;
use crate::issuance::case::capture::{CaptureError, Examiner};

/// Extractor and resolution.
pub struct Eyes {
    extractor: Box<dyn Extractor>,
    dpi: Option<Resolution>,
}

impl Eyes {
    /// By these options.
    ///
    /// # Errors
    /// `weights-missing`, `input-invalid`, `file-unreadable`.
    pub fn open(extractor: &ExtractorArgs, dpi: Option<Resolution>) -> Result<Self, Failure> {
        Ok(Self { extractor: extractor.extractor()?, dpi })
    }

    /// By our own extractor.
    pub fn classical(dpi: Option<Resolution>) -> Self {
        Self { extractor: Box::new(Classical), dpi }
    }

    fn look(&self, position: FingerPosition, bytes: &[u8]) -> Result<(Template, u8), CaptureError> {
        let unreadable = CaptureError::Unreadable(position);
        let asked = Asked { resolution: self.dpi, position: Some(position), ..Asked::default() };
        let found = image::find(bytes, asked).map_err(|_| unreadable.clone())?;
        if found.position.is_some_and(|other| other != position) {
            return Err(unreadable);
        }
        let picture = found.scan.at_500(self.dpi).map_err(|_| unreadable)?;
        let poor = |_| CaptureError::Poor(position);
        let sample = Classical.sample(&picture).map_err(poor)?;
        let template = self.extractor.extract(&picture).map_err(poor)?.template(&picture, Some(position));
        Ok((template, sample.score))
    }
}

impl Examiner for Eyes {
    fn examine(&self, fingers: &[(FingerPosition, &[u8])]) -> Result<Vec<u8>, CaptureError> {
        let seen: Vec<(FingerPosition, Template, u8)> = fingers
            .iter()
            .map(|(position, bytes)| self.look(*position, bytes).map(|(template, quality)| (*position, template, quality)))
            .collect::<Result<_, _>>()?;
        let templates = seen.iter().map(|(position, template, _)| (*position, template));
        let id = "capture".parse().map_err(|_: PersonError| CaptureError::Unexpected("capture".to_owned()))?;
        match Person::of(id, templates, []) {
            Err(PersonError::SamePrint(one, other)) => return Err(CaptureError::Alike(one, other)),
            Err(PersonError::OtherFinger(position) | PersonError::Twice(position)) => return Err(CaptureError::Twice(position)),
            Ok(_) | Err(PersonError::Id) => {}
        }
        Ok(seen.into_iter().map(|(.., quality)| quality).collect())
    }
}
