//! A person's fingers from a JSON file or a folder of templates.

use crate::afis::person_file::{self, Told};
use crate::afis::{Person, PersonError, PersonId};
use crate::cli::output::Failure;
use crate::cli::place;
use crate::finger::position::FingerPosition;
use crate::finger::template::{Record, Template};
use crate::limits;
use crate::reason::Reason;
use crate::record::PassedOver;
use std::path::{Path, PathBuf};

/// What is told of a person's fingers.
#[derive(Debug, clap::Args)]
pub struct PersonArgs {
    /// The fingers: a JSON file ({"fingers": {"right_index": "right.fmr", "left_thumb": {"exception": "amputated"}}}), or a folder of
    /// templates named after their fingers (right_thumb.fmr to left_little.fmr)
    #[arg(value_name = "PERSON")]
    person: PathBuf,
    /// Why a finger is not there: FINGER=REASON (amputated, bandaged, damaged, low_quality, not_captured)
    #[arg(long, value_name = "FINGER=REASON", value_parser = parse_exception)]
    exception: Vec<(FingerPosition, PassedOver)>,
}

/// What a file or folder tells: templates and exceptions, by finger.
#[derive(Default)]
struct Fingers {
    templates: Vec<(FingerPosition, Template)>,
    exceptions: Vec<(FingerPosition, PassedOver)>,
}

impl PersonArgs {
    /// The person, under an identifier.
    pub fn read(&self, id: PersonId) -> Result<Person, Failure> {
        let mut fingers = if self.person.is_dir() { folder(&self.person)? } else { file(&self.person)? };
        fingers.exceptions.extend(&self.exception);
        let templates = fingers.templates.iter().map(|(position, template)| (*position, template));
        Ok(Person::of(id, templates, fingers.exceptions.iter().copied())?)
    }
}

/// An identifier, for clap.
pub fn parse_id(text: &str) -> Result<PersonId, String> {
    text.parse().map_err(|e: PersonError| e.to_string())
}

fn parse_exception(text: &str) -> Result<(FingerPosition, PassedOver), String> {
    let (finger, why) = text.split_once('=').ok_or("FINGER=REASON")?;
    let position = FingerPosition::from_text(&finger.replace('-', "_")).ok_or("no finger of this name")?;
    Ok((position, PassedOver::parse(why).map_err(|e| e.to_string())?))
}

fn file(path: &Path) -> Result<Fingers, Failure> {
    let told = person_file::parse(&bytes(path, limits::RECORD_BYTES)?).map_err(|e| Failure::at(path, &e))?;
    let mut fingers = Fingers::default();
    for (position, told) in told {
        match told {
            Told::Template(file) => fingers.templates.push((position, template(&path.with_file_name(file), position)?)),
            Told::Exception(why) => fingers.exceptions.push((position, why)),
        }
    }
    Ok(fingers)
}

/// Every finger of which the folder holds a template. Files of other names are refused, so that none is overlooked.
fn folder(path: &Path) -> Result<Fingers, Failure> {
    let unreadable = |e: std::io::Error| Failure::new(Reason::FileUnreadable, format!("{}: {}", path.display(), e.kind()));
    let mut fingers = Fingers::default();
    for entry in std::fs::read_dir(path).map_err(unreadable)?.take(limits::PERSON_FILES) {
        let file = entry.map_err(unreadable)?.path();
        let name = file.file_stem().and_then(|n| n.to_str()).unwrap_or_default();
        let Some(position) = FingerPosition::from_text(name) else {
            return Err(Failure::new(Reason::InputInvalid, format!("{}: not named after a finger", file.display())));
        };
        fingers.templates.push((position, template(&file, position)?));
    }
    Ok(fingers)
}

/// The template of a finger: of a record of several views, those of this finger or of none.
fn template(path: &Path, position: FingerPosition) -> Result<Template, Failure> {
    let record = Record::parse(&bytes(path, limits::FILE_BYTES)?).map_err(|e| Failure::at(path, &e))?;
    let mut templates = record.templates();
    templates.iter_mut().for_each(|t| t.views.retain(|v| v.position.is_none_or(|p| p == position)));
    let found = templates.into_iter().find(|t| !t.views.is_empty());
    found.ok_or_else(|| Failure::new(Reason::InputInvalid, format!("{}: {}", path.display(), PersonError::OtherFinger(position))))
}

/// A file of at most `bound` bytes.
fn bytes(path: &Path, bound: usize) -> Result<Vec<u8>, Failure> {
    place::read(path, u64::try_from(bound).unwrap_or(u64::MAX))
}
