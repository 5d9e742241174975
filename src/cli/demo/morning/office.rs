//! At the offices: list, summons, form, visit, data and papers, capture with its stamped receipt, consolidation.

use super::country::{At, Country, POINT, REGENCY};
use super::people::Resident;
use crate::cli::output::{Failure, Output};
use crate::reason::Reason;
use serde_json::Value;
use std::collections::BTreeMap;

/// An application under way.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its id.
    pub id: String,
    /// The code of the stamped receipt.
    pub receipt: String,
}

/// By the resident's name.
pub type Cases = BTreeMap<&'static str, Case>;

/// Everybody's application, up to the consolidated capture.
pub fn all(country: &Country, people: &[Resident], out: &mut Output) -> Result<Cases, Failure> {
    let mut ids = BTreeMap::new();
    // Who applies is not listed.
    for resident in people.iter().filter(|resident| !resident.mass) {
        let id = apply(country, resident, ("new", &[]), out)?;
        ids.insert(resident.name, id);
    }
    for foreign in [false, true] {
        let listed = list(country, foreign, out)?;
        let summoned = people.iter().filter(|resident| resident.mass && resident.foreign == foreign);
        for resident in summoned {
            ids.insert(resident.name, whose(country, resident, &listed, out)?);
        }
    }
    let mut cases = Cases::new();
    for resident in people {
        let id = ids.remove(resident.name).unwrap_or_default();
        let receipt = capture(country, resident, (&id, 1), out)?;
        cases.insert(resident.name, Case { id, receipt });
    }
    Ok(cases)
}

/// The form is recorded, with the papers of the reason.
pub fn apply(
    country: &Country,
    resident: &Resident,
    (reason, more): (&str, &[&str]),
    out: &mut Output,
) -> Result<String, Failure> {
    let (nik, family) = (resident.nik(), resident.family());
    let mut args = vec!["case", "apply", &nik, "--family", &family, "--reason", reason, "--paper", "family-card:copy"];
    if resident.foreign {
        args.extend(["--paper", "stay-permit:copy"]);
    }
    more.iter().for_each(|paper| args.extend(["--paper", paper]));
    // A supervisor takes part where a card is revoked with it.
    let desk = resident.desk().and(if resident.foreign { "regency-supervisor" } else { "supervisor" });
    let at = if more.is_empty() { resident.desk() } else { desk };
    text(&country.step(at, &args, out)?, "application")
}

/// The head of the registry office makes the list.
fn list(country: &Country, foreign: bool, out: &mut Output) -> Result<Vec<String>, Failure> {
    let of = if foreign { "foreign-residents" } else { "citizens" };
    let listed = country.step(At::new(REGENCY, "head"), &["case", "list", "--of", of], out)?;
    let all = listed["applications"].as_array().cloned().unwrap_or_default();
    Ok(all.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// The listed application of a resident, whose summons is signed and brought.
fn whose(country: &Country, resident: &Resident, listed: &[String], out: &mut Output) -> Result<String, Failure> {
    let nik = resident.nik();
    let store = country.store();
    let traced = country.must(&[&["trace", &nik], &super::country::words(&store)[..]].concat(), out)?;
    let own = |id: &&String| traced["things"].as_array().is_some_and(|things| things.iter().any(|t| t["id"] == ***id));
    let id =
        listed.iter().find(own).ok_or_else(|| Failure::new(Reason::InternalError, format!("{} is not listed", resident.name)))?;
    let signer = if resident.foreign { At::new(REGENCY, "head") } else { At::new(POINT, "camat") };
    let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7))).date().to_string();
    country.step(signer, &["case", "summon", id, "--on", &day], out)?;
    // Down the way: citizens by the village's head, foreign residents from the registry office itself.
    let hands: &[(&str, &str)] = if resident.foreign { &[] } else { &[("village-head", "LURAH GAMBIR")] };
    for (to, name) in hands.iter().chain(&[("resident", resident.name)]) {
        country.step(resident.desk(), &["case", "pass", id, "--to", to, "--name", name], out)?;
    }
    Ok(id.clone())
}

/// Data and papers are found right, everything is taken, and the receipt is stamped: its code.
pub fn capture(country: &Country, resident: &Resident, (id, nth): (&str, u32), out: &mut Output) -> Result<String, Failure> {
    let at = if resident.home { At::new(REGENCY, "regency-operator") } else { resident.desk() };
    if resident.home {
        let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7))).date().to_string();
        country.step(at, &["case", "visit", id, "--why", "age", "--on", &day], out)?;
    }
    let mut verify = vec!["case", "verify", id];
    let summons = if resident.mass { summons(country, id, out)? } else { String::new() };
    if resident.mass {
        verify.extend(["--paper", "summons", "--code", &summons]);
        if resident.foreign {
            verify.extend(["--paper", "stay-permit"]);
        }
    }
    country.step(at, &verify, out)?;
    let folder = resident.capture(country, nth);
    let captured = country.step(at, &["case", "capture", id, &folder, "--device", "ektp-simulated-0"], out)?;
    let receipt = text(&captured, "code")?;
    country.step(at, &["case", "consolidate", id], out)?;
    Ok(receipt)
}

/// The code on a summons, which was printed.
fn summons(country: &Country, id: &str, out: &mut Output) -> Result<String, Failure> {
    let (paper, store) = (country.at(&format!("summons-{id}.pdf")), country.store());
    let line = ["case", "print", id, "--paper", "summons", "--out", &paper];
    let printed = country.must(&[&line[..], &super::country::words(&store)[..]].concat(), out)?;
    text(&printed["papers"][0], "code")
}

/// A text of an answer.
pub fn text(answer: &Value, name: &str) -> Result<String, Failure> {
    let found = answer[name].as_str().map(str::to_owned);
    found.ok_or_else(|| Failure::new(Reason::InternalError, format!("an answer without `{name}`")))
}
