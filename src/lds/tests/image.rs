//! Tests of card images: round trip, secrecy of the manifest, and every refusal.

use super::*;
use crate::lds::build::{Numbers, build};
use crate::lds::image::manifest::numbers_digest;
use crate::lds::resident::citizen;
use crate::lds::tlv::TlvErrorKind;
use crate::world::DangerousSeededEntropy;
use std::sync::OnceLock;

fn card() -> &'static (Built, Profile) {
    static CARD: OnceLock<(Built, Profile)> = OnceLock::new();
    CARD.get_or_init(|| {
        let profile = Profile::named("ektp-8k").unwrap();
        let numbers = Numbers::draw(&citizen(), &profile, &mut DangerousSeededEntropy::new(5));
        (build(&citizen(), &profile, profile.face, numbers).unwrap(), profile)
    })
}

fn draft() -> Draft {
    let (built, profile) = card();
    Draft::of(built, &citizen(), profile, "job-1", Some([3; 32]))
}

fn content() -> SealedContent {
    SealedContent::parse(&draft().plaintext).unwrap()
}

fn manifest() -> Manifest {
    Manifest::parse(&draft().manifest).unwrap()
}

#[test]
fn content_reads_back_and_agrees_with_the_manifest() {
    let (built, profile) = card();
    let content = content();
    assert_eq!(content.files, built.files);
    assert_eq!(content.can.expose(), built.numbers.can.expose());
    assert_eq!(content.encode(), *draft().plaintext);
    manifest().check(&content).unwrap();
    assert_eq!(manifest().reserve.sod, profile.budget(FileId::Sod));
    assert_eq!(manifest().encode(), draft().manifest);
    assert_eq!(manifest().template_digests.len(), 2);
    let bytes = content.encode();
    for end in (0..bytes.len()).step_by(7) {
        assert!(SealedContent::parse(&bytes[..end]).is_err());
    }
}

#[test]
fn the_manifest_tells_nothing_of_the_person() {
    let (built, _) = card();
    let text = String::from_utf8(draft().manifest).unwrap();
    let record = citizen();
    let secrets =
        [record.nik.as_str(), record.full_name.as_str(), "MERDEKA", &built.numbers.document_number, built.numbers.can.expose()];
    for secret in secrets {
        assert!(!text.contains(secret));
    }
    assert!(!format!("{:?}", content()).contains(built.numbers.can.expose().as_str()));
}

#[test]
fn a_difference_from_the_manifest_is_named() {
    let check = |change: &dyn Fn(&mut SealedContent)| {
        let mut changed = content();
        change(&mut changed);
        manifest().check(&changed).unwrap_err()
    };
    assert_eq!(check(&|c| c.files.0.get_mut(&FileId::Dg2).unwrap()[50] ^= 1), ImageError::Altered(FileId::Dg2));
    assert_eq!(check(&|c| drop(c.files.0.remove(&FileId::Dg11))), ImageError::Unmatched(FileId::Dg11));
    assert_eq!(check(&|c| drop(c.files.insert(FileId::Dg3, vec![]))), ImageError::Unmatched(FileId::Dg3));
    assert_eq!(check(&|c| c.status_index ^= 1), ImageError::Numbers);
    assert_ne!(numbers_digest("A", 1), numbers_digest("A", 2));
    assert_eq!(ImageError::Numbers.reason().exit(), 10);
}

#[test]
fn forms_are_refused() {
    let text = String::from_utf8(draft().manifest).unwrap();
    let parse = |t: String| Manifest::parse(t.as_bytes()).unwrap_err();
    assert_eq!(parse(text.replacen("\"format\": 1", "\"format\": 2", 1)), ImageError::Version(2));
    assert!(matches!(parse(text.replacen("\"job_id\"", "\"jobid\"", 1)), ImageError::Manifest(_)));
    let sealed = |bytes: &[u8]| ImageError::from(SealedContent::parse(bytes).unwrap_err());
    assert!(matches!(sealed(&[0x73, 0]), ImageError::Sealed(TlvError { kind: TlvErrorKind::Truncated, .. })));
    let mut files = content();
    files.files.insert(FileId::Sod, vec![1]);
    assert!(matches!(sealed(&files.encode()), ImageError::Sealed(TlvError { kind: TlvErrorKind::BadValue(_), .. })));
}

#[test]
fn a_folder_is_written_whole_private_and_once() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("images/job-1");
    assert_eq!(CardImage::read(&folder), Err(ImageError::Storage("manifest.json")));
    let image = CardImage::new(draft().manifest, vec![1, 2, 3]).unwrap();
    image.write(&folder).unwrap();
    assert_eq!(CardImage::read(&folder).unwrap(), image);
    assert_eq!(image.write(&folder), Err(ImageError::Conflict));
    assert_eq!(std::fs::read_dir(home.path().join("images")).unwrap().count(), 1);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |p: &std::path::Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder.join("files.cms")), mode(&folder)), (0o600, 0o700));
    }
    let failed = |kind: std::io::ErrorKind| super::store::unwritable("files.cms", &kind.into());
    assert_eq!(failed(std::io::ErrorKind::StorageFull), ImageError::Full);
    assert_eq!(
        (ImageError::Full.reason(), failed(std::io::ErrorKind::Other)),
        (Reason::DiskFull, ImageError::Storage("files.cms"))
    );
    std::fs::remove_file(folder.join("files.cms")).unwrap();
    assert_eq!(CardImage::read(&folder), Err(ImageError::Storage("files.cms")));
}

#[test]
fn a_repeated_job_is_the_same_order() {
    let (built, profile) = card();
    let numbers = Numbers::draw(&citizen(), profile, &mut DangerousSeededEntropy::new(99));
    let again = Built { numbers, ..built.clone() };
    let other = Manifest::of(&again, &citizen(), profile, "job-1", Some([3; 32]));
    assert!(manifest().same_order(&other) && manifest() != other);
    assert!(!manifest().same_order(&Manifest::of(&again, &citizen(), profile, "job-2", Some([3; 32]))));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(data: Vec<u8>) {
        let _ = SealedContent::parse(&data);
        let _ = SealedContent::parse(&crate::lds::tlv::encode(0x73, &data));
        let _ = Manifest::parse(&data);
    }
}
