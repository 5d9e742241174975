//! Formats of a store, and the ways from an older one to this program's.

use super::error::StoreError;
use super::key::StoreKey;
use super::{postgres, sqlite};

/// The format that this program writes.
pub const FORMAT: u32 = 5;
/// The first that there was.
pub(super) const FIRST: u32 = 1;

/// A step from the format before.
pub(super) struct Migration {
    /// The format after it.
    pub to: u32,
    /// For SQLite.
    pub sqlite: String,
    /// For PostgreSQL.
    pub postgres: String,
}

/// Every step that there is, in order. A new store is made by all of them, so that it is what an old one becomes.
pub(super) fn steps() -> Vec<Migration> {
    let adding = |to| Migration { to, sqlite: sqlite::open::of_format(to), postgres: postgres::schema::of_format(to) };
    (FIRST + 1..=FORMAT).map(adding).collect()
}

/// What a migration did, or would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// The format before.
    pub from: u32,
    /// The format after.
    pub to: u32,
    /// Whether it was done; not on a dry run, nor where there was nothing to do.
    pub done: bool,
}

/// The format that a list of steps leads to.
pub(super) fn newest(steps: &[Migration]) -> u32 {
    steps.last().map_or(FIRST, |step| step.to)
}

/// The steps from a format on.
///
/// # Errors
/// [`StoreError::NewerFormat`].
pub(super) fn from(found: u32, steps: &[Migration]) -> Result<&[Migration], StoreError> {
    let known = newest(steps);
    if found > known {
        return Err(StoreError::NewerFormat { found, known });
    }
    let first = steps.iter().position(|step| step.to > found).unwrap_or(steps.len());
    Ok(steps.get(first..).unwrap_or_default())
}

/// Whether a store of this format is opened as it is.
///
/// # Errors
/// [`StoreError::NewerFormat`], [`StoreError::OlderFormat`].
pub(super) fn current(found: u32) -> Result<(), StoreError> {
    let steps = steps();
    match from(found, &steps)? {
        [] if found == FORMAT => Ok(()),
        _ => Err(StoreError::OlderFormat { found, known: FORMAT }),
    }
}

/// Whether a key is the one that a store was made with.
///
/// # Errors
/// [`StoreError::WrongKey`].
pub(super) fn fits(key: &StoreKey, store: &str, check: &[u8]) -> Result<(), StoreError> {
    if crate::crypto::symmetric::same(&key.check(store), check) { Ok(()) } else { Err(StoreError::WrongKey) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_from_where_a_store_is_and_never_back() {
        let step = |to| Migration { to, sqlite: String::new(), postgres: String::new() };
        let steps = [step(2), step(3)];
        let to = |found| from(found, &steps).map(|rest| rest.iter().map(|step| step.to).collect::<Vec<_>>());
        assert_eq!(to(1), Ok(vec![2, 3]));
        assert_eq!(to(2), Ok(vec![3]));
        assert_eq!(to(3), Ok(vec![]));
        assert_eq!(to(4), Err(StoreError::NewerFormat { found: 4, known: 3 }));
        assert_eq!(current(FORMAT), Ok(()));
        assert_eq!(current(0), Err(StoreError::OlderFormat { found: 0, known: FORMAT }));
    }
}
