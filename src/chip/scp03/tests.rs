//! Both sides of SCP03 against each other: every level, mode and key length, and every refusal.

use super::card::{CardAuthenticated, CardChallenged, CardIdentity, parse_initialize_update};
use super::commands::{
    StatusScope, get_status, install_for_load, install_for_personalization, install_selectable, put_key, store_data,
};
use super::host::{HostAnswered, HostAuthenticated, HostStart};
use super::keys::{ChipSerial, KeySet, Mode, SessionKeys};
use super::{Level, Parameter, Scp03Error};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::reason::{Reason, Refusal};
use crate::world::DangerousSeededEntropy;

const AID: [u8; 8] = [0xA0, 0, 0, 1, 0x51, 0, 0, 0];

fn keys(len: usize) -> KeySet {
    KeySet::new(0x31, &vec![1; len], &vec![2; len], &vec![3; len]).unwrap()
}

fn identity(i: Parameter) -> CardIdentity<'static> {
    CardIdentity { serial: ChipSerial([8; 10]), i, aid: &AID, counter: [0, 0, 1], random: [0x5A; 16] }
}

fn ok(data: &[u8]) -> Response {
    Response { data: data.to_vec(), status: StatusWord(0x9000) }
}

fn meet(i: Parameter, len: usize) -> (HostAnswered, CardChallenged) {
    let mut rng = DangerousSeededEntropy::new(7);
    let start = HostStart::new(0x31, i.mode(), &mut rng);
    let (kvn, challenge) = parse_initialize_update(&start.command(), i).unwrap();
    assert_eq!(kvn, 0x31);
    let (card, answer) = CardChallenged::new(&keys(len), &identity(i), &challenge);
    (start.receive(&answer).unwrap(), card)
}

fn open(i: Parameter, len: usize, level: Level) -> (HostAuthenticated, CardAuthenticated) {
    let (answered, card) = meet(i, len);
    let verified = answered.with_keys(&keys(len), &AID, level).unwrap();
    let card = card.external_authenticate(verified.command()).unwrap();
    (verified.receive(&ok(&[])).unwrap(), card)
}

fn echo(host: &mut HostAuthenticated, card: &mut CardAuthenticated, command: &Command, answer: &Response) {
    let wire = Command::parse(&host.wrap(command).unwrap().encode().unwrap()).unwrap();
    let seen = card.unwrap(&wire).unwrap();
    assert_eq!((seen.cla(), seen.ins(), seen.data(), seen.le()), (command.cla(), command.ins(), command.data(), command.le()));
    assert_eq!(&host.unwrap(&card.wrap(answer)).unwrap(), answer);
}

#[test]
fn both_sides_agree_at_every_level_mode_and_key_length() {
    for i in [0x00, 0x10, 0x20, 0x30, 0x60, 0x70, 0x61, 0x71].map(Parameter) {
        for len in [16, 24, 32] {
            for level in Level::ALL.into_iter().filter(|l| i.offers(*l)) {
                let (mut host, mut card) = open(i, len, level);
                assert_eq!((host.level(), card.level()), (Some(level), Some(level)));
                let command = Command::new(0x80, 0xE2, 0, 0).with_data(vec![9; 223]);
                echo(&mut host, &mut card, &command, &ok(&[]));
                echo(&mut host, &mut card, &Command::new(0x80, 0xCA, 0xDF, 1).with_le(256), &ok(&[1; 43]));
                let warning = Response { data: vec![4; 16], status: StatusWord(0x6310) };
                echo(&mut host, &mut card, &Command::new(0x80, 0xF2, 0, 0).with_data([0x4F, 0]).with_le(256), &warning);
                echo(&mut host, &mut card, &Command::new(0x80, 0xE2, 0x80, 1).with_data(vec![7; 700]).with_le(4096), &ok(&[]));
            }
        }
    }
}

#[test]
fn session_keys_of_a_key_service_open_the_same_channel() {
    let (answered, card) = meet(Parameter::PROFILE, 16);
    let answer = answered.answer().clone();
    let session = SessionKeys::derive(&keys(16), Mode::S8, answered.host_challenge(), &answer.card_challenge);
    let parts = [session.enc.clone(), session.mac.clone(), session.rmac.clone()];
    let handed = SessionKeys::from_parts(parts, Mode::S8, answered.host_challenge(), &answer.card_challenge);
    let verified = answered.with_session_keys(handed, Level::Full).unwrap();
    let mut card = card.external_authenticate(verified.command()).unwrap();
    let mut host = verified.receive(&ok(&[])).unwrap();
    echo(&mut host, &mut card, &Command::new(0x80, 0xF0, 0x80, 3), &ok(&[]));
}

#[test]
fn the_host_refuses_by_name() {
    let start = || HostStart::with_challenge(0x31, &[1; 8]).unwrap();
    assert_eq!(HostStart::with_challenge(0x31, &[1; 9]).unwrap_err(), Scp03Error::BadChallenge);
    let refused = Response { data: vec![], status: StatusWord(0x6985) };
    assert_eq!(start().receive(&refused).unwrap_err(), Scp03Error::InitializeRefused(0x6985));
    assert_eq!(start().receive(&ok(&[0; 12])).unwrap_err(), Scp03Error::OtherProtocol(0));
    assert_eq!(start().receive(&ok(&[0; 5])).unwrap_err(), Scp03Error::BadAnswer(5));
    let (_, other) = CardChallenged::new(&KeySet { kvn: 0x30, ..keys(16) }, &identity(Parameter::PROFILE), &[1; 8]);
    assert_eq!(start().receive(&other).unwrap_err(), Scp03Error::OtherKeyVersion { asked: 0x31, found: 0x30 });
    let (_, s16) = CardChallenged::new(&keys(16), &identity(Parameter(0x71)), &[1; 8]);
    assert_eq!(start().receive(&s16).unwrap_err(), Scp03Error::OtherMode);
    let (answered, _) = meet(Parameter::PROFILE, 16);
    let wrong = KeySet { mac: keys(16).enc, ..keys(16) };
    assert_eq!(answered.clone().with_keys(&wrong, &AID, Level::Full).unwrap_err(), Scp03Error::WrongCardCryptogram);
    assert_eq!(answered.clone().with_keys(&keys(16), &[0xF0], Level::Full).unwrap_err(), Scp03Error::ChallengeNotDerived);
    let verified = answered.with_keys(&keys(16), &AID, Level::Full).unwrap();
    let error = verified.receive(&refused).unwrap_err();
    assert_eq!(error, Scp03Error::AuthenticationRefused(0x6985));
    assert_eq!((error.reason(), error.reason().exit()), (Reason::CardAuthFailed, 23));
    let (poor, _) = meet(Parameter(0x10), 16);
    assert_eq!(poor.with_keys(&keys(16), &AID, Level::Full).unwrap_err(), Scp03Error::LevelUnavailable(0x33));
}

#[test]
fn the_card_refuses_by_name() {
    let profile = Parameter::PROFILE;
    assert_eq!(parse_initialize_update(&Command::new(0x84, 0x50, 0, 0), profile).unwrap_err(), Scp03Error::UnexpectedCommand);
    let short = Command::new(0x80, 0x50, 0, 0).with_data([1; 7]);
    assert_eq!(parse_initialize_update(&short, profile).unwrap_err(), Scp03Error::BadChallenge);
    let (answered, card) = meet(profile, 16);
    let good = answered.with_keys(&keys(16), &AID, Level::CMacCEnc).unwrap().command().clone();
    assert_eq!(card.external_authenticate(&Command::new(0x80, 0xA4, 4, 0)).unwrap_err(), Scp03Error::UnexpectedCommand);
    let as_level = |p1| Command::new(0x84, 0x82, p1, 0).with_data(good.data());
    // Another level under the same MAC: the header is authenticated.
    assert_eq!(meet(profile, 16).1.external_authenticate(&as_level(0x01)).unwrap_err(), Scp03Error::WrongHostCryptogram);
    let error = meet(profile, 16).1.external_authenticate(&as_level(0x22)).unwrap_err();
    assert_eq!((error, error.card_status()), (Scp03Error::LevelUnavailable(0x22), 0x6A86));
    let mut altered = good.data().to_vec();
    altered[0] ^= 1;
    let altered = Command::new(0x84, 0x82, 0x03, 0).with_data(altered);
    assert_eq!(meet(profile, 16).1.external_authenticate(&altered).unwrap_err(), Scp03Error::WrongHostCryptogram);
}

#[test]
fn a_broken_channel_stays_closed() {
    let (mut host, mut card) = open(Parameter::PROFILE, 16, Level::Full);
    let wire = host.wrap(&Command::new(0x80, 0xCA, 0xDF, 1).with_le(256)).unwrap();
    assert_eq!(card.unwrap(&Command::new(0x80, 0xCA, 0xDF, 1)).unwrap_err(), Scp03Error::NotProtected);
    assert_eq!(card.unwrap(&wire).unwrap_err(), Scp03Error::Closed);
    assert_eq!(
        host.unwrap(&Response { data: vec![], status: StatusWord(0x6A88) }).unwrap_err(),
        Scp03Error::NoInformation(0x6A88)
    );
    assert_eq!(host.unwrap(&ok(&[])).unwrap_err(), Scp03Error::Closed);
    assert_eq!(host.wrap(&Command::new(0x80, 0xCA, 0, 0)).unwrap_err(), Scp03Error::Closed);
    let (mut host, _) = open(Parameter::PROFILE, 16, Level::Full);
    assert_eq!(host.wrap(&Command::new(0x80, 0xE2, 0, 0).with_data(vec![0; 65_535])).unwrap_err(), Scp03Error::TooLong);
}

#[test]
fn any_flipped_bit_is_found_on_either_side() {
    for level in Level::ALL {
        let command = Command::new(0x80, 0xE2, 0, 0).with_data(vec![9; 20]);
        let (mut host, _) = open(Parameter::PROFILE, 16, level);
        let wire = host.wrap(&command).unwrap();
        for at in 0..wire.data().len() * 8 {
            let (_, mut card) = open(Parameter::PROFILE, 16, level);
            let mut data = wire.data().to_vec();
            data[at / 8] ^= 1 << (at % 8);
            let altered = Command::new(wire.cla(), wire.ins(), wire.p1(), wire.p2()).with_data(data);
            assert_eq!(card.unwrap(&altered).unwrap_err(), Scp03Error::BadMac);
        }
        if !level.authenticates_responses() {
            continue;
        }
        let (mut host, mut card) = open(Parameter::PROFILE, 16, level);
        card.unwrap(&host.wrap(&command).unwrap()).unwrap();
        let answer = card.wrap(&ok(&[1, 2, 3]));
        for at in 0..answer.data.len() * 8 {
            let (mut host, _) = open(Parameter::PROFILE, 16, level);
            host.wrap(&command).unwrap();
            let mut altered = answer.clone();
            altered.data[at / 8] ^= 1 << (at % 8);
            assert_eq!(host.unwrap(&altered).unwrap_err(), Scp03Error::BadMac);
        }
        let (mut host, _) = open(Parameter::PROFILE, 16, level);
        host.wrap(&command).unwrap();
        assert_eq!(host.unwrap(&ok(&[])).unwrap_err(), Scp03Error::BadMac);
    }
}

#[test]
fn a_replayed_or_dropped_command_is_found() {
    let (mut host, mut card) = open(Parameter::PROFILE, 16, Level::CMac);
    let first = host.wrap(&Command::new(0x80, 0xE2, 0, 0).with_data([1])).unwrap();
    card.unwrap(&first).unwrap();
    assert_eq!(card.unwrap(&first).unwrap_err(), Scp03Error::BadMac);
    let (mut host, mut card) = open(Parameter::PROFILE, 16, Level::CMac);
    host.wrap(&Command::new(0x80, 0xE2, 0, 0).with_data([1])).unwrap();
    let second = host.wrap(&Command::new(0x80, 0xE2, 0, 1).with_data([2])).unwrap();
    assert_eq!(card.unwrap(&second).unwrap_err(), Scp03Error::BadMac);
}

#[test]
fn content_management_commands_have_their_published_form() {
    let hex = |c: Command| c.encode().unwrap().iter().map(|b| format!("{b:02X}")).collect::<String>();
    assert_eq!(hex(get_status(StatusScope::Applications, &[], false).unwrap()), "80F24002024F0000");
    assert_eq!(hex(get_status(StatusScope::IssuerSecurityDomain, &[0xA0], true).unwrap()), "80F28003034F01A000");
    assert_eq!(hex(get_status(StatusScope::LoadFiles, &[], false).unwrap()), "80F22002024F0000");
    assert_eq!(hex(get_status(StatusScope::LoadFilesAndModules, &[], false).unwrap()), "80F21002024F0000");
    assert_eq!(hex(install_for_personalization(&[1, 2, 3, 4, 5]).unwrap()), "80E620000B0000050102030405000000".to_owned() + "00");
    assert_eq!(hex(install_for_load(&[1; 5], &[2; 5], &[], &[]).unwrap()), "80E602000F05010101010105020202020200000000");
    let install = install_selectable(&[1; 5], &[2; 5], &[3; 5], &[0], &[0xC9, 0]).unwrap();
    assert_eq!(hex(install), "80E60C00180501010101010502020202020503030303030100".to_owned() + "02C9000000");
    assert_eq!(install_for_personalization(&[0; 128]), None);
    assert_eq!(hex(store_data(&[1, 2], 3, true)), "80E28003020102");
    assert_eq!(hex(put_key(0x30, 1, true, &[0x31])), "80D83081013100");
    assert_eq!(hex(put_key(0, 1, false, &[0x40])), "80D80001014000");
}

proptest::proptest! {
    #[test]
    fn whatever_is_sent_arrives(data: Vec<u8>, answer: Vec<u8>, level in 0usize..5) {
        let (mut host, mut card) = open(Parameter::PROFILE, 16, Level::ALL[level]);
        echo(&mut host, &mut card, &Command::new(0x80, 0xE2, 0, 0).with_data(data).with_le(256), &ok(&answer));
    }
}
