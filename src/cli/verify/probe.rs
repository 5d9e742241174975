//! The probe of `verify person`: what the holder's live finger gave, from a file, standard input or a sensor.

use crate::cli::finger::dpi;
use crate::cli::finger::input::{UNKNOWN, image_name, load};
use crate::cli::finger::print::{Opener, PrintArgs};
use crate::cli::finger::template::Reading;
use crate::cli::output::{Failure, Output};
use crate::cli::sensor::Sensor;
use crate::crypto::hash::sha256;
use crate::finger::capture::{Capture, Presentation, Request};
use crate::finger::extract::Retake;
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::reason::Reason;
use crate::verify::person::ProbeFacts;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the probe comes from, and how it is read.
#[derive(Debug, clap::Args)]
pub struct ProbeArgs {
    /// The probe: an image or template of a finger just captured; - reads standard input
    #[arg(long, value_name = "FILE", required_unless_present = "capture")]
    probe: Option<PathBuf>,
    /// The program of a finger sensor, with its arguments (specs/capture.md); no shell reads it
    #[arg(long, value_name = "COMMAND", conflicts_with = "probe")]
    capture: Option<String>,
    /// How many times the finger may be laid down until a sample is good enough
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=10))]
    attempts: u8,
    /// Seconds that the sensor may take for one capture
    #[arg(long, value_name = "S", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=600))]
    patience: u64,
    #[command(flatten)]
    pub(super) print: PrintArgs,
}

/// A probe: facts, and minutiae unless it is too poor or no finger at all.
pub(in crate::cli) struct Probe {
    /// What goes into the evidence.
    pub(in crate::cli) facts: ProbeFacts,
    /// Its minutiae, or why there are none to compare.
    pub(in crate::cli) template: Result<Template, Reason>,
    /// What would make it better.
    pub(in crate::cli) retake: Option<Retake>,
}

impl ProbeArgs {
    /// Takes the probe and has it compared by `compare`, which says whether another attempt is worth while.
    pub(super) fn take<T>(
        &self,
        wanted: Option<FingerPosition>,
        out: &mut Output,
        mut compare: impl FnMut(&Probe) -> (T, bool),
    ) -> Result<(Probe, T), Failure> {
        let opener = self.print.opener();
        let Some(command) = &self.capture else {
            let probe = of_file(self.probe.as_deref().unwrap_or(Path::new("-")), &self.print, &opener, out)?;
            let (answer, _) = compare(&probe);
            return Ok((probe, answer));
        };
        let sensor = Sensor::new(command, Duration::from_secs(self.patience))?;
        let mut attempt = 1;
        loop {
            let request = Request { finger: wanted, attempt };
            let probe = match sensor.ask(&request) {
                Err(failure) if failure.reason == Reason::FingerImageInvalid && attempt < self.attempts => {
                    out.event("capture", json!({"attempt": attempt, "quality": null, "retake": null}));
                    out.note(&failure.message);
                    attempt += 1;
                    continue;
                }
                asked => of_capture(asked?, &opener)?,
            };
            let (answer, again) = compare(&probe);
            let retake = probe.retake.map(Retake::code);
            out.event("capture", json!({"attempt": attempt, "quality": probe.facts.quality, "retake": retake}));
            if !again || attempt >= self.attempts {
                return Ok((probe, answer));
            }
            if let Some(retake) = probe.retake {
                out.note(retake.text(out.lang()));
            }
            attempt += 1;
        }
    }
}

fn of_file(path: &Path, args: &PrintArgs, opener: &Opener<'_>, out: &mut Output) -> Result<Probe, Failure> {
    let bytes = load(path)?;
    let named = |f: Failure| Failure { message: format!("{}: {}", path.display(), f.message), ..f };
    let reading = Reading { from: args.from(), ..Reading::default() };
    if reading.is_template(&bytes) || image_name(&bytes) == UNKNOWN {
        let template = opener.of_bytes(&bytes).map_err(named)?.template;
        let facts = ProbeFacts {
            kind: "template".to_owned(),
            sha256: sha256(&bytes).to_vec().into(),
            dpi: None,
            asked: None,
            declared: template.position().map(|p| p.text().to_owned()),
            device: None,
            quality: None,
            presentation: None,
            attempts: 1,
        };
        return Ok(Probe { facts, template: Ok(template), retake: None });
    }
    let capture = Capture::of_picture(&bytes, args.asked()).map_err(|e| named(e.into()))?;
    dpi::tell(capture.overruled, out);
    of_capture(capture, opener).map_err(named)
}

/// A picture with too little of a finger, or where none is seen, is a poor sample.
pub(in crate::cli) fn of_capture(capture: Capture, opener: &Opener<'_>) -> Result<Probe, Failure> {
    let presentation = capture.presentation.map(|p| match p {
        Presentation::BonaFide => "bona-fide".to_owned(),
        Presentation::Attack => "attack".to_owned(),
    });
    let mut facts = ProbeFacts {
        kind: "image".to_owned(),
        sha256: capture.digest.to_vec().into(),
        dpi: Some(capture.resolution.to_string()),
        asked: capture.asked.map(|p| p.text().to_owned()),
        declared: capture.declared.map(|p| p.text().to_owned()),
        device: capture.device.clone().map(|d| [d.make, d.model, d.serial]),
        quality: None,
        presentation,
        attempts: capture.attempts,
    };
    if capture.presentation == Some(Presentation::Attack) {
        return Ok(Probe { facts, template: Err(Reason::PresentationAttack), retake: None });
    }
    let (found, sample) = match opener.examine(&capture.image) {
        Ok(seen) => seen,
        Err(failure) if failure.reason == Reason::FingerNotSeen => {
            return Ok(Probe { facts, template: Err(Reason::SampleTooPoor), retake: Some(Retake::WholeFinger) });
        }
        Err(failure) => return Err(failure),
    };
    facts.quality = Some(sample.score);
    let template = found.map(|found| found.template(&capture.image, capture.declared)).ok_or(Reason::SampleTooPoor);
    Ok(Probe { facts, template, retake: sample.retake })
}
