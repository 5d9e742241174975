//! A certificate to whose key something is sealed, checked before anything is.

use super::output::Failure;
use super::place::read;
use crate::limits::CERTIFICATE_BYTES;
use crate::pki::sample::Roots;
use crate::pki::seal::{Holder, Recipient};
use crate::pki::trust::directory;
use crate::pki::x509::Certificate;
use crate::reason::{Reason, Refusal as _};
use crate::world::{Clock, SystemClock};
use std::path::Path;

/// The bureau or office of a certificate, as the caller needs. Who names no trust store trusts the sample roots alone.
///
/// # Errors
/// The certificate cannot be read, or its holder may not open what is sealed.
pub fn check<H: Holder>(path: &Path, trust: Option<&Path>) -> Result<Recipient<H>, Failure> {
    let cert = read(path, u64::try_from(CERTIFICATE_BYTES).unwrap_or(u64::MAX))?;
    let cert = Certificate::from_file(&cert).map_err(|e| Failure::at(path, &e))?;
    let store = match trust {
        Some(dir) => directory::load(dir)?,
        None => Roots::compiled()?.trust_store()?,
    };
    Recipient::check(&cert, &store, SystemClock.now()).map_err(|error| match error.reason() {
        Reason::UntrustedIssuer if trust.is_none() => {
            Failure::new(error.reason(), format!("{}: {error}; one that is no sample is checked by --trust DIR", path.display()))
        }
        _ => Failure::at(path, &error),
    })
}
