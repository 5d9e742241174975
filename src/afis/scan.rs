//! The first stage: the codes of a probe against those of everyone, all fingers voting, hands as told and changed about.

use super::block::{Block, SEATS};
use super::code::{Code, WORDS};
use super::person::{FINGERS, Person, other_hand};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A code this far from a probe's says nothing: nearer speaks for the person, farther against.
const NEUTRAL: i16 = 168;
/// No finger speaks more against a person than one at this distance, so that one bad finger hides nobody.
const WORST: i16 = 196;

/// Somebody whom the codes point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hint {
    /// What all fingers say together, in bits below [`NEUTRAL`]; more is nearer.
    pub vote: i16,
    /// When the person was seated: of equals the longer known comes first.
    pub ticket: Reverse<u64>,
    /// Block and seat.
    pub block: u32,
    /// (seat)
    pub seat: u16,
    /// Whether the right hand's fingers were compared with the left hand's.
    pub swapped: bool,
}

/// A probe's codes.
pub(super) struct Query {
    codes: [Option<Code>; FINGERS],
}

impl Query {
    pub fn of(probe: &Person) -> Self {
        let mut codes = [None; FINGERS];
        for (place, print) in probe.prints() {
            if let Some(code) = codes.get_mut(place) {
                *code = Some(print.code);
            }
        }
        Self { codes }
    }
}

/// The best of those seen so far, at most so many.
pub(super) struct Best {
    heap: BinaryHeap<Reverse<Hint>>,
    most: usize,
}

impl Best {
    pub fn new(most: usize) -> Self {
        Self { heap: BinaryHeap::with_capacity(most + 1), most }
    }

    fn offer(&mut self, hint: Hint) {
        self.heap.push(Reverse(hint));
        if self.heap.len() > self.most {
            self.heap.pop();
        }
    }

    /// The vote that must be passed to be among them.
    fn bar(&self) -> i16 {
        if self.heap.len() < self.most { i16::MIN } else { self.heap.peek().map_or(i16::MIN, |h| h.0.vote - 1) }
    }

    /// The best of both.
    pub fn join(mut self, other: Self) -> Self {
        other.heap.into_iter().for_each(|h| self.offer(h.0));
        self
    }

    /// All of them, best first.
    pub fn sorted(self) -> Vec<Hint> {
        self.heap.into_sorted_vec().into_iter().map(|h| h.0).collect()
    }
}

/// Votes of all seats, hands as told and changed about.
#[derive(Clone)]
pub(super) struct Votes {
    straight: [i16; SEATS],
    swapped: [i16; SEATS],
}

impl Votes {
    pub const fn new() -> Self {
        Self { straight: [0; SEATS], swapped: [0; SEATS] }
    }
}

/// Compares a probe with everyone of a block who was seated before `before`.
pub(super) fn scan(block: &Block, number: u32, query: &Query, before: u64, votes: &mut Votes, best: &mut Best) {
    *votes = Votes::new();
    pulp::Arch::new().dispatch(Count { block, query, votes });
    let mut bar = best.bar();
    for (seat, ticket) in (0u16..).zip(block.tickets()) {
        let at = usize::from(seat) % SEATS;
        let (straight, swapped) = (votes.straight[at], votes.swapped[at]);
        let vote = straight.max(swapped);
        if vote > bar && *ticket != 0 && *ticket < before {
            best.offer(Hint { vote, ticket: Reverse(*ticket), block: number, seat, swapped: swapped > straight });
            bar = best.bar();
        }
    }
}

/// Counting, compiled for each kind of processor.
struct Count<'a> {
    block: &'a Block,
    query: &'a Query,
    votes: &'a mut Votes,
}

impl pulp::WithSimd for Count<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        for finger in 0..FINGERS {
            let (Some(planes), Some(counts)) = (self.block.planes(finger), self.block.counts(finger)) else { continue };
            if let Some(code) = &self.query.codes[finger] {
                add(planes, counts, code, &mut self.votes.straight);
            }
            if let Some(code) = &self.query.codes[other_hand(finger) % FINGERS] {
                add(planes, counts, code, &mut self.votes.swapped);
            }
        }
    }
}

/// Adds what one finger says to the votes of all seats.
#[inline(always)]
#[allow(clippy::cast_possible_truncation, clippy::needless_range_loop)] // Distances are at most 384; loops that become wide code.
fn add(planes: &[[u64; SEATS]; WORDS], counts: &[u8; SEATS], code: &Code, votes: &mut [i16; SEATS]) {
    let mut apart = [0u64; SEATS];
    for (plane, word) in planes.iter().zip(code.0) {
        for seat in 0..SEATS {
            apart[seat] += u64::from((plane[seat] ^ word).count_ones());
        }
    }
    for seat in 0..SEATS {
        let said = NEUTRAL - (apart[seat] as i16).min(WORST);
        votes[seat] += if counts[seat] < 0x80 { said } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::afis::person::Finger;
    use crate::finger::position::FingerPosition;
    use crate::finger::template::synthetic;
    use crate::record::PassedOver;

    fn person(id: &str, seed: u64) -> Person {
        let templates = FingerPosition::ALL.map(|p| (p, synthetic::template(seed, p, 34)));
        Person::of(id.parse().unwrap(), templates.iter().map(|(p, t)| (*p, t)), []).unwrap()
    }

    fn hints(block: &Block, probe: &Person, before: u64, most: usize) -> Vec<Hint> {
        let mut best = Best::new(most);
        scan(block, 0, &Query::of(probe), before, &mut Votes::new(), &mut best);
        best.sorted()
    }

    fn block() -> Block {
        let mut block = Block::new();
        for n in 0..20u16 {
            block.seat(usize::from(n) * 3, &person(&format!("p{n}"), u64::from(n)), u64::from(n) + 1);
        }
        block
    }

    #[test]
    fn the_person_comes_first_hands_as_told_or_changed_about() {
        let (block, seven) = (block(), person("probe", 7));
        let found = hints(&block, &seven, u64::MAX, 20);
        let whole = i16::try_from(FINGERS).unwrap() * NEUTRAL;
        assert_eq!((found.len(), found[0].seat, found[0].swapped, found[0].vote), (20, 21, false, whole));
        assert!(found.windows(2).all(|w| w[0] > w[1]));
        let mut fingers = *seven.fingers();
        fingers.rotate_left(5);
        let swapped = hints(&block, &Person::assume_distinct(seven.id(), fingers), u64::MAX, 1);
        assert_eq!((swapped[0].seat, swapped[0].swapped, swapped[0].vote), (21, true, whole));
    }

    #[test]
    fn a_bad_finger_costs_little_and_a_missing_one_nothing() {
        let (block, seven) = (block(), person("probe", 7));
        let with = |finger| {
            let mut fingers = *seven.fingers();
            fingers[2] = finger;
            hints(&block, &Person::assume_distinct(seven.id(), fingers), u64::MAX, 1)[0]
        };
        let missing = with(Finger::Exception(PassedOver::Bandaged));
        assert_eq!((missing.seat, missing.vote), (21, 9 * NEUTRAL));
        let bad = with(person("other", 8).fingers()[2]);
        assert!(bad.seat == 21 && bad.vote >= 9 * NEUTRAL + NEUTRAL - WORST, "{bad:?}");
    }

    #[test]
    fn nobody_is_seen_who_came_later_or_has_left() {
        let (mut block, seven) = (block(), person("probe", 7));
        assert_ne!(hints(&block, &seven, 8, 1)[0].seat, 21, "ticket 8 is not before 8");
        assert_eq!(hints(&block, &seven, 9, 1)[0].seat, 21);
        block.clear(21);
        assert_ne!(hints(&block, &seven, u64::MAX, 1)[0].seat, 21);
        assert_eq!(hints(&block, &seven, u64::MAX, 50).len(), 19);
    }
}
