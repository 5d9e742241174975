//! The residents of the morning: who they are, what becomes of them, their entries in the register and their fingers.

use super::bench::{cannot, write};
use super::country::{At, Country, POINT, REGENCY};
use crate::cli::output::{Failure, Output};
use crate::finger::position::FingerPosition;
use crate::reason::Reason;
use crate::record::sample;
use serde_json::{Value, json};

/// The population that all fingers of the morning are of.
const POPULATION: &str = "1126";

/// What becomes of a resident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Story {
    /// Gets the card.
    Plain,
    /// Gets it, loses it, and gets another.
    Loses,
    /// Sends somebody else to fetch it.
    SendsAnother,
    /// Has a card under another name already.
    Twice,
}

impl Story {
    /// What the identification must answer.
    pub fn identified(self) -> Value {
        if self == Self::Twice { json!("duplicate") } else { json!("single") }
    }

    /// How the handover must end; null where there is none.
    pub fn handed_over(self) -> Value {
        match self {
            Self::Plain | Self::Loses => json!("match"),
            Self::SendsAnother => json!("no-match"),
            Self::Twice => Value::Null,
        }
    }
}

/// A resident.
#[derive(Debug, Clone, Copy)]
pub struct Resident {
    /// The name.
    pub name: &'static str,
    /// Whose fingers, of the population.
    pub fingers: u32,
    /// Whether summoned from the list, or applying.
    pub mass: bool,
    /// A foreign resident.
    pub foreign: bool,
    /// Visited at home.
    pub home: bool,
    /// What becomes of them.
    pub story: Story,
    /// Which of them, for numbers.
    n: u32,
}

impl Resident {
    /// The NIK: a region that there is not, the day of birth, and the place in the morning.
    pub fn nik(&self) -> String {
        format!("9999990101{:02}{:04}", 80 + self.n % 10, self.n)
    }

    /// The family card.
    pub fn family(&self) -> String {
        format!("99999901012600{:02}", self.n)
    }

    /// The same papers in the hands of somebody else, who comes to the desk.
    pub const fn impersonated(self, fingers: u32) -> Self {
        Self { fingers, home: false, ..self }
    }

    /// Who sits there, and a second one.
    pub const fn desk(&self) -> At<'static> {
        if self.foreign { At::new(REGENCY, "regency-operator") } else { At::new(POINT, "operator") }
    }

    /// The folder of their n-th capture.
    pub fn capture(&self, country: &Country, nth: u32) -> String {
        country.at(&format!("captures/{}-{nth}", self.fingers))
    }
}

const fn resident(n: u32, name: &'static str, way: [bool; 3], story: Story) -> Resident {
    let [mass, foreign, home] = way;
    let fingers = if matches!(story, Story::Twice) { 1 } else { n };
    Resident { name, fingers, mass, foreign, home, story, n }
}

/// Fingers of somebody who is no resident: the impostor, and whoever fetches another's card.
pub const STRANGER: u32 = 11;

/// Ten residents of all procedures and both modes.
pub fn everybody() -> Vec<Resident> {
    use Story::{Loses, Plain, SendsAnother, Twice};
    const MASS: bool = true;
    const FOREIGN: bool = true;
    const HOME: bool = true;
    vec![
        resident(1, "BUDI SPESIMEN", [MASS, false, false], Plain),
        resident(2, "JOHN SPECIMEN", [MASS, FOREIGN, false], Plain),
        resident(3, "SITI SPESIMEN", [false, false, false], Loses),
        resident(4, "JANE SPECIMEN", [false, FOREIGN, false], Plain),
        resident(5, "WAYAN SPESIMEN", [MASS, false, HOME], Plain),
        resident(6, "HANS SPECIMEN", [MASS, FOREIGN, HOME], Plain),
        resident(7, "DEWI SPESIMEN", [false, false, HOME], Plain),
        resident(8, "MARIE SPECIMEN", [false, FOREIGN, HOME], Plain),
        resident(9, "ANDI SAMARAN", [false, false, false], Twice),
        resident(10, "RATNA SPESIMEN", [false, false, false], SendsAnother),
    ]
}

/// Writes the population register and brings it in.
pub fn register(country: &Country, people: &[Resident], out: &mut Output) -> Result<(), Failure> {
    let residents: Vec<Value> = people.iter().map(entry).collect::<Result<_, _>>()?;
    let file = json!({"format": "ektp-register/1", "residents": residents});
    write(&country.dir.join("register-of-residents.json"), file.to_string().as_bytes())?;
    let path = country.at("register-of-residents.json");
    country.step(At::new(REGENCY, "head"), &["case", "register", "import", &path], out)?;
    Ok(())
}

/// A resident's entry: the sample record's, with what is their own.
fn entry(resident: &Resident) -> Result<Value, Failure> {
    let text = if resident.foreign { sample::FOREIGNER } else { sample::CITIZEN };
    let broken = |e: serde_json::Error| Failure::new(Reason::InternalError, format!("the sample record: {e}"));
    let mut fields: Value = serde_json::from_str(text).map_err(broken)?;
    if let Some(object) = fields.as_object_mut() {
        for other in ["format", "issuing_authority", "place_of_issue", "date_of_issue", "portrait", "signature", "fingers"] {
            object.remove(other);
        }
        for (name, value) in [
            ("nik", json!(resident.nik())),
            ("family_card_no", json!(resident.family())),
            ("full_name", json!(resident.name)),
            ("birth_date", json!(format!("19{:02}-01-01", 80 + resident.n % 10))),
            ("sex", json!("male")),
            ("card", json!("none")),
        ] {
            object.insert(name.to_owned(), value);
        }
        let sample: Value = serde_json::from_str(sample::CITIZEN).map_err(broken)?;
        object.insert("address".to_owned(), sample["address"].clone());
    }
    Ok(fields)
}

/// Makes everybody's fingers, in two captures, and lays them out as a desk takes them: ten fingers, portrait and signature.
pub fn fingers(country: &Country, people: &[Resident], out: &mut Output) -> Result<(), Failure> {
    let prints = country.at("prints");
    let persons = STRANGER.to_string();
    let all = ["--persons", &persons, "--captures", "2", "--seed", POPULATION, "--quality", "good"];
    country.must(&[&["finger", "synth", "--output", &prints], &all[..]].concat(), out)?;
    let mut persons: Vec<u32> = people.iter().map(|resident| resident.fingers).collect();
    persons.push(STRANGER);
    persons.sort_unstable();
    persons.dedup();
    for person in persons {
        for capture in [1, 2] {
            lay_out(country, person, capture)?;
        }
    }
    Ok(())
}

fn lay_out(country: &Country, person: u32, capture: u32) -> Result<(), Failure> {
    let folder = country.dir.join(format!("captures/{person}-{capture}"));
    std::fs::create_dir_all(&folder).map_err(|e| cannot(&folder, &e))?;
    for finger in FingerPosition::ALL {
        let from = country.dir.join(format!("prints/{}/{person}_{capture}.png", finger.text()));
        let to = folder.join(format!("{}.png", finger.text().replace('_', "-")));
        std::fs::copy(&from, &to).map_err(|e| cannot(&from, &e))?;
    }
    for (name, bytes) in &sample::files().0 {
        if name.starts_with("portrait") || name.starts_with("signature") {
            write(&folder.join(name), bytes)?;
        }
    }
    Ok(())
}
