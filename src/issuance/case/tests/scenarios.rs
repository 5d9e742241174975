//! Every procedure, mode and reason from its beginning to its end, as `tests/scenarios/` writes it down: each step by whom, where, with
//! what, and where it leads or why it is refused.

use super::world::*;
use crate::finger::FingerPosition;
use crate::issuance::case::{self, Application, CaseError, Change, OldCard, Receiver, Verification, Visit, Why, receipt};
use crate::issuance::desk::{By, Desk, Officer};
use crate::issuance::names::Named as _;
use crate::issuance::papers::{Form, Needed, Paper, Reason};
use crate::issuance::procedure::{Holder, Procedure, Start};
use crate::issuance::store::Id;
use crate::issuance::store::tests::{Home as _, server};
use crate::reason::Refusal as _;
use crate::record::Line;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    procedure: String,
    reason: String,
    resident: String,
    /// Where a card from before ends; none where there is none.
    old_card: Option<String>,
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    #[serde(rename = "do")]
    what: String,
    office: String,
    by: Vec<String>,
    #[serde(default)]
    papers: Vec<String>,
    #[serde(default)]
    changes: Vec<[String; 3]>,
    #[serde(default)]
    without: Vec<String>,
    of: Option<String>,
    on: Option<String>,
    why: Option<String>,
    to: Option<String>,
    name: Option<String>,
    old_card: Option<String>,
    /// Where the case stands then.
    state: Option<String>,
    /// Where the card from before stands then.
    old_state: Option<String>,
    /// The reason's code, if it is refused.
    refused: Option<String>,
}

impl Step {
    fn papers(&self) -> Vec<Needed> {
        let needed = |text: &String| {
            let (paper, form) = text.split_once(':').unwrap();
            Needed { paper: Paper::of_name(paper).unwrap(), form: Form::of_name(form).unwrap() }
        };
        self.papers.iter().map(needed).collect()
    }

    fn changes(&self) -> Vec<Change> {
        let change = |[field, value, proof]: &[String; 3]| Change {
            field: field.clone(),
            value: value.as_str().into(),
            proof: proof.clone(),
        };
        self.changes.iter().map(change).collect()
    }

    fn on(&self) -> jiff::civil::Date {
        self.on.as_ref().unwrap().parse().unwrap()
    }
}

/// A scenario as it is played.
struct Play {
    world: World,
    case: Option<Id>,
    old: Option<Id>,
}

impl Play {
    fn step(&mut self, scenario: &Scenario, step: &Step) -> Result<(), CaseError> {
        let office = step.office.parse().unwrap();
        let officers: Vec<Officer> = step.by.iter().map(|role| sitting(role, office)).collect();
        let by = By { first: &officers[0], second: officers.get(1) };
        if step.what == "produce" {
            self.produce(scenario);
            return Ok(());
        }
        let (job, case) = (self.world.job(), self.case.clone());
        let family = self.world.family(&scenario.resident);
        let made = self.world.at(office, |desk| act(desk, &job, (scenario, step), (case, family), by))?;
        self.case = self.case.take().or(made);
        Ok(())
    }

    /// What is others' to do: the centre finds the person single, the approver and the bureau make the card, the desk hands it over.
    fn produce(&mut self, scenario: &Scenario) {
        let case = self.case.clone().unwrap();
        let card = self.world.approved(&case);
        let old = self.old.clone().filter(|_| scenario.reason != "lost");
        self.world.delivered(&case, &card, old.as_ref());
    }
}

type Whom = (Option<Id>, crate::record::FamilyCardNo);

/// A step; the application that begins with it.
fn act(
    desk: &mut Desk<'_>,
    job: &Id,
    (scenario, step): (&Scenario, &Step),
    (case, family_card_no): Whom,
    by: By<'_>,
) -> Result<Option<Id>, CaseError> {
    let case = || case.clone().unwrap();
    match step.what.as_str() {
        "list" => {
            let of = if step.of.as_deref() == Some("citizen") { Holder::Citizen } else { Holder::ForeignResident };
            return Ok(case::list(desk, job, of, by)?.applications.first().cloned());
        }
        "apply" => {
            let reason = Reason::of_name(&scenario.reason).unwrap();
            let (brought, changes) = (step.papers(), step.changes());
            return case::apply(
                desk,
                job,
                &Application { nik: nik(&scenario.resident), family_card_no, reason, brought, changes },
                by,
            )
            .map(Some);
        }
        "summon" => case::summon(desk, job, &[case()], step.on(), by)?,
        "pass" => {
            let to = if step.to.as_deref() == Some("resident") { Receiver::Resident } else { Receiver::VillageHead };
            case::pass(desk, job, &case(), (to, &Line::parse(step.name.as_ref().unwrap()).unwrap()), by)?;
        }
        "visit" => {
            assert_eq!(step.why.as_deref(), Some("disability"));
            case::visit(desk, job, &case(), Visit { why: Why::Disability, on: step.on() }, by)?;
        }
        "verify" => {
            let brought = step.papers();
            // Who was summoned shows the summons, from which its code is read.
            let summons = brought.iter().any(|needed| needed.paper == Paper::Summons);
            let code = summons.then(|| receipt::stub(desk.key, &case(), receipt::Stub::Summons));
            case::verify(desk, job, &case(), &Verification { brought, code, ..Verification::default() }, by)?;
        }
        "capture" => {
            let excepted: Vec<FingerPosition> = step.without.iter().map(|f| FingerPosition::from_text(f).unwrap()).collect();
            case::capture(desk, job, &case(), (&without(&excepted), &Good), by)?;
        }
        "replace-receipt" => drop(case::replace_receipt(desk, job, &case(), by)?),
        "consolidate" => drop(case::consolidate(desk, job, &case(), by)?),
        "close" => {
            let old = if step.old_card.as_deref() == Some("collected") { OldCard::Collected } else { OldCard::None };
            case::close(desk, job, &case(), (old, &[]), by)?;
        }
        other => panic!("no step {other}"),
    }
    Ok(None)
}

fn play(name: &str, scenario: &Scenario, mut world: World) {
    let old = scenario.old_card.as_ref().map(|_| world.old_card(&scenario.resident));
    let mut play = Play { world, case: None, old };
    for (n, step) in scenario.step.iter().enumerate() {
        let at = format!("{name}, step {}: {}", n + 1, step.what);
        match (play.step(scenario, step), &step.refused) {
            (Ok(()), None) => {}
            (Err(error), Some(reason)) => assert_eq!(error.reason().code(), reason, "{at}: {error}"),
            (Err(error), None) => panic!("{at}: {error}"),
            (Ok(()), Some(reason)) => panic!("{at}: not refused as {reason}"),
        }
        if let Some(state) = &step.state {
            let case = play.case.clone().unwrap();
            assert_eq!(play.world.state(&case).name(), state, "{at}");
        }
        if let Some(state) = &step.old_state {
            let old = play.old.clone().unwrap();
            assert_eq!(play.world.card_state(&old), state, "{at}");
        }
    }
    let case = play.world.case(play.case.as_ref().unwrap());
    assert_eq!(case.dossier.procedure.name(), scenario.procedure, "{name}: the procedure that it became");
    assert_eq!(case.dossier.reason.name(), scenario.reason, "{name}");
    if let (Some(old), Some(state)) = (&play.old, &scenario.old_card) {
        assert_eq!(play.world.card_state(&old.clone()), state, "{name}: the card from before");
    }
    play.world.verified();
}

#[test]
fn each_procedure_mode_and_reason_goes_its_way() {
    play_all(&mut World::new);
}

#[test]
fn each_goes_its_way_on_postgresql_too() {
    if let Some(server) = server() {
        play_all(&mut || World::of(server.database().create()));
    }
}

fn play_all(world: &mut dyn FnMut() -> World) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut played = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let scenario: Scenario =
            toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        play(&name, &scenario, world());
        played.insert((scenario.procedure, scenario.reason));
    }
    let every = Procedure::ALL.iter().flat_map(|procedure| {
        let reasons = if procedure.start == Start::Mass { &Reason::ALL[..1] } else { &Reason::ALL };
        reasons.iter().map(|reason| (procedure.name().to_owned(), reason.name().to_owned()))
    });
    assert_eq!(played, every.collect());
}
