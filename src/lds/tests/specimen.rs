//! The ICAO specimen passport, where the shared data are at hand: files that nobody here wrote are read.

use crate::lds::face::Coding;
use crate::lds::file_id::FileId;
use crate::lds::{com::Com, dg1, dg2, dg15, face, sod::LdsSecurityObject, tlv};

/// A file of the shared test data, or `None` with a line that says what was skipped.
pub(crate) fn shared(path: &str) -> Option<Vec<u8>> {
    let base = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = ["../shared/data", "../../shared/data"].iter().find_map(|up| std::fs::read(base.join(up).join(path)).ok());
    if found.is_none() {
        crate::skipped::skipped(&format!("../shared/data/{path} is not here"));
    }
    found
}

#[test]
fn its_groups_read() {
    let Some(bytes) = shared("lds-specimen/ef0101.bin") else { return };
    assert!(dg1::parse(&bytes).unwrap().starts_with("P<NLD"));
    let faces = dg2::parse(&shared("lds-specimen/ef0102.bin").unwrap()).unwrap();
    assert_eq!((faces.len(), faces[0].width, faces[0].height), (1, 449, 598));
    assert_eq!((faces[0].coding, Coding::of(&faces[0].image)), (Coding::Jpeg2000, Some(Coding::Jpeg2000)));
    let key = dg15::parse(&shared("lds-specimen/ef010F.bin").unwrap()).unwrap();
    assert!(matches!(key, dg15::ActiveAuthenticationKey::Rsa { ref modulus, .. } if modulus.len() == 128));
    let com = Com::parse(&shared("lds-specimen/ef011E.bin").unwrap()).unwrap();
    assert_eq!(com.files(), [FileId::Dg1, FileId::Dg2, FileId::Dg15]);
}

#[test]
fn its_security_object_has_the_hashes_of_its_groups() {
    let Some(sod) = shared("lds-specimen/ef011D.bin") else { return };
    let at = sod.windows(5).position(|w| w == [0x30, 0x81, 0x89, 2, 1]).unwrap();
    let object = LdsSecurityObject::parse(&sod[at..at + 0x89 + 3]).unwrap();
    assert!(object.versions.is_none());
    for (number, name) in [(1, "ef0101.bin"), (2, "ef0102.bin"), (15, "ef010F.bin")] {
        let file = shared(&format!("lds-specimen/{name}")).unwrap();
        assert_eq!(object.hashes[&number], object.hash_alg.digest(&file));
    }
}

#[test]
fn a_face_record_of_another_maker_reads() {
    let Some(record) = shared("biometric-files/face01.iso2005") else { return };
    let wrapped = tlv::encode(0x5F2E, &record);
    let faces = face::parse(&tlv::parse_one(&wrapped, 0x5F2E).unwrap()).unwrap();
    assert_eq!(faces.len(), 1);
    assert_eq!(Some(faces[0].coding), Coding::of(&faces[0].image));
}
