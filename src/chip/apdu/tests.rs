//! The encoder against the crate `iso7816`, the parser against the encoder, and every refusal.

use super::*;
use iso7816::command::{CommandBuilder, ExpectedLen};
use proptest::prelude::*;

/// The bytes that the crate `iso7816` writes; it has no Le above 65,535 but "maximum".
fn reference(header: [u8; 4], data: &[u8], le: Option<u32>, extended: bool) -> Vec<u8> {
    let expected = match le {
        None => ExpectedLen::Ne(0),
        Some(MAX_LE) => ExpectedLen::Max,
        Some(le) => ExpectedLen::Ne(u16::try_from(le).unwrap()),
    };
    let [cla, ins, p1, p2] = header;
    let builder = CommandBuilder::new(cla.try_into().unwrap(), ins.into(), p1, p2, data, expected);
    let builder = if extended { builder.force_extended() } else { builder };
    let mut out = vec![0; builder.required_len()];
    builder.serialize_into(&mut &mut out[..]).unwrap();
    out
}

fn le_strategy() -> impl Strategy<Value = Option<u32>> {
    prop_oneof![
        Just(None),
        (1u32..=256).prop_map(Some),
        (257u32..=65_535).prop_map(Some),
        proptest::sample::select(vec![1, 255, 256, 257, 65_535, MAX_LE]).prop_map(Some),
    ]
}

fn data_strategy() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(vec![]),
        proptest::collection::vec(any::<u8>(), 0..260),
        proptest::sample::select(vec![1usize, 254, 255, 256, 300, 65_535]).prop_map(|n| vec![0xA5; n]),
    ]
}

proptest! {
    #[test]
    fn encoder_agrees_with_the_iso7816_crate(ins: u8, p1: u8, p2: u8, data in data_strategy(), le in le_strategy(), forced: bool) {
        let header = [0x00, ins, p1, p2];
        // The crate writes a forced extended command without data in short form; case 2 is then compared unforced.
        let extended = forced && !data.is_empty();
        let mut command = Command::new(0x00, ins, p1, p2).with_data(data.clone());
        if let Some(le) = le {
            command = command.with_le(le);
        }
        let ours = if extended { command.encode_extended() } else { command.encode() }.unwrap();
        prop_assert_eq!(&ours, &reference(header, &data, le, extended));
        prop_assert_eq!(&Command::parse(&ours).unwrap(), &command);
    }

    #[test]
    fn parser_agrees_with_the_iso7816_crate(mut bytes in proptest::collection::vec(any::<u8>(), 0..40), short in 0u8..12) {
        if let Some(cla) = bytes.first_mut() {
            *cla = 0;
        }
        if let Some(lc) = bytes.get_mut(4) {
            *lc = short;
        }
        let ours = Command::parse(&bytes);
        if let (Ok(ours), Ok(theirs)) = (&ours, iso7816::command::CommandView::try_from(&bytes[..])) {
            prop_assert_eq!(ours.data(), theirs.data());
            prop_assert_eq!(ours.p2(), theirs.p2);
        }
        if let Ok(ours) = ours {
            let again = if ours.is_extended() { ours.encode_extended() } else { ours.encode() }.unwrap();
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        let _ = Command::parse(&bytes);
        if let Ok(response) = Response::parse(bytes.clone()) {
            prop_assert_eq!(response.encode(), bytes);
        }
    }
}

#[test]
fn every_case_of_iso7816_3() {
    let case = |bytes: &[u8]| Command::parse(bytes).map(|c| (c.data().len(), c.le(), c.is_extended()));
    assert_eq!(case(&[0, 0xA4, 0, 0x0C]), Ok((0, None, false)));
    assert_eq!(case(&[0, 0xB0, 0, 0, 0]), Ok((0, Some(256), false)));
    assert_eq!(case(&[0, 0xB0, 0, 0, 4]), Ok((0, Some(4), false)));
    assert_eq!(case(&[0, 0xA4, 2, 12, 1, 9]), Ok((1, None, false)));
    assert_eq!(case(&[0, 0xA4, 2, 12, 1, 9, 0]), Ok((1, Some(256), false)));
    assert_eq!(case(&[0, 0xB0, 0, 0, 0, 0, 0]), Ok((0, Some(65_536), true)));
    assert_eq!(case(&[0, 0xB0, 0, 0, 0, 4, 0]), Ok((0, Some(1024), true)));
    assert_eq!(case(&[0, 0xA4, 2, 12, 0, 0, 1, 9]), Ok((1, None, true)));
    assert_eq!(case(&[0, 0xA4, 2, 12, 0, 0, 1, 9, 1, 0]), Ok((1, Some(256), true)));
}

#[test]
fn refusals_by_name() {
    assert_eq!(Command::parse(&[0, 0xA4, 0]), Err(ApduError::CommandTooShort(3)));
    for bad in [&[0, 0xA4, 0, 0, 2, 1][..], &[0, 0xA4, 0, 0, 0, 0], &[0, 0xA4, 0, 0, 0, 0, 0, 0], &[0, 0xA4, 0, 0, 1, 1, 1, 1]] {
        assert_eq!(Command::parse(bad), Err(ApduError::BadLength(bad.len())));
    }
    assert_eq!(Command::new(0, 0, 0, 0).with_data(vec![0; 65_536]).encode(), Err(ApduError::DataTooLong(65_536)));
    assert_eq!(Command::new(0, 0, 0, 0).with_le(0).encode(), Err(ApduError::BadLe(0)));
    assert_eq!(Command::new(0, 0, 0, 0).with_le(65_537).encode(), Err(ApduError::BadLe(65_537)));
    assert_eq!(Response::parse(vec![]), Err(ApduError::ResponseTooShort(0)));
    assert_eq!(Response::parse(vec![0x90]), Err(ApduError::ResponseTooShort(1)));
    assert_eq!(Response::parse(vec![0; 65_539]), Err(ApduError::ResponseTooLong(65_539)));
    assert_eq!(ApduError::ResponseTooShort(1).reason(), Reason::UnexpectedAnswer);
    assert_eq!(ApduError::BadLe(0).reason(), Reason::EncodingInvalid);
}

#[test]
fn debug_shows_no_data() {
    let command = Command::new(0x80, 0xD8, 0, 1).with_data(*b"SECRET").with_le(256);
    assert_eq!(format!("{command:?}"), "80 D8 00 01 Lc 6 Le 256");
    assert_eq!(format!("{:?}", Response::new(*b"SECRET", StatusWord::NO_ERROR)), "6 bytes, 9000");
    assert_eq!(Response::status(StatusWord::FILE_NOT_FOUND).ok(), Err(StatusWord(0x6A82)));
    assert_eq!(StatusWord(0x6100).more_data(), Some(256));
    assert_eq!(StatusWord(0x6C07).correct_le(), Some(7));
}
