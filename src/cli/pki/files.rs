//! What the `pki` verbs share: files in and out, keys, dates, names.

use super::words;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::{self, create_public};
use crate::cli::secret_input;
use crate::pki::key::{Parameters, PrivateKey};
use crate::pki::keystore;
use crate::pki::name::Name;
use crate::pki::time;
use crate::pki::x509::Certificate;
use crate::pki::x509::issue::{Credential, Span};
use crate::reason::Reason;
use crate::world::{Clock, SystemClock};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Largest file that a verb reads, in bytes.
const MAX_FILE: u64 = 256 * 1_048_576;

/// A private key and what opens it.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct KeyFile {
    /// Private key file
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key: PathBuf,
    /// Its passphrase: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    pub(in crate::cli) passphrase: String,
}

impl KeyFile {
    pub(in crate::cli) fn open(&self) -> Result<PrivateKey, Failure> {
        keystore::open(&self.key, &secret_input::read(&self.passphrase, "passphrase")?).map_err(|e| Failure::at(&self.key, &e))
    }

    /// The key with the certificate that belongs to it.
    pub(in crate::cli) fn credential(&self, cert: &Path) -> Result<Credential, Failure> {
        let cert = certificate(cert)?;
        let key = self.open()?;
        if key.public_key() == *cert.public_key() {
            Ok(Credential { cert, key })
        } else {
            Err(Failure::new(Reason::InputInvalid, format!("{} is not the key of that certificate", self.key.display())))
        }
    }
}

/// A name in a certificate.
#[derive(Debug, clap::Args)]
pub(super) struct NameArgs {
    /// Country, two letters
    #[arg(long, value_name = "CC", default_value = "ID")]
    pub(super) country: String,
    /// Organization
    #[arg(long, value_name = "TEXT")]
    pub(super) organization: String,
    /// Common name
    #[arg(long, value_name = "TEXT")]
    pub(super) name: String,
}

impl NameArgs {
    pub(super) fn read(&self) -> Result<Name, Failure> {
        let letters = self.country.len() == 2 && self.country.bytes().all(|b| b.is_ascii_uppercase());
        let texts = [&self.organization, &self.name];
        if letters && texts.iter().all(|t| !t.is_empty() && t.len() <= 64 && !t.chars().any(char::is_control)) {
            Ok(Name::new(&self.country, &self.organization, &self.name))
        } else {
            Err(Failure::new(Reason::InputInvalid, "a name is two capital letters and two texts of 1 to 64 bytes"))
        }
    }
}

/// When a validity begins.
#[derive(Debug, clap::Args)]
pub(super) struct From {
    /// First day, YYYY-MM-DD; default: now
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<jiff::civil::Date>,
}

impl From {
    pub(super) fn instant(&self) -> Timestamp {
        self.from.map_or_else(|| SystemClock.now(), time::start_of)
    }

    pub(super) fn days(&self, days: u32) -> Span {
        Span::days(self.instant(), i64::from(days))
    }
}

/// How EC parameters are written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum EcParams {
    /// By name, which OpenSSL 3 verifies
    Named,
    /// Written out, which Doc 9303-12 asks for
    Explicit,
}

impl EcParams {
    pub(super) fn read(self) -> Parameters {
        match self {
            Self::Named => Parameters::Named,
            Self::Explicit => Parameters::Explicit,
        }
    }
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = place::open(path)?;
    let failure =
        |e: std::io::Error| Failure::new(Reason::FileUnreadable, format!("cannot read {}: {}", path.display(), e.kind()));
    if file.metadata().map_err(failure)?.len() > MAX_FILE {
        return Err(Failure::new(Reason::InputInvalid, format!("{} is too large", path.display())));
    }
    place::read(path, MAX_FILE)
}

pub(super) fn certificate(path: &Path) -> Result<Certificate, Failure> {
    Certificate::from_file(&read(path)?).map_err(|e| Failure::at(path, &e))
}

/// Writes a certificate as PEM and answers with its summary.
pub(super) fn answer_certificate(path: &Path, cert: &Certificate, out: &mut Output) -> Result<Outcome, Failure> {
    create_public(path, cert.to_pem().as_bytes())?;
    out.line(format!("{}  {}", path.display(), cert.subject()));
    Ok(Outcome::yes(json!({"file": path.display().to_string(), "certificate": super::summary::x509_summary(cert)})))
}

/// An answer that names one file.
pub(super) fn answer_file(path: &Path, kind: &'static str, out: &mut Output) -> Outcome {
    out.line(format!("{}  {}", path.display(), words::kind(kind, out.lang())));
    Outcome::yes(json!({"file": path.display().to_string(), "kind": kind}))
}

/// The instant of judgement: the start of a day that was named, or now.
pub(super) fn judged_at(at: Option<jiff::civil::Date>) -> Timestamp {
    at.map_or_else(
        || SystemClock.now(),
        |day| day.at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::MAX, |z| z.timestamp()),
    )
}

/// Seconds precision, for people and machines.
pub(super) fn instant(at: Timestamp) -> Value {
    Value::String(format!("{at:.0}"))
}
