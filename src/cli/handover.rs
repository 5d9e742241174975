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
use crate::chip::pace::Password;
use crate::finger::capture::Request;
use crate::finger::extract::Retake;
use crate::issuance::Role;
use crate::issuance::desk::{By, Desk};
use crate::issuance::handover::Outcome as Queue;
use crate::issuance::handover::{
    Ended, Judge, Known, Next, Presented, Read, Trial, TrialPolicy, can, give, is_copy, present, queue, refuse,
};
use crate::issuance::store::{Id, Word};
use crate::pki::trust::directory;
use crate::reason::{Lang, Reason};
use crate::verify::Mode;
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
    /// How often each finger may be laid down in each officer's round
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=10))]
    captures: u8,
    /// Seconds that the sensor may take for one capture
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    patience: u64,
    /// Of a card whose signed data hold no finger: the holder is known by the face, to two officers
    #[arg(long)]
    by_face: bool,
    #[command(flatten)]
    print: PrintArgs,
    #[command(flatten)]
    desk: OfficeArgs,
}

/// Reads, judges, compares, and gives the card or keeps it.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    let sensor = Sensor::new(&args.capture, Duration::from_secs(args.patience))?;
    let trust = directory::load(&args.trust)?;
    let list = status_list::read(&args.status_list)?;
    let mut memory = StateDir::open(&args.state)?;
    let mut sitting = args.desk.sit(&[Role::Operator, Role::Supervisor])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let digits = can(&mut desk, &args.application)?;
    let digits = std::str::from_utf8(&digits).unwrap_or_default();
    let card = CardArgs::at_desk(
        args.reader.clone(),
        args.stations.clone(),
        (args.is_chain.clone(), args.is_name.clone(), args.is_passphrase.clone()),
    );
    let password = Password::can(digits).map_err(|_| Failure::new(Reason::AuditAltered, "the CAN that is kept is none"))?;
    let reading = card.read_by(Some(password), None, out)?;
    let mode = Mode::Live(&reading.proof);
    let judge = Judge { mode: &mode, trust: &trust, status_list: &list, memory: &mut memory };
    let read = Read::judged(&reading.evidence, judge, desk.now())?;
    let presented = present(&mut desk, &args.application, &args.receipt, &read)?;
    let is_copy = is_copy(&mut desk, presented.card())?;
    let turn = Turn { args, sensor: &sensor, opener: &args.print.opener(), by, is_copy };
    if args.by_face {
        turn.give(&mut desk, &job, &presented, (Known::Face, None))?;
        return Ok(told(args, &presented, ("manual", None, is_copy), out));
    }
    let trial =
        Trial::begin(TrialPolicy { captures: args.captures, ..TrialPolicy::default() }, presented.fingers(), by.first.id())?;
    turn.end(&mut desk, &job, &presented, trial, out)
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
    fn give(
        &self,
        desk: &mut Desk<'_>,
        job: &Id,
        presented: &Presented,
        (known, device): (Known<'_>, Option<&Word>),
    ) -> Result<(), Failure> {
        if self.is_copy {
            queue(desk, job, presented, (Queue::Given(known), device), self.by)?;
        } else {
            give(desk, job, presented, (known, device), (self.by, None))?;
        }
        Ok(())
    }

    /// Takes captures until the trial is over, and does what it says.
    fn end(&self, desk: &mut Desk<'_>, job: &Id, presented: &Presented, mut trial: Trial, out: &mut Output) -> Answer {
        let mut device = None;
        let mut next = trial.next();
        loop {
            next = match next {
                Next::Capture(finger) => {
                    let attempt = u8::try_from(trial.captures().len() + 1).unwrap_or(u8::MAX);
                    let probe = of_capture(self.sensor.ask(&Request { finger: Some(finger), attempt })?, self.opener)?;
                    device = device.or(probe
                        .facts
                        .device
                        .as_ref()
                        .and_then(|words| Word::parse(&words.join("-").replace(' ', "_")).ok()));
                    out.event(
                        "capture",
                        json!({"attempt": attempt, "quality": probe.facts.quality, "retake": probe.retake.map(Retake::code)}),
                    );
                    if matches!(probe.template, Err(Reason::PresentationAttack)) {
                        return Err(Failure::new(Reason::PresentationAttack, "the sensor reports an artefact"));
                    }
                    if let Some(retake) = probe.retake {
                        out.note(retake.text(out.lang()));
                    }
                    trial.take(finger, probe.template.as_ref().ok())?
                }
                Next::SecondOfficer => match self.by.second {
                    Some(second) => {
                        out.note(
                            out.lang().pick("no match: the second officer repeats it", "tidak cocok: petugas kedua mengulangi"),
                        );
                        trial.repeat_by(second.id())?
                    }
                    None => {
                        return Err(Failure::new(
                            Reason::NotPermitted,
                            "no match so far: a second officer repeats it (--second)",
                        ));
                    }
                },
                Next::Over(ended) => return self.over(desk, job, presented, (&ended, device.as_ref()), out),
            };
        }
    }

    fn over(
        &self,
        desk: &mut Desk<'_>,
        job: &Id,
        presented: &Presented,
        (ended, device): (&Ended, Option<&Word>),
        out: &mut Output,
    ) -> Answer {
        match ended {
            Ended::Match(matched) => {
                self.give(desk, job, presented, (Known::Fingers(matched), device))?;
                Ok(told(self.args, presented, ("match", None, self.is_copy), out))
            }
            Ended::NoMatch(mismatched) => {
                if self.is_copy {
                    queue(desk, job, presented, (Queue::Kept(mismatched), device), self.by)?;
                } else {
                    refuse(desk, job, presented, mismatched, self.by)?;
                }
                Ok(told(self.args, presented, ("no-match", Some(Reason::PersonMismatch), self.is_copy), out))
            }
            Ended::TooPoor => Ok(told(self.args, presented, ("too-poor", Some(Reason::SampleTooPoor), false), out)),
        }
    }
}

fn told(
    args: &Args,
    presented: &Presented,
    (answer, refused, is_queued): (&str, Option<Reason>, bool),
    out: &mut Output,
) -> Outcome {
    // Whoever came is told by the answer; that the centre does not know yet, by the exit.
    let reason = refused.or(is_queued.then_some(Reason::OfflineQueued));
    let id = &args.application;
    out.line(match (out.lang(), reason) {
        (Lang::En, None) => format!("{id}  {} is given to its holder, and active", presented.card()),
        (Lang::Id, None) => format!("{id}  {} diserahkan kepada pemegangnya, dan aktif", presented.card()),
        (lang, Some(reason)) => format!("{id}  {}: {}", presented.card(), reason.text(lang)),
    });
    let data: Value =
        json!({"application": id, "card": presented.card(), "answer": answer, "given": refused.is_none(), "queued": is_queued});
    match reason {
        None => Outcome::yes(data),
        Some(reason) => Outcome::with_reason(reason, data),
    }
}
