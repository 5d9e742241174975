//! `ektp pki key` and `ektp pki request`: a key is made where it lives, and asks for its certificate.

use super::files::{self, EcParams, KeyFile, NameArgs};
use crate::cli::Answer;
use crate::cli::output::{Failure, Output};
use crate::cli::place::create_public;
use crate::cli::secret_input;
use crate::crypto::ec::Curve;
use crate::pki::key::PrivateKey;
use crate::pki::{keystore, x509};
use crate::world::system_entropy;
use serde_json::json;
use std::path::PathBuf;

/// A curve by its name.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum CurveName {
    P256,
    P384,
    Bp256,
    Bp384,
}

impl CurveName {
    fn curve(self) -> Curve {
        match self {
            Self::P256 => Curve::P256,
            Self::P384 => Curve::P384,
            Self::Bp256 => Curve::Bp256,
            Self::Bp384 => Curve::Bp384,
        }
    }
}

/// Which key.
#[derive(Debug, clap::Args)]
pub(super) struct KeyArgs {
    #[command(flatten)]
    file: KeyFile,
    /// Curve
    #[arg(long, value_enum, default_value = "p256")]
    curve: CurveName,
}

pub(super) fn make(args: &KeyArgs, out: &mut Output) -> Answer {
    let passphrase = secret_input::read(&args.file.passphrase, "new passphrase")?;
    let mut rng = system_entropy();
    let key = PrivateKey::generate(args.curve.curve(), &mut rng);
    keystore::create(&args.file.key, &key, &passphrase, &mut rng).map_err(|e| Failure::at(&args.file.key, &e))?;
    let id = crate::pki::trust::mark::hex(&key.public_key().identifier());
    out.line(format!("{}  {} {id}", args.file.key.display(), out.lang().pick("key", "kunci")));
    Ok(crate::cli::output::Outcome::yes(json!({
        "file": args.file.key.display().to_string(), "curve": args.curve.curve(), "key_id": id
    })))
}

/// Which request.
#[derive(Debug, clap::Args)]
pub(super) struct RequestArgs {
    #[command(flatten)]
    file: KeyFile,
    #[command(flatten)]
    name: NameArgs,
    /// How EC parameters are written
    #[arg(long, value_enum, default_value = "named")]
    ec_params: EcParams,
    /// File to write (PEM)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn request(args: &RequestArgs, out: &mut Output) -> Answer {
    let name = args.name.read()?;
    let pem = x509::request::make(&args.file.open()?, &name, args.ec_params.read());
    create_public(&args.out, pem.as_bytes())?;
    Ok(files::answer_file(&args.out, "certificate request", out))
}
