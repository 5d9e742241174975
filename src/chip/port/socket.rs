//! The reader's side of the virtual reader protocol over a Unix socket: a chip in another process, without PC/SC.
//!
//! Frames as in `vpcd`: a two-byte length and a payload; control 1 powers on, 2 resets, 4 asks for the answer to reset.

use super::{Port, PortError, PortLimits};
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// Longest wait for a chip's answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A chip behind a Unix socket.
pub struct SocketPort {
    stream: UnixStream,
    atr: Vec<u8>,
}

impl SocketPort {
    /// Connects to the chip that listens at `path` and powers it on.
    ///
    /// # Errors
    /// [`PortError::NoReader`] if nothing listens there, [`PortError::CardRemoved`].
    pub fn connect(path: &Path) -> Result<Self, PortError> {
        let absent = |_| PortError::NoReader(path.display().to_string());
        let stream = UnixStream::connect(path).map_err(absent)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(absent)?;
        let mut port = Self { stream, atr: Vec::new() };
        port.send(&[1])?;
        port.send(&[4])?;
        port.atr = port.receive()?;
        Ok(port)
    }

    fn send(&mut self, payload: &[u8]) -> Result<(), PortError> {
        let length = u16::try_from(payload.len()).map_err(|_| PortError::CommandTooLong(payload.len()))?;
        self.stream.write_all(&[&length.to_be_bytes(), payload].concat()).map_err(|e| lost(&e))
    }

    fn receive(&mut self) -> Result<Vec<u8>, PortError> {
        let mut length = [0; 2];
        self.stream.read_exact(&mut length).map_err(|e| lost(&e))?;
        let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
        self.stream.read_exact(&mut frame).map_err(|e| lost(&e))?;
        Ok(frame)
    }
}

fn lost(error: &std::io::Error) -> PortError {
    match error.kind() {
        std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut => PortError::Timeout,
        _ => PortError::CardRemoved,
    }
}

impl Port for SocketPort {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        if apdu.len() > self.limits().command || apdu.len() < 2 {
            return Err(PortError::CommandTooLong(apdu.len()));
        }
        self.send(apdu)?;
        self.receive()
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        self.send(&[2])
    }

    fn atr(&self) -> Vec<u8> {
        self.atr.clone()
    }

    fn limits(&self) -> PortLimits {
        PortLimits::SHORT
    }

    fn fingerprint(&self) -> String {
        "unix socket".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn it_powers_on_carries_and_tells_removal() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("chip");
        assert!(matches!(SocketPort::connect(&path).err(), Some(PortError::NoReader(_))));
        let listener = UnixListener::bind(&path).unwrap();
        let chip = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = [0; 6];
            stream.read_exact(&mut head).unwrap();
            assert_eq!(head, [0, 1, 1, 0, 1, 4]);
            stream.write_all(&[0, 2, 0x3B, 0]).unwrap();
            let mut apdu = [0; 6];
            stream.read_exact(&mut apdu).unwrap();
            assert_eq!(apdu, [0, 4, 0, 0xA4, 4, 0]);
            stream.write_all(&[0, 2, 0x90, 0]).unwrap();
        });
        let mut port = SocketPort::connect(&path).unwrap();
        assert_eq!((port.atr(), port.fingerprint().as_str()), (vec![0x3B, 0], "unix socket"));
        assert_eq!(port.transmit(&[0, 0xA4, 4, 0]), Ok(vec![0x90, 0]));
        chip.join().unwrap();
        assert_eq!(port.transmit(&[0, 0xA4, 4, 0]), Err(PortError::CardRemoved));
        assert_eq!(port.transmit(&[0; 300]), Err(PortError::CommandTooLong(300)));
    }
}
