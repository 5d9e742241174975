//! A program of the station, asked for one stage of one card at a time by `ektp batch run`: it prints and checks, and writes the chip where
//! the station has no reader of its own.
//!
//! It is run as `PROGRAM STAGE CARD NUMBER BLANK APPLICATION`; STAGE is `encode`, `print` or `check`, and with `--ask-blank` also `blank`, which answers
//! with the serial number that lies at the station. What it says on standard output is the record of the stage; its first line is the
//! reason of a failure. Exit 0: done. 3: the blank is spoiled. 4: the state of the chip is not known. Anything else: the card waits.

use crate::crypto::hash::sha256;
use crate::issuance::bureau::run::{Order, Stage};
use crate::issuance::store::{Id, Word};
use crate::limits::MAKER_BYTES;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A program of the station.
pub struct Program<'a> {
    /// Which.
    pub path: &'a Path,
    /// Whether it knows which blank is next.
    pub knows_blank: bool,
}

/// Exit codes of the program.
const SPOILED: i32 = 3;
const UNKNOWN: i32 = 4;

impl Program<'_> {
    /// Runs it; exit code and what it said, or none if it could not be run.
    fn ask(&self, words: &[&str]) -> Option<(i32, String)> {
        let mut command = Command::new(self.path);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().ok()?;
        let mut said = Vec::new();
        if let Some(out) = child.stdout.take() {
            // What it says beyond the bound is not heard; it ends when it likes.
            let _ = out.take(MAKER_BYTES).read_to_end(&mut said);
        }
        let code = child.wait().ok()?.code()?;
        Some((code, String::from_utf8_lossy(&said).into_owned()))
    }

    /// Which of these blanks is next: the first, unless the program knows.
    pub fn blank(&self, unused: &[Id]) -> Option<Id> {
        if !self.knows_blank {
            return unused.first().cloned();
        }
        let (code, said) = self.ask(&["blank"])?;
        Id::parse(said.lines().next()?.trim()).ok().filter(|_| code == 0)
    }

    /// Has a stage of a card done.
    pub fn stage(&self, name: &str, order: &Order) -> Stage {
        let words = [name, order.card.as_str(), order.number.as_str(), order.blank.as_str(), order.application.as_str()];
        let Some((code, said)) = self.ask(&words) else { return Stage::Waits(word("maker-not-run", "maker-not-run")) };
        match code {
            0 => Stage::Done(sha256(said.as_bytes())),
            SPOILED => Stage::Spoiled(word(&said, "spoiled")),
            UNKNOWN => Stage::Quarantined(word(&said, "unknown")),
            _ => Stage::Waits(word(&said, "waits")),
        }
    }
}

/// The first line of what was said, as a word; else another.
fn word(said: &str, otherwise: &str) -> Word {
    let first = said.lines().next().unwrap_or_default().trim();
    let parsed = Word::parse(first).or_else(|_| Word::parse(otherwise));
    parsed.unwrap_or_else(|_| unreachable!("a word of ours"))
}
