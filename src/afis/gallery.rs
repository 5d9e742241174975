//! The gallery in memory: persons come and go while others are searched for, and of two who are the same one always sees the other.

use super::answer::{Answer, Candidate, Doubt, Enough, FingerVerdict, Likeness, Standing, decide};
use super::block::{Block, SEATS};
use super::exact::{Prints, Suspect, compare};
use super::person::{FINGERS, Person, PersonId, at_place};
use super::policy::{FINGERS_LEAST, Policy};
use super::scan::{Best, Hint, Query, Votes, scan};
use crate::limits::GALLERY_PERSONS;
use crate::reason::{Reason, Refusal};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Persons that the codes point at and the exact matcher looks at, for a probe of eight fingers and more.
pub const SHORT_LIST: usize = 256;
/// Blocks that a thread scans at a time.
const STRIDE: usize = 16;

/// Why a person is not taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GalleryError {
    /// The identifier is somebody's already.
    #[error("{0} is in the gallery already")]
    Known(PersonId),
    /// Nobody has the identifier.
    #[error("{0} is not in the gallery")]
    Unknown(PersonId),
    /// The bound of the product.
    #[error("the gallery is full: {GALLERY_PERSONS} persons")]
    Full,
}

impl Refusal for GalleryError {
    fn reason(&self) -> Reason {
        match self {
            Self::Known(_) => Reason::AlreadyEnrolled,
            Self::Unknown(_) => Reason::NotEnrolled,
            Self::Full => Reason::GalleryFull,
        }
    }
}

/// When somebody was seated: a search by the holder of a ticket sees everyone who was seated before, and nobody who came after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(u64);

type Blocks = Vec<Arc<RwLock<Block>>>;

/// Persons in memory, decrypted; shared between threads.
pub struct Gallery {
    blocks: RwLock<Blocks>,
    seats: Mutex<Seats>,
    persons: AtomicUsize,
    threads: usize,
}

/// Who sits where, and where nobody does.
struct Seats {
    next: u64,
    free: Vec<u32>,
    of: HashMap<PersonId, u32>,
}

impl Gallery {
    /// An empty gallery whose searches run on so many threads.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        let seats = Seats { next: 1, free: Vec::new(), of: HashMap::new() };
        Self { blocks: RwLock::default(), seats: Mutex::new(seats), persons: AtomicUsize::new(0), threads: threads.max(1) }
    }

    /// Persons in the gallery.
    #[must_use]
    pub fn len(&self) -> usize {
        self.persons.load(Ordering::Acquire)
    }

    /// Whether nobody is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Seats a person, whom every search from now on sees.
    ///
    /// # Errors
    /// [`GalleryError::Known`], [`GalleryError::Full`].
    pub fn insert(&self, person: &Person) -> Result<Ticket, GalleryError> {
        let mut seats = self.seats();
        if seats.of.contains_key(&person.id()) {
            return Err(GalleryError::Known(person.id()));
        }
        if seats.of.len() >= GALLERY_PERSONS {
            return Err(GalleryError::Full);
        }
        let number = match seats.free.pop() {
            Some(number) => number,
            None => self.grow(&mut seats).ok_or(GalleryError::Full)?,
        };
        let ticket = seats.next;
        seats.next += 1;
        seats.of.insert(person.id(), number);
        let (block, seat) = split(number);
        if let Some(block) = self.block(block) {
            block.write().unwrap_or_else(PoisonError::into_inner).seat(seat, person, ticket);
        }
        self.persons.store(seats.of.len(), Ordering::Release);
        Ok(Ticket(ticket))
    }

    /// Takes a person out; no search from now on sees them, and their minutiae are overwritten.
    ///
    /// # Errors
    /// [`GalleryError::Unknown`].
    pub fn remove(&self, id: PersonId) -> Result<(), GalleryError> {
        let mut seats = self.seats();
        let number = seats.of.remove(&id).ok_or(GalleryError::Unknown(id))?;
        let (block, seat) = split(number);
        if let Some(block) = self.block(block) {
            block.write().unwrap_or_else(PoisonError::into_inner).clear(seat);
        }
        seats.free.push(number);
        self.persons.store(seats.of.len(), Ordering::Release);
        Ok(())
    }

    /// Whether somebody has this identifier.
    #[must_use]
    pub fn contains(&self, id: PersonId) -> bool {
        self.seats().of.contains_key(&id)
    }

    /// The person of an identifier.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<Person> {
        let number = *self.seats().of.get(&id)?;
        let (block, seat) = split(number);
        let block = self.block(block)?;
        let block = block.read().unwrap_or_else(PoisonError::into_inner);
        block.person(seat).filter(|person| person.id() == id)
    }

    /// When the person of an identifier was seated.
    #[must_use]
    pub fn ticket(&self, id: PersonId) -> Option<Ticket> {
        let number = *self.seats().of.get(&id)?;
        let (block, seat) = split(number);
        let block = self.block(block)?;
        let block = block.read().unwrap_or_else(PoisonError::into_inner);
        block.ticket(seat).map(Ticket)
    }

    /// Persons who were seated before.
    #[must_use]
    pub fn before(&self, ticket: Ticket) -> usize {
        let earlier = |block: &Arc<RwLock<Block>>| {
            let block = block.read().unwrap_or_else(PoisonError::into_inner);
            block.tickets().iter().filter(|t| (1..ticket.0).contains(t)).count()
        };
        self.snapshot().iter().map(earlier).sum()
    }

    /// Every person, block by block; others may come and go meanwhile.
    pub fn persons(&self) -> impl Iterator<Item = Person> {
        self.snapshot().into_iter().flat_map(|block| {
            let block = block.read().unwrap_or_else(PoisonError::into_inner);
            (0..SEATS).filter_map(|seat| block.person(seat)).collect::<Vec<_>>()
        })
    }

    /// Searches for a person among everyone.
    #[must_use]
    pub fn identify(&self, probe: &Person, policy: &Policy) -> Answer {
        self.search(probe, policy, u64::MAX)
    }

    /// Searches for a person who was seated already, among those who were before.
    #[must_use]
    pub fn identify_before(&self, ticket: Ticket, probe: &Person, policy: &Policy) -> Answer {
        self.search(probe, policy, ticket.0)
    }

    /// The place of a person on the short list of a probe, the best being 0; `None` beyond `most`. For measurements.
    #[must_use]
    pub fn rank(&self, probe: &Person, id: PersonId, most: usize) -> Option<usize> {
        let blocks = self.snapshot();
        let hints = self.hints(&blocks, &Query::of(probe), u64::MAX, most);
        hints.iter().position(|hint| seated(&blocks, hint).is_some_and(|found| found.0 == id))
    }

    fn search(&self, probe: &Person, policy: &Policy, before: u64) -> Answer {
        let persons = self.len();
        let blocks = self.snapshot();
        let enough = Enough::count(probe.usable(), persons, policy).and_then(|enough| match apart(&blocks, probe, before) {
            0 => Ok(enough),
            persons => Err(Doubt::NotComparable { persons }),
        });
        let hints = if probe.usable() == 0 {
            Vec::new()
        } else {
            self.hints(&blocks, &Query::of(probe), before, short_list(probe.usable()))
        };
        // The codes only guess which way the hands are; the exact matcher sees both.
        let both = hints.iter().flat_map(|hint| [*hint, Hint { swapped: !hint.swapped, ..*hint }]);
        let suspects = both.filter_map(|hint| seated(&blocks, &hint)).map(|(_, suspect)| suspect).collect();
        let last = compare(&Prints::of(probe), suspects, self.threads);
        let mut known = HashSet::new();
        // Best first: of the two ways of one person the better counts.
        let once = |suspect: &&Suspect| suspect.compared() > 0 && known.insert((suspect.hint.block, suspect.hint.seat));
        let found = last.iter().filter(once).filter_map(|suspect| {
            let id = seated(&blocks, &suspect.hint)?.0;
            let standing = Standing::of(suspect.fused(), &policy.bounds(persons, suspect.compared()));
            Some((standing, candidate(id, suspect, standing)?))
        });
        decide(found.collect(), enough)
    }

    /// The short list, blocks shared out among the threads.
    fn hints(&self, blocks: &Blocks, query: &Query, before: u64, most: usize) -> Vec<Hint> {
        let next = AtomicUsize::new(0);
        let work = || {
            let (mut best, mut votes) = (Best::new(most), Votes::new());
            loop {
                let first = next.fetch_add(STRIDE, Ordering::Relaxed);
                let Some(some) = blocks.get(first..blocks.len().min(first + STRIDE)).filter(|some| !some.is_empty()) else {
                    return best;
                };
                for (number, block) in (first..).zip(some) {
                    let block = block.read().unwrap_or_else(PoisonError::into_inner);
                    scan(&block, u32::try_from(number).unwrap_or(u32::MAX), query, before, &mut votes, &mut best);
                }
            }
        };
        let threads = self.threads.min(blocks.len().div_ceil(STRIDE));
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let own = work();
            let joined = others.into_iter().map(|t| t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            joined.fold(own, Best::join)
        })
        .sorted()
    }

    fn snapshot(&self) -> Blocks {
        self.blocks.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn block(&self, number: usize) -> Option<Arc<RwLock<Block>>> {
        self.blocks.read().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block more; the first of its seats.
    fn grow(&self, seats: &mut Seats) -> Option<u32> {
        let mut blocks = self.blocks.write().unwrap_or_else(PoisonError::into_inner);
        let first = u32::try_from(blocks.len() * SEATS).ok()?;
        let last = first.checked_add(u32::try_from(SEATS).ok()?)?;
        blocks.push(Arc::new(RwLock::new(Block::new())));
        seats.free.extend((first + 1..last).rev());
        Some(first)
    }
}

/// Persons are biometric data: they are counted, not shown.
impl std::fmt::Debug for Gallery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gallery({} persons)", self.len())
    }
}

/// How many persons share too few fingers with a probe to be told from it: fewer than are needed, or fewer than all where they have fewer.
fn apart(blocks: &Blocks, probe: &Person, before: u64) -> usize {
    let mut fingers = [false; FINGERS];
    probe.prints().for_each(|(place, _)| fingers.iter_mut().skip(place).take(1).for_each(|f| *f = true));
    let least = u8::try_from(FINGERS_LEAST).unwrap_or(u8::MAX);
    blocks.iter().map(|block| block.read().unwrap_or_else(PoisonError::into_inner).apart(fingers, before, least)).sum()
}

/// The fewer fingers vote, the less sure the vote is, and the longer the list.
const fn short_list(usable: usize) -> usize {
    match usable {
        8.. => SHORT_LIST,
        5..8 => 4 * SHORT_LIST,
        _ => 8 * SHORT_LIST,
    }
}

fn split(number: u32) -> (usize, usize) {
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    (number / SEATS, number % SEATS)
}

/// Whoever a hint points at, unless they have left since.
fn seated(blocks: &Blocks, hint: &Hint) -> Option<(PersonId, Suspect)> {
    let block = blocks.get(usize::try_from(hint.block).ok()?)?.read().unwrap_or_else(PoisonError::into_inner);
    let seat = usize::from(hint.seat);
    let id = block.id(seat).filter(|_| block.ticket(seat) == Some(hint.ticket.0))?;
    Some((id, Suspect::new(*hint, std::array::from_fn(|finger| block.packed(seat, finger)))))
}

fn candidate(id: PersonId, suspect: &Suspect, standing: Standing) -> Option<Candidate> {
    let verdict = |(place, score): (usize, &Option<_>)| FingerVerdict {
        probe: at_place(place),
        gallery: at_place(suspect.opposite(place)),
        likeness: Likeness::of(*score),
    };
    Some(Candidate {
        id,
        band: standing.band()?,
        hands_swapped: suspect.hint.swapped,
        fingers: suspect.scores.iter().enumerate().map(verdict).collect(),
        score: suspect.fused(),
    })
}

#[cfg(test)]
#[path = "gallery_tests.rs"]
pub(in crate::afis) mod tests;
