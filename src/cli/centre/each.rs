//! The applications that a verb works on: those that are named, or all that wait for it.

use crate::cli::output::Failure;
use crate::issuance::application::State;
use crate::issuance::desk::Desk;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Cursor, Id, Kind, Page};
use crate::limits::STORE_PAGE_ROWS;

/// An application's id, for the parser.
pub fn application(text: &str) -> Result<Id, String> {
    Id::parse(text).map_err(|e| e.to_string())
}

/// Those that were named; else all in a state, the most urgent first.
pub fn waiting(desk: &mut Desk<'_>, named: &[Id], state: State) -> Result<Vec<Id>, Failure> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let mut page = Page { state: Some(state.name()), limit: STORE_PAGE_ROWS, ..Page::of(Kind::Application) };
    let mut all = Vec::new();
    loop {
        let found = desk.store.page(&page)?;
        all.extend(found.iter().map(|standing| standing.id.clone()));
        let Some(last) = found.last() else { return Ok(all) };
        page.after = Some(Cursor { priority: last.priority, since: last.since, changed: last.changed, id: last.id.clone() });
    }
}

/// The part of a job that is one application's.
pub fn part(job: &Id, application: &Id) -> Result<Id, Failure> {
    Ok(job.part(application.as_str().trim_start_matches("A-"))?)
}
