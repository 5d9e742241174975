//! The biometric information templates of a card (7F61 { count, 7F60 … }; ISO/IEC 7816-11 and 19785-3): what it wants to compare.

use super::der;
use super::tlv::{self, Tlv, TlvError};
use crate::finger::template::Order;

const GROUP: u32 = 0x7F61;
const TEMPLATE: u32 = 0x7F60;
const HEADER: u32 = 0xA1;
const PARAMETERS: u32 = 0xB1;
const KIND: u32 = 0x81;
const SUBTYPE: u32 = 0x82;
const OWNER: u32 = 0x87;
const FORMAT: u32 = 0x88;
const MINUTIAE: u32 = 0x81;
const ORDER: u32 = 0x82;
const FEATURES: u32 = 0x83;
/// Most templates of one group (the count is one byte; a person has ten fingers).
const MOST_TEMPLATES: usize = 16;

/// What a card wants of minutiae (19794-2, biometric algorithm parameters).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parameter {
    /// Least and most minutiae.
    Minutiae {
        /// Least.
        min: u8,
        /// Most.
        max: u8,
    },
    /// Their order.
    Order(Order),
    /// Which features besides minutiae it takes: bit 1 ridge counts, 2 cores, 3 deltas, 4 quality of cells.
    Features(u8),
    /// Anything else, as it stands.
    Other(u32, Vec<u8>),
}

/// An element of a template's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// Biometric type: 08 is fingerprint.
    Kind(u8),
    /// Biometric subtype: which finger.
    Subtype(u8),
    /// Who defined the format of the data.
    Owner(u16),
    /// The format of the data.
    Format(u16),
    /// What the card wants.
    Parameters(Vec<Parameter>),
    /// Anything else, as it stands.
    Other(u32, Vec<u8>),
}

/// One biometric information template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bit {
    /// Elements before the header (7816-11: reference data, algorithm), as they stand.
    pub before: Vec<(u32, Vec<u8>)>,
    /// The header's elements in their order.
    pub header: Vec<Element>,
    /// Elements after the header, as they stand.
    pub after: Vec<(u32, Vec<u8>)>,
}

impl Bit {
    /// A template for one finger in a format of SC 37 or another owner, with what the card wants.
    #[must_use]
    pub fn new(subtype: u8, (owner, format): (u16, u16), (min, max): (u8, u8), order: Order) -> Self {
        let parameters = vec![Parameter::Minutiae { min, max }, Parameter::Order(order), Parameter::Features(0)];
        let header = vec![
            Element::Kind(super::cbeff::TYPE_FINGER),
            Element::Subtype(subtype),
            Element::Owner(owner),
            Element::Format(format),
            Element::Parameters(parameters),
        ];
        Self { before: Vec::new(), header, after: Vec::new() }
    }

    /// Biometric subtype, if stated.
    #[must_use]
    pub fn subtype(&self) -> Option<u8> {
        self.header.iter().find_map(|e| if let Element::Subtype(code) = e { Some(*code) } else { None })
    }

    /// Owner and type of the data's format, if both are stated.
    #[must_use]
    pub fn format(&self) -> Option<(u16, u16)> {
        let owner = self.header.iter().find_map(|e| if let Element::Owner(code) = e { Some(*code) } else { None })?;
        let format = self.header.iter().find_map(|e| if let Element::Format(code) = e { Some(*code) } else { None })?;
        Some((owner, format))
    }

    /// Least and most minutiae, if stated.
    #[must_use]
    pub fn minutiae(&self) -> Option<(u8, u8)> {
        self.parameters().find_map(|p| if let Parameter::Minutiae { min, max } = p { Some((*min, *max)) } else { None })
    }

    /// The order of minutiae; any if not stated.
    #[must_use]
    pub fn order(&self) -> Order {
        self.parameters().find_map(|p| if let Parameter::Order(order) = p { Some(*order) } else { None }).unwrap_or(Order::Any)
    }

    fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.header.iter().filter_map(|e| if let Element::Parameters(all) = e { Some(all) } else { None }).flatten()
    }
}

/// The templates of a group. Every element is kept, so that `encode(&parse(b)?) == b`.
///
/// # Errors
/// Any [`TlvError`]; a count that differs from the templates present is a bad value, as is a known element of another length.
pub fn parse(data: &[u8]) -> Result<Vec<Bit>, TlvError> {
    let group = tlv::parse_one(data, GROUP)?;
    let mut reader = group.reader();
    let count_object = reader.expect(der::INTEGER)?;
    let count = usize::try_from(der::read_integer(&count_object)?).map_err(|_| count_object.bad_value())?;
    let objects = reader.all()?;
    if objects.len() != count || count > MOST_TEMPLATES {
        return Err(count_object.bad_value());
    }
    objects.iter().map(template).collect()
}

fn template(object: &Tlv<'_>) -> Result<Bit, TlvError> {
    let mut bit = Bit { before: Vec::new(), header: Vec::new(), after: Vec::new() };
    if object.tag != TEMPLATE {
        return Err(object.bad_value());
    }
    for part in object.children()? {
        match part.tag {
            // An empty header says nothing, and another behind it would take its place.
            HEADER if bit.header.is_empty() && !part.value.is_empty() => {
                bit.header = part.children()?.iter().map(element).collect::<Result<_, _>>()?;
            }
            HEADER => return Err(part.bad_value()),
            tag if bit.header.is_empty() => bit.before.push((tag, part.value.to_vec())),
            tag => bit.after.push((tag, part.value.to_vec())),
        }
    }
    if bit.header.is_empty() { Err(object.bad_value()) } else { Ok(bit) }
}

fn element(object: &Tlv<'_>) -> Result<Element, TlvError> {
    Ok(match (object.tag, object.value) {
        (KIND, [kind]) => Element::Kind(*kind),
        (SUBTYPE, [subtype]) => Element::Subtype(*subtype),
        (OWNER, [high, low]) => Element::Owner(u16::from_be_bytes([*high, *low])),
        (FORMAT, [high, low]) => Element::Format(u16::from_be_bytes([*high, *low])),
        (SUBTYPE | OWNER | FORMAT, _) => return Err(object.bad_value()),
        (PARAMETERS, _) => Element::Parameters(object.children()?.iter().map(parameter).collect::<Result<_, _>>()?),
        (tag, value) => Element::Other(tag, value.to_vec()),
    })
}

fn parameter(object: &Tlv<'_>) -> Result<Parameter, TlvError> {
    Ok(match (object.tag, object.value) {
        (MINUTIAE, [min, max]) if min <= max => Parameter::Minutiae { min: *min, max: *max },
        (ORDER, [code]) => Parameter::Order(Order::from_code(*code).ok_or_else(|| object.bad_value())?),
        (FEATURES, [bits]) => Parameter::Features(*bits),
        (MINUTIAE | ORDER | FEATURES, _) => return Err(object.bad_value()),
        (tag, value) => Parameter::Other(tag, value.to_vec()),
    })
}

/// The group of these templates.
#[must_use]
pub fn encode(bits: &[Bit]) -> Vec<u8> {
    let mut value = der::integer(u64::try_from(bits.len()).unwrap_or(u64::MAX));
    for bit in bits {
        let objects = |all: &[(u32, Vec<u8>)]| all.iter().flat_map(|(tag, value)| tlv::encode(*tag, value)).collect::<Vec<u8>>();
        let header: Vec<u8> = bit.header.iter().flat_map(encode_element).collect();
        let parts = [objects(&bit.before), tlv::encode(HEADER, &header), objects(&bit.after)];
        tlv::write(&mut value, TEMPLATE, &parts.concat());
    }
    tlv::encode(GROUP, &value)
}

fn encode_element(element: &Element) -> Vec<u8> {
    match element {
        Element::Kind(code) => tlv::encode(KIND, &[*code]),
        Element::Subtype(code) => tlv::encode(SUBTYPE, &[*code]),
        Element::Owner(code) => tlv::encode(OWNER, &code.to_be_bytes()),
        Element::Format(code) => tlv::encode(FORMAT, &code.to_be_bytes()),
        Element::Parameters(all) => tlv::encode(PARAMETERS, &all.iter().flat_map(encode_parameter).collect::<Vec<u8>>()),
        Element::Other(tag, value) => tlv::encode(*tag, value),
    }
}

fn encode_parameter(parameter: &Parameter) -> Vec<u8> {
    match parameter {
        Parameter::Minutiae { min, max } => tlv::encode(MINUTIAE, &[*min, *max]),
        Parameter::Order(order) => tlv::encode(ORDER, &[order.code()]),
        Parameter::Features(bits) => tlv::encode(FEATURES, &[*bits]),
        Parameter::Other(tag, value) => tlv::encode(*tag, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::template::OrderBy;
    use crate::lds::tlv::TlvErrorKind;
    use hex_literal::hex;

    /// Two templates of a card, published by NIST (libbiomeval, TLVBIT.dat).
    const PUBLISHED: &[u8] = &hex!(
        "7F6141 020102"
        "7F601C A11A 810108 820102 8702DEAD 8802BEEF B10A 81020C40 820111 830100"
        "7F601C A11A 810108 820107 8702BEEF 8802DEAD B10A 81020C40 820111 830100"
    );

    #[test]
    fn a_published_group_is_read_and_comes_back() {
        let bits = parse(PUBLISHED).unwrap();
        let order = Order::Sorted { by: OrderBy::Distance, descending: false };
        assert_eq!(bits, [Bit::new(2, (0xDEAD, 0xBEEF), (12, 64), order), Bit::new(7, (0xBEEF, 0xDEAD), (12, 64), order)]);
        assert_eq!((bits[0].subtype(), bits[0].format()), (Some(2), Some((0xDEAD, 0xBEEF))));
        assert_eq!((bits[0].minutiae(), bits[0].order()), (Some((12, 64)), order));
        assert_eq!(encode(&bits), PUBLISHED);
        for end in 0..PUBLISHED.len() {
            assert!(parse(&PUBLISHED[..end]).is_err(), "cut at {end}");
        }
        let root = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let file = ["../shared/data", "../../shared/data"].map(|d| root.join(d).join("biometric-files/TLVBIT.dat"));
        match file.iter().find(|p| p.exists()) {
            Some(path) => assert_eq!(std::fs::read(path).unwrap(), PUBLISHED),
            None => crate::skipped::skipped("the development data are not here (biometric-files/TLVBIT.dat)"),
        }
    }

    #[test]
    fn what_is_not_known_is_kept_in_its_place() {
        let whole = hex!("7F611D 020101 7F6017 830199 A10D 800101 810108 B105 8403 010203 990100 9A00");
        let bits = parse(&whole).unwrap();
        assert_eq!((bits[0].before.len(), bits[0].after.len(), bits[0].format(), bits[0].minutiae()), (1, 2, None, None));
        assert_eq!(bits[0].order(), Order::Any);
        assert_eq!(encode(&bits), whole);
    }

    #[test]
    fn values_that_lie_are_refused() {
        let with = |offset: usize, value: u8| {
            let mut bytes = PUBLISHED.to_vec();
            bytes[offset] = value;
            parse(&bytes).unwrap_err().kind
        };
        assert_eq!(with(5, 3), TlvErrorKind::BadValue(der::INTEGER));
        assert_eq!(with(7, 0x62), TlvErrorKind::BadValue(0x7F62));
        assert_eq!(with(30, 0x0B), TlvErrorKind::BadValue(MINUTIAE), "at most 11 and at least 12");
        assert_eq!(with(33, 0x13), TlvErrorKind::BadValue(ORDER));
        assert_eq!(with(9, 0xA2), TlvErrorKind::BadValue(TEMPLATE), "no header");
        let long = |value: &[u8]| parse(&tlv::encode(GROUP, value)).unwrap_err().kind;
        assert_eq!(long(&hex!("020101 7F6006 A104 82020102")), TlvErrorKind::BadValue(SUBTYPE));
        assert_eq!(long(&hex!("020101 7F600A A103 810108 A103 810108")), TlvErrorKind::BadValue(HEADER));
        assert_eq!(long(&hex!("020101 7F6007 A100 A103 810108")), TlvErrorKind::BadValue(HEADER), "empty");
        let many = [hex!("020111").to_vec(), hex!("7F6005 A103 810108").repeat(17)].concat();
        assert_eq!(long(&many), TlvErrorKind::BadValue(der::INTEGER));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_refused_or_come_back(at in 0usize..68, value: u8, tail: Vec<u8>) {
            let mut bytes = PUBLISHED.to_vec();
            bytes[at] = value;
            for bytes in [bytes, tlv::encode(GROUP, &tail), tail] {
                if let Ok(bits) = parse(&bytes) {
                    proptest::prop_assert_eq!(encode(&bits), bytes);
                }
            }
        }
    }
}
