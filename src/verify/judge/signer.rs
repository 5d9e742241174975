//! Passive Authentication's first half: EF.SOD, its signature, its signer's path to an anchor of ours, and revocation.

use super::{Judgement, Policy, revocation};
use crate::lds::file_id::FileId;
use crate::pki::sod::{self, SodChecked};
use crate::pki::trust::TrustStore;
use crate::pki::x509::path::Revocation;
use crate::reason::{Reason, Refusal};
use crate::verify::check::{Check, CheckName};
use crate::verify::evidence::Evidence;
use crate::verify::told::Told;

/// EF.SOD is signed by a signer of ours that no fresh list revokes.
#[derive(Debug)]
pub struct SignerTrusted(());

/// Verifies EF.SOD. The checked object is returned even when revocation could not be decided, so that the other checks can run.
pub(super) fn check(
    evidence: &Evidence,
    trust: &TrustStore,
    policy: &Policy<'_>,
    out: &mut Judgement,
) -> Option<(SodChecked, Option<SignerTrusted>)> {
    let name = CheckName::Signer;
    let Some(bytes) = evidence.file(FileId::Sod) else {
        out.add(match evidence.probes.get(&FileId::Sod) {
            Some(0x6A82) => {
                Check::failed(name, Reason::GroupMissing, Told::both("the chip has no EF.SOD", "cip tidak punya EF.SOD"))
            }
            _ => Check::undecided(name, Reason::GroupNotRead, Told::both("EF.SOD was not read", "EF.SOD tidak dibaca")),
        });
        return None;
    };
    let checked = match sod::verify(bytes, trust, policy.now) {
        Ok(checked) => checked,
        Err(error) => {
            out.add(Check::failed(name, false_for(error.reason()), Told::error(&error)));
            return None;
        }
    };
    out.findings.sample_keys = checked.path().is_sample();
    let (signer, anchor) = (checked.signer().subject(), checked.anchor().subject());
    out.add(Check::passed(name, Told::both(format!("{signer} chains to {anchor}"), format!("{signer} bersumber pada {anchor}"))));
    let trusted = revocation(checked.path().revocation(), policy, out);
    Some((checked, trusted))
}

/// Bytes that do not follow their encoding are, on a card, a false signature.
fn false_for(reason: Reason) -> Reason {
    if reason == Reason::EncodingInvalid { Reason::SignatureInvalid } else { reason }
}

fn revocation(known: &Revocation, policy: &Policy<'_>, out: &mut Judgement) -> Option<SignerTrusted> {
    let name = CheckName::Revocation;
    match revocation::decide(known, policy, out) {
        Ok(made) => {
            out.add(Check::passed(
                name,
                Told::both(format!("not on the list of {made}"), format!("tidak ada dalam daftar {made}")),
            ));
            Some(SignerTrusted(()))
        }
        Err(gap) => {
            out.add(Check::undecided(name, gap.reason, gap.detail));
            None
        }
    }
}
