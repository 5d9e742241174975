//! A folder for the runs of one group: files that are not what they should be, and a memory of jobs of its own.

use crate::bureau::Bureau;
use crate::contract::{Run, check, root};
use ektp::pki::sample::Kit;
use ektp::world::system_entropy;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder in whose lines `@` stands for its path and `%` for the repository's root.
pub struct Place {
    dir: tempfile::TempDir,
    bureau: Option<Bureau>,
    has_service: bool,
}

/// Where no smart card service listens.
pub const NO_SERVICE: &str = "/nonexistent/socket";

impl Place {
    /// With a file that is none of ours, one that is too large for any verb, and passphrases: the right one, a wrong, a short.
    pub fn new() -> Self {
        Self::with(None)
    }

    /// The folder of a bureau, with the same files.
    pub fn of(bureau: Bureau) -> Self {
        Self::with(Some(bureau))
    }

    fn with(bureau: Option<Bureau>) -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap(), bureau, has_service: false };
        place.write("garbage", b"hello");
        place.write("taken", b"other content");
        place.write("pass", b"correct horse\n");
        place.write("wrong", b"battery staple\n");
        place.write("short", b"abc\n");
        place.write("sample", b"sample\n");
        std::fs::File::create(place.at("huge")).unwrap().set_len(300 << 20).unwrap();
        place
    }

    /// The same, beside the smart card service of the environment.
    pub fn beside_a_service(mut self) -> Self {
        self.has_service = true;
        self
    }

    /// The bureau whose folder this is.
    pub fn bureau(&self) -> &Bureau {
        self.bureau.as_ref().unwrap()
    }

    fn path(&self) -> &Path {
        self.bureau.as_ref().map_or(&self.dir, |b| &b.dir).path()
    }

    pub fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.at(name)).unwrap()
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.at(name), bytes).unwrap();
    }

    /// Keys, certificates and trust store of a kit, in the folder `kit`.
    pub fn save(&self, kit: &Kit) {
        kit.save(&self.at("kit"), &mut system_entropy()).unwrap();
    }

    /// A copy of a file with a part of its text replaced.
    pub fn changed(&self, from: &str, to: &str, old: &str, new: &str) {
        let text = String::from_utf8(self.read(from)).unwrap();
        assert!(text.contains(old), "{from} holds no {old:?}");
        self.write(to, text.replacen(old, new, 1));
    }

    /// A copy of a PEM or binary file with a part of its bytes replaced by as many others.
    pub fn patched(&self, from: &str, to: &str, old: &[u8], new: &[u8]) {
        let bytes = self.read(from);
        let mut der = match der::pem::decode_vec(&bytes) {
            Ok((_, der)) => der,
            Err(_) => bytes,
        };
        let at = der.windows(old.len()).rposition(|w| w == old).unwrap_or_else(|| panic!("{from} does not hold {old:02X?}"));
        der[at..at + new.len()].copy_from_slice(new);
        self.write(to, der);
    }

    /// Runs a line, without a smart card service unless this is a folder beside one.
    #[track_caller]
    pub fn run(&self, line: &str) -> Run {
        self.run_in(line, &[])
    }

    /// Runs a line with these environment variables.
    #[track_caller]
    pub fn run_in(&self, line: &str, environment: &[(&str, &str)]) -> Run {
        let output = self.command(line).envs(environment.iter().copied()).stdin(Stdio::null()).output().unwrap();
        check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
    }

    /// Runs a line in a session of its own, which has no terminal wherever the tests run.
    #[track_caller]
    pub fn run_alone(&self, line: &str) -> Run {
        let program = self.command(line);
        let mut command = Command::new("setsid");
        command.arg("--wait").arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let output = command.stdin(Stdio::null()).output().unwrap();
        check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
    }

    /// Runs a line with this text on standard input.
    #[track_caller]
    pub fn run_on(&self, line: &str, input: &str) -> Run {
        let mut child = self.command(line).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
    }

    /// Runs a line with `--capture` of the simulated sensor behind it, which has these words.
    #[track_caller]
    pub fn run_sensor(&self, line: &str, sensor: &str) -> Run {
        let program = env!("CARGO_BIN_EXE_ektp");
        let words = sensor.replace('@', &format!("{}/", self.path().display()));
        let mut command = self.command(line);
        command.args(["--capture", &format!("{program} finger sensor {words}")]);
        let output = command.stdin(Stdio::null()).output().unwrap();
        check(output.status.code().unwrap_or(-1), &String::from_utf8(output.stdout).unwrap())
    }

    /// The program, about to run a line.
    pub fn command(&self, line: &str) -> Command {
        let (here, repository) = (format!("{}/", self.path().display()), format!("{}/", root().display()));
        // A sign in the middle of a word is the word's own, as in `--fault removed@40`.
        let full = |part: &str| match (part.strip_prefix('@'), part.strip_prefix('%')) {
            (Some(rest), _) => format!("{here}{rest}"),
            (_, Some(rest)) => format!("{repository}{rest}"),
            _ => part.to_owned(),
        };
        let word = |word: &str| word.split(':').map(full).collect::<Vec<_>>().join(":");
        let mut command = Command::new(env!("CARGO_BIN_EXE_ektp"));
        command.arg("--json").env("EKTP_JOBS", self.at("jobs"));
        command.args(line.split_whitespace().map(word));
        if !self.has_service {
            command.env("PCSCLITE_CSOCK_NAME", NO_SERVICE).env_remove("VPCD_PORT");
        }
        command
    }
}
