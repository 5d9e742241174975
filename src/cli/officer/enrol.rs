//! `ektp officer enrol`: an officer's key is made where the officer is, and asks for a role by its own signature.

use super::{refused, role};
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place::{create_public, must_be_free};
use crate::cli::secret_input;
use crate::crypto::ec::Curve;
use crate::issuance::officer::SignedRequest;
use crate::issuance::{Office, Role};
use crate::pki::key::PrivateKey;
use crate::pki::keystore;
use crate::reason::Reason;
use crate::world::system_entropy;
use serde_json::json;
use std::path::PathBuf;

/// Who asks for what.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Staff number, by which people know the officer; no name
    #[arg(long, value_name = "NUMBER")]
    label: String,
    /// Role: head-of-registry, camat, operator, supervisor, adjudicator, approver, personalizer, courier, witness, centre, sync
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Role,
    /// Office: `ministry`, a regency's code (31.71) or a sub-district's (31.71.01)
    #[arg(long, value_name = "OFFICE")]
    office: Office,
    /// Key file to make (PKCS#8, scrypt and AES-256)
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Passphrase of the new key: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    passphrase: String,
    /// Request to write (JSON), for whoever grants
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    if !args.role.sits_at(args.office.place()) {
        return Err(Failure::new(
            Reason::InputInvalid,
            format!("--role {}: nobody has this role at --office {}", args.role, args.office),
        ));
    }
    must_be_free(&args.out)?;
    let passphrase = secret_input::read(&args.passphrase, "new passphrase")?;
    let mut rng = system_entropy();
    let key = PrivateKey::generate(Curve::P256, &mut rng);
    let request = SignedRequest::by(&key, &args.label, (args.role, args.office)).map_err(|e| refused(&args.out, &e))?;
    let bytes = serde_json::to_vec(&request).map_err(|_| Failure::new(Reason::InternalError, "the request was not written"))?;
    keystore::create(&args.key, &key, &passphrase, &mut rng).map_err(|e| Failure::at(&args.key, &e))?;
    create_public(&args.out, &bytes)?;
    let officer = request.officer().map_err(|e| refused(&args.out, &e))?.to_string();
    let text = out.lang().pick("asks to be", "meminta menjadi");
    out.line(format!("{officer}  {} {text} {} @ {}", args.label, args.role, args.office));
    Ok(Outcome::yes(json!({
        "officer": officer, "label": args.label, "role": args.role, "office": args.office,
        "key": args.key.display().to_string(), "request": args.out.display().to_string()
    })))
}
