//! A reader in software: a port to a shared chip with faults, latency and counters.

use super::chip::SoftChip;
use super::faults::{Fault, FaultPlan, flip};
use super::latency::{Latency, Passing, VirtualTime};
use crate::chip::port::{Port, PortError, PortLimits};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A chip that several may hold: the reader, and whoever looks at it from the side.
pub type SharedChip = Arc<Mutex<SoftChip>>;

/// What went over a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Exchanges, failed ones included.
    pub exchanges: u64,
    /// Bytes to the chip.
    pub sent: u64,
    /// Bytes from the chip.
    pub received: u64,
    /// Time by the latency model.
    pub time: Duration,
}

/// A reader in software with one chip on it.
pub struct SoftPort {
    chip: Option<SharedChip>,
    other: Option<SharedChip>,
    faults: FaultPlan,
    latency: Latency,
    clock: Box<dyn Passing>,
    limits: PortLimits,
    stale: Option<Vec<u8>>,
    traffic: Traffic,
}

impl SoftPort {
    /// A reader with this chip on it: no faults, no latency, short length fields, virtual time. The chip is powered on.
    #[must_use]
    pub fn new(chip: SoftChip) -> Self {
        Self::shared(Arc::new(Mutex::new(chip)))
    }

    /// A reader with a chip that others hold too. The chip is powered on.
    #[must_use]
    pub fn shared(chip: SharedChip) -> Self {
        lock(&chip).power_on();
        Self {
            chip: Some(chip),
            other: None,
            faults: FaultPlan::none(),
            latency: Latency::NONE,
            clock: Box::new(VirtualTime),
            limits: PortLimits::SHORT,
            stale: None,
            traffic: Traffic::default(),
        }
    }

    /// The same reader with these faults to come; exchanges count from now.
    #[must_use]
    pub fn with_faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// The same reader with this latency, and a way for time to pass.
    #[must_use]
    pub fn with_latency(mut self, latency: Latency, clock: impl Passing + 'static) -> Self {
        self.latency = latency;
        self.clock = Box::new(clock);
        self
    }

    /// The same reader carrying this much.
    #[must_use]
    pub fn with_limits(mut self, limits: PortLimits) -> Self {
        self.limits = limits;
        self
    }

    /// New faults; exchanges count from now.
    pub fn set_faults(&mut self, plan: FaultPlan) {
        self.faults = plan;
    }

    /// The chip that [`Fault::Swapped`] puts on the reader.
    pub fn swap_in(&mut self, chip: SharedChip) {
        self.other = Some(chip);
    }

    /// The chip on the reader, if there is one.
    #[must_use]
    pub fn chip(&self) -> Option<SharedChip> {
        self.chip.clone()
    }

    /// Takes the chip off the reader.
    pub fn remove(&mut self) -> Option<SharedChip> {
        self.stale = None;
        let chip = self.chip.take();
        if let Some(chip) = &chip {
            lock(chip).power_off();
        }
        chip
    }

    /// Puts a chip on the reader.
    pub fn insert(&mut self, chip: SharedChip) {
        self.remove();
        lock(&chip).power_on();
        self.chip = Some(chip);
    }

    /// What went over this port so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.traffic
    }

    /// Exchanges since the fault plan was set.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.faults.exchanges()
    }

    fn deliver(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        let chip = self.chip.clone().ok_or(PortError::CardAbsent)?;
        let (answer, work) = {
            let mut chip = lock(&chip);
            let answer = chip.process(apdu);
            (answer, chip.work())
        };
        let time = self.latency.of(apdu.len() + answer.len(), &work);
        self.traffic.time += time;
        self.clock.pass(time);
        // No answer at all: the chip lost power.
        if answer.is_empty() { Err(PortError::Timeout) } else { Ok(answer) }
    }

    fn with_fault(&mut self, fault: Fault, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        match fault {
            Fault::NotDelivered => Err(PortError::Timeout),
            Fault::NoAnswer => self.deliver(apdu).and(Err(PortError::Timeout)),
            Fault::LateAnswer => {
                self.stale = Some(self.deliver(apdu)?);
                Err(PortError::Timeout)
            }
            Fault::TornAfter(bytes) => {
                let chip = self.chip.clone().ok_or(PortError::CardAbsent)?;
                lock(&chip).tear_after(Some(bytes));
                let answer = self.deliver(apdu);
                lock(&chip).tear_after(None);
                answer
            }
            Fault::RemovedBefore => {
                self.remove();
                Err(PortError::CardRemoved)
            }
            Fault::RemovedAfter => {
                let _ = self.deliver(apdu);
                self.remove();
                Err(PortError::CardRemoved)
            }
            Fault::Swapped => {
                if let Some(other) = self.other.take() {
                    self.other = self.chip.clone();
                    self.insert(other);
                }
                self.deliver(apdu)
            }
            Fault::ForeignReset => {
                let chip = self.chip.clone().ok_or(PortError::CardAbsent)?;
                lock(&chip).power_on();
                Err(PortError::CardReset)
            }
            other => self.with_altered_bytes(&other, apdu),
        }
    }

    fn with_altered_bytes(&mut self, fault: &Fault, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        match *fault {
            Fault::WrongStatusInstead(status) => Ok(status.to_be_bytes().to_vec()),
            Fault::WrongStatusAfter(status) => self.deliver(apdu).map(|_| status.to_be_bytes().to_vec()),
            Fault::DeliveredTwice => self.deliver(apdu).and_then(|_| self.deliver(apdu)),
            Fault::Truncated(bytes) => self.deliver(apdu).map(|mut answer| {
                answer.truncate(answer.len().saturating_sub(bytes));
                answer
            }),
            Fault::Oversize(bytes) => self.deliver(apdu).map(|answer| [&vec![0x5A; bytes][..], &answer].concat()),
            Fault::EmptyAnswer => self.deliver(apdu).map(|_| Vec::new()),
            Fault::BitFlippedIn(bit) => self.deliver(&flip(apdu, bit)),
            Fault::BitFlippedOut(bit) => self.deliver(apdu).map(|answer| flip(&answer, bit)),
            _ => self.deliver(apdu),
        }
    }
}

impl Port for SoftPort {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        if apdu.len() > self.limits.command {
            return Err(PortError::CommandTooLong(apdu.len()));
        }
        self.traffic.exchanges += 1;
        self.traffic.sent += apdu.len() as u64;
        let fault = self.faults.advance();
        if self.chip.is_none() {
            return Err(PortError::CardAbsent);
        }
        let stale = self.stale.take();
        let answer = match fault {
            Some(fault) => self.with_fault(fault, apdu),
            None => self.deliver(apdu),
        };
        let answer = stale.map_or(answer, Ok)?;
        self.traffic.received += answer.len() as u64;
        if answer.len() > self.limits.response {
            return Err(PortError::OversizeResponse(answer.len()));
        }
        // What a reader does with fewer bytes than a status word: the card died in the middle.
        if answer.len() < 2 { Err(PortError::CardRemoved) } else { Ok(answer) }
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        self.stale = None;
        let chip = self.chip.as_ref().ok_or(PortError::CardAbsent)?;
        lock(chip).power_on();
        Ok(())
    }

    fn atr(&self) -> Vec<u8> {
        self.chip.as_ref().map(|chip| lock(chip).atr()).unwrap_or_default()
    }

    fn limits(&self) -> PortLimits {
        self.limits
    }

    fn fingerprint(&self) -> String {
        "software chip".to_owned()
    }
}

/// The chip behind a shared handle; a panic elsewhere does not lock it for ever.
pub fn lock(chip: &SharedChip) -> MutexGuard<'_, SoftChip> {
    chip.lock().unwrap_or_else(PoisonError::into_inner)
}
