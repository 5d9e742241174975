//! `ektp pki cvca | cv-link | cv-request | cv-issue`: card-verifiable certificates by file.

use super::files::{self, From, KeyFile};
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::create_public;
use crate::crypto::ec;
use crate::pki::cvc::{self, Certificate, Date, Grant, Reference, Request, Rights, Role};
use crate::pki::time;
use crate::reason::Reason;
use serde_json::json;
use std::path::{Path, PathBuf};

impl KeyFile {
    fn open_ec(&self) -> Result<ec::PrivateKey, Failure> {
        self.open()?
            .ec()
            .cloned()
            .ok_or_else(|| Failure::new(Reason::InputInvalid, "CV certificates are signed with EC keys here"))
    }
}

fn certificate(path: &Path) -> Result<Certificate, Failure> {
    Certificate::parse(&files::read(path)?).map_err(|e| Failure::at(path, &e))
}

fn answer(path: &Path, cert: &Certificate, out: &mut Output) -> Answer {
    create_public(path, &cert.encode())?;
    out.line(format!("{}  {} {} {}", path.display(), cert.body().chr, out.lang().pick("by", "oleh"), cert.body().car));
    Ok(Outcome::yes(json!({"file": path.display().to_string(), "certificate": super::summary::cv_summary(cert)})))
}

fn grant(role: Role, from: &From, days: u32, fingers: bool) -> Result<Grant, Failure> {
    let span = from.days(days);
    let day = |at| Date::new(time::date_of(at));
    Ok(Grant { role, rights: Rights { fingers }, effective: day(span.from)?, expiration: day(span.until)? })
}

/// A CVCA to be made.
#[derive(Debug, clap::Args)]
pub(super) struct CvcaArgs {
    #[command(flatten)]
    key: KeyFile,
    /// Its reference: country, mnemonic, sequence number, e.g. IDCVCA00001
    #[arg(long, value_name = "REFERENCE")]
    reference: String,
    #[command(flatten)]
    from: From,
    /// Days that the certificate holds: at most three years
    #[arg(long, value_name = "DAYS", default_value = "1095")]
    days: u32,
    /// File to write (DER)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn cvca(args: &CvcaArgs, out: &mut Output) -> Answer {
    let reference: Reference = args.reference.parse()?;
    let grant = grant(Role::Cvca, &args.from, args.days, true)?;
    let cert = cvc::self_signed(&args.key.open_ec()?, &reference, grant)?;
    answer(&args.out, &cert, out)
}

/// A CVCA rollover.
#[derive(Debug, clap::Args)]
pub(super) struct LinkArgs {
    /// Certificate of the old CVCA
    #[arg(long, value_name = "FILE")]
    old: PathBuf,
    #[command(flatten)]
    key: KeyFile,
    /// Self-signed certificate of the new CVCA
    #[arg(long, value_name = "FILE")]
    new: PathBuf,
    /// File to write (DER)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn link(args: &LinkArgs, out: &mut Output) -> Answer {
    let cert = cvc::link(&certificate(&args.old)?, &args.key.open_ec()?, &certificate(&args.new)?)?;
    answer(&args.out, &cert, out)
}

/// A CV request.
#[derive(Debug, clap::Args)]
pub(super) struct RequestArgs {
    #[command(flatten)]
    key: KeyFile,
    /// The holder's reference, e.g. IDDV00001
    #[arg(long, value_name = "REFERENCE")]
    reference: String,
    /// The authority asked, by its reference
    #[arg(long, value_name = "REFERENCE")]
    authority: Option<String>,
    /// Renewal: the certificate of the key that signs outside
    #[arg(long, value_name = "FILE", requires = "old_key")]
    old: Option<PathBuf>,
    /// Renewal: that key
    #[arg(long, value_name = "FILE", requires = "old")]
    old_key: Option<PathBuf>,
    /// Passphrase of that key
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    old_passphrase: String,
    /// File to write (DER)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn request(args: &RequestArgs, out: &mut Output) -> Answer {
    let authority = args.authority.as_deref().map(str::parse::<Reference>).transpose()?;
    let mut request = Request::new(&args.key.open_ec()?, &args.reference.parse()?, authority.as_ref());
    if let (Some(old), Some(key)) = (&args.old, &args.old_key) {
        let key = KeyFile { key: key.clone(), passphrase: args.old_passphrase.clone() }.open_ec()?;
        request = request.countersigned(&certificate(old)?.body().chr, &key);
    }
    create_public(&args.out, &request.encode())?;
    Ok(files::answer_file(&args.out, "CV request", out))
}

/// Role of a holder.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum RoleName {
    Dv,
    DvForeign,
    Is,
}

/// An answer to a CV request.
#[derive(Debug, clap::Args)]
pub(super) struct IssueArgs {
    /// Certificate of the issuer: the CVCA for a DV, the DV for an IS
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    #[command(flatten)]
    key: KeyFile,
    /// The request
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// Role of the holder
    #[arg(long, value_enum)]
    role: RoleName,
    /// The holder's last certificate: the request must carry its outer signature
    #[arg(long, value_name = "FILE")]
    renews: Option<PathBuf>,
    /// Do not give the right to read fingers
    #[arg(long)]
    no_fingers: bool,
    #[command(flatten)]
    from: From,
    /// Days that the certificate holds: at most 92 for a DV, 31 for an IS
    #[arg(long, value_name = "DAYS")]
    days: u32,
    /// File to write (DER)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn issue(args: &IssueArgs, out: &mut Output) -> Answer {
    let request = Request::parse(&files::read(&args.request)?).map_err(|e| Failure::at(&args.request, &e))?;
    let key = args.key.open_ec()?;
    if let Some(renews) = &args.renews {
        let last = certificate(renews)?;
        if request.outer_car() != Some(&last.body().chr) {
            return Err(cvc::CvcError::OuterSignatureMissing.into());
        }
        request.verify_outer(&last.body().public_key, Some(key.curve()))?;
    }
    let role = match args.role {
        RoleName::Dv => Role::DvDomestic,
        RoleName::DvForeign => Role::DvForeign,
        RoleName::Is => Role::Terminal,
    };
    let grant = grant(role, &args.from, args.days, !args.no_fingers)?;
    let cert = cvc::issue(&certificate(&args.ca)?, &key, key.curve(), &request, grant)?;
    answer(&args.out, &cert, out)
}
