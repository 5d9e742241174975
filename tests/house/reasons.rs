//! `docs/reasons.md`, the table of exit codes and reasons, is generated from `specs/reasons.toml` and `specs/verbs.toml`.

use crate::source::root;
use ektp::cli::verbs::{EVERY, VERBS};
use ektp::reason::{Lang, Reason};
use std::fmt::Write as _;

/// What each exit code means; the reasons under it are the specification's.
const EXITS: &[(u8, &str)] = &[
    (0, "yes, or done"),
    (1, "our own bug, and nothing else"),
    (2, "usage"),
    (3, "could not decide"),
    (10, "input invalid"),
    (11, "not permitted, second person missing"),
    (12, "wrong state or duplicate issue"),
    (20, "no reader, or ambiguous"),
    (21, "card absent or removed"),
    (22, "card not blank"),
    (23, "card authentication failed (never retry)"),
    (24, "transport error (retry is safe)"),
    (25, "does not fit the chip"),
    (26, "read-back differs"),
    (27, "wrong CAN or MRZ (ask again)"),
    (28, "terminal certificate not accepted"),
    (30, "person does not match"),
    (31, "sample too poor"),
    (32, "no finger on file"),
    (40, "signature, hash or certificate bad"),
    (41, "revoked, suspended or not handed over"),
    (42, "expired"),
    (43, "clone suspected"),
    (44, "untrusted or test issuer"),
    (45, "presence not proven"),
    (50, "key store unavailable"),
    (51, "second key holder missing"),
    (60, "count does not balance"),
    (70, "offline, queued"),
    (75, "partly done"),
    (76, "stopped after repeated failures"),
];

#[test]
fn every_reason_has_a_known_exit_code() {
    let unknown: Vec<&str> =
        Reason::ALL.iter().filter(|r| !EXITS.iter().any(|(e, _)| *e == r.exit())).map(|r| r.code()).collect();
    assert_eq!(unknown, Vec::<&str>::new());
    assert!(Reason::ALL.iter().all(|r| r.exit() != 0), "a reason is never a plain yes");
}

#[test]
fn every_reason_has_texts_in_both_languages() {
    for reason in Reason::ALL {
        for lang in [Lang::Id, Lang::En] {
            assert!(!reason.text(lang).is_empty() && !reason.next_step(lang).is_empty(), "{reason}");
        }
        assert_eq!(Reason::from_code(reason.code()), Some(*reason));
    }
}

#[test]
fn the_table_of_reasons_is_current() {
    let text = render();
    let path = root().join("docs/reasons.md");
    if std::env::var_os("EKTP_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "docs/reasons.md is out of date: run `make docs`");
}

fn render() -> String {
    let mut out = String::from(
        "# Exit codes and reasons\n\nMade by `make docs` from `specs/reasons.toml`, the only list, and from `specs/verbs.toml`, which says \
         what each verb can end with.\n\n| exit | meaning | reasons |\n|---|---|---|\n",
    );
    for (exit, meaning) in EXITS {
        let codes: Vec<String> = Reason::ALL.iter().filter(|r| r.exit() == *exit).map(|r| format!("`{}`", r.code())).collect();
        let _ = writeln!(out, "| {exit} | {meaning} | {} |", codes.join(", "));
    }
    out.push_str("\n| reason | exit | hand | retry | English | Indonesian |\n|---|---|---|---|---|---|\n");
    for r in Reason::ALL {
        let (en, id) = (r.text(Lang::En), r.text(Lang::Id));
        let _ = writeln!(
            out,
            "| `{}` | {} | {:?} | {:?} | {en}. {}. | {id}. {}. |",
            r.code(),
            r.exit(),
            r.hand(),
            r.retry(),
            r.next_step(Lang::En),
            r.next_step(Lang::Id)
        );
    }
    out.push_str(&verbs());
    out
}

/// What each verb can end with, by exit code.
fn verbs() -> String {
    let codes = |reasons: &[Reason]| reasons.iter().map(|r| format!("`{}`", r.code())).collect::<Vec<_>>().join(" ");
    let mut out = format!(
        "\n## What each verb can end with\n\nEvery verb can end with {} too. A test runs every verb into each of its reasons.\n\n\
         | verb | exit and reasons |\n|---|---|\n",
        codes(EVERY)
    );
    for verb in VERBS {
        let mut reasons = verb.reasons.to_vec();
        reasons.sort_by_key(|r| r.exit());
        let by_exit: Vec<String> = reasons
            .chunk_by(|a, b| a.exit() == b.exit())
            .map(|of| format!("{} {}", of.first().map_or(0, |r| r.exit()), codes(of)))
            .collect();
        let _ = writeln!(out, "| `{}` | {} |", verb.name, by_exit.join(" · "));
    }
    out
}
