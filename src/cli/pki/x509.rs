//! `ektp pki csca | link | ds | operations-root | issue | crl`: the offline authority answers by file.

use super::files::{self, EcParams, From, KeyFile, NameArgs};
use crate::cli::Answer;
use crate::cli::output::{Failure, Output};
use crate::cli::place::create_public;
use crate::pki::x509::authority;
use crate::pki::x509::issue::{self as make, AuthorityPlan, Purpose, SignerPlan};
use crate::pki::x509::request::Request;
use crate::pki::x509::{Crl, crl as list};
use crate::reason::{Lang, Reason};
use crate::world::{Clock, SystemClock, system_entropy};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// An authority to be made.
#[derive(Debug, clap::Args)]
pub(super) struct CscaArgs {
    #[command(flatten)]
    key: KeyFile,
    #[command(flatten)]
    name: NameArgs,
    #[command(flatten)]
    plan: PlanArgs,
    /// File to write (PEM)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// What the certificates of Doc 9303 say beside name and key.
#[derive(Debug, clap::Args)]
struct PlanArgs {
    #[command(flatten)]
    from: From,
    /// State, three letters
    #[arg(long, value_name = "CCC", default_value = "IDN")]
    state: String,
    /// Days that the key signs
    #[arg(long, value_name = "DAYS")]
    key_days: u32,
    /// Days that the certificate holds
    #[arg(long, value_name = "DAYS")]
    days: u32,
    /// How EC parameters are written
    #[arg(long, value_enum, default_value = "named")]
    ec_params: EcParams,
    /// Where the revocation list is found
    #[arg(long, value_name = "URL")]
    crl_url: String,
}

impl PlanArgs {
    /// Refuses a key use beyond what Doc 9303-12 table 1 allows.
    fn check(&self, most_key_days: u32) -> Result<(), Failure> {
        if self.key_days == 0 || self.key_days > most_key_days || self.key_days > self.days {
            let message =
                format!("a key of this kind signs 1 to {most_key_days} days, and not longer than its certificate holds");
            return Err(Failure::new(Reason::InputInvalid, message));
        }
        Ok(())
    }

    fn authority(&self, name: crate::pki::name::Name) -> AuthorityPlan {
        AuthorityPlan {
            name,
            state: self.state.clone(),
            validity: self.from.days(self.days),
            key_use: self.from.days(self.key_days),
            parameters: self.ec_params.read(),
            crl_url: self.crl_url.clone(),
        }
    }
}

/// CSCA keys sign at most five years.
const CSCA_KEY_DAYS: u32 = 5 * 366;
/// DS keys sign at most three months.
const DS_KEY_DAYS: u32 = 92;

pub(super) fn csca(args: &CscaArgs, out: &mut Output) -> Answer {
    args.plan.check(CSCA_KEY_DAYS)?;
    let cert = make::csca(&args.key.open()?, &args.plan.authority(args.name.read()?), &mut system_entropy())?;
    files::answer_certificate(&args.out, &cert, out)
}

/// A rollover.
#[derive(Debug, clap::Args)]
pub(super) struct LinkArgs {
    /// Certificate of the old CSCA
    #[arg(long, value_name = "FILE")]
    old: PathBuf,
    #[command(flatten)]
    key: KeyFile,
    /// Certificate of the new CSCA
    #[arg(long, value_name = "FILE")]
    new: PathBuf,
    #[command(flatten)]
    plan: PlanArgs,
    /// File to write (PEM)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn link(args: &LinkArgs, out: &mut Output) -> Answer {
    args.plan.check(CSCA_KEY_DAYS)?;
    let old = args.key.credential(&args.old)?;
    let new = files::certificate(&args.new)?;
    new.verify_issued(&new)?;
    let at = args.plan.from.instant();
    authority::csca(&old.cert, at).map_err(|e| Failure::at(&args.old, &e))?;
    authority::csca(&new, at).map_err(|e| Failure::at(&args.new, &e))?;
    let plan = args.plan.authority(new.subject().clone());
    let cert = make::link(&old, new.public_key(), &plan, &mut system_entropy())?;
    files::answer_certificate(&args.out, &cert, out)
}

/// A document signer's request.
#[derive(Debug, clap::Args)]
pub(super) struct DsArgs {
    /// Certificate of the CSCA
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    #[command(flatten)]
    key: KeyFile,
    /// The request (PKCS#10)
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// MRZ document code that it may sign
    #[arg(long, value_name = "CODE", default_value = "I")]
    document_type: Vec<String>,
    #[command(flatten)]
    plan: PlanArgs,
    /// File to write (PEM)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn ds(args: &DsArgs, out: &mut Output) -> Answer {
    args.plan.check(DS_KEY_DAYS)?;
    let ca = args.key.credential(&args.ca)?;
    let request = Request::from_file(&files::read(&args.request)?).map_err(|e| Failure::at(&args.request, &e))?;
    same_country(&ca, &request)?;
    let validity = args.plan.from.days(args.plan.days);
    authority::csca(&ca.cert, validity.from).map_err(|e| Failure::at(&args.ca, &e))?;
    authority::within(&ca.cert, validity)?;
    let plan = SignerPlan {
        name: request.subject().clone(),
        state: args.plan.state.clone(),
        validity,
        key_use: args.plan.from.days(args.plan.key_days),
        document_types: args.document_type.clone(),
        parameters: args.plan.ec_params.read(),
        crl_url: args.plan.crl_url.clone(),
    };
    let cert = make::document_signer(&ca, request.public_key(), &plan, &mut system_entropy())?;
    files::answer_certificate(&args.out, &cert, out)
}

fn same_country(ca: &make::Credential, request: &Request) -> Result<(), Failure> {
    let (ours, theirs) = (ca.cert.subject().country(), request.subject().country());
    if ours == theirs {
        Ok(())
    } else {
        Err(Failure::new(Reason::InputInvalid, format!("the request is of country {theirs:?}, the authority of {ours:?}")))
    }
}

/// The operations root.
#[derive(Debug, clap::Args)]
pub(super) struct RootArgs {
    #[command(flatten)]
    key: KeyFile,
    #[command(flatten)]
    name: NameArgs,
    #[command(flatten)]
    from: From,
    /// Days that the certificate holds
    #[arg(long, value_name = "DAYS", default_value = "3650")]
    days: u32,
    /// File to write (PEM)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn operations_root(args: &RootArgs, out: &mut Output) -> Answer {
    some_days(args.days)?;
    let (key, name) = (args.key.open()?, args.name.read()?);
    let cert = make::operations_root(&key, &name, args.from.days(args.days), &mut system_entropy())?;
    files::answer_certificate(&args.out, &cert, out)
}

/// What an operations certificate is for.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum PurposeName {
    DocumentSigner,
    Approver,
    Bureau,
    Receipt,
    Batch,
    StatusList,
    Office,
}

impl PurposeName {
    pub(super) fn purpose(self) -> Purpose {
        match self {
            Self::DocumentSigner => Purpose::DocumentSigner,
            Self::Approver => Purpose::Approver,
            Self::Bureau => Purpose::Bureau,
            Self::Receipt => Purpose::Receipt,
            Self::Batch => Purpose::Batch,
            Self::StatusList => Purpose::StatusList,
            Self::Office => Purpose::Office,
        }
    }
}

/// A request under the operations root.
#[derive(Debug, clap::Args)]
pub(super) struct IssueArgs {
    /// Certificate of the operations root
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    #[command(flatten)]
    key: KeyFile,
    /// What the key is for
    #[arg(long, value_enum)]
    purpose: PurposeName,
    /// The request (PKCS#10)
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    #[command(flatten)]
    from: From,
    /// Days that the certificate holds
    #[arg(long, value_name = "DAYS", default_value = "365")]
    days: u32,
    /// File to write (PEM)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn issue(args: &IssueArgs, out: &mut Output) -> Answer {
    let purpose = args.purpose.purpose();
    if purpose == Purpose::DocumentSigner {
        return Err(Failure::new(Reason::InputInvalid, "a document signer is certified by the CSCA: `ektp pki ds`"));
    }
    some_days(args.days)?;
    let root = args.key.credential(&args.ca)?;
    let request = Request::from_file(&files::read(&args.request)?).map_err(|e| Failure::at(&args.request, &e))?;
    same_country(&root, &request)?;
    let span = args.from.days(args.days);
    authority::operations(&root.cert).map_err(|e| Failure::at(&args.ca, &e))?;
    authority::within(&root.cert, span)?;
    let cert = make::operations_leaf(&root, purpose, request.public_key(), request.subject(), span, &mut system_entropy())?;
    files::answer_certificate(&args.out, &cert, out)
}

fn some_days(days: u32) -> Result<(), Failure> {
    if days == 0 { Err(Failure::new(Reason::InputInvalid, "a certificate holds at least a day")) } else { Ok(()) }
}

/// A revocation list.
#[derive(Debug, clap::Args)]
pub(super) struct CrlArgs {
    /// Certificate of the authority
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    #[command(flatten)]
    key: KeyFile,
    /// The list before this one: its entries are kept and its number counts up
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
    /// A certificate to revoke now
    #[arg(long, value_name = "FILE")]
    revoke: Vec<PathBuf>,
    #[command(flatten)]
    from: From,
    /// Days that the list holds, at most 90
    #[arg(long, value_name = "DAYS", default_value = "90")]
    days: u32,
    /// File to write (PEM)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn crl(args: &CrlArgs, out: &mut Output) -> Answer {
    if args.days == 0 || i64::from(args.days) > list::MAX_AGE_DAYS {
        return Err(Failure::new(Reason::InputInvalid, "a revocation list holds 1 to 90 days"));
    }
    let authority = args.key.credential(&args.ca)?;
    authority::lists(&authority.cert).map_err(|e| Failure::at(&args.ca, &e))?;
    let (mut number, mut revoked) = (1, BTreeMap::new());
    if let Some(path) = &args.previous {
        let previous = Crl::from_file(&files::read(path)?).map_err(|e| Failure::at(path, &e))?;
        previous.verify(&authority.cert)?;
        number = previous.number() + 1;
        revoked.clone_from(previous.revoked());
    }
    for path in &args.revoke {
        let cert = files::certificate(path)?;
        if !authority.cert.is_named_issuer_of(&cert) || authority.cert.verify_issued(&cert).is_err() {
            return Err(Failure::new(Reason::InputInvalid, format!("{} was not issued by this authority", path.display())));
        }
        revoked.entry(cert.serial().to_vec()).or_insert_with(|| SystemClock.now());
    }
    let made = list::make(&authority, number, args.from.days(args.days), &revoked)?;
    create_public(&args.out, made.to_pem().as_bytes())?;
    let (file, revoked) = (args.out.display(), made.revoked_count());
    out.line(match out.lang() {
        Lang::En => format!("{file}  list {number}, {revoked} revoked"),
        Lang::Id => format!("{file}  daftar {number}, {revoked} dicabut"),
    });
    let file = args.out.display().to_string();
    Ok(crate::cli::output::Outcome::yes(serde_json::json!({"file": file, "list": super::summary::crl_summary(&made)})))
}
