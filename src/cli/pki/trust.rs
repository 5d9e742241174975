//! `ektp pki trust-new` and `ektp pki trust-add`: who is trusted is decided here, once.

use super::files;
use super::show::target;
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::create_public;
use crate::pki::cvc;
use crate::pki::trust::{Kind, directory};
use crate::pki::x509::{Certificate, Crl};
use crate::reason::Reason;
use crate::world::{Clock, SystemClock};
use serde_json::json;
use std::path::PathBuf;

/// What a store is for.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum KindName {
    /// Demonstrations and tests
    Sample,
    /// Real cards; sample keys are refused
    Production,
}

/// A new store.
#[derive(Debug, clap::Args)]
pub(super) struct NewArgs {
    /// Folder of the store
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// What it is for
    #[arg(long, value_enum)]
    kind: KindName,
    /// Country, two letters
    #[arg(long, value_name = "CC", default_value = "ID")]
    country: String,
}

pub(super) fn new(args: &NewArgs, out: &mut Output) -> Answer {
    let kind = match args.kind {
        KindName::Sample => Kind::Sample,
        KindName::Production => Kind::Production,
    };
    if args.country.len() != 2 || !args.country.bytes().all(|b| b.is_ascii_alphabetic()) {
        return Err(Failure::new(Reason::InputInvalid, "a country is two letters"));
    }
    directory::create(&args.dir, kind, &args.country)?;
    out.line(format!("{}: {}", args.dir.display(), out.lang().pick("empty trust store", "gudang kepercayaan kosong")));
    Ok(Outcome::yes(json!({"dir": args.dir.display().to_string(), "kind": kind, "country": args.country})))
}

/// What an X.509 authority is for.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Role {
    /// Country signing authority
    Csca,
    /// CSCA link certificate
    Link,
    /// Operations root
    Operations,
    /// Country verifying authority (CV certificate)
    Cvca,
    /// Certificate revocation list
    Crl,
}

/// An addition.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    /// Folder of the store
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// File to put there
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// As what
    #[arg(long = "as", value_enum)]
    role: Role,
}

pub(super) fn add(args: &AddArgs, out: &mut Output) -> Answer {
    let mut store = directory::load(&args.dir)?;
    let data = files::read(&args.file)?;
    let folder = match args.role {
        Role::Csca => store.add_csca(Certificate::from_file(&data)?).map(|()| "csca")?,
        Role::Link => store.add_link(Certificate::from_file(&data)?).map(|()| "link")?,
        Role::Operations => store.add_operations_root(Certificate::from_file(&data)?).map(|()| "operations")?,
        Role::Cvca => store.add_cvca(cvc::Certificate::parse(&data)?).map(|()| "cvca")?,
        Role::Crl => return add_crl(args, &mut store, &data, out),
    };
    let path = target(&args.dir, folder, &args.file);
    create_public(&path, &data)?;
    Ok(files::answer_file(&path, folder, out))
}

/// A newer list takes the place of its authority's older ones.
fn add_crl(args: &AddArgs, store: &mut crate::pki::trust::TrustStore, data: &[u8], out: &mut Output) -> Answer {
    let crl = Crl::from_file(data)?;
    let (issuer, number) = (crl.issuer().clone(), crl.number());
    store.take_crl(crl, SystemClock.now())?;
    let path = args.dir.join("crl").join(format!("{number:010}-{}", args.file.file_name().unwrap_or_default().display()));
    create_public(&path, data)?;
    for entry in std::fs::read_dir(args.dir.join("crl")).into_iter().flatten().flatten() {
        let other = entry.path();
        let older = std::fs::read(&other).ok().and_then(|d| Crl::from_file(&d).ok());
        if older.is_some_and(|c| c.issuer().matches(&issuer) && c.number() < number) {
            let unremovable =
                |e: std::io::Error| Failure::new(Reason::of_io(e.kind()), format!("cannot remove {}", other.display()));
            std::fs::remove_file(&other).map_err(unremovable)?;
        }
    }
    Ok(files::answer_file(&path, "crl", out))
}
