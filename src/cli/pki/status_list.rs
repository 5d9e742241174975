//! `ektp pki status-list-new | -set | -sign`: the authority's word on every card.

use super::files::{self, KeyFile};
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::pki::status_list::register::Register;
use crate::pki::status_list::{self, CardStatus, StatusListError};
use crate::reason::Reason;
use crate::world::{Clock, SystemClock};
use serde_json::json;
use std::path::PathBuf;

/// A new register.
#[derive(Debug, clap::Args)]
pub(super) struct NewArgs {
    /// File of the register
    #[arg(value_name = "REGISTER")]
    register: PathBuf,
    /// Where the list is published
    #[arg(long, value_name = "URI")]
    uri: String,
}

pub(super) fn new(args: &NewArgs, out: &mut Output) -> Answer {
    if args.register.exists() {
        return Err(Failure::new(Reason::JobConflict, format!("{} is there already", args.register.display())));
    }
    Register::new(&args.uri).save(&args.register)?;
    Ok(files::answer_file(&args.register, "status register", out))
}

/// A state by its name.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum StatusName {
    Active,
    Revoked,
    Suspended,
    NotHandedOver,
}

impl StatusName {
    fn status(self) -> CardStatus {
        match self {
            Self::Active => CardStatus::Active,
            Self::Revoked => CardStatus::Revoked,
            Self::Suspended => CardStatus::Suspended,
            Self::NotHandedOver => CardStatus::NotHandedOver,
        }
    }
}

/// A change of state.
#[derive(Debug, clap::Args)]
pub(super) struct SetArgs {
    /// File of the register
    #[arg(value_name = "REGISTER")]
    register: PathBuf,
    /// Status index of the card
    #[arg(long, value_name = "N")]
    index: u64,
    /// Its new state; revoked is for good
    #[arg(long, value_enum)]
    state: StatusName,
}

pub(super) fn set(args: &SetArgs, out: &mut Output) -> Answer {
    let mut register = Register::load(&args.register)?;
    let before = register.get(args.index);
    let after = args.state.status();
    register.set(args.index, after)?;
    register.save(&args.register)?;
    out.line(format!("index {}: {before:?} → {after:?}; sign the list to make it known", args.index));
    Ok(Outcome::yes(json!({"index": args.index, "before": before, "after": after})))
}

/// A list to be signed.
#[derive(Debug, clap::Args)]
pub(super) struct SignArgs {
    /// File of the register
    #[arg(value_name = "REGISTER")]
    register: PathBuf,
    /// Certificate of the list's signer
    #[arg(long, value_name = "FILE")]
    cert: PathBuf,
    #[command(flatten)]
    key: KeyFile,
    /// File to write (CWT)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn sign(args: &SignArgs, out: &mut Output) -> Answer {
    let signer = args.key.credential(&args.cert)?;
    let mut register = Register::load(&args.register)?;
    let list = register.next_list(SystemClock.now());
    let cwt = status_list::sign(&list, &signer).map_err(|error| match error {
        StatusListError::Signature => Failure::new(Reason::InputInvalid, "a status list is signed with a key on P-256 or P-384"),
        other => other.into(),
    })?;
    // The number is spent before the list can be seen anywhere.
    register.save(&args.register)?;
    files::write_new(&args.out, &cwt)?;
    out.line(format!("{}  list {}, {} indices, {} bytes", args.out.display(), list.number, list.bits.len(), cwt.len()));
    Ok(Outcome::yes(json!({
        "file": args.out.display().to_string(), "number": list.number, "length": list.bits.len(), "bytes": cwt.len()
    })))
}
