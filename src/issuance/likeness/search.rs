//! Somebody into the index, and everybody who is like them out of it.

use super::keys::{kept, sought};
use super::{Alike, Traits, judge};
use crate::issuance::case::Dossier;
use crate::issuance::store::{Id, Kind, Mark, Page, Part, Store, StoreError, StoreKey};
use crate::limits::{LIKENESS_OPENED, STORE_PAGE_ROWS};
use std::collections::BTreeSet;

/// Under what the digests are made; with a format, so that another way of folding makes others.
const LABEL: &str = "likeness-1";

/// Somebody who is like the person looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The application.
    pub application: Id,
    /// How much, and why.
    pub alike: Alike,
}

/// Everybody who was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Everybody {
    /// The likest first.
    pub found: Vec<Found>,
    /// Whether there were more than are looked at: those with the fewest digests in common were left out.
    pub is_cut: bool,
}

fn marks(key: &StoreKey, texts: &BTreeSet<String>) -> Vec<Mark> {
    texts.iter().map(|text| Mark::of(key, LABEL, text.as_bytes())).collect()
}

/// What somebody is kept under.
#[must_use]
pub fn marks_of(key: &StoreKey, who: &Traits) -> Vec<Mark> {
    marks(key, &kept(who))
}

/// Keeps an application under the data of its dossier, in the place of what it was kept under before.
///
/// # Errors
/// What the store says.
pub fn index(store: &mut dyn Store, key: &StoreKey, application: &Id, who: &Traits) -> Result<(), StoreError> {
    store.mark(application, &marks_of(key, who))
}

/// Keeps every application that was identified: for a store that was made before there was an index. How many.
///
/// # Errors
/// What the store says; [`StoreError::Damaged`] for a dossier that does not parse.
pub fn index_all(store: &mut dyn Store, key: &StoreKey) -> Result<u64, StoreError> {
    let mut page = Page { limit: STORE_PAGE_ROWS, ..Page::of(Kind::Application) };
    let mut kept = 0;
    loop {
        let some = store.page(&page)?;
        let Some(last) = some.last() else { return Ok(kept) };
        page.after = Some(last.cursor());
        for application in &some {
            let was_identified = store.sealed(Kind::Application, &application.id, Part::Findings)?.is_some();
            if was_identified && let Some(who) = traits(store, key, &application.id)? {
                index(store, key, &application.id, &who)?;
                kept += 1;
            }
        }
    }
}

/// Everybody else in the index who is like somebody: their dossiers are opened, and judged.
///
/// # Errors
/// What the store says; [`StoreError::Damaged`] for a dossier that does not parse.
pub fn search(store: &mut dyn Store, key: &StoreKey, but: &Id, who: &Traits) -> Result<Everybody, StoreError> {
    let most = LIKENESS_OPENED.saturating_add(2);
    let all = store.marked(&marks(key, &sought(who)), most)?;
    let bound = usize::try_from(LIKENESS_OPENED).unwrap_or(usize::MAX);
    let others: Vec<Id> = all.into_iter().filter(|id| id != but).collect();
    let mut found = Vec::new();
    for application in others.iter().take(bound) {
        let Some(other) = traits(store, key, application)? else { continue };
        if let Some(alike) = judge(who, &other) {
            found.push(Found { application: application.clone(), alike });
        }
    }
    found.sort_by(|a, b| b.alike.score.cmp(&a.alike.score).then_with(|| a.application.cmp(&b.application)));
    Ok(Everybody { found, is_cut: others.len() > bound })
}

/// What somebody is compared by; none of an application that was taken in without data.
///
/// # Errors
/// What the store says; [`StoreError::Damaged`].
pub fn traits(store: &mut dyn Store, key: &StoreKey, application: &Id) -> Result<Option<Traits>, StoreError> {
    let Some(sealed) = store.sealed(Kind::Application, application, Part::Biodata)? else { return Ok(None) };
    let dossier = Dossier::from_json(&key.open(&sealed)?).ok_or(StoreError::Damaged("dossier"))?;
    Ok(Some(Traits::of(&dossier.biodata)))
}
