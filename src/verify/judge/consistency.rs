//! Do the files say the same about the holder and the document? Groups of two cards, each signed, must not pass as one.

use super::Judgement;
use super::validity::zone;
use crate::lds::dg3;
use crate::lds::dg11::Dg11;
use crate::lds::dg12::Dg12;
use crate::lds::dg13::Dg13;
use crate::lds::file_id::FileId;
use crate::lds::mrz::Td1;
use crate::lds::mrz_name::MrzName;
use crate::pki::sod::SodChecked;
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::Evidence;

/// Issuing state of our cards in the machine readable zone, and the country of its signers.
const ISSUER: (&str, &str) = ("IDN", "ID");

/// Compares DG1 with the signer's country and document types, DG11, DG12 and DG13, as far as they were read.
pub(super) fn check(evidence: &Evidence, sod: &SodChecked, out: &mut Judgement) -> bool {
    let name = CheckName::Consistency;
    let Some(group) = evidence.file(FileId::Dg1) else {
        out.add(Check::undecided(name, Reason::GroupNotRead, "DG1 was not read, so nothing can be compared with it"));
        return false;
    };
    let faults = match zone(group) {
        None => vec!["DG1 is no machine readable zone with right check digits"],
        Some(zone) => {
            let signed_by = [issuer(&zone, &sod.country()), kind(&zone, &sod.signer().extensions().document_types)].concat();
            [signed_by, person(evidence, &zone), document(evidence, &zone), nation(evidence, &zone), prints(evidence)].concat()
        }
    };
    let good = faults.is_empty();
    out.add(if good {
        Check::passed(name, "the groups read agree with each other and with the signer's country")
    } else {
        Check::failed(name, Reason::DataInconsistent, faults.join("; "))
    });
    good
}

fn issuer(zone: &Td1, signer_country: &str) -> Vec<&'static str> {
    let same = (zone.issuer.as_str(), signer_country) == ISSUER;
    if same { vec![] } else { vec!["the issuing state in DG1 is not the signer's country"] }
}

/// The signer may sign this kind of document: one letter stands for all codes that begin with it (Doc 9303-12 7.1.1, documentType).
fn kind(zone: &Td1, types: &[String]) -> Vec<&'static str> {
    let code = zone.document_code.as_str();
    let fits = |t: &String| t == code || (t.len() == 1 && code.starts_with(t.as_str()));
    if types.is_empty() || types.iter().any(fits) { vec![] } else { vec!["the signer may not sign this kind of document"] }
}

/// DG1 and DG11 name one person: the same birth date and the same name, written in MRZ characters.
fn person(evidence: &Evidence, zone: &Td1) -> Vec<&'static str> {
    let Some(bytes) = evidence.file(FileId::Dg11) else { return vec![] };
    let Ok(details) = Dg11::parse(bytes) else { return vec!["DG11 is malformed"] };
    let mut faults = Vec::new();
    let birth = details.birth_date.get(2..).unwrap_or_default();
    if !details.birth_date.is_empty() && birth != zone.birth.as_str() {
        faults.push("the dates of birth in DG1 and DG11 differ");
    }
    if !details.full_name.is_empty() && !same_name(&details.full_name, &zone.name) {
        faults.push("the names in DG1 and DG11 differ");
    }
    faults
}

/// Our zones hold the whole name undivided, cut to thirty characters; a divided name has the same letters.
fn same_name(full: &str, zone: &MrzName) -> bool {
    let letters = |text: &str| text.replace('<', "");
    let whole = MrzName::undivided(full);
    whole.field(30) == zone.field(30) || letters(&whole.primary) == letters(&format!("{}{}", zone.primary, zone.secondary))
}

/// DG13 is of our schema and names the nationality of DG1.
fn nation(evidence: &Evidence, zone: &Td1) -> Vec<&'static str> {
    let Some(bytes) = evidence.file(FileId::Dg13) else { return vec![] };
    match Dg13::parse(bytes) {
        Err(_) => vec!["DG13 is malformed"],
        Ok(national) if national.nationality != zone.nationality => vec!["the nationalities in DG1 and DG13 differ"],
        Ok(_) => vec![],
    }
}

/// DG3, where it was read, holds prints of the fingers that DG13 names, and no others.
fn prints(evidence: &Evidence) -> Vec<&'static str> {
    let Some(bytes) = evidence.file(FileId::Dg3) else { return vec![] };
    let Ok(records) = dg3::parse(bytes) else { return vec!["DG3 is malformed"] };
    let Some(Ok(national)) = evidence.file(FileId::Dg13).map(Dg13::parse) else { return vec![] };
    let mut shown: Vec<u8> = records.iter().flat_map(|record| record.views.iter().map(|view| view.position)).collect();
    let mut named: Vec<u8> = national.fingers.iter().map(|(position, _)| *position).collect();
    shown.sort_unstable();
    named.sort_unstable();
    if shown == named { vec![] } else { vec!["DG3 holds prints of other fingers than DG13 names"] }
}

/// DG12's date of issue is a date, and not after the expiry of DG1.
fn document(evidence: &Evidence, zone: &Td1) -> Vec<&'static str> {
    let Some(bytes) = evidence.file(FileId::Dg12) else { return vec![] };
    let Ok(details) = Dg12::parse(bytes) else { return vec!["DG12 is malformed"] };
    let issued = details.date_of_issue.get(2..).unwrap_or_default();
    if !details.date_of_issue.is_empty() && issued > zone.expiry.as_str() {
        vec!["the date of issue in DG12 is after the date of expiry in DG1"]
    } else {
        vec![]
    }
}
