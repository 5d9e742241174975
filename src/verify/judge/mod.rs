//! The judge: evidence, trust and policy in, verdict out. No clock, no file, no card.
//!
//! The order of the checks is the precedence of their reasons ([`super::verdict::Verdict`]): who signed, what was signed, whether
//! the chip is the one, and last whether the card is in force. A check that an earlier failure makes meaningless is not run.

mod consistency;
mod groups;
mod national;
mod presence;
mod revocation;
mod security_infos;
mod signer;
mod status;
mod validity;

pub use groups::GroupsMatch;
pub use national::FilesAgree;
pub use presence::ChipProven;
pub use signer::SignerTrusted;
pub use status::StatusFits;
pub use validity::InForce;

use super::check::Check;
use super::evidence::Evidence;
use super::live::LiveProof;
use super::state::ChallengeUse;
use super::told::Told;
use super::verdict::{Findings, Proofs, Verdict};
use crate::lds::dg14;
use crate::lds::file_id::FileId;
use crate::pki::sod::SodChecked;
use crate::pki::trust::TrustStore;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How the judge knows that a chip was present.
#[derive(Debug)]
pub enum Mode<'a> {
    /// Not at all: a file alone.
    Data,
    /// An answer to the judge's own challenge, spent in the judge's memory.
    Challenged(&'a ChallengeUse),
    /// The reading happened in this process.
    Live(&'a LiveProof),
}

/// What the card is presented for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Use by its holder: the card must be active.
    #[default]
    Use,
    /// Handover to its holder: the card must not have been handed over yet.
    Handover,
}

/// The judge's rules for one judgement.
#[derive(Debug, Clone)]
pub struct Policy<'a> {
    /// The instant that validity is judged for.
    pub now: Timestamp,
    /// What the card is presented for.
    pub purpose: Purpose,
    /// The signed status list, as it came; none if there is none.
    pub status_list: Option<&'a [u8]>,
    /// The highest numbers of lists that this judge ever saw.
    pub seen: ListsSeen,
}

/// The highest numbers of signed lists that a judge has seen: a lower one is a list brought back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListsSeen {
    /// Of the card status list.
    pub status_list: Option<u64>,
    /// Of the revocation lists, by the SHA-256 of their authority's public key.
    pub crls: BTreeMap<[u8; 32], u64>,
}

/// A verdict in the making.
#[derive(Debug, Default)]
struct Judgement {
    findings: Findings,
}

impl Judgement {
    fn add(&mut self, check: Check) {
        self.findings.checks.push(check);
    }
}

/// Says what the verdict never proves.
const NOTES: [(&str, &str); 1] = [(
    "relay is not detected: a chip elsewhere may have answered through another",
    "penerusan tidak terdeteksi: cip di tempat lain mungkin menjawab melalui perantara",
)];

/// Judges one card. Pure: the same arguments give the same verdict.
#[must_use]
pub fn judge(evidence: &Evidence, mode: &Mode<'_>, trust: &TrustStore, policy: &Policy<'_>) -> Verdict {
    let mut out = Judgement::default();
    out.findings.notes = NOTES.map(|(en, id)| Told::both(en, id)).into();
    let proofs = weigh(evidence, mode, trust, policy, &mut out);
    Verdict::conclude(proofs, out.findings)
}

/// Runs every check and gathers the proofs that *genuine* takes.
fn weigh(evidence: &Evidence, mode: &Mode<'_>, trust: &TrustStore, policy: &Policy<'_>, out: &mut Judgement) -> Option<Proofs> {
    let (sod, signer) = signer::check(evidence, trust, policy, out)?;
    let groups = groups::check(evidence, sod.object(), out);
    let consistent = national::agree(evidence, &sod, out);
    let chip = chip(evidence, mode, &sod, policy.now, out);
    let status = status::check(evidence, trust, policy, out);
    let validity = validity::check(evidence, policy.now, out);
    Some(Proofs { signer: signer?, groups: groups?, consistent: consistent?, chip: chip?, status: status?, validity: validity? })
}

/// Hands only those keys on whose groups have the hash that the authority signed.
fn chip(evidence: &Evidence, mode: &Mode<'_>, sod: &SodChecked, now: jiff::Timestamp, out: &mut Judgement) -> Option<ChipProven> {
    let infos = signed(evidence, sod, FileId::Dg14).and_then(|bytes| dg14::parse(bytes).ok());
    let keys = presence::SignedKeys { infos: infos.as_ref(), dg15: signed(evidence, sod, FileId::Dg15) };
    presence::check(evidence, mode, &keys, now, out)
}

/// A group's bytes, if they were read and have their hash.
fn signed<'a>(evidence: &'a Evidence, sod: &SodChecked, group: FileId) -> Option<&'a [u8]> {
    let bytes = evidence.file(group)?;
    let hash = sod.object().hashes.get(&group.data_group()?)?;
    (sod.object().hash_alg.digest(bytes) == *hash).then_some(bytes)
}
