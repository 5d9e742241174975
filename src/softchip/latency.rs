//! How long a real chip takes: a fixed part per exchange, the bytes on the air, the chip's own work.
//!
//! Figures of cards: crocs-muni/jcalgtest_results (JavaCard performance files, per 256 bytes: J3R180 AES 1.9 ms, CMAC 2.1 ms,
//! RAM to memory 2.9 ms; P-256 key generation 27 ms, ECDH 20 ms, ECDSA 32 ms), rounded.

use std::time::Duration;

/// What a command made the chip do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// Bytes of persistent memory written.
    pub written: u64,
    /// Bytes enciphered, deciphered or under a MAC.
    pub symmetric: u64,
    /// Multiplications of a point: Diffie-Hellman, mapping, a public key.
    pub agreements: u32,
    /// Key pairs made.
    pub keys: u32,
    /// Signatures made or checked.
    pub signatures: u32,
    /// The wait that the chip imposes after failed attempts.
    pub slow_down: Duration,
}

/// How fast a chip and its field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latency {
    /// Reader, driver and protocol, per exchange.
    pub fixed: Duration,
    /// One byte on the air, either way.
    pub per_byte: Duration,
    /// One byte into persistent memory.
    pub per_written: Duration,
    /// One byte through cipher or MAC.
    pub per_symmetric: Duration,
    /// One multiplication of a point.
    pub agreement: Duration,
    /// One key pair.
    pub key: Duration,
    /// One signature, made or checked.
    pub signature: Duration,
}

/// Bits of one byte on the air (ISO/IEC 14443 type A, parity included).
const BITS: u32 = 9;

impl Latency {
    /// No latency at all.
    pub const NONE: Self = Self {
        fixed: Duration::ZERO,
        per_byte: Duration::ZERO,
        per_written: Duration::ZERO,
        per_symmetric: Duration::ZERO,
        agreement: Duration::ZERO,
        key: Duration::ZERO,
        signature: Duration::ZERO,
    };

    /// NXP J3R180 at this bit rate in kbit/s.
    #[must_use]
    pub const fn j3r180(kbit: u32) -> Self {
        Self {
            fixed: Duration::from_millis(5),
            per_byte: Duration::from_nanos(BITS as u64 * 1_000_000 / kbit as u64),
            per_written: Duration::from_micros(11),
            per_symmetric: Duration::from_micros(8),
            agreement: Duration::from_millis(20),
            key: Duration::from_millis(27),
            signature: Duration::from_millis(32),
        }
    }

    /// Infineon SECORA ID X at this bit rate in kbit/s.
    #[must_use]
    pub const fn secora(kbit: u32) -> Self {
        Self {
            per_written: Duration::from_micros(25),
            per_symmetric: Duration::from_micros(4),
            agreement: Duration::from_millis(7),
            key: Duration::from_millis(60),
            signature: Duration::from_millis(59),
            ..Self::j3r180(kbit)
        }
    }

    /// The preset of a name: `none`, or `j3r180` or `secora` with `-106`, `-212`, `-424` or `-848`.
    #[must_use]
    pub fn preset(name: &str) -> Option<Self> {
        if name == "none" {
            return Some(Self::NONE);
        }
        let (chip, rate) = name.split_once('-').unwrap_or((name, "424"));
        let kbit = match rate {
            "106" => 106,
            "212" => 212,
            "424" => 424,
            "848" => 848,
            _ => return None,
        };
        match chip {
            "j3r180" => Some(Self::j3r180(kbit)),
            "secora" => Some(Self::secora(kbit)),
            _ => None,
        }
    }

    /// Time of one exchange of `bytes` on the air, both directions together.
    #[must_use]
    pub fn of(&self, bytes: usize, work: &Work) -> Duration {
        let times = |one: Duration, count: u64| one.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX));
        self.fixed
            + times(self.per_byte, bytes as u64)
            + times(self.per_written, work.written)
            + times(self.per_symmetric, work.symmetric)
            + self.agreement.saturating_mul(work.agreements)
            + self.key.saturating_mul(work.keys)
            + self.signature.saturating_mul(work.signatures)
            + work.slow_down
    }
}

/// How time passes.
pub trait Passing: Send {
    /// Lets this much time pass.
    fn pass(&mut self, time: Duration);
}

/// Time passes for real: the thread sleeps.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealTime;

impl Passing for RealTime {
    fn pass(&mut self, time: Duration) {
        if !time.is_zero() {
            std::thread::sleep(time);
        }
    }
}

/// Time is only added up.
#[derive(Debug, Clone, Copy, Default)]
pub struct VirtualTime;

impl Passing for VirtualTime {
    fn pass(&mut self, _: Duration) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_have_names_and_times_add_up() {
        assert_eq!(Latency::preset("none"), Some(Latency::NONE));
        assert_eq!(Latency::preset("j3r180"), Some(Latency::j3r180(424)));
        assert_eq!(Latency::preset("secora-848"), Some(Latency::secora(848)));
        assert!(Latency::preset("j3r180-999").is_none() && Latency::preset("other").is_none());
        let work = Work { written: 1_000, agreements: 2, slow_down: Duration::from_secs(1), ..Work::default() };
        let time = Latency::j3r180(106).of(100, &work);
        // 5 ms + 8.49 ms on the air + 11 ms memory + 40 ms + 1 s.
        assert_eq!(time.as_millis(), 1_064);
        assert_eq!(Latency::NONE.of(1_000, &work), Duration::from_secs(1));
    }
}
