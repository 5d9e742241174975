//! Family C: copied, bent and swapped chips; and the clones C1 to C9 of the field's own list.

use crate::issuer::{Ask, Card, Recipe, Station, authority, judge_evidence, judge_reading, open_ca, read_port, terminal};
use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::ca::{self, CaParams};
use ektp::chip::pace::{PaceError, Step};
use ektp::chip::port::memory::MemoryPort;
use ektp::chip::port::{Port, PortError, PortLimits};
use ektp::chip::sm::{SmCard, SmHost, SmKeys};
use ektp::chip::ta::TaError;
use ektp::chip::ta::host::{Challenged, Next, TaCertificates, parse_ef_cvca};
use ektp::crypto::ec::{Curve, PrivateKey};
use ektp::finger::FingerPosition;
use ektp::finger::image_record::{Compression, ImageRecord, ImageView, Sampling};
use ektp::finger::synth::templates::Finger;
use ektp::finger::synth::{Person, Seed};
use ektp::lds::com::Com;
use ektp::lds::dg11::Dg11;
use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;
use ektp::lds::fingers::{self, FingerFormat};
use ektp::lds::{dg3, dg14};
use ektp::pki::sample::{Kit, Roots};
use ektp::read::{ReadError, Terminal, TerminalError};
use ektp::reason::{Reason, Refusal};
use ektp::softchip::SoftPort;
use ektp::softchip::faults::{Fault, FaultPlan};
use ektp::verify::evidence::{CaAnswer, CaTranscript, Content};
use ektp::verify::{CheckName, CheckResult, Decision, Mode, Verdict};
use ektp::world::{Clock, DangerousSeededEntropy};
use std::sync::{Arc, Mutex};

#[track_caller]
fn refused(verdict: &Verdict, check: CheckName, reason: Reason) {
    assert_ne!(verdict.decision(), Decision::Genuine);
    assert_eq!(verdict.reason(), Some(reason), "{:#?}", verdict.checks);
    let first = verdict.checks.iter().find(|c| c.reason == Some(reason)).unwrap();
    assert_eq!(first.name, check);
}

/// A blank of the attacker, with every file of the victim.
fn copy(victim: &CardFiles) -> Card {
    Card::make(&Recipe { copy_of: Some(victim), seed: 9, ..Recipe::default() })
}

#[test]
fn c01_copied_files_without_the_private_keys() {
    let verdict = copy(&Card::honest().files).judge();
    refused(&verdict, CheckName::ChipAuthentication, Reason::CloneSuspected);
    let active = verdict.checks.iter().find(|c| c.name == CheckName::ActiveAuthentication).unwrap();
    assert_eq!(active.reason, Some(Reason::CloneSuspected));
}

#[test]
fn c02_dg15_removed_while_in_sod() {
    let victim = Card::honest().files;
    let card = Card::make(&Recipe { copy_of: Some(&victim), aa: false, seed: 9, ..Recipe::default() });
    refused(&card.judge(), CheckName::GroupsPresent, Reason::GroupMissing);
}

#[test]
fn c02_dg14_removed_while_in_sod() {
    let mut reading = Card::honest().read().unwrap();
    reading.evidence.files.remove(&FileId::Dg14);
    reading.evidence.probes.insert(FileId::Dg14, 0x6A82);
    refused(&judge_reading(&reading), CheckName::GroupsPresent, Reason::GroupMissing);
    reading.evidence.probes.insert(FileId::Dg14, 0x9000);
    refused(&judge_reading(&reading), CheckName::GroupsPresent, Reason::GroupNotRead);
}

/// The attacker's own keys, in DG14 and DG15 of his own, with the victim's data and EF.SOD.
#[test]
fn c03_chip_key_replaced_together_with_dg14() {
    let victim = Card::honest().files;
    let own_keys = |files: &mut CardFiles| {
        files.0.extend(victim.0.iter().filter(|(f, _)| !matches!(f, FileId::Dg14 | FileId::Dg15)).map(|(f, b)| (*f, b.clone())));
    };
    let card = Card::make(&Recipe { after: &own_keys, seed: 9, ..Recipe::default() });
    let verdict = card.judge();
    refused(&verdict, CheckName::GroupsHashed, Reason::HashMismatch);
    assert!(!verdict.hashed.contains(&FileId::Dg14));
}

#[test]
fn c04_relay_is_not_detected_and_the_verdict_says_so() {
    let verdict = Card::honest().judge();
    assert!(verdict.notes.iter().any(|note| note.en().contains("relay is not detected")));
}

#[test]
fn c05_a_blank_or_terminated_chip_is_not_read() {
    let refused = |chip| read_port(&mut SoftPort::new(chip), &Ask::default()).map(drop).unwrap_err();
    let mut station = Station::keyed(1);
    station.set_status(0x7F);
    for chip in [Station::keyed(2).chip, station.chip] {
        let error = refused(chip);
        assert_eq!((&error, error.reason()), (&ReadError::NotPersonalized, Reason::NotPersonalized));
    }
}

#[test]
fn c06_another_chip_takes_over_in_the_field() {
    for index in [9, 30] {
        let mut port = SoftPort::new(Card::honest().chip).with_faults(FaultPlan::at(index, Fault::Swapped));
        port.swap_in(Arc::new(Mutex::new(copy(&Card::honest().files).chip)));
        let error = read_port(&mut port, &Ask::default()).map(drop).unwrap_err();
        assert_eq!(error.reason(), Reason::SecureChannelBroken, "{error}");
    }
}

/// Two cards, the second laid on the reader when the first has answered so many commands.
struct Exchanged(SoftPort, Option<SoftPort>, usize);

impl Port for Exchanged {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        match self.2.checked_sub(1) {
            Some(left) => self.2 = left,
            None => {
                if let Some(second) = self.1.take() {
                    self.0 = second;
                    return Err(PortError::CardRemoved);
                }
            }
        }
        self.0.transmit(apdu)
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        self.0.power_cycle()
    }

    fn atr(&self) -> Vec<u8> {
        self.0.atr()
    }

    fn limits(&self) -> PortLimits {
        self.0.limits()
    }

    fn fingerprint(&self) -> String {
        self.0.fingerprint()
    }
}

/// The honest chip proves itself, leaves the field, and its copy finishes the reading under the same password.
#[test]
fn c06_a_copy_that_takes_over_after_a_lost_field_is_not_proven_by_the_first_chip() {
    let total = usize::try_from(Card::honest().read().unwrap().evidence.timing.unwrap().apdus).unwrap();
    for index in (7..total).step_by(23).chain([total - 1]) {
        let honest = Card::honest();
        let second = SoftPort::new(copy(&honest.files).chip);
        let mut port = Exchanged(SoftPort::new(honest.chip), Some(second), index);
        let reading = read_port(&mut port, &Ask::default()).unwrap_or_else(|e| panic!("{index}: {e}"));
        assert_eq!(reading.evidence.timing.unwrap().field_lost, 1, "{index}");
        refused(&judge_reading(&reading), CheckName::ChipAuthentication, Reason::CloneSuspected);
    }
}

#[test]
fn c07_chip_answers_everything_with_9000() {
    let mut port = MemoryPort::new(|_| Ok(vec![0x90, 0x00]));
    let error = read_port(&mut port, &Ask::default()).map(drop).unwrap_err();
    assert_eq!((&error, error.reason()), (&ReadError::Malformed(FileId::CardAccess), Reason::UnexpectedAnswer));
}

#[test]
fn c08_ef_com_names_other_groups_than_ef_sod() {
    let shorter = |files: &mut CardFiles| {
        let com = Com::over(files.iter().map(|(f, _)| f).filter(|f| *f != FileId::Dg13));
        files.insert(FileId::Com, com.encode());
    };
    let card = Card::make(&Recipe { after: &shorter, ..Recipe::default() });
    refused(&card.judge(), CheckName::GroupsSigned, Reason::DataInconsistent);
}

#[test]
fn c09_a_group_beyond_ef_sod() {
    let mut reading = Card::honest().read().unwrap();
    reading.evidence.files.insert(FileId::Dg3, Content::Bytes(vec![0x63, 0x00].into()));
    refused(&judge_reading(&reading), CheckName::GroupsSigned, Reason::GroupUnsigned);
    reading.evidence.files.remove(&FileId::Dg3);
    reading.evidence.probes.insert(FileId::Dg3, 0x6982);
    refused(&judge_reading(&reading), CheckName::GroupsSigned, Reason::GroupUnsigned);
}

/// The chip itself holds a group that EF.SOD does not list, and EF.COM keeps it a secret too.
#[test]
fn c09_a_group_beyond_ef_sod_on_the_chip() {
    let without = |files: &mut CardFiles| {
        files.0.remove(&FileId::Dg12);
        let com = Com::over(files.iter().map(|(f, _)| f).chain([FileId::Dg14, FileId::Dg15]));
        files.insert(FileId::Com, com.encode());
    };
    let injected = |files: &mut CardFiles| drop(files.insert(FileId::Dg12, vec![0x6C, 0x02, 0x5C, 0x00]));
    let honest = Card::make(&Recipe { before: &without, ..Recipe::default() });
    assert_eq!(honest.judge().decision(), Decision::Genuine);
    let card = Card::make(&Recipe { before: &without, after: &injected, ..Recipe::default() });
    let inventory = Ask { want: ektp::read::Want::Inventory, ..Ask::default() };
    let reading = read_port(&mut SoftPort::new(card.chip), &inventory).unwrap();
    refused(&judge_reading(&reading), CheckName::GroupsSigned, Reason::GroupUnsigned);
}

#[test]
fn c10_a_group_of_ef_sod_that_is_absent() {
    let without = |files: &mut CardFiles| drop(files.0.remove(&FileId::Dg12));
    let card = Card::make(&Recipe { after: &without, ..Recipe::default() });
    refused(&card.judge(), CheckName::GroupsPresent, Reason::GroupMissing);
}

#[test]
fn c11_ef_sod_of_one_card_with_the_groups_of_another() {
    let other = Card::honest().files;
    let mixed = |files: &mut CardFiles| drop(files.insert(FileId::Sod, other.get(FileId::Sod).unwrap().to_vec()));
    let card = Card::make(&Recipe { after: &mixed, seed: 9, ..Recipe::default() });
    refused(&card.judge(), CheckName::GroupsHashed, Reason::HashMismatch);
}

#[test]
fn c12_signed_groups_that_disagree_about_the_holder() {
    let renamed = |files: &mut CardFiles| {
        let mut details = Dg11::parse(files.get(FileId::Dg11).unwrap()).unwrap();
        details.full_name = "SOMEBODY ELSE".into();
        files.insert(FileId::Dg11, details.encode());
    };
    let card = Card::make(&Recipe { before: &renamed, ..Recipe::default() });
    refused(&card.judge(), CheckName::Consistency, Reason::DataInconsistent);
}

/// On a chip that the authority made lie fingers that were not enrolled: somebody else's templates of the same fingers, and somebody else's
/// prints of them.
#[test]
fn b12_fingers_and_prints_that_are_not_the_enrolled_ones() {
    let templates = |files: &mut CardFiles| {
        let enrolled = fingers::parse(files.get(FileId::Fingers).unwrap()).unwrap();
        let another = Person::new(Seed::new(12), 1);
        let others: Vec<_> = enrolled.iter().map(|of| (of.position, Finger::of(another, of.position).capture(1))).collect();
        let others: Vec<_> = others.iter().map(|(position, template)| (*position, template)).collect();
        files.insert(FileId::Fingers, fingers::build(&others, FingerFormat::Record).unwrap());
    };
    let card = Card::make(&Recipe { after: &templates, ..Recipe::default() });
    refused(&card.judge(), CheckName::Fingers, Reason::HashMismatch);
    let prints = |files: &mut CardFiles, image: &[u8]| {
        let enrolled = fingers::parse(files.get(FileId::Fingers).unwrap()).unwrap();
        let print = |position: FingerPosition| {
            let sampling = Sampling::per_centimetre(197, Compression::Jpeg2000);
            (position, ImageRecord::new_2005(vec![ImageView::new(position.code(), (9, 9), sampling, image.to_vec())]))
        };
        let all: Vec<_> = enrolled.iter().map(|of| print(of.position)).collect();
        files.insert(FileId::Dg3, dg3::build(&all).unwrap());
    };
    let enrolled = |files: &mut CardFiles| {
        prints(files, b"the holder's");
        let com = Com::over(files.iter().map(|(f, _)| f).chain([FileId::Dg14, FileId::Dg15]));
        files.insert(FileId::Com, com.encode());
    };
    let honest = Card::make(&Recipe { before: &enrolled, ..Recipe::default() });
    assert_eq!(honest.judge().decision(), Decision::Genuine);
    let others = |files: &mut CardFiles| prints(files, b"anybody's...");
    let card = Card::make(&Recipe { before: &enrolled, after: &others, ..Recipe::default() });
    refused(&card.judge(), CheckName::GroupsHashed, Reason::HashMismatch);
}

#[test]
fn emrtd_c3_c4_completeness_comes_from_ef_sod_and_never_from_ef_com() {
    let hidden = |files: &mut CardFiles| {
        files.0.remove(&FileId::Dg12);
        let com = Com::over(files.iter().map(|(f, _)| f));
        files.insert(FileId::Com, com.encode());
    };
    let card = Card::make(&Recipe { after: &hidden, ..Recipe::default() });
    refused(&card.judge(), CheckName::GroupsPresent, Reason::GroupMissing);
}

#[test]
fn emrtd_c5_no_card_access_or_no_pace_is_no_way_in() {
    let without = |files: &mut CardFiles| drop(files.0.remove(&FileId::CardAccess));
    let card = Card::make(&Recipe { after: &without, ..Recipe::default() });
    assert_eq!(card.read().map(drop), Err(ReadError::PaceAbsent));
    let mut port = crate::wire::Wire::new(SoftPort::new(Card::honest().chip), |_, command, pass| {
        if command.get(1) == Some(&0x22) { vec![0x6F, 0xFF] } else { pass(command) }
    });
    let error = read_port(&mut port, &Ask::default()).map(drop).unwrap_err();
    let refused = PaceError::Refused { step: Step::SetAt, status: StatusWord(0x6FFF) };
    assert_eq!((&error, error.reason()), (&ReadError::Pace(refused), Reason::UnexpectedAnswer));
    assert!(port.record.iter().all(|(command, _)| command[1] != 0xB0 || command[2] == 0x9C), "nothing is read in the clear");
}

#[test]
fn emrtd_c6_a_signer_of_another_root_is_no_issuer() {
    let now = authority().clock.now();
    let mut rng = DangerousSeededEntropy::new(6);
    let rogue = Kit::under(&Roots::make(now, &mut rng).unwrap(), now, &mut rng).unwrap();
    let card = Card::make(&Recipe { signer: Some(&rogue), ..Recipe::default() });
    refused(&card.judge(), CheckName::Signer, Reason::UntrustedIssuer);
}

/// A terminal that owns a certificate but not its key.
#[test]
fn emrtd_c9_fingers_stay_closed_without_the_terminal_key() {
    let stranger = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(5));
    let chain = authority().kit.terminal.chain.clone();
    assert_eq!(Terminal::new(chain.clone(), stranger.clone()).map(drop), Err(TerminalError::WrongKey));
    let key = || terminal().key().clone();
    let refused = |chain| Terminal::new(chain, key()).map(drop);
    assert_eq!(refused(chain[..1].to_vec()), Err(TerminalError::NotOneTerminal(0)));
    assert_eq!(refused([&chain[..], &chain[1..]].concat()), Err(TerminalError::NotOneTerminal(2)));
    assert_eq!(refused(vec![chain[0].clone(); 17]), Err(TerminalError::TooMany));
    assert_eq!(TerminalError::TooMany.reason(), Reason::TerminalNotAccepted);
    let mut port = SoftPort::new(Card::honest().chip);
    let (mut channel, id_picc, comp_pcd) = open_ca(&mut port);
    let cvca = channel.send(&Command::new(0x00, 0xB0, 0x9C, 0x00).with_le(36)).unwrap().data;
    let mut step = TaCertificates::new(&chain, &parse_ef_cvca(&cvca).unwrap()).unwrap();
    let mut challenge = loop {
        let answer = channel.send(step.command()).unwrap();
        match step.receive(&answer).unwrap() {
            Next::Certificates(next) => step = next,
            Next::Challenge(next) => break next,
        }
    };
    let sign = loop {
        let answer = channel.send(&challenge.command()).unwrap();
        match challenge.receive(&answer, &id_picc, &comp_pcd).unwrap() {
            Challenged::Selected(next) => challenge = next,
            Challenged::Sign(sign) => break sign,
        }
    };
    let hash = stranger.curve().natural_hash();
    let signature = stranger.sign_raw(hash, &hash.digest(sign.message()));
    let finish = sign.signed(&signature);
    let answer = channel.send(finish.command()).unwrap();
    assert_eq!(finish.receive(&answer).map(drop), Err(TaError::SignatureRefused(0x6300)));
    let aid = ektp::lds::file_id::Application::National.aid().unwrap();
    channel.send(&Command::new(0x00, 0xA4, 0x04, 0x0C).with_data(aid)).unwrap();
    let fingers = channel.send(&Command::new(0x00, 0xB0, 0x81, 0x00).with_le(4)).unwrap();
    assert_eq!(fingers.status.0, 0x6982);
    assert!(terminal().key().public_key() != stranger.public_key());
}

/// Whoever makes the file holds the terminal's ephemeral key, and computes with the public key of DG14 what the chip would have
/// computed with its private one: session keys, and the answer under them.
fn forged_transcript(files: &CardFiles) -> (CaTranscript, PrivateKey) {
    let params = CaParams::choose(&dg14::parse(files.get(FileId::Dg14).unwrap()).unwrap()).unwrap();
    let ephemeral = PrivateKey::generate(params.chip_key().curve(), &mut DangerousSeededEntropy::new(66));
    let keys = SmKeys::from_secret(&ephemeral.shared_secret(params.chip_key()).unwrap(), 128).unwrap();
    let (mut terminal, mut chip) = (SmHost::new(keys.clone()), SmCard::new(keys));
    let command = Command::new(0x00, 0xB0, 0x9D, 0x00).with_le(4);
    chip.unwrap(&terminal.wrap(&command).unwrap()).unwrap();
    let data = files.get(FileId::Sod).unwrap()[..4].to_vec();
    let response = chip.wrap(&Response::new(data, StatusWord::NO_ERROR)).encode();
    // It is as good as a real one: the check that a live reading makes takes it from whoever holds the ephemeral key.
    ca::prove(&params, &ephemeral, &command.encode().unwrap(), &response).unwrap();
    let answer = CaAnswer::Taken {
        terminal_key: ephemeral.public_key().as_bytes().into(),
        first_command: command.encode().unwrap().into(),
        first_response: response.into(),
    };
    (CaTranscript { protocol: params.protocol().to_owned(), key_id: params.key_id(), answer }, ephemeral)
}

#[test]
fn a_forged_transcript_in_a_file_proves_no_chip() {
    // The copy's own reading shows that its chip holds no key; the forger puts a transcript of his own in its place.
    let files = Card::honest().files;
    let reading = copy(&files).read().unwrap();
    refused(&judge_reading(&reading), CheckName::ChipAuthentication, Reason::CloneSuspected);
    let mut evidence = reading.evidence.clone();
    let (forged, _) = forged_transcript(&files);
    assert_ne!(evidence.chip_authentication, Some(forged.clone()));
    evidence.chip_authentication = Some(forged);
    evidence.active_authentication = None;
    let outcome = |verdict: &Verdict, name| {
        let check = verdict.checks.iter().find(|c| c.name == name).unwrap();
        (check.result, check.reason)
    };
    // As a file, no transcript counts, and the verdict says what is missing.
    let verdict = judge_evidence(&evidence, &Mode::Data);
    assert_eq!((verdict.decision(), verdict.reason()), (Decision::DataAuthentic, Some(Reason::PresenceNotProven)));
    assert_eq!(verdict.exit(), 45);
    assert_eq!(outcome(&verdict, CheckName::ChipAuthentication), (CheckResult::NotApplicable, None));
    // Nor does a challenge of the judge help it, which only Active Authentication answers.
    let challenge = ektp::verify::Challenge::draw(&mut DangerousSeededEntropy::new(3), authority().clock.now());
    let mut state = ektp::verify::ThrowawayState::default();
    ektp::verify::JudgeState::draw(&mut state, &challenge).unwrap();
    let spent = ektp::verify::JudgeState::spend(&mut state, &challenge).unwrap();
    let verdict = judge_evidence(&evidence, &Mode::Challenged(&spent));
    assert_eq!((verdict.decision(), verdict.reason()), (Decision::CouldNotDecide, Some(Reason::ChallengeMissing)));
    // And a live proof is of the reading that made it, also of this very copy.
    let verdict = judge_evidence(&evidence, &Mode::Live(&reading.proof));
    assert_eq!((verdict.decision(), verdict.reason()), (Decision::DataAuthentic, Some(Reason::PresenceNotProven)));
    assert_eq!(outcome(&verdict, CheckName::Presence), (CheckResult::Undecided, Some(Reason::PresenceNotProven)));
}

#[test]
fn an_honest_transcript_in_a_file_proves_no_chip_either() {
    // Whoever made the file held the ephemeral key, and nobody can tell that he did not forge it.
    let evidence = Card::honest().read().unwrap().evidence;
    let verdict = judge_evidence(&evidence, &Mode::Data);
    assert_eq!((verdict.decision(), verdict.reason()), (Decision::DataAuthentic, Some(Reason::PresenceNotProven)));
    assert_eq!(verdict.exit(), 45);
}

#[test]
fn a_live_proof_serves_its_own_evidence_alone() {
    let (one, two) = (Card::honest().read().unwrap(), copy(&Card::honest().files).read().unwrap());
    let verdict = judge_evidence(&two.evidence, &Mode::Live(&one.proof));
    assert_ne!(verdict.decision(), Decision::Genuine);
    let mut edited = one.evidence.clone();
    edited.reader = "elsewhere".into();
    let verdict = judge_evidence(&edited, &Mode::Live(&one.proof));
    assert_eq!(verdict.reason(), Some(Reason::PresenceNotProven));
}

#[test]
fn an_answer_kept_for_later_proves_no_chip_now() {
    use ektp::verify::{Challenge, JudgeState, ThrowawayState};
    let now = authority().clock.now();
    for (minutes, reason) in [(15, None), (16, Some(Reason::ChallengeExpired)), (-1, Some(Reason::ChallengeExpired))] {
        let made_at = now - jiff::SignedDuration::from_mins(minutes);
        let challenge = Challenge::draw(&mut DangerousSeededEntropy::new(9), made_at);
        let ask = Ask { challenge: Some(challenge.bytes().try_into().unwrap()), ..Ask::default() };
        let evidence = read_port(&mut SoftPort::new(Card::honest().chip), &ask).unwrap().evidence;
        let mut state = ThrowawayState::default();
        state.draw(&challenge).unwrap();
        let spent = state.spend(&challenge).unwrap();
        let verdict = judge_evidence(&evidence, &Mode::Challenged(&spent));
        assert_eq!(verdict.reason(), reason, "{minutes} minutes");
        let decision = if reason.is_none() { Decision::Genuine } else { Decision::DataAuthentic };
        assert_eq!(verdict.decision(), decision, "{minutes} minutes");
    }
}

#[test]
fn a_replayed_challenge_proves_no_chip_now() {
    use ektp::verify::{Challenge, JudgeState, ThrowawayState};
    let challenge = Challenge::draw(&mut DangerousSeededEntropy::new(3), authority().clock.now());
    let ask = |bytes: &[u8]| Ask { challenge: Some(bytes.try_into().unwrap()), ..Ask::default() };
    let evidence = read_port(&mut SoftPort::new(Card::honest().chip), &ask(challenge.bytes())).unwrap().evidence;
    let mut state = ThrowawayState::default();
    let unknown = judge_evidence(&evidence, &Mode::Challenged(&state.spend(&challenge).unwrap()));
    assert_eq!((unknown.decision(), unknown.reason()), (Decision::DataAuthentic, Some(Reason::ChallengeUnknown)));
    state.draw(&challenge).unwrap();
    let first = judge_evidence(&evidence, &Mode::Challenged(&state.spend(&challenge).unwrap()));
    assert_eq!(first.decision(), Decision::Genuine, "{:#?}", first.checks);
    let again = judge_evidence(&evidence, &Mode::Challenged(&state.spend(&challenge).unwrap()));
    assert_eq!((again.decision(), again.reason()), (Decision::DataAuthentic, Some(Reason::ChallengeReplayed)));
    let other = Challenge::draw(&mut DangerousSeededEntropy::new(4), authority().clock.now());
    state.draw(&other).unwrap();
    let wrong = judge_evidence(&evidence, &Mode::Challenged(&state.spend(&other).unwrap()));
    assert_eq!(wrong.reason(), Some(Reason::ChallengeMissing));
}
