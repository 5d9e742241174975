//! A chip in personalization that holds the right keys and lies behind SCP03: each answer is what the chip says, or what the input says
//! instead, under the right MAC. The engine's readings of public keys, proofs, states and high-water marks are reached.

use super::input::Input;
use super::perso_card::{Bench, once};
use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::port::{Port, PortError, PortLimits};
use ektp::chip::scp03::card::{CardAuthenticated, CardChallenged, CardIdentity};
use ektp::chip::scp03::host::{HostAuthenticated, HostStart, HostVerified};
use ektp::chip::scp03::{InitUpdateAnswer, Level};
use ektp::crypto::scp03::{KeySet, chip_key_set};
use ektp::perso::{Outcome, PersoError};
use ektp::softchip::SoftPort;
use ektp::softchip::faults::FaultPlan;

/// Most exchanges of one run.
const STEPS: usize = 4_096;

pub fn run(data: &[u8]) {
    let _ = outcome(data);
}

/// How the run with the liar ended, and how many answers it could have lied about.
pub fn outcome(data: &[u8]) -> Option<(Result<Outcome, PersoError>, usize)> {
    let mut bench = Bench::new()?;
    let port = SoftPort::shared(bench.chip.clone());
    let (pending, session, keys) = (None, None, bench.keys());
    let mut liar = Liar { port, script: Input(data), aid: Vec::new(), pending, session, steps: 0, opened: 0, keys };
    let first = once(&mut bench, &mut liar);
    let opened = liar.opened;
    // An honest chip again: whatever was made of the lies, the job is still one job, with one signature.
    let mut honest = SoftPort::shared(bench.chip.clone()).with_faults(FaultPlan::none());
    let _ = once(&mut bench, &mut honest);
    assert!(bench.signatures() <= 1, "one card was signed twice");
    Some((first, opened))
}

type Pending = (CardChallenged, HostVerified);

/// Sits on the line with the keys of both ends.
struct Liar<'a> {
    port: SoftPort,
    script: Input<'a>,
    aid: Vec<u8>,
    pending: Option<Pending>,
    session: Option<(CardAuthenticated, HostAuthenticated)>,
    steps: usize,
    opened: usize,
    keys: ektp::pki::key_service::LocalKeys,
}

impl Liar<'_> {
    fn set(&self, kvn: u8, answer: &InitUpdateAnswer) -> KeySet {
        if kvn == 0x30 { self.keys.transport.clone() } else { chip_key_set(&self.keys.scp03_master, &answer.serial, kvn) }
    }

    /// Follows INITIALIZE UPDATE on both sides.
    fn begin(&mut self, command: &Command, response: &Response) -> Option<Pending> {
        let answer = InitUpdateAnswer::parse(&response.data).ok()?;
        let keys = self.set(command.p1(), &answer);
        let identity = CardIdentity {
            serial: answer.serial,
            i: answer.i,
            aid: &self.aid,
            counter: answer.counter.unwrap_or_default(),
            random: [0; 16],
        };
        let (card, _) = CardChallenged::new(&keys, &identity, command.data());
        let host = HostStart::with_challenge(command.p1(), command.data()).ok()?;
        Some((card, host.receive(response).ok()?.with_keys(&keys, &self.aid, Level::Full).ok()?))
    }

    /// An answer under the channel, opened, bent and closed again.
    fn under_channel(&mut self, command: &Command, response: &Response) -> Option<Vec<u8>> {
        let (card, host) = self.session.as_mut()?;
        let plain = card.unwrap(command).ok()?;
        host.wrap(&plain).ok()?;
        let truth = host.unwrap(response).ok()?;
        self.opened += 1;
        let said = lie(&mut self.script, truth);
        Some(card.wrap(&said).encode())
    }
}

/// The truth, or what the script says instead.
fn lie(script: &mut Input<'_>, truth: Response) -> Response {
    match script.byte() {
        None | Some(0..=0x9F) => truth,
        Some(0xA0..=0xAF) => {
            let keep = usize::from(script.byte().unwrap_or_default());
            Response::new(truth.data.into_iter().take(keep).collect::<Vec<_>>(), truth.status)
        }
        Some(0xB0..=0xBF) => {
            let (at, with) = (usize::from(script.byte().unwrap_or_default()), script.byte().unwrap_or(1));
            let mut data = truth.data;
            let length = data.len().max(1);
            if let Some(byte) = data.get_mut(at % length) {
                *byte ^= with;
            }
            Response::new(data, truth.status)
        }
        Some(0xC0..=0xCF) => Response::status(StatusWord(0x6000 | script.number().unwrap_or_default() & 0x0FFF)),
        Some(0xD0..=0xDF) => Response::new(script.short().unwrap_or_default(), truth.status),
        Some(_) => Response::new(script.short().unwrap_or_default(), StatusWord(0x9000)),
    }
}

impl Port for Liar<'_> {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, PortError> {
        self.steps += 1;
        assert!(self.steps <= STEPS, "the run does not end");
        let wire = self.port.transmit(apdu)?;
        let (Ok(command), Ok(response)) = (Command::parse(apdu), Response::parse(wire.clone())) else { return Ok(wire) };
        match (command.cla(), command.ins()) {
            (0x00, 0xA4) => {
                self.aid = command.data().to_vec();
                (self.session, self.pending) = (None, None);
                Ok(wire)
            }
            (0x80, 0x50) => {
                self.pending = self.begin(&command, &response);
                Ok(lie(&mut self.script, response).encode())
            }
            (0x84, 0x82) => {
                let pending = self.pending.take();
                self.session = pending
                    .and_then(|(card, host)| Some((card.external_authenticate(&command).ok()?, host.receive(&response).ok()?)));
                Ok(wire)
            }
            (0x84, _) => Ok(self.under_channel(&command, &response).unwrap_or(wire)),
            _ => Ok(wire),
        }
    }

    fn power_cycle(&mut self) -> Result<(), PortError> {
        (self.session, self.pending) = (None, None);
        self.port.power_cycle()
    }

    fn atr(&self) -> Vec<u8> {
        self.port.atr()
    }

    fn limits(&self) -> PortLimits {
        self.port.limits()
    }

    fn fingerprint(&self) -> String {
        self.port.fingerprint()
    }
}
