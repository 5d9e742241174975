//! `ektp pki status-list-new | -set | -sign`: the authority's word on every card.

use super::files::{self, KeyFile};
use crate::cli::Answer;
use crate::cli::card::profile;
use crate::cli::output::{Failure, Outcome, Output};
use crate::crypto::hash::sha256;
use crate::durable::{Pending, Readers};
use crate::pki::status_list::register::Register;
use crate::pki::status_list::{self, CardStatus, StatusListError, Token};
use crate::pki::x509::issue::Purpose;
use crate::pki::x509::{Certificate, path};
use crate::reason::{Lang, Reason};
use crate::verify::hex;
use crate::world::{Clock, SystemClock};
use serde_json::json;
use std::path::{Path, PathBuf};

/// A new register.
#[derive(Debug, clap::Args)]
pub(super) struct NewArgs {
    /// File of the register
    #[arg(value_name = "REGISTER")]
    register: PathBuf,
    /// Where the list is published
    #[arg(long, value_name = "URI")]
    uri: String,
    /// Profile of its cards: the list has as many indices as the profile draws from (a name, or a profile file .toml)
    #[arg(long, value_name = "NAME|FILE", default_value = crate::lds::profile::DEFAULT)]
    profile: String,
    /// Indices of the list, in place of the profile's
    #[arg(long, value_name = "N", conflicts_with = "profile")]
    indices: Option<u64>,
}

pub(super) fn new(args: &NewArgs, out: &mut Output) -> Answer {
    let indices = match args.indices {
        Some(indices) => indices,
        None => profile(&args.profile)?.status_indices.into(),
    };
    Register::new(&args.uri, indices)?.create(&args.register).map_err(|e| Failure::at(&args.register, &e))?;
    let place = args.register.display();
    out.line(match out.lang() {
        Lang::En => format!("{place}  status register of {indices} indices, all not handed over"),
        Lang::Id => format!("{place}  register status {indices} indeks, semuanya belum diserahkan"),
    });
    let file = args.register.display().to_string();
    Ok(Outcome::yes(json!({"file": file, "kind": "status register", "indices": indices})))
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
    let mut held = Register::hold(&args.register).map_err(|e| Failure::at(&args.register, &e))?;
    let before = held.register.get(args.index);
    let after = args.state.status();
    held.register.set(args.index, after)?;
    held.save().map_err(|e| Failure::at(&args.register, &e))?;
    let (lang, index) = (out.lang(), args.index);
    let next = lang.pick("sign the list to make it known", "tanda tangani daftar agar diketahui");
    out.line(format!("{} {index}: {} → {}; {next}", lang.pick("index", "indeks"), before.text(lang), after.text(lang)));
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
    /// File to write (CWT); an earlier list of this register there is replaced, anything else is left and refused
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn sign(args: &SignArgs, out: &mut Output) -> Answer {
    let now = SystemClock.now();
    let signer = args.key.credential(&args.cert)?;
    // A list that no verifier accepts must not be the one with today's number.
    let fit = path::check_purpose(&signer.cert, Purpose::StatusList).and_then(|()| path::check_dates(&signer.cert, now));
    fit.map_err(|e| Failure::at(&args.cert, &e))?;
    let mut held = Register::hold(&args.register).map_err(|e| Failure::at(&args.register, &e))?;
    let place = place(&args.out, &held.register, &signer.cert)?;
    let list = held.register.next_list(now);
    held.register.signed_by(&hex::encode(&sha256(signer.cert.as_der())));
    let cwt = status_list::sign(&list, &signer).map_err(|error| match error {
        StatusListError::Signature => Failure::new(Reason::InputInvalid, "a status list is signed with a key on P-256 or P-384"),
        other => other.into(),
    })?;
    // The number is spent before the list can be seen anywhere.
    held.save().map_err(|e| Failure::at(&args.register, &e))?;
    place.replace(&cwt).map_err(|e| unwritable(&args.out, &e))?;
    let (file, number, length, bytes) = (args.out.display(), list.number, list.bits.len(), cwt.len());
    out.line(match out.lang() {
        Lang::En => format!("{file}  list {number}, {length} indices, {bytes} bytes"),
        Lang::Id => format!("{file}  daftar {number}, {length} indeks, {bytes} bita"),
    });
    Ok(Outcome::yes(json!({
        "file": args.out.display().to_string(), "number": list.number, "length": list.bits.len(), "bytes": cwt.len()
    })))
}

/// The place of the list, found usable before a number is spent: free, or taken by an earlier list of this register, which a signer of
/// the same authority signed.
fn place(path: &Path, register: &Register, signer: &Certificate) -> Result<Pending, Failure> {
    if path.symlink_metadata().is_ok() {
        let earlier = |(list, by): (Token, Certificate)| {
            list.uri == register.uri() && list.number <= register.number() && by.issuer().matches(signer.issuer())
        };
        if !status_list::look_at(&files::read(path)?).is_ok_and(earlier) {
            let message = format!("{} is no earlier list of this register", path.display());
            return Err(Failure::new(Reason::OutputExists, message));
        }
    }
    Pending::beside(path, Readers::Anyone).map_err(|e| unwritable(path, &e))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Reason::of_io(error.kind()), format!("cannot write {}: {}", path.display(), error.kind()))
}
