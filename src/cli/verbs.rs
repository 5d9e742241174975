//! What every verb says of itself beside its options: examples, and the reasons it can end with (`specs/verbs.toml`).

use crate::reason::Reason;
use clap::Command;
use std::fmt::Write as _;

/// Options of one kind, and the reasons that come with them.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Its name.
    pub name: &'static str,
    /// Identifiers of the options in the command tree; with `=NAME` behind it an option counts only if its value has this name, and
    /// `=NAME` alone is every such option.
    pub options: &'static [&'static str],
    /// What a verb with one of them can end with.
    pub reasons: &'static [Reason],
}

impl Group {
    /// Whether one of a verb's options is of this kind.
    #[must_use]
    pub fn is_of(&self, verb: &Command) -> bool {
        let matches = |arg: &clap::Arg, option: &str| {
            let (id, value) = option.split_once('=').map_or((option, None), |(id, value)| (id, Some(value)));
            let has = |value| arg.get_value_names().is_some_and(|names| names.iter().any(|n| n.as_str() == value));
            (id.is_empty() || arg.get_id() == id) && value.is_none_or(has)
        };
        verb.get_arguments().any(|arg| self.options.iter().any(|option| matches(arg, option)))
    }
}

/// One verb.
#[derive(Debug, Clone, Copy)]
pub struct Verb {
    /// Its name in the machine contract, e.g. `card plan`.
    pub name: &'static str,
    /// Groups of options that it has, by name.
    pub groups: &'static [&'static str],
    /// Reasons it can end with, its own and those of its groups, beside those of [`EVERY`].
    pub reasons: &'static [Reason],
    /// What an example does, and its command line.
    pub examples: &'static [(&'static str, &'static str)],
}

include!(concat!(env!("OUT_DIR"), "/verbs.rs"));

/// Widest line of what is put into help.
const WIDTH: usize = 96;

impl Verb {
    /// The verb of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        VERBS.iter().find(|v| v.name == name)
    }

    /// Whether the verb can end with this reason.
    #[must_use]
    pub fn may_end_with(&self, reason: Reason) -> bool {
        EVERY.contains(&reason) || self.reasons.contains(&reason)
    }

    fn examples_text(&self) -> String {
        let mut text = String::from("Examples:");
        for (does, run) in self.examples {
            let _ = write!(text, "\n  # {does}\n  {}", folded(run));
        }
        text
    }

    /// Exit codes in ascending order, each with the verb's reasons behind it.
    fn exits_text(&self) -> String {
        let others = EVERY.iter().filter(|r| !self.reasons.contains(r));
        let mut reasons: Vec<Reason> = others.chain(self.reasons).copied().collect();
        reasons.sort_by_key(|r| r.exit());
        let mut text = String::from("Exit codes (docs/reasons.md has their meaning and what to do):\n   0 done");
        for of_exit in reasons.chunk_by(|a, b| a.exit() == b.exit()) {
            let exit = of_exit.first().map_or(0, |r| r.exit());
            let _ = write!(text, "\n  {exit:>2}");
            let mut column = 4;
            for reason in of_exit {
                if column + 2 + reason.code().len() > WIDTH {
                    text.push_str("\n    ");
                    column = 4;
                }
                column += 1 + reason.code().len();
                let _ = write!(text, " {}", reason.code());
            }
        }
        text
    }
}

/// A command line that is longer than help is wide, on several lines that a shell takes for one.
fn folded(run: &str) -> String {
    let (mut text, mut column) = (String::new(), 2);
    for word in run.split(' ') {
        // A space before the word, and behind it a space and the sign that the line goes on.
        if column + word.len() + 3 > WIDTH {
            text.push_str(" \\\n     ");
            column = 5;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
        column += 1 + word.len();
    }
    text
}

/// Puts examples and exit codes under the help of every verb.
#[must_use]
pub fn explain(command: Command) -> Command {
    below(command, "")
}

fn below(command: Command, path: &str) -> Command {
    if command.has_subcommands() {
        return command.mut_subcommands(|sub| {
            let path = join(path, sub.get_name());
            below(sub, &path)
        });
    }
    match Verb::named(path) {
        Some(verb) => {
            let examples = verb.examples_text();
            let long = format!("{examples}\n\n{}", verb.exits_text());
            command.after_help(examples).after_long_help(long)
        }
        None => command,
    }
}

/// The verb that a command line is about, even if the rest of it is not understood.
#[must_use]
pub fn meant(command: &Command, args: impl Iterator<Item = String>) -> Option<&'static Verb> {
    let (mut at, mut path) = (command, String::new());
    let mut args = args.skip(1);
    while at.has_subcommands() {
        let arg = args.next()?;
        if arg == "--lang" {
            args.next();
        } else if !arg.starts_with('-') {
            at = at.find_subcommand(&arg)?;
            path = join(&path, at.get_name());
        }
    }
    Verb::named(&path)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<&'static str> {
        meant(&crate::cli::command(), line.split(' ').map(str::to_owned)).map(|v| v.name)
    }

    #[test]
    fn a_line_that_is_not_understood_still_names_its_verb() {
        assert_eq!(of("ektp --json --lang id nik check --nonsense"), Some("nik check"));
        assert_eq!(of("ektp --lang=id doctor --nonsense"), Some("doctor"));
        assert_eq!(of("ektp pki"), None);
        assert_eq!(of("ektp make-coffee"), None);
        assert_eq!(of("ektp --lang"), None);
    }

    #[test]
    fn a_long_example_is_one_line_to_a_shell() {
        let words = ["ektp", "verb"].into_iter().chain([&*"w".repeat(40); 3]).collect::<Vec<_>>().join(" ");
        let text = folded(&words);
        assert_eq!(text.replace(" \\\n      ", " "), words);
        assert!(text.lines().count() == 2 && text.lines().all(|line| line.len() <= WIDTH), "{text}");
    }

    #[test]
    fn a_verb_ends_with_its_own_reasons_and_every_verbs() {
        let verb = Verb::named("nik check").unwrap();
        assert!(verb.may_end_with(Reason::InputInvalid) && verb.may_end_with(Reason::InternalError));
        assert!(!verb.may_end_with(Reason::CardRemoved));
        assert!(verb.exits_text().ends_with("\n   1 internal-error\n   2 usage\n  10 disk-full file-unreadable input-invalid"));
        assert!(Verb::named("nik").is_none());
    }
}
