//! The list given out by itself: as soon as the audit has a step by which a card is worth something else, and before the list grows old.

use super::publish::{Published, each_since, publish, witnessed};
use super::{StatusError, card};
use crate::issuance::handover::status::status;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Head, Kind, Row, Store, StoreKey};
use crate::pki::status_list::CardStatus;
use crate::pki::status_list::folder::Folder;
use crate::pki::status_list::register::Held;
use crate::pki::x509::issue::Credential;
use jiff::{SignedDuration, Timestamp};

/// After this time a list is given out though nothing changed: a desk hands nothing over by one that is a day old.
const YOUNG: SignedDuration = SignedDuration::from_hours(1);

/// What a publisher that goes on remembers between one look and the next.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Up to where the audit has no step that the list does not say.
    seen: Vec<Head>,
    /// When the list was given out last.
    given: Option<Timestamp>,
}

impl Watch {
    /// Of a publisher that begins: the first look gives the list out, whatever was left undone before.
    #[must_use]
    pub const fn new() -> Self {
        Self { seen: Vec::new(), given: None }
    }

    /// Whether the list is to be given out now. What was looked through in vain is not looked through again.
    ///
    /// # Errors
    /// What the store says.
    pub fn is_due(&mut self, store: &mut dyn Store, at: Timestamp) -> Result<bool, StatusError> {
        let Some(given) = self.given else { return Ok(true) };
        let age = at.duration_since(given);
        if age >= YOUNG || age.is_negative() {
            return Ok(true);
        }
        let heads = store.heads()?;
        // A chain that is shorter than it was: whoever gives the list out says so.
        let now = |seen: &Head| heads.iter().find(|head| head.office == seen.office).map_or(0, |head| head.n);
        let mut is_due = self.seen.iter().any(|seen| now(seen) < seen.n);
        each_since(store, &self.seen, &heads, &mut |row| is_due |= changes_worth(row))?;
        if !is_due {
            self.seen = heads;
        }
        Ok(is_due)
    }

    /// Gives the list out ([`publish`]), and remembers up to where the audit is in it.
    ///
    /// # Errors
    /// As [`publish`].
    pub fn give_out(
        &mut self,
        (store, key): (&mut dyn Store, &StoreKey),
        (held, folder): (&mut Held, &Folder),
        signer: &Credential,
        at: Timestamp,
    ) -> Result<Published, StatusError> {
        let published = publish((store, key), (held, folder), signer, (at, false))?;
        self.seen = witnessed(&held.register)?;
        self.given = Some(at);
        Ok(published)
    }
}

/// Whether the list says something else of a card after this step.
fn changes_worth(row: &Row) -> bool {
    let worth = |state: &str| card::State::of_name(state).map_or(CardStatus::NotHandedOver, status);
    row.kind == Kind::Card && worth(&row.was) != worth(&row.now)
}
