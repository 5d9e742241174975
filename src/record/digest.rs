//! The canonical digest of a record: what an approver's authorization binds.

use super::{Nationality, Picture, Record, Validity};
use crate::crypto::hash::{HashAlg, sha256};
use crate::finger::template::encode_record_2005;
use crate::reason::Lang;
use zeroize::Zeroizing;

/// Begins the hashed bytes, so that no other document has the same digest.
const LABEL: &[u8] = b"ektp-record-digest-1";
/// The same for the key.
const KEY_LABEL: &[u8] = b"ektp-record-key-1";

impl Record {
    /// SHA-256 over a label and every field in a fixed order, each with its length before it.
    ///
    /// Two records have the same digest if and only if they say the same; how they were written (JSON or CSV, kind of picture file, order of
    /// fields) does not matter. Pictures count by their pixels, templates by their record bytes.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.labelled(LABEL)
    }

    /// What only whoever has the whole record can compute: the same hash under a label whose hash is published nowhere. It seals what
    /// is drawn for this person's card; pictures and templates keep it from being guessed.
    #[must_use]
    pub fn seal_key(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.labelled(KEY_LABEL))
    }

    fn labelled(&self, label: &[u8]) -> [u8; 32] {
        let mut bytes = Zeroizing::new(label.to_vec());
        for field in self.canonical_fields() {
            let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(&field);
        }
        sha256(&bytes)
    }

    fn canonical_fields(&self) -> Vec<Vec<u8>> {
        let a = &self.address;
        let (nation, nation_name) = match &self.nationality {
            Nationality::Citizen => ("IDN", ""),
            Nationality::ForeignResident { country, name } => (country.as_str(), name.as_str()),
        };
        let until = match self.valid_until {
            Validity::Lifetime => "lifetime".to_owned(),
            Validity::Until(day) => day.to_string(),
        };
        let registered = self.registered_on.map(|d| d.to_string()).unwrap_or_default();
        let (birth, issue) = (self.birth_date.to_string(), self.date_of_issue.to_string());
        let (rt, rw) = (a.rt.to_string(), a.rw.to_string());
        let texts: [&str; 28] = [
            self.nik.as_str(),
            self.family_card_no.as_str(),
            self.full_name.as_str(),
            &registered,
            &self.birth_place,
            &birth,
            self.sex.code(),
            self.blood_type.text(),
            &a.line,
            &rt,
            &rw,
            &a.village,
            a.village_code.as_str(),
            &a.district,
            a.district_code.as_str(),
            &a.regency,
            a.regency_code.as_str(),
            &a.province,
            a.province_code.as_str(),
            self.religion.code(),
            self.marital_status.code(),
            self.occupation.text(Lang::Id),
            nation,
            nation_name,
            &until,
            &self.issuing_authority,
            &self.place_of_issue,
            &issue,
        ];
        let mut fields: Vec<Vec<u8>> = texts.iter().map(|t| t.as_bytes().to_vec()).collect();
        fields.push(canonical_picture(&self.portrait));
        fields.push(canonical_picture(&self.signature));
        for entry in &self.fingers.taken {
            fields.push(vec![entry.position.code(), entry.quality]);
            // A parsed template always encodes; an empty field would still differ from every template.
            fields.push(encode_record_2005(&entry.template).unwrap_or_default());
            // Marked, so that a print is never taken for what follows a finger without one.
            fields.extend(entry.image.iter().map(|image| [vec![0xFE, entry.position.code()], canonical_picture(image)].concat()));
        }
        fields.extend(self.fingers.passed_over.iter().map(|(p, reason)| vec![0xFF, p.code(), reason.number()]));
        fields
    }
}

fn canonical_picture(picture: &Picture) -> Vec<u8> {
    let mut bytes = [picture.width.to_be_bytes(), picture.height.to_be_bytes()].concat();
    bytes.push(picture.channels);
    bytes.extend_from_slice(&HashAlg::Sha256.digest(&picture.pixels));
    bytes
}
