//! DG3 (optional): finger images, one ISO/IEC 19794-4 record a finger (Doc 9303-10 4.7.3). Minutiae never go here.

use super::cbeff::{self, Header, Wrap};
use super::fingers::subtype;
use super::tlv::{self, Tlv, TlvError, TlvErrorKind};
use crate::finger::image_record::{ImageRecord, ImageRecordError};
use crate::finger::position::FingerPosition;

/// Tag of DG3.
pub const TAG: u32 = 0x63;
const FORMAT_FINGER_IMAGE: u16 = 0x0007;

/// DG3 with one record for each finger.
///
/// # Errors
/// [`TlvErrorKind::TooComplex`] if a record does not fit its format's fields.
pub fn build(fingers: &[(FingerPosition, ImageRecord)]) -> Result<Vec<u8>, TlvError> {
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
        images.encode().map(|record| (header, record)).map_err(|_| too_large)
    });
    let templates = templates.collect::<Result<Vec<_>, _>>()?;
    Ok(tlv::encode(TAG, &cbeff::encode(&templates, Wrap::Primitive)))
}

/// The records of DG3.
///
/// # Errors
/// Any [`TlvError`]; a template of another format is a bad value.
pub fn parse(data: &[u8]) -> Result<Vec<ImageRecord>, TlvError> {
    let group = tlv::parse_one(data, TAG)?;
    let mut reader = group.reader();
    let templates = cbeff::parse(&reader.expect(cbeff::GROUP)?)?;
    templates
        .iter()
        .map(|t| if t.header.format == FORMAT_FINGER_IMAGE { record(&t.data) } else { Err(t.data.bad_value()) })
        .collect()
}

/// The record of a data block; what is wrong inside keeps its place in the file.
fn record(data: &Tlv<'_>) -> Result<ImageRecord, TlvError> {
    ImageRecord::parse(data.value).map_err(|error| match error {
        ImageRecordError::Truncated { offset } => TlvError::at(TlvErrorKind::Truncated, data.position + offset),
        ImageRecordError::OutOfRange { offset, .. } | ImageRecordError::LengthMismatch { offset, .. } => {
            TlvError::at(TlvErrorKind::BadValue(data.tag), data.position + offset)
        }
        _ => data.bad_value(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::image_record::{Compression, ImageView, Sampling};

    fn sample(compression: Compression) -> ImageRecord {
        ImageRecord::new_2005(vec![ImageView::new(2, (300, 400), Sampling::per_centimetre(197, compression), vec![9; 50])])
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
        let empty = ImageRecord { views: vec![], ..sample(Compression::Wsq) };
        assert_eq!(build(&[(FingerPosition::LeftIndex, empty)]).unwrap_err().kind, TlvErrorKind::TooComplex);
        let place = |bytes: &[u8]| parse(bytes).unwrap_err();
        let good = build(&[(FingerPosition::RightIndex, sample(Compression::Wsq))]).unwrap();
        let at = good.windows(4).position(|w| w == *b"FIR\0").unwrap();
        for (offset, value, expected) in [
            (0, b'G', TlvError::at(TlvErrorKind::BadValue(cbeff::DATA), at)),
            (19, 9, TlvError::at(TlvErrorKind::BadValue(cbeff::DATA), at + 19)),
            (34, 9, TlvError::at(TlvErrorKind::Truncated, good.len())),
        ] {
            let mut bytes = good.clone();
            bytes[at + offset] = value;
            assert_eq!(place(&bytes), expected);
        }
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
