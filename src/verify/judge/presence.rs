//! Was the chip there, with the key that the authority signed? (Doc 9303-11 6; specs/card-profile.md)

use super::{Judgement, Mode};
use crate::crypto::kdf::{self, KeyUse};
use crate::lds::dg15::{self, ActiveAuthenticationKey};
use crate::lds::security_infos::SecurityInfos;
use crate::lds::tlv::{self, Reader};
use crate::reason::Reason;
use crate::verify::check::{Check, CheckName, CheckResult};
use crate::verify::evidence::{CaAnswer, CaTranscript, Evidence};
use crate::verify::live::LiveProof;

/// The chip was present and proved a key that the authority signed.
#[derive(Debug)]
pub struct ChipProven(());

/// What the authority signed about the chip's keys: groups whose hash was found good.
pub(super) struct SignedKeys<'a> {
    pub infos: Option<&'a SecurityInfos>,
    pub dg15: Option<&'a [u8]>,
}

/// Runs Chip Authentication's and Active Authentication's checks and concludes about presence.
pub(super) fn check(evidence: &Evidence, mode: &Mode<'_>, keys: &SignedKeys<'_>, out: &mut Judgement) -> Option<ChipProven> {
    let proof = match mode {
        Mode::Live(proof) if proof.belongs_to(evidence) => Some(*proof),
        _ => None,
    };
    let chip = chip_authentication(evidence, proof, keys);
    let active = active_authentication(evidence, mode, proof, keys);
    let presence = presence(mode, proof, &chip, &active);
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
            "a stored transcript of Chip Authentication proves nothing: its maker could forge it",
        );
    };
    let Some(infos) = keys.infos else {
        return Check::undecided(name, Reason::GroupNotRead, "there is no DG14 that the authority signed");
    };
    let clone = |detail: &str| Check::failed(name, Reason::CloneSuspected, detail);
    let (Some(transcript), Some(ephemeral)) = (&evidence.chip_authentication, proof.ephemeral()) else {
        return Check::undecided(name, Reason::PresenceNotProven, "Chip Authentication was not run");
    };
    let CaAnswer::Taken { first_response, .. } = &transcript.answer else {
        return clone("the chip refused Chip Authentication");
    };
    if ephemeral.public_key().as_bytes() != transcript.terminal_key.0 {
        return Check::undecided(name, Reason::PresenceNotProven, "the transcript is of another terminal key");
    }
    let mac_keys = session_mac_keys(transcript, ephemeral, infos);
    if mac_keys.iter().any(|key| is_first_answer_under(key, &first_response.0)) {
        Check::passed(name, "the chip holds the private key of DG14")
    } else {
        clone("the chip's first answer is not made with the private key of DG14")
    }
}

/// The MAC keys that this transcript can have with the keys of DG14: one, unless DG14 names several keys.
fn session_mac_keys(
    transcript: &CaTranscript,
    ephemeral: &crate::crypto::ec::PrivateKey,
    infos: &SecurityInfos,
) -> Vec<crate::crypto::symmetric::AesKey> {
    let Some(bits) = infos.chip_authentication().find(|i| i.protocol == transcript.protocol).and_then(|i| aes_bits(&i.protocol))
    else {
        return Vec::new();
    };
    let named = |key_id: Option<u64>| transcript.key_id.is_none() || key_id == transcript.key_id;
    infos
        .chip_keys()
        .filter(|info| named(info.key_id))
        .filter_map(|info| ephemeral.shared_secret(&info.key).ok())
        .filter_map(|secret| kdf::emrtd_aes(&secret, KeyUse::Mac, bits).ok())
        .collect()
}

/// Key length of CA-ECDH-AES-CBC-CMAC-128, -192 and -256 (TR-03110-3 A.1.1.2).
fn aes_bits(protocol: &str) -> Option<usize> {
    match protocol.strip_prefix("0.4.0.127.0.7.2.2.3.2.")? {
        "2" => Some(128),
        "3" => Some(192),
        "4" => Some(256),
        _ => None,
    }
}

/// Objects of a protected answer: encrypted data, status, MAC (ISO 7816-4 10).
const PADDED_CRYPTOGRAM: u32 = 0x87;
const STATUS: u32 = 0x99;
const MAC: u32 = 0x8E;

/// Whether these bytes are the answer to the first command of a session with this key: its MAC stands over send sequence counter 2
/// (Doc 9303-11 9.8.6.2), the objects, and padding; status inside and outside agree.
fn is_first_answer_under(key: &crate::crypto::symmetric::AesKey, response: &[u8]) -> bool {
    let Some((data, outer)) = response.split_last_chunk::<2>() else { return false };
    let mut reader = Reader::new(data);
    let parsed = (|| {
        reader.optional(PADDED_CRYPTOGRAM)?;
        let status = reader.expect(STATUS)?;
        let mac = reader.expect(MAC)?;
        reader.finish()?;
        Ok::<_, tlv::TlvError>((status, mac))
    })();
    let Ok((status, mac)) = parsed else { return false };
    let mut message = vec![0; 15];
    message.push(2);
    message.extend_from_slice(data.get(..mac.start).unwrap_or_default());
    crate::crypto::symmetric::pad(&mut message, crate::crypto::symmetric::BLOCK);
    // Secure messaging keeps eight bytes of the CMAC.
    let full = key.cmac(&[&message]);
    let kept = full.get(..8).unwrap_or_default();
    status.value == outer && crate::crypto::symmetric::same(kept, mac.value)
}

/// Whether the chip signed the right challenge with the key of DG15.
fn active_authentication(evidence: &Evidence, mode: &Mode<'_>, proof: Option<&LiveProof>, keys: &SignedKeys<'_>) -> Check {
    let name = CheckName::ActiveAuthentication;
    let Some(dg15) = keys.dg15 else {
        return Check::not_applicable(name, "the authority signed no key for Active Authentication");
    };
    let expected = match mode {
        Mode::Challenged(challenge) => Some(challenge.bytes()),
        Mode::Live(_) => proof.and_then(LiveProof::challenge),
        Mode::Data => None,
    };
    let Some(answer) = &evidence.active_authentication else {
        return match mode {
            Mode::Challenged(_) => {
                Check::undecided(name, Reason::ChallengeMissing, "the evidence holds no answer to a challenge")
            }
            _ => Check::not_applicable(name, "Active Authentication was not asked for"),
        };
    };
    if expected.is_some_and(|challenge| challenge != answer.challenge.0) {
        return Check::undecided(name, Reason::ChallengeMissing, "the chip's answer is to another challenge");
    }
    let hash = keys.infos.and_then(SecurityInfos::active_authentication);
    let Some(signature) = &answer.signature else {
        return Check::failed(name, Reason::CloneSuspected, "the chip refused Active Authentication");
    };
    match dg15::parse(dg15) {
        Err(_) => Check::failed(name, Reason::DataInconsistent, "DG15 is malformed"),
        Ok(key) if signed_by(&key, hash, &answer.challenge.0, &signature.0) => {
            Check::passed(name, "the chip signed the challenge with the private key of DG15")
        }
        Ok(_) => Check::failed(name, Reason::CloneSuspected, "the chip's signature is not made with the private key of DG15"),
    }
}

fn signed_by(
    key: &ActiveAuthenticationKey,
    hash: Option<crate::crypto::hash::HashAlg>,
    challenge: &[u8],
    signature: &[u8],
) -> bool {
    match (key, hash) {
        (ActiveAuthenticationKey::Ec(key), Some(hash)) => key.verify_raw(&hash.digest(challenge), signature).is_ok(),
        _ => false,
    }
}

/// Whether a chip was there when this judge asked.
fn presence(mode: &Mode<'_>, proof: Option<&LiveProof>, chip: &Check, active: &Check) -> Check {
    let name = CheckName::Presence;
    let passed = |check: &Check| check.result == CheckResult::Passed;
    let not_proven = |detail: &str| Check::undecided(name, Reason::PresenceNotProven, detail);
    match mode {
        Mode::Data => not_proven("the evidence is a file without a challenge of this judge"),
        Mode::Challenged(challenge) if !challenge.is_fresh() => {
            Check::failed(name, Reason::ChallengeReplayed, "this challenge was already used")
        }
        Mode::Challenged(_) if passed(active) => Check::passed(name, "the chip answered this judge's fresh challenge"),
        Mode::Challenged(_) if active.result == CheckResult::NotApplicable => {
            not_proven("this card has no key for Active Authentication; judge it at the reader")
        }
        Mode::Live(_) if proof.is_none() => not_proven("the live proof was made with other evidence"),
        Mode::Live(_) if passed(chip) => Check::passed(name, "the chip answered this process"),
        _ => not_proven("no chip proved a key to this judge"),
    }
}
