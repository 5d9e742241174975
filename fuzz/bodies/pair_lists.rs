//! Lists of pairs of prints.

use ektp::finger::pair_list::PairList;
use std::collections::HashSet;

pub fn run(data: &[u8]) {
    let Ok(list) = PairList::parse(data) else { return };
    assert!(!list.pairs.is_empty());
    assert!(list.pairs.iter().all(|(_, a, b)| *a < list.files.len() && *b < list.files.len()));
    let names: HashSet<&String> = list.files.iter().map(|(_, name)| name).collect();
    assert_eq!(names.len(), list.files.len(), "a file is there once");
}
