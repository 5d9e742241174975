//! Control DGIs 8002 and 8004 to 8006: passwords, date, parameters, authorization digest.

use super::layout;
use super::nvm::Halt;
use super::progress::Progress;
use super::store::Store;
use crate::crypto::ec::Curve;
use crate::lds::tlv::Reader;
use zeroize::Zeroizing;

const CAN_LEN: usize = 6;
const HAS_CAN: u8 = 1;
const HAS_MRZ: u8 = 2;
const HAS_BAC: u8 = 4;
const MAKES_AA: u8 = 1;

/// Parameters of PACE, Chip and Active Authentication: DGI 8005.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) curve: Curve,
    pub(super) ca_key_id: u8,
    pub(super) makes_aa: bool,
}

/// Writes one of these DGIs over bytes that nothing refers to yet. `Ok(false)`: malformed.
pub(super) fn write_fresh(store: &mut Store, dgi: u16, data: &[u8]) -> Result<bool, Halt> {
    let (field, record) = match dgi {
        0x8002 => (layout::PASSWORDS, passwords_record(data)),
        0x8004 => (layout::DATE, is_date(data).then(|| Zeroizing::new(data.to_vec()))),
        0x8005 => (layout::PARAMETERS, parameters(data).map(|_| Zeroizing::new(data.to_vec()))),
        0x8006 => (layout::AUTHORIZATION, (data.len() == 32).then(|| Zeroizing::new([&[1], data].concat()))),
        _ => return Ok(false),
    };
    match record {
        Some(record) => store.nvm.write_fresh(field.at, &record).map(|()| true),
        None => Ok(false),
    }
}

/// The card access number, if the chip has one.
pub(super) fn can(store: &Store) -> Option<Zeroizing<String>> {
    let (flags, rest) = passwords(store)?;
    let digits = rest.get(..CAN_LEN).filter(|_| flags & HAS_CAN != 0)?;
    String::from_utf8(digits.to_vec()).ok().map(Zeroizing::new)
}

/// SHA-1 of the MRZ information, if the chip takes the MRZ.
pub(super) fn mrz_digest(store: &Store) -> Option<Zeroizing<[u8; 20]>> {
    let (flags, rest) = passwords(store)?;
    let digest = rest.get(CAN_LEN..).filter(|_| flags & HAS_MRZ != 0)?;
    digest.try_into().ok().map(Zeroizing::new)
}

/// Whether Basic Access Control is on: a test profile only.
pub(super) fn has_bac(store: &Store) -> bool {
    passwords(store).is_some_and(|(flags, _)| flags & HAS_BAC != 0)
}

/// The parameters, once they are set.
pub(super) fn stored_parameters(store: &Store) -> Option<Parameters> {
    if Progress::load(store).has(0x8005) { parameters(store.get(layout::PARAMETERS)) } else { None }
}

/// The authorization digest, once it is set.
pub(super) fn authorization(store: &Store) -> Option<[u8; 32]> {
    let has = Progress::load(store).has(0x8006);
    store.get(layout::AUTHORIZATION).get(1..).filter(|_| has)?.try_into().ok()
}

/// Six bytes, one digit each: YYMMDD.
pub(super) fn is_date(data: &[u8]) -> bool {
    let &[_, _, m1, m2, d1, d2] = data else { return false };
    data.iter().all(|d| *d < 10) && (1..=12).contains(&(10 * m1 + m2)) && (1..=31).contains(&(10 * d1 + d2))
}

fn passwords(store: &Store) -> Option<(u8, &[u8])> {
    let (&flags, rest) = store.get(layout::PASSWORDS).split_first()?;
    Progress::load(store).has(0x8002).then_some((flags, rest))
}

fn passwords_record(data: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut record = Zeroizing::new(vec![0; layout::PASSWORDS.len]);
    let mut reader = Reader::new(data);
    while !reader.is_empty() {
        let object = reader.next().ok()?;
        let (flag, at, fits) = match object.tag {
            0x80 => (HAS_CAN, 1, object.value.len() == CAN_LEN && object.value.iter().all(u8::is_ascii_digit)),
            0x81 => (HAS_MRZ, 1 + CAN_LEN, object.value.len() == 20),
            0x82 => (HAS_BAC, 0, object.value.is_empty()),
            _ => return None,
        };
        let flags = record.first_mut()?;
        if !fits || *flags & flag != 0 {
            return None;
        }
        *flags |= flag;
        record.get_mut(at..at + object.value.len())?.copy_from_slice(object.value);
    }
    let flags = record.first().copied()?;
    (flags & HAS_BAC == 0 || flags & HAS_MRZ != 0).then_some(record)
}

fn parameters(data: &[u8]) -> Option<Parameters> {
    let &[parameter_id, ca_key_id, flags] = data else { return None };
    let curve = Curve::from_parameter_id(parameter_id)?;
    (flags & !MAKES_AA == 0).then_some(Parameters { curve, ca_key_id, makes_aa: flags & MAKES_AA != 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    fn written(dgi: u16, data: &[u8]) -> Option<Store> {
        let mut store = Store::blank([0; 10], 8_192);
        let mut progress = Progress::load(&store);
        progress.note(dgi);
        store.atomically(|s| progress.save(s)).unwrap();
        write_fresh(&mut store, dgi, data).unwrap().then_some(store)
    }

    #[test]
    fn passwords_are_kept() {
        let both = [&hex!("80 06 313233343536 81 14")[..], &[7; 20], &hex!("82 00")].concat();
        let store = written(0x8002, &both).unwrap();
        assert_eq!(can(&store).unwrap().as_str(), "123456");
        assert_eq!(*mrz_digest(&store).unwrap(), [7; 20]);
        assert!(has_bac(&store));
        let none = written(0x8002, &[]).unwrap();
        assert!(can(&none).is_none() && mrz_digest(&none).is_none() && !has_bac(&none));
    }

    #[test]
    fn malformed_controls_are_refused() {
        for data in ["80 05 3132333435", "80 06 31323334353A", "82 00", "83 00", "80 06 313233343536 80 06 313233343536", "80"] {
            let bytes: Vec<u8> = (0..data.len())
                .filter_map(|i| u8::from_str_radix(data.replace(' ', "").get(2 * i..2 * i + 2)?, 16).ok())
                .collect();
            assert!(written(0x8002, &bytes).is_none(), "{data}");
        }
        assert!(written(0x8004, &[2, 6, 1, 3, 0, 1]).is_none());
        assert!(written(0x8004, &[2, 6, 1, 2, 3, 1]).is_some());
        assert!(written(0x8004, &[2, 6, 1, 2, 3, 11]).is_none());
        assert!(written(0x8005, &[12, 1, 2]).is_none() && written(0x8005, &[99, 1, 1]).is_none());
        let store = written(0x8005, &[12, 1, 1]).unwrap();
        let expected = Parameters { curve: Curve::P256, ca_key_id: 1, makes_aa: true };
        assert_eq!(stored_parameters(&store), Some(expected));
        assert!(written(0x8006, &[1; 31]).is_none());
        assert_eq!(authorization(&written(0x8006, &[1; 32]).unwrap()), Some([1; 32]));
        assert!(written(0x8003, &[]).is_none(), "trust points are written elsewhere");
    }
}
