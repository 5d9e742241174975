//! At the centre: captures taken in, persons identified, doubts clarified, cards authorized, statuses published.

use super::country::{At, Country, MINISTRY};
use super::office::{self, Cases, text};
use super::people::{Resident, STRANGER, Story};
use crate::cli::output::{Failure, Output};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CENTRE: At<'static> = At::new(MINISTRY, "centre");
const CLARIFIERS: At<'static> = At::new(MINISTRY, "adjudicator").and("adjudicator-2");

/// A card that was authorized.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// Of which application.
    pub application: String,
    /// The folder of its image.
    pub image: String,
}

/// By the resident's name.
pub type Cards = BTreeMap<&'static str, Card>;

/// Takes all captures in and identifies everybody: the answers by name. Whoever comes twice is clarified, and refused.
pub fn identify(country: &Country, people: &[Resident], cases: &Cases, out: &mut Output) -> Result<Value, Failure> {
    let answers = take_in(country, out)?;
    let mut found = json!({});
    for resident in people {
        let answer = answers.get(&cases[resident.name].id).cloned().unwrap_or_default();
        if resident.story == Story::Twice {
            reject(country, &cases[resident.name].id, "fraud", out)?;
        }
        found[resident.name] = json!(answer);
    }
    Ok(found)
}

/// Captures in, and the answers by application.
fn take_in(country: &Country, out: &mut Output) -> Result<BTreeMap<String, String>, Failure> {
    country.step(CENTRE, &["centre", "receive"], out)?;
    let (gallery, key, pass) = (country.at("gallery"), country.at("gallery.key"), country.pass());
    let among = ["--gallery", &gallery, "--gallery-key", &key, "--gallery-passphrase", &pass];
    let found = country.step(CENTRE, &[&["centre", "identify"], &among[..]].concat(), out)?;
    let all = found["identified"].as_array().cloned().unwrap_or_default();
    Ok(all.iter().filter_map(|one| Some((one["application"].as_str()?.to_owned(), one["answer"].as_str()?.to_owned()))).collect())
}

/// Takes one more capture in, and identifies its person: the answer.
pub fn again(country: &Country, id: &str, out: &mut Output) -> Result<Value, Failure> {
    Ok(json!(take_in(country, out)?.get(id)))
}

/// Two officers look, and end an application.
fn reject(country: &Country, id: &str, outcome: &str, out: &mut Output) -> Result<Value, Failure> {
    country.step(CLARIFIERS, &["clarify", "show", id], out)?;
    country.step(CLARIFIERS, &["clarify", "open", id], out)?;
    country.step(CLARIFIERS, &["clarify", "decide", id, "--outcome", outcome], out)
}

/// Authorizes the card of everybody who was found unique.
pub fn authorize(
    country: &Country,
    people: &[Resident],
    cases: &Cases,
    found: &Value,
    out: &mut Output,
) -> Result<Cards, Failure> {
    let mut cards = Cards::new();
    for resident in people.iter().filter(|resident| found[resident.name] == "single") {
        cards.insert(resident.name, card(country, &cases[resident.name].id, out)?);
    }
    Ok(cards)
}

/// Authorizes one card.
pub fn card(country: &Country, application: &str, out: &mut Output) -> Result<Card, Failure> {
    let (recipient, trust) = (country.at("kit/bureau.cert.pem"), country.at("kit/trust"));
    let (numbers, cert, images) = (country.at("numbers.db"), country.at("kit/approver.cert.pem"), country.at("images"));
    let made_by = ["--recipient", &recipient, "--trust", &trust, "--numbers", &numbers, "--cert", &cert];
    let to = ["--signer", "sample-signer", "--images", &images];
    let args = [&["centre", "approve", application], &made_by[..], &to[..]].concat();
    let made = country.step(At::new(MINISTRY, "approver"), &args, out)?;
    Ok(Card { id: text(&made, "card")?, application: application.to_owned(), image: text(&made, "image")? })
}

/// Gives out what became of the cards: a whole list the first time, then deltas, in the folder that verifiers pull.
pub fn publish(country: &Country, out: &mut Output) -> Result<(), Failure> {
    let (register, folder) = (country.at("register.json"), country.at("public"));
    let store = country.store();
    let (cert, key, pass) = (country.at("kit/status-list.cert.pem"), country.at("kit/status-list.key.pem"), country.pass());
    let keys = ["--cert", &cert, "--key", &key, "--passphrase", &pass, "--out", &folder];
    country.must(&[&["centre", "publish", &register], &keys[..], &super::country::words(&store)[..]].concat(), out)?;
    Ok(())
}

/// Somebody applies with another's papers for a card that the holder has lost, as he says; his fingers are not the holder's.
pub fn impostor(country: &Country, people: &[Resident], out: &mut Output) -> Result<Value, Failure> {
    let Some(victim) = people.iter().find(|resident| resident.story == Story::Plain && !resident.mass && resident.foreign) else {
        return Ok(Value::Null);
    };
    let id = office::apply(country, victim, ("lost", &["police-letter"]), out)?;
    let stranger = victim.impersonated(STRANGER);
    office::capture(country, &stranger, (&id, 1), out)?;
    let answers = take_in(country, out)?;
    let decided = reject(country, &id, "fraud", out)?;
    Ok(json!({"claims_to_be": victim.name, "answer": answers.get(&id), "state": decided["state"]}))
}
