//! The terminal's side of Chip Authentication, one type a step.

use super::{CaError, CaParams};
use crate::chip::apdu::{Command, Response};
use crate::chip::channel::{Channel, RunError};
use crate::chip::set_at::{Purpose, SetAt, dynamic_empty, general_authenticate};
use crate::chip::sm::SmHost;
use crate::crypto::ec::PrivateKey;
use rand_core::CryptoRng;

/// MSE:Set AT is to be sent.
pub struct SetAtThen(CaParams, PrivateKey);

/// The ephemeral key is to be sent.
pub struct GeneralAuthenticate(CaParams, PrivateKey);

/// New keys, which nothing has proven yet: see [`super::prove`].
pub struct CaDone {
    /// The channel under the new keys; its counter starts at zero.
    pub sm: SmHost,
    /// The terminal's ephemeral key, for [`super::prove`]. Its public key's x coordinate is what Terminal Authentication binds to.
    pub ephemeral: PrivateKey,
}

/// Begins: draws the ephemeral key.
#[must_use]
pub fn start(params: &CaParams, rng: &mut dyn CryptoRng) -> SetAtThen {
    SetAtThen(params.clone(), PrivateKey::generate(params.chip_key.curve(), rng))
}

impl SetAtThen {
    /// MSE:Set AT with the protocol, and the key's identifier if it has one.
    #[must_use]
    pub fn command(&self) -> Command {
        let set_at = SetAt { protocol: self.0.protocol.clone(), password: None, reference: self.0.key_id };
        set_at.command(Purpose::ChipAuthentication)
    }

    /// Takes its answer.
    ///
    /// # Errors
    /// [`CaError::Refused`].
    pub fn receive(self, response: &Response) -> Result<GeneralAuthenticate, CaError> {
        accepted(response, "MSE:Set AT")?;
        Ok(GeneralAuthenticate(self.0, self.1))
    }
}

impl GeneralAuthenticate {
    /// GENERAL AUTHENTICATE with the ephemeral public key.
    #[must_use]
    pub fn command(&self) -> Command {
        general_authenticate(Some((0x80, self.1.public_key().as_bytes())), false)
    }

    /// Takes its answer, which came under the old keys, and makes the new ones.
    ///
    /// # Errors
    /// [`CaError::Refused`], [`CaError::Malformed`] or [`CaError::BadKey`].
    pub fn receive(self, response: &Response) -> Result<CaDone, CaError> {
        let Self(params, ephemeral) = self;
        accepted(response, "GENERAL AUTHENTICATE")?;
        dynamic_empty(&response.data).map_err(CaError::Malformed)?;
        Ok(CaDone { sm: SmHost::new(params.keys(&ephemeral)?), ephemeral })
    }
}

fn accepted(response: &Response, step: &'static str) -> Result<(), CaError> {
    if response.status.is_ok() { Ok(()) } else { Err(CaError::Refused { step, status: response.status }) }
}

/// Runs both steps over a protected channel. The caller puts [`CaDone::sm`] on the channel and has its first exchange proven.
///
/// # Errors
/// [`RunError`]; nothing is tried twice.
pub fn run(channel: &mut Channel<'_>, params: &CaParams, rng: &mut dyn CryptoRng) -> Result<CaDone, RunError<CaError>> {
    let step = start(params, rng);
    let answer = channel.send(&step.command())?;
    let step = step.receive(&answer).map_err(RunError::Protocol)?;
    let answer = channel.send(&step.command())?;
    step.receive(&answer).map_err(RunError::Protocol)
}
