//! The stations that a service talks to: as many as its limit, and none keeps its place by silence.

use crate::limits::SERVICE_CONNECTIONS;
use std::collections::BTreeMap;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Connections by the number of their seat.
#[derive(Debug, Default)]
pub(super) struct Stations(Mutex<Seats>);

#[derive(Debug, Default)]
struct Seats {
    given: u64,
    taken: BTreeMap<u64, Seat>,
}

#[derive(Debug)]
struct Seat {
    stream: UnixStream,
    /// Since when nothing was asked; none while a question is answered.
    silent_since: Option<Instant>,
}

impl Stations {
    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a connection its seat. Where all are taken, the one that is silent for longest is cut off; none if all are being
    /// answered.
    pub(super) fn admit(&self, stream: &UnixStream) -> Option<u64> {
        let mut seats = self.seats();
        if seats.taken.len() >= SERVICE_CONNECTIONS {
            let silent = seats.taken.iter().filter_map(|(number, seat)| Some((seat.silent_since?, *number)));
            let (_, longest) = silent.min()?;
            let seat = seats.taken.remove(&longest)?;
            let _ = seat.stream.shutdown(Shutdown::Both);
        }
        let stream = stream.try_clone().ok()?;
        seats.given += 1;
        let number = seats.given;
        seats.taken.insert(number, Seat { stream, silent_since: Some(Instant::now()) });
        Some(number)
    }

    /// A question came whole.
    pub(super) fn asks(&self, number: u64) {
        self.set(number, None);
    }

    /// Its answer went.
    pub(super) fn is_silent(&self, number: u64) {
        self.set(number, Some(Instant::now()));
    }

    fn set(&self, number: u64, silent_since: Option<Instant>) {
        if let Some(seat) = self.seats().taken.get_mut(&number) {
            seat.silent_since = silent_since;
        }
    }

    /// The connection is over.
    pub(super) fn leave(&self, number: u64) {
        self.seats().taken.remove(&number);
    }

    /// Lets every conversation end with the answer that is being given.
    pub(super) fn hear_no_more(&self) {
        self.seats().taken.values().for_each(|seat| drop(seat.stream.shutdown(Shutdown::Read)));
    }
}
