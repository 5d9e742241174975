//! Both editions: round trips, cuts and each refusal with its byte.

use super::*;
use proptest::prelude::*;

fn sample(edition: ImageEdition) -> ImageRecord {
    let sampling = Sampling::per_centimetre(197, Compression::Wsq);
    let one = ImageView { quality: 80, ..ImageView::new(2, (300, 400), sampling, vec![9; 50]) };
    let two = ImageView { count: 2, number: 2, ..ImageView::new(7, (310, 410), sampling, vec![8; 40]) };
    let mut record = ImageRecord::new_2005(vec![one, two]);
    if edition == ImageEdition::Iso2011 {
        record.edition = edition;
        (record.acquisition_level, record.has_certifications) = (0, true);
        record.views[0].qualities = vec![QualityBlock { value: 80, vendor: 1, algorithm: 2 }];
        record.views[1].count = 1;
        record.views[1].capture = Capture { time: [7, 0xEA, 1, 2, 3, 4, 5, 0, 6], technology: 1, vendor: 2, device: 3 };
        record.views[1].certifications = vec![(5, 1)];
        record.views[1].sampling.compression = Compression::Jpeg2000Lossless;
        record.views[1].extended = vec![0, 3, 0, 5, 65];
    }
    record
}

const EDITIONS: [ImageEdition; 2] = [ImageEdition::Iso2005, ImageEdition::Iso2011];

fn with(edition: ImageEdition, offset: usize, value: u8) -> ImageRecordError {
    let mut bytes = sample(edition).encode().unwrap();
    bytes[offset] = value;
    ImageRecord::parse(&bytes).unwrap_err()
}

#[test]
fn both_editions_come_back_and_every_cut_is_refused() {
    for edition in EDITIONS {
        let bytes = sample(edition).encode().unwrap();
        assert_eq!(ImageRecord::parse(&bytes), Ok(sample(edition)));
        for end in 0..bytes.len() {
            assert!(ImageRecord::parse(&bytes[..end]).is_err(), "{edition:?} cut at {end}");
        }
    }
}

#[test]
fn every_compression_has_its_code() {
    let codes = |edition, c: Compression| Compression::from_code(c.code(edition), edition);
    for compression in [Compression::None, Compression::Wsq, Compression::Jpeg, Compression::Jpeg2000, Compression::Png] {
        assert!(EDITIONS.iter().all(|e| codes(*e, compression) == Some(compression)));
    }
    assert_eq!(codes(ImageEdition::Iso2011, Compression::Jpeg2000Lossless), Some(Compression::Jpeg2000Lossless));
    assert_eq!(codes(ImageEdition::Iso2005, Compression::Jpeg2000Lossless), Some(Compression::Jpeg2000));
    assert_eq!((Compression::Png.code(ImageEdition::Iso2005), Compression::Png.code(ImageEdition::Iso2011)), (5, 6));
    assert_eq!(Compression::from_code(1, ImageEdition::Iso2005), None, "packed bits are not read");
}

#[test]
fn refusals_name_their_byte() {
    let range = |field, offset| ImageRecordError::OutOfRange { field, offset };
    for edition in EDITIONS {
        assert_eq!(with(edition, 0, b'G'), ImageRecordError::NotARecord);
        assert_eq!(with(edition, 5, b'9'), ImageRecordError::UnsupportedVersion);
        assert!(matches!(with(edition, 11, 0xFF), ImageRecordError::LengthMismatch { offset: 8, .. }));
    }
    let old = |offset, value| with(ImageEdition::Iso2005, offset, value);
    assert_eq!(old(18, 1), range("number of fingers", 18));
    assert_eq!(old(19, 3), range("unit of resolution", 19));
    assert_eq!(old(28, 0), range("depth", 28));
    assert_eq!(old(29, 1), range("compression", 29));
    assert_eq!(old(31, 1), range("reserved bytes", 30));
    assert_eq!(old(35, 13), range("length of a view", 32));
    assert_eq!(old(45, 1), range("reserved byte", 45));
    assert_eq!(old(34, 9), ImageRecordError::Truncated { offset: 150 });
    let new = |offset, value| with(ImageEdition::Iso2011, offset, value);
    assert_eq!(new(13, 0), range("number of representations", 12));
    assert_eq!(new(13, 1), range("number of representations", 12));
    assert_eq!(new(14, 2), range("certification flag", 14));
    // The first representation: 16 length, 34 quality blocks, 40 certifications, 41 position, 43 unit, 52 depth, 53 compression.
    assert!(matches!(new(19, 40), ImageRecordError::LengthMismatch { offset: 16, declared: 40, .. }));
    assert_eq!(new(43, 0), range("unit of resolution", 43));
    assert_eq!(new(52, 17), range("depth", 52));
    assert_eq!(new(53, 7), range("compression", 53));
    let huge = vec![0; limits::IMAGE_BYTES + 1];
    assert_eq!(ImageRecord::parse(&huge), Err(ImageRecordError::TooLarge { max: limits::IMAGE_BYTES }));
    assert_eq!(range("depth", 0).reason(), Reason::FingerImageInvalid);
}

#[test]
fn what_does_not_fit_is_refused() {
    for edition in EDITIONS {
        let none = ImageRecord { views: Vec::new(), ..sample(edition) };
        assert_eq!(none.encode(), Err(ImageRecordError::Count { what: "views" }));
        let many = ImageRecord { views: vec![sample(edition).views[0].clone(); MOST_VIEWS + 1], ..sample(edition) };
        assert_eq!(many.encode(), Err(ImageRecordError::Count { what: "views" }));
    }
    let mut mixed = sample(ImageEdition::Iso2005);
    mixed.views[1].sampling.depth = 16;
    assert_eq!(mixed.encode(), Err(ImageRecordError::SamplingDiffers));
    let mut flagless = sample(ImageEdition::Iso2011);
    flagless.has_certifications = false;
    assert_eq!(flagless.encode(), Err(ImageRecordError::Count { what: "certification blocks" }));
    // As many views of 14 bytes as a file has room for.
    let mut crowd = sample(ImageEdition::Iso2005).encode().unwrap()[..32].to_vec();
    crowd[18] = 200;
    crowd.extend([0, 0, 0, 14, 2, 1, 1, 0, 0, 0, 1, 0, 1, 0].repeat(200));
    let length = u32::try_from(crowd.len()).unwrap().to_be_bytes();
    crowd[10..14].copy_from_slice(&length);
    assert_eq!(ImageRecord::parse(&crowd), Err(ImageRecordError::OutOfRange { field: "number of fingers", offset: 18 }));
    crowd[18] = 1;
    assert_eq!(ImageRecord::parse(&crowd), Err(ImageRecordError::Count { what: "views" }));
}

#[test]
fn debug_shows_no_pixel() {
    assert_eq!(format!("{:?}", sample(ImageEdition::Iso2005).views[0]), "ImageView(position 2, 300x400, 50 bytes)");
}

proptest! {
    #[test]
    fn flips_never_panic_and_what_passes_comes_back(new: bool, flips in prop::collection::vec((0usize..200, any::<u8>()), 1..5), tail: Vec<u8>) {
        let mut bytes = sample(if new { ImageEdition::Iso2011 } else { ImageEdition::Iso2005 }).encode().unwrap();
        for (at, value) in flips {
            if let Some(b) = bytes.get_mut(at) { *b = value; }
        }
        for bytes in [bytes.clone(), [&bytes[..16], &tail].concat(), tail] {
            if let Ok(record) = ImageRecord::parse(&bytes) {
                prop_assert_eq!(record.encode().unwrap(), bytes);
            }
        }
    }
}
