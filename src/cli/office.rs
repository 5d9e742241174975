//! The options by which verbs get at a store of issuance, and by which officers sit down at a desk of it.

use super::output::Failure;
use super::{job, secret_input};
use crate::issuance::desk::{By, Desk, Hand, Officer};
use crate::issuance::names::Named as _;
use crate::issuance::officer::{Folder, OfficerId, Roster};
use crate::issuance::store::{Id, Place, Store, StoreKey};
use crate::issuance::{Office, Role};
use crate::pki::chip_keys::{ChipKey, Kind};
use crate::pki::key::PrivateKey;
use crate::pki::keystore;
use crate::reason::Reason;
use crate::verify::hex;
use crate::world::{Clock as _, SystemClock, system_entropy};
use rand_core::CryptoRng;
use std::path::{Path, PathBuf};

/// Where a store is, and what opens it.
#[derive(Debug, clap::Args)]
pub struct StoreArgs {
    /// The store: a file, or postgres://… on this machine
    #[arg(long, value_name = "STORE", env = "EKTP_ISSUANCE")]
    pub store: String,
    /// Its key, a file of `ektp pki chip-key --kind store`
    #[arg(long, value_name = "FILE", env = "EKTP_ISSUANCE_KEY")]
    store_key: PathBuf,
    /// Passphrase of that file: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt", env = "EKTP_ISSUANCE_PASSPHRASE")]
    store_passphrase: String,
}

/// Opens the key of a store, a file of `ektp pki chip-key --kind store`.
///
/// # Errors
/// `key-missing`, `login-needed`, `input-invalid` for a key of another kind.
pub fn store_key(file: &Path, passphrase: &str) -> Result<StoreKey, Failure> {
    let passphrase = secret_input::read(passphrase, "passphrase of the store's key")?;
    let at = |e| Failure::at(file, &e);
    let opened = ChipKey::open(file, Kind::Store, &passphrase).map_err(at)?;
    Ok(StoreKey::new(opened.master(Kind::Store).map_err(at)?.expose())?)
}

impl StoreArgs {
    /// Where it is.
    pub fn place(&self) -> Place {
        Place::parse(&self.store)
    }

    /// The key.
    ///
    /// # Errors
    /// `key-missing`, `login-needed`, `input-invalid` for a key of another kind.
    pub fn key(&self) -> Result<StoreKey, Failure> {
        store_key(&self.store_key, &self.store_passphrase)
    }

    /// The store, opened, and its key.
    ///
    /// # Errors
    /// Those of [`Self::key`], and `store-unavailable`, `wrong-store-key`, `encoding-invalid`.
    pub fn open(&self) -> Result<(Box<dyn Store>, StoreKey), Failure> {
        let key = self.key()?;
        Ok((self.place().open(Some(&key), &[])?, key))
    }
}

/// A store, an office of it, and one or two officers.
#[derive(Debug, clap::Args)]
pub struct OfficeArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// The roster: the folder of all grants (`ektp officer roster`)
    #[arg(long, value_name = "DIR", env = "EKTP_ROSTER")]
    roster: PathBuf,
    /// The office of this desk: `ministry`, a regency's code (31.71) or a sub-district's (31.71.01)
    #[arg(long, value_name = "OFFICE", env = "EKTP_OFFICE")]
    pub office: Office,
    /// The officer's key
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The officer's session (`ektp officer session`), in the place of key and passphrase [env: EKTP_SESSION]
    #[arg(long, value_name = "SOCKET", conflicts_with = "key")]
    session: Option<PathBuf>,
    /// Its passphrase: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    passphrase: String,
    /// The second officer's key, where two are asked
    #[arg(long, value_name = "FILE")]
    second: Option<PathBuf>,
    /// The second officer's session, in the place of key and passphrase
    #[arg(long, value_name = "SOCKET", conflicts_with = "second")]
    second_session: Option<PathBuf>,
    /// Passphrase of the second officer's key
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    second_passphrase: String,
    /// Name of the job: the same again is found in the store and not done again, other content under it is refused; drawn if it is
    /// not given
    #[arg(long, value_name = "ID", value_parser = job::parse_id)]
    job_id: Option<String>,
}

/// Where an officer's key is.
enum Where {
    File(PathBuf),
    Session(PathBuf),
}

#[cfg(unix)]
fn session_at(socket: &Path) -> Result<Box<dyn Hand>, Failure> {
    let session = crate::issuance::desk::session::Session::at(socket).map_err(|e| Failure::at(socket, &e))?;
    Ok(Box::new(session))
}

#[cfg(not(unix))]
fn session_at(_: &Path) -> Result<Box<dyn Hand>, Failure> {
    Err(Failure::new(Reason::Usage, "sessions need Unix sockets"))
}

/// A desk with its officers, from the opened files.
pub struct Sitting {
    store: Box<dyn Store>,
    key: StoreKey,
    roster: Roster,
    office: Office,
    clock: SystemClock,
    rng: Box<dyn CryptoRng>,
    first: Officer,
    second: Option<Officer>,
    /// The first officer's key, for what is signed beside the store: an authorization.
    pub first_key: Option<PrivateKey>,
    /// The job.
    pub job: Id,
}

impl OfficeArgs {
    /// Opens everything. `roles` are those that the verb's steps are for, the usual one first: where an officer has several grants, the
    /// first of these is used.
    ///
    /// # Errors
    /// What a key, the roster or the store cannot be opened for; `not-permitted` if an officer has no grant at all.
    pub fn sit(&self, roles: &[Role]) -> Result<Sitting, Failure> {
        let roster = Folder::open(&self.roster)?.roster().clone();
        let hands = self.hands()?;
        let (first, first_key) = self.officer(&roster, (hands.0, &self.passphrase), roles)?;
        let second = hands.1.map(|hand| self.officer(&roster, (hand, &self.second_passphrase), roles)).transpose()?;
        let second = second.map(|(officer, _)| officer);
        let (store, key) = self.store.open()?;
        let mut rng: Box<dyn CryptoRng> = Box::new(system_entropy());
        let job = self.job(rng.as_mut())?;
        Ok(Sitting { store, key, roster, office: self.office, clock: SystemClock, rng, first, second, first_key, job })
    }

    fn job(&self, rng: &mut dyn CryptoRng) -> Result<Id, Failure> {
        let mut drawn = [0; 16];
        rng.fill_bytes(&mut drawn);
        let text = self.job_id.clone().unwrap_or_else(|| format!("job-{}", hex::encode(&drawn)));
        Ok(Id::parse(&text)?)
    }

    /// Where the first officer's key is, and the second's.
    fn hands(&self) -> Result<(Where, Option<Where>), Failure> {
        // The environment is asked here, not by the parser: what a station always has set must not conflict with --key.
        let set = || std::env::var_os("EKTP_SESSION").filter(|socket| !socket.is_empty()).map(PathBuf::from);
        let first = match (&self.key, &self.session) {
            (Some(key), _) => Some(Where::File(key.clone())),
            (None, Some(socket)) => Some(Where::Session(socket.clone())),
            (None, None) => set().map(Where::Session),
        };
        let first = first.ok_or_else(|| Failure::new(Reason::Usage, "an officer is needed: --key FILE, or --session SOCKET"))?;
        let second = self.second.clone().map(Where::File).or(self.second_session.clone().map(Where::Session));
        Ok((first, second))
    }

    fn officer(
        &self,
        roster: &Roster,
        (hand, source): (Where, &str),
        roles: &[Role],
    ) -> Result<(Officer, Option<PrivateKey>), Failure> {
        match hand {
            Where::File(path) => {
                let passphrase = secret_input::read(source, "passphrase")?;
                let key: PrivateKey = keystore::open(&path, &passphrase).map_err(|e| Failure::at(&path, &e))?;
                let (role, office) = self.grant(roster, OfficerId::of(&key.public_key()), roles)?;
                Ok((Officer::new(key.clone(), role, office), Some(key)))
            }
            Where::Session(socket) => {
                let hand = session_at(&socket)?;
                let (role, office) = self.grant(roster, hand.id(), roles)?;
                Ok((Officer::by(hand, role, office), None))
            }
        }
    }

    /// By which grant: of this office or one above it, in the first of these roles; else by whichever there is, and the rules refuse it.
    fn grant(&self, roster: &Roster, officer: OfficerId, roles: &[Role]) -> Result<(Role, Office), Failure> {
        let now = SystemClock.now();
        let offices = || std::iter::successors(Some(self.office), |office| office.above());
        let all = roles.iter().chain(Role::EVERY).flat_map(|role| offices().map(|office| (*role, office)));
        let mut refused = None;
        for place in all {
            match roster.standing(officer, place, now) {
                Ok(_) => return Ok(place),
                Err(error) => refused = refused.or(Some(error)),
            }
        }
        Err(refused.map_or_else(|| crate::issuance::officer::StandingError::Unknown(officer).into(), Failure::from))
    }
}

impl Sitting {
    /// The key of the store.
    pub fn key(&self) -> &StoreKey {
        &self.key
    }

    /// The desk, and whoever sits there.
    pub fn desk(&mut self) -> (Desk<'_>, By<'_>) {
        let desk = Desk {
            office: self.office,
            roster: &self.roster,
            store: self.store.as_mut(),
            key: &self.key,
            clock: &self.clock,
            rng: self.rng.as_mut(),
        };
        (desk, By { first: &self.first, second: self.second.as_ref() })
    }
}
