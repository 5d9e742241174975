//! A port to something in this process: a closure that answers APDUs. For tests, replays and simulations.

use super::{Port, PortError, PortLimits};

/// Answers APDUs by a closure; the closure sees a power cycle as `None`.
pub struct MemoryPort<F> {
    answer: F,
    limits: PortLimits,
}

impl<F> MemoryPort<F>
where
    F: FnMut(Option<&[u8]>) -> Result<Vec<u8>, PortError> + Send,
{
    /// A port that carries extended length fields.
    pub fn new(answer: F) -> Self {
        Self { answer, limits: PortLimits::EXTENDED }
    }

    /// The same port with these limits.
    #[must_use]
    pub fn with_limits(mut self, limits: PortLimits) -> Self {
        self.limits = limits;
        self
    }
}

impl<F> Port for MemoryPort<F>
where
    F: FnMut(Option<&[u8]>) -> Result<Vec<u8>, PortError> + Send,
{
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        if apdu.len() > self.limits.command {
            return Err(PortError::CommandTooLong(apdu.len()));
        }
        (self.answer)(Some(apdu))
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        (self.answer)(None).map(drop)
    }

    fn atr(&self) -> Vec<u8> {
        Vec::new()
    }

    fn limits(&self) -> PortLimits {
        self.limits
    }

    fn fingerprint(&self) -> String {
        "memory".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_and_bounds() {
        let mut port =
            MemoryPort::new(|apdu| Ok(apdu.map_or(vec![], |a| [a, &[0x90, 0x00]].concat()))).with_limits(PortLimits::SHORT);
        assert_eq!(port.transmit(&[1, 2]), Ok(vec![1, 2, 0x90, 0]));
        assert_eq!(port.transmit(&[0; 262]), Err(PortError::CommandTooLong(262)));
        assert_eq!(port.power_cycle(), Ok(()));
        assert_eq!(port.atr(), Vec::<u8>::new());
        assert_eq!(port.fingerprint(), "memory");
    }
}
