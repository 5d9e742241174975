//! A print as the verbs take it: an image, whose minutiae are found here, or a template that brings them.

use super::dpi::DpiArgs;
use super::extractor::ExtractorArgs;
use super::input::{UNKNOWN, image_name, load, parse_position};
use super::template::{CardFormat, Reading};
use crate::cli::output::Failure;
use crate::finger::extract::{Classical, ExtractError, Extraction, Extractor, Retake, Sample};
use crate::finger::image::{self, Asked, FingerImage, Resolution};
use crate::finger::position::FingerPosition;
use crate::finger::template::{Template, TemplateError};
use crate::limits;
use crate::reason::{Lang, Reason};
use serde_json::json;
use std::path::Path;
use std::sync::OnceLock;

/// Options of every verb that takes prints.
#[derive(Debug, Clone, clap::Args)]
pub struct PrintArgs {
    #[command(flatten)]
    extractor: ExtractorArgs,
    #[command(flatten)]
    dpi: DpiArgs,
    /// Card format of a template without a header
    #[arg(long, value_name = "FORMAT")]
    from: Option<CardFormat>,
    /// Which finger: picks one of several, and names one that the input does not name (right_thumb to left_little)
    #[arg(long, value_name = "FINGER", value_parser = parse_position)]
    position: Option<FingerPosition>,
}

/// Opens prints; loads the extractor when the first image comes.
pub struct Opener<'a> {
    args: &'a PrintArgs,
    extractor: OnceLock<Box<dyn Extractor>>,
}

/// One print, ready for use.
pub struct Print {
    /// Its minutiae.
    pub template: Template,
    /// The picture they come from, if there was one.
    pub image: Option<FingerImage>,
    /// How good the picture is.
    pub sample: Option<Sample>,
    /// What the picture's file said of its resolution, where the operator's word was put in its place.
    pub overruled: Option<Resolution>,
}

impl PrintArgs {
    /// Prints by these options.
    #[must_use]
    pub const fn opener(&self) -> Opener<'_> {
        Opener { args: self, extractor: OnceLock::new() }
    }

    /// The card format that the operator names.
    #[must_use]
    pub const fn from(&self) -> Option<CardFormat> {
        self.from
    }

    /// The finger that the operator names.
    #[must_use]
    pub const fn position(&self) -> Option<FingerPosition> {
        self.position
    }

    /// What the operator says of a picture.
    #[must_use]
    pub const fn asked(&self) -> Asked {
        self.dpi.asked(self.position)
    }
}

impl Opener<'_> {
    /// The print of a file, or of standard input for `-`.
    ///
    /// # Errors
    /// Each names the file: `file-unreadable`, `finger-image-invalid`, `finger-not-seen`, `resolution-unknown`, `input-invalid`,
    /// `sample-too-poor`, `template-invalid`, `no-finger-on-file`, `weights-missing`.
    pub fn open(&self, path: &Path) -> Result<Print, Failure> {
        let named = |f: Failure| Failure { message: format!("{}: {}", path.display(), f.message), ..f };
        self.of_bytes(&load(path)?).map_err(named)
    }

    /// The print of these bytes.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn of_bytes(&self, bytes: &[u8]) -> Result<Print, Failure> {
        let reading = Reading { from: self.args.from, position: self.args.position, repair: false };
        if !reading.is_template(bytes) {
            return if image_name(bytes) == UNKNOWN { Err(TemplateError::NotARecord.into()) } else { self.of_image(bytes) };
        }
        let mut templates = reading.read(bytes)?.record.templates();
        if let Some(position) = self.args.position {
            templates.iter_mut().for_each(|template| keep(template, position));
        }
        let template = templates.into_iter().find(|t| !t.views.is_empty());
        let template = template.ok_or_else(|| Failure::new(Reason::InputInvalid, "the template holds no view of that finger"))?;
        Ok(Print { template, image: None, sample: None, overruled: None })
    }

    /// The print of an image.
    ///
    /// # Errors
    /// As [`Self::open`], but none of templates.
    pub fn of_image(&self, bytes: &[u8]) -> Result<Print, Failure> {
        let asked = self.args.asked();
        let found = image::find(bytes, asked)?;
        let position = found.position.or(asked.position);
        let print = self.of_picture(found.scan.at_500(asked.resolution)?, position)?;
        Ok(Print { overruled: found.overruled, ..print })
    }

    /// The print of a picture at 500 dpi.
    fn of_picture(&self, image: FingerImage, position: Option<FingerPosition>) -> Result<Print, Failure> {
        let (found, sample) = self.examine(&image)?;
        let found = found.ok_or_else(|| poor(&sample))?;
        Ok(Print { template: found.template(&image, position), image: Some(image), sample: Some(sample), overruled: None })
    }

    /// What a picture at 500 dpi holds: its minutiae, unless they are too few to say anything, and how good it is.
    ///
    /// # Errors
    /// `finger-not-seen` where it shows none clearly; `weights-missing`.
    pub fn examine(&self, image: &FingerImage) -> Result<(Option<Extraction>, Sample), Failure> {
        let extractor = self.extractor()?;
        let sample = Classical.sample(image)?;
        match extractor.extract(image) {
            Ok(found) => Ok((Some(found), sample)),
            Err(ExtractError::TooFewMinutiae { .. }) => Ok((None, sample)),
            Err(error) => Err(error.into()),
        }
    }

    fn extractor(&self) -> Result<&dyn Extractor, Failure> {
        if self.extractor.get().is_none() {
            // Two threads may load it at once; the first to be done is kept.
            let _ = self.extractor.set(self.args.extractor.extractor()?);
        }
        let loaded = self.extractor.get().ok_or_else(|| Failure::new(Reason::InternalError, "the extractor was not kept"))?;
        Ok(loaded.as_ref())
    }
}

fn poor(sample: &Sample) -> Failure {
    let hint = sample.retake.map(|retake| format!("; {}", retake.text(Lang::En))).unwrap_or_default();
    Failure::new(Reason::SampleTooPoor, format!("too few minutiae{hint}"))
        .with_data(json!({"quality": sample.score, "retake": sample.retake.map(Retake::code)}))
}

/// Keeps the views of a finger, or names a lone view that names none.
fn keep(template: &mut Template, position: FingerPosition) {
    if let [only] = template.views.as_mut_slice()
        && only.position.is_none()
    {
        only.position = Some(position);
    }
    template.views.retain(|v| v.position == Some(position));
}

impl Print {
    /// Width and height of the area that the minutiae lie in.
    #[must_use]
    pub const fn area(&self) -> [u16; 2] {
        [self.template.width, self.template.height]
    }

    /// The minutiae of the first view, at most [`limits::MINUTIAE`].
    #[must_use]
    pub fn minutiae(&self) -> &[crate::finger::template::Minutia] {
        let all = self.template.views.first().map_or(&[][..], |v| &v.minutiae);
        all.get(..limits::MINUTIAE).unwrap_or(all)
    }
}
