//! A port that counts what passes, tells the personalization's commands from the read-back's, and keeps a tape for replays.

use ektp::chip::port::{Port, PortError, PortLimits};
use std::collections::VecDeque;
use std::time::Duration;

/// CPU time of this thread so far.
pub fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).unwrap())
}

/// APDUs and wire bytes, headers, MACs, padding and status words included.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Count {
    pub apdus: usize,
    pub sent: usize,
    pub received: usize,
}

impl Count {
    pub fn wire(self) -> usize {
        self.sent + self.received
    }

    fn add(&mut self, sent: usize, received: usize) {
        self.apdus += 1;
        self.sent += sent;
        self.received += received;
    }
}

/// One exchange as it went over the wire.
#[derive(Clone)]
pub struct Exchange {
    pub command: Vec<u8>,
    pub answer: Vec<u8>,
}

impl Exchange {
    /// Whether it is of a door (SCP03 or its selection) and not of the field.
    pub fn of_a_door(&self) -> bool {
        matches!(self.command.as_slice(), [0x80 | 0x84, ..] | [0x00, 0xA4, 0x04, 0x0C, _, 0xA0, 0x00, 0x00, 0x01, 0x51, ..])
            || matches!(self.command.as_slice(), [0x00, 0xA4, 0x04, 0x0C, 0x06, 0xF0, 0x45, 0x4B, 0x54, 0x50, 0x02])
    }
}

/// The port.
pub struct Tap<P> {
    pub port: P,
    pub tape: Vec<Exchange>,
    /// CPU time that this thread spent behind the port: the chip's.
    pub behind: Duration,
}

impl<P: Port> Tap<P> {
    pub fn new(port: P) -> Self {
        Self { port, tape: Vec::new(), behind: Duration::ZERO }
    }

    /// Counts the exchanges that `which` picks.
    pub fn count(&self, which: impl Fn(&Exchange) -> bool) -> Count {
        let mut count = Count::default();
        self.tape.iter().filter(|e| which(e)).for_each(|e| count.add(e.command.len(), e.answer.len()));
        count
    }
}

impl<P: Port> Port for Tap<P> {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        let before = cpu();
        let answer = self.port.transmit(apdu);
        self.behind += cpu() - before;
        if let Ok(answer) = &answer {
            self.tape.push(Exchange { command: apdu.to_vec(), answer: answer.clone() });
        }
        answer
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        self.port.power_cycle()
    }

    fn atr(&self) -> Vec<u8> {
        self.port.atr()
    }

    fn limits(&self) -> PortLimits {
        self.port.limits()
    }

    fn fingerprint(&self) -> String {
        "figures".to_owned()
    }
}

/// Plays a tape back: with the same entropy and clock a run sends the same commands, so no chip is needed and its work is not measured.
pub struct Replay {
    left: VecDeque<Exchange>,
    limits: PortLimits,
}

impl Replay {
    pub fn new(tape: &[Exchange], limits: PortLimits) -> Self {
        Self { left: tape.iter().cloned().collect(), limits }
    }
}

impl Port for Replay {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        match self.left.pop_front() {
            Some(exchange) if exchange.command == apdu => Ok(exchange.answer),
            _ => Err(PortError::Transport("the replay differs from its tape".to_owned())),
        }
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        Ok(())
    }

    fn atr(&self) -> Vec<u8> {
        Vec::new()
    }

    fn limits(&self) -> PortLimits {
        self.limits
    }

    fn fingerprint(&self) -> String {
        "figures".to_owned()
    }
}
