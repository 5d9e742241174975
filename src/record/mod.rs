//! Who: the resident's record, parsed field by field; what cannot be parsed does not exist here.
//!
//! [`load`] reads a JSON record with its picture and template files; `batch` reads a CSV of many. Both end in the same checks, so a
//! [`Record`] is whole: every field has a type that only its parser can make, pictures are decoded, fingers are in order. What is legal
//! but odd comes beside it as [`Warning`]s. `register` reads who the population register knows: [`Biodata`], no pictures.

pub mod address;
#[cfg(feature = "perso")]
pub mod batch;
pub mod biodata;
pub mod blood;
mod check;
mod coded;
pub mod country;
pub mod date;
mod digest;
pub mod error;
pub mod files;
pub mod fingers;
mod json;
pub mod name;
pub mod nik;
pub mod occupation;
pub mod picture;
pub mod region;
#[cfg(feature = "perso")]
pub mod register;
pub mod sample;

pub mod status;
pub mod text;
mod tree;
pub mod warning;

pub use address::{Address, RegionCode, Unit};
pub use biodata::Biodata;
pub use blood::{BloodGroup, BloodType, Rhesus};
pub use country::{CountryCode, Nationality, Validity};
pub use error::{Contradiction, FieldError, RecordError};
pub use files::{FileError, Files, MemoryFiles};
pub use fingers::{FingerEntry, Fingers, FingersError, MINUTIAE_MIN, PassedOver};
pub use json::load;
pub use name::FullName;
pub use nik::{FamilyCardNo, Nik};
pub use occupation::Occupation;
pub use picture::{Picture, PictureError};
pub use status::{MaritalStatus, Religion, Sex};
pub use text::Line;
pub use warning::{Warning, WarningKind};

use crate::reason::Lang;
use jiff::civil::Date;

/// A resident's record: what a card is made from. It carries no number of a card or chip; those are drawn when the card is built.
#[derive(Clone, PartialEq)]
pub struct Record {
    /// National identity number.
    pub nik: Nik,
    /// Family card number (KK).
    pub family_card_no: FamilyCardNo,
    /// Full name.
    pub full_name: FullName,
    /// When the name entered the register, if told: decides which rule of names holds. Without it the date of issue does.
    pub registered_on: Option<Date>,
    /// Place of birth.
    pub birth_place: Line,
    /// Date of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
    /// Blood group with rhesus factor, or unknown.
    pub blood_type: BloodType,
    /// Address.
    pub address: Address,
    /// Religion.
    pub religion: Religion,
    /// Marital status.
    pub marital_status: MaritalStatus,
    /// Occupation.
    pub occupation: Occupation,
    /// Citizen or foreign resident.
    pub nationality: Nationality,
    /// For life, or until the stay permit ends.
    pub valid_until: Validity,
    /// The authority that issues the card.
    pub issuing_authority: Line,
    /// Where it is issued.
    pub place_of_issue: Line,
    /// When it is issued.
    pub date_of_issue: Date,
    /// The portrait, decoded.
    pub portrait: Picture,
    /// The signature, decoded, grey.
    pub signature: Picture,
    /// The fingers for the chip, and why others were passed over.
    pub fingers: Fingers,
}

impl Record {
    /// The remark on a day of issue that is not yet, as of this day.
    #[must_use]
    pub fn issued_after(&self, today: jiff::civil::Date) -> Option<Warning> {
        check::issue_ahead(self.date_of_issue, today)
    }

    /// The language of the card's face: Indonesian for citizens, English for foreign residents.
    #[must_use]
    pub fn face_language(&self) -> Lang {
        match self.nationality {
            Nationality::Citizen => Lang::Id,
            Nationality::ForeignResident { .. } => Lang::En,
        }
    }
}

/// A record is personal data: it is named, not shown.
impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Record")
    }
}
