//! `ektp trace`: whatever of a life is known, its person, case, card, number, blank or chip, the same life is told; of what holds many, theirs.

use crate::contract::Run;
use crate::refusals::centre;
use crate::refusals::country::Country;
use crate::refusals::offices::{self, STORE};
use crate::refusals::place::Place;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The serial of the chip of the first card; its blank is called otherwise.
const CHIP: &str = "E0000102030405060708";

/// Three applications at the regency's bureau: two cards are sent to their desk in one shipment, the third waits in a batch.
fn place() -> Place {
    let place = Place::new();
    offices::furnish(&place);
    let mut country = Country::of(&place);
    for n in [1, 2] {
        country.finished(n, "regular-citizen-office", "31.71.01", "31.71");
    }
    country.print_ready(3, "regular-citizen-office", "31.71.01");
    drop(country);
    let [courier, personalizer, operator] = [("31.71", "courier"), ("31.71", "personalizer"), ("31.71.01", "operator")]
        .map(|(office, officer)| offices::desk(office, officer, None));
    place.run(&format!("ship pack c1 c2 --shipment w1 --to 31.71.01 --seal S1 --seal S2 {courier}")).yes();
    place.run(&format!("ship send --shipment w1 {courier}")).yes();
    place.run(&format!("ship receive c1 c2 --shipment w1 --seal S1 --seal S2 {operator}")).yes();
    place.run(&format!("batch create a3 --batch b1 --type ektp-80k {personalizer}")).yes();
    // As a station's journal keeps it.
    let journal = rusqlite::Connection::open(place.at("issuance.db")).unwrap();
    let row = "INSERT INTO perso_job (id, content_digest, state, custody, image_at, image_digest, authorization_digest, document_number, \
        status_index, profile, chip_date, trust_point, chip_serial, created_at, updated_at) VALUES \
        ('job-1', x'00', 'ISSUED', 'RELEASE', 'images/a1.1', x'00', x'00', 'N1', 1, 'ektp-80k', '2026-11-20', x'00', ?1, \
        '2026-11-20T01:00:00Z', '2026-11-20T01:00:00Z')";
    journal.execute(row, [CHIP]).unwrap();
    place
}

fn trace(place: &Place, id: &str) -> Run {
    place.run(&format!("trace {id} {STORE}"))
}

/// Kind and id of everything that was told.
fn things(run: &Run) -> BTreeSet<String> {
    let word = |thing: &Value, name: &str| thing[name].as_str().unwrap().to_owned();
    let things = run.yes().data()["things"].as_array().unwrap();
    things.iter().map(|thing| format!("{} {}", word(thing, "kind"), word(thing, "id"))).collect()
}

/// What people are shown.
fn text(place: &Place, line: &str) -> String {
    let command = place.command(line);
    let output = std::process::Command::new(command.get_program()).args(command.get_args().skip(1)).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn events(run: &Run) -> Vec<Value> {
    run.yes().data()["events"].as_array().unwrap().clone()
}

#[track_caller]
fn only<'a>(events: &'a [Value], kind: &str, step: &str) -> &'a Value {
    let found: Vec<&Value> = events.iter().filter(|event| event["kind"] == kind && event["step"] == step).collect();
    assert_eq!(found.len(), 1, "{kind} {step}: {events:#?}");
    found[0]
}

#[test]
fn case_card_number_blank_chip_and_person_tell_the_same_life() {
    let place = place();
    let whole = trace(&place, "c1");
    assert_eq!(things(&whole), ["application a1", "blank s1", "card c1", "shipment w1"].map(str::to_owned).into());
    for id in ["a1", "N1", "s1", CHIP, &CHIP.to_lowercase(), "3171010101900001"] {
        let told = trace(&place, id);
        assert_eq!((things(&told), told.data()["events"].clone()), (things(&whole), whole.data()["events"].clone()), "{id}");
    }
    let asked = place.run_on(&format!("trace - {STORE}"), "3171010101900001\n");
    assert_eq!(asked.yes().data(), whole.data(), "out of the shell's history");
    let events = events(&whole);
    assert_eq!(only(&events, "card", "encode")["chip"], CHIP);
    assert!(events.iter().filter(|event| !event["chip"].is_null()).count() == 1);
    assert_eq!((&events[0]["step"], &events[0]["id"]), (&json!("open"), &json!("a1")), "from the form on");
    trace(&place, "E0000102030405060709").refused(10, "identifier-unknown");
    trace(&place, "AB9999990101810028CD").refused(10, "identifier-unknown");
}

#[test]
fn a_shipment_tells_its_cards_and_each_card_its_shipments() {
    let place = place();
    let whole = trace(&place, "w1");
    assert_eq!(things(&whole), ["card c1", "card c2", "shipment w1"].map(str::to_owned).into());
    let sealed = only(&events(&whole), "shipment", "open").clone();
    assert_eq!(sealed["seals"], json!(["S1", "S2"]));
    for card in ["c1", "c2"] {
        let told = trace(&place, card);
        assert!(things(&told).contains("shipment w1"));
        let events = events(&told);
        for step in ["pack", "send", "receive"] {
            assert_eq!(only(&events, "card", step)["shipment"], "w1", "{card} {step}");
        }
        assert!(only(&events, "card", "check")["shipment"].is_null());
    }
}

#[test]
fn a_batch_tells_its_applications_and_each_of_them_its_batch() {
    let place = place();
    assert_eq!(things(&trace(&place, "b1")), ["application a3", "batch b1"].map(str::to_owned).into());
    let told = trace(&place, "a3");
    assert_eq!(things(&told), ["application a3", "batch b1", "card c3"].map(str::to_owned).into());
    assert_eq!(only(&events(&told), "application", "personalize")["reason"], "b1");
}

#[test]
fn receipts_are_told_with_their_numbers_and_of_a_person_what_the_register_says() {
    const BUDI: &str = "A-73540A00D69260E7";
    let place = Place::new();
    offices::furnish(&place);
    centre::registered(&place);
    let first = centre::consolidated(&place, BUDI);
    let (one, two) = (offices::desk("31.71.01", "operator", None), offices::desk("31.71.01", "operator", Some("supervisor")));
    place.run(&format!("case stamp {BUDI} --out @first.pdf {one}")).yes();
    let again = place.run(&format!("case receipt {BUDI} {two}"));
    assert_ne!(again.yes().data()["code"], first.as_str());
    place.run(&format!("case stamp {BUDI} --out @second.pdf {one}")).yes();
    let receipts: Vec<Value> = events(&trace(&place, BUDI))
        .iter()
        .filter(|event| !event["receipt"].is_null())
        .map(|event| json!([event["step"], event["receipt"]["paper"], event["receipt"]["number"]]))
        .collect();
    let expected = [("capture", 1), ("print-receipt", 1), ("replace-receipt", 2), ("print-receipt", 2)];
    assert_eq!(receipts, expected.map(|(step, number)| json!([step, "summons", number])));
    let text = text(&place, &format!("trace {BUDI} {STORE}"));
    assert!(
        text.lines().any(|line| line.contains("replace-receipt: ") && line.contains("  (lost) receipt 2 (summons)")),
        "{text}"
    );
    // Whom the register let go, and why.
    let gone = "9999990211780000";
    let head = offices::desk("31.71", "head", None);
    place.run(&format!("case register depart {gone} --why dead {head}")).yes();
    let told = events(&trace(&place, gone));
    let rows: Vec<_> = told.iter().filter(|event| event["kind"] == "resident").collect();
    let steps: Vec<_> = rows.iter().map(|event| (event["step"].as_str().unwrap(), event["to"].as_str().unwrap())).collect();
    assert_eq!(steps, [("open", "dirty"), ("record-death", "dead")]);
    assert_eq!(rows[1]["hands"][0]["role"], "head-of-registry");
}
