//! Makes whole cards on the software chip, honest or as an attacker would, without the product's own engine.

use ektp::chip::apdu::{Command, Response};
use ektp::chip::ca::{self, CaParams};
use ektp::chip::channel::Channel;
use ektp::chip::link::Link;
use ektp::chip::pace::{self, PaceParams, Password};
use ektp::chip::port::Port;
use ektp::chip::scp03::Level;
use ektp::chip::scp03::host::{HostAuthenticated, HostStart};
use ektp::crypto::ec::{Curve, PublicKey};
use ektp::crypto::hash::{HashAlg, sha1};
use ektp::crypto::scp03::{KeySet, Mode as ScpMode, put_key_data};
use ektp::crypto::symmetric::AesKey;
use ektp::lds::build::{Built, Numbers, build};
use ektp::lds::file_id::{Application, FileId};
use ektp::lds::files::CardFiles;
use ektp::lds::profile::Profile;
use ektp::lds::sod::LdsSecurityObject;
use ektp::lds::{dg14, dg15, tlv};
use ektp::perso::stream::{Parameters, PassOne, PassTwo, Passwords, Reserve};
use ektp::pki::sample::Kit;
use ektp::pki::sod;
use ektp::pki::status_list::{self, Bits, CardStatus, Token};
use ektp::read::{Progress, ReadError, Reading, Setup, Terminal, Want, World, read};
use ektp::secret::Secret;
use ektp::softchip::{SoftChip, SoftPort, fixture};
use ektp::verify::{Evidence, Mode, Policy, Purpose, Verdict, judge};
use ektp::world::{Clock, DangerousSeededEntropy, FixedClock};
use std::collections::BTreeMap;
use std::sync::OnceLock;

const SECURITY_DOMAIN: [u8; 8] = [0xA0, 0, 0, 1, 0x51, 0, 0, 0];
const PERSONALIZATION: [u8; 6] = [0xF0, 0x45, 0x4B, 0x54, 0x50, 0x02];
pub const CAN: &str = "271828";
const STATUS_INDEX: u32 = 17;
const CAPACITY: usize = 81_920;

/// The authority of all cards of these tests, and what it made from the sample citizen.
pub struct Authority {
    pub kit: Kit,
    pub built: Built,
    pub clock: FixedClock,
}

/// Made once: fitting a portrait takes a while.
pub fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(|| {
        let clock = FixedClock("2026-11-23T12:00:00Z".parse().unwrap());
        let mut rng = DangerousSeededEntropy::new(1);
        let kit = Kit::mint(&clock, &mut rng).unwrap();
        let (record, _) = ektp::record::sample::citizen().unwrap();
        let profile = Profile::named("ektp-80k").unwrap();
        let mut numbers = Numbers::draw(&record, &profile, &mut rng);
        numbers.status_index = STATUS_INDEX;
        numbers.can = Secret::new(CAN.to_owned());
        let built = build(&record, &profile, profile.face, numbers).unwrap();
        Authority { kit, built, clock }
    })
}

/// How a card deviates from an honest one. An honest card deviates in nothing.
pub struct Recipe<'a> {
    /// Changes the files of pass 1 before anything is signed.
    pub before: &'a dyn Fn(&mut CardFiles),
    /// Changes all files, signature included, before they are written.
    pub after: &'a dyn Fn(&mut CardFiles),
    /// Takes this whole set of files instead: a copy of another card.
    pub copy_of: Option<&'a CardFiles>,
    /// Another signer than the kit's.
    pub signer: Option<&'a Kit>,
    pub seed: u64,
    pub aa: bool,
}

impl Default for Recipe<'_> {
    fn default() -> Self {
        Self { before: &|_| (), after: &|_| (), copy_of: None, signer: None, seed: 1, aa: true }
    }
}

/// A chip with its files, as they lie on it.
pub struct Card {
    pub chip: SoftChip,
    pub files: CardFiles,
}

impl Card {
    pub fn honest() -> Self {
        Self::make(&Recipe::default())
    }

    /// Personalizes a blank by the recipe and locks it.
    pub fn make(recipe: &Recipe<'_>) -> Self {
        let authority = authority();
        let kit = recipe.signer.unwrap_or(&authority.kit);
        let mut first = CardFiles(authority.built.files.0.clone());
        if let Some(copied) = recipe.copy_of {
            first.0.extend(copied.0.iter().filter(|(f, _)| !is_later(**f)).map(|(f, b)| (*f, b.clone())));
        }
        (recipe.before)(&mut first);
        let mut station = Station::keyed(recipe.seed);
        station.set_status(0x03);
        let rooms = Reserve { dg14: 700, dg15: recipe.aa.then_some(500), sod: 3_000 };
        // What an attacker changes later must have its place in the table from the start.
        let mut preview = first.clone();
        (recipe.after)(&mut preview);
        let pass_one: BTreeMap<_, _> = preview.0.into_iter().filter(|(f, _)| !is_later(*f) && *f != FileId::Cvca).collect();
        let bytes = PassOne {
            files: &pass_one,
            reserve: rooms,
            passwords: &passwords(),
            trust_point: authority.kit.roots.cvca.body_bytes(),
            date: authority.clock.today().yesterday().unwrap(),
            parameters: Parameters { parameter_id: 12, ca_key_id: 1, aa: recipe.aa },
            authorization: [7; 32],
        };
        station.stream(&bytes.encode().unwrap());
        let ca_key = station.generate(1);
        let aa_key = recipe.aa.then(|| station.generate(2));
        let mut files = first;
        files.insert(FileId::Dg14, dg14::build(&ca_key, Some(1), recipe.aa));
        if let Some(key) = &aa_key {
            files.insert(FileId::Dg15, dg15::build(key));
        }
        let object = LdsSecurityObject::over(HashAlg::Sha256, files.data_groups());
        files.insert(FileId::Sod, sod::sign(&object, &kit.ds.key, &kit.ds.cert, authority.clock.now()));
        if let Some(copied) = recipe.copy_of {
            files = copied.clone();
        }
        (recipe.after)(&mut files);
        let take = |file| files.get(file).map(<[u8]>::to_vec);
        let empty = |tag| tlv::encode(tag, &[]);
        let two = PassTwo {
            dg14: take(FileId::Dg14).unwrap_or_else(|| empty(0x6E)),
            dg15: recipe.aa.then(|| take(FileId::Dg15).unwrap_or_else(|| empty(0x6F))),
            sod: take(FileId::Sod).unwrap_or_else(|| empty(0x77)),
        };
        station.stream(&two.encode(rooms).unwrap());
        station.commit(&pass_one, &two);
        station.set_status(0x0F);
        Self { chip: station.chip, files }
    }

    /// Reads with the right password, as an inspection system.
    pub fn read(self) -> Result<Reading, ReadError> {
        read_port(&mut SoftPort::new(self.chip), &Ask::default())
    }

    /// Reads and judges in one process.
    pub fn judge(self) -> Verdict {
        judge_reading(&self.read().unwrap())
    }
}

fn is_later(file: FileId) -> bool {
    matches!(file, FileId::Dg14 | FileId::Dg15 | FileId::Sod)
}

fn passwords() -> Passwords {
    let mrz_sha1 = authority().built.key_text.as_ref().map(|text| Secret::new(sha1(text.expose().as_bytes())));
    Passwords { can: Some(Secret::new(CAN.to_owned())), mrz_sha1, bac: false }
}

/// What to read with.
pub struct Ask {
    pub can: &'static str,
    pub want: Want,
    pub terminal: bool,
    pub challenge: Option<[u8; 8]>,
    pub extended: bool,
    pub seed: u64,
}

impl Default for Ask {
    fn default() -> Self {
        Self { can: CAN, want: Want::Everything, terminal: true, challenge: None, extended: false, seed: 77 }
    }
}

/// The kit's inspection system.
pub fn terminal() -> Terminal {
    let kit = &authority().kit;
    Terminal::new(kit.terminal.chain.clone(), kit.terminal.key.clone()).unwrap()
}

pub fn read_port(port: &mut dyn Port, ask: &Ask) -> Result<Reading, ReadError> {
    read_telling(port, ask, &mut |_| ())
}

pub fn read_telling(port: &mut dyn Port, ask: &Ask, progress: &mut dyn FnMut(Progress)) -> Result<Reading, ReadError> {
    let password = Password::can(ask.can).unwrap();
    let terminal = terminal();
    let terminal = ask.terminal.then_some(&terminal);
    let setup = Setup { password: &password, want: &ask.want, terminal, challenge: ask.challenge, extended: ask.extended };
    let mut rng = DangerousSeededEntropy::new(ask.seed);
    let world = World { clock: &authority().clock, rng: &mut rng, progress };
    read(&mut Channel::new(Link::new(port)), &setup, world)
}

/// PACE, LDS1 and Chip Authentication by hand: the channel, ID_PICC and the terminal's compressed key.
pub fn open_ca(port: &mut SoftPort) -> (Channel<'_>, Vec<u8>, Vec<u8>) {
    let mut rng = DangerousSeededEntropy::new(55);
    let mut channel = Channel::new(Link::new(port));
    let params = PaceParams::new(Curve::P256, 128).unwrap();
    let done = pace::run(&mut channel, &params, &Password::can(CAN).unwrap(), &mut rng).unwrap();
    channel.protect(done.sm);
    let aid = Application::Lds1.aid().unwrap();
    channel.send(&Command::new(0x00, 0xA4, 0x04, 0x0C).with_data(aid)).unwrap();
    let mut dg14 = Vec::new();
    while dg14.len() < 4 || dg14.len() < 4 + usize::from(u16::from_be_bytes([dg14[2], dg14[3]])) {
        let [p1, p2] = u16::try_from(dg14.len()).unwrap().to_be_bytes();
        let (p1, p2) = if dg14.is_empty() { (0x8E, 0) } else { (p1, p2) };
        dg14.extend(channel.send(&Command::new(0x00, 0xB0, p1, p2).with_le(223)).unwrap().data);
    }
    let params = CaParams::choose(&dg14::parse(&dg14).unwrap()).unwrap();
    let ca = ca::run(&mut channel, &params, &mut rng).unwrap();
    channel.protect(ca.sm);
    (channel, done.card_ephemeral.x().to_vec(), ca.ephemeral.public_key().x().to_vec())
}

/// A list in which the tests' card has this state, signed now.
pub fn list(status: CardStatus) -> Vec<u8> {
    list_of(1, status)
}

pub fn list_of(number: u64, status: CardStatus) -> Vec<u8> {
    let authority = authority();
    let mut bits = Bits::new(100);
    assert!(bits.set(u64::from(STATUS_INDEX), status));
    let token = Token { number, issued_at: authority.clock.now(), uri: "https://example.invalid/status/1".into(), bits };
    status_list::sign(&token, &authority.kit.status_list).unwrap()
}

pub fn policy(list: &[u8]) -> Policy<'_> {
    Policy {
        now: authority().clock.now(),
        purpose: Purpose::Use,
        status_list: Some(list),
        seen: ektp::verify::ListsSeen::default(),
    }
}

/// Judges as `verify card --reader` does.
pub fn judge_reading(reading: &Reading) -> Verdict {
    judge_evidence(&reading.evidence, &Mode::Live(&reading.proof))
}

pub fn judge_evidence(evidence: &Evidence, mode: &Mode<'_>) -> Verdict {
    let trust = authority().kit.trust_store().unwrap();
    judge(evidence, mode, &trust, &policy(&list(CardStatus::Active)))
}

/// A chip and the secure channel of one door.
pub struct Station {
    pub chip: SoftChip,
    host: Option<HostAuthenticated>,
    rng: DangerousSeededEntropy,
    number: u8,
}

impl Station {
    /// A blank after its first tap, with door 2 open.
    pub fn keyed(seed: u64) -> Self {
        let chip = SoftChip::blank(&fixture::config(CAPACITY), DangerousSeededEntropy::new(seed));
        let mut station = Self { chip, host: None, rng: DangerousSeededEntropy::new(seed + 100), number: 0 };
        let transport = fixture::config(CAPACITY).transport;
        let unique = KeySet::new(0x31, &[1; 16], &[2; 16], &[3; 16]).unwrap();
        station.open(&SECURITY_DOMAIN, &transport);
        let proof = put_key_data(&transport.dek, 0x40, &[&AesKey::new(&[4; 16]).unwrap()]);
        station.send(&Command::new(0x80, 0xD8, 0x00, 0x01).with_data(proof).with_le(256));
        let set = put_key_data(&transport.dek, 0x31, &unique.keys());
        station.send(&Command::new(0x80, 0xD8, 0x30, 0x81).with_data(set).with_le(256));
        station.open(&PERSONALIZATION, &unique);
        station
    }

    fn plain(&mut self, command: &Command) -> Response {
        Response::parse(self.chip.process(&command.encode().unwrap())).unwrap()
    }

    fn open(&mut self, aid: &[u8], keys: &KeySet) {
        assert!(self.plain(&Command::new(0x00, 0xA4, 0x04, 0x0C).with_data(aid)).status.is_ok());
        let start = HostStart::new(keys.kvn, ScpMode::S8, &mut self.rng);
        let answer = self.plain(&start.command());
        let verified = start.receive(&answer).unwrap().with_keys(keys, aid, Level::Full).unwrap();
        let answer = self.plain(verified.command());
        self.host = Some(verified.receive(&answer).unwrap());
        self.number = 0;
    }

    fn send(&mut self, command: &Command) -> Vec<u8> {
        let host = self.host.as_mut().unwrap();
        let wire = host.wrap(command).unwrap();
        let answer = Response::parse(self.chip.process(&wire.encode().unwrap())).unwrap();
        let status = answer.status;
        let answer = host.unwrap(&answer).unwrap_or_else(|e| panic!("{command:?}: {status}: {e}"));
        answer.ok().unwrap_or_else(|status| panic!("{command:?}: {status}"))
    }

    pub fn set_status(&mut self, state: u8) {
        self.send(&Command::new(0x80, 0xF0, 0x80, state));
    }

    fn stream(&mut self, bytes: &[u8]) {
        let count = bytes.len().div_ceil(223);
        for (index, part) in bytes.chunks(223).enumerate() {
            let last = if index + 1 == count { 0x80 } else { 0 };
            self.send(&Command::new(0x80, 0xE2, last, self.number).with_data(part));
            self.number = self.number.wrapping_add(1);
        }
    }

    fn generate(&mut self, slot: u8) -> PublicKey {
        self.send(&Command::new(0x80, 0x46, 0x80, slot));
        let answer = self.send(&Command::new(0x80, 0x46, 0x81, slot).with_le(256));
        let key = tlv::parse_one(&answer, 0x7F49).unwrap().reader().expect(0x86).unwrap().value;
        PublicKey::from_uncompressed(Curve::P256, key).unwrap()
    }

    fn commit(&mut self, first: &BTreeMap<FileId, Vec<u8>>, second: &PassTwo) {
        let mut files = CardFiles(first.clone());
        files.0.extend(second.files().map(|(f, b)| (f, b.to_vec())));
        self.send(&Command::new(0x80, 0xF0, 0x80, 0x07).with_data(files.commit_digest()));
    }
}
