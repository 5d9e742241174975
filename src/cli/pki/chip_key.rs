//! `ektp pki chip-key`: a file of a symmetric key towards chips.

use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::secret_input;
use crate::pki::chip_keys::{ChipKey, Kind};
use crate::reason::{Lang, Reason};
use crate::world::system_entropy;
use serde_json::json;
use std::path::PathBuf;

/// What the key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum KindName {
    /// The chip vendor's transport set: ENC, MAC and DEK one after the other
    Transport,
    /// Master of the chip-unique SCP03 sets
    Scp03Master,
    /// Master of the proof keys
    ProofMaster,
    /// Key of a gallery of fingers, for `ektp afis`
    Gallery,
    /// Key of a store of issuance, for `ektp store` and every verb that works on one
    Store,
}

/// Which key.
#[derive(Debug, clap::Args)]
pub(super) struct KeyArgs {
    /// What it is for
    #[arg(long, value_enum)]
    kind: KindName,
    /// The key as hexadecimal text: `prompt`, `-` (standard input) or `file:PATH`; a master that is not given is drawn
    #[arg(long, value_name = "SOURCE", required_if_eq("kind", "transport"))]
    value: Option<String>,
    /// Passphrase of the new file: `prompt`, `-` or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    passphrase: String,
    /// File to write (JSON, scrypt and AES-256-GCM)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn make(args: &KeyArgs, out: &mut Output) -> Answer {
    let kind = match args.kind {
        KindName::Transport => Kind::Transport,
        KindName::Scp03Master => Kind::Scp03Master,
        KindName::ProofMaster => Kind::ProofMaster,
        KindName::Gallery => Kind::Gallery,
        KindName::Store => Kind::Store,
    };
    let mut rng = system_entropy();
    let key = match &args.value {
        Some(source) => ChipKey::from_hex(kind, secret_input::read(source, "key")?.expose().trim())?,
        None if kind == Kind::Transport => {
            return Err(Failure::new(Reason::Usage, "a transport set comes from the chips' vendor"));
        }
        None => ChipKey::generate(kind, &mut rng),
    };
    let passphrase = secret_input::read(&args.passphrase, "new passphrase")?;
    key.create(&args.out, &passphrase, &mut rng).map_err(|e| Failure::at(&args.out, &e))?;
    let check = key.check_values();
    let sample = if key.is_sample() { out.lang().pick(", SAMPLE", ", CONTOH") } else { "" };
    let (file, name, check_values) = (args.out.display(), kind.name(), check.join(" "));
    out.line(match out.lang() {
        Lang::En => format!("{file}  {name} key, check {check_values}{sample}"),
        Lang::Id => format!("{file}  kunci {name}, nilai cek {check_values}{sample}"),
    });
    Ok(Outcome::yes(json!({
        "file": args.out.display().to_string(), "kind": kind, "check": check, "sample": key.is_sample()
    })))
}
