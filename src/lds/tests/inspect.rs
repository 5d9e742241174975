//! Tests of the explanation: our own card, the specimen, damaged and hostile files.

use super::*;
use crate::crypto::ec::{Curve, PrivateKey};
use crate::lds::cvca::Cvca;
use crate::lds::specimen_tests::shared;
use crate::lds::{card_access, dg14, dg15, ef_dir, tlv};
use crate::world::DangerousSeededEntropy;

fn find<'a>(node: &'a Node, label: &str) -> Option<&'a Node> {
    if node.label == label { Some(node) } else { node.children.iter().find_map(|c| find(c, label)) }
}

#[test]
fn names_of_many_tools_are_known() {
    let cases = [
        ("ef0101.bin", &[0x61, 0][..], Some(FileId::Dg1)),
        ("dir/EF_DG1.bin", &[], Some(FileId::Dg1)),
        ("EF.SOD", &[], Some(FileId::Sod)),
        ("EF_COM.BIN", &[], Some(FileId::Com)),
        ("0101", &[0x7F, 0x61, 0], Some(FileId::Fingers)),
        ("EF011C.bin", &[0x31, 0], Some(FileId::CardAccess)),
        ("EF011C.bin", &[0x42, 0], Some(FileId::Cvca)),
        ("DataGroup11.bin", &[], Some(FileId::Dg11)),
        ("CardAccess.bin", &[], Some(FileId::CardAccess)),
        ("manifest.json", &[], None),
        ("", &[], None),
    ];
    for (name, bytes, file) in cases {
        assert_eq!(identify(name, bytes), file, "{name}");
    }
}

#[test]
fn files_that_are_none_or_too_many_are_refused() {
    let named = |names: &[&str]| names.iter().map(|n| ((*n).to_owned(), vec![0x61, 0])).collect::<Vec<_>>();
    assert_eq!(gather(&named(&["a.txt", "b"])), Err(InspectError::NothingKnown(2)));
    assert_eq!(gather(&named(&["DG1.bin", "ef0101.bin"])), Err(InspectError::Twice(FileId::Dg1)));
    let large = vec![("DG2".to_owned(), vec![0; limits::FILE_BYTES + 1])];
    assert_eq!(gather(&large), Err(InspectError::TooLarge(FileId::Dg2)));
    let many = vec![("x".to_owned(), vec![]); 257];
    assert_eq!(gather(&many), Err(InspectError::TooManyFiles(257)));
    assert_eq!(InspectError::TooManyFiles(257).reason().exit(), 10);
}

#[test]
fn keys_and_protocols_are_told() {
    let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(1)).public_key();
    let files: BTreeMap<FileId, Vec<u8>> = [
        (FileId::CardAccess, card_access::build(Curve::P256)),
        (FileId::Dg14, dg14::build(&key, Some(1), true)),
        (FileId::Dg15, dg15::build(&key)),
        (FileId::Cvca, Cvca { current: b"IDCVCA00001".to_vec(), previous: None }.encode().unwrap()),
        (FileId::Dir, ef_dir::build()),
    ]
    .into();
    let tree = explain(&files);
    assert!(!tree.has_fault());
    let text = tree.text();
    for part in ["id-PACE-ECDH-GM-AES-CBC-CMAC-128", "12, P256", "key identifier: 1", "IDCVCA00001", "a0000002471001"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn the_specimen_is_explained_without_a_fault() {
    let names = ["ef0101.bin", "ef0102.bin", "ef010F.bin", "ef011D.bin", "ef011E.bin"];
    let read = |n: &&str| shared(&format!("lds-specimen/{n}")).map(|b| ((*n).to_owned(), b));
    let Some(named) = names.iter().map(read).collect::<Option<Vec<_>>>() else { return };
    let files = gather(&named).unwrap();
    let tree = explain(&files);
    assert!(!tree.has_fault(), "{}", tree.text());
    assert_eq!(find(&tree, "document number").unwrap().value.as_deref(), Some("XX0001328"));
    let hashes = find(&tree, "hashes against EF.SOD (signature not verified)").unwrap();
    assert!(hashes.children.iter().all(|c| c.value.as_deref() == Some("equal")));
    let pictures = pictures(&files);
    assert_eq!(pictures[0].0, "portrait");
    let image = image::load_from_memory(&png(&pictures[0].1).unwrap()).unwrap();
    assert_eq!((image.width(), image.height()), (449, 598));
    let mut altered = files.clone();
    altered.get_mut(&FileId::Dg1).unwrap()[20] = b'Q';
    assert!(explain(&altered).has_fault());
}

#[test]
fn our_own_card_is_explained() {
    use crate::lds::build::{Numbers, build};
    use crate::lds::profile::Profile;
    let record = crate::lds::resident::citizen();
    let profile = Profile::named("ektp-8k").unwrap();
    let numbers = Numbers::draw(&record, &profile, &mut DangerousSeededEntropy::new(3));
    let card = build(&record, &profile, profile.face, numbers).unwrap();
    let tree = explain(&card.files.0);
    assert!(!tree.has_fault(), "{}", tree.text());
    assert_eq!(find(&tree, "religion").unwrap().value.as_deref(), Some("ISLAM (1)"));
    assert_eq!(find(&tree, "personal number").unwrap().value.as_deref(), Some(record.nik.as_str()));
    assert!(find(&tree, "right_index").is_some());
    assert_eq!(pictures(&card.files.0).len(), 2);
    assert!(serde_json::to_string(&tree).unwrap().contains("JPEG 2000 codestream"));
}

#[test]
fn jpeg_pictures_are_explained_and_given_out() {
    use crate::lds::build::{Numbers, build};
    use crate::lds::profile::Profile;
    let record = crate::lds::resident::citizen();
    let profile = Profile::named("ektp-80k-jpeg").unwrap();
    let numbers = Numbers::draw(&record, &profile, &mut DangerousSeededEntropy::new(3));
    let card = build(&record, &profile, profile.face, numbers).unwrap();
    let tree = explain(&card.files.0);
    assert!(!tree.has_fault(), "{}", tree.text());
    let told = find(&tree, "JPEG").unwrap().value.clone().unwrap();
    assert_eq!(told, format!("{} bytes, {} × {} pixels, colour", card.portrait.bytes, card.portrait.width, card.portrait.height));
    assert!(!tree.text().contains("JPEG 2000"), "{}", tree.text());
    let pictures = pictures(&card.files.0);
    assert_eq!(pictures.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["portrait", "signature"]);
    let portrait = image::load_from_memory(&png(&pictures[0].1).unwrap()).unwrap();
    assert_eq!((portrait.width(), portrait.height()), (card.portrait.width.into(), card.portrait.height.into()));
    // A header that says JPEG 2000 of it is a fault.
    let mut lying = card.files.0.clone();
    let file = lying.get_mut(&FileId::Dg2).unwrap();
    let record = file.windows(4).position(|w| w == b"FAC\0").unwrap();
    file[record + 14 + 20 + 1] = 1;
    assert!(explain(&lying).text().contains("the header says another than the picture is"));
}

#[test]
fn a_damaged_file_is_said_to_be_so_and_walked() {
    let node = explain_file(FileId::Dg11, &tlv::encode(0x6B, &[0x5F]));
    assert!(node.has_fault() && find(&node, "not readable").is_some());
    let node = explain_file(FileId::Sod, &tlv::encode(0x77, &tlv::encode(0x30, &[])));
    assert!(node.has_fault());
    assert!(node.text().contains("! not readable"));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_explained(data: Vec<u8>, wrapped: bool) {
        for file in FileId::ALL {
            let bytes = if wrapped { tlv::encode(file.tag().unwrap_or(0x42), &data) } else { data.clone() };
            let _ = explain_file(file, &bytes).text();
        }
        let _ = identify("x", &data);
    }
}

#[test]
fn a_string_on_a_card_stays_on_its_own_line() {
    let bytes = tlv::encode(0x0C, b"x\ngenuine\x1B[2K");
    let text = super::walk::tlv(&bytes).text();
    assert_eq!(text.lines().count(), 2, "{text:?}");
    assert!(!text.contains('\x1B'));
}
