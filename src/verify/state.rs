//! What a judge must remember: challenges that were used, and the highest number of each signed list.

use super::challenge::Challenge;
use super::evidence::Evidence;
use super::hex;
use super::judge::{Mode, Policy, judge};
use super::verdict::Verdict;
use crate::pki::trust::{Kind, TrustStore};
use crate::reason::{Reason, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// Why the judge's memory does not serve. No verdict is given without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The store cannot be read or written durably.
    #[error("the judge's state cannot be kept: {0}")]
    Unavailable(std::io::ErrorKind),
    /// The store holds something that this program did not write.
    #[error("the judge's state is damaged: {0}")]
    Damaged(&'static str),
}

impl Refusal for StateError {
    fn reason(&self) -> Reason {
        Reason::FileUnreadable
    }
}

/// A judge's memory. Whatever a method reports as done is durable.
pub trait JudgeState {
    /// Remembers a challenge as drawn by this judge, and when. One that was not drawn here proves nothing: whoever recorded an answer
    /// could write the question afterwards.
    ///
    /// # Errors
    /// [`StateError`]; the challenge must then not be given out.
    fn draw(&mut self, challenge: &Challenge) -> Result<(), StateError>;

    /// Spends a challenge. Afterwards no judgement with this memory takes it again. When it was made, the memory says, not the file.
    ///
    /// # Errors
    /// [`StateError`]; the challenge then counts as unspent and must not be used.
    fn spend(&mut self, challenge: &Challenge) -> Result<ChallengeUse, StateError>;

    /// The highest number of a list of this issuer that was ever seen: of a status list its country, samples apart; of a revocation
    /// list `crl` and its authority's key.
    ///
    /// # Errors
    /// [`StateError`].
    fn highest_list(&self, issuer: &str) -> Result<Option<u64>, StateError>;

    /// Remembers a list number; never lowers it.
    ///
    /// # Errors
    /// [`StateError`].
    fn remember_list(&mut self, issuer: &str, number: u64) -> Result<(), StateError>;
}

/// A challenge as a judgement may use it; only a [`JudgeState`] makes one.
#[derive(Debug)]
pub struct ChallengeUse {
    bytes: Vec<u8>,
    made_at: jiff::Timestamp,
    standing: Standing,
}

/// How a challenge stands in a judge's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Drawn here, and this is its first use.
    Fresh,
    /// Used before.
    Spent,
    /// Not drawn by this judge.
    Unknown,
}

impl ChallengeUse {
    /// Of a challenge that this judge drew at `drawn_at`, or never.
    pub(super) fn new(challenge: &Challenge, drawn_at: Option<jiff::Timestamp>, first: bool) -> Self {
        let standing = match (drawn_at, first) {
            (None, _) => Standing::Unknown,
            (Some(_), true) => Standing::Fresh,
            (Some(_), false) => Standing::Spent,
        };
        let made_at = drawn_at.unwrap_or_else(|| challenge.made_at());
        Self { bytes: challenge.bytes().to_vec(), made_at, standing }
    }

    /// The challenge's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// When it was made: the chip answered at some time from then on.
    #[must_use]
    pub fn made_at(&self) -> jiff::Timestamp {
        self.made_at
    }

    /// Whether it was drawn here and used before.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Whether it was drawn here and this is its first use.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.standing == Standing::Fresh
    }
}

/// Judges with a memory: refuses an older list than was ever seen, and remembers a newer one before the verdict is given.
///
/// # Errors
/// [`StateError`]; there is then no verdict.
pub fn judge_with(
    evidence: &Evidence,
    mode: &Mode<'_>,
    trust: &TrustStore,
    policy: &Policy<'_>,
    state: &mut dyn JudgeState,
) -> Result<Verdict, StateError> {
    let issuer = issuer_of(trust);
    let mut seen = policy.seen.clone();
    seen.status_list = state.highest_list(&issuer)?.max(seen.status_list);
    for authority in trust.crl_authorities() {
        if let Some(highest) = state.highest_list(&crls_of(&authority))? {
            seen.crls.entry(authority).and_modify(|known| *known = highest.max(*known)).or_insert(highest);
        }
    }
    let verdict = judge(evidence, mode, trust, &Policy { seen, ..policy.clone() });
    if let Some(list) = &verdict.status_list {
        state.remember_list(&issuer, list.number)?;
    }
    for list in &verdict.revocation_lists {
        state.remember_list(&crls_of(&list.authority.0), list.number)?;
    }
    Ok(verdict)
}

/// Under which name the numbers of an authority's revocation lists are remembered.
fn crls_of(authority: &[u8]) -> String {
    format!("crl {}", hex::encode(authority))
}

/// Under which name list numbers are remembered. Anyone can sign a sample list with a number that no real list reaches for years,
/// so samples are counted apart.
fn issuer_of(trust: &TrustStore) -> String {
    match trust.kind() {
        Kind::Production => trust.country().to_owned(),
        Kind::Sample => format!("{} sample", trust.country()),
    }
}

/// A memory that ends with the process: samples and tests.
#[derive(Debug, Default)]
pub struct ThrowawayState {
    drawn: BTreeMap<Vec<u8>, jiff::Timestamp>,
    spent: BTreeSet<Vec<u8>>,
    highest: BTreeMap<String, u64>,
}

impl JudgeState for ThrowawayState {
    fn draw(&mut self, challenge: &Challenge) -> Result<(), StateError> {
        self.drawn.entry(challenge.bytes().to_vec()).or_insert(challenge.made_at());
        Ok(())
    }

    fn spend(&mut self, challenge: &Challenge) -> Result<ChallengeUse, StateError> {
        let drawn_at = self.drawn.get(challenge.bytes()).copied();
        let first = drawn_at.is_some() && self.spent.insert(challenge.bytes().to_vec());
        Ok(ChallengeUse::new(challenge, drawn_at, first))
    }

    fn highest_list(&self, issuer: &str) -> Result<Option<u64>, StateError> {
        Ok(self.highest.get(issuer).copied())
    }

    fn remember_list(&mut self, issuer: &str, number: u64) -> Result<(), StateError> {
        let highest = self.highest.entry(issuer.to_owned()).or_default();
        *highest = number.max(*highest);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn a_challenge_is_fresh_once_and_never_if_another_drew_it() {
        let challenge = Challenge::draw(&mut DangerousSeededEntropy::new(1), jiff::Timestamp::UNIX_EPOCH);
        let mut state = ThrowawayState::default();
        assert_eq!(state.spend(&challenge).unwrap().standing(), Standing::Unknown);
        state.draw(&challenge).unwrap();
        assert_eq!(state.spend(&challenge).unwrap().standing(), Standing::Fresh);
        assert_eq!(state.spend(&challenge).unwrap().standing(), Standing::Spent);
    }

    #[test]
    fn the_memory_says_when_a_challenge_was_made_and_not_the_file() {
        let draw = |at| Challenge::draw(&mut DangerousSeededEntropy::new(1), at);
        let (early, late) = (jiff::Timestamp::UNIX_EPOCH, jiff::Timestamp::MAX);
        let mut state = ThrowawayState::default();
        state.draw(&draw(early)).unwrap();
        assert_eq!(state.spend(&draw(late)).unwrap().made_at(), early);
    }

    #[test]
    fn a_sample_list_does_not_age_the_real_ones() {
        let of = |kind| issuer_of(&TrustStore::new(kind, "ID"));
        assert_eq!(of(Kind::Production), "ID");
        assert_ne!(of(Kind::Sample), of(Kind::Production));
    }

    #[test]
    fn a_list_number_never_falls() {
        let mut state = ThrowawayState::default();
        state.remember_list("a", 7).unwrap();
        state.remember_list("a", 3).unwrap();
        assert_eq!(state.highest_list("a"), Ok(Some(7)));
        assert_eq!(state.highest_list("b"), Ok(None));
    }
}
