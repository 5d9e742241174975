//! The judge's memory in a folder (`--state DIR`): one file per spent challenge, one for list numbers, all durable.
//!
//! A challenge is spent by creating a file that must not exist yet, so that of two judges at once only one finds it fresh. List
//! numbers are replaced whole under a lock, so that a crash leaves the old ones or the new ones.

use super::challenge::Challenge;
use super::hex;
use super::state::{ChallengeUse, JudgeState, StateError};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

const NUMBERS: &str = "list-numbers.json";
const DRAWN: &str = "drawn-challenges";
const SPENT: &str = "spent-challenges";
/// Longest text of an instant, in bytes.
const INSTANT_BYTES: u64 = 64;
/// Largest file of list numbers, in bytes.
const NUMBERS_BYTES: u64 = 65_536;

/// A judge's memory in a folder.
#[derive(Debug)]
pub struct StateDir {
    dir: PathBuf,
}

impl StateDir {
    /// Opens the folder, making it if it is not there.
    ///
    /// # Errors
    /// [`StateError::Unavailable`].
    pub fn open(dir: &Path) -> Result<Self, StateError> {
        for folder in [DRAWN, SPENT] {
            private_folders(&dir.join(folder)).map_err(unavailable)?;
        }
        Ok(Self { dir: dir.to_owned() })
    }

    fn numbers(&self) -> Result<BTreeMap<String, u64>, StateError> {
        let file = match File::open(self.dir.join(NUMBERS)) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(e) => return Err(unavailable(e)),
        };
        let mut text = Vec::new();
        file.take(NUMBERS_BYTES).read_to_end(&mut text).map_err(unavailable)?;
        serde_json::from_slice(&text).map_err(|_| StateError::Damaged(NUMBERS))
    }

    /// When this judge drew a challenge; none if it did not.
    fn drawn_at(&self, challenge: &Challenge) -> Result<Option<jiff::Timestamp>, StateError> {
        let file = match File::open(self.dir.join(DRAWN).join(hex::encode(challenge.bytes()))) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(unavailable(e)),
        };
        let mut text = String::new();
        file.take(INSTANT_BYTES).read_to_string(&mut text).map_err(unavailable)?;
        text.parse().map(Some).map_err(|_| StateError::Damaged(DRAWN))
    }

    /// Replaces the list numbers: a new file, synced, renamed over the old one, the folder synced.
    fn replace_numbers(&self, numbers: &BTreeMap<String, u64>) -> io::Result<()> {
        let fresh = self.dir.join(format!("{NUMBERS}.new"));
        let mut file = private().create(true).truncate(true).open(&fresh)?;
        file.write_all(&serde_json::to_vec(numbers).unwrap_or_default())?;
        file.sync_all()?;
        fs::rename(&fresh, self.dir.join(NUMBERS))?;
        sync_dir(&self.dir)
    }
}

impl JudgeState for StateDir {
    fn draw(&mut self, challenge: &Challenge) -> Result<(), StateError> {
        let drawn = self.dir.join(DRAWN);
        let mut file = private().create_new(true).open(drawn.join(hex::encode(challenge.bytes()))).map_err(unavailable)?;
        file.write_all(challenge.made_at().to_string().as_bytes()).map_err(unavailable)?;
        file.sync_all().and_then(|()| sync_dir(&drawn)).map_err(unavailable)
    }

    fn spend(&mut self, challenge: &Challenge) -> Result<ChallengeUse, StateError> {
        let Some(drawn_at) = self.drawn_at(challenge)? else {
            return Ok(ChallengeUse::new(challenge, None, false));
        };
        let drawn_at = Some(drawn_at);
        let spent = self.dir.join(SPENT);
        match private().create_new(true).open(spent.join(hex::encode(challenge.bytes()))) {
            Ok(file) => {
                file.sync_all().and_then(|()| sync_dir(&spent)).map_err(unavailable)?;
                Ok(ChallengeUse::new(challenge, drawn_at, true))
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(ChallengeUse::new(challenge, drawn_at, false)),
            Err(e) => Err(unavailable(e)),
        }
    }

    fn highest_list(&self, issuer: &str) -> Result<Option<u64>, StateError> {
        Ok(self.numbers()?.get(issuer).copied())
    }

    fn remember_list(&mut self, issuer: &str, number: u64) -> Result<(), StateError> {
        let lock = private().create(true).truncate(false).open(self.dir.join("lock")).map_err(unavailable)?;
        lock.lock().map_err(unavailable)?;
        let mut numbers = self.numbers()?;
        if numbers.get(issuer).is_none_or(|highest| *highest < number) {
            numbers.insert(issuer.to_owned(), number);
            self.replace_numbers(&numbers).map_err(unavailable)?;
        }
        Ok(())
    }
}

fn unavailable(error: io::Error) -> StateError {
    StateError::Unavailable(error.kind())
}

/// Opens for writing what only the judge's own user may read: which cards were seen is nobody else's matter.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_folders(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

#[cfg(unix)]
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(not(unix))]
fn sync_dir(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Standing;
    use crate::world::DangerousSeededEntropy;

    #[test]
    fn memory_outlives_the_process() {
        let dir = tempfile::tempdir().unwrap();
        let challenge = Challenge::draw(&mut DangerousSeededEntropy::new(1), jiff::Timestamp::UNIX_EPOCH);
        let mut state = StateDir::open(dir.path()).unwrap();
        assert_eq!(state.spend(&challenge).unwrap().standing(), Standing::Unknown);
        state.draw(&challenge).unwrap();
        assert!(matches!(state.draw(&challenge), Err(StateError::Unavailable(io::ErrorKind::AlreadyExists))));
        assert!(state.spend(&challenge).unwrap().is_fresh());
        state.remember_list("issuer", 5).unwrap();
        state.remember_list("issuer", 4).unwrap();
        let mut again = StateDir::open(dir.path()).unwrap();
        assert!(!again.spend(&challenge).unwrap().is_fresh());
        assert_eq!(again.highest_list("issuer"), Ok(Some(5)));
        assert_eq!(again.highest_list("other"), Ok(None));
    }

    #[cfg(unix)]
    #[test]
    fn memory_is_the_judges_own() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (state, challenge) =
            (dir.path().join("judge"), Challenge::draw(&mut DangerousSeededEntropy::new(3), jiff::Timestamp::UNIX_EPOCH));
        let mut judge = StateDir::open(&state).unwrap();
        judge.draw(&challenge).unwrap();
        judge.remember_list("issuer", 1).unwrap();
        assert!(judge.spend(&challenge).unwrap().is_fresh());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!([mode(&state), mode(&state.join(SPENT))], [0o700, 0o700]);
        let spent = fs::read_dir(state.join(SPENT)).unwrap().next().unwrap().unwrap().path();
        assert_eq!([mode(&spent), mode(&state.join(NUMBERS)), mode(&state.join("lock"))], [0o600; 3]);
    }

    #[test]
    fn of_many_judges_at_once_one_finds_the_challenge_fresh() {
        let dir = tempfile::tempdir().unwrap();
        let challenge = Challenge::draw(&mut DangerousSeededEntropy::new(2), jiff::Timestamp::UNIX_EPOCH);
        StateDir::open(dir.path()).unwrap().draw(&challenge).unwrap();
        let fresh: Vec<bool> = std::thread::scope(|scope| {
            let judges: Vec<_> = (0..8)
                .map(|n| {
                    let (dir, challenge) = (dir.path(), &challenge);
                    scope.spawn(move || {
                        let mut state = StateDir::open(dir).unwrap();
                        state.remember_list("issuer", n).unwrap();
                        state.spend(challenge).unwrap().is_fresh()
                    })
                })
                .collect();
            judges.into_iter().map(|j| j.join().unwrap()).collect()
        });
        assert_eq!(fresh.iter().filter(|f| **f).count(), 1);
        assert_eq!(StateDir::open(dir.path()).unwrap().highest_list("issuer"), Ok(Some(7)));
    }

    #[test]
    fn refusals_are_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, b"x").unwrap();
        assert!(matches!(StateDir::open(&file), Err(StateError::Unavailable(_))));
        fs::write(dir.path().join(NUMBERS), b"not json").unwrap();
        assert_eq!(StateDir::open(dir.path()).unwrap().highest_list("x"), Err(StateError::Damaged(NUMBERS)));
    }
}
