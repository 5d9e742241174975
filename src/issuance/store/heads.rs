//! Heads of audit chains as a file: kept by whoever publishes the status list, and by offices that exchange packets with this store.

use super::audit::Head;
use super::error::StoreError;
use super::word::Office;
use crate::limits::STORE_OFFICES;
use crate::verify::hex;
use serde::{Deserialize, Serialize};

const FORMAT: &str = "ektp-audit-heads-1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    heads: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    office: String,
    n: u64,
    head: String,
}

/// The heads as JSON.
#[must_use]
pub fn to_json(heads: &[Head]) -> String {
    let line = |head: &Head| Line { office: head.office.to_string(), n: head.n, head: hex::encode(&head.head) };
    let file = File { format: FORMAT.into(), heads: heads.iter().map(line).collect() };
    serde_json::to_string_pretty(&file).unwrap_or_else(|_| unreachable!("heads are plain JSON"))
}

/// Reads them back.
///
/// # Errors
/// [`StoreError::Damaged`] if it is no list of heads, [`StoreError::TooMany`].
pub fn from_json(text: &[u8]) -> Result<Vec<Head>, StoreError> {
    let file: File = serde_json::from_slice(text).map_err(|_| StoreError::Damaged("heads"))?;
    if file.format != FORMAT {
        return Err(StoreError::Damaged("format of heads"));
    }
    if file.heads.len() > STORE_OFFICES {
        return Err(StoreError::TooMany("offices", STORE_OFFICES));
    }
    file.heads.iter().map(read).collect()
}

fn read(line: &Line) -> Result<Head, StoreError> {
    let office = Office::parse(&line.office)?;
    let head = hex::decode(&line.head).and_then(|bytes| bytes.try_into().ok()).ok_or(StoreError::Damaged("head"))?;
    Ok(Head { office, n: line.n, head })
}

/// What is known of a store by now: the heads that were seen before, and those that it shows now, each chain at least as long as it was.
///
/// # Errors
/// [`StoreError::RolledBack`] if a chain ends earlier than it did, or is not there, [`StoreError::Forked`] if it has another row there;
/// [`StoreError::TooMany`]. What lies behind a longer chain, the store alone can say ([`super::audit::witness`]).
pub fn merge(known: &[Head], shown: &[Head]) -> Result<Vec<Head>, StoreError> {
    for seen in known {
        let office = seen.office.to_string();
        let now = shown.iter().find(|head| head.office == seen.office);
        match now {
            Some(head) if head.n > seen.n || head == seen => {}
            Some(head) if head.n == seen.n => return Err(StoreError::Forked { office, n: seen.n }),
            other => return Err(StoreError::RolledBack { office, known: seen.n, found: other.map_or(0, |head| head.n) }),
        }
    }
    if shown.len() > STORE_OFFICES {
        return Err(StoreError::TooMany("offices", STORE_OFFICES));
    }
    Ok(shown.to_vec())
}

/// The highest that was seen of each chain of one store, by whomever.
#[must_use]
pub fn highest(one: &[Head], other: &[Head]) -> Vec<Head> {
    let mut all: Vec<Head> = one.to_vec();
    for head in other {
        match all.iter_mut().find(|seen| seen.office == head.office) {
            Some(seen) if seen.n >= head.n => {}
            Some(seen) => *seen = head.clone(),
            None => all.push(head.clone()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_back_and_nothing_else_is() {
        let heads = vec![Head { office: Office::parse("3273").unwrap(), n: 7, head: [9; 32] }];
        let text = to_json(&heads);
        assert_eq!(from_json(text.as_bytes()), Ok(heads));
        assert_eq!(from_json(b"{}"), Err(StoreError::Damaged("heads")));
        assert_eq!(from_json(text.replace("heads-1", "heads-2").as_bytes()), Err(StoreError::Damaged("format of heads")));
        assert_eq!(from_json(text.replace("0909", "09").as_bytes()), Err(StoreError::Damaged("head")));
        assert_eq!(from_json(text.replace("3273", "").as_bytes()), Err(StoreError::Word("office")));
    }

    #[test]
    fn a_list_is_no_longer_than_there_are_offices() {
        let head = Head { office: Office::parse("a").unwrap(), n: 1, head: [0; 32] };
        let text = to_json(&vec![head; STORE_OFFICES + 1]);
        assert_eq!(from_json(text.as_bytes()), Err(StoreError::TooMany("offices", STORE_OFFICES)));
    }

    #[test]
    fn what_is_known_of_a_store_only_grows() {
        let head = |office: &str, n, byte| Head { office: Office::parse(office).unwrap(), n, head: [byte; 32] };
        let known = [head("a", 3, 1), head("b", 1, 2)];
        let longer = [head("a", 4, 9), head("b", 1, 2), head("c", 1, 3)];
        assert_eq!(merge(&known, &longer), Ok(longer.to_vec()));
        let short = merge(&known, &[head("a", 2, 1), head("b", 1, 2)]);
        assert_eq!(short, Err(StoreError::RolledBack { office: "a".into(), known: 3, found: 2 }));
        assert_eq!(merge(&known, &[head("a", 3, 1)]), Err(StoreError::RolledBack { office: "b".into(), known: 1, found: 0 }));
        let other = merge(&known, &[head("a", 3, 7), head("b", 1, 2)]);
        assert_eq!(other, Err(StoreError::Forked { office: "a".into(), n: 3 }));
        assert_eq!(merge(&[], &vec![head("a", 1, 0); STORE_OFFICES + 1]), Err(StoreError::TooMany("offices", STORE_OFFICES)));
        assert_eq!(highest(&known, &[head("a", 2, 8), head("b", 5, 8)]), [head("a", 3, 1), head("b", 5, 8)]);
    }
}
