//! A card that knows its password and holds its keys, and lies behind the channel: each answer under secure messaging is what a chip
//! says, or what the input says instead. Everything that the MAC guards from outsiders is reached: the steps of Chip and Terminal
//! Authentication, the reading of files in crumbs and with false lengths, EF.CVCA.

use super::input::Input;
use super::world::{self, CAN, sample};
use ektp::chip::aa::{AaCard, ChipKey};
use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::ca::CaCard;
use ektp::chip::pace::{CardStep, PaceCard, PaceParams, Password};
use ektp::chip::port::memory::MemoryPort;
use ektp::chip::port::{PortError, PortLimits};
use ektp::chip::sm::SmCard;
use ektp::crypto::ec::Curve;
use ektp::crypto::hash::HashAlg;
use ektp::lds::file_id::{Application, FileId};
use ektp::read::Want;
use ektp::verify::{Decision, Mode, judge};
use ektp::world::DangerousSeededEntropy;

pub fn run(data: &[u8]) {
    let _ = outcome(data);
}

/// What the judge decided about what was read; none if nothing was.
pub fn outcome(data: &[u8]) -> Option<Decision> {
    let mut input = Input(data);
    let flags = input.byte()?;
    let limits = if flags & 1 == 0 { PortLimits::SHORT } else { PortLimits::EXTENDED };
    let mut card = Card::new(input.0.to_vec());
    let mut port = MemoryPort::new(move |apdu| card.answer(apdu)).with_limits(limits);
    let want = if flags & 2 == 0 { Want::Everything } else { Want::Inventory };
    let reading = world::read_port(&mut port, &want, true, flags & 1 != 0).ok()?;
    let verdict = judge(&reading.evidence, &Mode::Live(&reading.proof), &sample().store, &world::policy());
    if verdict.decision() == Decision::Genuine {
        let files = &sample().card.files;
        let told = |file: &FileId| reading.evidence.file(*file).is_none_or(|bytes| files.get(*file) == Some(bytes));
        let false_file = FileId::ALL.into_iter().find(|file| world::is_vouched(*file) && !told(file));
        assert_eq!(false_file, None, "genuine with a file that nobody signed");
    }
    Some(verdict.decision())
}

/// Where the conversation stands.
enum Stage {
    Clear,
    Pace(Box<PaceCard>),
    Secure(Box<SmCard>),
}

struct Card {
    script: Vec<u8>,
    at: usize,
    exchanges: usize,
    stage: Stage,
    chip_authentication: Option<CaCard>,
    application: Application,
    current: Option<FileId>,
    rng: DangerousSeededEntropy,
}

impl Card {
    fn new(script: Vec<u8>) -> Self {
        let rng = DangerousSeededEntropy::new(17);
        let (application, stage) = (Application::Mf, Stage::Clear);
        Self { script, at: 0, exchanges: 0, stage, chip_authentication: None, application, current: None, rng }
    }

    fn answer(&mut self, apdu: Option<&[u8]>) -> Result<Vec<u8>, PortError> {
        let Some(apdu) = apdu else {
            (self.stage, self.application, self.current) = (Stage::Clear, Application::Mf, None);
            return Ok(Vec::new());
        };
        self.exchanges += 1;
        assert!(self.exchanges <= ektp::limits::LINK_EXCHANGES + 100, "the reading does not end");
        let Ok(command) = Command::parse(apdu) else { return Ok(vec![0x67, 0x00]) };
        match std::mem::replace(&mut self.stage, Stage::Clear) {
            Stage::Clear => Ok(self.clear(&command)),
            Stage::Pace(run) => Ok(self.pace(*run, &command)),
            Stage::Secure(channel) => self.secure(*channel, &command),
        }
    }

    /// Before the channel: EF.CardAccess, and the beginning of PACE.
    fn clear(&mut self, command: &Command) -> Vec<u8> {
        if command.ins() == 0x22 {
            let (Ok(params), Ok(password)) = (PaceParams::new(Curve::P256, 128), Password::can(CAN)) else {
                return vec![0x6F, 0];
            };
            self.stage = Stage::Pace(Box::new(PaceCard::start(&params, &password, &mut self.rng)));
            return vec![0x90, 0x00];
        }
        self.chip(command).encode()
    }

    fn pace(&mut self, run: PaceCard, command: &Command) -> Vec<u8> {
        match run.process(command) {
            CardStep::Next(response, run) => {
                self.stage = Stage::Pace(run);
                response.encode()
            }
            CardStep::Done(response, done) => {
                self.stage = Stage::Secure(Box::new(done.sm));
                response.encode()
            }
            CardStep::Failed { response, .. } => response.encode(),
        }
    }

    fn secure(&mut self, mut channel: SmCard, command: &Command) -> Result<Vec<u8>, PortError> {
        let Ok(plain) = channel.unwrap(command) else { return Ok(vec![0x69, 0x88]) };
        let agreed = self.chip_authentication.take().filter(|_| plain.ins() == 0x86);
        let done = agreed.and_then(|ca| ca.agree(&plain, &sample().card.ca_key).ok());
        let truth = match &done {
            Some(done) => done.response.clone(),
            None => self.chip(&plain),
        };
        let Some(said) = self.lie(truth) else { return Err(PortError::CardRemoved) };
        let wire = channel.wrap(&said).encode();
        self.stage = Stage::Secure(done.map_or_else(|| Box::new(channel), |done| Box::new(done.sm)));
        Ok(wire)
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.script.get(self.at).copied();
        self.at += 1;
        byte
    }

    /// The truth, or what the script says instead.
    fn lie(&mut self, truth: Response) -> Option<Response> {
        let Some(kind) = self.byte() else { return Some(truth) };
        let status = truth.status;
        Some(match kind {
            0..=0x7F => truth,
            0x80..=0x8F => {
                let keep = usize::from(self.byte().unwrap_or_default());
                Response::new(truth.data.into_iter().take(keep).collect::<Vec<_>>(), status)
            }
            0x90..=0x9F => {
                let (at, with) = (self.byte().unwrap_or_default(), self.byte().unwrap_or(1));
                let mut data = truth.data;
                let length = data.len().max(1);
                if let Some(byte) = data.get_mut(usize::from(at) % length) {
                    *byte ^= with;
                }
                Response::new(data, status)
            }
            0xA0..=0xAF => Response::status(StatusWord(u16::from_be_bytes([self.byte()? | 0x60, self.byte()?]))),
            0xB0..=0xBF => Response::new(truth.data, StatusWord(0x6282)),
            0xC0 => return None,
            _ => {
                let length = usize::from(self.byte().unwrap_or_default());
                let data: Vec<u8> = (0..length).map_while(|_| self.byte()).collect();
                Response::new(data, StatusWord(0x9000))
            }
        })
    }

    /// What an honest chip says, as far as a reader asks.
    fn chip(&mut self, command: &Command) -> Response {
        let ok = |data: &[u8]| Response::new(data, StatusWord(0x9000));
        match command.ins() {
            0xA4 => {
                let named = [Application::Lds1, Application::National].into_iter().find(|a| a.aid() == Some(command.data()));
                self.application = named.unwrap_or(Application::Mf);
                self.current = None;
                ok(&[])
            }
            0xB0 if command.p1() & 0x80 != 0 => {
                let (sfi, application) = (command.p1() & 0x1F, self.application);
                self.current = FileId::ALL.into_iter().find(|f| f.sfi() == sfi && f.application() == application);
                self.part(usize::from(command.p2()), command.le(), false)
            }
            0xB0 => self.part(usize::from(u16::from_be_bytes([command.p1(), command.p2()])), command.le(), false),
            0xB1 => match command.data() {
                [0x54, 3, a, b, c] => {
                    let offset = u32::from_be_bytes([0, *a, *b, *c]);
                    self.part(usize::try_from(offset).unwrap_or(usize::MAX), command.le(), true)
                }
                _ => Response::status(StatusWord(0x6A80)),
            },
            0x22 if command.p1() == 0x41 => {
                self.chip_authentication = CaCard::select(command, Some(1)).ok();
                ok(&[])
            }
            0x22 | 0x2A | 0x82 => ok(&[]),
            0x84 => ok(&[7; 8]),
            0x88 => {
                let key = ChipKey::Ec(&sample().card.aa_key, HashAlg::Sha256);
                let signed = AaCard::challenged(command).and_then(|run| run.sign(&key, &mut DangerousSeededEntropy::new(1)));
                signed.unwrap_or_else(Response::status)
            }
            _ => Response::status(StatusWord(0x6D00)),
        }
    }

    fn part(&self, offset: usize, le: Option<u32>, odd: bool) -> Response {
        let cvca = ektp::lds::tlv::encode(0x42, sample().kit.roots.cvca.body().chr.as_bytes());
        let padded: Vec<u8> = cvca.into_iter().chain(std::iter::repeat(0)).take(36).collect();
        let bytes = match self.current {
            Some(FileId::Cvca) => Some(padded.as_slice()),
            Some(file) => sample().card.files.get(file),
            None => None,
        };
        let Some(rest) = bytes.and_then(|bytes| bytes.get(offset..)) else { return Response::status(StatusWord(0x6A82)) };
        let most = usize::try_from(le.unwrap_or(0)).unwrap_or(0).min(223);
        let part = &rest[..most.saturating_sub(if odd { 4 } else { 0 }).min(rest.len())];
        if odd {
            Response::new(ektp::lds::tlv::encode(0x53, part), StatusWord(0x9000))
        } else {
            Response::new(part, StatusWord(0x9000))
        }
    }
}
