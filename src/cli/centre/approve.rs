//! `ektp centre approve`: the step to print ready, which alone makes an authorization.

use super::each::application;
use crate::cli::Answer;
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::{approver, recipient};
use crate::issuance::Role;
use crate::issuance::centre::{ClassicalPrints, Making, approve};
use crate::issuance::store::Id;
use crate::lds::numbers::Register;
use crate::lds::profile::{Face, Profile};
use crate::reason::Reason;
use serde_json::json;
use std::path::PathBuf;

/// Whose card, made by what.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = application)]
    application: Id,
    /// Card profile
    #[arg(long, value_name = "NAME", default_value = crate::lds::profile::DEFAULT)]
    profile: String,
    /// What the card's face shows; the profile's own if it is not given
    #[arg(long, value_name = "FACE", value_parser = ["full", "can", "legacy"])]
    face: Option<String>,
    /// Certificate of the bureau that may open the image (PEM or DER)
    #[arg(long, value_name = "CERT")]
    recipient: PathBuf,
    /// Trust store whose operations root must have certified bureau and approver; without one, only samples are accepted
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// The authority's register of numbers, made if it is not there
    #[arg(long, value_name = "FILE")]
    numbers: PathBuf,
    /// Certificate of the approver, whose key is the officer's
    #[arg(long, value_name = "FILE")]
    cert: PathBuf,
    /// The one signer that may spend the authorization
    #[arg(long, value_name = "ID")]
    signer: String,
    /// The folder that images go to
    #[arg(long, value_name = "DIR")]
    images: PathBuf,
    /// On a re-issue put the fingers that were captured now on the chip, and not those of the enrolment; takes two officers
    #[arg(long)]
    renew_fingers: bool,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let profile = Profile::named(&args.profile)?;
    let recipient = recipient::check(&args.recipient, args.trust.as_deref())?;
    let mut numbers = Register::open(&args.numbers)?;
    let mut sitting = args.desk.sit(&[Role::Approver, Role::Adjudicator, Role::Supervisor])?;
    let own = sitting.first_key.as_ref();
    let needs_key = || Failure::new(Reason::Usage, "an authorization is signed by the approver's key itself: --key FILE");
    let key = own.ok_or_else(needs_key)?.clone();
    let cert = approver::certificate(&args.cert)?;
    approver::believed(&cert, &args.cert, args.trust.as_deref())?;
    let approver = approver::credential(cert, key, || format!("{} is not of the officer's key", args.cert.display()))?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    crate::durable::private_folder(&args.images)
        .map_err(|e| Failure::new(Reason::of_io(e.kind()), format!("{}: {}", args.images.display(), e.kind())))?;
    let mut making = Making {
        profile: &profile,
        face: args.face.as_deref().and_then(Face::from_name).unwrap_or(profile.face),
        recipient: &recipient,
        numbers: &mut numbers,
        approver: &approver,
        signer: &args.signer,
        images: &args.images,
        prints: &ClassicalPrints,
    };
    let made = approve(&mut desk, &job, &args.application, (&mut making, args.renew_fingers), by)?;
    let text = out.lang().pick("authorized", "diotorisasi");
    out.line(format!("{}  {} {text}: {}", args.application, made.card, made.image.display()));
    Ok(Outcome::yes(json!({
        "application": args.application, "card": made.card, "number": made.number, "image": made.image.display().to_string(),
        "again": made.again
    })))
}
