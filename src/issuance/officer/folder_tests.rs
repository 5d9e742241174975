//! A roster's folder: what is kept comes back, twice is once, and a file that is none stops it by name.

use super::*;
use crate::issuance::officer::tests::{at, grant, key};
use crate::issuance::{Office, Role};

const REGENCY: Office = Office::Regency(31, 71);

fn filled(dir: &Path) -> Folder {
    let mut folder = Folder::create(dir, &key(1).public_key()).unwrap();
    let head = grant(&key(2), "H-2", (Role::HeadOfRegistry, REGENCY), "2028-01-01").signed_by(&key(1));
    let operator = grant(&key(3), "O-3", (Role::Operator, REGENCY), "2027-01-01").signed_by(&key(2));
    folder.add(head).unwrap();
    folder.add(operator.clone()).unwrap();
    folder.add(operator).unwrap();
    folder
}

#[test]
fn what_is_kept_comes_back_and_two_folders_make_one_by_copying() {
    let dir = tempfile::tempdir().unwrap();
    let (here, there) = (dir.path().join("here"), dir.path().join("there"));
    let mut folder = filled(&here);
    filled(&there);
    let operator = folder.roster().grants().find(|(_, g, _)| g.grant().label() == "O-3").unwrap().1.clone();
    let end = crate::issuance::officer::Ended::of(&operator, at("2026-06-01")).signed_by(&key(2));
    folder.end(&end).unwrap();
    folder.end(&end).unwrap();
    for name in files(&here.join("ends"), 1).unwrap() {
        fs::copy(&name, there.join("ends").join(name.file_name().unwrap())).unwrap();
    }
    let back = Folder::open(&there).unwrap();
    let ended: Vec<_> =
        back.roster().grants().filter_map(|(_, g, end)| end.map(|at| (g.grant().label().to_owned(), at))).collect();
    assert_eq!((back.roster().grants().count(), ended), (2, vec![("O-3".to_owned(), at("2026-06-01"))]));
}

#[test]
fn a_folder_that_is_no_roster_is_refused_by_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("roster");
    assert!(matches!(Folder::open(&path).unwrap_err(), FolderError::File { path: at, .. } if at == path.join("root.json")));
    filled(&path);
    let again = Folder::create(&path, &key(1).public_key()).unwrap_err();
    assert!(matches!(&again, FolderError::Exists(at) if *at == path), "{again}");
    assert_eq!(again.reason(), Reason::OutputExists);
    let forged = grant(&key(4), "O-4", (Role::Operator, REGENCY), "2027-01-01").signed_by(&key(9));
    let name = path.join("grants/00.json");
    fs::write(&name, json(&forged)).unwrap();
    let error = Folder::open(&path).unwrap_err();
    let by = OfficerId::of(&key(9).public_key());
    assert!(matches!(&error, FolderError::Content { path: at, source: GrantError::NotAbove(id) } if *at == name && *id == by));
    assert_eq!(error.reason(), Reason::NotPermitted);
    fs::remove_file(&name).unwrap();
    fs::write(path.join("ends/x.json"), "{}").unwrap();
    let error = Folder::open(&path).unwrap_err();
    assert!(matches!(&error, FolderError::Content { source: GrantError::Form, .. }));
}

#[test]
fn a_folder_of_more_files_than_a_roster_can_have_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    filled(&dir.path().join("roster"));
    let grants = dir.path().join("roster/grants");
    assert_eq!(files(&grants, 2).unwrap().len(), 2);
    let error = files(&grants, 1).unwrap_err();
    assert!(matches!(&error, FolderError::TooMany(at) if *at == grants), "{error}");
    assert_eq!(error.reason(), Reason::InputInvalid);
}
