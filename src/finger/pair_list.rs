//! A list of pairs of prints: CSV, two paths a line.

use crate::limits;
use crate::reason::{Reason, Refusal};
use std::collections::HashMap;

/// The files that a list names, each once, and the pairs of them in the list's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairList {
    /// Paths as they stand there, at most [`limits::MATCH_TEMPLATES`], each with the line that names it first, from 1.
    pub files: Vec<(u64, String)>,
    /// The pairs: line, and two places among the files. At least one.
    pub pairs: Vec<(u64, usize, usize)>,
}

/// Why bytes are no list of pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PairListError {
    /// A line that is not two paths; not text at all is one too.
    #[error("line {line}: not two paths")]
    NotTwoPaths {
        /// Line number, from 1.
        line: u64,
    },
    /// More prints than are held in memory at once.
    #[error("line {line}: more than {bound} prints", bound = limits::MATCH_TEMPLATES)]
    TooMany {
        /// The line that names one too many.
        line: u64,
    },
    /// Nothing but comments and empty lines.
    #[error("no pairs")]
    Empty,
}

impl Refusal for PairListError {
    fn reason(&self) -> Reason {
        Reason::InputInvalid
    }
}

impl PairList {
    /// Reads a list. Empty lines and those that begin with `#` count for nothing; blanks around a path do not either.
    ///
    /// # Errors
    /// [`PairListError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PairListError> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(bytes);
        let (mut list, mut places) = (Self { files: Vec::new(), pairs: Vec::new() }, HashMap::new());
        for record in reader.records() {
            let line = line_of(bytes, record.as_ref().map_or_else(csv::Error::position, csv::StringRecord::position));
            let record = record.map_err(|_| PairListError::NotTwoPaths { line })?;
            let (Some(a), Some(b), 2) = (record.get(0), record.get(1), record.len()) else {
                return Err(PairListError::NotTwoPaths { line });
            };
            if a.is_empty() || b.is_empty() {
                return Err(PairListError::NotTwoPaths { line });
            }
            let mut place = |name: &str| {
                *places.entry(name.to_owned()).or_insert_with(|| {
                    list.files.push((line, name.to_owned()));
                    list.files.len() - 1
                })
            };
            let pair = (line, place(a), place(b));
            list.pairs.push(pair);
            if list.files.len() > limits::MATCH_TEMPLATES {
                return Err(PairListError::TooMany { line });
            }
        }
        if list.pairs.is_empty() { Err(PairListError::Empty) } else { Ok(list) }
    }
}

/// The line of a record. Its position is that behind the record before; what counts for nothing may stand between them.
fn line_of(bytes: &[u8], position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let behind = usize::try_from(position.byte()).ok().and_then(|at| bytes.get(at..)).unwrap_or_default();
    let nothing = behind.split(|b| *b == b'\n').take_while(|line| matches!(line, [] | [b'\r'] | [b'#', ..]));
    position.line() + nothing.count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn a_file_is_there_once_and_pairs_keep_their_order() {
        let list = PairList::parse(b"# probe, reference\na,b\n\n# more\r\n b ,\"c,d\"\r\n\r\nb,a\n").unwrap();
        assert_eq!(list.files, [(2, "a".to_owned()), (2, "b".to_owned()), (5, "c,d".to_owned())]);
        assert_eq!(list.pairs, [(2, 0, 1), (5, 1, 2), (7, 1, 0)]);
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_line() {
        for (bytes, line) in [(&b"a,b\nc\n"[..], 2), (b"a,b,c\n", 1), (b"a,b\n,c\n", 2), (b"a,b\nc,\xff\n", 2)] {
            assert_eq!(PairList::parse(bytes), Err(PairListError::NotTwoPaths { line }), "{bytes:?}");
        }
        for bytes in [&b""[..], b"# a,b\n\n"] {
            assert_eq!(PairList::parse(bytes), Err(PairListError::Empty));
        }
        let mut many = String::new();
        (0..=limits::MATCH_TEMPLATES).for_each(|n| writeln!(many, "a,{n}").unwrap());
        let error = PairListError::TooMany { line: limits::MATCH_TEMPLATES as u64 };
        assert_eq!(PairList::parse(many.as_bytes()), Err(error));
        assert_eq!(error.reason(), Reason::InputInvalid);
    }
}
