//! Places for connections: as many as there are, and who gives up the own when another comes.

use crate::limits::SYNC_CONNECTIONS;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// Who sits in a place.
struct Seat {
    number: u64,
    /// By which it is told to go.
    stream: TcpStream,
    /// Whether it was proven to be an office.
    is_proven: bool,
    /// When it said something whole last, or came.
    since: Instant,
}

/// The places of a service.
#[derive(Default)]
pub(super) struct Seats(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    last: u64,
    seats: Vec<Seat>,
}

impl Seats {
    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection. Where none is free, one who is not proven to be an office goes, or else an office, in either case the one that
    /// has been silent the longest; bytes that are no whole request are silence.
    ///
    /// # Errors
    /// If there is no second hold on the connection to be had.
    pub fn take(&self, stream: &TcpStream) -> io::Result<u64> {
        let stream = stream.try_clone()?;
        let mut taken = self.lock();
        let silent = taken.seats.iter().enumerate().min_by_key(|(_, seat)| (seat.is_proven, seat.since)).map(|(at, _)| at);
        if let Some(at) = silent.filter(|_| taken.seats.len() >= SYNC_CONNECTIONS) {
            // Gone already, or it goes now: its thread hears the end.
            let _ = taken.seats.swap_remove(at).stream.shutdown(Shutdown::Both);
        }
        taken.last = taken.last.wrapping_add(1);
        let number = taken.last;
        taken.seats.push(Seat { number, stream, is_proven: false, since: Instant::now() });
        Ok(number)
    }

    /// Whoever sits there is an office, and has said something whole.
    pub fn heard(&self, number: u64) {
        if let Some(seat) = self.lock().seats.iter_mut().find(|seat| seat.number == number) {
            (seat.is_proven, seat.since) = (true, Instant::now());
        }
    }

    /// A place is free again.
    pub fn leave(&self, number: u64) {
        self.lock().seats.retain(|seat| seat.number != number);
    }
}
