//! Whoever counts a shift cannot read the expected number first: no verb that anybody asks of a blank or of stock tells it while it is open.

use crate::contract::Run;
use crate::refusals::country::Country;
use crate::refusals::offices::{self, STORE, desk};
use crate::refusals::place::Place;
use serde_json::{Value, json};

/// Four of six blanks lie in shift h1, where one of them became the card of a1.
fn place() -> Place {
    let place = Place::new();
    offices::furnish(&place);
    place.write("maker", "#!/bin/sh\necho done\n");
    #[cfg(unix)]
    std::fs::set_permissions(place.at("maker"), std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let mut country = Country::of(&place);
    country.print_ready(1, "regular-citizen-office", "31.71.01");
    drop(country);
    let by = |line: &str, first: &str, second: Option<&str>| {
        place.run(&format!("{line} {}", desk("31.71", first, second))).yes();
    };
    by("blank receive B001..B006 --type ektp-80k", "courier", None);
    by("shift open --shift h1 --station enc-1 --operator personalizer", "personalizer", None);
    by("shift supply B001..B004 --station enc-1", "courier", Some("personalizer"));
    by("batch create a1 --batch b1 --type ektp-80k", "personalizer", None);
    by("batch approve --batch b1", "approver", None);
    by("batch run --batch b1 --station enc-1 --maker @maker", "personalizer", None);
    place
}

fn show(place: &Place, blank: &str) -> Value {
    let run = place.run(&format!("blank show {blank} {STORE}"));
    let data = run.yes().data();
    json!([data["state"], data["card"], data["shift"], data["life"].as_array().unwrap().len()])
}

fn stock(place: &Place, key: &str) -> Value {
    let run = place.run(&format!("report stock @issuance.db {key}"));
    let row = &run.yes().data()["stock"][0];
    json!([row["in-stock"], row["made"], row["open-shift"], row["all"]])
}

fn things(run: &Run) -> usize {
    run.yes().data()["things"].as_array().unwrap().len()
}

#[test]
fn what_lies_in_an_open_shift_is_told_when_it_is_closed() {
    const KEY: &str = "--store-key @store.key --store-passphrase file:@pass";
    let place = place();
    let (made, left) = (show(&place, "B001"), show(&place, "B002"));
    assert_eq!((&made, &left), (&json!(["open-shift", null, "h1", 1]), &json!(["open-shift", null, "h1", 1])), "alike");
    assert_eq!(show(&place, "B005"), json!(["in-stock", null, null, 1]));
    assert_eq!((stock(&place, KEY), stock(&place, "")), (json!([2, 0, 4, 6]), json!([0, 0, 6, 6])));
    let ages = place.run("report ageing @issuance.db --kind blank");
    let states: Vec<_> = ages.yes().data()["ageing"].as_array().unwrap().iter().map(|row| &row["state"]).collect();
    assert_eq!(states, ["open-shift"]);
    let daily = place.run("report daily @issuance.db");
    assert_eq!([&daily.yes().data()["books"][0]["in-process"], &daily.data()["books"][0]["carried-over"]], [&Value::Null; 2]);
    for blank in ["B001", "B002"] {
        let told = place.run(&format!("trace {blank} {STORE}"));
        assert_eq!((things(&told), &told.data()["open_shift"]), (1, &json!("h1")), "{blank}");
        assert_eq!(told.data()["events"].as_array().unwrap().len(), 1, "that it came in");
    }
    let whole = place.run(&format!("trace c1 {STORE}"));
    assert_eq!((things(&whole), &whole.data()["open_shift"]), (4, &Value::Null), "whoever has the card has counted it");
    let shown = place.run(&format!("shift show h1 {STORE}"));
    assert_eq!(shown.yes().data()["books"], Value::Null);
    // A count that does not balance tells its counter: the next one is another person's, who is told nothing before.
    let count = |list: &str, [first, second]: [&str; 2]| {
        place.run(&format!("shift close {list} --shift h1 {}", desk("31.71", first, Some(second))))
    };
    let [worker, supervisor] = ["personalizer", "regency-supervisor"];
    count("B002 B003", [worker, supervisor]).refused(60, "count-unbalanced");
    assert_eq!((show(&place, "B004"), stock(&place, KEY)), (left, json!([2, 0, 4, 6])));
    count("B002..B004", [worker, supervisor]).refused(11, "not-permitted");
    count("B002..B004", [supervisor, worker]).yes();
    assert_eq!(
        (show(&place, "B001"), show(&place, "B002")),
        (json!(["made", "c1", null, 3]), json!(["in-stock", null, null, 1]))
    );
    assert_eq!(stock(&place, ""), json!([5, 1, 0, 6]));
    assert_eq!(things(&place.run(&format!("trace B001 {STORE}"))), 4);
    assert_eq!(place.run("report daily @issuance.db").yes().data()["books"][0]["carried-over"], 5);
}
