//! Cards of an authority of the tests, honest or wrong in one thing, and what a reading of them gives.

use ektp::chip::channel::Channel;
use ektp::chip::link::Link;
use ektp::chip::pace::Password;
use ektp::crypto::ec::{Curve, PrivateKey};
use ektp::crypto::hash::HashAlg;
use ektp::lds::build::{Built, Numbers, build};
use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;
use ektp::lds::profile::Profile;
use ektp::lds::sod::LdsSecurityObject;
use ektp::lds::{dg14, dg15};
use ektp::pki::sample::Kit;
use ektp::pki::sod;
use ektp::pki::status_list::register::Register;
use ektp::pki::status_list::{self, Bits, CardStatus, Token, delta};
use ektp::pki::x509::issue::Credential;
use ektp::read::{Setup, Terminal, Want, World, read};
use ektp::record::Record;
use ektp::softchip::fixture::Inside;
use ektp::softchip::{SoftChip, SoftPort, State};
use ektp::verify::{Challenge, Evidence};
use ektp::world::{Clock, DangerousSeededEntropy, SystemClock, system_entropy};
use jiff::SignedDuration;

/// An authority and the files of one card of it.
pub struct Cards {
    pub kit: Kit,
    pub built: Built,
    ca: PrivateKey,
    aa: Option<PrivateKey>,
}

impl Cards {
    /// Of a record and a profile; with a key for Active Authentication where the profile has one.
    pub fn of(record: &Record, profile: &str) -> Self {
        let mut rng = system_entropy();
        let profile = Profile::named(profile).unwrap();
        let built = build(record, &profile, profile.face, Numbers::draw(record, &profile, &mut rng)).unwrap();
        let key = || PrivateKey::generate(Curve::P256, &mut system_entropy());
        let aa = profile.active_authentication.then(key);
        Self { kit: Kit::mint(&SystemClock, &mut rng).unwrap(), built, ca: key(), aa }
    }

    /// The sample citizen's, with Active Authentication.
    pub fn citizen() -> Self {
        Self::of(&ektp::record::sample::citizen().unwrap().0, "ektp-80k")
    }

    /// The signer of the kit's documents.
    pub fn signer(&self) -> &Credential {
        &self.kit.ds
    }

    /// All files; `change` comes before the signature.
    pub fn files(&self, signer: &Credential, change: impl FnOnce(&mut CardFiles)) -> CardFiles {
        let mut files = self.built.files.clone();
        files.insert(FileId::Dg14, dg14::build(&self.ca.public_key(), Some(1), self.aa.is_some()));
        if let Some(key) = &self.aa {
            files.insert(FileId::Dg15, dg15::build(&key.public_key()));
        }
        change(&mut files);
        let object = LdsSecurityObject::over(HashAlg::Sha256, files.data_groups());
        files.insert(FileId::Sod, sod::sign(&object, &signer.key, &signer.cert, SystemClock.now()));
        files
    }

    /// A LOCKED chip with these files and the card's own keys.
    pub fn chip(&self, files: CardFiles) -> SoftChip {
        let yesterday = (SystemClock.now() - SignedDuration::from_hours(24)).to_zoned(jiff::tz::TimeZone::UTC).date();
        self.chip_since(files, yesterday)
    }

    /// The same, with another date of its own.
    pub fn chip_since(&self, files: CardFiles, date: jiff::civil::Date) -> SoftChip {
        let digits: Vec<u8> = date.strftime("%y%m%d").to_string().bytes().map(|b| b - b'0').collect();
        let inside = Inside {
            trust_point: Some(self.kit.roots.cvca.body_bytes().to_vec()),
            date: digits.try_into().ok(),
            ca_key: Some(self.ca.clone()),
            aa_key: self.aa.clone(),
            state: State::Locked,
            ..Inside::copied(files, self.can())
        };
        inside.chip(system_entropy()).unwrap()
    }

    /// The number on its face.
    pub fn can(&self) -> &str {
        self.built.numbers.can.expose()
    }

    /// An honest card.
    pub fn honest(&self) -> SoftChip {
        self.chip(self.files(self.signer(), |_| ()))
    }

    /// What a terminal reads from a chip.
    pub fn evidence(&self, chip: SoftChip, challenge: Option<&Challenge>) -> Evidence {
        let kit = &self.kit.terminal;
        let terminal = Terminal::new(kit.chain.clone(), kit.key.clone()).unwrap();
        let password = Password::can(self.can()).unwrap();
        let challenge = challenge.and_then(|c| c.bytes().try_into().ok());
        let setup = Setup { password: &password, want: &Want::Everything, terminal: Some(&terminal), challenge, extended: false };
        let world = World { clock: &SystemClock, rng: &mut DangerousSeededEntropy::new(4), progress: &mut |_| () };
        read(&mut Channel::new(Link::new(&mut SoftPort::new(chip))), &setup, world).unwrap().evidence
    }

    /// A status list of this number, so many hours old, in which the card has this status.
    pub fn list(&self, status: CardStatus, number: u64, hours: i64) -> Vec<u8> {
        let index = u64::from(self.built.numbers.status_index);
        self.signed_list(index + 1, Some((index, status)), number, hours)
    }

    /// A list that ends before the card's index.
    pub fn short_list(&self) -> Vec<u8> {
        self.signed_list(u64::from(self.built.numbers.status_index).min(4), None, 1, 0)
    }

    /// A whole list, and the deltas of the next numbers after it: in each the card has the next of these statuses.
    pub fn deltas(&self, statuses: &[CardStatus]) -> (Vec<u8>, Vec<Vec<u8>>) {
        let index = u64::from(self.built.numbers.status_index);
        let mut register = Register::new("https://example.invalid/status", index + 1).unwrap();
        let mut next = |status: &CardStatus| {
            register.set(index, *status).unwrap();
            register.next(SystemClock.now(), "kit", false)
        };
        let (first, rest) = statuses.split_first().unwrap();
        let whole = status_list::sign(&next(first).whole.unwrap(), &self.kit.status_list).unwrap();
        let sign = |status| delta::sign(&next(status).delta.unwrap(), &self.kit.status_list).unwrap();
        (whole, rest.iter().map(sign).collect())
    }

    fn signed_list(&self, length: u64, entry: Option<(u64, CardStatus)>, number: u64, hours: i64) -> Vec<u8> {
        let mut bits = Bits::new(length);
        if let Some((index, status)) = entry {
            assert!(bits.set(index, status));
        }
        let issued_at = SystemClock.now() - SignedDuration::from_hours(hours);
        let token = Token { number, issued_at, uri: "https://example.invalid/status".into(), bits };
        status_list::sign(&token, &self.kit.status_list).unwrap()
    }
}
