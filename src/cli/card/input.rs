//! What the verbs of `card` are given: a record, a profile, a face.

use super::super::output::{Failure, Output};
use super::super::place;
use crate::lds::build::{BuildError, Built, Numbers, build};
use crate::lds::plan::PlanError;
use crate::lds::profile::{Face, Profile};
use crate::limits;
use crate::reason::Reason;
use crate::record::files::Folder;
use crate::record::{Record, load, sample};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Which card is meant.
#[derive(Debug, clap::Args)]
pub struct Order {
    /// The resident's record (.json); the files it names are sought beside it
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// A profile's name (ektp-80k, ektp-80k-dg3, ektp-80k-jpeg, ektp-80k-no-aa, ektp-80k-test-bac, ektp-80k-test-brainpool, ektp-8k) or a profile file (.toml)
    #[arg(long, value_name = "NAME|FILE", default_value = crate::lds::profile::DEFAULT)]
    pub profile: String,
    /// What the card's face shows: full (CAN and MRZ), can, or legacy (neither)
    #[arg(long, value_name = "FACE", value_parser = ["full", "can", "legacy"])]
    pub face: Option<String>,
}

impl Order {
    /// The record; without one, where a sample will do, the sample citizen with what the profile asks for.
    pub fn record(&self, sample_for: Option<&Profile>, out: &mut Output) -> Result<Record, Failure> {
        let (record, warnings) = match &self.record {
            Some(path) => load_record(path)?,
            None if sample_for.is_some_and(|profile| profile.finger_image.is_some()) => sample::citizen_with_prints()?,
            None if sample_for.is_some() => sample::citizen()?,
            None => return Err(Failure::new(Reason::Usage, "a record is needed: --record FILE")),
        };
        for warning in &warnings {
            out.note(format!("! {}: {}", warning.path, warning.kind.text(out.lang())));
        }
        Ok(record)
    }

    /// The profile, by name or from a file.
    pub fn profile(&self) -> Result<Profile, Failure> {
        profile(&self.profile)
    }

    /// The face asked for, or the profile's.
    pub fn face(&self, profile: &Profile) -> Face {
        self.face.as_deref().and_then(Face::from_name).unwrap_or(profile.face)
    }

    /// Builds the files with these numbers; a refusal for size names the offender in its data too.
    pub fn build(&self, record: &Record, profile: &Profile, numbers: Numbers) -> Result<Built, Failure> {
        build(record, profile, self.face(profile), numbers).map_err(|error| match error {
            BuildError::Plan(PlanError::DoesNotFit { over, offender, bytes, budget }) => {
                let data = json!({"over": over, "offender": offender, "bytes": bytes, "budget": budget});
                Failure::from(error).with_data(data)
            }
            _ => Failure::from(error),
        })
    }
}

/// A profile, by name or from a file.
pub fn profile(named: &str) -> Result<Profile, Failure> {
    if !Path::new(named).extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) {
        return Ok(Profile::named(named)?);
    }
    let bytes = read(Path::new(named), limits::DOCUMENT_BYTES)?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::new(Reason::ProfileInvalid, "the profile is not text"))?;
    Ok(Profile::parse(&text)?)
}

/// The record in a file; the files it names are sought beside it.
pub(super) fn load_record(path: &Path) -> Result<(Record, Vec<crate::record::Warning>), Failure> {
    Ok(load(&read(path, limits::DOCUMENT_BYTES)?, &folder_of(path))?)
}

fn folder_of(path: &Path) -> Folder {
    Folder(match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    })
}

/// A file of at most `most` bytes.
pub fn read(path: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    place::read(path, u64::try_from(most).unwrap_or(u64::MAX))
}
