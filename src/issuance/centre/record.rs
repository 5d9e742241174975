//! The record that a card is made from: the case's data, the portrait and signature of the capture, and the fingers for the chip.

use super::CentreError;
use super::captured::{Captured, Templates};
use crate::finger::position::{FingerPosition, Hand};
use crate::finger::template::{Template, encode_record_2005};
use crate::issuance::case::Dossier;
use crate::limits::FINGER_QUALITY_LEAST;
use crate::record::{self, MINUTIAE_MIN, MemoryFiles, PassedOver, Record};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The fingers that may go on the chip, of each hand in the order in which they are tried; the little finger is not among them.
const ON_CHIP: [&str; 4] = ["index", "middle", "ring", "thumb"];

/// The record.
///
/// # Errors
/// [`CentreError::Record`] if data and pictures are no record.
pub(super) fn of(dossier: &Dossier, captured: &Captured, templates: &Templates, today: Date) -> Result<Record, CentreError> {
    let mut files = BTreeMap::new();
    for name in ["portrait", "signature"] {
        files.insert(name.to_owned(), captured.pictures.get(name).map(|bytes| bytes.to_vec()).unwrap_or_default());
    }
    let mut fields = dossier.biodata.to_json();
    let regency = dossier.biodata.address.regency.as_str();
    if let Value::Object(object) = &mut fields {
        let fingers = fingers(templates, &mut files);
        object.extend([
            ("format".to_owned(), json!("ektp-record/1")),
            ("issuing_authority".to_owned(), json!(format!("DISDUKCAPIL {regency}"))),
            ("place_of_issue".to_owned(), json!(regency)),
            ("date_of_issue".to_owned(), json!(today.to_string())),
            ("portrait".to_owned(), json!("portrait")),
            ("signature".to_owned(), json!("signature")),
            ("fingers".to_owned(), fingers),
        ]);
    }
    let (record, _) = record::load(fields.to_string().as_bytes(), &MemoryFiles(files))?;
    Ok(record)
}

/// One finger of each hand, the first that will do, and why earlier ones were passed over.
fn fingers((templates, exceptions): &Templates, files: &mut BTreeMap<String, Vec<u8>>) -> Value {
    let (mut taken, mut passed_over) = (Vec::new(), Vec::new());
    for hand in [Hand::Right, Hand::Left] {
        for position in ON_CHIP.iter().filter_map(|finger| of_hand(hand, finger)) {
            let template = templates.iter().find(|(p, _)| *p == position).map(|(_, template)| template);
            let usable = template.filter(|t| is_good(t)).and_then(|t| Some((quality(t), encode_record_2005(t).ok()?)));
            if let Some((quality, bytes)) = usable {
                let name = format!("{}.fmr", position.text());
                files.insert(name.clone(), bytes);
                taken.push(json!({"position": position.text(), "template": name, "quality": quality}));
                break;
            }
            let why = exceptions.iter().find(|(p, _)| *p == position).map_or(PassedOver::LowQuality, |(_, why)| *why);
            passed_over.push(json!({"position": position.text(), "reason": why.code()}));
        }
    }
    json!({"taken": taken, "passed_over": passed_over})
}

fn of_hand(hand: Hand, finger: &str) -> Option<FingerPosition> {
    let hand = if hand == Hand::Right { "right" } else { "left" };
    FingerPosition::from_text(&format!("{hand}_{finger}"))
}

fn quality(template: &Template) -> u8 {
    template.views.first().map_or(0, |view| view.quality)
}

/// Whether a record takes it: else the next finger of the hand is tried.
fn is_good(template: &Template) -> bool {
    let quality = |quality: u8| quality == 0 || quality >= FINGER_QUALITY_LEAST;
    template.views.first().is_some_and(|view| quality(view.quality) && view.minutiae.len() >= MINUTIAE_MIN)
}
