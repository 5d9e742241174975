//! Where things go, by what a line is secured, and to whom letters are sealed.

use crate::cli::office::OfficeArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::{place, recipient, secret_input};
use crate::durable::Held;
use crate::issuance::Office;
use crate::issuance::desk::Desk;
use crate::issuance::store::{Id, StoreError};
use crate::issuance::sync::folder::Carried;
use crate::issuance::sync::line::Credentials;
use crate::issuance::sync::{Recipients, Spool};
use crate::limits::{CERTIFICATE_BYTES, STORE_OFFICES};
use crate::pki::keystore;
use crate::reason::{Reason, Refusal as _};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A folder that is carried or shared, or the office above.
#[derive(Debug, Clone)]
pub enum Where {
    /// A folder.
    Folder(PathBuf),
    /// `HOST:PORT` of a line.
    Line(String),
}

/// `https://HOST:PORT` is a line; everything else is a folder.
pub fn parse_where(text: &str) -> Result<Where, String> {
    match text.strip_prefix("https://") {
        Some(address) => {
            let address = address.trim_end_matches('/');
            let has_port = address.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
            if has_port { Ok(Where::Line(address.to_owned())) } else { Err("a line is https://HOST:PORT".to_owned()) }
        }
        None if text.contains("://") => Err("a folder, or https://HOST:PORT".to_owned()),
        None => Ok(Where::Folder(PathBuf::from(text))),
    }
}

impl std::fmt::Display for Where {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Line(address) => write!(f, "https://{address}"),
        }
    }
}

/// By what a line is secured.
#[derive(Debug, clap::Args)]
pub struct LineArgs {
    /// This office's certificate for lines, with those above it (PEM); its common name is the office's code
    #[arg(long, value_name = "FILE")]
    line_cert: Option<PathBuf>,
    /// Its key
    #[arg(long, value_name = "FILE")]
    line_key: Option<PathBuf>,
    /// Passphrase of that key: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    line_passphrase: String,
    /// Certificates of the authorities from which others' certificates must be (PEM)
    #[arg(long, value_name = "FILE")]
    line_ca: Option<PathBuf>,
}

impl LineArgs {
    /// Opens them.
    pub fn open(&self) -> Result<Credentials, Failure> {
        let (Some(cert), Some(key), Some(ca)) = (&self.line_cert, &self.line_key, &self.line_ca) else {
            return Err(Failure::new(Reason::Usage, "a line takes --line-cert, --line-key and --line-ca"));
        };
        let most = u64::try_from(CERTIFICATE_BYTES.saturating_mul(16)).unwrap_or(u64::MAX);
        let (chain, authorities) = (place::read(cert, most)?, place::read(ca, most)?);
        let passphrase = secret_input::read(&self.line_passphrase, "passphrase of the line's key")?;
        let private = keystore::open(key, &passphrase).map_err(|e| Failure::at(key, &e))?;
        Credentials::new(&chain, &private, &authorities).map_err(|e| Failure::at(cert, &e))
    }
}

/// An office's folder, where no store is opened.
#[derive(Debug, clap::Args)]
pub struct SpoolArgs {
    /// The folder of what comes and goes; made if it is not there
    #[arg(long, value_name = "DIR", env = "EKTP_SPOOL")]
    pub spool: PathBuf,
    /// The roster: the folder of all grants
    #[arg(long, value_name = "DIR", env = "EKTP_ROSTER")]
    pub roster: PathBuf,
    /// This office
    #[arg(long, value_name = "OFFICE", env = "EKTP_OFFICE")]
    pub office: Office,
}

/// A desk that exchanges with others.
#[derive(Debug, clap::Args)]
pub struct SyncArgs {
    /// The folder of what comes and goes; made if it is not there
    #[arg(long, value_name = "DIR", env = "EKTP_SPOOL")]
    pub spool: PathBuf,
    /// Folder of the certificates to which letters are sealed, one an office: `ministry.pem`, `31.71.01.pem`
    #[arg(long, value_name = "DIR", env = "EKTP_RECIPIENTS")]
    recipients: PathBuf,
    /// Trust store whose operations root must have signed them; without one, only samples are accepted
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    #[command(flatten)]
    pub line: LineArgs,
    #[command(flatten)]
    pub desk: OfficeArgs,
}

impl SyncArgs {
    /// The office's folder, held for this run.
    pub fn spool(&self) -> Result<(Spool, Held), Failure> {
        hold(&self.spool, self.desk.office)
    }

    /// Certificates of other offices.
    pub fn recipients(&self) -> Result<Recipients, Failure> {
        let unreadable = |e: std::io::Error| {
            Failure::new(Reason::FileUnreadable, format!("cannot read {}: {}", self.recipients.display(), e.kind()))
        };
        let mut recipients = Recipients::new();
        for entry in std::fs::read_dir(&self.recipients).map_err(unreadable)?.take(STORE_OFFICES) {
            let path = entry.map_err(unreadable)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".pem"));
            if let Some(office) = name.and_then(|name| name.parse::<Office>().ok()) {
                recipients.insert(office, recipient::check(&path, self.trust.as_deref())?);
            }
        }
        Ok(recipients)
    }
}

/// An office's folder, held for this run alone.
pub fn hold(path: &Path, office: Office) -> Result<(Spool, Held), Failure> {
    let spool = Spool::open(path, office).map_err(|e| Failure::at(path, &e))?;
    let held = spool.hold()?.ok_or_else(|| Failure::new(Reason::InUse, format!("another run is at {}", path.display())))?;
    Ok((spool, held))
}

/// What is exchanged has jobs of its own, by what it is: another job of this name is something else.
pub fn unused(desk: &mut Desk<'_>, job: &Id) -> Result<(), Failure> {
    if desk.store.job(job)?.is_empty() { Ok(()) } else { Err(StoreError::Conflict(job.to_string()).into()) }
}

/// How many items went a way, and whether the line was down: what was made is durable, and goes when it is back.
pub fn or_offline(carried: Result<usize, Failure>, out: &mut Output) -> Result<(usize, bool), Failure> {
    match carried {
        Ok(count) => Ok((count, false)),
        Err(failure) if failure.reason == Reason::OfflineQueued => {
            out.note(failure.message);
            Ok((0, true))
        }
        Err(failure) => Err(failure),
    }
}

/// What was not done, and why.
#[derive(Debug, Default)]
pub struct Refused(Vec<Value>);

impl Refused {
    /// One more.
    pub fn add(&mut self, kind: &str, about: &str, reason: Reason, out: &mut Output) {
        out.line(format!("{kind} {about}: {} [{}]", reason.text(out.lang()), reason.code()));
        self.0.push(json!({"kind": kind, "about": about, "reason": reason.code()}));
    }

    /// The items of a way that were not carried.
    pub fn carried(&mut self, all: &[Carried], out: &mut Output) -> usize {
        for one in all {
            let (kind, about) = named(one);
            match &one.refused {
                Some(error) => self.add(&kind, &about, error.reason(), out),
                None => out.event("carried", json!({"item": one.item.to_string(), "kind": kind, "about": about})),
            }
        }
        all.iter().filter(|one| one.refused.is_none()).count()
    }

    /// What the verb answers.
    pub fn outcome(self, mut data: Value, offline: bool) -> Outcome {
        let (refused, reason) = (!self.0.is_empty(), if offline { Some(Reason::OfflineQueued) } else { None });
        if let Value::Object(object) = &mut data {
            object.insert("refused".into(), Value::Array(self.0));
        }
        match reason.or(refused.then_some(Reason::PartlyDone)) {
            Some(reason) => Outcome::with_reason(reason, data),
            None => Outcome::yes(data),
        }
    }
}

fn named(one: &Carried) -> (String, String) {
    match &one.label {
        Some(label) => (label.kind.to_owned(), label.about.clone()),
        None => ("item".to_owned(), one.item.to_string()),
    }
}
