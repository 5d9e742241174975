//! What verbs of issuance share and no single row can show: a store that others hold.

use crate::refusals::offices;
use crate::refusals::place::Place;

#[test]
fn a_store_that_others_hold_for_long_is_told_as_in_use() {
    let place = Place::new();
    offices::furnish(&place);
    let holder = rusqlite::Connection::open(place.at("issuance.db")).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let run = place.run(&format!("store migrate {} --backup @b.db", offices::STORE));
    assert_eq!((run.exit, run.reason()), (12, "in-use"));
    holder.execute_batch("ROLLBACK").unwrap();
    place.run(&format!("store migrate {} --backup @b.db", offices::STORE)).yes();
}

/// Nobody's number stands in the audit, comes back in what is said, or must stand in a shell's history.
#[test]
fn a_number_of_somebody_is_neither_stored_in_clear_nor_repeated_nor_asked_on_the_command_line() {
    let place = Place::new();
    offices::furnish(&place);
    let text = |name: &str| place.at(name).display().to_string();
    let (store, key, pass, roster) = (text("issuance.db"), text("store.key"), format!("file:{}", text("pass")), text("roster"));
    let of_store = ["--store", &store, "--store-key", &key, "--store-passphrase", &pass];
    let (operator, supervisor) = (text("regency-operator.key"), text("supervisor.key"));
    let import = text("register.csv");
    std::fs::copy(crate::contract::root().join("samples/register.csv"), place.at("register.csv")).unwrap();
    let desk = [&of_store[..], &["--roster", &roster, "--office", "31.71", "--key", &operator, "--passphrase", &pass]].concat();
    let run = crate::contract::ektp(
        &[&["case", "register", "import", &import, "--job-id", "form-9999990101810028"], &desk[..]].concat(),
    );
    assert_eq!((run.exit, run.reason(), run.result.to_string().contains("9999990101810028")), (2, "usage", false));
    crate::contract::ektp(&[&["case", "register", "import", &import], &desk[..]].concat()).yes();
    for mistyped in ["9999990902830O00", "99999909028300000", "999999090283000"] {
        let run = crate::contract::ektp(
            &[&["case", "register", "show", mistyped, "--family", "9999990101260000"], &of_store[..]].concat(),
        );
        assert_eq!((run.exit, run.reason()), (2, "usage"), "{mistyped}");
        assert!(!run.result.to_string().contains(mistyped), "{}", run.result);
    }
    let run = crate::contract::ektp(
        &[&["case", "register", "show", "9999990902830000", "--family", "99-9101260000"], &of_store[..]].concat(),
    );
    assert_eq!((run.reason(), run.result.to_string().contains("9101260000")), ("usage", false), "{}", run.result);
    let stray = crate::contract::ektp(&["case", "show", "A-1", "9999990902830000"]);
    assert_eq!((stray.reason(), stray.result.to_string().contains("9999990902830000")), ("usage", false));
    let shown = [&["case", "register", "show", "-", "--family", "-"], &of_store[..]].concat();
    let run = crate::contract::ektp_with(&shown, "9999990902830000\n9999990101260000\n");
    assert_eq!(run.yes().data()["state"], "dirty");
    let wrong = crate::contract::ektp_with(&shown, "99999909028300001\n9999990101260000\n");
    assert_eq!((wrong.reason(), wrong.result.to_string().contains("99999909")), ("usage", false));
    let point =
        [&of_store[..], &["--roster", &roster, "--office", "31.71.01", "--key", &supervisor, "--passphrase", &pass]].concat();
    let apply = ["case", "apply", "-", "--family", "-", "--reason", "new", "--paper", "family-card:copy"];
    let run = crate::contract::ektp_with(&[&apply[..], &point].concat(), "9999990902830000\n9999990101260000\n");
    assert_eq!(run.yes().data()["state"], "applied");
    let stored = std::fs::read(place.at("issuance.db")).unwrap();
    let stored = [stored, std::fs::read(place.at("issuance.db-wal")).unwrap_or_default()].concat();
    for number in [&b"9999990902830000"[..], b"9999990101260000", b"9999990101810028"] {
        assert!(!stored.windows(16).any(|bytes| bytes == number), "in clear in the store");
    }
}

#[test]
fn a_machine_says_once_where_store_key_and_passphrase_are() {
    let place = Place::new();
    offices::furnish(&place);
    std::fs::write(place.at("wrong"), "another passphrase\n").unwrap();
    let asked = |pass: &str| {
        let mut run = std::process::Command::new(env!("CARGO_BIN_EXE_ektp"));
        run.args(["case", "show", "A-1", "--json"]);
        for (name, file) in [("EKTP_ISSUANCE", "issuance.db"), ("EKTP_ISSUANCE_KEY", "store.key")] {
            run.env(name, place.at(file));
        }
        run.env("EKTP_ISSUANCE_PASSPHRASE", format!("file:{}", place.at(pass).display()));
        run.output().unwrap().status.code()
    };
    assert_eq!(asked("pass"), Some(10), "opened: it knows no such case");
    assert_eq!(asked("wrong"), Some(50));
}
