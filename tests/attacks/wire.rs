//! Somebody between reader and chip: sees every APDU, and may change it or the answer.

use ektp::chip::port::{Port, PortError, PortLimits};
use ektp::softchip::SoftPort;

/// Changes one exchange: its number from 0, the command, and the way on to the chip.
pub type Meddle<'a> = dyn FnMut(usize, &[u8], &mut dyn FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> + Send + 'a;

/// A port with somebody on the wire.
pub struct Wire<'a> {
    pub inner: SoftPort,
    pub meddle: Box<Meddle<'a>>,
    pub count: usize,
    pub record: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'a> Wire<'a> {
    pub fn new(
        inner: SoftPort,
        meddle: impl FnMut(usize, &[u8], &mut dyn FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> + Send + 'a,
    ) -> Self {
        Self { inner, meddle: Box::new(meddle), count: 0, record: Vec::new() }
    }

    /// Only listens.
    pub fn listening(inner: SoftPort) -> Self {
        Self::new(inner, |_, command, pass| pass(command))
    }
}

impl Port for Wire<'_> {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        let mut failed = None;
        let inner = &mut self.inner;
        let mut pass = |command: &[u8]| {
            inner.transmit(command).unwrap_or_else(|e| {
                failed = Some(e);
                Vec::new()
            })
        };
        let answer = (self.meddle)(self.count, apdu, &mut pass);
        self.count += 1;
        self.record.push((apdu.to_vec(), answer.clone()));
        failed.map_or(Ok(answer), Err)
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        self.inner.power_cycle()
    }

    fn atr(&self) -> Vec<u8> {
        self.inner.atr()
    }

    fn limits(&self) -> PortLimits {
        self.inner.limits()
    }

    fn fingerprint(&self) -> String {
        "wire".to_owned()
    }
}
