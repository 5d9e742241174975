//! Who is doubted: applications that wait for two officers, and how doubts ended in a time.

use super::{Cell, ReportError, Span, Table};
use crate::issuance::application::{State, Step};
use crate::issuance::names::Named as _;
use crate::issuance::store::{Kind, Page, Store};
use std::collections::BTreeMap;

/// The report: what is open, and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicates {
    /// The oldest hundred that wait in each state, all offices or one.
    pub open: Table,
    /// By step and reason: how often in the time.
    pub ended: Table,
}

/// Steps by which a doubt begins or ends.
const STEPS: [Step; 6] = [Step::FindDoubt, Step::Clarify, Step::ClearDoubt, Step::Reject, Step::Recapture, Step::FailHandover];

/// Makes the report.
///
/// # Errors
/// [`ReportError`].
pub fn duplicates(store: &mut dyn Store, span: &Span) -> Result<Duplicates, ReportError> {
    let mut open = Table::new("open", &["application", "office", "state", "since"]);
    for state in [State::Doubtful, State::Clarifying] {
        let page = Page { state: Some(state.name()), office: span.office.map(Into::into), ..Page::of(Kind::Application) };
        for found in store.page(&page)? {
            let (id, office) = (Cell::text(found.id), Cell::text(found.office));
            open.rows.push(vec![id, office, Cell::text(found.state), Cell::Time(found.changed)]);
        }
    }
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    span.each(store, false, |row, within| {
        let step = row.step().unwrap_or_default();
        if within && row.kind == Kind::Application && STEPS.iter().any(|of| of.name() == step) {
            *counts.entry((step, row.reason().unwrap_or_default())).or_default() += 1;
        }
    })?;
    let mut ended = Table::new("ended", &["step", "reason", "count"]);
    ended.rows = counts.into_iter().map(|((step, reason), n)| vec![Cell::Text(step), Cell::Text(reason), n.into()]).collect();
    Ok(Duplicates { open, ended })
}
