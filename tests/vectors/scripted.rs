//! Entropy that says what a published example says: ephemeral keys and nonces in the order in which they are drawn.

use rand_core::{TryCryptoRng, TryRng};
use std::collections::VecDeque;

/// Gives out the scripted bytes once; more is a fault of the test.
pub struct Scripted(VecDeque<u8>);

impl Scripted {
    /// Gives out `parts` one after the other.
    pub fn new(parts: &[&[u8]]) -> Self {
        Self(parts.concat().into())
    }

    fn take<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.0.pop_front().expect("the script is over"))
    }
}

impl TryRng for Scripted {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok(u32::from_be_bytes(self.take()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(u64::from_be_bytes(self.take()))
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Self::Error> {
        for byte in dst {
            [*byte] = self.take();
        }
        Ok(())
    }
}

impl TryCryptoRng for Scripted {}
