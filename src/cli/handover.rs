//! `ektp handover`: the card that waits is read, its holder's live fingers are compared, and it is given or kept.

use super::Answer;
use super::card_reading::CardArgs;
use super::centre::application;
use super::finger::print::{Opener, PrintArgs};
use super::office::OfficeArgs;
use super::output::{Failure, Outcome, Output};
use super::sensor::Sensor;
use super::status_list;
use super::verify::probe::of_capture;
use super::{place, secret_input};
use crate::chip::pace::Password;
use crate::crypto::hash::sha256;
use crate::finger::capture::Request;
use crate::finger::extract::Retake;
use crate::finger::position::FingerPosition;
use crate::issuance::Role;
use crate::issuance::desk::{By, Desk};
use crate::issuance::handover::Outcome as Queue;
use crate::issuance::handover::{
    Ended, HandoverError, Judge, Known, Next, Presented, Read, Sample, SignedPolicy, Sitting, TrialPolicy, alarm, can, give,
    is_copy, present, queue, refuse,
};
use crate::issuance::store::{Id, Kind, Row, Word};
use crate::limits::HANDOVER_POLICY_BYTES;
use crate::pki::trust::directory;
use crate::reason::{Lang, Reason};
use crate::verify::Mode;
use crate::verify::hex;
use crate::verify::state_dir::StateDir;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// Whose card, on which reader, judged by what, and which sensor.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = application)]
    application: Id,
    /// The code of the stamped receipt that is shown
    #[arg(long, value_name = "CODE")]
    receipt: String,
    /// serial:NUMBER, port:PLACE, station:NAME or the exact name, see `ektp reader list` [env: EKTP_READER]
    #[arg(long, value_name = "READER")]
    reader: Option<String>,
    /// File of this machine's stations [env: EKTP_STATIONS]
    #[arg(long, value_name = "FILE")]
    stations: Option<PathBuf>,
    /// Folder with this station's terminal certificates (*.cvcert: links, DV, IS) and the key NAME.key.pem
    #[arg(long, value_name = "DIR")]
    is_chain: PathBuf,
    /// Which terminal of the folder
    #[arg(long, value_name = "NAME", default_value = "is")]
    is_name: String,
    /// Passphrase of the terminal's key: -, prompt or file:PATH; sample keys need none
    #[arg(long, value_name = "SOURCE")]
    is_passphrase: Option<String>,
    /// Trust store
    #[arg(long, value_name = "DIR")]
    trust: PathBuf,
    /// Signed card status list of the last 24 hours: the whole list, again for each delta after it in their order, or the folder that has
    /// both
    #[arg(long, value_name = "FILE|DIR", required = true)]
    status_list: Vec<PathBuf>,
    /// The desk's memory of lists
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// The program of a finger sensor, with its arguments (specs/capture.md); no shell reads it
    #[arg(long, value_name = "COMMAND")]
    capture: String,
    /// The office's policy of handovers, which the ministry signed (`ektp centre policy`); without one the default [env: EKTP_HANDOVER_POLICY]
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Seconds that the sensor may take for one capture
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    patience: u64,
    /// Of a card whose signed data hold no finger: the holder is known by the face, to two officers
    #[arg(long, requires = "portrait")]
    by_face: bool,
    /// Where the picture on the card is written, for both officers to hold against whoever has come
    #[arg(long, value_name = "FILE", requires = "by_face")]
    portrait: Option<PathBuf>,
    /// SHA-256 of the picture that both officers looked at and found to be the holder; without it they are asked at the terminal
    #[arg(long, value_name = "HEX", requires = "by_face", value_parser = digest)]
    seen: Option<[u8; 32]>,
    #[command(flatten)]
    print: PrintArgs,
    #[command(flatten)]
    desk: OfficeArgs,
}

fn digest(text: &str) -> Result<[u8; 32], String> {
    hex::decode(text).and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| "64 hexadecimal digits".to_owned())
}

/// Reads, judges, compares, and gives the card or keeps it.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    let sensor = Sensor::new(&args.capture, Duration::from_secs(args.patience))?;
    let signed = args.policy()?;
    let trust = directory::load(&args.trust)?;
    let list = status_list::read(&args.status_list)?;
    let mut memory = StateDir::open(&args.state)?;
    let mut sitting = args.desk.sit(&[Role::Operator, Role::Supervisor])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    if let Some(before) = args.before(&mut desk, &job, out)? {
        return Ok(before);
    }
    let policy = match signed {
        Some(signed) => signed.check(desk.roster, desk.office, desk.now()).map_err(HandoverError::from)?,
        None => TrialPolicy::default(),
    };
    let digits = can(&mut desk, &args.application).map_err(|e| args.alarmed(&mut desk, &job, e, by, out))?;
    let digits = std::str::from_utf8(&digits).unwrap_or_default();
    let card = CardArgs::at_desk(
        args.reader.clone(),
        args.stations.clone(),
        (args.is_chain.clone(), args.is_name.clone(), args.is_passphrase.clone()),
    );
    let password = Password::can(digits).map_err(|_| Failure::new(Reason::AuditAltered, "the CAN that is kept is none"))?;
    let reading = card.read_by(Some(password), None, out).map_err(another)?;
    let mode = Mode::Live(&reading.proof);
    let judge = Judge { mode: &mode, trust: &trust, status_list: &list, memory: &mut memory };
    let read = Read::judged(&reading.evidence, judge, desk.now());
    let read = read.map_err(|e| args.alarmed(&mut desk, &job, e, by, out))?;
    let presented = present(&mut desk, &args.application, &args.receipt, &read);
    let presented = presented.map_err(|e| args.alarmed(&mut desk, &job, e, by, out))?;
    let is_copy = is_copy(&mut desk, presented.card())?;
    let turn = Turn { args, sensor: &sensor, opener: &args.print.opener(), by, is_copy };
    if args.by_face {
        let seen = args.seen(&presented, out)?;
        turn.give(&mut desk, &job, &presented, Known::Face(seen))?;
        return Ok(told(args, presented.card(), ("manual", None, is_copy), out));
    }
    let sitting = Sitting::over(&mut desk, &presented, policy, by)?;
    turn.end(&mut desk, &job, &presented, sitting, out)
}

impl Args {
    /// The policy of the office, if it has one.
    fn policy(&self) -> Result<Option<SignedPolicy>, Failure> {
        let set = || std::env::var_os("EKTP_HANDOVER_POLICY").filter(|path| !path.is_empty()).map(PathBuf::from);
        let Some(path) = self.policy.clone().or_else(set) else { return Ok(None) };
        let read = SignedPolicy::parse(&place::read(&path, HANDOVER_POLICY_BYTES)?);
        read.map(Some).map_err(|e| Failure::at(&path, &e))
    }

    /// What came of this job, if it was done before: nothing is read and nobody compared again.
    fn before(&self, desk: &mut Desk<'_>, job: &Id, out: &mut Output) -> Result<Option<Outcome>, Failure> {
        let rows = desk.store.job(job)?;
        let is_its = |row: &Row| row.kind == Kind::Application && row.id == self.application;
        if !rows.is_empty() && !rows.iter().any(is_its) {
            return Err(Failure::new(Reason::JobConflict, format!("job {job} exists with other content")));
        }
        let card = |now: &str| rows.iter().find(|row| row.kind == Kind::Card && row.now == now);
        let known = if self.by_face { "manual" } else { "match" };
        let end = match (card("active"), card("refused")) {
            (Some(card), _) => Some((card, known, None)),
            (None, Some(card)) => Some((card, "no-match", Some(Reason::PersonMismatch))),
            (None, None) => None,
        };
        Ok(end.map(|(card, answer, refused)| told(self, &card.id, (answer, refused, false), out)))
    }

    /// A refusal, and the incident that began with it where it is one.
    fn alarmed(&self, desk: &mut Desk<'_>, job: &Id, refused: HandoverError, by: By<'_>, out: &mut Output) -> Failure {
        let incident = alarm(desk, job, &self.application, &refused, by);
        let failure = Failure::from(refused);
        match incident {
            Ok(Some(incident)) => {
                let text = out.lang().pick("the card stays locked away; incident", "kartu tetap disimpan terkunci; insiden");
                out.note(format!("{text} {incident}"));
                failure.with_data(json!({"application": self.application, "incident": incident}))
            }
            Ok(None) => failure,
            Err(error) => {
                out.note(format!("{}: {error}", out.lang().pick("no incident was written", "insiden tidak tercatat")));
                failure
            }
        }
    }

    /// The picture on the card is written out, and both officers say that it is whoever has come: its SHA-256.
    fn seen(&self, presented: &Presented, out: &mut Output) -> Result<[u8; 32], Failure> {
        if !presented.fingers().is_empty() {
            return Err(HandoverError::HasFingers.into());
        }
        let picture = presented.portrait().ok_or(HandoverError::Portrait)?;
        if let Some(path) = &self.portrait {
            place::write_private(path, picture)?;
            out.note(format!("{}  SHA-256 {}", path.display(), hex::encode(&sha256(picture))));
        }
        if let Some(seen) = self.seen {
            return Ok(seen);
        }
        let question =
            out.lang().pick("is this the person on the picture? yes or no", "apakah ini orang pada foto? ya atau tidak");
        let answer = secret_input::read("prompt", question).map_err(|failure| match failure.reason {
            Reason::NoTerminal => Failure::new(
                Reason::NoTerminal,
                "both officers look at the picture, and what they found to be the holder is named: --seen SHA-256",
            ),
            _ => failure,
        })?;
        if matches!(answer.expose().trim(), "yes" | "ya") {
            Ok(sha256(picture))
        } else {
            Err(Failure::new(Reason::NotPermitted, "the officers did not find the holder on the picture"))
        }
    }
}

/// Who takes the captures, and by what.
struct Turn<'a> {
    args: &'a Args,
    sensor: &'a Sensor,
    opener: &'a Opener<'a>,
    by: By<'a>,
    /// Whether the card is a copy of the centre's: then the handover is signed, and queued for the centre.
    is_copy: bool,
}

impl Turn<'_> {
    fn give(&self, desk: &mut Desk<'_>, job: &Id, presented: &Presented, known: Known<'_>) -> Result<(), Failure> {
        if self.is_copy {
            queue(desk, job, presented, Queue::Given(known), self.by)?;
        } else {
            give(desk, job, presented, known, (self.by, None))?;
        }
        Ok(())
    }

    /// Takes captures until the sitting is over, and does what it says.
    fn end(&self, desk: &mut Desk<'_>, job: &Id, presented: &Presented, mut sitting: Sitting, out: &mut Output) -> Answer {
        let mut next = sitting.next();
        loop {
            next = match next {
                Next::Capture(finger) => self.capture(desk, (&mut sitting, finger), out)?,
                Next::SecondOfficer => {
                    let next = sitting.repeat(desk, self.by)?;
                    let text = out.lang().pick("no match: another officer repeats it", "tidak cocok: petugas lain mengulangi");
                    out.note(text);
                    next
                }
                Next::Over(ended) => return self.over(desk, job, presented, &ended, out),
            };
        }
    }

    /// One capture. Whatever the sensor gives, it is kept before anything is said of it.
    fn capture(
        &self,
        desk: &mut Desk<'_>,
        (sitting, finger): (&mut Sitting, FingerPosition),
        out: &mut Output,
    ) -> Result<Next, Failure> {
        let attempt = u8::try_from(sitting.captures() + 1).unwrap_or(u8::MAX);
        let asked = self.sensor.ask(&Request { finger: Some(finger), attempt });
        let probe = match asked.and_then(|capture| of_capture(capture, self.opener)) {
            Ok(probe) => probe,
            Err(failure) => {
                sitting.take(desk, (finger, Sample::Nothing), None, self.by)?;
                return Err(failure);
            }
        };
        let words = probe.facts.device.as_ref().map(|words| words.join("-").replace(' ', "_"));
        let device = words.and_then(|words| Word::parse(&words).ok());
        let sample = match &probe.template {
            Ok(template) => Sample::Print(template),
            Err(Reason::PresentationAttack) => Sample::Artefact,
            Err(_) => Sample::Poor,
        };
        let next = sitting.take(desk, (finger, sample), device.as_ref(), self.by)?;
        out.event(
            "capture",
            json!({"attempt": attempt, "quality": probe.facts.quality, "retake": probe.retake.map(Retake::code)}),
        );
        if matches!(sample, Sample::Artefact) {
            return Err(Failure::new(Reason::PresentationAttack, "the sensor reports an artefact"));
        }
        if let Some(retake) = probe.retake {
            out.note(retake.text(out.lang()));
        }
        Ok(next)
    }

    fn over(&self, desk: &mut Desk<'_>, job: &Id, presented: &Presented, ended: &Ended, out: &mut Output) -> Answer {
        match ended {
            Ended::Match(matched) => {
                self.give(desk, job, presented, Known::Fingers(matched))?;
                Ok(told(self.args, presented.card(), ("match", None, self.is_copy), out))
            }
            Ended::NoMatch(mismatched) => {
                if self.is_copy {
                    queue(desk, job, presented, Queue::Kept(mismatched), self.by)?;
                } else {
                    refuse(desk, job, presented, mismatched, self.by)?;
                }
                Ok(told(self.args, presented.card(), ("no-match", Some(Reason::PersonMismatch), self.is_copy), out))
            }
            Ended::TooPoor => Ok(told(self.args, presented.card(), ("too-poor", Some(Reason::SampleTooPoor), false), out)),
        }
    }
}

/// The CAN is the store's of this application's card: a chip that does not take it is another card.
fn another(failure: Failure) -> Failure {
    match failure.reason {
        Reason::WrongCan => {
            Failure::new(Reason::WrongCan, "the card that lies there is not this application's: it has another access number")
        }
        _ => failure,
    }
}

/// What is done with the card now, where it is not given.
fn kept(lang: Lang, refused: Reason, card: &Id) -> Option<String> {
    match (refused, lang) {
        (Reason::PersonMismatch, Lang::En) => Some(format!(
            "keep the card: it is revoked, and goes back (`ektp ship pack {card}`); the application is clarified (`ektp clarify decide`)"
        )),
        (Reason::PersonMismatch, Lang::Id) => Some(format!(
            "simpan kartu: sudah dicabut dan dikembalikan (`ektp ship pack {card}`); permohonan diklarifikasi (`ektp clarify decide`)"
        )),
        (Reason::SampleTooPoor, Lang::En) => {
            Some("keep the card; clean glass and finger, and the same again: another sitting".to_owned())
        }
        (Reason::SampleTooPoor, Lang::Id) => {
            Some("simpan kartu; bersihkan kaca dan jari, lalu ulangi: sesi berikutnya".to_owned())
        }
        _ => None,
    }
}

fn told(args: &Args, card: &Id, (answer, refused, is_queued): (&str, Option<Reason>, bool), out: &mut Output) -> Outcome {
    // Whoever came is told by the answer; that the centre does not know yet, by the exit.
    let reason = refused.or(is_queued.then_some(Reason::OfflineQueued));
    let id = &args.application;
    out.line(match (out.lang(), reason) {
        (Lang::En, None) => format!("{id}  {card} is given to its holder, and active"),
        (Lang::Id, None) => format!("{id}  {card} diserahkan kepada pemegangnya, dan aktif"),
        (lang, Some(reason)) => format!("{id}  {card}: {}", reason.text(lang)),
    });
    if let Some(text) = refused.and_then(|refused| kept(out.lang(), refused, card)) {
        out.note(text);
    }
    let data: Value = json!({"application": id, "card": card, "answer": answer, "given": refused.is_none(), "queued": is_queued});
    match reason {
        None => Outcome::yes(data),
        Some(reason) => Outcome::with_reason(reason, data),
    }
}
