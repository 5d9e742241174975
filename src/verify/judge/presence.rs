//! Was the chip there, with the key that the authority signed? (Doc 9303-11 6; specs/card-profile.md)

use super::{Judgement, Mode};
use crate::chip::aa::Answered;
use crate::chip::ca::{self, CaError, CaParams};
use crate::lds::dg15;
use crate::lds::security_infos::SecurityInfos;
use crate::limits::CHALLENGE_MINUTES;
use crate::pki::time;
use crate::reason::{Reason, Refusal};
use crate::verify::check::{Check, CheckName, CheckResult};
use crate::verify::evidence::{AaAnswer, CaAnswer, Evidence};
use crate::verify::live::LiveProof;
use crate::verify::state::Standing;
use crate::verify::told::Told;
use jiff::{SignedDuration, Timestamp};

/// The chip was present and proved a key that the authority signed.
#[derive(Debug)]
pub struct ChipProven(());

/// What the authority signed about the chip's keys: groups whose hash was found good.
pub(super) struct SignedKeys<'a> {
    pub infos: Option<&'a SecurityInfos>,
    pub dg15: Option<&'a [u8]>,
}

/// Runs Chip Authentication's and Active Authentication's checks and concludes about presence.
pub(super) fn check(
    evidence: &Evidence,
    mode: &Mode<'_>,
    keys: &SignedKeys<'_>,
    now: Timestamp,
    out: &mut Judgement,
) -> Option<ChipProven> {
    let proof = match mode {
        Mode::Live(proof) if proof.belongs_to(evidence) => Some(*proof),
        _ => None,
    };
    let chip = chip_authentication(evidence, proof, keys);
    let active = active_authentication(evidence, mode, proof, keys, now).counted(mode, &chip);
    let presence = presence(mode, proof, &chip, &active, now);
    let proven =
        presence.result == CheckResult::Passed && chip.result != CheckResult::Failed && active.result != CheckResult::Failed;
    out.findings.checks.extend([chip, active, presence]);
    proven.then_some(ChipProven(()))
}

/// Whether the transcript proves the key of DG14. Only a live proof holds what that takes.
fn chip_authentication(evidence: &Evidence, proof: Option<&LiveProof>, keys: &SignedKeys<'_>) -> Check {
    let name = CheckName::ChipAuthentication;
    let Some(proof) = proof else {
        return Check::not_applicable(
            name,
            Told::both(
                "a stored transcript of Chip Authentication proves nothing: its maker could forge it",
                "catatan Chip Authentication yang disimpan tidak membuktikan apa pun: pembuatnya dapat memalsukannya",
            ),
        );
    };
    let Some(infos) = keys.infos else {
        return Check::undecided(
            name,
            Reason::GroupNotRead,
            Told::both("there is no DG14 that the authority signed", "tidak ada DG14 yang ditandatangani otoritas"),
        );
    };
    let clone = |detail: Told| Check::failed(name, Reason::CloneSuspected, detail);
    let Some(transcript) = &evidence.chip_authentication else {
        return not_run(infos);
    };
    let CaAnswer::Taken { terminal_key, first_command, first_response } = &transcript.answer else {
        return clone(Told::both(
            "the chip did not run Chip Authentication as DG14 says it does",
            "cip tidak menjalankan Chip Authentication sebagaimana disebut DG14",
        ));
    };
    let Some(ephemeral) = proof.ephemeral().filter(|key| key.public_key().as_bytes() == terminal_key.0) else {
        return Check::undecided(
            name,
            Reason::PresenceNotProven,
            Told::both("the transcript is of another terminal key", "catatan itu dari kunci terminal lain"),
        );
    };
    // The session keys are computed again here, from the key that the authority signed.
    let proven = CaParams::of(infos, &transcript.protocol, transcript.key_id)
        .and_then(|params| ca::prove(&params, ephemeral, &first_command.0, &first_response.0));
    match proven {
        Ok(_) => Check::passed(name, Told::both("the chip holds the private key of DG14", "cip memegang kunci privat DG14")),
        Err(error) => clone(Told::error(&error)),
    }
}

impl Check {
    /// A signature under a weak key is missed only where presence hangs on it: in a file without a challenge it would prove nothing
    /// anyway, and a chip that proved the key of DG14 is proven.
    fn counted(self, mode: &Mode<'_>, chip: &Self) -> Self {
        let needed = matches!(mode, Mode::Challenged(_)) || chip.result != CheckResult::Passed && matches!(mode, Mode::Live(_));
        if self.reason == Some(Reason::WeakKey) && !needed {
            return Self::not_applicable(self.name, self.detail.after("not counted: ", "tidak dihitung: "));
        }
        self
    }
}

/// Chip Authentication counts with AES and a key on a curve of 256 bits or more ([`crate::crypto::ec::Curve`]); DG14 may name others,
/// for readers that take less.
fn not_run(infos: &SecurityInfos) -> Check {
    let name = CheckName::ChipAuthentication;
    let no_protocol = matches!(CaParams::choose(infos), Err(CaError::NotOffered));
    // A key on another curve is none of the keys.
    if no_protocol || infos.chip_keys().next().is_none() {
        let detail = Told::both(
            "DG14 offers no Chip Authentication that counts: ECDH on a curve of 256 bits or more, with AES",
            "DG14 tidak menawarkan Chip Authentication yang diakui: ECDH pada kurva 256 bit atau lebih, dengan AES",
        );
        return Check::undecided(name, Reason::WeakKey, detail);
    }
    Check::undecided(
        name,
        Reason::PresenceNotProven,
        Told::both("Chip Authentication was not run", "Chip Authentication tidak dijalankan"),
    )
}

/// Whether the chip signed the right challenge with the key of DG15.
fn active_authentication(
    evidence: &Evidence,
    mode: &Mode<'_>,
    proof: Option<&LiveProof>,
    keys: &SignedKeys<'_>,
    now: Timestamp,
) -> Check {
    let name = CheckName::ActiveAuthentication;
    let Some(dg15) = keys.dg15 else {
        return Check::not_applicable(
            name,
            Told::both(
                "the authority signed no key for Active Authentication",
                "otoritas tidak menandatangani kunci untuk Active Authentication",
            ),
        );
    };
    let expected = match mode {
        Mode::Challenged(challenge) => Some(challenge.bytes()),
        Mode::Live(_) => proof.and_then(LiveProof::challenge),
        Mode::Data => None,
    };
    let Some(answer) = &evidence.active_authentication else {
        return match mode {
            Mode::Challenged(_) => Check::undecided(
                name,
                Reason::ChallengeMissing,
                Told::both("the evidence holds no answer to a challenge", "bukti tidak memuat jawaban atas tantangan"),
            ),
            _ => Check::not_applicable(
                name,
                Told::both("Active Authentication was not asked for", "Active Authentication tidak diminta"),
            ),
        };
    };
    if expected.is_some_and(|challenge| challenge != answer.challenge.0) {
        return Check::undecided(
            name,
            Reason::ChallengeMissing,
            Told::both("the chip's answer is to another challenge", "jawaban cip adalah untuk tantangan lain"),
        );
    }
    signature(answer, dg15, keys, now)
}

/// Whether the answer is a signature by the key of DG15.
fn signature(answer: &AaAnswer, dg15: &[u8], keys: &SignedKeys<'_>, now: Timestamp) -> Check {
    let name = CheckName::ActiveAuthentication;
    let Some(signature) = &answer.signature else {
        return Check::failed(
            name,
            Reason::CloneSuspected,
            Told::both("the chip refused Active Authentication", "cip menolak Active Authentication"),
        );
    };
    let Ok(key) = dg15::parse(dg15) else {
        return Check::failed(name, Reason::DataInconsistent, Told::both("DG15 is malformed", "DG15 rusak"));
    };
    let Some(infos) = keys.infos else {
        return Check::undecided(
            name,
            Reason::GroupNotRead,
            Told::both(
                "there is no DG14 that the authority signed, which names the hash function",
                "tidak ada DG14 yang ditandatangani otoritas, yang menyebut fungsi hash",
            ),
        );
    };
    let answered = Answered::recorded(&answer.challenge.0, &signature.0);
    match answered.verify(&key, infos.active_authentication(), time::date_of(now)) {
        Ok(_) => Check::passed(
            name,
            Told::both(
                "the chip signed the challenge with the private key of DG15",
                "cip menandatangani tantangan dengan kunci privat DG15",
            ),
        ),
        // What the key signed is no proof, but no sign of a copy either.
        Err(error) if error.reason() == Reason::WeakKey => Check::undecided(name, error.reason(), Told::error(&error)),
        Err(error) => Check::failed(name, error.reason(), Told::error(&error)),
    }
}

/// Whether a chip was there when this judge asked.
fn presence(mode: &Mode<'_>, proof: Option<&LiveProof>, chip: &Check, active: &Check, now: Timestamp) -> Check {
    let name = CheckName::Presence;
    let passed = |check: &Check| check.result == CheckResult::Passed;
    let not_proven = |detail: Told| Check::undecided(name, Reason::PresenceNotProven, detail);
    match mode {
        Mode::Data => not_proven(Told::both(
            "the evidence is a file without a challenge of this judge",
            "buktinya berkas tanpa tantangan dari pemeriksa ini",
        )),
        Mode::Challenged(challenge) if challenge.standing() == Standing::Unknown => Check::undecided(
            name,
            Reason::ChallengeUnknown,
            Told::both("this judge never drew this challenge", "pemeriksa ini tidak pernah membuat tantangan ini"),
        ),
        Mode::Challenged(challenge) if !challenge.is_fresh() => Check::failed(
            name,
            Reason::ChallengeReplayed,
            Told::both("this challenge was already used", "tantangan ini sudah dipakai"),
        ),
        Mode::Challenged(challenge) if !is_recent(challenge.made_at(), now) => Check::undecided(
            name,
            Reason::ChallengeExpired,
            Told::both(
                format!("the challenge of {} is not of the last {CHALLENGE_MINUTES} minutes", challenge.made_at()),
                format!("tantangan dari {} bukan dari {CHALLENGE_MINUTES} menit terakhir", challenge.made_at()),
            ),
        ),
        Mode::Challenged(challenge) if passed(active) => Check::passed(
            name,
            Told::both(
                format!("the chip answered this judge's unspent challenge of {}", challenge.made_at()),
                format!("cip menjawab tantangan pemeriksa ini yang belum terpakai, dari {}", challenge.made_at()),
            ),
        ),
        Mode::Challenged(_) if active.result == CheckResult::NotApplicable => not_proven(Told::both(
            "this card has no key for Active Authentication; judge it at the reader",
            "kartu ini tidak punya kunci untuk Active Authentication; periksa pada pembaca",
        )),
        Mode::Live(_) if proof.is_none() => {
            not_proven(Told::both("the live proof was made with other evidence", "bukti langsung dibuat dengan bukti lain"))
        }
        Mode::Live(_) if passed(chip) => {
            Check::passed(name, Told::both("the chip answered this process", "cip menjawab pemeriksa ini secara langsung"))
        }
        _ => not_proven(Told::both(
            "no chip proved a key to this judge",
            "tidak ada cip yang membuktikan kunci kepada pemeriksa ini",
        )),
    }
}

/// Whether a challenge was made at most [`CHALLENGE_MINUTES`] before the judgement, and not after it.
fn is_recent(made_at: Timestamp, now: Timestamp) -> bool {
    let age = now.duration_since(made_at);
    !age.is_negative() && age <= SignedDuration::from_mins(CHALLENGE_MINUTES)
}
