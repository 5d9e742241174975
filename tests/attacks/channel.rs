//! Family S: somebody on the wire, below and inside the secure channel.

use crate::issuer::{Ask, CAN, Card, authority, judge_reading, open_ca, read_port};
use crate::wire::Wire;
use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::channel::ChannelError;
use ektp::chip::pace::{PaceError, Step};
use ektp::chip::sm::{SmCard, SmError, SmHost, SmKeys};
use ektp::crypto::ec::{Curve, PrivateKey, PublicKey};
use ektp::crypto::kdf::{KeyUse, emrtd_aes};
use ektp::lds::file_id::FileId;
use ektp::lds::tlv::{TlvError, TlvErrorKind};
use ektp::lds::{card_access, tlv};
use ektp::read::ReadError;
use ektp::reason::{Reason, Refusal};
use ektp::softchip::SoftPort;
use ektp::softchip::faults::{Fault, FaultPlan};
use ektp::verify::evidence::Content;
use ektp::verify::{CheckName, Decision};
use ektp::world::DangerousSeededEntropy;

/// Exchanges up to PACE's last: EF.CardAccess, MSE, four GENERAL AUTHENTICATE.
const AFTER_PACE: usize = 6;

fn port() -> SoftPort {
    SoftPort::new(Card::honest().chip)
}

fn read_over(wire: &mut Wire<'_>) -> ReadError {
    read_port(wire, &Ask::default()).map(drop).unwrap_err()
}

fn sm_error(error: &ReadError) -> SmError {
    match error {
        ReadError::Channel(ChannelError::Sm { source, .. }) => *source,
        other => panic!("{other}"),
    }
}

/// Two ends of one session.
fn session() -> (SmHost, SmCard) {
    let keys = SmKeys::from_secret(&[9; 32], 128).unwrap();
    (SmHost::new(keys.clone()), SmCard::new(keys))
}

#[test]
fn s01_a_recorded_answer_is_replayed() {
    let mut listener = Wire::listening(port());
    read_port(&mut listener, &Ask::default()).unwrap();
    let recorded = listener.record;
    for index in [AFTER_PACE, AFTER_PACE + 3, 20] {
        let mut wire =
            Wire::new(port(), |n, command, pass| if n == index { recorded[index - 1].1.clone() } else { pass(command) });
        let error = read_over(&mut wire);
        assert_eq!(error.reason(), Reason::SecureChannelBroken, "{index}: {error}");
        assert_eq!(wire.count, index + 1, "nothing is sent after it");
    }
}

#[test]
fn s02_dropped_commands_are_taken_up_again_and_doubled_ones_end_the_channel() {
    let mut dropped = port().with_faults(FaultPlan::at(15, Fault::NotDelivered));
    let reading = read_port(&mut dropped, &Ask::default()).unwrap();
    assert_eq!(reading.evidence.timing.unwrap().field_lost, 1);
    assert_eq!(judge_reading(&reading).decision(), Decision::Genuine);
    let mut doubled = port().with_faults(FaultPlan::at(15, Fault::DeliveredTwice));
    let error = read_port(&mut doubled, &Ask::default()).map(drop).unwrap_err();
    assert_eq!(error.reason(), Reason::SecureChannelBroken, "{error}");
}

#[test]
fn s02_reordered_answers_are_refused() {
    let mut kept: Option<Vec<u8>> = None;
    let mut wire = Wire::new(port(), move |n, command, pass| {
        let answer = pass(command);
        match n {
            18 => answer.clone_into(kept.insert(Vec::new())),
            19 => return kept.take().unwrap(),
            _ => {}
        }
        answer
    });
    assert_eq!(sm_error(&read_over(&mut wire)), SmError::BadMac);
}

#[test]
fn s03_an_unprotected_answer_ends_the_session_whatever_it_says() {
    for (status, reason) in
        [(0x9000u16, Reason::ChannelForged), (0x6A82, Reason::SecureChannelBroken), (0x6988, Reason::SecureChannelBroken)]
    {
        let mut wire =
            Wire::new(port(), move |n, command, pass| if n == 20 { status.to_be_bytes().to_vec() } else { pass(command) });
        let error = read_over(&mut wire);
        assert_eq!((sm_error(&error), error.reason()), (SmError::Unprotected(StatusWord(status)), reason));
        assert_eq!(wire.count, 21, "nothing is sent after it");
    }
}

#[test]
fn s04_a_counter_off_by_one_and_a_session_after_an_error_are_refused() {
    let (mut host, mut card) = session();
    let command = Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4);
    let lost = host.wrap(&command).unwrap();
    assert_eq!(host.wrap(&command).map(drop), Err(SmError::Closed), "an answer is awaited");
    card.unwrap(&lost).unwrap();
    let first = card.wrap(&Response::status(StatusWord::NO_ERROR));
    let (mut ahead, _) = session();
    ahead.wrap(&command).unwrap();
    ahead.unwrap(&first).unwrap();
    card.unwrap(&ahead.wrap(&command).unwrap()).unwrap();
    let second = card.wrap(&Response::status(StatusWord::NO_ERROR));
    let (mut host, _) = session();
    host.wrap(&command).unwrap();
    assert_eq!(host.unwrap(&second).map(drop), Err(SmError::BadMac));
    assert_eq!(host.wrap(&command).map(drop), Err(SmError::Closed), "after an error nothing goes");
}

/// What one flipped bit makes of the answer `87 11 01 … 99 02 90 00 8E 08 … 90 00`; the sessions' keys are fixed, so that what a bent
/// length makes of the bytes behind it is fixed too.
fn flipped(byte: usize, bit: u8) -> SmError {
    let malformed = |kind, position| SmError::Malformed(TlvError::at(kind, position));
    let (short, length) = (TlvErrorKind::Truncated, TlvErrorKind::BadLength);
    match (byte, bit) {
        (0, _) => SmError::Misplaced(0x87 ^ (1 << bit)),
        (19, _) => SmError::Misplaced(0x99 ^ (1 << bit)),
        (23, _) => SmError::Misplaced(0x8E ^ (1 << bit)),
        (1, 0) => malformed(length, 19),
        (1, 1) => SmError::Misplaced(0x90),
        (1, 2) => SmError::Missing(0x99),
        (1, 3) => malformed(length, 28),
        (1, 4) => malformed(length, 4),
        (1, 7) => malformed(length, 1),
        (20, 0) => malformed(length, 25),
        (20, 1) => SmError::Misplaced(0x90),
        (20, 2) => malformed(length, 28),
        (20, 3) => malformed(length, 32),
        (24, 7) => malformed(length, 24),
        (1 | 20 | 24, _) => malformed(short, 33),
        (2, _) => SmError::BadValue(0x87),
        (33 | 34, _) => {
            let outer = 0x9000 ^ (1 << bit) << if byte == 33 { 8 } else { 0 };
            SmError::StatusDiffers { inner: StatusWord::NO_ERROR, outer: StatusWord(outer) }
        }
        _ => SmError::BadMac,
    }
}

#[test]
fn s05_every_flipped_bit_of_an_answer_is_found() {
    let command = Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4);
    let (mut host, mut card) = session();
    card.unwrap(&host.wrap(&command).unwrap()).unwrap();
    let answer = card.wrap(&Response::new([1, 2, 3, 4], StatusWord::NO_ERROR)).encode();
    assert_eq!(answer.len(), 35);
    for (byte, bit) in (0..answer.len()).flat_map(|byte| (0..8).map(move |bit| (byte, bit))) {
        let mut bent = answer.clone();
        bent[byte] ^= 1 << bit;
        let (mut host, _) = session();
        host.wrap(&command).unwrap();
        let refused = host.unwrap(&Response::parse(bent).unwrap()).map(drop);
        assert_eq!(refused, Err(flipped(byte, bit)), "byte {byte}, bit {bit}");
    }
}

/// The same of the objects of a command, `97 01 04 8E 08 …`.
fn flipped_in_command(byte: usize, bit: u8) -> SmError {
    let malformed = |kind, position| SmError::Malformed(TlvError::at(kind, position));
    let (short, length) = (TlvErrorKind::Truncated, TlvErrorKind::BadLength);
    match (byte, bit) {
        // 9F has a second byte of the tag, and 87 is sealed data without their indicator.
        (0, 3) => SmError::Misplaced(0x9F01),
        (0, 4) => SmError::BadValue(0x87),
        (0, _) => SmError::Misplaced(0x97 ^ (1 << bit)),
        (1, 0) => malformed(length, 3),
        (1, 2) => malformed(length, 8),
        (1, 7) => malformed(length, 1),
        (3, _) => SmError::Misplaced(0x8E ^ (1 << bit)),
        (4, 7) => malformed(length, 4),
        (1 | 4, _) => malformed(short, 13),
        _ => SmError::BadMac,
    }
}

#[test]
fn s05_every_flipped_bit_of_a_command_is_found() {
    let (mut host, _) = session();
    let wrapped = host.wrap(&Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4)).unwrap();
    assert_eq!(wrapped.data().len(), 13);
    for (byte, bit) in (0..wrapped.data().len()).flat_map(|byte| (0..8).map(move |bit| (byte, bit))) {
        let mut data = wrapped.data().to_vec();
        data[byte] ^= 1 << bit;
        let (_, mut card) = session();
        let refused = card.unwrap(&wrapped.clone().with_data(data)).map(drop);
        assert_eq!(refused, Err(flipped_in_command(byte, bit)), "byte {byte}, bit {bit}");
    }
    // The header is under the MAC too; a class without secure messaging is another refusal.
    for bit in (0..32u32).filter(|bit| !matches!(bit, 26 | 27)) {
        let [cla, ins, p1, p2] = (u32::from_be_bytes(wrapped.header()) ^ (1 << bit)).to_be_bytes();
        let (_, mut card) = session();
        let refused = card.unwrap(&Command::new(cla, ins, p1, p2).with_data(wrapped.data()).with_le(256)).map(drop);
        assert_eq!(refused, Err(SmError::BadMac), "bit {bit}");
    }
}

#[test]
fn s05_objects_that_are_missing_doubled_or_out_of_order_are_refused() {
    let command = Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4);
    let refuse = |data: Vec<u8>| {
        let (mut host, _) = session();
        host.wrap(&command).unwrap();
        host.unwrap(&Response::new(data, StatusWord::NO_ERROR)).map(drop).unwrap_err()
    };
    let (status, mac) = (tlv::encode(0x99, &[0x90, 0x00]), tlv::encode(0x8E, &[0; 8]));
    let data = tlv::encode(0x87, &[&[1][..], &[7; 16]].concat());
    assert_eq!(refuse(status.clone()), SmError::Missing(0x8E));
    assert_eq!(refuse(mac.clone()), SmError::Missing(0x99));
    assert_eq!(refuse([&status[..], &mac, &mac].concat()), SmError::Duplicate(0x8E));
    assert_eq!(refuse([&status[..], &status, &mac].concat()), SmError::Duplicate(0x99));
    assert_eq!(refuse([&data[..], &data, &status, &mac].concat()), SmError::Duplicate(0x87));
    assert_eq!(refuse([&mac[..], &status].concat()), SmError::Misplaced(0x99));
    assert_eq!(refuse([&status[..], &data, &mac].concat()), SmError::Misplaced(0x87));
    assert_eq!(refuse([&tlv::encode(0x85, &[7; 16])[..], &status, &mac].concat()), SmError::Misplaced(0x85));
    assert_eq!(refuse([&status[..], &tlv::encode(0x8E, &[0; 7])].concat()), SmError::BadValue(0x8E));
    // The data left out of an answer that had some.
    let (mut host, mut card) = session();
    card.unwrap(&host.wrap(&command).unwrap()).unwrap();
    let answer = card.wrap(&Response::new([1, 2, 3, 4], StatusWord::NO_ERROR)).data;
    assert_eq!(refuse(answer[19..].to_vec()), SmError::BadMac);
}

#[test]
fn s06_padding_is_looked_at_only_under_a_good_mac_and_must_be_whole() {
    let keys = |usage| emrtd_aes(&[9; 32], usage, 128).unwrap();
    let (enc, mac) = (keys(KeyUse::Enc), keys(KeyUse::Mac));
    let mut counter = [0; 16];
    counter[15] = 2;
    let answer = |plain: [u8; 16]| {
        let mut sealed = plain.to_vec();
        enc.cbc_encrypt(&enc.encrypt_block(&counter), &mut sealed).unwrap();
        let objects = [tlv::encode(0x87, &[&[1][..], &sealed].concat()), tlv::encode(0x99, &[0x90, 0x00])].concat();
        let mut message = [&counter[..], &objects].concat();
        ektp::crypto::symmetric::pad(&mut message, 16);
        Response::new([objects, tlv::encode(0x8E, &mac.cmac(&[&message])[..8])].concat(), StatusWord::NO_ERROR)
    };
    let open = |response: Response| {
        let (mut host, _) = session();
        host.wrap(&Command::new(0x00, 0xB0, 0x81, 0x00).with_le(16)).unwrap();
        host.unwrap(&response)
    };
    let mut good = [7; 16];
    good[15] = 0x80;
    assert_eq!(open(answer(good)).unwrap().data.len(), 15);
    let mut full = [0; 16];
    full[0] = 1;
    for bad in [[7; 16], [0; 16], full] {
        assert_eq!(open(answer(bad)).map(drop), Err(SmError::BadPadding));
    }
    let mut forged = answer([7; 16]);
    let last = forged.data.len() - 1;
    forged.data[last] ^= 1;
    assert_eq!(open(forged).map(drop), Err(SmError::BadMac), "a bad MAC says nothing about padding");
}

#[test]
fn s07_the_protected_le_cannot_be_changed_and_is_the_one_that_counts() {
    let (mut host, mut card) = session();
    let command = Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4);
    let wrapped = host.wrap(&command).unwrap();
    let mut data = wrapped.data().to_vec();
    assert_eq!(data[..3], [0x97, 1, 4]);
    data[2] = 0xFF;
    assert_eq!(card.unwrap(&wrapped.clone().with_data(data)).map(drop), Err(SmError::BadMac));
    // Nobody protects the outer one: whoever changes it changes nothing.
    for outer in [1, 255, 65_536] {
        let (_, mut card) = session();
        assert_eq!(card.unwrap(&wrapped.clone().with_le(outer)).unwrap(), command, "{outer}");
    }
}

/// Replaces the answer of one step of PACE by what `bend` makes of command and answer.
fn pace_with(step: usize, bend: impl Fn(&[u8], Vec<u8>) -> Vec<u8> + Send) -> PaceError {
    let mut wire = Wire::new(port(), move |n, command, pass| {
        let answer = pass(command);
        if n == step { bend(command, answer) } else { answer }
    });
    match read_over(&mut wire) {
        ReadError::Pace(error) => {
            assert_eq!(wire.count, step + 1, "PACE is not repeated");
            error
        }
        other => panic!("{other}"),
    }
}

#[test]
fn s08_pace_refuses_bad_points_echoed_keys_and_reflected_tokens() {
    let off_curve = |_: &[u8], mut answer: Vec<u8>| {
        let last = answer.len() - 3;
        answer[last] ^= 1;
        answer
    };
    assert_eq!(pace_with(3, off_curve), PaceError::BadKey(Step::Map));
    assert_eq!(pace_with(4, off_curve), PaceError::BadKey(Step::Agree));
    let identity = |_: &[u8], _| vec![0x7C, 3, 0x82, 1, 0, 0x90, 0x00];
    assert_eq!(pace_with(3, identity), PaceError::BadKey(Step::Map));
    // The terminal's own key comes back: `7C L { 81/83 L key }` becomes `7C L { 82/84 L key }`.
    let echo = |command: &[u8], _| {
        let mut data = Command::parse(command).unwrap().data().to_vec();
        data[2] += 1;
        [data, vec![0x90, 0x00]].concat()
    };
    assert_eq!(pace_with(3, echo), PaceError::EchoedKey(Step::Map));
    assert_eq!(pace_with(4, echo), PaceError::EchoedKey(Step::Agree));
    assert_eq!(pace_with(5, echo), PaceError::WrongToken);
}

/// x = 1 is the x of no point of P-256; with this y it is one of the quadratic twist, -y² = x³ - 3x + b.
const TWIST_Y: [u8; 32] = hex_literal::hex!("de17b2671045fe58740248c17a8bd2fb2ef7c3c49b01da9f903efa3dcda669c7");

#[test]
fn s08_points_of_the_twist_are_refused() {
    let mut x = [0; 32];
    x[31] = 1;
    let point = [&[0x04][..], &x, &TWIST_Y].concat();
    let answer = |tag| [tlv::encode(0x7C, &tlv::encode(tag, &point)), vec![0x90, 0x00]].concat();
    assert_eq!(pace_with(3, |_, _| answer(0x82)), PaceError::BadKey(Step::Map));
    assert_eq!(pace_with(4, |_, _| answer(0x84)), PaceError::BadKey(Step::Agree));
}

/// The chip's token under this agreed secret, over the terminal's key (Doc 9303-11 4.4.3.4).
fn token(secret: &[u8], terminal_key: &[u8]) -> Vec<u8> {
    let protocol = card_access::build(Curve::P256);
    let oid = protocol.windows(12).find(|w| w.starts_with(&[0x06, 0x0A])).unwrap();
    let object = tlv::encode_all(0x7F49, &[oid, &tlv::encode(0x86, terminal_key)]);
    emrtd_aes(secret, KeyUse::Mac, 128).unwrap().cmac(&[&object])[..8].to_vec()
}

/// A chip that does not know the password answers the agreement on the curve's own generator, as if there were no nonce.
#[test]
fn s08_a_chip_that_leaves_the_mapping_out_is_refused() {
    let own = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(8));
    let mut expected = Vec::new();
    let mut wire = Wire::new(port(), |n, command, pass| {
        let answer = |tag, value: &[u8]| [tlv::encode(0x7C, &tlv::encode(tag, value)), vec![0x90, 0x00]].concat();
        match n {
            4 => {
                let data = Command::parse(command).unwrap().data().to_vec();
                let terminal = PublicKey::from_uncompressed(Curve::P256, &data[4..]).unwrap();
                expected = token(&own.shared_secret(&terminal).unwrap(), terminal.as_bytes());
                answer(0x84, own.public_key().as_bytes())
            }
            5 => answer(0x86, &expected),
            _ => pass(command),
        }
    });
    let error = read_over(&mut wire);
    assert_eq!((&error, error.reason()), (&ReadError::Pace(PaceError::WrongToken), Reason::CardAuthFailed));
    assert_eq!(wire.count, 6, "PACE is not repeated");
}

/// Somebody bends the encrypted nonce: the sides map to different generators, and the chip takes the terminal for a wrong password.
#[test]
fn s08_sides_that_map_differently_do_not_agree() {
    let mut wire = Wire::new(port(), |n, command, pass| {
        let mut answer = pass(command);
        if n == 2 {
            answer[4] ^= 1;
        }
        answer
    });
    assert_eq!(read_over(&mut wire), ReadError::Pace(PaceError::WrongPassword));
    assert_eq!(wire.count, 6, "PACE is not repeated");
}

#[test]
fn s09_a_wrong_password_and_a_wrong_token_get_the_same_answer() {
    let last_answer = |wire: Wire<'_>| wire.record.into_iter().next_back().unwrap().1;
    let mut wrong = Wire::listening(port());
    let error = read_port(&mut wrong, &Ask { can: "000000", ..Ask::default() }).map(drop).unwrap_err();
    assert_eq!((error.reason(), error.reason().exit()), (Reason::WrongCan, 27));
    let mut bent = Wire::new(port(), |n, command, pass| {
        let mut command = command.to_vec();
        if n == 5 {
            let token = command.len() - 2;
            command[token] ^= 1;
        }
        pass(&command)
    });
    assert_eq!(read_over(&mut bent), ReadError::Pace(PaceError::WrongPassword));
    assert_eq!(last_answer(wrong), last_answer(bent));
}

#[test]
fn s10_a_suite_that_the_authority_did_not_sign() {
    let mut reading = Card::honest().read().unwrap();
    let weaker = card_access::build(Curve::Bp256);
    reading.evidence.files.insert(FileId::CardAccess, Content::Bytes(weaker.into()));
    let verdict = judge_reading(&reading);
    assert_eq!(verdict.reason(), Some(Reason::DataInconsistent));
    let check = verdict.checks.iter().find(|c| c.name == CheckName::SecurityInfos).unwrap();
    assert_eq!(check.reason, Some(Reason::DataInconsistent));
}

#[test]
fn s13_a_channel_does_not_survive_a_reset() {
    let mut port = port();
    let (mut channel, ..) = open_ca(&mut port);
    ektp::chip::port::Port::power_cycle(channel.link().port()).unwrap();
    let error = channel.send(&Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4)).map(drop).unwrap_err();
    assert_eq!(error.reason(), Reason::SecureChannelBroken, "{error}");
    let mut reset = self::port().with_faults(FaultPlan::at(20, Fault::ForeignReset));
    let reading = read_port(&mut reset, &Ask::default()).unwrap();
    assert_eq!(judge_reading(&reading).decision(), Decision::Genuine);
}

#[test]
fn s14_no_two_sessions_have_the_same_keys() {
    let card = Card::honest().chip;
    let mut first = Wire::listening(SoftPort::new(card));
    read_port(&mut first, &Ask::default()).unwrap();
    let shared = first.inner.chip().unwrap();
    let mut second = Wire::listening(SoftPort::shared(shared));
    read_port(&mut second, &Ask { seed: 78, ..Ask::default() }).unwrap();
    let protected = |wire: &Wire<'_>| wire.record[AFTER_PACE..].iter().map(|(_, answer)| answer.clone()).collect::<Vec<_>>();
    let (one, two) = (protected(&first), protected(&second));
    let same: Vec<usize> = (0..one.len().min(two.len())).filter(|n| one[*n] == two[*n]).collect();
    assert_eq!(same, Vec::<usize>::new(), "answers that are the same in both sessions");
    assert_eq!(CAN.len(), authority().built.numbers.can.expose().len());
}
