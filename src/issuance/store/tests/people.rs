//! Persons, officers and offices that nobody is.

use crate::issuance::officer::OfficerId;
use crate::issuance::role::{Asked, PersonNumber, Role, Taken};
use crate::issuance::store::{Actor, Hands, Id, Office, Subject, Word};
use crate::record::Nik;
use jiff::Timestamp;

pub fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

pub fn word(text: &str) -> Word {
    Word::parse(text).unwrap()
}

pub fn office(text: &str) -> Office {
    Office::parse(text).unwrap()
}

/// The NIK of the n-th of ten thousand persons.
pub fn nik(n: u32) -> Nik {
    Nik::parse(&format!("317301010190{:04}", n + 1)).unwrap()
}

pub fn person(n: u32) -> Subject {
    super::home::key().subject(&nik(n))
}

/// A second of the test's day.
pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn actor(id: PersonNumber, role: Role) -> Actor {
    Actor { id: OfficerId::from_bytes(id.to_be_bytes()), role, office: office("grant"), signature: vec![0xA5; 70] }
}

/// One officer.
pub fn by(role: Role) -> Hands {
    Hands { by: actor(1, role), with: None }
}

/// Two officers.
pub fn by_two(first: Role, second: Role) -> Hands {
    Hands { by: actor(1, first), with: Some(actor(2, second)) }
}

/// Officers as these were taken.
pub fn hands(taken: &Taken) -> Hands {
    Hands { by: actor(taken.by.0, taken.by.1), with: taken.with.map(|(id, role)| actor(id, role)) }
}

/// Officers whom a step is for.
pub fn fitting(asked: &Asked) -> Taken {
    Taken { by: (1, asked.first[0]), with: asked.second.first().map(|role| (2, *role)) }
}
