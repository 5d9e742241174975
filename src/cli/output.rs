//! What a verb says: lines for people, or the machine contract (`hello`, numbered events, one `result`).
//!
//! Rules: with `--json` stdout holds the contract and nothing else. Without it, stdout holds the answer and stderr holds notes.
//! Messages start small and end without a period; a failure says what happened, then what to do next.

use crate::reason::{Lang, Reason, Refusal};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::{ErrorKind, IsTerminal, Write};

/// Version of the machine contract; raised when a field changes its meaning.
pub const SCHEMA_VERSION: u32 = 1;

/// A verb's answer: data for the result, and a reason if the answer is not a plain yes.
#[derive(Debug)]
pub struct Outcome {
    /// The `data` of the result.
    pub data: Value,
    /// Why the exit code is not 0, if it is not.
    pub reason: Option<Reason>,
}

impl Outcome {
    /// A yes, with data.
    ///
    /// Data that cannot be serialized become null; all our data can.
    pub fn yes(data: impl Serialize) -> Self {
        Self { data: serde_json::to_value(data).unwrap_or(Value::Null), reason: None }
    }

    /// An answer with a reason (not genuine, could not decide, partly done), with data.
    pub fn with_reason(reason: Reason, data: impl Serialize) -> Self {
        Self { data: serde_json::to_value(data).unwrap_or(Value::Null), reason: Some(reason) }
    }

    /// A yes, or at an office with a store of its own one that the centre does not know yet: `queued` in the data says which.
    pub fn perhaps_queued(mut data: Value, is_queued: bool, out: &mut Output) -> Self {
        if let Some(object) = data.as_object_mut() {
            object.insert("queued".to_owned(), is_queued.into());
        }
        if !is_queued {
            return Self::yes(data);
        }
        out.line(Reason::OfflineQueued.text(out.lang()));
        Self::with_reason(Reason::OfflineQueued, data)
    }
}

/// Why a verb did not come to an answer.
#[derive(Debug)]
pub struct Failure {
    /// The stable reason.
    pub reason: Reason,
    /// What happened, in a line; without secrets and personal data.
    pub message: String,
    /// Further facts for the result, or null.
    pub data: Value,
}

impl Failure {
    /// A failure with its message.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), data: Value::Null }
    }

    /// What is wrong with a file, named with it.
    pub fn at(path: &std::path::Path, error: &impl Refusal) -> Self {
        Self::new(error.reason(), format!("{}: {error}", path.display()))
    }

    /// The same failure with facts for the result.
    #[must_use]
    pub fn with_data(mut self, data: impl Serialize) -> Self {
        self.data = serde_json::to_value(data).unwrap_or(Value::Null);
        self
    }
}

impl<E: Refusal> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(error.reason(), error.to_string())
    }
}

/// Where a verb writes.
#[derive(Debug)]
pub struct Output {
    json: bool,
    lang: Lang,
    verb: &'static str,
    sequence: u64,
    bar: Option<indicatif::ProgressBar>,
    /// Whether the verb takes up a job that was interrupted.
    taken_up: bool,
    /// Why a line of the answer was lost, if one was.
    lost: Option<ErrorKind>,
}

impl Output {
    /// An output for one verb.
    #[must_use]
    pub fn new(json: bool, lang: Lang, verb: &'static str) -> Self {
        Self { json, lang, verb, sequence: 0, bar: None, taken_up: false, lost: None }
    }

    /// Whether the machine contract is spoken.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// The language of texts for people.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Says that the verb takes up a job that was interrupted, nobody knows where.
    pub fn take_up(&mut self) {
        self.taken_up = true;
    }

    /// Whether the verb takes up an interrupted job: what it was asked for may be done already.
    #[must_use]
    pub fn is_taken_up(&self) -> bool {
        self.taken_up
    }

    /// The first line of the contract.
    pub fn hello(&mut self) {
        self.emit(&json!({"type": "hello", "schema": SCHEMA_VERSION, "program": "ektp", "version": env!("CARGO_PKG_VERSION"), "verb": self.verb}));
    }

    /// A numbered event of the contract; nothing for people.
    pub fn event(&mut self, event: &str, data: impl Serialize) {
        self.sequence += 1;
        let data = serde_json::to_value(data).unwrap_or(Value::Null);
        self.emit(&json!({"type": "event", "seq": self.sequence, "event": event, "data": data}));
    }

    /// A line of the answer for people, on stdout; nothing in the contract.
    pub fn line(&mut self, text: impl AsRef<str>) {
        if !self.json {
            self.clear_bar();
            self.tell(text.as_ref());
        }
    }

    /// A note for people, on stderr, in either mode.
    pub fn note(&mut self, text: impl AsRef<str>) {
        self.clear_bar();
        let _ = writeln!(std::io::stderr(), "{}", text.as_ref());
    }

    /// Progress of long work: a bar on a terminal, a `progress` event in the contract.
    pub fn progress(&mut self, label: &str, done: u64, total: u64) {
        if self.json {
            self.event("progress", json!({"label": label, "done": done, "total": total}));
        } else if std::io::stderr().is_terminal() {
            let bar = self.bar.get_or_insert_with(|| {
                let style = indicatif::ProgressStyle::with_template("{msg:28} {bar:32} {pos}/{len} {elapsed}")
                    .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
                indicatif::ProgressBar::new(total).with_style(style)
            });
            bar.set_length(total);
            bar.set_message(label.to_owned());
            bar.set_position(done);
        }
    }

    /// The last line of the contract; returns the exit code. A yes that nobody could hear is none: its exit is that of what kept it
    /// from being written. Every other exit code says by itself what the lost lines said.
    pub fn finish(mut self, answer: Result<Outcome, Failure>) -> u8 {
        self.clear_bar();
        let answer = match (answer, self.lost_answer()) {
            (Ok(Outcome { data, reason: None }), Some(lost)) => Err(lost.with_data(data)),
            (answer, _) => answer,
        };
        let (reason, message, data) = match answer {
            Ok(outcome) => (outcome.reason, None, outcome.data),
            Err(failure) => (Some(failure.reason), Some(failure.message), failure.data),
        };
        let exit = reason.map_or(0, Reason::exit);
        let mut result = json!({"type": "result", "verb": self.verb, "exit": exit, "data": data});
        if let (Some(reason), Some(object)) = (reason, result.as_object_mut()) {
            object.insert("reason".into(), json!(reason.code()));
            object.insert("text".into(), json!(reason.text(self.lang)));
            object.insert("next".into(), json!(reason.next_step(self.lang)));
            object.insert("retry".into(), json!(format!("{:?}", reason.retry())));
            object.insert("hand".into(), json!(format!("{:?}", reason.hand())));
            if let Some(message) = &message {
                object.insert("message".into(), json!(message));
            }
        }
        let heard = self.lost.is_none();
        self.emit(&result);
        match self.lost_answer() {
            Some(lost) if heard && reason.is_none() => {
                self.explain(lost.reason, Some(&lost.message));
                lost.reason.exit()
            }
            lost => {
                if let Some(reason) = reason.filter(|_| !self.json || lost.is_some()) {
                    self.explain(reason, message.as_deref());
                }
                exit
            }
        }
    }

    /// What to say of an answer of which a part was lost.
    fn lost_answer(&self) -> Option<Failure> {
        self.lost.map(lost)
    }

    fn explain(&self, reason: Reason, message: Option<&str>) {
        let mut err = std::io::stderr();
        // The parser's messages have lines of their own: they stand above.
        let (above, message) = match message {
            Some(lines) if lines.contains('\n') => (Some(lines), None),
            other => (None, other),
        };
        if let Some(lines) = above {
            let _ = writeln!(err, "{lines}");
        }
        let (text, next) = (reason.text(self.lang), reason.next_step(self.lang));
        match (self.lang, message) {
            (Lang::En, _) => {
                let _ = writeln!(err, "ektp: {} [{}]\nnext: {next}", message.unwrap_or(text), reason.code());
            }
            // Messages name files, bytes and commands and are English; the reason's own text is the reader's language.
            (Lang::Id, message) => {
                let _ = writeln!(err, "ektp: {text} [{}]", reason.code());
                if let Some(message) = message {
                    let _ = writeln!(err, "rincian: {message}");
                }
                let _ = writeln!(err, "lanjut: {next}");
            }
        }
    }

    fn clear_bar(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn emit(&mut self, value: &Value) {
        if self.json {
            self.tell(&value.to_string());
        }
    }

    /// A line on standard output.
    fn tell(&mut self, line: &str) {
        if let Err(error) = writeln!(std::io::stdout(), "{line}") {
            self.note_lost(error.kind());
        }
    }

    /// Notes that a part of the answer could not be written to standard output. A closed pipe is the reader's choice, not an error.
    pub fn note_lost(&mut self, kind: ErrorKind) {
        if kind != ErrorKind::BrokenPipe {
            self.lost.get_or_insert(kind);
        }
    }
}

/// An answer that could not be written.
fn lost(kind: ErrorKind) -> Failure {
    Failure::new(
        Reason::of_io(kind),
        format!("standard output cannot be written ({kind}): what was asked is done, the answer is lost"),
    )
}
