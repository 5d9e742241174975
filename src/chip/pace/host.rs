//! The terminal's side of PACE, one type a step.

use super::{PaceError, PaceParams, Password, Step, crypt_nonce, token};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::chip::channel::{Channel, RunError};
use crate::chip::set_at::{Purpose, SetAt, dynamic, general_authenticate};
use crate::chip::sm::{SmHost, SmKeys};
use crate::crypto::ec::{PrivateKey, PublicKey, map_generic};
use crate::crypto::symmetric::{AesKey, same};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// What all steps carry along.
struct Context {
    params: PaceParams,
    /// Which password: 1 MRZ, 2 CAN.
    reference: u8,
    password_key: AesKey,
    mapping: PrivateKey,
    agreement: PrivateKey,
}

/// The result: a secure channel, and the ephemeral keys that later protocols bind to.
pub struct PaceDone {
    /// The channel.
    pub sm: SmHost,
    /// The chip's ephemeral public key; its x coordinate is ID_PICC of Terminal Authentication.
    pub card_ephemeral: PublicKey,
    /// The terminal's ephemeral public key.
    pub own: PublicKey,
}

/// MSE:Set AT is to be sent.
pub struct Setting(Context, SetAt);

/// The encrypted nonce is to be fetched.
pub struct FetchingNonce(Context);

/// The mapping key is to be exchanged.
pub struct MappingNonce(Context, Zeroizing<Vec<u8>>);

/// The agreement key is to be exchanged.
pub struct Agreeing {
    context: Context,
    own: PublicKey,
}

/// The tokens are to be exchanged.
pub struct Confirming {
    reference: u8,
    sm: SmKeys,
    own_token: [u8; 8],
    expected: [u8; 8],
    card_ephemeral: PublicKey,
    own: PublicKey,
}

/// Begins: draws both ephemeral keys, first the mapping's.
#[must_use]
pub fn start(params: &PaceParams, password: &Password, rng: &mut dyn CryptoRng) -> Setting {
    let context = Context {
        params: params.clone(),
        reference: password.reference(),
        password_key: password.key(params.bits()),
        mapping: PrivateKey::generate(params.curve(), rng),
        agreement: PrivateKey::generate(params.curve(), rng),
    };
    let reference = Some(u64::from(params.curve().parameter_id()));
    let set_at = SetAt { protocol: params.protocol().to_owned(), password: Some(password.reference()), reference };
    Setting(context, set_at)
}

fn ok(response: &Response, step: Step) -> Result<&[u8], PaceError> {
    if response.status.is_ok() { Ok(&response.data) } else { Err(PaceError::Refused { step, status: response.status }) }
}

fn value(response: &Response, tag: u32, step: Step) -> Result<&[u8], PaceError> {
    dynamic(ok(response, step)?, tag).map_err(|source| PaceError::Malformed { step, source })
}

/// The chip's key of a step: on the curve, and not the terminal's own.
fn chip_key(response: &Response, tag: u32, step: Step, own: &PublicKey) -> Result<PublicKey, PaceError> {
    let key = PublicKey::from_uncompressed(own.curve(), value(response, tag, step)?).map_err(|_| PaceError::BadKey(step))?;
    if key == *own { Err(PaceError::EchoedKey(step)) } else { Ok(key) }
}

impl Setting {
    /// MSE:Set AT with protocol, password reference and domain parameters.
    #[must_use]
    pub fn command(&self) -> Command {
        self.1.command(Purpose::Pace)
    }

    /// Takes its answer. 63CX, which warns of few tries left, goes on.
    ///
    /// # Errors
    /// [`PaceError::NoSuchPassword`] on 6A88: domain parameters are those that the chip announced; [`PaceError::Refused`].
    pub fn receive(self, response: &Response) -> Result<FetchingNonce, PaceError> {
        if response.status == StatusWord::REFERENCE_NOT_FOUND {
            return Err(PaceError::NoSuchPassword);
        }
        let warned = response.status.sw1() == 0x63 && response.status.sw2() & 0xF0 == 0xC0;
        if !warned {
            ok(response, Step::SetAt)?;
        }
        Ok(FetchingNonce(self.0))
    }
}

impl FetchingNonce {
    /// GENERAL AUTHENTICATE 1.
    #[must_use]
    pub fn command(&self) -> Command {
        general_authenticate(None, true)
    }

    /// Decrypts the nonce.
    ///
    /// # Errors
    /// [`PaceError::Refused`], [`PaceError::Malformed`] or [`PaceError::BadNonce`].
    pub fn receive(self, response: &Response) -> Result<MappingNonce, PaceError> {
        let mut nonce = Zeroizing::new(value(response, 0x80, Step::Nonce)?.to_vec());
        crypt_nonce(&self.0.password_key, &mut nonce, false)?;
        Ok(MappingNonce(self.0, nonce))
    }
}

impl MappingNonce {
    /// GENERAL AUTHENTICATE 2, with the mapping key.
    #[must_use]
    pub fn command(&self) -> Command {
        general_authenticate(Some((0x81, self.0.mapping.public_key().as_bytes())), true)
    }

    /// Maps the nonce to a generator.
    ///
    /// # Errors
    /// [`PaceError::Refused`], [`PaceError::Malformed`], [`PaceError::BadKey`] or [`PaceError::EchoedKey`].
    pub fn receive(self, response: &Response) -> Result<Agreeing, PaceError> {
        let Self(context, nonce) = self;
        let theirs = chip_key(response, 0x82, Step::Map, &context.mapping.public_key())?;
        let bad = |_| PaceError::BadKey(Step::Map);
        let shared = context.mapping.shared_point(&theirs).map_err(bad)?;
        let generator = map_generic(&nonce, &shared).map_err(bad)?;
        let own = context.agreement.public_key_on(&generator).map_err(bad)?;
        Ok(Agreeing { context, own })
    }
}

impl Agreeing {
    /// GENERAL AUTHENTICATE 3, with the agreement key.
    #[must_use]
    pub fn command(&self) -> Command {
        general_authenticate(Some((0x83, self.own.as_bytes())), true)
    }

    /// Agrees on the session keys.
    ///
    /// # Errors
    /// [`PaceError::Refused`], [`PaceError::Malformed`], [`PaceError::BadKey`] or [`PaceError::EchoedKey`].
    pub fn receive(self, response: &Response) -> Result<Confirming, PaceError> {
        let Self { context, own } = self;
        let step = Step::Agree;
        let card_ephemeral = chip_key(response, 0x84, step, &own)?;
        let secret = context.agreement.shared_secret(&card_ephemeral).map_err(|_| PaceError::BadKey(step))?;
        let sm = SmKeys::from_secret(&secret, context.params.bits()).unwrap_or_else(|_| unreachable!("a checked length"));
        let SmKeys::Aes { mac, .. } = &sm else { unreachable!("keys of AES") };
        let own_token = token(mac, context.params.protocol(), &card_ephemeral);
        let expected = token(mac, context.params.protocol(), &own);
        Ok(Confirming { reference: context.reference, sm, own_token, expected, card_ephemeral, own })
    }
}

impl Confirming {
    /// GENERAL AUTHENTICATE 4, with the terminal's token; the last of the chain.
    #[must_use]
    pub fn command(&self) -> Command {
        general_authenticate(Some((0x85, &self.own_token)), false)
    }

    /// Checks the chip's token.
    ///
    /// # Errors
    /// [`PaceError::WrongPassword`] or [`PaceError::WrongMrz`] on 63XX and 6982, which say no more; [`PaceError::WrongToken`] if the
    /// chip's own is wrong or the terminal's reflected; [`PaceError::Refused`] or [`PaceError::Malformed`].
    pub fn receive(self, response: &Response) -> Result<PaceDone, PaceError> {
        if response.status.sw1() == 0x63 || response.status == StatusWord::SECURITY_NOT_SATISFIED {
            return Err(if self.reference == Password::MRZ { PaceError::WrongMrz } else { PaceError::WrongPassword });
        }
        let theirs = value(response, 0x86, Step::Confirm)?;
        if !same(theirs, &self.expected) {
            return Err(PaceError::WrongToken);
        }
        Ok(PaceDone { sm: SmHost::new(self.sm), card_ephemeral: self.card_ephemeral, own: self.own })
    }
}

/// Runs all five steps over a plain channel. The caller puts [`PaceDone::sm`] on the channel.
///
/// # Errors
/// [`RunError`]; nothing is tried twice.
pub fn run(
    channel: &mut Channel<'_>,
    params: &PaceParams,
    password: &Password,
    rng: &mut dyn CryptoRng,
) -> Result<PaceDone, RunError<PaceError>> {
    let step = start(params, password, rng);
    let answer = channel.send(&step.command())?;
    let step = step.receive(&answer).map_err(RunError::Protocol)?;
    let answer = channel.send(&step.command())?;
    let step = step.receive(&answer).map_err(RunError::Protocol)?;
    let answer = channel.send(&step.command())?;
    let step = step.receive(&answer).map_err(RunError::Protocol)?;
    let answer = channel.send(&step.command())?;
    let step = step.receive(&answer).map_err(RunError::Protocol)?;
    let answer = channel.send(&step.command())?;
    step.receive(&answer).map_err(RunError::Protocol)
}
