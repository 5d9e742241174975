//! The country of the morning: a ministry, a regency and a service point, their officers with keys and grants, a store and a gallery.

use super::MorningArgs;
use super::bench::{cannot, write};
use crate::chip::port::pcsc::Readers;
use crate::chip::port::selector::{Selector, Stations};
use crate::cli::demo::steps::{Answer, Heard, Service, Setting, Steps};
use crate::cli::output::{Failure, Output};
use crate::crypto::ec::{self, Curve};
use crate::issuance::officer::{Folder, Grant};
use crate::issuance::{Office, Role};
use crate::pki::key::PrivateKey;
use crate::pki::keystore;
use crate::pki::sample::Kit;
use crate::secret::Secret;
use crate::world::system_entropy;
use jiff::Timestamp;
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;

/// How long the reader may take to see that a card came or went.
const CARD_APPEARS: Duration = Duration::from_secs(10);
/// A hand takes longer than this to lay the next card. The service looks every 400 ms, and where a card left in mid-exchange and another
/// came between two looks, it never notices: the reader stays empty to it.
const HAND: Duration = Duration::from_millis(900);
/// Offices of the morning, by their codes.
pub const MINISTRY: &str = "ministry";
/// The regency's civil registry office.
pub const REGENCY: &str = "31.71";
/// The service point of the sub-district.
pub const POINT: &str = "31.71.01";

/// Officers: the name of the key file, role and office.
const OFFICERS: [(&str, Role, &str); 19] = [
    ("head", Role::HeadOfRegistry, REGENCY),
    ("camat", Role::Camat, POINT),
    ("operator", Role::Operator, POINT),
    ("operator-2", Role::Operator, POINT),
    ("supervisor", Role::Supervisor, POINT),
    ("regency-operator", Role::Operator, REGENCY),
    ("regency-operator-2", Role::Operator, REGENCY),
    ("regency-supervisor", Role::Supervisor, REGENCY),
    ("regency-personalizer", Role::Personalizer, REGENCY),
    ("regency-courier", Role::Courier, REGENCY),
    ("point-courier", Role::Courier, POINT),
    ("personalizer", Role::Personalizer, MINISTRY),
    ("ministry-supervisor", Role::Supervisor, MINISTRY),
    ("courier", Role::Courier, MINISTRY),
    ("centre", Role::Centre, MINISTRY),
    ("adjudicator", Role::Adjudicator, MINISTRY),
    ("adjudicator-2", Role::Adjudicator, MINISTRY),
    ("witness", Role::Witness, MINISTRY),
    ("witness-2", Role::Witness, MINISTRY),
];

/// What an office's machine has set for all of its verbs.
const ENVIRONMENT: [(&str, &str); 3] =
    [("EKTP_ISSUANCE", "issuance.db"), ("EKTP_ISSUANCE_KEY", "store.key"), ("EKTP_ROSTER", "roster")];

/// Everything the steps work on.
pub struct Country {
    /// Runs verbs.
    pub steps: Steps,
    /// The folder.
    pub dir: PathBuf,
    /// The virtual reader.
    pub reader: String,
    /// Its port.
    pub port: String,
    _temporary: Option<tempfile::TempDir>,
}

/// Where a step is taken, and by whom.
#[derive(Clone, Copy)]
pub struct At<'a> {
    pub office: &'a str,
    pub by: &'a str,
    pub with: Option<&'a str>,
}

impl<'a> At<'a> {
    /// One officer of an office.
    pub const fn new(office: &'a str, by: &'a str) -> Self {
        Self { office, by, with: None }
    }

    /// And a second.
    pub const fn and(self, second: &'a str) -> Self {
        Self { with: Some(second), ..self }
    }
}

impl Country {
    /// Makes the folder, the keys, the roster, the store and the gallery.
    pub fn found(args: &MorningArgs, port: u16, out: &mut Output) -> Result<Self, Failure> {
        let steps = Steps::new()?;
        let (dir, temporary) = match &args.keep {
            Some(dir) => (dir.clone(), None),
            None => {
                let held = steps.temporary().map_err(|e| cannot(&std::env::temp_dir(), &e))?;
                (held.path().to_owned(), Some(held))
            }
        };
        let dir = dir.canonicalize().map_err(|e| cannot(&dir, &e))?;
        let steps = steps.within(Setting { folder: dir.clone(), environment: ENVIRONMENT.to_vec() });
        let country = Self { steps, dir, reader: args.reader.clone(), port: port.to_string(), _temporary: temporary };
        write(&country.dir.join("pass"), crate::pki::sample::PASSPHRASE.as_bytes())?;
        country.steps.must(&["pki", "sample-kit", &country.at("kit")], out)?;
        country.officers()?;
        let pass = country.pass();
        for (kind, file) in [("store", "store.key"), ("gallery", "gallery.key")] {
            country.steps.must(&["pki", "chip-key", "--kind", kind, "--out", &country.at(file), "--passphrase", &pass], out)?;
        }
        let store = country.store();
        country.must(&[&["store", "create"], &words(&store)[..]].concat(), out)?;
        country
            .must(&["afis", "new", &country.at("gallery"), "--key", &country.at("gallery.key"), "--passphrase", &pass], out)?;
        country
            .must(&["pki", "status-list-new", "--uri", "https://example.invalid/status", &country.at("register.json")], out)?;
        Ok(country)
    }

    /// Keys and grants, under a root of the morning's own; the approver's key is the kit's, whose certificate says so too.
    fn officers(&self) -> Result<(), Failure> {
        let mut rng = system_entropy();
        let passphrase = Secret::new(crate::pki::sample::PASSPHRASE.to_owned());
        let root: PrivateKey = ec::PrivateKey::generate(Curve::P256, &mut rng).into();
        let mut folder = Folder::create(&self.dir.join("roster"), &root.public_key())?;
        let now = Timestamp::now();
        let day = jiff::SignedDuration::from_hours(24);
        let time = (now.saturating_sub(day).unwrap_or(now), now.saturating_add(day).unwrap_or(Timestamp::MAX));
        let approver = Kit::load(&self.dir.join("kit"))?.approver.key;
        for (name, role, office) in OFFICERS.into_iter().chain([("approver", Role::Approver, MINISTRY)]) {
            let office: Office = office.parse()?;
            let key =
                if role == Role::Approver { approver.clone() } else { ec::PrivateKey::generate(Curve::P256, &mut rng).into() };
            folder.add(Grant::new(&key.public_key(), name, (role, office), time)?.signed_by(&root))?;
            keystore::create(&self.dir.join(format!("{name}.key")), &key, &passphrase, &mut rng)?;
        }
        Ok(())
    }

    /// A path inside the folder, as an argument: the steps are run there.
    #[allow(clippy::unused_self)] // so that no path is written that is of another folder
    pub fn at(&self, name: &str) -> String {
        name.to_owned()
    }

    /// The source of every passphrase of the morning.
    pub fn pass(&self) -> String {
        format!("file:{}", self.at("pass"))
    }

    /// The option that opens the store, which the environment names.
    pub fn store(&self) -> Vec<String> {
        ["--store-passphrase", &self.pass()].map(str::to_owned).to_vec()
    }

    /// The options by which an officer sits down, or two.
    pub fn desk(&self, at: At<'_>) -> Vec<String> {
        let pass = self.pass();
        let mut options = self.store();
        let key = |name: &str| self.at(&format!("{name}.key"));
        let own = ["--office", at.office, "--key", &key(at.by), "--passphrase", &pass];
        options.extend(own.map(str::to_owned));
        if let Some(second) = at.with {
            options.extend(["--second", &key(second), "--second-passphrase", &pass].map(str::to_owned));
        }
        options
    }

    /// Runs a verb that must say yes.
    pub fn must(&self, args: &[&str], out: &mut Output) -> Result<Value, Failure> {
        self.steps.must(args, out)
    }

    /// Runs a verb of a desk that must say yes.
    pub fn step(&self, at: At<'_>, args: &[&str], out: &mut Output) -> Result<Value, Failure> {
        let desk = self.desk(at);
        self.steps.must(&[args, &words(&desk)[..]].concat(), out)
    }

    /// Runs a verb of a desk that must say yes, and does what its events ask for.
    pub fn follow(&self, at: At<'_>, args: &[&str], out: &mut Output, heard: Heard<'_>) -> Result<Value, Failure> {
        let desk = self.desk(at);
        self.steps.follow(&[args, &words(&desk)[..]].concat(), out, heard)
    }

    /// Runs a verb of a desk, whatever it answers.
    pub fn ask(&self, at: At<'_>, args: &[&str], out: &mut Output) -> Result<Answer, Failure> {
        let desk = self.desk(at);
        self.steps.ask(&[args, &words(&desk)[..]].concat(), out)
    }

    /// Lays a chip on the virtual reader.
    pub fn lay(&self, state: &str, out: &mut Output) -> Result<Service, Failure> {
        let service = self.steps.serve(&["chip", "serve", "--state", &self.at(state), "--port", &self.port], out)?;
        self.await_card(true)?;
        Ok(service)
    }

    /// Takes it off again.
    pub fn take_away(&self, chip: Service) -> Result<(), Failure> {
        chip.stop();
        std::thread::sleep(HAND);
        self.await_card(false)
    }

    fn await_card(&self, present: bool) -> Result<(), Failure> {
        let readers = Readers::open()?;
        let reader = readers.find(&Selector::parse(&self.reader, &Stations::new())?)?;
        Ok(readers.wait(&reader, present, CARD_APPEARS)?)
    }
}

/// Arguments as words.
pub fn words(options: &[String]) -> Vec<&str> {
    options.iter().map(String::as_str).collect()
}
