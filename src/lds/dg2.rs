//! DG2: the portrait as an ISO/IEC 19794-5 face record in a CBEFF group (Doc 9303-10 4.7.2).

use super::cbeff::{self, Header, Wrap};
use super::face::{self, Face};
use super::tlv::{self, TlvError, TlvErrorKind};

/// Tag of DG2.
pub const TAG: u32 = 0x75;
const FORMAT_FACE: u16 = 0x0008;

/// DG2 with one face.
///
/// # Errors
/// [`TlvErrorKind::TooComplex`] if the picture does not fit the format's lengths.
pub fn build(face: &Face) -> Result<Vec<u8>, TlvError> {
    let record = face::encode(face).ok_or(TlvError::at(TlvErrorKind::TooComplex, 0))?;
    let header = Header { kind: Some(cbeff::TYPE_FACE), subtype: Some(0), owner: cbeff::OWNER_SC37, format: FORMAT_FACE };
    Ok(tlv::encode(TAG, &cbeff::encode(&[(header, record)], Wrap::Primitive)))
}

/// Bytes that DG2 adds to a picture of this size.
#[must_use]
pub fn overhead(image_len: usize) -> usize {
    let record = image_len + face::HEADER_LEN;
    let block = tlv::header_len(cbeff::DATA, record) + record + 16;
    let template = tlv::header_len(0x7F60, block) + block + 3;
    let group = tlv::header_len(cbeff::GROUP, template) + template;
    tlv::header_len(TAG, group) + group - image_len
}

/// The faces of DG2.
///
/// # Errors
/// Any [`TlvError`]; a template that is no ISO/IEC 19794-5 record is a bad value.
pub fn parse(data: &[u8]) -> Result<Vec<Face>, TlvError> {
    let group = tlv::parse_one(data, TAG)?;
    let mut reader = group.reader();
    let templates = cbeff::parse(&reader.expect(cbeff::GROUP)?)?;
    reader.finish()?;
    let mut faces = Vec::new();
    for template in templates {
        if template.header.owner != cbeff::OWNER_SC37 || template.header.format != FORMAT_FACE {
            return Err(template.data.bad_value());
        }
        faces.extend(face::parse(&template.data)?);
    }
    Ok(faces)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::face::Coding;

    fn sample(len: usize) -> Face {
        Face {
            gender: 0,
            feature_points: 0,
            image_type: 1,
            coding: Coding::Jpeg2000,
            width: 240,
            height: 320,
            colour_space: 1,
            image: vec![0xAB; len],
        }
    }

    #[test]
    fn it_reads_back_and_every_cut_is_refused() {
        let bytes = build(&sample(70)).unwrap();
        assert_eq!(parse(&bytes).unwrap(), [sample(70)]);
        for end in 0..bytes.len() {
            assert!(parse(&bytes[..end]).is_err());
        }
        assert!(!format!("{:?}", sample(70)).contains("171"));
    }

    #[test]
    fn overhead_is_exact() {
        for len in [0, 1, 60, 100, 150, 180, 250, 3_000, 14_000, 65_400, 65_535, 70_000] {
            assert_eq!(build(&sample(len)).unwrap().len(), len + overhead(len), "{len}");
        }
    }

    #[test]
    fn lengths_that_do_not_add_up_are_refused() {
        let good = build(&sample(4)).unwrap();
        let record = good.windows(4).position(|w| w == b"FAC\0").unwrap();
        // Total length, number of faces, block length, feature points, coding.
        for at in [record + 11, record + 13, record + 17, record + 19, record + 35] {
            let mut bad = good.clone();
            bad[at] ^= 0x08;
            assert!(parse(&bad).is_err(), "byte {at}");
        }
        assert_eq!(Coding::of(b"\xFF\xD8\xFF\xE0"), Some(Coding::Jpeg));
        assert_eq!(Coding::of(&[0xFF, 0x4F, 0xFF, 0x51]), Some(Coding::Jpeg2000));
        assert_eq!(Coding::of(b"GIF8"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = parse(&data);
            let header = Header { kind: None, subtype: None, owner: cbeff::OWNER_SC37, format: FORMAT_FACE };
            let record = [b"FAC\x00010\x00".to_vec(), data].concat();
            let _ = parse(&tlv::encode(TAG, &cbeff::encode(&[(header, record)], Wrap::Primitive)));
        }
    }
}
