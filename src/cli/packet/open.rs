//! `ektp packet verify` and `open`: whose a packet is, and what is in it.

use super::{refused, verified};
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::pki::files::KeyFile;
use crate::cli::place::{create_private, must_be_free};
use crate::durable;
use crate::issuance::packet::Verified;
use crate::reason::Reason;
use crate::verify::hex;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Which packet.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The packet
    #[arg(value_name = "PACKET")]
    packet: PathBuf,
    /// Folder of the roster
    #[arg(long, value_name = "DIR")]
    roster: PathBuf,
}

pub(super) fn verify(args: &VerifyArgs, out: &mut Output) -> Answer {
    let verified = verified(&args.packet, &args.roster)?;
    tell(&verified, out);
    Ok(Outcome::yes(describe(&verified)))
}

/// Which packet, and where to.
#[derive(Debug, clap::Args)]
pub struct OpenArgs {
    #[command(flatten)]
    which: VerifyArgs,
    #[command(flatten)]
    centre: KeyFile,
    /// Folder to make for the files, private to this user
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
}

pub(super) fn open(args: &OpenArgs, out: &mut Output) -> Answer {
    must_be_free(&args.into)?;
    let verified = verified(&args.which.packet, &args.which.roster)?;
    let capture = verified.open(&args.centre.open()?).map_err(|e| refused(&args.which.packet, &e))?;
    let failed = |e: &std::io::Error| Failure::new(Reason::of_io(e.kind()), format!("{}: {}", args.into.display(), e.kind()));
    durable::private_folder(&args.into).map_err(|e| failed(&e))?;
    let mut names = Vec::new();
    for (name, bytes) in capture.files() {
        create_private(&args.into.join(name.as_str()), bytes)?;
        names.push(name.as_str());
    }
    tell(&verified, out);
    let mut data = describe(&verified);
    if let Value::Object(object) = &mut data {
        object.insert("into".into(), args.into.display().to_string().into());
        object.insert("files".into(), json!(names));
    }
    Ok(Outcome::yes(data))
}

fn tell(verified: &Verified, out: &mut Output) {
    let head = verified.head();
    let text = out.lang().pick("made by officer", "dibuat oleh petugas");
    out.line(format!("{} @ {} {text} {}, {}", head.application(), head.office(), head.officer(), head.at()));
}

fn describe(verified: &Verified) -> Value {
    let head = verified.head();
    json!({
        "application": head.application(), "office": head.office(), "officer": head.officer(), "at": head.at(),
        "digest": hex::encode(&verified.digest())
    })
}
