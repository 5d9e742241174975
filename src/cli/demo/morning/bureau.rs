//! In the bureaus: blanks, shifts that are counted, batches that are run, books that balance.

use super::bench::cannot;
use super::centre::{Card, Cards};
use super::country::{At, Country, MINISTRY, REGENCY, words};
use super::maker::write_printer;
use super::people::Resident;
use crate::cli::demo::steps::Service;
use crate::cli::output::{Failure, Output};
use crate::reason::Reason;
use serde_json::{Value, json};

/// A bureau: its office, its station, who works there, and the first of its blanks.
struct Bureau {
    office: &'static str,
    station: &'static str,
    works: At<'static>,
    counts: At<'static>,
    first: u32,
}

const BUREAUS: [Bureau; 2] = [
    Bureau {
        office: MINISTRY,
        station: "enc-1",
        works: At::new(MINISTRY, "personalizer"),
        counts: At::new(MINISTRY, "personalizer").and("ministry-supervisor"),
        first: 1,
    },
    Bureau {
        office: REGENCY,
        station: "enc-2",
        works: At::new(REGENCY, "regency-personalizer"),
        counts: At::new(REGENCY, "regency-personalizer").and("regency-supervisor"),
        first: 101,
    },
];
/// Blanks that each bureau receives.
const BLANKS: u32 = 8;
const TYPE: &str = "ektp-80k";

/// The name of a shift of the morning.
fn shift(bureau: &Bureau) -> String {
    format!("morning-{}", bureau.station)
}

/// A blank is known by the serial of its chip.
fn serial(n: u32) -> String {
    format!("E1D{n:017}")
}

/// The memory of a blank's chip.
fn chip(country: &Country, serial: &str) -> String {
    country.at(&format!("chips/{serial}.state"))
}

/// Everybody's card is made: of mass procedures at the ministry, of regular ones at the regency. The cards.
pub fn morning(country: &Country, people: &[Resident], cards: &Cards, out: &mut Output) -> Result<Cards, Failure> {
    for bureau in &BUREAUS {
        open(country, bureau, out)?;
        let own = people.iter().filter(|r| r.mass == (bureau.office == MINISTRY)).filter_map(|r| cards.get(r.name));
        let own: Vec<Card> = own.cloned().collect();
        batch(country, bureau, &format!("batch-{}", bureau.station), &own, out)?;
    }
    Ok(cards.clone())
}

/// One more card, made at the regency.
pub fn one_more(country: &Country, card: &Card, out: &mut Output) -> Result<(), Failure> {
    let [_, regency] = &BUREAUS;
    batch(country, regency, "batch-again", std::slice::from_ref(card), out)
}

/// Blanks come in, the shift is opened with a count, and they are brought to the station.
fn open(country: &Country, bureau: &Bureau, out: &mut Output) -> Result<(), Failure> {
    for n in bureau.first..bureau.first + BLANKS {
        let state = chip(country, &serial(n));
        let folder = country.dir.join("chips");
        std::fs::create_dir_all(&folder).map_err(|e| cannot(&folder, &e))?;
        country.must(&["chip", "new", "--state", &state, "--profile", TYPE, "--serial", &serial(n)], out)?;
        // What a blank looks like that nobody used: the count at the end goes by the chips, and not by the books.
        let new = country.dir.join(&state);
        std::fs::copy(&new, new.with_extension("new")).map_err(|e| cannot(&new, &e))?;
    }
    let range = format!("{}..{}", serial(bureau.first), serial(bureau.first + BLANKS - 1));
    country.step(bureau.works, &["blank", "receive", &range, "--type", TYPE, "--note", "DO-1"], out)?;
    let name = shift(bureau);
    let begin = ["shift", "open", "--shift", &name, "--station", bureau.station, "--operator", bureau.works.by];
    country.step(bureau.works, &begin, out)?;
    country.step(bureau.counts, &["shift", "supply", &range, "--station", bureau.station], out)?;
    Ok(())
}

/// A batch is put together, approved by somebody else, run and closed.
fn batch(country: &Country, bureau: &Bureau, name: &str, cards: &[Card], out: &mut Output) -> Result<(), Failure> {
    let applications = cards.iter().map(|card| card.application.as_str());
    let create: Vec<&str> =
        ["batch", "create"].into_iter().chain(applications).chain(["--batch", name, "--type", TYPE]).collect();
    country.step(bureau.works, &create, out)?;
    country.step(At::new(bureau.office, "approver"), &["batch", "approve", "--batch", name], out)?;
    let printer = write_printer(country)?;
    let signer = country.steps.serve(
        &[
            "signer",
            "serve",
            "--socket",
            &country.at("signer.sock"),
            "--state",
            &country.at("signer"),
            "--kit",
            &country.at("kit"),
        ],
        out,
    )?;
    let station =
        ["--station", bureau.station, "--reader", &country.reader, "--kit", "kit", "--images", "images", "--keep-image"];
    let run = [&["batch", "run", "--batch", name], &station[..], &["--mode", "online", "--signer", "signer.sock"]].concat();
    run_with_blanks(country, bureau, &[&run[..], &["--maker", &printer]].concat(), out)?;
    signer.stop();
    let result = country.at(&format!("{name}.csv"));
    country.step(bureau.counts, &["batch", "close", "--batch", name, "--out", &result], out)?;
    Ok(())
}

/// Runs the station's engine, and lays a blank on its reader whenever it asks for one; a card whose chip is done is taken off.
fn run_with_blanks(country: &Country, bureau: &Bureau, run: &[&str], out: &mut Output) -> Result<(), Failure> {
    let mut blanks = left(country, bureau)?.into_iter();
    let mut laid: Option<Service> = None;
    let mut heard = |said: &Value, out: &mut Output| {
        match said["event"].as_str() {
            Some("lay") if laid.is_none() => {
                let blank = blanks.next().ok_or_else(|| Failure::new(Reason::InternalError, "no blank is left"))?;
                laid = Some(country.lay(&chip(country, &blank), out)?);
            }
            Some("made") if said["data"]["stage"] == "encode" => {
                laid.take().map_or(Ok(()), |chip| country.take_away(chip))?;
            }
            _ => {}
        }
        Ok(())
    };
    country.follow(bureau.works, run, out, &mut heard)?;
    laid.map_or(Ok(()), |chip| country.take_away(chip))
}

/// The blanks of a bureau that nothing was made of yet.
fn left(country: &Country, bureau: &Bureau) -> Result<Vec<String>, Failure> {
    let mut left = Vec::new();
    for n in bureau.first..bureau.first + BLANKS {
        let state = country.dir.join(chip(country, &serial(n)));
        let read = |path: &std::path::Path| std::fs::read(path).map_err(|e| cannot(path, &e));
        if read(&state)? == read(&state.with_extension("new"))? {
            left.push(serial(n));
        }
    }
    Ok(left)
}

/// The shifts are closed by a count that is made before anything is shown, and the day is reported and audited.
pub fn close(country: &Country, out: &mut Output) -> Result<Value, Failure> {
    let store = country.at("issuance.db");
    for bureau in &BUREAUS {
        let left = left(country, bureau)?;
        let name = shift(bureau);
        let count = ["shift", "close"].into_iter().chain(left.iter().map(String::as_str)).chain(["--shift", &name]);
        country.step(bureau.counts, &count.collect::<Vec<_>>(), out)?;
    }
    let daily = country.must(&["report", "daily", &store], out)?;
    let audit = country.must(&["audit", "verify", &store, "--roster", &country.at("roster")], out)?;
    let own = country.store();
    let shown = country.must(&[&["shift", "show", &shift(&BUREAUS[0])], &words(&own)[..]].concat(), out)?;
    Ok(json!({
        "balanced": shown["state"] == "closed", "daily": daily, "rows": audit["rows"], "signatures": audit["signatures"],
    }))
}
