//! The crate dmrtd, a reader that nobody here wrote, reads our card: PACE, BAC, LDS, passive and Active Authentication.

use crate::issuer::{CAN, Card, authority};
use dmrtd::auth::passive::{self, ChainStatus, DataGroup, PassiveAuth, PassiveAuthError, TrustAnchor};
use dmrtd::com::{TransceiveError, Transceiver};
use dmrtd::lds::df1::dg::DgTag;
use dmrtd::lds::df1::efdg1::EfDG1;
use dmrtd::lds::ef::ElementaryFile;
use dmrtd::lds::mrz::{Mrz, MrzVersion};
use dmrtd::passport::Passport;
use dmrtd::proto::can_key::CanKey;
use dmrtd::proto::dba_key::DBAKey;
use ektp::chip::port::Port;
use ektp::crypto::hash::sha1;
use ektp::lds::dg2;
use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;
use ektp::softchip::fixture::{Inside, key_of};
use ektp::softchip::{SoftChip, SoftPort};
use ektp::world::DangerousSeededEntropy;

/// dmrtd's way to a card, over a port of ours.
struct Wire(SoftPort);

impl Transceiver for Wire {
    fn transceive(&mut self, apdu: &[u8]) -> Result<Vec<u8>, TransceiveError> {
        self.0.transmit(apdu).map_err(|e| TransceiveError::new(e.to_string()))
    }
}

fn reader(chip: SoftChip) -> Passport<Wire> {
    Passport::new(Wire(SoftPort::new(chip)))
}

fn with_can(chip: SoftChip, can: &str) -> Result<Passport<Wire>, String> {
    let mut reader = reader(chip);
    let access = reader.read_ef_card_access().unwrap();
    reader.start_session_pace(CanKey::new(can).unwrap(), &access).map_err(|e| e.message)?;
    Ok(reader)
}

/// The zone of a card as dmrtd parses it: a station types number, birth and expiry from the face.
fn zone(files: &CardFiles) -> Mrz {
    EfDG1::from_bytes(files.get(FileId::Dg1).unwrap()).unwrap().mrz().clone()
}

fn keys(zone: &Mrz, pace: bool) -> DBAKey {
    DBAKey::new(zone.document_number(), zone.date_of_birth, zone.date_of_expiry, pace).unwrap()
}

/// Reads every file that dmrtd knows and compares its bytes.
fn read_all(reader: &mut Passport<Wire>, files: &CardFiles) -> Vec<u8> {
    let expect = |file: FileId, bytes: &[u8]| assert_eq!(bytes, files.get(file).unwrap(), "{file}");
    expect(FileId::Com, reader.read_ef_com().unwrap().to_bytes());
    expect(FileId::Dg1, reader.read_ef_dg1().unwrap().to_bytes());
    expect(FileId::Dg2, reader.read_ef_dg2().unwrap().to_bytes());
    expect(FileId::Dg7, reader.read_ef_dg7().unwrap().to_bytes());
    expect(FileId::Dg11, reader.read_ef_dg11().unwrap().to_bytes());
    expect(FileId::Dg12, reader.read_ef_dg12().unwrap().to_bytes());
    expect(FileId::Dg13, reader.read_ef_dg13().unwrap().to_bytes());
    expect(FileId::Dg14, reader.read_ef_dg14().unwrap().to_bytes());
    expect(FileId::Dg15, reader.read_ef_dg15().unwrap().to_bytes());
    let sod = reader.read_ef_sod().unwrap().to_bytes().to_vec();
    expect(FileId::Sod, &sod);
    sod
}

/// Passive authentication by dmrtd over every data group, to this CSCA.
fn authenticate(sod: &[u8], files: &CardFiles, csca: &[u8]) -> Result<PassiveAuth, PassiveAuthError> {
    let groups: Vec<_> = files.data_groups().map(|(number, bytes)| DataGroup { number, bytes }).collect();
    passive::verify(sod, &groups, &[TrustAnchor::from_certificate(csca).unwrap()])
}

#[test]
fn pace_with_the_can_reads_every_file_and_the_card_is_authentic_and_no_copy() {
    let card = Card::honest();
    let mut reader = with_can(card.chip, CAN).unwrap();
    let sod = read_all(&mut reader, &card.files);
    let csca = &authority().kit.roots.csca;
    let found = authenticate(&sod, &card.files, csca.cert.as_der()).unwrap();
    assert_eq!(found.verified_groups, [1, 2, 7, 11, 12, 13, 14, 15]);
    assert!(found.covers_all_groups() && matches!(found.chain, ChainStatus::Trusted { .. }));
    reader.verify_active_authentication(&[0x5A, 1, 2, 3, 4, 5, 6, 7]).unwrap();
    assert_eq!(reader.read_ef_dg3().unwrap_err().code.map(|sw| (sw.sw1, sw.sw2)), Some((0x6A, 0x82)), "no DG3 on the card");
}

#[test]
fn pace_with_the_mrz_reads_the_same_bytes() {
    let card = Card::honest();
    let mut reader = reader(card.chip);
    let access = reader.read_ef_card_access().unwrap();
    reader.start_session_pace(keys(&zone(&card.files), true), &access).unwrap();
    read_all(&mut reader, &card.files);
}

#[test]
fn names_numbers_and_pictures_are_parsed_as_they_were_meant() {
    let card = Card::honest();
    let mut reader = with_can(card.chip, CAN).unwrap();
    let com = reader.read_ef_com().unwrap();
    assert_eq!((com.version(), com.unicode_version()), ("0108", "040000"));
    let tags: Vec<u32> = com.dg_tags().iter().map(|DgTag(tag)| *tag).collect();
    assert_eq!(tags, [0x61, 0x67, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x75]);
    let dg1 = reader.read_ef_dg1().unwrap();
    let zone = dg1.mrz();
    assert_eq!((zone.version, zone.country.as_str(), zone.nationality.as_str()), (MrzVersion::Td1, "IDN", "IDN"));
    assert_eq!((zone.last_name.as_str(), zone.first_name.as_str()), ("SITI SPESIMEN", ""));
    assert_eq!(zone.document_number(), authority().built.numbers.document_number);
    assert_eq!((zone.date_of_birth.to_string().as_str(), zone.gender.as_str()), ("1985-07-17", "F"));
    assert_eq!(zone.date_of_expiry.to_string(), authority().built.numbers.chip_expiry.to_string());
    let holder = reader.read_ef_dg11().unwrap();
    // The filler stands for a space, as in the zone; dmrtd gives it as it stands.
    assert_eq!(holder.name_of_holder.as_deref(), Some("SITI<SPESIMEN"));
    assert_eq!(holder.personal_number.as_deref(), Some("9999995707850000"));
    assert_eq!(holder.full_date_of_birth.unwrap().to_string(), "1985-07-17");
    assert_eq!(holder.place_of_birth, ["JAKARTA"]);
    let issue = reader.read_ef_dg12().unwrap();
    assert_eq!(issue.issuing_authority.as_deref(), Some("DISDUKCAPIL SPESIMEN"));
    assert_eq!(issue.date_of_issue.unwrap().to_string(), "2026-11-23");
    let (theirs, ours) = (reader.read_ef_dg2().unwrap(), dg2::parse(card.files.get(FileId::Dg2).unwrap()).unwrap());
    assert_eq!(theirs.image_data.as_deref(), Some(ours[0].image.as_slice()));
}

#[test]
fn a_wrong_can_and_no_password_at_all_are_refused() {
    let refused = with_can(Card::honest().chip, "000000").err().unwrap();
    assert!(refused.contains("6300"), "{refused}");
    let error = reader(Card::honest().chip).read_ef_dg1().unwrap_err();
    assert_eq!(error.code.map(|sw| (sw.sw1, sw.sw2)), Some((0x69, 0x82)));
}

#[test]
fn an_altered_group_and_a_foreign_csca_are_found_out() {
    let card = Card::honest();
    let sod = card.files.get(FileId::Sod).unwrap();
    let (csca, other) = (&authority().kit.roots.csca, &authority().kit.roots.operations);
    let mut altered = card.files.clone();
    altered.0.get_mut(&FileId::Dg11).unwrap()[9] ^= 1;
    assert_eq!(authenticate(sod, &altered, csca.cert.as_der()), Err(PassiveAuthError::DataGroupHashMismatch(11)));
    assert_eq!(authenticate(sod, &card.files, other.cert.as_der()).unwrap().chain, ChainStatus::Unverified);
    // A copy without the key: authentic data, but Active Authentication fails.
    let mut reader = with_can(Inside::copied(card.files, CAN).chip(DangerousSeededEntropy::new(5)).unwrap(), CAN).unwrap();
    assert!(reader.verify_active_authentication(&[1; 8]).is_err());
}

#[test]
fn bac_opens_the_test_profile_alone() {
    let card = Card::honest();
    let key_text = authority().built.key_text.as_ref().unwrap().expose();
    let mut inside = Inside {
        bac: true,
        mrz_sha1: Some(sha1(key_text.as_bytes())),
        ca_key: key_of(&card.chip, 1),
        aa_key: key_of(&card.chip, 2),
        ..Inside::copied(card.files.clone(), CAN)
    };
    let zone = zone(&card.files);
    let mut open = reader(inside.chip(DangerousSeededEntropy::new(6)).unwrap());
    open.start_session(keys(&zone, false)).unwrap();
    read_all(&mut open, &card.files);
    open.verify_active_authentication(&[7; 8]).unwrap();
    let mut wrong = zone.clone();
    wrong.date_of_birth = zone.date_of_expiry;
    let chip = inside.chip(DangerousSeededEntropy::new(7)).unwrap();
    let refused = reader(chip).start_session(keys(&wrong, false)).unwrap_err().message;
    assert!(refused.ends_with("sw=6300"), "{refused}");
    inside.bac = false;
    let chip = inside.chip(DangerousSeededEntropy::new(8)).unwrap();
    let refused = reader(chip).start_session(keys(&zone, false)).unwrap_err().message;
    assert!(refused.ends_with("sw=6982"), "off where the profile does not name it: {refused}");
}
