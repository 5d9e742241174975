//! A record from JSON (`specs/record.schema.json`) and the files that it names.

use super::error::{FieldError, RecordError};
use super::picture::Purpose;
use super::tree::{self, Node, Object};
use super::warning::Warning;
use super::{Biodata, Files, FingerEntry, Fingers, Line, PassedOver, Picture, Record, check, date};
use crate::finger::FingerPosition;
use crate::finger::template::parse_record_2005;
use crate::limits;

/// The format that is read here.
pub const FORMAT: &str = "ektp-record/1";

const RECORD: &[&str] = &[
    "format",
    "nik",
    "family_card_no",
    "full_name",
    "registered_on",
    "birth_place",
    "birth_date",
    "sex",
    "blood_type",
    "address",
    "religion",
    "marital_status",
    "occupation",
    "nationality",
    "valid_until",
    "issuing_authority",
    "place_of_issue",
    "date_of_issue",
    "portrait",
    "signature",
    "fingers",
];

/// Reads a record and the files it names. Nothing is half-read: the first thing that is wrong refuses the whole.
///
/// # Errors
/// [`RecordError`] with the path of the field, never its value.
pub fn load(json: &[u8], files: &dyn Files) -> Result<(Record, Vec<Warning>), RecordError> {
    read(&tree::parse(json)?, files)
}

/// Reads a record from a tree.
pub(super) fn read(node: &Node, files: &dyn Files) -> Result<(Record, Vec<Warning>), RecordError> {
    let o = Object::open(node, "", RECORD)?;
    if o.text("format")? != FORMAT {
        return Err(RecordError::UnsupportedFormat { path: o.path("format") });
    }
    let date_of_issue = o.parse("date_of_issue", date::parse)?;
    let (who, mut warnings) = Biodata::read(&o, date_of_issue)?;
    let record = Record {
        nik: who.nik,
        family_card_no: who.family_card_no,
        full_name: who.full_name,
        registered_on: who.registered_on,
        birth_place: who.birth_place,
        birth_date: who.birth_date,
        sex: who.sex,
        blood_type: who.blood_type,
        address: who.address,
        religion: who.religion,
        marital_status: who.marital_status,
        occupation: who.occupation,
        nationality: who.nationality,
        valid_until: who.valid_until,
        issuing_authority: o.parse("issuing_authority", |t| Line::parse_within(t, 60))?,
        place_of_issue: o.parse("place_of_issue", |t| Line::parse_within(t, 60))?,
        date_of_issue,
        // Pictures last: a record that is wrong elsewhere need not have them decoded.
        fingers: fingers(&o, files)?,
        signature: picture(&o, "signature", files, Purpose::Signature)?,
        portrait: picture(&o, "portrait", files, Purpose::Portrait)?,
    };
    check::contradictions(&record)?;
    warnings.append(&mut check::warnings(&record));
    Ok((record, warnings))
}

fn picture(o: &Object<'_>, field: &str, files: &dyn Files, purpose: Purpose) -> Result<Picture, RecordError> {
    let bytes = file(o, field, files, limits::IMAGE_BYTES)?;
    Picture::read(&bytes, purpose).map_err(|error| RecordError::Picture { path: o.path(field), error })
}

fn file(o: &Object<'_>, field: &str, files: &dyn Files, max: usize) -> Result<Vec<u8>, RecordError> {
    files.read(o.text(field)?, max).map_err(|error| RecordError::File { path: o.path(field), error })
}

fn fingers(o: &Object<'_>, files: &dyn Files) -> Result<Fingers, RecordError> {
    let f = o.object("fingers", &["taken", "passed_over"])?;
    let position = |entry: &Object<'_>| {
        entry.parse("position", |t| FingerPosition::from_text(t).ok_or(FieldError::UnknownValue { list: "fingers" }))
    };
    let taken = f.objects("taken", 2, &["position", "template", "quality", "image"])?;
    let taken = taken.iter().map(|entry| finger(entry, position(entry)?, files)).collect::<Result<_, _>>()?;
    let passed = f.objects("passed_over", 8, &["position", "reason"])?;
    let passed = passed.iter().map(|entry| Ok((position(entry)?, entry.parse("reason", PassedOver::parse)?)));
    let passed = passed.collect::<Result<_, RecordError>>()?;
    Fingers::new(taken, passed).map_err(|error| RecordError::Fingers { path: o.path("fingers"), error })
}

/// One finger; the quality told by the record counts before that of the template.
fn finger(entry: &Object<'_>, position: FingerPosition, files: &dyn Files) -> Result<FingerEntry, RecordError> {
    let bytes = file(entry, "template", files, limits::FILE_BYTES)?;
    let template = parse_record_2005(&bytes).map_err(|error| RecordError::Template { path: entry.path("template"), error })?;
    let told = entry.optional("quality").map(|_| entry.integer("quality")).transpose()?;
    let own = template.views.first().map_or(0, |v| v.quality);
    let quality = told.map_or(own, |q| u8::try_from(q).unwrap_or(u8::MAX));
    let image = entry.optional("image").map(|_| picture(entry, "image", files, Purpose::Finger)).transpose()?;
    Ok(FingerEntry { position, template, quality, image })
}

#[cfg(test)]
mod tests;
