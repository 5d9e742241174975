//! The card's side of a virtual PC/SC reader (vsmartcard's vpcd): a TCP client that is told to power up, reset and answer APDUs.
//!
//! Frames are a two-byte length and a payload; a payload of one byte is a control: 0 off, 1 on, 2 reset, 4 answer to reset wanted.
//! vpcd writes length and payload apart, so without `TCP_QUICKACK` before each read every APDU would wait 40 ms for an acknowledgement.

use super::PortError;
use socket2::SockRef;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// What lies on the virtual reader.
pub trait VirtualCard {
    /// The field or contact is there; volatile state begins anew.
    fn power_on(&mut self);
    /// The field is gone.
    fn power_off(&mut self);
    /// Warm reset.
    fn reset(&mut self) {
        self.power_on();
    }
    /// Answer to reset, at most 33 bytes.
    fn atr(&self) -> Vec<u8>;
    /// Answers a command, or leaves the reader (`None`).
    fn process(&mut self, apdu: &[u8]) -> Option<Vec<u8>>;
}

/// How a card left its virtual reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The reader closed the connection.
    ReaderGone,
    /// The card chose to leave.
    CardLeft,
}

/// A card lying on a virtual reader.
pub struct VpcdCard {
    stream: TcpStream,
}

impl VpcdCard {
    /// Lays a card on the reader that listens at `address`, waiting up to `patience` for it to listen.
    ///
    /// # Errors
    /// [`PortError::NoReader`].
    pub fn insert(address: SocketAddr, patience: Duration) -> Result<Self, PortError> {
        let end = Instant::now() + patience;
        loop {
            match TcpStream::connect_timeout(&address, Duration::from_secs(2)) {
                Ok(stream) => {
                    stream.set_nodelay(true).map_err(lost)?;
                    return Ok(Self { stream });
                }
                Err(_) if Instant::now() < end => std::thread::sleep(Duration::from_millis(20)),
                Err(_) => return Err(PortError::NoReader(address.to_string())),
            }
        }
    }

    /// A second handle whose [`TcpStream::shutdown`] takes the card off from another thread.
    ///
    /// # Errors
    /// [`PortError::Transport`].
    pub fn handle(&self) -> Result<TcpStream, PortError> {
        self.stream.try_clone().map_err(lost)
    }

    /// Answers until the reader or the card ends it.
    ///
    /// # Errors
    /// [`PortError::Transport`] for a frame that is none; [`PortError::OversizeResponse`] if the card's answer fits no frame.
    pub fn serve(mut self, card: &mut dyn VirtualCard) -> Result<Ending, PortError> {
        while let Some(frame) = self.receive()? {
            match frame.as_slice() {
                [0] => card.power_off(),
                [1] => card.power_on(),
                [2] => card.reset(),
                [4] => self.send(&card.atr())?,
                [] | [_] => return Err(PortError::Transport("unknown control of the virtual reader".to_owned())),
                apdu => match card.process(apdu) {
                    Some(answer) => self.send(&answer)?,
                    None => return Ok(Ending::CardLeft),
                },
            }
        }
        Ok(Ending::ReaderGone)
    }

    fn receive(&mut self) -> Result<Option<Vec<u8>>, PortError> {
        let mut length = [0; 2];
        if !self.read(&mut length)? {
            return Ok(None);
        }
        let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
        if self.read(&mut frame)? { Ok(Some(frame)) } else { Ok(None) }
    }

    /// Fills `buffer`; false if the connection ended.
    fn read(&mut self, buffer: &mut [u8]) -> Result<bool, PortError> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            quick_ack(&self.stream);
            match self.stream.read(rest) {
                Ok(0) => return Ok(false),
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return Ok(false),
                Err(error) => return Err(lost(error)),
            }
        }
        Ok(true)
    }

    fn send(&mut self, payload: &[u8]) -> Result<(), PortError> {
        let length = u16::try_from(payload.len()).map_err(|_| PortError::OversizeResponse(payload.len()))?;
        let frame = [&length.to_be_bytes(), payload].concat();
        match self.stream.write_all(&frame) {
            // The next read finds the connection ended.
            Err(error) if matches!(error.kind(), std::io::ErrorKind::BrokenPipe | std::io::ErrorKind::ConnectionReset) => Ok(()),
            other => other.map_err(lost),
        }
    }
}

/// The option does not last: it is set anew before each read.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn quick_ack(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_tcp_quickack(true);
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn quick_ack(_: &TcpStream) {}

#[allow(clippy::needless_pass_by_value)]
fn lost(error: std::io::Error) -> PortError {
    PortError::Transport(error.kind().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[derive(Default)]
    struct Log(Vec<String>);

    impl VirtualCard for Log {
        fn power_on(&mut self) {
            self.0.push("on".into());
        }
        fn power_off(&mut self) {
            self.0.push("off".into());
        }
        fn atr(&self) -> Vec<u8> {
            vec![0x3B, 0x80, 0x80, 0x01, 0x01]
        }
        fn process(&mut self, apdu: &[u8]) -> Option<Vec<u8>> {
            self.0.push(format!("{} bytes", apdu.len()));
            match apdu {
                [0xFF, ..] => None,
                [0xFE, ..] => Some(vec![0; 70_000]),
                _ => Some(vec![0x90, 0]),
            }
        }
    }

    /// A reader that sends `frames`, then waits for the card's answers or closes.
    fn reader(frames: &'static [&'static [u8]], answers: usize) -> (Result<Ending, PortError>, Vec<String>, Vec<u8>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let reader = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            for frame in frames {
                stream.write_all(&u16::try_from(frame.len()).unwrap().to_be_bytes()).unwrap();
                stream.write_all(frame).unwrap();
            }
            let mut got = vec![0; answers];
            stream.read_exact(&mut got).unwrap();
            got
        });
        let mut card = Log::default();
        let ending = VpcdCard::insert(address, Duration::from_secs(1)).unwrap().serve(&mut card);
        (ending, card.0, reader.join().unwrap())
    }

    #[test]
    fn controls_and_apdus_are_told_apart() {
        let (ending, log, got) = reader(&[&[1], &[4], &[0, 0xA4, 0, 12], &[2], &[0]], 7 + 4);
        assert_eq!(ending, Ok(Ending::ReaderGone));
        assert_eq!(log, ["on", "4 bytes", "on", "off"]);
        assert_eq!(got, [0, 5, 0x3B, 0x80, 0x80, 0x01, 0x01, 0, 2, 0x90, 0]);
    }

    #[test]
    fn a_card_that_leaves_closes_and_nonsense_is_refused() {
        assert_eq!(reader(&[&[0xFF, 1]], 0).0, Ok(Ending::CardLeft));
        assert!(matches!(reader(&[&[9]], 0).0, Err(PortError::Transport(_))));
        assert!(matches!(reader(&[&[]], 0).0, Err(PortError::Transport(_))));
        assert_eq!(reader(&[&[0xFE, 1]], 0).0, Err(PortError::OversizeResponse(70_000)));
    }

    #[test]
    fn no_listener_is_no_reader() {
        let address = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
        let refused = VpcdCard::insert(address, Duration::ZERO).err();
        assert_eq!(refused, Some(PortError::NoReader(address.to_string())));
    }
}
