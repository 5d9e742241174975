//! Our own extractor and matcher over a set's pictures: templates, then the score of every pair.

use crate::finger::eval::dataset::Set;
use crate::finger::eval::table::Table;
use crate::finger::extract::{ExtractError, Extractor};
use crate::finger::image::FingerImage;
use crate::finger::matching::{Prepared, Workspace};

/// Pixels per centimetre that stand for 500 dpi (ISO/IEC 19794-2).
const PER_CM: u16 = 197;

/// What one picture gave: a print ready for comparison, or why it is none.
///
/// # Errors
/// The extractor's.
pub fn prepare(extractor: &dyn Extractor, image: &FingerImage) -> Result<Prepared, ExtractError> {
    let found = extractor.extract(image)?;
    Ok(Prepared::new(&found.minutiae, PER_CM, PER_CM))
}

/// The scores of a set, in nats of log-likelihood ratio; a picture without a print matches nobody. `step` hears of each print done.
#[must_use]
pub fn table(set: &Set, prints: &[Option<Prepared>], step: impl FnMut()) -> Table {
    let mut workspace = Workspace::new();
    let nats = |a: &Prepared, b: &Prepared| f64::from(workspace.score(a, b).centinats()) / 100.0;
    Table::of_templates(set, prints, nats, step)
}
