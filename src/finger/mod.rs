//! Prints: fingers by name, images, templates of ISO/IEC 19794-2 and ANSI 378, and the door a matcher comes through. Pure, no store.

pub(crate) mod bytes;
#[cfg(feature = "finger")]
pub mod capture;
#[cfg(feature = "finger")]
pub mod eval;
#[cfg(feature = "finger")]
pub mod extract;
#[cfg(feature = "finger")]
pub mod image;
pub mod image_record;
pub mod matcher;
#[cfg(feature = "finger")]
pub mod matching;
#[cfg(feature = "cli")]
pub mod pair_list;
#[cfg(feature = "finger")]
pub mod picture;
pub mod position;
#[cfg(feature = "finger")]
pub mod synth;
pub mod template;

#[cfg(feature = "finger")]
pub use extract::{ExtractError, Extraction, Extractor};
#[cfg(feature = "finger")]
pub use image::FingerImage;
pub use matcher::{Band, MatchError, MatchOutcome, Matcher};
pub use position::{FingerName, FingerPosition, Hand};
pub use template::{Minutia, MinutiaKind, Template, TemplateError, View};
