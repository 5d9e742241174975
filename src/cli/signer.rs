//! `ektp signer serve` and `ektp signer stop`: online mode's second process, signer and key service on a Unix socket.

use super::output::{Failure, Outcome, Output};
use crate::pki::key_service::{GuardedKeys, LocalKeys};
use crate::pki::sample::Kit;
use crate::pki::signer::online::{self, Service};
use crate::pki::signer::{DocumentKey, LocalSigner, Register};
use crate::reason::Reason;
use crate::world::{SystemClock, system_entropy};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Signer and key service.
#[derive(Debug, clap::Subcommand)]
pub enum Verb {
    /// Answer stations on a Unix socket until `ektp signer stop`; keys are the sample kit's
    Serve(ServeArgs),
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
    /// Sample kit with the document signer's key; if not given, the kit in the state folder, minted at first
    #[arg(long, value_name = "DIR")]
    kit: Option<PathBuf>,
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
                out.line("the service ends");
                Ok(Outcome::yes(json!({"socket": args.socket})))
            }
        }
    }
}

fn serve(args: &ServeArgs, out: &mut Output) -> Result<Outcome, Failure> {
    make_private(&args.state).map_err(|e| unusable(&args.state, &e))?;
    let kit = open_kit(args)?;
    let register = args.state.join("register.db");
    let keys =
        LocalKeys { transport: Kit::transport_keys(), scp03_master: Kit::scp03_master(), proof_master: Kit::proof_master() };
    let signer = LocalSigner {
        name: args.name.clone(),
        register: Register::open(&register)?,
        trust: kit.trust_store()?,
        key: DocumentKey::Open(Box::new(kit.ds.key)),
        cert: kit.ds.cert,
        keys: Box::new(keys.clone()),
        clock: Box::new(SystemClock),
    };
    let certificate = signer.cert.serial_hex();
    let keys = GuardedKeys::new(keys, Register::open(&register)?);
    let listener = online::listen(&args.socket).map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => {
            Failure::new(Reason::WrongState, format!("a service answers at {} already", args.socket.display()))
        }
        _ => unusable(&args.socket, &e),
    })?;
    out.line(format!("signer {} serves at {}", args.name, args.socket.display()));
    out.event("serving", json!({"socket": args.socket, "name": args.name, "certificate": certificate, "keys": "sample"}));
    let service = Service { signer: Box::new(signer), keys: Box::new(keys) };
    let questions = online::serve(&listener, service).map_err(|e| unusable(&args.socket, &e))?;
    // Only after the last answer, and only our own socket: nothing else listens at this path.
    let _ = std::fs::remove_file(&args.socket);
    out.line(format!("{questions} questions answered"));
    Ok(Outcome::yes(json!({"socket": args.socket, "name": args.name, "certificate": certificate, "questions": questions})))
}

fn open_kit(args: &ServeArgs) -> Result<Kit, Failure> {
    let own = args.state.join("kit");
    match &args.kit {
        Some(dir) => Ok(Kit::load(dir)?),
        None if own.exists() => Ok(Kit::load(&own)?),
        None => {
            let mut rng = system_entropy();
            let kit = Kit::mint(&SystemClock, &mut rng)?;
            make_private(&own).map_err(|e| unusable(&own, &e))?;
            kit.save(&own, &mut rng)?;
            Ok(kit)
        }
    }
}

/// A folder that its owner alone may enter.
fn make_private(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    std::os::unix::fs::DirBuilderExt::mode(builder.recursive(true), 0o700);
    builder.create(dir)
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Reason::FileUnreadable, format!("{} cannot be used: {}", path.display(), error.kind()))
}
