//! The chip's side of PACE: one state that each GENERAL AUTHENTICATE consumes.

use super::{PaceParams, Password, crypt_nonce, token};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::chip::set_at::dynamic;
use crate::chip::sm::{SmCard, SmKeys};
use crate::crypto::ec::{PrivateKey, PublicKey, map_generic};
use crate::crypto::symmetric::same;
use crate::lds::tlv;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// PACE under way on the chip, after MSE:Set AT chose parameters and password.
pub struct PaceCard {
    params: PaceParams,
    state: State,
}

enum State {
    /// Nonce drawn and encrypted; to be sent.
    Nonce {
        nonce: Zeroizing<Vec<u8>>,
        sealed: Vec<u8>,
        mapping: PrivateKey,
        agreement: PrivateKey,
    },
    Map {
        nonce: Zeroizing<Vec<u8>>,
        mapping: PrivateKey,
        agreement: PrivateKey,
    },
    Agree {
        generator: PublicKey,
        agreement: PrivateKey,
    },
    Confirm {
        keys: SmKeys,
        own: PublicKey,
        theirs: PublicKey,
    },
}

/// What came of one command.
pub enum CardStep {
    /// Answer, and wait for the next step.
    Next(Response, Box<PaceCard>),
    /// Answer, still plain; from then on the channel counts.
    Done(Response, Box<PaceCardDone>),
    /// Answer, and forget the run.
    Failed {
        /// 6300 for everything that depends on the password, 6A80 for bad form.
        response: Response,
        /// Whether the terminal's token was wrong: what the slow-down counts.
        wrong_token: bool,
    },
}

/// The chip's result.
pub struct PaceCardDone {
    /// The channel.
    pub sm: SmCard,
    /// The chip's ephemeral public key: its x coordinate is ID_PICC of Terminal Authentication.
    pub own: PublicKey,
}

impl PaceCard {
    /// Draws nonce, mapping key and agreement key, in this order.
    #[must_use]
    pub fn start(params: &PaceParams, password: &Password, rng: &mut dyn CryptoRng) -> Self {
        let mut nonce = Zeroizing::new(vec![0; params.nonce_len()]);
        rng.fill_bytes(&mut nonce);
        let mut sealed = nonce.to_vec();
        let sealing = crypt_nonce(&password.key(params.bits()), &mut sealed, true);
        sealing.unwrap_or_else(|_| unreachable!("a nonce is whole blocks"));
        let mapping = PrivateKey::generate(params.curve(), rng);
        let agreement = PrivateKey::generate(params.curve(), rng);
        Self { params: params.clone(), state: State::Nonce { nonce, sealed, mapping, agreement } }
    }

    /// Takes one GENERAL AUTHENTICATE. All but the last have the chaining bit; a step out of order fails.
    #[must_use]
    pub fn process(self, command: &Command) -> CardStep {
        let last = matches!(self.state, State::Confirm { .. });
        if command.ins() != 0x86 || command.p1() != 0 || command.p2() != 0 || (command.cla() & 0x10 == 0) != last {
            return failed(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        let step = match self.state {
            State::Nonce { nonce, sealed, mapping, agreement } => {
                send_nonce(command, &sealed).map(|answer| (answer, State::Map { nonce, mapping, agreement }))
            }
            State::Map { nonce, mapping, agreement } => map(command, &nonce, &mapping, agreement),
            State::Agree { generator, agreement } => agree(command, &self.params, &generator, &agreement),
            State::Confirm { keys, own, theirs } => return confirm(command, &self.params, keys, own, &theirs),
        };
        match step {
            Ok((answer, state)) => CardStep::Next(answer, Box::new(Self { params: self.params, state })),
            Err(status) => failed(status),
        }
    }
}

fn failed(status: StatusWord) -> CardStep {
    CardStep::Failed { response: Response::status(status), wrong_token: false }
}

fn answer(tag: u32, value: &[u8]) -> Response {
    Response::new(tlv::encode(0x7C, &tlv::encode(tag, value)), StatusWord::NO_ERROR)
}

/// The terminal's key: on the curve, and not the chip's own.
fn terminal_key(command: &Command, tag: u32, own: &PublicKey) -> Result<PublicKey, StatusWord> {
    let bytes = dynamic(command.data(), tag).map_err(|_| StatusWord::WRONG_DATA)?;
    let key = PublicKey::from_uncompressed(own.curve(), bytes).map_err(|_| StatusWord::AUTHENTICATION_FAILED)?;
    if key == *own { Err(StatusWord::AUTHENTICATION_FAILED) } else { Ok(key) }
}

fn send_nonce(command: &Command, sealed: &[u8]) -> Result<Response, StatusWord> {
    crate::chip::set_at::dynamic_empty(command.data()).map_err(|_| StatusWord::WRONG_DATA)?;
    Ok(answer(0x80, sealed))
}

fn map(command: &Command, nonce: &[u8], mapping: &PrivateKey, agreement: PrivateKey) -> Result<(Response, State), StatusWord> {
    let own = mapping.public_key();
    let theirs = terminal_key(command, 0x81, &own)?;
    let shared = mapping.shared_point(&theirs).map_err(|_| StatusWord::AUTHENTICATION_FAILED)?;
    let generator = map_generic(nonce, &shared).map_err(|_| StatusWord::AUTHENTICATION_FAILED)?;
    Ok((answer(0x82, own.as_bytes()), State::Agree { generator, agreement }))
}

fn agree(
    command: &Command,
    params: &PaceParams,
    generator: &PublicKey,
    agreement: &PrivateKey,
) -> Result<(Response, State), StatusWord> {
    let refused = |_| StatusWord::AUTHENTICATION_FAILED;
    let own = agreement.public_key_on(generator).map_err(refused)?;
    let theirs = terminal_key(command, 0x83, &own)?;
    let secret = agreement.shared_secret(&theirs).map_err(refused)?;
    let keys = SmKeys::from_secret(&secret, params.bits()).map_err(refused)?;
    Ok((answer(0x84, own.as_bytes()), State::Confirm { keys, own, theirs }))
}

fn confirm(command: &Command, params: &PaceParams, keys: SmKeys, own: PublicKey, theirs: &PublicKey) -> CardStep {
    let SmKeys::Aes { mac, .. } = &keys else { unreachable!("keys of AES") };
    let Ok(sent) = dynamic(command.data(), 0x85) else {
        return failed(StatusWord::WRONG_DATA);
    };
    if !same(sent, &token(mac, params.protocol(), &own)) {
        return CardStep::Failed { response: Response::status(StatusWord::AUTHENTICATION_FAILED), wrong_token: true };
    }
    let answer = answer(0x86, &token(mac, params.protocol(), theirs));
    CardStep::Done(answer, Box::new(PaceCardDone { sm: SmCard::new(keys), own }))
}
