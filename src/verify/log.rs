//! The register of verifications by a third party, a bank say: for what a card was verified and which groups of it were read, never what
//! they say. A line of JSON each, chained by hashes; a record is durable before the verdict is told.

use super::hex;
use crate::crypto::hash::sha256;
use crate::durable;
use crate::limits::{VERIFICATION_BYTES, VERIFICATION_LOG_BYTES};
use crate::reason::{Reason, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// First bytes of what is hashed.
const LABEL: &[u8] = b"ektp-verification-1";
/// Longest word of a purpose.
const PURPOSE_CHARS: usize = 40;

/// Why the register does not serve. No verdict is told without it, where one was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LogError {
    /// It cannot be read, or written durably.
    #[error("the register of verifications cannot be kept: {0}")]
    Unavailable(io::ErrorKind),
    /// A record that does not parse, or does not follow the one before it.
    #[error("record {0} of the register of verifications does not follow")]
    Altered(u64),
    /// A head that was seen before is not there: the register was cut, or put back.
    #[error("the register of verifications does not hold record {0} as it was seen")]
    RolledBack(u64),
    /// It is larger than a register may be: begin another.
    #[error("the register of verifications is full")]
    Full,
    /// A purpose is 1 to 40 small letters and hyphens: no number of anybody is one.
    #[error("a purpose is 1 to {PURPOSE_CHARS} small letters and hyphens")]
    Purpose,
}

impl Refusal for LogError {
    fn reason(&self) -> Reason {
        match self {
            Self::Unavailable(kind) => Reason::of_io(*kind),
            Self::Altered(_) => Reason::AuditAltered,
            Self::RolledBack(_) => Reason::StoreRolledBack,
            Self::Full | Self::Purpose => Reason::InputInvalid,
        }
    }
}

/// For what a card is verified, as a word: `account-opening`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Purpose(String);

impl Purpose {
    /// Takes a word.
    ///
    /// # Errors
    /// [`LogError::Purpose`].
    pub fn parse(text: &str) -> Result<Self, LogError> {
        let plain = (1..=PURPOSE_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        if plain { Ok(Self(text.to_owned())) } else { Err(LogError::Purpose) }
    }

    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Purpose {
    type Error = LogError;

    fn try_from(text: String) -> Result<Self, LogError> {
        Self::parse(&text)
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.0
    }
}

/// What is recorded of a verification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Its number, from 1.
    pub n: u64,
    /// When.
    pub at: Timestamp,
    /// What was verified: `card` or `person`.
    pub of: String,
    /// For what.
    pub purpose: Purpose,
    /// What came of it: a decision, or of a person the answer's code.
    pub outcome: String,
    /// The fields that were read, by the names of their groups.
    pub fields: Vec<String>,
}

/// A line of the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    record: Record,
    head: String,
}

/// Where the register stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Records.
    pub n: u64,
    /// Head after them.
    pub head: [u8; 32],
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.n, hex::encode(&self.head))
    }
}

impl std::str::FromStr for Mark {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a mark is NUMBER:HEAD, as `verify log` tells it";
        let (n, head) = text.split_once(':').ok_or(wrong)?;
        let head = hex::decode(head).and_then(|bytes| bytes.try_into().ok()).ok_or(wrong)?;
        Ok(Self { n: n.parse().map_err(|_| wrong)?, head })
    }
}

impl Mark {
    /// Before the first record.
    fn genesis() -> Self {
        Self { n: 0, head: sha256(LABEL) }
    }

    /// After a record: `SHA-256("ektp-verification-1" ‖ head before ‖ the record's JSON)`.
    fn after(self, record: &Record) -> Self {
        let json = serde_json::to_vec(record).unwrap_or_default();
        Self { n: record.n, head: sha256(&[LABEL, &self.head, &json].concat()) }
    }
}

/// A register in a file.
#[derive(Debug, Clone)]
pub struct Log(PathBuf);

impl Log {
    /// A register that is there, or begins with the first record; that it can be written is found out now.
    ///
    /// # Errors
    /// [`LogError::Unavailable`]; [`LogError::Altered`] if its last record is none.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let log = Self(path.to_owned());
        let _alone = durable::lock(path).map_err(unavailable)?;
        log.last(&mut log.file()?)?;
        Ok(log)
    }

    /// A register to be read alone, which is there.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    fn file(&self) -> Result<File, LogError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.0).map_err(unavailable)
    }

    /// Records a verification, durably, after whatever other processes record.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn append(
        &self,
        at: Timestamp,
        (of, purpose): (&str, &Purpose),
        outcome: &str,
        fields: Vec<String>,
    ) -> Result<Mark, LogError> {
        let _alone = durable::lock(&self.0).map_err(unavailable)?;
        let mut file = self.file()?;
        let (last, end) = self.last(&mut file)?;
        let record =
            Record { n: last.n + 1, at, of: of.to_owned(), purpose: purpose.clone(), outcome: outcome.to_owned(), fields };
        let mark = last.after(&record);
        let mut line = serde_json::to_vec(&Line { record, head: hex::encode(&mark.head) }).unwrap_or_default();
        line.push(b'\n');
        if line.len() > VERIFICATION_BYTES || end + line.len() as u64 > VERIFICATION_LOG_BYTES {
            return Err(LogError::Full);
        }
        // What a crash left half of was never told to anybody.
        file.set_len(end).map_err(unavailable)?;
        file.seek(SeekFrom::Start(end))
            .and_then(|_| file.write_all(&line))
            .and_then(|()| file.sync_all())
            .map_err(unavailable)?;
        if end == 0 {
            let folder = self.0.parent().filter(|folder| !folder.as_os_str().is_empty());
            durable::sync_folder(folder.unwrap_or(Path::new("."))).map_err(unavailable)?;
        }
        Ok(mark)
    }

    /// Where it stands, and where its last whole line ends.
    fn last(&self, file: &mut File) -> Result<(Mark, u64), LogError> {
        let length = file.metadata().map_err(unavailable)?.len();
        let tail = length.min(2 * VERIFICATION_BYTES as u64);
        file.seek(SeekFrom::Start(length - tail)).map_err(unavailable)?;
        let mut bytes = Vec::new();
        file.take(tail).read_to_end(&mut bytes).map_err(unavailable)?;
        let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
            return if length < VERIFICATION_BYTES as u64 { Ok((Mark::genesis(), 0)) } else { Err(LogError::Altered(0)) };
        };
        let whole = bytes.get(..end).unwrap_or_default();
        let line = whole.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let mark = parse(line).map(|(_, mark)| mark).ok_or(LogError::Altered(0))?;
        Ok((mark, length - tail + end as u64 + 1))
    }

    /// Every record, each found to follow the one before, and `known` among them; the mark after the last. A line that a crash left
    /// half of counts as none.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn read(&self, known: Option<Mark>, mut each: impl FnMut(Record)) -> Result<Mark, LogError> {
        let file = File::open(&self.0).map_err(unavailable)?;
        if file.metadata().map_err(unavailable)?.len() > VERIFICATION_LOG_BYTES {
            return Err(LogError::Full);
        }
        let (mut reader, mut mark, mut line) =
            (io::BufReader::new(file.take(VERIFICATION_LOG_BYTES)), Mark::genesis(), Vec::new());
        let mut seen = known.is_none_or(|known| known == mark);
        loop {
            line.clear();
            reader.read_until(b'\n', &mut line).map_err(unavailable)?;
            if line.pop() != Some(b'\n') {
                break;
            }
            let altered = LogError::Altered(mark.n + 1);
            let (record, says) = parse(&line).ok_or(altered)?;
            if record.n != mark.n + 1 || mark.after(&record) != says {
                return Err(altered);
            }
            mark = says;
            seen |= known == Some(mark);
            each(record);
        }
        match known {
            Some(known) if !seen => Err(LogError::RolledBack(known.n)),
            _ => Ok(mark),
        }
    }
}

fn parse(line: &[u8]) -> Option<(Record, Mark)> {
    let line: Line = serde_json::from_slice(line).ok()?;
    let head = hex::decode(&line.head)?.try_into().ok()?;
    Some((line.record.clone(), Mark { n: line.record.n, head }))
}

fn unavailable(error: io::Error) -> LogError {
    LogError::Unavailable(error.kind())
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::UNIX_EPOCH;

    fn log() -> (tempfile::TempDir, Log) {
        let dir = tempfile::tempdir().unwrap();
        let log = Log::open(&dir.path().join("log")).unwrap();
        (dir, log)
    }

    fn add(log: &Log, purpose: &str) -> Mark {
        log.append(AT, ("card", &Purpose::parse(purpose).unwrap()), "genuine", vec!["DG1".into(), "DG11".into()]).unwrap()
    }

    fn all(log: &Log, known: Option<Mark>) -> Result<Vec<Record>, LogError> {
        let mut records = Vec::new();
        log.read(known, |record| records.push(record))?;
        Ok(records)
    }

    #[test]
    fn records_follow_each_other_and_hold_no_value() {
        let (dir, log) = log();
        let first = add(&log, "account-opening");
        let second = add(&Log::open(&dir.path().join("log")).unwrap(), "loan");
        let records = all(&log, Some(first)).unwrap();
        assert_eq!(records.iter().map(|r| (r.n, r.purpose.as_str())).collect::<Vec<_>>(), [(1, "account-opening"), (2, "loan")]);
        assert_eq!((records[0].fields.as_slice(), second.n), (["DG1".to_owned(), "DG11".to_owned()].as_slice(), 2));
        assert_eq!(second.to_string().parse(), Ok(second));
        assert!("2".parse::<Mark>().is_err() && "x:00".parse::<Mark>().is_err());
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&log.0).unwrap().permissions()) & 0o777, 0o600);
    }

    #[test]
    fn what_a_crash_left_half_of_is_written_over() {
        let (_dir, log) = log();
        add(&log, "a");
        let whole = std::fs::read(&log.0).unwrap();
        for half in 1..whole.len() {
            std::fs::write(&log.0, [&whole[..], &whole[..half]].concat()).unwrap();
            if half < whole.len() - 1 {
                assert_eq!(all(&log, None).unwrap().len(), 1, "{half}");
            }
        }
        std::fs::write(&log.0, [&whole[..], &whole[..20]].concat()).unwrap();
        assert_eq!(add(&log, "b").n, 2);
        assert_eq!(all(&log, None).unwrap().len(), 2);
        std::fs::write(&log.0, &whole[..20]).unwrap();
        assert_eq!(add(&log, "b").n, 1, "nothing was told yet");
    }

    #[test]
    fn what_is_altered_cut_or_put_back_is_named() {
        let (_dir, log) = log();
        add(&log, "a");
        let cut = std::fs::read(&log.0).unwrap();
        let second = add(&log, "b");
        let whole = std::fs::read(&log.0).unwrap();
        let with = |bytes: &[u8]| std::fs::write(&log.0, bytes).unwrap();
        with(&cut);
        let rolled = all(&log, Some(second)).unwrap_err();
        assert_eq!((rolled, rolled.reason()), (LogError::RolledBack(2), Reason::StoreRolledBack));
        with(String::from_utf8(whole.clone()).unwrap().replacen("genuine", "not-it", 1).as_bytes());
        let altered = all(&log, None).unwrap_err();
        assert_eq!((altered, altered.reason()), (LogError::Altered(1), Reason::AuditAltered));
        with(&whole[cut.len()..]);
        assert_eq!(all(&log, None), Err(LogError::Altered(1)));
        with(b"nothing\n");
        assert_eq!(Log::open(&log.0).unwrap_err(), LogError::Altered(0));
        assert_eq!(log.append(AT, ("card", &Purpose::parse("a").unwrap()), "x", vec![]), Err(LogError::Altered(0)));
        with(&whole);
        let long = vec!["x".repeat(VERIFICATION_BYTES)];
        let full = log.append(AT, ("card", &Purpose::parse("a").unwrap()), "x", long).unwrap_err();
        assert_eq!((full, full.reason()), (LogError::Full, Reason::InputInvalid));
        std::fs::remove_file(&log.0).unwrap();
        std::fs::create_dir(&log.0).unwrap();
        let folder = Log::open(&log.0).unwrap_err();
        let LogError::Unavailable(kind) = folder else { panic!("{folder:?}") };
        assert_eq!(folder.reason(), Reason::of_io(kind));
    }

    #[test]
    fn no_number_is_a_purpose() {
        for bad in ["", "3171010101900001", "Loan", "a b", &"a".repeat(41)] {
            let refused = Purpose::parse(bad).unwrap_err();
            assert_eq!((refused, refused.reason()), (LogError::Purpose, Reason::InputInvalid), "{bad}");
        }
        assert!(serde_json::from_str::<Purpose>("\"317101\"").is_err());
    }

    #[test]
    fn of_many_at_once_each_has_a_number_of_its_own() {
        let (_dir, log) = log();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| add(&log, "a"));
            }
        });
        assert_eq!(all(&log, None).unwrap().len(), 8);
    }
}
