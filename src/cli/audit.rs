//! `ektp audit verify`: the chains of a store of issuance, read as a judge would, and held against heads that were seen before.

use super::Answer;
use super::output::{Failure, Outcome, Output};
use super::place;
use crate::issuance::desk::signatures;
use crate::issuance::officer::Folder;
use crate::issuance::status::witnessed;
use crate::issuance::store::audit::{self, Verified};
use crate::issuance::store::{Head, Place, StoreError, heads};
use crate::limits::STORE_HEADS_BYTES;
use crate::pki::status_list::register::Register;
use crate::reason::Reason;
use crate::verify::hex;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum AuditVerb {
    /// Verify every chain of a store, row by row, and what stands in it
    Verify(VerifyArgs),
}

/// Options of `audit verify`.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The store: a file, or postgres://… on this machine
    #[arg(value_name = "STORE")]
    store: String,
    /// Heads seen before, a file of --out, or the register of statuses that was published from this store: an older store in the place of
    /// the one they are of is refused
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,
    /// The roster: every signature is checked under the grant of its time; without it signatures are not judged
    #[arg(long, value_name = "DIR")]
    roster: Option<PathBuf>,
    /// Write the heads here, to be kept elsewhere
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl AuditVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Verify(_) => "audit verify",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Verify(args) => verify(&args, out),
        }
    }
}

fn verify(args: &VerifyArgs, out: &mut Output) -> Answer {
    let known = args.known.as_deref().map_or(Ok(Vec::new()), seen)?;
    if let Some(path) = &args.out {
        place::must_be_free(path)?;
    }
    let roster = args.roster.as_deref().map(Folder::open).transpose()?;
    let judge = |row: &audit::Row| roster.as_ref().map_or(Ok(()), |folder| signatures::row(row, folder.roster()));
    let mut store = Place::parse(&args.store).open(None, &[])?;
    let verified = audit::verify_with(store.as_mut(), &known, &judge)?;
    if let Some(path) = &args.out {
        place::create_public(path, heads::to_json(&verified.heads).as_bytes())?;
    }
    tell(&verified, roster.is_some(), out);
    let office = |head: &Head| json!({"office": head.office, "rows": head.n, "head": hex::encode(&head.head)});
    let offices: Vec<Value> = verified.heads.iter().map(office).collect();
    Ok(Outcome::yes(
        json!({"rows": verified.rows, "clock_back": verified.clock_back, "signatures": roster.is_some(), "offices": offices}),
    ))
}

/// Largest file of heads, or register, that is read, in bytes.
const REGISTER_BYTES: u64 = 256 * 1_048_576;

/// Heads of a file.
fn seen(path: &Path) -> Result<Vec<Head>, Failure> {
    let text = place::read(path, REGISTER_BYTES)?;
    // A register of statuses keeps the heads of its last publication.
    match Register::parse(&text) {
        Ok(register) => witnessed(&register).map_err(|error| Failure::at(path, &error)),
        Err(_) if u64::try_from(text.len()).is_ok_and(|length| length > STORE_HEADS_BYTES) => {
            Err(Failure::new(Reason::InputInvalid, format!("{}: larger than heads are", path.display())))
        }
        Err(_) => heads::from_json(&text).map_err(|error: StoreError| Failure::at(path, &error)),
    }
}

fn tell(verified: &Verified, signatures: bool, out: &mut Output) {
    let lang = out.lang();
    for head in &verified.heads {
        out.line(format!("{:<24} {:>9} {}", head.office, head.n, hex::encode(&head.head)));
    }
    let holds = lang.pick("rows, every chain holds", "baris, setiap rantai utuh");
    let signed = if signatures { lang.pick(", every signature counts", ", setiap tanda tangan sah") } else { "" };
    out.line(format!("{} {holds}{signed}", verified.rows));
    if verified.clock_back > 0 {
        let back = lang.pick("rows by a clock behind the row before", "baris dengan jam di belakang baris sebelumnya");
        out.line(format!("{} {back}", verified.clock_back));
    }
}
