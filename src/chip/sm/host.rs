//! The terminal's side of a session: protects commands, opens answers.

use super::suite::Suite;
use super::{DO8E, DO97, DO99, SmError, SmKeys, objects};
use crate::chip::apdu::{Command, MAX_LE, Response, SHORT_LE_MAX, StatusWord};
use crate::lds::tlv;

/// The terminal's session. After any error, and after a command that got no answer, it is closed for good.
pub struct SmHost {
    state: State,
}

enum State {
    /// A command may be sent.
    Ready(Suite),
    /// The answer to a command of this instruction is awaited.
    Awaiting(Suite, u8),
    Closed,
}

impl std::fmt::Debug for SmHost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_open() { "SmHost(open)" } else { "SmHost(closed)" })
    }
}

impl SmHost {
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

    /// Ends the session: the field was lost, or an exchange failed below the APDU.
    pub fn close(&mut self) {
        self.state = State::Closed;
    }

    /// Protects a command. Its answer must be given to [`SmHost::unwrap`] before the next command.
    ///
    /// # Errors
    /// [`SmError::Closed`], [`SmError::CounterExhausted`] or [`SmError::Command`]; all of them close the session.
    pub fn wrap(&mut self, command: &Command) -> Result<Command, SmError> {
        let State::Ready(mut suite) = std::mem::replace(&mut self.state, State::Closed) else {
            return Err(SmError::Closed);
        };
        command.encode().map_err(SmError::Command)?;
        suite.count(true)?;
        let [cla, ins, p1, p2] = command.header();
        let cla = cla | 0x0C;
        let mut data = Vec::with_capacity(command.data().len() + 48);
        objects::write_sealed(&mut data, &suite, ins, command.data());
        if let Some(le) = command.le() {
            let [.., high, low] = le.to_be_bytes();
            let extended = [high, low];
            tlv::write(&mut data, DO97, if command.is_extended() { &extended } else { &extended[1..] });
        }
        let mac = suite.mac(Some([cla, ins, p1, p2]), &data);
        tlv::write(&mut data, DO8E, &mac);
        let outer_le = if command.is_extended() || data.len() > 255 { MAX_LE } else { SHORT_LE_MAX };
        self.state = State::Awaiting(suite, ins);
        Ok(Command::new(cla, ins, p1, p2).with_data(data).with_le(outer_le))
    }

    /// Opens the answer to the command of the last [`SmHost::wrap`].
    ///
    /// # Errors
    /// Any [`SmError`]; it closes the session. [`SmError::Unprotected`] is an answer without protection, whatever it says.
    pub fn unwrap(&mut self, response: &Response) -> Result<Response, SmError> {
        let State::Awaiting(mut suite, ins) = std::mem::replace(&mut self.state, State::Closed) else {
            return Err(SmError::Closed);
        };
        if response.data.is_empty() {
            return Err(SmError::Unprotected(response.status));
        }
        suite.count(false)?;
        let parts = objects::parse(&response.data, ins, true)?;
        suite.check(None, parts.covered, parts.mac)?;
        let inner = match parts.status {
            Some(&[sw1, sw2]) => StatusWord(u16::from_be_bytes([sw1, sw2])),
            _ => return Err(SmError::BadValue(DO99)),
        };
        if inner != response.status {
            return Err(SmError::StatusDiffers { inner, outer: response.status });
        }
        let data = parts.sealed.map(|(tag, sealed)| suite.open(sealed, tag)).transpose()?.unwrap_or_default();
        self.state = State::Ready(suite);
        Ok(Response::new(data, inner))
    }
}
