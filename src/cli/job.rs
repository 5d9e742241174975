//! `--job-id` of every verb that changes something: same id and content, same result; same id and other content, refused.
//!
//! The option is put on a verb unless the verb is listed as changing nothing or keeps jobs of its own. What was asked is
//! digested from the parsed command line: every value but secrets, each input file by its content, each output by its place.
//! A record of a job holds that digest and the result's data; it is private, durable, and holds no secret.

use super::output::{Failure, Outcome, Output};
use crate::reason::{Lang, Reason};
use clap::{Arg, ArgMatches, Command};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Verbs that change nothing that lasts: they show, judge or copy out, or serve until they are ended.
pub const UNCHANGING: [&str; 49] = [
    "doctor",
    "nik check",
    "nik explain",
    "record check",
    "reader list",
    "reader identify",
    "reader qualify",
    "chip serve",
    "card plan",
    "card inspect",
    "finger convert",
    "finger eval",
    "finger extract",
    "finger match",
    "finger sensor",
    "afis identify",
    "afis status",
    "audit verify",
    "case print",
    "case register show",
    "case show",
    "blank show",
    "shift show",
    "batch show",
    "incident list",
    "incident show",
    "report daily",
    "report ageing",
    "report stock",
    "report duplicates",
    "report production",
    "officer show",
    "packet verify",
    "perso status",
    "pki show",
    "pki check",
    "read",
    "verify person",
    "verify log",
    "signer serve",
    "demo card",
    "generate",
    "trace",
    "demo morning",
    "officer session",
    "officer leave",
    "sync status",
    "sync serve",
    "centre watch",
];

/// Verbs whose *no* is a result too: it cost a challenge, so the same job is told it again. What failed without a verdict is none.
const VERDICTS: [&str; 1] = ["verify card"];
/// What a job of a verb is about, and what it is never about: the same evidence has the same verdict, while the card that lies on a reader
/// may be another one by now, and a sample changes nothing.
const ABOUT: [(&str, &str, [&str; 2]); 1] = [("verify card", "evidence", ["reader", "sample"])];

/// Identifier of the option that is put on verbs; verbs with a job of their own have another.
const OPTION: &str = "shared_job_id";
/// Where a secret comes from is no content.
const SECRETS: [&str; 4] = ["passphrase", "old_passphrase", "nik_key", "value"];
/// Files that a verb writes: their place is content, what stands in them is not.
const OUTPUTS: [&str; 12] =
    ["out", "output", "register", "log", "state", "socket", "dir", "contact_sheet", "portrait", "signature", "spool", "at"];
/// The verb whose `--key` is written.
const MAKES_KEY: &str = "pki key";
/// Largest record and largest input file, in bytes.
const MAX_RECORD: u64 = 1_048_576;
const MAX_INPUT: u64 = 256 * 1_048_576;
/// Most files of a folder, or named by a document, that count.
const MAX_FILES: usize = 1_000;

/// A job's name: it becomes a file name.
///
/// # Errors
/// A text for people.
pub fn parse_id(text: &str) -> Result<String, String> {
    let plain = (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let told = crate::record::nik::is_told_in(text);
    let form = "1 to 64 letters, digits, `-`, `_` or `.`; never sixteen digits in a row, which may be somebody's number";
    if plain && !told { Ok(text.to_owned()) } else { Err(form.to_owned()) }
}

/// Puts `--job-id` on every verb below `command` that changes something and has none.
#[must_use]
pub fn equip(command: Command) -> Command {
    below(command, "")
}

fn below(command: Command, path: &str) -> Command {
    if command.has_subcommands() {
        return command.mut_subcommands(|sub| {
            let path = if path.is_empty() { sub.get_name().to_owned() } else { format!("{path} {}", sub.get_name()) };
            below(sub, &path)
        });
    }
    let has_own = command.get_arguments().any(|a| a.get_long() == Some("job-id"));
    if has_own || UNCHANGING.contains(&path) {
        return command;
    }
    let help = "Name of the job: the same id and content give the same result without doing it again, other content is refused. \
                Jobs are remembered in $EKTP_JOBS, or in ektp/jobs of the user's state folder";
    let option = Arg::new(OPTION).long("job-id").value_name("ID").value_parser(parse_id).help(help);
    let about = ABOUT.iter().filter(|(verb, ..)| *verb == path);
    command.arg(about.fold(option, |option, (_, needed, never)| option.requires(*needed).conflicts_with_all(never)))
}

/// A job that was asked for by name.
#[derive(Debug)]
pub struct Job {
    id: String,
    verb: &'static str,
    content: String,
    folder: PathBuf,
}

/// What is remembered of a job.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    format: String,
    job_id: String,
    verb: String,
    /// SHA-256 of what was asked, hexadecimal.
    content: String,
    /// The result's data; null while the job runs, and after it was interrupted.
    data: Option<Value>,
    /// Code of the result's reason; none with a plain yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

const FORMAT: &str = "ektp-job-1";

impl Job {
    /// The job that the command line names, if it names one of this mechanism.
    ///
    /// # Errors
    /// `file-unreadable` if an input cannot be read, or there is no folder for jobs.
    pub fn of(command: &Command, matches: &ArgMatches, verb: &'static str) -> Result<Option<Self>, Failure> {
        let (mut command, mut matches) = (command, matches);
        while let Some((name, inner)) = matches.subcommand() {
            let Some(sub) = command.find_subcommand(name) else { return Ok(None) };
            (command, matches) = (sub, inner);
        }
        let Ok(Some(id)) = matches.try_get_one::<String>(OPTION) else { return Ok(None) };
        let content = content(command, matches, verb)?;
        Ok(Some(Self { id: id.clone(), verb, content, folder: folder()? }))
    }

    /// Does the job once: a repeat answers with what is remembered.
    ///
    /// # Errors
    /// `job-conflict` if the id stands for other content; what the work itself fails with.
    pub fn once(&self, out: &mut Output, work: impl FnOnce(&mut Output) -> super::Answer) -> super::Answer {
        let _alone = self.lock()?;
        let known = self.load()?;
        if let Some(record) = &known {
            if record.content != self.content || record.verb != self.verb || record.job_id != self.id {
                let message = format!("job {} was asked for before, as other content of `{}`", self.id, record.verb);
                return Err(Failure::new(Reason::JobConflict, message));
            }
            if let Some(data) = &record.data {
                out.event("repeated", json!({"job_id": self.id}));
                out.line(match out.lang() {
                    Lang::En => format!("job {} was done before; its result stands", self.id),
                    Lang::Id => format!("pekerjaan {} sudah selesai; hasilnya tetap berlaku", self.id),
                });
                let reason =
                    record.reason.as_deref().map(|code| Reason::from_code(code).ok_or_else(|| self.broken())).transpose()?;
                return Ok(Outcome { reason, ..Outcome::yes(data) });
            }
            out.take_up();
        } else {
            self.store(None, None)?;
        }
        // An interrupted job is taken up again: no verb overwrites what it finds, so what it may have left is refused, not doubled;
        // a verb that can tell that all of it was done says so.
        let answer = work(out);
        match &answer {
            Ok(Outcome { data, reason }) if reason.is_none() || VERDICTS.contains(&self.verb) => {
                self.store(Some(data.clone()), reason.map(Reason::code))?;
            }
            // What did not come to a yes is no result to keep; the id stays free for a corrected attempt.
            _ if known.is_none() => drop(std::fs::remove_file(self.file())),
            _ => {}
        }
        answer
    }

    fn file(&self) -> PathBuf {
        self.folder.join(format!("job-{}.json", self.id))
    }

    /// Held while the job runs, so that a second process of the same id waits for the first one's result.
    fn lock(&self) -> Result<std::fs::File, Failure> {
        make_private(&self.folder)?;
        let mut options = std::fs::OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let lock = options.open(self.folder.join(format!("job-{}.lock", self.id)));
        let lock = lock.map_err(|e| unusable(&self.folder, &e))?;
        lock.lock().map_err(|e| unusable(&self.folder, &e))?;
        Ok(lock)
    }

    fn load(&self) -> Result<Option<Record>, Failure> {
        let path = self.file();
        let file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(unusable(&path, &e)),
        };
        let mut text = Vec::new();
        file.take(MAX_RECORD).read_to_end(&mut text).map_err(|e| unusable(&path, &e))?;
        let record: Option<Record> = serde_json::from_slice(&text).ok();
        record.filter(|r| r.format == FORMAT).ok_or_else(|| self.broken()).map(Some)
    }

    fn broken(&self) -> Failure {
        Failure::new(Reason::EncodingInvalid, format!("{} is no record of a job", self.file().display()))
    }

    fn store(&self, data: Option<Value>, reason: Option<&str>) -> Result<(), Failure> {
        let record = Record {
            format: FORMAT.to_owned(),
            job_id: self.id.clone(),
            verb: self.verb.to_owned(),
            content: self.content.clone(),
            data,
            reason: reason.map(str::to_owned),
        };
        let text = serde_json::to_vec_pretty(&record)
            .map_err(|_| Failure::new(Reason::InternalError, "a job's record cannot be written as JSON"))?;
        super::place::write_private(&self.file(), &text)
    }
}

/// Where this user's jobs are remembered, made if it is not there.
///
/// # Errors
/// `file-unreadable` if there is no such place.
pub(super) fn own_folder() -> Result<PathBuf, Failure> {
    let folder = folder()?;
    make_private(&folder)?;
    Ok(folder)
}

fn make_private(folder: &Path) -> Result<(), Failure> {
    crate::durable::private_folder(folder).map_err(|e| unusable(folder, &e))
}

/// Where jobs are remembered.
fn folder() -> Result<PathBuf, Failure> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let state = || set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")));
    let none = || Failure::new(Reason::FileUnreadable, "there is no folder for jobs: name one in EKTP_JOBS");
    set("EKTP_JOBS").or_else(|| state().map(|s| s.join("ektp/jobs"))).ok_or_else(none)
}

/// SHA-256 of what a command line asks for.
fn content(command: &Command, matches: &ArgMatches, verb: &str) -> Result<String, Failure> {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(verb.as_bytes());
    let mut args: Vec<&Arg> = command.get_arguments().collect();
    args.sort_by_key(|a| a.get_id().as_str());
    for arg in args {
        let name = arg.get_id().as_str();
        let Ok(Some(values)) = matches.try_get_raw(name) else { continue };
        if name == OPTION || SECRETS.contains(&name) {
            continue;
        }
        part(name.as_bytes());
        let is_path = arg.get_value_parser().type_id() == std::any::TypeId::of::<PathBuf>();
        let is_output = OUTPUTS.contains(&name) || (name == "key" && verb == MAKES_KEY);
        for value in values {
            if !is_path {
                part(value.as_encoded_bytes());
                continue;
            }
            let path = std::path::absolute(value).unwrap_or_else(|_| PathBuf::from(value));
            part(path.as_os_str().as_encoded_bytes());
            if !is_output && let Some(digest) = file_digest(&path)? {
                part(&digest);
            }
        }
    }
    Ok(crate::verify::hex::encode(hash.finalize().as_slice()))
}

/// SHA-256 of an input: of a file with the files beside it that a JSON document names, of a card image its manifest, of another folder
/// the files in it.
fn file_digest(path: &Path) -> Result<Option<[u8; 32]>, Failure> {
    let mut hash = Sha256::new();
    let manifest = path.join(crate::lds::image::store::MANIFEST);
    let any = if !path.is_dir() {
        let named = named_files(path);
        let own = digest_into(&mut hash, path)?;
        named.iter().try_fold(own, |any, file| digest_into(&mut hash, file).map(|more| any | more))?
    } else if manifest.exists() {
        digest_into(&mut hash, &manifest)?
    } else {
        let entries = std::fs::read_dir(path).into_iter().flatten().take(MAX_FILES).flatten().map(|e| e.path());
        let mut files: Vec<PathBuf> = entries.filter(|p| p.is_file()).collect();
        files.sort();
        files.iter().try_fold(false, |any, file| digest_into(&mut hash, file).map(|more| any | more))?
    };
    Ok(any.then(|| hash.finalize().into()))
}

/// The files beside a JSON document that it names anywhere.
fn named_files(path: &Path) -> Vec<PathBuf> {
    fn texts(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => found.push(text.clone()),
            serde_json::Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
            serde_json::Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
            _ => {}
        }
    }
    if path.extension().is_none_or(|e| e != "json") {
        return Vec::new();
    }
    let Ok(bytes) = super::place::read(path, MAX_RECORD) else { return Vec::new() };
    let mut names = Vec::new();
    serde_json::from_slice(&bytes).iter().for_each(|value| texts(value, &mut names));
    names.iter().take(MAX_FILES).map(|name| path.with_file_name(name)).filter(|file| file.is_file()).collect()
}

/// Adds a file's name and bytes. What is missing, or no regular file, is the verb's own to refuse.
fn digest_into(hash: &mut Sha256, path: &Path) -> Result<bool, Failure> {
    let Ok(file) = super::place::open(path) else { return Ok(false) };
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    hash.update((name.len() as u64).to_be_bytes());
    hash.update(name);
    let mut own = Sha256::new();
    let read = std::io::copy(&mut file.take(MAX_INPUT + 1), &mut HashWriter(&mut own)).map_err(|e| unusable(path, &e))?;
    if read > MAX_INPUT {
        return Err(Failure::new(Reason::InputInvalid, format!("{} is too large", path.display())));
    }
    hash.update(own.finalize());
    Ok(true)
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    // A folder for jobs that is a file, say: nothing of the job itself is there already.
    let reason = match Reason::of_io(error.kind()) {
        Reason::OutputExists => Reason::FileUnreadable,
        other => other,
    };
    Failure::new(reason, format!("{} cannot be used: {}", path.display(), error.kind()))
}
