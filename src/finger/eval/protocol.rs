//! Which impressions are compared: every genuine pair, every cross-finger pair, and persons of two fingers.
//!
//! *Single finger.* Genuine: all pairs i < j of a finger's impressions. Impostors: all pairs of impressions of different fingers of a
//! set. Eight impressions of ten fingers: 10 · 28 = 280 genuine, 45 · 64 = 2,880 impostors.
//!
//! *Two fingers.* Every pair {a < b} of a set's fingers is a virtual person; its i-th capture is impression i of both, where both have
//! one. The score of two captures is the sum of the two fingers' scores. Genuine: captures i < j of a person, s(aᵢ,aⱼ) + s(bᵢ,bⱼ).
//! Impostors: every unordered pair of persons {a < b}, {c < d} without a common finger, each capture of the one with each of the
//! other, lower finger against lower finger and higher against higher, s(aᵢ,cⱼ) + s(bᵢ,dⱼ). Ten fingers: 45 · 28 = 1,260 genuine;
//! 45 · 28 ÷ 2 = 630 pairs of persons · 64 = 40,320 impostors. Four such sets: 5,040 and 161,280.

use crate::finger::eval::dataset::{Finger, Set};
use crate::finger::eval::error::EvalError;
use crate::finger::eval::table::{Table, text};
use crate::finger::eval::trials::{Trial, Trials};
use crate::limits;

/// What stands for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// One finger.
    Single,
    /// Two fingers of one set, their scores added.
    TwoFingers,
}

/// A capture: finger number and impression of each finger.
type Capture = Vec<(u32, u32)>;

/// A person: fingers by their number over all sets, and captures.
struct Person {
    fingers: Vec<u32>,
    captures: Vec<Capture>,
}

/// The comparisons of a protocol over sets with their scores; fingers are numbered over the sets in order, and a set is a stratum.
///
/// # Errors
/// [`EvalError::MissingScores`]; [`EvalError::TooMany`] beyond [`limits::EVAL_TRIALS`]; and those of [`Trials::new`].
pub fn trials(sets: &[(&Set, &Table)], protocol: Protocol) -> Result<Trials, EvalError> {
    let (mut genuine, mut impostor, mut strata) = (Vec::new(), Vec::new(), Vec::new());
    let mut gaps = Gaps::default();
    for (number, (set, table)) in (0u32..).zip(sets) {
        let first = u32::try_from(strata.len()).unwrap_or(u32::MAX);
        strata.extend(std::iter::repeat_n(number, set.fingers.len()));
        let persons = persons(set, first, protocol);
        let bound = limits::EVAL_TRIALS.saturating_sub(genuine.len() + impostor.len());
        if count(&persons) > bound {
            return Err(EvalError::TooMany { what: "comparisons", bound: limits::EVAL_TRIALS });
        }
        let mut scorer = Scorer { set, table, gaps: &mut gaps };
        for (at, person) in persons.iter().enumerate() {
            scorer.genuine(person, &mut genuine);
            for other in persons.iter().skip(at + 1).filter(|o| disjoint(person, o)) {
                scorer.impostors(person, other, &mut impostor);
            }
        }
    }
    gaps.none()?;
    Trials::new(genuine, impostor, strata)
}

/// Genuine and impostor comparisons that two-finger persons of these sets would make.
#[must_use]
pub fn two_finger_count(sets: &[&Set]) -> usize {
    sets.iter().map(|s| count(&persons(s, 0, Protocol::TwoFingers))).fold(0, usize::saturating_add)
}

fn persons(set: &Set, first: u32, protocol: Protocol) -> Vec<Person> {
    let numbered: Vec<(u32, &Finger)> = (first..).zip(&set.fingers).collect();
    match protocol {
        Protocol::Single => numbered.iter().map(|f| person(&[*f])).collect(),
        Protocol::TwoFingers => {
            let pairs = numbered.iter().enumerate().flat_map(|(at, a)| numbered.iter().skip(at + 1).map(move |b| [*a, *b]));
            pairs.map(|pair| person(&pair)).collect()
        }
    }
}

fn person(fingers: &[(u32, &Finger)]) -> Person {
    let has = |finger: &Finger, i: u32| finger.impressions.iter().any(|(number, _)| *number == i);
    let common = fingers.first().into_iter().flat_map(|(_, f)| f.impressions.iter().map(|(i, _)| *i));
    let common = common.filter(|i| fingers.iter().all(|(_, f)| has(f, *i)));
    Person {
        fingers: fingers.iter().map(|(id, _)| *id).collect(),
        captures: common.map(|i| fingers.iter().map(|(_, f)| (f.number, i)).collect()).collect(),
    }
}

fn disjoint(a: &Person, b: &Person) -> bool {
    a.fingers.iter().all(|f| !b.fingers.contains(f))
}

/// Comparisons of these persons; impostors that share a finger are counted in, so it is an upper bound that costs nothing.
fn count(persons: &[Person]) -> usize {
    let captures: usize = persons.iter().map(|p| p.captures.len()).sum();
    captures.saturating_mul(captures) / 2
}

/// Makes trials of captures by looking their scores up.
struct Scorer<'a> {
    set: &'a Set,
    table: &'a Table,
    gaps: &'a mut Gaps,
}

impl Scorer<'_> {
    fn genuine(&mut self, person: &Person, into: &mut Vec<Trial>) {
        for (at, a) in person.captures.iter().enumerate() {
            for b in person.captures.iter().skip(at + 1) {
                into.extend(self.score(a, b).map(|s| Trial::new(s, &person.fingers)));
            }
        }
    }

    fn impostors(&mut self, one: &Person, other: &Person, into: &mut Vec<Trial>) {
        let fingers: Vec<u32> = one.fingers.iter().chain(&other.fingers).copied().collect();
        for a in &one.captures {
            for b in &other.captures {
                into.extend(self.score(a, b).map(|s| Trial::new(s, &fingers)));
            }
        }
    }

    fn score(&mut self, a: &Capture, b: &Capture) -> Option<f64> {
        let mut sum = None;
        for (one, other) in a.iter().zip(b) {
            match self.table.get(*one, *other) {
                // A finger without a template says nothing: the others decide.
                Some(score) if score.is_infinite() => {}
                Some(score) => sum = Some(sum.unwrap_or(0.0) + score),
                None => {
                    self.gaps.note(|| format!("{}: {} and {}", self.set.name, text(*one), text(*other)));
                    return None;
                }
            }
        }
        Some(sum.unwrap_or(f64::NEG_INFINITY))
    }
}

/// Comparisons without a score.
#[derive(Default)]
struct Gaps {
    missing: usize,
    first: String,
}

impl Gaps {
    fn note(&mut self, what: impl FnOnce() -> String) {
        if self.missing == 0 {
            self.first = what();
        }
        self.missing += 1;
    }

    fn none(self) -> Result<(), EvalError> {
        match self.missing {
            0 => Ok(()),
            missing => Err(EvalError::MissingScores { missing, first: self.first }),
        }
    }
}
