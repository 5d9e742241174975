//! `ektp read`: the card on the reader into an evidence file.

use super::card_reading::CardArgs;
use super::output::{Failure, Outcome, Output};
use super::place::{self, create_private};
use crate::lds::file_id::FileId;
use crate::reason::{Lang, Reason, Refusal};
use crate::verify::evidence::EvidenceError;
use crate::verify::{Challenge, Evidence};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Largest challenge that is read, in bytes.
const CHALLENGE_BYTES: u64 = 65_536;

/// Options of `read`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    card: CardArgs,
    /// The judge's challenge, made by `ektp verify challenge`
    #[arg(long, value_name = "FILE")]
    challenge: Option<PathBuf>,
    /// Keep the bytes of fingers in the evidence; without this only their hash is kept
    #[arg(long)]
    keep_fingers: bool,
    /// Evidence file to write; one that is there is left as it is and refused
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Reads the card and writes what was seen. Nothing is judged.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    // Before the holder is asked for the card: a reading that has no place is a reading lost.
    place::must_be_free(&args.output)?;
    let challenge = args.challenge.as_deref().map(load_challenge).transpose()?;
    let bytes = challenge.as_ref().and_then(|c| c.bytes().try_into().ok());
    let evidence = args.card.read(bytes, out)?.evidence;
    let evidence = if args.keep_fingers { evidence } else { evidence.without_fingers() };
    create_private(&args.output, &evidence.to_json())?;
    let (count, file) = (evidence.files.len(), args.output.display());
    out.line(match out.lang() {
        Lang::En => format!("read {count} files into {file}; judge them with `ektp verify card`"),
        Lang::Id => format!("{count} berkas dibaca ke {file}; nilai dengan `ektp verify card`"),
    });
    if args.keep_fingers && evidence.file(FileId::Fingers).is_none() {
        out.note(out.lang().pick(
            "no fingers were read: they open to a terminal's right alone, --is-chain, and to --want fingers or no --want",
            "jari tidak dibaca: hanya terbuka bagi hak terminal, --is-chain, dengan --want fingers atau tanpa --want",
        ));
    }
    let refused = evidence.terminal_authentication.as_ref().is_some_and(|facts| !facts.accepted);
    let data = summary(&evidence, &args.output);
    Ok(if refused { Outcome::with_reason(Reason::TerminalNotAccepted, data) } else { Outcome::yes(data) })
}

/// Reads a challenge.
pub fn load_challenge(path: &Path) -> Result<Challenge, Failure> {
    let bytes = place::read(path, CHALLENGE_BYTES)?;
    Challenge::from_json(&bytes).map_err(|error| {
        Failure::new(
            error.reason(),
            match error {
                EvidenceError::NotOfSchema { line, column } => {
                    format!("{} is no challenge of `ektp verify challenge`: line {line}, column {column}", path.display())
                }
                other => format!("{}: {other}", path.display()),
            },
        )
    })
}

/// What a result says about evidence: names and figures, nothing personal.
fn summary(evidence: &Evidence, path: &Path) -> serde_json::Value {
    json!({
        "evidence": path.display().to_string(),
        "mode": evidence.mode,
        "files": evidence.files.keys().collect::<Vec<_>>(),
        "probes": evidence.probes,
        "terminal_accepted": evidence.terminal_authentication.as_ref().map(|facts| facts.accepted),
        "timing": evidence.timing,
    })
}
