//! The protocols that the chip offered in the clear against those that the authority signed.

use super::Judgement;
use crate::lds::file_id::FileId;
use crate::lds::tlv::{self, TlvError};
use crate::lds::{card_access, der, dg14};
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::Evidence;
use crate::verify::told::Told;

const NAME: CheckName = CheckName::SecurityInfos;

/// EF.CardAccess is readable before any key exists, so anyone in the middle could have offered weaker protocols. Every entry must
/// stand, byte for byte, in DG14, DG14 may name no PACE that EF.CardAccess withheld, and PACE must have run by one of them.
pub(super) fn check(evidence: &Evidence, out: &mut Judgement) -> bool {
    let finding = compare(evidence);
    let good = finding.result == crate::verify::check::CheckResult::Passed;
    out.add(finding);
    good
}

fn compare(evidence: &Evidence) -> Check {
    let Some(access) = evidence.file(FileId::CardAccess) else {
        return Check::failed(
            NAME,
            Reason::PaceAbsent,
            Told::both("the chip has no EF.CardAccess", "cip tidak punya EF.CardAccess"),
        );
    };
    let Some(pace) = &evidence.pace else {
        return Check::failed(NAME, Reason::PaceAbsent, Told::both("the card was read without PACE", "kartu dibaca tanpa PACE"));
    };
    let Some(group) = evidence.file(FileId::Dg14) else {
        return Check::undecided(
            NAME,
            Reason::GroupNotRead,
            Told::both(
                "DG14 was not read, so EF.CardAccess cannot be compared",
                "DG14 tidak dibaca, jadi EF.CardAccess tidak dapat dibandingkan",
            ),
        );
    };
    let (Ok(offered), Ok(signed)) = (card_access::parse(access), dg14::parse(group)) else {
        return Check::failed(
            NAME,
            Reason::DataInconsistent,
            Told::both("EF.CardAccess or DG14 is malformed", "EF.CardAccess atau DG14 rusak"),
        );
    };
    let inconsistent = |detail: Told| Check::failed(NAME, Reason::DataInconsistent, detail);
    match stands_inside(access, group) {
        Ok(true) => {}
        _ => {
            return inconsistent(Told::both(
                "EF.CardAccess has an entry that DG14 lacks",
                "EF.CardAccess memuat entri yang tidak ada di DG14",
            ));
        }
    }
    if !signed.pace().eq(offered.pace()) && signed.pace().any(|info| !offered.pace().any(|o| o == info)) {
        return inconsistent(Told::both(
            "DG14 names a PACE protocol that EF.CardAccess withheld",
            "DG14 menyebut protokol PACE yang disembunyikan EF.CardAccess",
        ));
    }
    let ran = |info: &crate::lds::security_infos::PaceInfo| {
        info.protocol == pace.protocol && info.parameter_id == Some(u64::from(pace.parameter_id))
    };
    if offered.pace().any(ran) {
        Check::passed(
            NAME,
            Told::both(
                "EF.CardAccess stands in DG14, and PACE ran by it",
                "EF.CardAccess termuat di DG14, dan PACE berjalan menurutnya",
            ),
        )
    } else {
        inconsistent(Told::both(
            "PACE ran by parameters that the authority did not sign",
            "PACE berjalan dengan parameter yang tidak ditandatangani otoritas",
        ))
    }
}

/// Whether every element of the SET in EF.CardAccess is an element of the SET in DG14, byte for byte.
fn stands_inside(access: &[u8], group: &[u8]) -> Result<bool, TlvError> {
    let offered = elements(access, &tlv::parse_one(access, der::SET)?)?;
    let outer = tlv::parse_one(group, dg14::TAG)?;
    let signed = elements(group, &outer.reader().expect(der::SET)?)?;
    Ok(!offered.is_empty() && offered.iter().all(|o| signed.contains(o)))
}

fn elements<'a>(data: &'a [u8], set: &tlv::Tlv<'a>) -> Result<Vec<&'a [u8]>, TlvError> {
    let raw = |t: tlv::Tlv<'a>| data.get(t.start..t.position + t.value.len()).unwrap_or_default();
    Ok(set.children()?.into_iter().map(raw).collect())
}
