//! Every verb's success and each of its refusals, run through the program: exit code and reason are asserted exactly, every line is
//! held to `specs/json/`, and `specs/verbs.toml` says which reasons a verb must be run into. A verb without rows fails here.

mod afis;
mod audit;
mod bureau;
mod card;
pub mod cards;
pub mod case;
pub mod centre;
mod complete;
pub mod country;
pub mod desk;
mod finger;
pub mod handover;
mod issuance_store;
mod jobs;
mod laid;
mod live;
mod no_readers;
mod officer;
pub mod offices;
mod packet;
mod perso_resume;
mod perso_run;
mod pki_cv;
mod pki_stores;
mod pki_x509;
pub mod place;
mod plain;
mod published;
mod readers;
mod report;
mod served;
pub mod service;
mod shared;
mod signer;
mod skips;
mod station;
mod status;
pub mod stores;
mod sync;
mod transit;
mod twins;
mod verify;

use crate::contract::Run;
use ektp::reason::Reason;
use place::Place;

/// A verb, a command line that it answers with a yes, and its refusals.
pub struct Rows {
    /// The verb's words.
    pub verb: &'static str,
    /// What comes behind them; `@` stands for the group's folder, `%` for the repository's root.
    pub yes: Yes,
    /// Each with the reason it must end with.
    pub refusals: &'static [Refusal],
}

/// How a verb comes to a yes.
pub enum Yes {
    /// This line.
    Line(&'static str),
    /// Whatever it takes.
    Act(fn(&Place) -> Run),
    /// In another group; the line is what refusals change.
    Elsewhere(&'static str),
}

/// One refusal.
pub enum Refusal {
    /// The line of the yes itself, which is none here.
    Same(&'static str),
    /// The line of the yes with one word replaced: reason, old word, new word (empty: left out).
    But(&'static str, &'static str, &'static str),
    /// Another line.
    Line(&'static str, &'static str),
    /// Whatever it takes.
    Act(&'static str, fn(&Place) -> Run),
}

impl Refusal {
    fn reason(&self) -> &'static str {
        match self {
            Self::Same(reason) | Self::But(reason, ..) | Self::Line(reason, _) | Self::Act(reason, _) => reason,
        }
    }
}

impl Rows {
    fn line(&self) -> &'static str {
        match self.yes {
            Yes::Line(line) | Yes::Elsewhere(line) => line,
            Yes::Act(_) => "",
        }
    }

    /// The line with its first secret asked for at a terminal.
    fn asking(&self) -> Option<String> {
        let (_, command) = leaves().into_iter().find(|(name, _)| name == self.verb)?;
        let secret = |word: &str| {
            let mut args = command.get_arguments();
            args.any(|a| a.get_long().is_some_and(|long| word == format!("--{long}")) && asks(a))
        };
        let mut words: Vec<&str> = self.line().split_whitespace().collect();
        let at = words.iter().position(|word| secret(word))?;
        *words.get_mut(at + 1)? = "prompt";
        Some(words.join(" "))
    }

    fn refuse(&self, refusal: &Refusal, place: &Place) -> Run {
        match refusal {
            Refusal::Act(_, act) => act(place),
            Refusal::Same(_) => place.run(&format!("{} {}", self.verb, self.line())),
            Refusal::Line(_, line) => place.run(&format!("{} {line}", self.verb)),
            Refusal::But(_, old, new) => {
                let words = self.line().split_whitespace();
                assert!(words.clone().any(|w| w == *old), "{}: `{old}` is no word of its line", self.verb);
                let words: Vec<&str> = words.map(|w| if w == *old { new } else { w }).collect();
                place.run(&format!("{} {}", self.verb, words.join(" ")))
            }
        }
    }

    /// Runs all rows and says which did not end as they must.
    fn run(&self, place: &Place, wrong: &mut Vec<String>) {
        let mut expect = |what: &str, run: &Run, reason: &str| {
            println!("{} ended with `{}` {what}", self.verb, run.reason());
            let exit = Reason::from_code(reason).map_or(0, |r| i32::from(r.exit()));
            if (run.exit, run.reason(), run.verb()) != (exit, reason, self.verb) {
                wrong.push(format!("{} must end with `{reason}` {what}: {}", self.verb, run.result));
            }
        };
        // First: what was done once may be answered without the secret.
        if let Some(line) = self.asking() {
            expect(&line, &place.run_alone(&format!("{} {line}", self.verb)), "no-terminal");
        }
        match &self.yes {
            Yes::Line(line) => expect(line, &place.run(&format!("{} {line}", self.verb)), ""),
            Yes::Act(act) => expect("", &act(place), ""),
            Yes::Elsewhere(_) => {}
        }
        for refusal in self.refusals {
            let what = match refusal {
                Refusal::But(_, old, new) => format!("with `{new}` for `{old}`"),
                Refusal::Line(_, line) => (*line).to_owned(),
                Refusal::Same(_) | Refusal::Act(..) => String::new(),
            };
            expect(&what, &self.refuse(refusal, place), refusal.reason());
        }
    }
}

/// Whether an option's value says where a secret comes from.
fn asks(arg: &clap::Arg) -> bool {
    arg.get_value_names().is_some_and(|names| names.iter().any(|name| name == "SOURCE"))
}

/// Runs a group of verbs in a folder of their own.
#[track_caller]
fn run_all(rows: &[Rows], place: &Place) {
    let mut wrong = Vec::new();
    rows.iter().for_each(|verb| verb.run(place, &mut wrong));
    assert!(wrong.is_empty(), "{} rows ended otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

/// Makes a test of each group, and the list of all of them: what is listed is run.
macro_rules! groups {
    ($($name:ident: $group:ident),* $(,)?) => {
        const GROUPS: &[&[Rows]] = &[$($group::ROWS),*];
        $(#[test] fn $name() { $group::run(); })*
    };
}

/// The options of a desk of issuance behind a line: office, officer, and a second one.
macro_rules! desk_line {
    ($line:literal, $office:literal, $first:literal $(, $second:literal)?) => {
        concat!(
            $line, " --store @issuance.db --store-key @store.key --store-passphrase file:@pass --roster @roster --office ", $office,
            " --key @", $first, ".key --passphrase file:@pass" $(, " --second @", $second, ".key --second-passphrase file:@pass")?
        )
    };
}
use desk_line;

/// The options of a store of issuance behind a line.
macro_rules! of_store {
    ($line:literal) => {
        concat!($line, " --store @issuance.db --store-key @store.key --store-passphrase file:@pass")
    };
}
use of_store;

/// What every verb of a desk is refused for: by its options, by an officer who may not, by a word that makes it another job's; and more.
macro_rules! of_desk {
    ($officer:literal, $word:literal, $other:literal; $($more:expr),* $(,)?) => {
        &[
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("key-missing", "@store.key", "@none"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("file-unreadable", "file:@pass", "file:@none"),
            But("not-permitted", $officer, "@stranger.key"),
            But("job-conflict", $word, $other),
            $($more),*
        ]
    };
}
use of_desk;

groups! {
    verbs_that_need_nothing: plain,
    finger_verbs: finger,
    gallery_verbs: afis,
    audit_verbs: audit,
    issuance_store_verbs: issuance_store,
    case_verbs: case,
    card_verbs: card,
    x509_verbs: pki_x509,
    cv_verbs: pki_cv,
    stores_and_lists: pki_stores,
    signer_verbs: signer,
    officer_verbs: officer,
    packet_verbs: packet,
    judging_verbs: verify,
    personalizing: perso_run,
    resuming: perso_resume,
    serving_a_chip: served,
    without_a_reader: no_readers,
    on_two_readers: readers,
    on_a_reader: live,
    at_a_station: station,
    on_twin_readers: twins,
    bureau_verbs: bureau,
    shipment_verbs: transit,
    status_verbs: status,
    centre_verbs: centre,
    handovers: handover,
    report_verbs: report,
    exchanging_verbs: sync,
    what_options_share: shared,
}

/// The program's verbs, from its own command tree.
fn leaves() -> Vec<(String, clap::Command)> {
    fn walk(command: &clap::Command, path: &str, leaves: &mut Vec<(String, clap::Command)>) {
        for sub in command.get_subcommands().filter(|c| c.get_name() != "help") {
            let name = format!("{path} {}", sub.get_name()).trim().to_owned();
            if sub.has_subcommands() { walk(sub, &name, leaves) } else { leaves.push((name, sub.clone())) }
        }
    }
    let mut leaves = Vec::new();
    walk(&ektp::cli::command(), "", &mut leaves);
    leaves
}
