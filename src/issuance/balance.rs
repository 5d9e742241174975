//! The equation by which a shift and a batch close: everything that was there is somewhere.

use crate::reason::{Reason, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Serial numbers of one type of stock.
pub type Serials = BTreeSet<String>;

/// One type of stock, by serial, over one shift or batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// There at the beginning.
    pub opening: Serials,
    /// Came in.
    pub received: Serials,
    /// Became cards.
    pub made: Serials,
    /// Spoiled.
    pub spoiled: Serials,
    /// Given back.
    pub returned: Serials,
    /// Missing, by an incident with two signatures.
    pub missing: Serials,
    /// Used as samples.
    pub sample: Serials,
    /// Of unknown state.
    pub quarantined: Serials,
    /// In a station.
    pub in_process: Serials,
    /// Counted by hand at the end, before anyone was shown what to expect.
    pub carried_over: Serials,
}

/// Why a ledger does not close.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BalanceError {
    /// Came in, or was there, and is nowhere.
    #[error("{} serials are nowhere", .0.len())]
    Nowhere(Serials),
    /// Is somewhere, and never came in.
    #[error("{} serials were never received", .0.len())]
    FromNowhere(Serials),
    /// Stands in two places.
    #[error("{} serials are in two places", .0.len())]
    Twice(Serials),
    /// A batch closes with nothing in process and nothing carried over.
    #[error("{0} serials are in process or carried over")]
    Unfinished(usize),
}

impl Refusal for BalanceError {
    fn reason(&self) -> Reason {
        Reason::CountUnbalanced
    }
}

impl Ledger {
    /// Its columns by their words: the two it begins with, then the eight of which each serial is in one.
    #[must_use]
    pub fn columns(&self) -> [(&'static str, &Serials); 10] {
        [
            ("opening", &self.opening),
            ("received", &self.received),
            ("made", &self.made),
            ("spoiled", &self.spoiled),
            ("returned", &self.returned),
            ("missing", &self.missing),
            ("sample", &self.sample),
            ("quarantined", &self.quarantined),
            ("in-process", &self.in_process),
            ("carried-over", &self.carried_over),
        ]
    }

    fn ends(&self) -> [&Serials; 8] {
        [
            &self.made,
            &self.spoiled,
            &self.returned,
            &self.missing,
            &self.sample,
            &self.quarantined,
            &self.in_process,
            &self.carried_over,
        ]
    }

    /// Whether the shift closes.
    ///
    /// # Errors
    /// [`BalanceError`] with the serials that are wrong.
    pub fn close_shift(&self) -> Result<(), BalanceError> {
        let (mut seen, mut twice) = (Serials::new(), Serials::new());
        for serial in self.ends().into_iter().flatten() {
            if !seen.insert(serial.clone()) {
                twice.insert(serial.clone());
            }
        }
        twice.extend(self.opening.intersection(&self.received).cloned());
        if !twice.is_empty() {
            return Err(BalanceError::Twice(twice));
        }
        let begun: Serials = self.opening.union(&self.received).cloned().collect();
        let nowhere: Serials = begun.difference(&seen).cloned().collect();
        if !nowhere.is_empty() {
            return Err(BalanceError::Nowhere(nowhere));
        }
        let strange: Serials = seen.difference(&begun).cloned().collect();
        if strange.is_empty() { Ok(()) } else { Err(BalanceError::FromNowhere(strange)) }
    }

    /// Whether the batch closes: as a shift, with nothing left open.
    ///
    /// # Errors
    /// [`BalanceError`].
    pub fn close_batch(&self) -> Result<(), BalanceError> {
        self.close_shift()?;
        let open = self.in_process.len() + self.carried_over.len();
        if open == 0 { Ok(()) } else { Err(BalanceError::Unfinished(open)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serials(names: &[&str]) -> Serials {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    fn balanced() -> Ledger {
        Ledger {
            opening: serials(&["a", "b", "c"]),
            received: serials(&["d", "e"]),
            made: serials(&["a", "b"]),
            spoiled: serials(&["c"]),
            carried_over: serials(&["d"]),
            quarantined: serials(&["e"]),
            ..Ledger::default()
        }
    }

    #[test]
    fn a_shift_closes_when_every_serial_is_in_one_place() {
        assert_eq!(balanced().close_shift(), Ok(()));
        assert_eq!(balanced().close_batch(), Err(BalanceError::Unfinished(1)));
        let done = Ledger { carried_over: serials(&[]), returned: serials(&["d"]), ..balanced() };
        assert_eq!(done.close_batch(), Ok(()));
    }

    #[test]
    fn what_is_wrong_is_named_by_serial() {
        let lost = Ledger { spoiled: serials(&[]), ..balanced() };
        assert_eq!(lost.close_shift(), Err(BalanceError::Nowhere(serials(&["c"]))));
        let strange = Ledger { sample: serials(&["x"]), ..balanced() };
        assert_eq!(strange.close_shift(), Err(BalanceError::FromNowhere(serials(&["x"]))));
        let twice = Ledger { returned: serials(&["a"]), ..balanced() };
        assert_eq!(twice.close_shift(), Err(BalanceError::Twice(serials(&["a"]))));
        let again = Ledger { received: serials(&["a", "d", "e"]), ..balanced() };
        assert_eq!(again.close_shift(), Err(BalanceError::Twice(serials(&["a"]))));
        assert_eq!(lost.close_shift().unwrap_err().reason(), Reason::CountUnbalanced);
        // The right number of the wrong cards does not balance.
        let swapped = Ledger { made: serials(&["a", "x"]), ..balanced() };
        assert_eq!(swapped.close_shift(), Err(BalanceError::Nowhere(serials(&["b"]))));
    }
}
