//! The command line: one file per verb, one contract for all of them.

mod afis;
mod approver;
mod audit;
mod bureau;
mod card;
mod card_password;
mod card_reading;
mod case;
mod centre;
mod chip;
mod chip_keys;
mod clarify;
mod concealed;
mod demo;
mod doctor;
#[cfg(unix)]
mod ending;
mod finger;
mod generate;
mod handover;
pub mod job;
mod nik;
mod office;
mod officer;
pub mod output;
mod packet;
mod perso;
mod pki;
mod place;
mod read;
pub mod reader;
mod recipient;
mod record;
mod report;
pub mod secret_input;
mod sensor;
#[cfg(unix)]
mod signer;
mod status;
mod status_list;
mod store;
#[cfg(unix)]
mod sync;
mod trace;
mod transit;
pub mod verbs;
mod verify;

use crate::reason::{Lang, Reason};
use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use output::{Failure, Outcome, Output};

/// Make and check Indonesia's national smart card.
///
/// Every verb answers with an exit code (its --help lists them, docs/reasons.md explains them) and, with --json, with one JSON object a line:
/// first `hello`, then numbered events, last one `result` whose `exit` is the process's.
#[derive(Debug, Parser)]
#[command(name = "ektp", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// Print the machine contract on stdout: one JSON object a line
    #[arg(long, global = true)]
    json: bool,
    /// Language of texts for people: id or en
    #[arg(long, global = true, value_name = "LANG", env = "EKTP_LANG", default_value = "en", value_parser = languages())]
    lang: String,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Check this station: pcscd, readers, clock, disk, sample keys; each finding with the command that mends it
    Doctor(doctor::Args),
    /// National identity numbers: check and explain
    #[command(subcommand)]
    Nik(nik::NikVerb),
    /// Residents' records: check
    #[command(subcommand)]
    Record(record::RecordVerb),
    /// Finger images and templates: extract, compare, convert, evaluate, make synthetic ones, a simulated sensor
    #[command(subcommand)]
    Finger(finger::FingerVerb),
    /// A sealed gallery of persons' fingers: enrol, identify, delete
    #[command(subcommand)]
    Afis(afis::AfisVerb),
    /// The store of issuance: create, migrate
    #[command(subcommand)]
    Store(store::StoreVerb),
    /// The audit of a store of issuance: verify
    #[command(subcommand)]
    Audit(audit::AuditVerb),
    /// Blanks by serial number: receive, leave, show
    #[command(subcommand)]
    Blank(Box<bureau::blank::BlankVerb>),
    /// Shifts at stations: open, supply, close by a blind count, show
    #[command(subcommand)]
    Shift(Box<bureau::shift::ShiftVerb>),
    /// Batches of applications: create, approve, run, resume, close, withdraw, requeue, show
    #[command(subcommand)]
    Batch(Box<bureau::batch::BatchVerb>),
    /// Incidents: what is missing, broken or disputed; close, show
    #[command(subcommand)]
    Incident(Box<bureau::incident::IncidentVerb>),
    /// Shipments of cards under seals: pack, send, receive, dispute, settle, missing, shelve
    #[command(subcommand)]
    Ship(Box<transit::ship::ShipVerb>),
    /// Take back a card that nobody gets, and revoke its number
    Return(Box<transit::back::Args>),
    /// Destroy cards before two witnesses, with minutes
    Destroy(Box<transit::destroy::Args>),
    /// What cards are worth in their holders' hands: revoke, suspend, resume; and cards that are missing or found
    #[command(subcommand)]
    Status(status::StatusVerb),
    /// Reports over a store of issuance: daily, ageing, stock, duplicates, production
    #[command(subcommand)]
    Report(report::ReportVerb),
    /// Card readers: list, identify by laying a card on, qualify the chunk size
    #[command(subcommand)]
    Reader(reader::Verb),
    /// A chip in software: make a blank, lay it on a virtual reader
    #[command(subcommand)]
    Chip(chip::Verb),
    /// Plan, build, approve and inspect card images
    #[command(subcommand)]
    Card(card::CardVerb),
    /// Personalize chips from card images, on one reader, with a journal
    #[command(subcommand)]
    Perso(Box<perso::Verb>),
    /// Make and check keys, certificates, lists and trust stores
    Pki(Box<pki::Args>),
    /// Read the card on a reader into an evidence file
    Read(read::Args),
    /// Judge cards and compare holders
    #[command(subcommand)]
    Verify(verify::VerifyVerb),
    /// The signer and key service as a process of their own: serve, stop
    #[cfg(unix)]
    #[command(subcommand)]
    Signer(signer::Verb),
    /// Officers' keys and grants: enrol, grant, revoke, show
    #[command(subcommand)]
    Officer(officer::OfficerVerb),
    /// Applications on their way, from the register to the card in the holder's hand
    #[command(subcommand)]
    Case(case::CaseVerb),
    /// Captures as sealed, signed packets: seal, verify, open
    #[command(subcommand)]
    Packet(packet::PacketVerb),
    /// Captures and results between offices that have stores of their own: push, pull, relay, status, serve
    #[cfg(unix)]
    #[command(subcommand)]
    Sync(sync::SyncVerb),
    /// The centre's part: take captures in, identify, authorize, publish statuses, sign policies of handover
    #[command(subcommand)]
    Centre(centre::CentreVerb),
    /// Decide what an identification or a handover left open, by two officers
    #[command(subcommand)]
    Clarify(clarify::ClarifyVerb),
    /// Hand a card over: read it, compare its holder's live fingers, and give it or keep it
    Handover(Box<handover::Args>),
    /// The life of a person's applications, of a card or of a blank, from the summons to the destruction
    Trace(trace::Args),
    /// The main job, shown: a card made, read, judged; a copied and an altered one refused
    #[command(subcommand)]
    Demo(demo::Verb),
    /// Write man pages and shell completions
    #[command(hide = true)]
    Generate(generate::Args),
}

/// The languages; an empty variable of the environment counts as unset.
fn languages() -> PossibleValuesParser {
    PossibleValuesParser::new([PossibleValue::new("id"), PossibleValue::new("en"), PossibleValue::new("").hide(true)])
}

/// Runs one verb; every verb's file has one such function.
type Answer = Result<Outcome, Failure>;

impl Verb {
    /// The verb's name in the machine contract, e.g. `card plan`.
    fn name(&self) -> &'static str {
        match self {
            Self::Doctor(_) => "doctor",
            Self::Nik(verb) => verb.name(),
            Self::Finger(verb) => verb.name(),
            Self::Afis(verb) => verb.name(),
            Self::Store(verb) => verb.name(),
            Self::Audit(verb) => verb.name(),
            Self::Blank(verb) => verb.name(),
            Self::Shift(verb) => verb.name(),
            Self::Batch(verb) => verb.name(),
            Self::Incident(verb) => verb.name(),
            Self::Ship(verb) => verb.name(),
            Self::Return(_) => "return",
            Self::Destroy(_) => "destroy",
            Self::Status(verb) => verb.name(),
            Self::Report(verb) => verb.name(),
            Self::Record(verb) => verb.name(),
            Self::Reader(verb) => verb.name(),
            Self::Chip(verb) => verb.name(),
            Self::Card(verb) => verb.name(),
            Self::Perso(verb) => verb.name(),
            Self::Pki(args) => args.name(),
            Self::Read(_) => "read",
            Self::Verify(verb) => verb.name(),
            #[cfg(unix)]
            Self::Signer(verb) => verb.name(),
            Self::Officer(verb) => verb.name(),
            Self::Case(verb) => verb.name(),
            Self::Packet(verb) => verb.name(),
            #[cfg(unix)]
            Self::Sync(verb) => verb.name(),
            Self::Centre(verb) => verb.name(),
            Self::Clarify(verb) => verb.name(),
            Self::Handover(_) => "handover",
            Self::Trace(_) => "trace",
            Self::Demo(verb) => verb.name(),
            Self::Generate(_) => "generate",
        }
    }

    fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Doctor(args) => doctor::run(&args, out),
            Self::Nik(verb) => verb.run(out),
            Self::Finger(verb) => verb.run(out),
            Self::Afis(verb) => verb.run(out),
            Self::Store(verb) => verb.run(out),
            Self::Audit(verb) => verb.run(out),
            Self::Blank(verb) => verb.run(out),
            Self::Shift(verb) => verb.run(out),
            Self::Batch(verb) => verb.run(out),
            Self::Incident(verb) => verb.run(out),
            Self::Ship(verb) => verb.run(out),
            Self::Return(args) => transit::back::run(&args, out),
            Self::Destroy(args) => transit::destroy::run(&args, out),
            Self::Status(verb) => verb.run(out),
            Self::Report(verb) => verb.run(out),
            Self::Record(verb) => verb.run(out),
            Self::Reader(verb) => verb.run(out),
            Self::Chip(verb) => verb.run(out),
            Self::Card(verb) => verb.run(out),
            Self::Perso(verb) => verb.run(out),
            Self::Pki(args) => pki::run(&args, out),
            Self::Read(args) => read::run(&args, out),
            Self::Verify(verb) => verb.run(out),
            #[cfg(unix)]
            Self::Signer(verb) => verb.run(out),
            Self::Officer(verb) => verb.run(out),
            Self::Case(verb) => verb.run(out),
            Self::Packet(verb) => verb.run(out),
            #[cfg(unix)]
            Self::Sync(verb) => verb.run(out),
            Self::Centre(verb) => verb.run(out),
            Self::Clarify(verb) => verb.run(out),
            Self::Handover(args) => handover::run(&args, out),
            Self::Trace(args) => trace::run(&args, out),
            Self::Demo(verb) => verb.run(out),
            Self::Generate(args) => generate::run(&args, out),
        }
    }
}

/// Parses the command line, runs the verb and returns the exit code of the process.
#[must_use]
pub fn run() -> u8 {
    let wants_json = std::env::args_os().any(|a| a == "--json");
    let mut command = command();
    let parsed = command.try_get_matches_from_mut(std::env::args_os());
    let parsed =
        parsed.and_then(|matches| Cli::from_arg_matches(&matches).map_err(|e| e.format(&mut command)).map(|cli| (cli, matches)));
    match parsed {
        Ok((cli, matches)) => {
            let lang = if cli.lang == "id" { Lang::Id } else { Lang::En };
            let mut out = Output::new(cli.json, lang, cli.verb.name());
            out.hello();
            let answer = guarded(|| match job::Job::of(&command, &matches, cli.verb.name()) {
                Ok(None) => cli.verb.run(&mut out),
                Ok(Some(job)) => job.once(&mut out, |out| cli.verb.run(out)),
                Err(failure) => Err(failure),
            });
            out.finish(answer)
        }
        Err(error) if error.use_stderr() => {
            let args = std::env::args_os().map(|a| a.to_string_lossy().into_owned());
            let verb = verbs::meant(&command, args).map_or("usage", |verb| verb.name);
            let mut out = Output::new(wants_json, wanted_language(), verb);
            out.hello();
            out.finish(Err(Failure::new(Reason::Usage, concealed::text(error))))
        }
        Err(help) => {
            let args = std::env::args_os().map(|a| a.to_string_lossy().into_owned());
            let of = verbs::meant(&command, args).map(|verb| verb.name);
            answer_help(&help, of, wants_json)
        }
    }
}

/// Help and version are answers, not errors: of a verb of their own in the contract, since no other one ran.
fn answer_help(help: &clap::Error, of: Option<&str>, wants_json: bool) -> u8 {
    let mut out = Output::new(wants_json, wanted_language(), "help");
    out.hello();
    let kind = if help.kind() == clap::error::ErrorKind::DisplayVersion { "version" } else { "help" };
    if !wants_json && let Err(error) = help.print() {
        out.note_lost(error.kind());
    }
    let text = help.render().to_string();
    out.finish(Ok(Outcome::yes(serde_json::json!({"kind": kind, "of": of, "text": text.trim_end()}))))
}

/// The language asked for on a command line that was not understood.
fn wanted_language() -> Lang {
    let args: Vec<String> = std::env::args_os().filter_map(|arg| arg.into_string().ok()).collect();
    let next = args.iter().skip_while(|arg| *arg != "--lang").nth(1).map(String::as_str);
    let told = next.or_else(|| args.iter().find_map(|arg| arg.strip_prefix("--lang=")));
    let told = told.map(str::to_owned).or_else(|| std::env::var("EKTP_LANG").ok());
    if told.as_deref() == Some("id") { Lang::Id } else { Lang::En }
}

/// Runs a verb so that a panic, which is our own bug, still comes to a result; what it said stands on standard error.
fn guarded(run: impl FnOnce() -> Answer) -> Answer {
    let bug = |_| Err(Failure::new(Reason::InternalError, "the program stopped at a mistake of its own, told on standard error"));
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(bug)
}

/// The whole command tree, for man pages, completions and the tests of the contract.
#[must_use]
pub fn command() -> clap::Command {
    verbs::explain(job::equip(Cli::command()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_comes_to_a_result_too() {
        let failure = guarded(|| panic!("secret 4711")).unwrap_err();
        assert_eq!((failure.reason, failure.message.contains("4711")), (Reason::InternalError, false));
        assert!(guarded(|| Ok(Outcome::yes("done"))).is_ok());
    }
}
