//! The file of a scenario: for whom a card is and why, the offices of its procedure, and every step with where it leads.

use crate::issuance::Office;
use crate::issuance::case::Change;
use crate::issuance::names::Named as _;
use crate::issuance::papers::{Form, Needed, Paper};
use crate::issuance::procedure::{Leg, Place, Procedure};
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The procedure that it is in the end.
    pub procedure: String,
    pub reason: String,
    pub resident: String,
    /// Where a card from before ends; none where there is none.
    pub old_card: Option<String>,
    pub table: Table,
    pub step: Vec<Step>,
}

/// The procedure's column in the table of procedures, for a resident of one sub-district.
#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Whose officers verify, capture and stamp, and where: `desk` or `home`.
    pub captured_by: Office,
    pub captured_at: String,
    pub consolidated_by: Office,
    /// Where a *single* returns to, and with whom a double is clarified.
    pub result_to: Office,
    pub personalized_by: Office,
    /// Each leg of the way to the desk, from and to.
    pub shipped: Vec<[Office; 2]>,
    /// Whose officers hand the card over, and where.
    pub handed_over_by: Office,
    pub handed_over_at: String,
    /// Each leg of the way of a card that nobody gets.
    pub way_back: Vec<[Office; 2]>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(rename = "do")]
    pub what: String,
    pub office: Office,
    /// Roles of those who sign.
    pub by: Vec<String>,
    #[serde(default)]
    pub papers: Vec<String>,
    #[serde(default)]
    pub changes: Vec<[String; 3]>,
    /// Fingers that cannot be taken.
    #[serde(default)]
    pub without: Vec<String>,
    pub of: Option<String>,
    pub on: Option<String>,
    pub why: Option<String>,
    /// Who takes a summons, or the office that a shipment goes to.
    pub to: Option<String>,
    pub name: Option<String>,
    /// What the centre answers.
    pub answer: Option<String>,
    /// Whose fingers are laid down: `own` or `others`.
    pub fingers: Option<String>,
    /// What two officers find.
    pub outcome: Option<String>,
    /// Which card, if not the one that is made for the application: `refused` or `old`.
    pub card: Option<String>,
    pub old_card: Option<String>,
    /// Where the case stands then.
    pub state: Option<String>,
    /// Where the card of the step stands then.
    pub card_state: Option<String>,
    /// Where the card from before stands then.
    pub old_state: Option<String>,
    /// The reason's code, if it is refused.
    pub refused: Option<String>,
}

impl Step {
    pub fn papers(&self) -> Vec<Needed> {
        let needed = |text: &String| {
            let (paper, form) = text.split_once(':').unwrap();
            Needed { paper: Paper::of_name(paper).unwrap(), form: Form::of_name(form).unwrap() }
        };
        self.papers.iter().map(needed).collect()
    }

    pub fn changes(&self) -> Vec<Change> {
        let change = |[field, value, proof]: &[String; 3]| Change {
            field: field.clone(),
            value: value.as_str().into(),
            proof: proof.clone(),
        };
        self.changes.iter().map(change).collect()
    }

    pub fn on(&self) -> jiff::civil::Date {
        self.on.as_ref().unwrap().parse().unwrap()
    }

    /// The office that a shipment goes to.
    pub fn office_to(&self) -> Office {
        self.to.as_ref().unwrap().parse().unwrap()
    }
}

/// The office that a place is in these files: all of their residents live in one sub-district.
const fn office(place: Place) -> Office {
    match place {
        Place::Ministry => Office::Ministry,
        Place::Regency | Place::Home => Office::Regency(31, 71),
        Place::ServicePoint => Office::ServicePoint(31, 71, 1),
    }
}

fn at(place: Place) -> &'static str {
    if place == Place::Home { "home" } else { "desk" }
}

impl Scenario {
    /// The procedure that it is in the end.
    pub fn procedure(&self) -> Procedure {
        Procedure::of_name(&self.procedure).unwrap()
    }

    /// That the file names for each step the offices that the program's own table of procedures has for it.
    pub fn is_of_the_table(&self, name: &str) {
        let (table, procedure) = (&self.table, self.procedure());
        let legs = |legs: &[Leg]| legs.iter().map(|(from, to)| [office(*from), office(*to)]).collect::<Vec<_>>();
        assert_eq!(
            (table.captured_by, table.captured_at.as_str()),
            (office(procedure.captured_at()), at(procedure.captured_at())),
            "{name}: captured"
        );
        assert_eq!(table.consolidated_by, office(procedure.consolidated_at()), "{name}: consolidated");
        assert_eq!(table.result_to, office(procedure.result_to()), "{name}: result");
        assert_eq!(table.personalized_by, office(procedure.personalized_at()), "{name}: personalized");
        assert_eq!(table.shipped, legs(procedure.delivery()), "{name}: shipped");
        assert_eq!(
            (table.handed_over_by, table.handed_over_at.as_str()),
            (office(procedure.desk()), at(procedure.handed_over_at())),
            "{name}: handed over"
        );
        assert_eq!(table.way_back, legs(procedure.way_back()), "{name}: way back");
    }
}

/// Every file of `tests/scenarios/`, by its name.
pub fn all() -> Vec<(String, Scenario)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .map(|name| (name.clone(), read(&name)))
        .collect()
}

/// The file of a name.
pub fn read(name: &str) -> Scenario {
    let text = std::fs::read_to_string(folder().join(format!("{name}.toml"))).unwrap();
    toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}
