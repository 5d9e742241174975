//! A reader in software: a port to a shared chip with faults, latency and counters.

use super::chip::SoftChip;
use super::fate::{Fate, suffer};
use super::faults::{Fault, FaultPlan};
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

    /// Sends a command to the chip, with or without a fault.
    fn exchange(&mut self, apdu: &[u8], fault: Option<Fault>) -> Result<Vec<u8>, PortError> {
        let chip = self.chip.clone().ok_or(PortError::CardAbsent)?;
        let (latency, mut time) = (self.latency, Duration::ZERO);
        let mut deliver = |chip: &mut SoftChip, apdu: &[u8]| {
            let answer = chip.process(apdu);
            time += latency.of(apdu.len() + answer.len(), &chip.work());
            answer
        };
        let fate = {
            let mut chip = lock(&chip);
            match &fault {
                Some(fault) => suffer(fault, &mut chip, apdu, &mut deliver),
                None => Fate::of(deliver(&mut chip, apdu)),
            }
        };
        self.traffic.time += time;
        self.clock.pass(time);
        match fate {
            Fate::Answered(answer) => Ok(answer),
            Fate::Dead | Fate::Silent => Err(PortError::Timeout),
            Fate::Late(answer) => {
                self.stale = Some(answer);
                Err(PortError::Timeout)
            }
            Fate::Left => {
                self.remove();
                Err(PortError::CardRemoved)
            }
            Fate::Reset => Err(PortError::CardReset),
        }
    }

    /// Puts the other chip on the reader and keeps this one at hand.
    fn swap(&mut self) {
        if let Some(other) = self.other.take() {
            self.other = self.chip.clone();
            self.insert(other);
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
        if fault == Some(Fault::Swapped) {
            self.swap();
        }
        let answer = self.exchange(apdu, fault);
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
