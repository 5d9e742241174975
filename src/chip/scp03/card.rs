//! The card's side of SCP03. Key storage, counters of failures and life cycle are the chip's own business.

use super::Scp03Error;
use super::channel::{Channel, SECURE, check_mac};
use super::{InitUpdateAnswer, Level, Parameter};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::crypto::scp03::{ChipSerial, KeySet, Pseudo, SessionKeys, pseudo_random_challenge};
use crate::crypto::symmetric::BLOCK;

/// What the chip answers INITIALIZE UPDATE with.
#[derive(Debug, Clone, Copy)]
pub struct CardIdentity<'a> {
    /// The chip serial.
    pub serial: ChipSerial,
    /// What the chip can do.
    pub i: Parameter,
    /// The AID of the selected application.
    pub aid: &'a [u8],
    /// The sequence counter, already counted up and stored for this session; ignored without a pseudo-random challenge.
    pub counter: [u8; 3],
    /// Random bytes for a chip whose challenge is random; ignored otherwise.
    pub random: [u8; 16],
}

/// The key version and host challenge of an INITIALIZE UPDATE command, before the chip looks a key set up.
///
/// # Errors
/// [`Scp03Error::UnexpectedCommand`] or [`Scp03Error::BadChallenge`].
pub fn parse_initialize_update(command: &Command, i: Parameter) -> Result<(u8, Vec<u8>), Scp03Error> {
    if (command.cla(), command.ins(), command.p2()) != (0x80, 0x50, 0) {
        return Err(Scp03Error::UnexpectedCommand);
    }
    if command.data().len() != i.mode().len() {
        return Err(Scp03Error::BadChallenge);
    }
    Ok((command.p1(), command.data().to_vec()))
}

/// After INITIALIZE UPDATE: waits for EXTERNAL AUTHENTICATE.
#[derive(Debug)]
pub struct CardChallenged {
    keys: SessionKeys,
    i: Parameter,
}

impl CardChallenged {
    /// Answers INITIALIZE UPDATE.
    #[must_use]
    pub fn new(keys: &KeySet, identity: &CardIdentity<'_>, host_challenge: &[u8]) -> (Self, Response) {
        let mode = identity.i.mode();
        let pseudo = identity.i.pseudo_random();
        let card_challenge = if pseudo {
            pseudo_random_challenge(keys, mode, Pseudo { counter: identity.counter, aid: identity.aid })
        } else {
            identity.random.get(..mode.len()).unwrap_or(&identity.random).to_vec()
        };
        let session = SessionKeys::derive(keys, mode, host_challenge, &card_challenge);
        let answer = InitUpdateAnswer {
            serial: identity.serial,
            kvn: keys.kvn,
            i: identity.i,
            card_challenge,
            card_cryptogram: session.card_cryptogram(),
            counter: pseudo.then_some(identity.counter),
        };
        let response = Response { data: answer.encode(), status: StatusWord(0x9000) };
        (Self { keys: session, i: identity.i }, response)
    }

    /// Takes EXTERNAL AUTHENTICATE. Whatever goes wrong, the session is over; the chip counts
    /// [`Scp03Error::WrongHostCryptogram`].
    ///
    /// # Errors
    /// [`Scp03Error::UnexpectedCommand`], [`Scp03Error::LevelUnavailable`] or [`Scp03Error::WrongHostCryptogram`].
    pub fn external_authenticate(self, command: &Command) -> Result<CardAuthenticated, Scp03Error> {
        if (command.cla(), command.ins(), command.p2()) != (0x80 | SECURE, 0x82, 0) {
            return Err(Scp03Error::UnexpectedCommand);
        }
        let unavailable = Scp03Error::LevelUnavailable(command.p1());
        let level = Level::from_byte(command.p1()).filter(|l| self.i.offers(*l)).ok_or(unavailable)?;
        let wrong = Scp03Error::WrongHostCryptogram;
        let (cryptogram, chaining) = check_mac(&self.keys, &[0; BLOCK], command).map_err(|_| wrong)?;
        if !self.keys.proves_host(cryptogram) {
            return Err(wrong);
        }
        Ok(CardAuthenticated { channel: Some(Channel::new(self.keys, level, chaining)) })
    }
}

/// The open channel on the card. Any error closes it for good.
pub struct CardAuthenticated {
    channel: Option<Channel>,
}

impl std::fmt::Debug for CardAuthenticated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CardAuthenticated({:?})", self.level())
    }
}

impl CardAuthenticated {
    /// The level, or none after an error.
    #[must_use]
    pub fn level(&self) -> Option<Level> {
        self.channel.as_ref().map(Channel::level)
    }

    /// Opens a command; CLA comes back without the secure messaging bit.
    ///
    /// # Errors
    /// [`Scp03Error::NotProtected`], [`Scp03Error::BadMac`] or [`Scp03Error::Closed`].
    pub fn unwrap(&mut self, command: &Command) -> Result<Command, Scp03Error> {
        let mut channel = self.channel.take().ok_or(Scp03Error::Closed)?;
        let open = channel.open(command)?;
        self.channel = Some(channel);
        Ok(open)
    }

    /// Protects the response to the last command; bare if the channel is closed.
    #[must_use]
    pub fn wrap(&self, response: &Response) -> Response {
        match &self.channel {
            Some(channel) => channel.protect_response(response),
            None => Response { data: Vec::new(), status: response.status },
        }
    }
}
