//! Secure messaging with a reader, and the rights that were proven over it.
//!
//! PACE, Chip and Terminal Authentication and the effective rights are global to the card: they survive a SELECT sent under
//! secure messaging and end on reset, on an error of secure messaging, on a plain command and on a new PACE.

use super::chip::SoftChip;
use super::pace::Under;
use super::read::{EXTENDED, SHORT_SECURE};
use super::status::{Done, OK, Stop, WRONG_SM};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::chip::sm::SmCard;
use crate::chip::ta::card::TaCard;
use crate::crypto::ec::PublicKey;

/// What stands between the chip and its reader in this session.
#[derive(Default)]
pub(super) struct Secure {
    /// The channel; taken out while a command from it is executed.
    sm: Option<SmCard>,
    /// The channel that counts from the next command on.
    next: Option<SmCard>,
    /// PACE or Chip Authentication, between its commands.
    pub(super) under: Under,
    /// What was proven over the channel; none before PACE.
    pub(super) proven: Option<Proven>,
}

/// What was proven since PACE.
pub(super) struct Proven {
    /// The chip's ephemeral key of PACE: its x coordinate is ID_PICC. None after BAC, which opens no fingers.
    pub(super) own: Option<PublicKey>,
    /// The terminal's ephemeral key of Chip Authentication; none before it.
    pub(super) terminal_key: Option<PublicKey>,
    /// Terminal Authentication, from Chip Authentication on, on a chip with a trust point.
    pub(super) terminal: Option<TaCard>,
}

impl Proven {
    /// PACE was done.
    pub(super) fn by_pace(own: PublicKey) -> Self {
        Self { own: Some(own), terminal_key: None, terminal: None }
    }

    /// BAC was done.
    pub(super) fn by_basic() -> Self {
        Self { own: None, terminal_key: None, terminal: None }
    }
}

impl Secure {
    /// Whether PACE was done and secure messaging stands.
    pub(super) fn is_open(&self) -> bool {
        self.proven.is_some()
    }

    /// Whether Chip and Terminal Authentication gave the right to read fingers.
    pub(super) fn may_read_fingers(&self) -> bool {
        let terminal = self.proven.as_ref().and_then(|proven| proven.terminal.as_ref());
        terminal.is_some_and(|terminal| terminal.rights().fingers)
    }

    /// From the next command on this channel counts.
    pub(super) fn replace_channel(&mut self, channel: SmCard) {
        self.next = Some(channel);
    }

    /// A command that is not under secure messaging: the channel and all that hung on it are gone.
    pub(super) fn on_plain(&mut self) {
        if let Some(next) = self.next.take() {
            self.sm = Some(next);
        }
        if self.sm.is_some() {
            *self = Self::default();
        }
    }
}

impl SoftChip {
    /// A command under secure messaging; its answer is under it too, errors included.
    pub(super) fn in_secure(&mut self, command: &Command) -> Done<Response> {
        let secure = &mut self.session.secure;
        let mut channel = secure.next.take().or(secure.sm.take()).ok_or(Stop::Status(WRONG_SM))?;
        self.count_symmetric(command.data().len());
        let inner = match channel.unwrap(command) {
            Ok(inner) => inner,
            Err(error) => {
                self.session.secure = Secure::default();
                return Err(Stop::Status(error.status().0));
            }
        };
        let most = if command.is_extended() { EXTENDED } else { SHORT_SECURE };
        let response = match self.in_field(&inner, most) {
            Ok(data) => Response::new(data, StatusWord(OK)),
            Err(Stop::Status(status)) => Response::status(StatusWord(status)),
            Err(lost) => return Err(lost),
        };
        self.count_symmetric(response.data.len());
        let wrapped = channel.wrap(&response);
        self.session.secure.sm = Some(channel);
        Ok(wrapped)
    }
}
