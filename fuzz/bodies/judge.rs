//! Evidence to verdict: whatever a file says, the judge comes to a verdict, and none but the honest evidence is *genuine*.

use super::input::Input;
use super::world::{self, sample};
use ektp::chip::aa::{self, AaCard, ChipKey};
use ektp::crypto::ec::{PrivateKey, PublicKey};
use ektp::crypto::hash::HashAlg;
use ektp::lds::file_id::FileId;
use ektp::lds::inspect;
use ektp::lds::security_infos::{CA_ECDH_AES_128, PACE_ECDH_GM_AES_128};
use ektp::verify::evidence::{AaAnswer, CaAnswer, CaTranscript, ClaimedMode, Content, PaceFacts, PasswordKind, VERSION};
use ektp::verify::{Challenge, Decision, Evidence, JudgeState, Mode, Policy, ThrowawayState, judge, judge_with};
use ektp::world::DangerousSeededEntropy;
use std::collections::BTreeMap;
use std::sync::OnceLock;

pub fn run(data: &[u8]) {
    let _ = outcome(data);
}

/// What the judge decided.
pub fn outcome(data: &[u8]) -> Option<Decision> {
    let mut input = Input(data);
    let mut evidence = honest();
    let mut signed = false;
    for _ in 0..8 {
        let Some(op) = input.byte() else { break };
        signed |= bend(&mut evidence, op, &mut input).is_some_and(|again| again);
    }
    let list = input.byte().filter(|b| *b == 0xFF).map(|_| input.0.to_vec());
    weigh(&evidence, list.as_deref(), signed)
}

fn challenge() -> Challenge {
    let text = format!(r#"{{"version":1,"challenge":"0102030405060708","made_at":"{}"}}"#, world::now());
    Challenge::from_json(text.as_bytes()).expect("of the form")
}

/// What the honest card answered to the challenge.
fn honest() -> Evidence {
    static HONEST: OnceLock<Evidence> = OnceLock::new();
    HONEST.get_or_init(answered).clone()
}

fn answered() -> Evidence {
    let card = &sample().card;
    let challenge = [1, 2, 3, 4, 5, 6, 7, 8];
    Evidence {
        version: VERSION,
        mode: ClaimedMode::Challenged,
        read_at: world::now(),
        program: "fuzz".into(),
        reader: "memory".into(),
        files: card.files.iter().map(|(f, bytes)| (f, Content::Bytes(bytes.into()))).collect(),
        probes: BTreeMap::new(),
        pace: Some(PaceFacts { password: PasswordKind::Can, protocol: PACE_ECDH_GM_AES_128.into(), parameter_id: 12 }),
        chip_authentication: None,
        active_authentication: Some(AaAnswer {
            challenge: challenge.to_vec().into(),
            signature: Some(signed(&card.aa_key, challenge).into()),
        }),
        terminal_authentication: None,
        timing: None,
        person: None,
    }
}

/// What a chip with this key answers to the challenge.
fn signed(key: &PrivateKey, challenge: [u8; 8]) -> Vec<u8> {
    let run = AaCard::challenged(&aa::start(challenge).send(false).0).expect("eight bytes");
    run.sign(&ChipKey::Ec(key, HashAlg::Sha256), &mut DangerousSeededEntropy::new(1)).expect("ECDSA").data
}

/// One change; true if the authority signed what was changed.
fn bend(evidence: &mut Evidence, op: u8, input: &mut Input<'_>) -> Option<bool> {
    let file = FileId::ALL[usize::from(op >> 3) % FileId::ALL.len()];
    match op & 7 {
        0 => drop(evidence.files.insert(file, Content::Bytes(input.long()?.into()))),
        1 => drop(evidence.files.remove(&file)),
        2 => drop(evidence.probes.insert(file, input.number()?)),
        3 => {
            let content = evidence.files.get_mut(&file)?;
            *content = content.without_bytes(HashAlg::Sha256);
        }
        4 => {
            let signature = Some(input.short()?.into());
            evidence.active_authentication = Some(AaAnswer { challenge: vec![1, 2, 3, 4, 5, 6, 7, 8].into(), signature });
        }
        5 => {
            let answer = CaAnswer::Taken {
                terminal_key: input.short()?.into(),
                first_command: input.short()?.into(),
                first_response: input.short()?.into(),
            };
            let key_id = input.byte().map(u64::from).filter(|id| *id != 0);
            evidence.chip_authentication = Some(CaTranscript { protocol: CA_ECDH_AES_128.into(), key_id, answer });
        }
        6 => evidence.pace.as_mut()?.parameter_id = input.byte()?,
        _ => {
            let mut files = sample().card.files.clone();
            files.0 = evidence.files.iter().filter_map(|(f, content)| Some((*f, content.bytes()?.to_vec()))).collect();
            world::sign(&mut files, &sample().kit);
            evidence.files.insert(FileId::Sod, Content::Bytes(files.get(FileId::Sod)?.into()));
            return Some(true);
        }
    }
    Some(false)
}

fn weigh(evidence: &Evidence, list: Option<&[u8]>, signed: bool) -> Option<Decision> {
    let policy = Policy { status_list: list.or(world::policy().status_list), ..world::policy() };
    let data = judge(evidence, &Mode::Data, &sample().store, &policy);
    assert_ne!(data.decision(), Decision::Genuine, "a file alone proves no chip");
    let mut state = ThrowawayState::default();
    state.draw(&challenge()).ok()?;
    let spent = state.spend(&challenge()).ok()?;
    let verdict = judge_with(evidence, &Mode::Challenged(&spent), &sample().store, &policy, &mut state).ok()?;
    if verdict.decision() == Decision::Genuine && !signed {
        let first = honest();
        for (file, content) in &evidence.files {
            let same = first.files.get(file) == Some(content) || !world::is_vouched(*file);
            assert!(same || content.bytes().is_none(), "genuine with another {file}");
        }
    }
    assert!((verdict.decision() == Decision::Genuine) == verdict.reason().is_none());
    assert!(serde_json::to_vec(&verdict).is_ok(), "a verdict is written");
    let shown = [FileId::Dg2, FileId::Dg7].into_iter().filter(|f| verdict.hashed.contains(f));
    let files = shown.filter_map(|f| Some((f, evidence.file(f)?.to_vec()))).collect();
    let _ = inspect::pictures(&files);
    let _ = PublicKey::from_uncompressed(ektp::crypto::ec::Curve::P256, evidence.file(FileId::Dg15).unwrap_or_default());
    Some(verdict.decision())
}
