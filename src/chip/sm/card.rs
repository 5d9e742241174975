//! The chip's side of a session: opens commands, protects answers.

use super::suite::Suite;
use super::{DO8E, DO97, DO99, SmError, SmKeys, objects};
use crate::chip::apdu::{Command, MAX_LE, Response, SHORT_LE_MAX, StatusWord};
use crate::lds::tlv;

/// The chip's session. After any error it is closed for good; the chip then answers with 6987 or 6988, plain.
#[derive(Clone)]
pub struct SmCard {
    state: State,
}

#[derive(Clone)]
enum State {
    Ready(Suite),
    /// The answer to a command of this instruction is owed.
    Owing(Suite, u8),
    Closed,
}

impl std::fmt::Debug for SmCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_open() { "SmCard(open)" } else { "SmCard(closed)" })
    }
}

impl SmCard {
    /// A session that begins with these keys.
    #[must_use]
    pub fn new(keys: SmKeys) -> Self {
        Self { state: State::Ready(Suite::new(keys)) }
    }

    #[cfg(test)]
    pub(super) fn with_counter(keys: SmKeys, counter: &[u8]) -> Self {
        let mut suite = Suite::new(keys);
        suite.set_counter(counter);
        Self { state: State::Ready(suite) }
    }

    /// Whether the session can still be used.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed)
    }

    /// Opens a command; its class byte comes back without the bits of secure messaging.
    ///
    /// # Errors
    /// Any [`SmError`]; it closes the session. [`SmError::status`] is what to answer.
    pub fn unwrap(&mut self, command: &Command) -> Result<Command, SmError> {
        let State::Ready(mut suite) = std::mem::replace(&mut self.state, State::Closed) else {
            return Err(SmError::Closed);
        };
        let [cla, ins, p1, p2] = command.header();
        if cla & 0x0C != 0x0C {
            return Err(SmError::PlainCommand);
        }
        suite.count(true)?;
        let parts = objects::parse(command.data(), ins, false)?;
        suite.check(Some(command.header()), parts.covered, parts.mac)?;
        let mut plain = Command::new(cla & !0x0C, ins, p1, p2);
        if let Some((tag, sealed)) = parts.sealed {
            plain = plain.with_data(suite.open(sealed, tag)?);
        }
        plain = match parts.le {
            None => plain,
            Some([0]) => plain.with_le(SHORT_LE_MAX),
            Some([le]) => plain.with_le(u32::from(*le)),
            Some([0, 0]) => plain.with_le(MAX_LE).extended(),
            Some([high, low]) => plain.with_le(u32::from(u16::from_be_bytes([*high, *low]))).extended(),
            Some(_) => return Err(SmError::BadValue(DO97)),
        };
        self.state = State::Owing(suite, ins);
        Ok(plain)
    }

    /// Protects the answer to the command of the last [`SmCard::unwrap`]. A closed session answers 6988, plain and without data.
    #[must_use]
    pub fn wrap(&mut self, response: &Response) -> Response {
        let State::Owing(mut suite, ins) = std::mem::replace(&mut self.state, State::Closed) else {
            return Response::status(StatusWord::SM_OBJECT_INCORRECT);
        };
        if suite.count(false).is_err() {
            unreachable!("the command's count left room for its answer");
        }
        let mut data = Vec::with_capacity(response.data.len() + 48);
        objects::write_sealed(&mut data, &suite, ins, &response.data);
        tlv::write(&mut data, DO99, &response.status.0.to_be_bytes());
        let mac = suite.mac(None, &data);
        tlv::write(&mut data, DO8E, &mac);
        self.state = State::Ready(suite);
        Response::new(data, response.status)
    }
}

impl SmError {
    /// What a chip answers, plain, before it forgets the session: 6987 where an object is missing, else 6988.
    #[must_use]
    pub fn status(&self) -> StatusWord {
        match self {
            Self::Missing(_) => StatusWord::SM_OBJECT_MISSING,
            _ => StatusWord::SM_OBJECT_INCORRECT,
        }
    }
}
