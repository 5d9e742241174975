//! The samples of `samples/`, compiled in, so that a demonstration needs no files. Nobody in them exists.

use super::{MemoryFiles, Record, RecordError, Warning, load};

/// A citizen with both index fingers.
pub const CITIZEN: &str = include_str!("../../../samples/record-citizen.json");
/// The same citizen, the prints themselves with the fingers: for profiles with DG3.
pub const CITIZEN_WITH_PRINTS: &str = include_str!("../../../samples/record-citizen-prints.json");
/// A foreign resident with one finger of one hand.
pub const FOREIGNER: &str = include_str!("../../../samples/record-foreigner.json");
/// Three residents as a batch: the two above and one without fingers.
pub const BATCH: &str = include_str!("../../../samples/batch.csv");
/// Ten residents of a population register, with and without cards, citizens and foreign residents.
pub const REGISTER: &str = include_str!("../../../samples/register.csv");

/// The files that the samples name.
const FILES: [(&str, &[u8]); 7] = [
    ("portrait.jpg", include_bytes!("../../../samples/portrait.jpg")),
    ("signature.png", include_bytes!("../../../samples/signature.png")),
    ("right-index.fmr", include_bytes!("../../../samples/right-index.fmr")),
    ("left-index.fmr", include_bytes!("../../../samples/left-index.fmr")),
    ("right-middle.fmr", include_bytes!("../../../samples/right-middle.fmr")),
    ("right-index.png", include_bytes!("../../../samples/right-index.png")),
    ("left-index.png", include_bytes!("../../../samples/left-index.png")),
];

/// The files that the samples name.
#[must_use]
pub fn files() -> MemoryFiles {
    MemoryFiles(FILES.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect())
}

/// The sample citizen.
///
/// # Errors
/// [`RecordError`] if the committed samples are not what the tests have seen.
pub fn citizen() -> Result<(Record, Vec<Warning>), RecordError> {
    load(CITIZEN.as_bytes(), &files())
}

/// The sample citizen with the prints of both index fingers.
///
/// # Errors
/// [`RecordError`] if the committed samples are not what the tests have seen.
pub fn citizen_with_prints() -> Result<(Record, Vec<Warning>), RecordError> {
    load(CITIZEN_WITH_PRINTS.as_bytes(), &files())
}

/// The sample foreign resident.
///
/// # Errors
/// [`RecordError`] if the committed samples are not what the tests have seen.
pub fn foreigner() -> Result<(Record, Vec<Warning>), RecordError> {
    load(FOREIGNER.as_bytes(), &files())
}

#[cfg(test)]
mod tests;
