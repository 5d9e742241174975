//! DG3 (optional): finger images, one ISO/IEC 19794-4 record a finger (Doc 9303-10 4.7.3). Minutiae never go here.

use super::cbeff::{self, Header, Wrap};
use super::finger_image::{self, FingerImages};
use super::fingers::subtype;
use super::tlv::{self, TlvError, TlvErrorKind};
use crate::finger::position::FingerPosition;

/// Tag of DG3.
pub const TAG: u32 = 0x63;
const FORMAT_FINGER_IMAGE: u16 = 0x0007;

/// DG3 with one record for each finger.
///
/// # Errors
/// [`TlvErrorKind::TooComplex`] if a record does not fit its format's fields.
pub fn build(fingers: &[(FingerPosition, FingerImages)]) -> Result<Vec<u8>, TlvError> {
    let too_large = TlvError::at(TlvErrorKind::TooComplex, 0);
    if fingers.len() > cbeff::MOST_TEMPLATES {
        return Err(too_large);
    }
    let templates = fingers.iter().map(|(position, images)| {
        let header = Header {
            kind: Some(cbeff::TYPE_FINGER),
            subtype: Some(subtype(*position)),
            owner: cbeff::OWNER_SC37,
            format: FORMAT_FINGER_IMAGE,
        };
        finger_image::encode(images).map(|record| (header, record)).ok_or(too_large)
    });
    let templates = templates.collect::<Result<Vec<_>, _>>()?;
    Ok(tlv::encode(TAG, &cbeff::encode(&templates, Wrap::Primitive)))
}

/// The records of DG3.
///
/// # Errors
/// Any [`TlvError`]; a template of another format is a bad value.
pub fn parse(data: &[u8]) -> Result<Vec<FingerImages>, TlvError> {
    let group = tlv::parse_one(data, TAG)?;
    let mut reader = group.reader();
    let templates = cbeff::parse(&reader.expect(cbeff::GROUP)?)?;
    templates
        .iter()
        .map(|t| if t.header.format == FORMAT_FINGER_IMAGE { finger_image::parse(&t.data) } else { Err(t.data.bad_value()) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lds::finger_image::{Compression, FingerView};

    fn sample(compression: Compression) -> FingerImages {
        let view = FingerView { position: 2, quality: 80, impression: 0, width: 300, height: 400, image: vec![9; 50] };
        FingerImages { resolution: 197, depth: 8, compression, views: vec![view] }
    }

    #[test]
    fn it_reads_back_and_every_cut_is_refused() {
        for compression in [Compression::None, Compression::Wsq, Compression::Jpeg, Compression::Jpeg2000, Compression::Png] {
            let images = sample(compression);
            let bytes = build(&[(FingerPosition::RightIndex, images.clone())]).unwrap();
            assert_eq!(parse(&bytes).unwrap(), [images]);
            for end in 0..bytes.len() {
                assert!(parse(&bytes[..end]).is_err());
            }
        }
        assert!(parse(&build(&[]).unwrap()).unwrap().is_empty());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let empty = FingerImages { views: vec![], ..sample(Compression::Wsq) };
        assert_eq!(build(&[(FingerPosition::LeftIndex, empty)]).unwrap_err().kind, TlvErrorKind::TooComplex);
        let many = vec![(FingerPosition::LeftIndex, sample(Compression::Wsq)); 17];
        assert_eq!(build(&many).unwrap_err().kind, TlvErrorKind::TooComplex);
        let mut other = build(&[(FingerPosition::RightIndex, sample(Compression::Wsq))]).unwrap();
        let at = other.windows(4).position(|w| w == [0x88, 2, 0, 7]).unwrap();
        other[at + 3] = 1;
        assert_eq!(parse(&other).unwrap_err().kind, TlvErrorKind::BadValue(cbeff::DATA));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let header = Header { kind: None, subtype: None, owner: cbeff::OWNER_SC37, format: FORMAT_FINGER_IMAGE };
            let record = [b"FIR\x00010\x00".to_vec(), data].concat();
            let _ = parse(&tlv::encode(TAG, &cbeff::encode(&[(header, record)], Wrap::Primitive)));
        }
    }
}
