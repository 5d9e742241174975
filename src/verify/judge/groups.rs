//! The groups against EF.SOD: each one read has its hash, each one listed is there, none is beyond the list.

use super::Judgement;
use crate::lds::com::Com;
use crate::lds::file_id::FileId;
use crate::lds::sod::LdsSecurityObject;
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::{Content, Evidence};
use crate::verify::told::Told;
use std::collections::BTreeSet;

/// Every group read has its hash, every other is there, none is beyond the list.
#[derive(Debug)]
pub struct GroupsMatch(());

/// Status word that shows a file to be there: a byte of it was read. 6282 says that there was none: an emptied file.
const PRESENT: u16 = 0x9000;
/// Access denied: shows DG3 to be there, and nothing else.
const DENIED: u16 = 0x6982;
/// File not found, and its relatives.
const ABSENT: [u16; 3] = [0x6A82, 0x6A83, 0x6A88];

/// Runs the three checks.
pub(super) fn check(evidence: &Evidence, sod: &LdsSecurityObject, out: &mut Judgement) -> Option<GroupsMatch> {
    let hashed = hashes(evidence, sod, out);
    let present = presence(evidence, sod, out);
    let signed = beyond(evidence, sod, out);
    (hashed && present && signed).then_some(GroupsMatch(()))
}

/// What comparing one group with its hash says.
enum Match {
    Same,
    SameByDigest,
    Different,
    Incomparable,
}

fn compare(content: &Content, sod: &LdsSecurityObject, hash: &[u8]) -> Match {
    let same = |yes, good| if yes { good } else { Match::Different };
    match content {
        Content::Bytes(bytes) => same(sod.hash_alg.digest(&bytes.0) == hash, Match::Same),
        Content::Digest { algorithm, value, .. } if *algorithm == sod.hash_alg.oid() => {
            same(value.0 == hash, Match::SameByDigest)
        }
        Content::Digest { .. } => Match::Incomparable,
    }
}

/// Every group read equals its hash. Fills `hashed`.
fn hashes(evidence: &Evidence, sod: &LdsSecurityObject, out: &mut Judgement) -> bool {
    let mut wrong = Vec::new();
    for (number, hash) in &sod.hashes {
        let Some(file) = FileId::from_data_group(*number) else { continue };
        let Some(content) = evidence.files.get(&file) else { continue };
        match compare(content, sod, hash) {
            Match::Same => out.findings.hashed.push(file),
            // Whoever wrote the file could copy this digest from EF.SOD: it shows nothing that was read.
            Match::SameByDigest | Match::Incomparable => out.findings.present_not_read.push(file),
            Match::Different => wrong.push(file.name()),
        }
    }
    let name = CheckName::GroupsHashed;
    let good = wrong.is_empty();
    out.add(if good {
        Check::passed(
            name,
            Told::both(
                format!("{} groups equal what the authority signed", out.findings.hashed.len()),
                format!("{} kelompok sama dengan yang ditandatangani otoritas", out.findings.hashed.len()),
            ),
        )
    } else {
        Check::failed(name, Reason::HashMismatch, about("differs from EF.SOD", "berbeda dari EF.SOD", &wrong))
    });
    good
}

/// Whether a listed group must have been read, and its bytes kept: a digest holds no key.
fn must_be_read(file: FileId) -> bool {
    matches!(file, FileId::Dg14 | FileId::Dg15)
}

/// Every listed group was read or shown present. Fills `present_not_read`.
fn presence(evidence: &Evidence, sod: &LdsSecurityObject, out: &mut Judgement) -> bool {
    let name = CheckName::GroupsPresent;
    let (mut missing, mut unknown) = (Vec::new(), Vec::new());
    if !sod.hashes.contains_key(&14) {
        missing.push("DG14".to_owned());
    }
    for number in sod.hashes.keys() {
        let Some(file) = FileId::from_data_group(*number) else {
            unknown.push(format!("DG{number}"));
            continue;
        };
        if evidence.files.get(&file).is_some_and(|content| content.bytes().is_some() || !must_be_read(file)) {
            continue;
        }
        match evidence.probes.get(&file) {
            Some(status) if ABSENT.contains(status) => missing.push(file.to_string()),
            Some(status) if shows_present(file, *status) && !must_be_read(file) => out.findings.present_not_read.push(file),
            _ => unknown.push(file.to_string()),
        }
    }
    let good = missing.is_empty() && unknown.is_empty();
    out.add(if !missing.is_empty() {
        Check::failed(
            name,
            Reason::GroupMissing,
            about("signed but not on the chip", "ditandatangani tetapi tidak ada di cip", &missing),
        )
    } else if !unknown.is_empty() {
        Check::undecided(
            name,
            Reason::GroupNotRead,
            about("neither read nor shown present", "tidak dibaca dan tidak terbukti ada", &unknown),
        )
    } else {
        Check::passed(
            name,
            Told::both(
                "every group of EF.SOD was read or shown present",
                "setiap kelompok dalam EF.SOD dibaca atau terbukti ada",
            ),
        )
    });
    good
}

/// A finding about these groups.
fn about(en: &str, id: &str, names: &[impl AsRef<str>]) -> Told {
    let names = names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    Told::both(format!("{en}: {names}"), format!("{id}: {names}"))
}

fn shows_present(file: FileId, status: u16) -> bool {
    status == PRESENT || (file == FileId::Dg3 && status == DENIED)
}

/// Nothing is there that EF.SOD does not list, and EF.COM, if it was read, names the same groups.
fn beyond(evidence: &Evidence, sod: &LdsSecurityObject, out: &mut Judgement) -> bool {
    let name = CheckName::GroupsSigned;
    let listed = |file: &FileId| file.data_group().is_none_or(|n| sod.hashes.contains_key(&n));
    let read = evidence.files.keys().copied();
    let shown = evidence.probes.iter().filter(|(f, s)| shows_present(**f, **s)).map(|(f, _)| *f);
    let unsigned: BTreeSet<&str> = read.chain(shown).filter(|f| !listed(f)).map(FileId::name).collect();
    if !unsigned.is_empty() {
        let names: Vec<&str> = unsigned.into_iter().collect();
        out.add(Check::failed(
            name,
            Reason::GroupUnsigned,
            about("on the chip but not signed", "ada di cip tetapi tidak ditandatangani", &names),
        ));
        return false;
    }
    match evidence.file(FileId::Com).map(|bytes| names_the_same(bytes, sod)) {
        Some(false) => {
            out.add(Check::failed(
                name,
                Reason::DataInconsistent,
                Told::both("EF.COM names other groups than EF.SOD", "EF.COM menyebut kelompok lain daripada EF.SOD"),
            ));
            false
        }
        compared => {
            let detail = if compared.is_some() {
                Told::both("EF.COM and EF.SOD name the same groups", "EF.COM dan EF.SOD menyebut kelompok yang sama")
            } else {
                Told::both("EF.COM was not read; EF.SOD decides", "EF.COM tidak dibaca; EF.SOD yang menentukan")
            };
            out.add(Check::passed(name, detail));
            true
        }
    }
}

fn names_the_same(com: &[u8], sod: &LdsSecurityObject) -> bool {
    let Ok(com) = Com::parse(com) else { return false };
    let files = com.files();
    let numbers: BTreeSet<u8> = files.iter().filter_map(|f| f.data_group()).collect();
    // An unknown tag, or one that stands twice, makes the count differ.
    com.tags.len() == numbers.len() && numbers.iter().eq(sod.hashes.keys())
}
