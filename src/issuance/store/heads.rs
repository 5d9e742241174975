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
}
