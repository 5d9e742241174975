//! Both sides against each other, and every refusal of either by name.

use super::*;
use crate::chip::apdu::{Command, MAX_LE, Response};
use crate::crypto::symmetric::AesKey;
use crate::crypto::tdes::TdesKey;
use crate::lds::tlv;
use proptest::prelude::*;

fn aes(bytes: usize) -> SmKeys {
    SmKeys::Aes { enc: AesKey::new(&vec![1; bytes]).unwrap(), mac: AesKey::new(&vec![2; bytes]).unwrap() }
}

fn tdes() -> SmKeys {
    SmKeys::TripleDes { enc: TdesKey::new(*b"0123456789abcdef"), mac: TdesKey::new(*b"fedcba9876543210"), counter: [7; 8] }
}

fn suites() -> impl Strategy<Value = SmKeys> {
    proptest::sample::select(vec![16usize, 24, 32, 0]).prop_map(|n| if n == 0 { tdes() } else { aes(n) })
}

fn read() -> Command {
    Command::new(0, 0xB0, 0x9C, 0).with_le(4)
}

/// A session one command old, the chip's answer in hand.
fn answered(ins: u8, data: &[u8]) -> (SmHost, Response) {
    let (mut host, mut card) = (SmHost::new(aes(16)), SmCard::new(aes(16)));
    let wrapped = host.wrap(&Command::new(0, ins, 0, 0).with_le(256)).unwrap();
    card.unwrap(&wrapped).unwrap();
    (host, card.wrap(&Response::new(data, StatusWord::NO_ERROR)))
}

/// Opens what `alter` made of a good answer; the session must be closed afterwards.
fn refusal(alter: impl FnOnce(&mut Response)) -> SmError {
    let (mut host, mut response) = answered(0xB0, &[1, 2, 3]);
    alter(&mut response);
    let error = host.unwrap(&response).unwrap_err();
    assert!(!host.is_open());
    assert_eq!(host.wrap(&read()), Err(SmError::Closed));
    error
}

/// The objects of a good answer: 87, 99, 8E.
fn parts(response: &Response) -> [Vec<u8>; 3] {
    let objects = tlv::Reader::new(&response.data).all().unwrap();
    <[Vec<u8>; 3]>::try_from(objects.iter().map(|o| tlv::encode(o.tag, o.value)).collect::<Vec<_>>()).unwrap()
}

proptest! {
    #[test]
    fn what_is_wrapped_is_unwrapped(
        keys in suites(), ins: u8, p1: u8, data in proptest::collection::vec(any::<u8>(), 0..300), answer in proptest::collection::vec(any::<u8>(), 0..300),
        le in proptest::option::of(proptest::sample::select(vec![1u32, 8, 255, 256, 257, 1024, MAX_LE])), rounds in 1usize..4,
    ) {
        let (mut host, mut card) = (SmHost::new(keys.clone()), SmCard::new(keys));
        let mut command = Command::new(0, ins, p1, 0).with_data(data);
        if let Some(le) = le {
            command = command.with_le(le);
        }
        for _ in 0..rounds {
            let wire = host.wrap(&command).unwrap().encode().unwrap();
            let opened = card.unwrap(&Command::parse(&wire).unwrap()).unwrap();
            prop_assert_eq!(&opened, &command);
            if le.is_some() {
                prop_assert_eq!(opened.is_extended(), command.is_extended());
            }
            let response = Response::new(answer.clone(), StatusWord::END_OF_FILE);
            prop_assert_eq!(&host.unwrap(&card.wrap(&response)).unwrap(), &response);
        }
    }

    #[test]
    fn any_bytes_are_refused(data: Vec<u8>, status: u16, ins: u8) {
        let mut host = SmHost::new(aes(16));
        host.wrap(&Command::new(0, ins, 0, 0)).unwrap();
        prop_assert!(host.unwrap(&Response::new(data.clone(), StatusWord(status))).is_err());
        let mut card = SmCard::new(aes(16));
        prop_assert!(card.unwrap(&Command::new(0x0C, ins, 0, 0).with_data(data)).is_err());
    }
}

#[test]
fn every_flipped_bit_is_refused_on_both_sides() {
    for keys in [aes(16), aes(32), tdes()] {
        let command = Command::new(0, 0xA4, 4, 12).with_data([0xA0, 0, 0, 2, 0x47, 0x10, 1]).with_le(256);
        let wire = SmHost::new(keys.clone()).wrap(&command).unwrap();
        for bit in 0..wire.data().len() * 8 {
            let mut data = wire.data().to_vec();
            data[bit / 8] ^= 1 << (bit % 8);
            let [cla, ins, p1, p2] = wire.header();
            assert!(
                SmCard::new(keys.clone()).unwrap(&Command::new(cla, ins, p1, p2).with_data(data).with_le(256)).is_err(),
                "command bit {bit}"
            );
        }
        for bit in 0..32 {
            let mut header = wire.header();
            header[bit / 8] ^= 1 << (bit % 8);
            let [cla, ins, p1, p2] = header;
            assert!(
                SmCard::new(keys.clone()).unwrap(&Command::new(cla, ins, p1, p2).with_data(wire.data()).with_le(256)).is_err(),
                "header bit {bit}"
            );
        }
        let mut card = SmCard::new(keys.clone());
        card.unwrap(&wire).unwrap();
        let answer = card.wrap(&Response::new(vec![9; 40], StatusWord::NO_ERROR)).encode();
        for bit in 0..answer.len() * 8 {
            let mut altered = answer.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            let mut host = SmHost::new(keys.clone());
            host.wrap(&command).unwrap();
            assert!(host.unwrap(&Response::parse(altered).unwrap()).is_err(), "answer bit {bit}");
            assert!(!host.is_open());
        }
    }
}

#[test]
fn an_unprotected_answer_kills_the_session_whatever_it_says() {
    for status in [0x9000, 0x6982, 0x6300, 0x6100, 0x6CFF, 0x6988] {
        let status = StatusWord(status);
        assert_eq!(refusal(|r| *r = Response::status(status)), SmError::Unprotected(status));
    }
    assert_eq!(SmError::Unprotected(StatusWord::NO_ERROR).reason(), Reason::ChannelForged);
    assert_eq!(SmError::Unprotected(StatusWord::SM_OBJECT_INCORRECT).reason(), Reason::SecureChannelBroken);
    assert!(matches!(refusal(|r| r.data = b"plain data of a file".to_vec()), SmError::Malformed(_)));
}

#[test]
fn objects_missing_twice_or_out_of_order_are_named() {
    let alter = |make: fn([Vec<u8>; 3]) -> Vec<u8>| refusal(|r| r.data = make(parts(r)));
    assert_eq!(alter(|[d87, d99, _]| [d87, d99].concat()), SmError::Missing(0x8E));
    assert_eq!(alter(|[d87, _, d8e]| [d87, d8e].concat()), SmError::Missing(0x99));
    assert_eq!(alter(|[_, d99, d8e]| [d99, d8e].concat()), SmError::BadMac);
    assert_eq!(alter(|[d87, d99, d8e]| [d99, d87, d8e].concat()), SmError::Misplaced(0x87));
    assert_eq!(alter(|[d87, d99, d8e]| [d87, d99, d8e.clone(), d8e].concat()), SmError::Duplicate(0x8E));
    assert_eq!(alter(|[d87, d99, d8e]| [d87.clone(), d87, d99, d8e].concat()), SmError::Duplicate(0x87));
    assert_eq!(alter(|[d87, d99, d8e]| [d87, d99.clone(), d99, d8e].concat()), SmError::Duplicate(0x99));
    assert_eq!(alter(|[d87, d99, d8e]| [d87, d99, d8e, vec![0x97, 1, 0]].concat()), SmError::Misplaced(0x97));
    assert_eq!(alter(|[d87, d99, d8e]| [d87, d99, d8e, vec![0x81, 0]].concat()), SmError::Misplaced(0x81));
    assert!(matches!(alter(|[d87, d99, _]| [d87, d99, vec![0x8E, 9, 0]].concat()), SmError::Malformed(_)));
}

#[test]
fn values_of_impossible_form_are_named() {
    let mac = |r: &mut Response, length: usize| {
        let [d87, d99, d8e] = parts(r);
        r.data = [d87, d99, tlv::encode(0x8E, &d8e[2..2 + length])].concat();
    };
    assert_eq!(refusal(|r| mac(r, 4)), SmError::BadValue(0x8E));
    assert_eq!(refusal(|r| mac(r, 0)), SmError::BadValue(0x8E));
    let first = |r: &mut Response, value: &[u8]| {
        let [_, d99, d8e] = parts(r);
        r.data = [tlv::encode(0x87, value), d99, d8e].concat();
    };
    assert_eq!(refusal(|r| first(r, &[])), SmError::BadValue(0x87));
    assert_eq!(refusal(|r| first(r, &[1])), SmError::BadValue(0x87));
    assert_eq!(refusal(|r| first(r, &[2; 17])), SmError::BadValue(0x87));
    assert_eq!(
        refusal(|r| r.status = StatusWord::FILE_NOT_FOUND),
        SmError::StatusDiffers { inner: StatusWord::NO_ERROR, outer: StatusWord::FILE_NOT_FOUND }
    );
}

/// An answer made with the session's own keys, so that only what the MAC does not show is wrong.
fn signed(objects: Vec<u8>) -> Result<Response, SmError> {
    let mut host = SmHost::new(aes(16));
    host.wrap(&read()).unwrap();
    let mut suite = suite::Suite::new(aes(16));
    suite.count(false).and_then(|()| suite.count(false)).unwrap();
    let mac = suite.mac(None, &objects);
    host.unwrap(&Response::new([objects, tlv::encode(0x8E, &mac)].concat(), StatusWord::NO_ERROR))
}

#[test]
fn padding_counts_only_after_the_mac() {
    let status = [0x99, 2, 0x90, 0];
    let sealed = |plain: &[u8; 32]| {
        let SmKeys::Aes { enc, .. } = aes(16) else { unreachable!() };
        let mut data = *plain;
        let mut counter = [0; 16];
        counter[15] = 2;
        enc.cbc_encrypt(&enc.encrypt_block(&counter), &mut data).unwrap();
        [tlv::encode(0x87, &[&[1], &data[..]].concat()), status.to_vec()].concat()
    };
    let mut good = [0xAA; 32];
    good[31] = 0x80;
    assert_eq!(signed(sealed(&good)).unwrap().data.len(), 31);
    assert_eq!(signed(sealed(&[0xAA; 32])), Err(SmError::BadPadding));
    let mut long = [0; 32];
    long[3] = 0x80;
    assert_eq!(signed(sealed(&long)), Err(SmError::BadPadding));
    assert_eq!(signed(sealed(&[0; 32])), Err(SmError::BadPadding));
    assert_eq!(signed([tlv::encode(0x87, &[1; 16]), status.to_vec()].concat()), Err(SmError::BadValue(0x87)));
    assert_eq!(signed(vec![0x99, 1, 0x90]), Err(SmError::BadValue(0x99)));
    assert!(signed(status.to_vec()).unwrap().data.is_empty());
}

#[test]
fn the_chip_names_what_is_wrong_with_a_command() {
    let wire = SmHost::new(aes(16)).wrap(&read()).unwrap();
    let objects = |data: &[u8]| Command::new(0x0C, 0xB0, 0x9C, 0).with_data(data);
    let chip = |command: &Command| SmCard::new(aes(16)).unwrap(command).unwrap_err();
    assert_eq!(chip(&read()), SmError::PlainCommand);
    assert_eq!(chip(&objects(&[])), SmError::Missing(0x8E));
    assert_eq!(chip(&objects(&wire.data()[3..])), SmError::BadMac);
    assert_eq!(chip(&objects(&[wire.data(), &[0x97, 1, 4]].concat())), SmError::Duplicate(0x97));
    assert_eq!(SmError::Missing(0x8E).status(), StatusWord::SM_OBJECT_MISSING);
    assert_eq!(SmError::BadMac.status(), StatusWord::SM_OBJECT_INCORRECT);

    let mut card = SmCard::new(aes(16));
    card.unwrap(&wire).unwrap();
    assert_eq!(card.unwrap(&wire), Err(SmError::Closed), "a command while an answer is owed");
    assert_eq!(card.wrap(&Response::new([1], StatusWord::NO_ERROR)), Response::status(StatusWord::SM_OBJECT_INCORRECT));
}

#[test]
fn replayed_dropped_and_reordered_messages_are_refused() {
    let (mut host, mut card) = (SmHost::new(aes(16)), SmCard::new(aes(16)));
    let first = host.wrap(&read()).unwrap();
    card.unwrap(&first).unwrap();
    let first_answer = card.wrap(&Response::status(StatusWord::NO_ERROR));
    host.unwrap(&first_answer).unwrap();
    assert_eq!(card.clone().unwrap(&first), Err(SmError::BadMac), "replayed command");
    let second = host.wrap(&read()).unwrap();
    assert_eq!(host.unwrap(&first_answer), Err(SmError::BadMac), "replayed answer");
    assert_eq!(SmCard::new(aes(16)).unwrap(&second), Err(SmError::BadMac), "dropped command");
    assert!(card.unwrap(&second).is_ok());
    let mut host = SmHost::new(aes(16));
    host.wrap(&read()).unwrap();
    assert_eq!(host.wrap(&read()), Err(SmError::Closed), "a second command before the answer");
}

#[test]
fn odd_instructions_use_their_own_object() {
    let (mut host, response) = answered(0xB1, &[0x53, 1, 9]);
    assert_eq!(response.data[0], 0x85);
    assert_eq!(host.unwrap(&response).unwrap().data, [0x53, 1, 9]);
    let (_, even) = answered(0xB0, &[1]);
    let mut host = SmHost::new(aes(16));
    host.wrap(&Command::new(0, 0xB1, 0, 0).with_le(256)).unwrap();
    assert_eq!(host.unwrap(&even), Err(SmError::Misplaced(0x87)));
}

#[test]
fn the_counter_never_wraps() {
    let mut counter = [0xFF; 16];
    counter[15] = 0xFD;
    let mut host = SmHost::with_counter(aes(16), &counter);
    let mut card = SmCard::with_counter(aes(16), &counter);
    let wire = host.wrap(&read()).unwrap();
    card.unwrap(&wire).unwrap();
    host.unwrap(&card.wrap(&Response::status(StatusWord::NO_ERROR))).unwrap();
    assert_eq!(host.wrap(&read()), Err(SmError::CounterExhausted));
    assert_eq!(card.unwrap(&wire), Err(SmError::CounterExhausted));
    counter[15] = 0xFE;
    assert_eq!(SmHost::with_counter(aes(16), &counter).wrap(&read()), Err(SmError::CounterExhausted));
    assert_eq!(SmHost::new(aes(16)).wrap(&read().with_le(0)), Err(SmError::Command(ApduError::BadLe(0))));
}

#[test]
fn a_full_short_answer_holds_what_the_constant_says() {
    assert_eq!(answered(0xB0, &[0; MAX_SHORT_PLAIN]).1.data.len(), 242);
    assert_eq!(answered(0xB0, &[0; MAX_SHORT_PLAIN + 1]).1.data.len(), 258, "one more is longer than a short answer");
}
