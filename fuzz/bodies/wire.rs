//! The virtual reader's frames, on the chip's side (TCP, from the reader driver) and on the reader's side (a socket to a chip).

use super::input::Input;
use ektp::chip::port::Port;
use ektp::chip::port::socket::SocketPort;
use ektp::chip::port::vpcd::{VirtualCard, VpcdCard};
use ektp::softchip::latency::Latency;
use ektp::softchip::serve::ServedChip;
use ektp::softchip::{SoftChip, fixture};
use ektp::world::DangerousSeededEntropy;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::os::unix::net::UnixListener;
use std::sync::OnceLock;
use std::time::Duration;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let Some(which) = input.byte() else { return };
    if which & 1 == 0 { driver(input.0) } else { chip(input.0) }
}

/// The driver sends the input; the chip answers until the driver hangs up.
fn driver(frames: &[u8]) {
    static LISTENER: OnceLock<TcpListener> = OnceLock::new();
    let listener = LISTENER.get_or_init(|| TcpListener::bind("127.0.0.1:0").expect("a port"));
    let address = listener.local_addr().expect("an address");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
            let _ = stream.write_all(frames).and_then(|()| stream.shutdown(Shutdown::Write));
            let mut sink = Vec::new();
            let _ = stream.read_to_end(&mut sink);
        });
        let blank = SoftChip::blank(&fixture::config(8_192), DangerousSeededEntropy::new(1));
        let mut card = ServedChip::new(blank, None, Latency::NONE);
        let served = VpcdCard::insert(address, Duration::from_secs(5)).and_then(|card_on| card_on.serve(&mut card));
        drop(served);
        card.power_off();
    });
}

/// The chip sends the input whatever it is asked; the port gives answers or errors.
fn chip(frames: &[u8]) {
    static PLACE: OnceLock<(UnixListener, tempfile::TempDir)> = OnceLock::new();
    let (listener, dir) = PLACE.get_or_init(|| {
        let dir = tempfile::tempdir().expect("a folder");
        (UnixListener::bind(dir.path().join("chip")).expect("a socket"), dir)
    });
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let Ok((mut stream, _)) = listener.accept() else { return };
            let _ = stream.write_all(frames).and_then(|()| stream.shutdown(Shutdown::Write));
            let mut sink = Vec::new();
            let _ = stream.read_to_end(&mut sink);
        });
        let Ok(mut port) = SocketPort::connect(&dir.path().join("chip")) else { return };
        for apdu in [&[0x00, 0xA4, 0x04, 0x0C][..], &[0x00, 0xB0, 0x9C, 0x00, 0x00]] {
            if port.transmit(apdu).is_err() || port.power_cycle().is_err() {
                break;
            }
        }
        assert!(port.atr().len() <= usize::from(u16::MAX));
    });
}
