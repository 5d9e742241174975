//! A conversation with a chip, plain at first and under secure messaging later; once protected, never plain again.

use super::apdu::{Command, Response};
use super::link::{Link, LinkError};
use super::sm::{MAX_SHORT_PLAIN, SmError, SmHost};
use crate::reason::{Reason, Refusal};

/// Why a command got no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChannelError {
    /// It did not get through.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// Secure messaging refused it; the session is closed.
    #[error("APDU {index}: {source}")]
    Sm {
        /// Number of the APDU in this conversation, from 1.
        index: u64,
        /// Why.
        source: SmError,
    },
}

impl Refusal for ChannelError {
    fn reason(&self) -> Reason {
        match self {
            Self::Link(error) => error.reason(),
            Self::Sm { source, .. } => source.reason(),
        }
    }
}

/// Why a protocol over a channel did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError<E> {
    /// A command got no usable answer.
    #[error(transparent)]
    Channel(ChannelError),
    /// The protocol refused what the chip answered.
    #[error("{0}")]
    Protocol(E),
}

impl<E> From<ChannelError> for RunError<E> {
    fn from(error: ChannelError) -> Self {
        Self::Channel(error)
    }
}

impl<E: Refusal> Refusal for RunError<E> {
    fn reason(&self) -> Reason {
        match self {
            Self::Channel(error) => error.reason(),
            Self::Protocol(error) => error.reason(),
        }
    }
}

/// A link, and the secure messaging session on it.
pub struct Channel<'p> {
    link: Link<'p>,
    session: Option<SmHost>,
}

impl<'p> Channel<'p> {
    /// A plain channel.
    pub fn new(link: Link<'p>) -> Self {
        Self { link, session: None }
    }

    /// From now on everything goes under this session; an earlier one is forgotten.
    pub fn protect(&mut self, session: SmHost) {
        self.session = Some(session);
    }

    /// Whether a session protects the channel, closed ones included.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.session.is_some()
    }

    /// The link underneath.
    pub fn link(&mut self) -> &mut Link<'p> {
        &mut self.link
    }

    /// Power-cycles the chip; the channel is plain again.
    ///
    /// # Errors
    /// [`ChannelError::Link`].
    pub fn reset(&mut self) -> Result<(), ChannelError> {
        self.session = None;
        Ok(self.link.reset()?)
    }

    /// Sends a command and opens its answer. Long data go in a chain of protected commands where the port takes no long ones.
    ///
    /// # Errors
    /// Any [`ChannelError`]; under a session, every error closes it.
    pub fn send(&mut self, command: &Command) -> Result<Response, ChannelError> {
        let Some(session) = &mut self.session else {
            return Ok(self.link.send(command)?);
        };
        let longest = if command.le().is_some() { MAX_SHORT_PLAIN } else { LONGEST_WITHOUT_LE };
        if self.link.extended() || command.data().len() <= longest {
            return protected(&mut self.link, session, command);
        }
        let [cla, ins, p1, p2] = command.header();
        let mut rest = command.data();
        while let Some((part, after)) = rest.split_at_checked(MAX_SHORT_PLAIN).filter(|(_, after)| !after.is_empty()) {
            let response = protected(&mut self.link, session, &Command::new(cla | 0x10, ins, p1, p2).with_data(part))?;
            if !response.status.is_ok() {
                return Ok(response);
            }
            rest = after;
        }
        protected(&mut self.link, session, &command.clone().with_data(rest))
    }
}

/// Data that one short command without Le carries under AES: 240 sealed bytes with DO'8E' and all headers are 254.
const LONGEST_WITHOUT_LE: usize = 239;

fn protected(link: &mut Link<'_>, session: &mut SmHost, command: &Command) -> Result<Response, ChannelError> {
    let mut command = command.clone();
    if !link.extended() && command.is_extended() && command.le().is_some() {
        command = command.with_le(crate::chip::apdu::SHORT_LE_MAX);
    }
    let index = link.counters().apdus + 1;
    let refused = |source| ChannelError::Sm { index, source };
    let wrapped = session.wrap(&command).map_err(refused)?;
    match link.send(&wrapped) {
        Ok(response) => session.unwrap(&response).map_err(refused),
        Err(error) => {
            session.close();
            Err(error.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::apdu::StatusWord;
    use crate::chip::port::memory::MemoryPort;
    use crate::chip::port::{PortError, PortLimits};
    use crate::chip::sm::{SmCard, SmKeys};

    fn keys() -> SmKeys {
        SmKeys::from_secret(b"shared", 128).unwrap()
    }

    /// A chip under secure messaging that answers the length of what it was given, chains collected.
    fn card() -> impl FnMut(Option<&[u8]>) -> Result<Vec<u8>, PortError> + Send {
        let mut card = SmCard::new(keys());
        let mut chain = 0;
        move |apdu| {
            let Some(apdu) = apdu else { return Ok(vec![]) };
            let plain = card.unwrap(&Command::parse(apdu).unwrap()).unwrap();
            chain += plain.data().len();
            let answer = if plain.cla() & 0x10 != 0 { vec![] } else { chain.to_be_bytes().to_vec() };
            Ok(card.wrap(&Response::new(answer, StatusWord::NO_ERROR)).encode())
        }
    }

    #[test]
    fn long_data_go_in_a_chain_of_protected_commands() {
        for (limits, length, apdus) in [(PortLimits::SHORT, 239, 1), (PortLimits::SHORT, 500, 3), (PortLimits::EXTENDED, 500, 1)]
        {
            let mut port = MemoryPort::new(card()).with_limits(limits);
            let mut channel = Channel::new(Link::new(&mut port));
            channel.protect(SmHost::new(keys()));
            let response = channel.send(&Command::new(0, 0x2A, 0, 0xBE).with_data(vec![7; length])).unwrap();
            assert_eq!(response.data, length.to_be_bytes());
            assert_eq!(channel.link().counters().apdus, apdus, "{length}");
        }
    }

    #[test]
    fn what_is_lost_below_closes_the_session() {
        let mut answers = vec![Ok(vec![0x90, 0]), Err(PortError::CardRemoved)];
        let mut port = MemoryPort::new(move |_: Option<&[u8]>| answers.pop().unwrap_or(Ok(vec![0x90, 0])));
        let mut channel = Channel::new(Link::new(&mut port));
        channel.protect(SmHost::new(keys()));
        let read = Command::new(0, 0xB0, 0, 0).with_le(256);
        let lost = channel.send(&read).unwrap_err();
        assert!(matches!(lost, ChannelError::Link(LinkError::Port { index: 1, .. })));
        assert_eq!(lost.reason(), Reason::CardRemoved);
        let closed = ChannelError::Sm { index: 2, source: SmError::Closed };
        assert_eq!(channel.send(&read), Err(closed.clone()));
        assert_eq!(closed.reason(), Reason::SecureChannelBroken);
        assert!(channel.is_protected(), "never plain again");
        channel.reset().unwrap();
        assert!(!channel.is_protected());
        assert!(channel.send(&read).unwrap().status.is_ok());
    }

    #[test]
    fn a_bare_answer_under_protection_is_not_believed() {
        let mut port = MemoryPort::new(|_: Option<&[u8]>| Ok(vec![0x90, 0]));
        let mut channel = Channel::new(Link::new(&mut port));
        channel.protect(SmHost::new(keys()));
        let forged = ChannelError::Sm { index: 1, source: SmError::Unprotected(StatusWord::NO_ERROR) };
        assert_eq!(channel.send(&Command::new(0, 0xA4, 2, 12)), Err(forged.clone()));
        assert_eq!(forged.reason(), Reason::ChannelForged);
    }
}
