//! The holder's fingers in the demonstration: captured, searched for in a gallery, put on the card, and held against it.

use super::bench::{Bench, cannot, read, write};
use crate::cli::output::{Failure, Output};
use crate::finger::position::FingerPosition;
use crate::lds::fingers::MOST;
use serde_json::{Value, json};

/// The population that the holder is of; a stranger is of another.
const HOLDER: &str = "2026";
const STRANGER: &str = "2027";
/// The fingers that go on the card.
const ON_CARD: [(FingerPosition, &str); MOST] =
    [(FingerPosition::RightIndex, "right-index"), (FingerPosition::LeftIndex, "left-index")];

/// What capture and search answered.
#[derive(Debug)]
pub(super) struct Enrolled {
    /// Minutiae and quality of each finger.
    pub(super) captured: Value,
    /// The answer to the first application, and to the same person's second.
    pub(super) identified: Value,
}

/// What the comparisons with the card answered.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) holder: Value,
    pub(super) stranger: Value,
}

/// Captures all ten fingers twice, finds the person to be single and then, coming again, to be a duplicate; the templates of the
/// first time go into the record.
pub(super) fn enrol(bench: &Bench, out: &mut Output) -> Result<Enrolled, Failure> {
    let prints = bench.at("prints");
    let holder = ["--persons", "1", "--captures", "2", "--seed", HOLDER, "--quality", "good"];
    bench.steps.must(&[&["finger", "synth", "--output", &prints], &holder[..]].concat(), out)?;
    let captured = templates(bench, "1", "person", out)?;
    templates(bench, "2", "again", out)?;
    for (position, name) in ON_CARD {
        let template = read(&bench.dir.join(format!("person/{}.fmr", position.text())))?;
        write(&bench.dir.join(format!("record/{name}.fmr")), &template)?;
    }
    Ok(Enrolled { captured, identified: identify(bench, out)? })
}

/// The templates of one capture of every finger, in a folder of their own.
fn templates(bench: &Bench, capture: &str, folder: &str, out: &mut Output) -> Result<Value, Failure> {
    let path = bench.dir.join(folder);
    std::fs::create_dir(&path).map_err(|e| cannot(&path, &e))?;
    let mut found = Vec::new();
    for position in FingerPosition::ALL {
        let name = position.text();
        let print = bench.at(&format!("prints/{name}/1_{capture}.png"));
        let template = bench.at(&format!("{folder}/{name}.fmr"));
        let answer = bench.steps.must(&["finger", "extract", &print, "--position", name, "--output", &template], out)?;
        found.push(json!({"finger": name, "minutiae": answer["minutiae"], "quality": answer["quality"]}));
    }
    Ok(found.into())
}

fn identify(bench: &Bench, out: &mut Output) -> Result<Value, Failure> {
    let (gallery, key, passphrase) = (bench.at("gallery"), bench.at("gallery.key"), bench.secret("passphrase"));
    let secret = ["--passphrase", &passphrase];
    bench.steps.must(&[&["pki", "chip-key", "--kind", "gallery", "--out", &key], &secret[..]].concat(), out)?;
    let with = ["--key", &key, "--passphrase", &passphrase];
    bench.steps.must(&[&["afis", "new", &gallery], &with[..]].concat(), out)?;
    let enrol = |folder: &str, id: &str, out: &mut Output| {
        let person = bench.at(folder);
        bench.steps.ask(&[&["afis", "enrol", &gallery, &person, "--id", id], &with[..]].concat(), out)
    };
    let first = enrol("person", "applicant-1", out)?;
    let again = enrol("again", "applicant-2", out)?;
    Ok(json!({"first": first.data["search"]["answer"], "again": again.data["search"]["answer"]}))
}

/// A later capture of the holder's finger against the card as it was read, and a stranger's.
pub(super) fn compare(bench: &Bench, out: &mut Output) -> Result<Compared, Failure> {
    let finger = FingerPosition::RightIndex.text();
    let prints = bench.at("stranger");
    let stranger = ["--persons", "1", "--seed", STRANGER, "--fingers", finger, "--quality", "good"];
    bench.steps.must(&[&["finger", "synth", "--output", &prints], &stranger[..]].concat(), out)?;
    let mut live = |folder: &str, capture: &str| -> Result<Value, Failure> {
        let (evidence, trust) = (bench.at("evidence.json"), bench.at("kit/trust"));
        let print = bench.at(&format!("{folder}/{finger}/1_{capture}.png"));
        let sensor = format!("{} finger sensor --image {print} --finger {finger}", bench.steps.program());
        let answer = bench.steps.ask(&["verify", "person", &evidence, "--trust", &trust, "--capture", &sensor], out)?;
        Ok(json!({"exit": answer.exit, "answer": answer.data["answer"], "band": answer.data["band"]}))
    };
    Ok(Compared { holder: live("prints", "2")?, stranger: live("stranger", "1")? })
}
