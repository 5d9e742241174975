//! `ektp signer serve` and `ektp signer stop`: online mode's second process, signer and key service on a Unix socket.

use super::chip_keys::ChipKeyArgs;
use super::ending;
use super::output::{Failure, Outcome, Output};
use super::pki::files::KeyFile;
use crate::durable;
use crate::pki::key_service::GuardedKeys;
use crate::pki::sample::Kit;
use crate::pki::signer::online::{self, Service};
use crate::pki::signer::{DocumentKey, LocalSigner, Register, fitness};
use crate::pki::trust::{Kind, TrustError, TrustStore, directory, mark};
use crate::pki::x509::issue::Credential;
use crate::reason::Reason;
use crate::world::{Clock, SystemClock, system_entropy};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Signer and key service.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Answer stations on a Unix socket until `ektp signer stop`, SIGTERM or SIGINT
    Serve(Box<ServeArgs>),
    /// End the service at a socket
    Stop(StopArgs),
}

/// Where to serve, and with what.
#[derive(Debug, clap::Args)]
pub struct ServeArgs {
    /// The Unix socket; made readable by its owner alone
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
    /// Folder of the register: everything that was signed, and the chips that failed
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Sample kit with the document signer's key, and the trust store that certifies approvers; if neither this nor --key is given, the
    /// kit in the state folder, minted at first
    #[arg(long, value_name = "DIR", conflicts_with = "key")]
    kit: Option<PathBuf>,
    /// The document signer's private key, a file of `ektp pki key`
    #[arg(long, value_name = "FILE", requires_all = ["cert", "passphrase", "trust", "transport"])]
    key: Option<PathBuf>,
    /// Its certificate
    #[arg(long, value_name = "FILE", requires = "key")]
    cert: Option<PathBuf>,
    /// Its passphrase: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", requires = "key")]
    passphrase: Option<String>,
    /// Trust store whose CSCA certified the document signer, and whose operations roots certify approvers
    #[arg(long, value_name = "DIR", requires = "key")]
    trust: Option<PathBuf>,
    /// End when standard input ends: for a service that must not outlive whoever started it
    #[arg(long)]
    until_eof: bool,
    #[command(flatten)]
    chip_keys: ChipKeyArgs,
    /// The signer's name, as authorizations say it
    #[arg(long, value_name = "NAME", default_value = "sample-signer")]
    name: String,
}

/// Which service to end.
#[derive(Debug, clap::Args)]
pub struct StopArgs {
    /// The Unix socket
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
}

impl Verb {
    /// The verb's name in the machine contract.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Serve(_) => "signer serve",
            Self::Stop(_) => "signer stop",
        }
    }

    /// Runs it.
    pub(super) fn run(&self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Serve(args) => serve(args, out),
            Self::Stop(args) => {
                online::stop(&args.socket)?;
                out.line(out.lang().pick("the service ends", "layanan berakhir"));
                Ok(Outcome::yes(json!({"socket": args.socket})))
            }
        }
    }
}

fn serve(args: &ServeArgs, out: &mut Output) -> Result<Outcome, Failure> {
    durable::private_folder(&args.state).map_err(|e| unusable(&args.state, &e))?;
    let register = args.state.join("register.db");
    // Two services over one register would each guard their own chips and believe to be the only signer.
    let _alone = durable::try_lock(&register)
        .map_err(|e| unusable(&args.state, &e))?
        .ok_or_else(|| Failure::new(Reason::InUse, format!("another service keeps its register in {}", args.state.display())))?;
    let (ds, trust) = document_signer(args)?;
    let keys = args.chip_keys.open(&trust)?;
    let kind = trust.kind();
    let signer = LocalSigner {
        name: args.name.clone(),
        register: Register::open(&register)?,
        trust,
        key: DocumentKey::Open(Box::new(ds.key)),
        cert: ds.cert,
        keys: Box::new(keys.clone()),
        clock: Box::new(SystemClock),
    };
    let certificate = signer.cert.serial_hex();
    let keys = GuardedKeys::new(keys, Register::open(&register)?);
    let listener = online::listen(&args.socket).map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => {
            Failure::new(Reason::InUse, format!("a service answers at {} already", args.socket.display()))
        }
        _ => unusable(&args.socket, &e),
    })?;
    let (socket, ends) = (args.socket.clone(), args.socket.clone());
    let stop = move |signal| online::stop(&socket).unwrap_or_else(|_| ending::die_of(signal));
    ending::on_signal(stop).map_err(|e| unusable(&args.socket, &e))?;
    if args.until_eof {
        ending::on_end_of_input(move || drop(online::stop(&ends)));
    }
    out.line(format!(
        "{} {} {} {}",
        out.lang().pick("signer", "penanda tangan"),
        args.name,
        out.lang().pick("serves at", "melayani di"),
        args.socket.display()
    ));
    out.event("serving", json!({"socket": args.socket, "name": args.name, "certificate": certificate, "keys": kind}));
    let service = Service { signer: Box::new(signer), keys: Box::new(keys) };
    let questions = online::serve(&listener, service).map_err(|e| unusable(&args.socket, &e))?;
    // Only after the last answer, and only our own socket: nothing else listens at this path.
    let _ = std::fs::remove_file(&args.socket);
    out.line(format!("{questions} {}", out.lang().pick("questions answered", "pertanyaan dijawab")));
    Ok(Outcome::yes(json!({"socket": args.socket, "name": args.name, "certificate": certificate, "questions": questions})))
}

/// Key, certificate and trust: the named ones, or a sample kit's. A signer that no card's reader would believe does not start.
fn document_signer(args: &ServeArgs) -> Result<(Credential, TrustStore), Failure> {
    let (Some(key), Some(cert), Some(passphrase), Some(trust)) = (&args.key, &args.cert, &args.passphrase, &args.trust) else {
        let kit = open_kit(args)?;
        let trust = kit_trust(args, &kit)?;
        fitness::check(&kit.ds.key, &kit.ds.cert, &trust, SystemClock.now())?;
        return Ok((kit.ds, trust));
    };
    let trust = directory::load(trust)?;
    let ds = KeyFile { key: key.clone(), passphrase: passphrase.clone() }.credential(cert)?;
    if trust.kind() == Kind::Production && mark::is_sample(&ds.cert) {
        return Err(TrustError::SampleKey.into());
    }
    fitness::check(&ds.key, &ds.cert, &trust, SystemClock.now()).map_err(|e| Failure::at(cert, &e))?;
    Ok((ds, trust))
}

/// Whom a kit believes: the trust store in its folder, as every station that has the kit does, so that an operations root which was added
/// there certifies approvers for the signer too.
fn kit_trust(args: &ServeArgs, kit: &Kit) -> Result<TrustStore, Failure> {
    match args.kit.as_ref().map(|dir| dir.join("trust")).filter(|dir| dir.exists()) {
        Some(dir) => Ok(directory::load(&dir)?),
        None => Ok(kit.trust_store()?),
    }
}

fn open_kit(args: &ServeArgs) -> Result<Kit, Failure> {
    let own = args.state.join("kit");
    match &args.kit {
        Some(dir) => Ok(Kit::load(dir)?),
        None if own.exists() => Ok(Kit::load(&own)?),
        None => {
            let mut rng = system_entropy();
            let kit = Kit::mint(&SystemClock, &mut rng)?;
            durable::private_folder(&own).map_err(|e| unusable(&own, &e))?;
            kit.save(&own, &mut rng)?;
            Ok(kit)
        }
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Reason::of_io(error.kind()), format!("{} cannot be used: {}", path.display(), error.kind()))
}
