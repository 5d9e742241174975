//! On the way: shipments under seals to the desks, and the way back of a card that was refused, to its destruction.

use super::bench::write;
use super::centre::Cards;
use super::country::{At, Country, MINISTRY, POINT, REGENCY};
use super::people::{Resident, Story};
use crate::cli::output::{Failure, Output};
use serde_json::{Value, json};

/// A leg: from, who sends, to, who receives.
struct Leg {
    from: At<'static>,
    to: At<'static>,
}

const DOWN: Leg = Leg { from: At::new(MINISTRY, "courier"), to: At::new(REGENCY, "regency-courier") };
const ON: Leg = Leg { from: At::new(REGENCY, "regency-courier"), to: At::new(POINT, "point-courier") };
const BACK: Leg = Leg { from: At::new(POINT, "point-courier"), to: At::new(REGENCY, "regency-courier") };
const UP: Leg = Leg { from: At::new(REGENCY, "regency-courier"), to: At::new(MINISTRY, "courier") };

/// Every card to the desk that hands it over.
pub fn deliver(country: &Country, people: &[Resident], cards: &Cards, out: &mut Output) -> Result<(), Failure> {
    let chosen = |keep: &dyn Fn(&Resident) -> bool| -> Vec<String> {
        let own = people.iter().filter(|resident| keep(resident)).filter_map(|resident| cards.get(resident.name));
        own.map(|card| card.id.clone()).collect()
    };
    ship(country, &DOWN, "way-1", &chosen(&|r| r.mass), out)?;
    ship(country, &ON, "way-2", &chosen(&|r| !r.foreign), out)?;
    shelve(country, &chosen(&|r| !r.mass && r.foreign), out)
}

/// One more card from the regency to the service point.
pub fn one_more(country: &Country, card: &str, out: &mut Output) -> Result<(), Failure> {
    ship(country, &ON, "way-3", &[card.to_owned()], out)
}

/// Cards that are handed over where they were made.
fn shelve(country: &Country, cards: &[String], out: &mut Output) -> Result<(), Failure> {
    let args: Vec<&str> = ["ship", "shelve"].into_iter().chain(cards.iter().map(String::as_str)).collect();
    country.step(At::new(REGENCY, "regency-courier"), &args, out)?;
    Ok(())
}

/// Packed, sealed, sent and received whole.
fn ship(country: &Country, leg: &Leg, name: &str, cards: &[String], out: &mut Output) -> Result<(), Failure> {
    let seal = format!("S-{name}");
    let cards = || cards.iter().map(String::as_str);
    let pack = ["ship", "pack"].into_iter().chain(cards()).chain(["--shipment", name, "--to", leg.to.office, "--seal", &seal]);
    country.step(leg.from, &pack.collect::<Vec<_>>(), out)?;
    country.step(leg.from, &["ship", "send", "--shipment", name], out)?;
    let receive = ["ship", "receive"].into_iter().chain(cards()).chain(["--shipment", name, "--seal", &seal]);
    country.step(leg.to, &receive.collect::<Vec<_>>(), out)?;
    Ok(())
}

/// The card that was refused goes back to the ministry, and is destroyed before two witnesses.
pub fn refused_goes_back(country: &Country, people: &[Resident], cards: &Cards, out: &mut Output) -> Result<Value, Failure> {
    let refused = people.iter().find(|resident| resident.story == Story::SendsAnother);
    let Some(card) = refused.and_then(|resident| cards.get(resident.name)) else { return Ok(Value::Null) };
    let own = [card.id.clone()];
    ship(country, &BACK, "way-back-1", &own, out)?;
    ship(country, &UP, "way-back-2", &own, out)?;
    write(&country.dir.join("minutes.toml"), MINUTES.as_bytes())?;
    let (minutes, pdf) = (country.at("minutes.toml"), country.at("minutes.pdf"));
    let by = At::new(MINISTRY, "witness").and("witness-2");
    country.step(by, &["destroy", &card.id, "--minutes", &minutes, "--out", &pdf], out)?;
    let store = country.store();
    let traced = country.must(&[&["trace", &card.id], &super::country::words(&store)[..]].concat(), out)?;
    let last = traced["events"].as_array().and_then(|events| events.iter().rev().find(|e| e["id"] == card.id.as_str()).cloned());
    Ok(json!({"card": card.id, "state": last.map(|event| event["to"].clone())}))
}

const MINUTES: &str = r#"number = "BA-1/2026"
day = "26 November 2026"
place = "Jakarta"
method = "dicacah"

[officer]
name = "PETUGAS CONTOH"
number = "1987-0042"
body = "Ditjen Dukcapil"

[[witnesses]]
name = "SAKSI SATU"
number = "witness"
body = "Inspektorat"

[[witnesses]]
name = "SAKSI DUA"
number = "witness-2"
body = "Inspektorat"
"#;
