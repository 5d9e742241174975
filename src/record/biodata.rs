//! Who somebody is: the fields that the population register, an application and a record have in common, read and written once.

use super::address::Level;
use super::error::{Contradiction, FieldError, RecordError};
use super::name::RULE_OF_2022;
use super::tree::{self, Object};
use super::warning::Warning;
use super::{
    Address, BloodType, CountryCode, FamilyCardNo, FullName, Line, MaritalStatus, Nationality, Nik, Occupation, RegionCode,
    Religion, Sex, Unit, Validity, date,
};
use jiff::civil::Date;
use serde_json::{Value, json};

/// The fields of a document that are read here.
pub(super) const FIELDS: [&str; 14] = [
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
];
/// Those of the address.
pub(super) const ADDRESS: &[&str] = &[
    "line",
    "rt",
    "rw",
    "village",
    "village_code",
    "district",
    "district_code",
    "regency",
    "regency_code",
    "province",
    "province_code",
];

/// Who somebody is, as the population register knows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Biodata {
    /// National identity number.
    pub nik: Nik,
    /// Family card number (KK).
    pub family_card_no: FamilyCardNo,
    /// Full name.
    pub full_name: FullName,
    /// When the name entered the register, if told.
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
}

/// Personal data: named, not shown.
impl std::fmt::Debug for Biodata {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Biodata")
    }
}

impl Biodata {
    /// Reads the fields of an object that may have others too. A name that nobody knows the day of is judged by the rule of `as_of`.
    pub(super) fn read(o: &Object<'_>, as_of: Date) -> Result<(Self, Vec<Warning>), RecordError> {
        let registered_on = o.optional("registered_on").map(|_| o.parse("registered_on", date::parse)).transpose()?;
        let (full_name, odd) = o.parse("full_name", |t| FullName::parse(t, registered_on.unwrap_or(as_of)))?;
        let biodata = Self {
            nik: o.parse("nik", Nik::parse)?,
            family_card_no: o.parse("family_card_no", FamilyCardNo::parse)?,
            full_name,
            registered_on,
            birth_place: o.parse("birth_place", |t| Line::parse_within(t, 60))?,
            birth_date: o.parse("birth_date", date::parse)?,
            sex: o.parse("sex", Sex::parse)?,
            blood_type: o.parse("blood_type", BloodType::parse)?,
            address: address(o)?,
            religion: o.parse("religion", Religion::parse)?,
            marital_status: o.parse("marital_status", MaritalStatus::parse)?,
            occupation: occupation(o)?,
            nationality: nationality(o)?,
            valid_until: o.parse("valid_until", Validity::parse)?,
        };
        Ok((biodata, odd.into_iter().map(|kind| Warning { path: "/full_name", kind }).collect()))
    }

    /// What cannot be true together, whatever a card may say: the field, and the rule that is broken.
    pub(super) fn contradiction(&self) -> Option<(String, Contradiction)> {
        if self.registered_on.is_some_and(|day| day < self.birth_date) {
            return Some(("registered_on".to_owned(), Contradiction::BeforeBirth));
        }
        if matches!(self.nationality, Nationality::ForeignResident { .. }) && self.valid_until == Validity::Lifetime {
            return Some(("valid_until".to_owned(), Contradiction::ForeignForLife));
        }
        let (field, rule) = self.address.check().err()?;
        Some((format!("address/{field}"), rule))
    }

    /// Reads an object of these fields alone, whose name was judged before.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn from_json(fields: &Value) -> Result<Self, RecordError> {
        let node = tree::parse(fields.to_string().as_bytes())?;
        let o = Object::open(&node, "", &FIELDS)?;
        let (biodata, _) = Self::read(&o, RULE_OF_2022)?;
        match biodata.contradiction() {
            Some((field, rule)) => Err(RecordError::Contradiction { path: o.path(&field), rule }),
            None => Ok(biodata),
        }
    }

    /// The fields as an object, as they are read.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let a = &self.address;
        let nationality = match &self.nationality {
            Nationality::Citizen => json!({"kind": "citizen"}),
            Nationality::ForeignResident { country, name } => {
                json!({"kind": "foreign_resident", "country": country.as_str(), "country_name": name.as_str()})
            }
        };
        let until = match self.valid_until {
            Validity::Lifetime => "lifetime".to_owned(),
            Validity::Until(day) => day.to_string(),
        };
        let mut fields = json!({
            "nik": self.nik.as_str(),
            "family_card_no": self.family_card_no.as_str(),
            "full_name": self.full_name.as_str(),
            "birth_place": self.birth_place.as_str(),
            "birth_date": self.birth_date.to_string(),
            "sex": self.sex.code(),
            "blood_type": self.blood_type.text(),
            "address": {
                "line": a.line.as_str(), "rt": a.rt.to_string(), "rw": a.rw.to_string(),
                "village": a.village.as_str(), "village_code": a.village_code.as_str(),
                "district": a.district.as_str(), "district_code": a.district_code.as_str(),
                "regency": a.regency.as_str(), "regency_code": a.regency_code.as_str(),
                "province": a.province.as_str(), "province_code": a.province_code.as_str(),
            },
            "religion": self.religion.code(),
            "marital_status": self.marital_status.code(),
            "occupation": self.occupation.code(),
            "nationality": nationality,
            "valid_until": until,
        });
        if let (Some(day), Some(object)) = (self.registered_on, fields.as_object_mut()) {
            object.insert("registered_on".to_owned(), day.to_string().into());
        }
        fields
    }
}

fn address(o: &Object<'_>) -> Result<Address, RecordError> {
    let a = o.object("address", ADDRESS)?;
    let name = |field| a.parse(field, |t| Line::parse_within(t, 60));
    let code = |field, level| a.parse(field, |t| RegionCode::parse(t, level));
    Ok(Address {
        line: a.parse("line", Line::parse)?,
        rt: a.parse("rt", Unit::parse)?,
        rw: a.parse("rw", Unit::parse)?,
        village: name("village")?,
        village_code: code("village_code", Level::Village)?,
        district: name("district")?,
        district_code: code("district_code", Level::District)?,
        regency: name("regency")?,
        regency_code: code("regency_code", Level::Regency)?,
        province: name("province")?,
        province_code: code("province_code", Level::Province)?,
    })
}

fn occupation(o: &Object<'_>) -> Result<Occupation, RecordError> {
    Occupation::from_code(o.integer("occupation")?).map_err(|error| RecordError::Field { path: o.path("occupation"), error })
}

fn nationality(o: &Object<'_>) -> Result<Nationality, RecordError> {
    let all = o.object("nationality", &["kind", "country", "country_name"])?;
    match all.text("kind")? {
        "citizen" => {
            // A citizen has no other country here: the fields are unknown, not ignored.
            o.object("nationality", &["kind"])?;
            Ok(Nationality::Citizen)
        }
        "foreign_resident" => Ok(Nationality::ForeignResident {
            country: all.parse("country", CountryCode::parse)?,
            name: all.parse("country_name", |t| Line::parse_within(t, 60))?,
        }),
        _ => Err(RecordError::Field { path: all.path("kind"), error: FieldError::UnknownValue { list: "nationality" } }),
    }
}
