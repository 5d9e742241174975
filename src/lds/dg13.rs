//! DG13: the national elements that Doc 9303 has no place for (`specs/dg13.md`).

use super::tag_list::text;
use super::tlv::{self, Tlv, TlvError, TlvErrorKind};

/// Tag of DG13.
pub const TAG: u32 = 0x6D;
/// Schema version of this file.
pub const VERSION: u8 = 1;

const SCHEMA: u32 = 0x80;
const STATUS_INDEX: u32 = 0x81;
const FINGERS_DIGEST: u32 = 0x82;
const FINGERS: u32 = 0x83;
const PASSED_OVER: u32 = 0x84;
const RELIGION: u32 = 0x85;
const MARITAL_STATUS: u32 = 0x86;
const OCCUPATION: u32 = 0x87;
const BLOOD_TYPE: u32 = 0x88;
const RT_RW: u32 = 0x89;
const VILLAGE_CODE: u32 = 0x8A;
const NATIONALITY: u32 = 0x8B;
const NATIONALITY_NAME: u32 = 0x8C;
const FAMILY_CARD_NO: u32 = 0x8D;
const VALID_UNTIL: u32 = 0x8E;
const PLACE_OF_ISSUE: u32 = 0x8F;

/// The national elements.
#[derive(Clone, PartialEq, Eq)]
pub struct Dg13 {
    /// The card's place in the status list.
    pub status_index: u32,
    /// SHA-256 over the bytes of EF.Fingers.
    pub fingers_digest: [u8; 32],
    /// Fingers on the chip: position code and quality 0 to 100, in the order of EF.Fingers.
    pub fingers: Vec<(u8, u8)>,
    /// Fingers passed over: position code and reason.
    pub passed_over: Vec<(u8, u8)>,
    /// Religion, by the register's number.
    pub religion: u8,
    /// Marital status, by the register's number.
    pub marital_status: u8,
    /// Occupation, one of the register's 89 codes.
    pub occupation: u8,
    /// Blood type: `-`, `A`, `AB+`, …
    pub blood_type: String,
    /// Neighbourhood units, `003/019`.
    pub rt_rw: String,
    /// Ten digits of the village's code, which begin with those of district, regency and province.
    pub village_code: String,
    /// Nationality, three letters.
    pub nationality: String,
    /// Name of a foreign resident's state; empty for citizens.
    pub nationality_name: String,
    /// Family card number, sixteen digits.
    pub family_card_no: String,
    /// Last day of validity, YYYYMMDD; none for life.
    pub valid_until: Option<String>,
    /// Where the card was issued.
    pub place_of_issue: String,
}

impl std::fmt::Debug for Dg13 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dg13")
    }
}

impl Dg13 {
    /// The file's bytes: every element in ascending order of tags; only the name of a state may be missing.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let pairs = |pairs: &[(u8, u8)]| pairs.iter().flat_map(|(a, b)| [*a, *b]).collect::<Vec<u8>>();
        let elements: [(u32, Vec<u8>); 16] = [
            (SCHEMA, vec![VERSION]),
            (STATUS_INDEX, self.status_index.to_be_bytes().to_vec()),
            (FINGERS_DIGEST, self.fingers_digest.to_vec()),
            (FINGERS, pairs(&self.fingers)),
            (PASSED_OVER, pairs(&self.passed_over)),
            (RELIGION, vec![self.religion]),
            (MARITAL_STATUS, vec![self.marital_status]),
            (OCCUPATION, vec![self.occupation]),
            (BLOOD_TYPE, self.blood_type.clone().into_bytes()),
            (RT_RW, self.rt_rw.clone().into_bytes()),
            (VILLAGE_CODE, self.village_code.clone().into_bytes()),
            (NATIONALITY, self.nationality.clone().into_bytes()),
            (NATIONALITY_NAME, self.nationality_name.clone().into_bytes()),
            (FAMILY_CARD_NO, self.family_card_no.clone().into_bytes()),
            (VALID_UNTIL, self.valid_until.clone().unwrap_or_default().into_bytes()),
            (PLACE_OF_ISSUE, self.place_of_issue.clone().into_bytes()),
        ];
        let mut value = Vec::new();
        for (tag, bytes) in elements.iter().filter(|(tag, bytes)| *tag != NATIONALITY_NAME || !bytes.is_empty()) {
            tlv::write(&mut value, *tag, bytes);
        }
        tlv::encode(TAG, &value)
    }

    /// Parses DG13 of this schema. Elements of later versions (tags above 8F) are passed over.
    ///
    /// # Errors
    /// Any [`TlvError`]: a missing, repeated or malformed element, or another schema.
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let group = tlv::parse_one(data, TAG)?;
        let elements = Elements::of(&group)?;
        let schema = elements.get(SCHEMA)?;
        if schema.value != [VERSION] {
            return Err(schema.bad_value());
        }
        let valid_until = elements.get(VALID_UNTIL)?;
        Ok(Self {
            status_index: u32::from_be_bytes(elements.array(STATUS_INDEX)?),
            fingers_digest: elements.array(FINGERS_DIGEST)?,
            fingers: elements.pairs(FINGERS)?,
            passed_over: elements.pairs(PASSED_OVER)?,
            religion: elements.byte(RELIGION)?,
            marital_status: elements.byte(MARITAL_STATUS)?,
            occupation: elements.byte(OCCUPATION)?,
            blood_type: text(&elements.get(BLOOD_TYPE)?)?,
            rt_rw: text(&elements.get(RT_RW)?)?,
            village_code: elements.digits(VILLAGE_CODE, 10)?,
            nationality: text(&elements.get(NATIONALITY)?)?,
            nationality_name: elements.find(NATIONALITY_NAME).map(|e| text(&e)).transpose()?.unwrap_or_default(),
            family_card_no: elements.digits(FAMILY_CARD_NO, 16)?,
            valid_until: if valid_until.value.is_empty() { None } else { Some(elements.digits(VALID_UNTIL, 8)?) },
            place_of_issue: text(&elements.get(PLACE_OF_ISSUE)?)?,
        })
    }
}

struct Elements<'a> {
    group: Tlv<'a>,
    all: Vec<Tlv<'a>>,
}

impl<'a> Elements<'a> {
    fn of(group: &Tlv<'a>) -> Result<Self, TlvError> {
        let all = group.children()?;
        for (index, element) in all.iter().enumerate() {
            if all.iter().take(index).any(|e| e.tag == element.tag) {
                return Err(TlvError::at(TlvErrorKind::Duplicate(element.tag), element.start));
            }
        }
        Ok(Self { group: *group, all })
    }

    fn find(&self, tag: u32) -> Option<Tlv<'a>> {
        self.all.iter().find(|e| e.tag == tag).copied()
    }

    fn get(&self, tag: u32) -> Result<Tlv<'a>, TlvError> {
        self.find(tag).ok_or(TlvError::at(TlvErrorKind::Missing(tag), self.group.start))
    }

    fn array<const N: usize>(&self, tag: u32) -> Result<[u8; N], TlvError> {
        let element = self.get(tag)?;
        element.value.try_into().map_err(|_| element.bad_value())
    }

    fn byte(&self, tag: u32) -> Result<u8, TlvError> {
        self.array::<1>(tag).map(|[b]| b)
    }

    fn pairs(&self, tag: u32) -> Result<Vec<(u8, u8)>, TlvError> {
        let element = self.get(tag)?;
        let (pairs, rest) = element.value.as_chunks::<2>();
        if rest.is_empty() && pairs.len() <= 10 {
            Ok(pairs.iter().map(|[a, b]| (*a, *b)).collect())
        } else {
            Err(element.bad_value())
        }
    }

    fn digits(&self, tag: u32, count: usize) -> Result<String, TlvError> {
        let element = self.get(tag)?;
        let text = text(&element)?;
        if text.len() == count && text.bytes().all(|b| b.is_ascii_digit()) { Ok(text) } else { Err(element.bad_value()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Dg13 {
        Dg13 {
            status_index: 4_711,
            fingers_digest: [7; 32],
            fingers: vec![(2, 80), (7, 75)],
            passed_over: vec![],
            religion: 1,
            marital_status: 2,
            occupation: 64,
            blood_type: "AB+".into(),
            rt_rw: "003/019".into(),
            village_code: "3171011001".into(),
            nationality: "IDN".into(),
            nationality_name: String::new(),
            family_card_no: "3171010101010001".into(),
            valid_until: None,
            place_of_issue: "JAKARTA PUSAT".into(),
        }
    }

    #[test]
    fn it_reads_back_and_every_cut_is_refused() {
        let foreign = Dg13 {
            nationality: "NLD".into(),
            nationality_name: "NETHERLANDS".into(),
            valid_until: Some("20301231".into()),
            passed_over: vec![(2, 1), (3, 4)],
            ..sample()
        };
        for group in [sample(), foreign] {
            let bytes = group.encode();
            assert_eq!(Dg13::parse(&bytes).unwrap(), group);
            for end in 0..bytes.len() {
                assert!(Dg13::parse(&bytes[..end]).is_err());
            }
        }
        assert_eq!(format!("{:?}", sample()), "Dg13");
    }

    #[test]
    fn refusals_name_the_element() {
        let kind = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut value = tlv::parse_one(&sample().encode(), TAG).unwrap().value.to_vec();
            change(&mut value);
            Dg13::parse(&tlv::encode(TAG, &value)).unwrap_err().kind
        };
        assert_eq!(kind(&|v| v[2] = 2), TlvErrorKind::BadValue(SCHEMA));
        assert_eq!(kind(&|v| drop(v.drain(..3))), TlvErrorKind::Missing(SCHEMA));
        assert_eq!(kind(&|v| v.extend([0x85, 1, 1])), TlvErrorKind::Duplicate(RELIGION));
        let odd = Dg13 { village_code: "31710110".into(), ..sample() };
        assert_eq!(Dg13::parse(&odd.encode()).unwrap_err().kind, TlvErrorKind::BadValue(VILLAGE_CODE));
        let many = Dg13 { fingers: vec![(1, 1); 11], ..sample() };
        assert_eq!(Dg13::parse(&many.encode()).unwrap_err().kind, TlvErrorKind::BadValue(FINGERS));
        // An element of a later version is passed over.
        let mut value = tlv::parse_one(&sample().encode(), TAG).unwrap().value.to_vec();
        value.extend([0x90, 1, 1]);
        assert_eq!(Dg13::parse(&tlv::encode(TAG, &value)).unwrap(), sample());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = Dg13::parse(&data);
            let _ = Dg13::parse(&tlv::encode(TAG, &data));
        }
    }
}
