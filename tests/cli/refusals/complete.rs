//! Nothing is left out: every verb has its row in `specs/verbs.toml`, its runs, its examples and its help.

use super::{GROUPS, Refusal, Rows, Yes, jobs, leaves, skips};
use crate::contract::ektp;
use ektp::cli::verbs;
use ektp::reason::Reason;
use std::collections::BTreeSet;

#[test]
fn the_table_of_verbs_is_the_programs() {
    let program: BTreeSet<String> = leaves().into_iter().map(|(name, _)| name).collect();
    let table: BTreeSet<String> = verbs::VERBS.iter().map(|v| v.name.to_owned()).collect();
    assert_eq!(program, table, "specs/verbs.toml and the command tree");
}

#[test]
fn a_verb_names_every_group_of_options_that_it_has_and_no_other() {
    let mut wrong = Vec::new();
    for (name, command) in leaves() {
        let verb = verbs::Verb::named(&name).unwrap();
        for group in verbs::GROUPS {
            let (has, named) = (group.is_of(&command), verb.groups.contains(&group.name));
            if has != named {
                wrong.push(format!("{name}: group `{}`: has its options: {has}, names it: {named}", group.name));
            }
            let missing = group.reasons.iter().filter(|r| has && !verb.may_end_with(**r));
            wrong.extend(missing.map(|reason| format!("{name}: {reason} of group `{}`", group.name)));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let idle = verbs::GROUPS.iter().filter(|group| !leaves().iter().any(|(_, command)| group.is_of(command)));
    assert_eq!(idle.map(|group| group.name).collect::<Vec<_>>(), Vec::<&str>::new(), "groups that no verb has");
}

#[test]
fn every_verb_is_run_into_a_yes_and_into_each_reason_of_its_list() {
    let mut missing = Vec::new();
    for verb in verbs::VERBS {
        let rows: Vec<&Rows> = GROUPS.iter().copied().flatten().filter(|r| r.verb == verb.name).collect();
        let yes = rows.iter().any(|r| !matches!(r.yes, Yes::Elsewhere(_)));
        if yes == skips::NEVER_YES.iter().any(|(name, _)| *name == verb.name) {
            missing.push(format!("{}: a yes, or its place in the skip list", verb.name));
        }
        let asked = rows.iter().any(|r| r.asking().is_some()).then_some("no-terminal");
        let run: Vec<&str> =
            rows.iter().flat_map(|r| r.refusals).map(Refusal::reason).chain(jobs::reasons_of(verb.name)).chain(asked).collect();
        let skipped =
            |reason: &Reason| skips::SKIPS.iter().chain(skips::ELSEWHERE).any(|s| s.0 == verb.name && s.1 == reason.code());
        let skipped = |reason: &Reason| {
            skipped(reason) || skips::OF_GROUP.iter().any(|s| verb.groups.contains(&s.0) && s.1 == reason.code())
        };
        for reason in verb.reasons {
            match (run.contains(&reason.code()), skipped(reason)) {
                (false, false) => missing.push(format!("{}: {reason}", verb.name)),
                (true, true) => missing.push(format!("{}: {reason} is run, and stands in the skip list", verb.name)),
                _ => {}
            }
        }
        let known = |code: &str| verbs::EVERY.iter().chain(verb.reasons).any(|r| r.code() == code);
        let beyond = run.iter().filter(|code| !known(code));
        missing.extend(beyond.map(|code| format!("{}: `{code}` is run, but not in specs/verbs.toml", verb.name)));
    }
    for (verb, code, why) in skips::SKIPS {
        let listed = verbs::Verb::named(verb).is_some_and(|v| v.reasons.iter().any(|r| r.code() == *code));
        if !listed || why.len() < 20 {
            missing.push(format!("skip list: {verb}: {code} is not of specs/verbs.toml, or has no reason"));
        }
    }
    for (group, code, file) in skips::OF_GROUP {
        let text = std::fs::read_to_string(crate::contract::root().join("tests/cli").join(file)).unwrap_or_default();
        if !text.contains(&format!("\"{code}\"")) {
            missing.push(format!("run elsewhere: group {group}: {code} is not asserted in {file}"));
        }
    }
    for (verb, code, file) in skips::ELSEWHERE {
        let listed = verbs::Verb::named(verb).is_some_and(|v| v.reasons.iter().any(|r| r.code() == *code));
        let text = std::fs::read_to_string(crate::contract::root().join("tests/cli").join(file)).unwrap_or_default();
        if !listed || !text.contains(&format!("\"{code}\"")) {
            missing.push(format!("run elsewhere: {verb}: {code} is not of specs/verbs.toml, or not asserted in {file}"));
        }
    }
    let strangers = GROUPS.iter().copied().flatten().filter(|r| verbs::Verb::named(r.verb).is_none());
    missing.extend(strangers.map(|r| format!("{} is no verb", r.verb)));
    assert!(missing.is_empty(), "{} runs are missing:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn every_verb_refuses_an_option_that_it_does_not_know() {
    for verb in verbs::VERBS {
        let words: Vec<&str> = verb.name.split(' ').chain(["--no-such-option"]).collect();
        let run = ektp(&words);
        run.refused(2, "usage");
        assert_eq!(run.verb(), verb.name);
    }
}

#[test]
fn every_verb_explains_itself_with_examples_that_it_understands() {
    for verb in verbs::VERBS {
        let help =
            std::process::Command::new(env!("CARGO_BIN_EXE_ektp")).args(verb.name.split(' ')).arg("--help").output().unwrap();
        let help = String::from_utf8(help.stdout).unwrap();
        for (does, run) in verb.examples {
            assert!(help.contains("Examples:") && help.contains(&format!("# {does}")), "{}:\n{help}", verb.name);
            let words = run.split(' ').map(|w| if w == "$VPCD_PORT" { "20000" } else { w });
            let parsed = ektp::cli::command().try_get_matches_from(words.clone());
            assert!(parsed.is_ok(), "{run}: {}", parsed.err().map(|e| e.to_string()).unwrap_or_default());
            let meant = verbs::meant(&ektp::cli::command(), words.map(str::to_owned));
            assert_eq!(meant.map(|v| v.name), Some(verb.name), "{run}");
        }
        for reason in verb.reasons {
            assert!(help.contains(reason.code()), "{}: its help does not name {reason}", verb.name);
        }
    }
}
