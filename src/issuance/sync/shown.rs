//! How far the audit chains of a store go, as its office showed it and signed: held elsewhere, it tells when the store was put back.

use super::SyncError;
use crate::crypto::hash::sha256;
use crate::issuance::desk::Officer;
use crate::issuance::office::Office;
use crate::issuance::officer::act::Step;
use crate::issuance::officer::{Roster, Signed};
use crate::issuance::role::{Asked, Role};
use crate::issuance::store::{Head, Store, audit, heads};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const STEP: &str = "heads-show";
const ASKED: Asked = Asked::one(&[Role::Sync, Role::Centre]);

/// Heads, by whom they were shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Whose store.
    office: Office,
    /// As `heads.rs` writes them.
    heads: String,
    by: Signed,
}

impl Shown {
    /// Shows heads of a store, signed by the office's service.
    ///
    /// # Errors
    /// [`SyncError::Desk`].
    pub fn new(office: Office, shown: &[Head], by: &Officer, at: Timestamp) -> Result<Self, SyncError> {
        let text = heads::to_json(shown);
        let signed = by.act(STEP, subject(office, &text), at)?;
        Ok(Self { office, heads: text, by: signed })
    }

    /// Reads what was shown; nothing if it has not this form.
    #[must_use]
    pub fn parse(json: &[u8]) -> Option<Self> {
        let read: Self = serde_json::from_slice(json).ok()?;
        // A signature is read by its own rules.
        let by = Signed::parse(&serde_json::to_vec(&read.by).ok()?).ok()?;
        Some(Self { by, ..read })
    }

    /// As it is kept and sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| unreachable!("plain JSON"))
    }

    /// The heads, if this office's service signed them.
    ///
    /// # Errors
    /// [`SyncError::Anothers`], [`SyncError::Act`], [`SyncError::Desk`] if they are none.
    pub fn of(&self, office: Office, roster: &Roster, now: Timestamp) -> Result<Vec<Head>, SyncError> {
        let place = self.by.act().office();
        if self.office != office || !place.holds(office) {
            return Err(SyncError::Anothers);
        }
        let step = Step { name: STEP, subject: subject(office, &self.heads), office: place, asked: &ASKED };
        let proven = self.by.check(&step, roster, now)?;
        if (proven.first().place().0 == Role::Centre) != (office == Office::Ministry) {
            return Err(SyncError::Anothers);
        }
        Ok(heads::from_json(self.heads.as_bytes())?)
    }

    /// Whether this follows on what was shown before, and is to be kept in its place; not if it is only an earlier word that came late.
    ///
    /// # Errors
    /// [`SyncError::Desk`]: the store that this was shown of is older than what was shown, or another; what [`Shown::of`] says.
    pub fn follows(&self, before: Option<&Self>, office: Office, roster: &Roster, now: Timestamp) -> Result<bool, SyncError> {
        let shown = self.of(office, roster, now)?;
        let Some(before) = before else { return Ok(true) };
        let known = before.of(office, roster, now)?;
        match heads::merge(&known, &shown) {
            Ok(_) => Ok(shown != known),
            Err(_) if self.by.act().at() < before.by.act().at() && heads::merge(&shown, &known).is_ok() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether these are other heads than those.
    #[must_use]
    pub fn differs(&self, other: &[Head]) -> bool {
        heads::from_json(self.heads.as_bytes()).ok().as_deref() != Some(other)
    }
}

fn subject(office: Office, heads: &str) -> [u8; 32] {
    sha256(format!("{office}\n{heads}").as_bytes())
}

/// Holds the own store against what it showed of itself before: one that was put back is refused.
///
/// # Errors
/// [`SyncError::Desk`]: rolled back, or forked.
pub fn hold(store: &mut dyn Store, shown: &[Head]) -> Result<(), SyncError> {
    Ok(audit::witness(store, shown)?)
}
