//! Services of a station that fail at their nth call: before they do anything, or after it, when only the answer is lost.

use crate::chip::scp03::Scp03Error;
use crate::crypto::scp03::{ChipSerial, SessionKeys};
use crate::perso::engine::Notary;
use crate::perso::error::PersoError;
use crate::pki::key_service::{KeyService, KeyServiceError, Origin, ProofOk, PutKeys, SessionRequest};
use crate::pki::signer::{SignRequest, Signer, SignerError};
use crate::world::Clock;
use jiff::{SignedDuration, Timestamp};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

/// A call that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failing<E> {
    /// Which call, from 1.
    pub(super) at: u32,
    /// Whether the work is done and only its answer lost.
    pub(super) after: bool,
    /// Whether every later call fails too.
    pub(super) lasting: bool,
    pub(super) error: E,
}

/// The calls of one service in one run.
pub(super) struct Nth<E> {
    made: Cell<u32>,
    failing: Vec<Failing<E>>,
}

impl<E> Default for Nth<E> {
    fn default() -> Self {
        Self { made: Cell::new(0), failing: Vec::new() }
    }
}

impl<E: Clone> Nth<E> {
    pub(super) fn fail(&mut self, failing: Failing<E>) {
        self.failing.push(failing);
    }

    /// Calls so far.
    pub(super) fn made(&self) -> u32 {
        self.made.get()
    }

    pub(super) fn call<T>(&self, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let call = self.made.get() + 1;
        self.made.set(call);
        match self.failing.iter().find(|f| f.at == call || (f.lasting && f.at < call)) {
            None => act(),
            Some(f) if f.after && f.at == call => act().and(Err(f.error.clone())),
            Some(f) => Err(f.error.clone()),
        }
    }
}

/// A service behind its plan.
pub(super) struct Shaky<'a, S: ?Sized, E> {
    pub(super) inner: &'a mut S,
    pub(super) nth: &'a Nth<E>,
}

impl<S: Signer> Signer for Shaky<'_, S, SignerError> {
    fn sign(&mut self, request: &SignRequest) -> Result<Vec<u8>, SignerError> {
        self.nth.call(|| self.inner.sign(request))
    }
}

impl<S: KeyService> KeyService for Shaky<'_, S, KeyServiceError> {
    fn put_key_data(&mut self, serial: ChipSerial) -> Result<PutKeys, KeyServiceError> {
        self.nth.call(|| self.inner.put_key_data(serial))
    }

    fn open(&mut self, request: &SessionRequest<'_>) -> Result<SessionKeys, KeyServiceError> {
        self.nth.call(|| self.inner.open(request))
    }

    fn check_proof(&mut self, origin: &Origin<'_>) -> Result<ProofOk, KeyServiceError> {
        self.nth.call(|| self.inner.check_proof(origin))
    }
}

/// A receipt key behind its plan.
pub(super) struct ShakyNotary<'a> {
    pub(super) inner: &'a dyn Notary,
    pub(super) nth: &'a Nth<PersoError>,
}

impl Notary for ShakyNotary<'_> {
    fn sign(&self, receipt: &[u8]) -> Result<Vec<u8>, PersoError> {
        self.nth.call(|| self.inner.sign(receipt))
    }

    fn certificate(&self) -> String {
        self.inner.certificate()
    }
}

/// A clock that goes on by a millisecond a look, and that someone sets back before its nth look.
pub(super) struct SetBack {
    began: Timestamp,
    looks: AtomicU32,
    at: u32,
    by: SignedDuration,
}

impl SetBack {
    /// A clock that nobody sets.
    pub(super) fn never(began: Timestamp) -> Self {
        Self::at(began, u32::MAX, SignedDuration::ZERO)
    }

    /// Set back before its nth look, from 1.
    pub(super) fn at(began: Timestamp, at: u32, by: SignedDuration) -> Self {
        Self { began, looks: AtomicU32::new(0), at, by }
    }

    /// Looks so far.
    pub(super) fn looks(&self) -> u32 {
        self.looks.load(Ordering::Relaxed)
    }
}

impl Clock for SetBack {
    fn now(&self) -> Timestamp {
        let look = self.looks.fetch_add(1, Ordering::Relaxed) + 1;
        let now = self.began + SignedDuration::from_millis(look.into());
        if look < self.at { now } else { now - self.by }
    }
}

#[test]
fn the_nth_call_fails_before_or_after_once_or_for_good() {
    let run = |after, lasting| {
        let mut nth = Nth::default();
        nth.fail(Failing { at: 2, after, lasting, error: Scp03Error::BadMac });
        let done = Cell::new(0);
        let work = || {
            done.set(done.get() + 1);
            Ok::<_, Scp03Error>(())
        };
        let answers = [(); 4].map(|()| nth.call(work).is_ok());
        (answers, done.get(), nth.made())
    };
    assert_eq!(run(false, false), ([true, false, true, true], 3, 4));
    assert_eq!(run(true, false), ([true, false, true, true], 4, 4));
    assert_eq!(run(false, true), ([true, false, false, false], 1, 4));
    assert_eq!(run(true, true), ([true, false, false, false], 2, 4));
}
