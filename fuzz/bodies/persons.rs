//! A person's file and a person's templates: what is read has each finger once, and a person has ten.

use ektp::afis::person_file;
use ektp::afis::{Person, PersonError};
use ektp::finger::position::FingerPosition;
use ektp::finger::template::Record;

pub fn run(data: &[u8]) {
    let wrapped = [&br#"{"fingers":{"#[..], data, b"}}"].concat();
    for text in [data, &wrapped] {
        if let Ok(told) = person_file::parse(text) {
            let mut positions: Vec<FingerPosition> = told.iter().map(|(position, _)| *position).collect();
            positions.sort_unstable();
            positions.dedup();
            assert_eq!(positions.len(), told.len(), "a finger told of twice");
        }
    }
    let Ok(record) = Record::parse(data) else { return };
    let id = "fuzzed".parse().unwrap();
    let all = record.templates();
    let told = all.iter().filter_map(|template| Some((template.position()?, template)));
    if let Ok(person) = Person::of(id, told, []) {
        assert_eq!(person.distinct(), Ok(()));
    }
    // One template for all ten fingers is never ten prints.
    if let Some(template) = all.iter().find(|t| t.views.iter().all(|v| v.position.is_none())) {
        let ten = Person::of(id, FingerPosition::ALL.map(|p| (p, template)), []);
        assert!(matches!(ten, Err(PersonError::SamePrint(..))) || ten.is_ok_and(|p| p.usable() == 0));
    }
}
