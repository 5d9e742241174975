//! An authority, its keys and one honest card, made once for all inputs: hostile bytes must reach the code behind the signatures too.

use ektp::chip::channel::Channel;
use ektp::chip::link::Link;
use ektp::chip::pace::Password;
use ektp::chip::port::Port;
use ektp::crypto::ec::{Curve, PrivateKey};
use ektp::crypto::hash::{HashAlg, sha1};
use ektp::lds::build::{Numbers, build};
use ektp::lds::com::Com;
use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;
use ektp::lds::profile::Profile;
use ektp::lds::sod::LdsSecurityObject;
use ektp::lds::{dg14, dg15};
use ektp::pki::sample::Kit;
use ektp::pki::sod;
use ektp::pki::status_list::{self, Bits, CardStatus, Token};
use ektp::pki::trust::TrustStore;
use ektp::pki::x509::Certificate;
use ektp::read::{ReadError, Reading, Setup, Terminal, Want, World, read};
use ektp::secret::Secret;
use ektp::softchip::fixture::Inside;
use ektp::softchip::{SoftChip, State};
use ektp::verify::{Policy, Purpose};
use ektp::world::{Clock, DangerousSeededEntropy, FixedClock};
use std::sync::OnceLock;

pub const CAN: &str = "271828";
const STATUS_INDEX: u32 = 17;

/// The sample authority at one instant, and the card that it made.
pub struct Sample {
    pub kit: Kit,
    pub store: TrustStore,
    pub terminal: Terminal,
    pub card: Card,
    pub list: Vec<u8>,
    pub clock: FixedClock,
}

/// What an honest chip holds.
pub struct Card {
    pub files: CardFiles,
    pub key_text: Option<String>,
    pub ca_key: PrivateKey,
    pub aa_key: PrivateKey,
}

pub fn now() -> jiff::Timestamp {
    jiff::Timestamp::from_second(1_795_435_200).unwrap_or_default()
}

/// Made once in a process; the same in every process.
pub fn sample() -> &'static Sample {
    static SAMPLE: OnceLock<Sample> = OnceLock::new();
    SAMPLE.get_or_init(|| {
        let clock = FixedClock(now());
        let mut rng = DangerousSeededEntropy::new(1);
        let kit = Kit::mint(&clock, &mut rng).expect("the roots are whole");
        let store = kit.trust_store().expect("the roots are whole");
        let terminal = Terminal::new(kit.terminal.chain.clone(), kit.terminal.key.clone()).expect("a chain");
        let card = card(&kit, &mut rng);
        let list = list(&kit);
        Sample { kit, store, terminal, card, list, clock }
    })
}

fn card(kit: &Kit, rng: &mut DangerousSeededEntropy) -> Card {
    let (record, _) = ektp::record::sample::citizen().expect("the sample");
    let profile = Profile::named("ektp-8k").expect("a profile of ours");
    let mut numbers = Numbers::draw(&record, &profile, rng);
    (numbers.status_index, numbers.can) = (STATUS_INDEX, Secret::new(CAN.to_owned()));
    let built = build(&record, &profile, profile.face, numbers).expect("the sample fits");
    let (ca_key, aa_key) = (PrivateKey::generate(Curve::P256, rng), PrivateKey::generate(Curve::P256, rng));
    let mut files = built.files;
    files.insert(FileId::Dg14, dg14::build(&ca_key.public_key(), Some(1), true));
    files.insert(FileId::Dg15, dg15::build(&aa_key.public_key()));
    files.insert(FileId::Com, Com::over(files.iter().map(|(f, _)| f).chain([FileId::Sod])).encode());
    sign(&mut files, kit);
    let key_text = built.key_text.map(|text| text.expose().clone());
    Card { files, key_text, ca_key, aa_key }
}

/// Signs the groups that are there with the kit's document signer.
pub fn sign(files: &mut CardFiles, kit: &Kit) {
    let object = LdsSecurityObject::over(HashAlg::Sha256, files.data_groups());
    files.insert(FileId::Sod, sod::sign(&object, &kit.ds.key, &kit.ds.cert, now()));
}

fn list(kit: &Kit) -> Vec<u8> {
    let mut bits = Bits::new(100);
    bits.set(u64::from(STATUS_INDEX), CardStatus::Active);
    let token = Token { number: 1, issued_at: now(), uri: "https://example.invalid/1".into(), bits };
    status_list::sign(&token, &kit.status_list).expect("an EC key")
}

/// Whether the authority's signature says what this file is: EF.CVCA, EF.ATR/INFO and EF.DIR are nobody's word, and of EF.COM only
/// the list of groups is compared.
pub fn is_vouched(file: FileId) -> bool {
    !matches!(file, FileId::Cvca | FileId::AtrInfo | FileId::Dir | FileId::Com)
}

/// Whether the kit's own roots signed this certificate.
pub fn signed_by_us(cert: &Certificate) -> bool {
    let roots = &sample().kit.roots;
    [&roots.csca.cert, &roots.operations.cert].iter().any(|root| root.verify_issued(cert).is_ok())
}

/// A locked chip with these files and the honest card's keys and passwords.
pub fn chip(files: CardFiles, seed: u64) -> Option<SoftChip> {
    let Sample { card, kit, .. } = sample();
    let inside = Inside {
        serial: [0xC0; 10],
        files,
        can: Some(CAN.to_owned()),
        mrz_sha1: card.key_text.as_ref().map(|text| sha1(text.as_bytes())),
        bac: seed & 1 == 1,
        trust_point: Some(kit.roots.cvca.body_bytes().to_vec()),
        date: Some([2, 6, 1, 1, 0, 1]),
        curve: Curve::P256,
        ca_key_id: 1,
        ca_key: Some(card.ca_key.clone()),
        aa_key: Some(card.aa_key.clone()),
        state: State::Locked,
    };
    inside.chip(DangerousSeededEntropy::new(seed))
}

/// Reads as a terminal does.
pub fn read_port(port: &mut dyn Port, want: &Want, terminal: bool, extended: bool) -> Result<Reading, ReadError> {
    let sample = sample();
    let password = Password::can(CAN).expect("digits");
    let terminal = terminal.then_some(&sample.terminal);
    let setup = Setup { password: &password, want, terminal, challenge: None, extended };
    let mut rng = DangerousSeededEntropy::new(5);
    let world = World { clock: &sample.clock, rng: &mut rng, progress: &mut |_| () };
    read(&mut Channel::new(Link::new(port)), &setup, world)
}

/// The policy under which the honest card is genuine.
pub fn policy() -> Policy<'static> {
    Policy {
        now: sample().clock.now(),
        purpose: Purpose::Use,
        status_list: Some(&sample().list),
        seen: ektp::verify::ListsSeen::default(),
    }
}
