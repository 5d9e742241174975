//! Where persons lie in memory: blocks of 256 seats, codes as planes of words so that a scan runs over neighbours.

use super::code::{Code, WORDS};
use super::packed::{KEPT, Packed};
use super::person::{FINGERS, Finger, ID_CHARACTERS, Person, PersonId, Print};
use crate::record::PassedOver;
use zeroize::Zeroize;

/// Persons of a block.
pub const SEATS: usize = 256;
/// Bytes of one seat.
pub const SEAT_BYTES: usize = FINGERS * (WORDS * 8 + KEPT * 4 + 1) + ID_CHARACTERS + 8;

/// Set in what stands for a finger's number of minutiae where there is no print; the other bits say why.
const EXCEPTION: u8 = 0x80;
/// The ticket of a seat where nobody sits.
const EMPTY: u64 = 0;

/// Persons, side by side.
pub(super) struct Block {
    /// Word `w` of the codes of finger `f`, all seats: plane `f · WORDS + w`.
    codes: Vec<[u64; SEATS]>,
    minutiae: Vec<[[u32; KEPT]; FINGERS]>,
    /// Minutiae of finger `f`, or [`EXCEPTION`] and the reason, all seats.
    counts: Vec<[u8; SEATS]>,
    ids: Vec<[u8; ID_CHARACTERS]>,
    /// When each was seated; [`EMPTY`] where nobody is.
    tickets: Vec<u64>,
}

impl Block {
    pub fn new() -> Self {
        Self {
            codes: vec![[0; SEATS]; FINGERS * WORDS],
            minutiae: vec![[[0; KEPT]; FINGERS]; SEATS],
            counts: vec![[EXCEPTION; SEATS]; FINGERS],
            ids: vec![[0; ID_CHARACTERS]; SEATS],
            tickets: vec![EMPTY; SEATS],
        }
    }

    /// Seats a person.
    pub fn seat(&mut self, seat: usize, person: &Person, ticket: u64) {
        for (f, finger) in person.fingers().iter().enumerate() {
            let (count, words, code) = match finger {
                Finger::Print(print) => (u8::try_from(print.packed.len()).unwrap_or(0), print.packed.words(), print.code.0),
                Finger::Exception(why) => (EXCEPTION | why.number(), &[][..], [0; WORDS]),
            };
            for (plane, word) in self.codes.iter_mut().skip(f * WORDS).zip(code) {
                put(plane, seat, word);
            }
            if let Some(kept) = self.minutiae.get_mut(seat).and_then(|fingers| fingers.get_mut(f)) {
                kept.zeroize();
                kept.iter_mut().zip(words).for_each(|(to, from)| *to = *from);
            }
            if let Some(counts) = self.counts.get_mut(f) {
                put(counts, seat, count);
            }
        }
        put(&mut self.ids, seat, person.id().bytes());
        put(&mut self.tickets, seat, ticket);
    }

    /// Empties a seat and what was in it.
    pub fn clear(&mut self, seat: usize) {
        put(&mut self.tickets, seat, EMPTY);
        put(&mut self.ids, seat, [0; ID_CHARACTERS]);
        self.codes.iter_mut().for_each(|plane| put(plane, seat, 0));
        self.counts.iter_mut().for_each(|counts| put(counts, seat, EXCEPTION));
        if let Some(fingers) = self.minutiae.get_mut(seat) {
            fingers.iter_mut().for_each(Zeroize::zeroize);
        }
    }

    /// The ticket of whoever sits there.
    pub fn ticket(&self, seat: usize) -> Option<u64> {
        self.tickets.get(seat).copied().filter(|t| *t != EMPTY)
    }

    /// The tickets of all seats; 0 where nobody sits.
    pub fn tickets(&self) -> &[u64] {
        &self.tickets
    }

    /// How many who were seated before `before` have fewer than `least` prints of these fingers, or none where they have fewer at all.
    pub fn apart(&self, fingers: [bool; FINGERS], before: u64, least: u8) -> usize {
        let (mut usable, mut shared) = ([0u8; SEATS], [0u8; SEATS]);
        for (counts, of_probe) in self.counts.iter().zip(fingers) {
            for ((count, usable), shared) in counts.iter().zip(&mut usable).zip(&mut shared) {
                let print = u8::from(count & EXCEPTION == 0);
                *usable += print;
                *shared += print & u8::from(of_probe);
            }
        }
        let seats = self.tickets.iter().zip(usable.iter().zip(&shared));
        seats.filter(|(t, (usable, shared))| **t != EMPTY && **t < before && **shared < least.min(**usable)).count()
    }

    /// The identifier of whoever sits there.
    pub fn id(&self, seat: usize) -> Option<PersonId> {
        self.ticket(seat)?;
        PersonId::from_bytes(*self.ids.get(seat)?).ok()
    }

    /// The minutiae of a finger.
    pub fn packed(&self, seat: usize, finger: usize) -> Option<Packed> {
        let count = *self.counts.get(finger)?.get(seat)?;
        let words = self.minutiae.get(seat)?.get(finger)?;
        if count & EXCEPTION == 0 { Packed::from_words(words.get(..usize::from(count))?) } else { None }
    }

    /// Whoever sits there.
    pub fn person(&self, seat: usize) -> Option<Person> {
        let id = self.id(seat)?;
        let finger = |f: usize| match self.packed(seat, f) {
            Some(packed) => Finger::Print(Print { packed, code: self.code(seat, f) }),
            None => Finger::Exception(self.exception(seat, f)),
        };
        Some(Person::assume_distinct(id, std::array::from_fn(finger)))
    }

    fn code(&self, seat: usize, finger: usize) -> Code {
        let word = |w: usize| self.codes.get(finger * WORDS + w).and_then(|plane| plane.get(seat)).copied().unwrap_or(0);
        Code(std::array::from_fn(word))
    }

    fn exception(&self, seat: usize, finger: usize) -> PassedOver {
        let number = self.counts.get(finger).and_then(|c| c.get(seat)).map_or(0, |c| c & !EXCEPTION);
        PassedOver::from_number(number).unwrap_or(PassedOver::NotCaptured)
    }

    /// The planes of a finger's codes.
    pub fn planes(&self, finger: usize) -> Option<&[[u64; SEATS]; WORDS]> {
        self.codes.get(finger * WORDS..(finger + 1) * WORDS)?.try_into().ok()
    }

    /// Which seats have a print of a finger: the top bit of each is clear.
    pub fn counts(&self, finger: usize) -> Option<&[u8; SEATS]> {
        self.counts.get(finger)
    }
}

/// Memory that held minutiae is not given back as it is.
impl Drop for Block {
    fn drop(&mut self) {
        self.minutiae.iter_mut().flatten().for_each(Zeroize::zeroize);
        self.codes.iter_mut().for_each(Zeroize::zeroize);
    }
}

fn put<T>(row: &mut [T], at: usize, value: T) {
    if let Some(slot) = row.get_mut(at) {
        *slot = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::position::FingerPosition;
    use crate::finger::template::synthetic;

    fn person(id: &str, seed: u64) -> Person {
        let templates = FingerPosition::ALL[1..8].iter().map(|p| (*p, synthetic::template(seed, *p, 30))).collect::<Vec<_>>();
        let lost = [(FingerPosition::RightThumb, PassedOver::Amputated)];
        Person::of(id.parse().unwrap(), templates.iter().map(|(p, t)| (*p, t)), lost).unwrap()
    }

    #[test]
    fn who_is_seated_is_found_whole_and_who_has_left_leaves_nothing() {
        let mut block = Block::new();
        let (a, b) = (person("a", 1), person("b", 2));
        block.seat(3, &a, 7);
        block.seat(255, &b, 8);
        assert_eq!((block.person(3), block.person(255), block.person(4)), (Some(a), Some(b.clone()), None));
        assert_eq!((block.ticket(3), block.ticket(4)), (Some(7), None));
        block.clear(3);
        assert_eq!(block.person(3), None);
        assert!(block.minutiae[3].iter().flatten().all(|w| *w == 0) && block.codes.iter().all(|p| p[3] == 0));
        block.seat(3, &b, 9);
        assert_eq!(block.person(3), Some(b));
    }

    #[test]
    fn a_seat_has_the_bytes_that_are_stated() {
        let b = Block::new();
        let size = size_of_val(&b.codes[..]) + size_of_val(&b.minutiae[..]) + size_of_val(&b.counts[..]);
        let size = size + size_of_val(&b.ids[..]) + size_of_val(&b.tickets[..]);
        assert_eq!((size / SEATS, SEAT_BYTES), (SEAT_BYTES, 1_874));
    }
}
