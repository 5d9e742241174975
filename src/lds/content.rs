//! From a resident's record to the content of each file (`specs/card-profile.md` 2.1).

use super::build::Numbers;
use super::dg3;
use super::dg11::{Dg11, ascii_date};
use super::dg12::Dg12;
use super::dg13::Dg13;
use super::fingers::{self, EfFingersError, FingerFormat};
use super::mrz::{self, MrzDate, MrzSex, Td1};
use super::mrz_name::MrzName;
use super::plan::Printed;
use super::portrait::Fitted;
use super::profile::Password;
use super::tlv::TlvError;
use crate::crypto::hash::sha256;
use crate::finger::image_record::{Compression, ImageRecord, ImageView, Sampling};
use crate::record::{Nationality, Record, Sex, Validity};

/// Impression type of ISO/IEC 19794-4 table 7: live-scan plain.
const LIVE_SCAN_PLAIN: u8 = 0;
/// 500 dpi, as records of ISO/IEC 19794-4 say it.
const PIXELS_PER_CM: u16 = 197;

/// Document code of the card's zone (Doc 9303-5 4.2.2: the first letter of a TD1 identity card is A, C or I).
pub const DOCUMENT_CODE: &str = "ID";

/// The machine readable zone. The NIK is not in it: sixteen digits fit no field of a TD1 card.
#[must_use]
pub fn td1(record: &Record, numbers: &Numbers) -> Td1 {
    let state = record.nationality.mrz();
    Td1 {
        document_code: DOCUMENT_CODE.into(),
        issuer: "IDN".into(),
        document_number: numbers.document_number.clone(),
        optional_1: String::new(),
        birth: MrzDate::from_date(record.birth_date),
        sex: match record.sex {
            Sex::Male => MrzSex::Male,
            Sex::Female => MrzSex::Female,
        },
        expiry: MrzDate::from_date(numbers.chip_expiry),
        nationality: String::from_utf8_lossy(&state).trim_end_matches('<').to_owned(),
        optional_2: String::new(),
        name: MrzName::undivided(record.full_name.as_str()),
    }
}

/// The text whose SHA-1 is the chip's MRZ password: of the zone, or of NIK, birth and issue for the legacy face.
/// None if the chip has neither.
#[must_use]
pub fn key_text(record: &Record, enabled: &[Printed], zone: &Td1) -> Option<String> {
    let has = |password| enabled.iter().any(|printed| printed.password == password);
    if has(Password::Legacy) {
        let (birth, issue) = (MrzDate::from_date(record.birth_date), MrzDate::from_date(record.date_of_issue));
        return Some(mrz::key_text(record.nik.as_str(), birth, issue));
    }
    has(Password::Mrz).then(|| zone.key_text())
}

/// DG11: name, NIK, birth, address.
#[must_use]
pub fn dg11(record: &Record) -> Dg11 {
    let a = &record.address;
    let lines = [&a.line, &a.village, &a.district, &a.regency, &a.province];
    Dg11 {
        full_name: record.full_name.as_str().to_owned(),
        personal_number: record.nik.as_str().to_owned(),
        birth_date: ascii_date(record.birth_date),
        birth_place: record.birth_place.as_str().to_owned(),
        address: lines.map(|l| l.as_str().to_owned()).to_vec(),
        profession: String::new(),
    }
}

/// DG12: authority and date of issue.
#[must_use]
pub fn dg12(record: &Record) -> Dg12 {
    Dg12 { authority: record.issuing_authority.as_str().to_owned(), date_of_issue: ascii_date(record.date_of_issue) }
}

/// EF.Fingers.
///
/// # Errors
/// Any [`EfFingersError`].
pub fn ef_fingers(record: &Record, format: FingerFormat) -> Result<Vec<u8>, EfFingersError> {
    let taken: Vec<_> = record.fingers.taken.iter().map(|f| (f.position, &f.template)).collect();
    fingers::build(&taken, format)
}

/// DG3: a record of one view for each finger, with the print of the same place.
///
/// # Errors
/// Any [`TlvError`].
pub fn dg3(record: &Record, prints: &[Fitted]) -> Result<Vec<u8>, TlvError> {
    let images = record.fingers.taken.iter().zip(prints).map(|(finger, print)| {
        let sampling = Sampling::per_centimetre(PIXELS_PER_CM, Compression::Jpeg2000);
        let view = ImageView::new(finger.position.code(), (print.width, print.height), sampling, print.image.clone());
        let view = ImageView { quality: finger.quality, impression: LIVE_SCAN_PLAIN, ..view };
        (finger.position, ImageRecord::new_2005(vec![view]))
    });
    dg3::build(&images.collect::<Vec<_>>())
}

/// DG13 over the bytes of EF.Fingers.
#[must_use]
pub fn dg13(record: &Record, status_index: u32, ef_fingers: &[u8]) -> Dg13 {
    let state = record.nationality.mrz();
    Dg13 {
        status_index,
        fingers_digest: sha256(ef_fingers),
        fingers: record.fingers.taken.iter().map(|f| (f.position.code(), f.quality)).collect(),
        passed_over: record.fingers.passed_over.iter().map(|(p, why)| (p.code(), why.number())).collect(),
        religion: record.religion.number(),
        marital_status: record.marital_status.number(),
        occupation: record.occupation.code(),
        blood_type: record.blood_type.text().to_owned(),
        rt_rw: record.address.rt_rw(),
        village_code: record.address.village_code.digits(),
        nationality: match &record.nationality {
            Nationality::Citizen => String::from_utf8_lossy(&state).into_owned(),
            Nationality::ForeignResident { country, .. } => country.as_str().to_owned(),
        },
        nationality_name: match &record.nationality {
            Nationality::Citizen => String::new(),
            Nationality::ForeignResident { name, .. } => name.as_str().to_owned(),
        },
        family_card_no: record.family_card_no.as_str().to_owned(),
        valid_until: match record.valid_until {
            Validity::Lifetime => None,
            Validity::Until(day) => Some(ascii_date(day)),
        },
        place_of_issue: record.place_of_issue.as_str().to_owned(),
    }
}
