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
use crate::reason::{Lang, Reason};
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::Evidence;
use crate::verify::told::Told;

/// Issuing state of our cards in the machine readable zone, and the country of its signers.
const ISSUER: (&str, &str) = ("IDN", "ID");

/// Compares DG1 with the signer's country and document types, DG11, DG12 and DG13, as far as they were read.
pub(super) fn check(evidence: &Evidence, sod: &SodChecked, out: &mut Judgement) -> bool {
    let name = CheckName::Consistency;
    let Some(group) = evidence.file(FileId::Dg1) else {
        out.add(Check::undecided(
            name,
            Reason::GroupNotRead,
            Told::both(
                "DG1 was not read, so nothing can be compared with it",
                "DG1 tidak dibaca, jadi tidak ada yang dapat dibandingkan dengannya",
            ),
        ));
        return false;
    };
    let faults = match zone(group) {
        None => vec![Told::both(
            "DG1 is no machine readable zone with right check digits",
            "DG1 bukan zona terbaca mesin dengan digit pemeriksa yang benar",
        )],
        Some(zone) => {
            let signed_by = [issuer(&zone, &sod.country()), kind(&zone, &sod.signer().extensions().document_types)].concat();
            [signed_by, person(evidence, &zone), document(evidence, &zone), nation(evidence, &zone), prints(evidence)].concat()
        }
    };
    let good = faults.is_empty();
    out.add(if good {
        Check::passed(
            name,
            Told::both(
                "the groups read agree with each other and with the signer's country",
                "kelompok data yang dibaca saling sesuai dan sesuai dengan negara penanda tangan",
            ),
        )
    } else {
        Check::failed(name, Reason::DataInconsistent, joined(&faults))
    });
    good
}

fn joined(faults: &[Told]) -> Told {
    let join = |lang| faults.iter().filter_map(|fault| fault.text(lang)).collect::<Vec<_>>().join("; ");
    Told::both(join(Lang::En), join(Lang::Id))
}

fn issuer(zone: &Td1, signer_country: &str) -> Vec<Told> {
    let same = (zone.issuer.as_str(), signer_country) == ISSUER;
    if same {
        vec![]
    } else {
        vec![Told::both(
            "the issuing state in DG1 is not the signer's country",
            "negara penerbit di DG1 bukan negara penanda tangan",
        )]
    }
}

/// The signer may sign this kind of document: one letter stands for all codes that begin with it (Doc 9303-12 7.1.1, documentType).
fn kind(zone: &Td1, types: &[String]) -> Vec<Told> {
    let code = zone.document_code.as_str();
    let fits = |t: &String| t == code || (t.len() == 1 && code.starts_with(t.as_str()));
    if types.is_empty() || types.iter().any(fits) {
        vec![]
    } else {
        vec![Told::both(
            "the signer may not sign this kind of document",
            "penanda tangan tidak berhak menandatangani dokumen jenis ini",
        )]
    }
}

/// DG1 and DG11 name one person: the same birth date and the same name, written in MRZ characters.
fn person(evidence: &Evidence, zone: &Td1) -> Vec<Told> {
    let Some(bytes) = evidence.file(FileId::Dg11) else { return vec![] };
    let Ok(details) = Dg11::parse(bytes) else { return vec![Told::both("DG11 is malformed", "DG11 rusak")] };
    let mut faults = Vec::new();
    let birth = details.birth_date.get(2..).unwrap_or_default();
    if !details.birth_date.is_empty() && birth != zone.birth.as_str() {
        faults.push(Told::both("the dates of birth in DG1 and DG11 differ", "tanggal lahir di DG1 dan DG11 berbeda"));
    }
    if !details.full_name.is_empty() && !same_name(&details.full_name, &zone.name) {
        faults.push(Told::both("the names in DG1 and DG11 differ", "nama di DG1 dan DG11 berbeda"));
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
fn nation(evidence: &Evidence, zone: &Td1) -> Vec<Told> {
    let Some(bytes) = evidence.file(FileId::Dg13) else { return vec![] };
    match Dg13::parse(bytes) {
        Err(_) => vec![Told::both("DG13 is malformed", "DG13 rusak")],
        Ok(national) if national.nationality != zone.nationality => {
            vec![Told::both("the nationalities in DG1 and DG13 differ", "kewarganegaraan di DG1 dan DG13 berbeda")]
        }
        Ok(_) => vec![],
    }
}

/// DG3, where it was read, holds prints of the fingers that DG13 names, and no others.
fn prints(evidence: &Evidence) -> Vec<Told> {
    let Some(bytes) = evidence.file(FileId::Dg3) else { return vec![] };
    let Ok(records) = dg3::parse(bytes) else { return vec![Told::both("DG3 is malformed", "DG3 rusak")] };
    let Some(Ok(national)) = evidence.file(FileId::Dg13).map(Dg13::parse) else { return vec![] };
    let mut shown: Vec<u8> = records.iter().flat_map(|record| record.views.iter().map(|view| view.position)).collect();
    let mut named: Vec<u8> = national.fingers.iter().map(|(position, _)| *position).collect();
    shown.sort_unstable();
    named.sort_unstable();
    if shown == named {
        vec![]
    } else {
        vec![Told::both(
            "DG3 holds prints of other fingers than DG13 names",
            "DG3 memuat gambar jari lain daripada yang disebut DG13",
        )]
    }
}

/// DG12's date of issue is a date, and not after the expiry of DG1.
fn document(evidence: &Evidence, zone: &Td1) -> Vec<Told> {
    let Some(bytes) = evidence.file(FileId::Dg12) else { return vec![] };
    let Ok(details) = Dg12::parse(bytes) else { return vec![Told::both("DG12 is malformed", "DG12 rusak")] };
    let issued = details.date_of_issue.get(2..).unwrap_or_default();
    if !details.date_of_issue.is_empty() && issued > zone.expiry.as_str() {
        vec![Told::both(
            "the date of issue in DG12 is after the date of expiry in DG1",
            "tanggal terbit di DG12 sesudah tanggal berakhir di DG1",
        )]
    } else {
        vec![]
    }
}
