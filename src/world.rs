//! The doors to clock and entropy. Everything else takes them as arguments, so that tests and replays decide them.

use rand_core::{CryptoRng, TryCryptoRng, TryRng};

/// Where the time comes from.
pub trait Clock: Send + Sync {
    /// Now, in UTC.
    fn now(&self) -> jiff::Timestamp;

    /// Today's date in UTC.
    fn today(&self) -> jiff::civil::Date {
        self.now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }
}

/// The machine's clock as it stood when a run began, carried on by the monotonic clock: whoever sets the clock in mid-run moves
/// nothing, so that signer, quality control and receipt of one card agree on the time.
#[derive(Debug, Clone, Copy)]
pub struct RunClock {
    began: jiff::Timestamp,
    since: std::time::Instant,
}

impl RunClock {
    /// Begins now.
    #[must_use]
    pub fn start() -> Self {
        Self { began: SystemClock.now(), since: std::time::Instant::now() }
    }
}

impl Clock for RunClock {
    fn now(&self) -> jiff::Timestamp {
        self.began.checked_add(self.since.elapsed()).unwrap_or(self.began)
    }
}

/// A clock that stands still: judgements of a stated date, and tests.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub jiff::Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> jiff::Timestamp {
        self.0
    }
}

/// The operating system's entropy.
#[must_use]
pub fn system_entropy() -> impl CryptoRng {
    rand_core::UnwrapErr(getrandom::SysRng)
}

/// A deterministic generator for tests, simulations and published vectors. **Never** for a key that counts.
#[derive(Debug, Clone)]
pub struct DangerousSeededEntropy {
    seed: [u8; 32],
    counter: u64,
}

impl DangerousSeededEntropy {
    /// A stream that `seed` alone determines.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed: crate::crypto::hash::sha256(&seed.to_be_bytes()), counter: 0 }
    }

    fn block(&mut self) -> [u8; 32] {
        self.counter += 1;
        crate::crypto::hash::sha256(&[&self.seed[..], &self.counter.to_be_bytes()].concat())
    }
}

impl TryRng for DangerousSeededEntropy {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let b = self.block();
        Ok(u32::from_be_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let b = self.block();
        Ok(u64::from_be_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in dst.chunks_mut(32) {
            let block = self.block();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for DangerousSeededEntropy {}
