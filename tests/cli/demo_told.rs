//! What `ektp demo morning` tells a machine: the demonstration of one card with `morning` beside it, as its schema says.

use crate::contract::{check, schema};
use crate::skipped::skipped;
use serde_json::{Value, json};

/// The file that `make -s demo-json` wrote: a whole morning takes a release build (`.ci/run`).
const TOLD: &str = "EKTP_DEMO_TOLD";

#[test]
fn the_schema_is_that_of_one_card_and_the_morning() {
    let (card, morning) = (schema("demo-card"), schema("demo-morning"));
    let mut properties = morning["properties"].clone();
    assert!(properties.as_object_mut().unwrap().remove("morning").is_some());
    assert_eq!(properties, card["properties"]);
    assert_eq!(morning["$defs"], card["$defs"]);
    let mut required = card["required"].as_array().unwrap().clone();
    required.push(json!("morning"));
    assert_eq!(morning["required"], Value::Array(required));
    assert_eq!(morning["additionalProperties"], false);
}

#[test]
fn a_morning_is_told_by_the_contract() {
    let Some(file) = std::env::var_os(TOLD) else {
        return skipped(&format!("a whole morning by the contract: {TOLD} names no file of `make -s demo-json`"));
    };
    // Its lines, its events and the result's data, each by its schema.
    let told = check(0, &std::fs::read_to_string(file).unwrap());
    assert_eq!((told.verb(), told.exit), ("demo morning", 0));
    let data = told.yes().data();
    assert_eq!([&data["good"]["exit"], &data["copied"]["exit"], &data["altered"]["exit"]], [0, 43, 40]);
    assert_eq!(data["morning"]["books"]["balanced"], true);
}
