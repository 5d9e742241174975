//! The PC/SC port against a real pcscd and virtual readers: absence, exclusion, power cycle, removal, and what is left behind.

use crate::contract::{ektp, ektp_in};
use crate::private_pcscd::inside;
use ektp::chip::port::pcsc::Readers;
use ektp::chip::port::selector::{Selector, Stations};
use ektp::chip::port::vpcd::{VirtualCard, VpcdCard};
use ektp::chip::port::{Port, PortError, PortLimits};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

#[test]
fn reader_verbs_refuse_by_name() {
    // Without a service that could list any: the socket's folder does not exist.
    let run = ektp_in(&["reader", "list"], &[("PCSCLITE_CSOCK_NAME", "/nonexistent/socket")]);
    run.refused(20, "service-down");
}

#[derive(Clone, Default)]
struct Card(Arc<Mutex<Vec<String>>>);

impl Card {
    fn log(&self, line: &str) {
        self.0.lock().unwrap().push(line.to_owned());
    }
    fn count(&self, line: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|l| *l == line).count()
    }
}

impl VirtualCard for Card {
    fn power_on(&mut self) {
        self.log("on");
    }
    fn power_off(&mut self) {
        self.log("off");
    }
    fn reset(&mut self) {
        self.log("reset");
    }
    fn atr(&self) -> Vec<u8> {
        vec![0x3B, 0x80, 0x80, 0x01, 0x01]
    }
    fn process(&mut self, apdu: &[u8]) -> Option<Vec<u8>> {
        match apdu.get(1) {
            Some(0xEE) => None,
            Some(0xED) => Some(vec![0x90]),
            _ => Some([&vec![0x55; apdu.len()], &[0x90, 0x00][..]].concat()),
        }
    }
}

/// Lays a card on slot 0 in a thread of its own.
fn lay(card: &Card) -> std::thread::JoinHandle<()> {
    let port: u16 = std::env::var("VPCD_PORT").unwrap().parse().unwrap();
    let virtual_card = VpcdCard::insert(SocketAddr::from(([127, 0, 0, 1], port)), PATIENCE).unwrap();
    let mut card = card.clone();
    std::thread::spawn(move || {
        virtual_card.serve(&mut card).unwrap();
    })
}

#[test]
fn pcsc_port_on_a_private_daemon() {
    if !inside("pcsc::pcsc_port_on_a_private_daemon", &[]) {
        return;
    }
    let readers = Readers::open().unwrap();
    let find = |text: &str| Selector::parse(text, &Stations::new()).and_then(|s| readers.find(&s));
    assert_eq!(readers.list().unwrap().len(), 2);
    assert_eq!(find("Virtual PCD"), Err(PortError::NoReader("Virtual PCD".into())));
    let reader = find("port:00-00").unwrap();
    assert_eq!((reader.name.as_str(), reader.card), ("Virtual PCD 00 00", false));
    assert_eq!(readers.connect(&reader).err(), Some(PortError::CardAbsent));
    assert_eq!(readers.wait(&reader, true, Duration::from_millis(50)), Err(PortError::Timeout));

    ektp(&["reader", "qualify", "--reader", "port:00-00"]).refused(21, "card-absent");
    ektp(&["reader", "identify", "--wait", "0"]).refused(21, "no-card-moved");

    let card = Card::default();
    let thread = lay(&card);
    readers.wait(&reader, true, PATIENCE).unwrap();
    assert_eq!(find("port:00-00").unwrap().atr.as_deref(), Some("3B80800101"));
    let listed = ektp(&["reader", "list"]);
    assert_eq!(
        (&listed.yes().data()["readers"][0]["card"], &listed.data()["readers"][0]["port"]),
        (&true.into(), &"00-00".into())
    );
    let qualified = ektp(&["reader", "qualify", "--reader", "Virtual PCD 00 00"]);
    assert!(qualified.yes().data()["chunk"].is_u64());
    // A card that we did not speak to is left as it was.
    let resets = (card.count("reset"), card.count("off"));
    drop(readers.connect(&reader).unwrap());
    assert_eq!((card.count("reset"), card.count("off")), resets);

    let mut port = readers.connect(&reader).unwrap();
    assert_eq!(port.atr(), [0x3B, 0x80, 0x80, 0x01, 0x01]);
    assert!(port.fingerprint().contains("Virtual PCD 00 00"));
    assert_eq!(Readers::open().unwrap().connect(&reader).err(), Some(PortError::Sharing));
    assert_eq!(port.transmit(&[0, 0xA4, 0, 12]), Ok(vec![0x55, 0x55, 0x55, 0x55, 0x90, 0]));
    assert_eq!(port.transmit(&[0; 262]), Err(PortError::CommandTooLong(262)));
    let mut port = port.with_limits(PortLimits::EXTENDED);
    let long = [&[0, 0xDA, 0, 0, 0, 0x10, 0x00][..], &[7; 0x1000]].concat();
    assert_eq!(port.transmit(&long).unwrap().len(), long.len() + 2);
    let offs = card.count("off");
    port.power_cycle().unwrap();
    assert!(card.count("off") > offs, "the field was taken away");
    assert!(port.transmit(&[0, 0xA4, 0, 12]).is_ok());
    // A card that we spoke to is reset, so that nobody inherits its channel.
    let resets = card.count("reset");
    drop(port);
    std::thread::sleep(Duration::from_millis(100));
    assert!(card.count("reset") > resets);

    // One byte for an answer, and a card that leaves in mid-exchange, both are a removal.
    let mut port = readers.connect(&reader).unwrap();
    assert_eq!(port.transmit(&[0, 0xED, 0, 0]), Err(PortError::CardRemoved));
    let lost = port.transmit(&[0, 0xEE, 0, 0]).unwrap_err();
    assert_eq!(lost, PortError::CardRemoved);
    thread.join().unwrap();
    assert!(port.transmit(&[0, 0xA4, 0, 12]).is_err());
    readers.wait(&reader, false, PATIENCE).unwrap();
}
