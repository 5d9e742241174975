//! `ektp card approve`: an approver signs the authorization of a card image.

use crate::cli::Answer;
use crate::cli::approver;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::secret_input;
use crate::durable::{self, Readers};
use crate::lds::image::CardImage;
use crate::pki::authorization::{Authorization, Digest, IssueReason};
use crate::pki::keystore;
use crate::pki::statement;
use crate::pki::x509::Certificate;
use crate::pki::x509::issue::Credential;
use crate::reason::{Lang, Reason};
use crate::world::{Clock, SystemClock};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Name of the authorization in an image's folder.
const DOCUMENT: &str = "authorization.json";
/// Name of its detached signature.
const SIGNATURE: &str = "authorization.json.p7s";

/// Why a card is made.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum ReasonName {
    First,
    DataChange,
    Lost,
    Damaged,
    Expiry,
    Sample,
}

impl ReasonName {
    fn reason(self) -> IssueReason {
        match self {
            Self::First => IssueReason::First,
            Self::DataChange => IssueReason::DataChange,
            Self::Lost => IssueReason::Lost,
            Self::Damaged => IssueReason::Damaged,
            Self::Expiry => IssueReason::Expiry,
            Self::Sample => IssueReason::Sample,
        }
    }
}

/// What is approved, and by whom.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder of the card image
    #[arg(value_name = "IMAGE")]
    image: PathBuf,
    /// The approver's certificate
    #[arg(long, value_name = "FILE")]
    cert: PathBuf,
    /// The approver's private key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Its passphrase: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    passphrase: String,
    /// Number of the application
    #[arg(long, value_name = "ID")]
    application: String,
    /// Where the card is made and handed over
    #[arg(long, value_name = "TEXT")]
    route: String,
    /// Why the card is made
    #[arg(long, value_enum)]
    reason: ReasonName,
    /// The one signer that may spend the authorization
    #[arg(long, value_name = "ID")]
    signer: String,
}

/// Approves the image; the same approval by the same approver again answers the same and signs nothing new.
pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let image = CardImage::read(&args.image)?;
    let authorization = over(&image, args)?;
    let json = authorization.to_json()?;
    // One approver at a time: signature and document are two files.
    let _alone = durable::lock_folder(&args.image).map_err(|e| unusable("lock", &args.image, &e))?;
    let (document, signature) = (args.image.join(DOCUMENT), args.image.join(SIGNATURE));
    let approver = if document.exists() {
        approved_before(args, &json)?
    } else {
        let approver = credential(args)?;
        sign(&args.image, &authorization, &approver)?;
        approver.cert
    };
    out.line(match out.lang() {
        Lang::En => format!("approved by {} for signer {}", approver.subject(), args.signer),
        Lang::Id => format!("disetujui oleh {} untuk penanda tangan {}", approver.subject(), args.signer),
    });
    Ok(Outcome::yes(json!({
        "authorization": document.display().to_string(),
        "signature": signature.display().to_string(),
        "digest": Digest::of(&json).to_string(),
        "manifest_digest": authorization.manifest_digest.to_string(),
        "approver": approver.subject().to_string(),
    })))
}

/// Whose signature the image carries, if it is over this very authorization and of the approver who asks.
fn approved_before(args: &Args, json: &[u8]) -> Result<Certificate, Failure> {
    let conflict = |what: String| Failure::new(Reason::JobConflict, format!("the image was approved before, {what}"));
    if read(&args.image.join(DOCUMENT))? != json {
        return Err(conflict("with other content".into()));
    }
    let approver = statement::signer_of(json, &read(&args.image.join(SIGNATURE))?)
        .map_err(|e| Failure::new(Reason::AuthorizationInvalid, format!("the image's authorization: {e}")))?;
    let asking = Certificate::from_file(&read(&args.cert)?).map_err(|e| Failure::at(&args.cert, &e))?;
    if approver == asking { Ok(approver) } else { Err(conflict(format!("by {}", approver.subject()))) }
}

/// Signs an authorization and lays it beside its image.
pub(super) fn sign(image: &Path, authorization: &Authorization, approver: &Credential) -> Result<(), Failure> {
    let signed = authorization.approve(approver, SystemClock.now())?;
    // The signature first: a document without one would be taken for approved.
    write(&image.join(SIGNATURE), &signed.signature)?;
    write(&image.join(DOCUMENT), &signed.json)
}

fn over(image: &CardImage, args: &Args) -> Result<Authorization, Failure> {
    let (route, signer) = (args.route.clone(), args.signer.clone());
    Ok(Authorization::over(image, args.application.clone(), route, args.reason.reason(), signer)?)
}

fn credential(args: &Args) -> Result<Credential, Failure> {
    let cert = approver::certificate(&args.cert)?;
    let passphrase = secret_input::read(&args.passphrase, "passphrase")?;
    let key = keystore::open(&args.key, &passphrase).map_err(|e| Failure::at(&args.key, &e))?;
    approver::credential(cert, key, || format!("{} is not the key of that certificate", args.key.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|e| unusable("read", path, &e))
}

/// It tells who gets a card, and where: for its owner alone.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    durable::replace(path, bytes, Readers::Owner).map_err(|e| unusable("write", path, &e))
}

fn unusable(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Reason::of_io(error.kind()), format!("cannot {what} {}: {}", path.display(), error.kind()))
}
