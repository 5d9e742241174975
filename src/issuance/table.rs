//! States as a table of steps: from, step, to, who. What is no row is no step.

use super::role::{Asked, RoleError, Taken};
use crate::reason::{Reason, Refusal};
use std::fmt::Debug;

/// One line of a table: from, step, to, who.
pub type Row<S, P> = (S, P, S, Asked);

/// Why a step is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StepError<S: Debug, P: Debug> {
    /// The step does not follow from this state.
    #[error("{step:?} does not follow from {state:?}")]
    WrongState {
        /// Where it stands.
        state: S,
        /// What was asked.
        step: P,
    },
    /// Whoever asks may not.
    #[error(transparent)]
    Role(#[from] RoleError),
}

impl<S: Debug, P: Debug> Refusal for StepError<S, P> {
    fn reason(&self) -> Reason {
        match self {
            Self::WrongState { .. } => Reason::WrongState,
            Self::Role(error) => error.reason(),
        }
    }
}

/// A state whose steps are a table.
pub trait Staged: Copy + PartialEq + Debug + 'static {
    /// What it takes.
    type Step: Copy + PartialEq + Debug + 'static;
    /// Every step that there is.
    const TABLE: &'static [Row<Self, Self::Step>];
    /// Steps that only a copy in an office's own store takes; none of them is in the other table.
    const COPIES: &'static [Row<Self, Self::Step>] = &[];

    /// Where a step by these persons leads.
    ///
    /// # Errors
    /// [`StepError`].
    fn take(self, step: Self::Step, taken: &Taken) -> Result<Self, StepError<Self, Self::Step>> {
        let row = Self::TABLE.iter().chain(Self::COPIES).find(|(from, of, ..)| *from == self && *of == step);
        let (_, _, to, asked) = row.ok_or(StepError::WrongState { state: self, step })?;
        asked.check(taken)?;
        Ok(*to)
    }
}
