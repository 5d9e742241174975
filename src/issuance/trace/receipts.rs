//! Which receipt a step of an application gave, printed, replaced or took: the paper, and its number.

use crate::issuance::application::Step;
use crate::issuance::case::Dossier;
use crate::issuance::names::Named as _;
use crate::issuance::procedure::Receipt as Paper;
use crate::issuance::store::{Id, Kind, Part, Row, Store, StoreError, StoreKey};
use std::collections::BTreeMap;

/// The receipt without which no card is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The paper that is stamped.
    pub paper: Paper,
    /// Its number: 1, and one more for each that was lost.
    pub number: u32,
}

/// The receipts of an application's steps, by revision; none of other things, nor before its capture. The number that counts now is kept;
/// before each replacement it was one less.
///
/// # Errors
/// What the store says; [`StoreError::Damaged`] if what is kept of the application does not parse.
pub(super) fn of(
    store: &mut dyn Store,
    key: &StoreKey,
    (kind, id): (Kind, &Id),
    rows: &[Row],
) -> Result<BTreeMap<u64, Receipt>, StoreError> {
    let sealed = if kind == Kind::Application { store.sealed(kind, id, Part::Biodata)? } else { None };
    let Some(sealed) = sealed else { return Ok(BTreeMap::new()) };
    let dossier = Dossier::from_json(&key.open(&sealed)?).ok_or(StoreError::Damaged("dossier"))?;
    Ok(numbered(dossier.procedure.receipt(), dossier.receipt, rows))
}

fn numbered(paper: Paper, counts: u32, rows: &[Row]) -> BTreeMap<u64, Receipt> {
    let (mut number, mut receipts) = (counts, BTreeMap::new());
    for row in rows.iter().rev() {
        let step = row.step().and_then(|step| Step::of_name(&step));
        if number > 0 && matches!(step, Some(Step::Capture | Step::PrintReceipt | Step::ReplaceReceipt | Step::Deliver)) {
            receipts.insert(row.revision, Receipt { paper, number });
        }
        if step == Some(Step::ReplaceReceipt) {
            number = number.saturating_sub(1);
        }
    }
    receipts
}

impl Receipt {
    /// The word of its paper.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self.paper {
            Paper::Summons => "summons",
            Paper::Form => "form",
            Paper::VisitSlip => "visit-slip",
        }
    }
}
