//! At the desks: the card read, the live fingers compared, the card given or kept; a lost card, and the one in its place.

use super::bench::write;
use super::centre::{Card, Cards, card, publish};
use super::country::Country;
use super::office::{self, Case, Cases};
use super::people::{Resident, STRANGER, Story};
use super::{bureau, ways};
use crate::cli::demo::steps::Answer;
use crate::cli::output::{Failure, Output};
use crate::lds::image::{CardImage, SealedContent};
use crate::pki::sample::Kit;
use crate::pki::seal;
use crate::reason::Reason;
use serde_json::{Value, json};

/// Everybody comes for the card: the answers by name. One sends somebody else.
pub fn hand_over(country: &Country, people: &[Resident], cases: &Cases, out: &mut Output) -> Result<Value, Failure> {
    let mut answers = json!({});
    for resident in people {
        answers[resident.name] = match resident.story {
            Story::Twice => Value::Null,
            Story::SendsAnother => {
                let other = resident.impersonated(STRANGER);
                one(country, &other, &cases[resident.name], out)?.data["answer"].clone()
            }
            Story::Plain | Story::Loses => one(country, resident, &cases[resident.name], out)?.data["answer"].clone(),
        };
    }
    Ok(answers)
}

/// One handover, by two officers of the desk.
fn one(country: &Country, resident: &Resident, case: &Case, out: &mut Output) -> Result<Answer, Failure> {
    let blank = blank_of(country, &case.id, out)?;
    let chip = country.lay(&format!("chips/{blank}.state"), out)?;
    let sensor = format!("{} finger sensor --folder {}", country.steps.program(), resident.capture(country, 2));
    let (kit, trust, list, state) = (country.at("kit"), country.at("kit/trust"), country.at("public"), country.at("judge"));
    let card = ["--reader", &country.reader, "--is-chain", &kit, "--trust", &trust, "--status-list", &list, "--state", &state];
    let args = [&["handover", &case.id, "--receipt", &case.receipt, "--capture", &sensor], &card[..]].concat();
    let second = if resident.foreign { "regency-operator-2" } else { "operator-2" };
    let answer = country.ask(resident.desk().and(second), &args, out)?;
    country.take_away(chip)?;
    Ok(answer)
}

/// The blank that an application's last card was made of.
fn blank_of(country: &Country, application: &str, out: &mut Output) -> Result<String, Failure> {
    let store = country.store();
    let traced = country.must(&[&["trace", application], &super::country::words(&store)[..]].concat(), out)?;
    let blanks = traced["events"].as_array().into_iter().flatten().filter(|event| event["kind"] == "blank");
    let last = blanks.filter_map(|event| event["id"].as_str()).next_back();
    last.map(str::to_owned).ok_or_else(|| Failure::new(Reason::InternalError, "a card without a blank"))
}

/// A card is lost: its number is revoked at the report; another is made for the same person and handed over; a verifier refuses the old
/// one, and takes the new one.
pub fn lost_and_found(country: &Country, people: &[Resident], cards: &Cards, out: &mut Output) -> Result<Value, Failure> {
    let Some(resident) = people.iter().find(|resident| resident.story == Story::Loses) else { return Ok(Value::Null) };
    let Some(old) = cards.get(resident.name) else { return Ok(Value::Null) };
    let old_chip = blank_of(country, &old.application, out)?;
    let id = office::apply(country, resident, ("lost", &["police-letter"]), out)?;
    let receipt = office::capture(country, resident, (&id, 2), out)?;
    let answer = super::centre::again(country, &id, out)?;
    let new = card(country, &id, out)?;
    bureau::one_more(country, &new, out)?;
    ways::one_more(country, &new.id, out)?;
    publish(country, out)?;
    let case = Case { id, receipt };
    let given = one(country, resident, &case, out)?;
    publish(country, out)?;
    let new_chip = blank_of(country, &case.id, out)?;
    let judged = [(old, old_chip), (&new, new_chip)].map(|(card, chip)| verify(country, card, &chip, out));
    let [old, new] = judged;
    Ok(json!({"answer": answer, "given": given.data["answer"], "old": old?, "new": new?}))
}

/// A verifier judges a card: the reason, or null for genuine.
fn verify(country: &Country, card: &Card, blank: &str, out: &mut Output) -> Result<Value, Failure> {
    let kit = Kit::load(&country.dir.join("kit"))?;
    let image = CardImage::read(&country.dir.join(&card.image))?;
    let content = SealedContent::parse(&seal::open(&image.sealed, &kit.bureau.key)?)?;
    // What is printed on the card.
    write(&country.dir.join("printed-can.txt"), content.can.expose().as_bytes())?;
    let chip = country.lay(&format!("chips/{blank}.state"), out)?;
    let can = format!("file:{}", country.at("printed-can.txt"));
    let (chain, trust) = (country.at("kit"), country.at("kit/trust"));
    let (list, state) = (country.at("public"), country.at("verifier"));
    let card = ["--reader", &country.reader, "--can", &can, "--is-chain", &chain];
    let by = ["--trust", &trust, "--status-list", &list, "--state", &state];
    let answer = country.steps.ask(&[&["verify", "card"], &card[..], &by[..]].concat(), out)?;
    country.take_away(chip)?;
    Ok(json!(answer.reason))
}
