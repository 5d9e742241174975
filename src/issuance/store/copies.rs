//! Copies: things of the centre's in an office's own store, which follow what the centre says. The centre's own store has none: where the
//! ministry's chain is, nothing follows, and no card is given before the centre knows.

use super::audit::Row;
use super::change::{Act, Change};
use super::rule::Step;
use super::word::Office;
use crate::issuance::card;
use crate::issuance::names::Named as _;
use crate::issuance::role::Role;

/// Whether a store has the centre's chain, as a statement of either database.
pub(super) const IS_THE_CENTRES: &str = "SELECT office, n, head FROM chain WHERE office = $1 AND n > 0";

/// The code of the office whose chain the centre's store has.
pub(super) fn centre() -> Office {
    crate::issuance::Office::Ministry.into()
}

/// Whether a change is of copies: taken by an office's own service, or a card given before the centre knows.
pub(super) fn has_any(change: &Change) -> bool {
    change.parts.iter().any(|signed| {
        let second = signed.hands.with.as_ref().is_some_and(|with| with.role == Role::Sync);
        signed.hands.by.role == Role::Sync || second || signed.step.act == Act::Step(Step::Card(card::Step::Queue))
    })
}

/// The same of a row; one that cannot be read is judged elsewhere.
pub(super) fn is_any(row: &Row) -> bool {
    let by = row.signatories().is_some_and(|all| all.iter().any(|(_, role, ..)| *role == Role::Sync));
    by || row.kind == super::Kind::Card && row.now == card::State::Queued.name()
}
