//! A chip that goes wrong at a command known by its header, behind a Unix socket or on a virtual reader.

use ektp::chip::port::pcsc::Readers;
use ektp::chip::port::selector::{ReaderInfo, Selector};
use ektp::chip::port::vpcd::{Ending, VirtualCard, VpcdCard};
use ektp::chip::port::{Port, PortError, PortLimits};
use ektp::softchip::faults::{Fault, FaultPlan};
use ektp::softchip::{SharedChip, SoftPort};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

/// What goes wrong, and when.
#[derive(Clone)]
pub struct Trap {
    /// Knows the command.
    at: fn(&[u8]) -> bool,
    /// How many such commands still pass.
    before: usize,
    /// How many commands of any kind behind it the fault comes.
    after: usize,
    /// How many came since.
    since: Option<usize>,
    fault: Fault,
}

impl Trap {
    /// At the first command that `at` knows.
    pub fn first(at: fn(&[u8]) -> bool, fault: Fault) -> Self {
        Self::nth(at, 0, fault)
    }

    /// At a later one: so many pass.
    pub fn nth(at: fn(&[u8]) -> bool, before: usize, fault: Fault) -> Self {
        Self { at, before, after: 0, since: None, fault }
    }

    /// So many commands behind the first one.
    pub fn behind(at: fn(&[u8]) -> bool, after: usize, fault: Fault) -> Self {
        Self { after, ..Self::first(at, fault) }
    }

    /// So many commands behind each of the first two: what goes wrong once may be the field's fault, twice it is the chip's.
    pub fn twice_behind(at: fn(&[u8]) -> bool, after: usize, fault: Fault) -> Vec<Self> {
        [0, 1].map(|before| Self { after, ..Self::nth(at, before, fault.clone()) }).to_vec()
    }

    /// Whether it snaps at this command.
    fn snaps(&mut self, apdu: &[u8]) -> bool {
        match &mut self.since {
            Some(since) => {
                *since += 1;
                *since == self.after
            }
            None if !(self.at)(apdu) => false,
            None if self.before > 0 => {
                self.before -= 1;
                false
            }
            None => {
                self.since = Some(0);
                self.after == 0
            }
        }
    }
}

/// A chip on a reader, with its traps. What no reader would carry on is the card's leaving.
pub struct Trapped {
    port: SoftPort,
    traps: Vec<Trap>,
}

impl Trapped {
    pub fn new(chip: SharedChip, traps: Vec<Trap>) -> Self {
        Self { port: SoftPort::shared(chip).with_limits(PortLimits::EXTENDED), traps }
    }
}

impl VirtualCard for Trapped {
    fn power_on(&mut self) {
        self.port.power_cycle().ok();
    }

    fn power_off(&mut self) {
        if let Some(chip) = self.port.chip() {
            chip.lock().unwrap().power_off();
        }
    }

    fn atr(&self) -> Vec<u8> {
        self.port.atr()
    }

    fn process(&mut self, apdu: &[u8]) -> Option<Vec<u8>> {
        for trap in &mut self.traps {
            if trap.snaps(apdu) {
                self.port.set_faults(FaultPlan::at(0, trap.fault.clone()));
            }
        }
        self.port.transmit(apdu).ok()
    }
}

/// Lays a chip behind a socket for as long as this process lives; `unix:PATH` is its reader.
pub fn lay(chip: &SharedChip, path: PathBuf, traps: Vec<Trap>) -> String {
    let listener = UnixListener::bind(&path).unwrap();
    let mut card = Trapped::new(chip.clone(), traps);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let _ = serve(&mut card, stream);
            card.power_off();
        }
    });
    format!("unix:{}", path.display())
}

fn serve(card: &mut Trapped, mut stream: UnixStream) -> std::io::Result<()> {
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut frame)?;
        let answer = match frame.as_slice() {
            [1 | 2] => {
                card.power_on();
                continue;
            }
            [4] => card.atr(),
            apdu => match card.process(apdu) {
                Some(answer) => answer,
                None => return Ok(()),
            },
        };
        let length = u16::try_from(answer.len()).unwrap();
        stream.write_all(&[&length.to_be_bytes(), &answer[..]].concat())?;
    }
}

/// A card on the first virtual reader of a private pcscd; taken off when dropped.
pub struct OnReader {
    handle: TcpStream,
    thread: Option<JoinHandle<Result<Ending, PortError>>>,
}

/// How long pcscd may take to see a card come or go.
const PATIENCE: Duration = Duration::from_secs(10);
/// Twice as long as pcscd waits between two looks at its readers: a card that comes sooner after one that left in mid-exchange is not
/// seen as another.
const LOOKS: Duration = Duration::from_secs(1);

impl OnReader {
    /// Lays a card and waits until the reader has seen it.
    pub fn lay(mut card: impl VirtualCard + Send + 'static) -> Self {
        let port: u16 = std::env::var("VPCD_PORT").unwrap().parse().unwrap();
        let laid = VpcdCard::insert(SocketAddr::from(([127, 0, 0, 1], port)), PATIENCE).unwrap();
        let handle = laid.handle().unwrap();
        let thread = std::thread::spawn({
            let handle = handle.try_clone().unwrap();
            move || {
                let ending = laid.serve(&mut card);
                // A card that left by itself is gone although this side still holds the connection.
                let _ = handle.shutdown(Shutdown::Both);
                ending
            }
        });
        await_card(true);
        Self { handle, thread: Some(thread) }
    }
}

impl Drop for OnReader {
    fn drop(&mut self) {
        let _ = self.handle.shutdown(Shutdown::Both);
        let left = self.thread.take().is_some_and(|thread| thread.join().unwrap() == Ok(Ending::CardLeft));
        await_card(false);
        if left {
            std::thread::sleep(LOOKS);
        }
    }
}

/// The first virtual reader, as pcscd shows it.
pub fn reader() -> (Readers, ReaderInfo) {
    let readers = Readers::open().unwrap();
    let reader = readers.find(&Selector::Port("00-00".to_owned())).unwrap();
    (readers, reader)
}

fn await_card(present: bool) {
    let (readers, reader) = reader();
    readers.wait(&reader, present, PATIENCE).unwrap();
}
