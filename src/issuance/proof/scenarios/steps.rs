//! The steps of a file up to an authorized card: those of the case, by its desks, and those of the centre.

use super::file::Step;
use super::offices::{seated, sitting};
use super::play::{Play, Refused};
use crate::afis::Policy;
use crate::finger::FingerPosition;
use crate::finger::template::encode_record_2005;
use crate::issuance::case::capture::Taken;
use crate::issuance::case::tests::world::Good;
use crate::issuance::case::{self, Application, OldCard, Receiver, Verification, Visit, Why, receipt};
use crate::issuance::centre::tests::world::{Named as NamedPrints, print};
use crate::issuance::centre::{self, Outcome, Population, approve, clarify, identify};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::papers::{Paper, Reason};
use crate::issuance::procedure::Holder;
use crate::issuance::register;
use crate::issuance::store::Id;
use crate::lds::file_id::FileId;
use crate::lds::fingers;
use crate::perso::opened::AUTHORIZATION;
use crate::record::{Line, Nik, PassedOver};
use zeroize::Zeroizing;

impl Play<'_> {
    /// Takes a step.
    pub fn act(&mut self, step: &Step) -> Result<(), Refused> {
        match step.what.as_str() {
            "list" | "apply" => self.begin(step),
            "summon" | "pass" | "visit" | "replace-receipt" => self.of_case(step),
            "verify" => self.verify(step),
            "capture" => self.capture(step),
            "consolidate" => {
                let of = self.of();
                self.by(step, |desk, job, by| case::consolidate(desk, job, &of, by))?;
                Ok(())
            }
            "receive" => {
                let of = self.of();
                self.by(step, |desk, job, by| centre::receive(desk, job, &of, None, by))?;
                Ok(())
            }
            "identify" => self.identify(step),
            "approve" => self.approve(step),
            "clarify" => {
                let (of, outcome) = (self.of(), outcome(step));
                self.by(step, |desk, job, by| clarify::decide(desk, job, &of, outcome, by))?;
                Ok(())
            }
            "close" => {
                let (of, old) = (self.of(), old_card(step));
                self.by(step, |desk, job, by| case::close(desk, job, &of, (old, &[]), by))?;
                Ok(())
            }
            _ => self.on_the_way(step),
        }
    }

    /// Whoever signs a step, at its office.
    pub fn by<T>(&mut self, step: &Step, act: impl FnOnce(&mut Desk<'_>, &Id, By<'_>) -> T) -> T {
        self.offices.by(step.office, &step.by, act)
    }

    fn begin(&mut self, step: &Step) -> Result<(), Refused> {
        if step.what == "list" {
            let of = if step.of.as_deref() == Some("citizen") { Holder::Citizen } else { Holder::ForeignResident };
            let listed = self.by(step, |desk, job, by| case::list(desk, job, of, by))?;
            self.case = listed.applications.first().cloned();
            return Ok(());
        }
        let nik = Nik::parse(&self.scenario.resident).unwrap();
        let known = self.offices.at(step.office, |desk, _| register::of_nik(desk.store, desk.key, &nik)).unwrap().unwrap();
        let family_card_no = known.resident.biodata.family_card_no;
        let (reason, brought, changes) = (Reason::of_name(&self.scenario.reason).unwrap(), step.papers(), step.changes());
        let form = Application { nik, family_card_no, reason, brought, changes };
        self.case = Some(self.by(step, |desk, job, by| case::apply(desk, job, &form, by))?);
        Ok(())
    }

    fn of_case(&mut self, step: &Step) -> Result<(), Refused> {
        let of = self.of();
        self.by(step, |desk, job, by| {
            match step.what.as_str() {
                "summon" => case::summon(desk, job, &[of], step.on(), by)?,
                "pass" => {
                    let to = if step.to.as_deref() == Some("resident") { Receiver::Resident } else { Receiver::VillageHead };
                    case::pass(desk, job, &of, (to, &Line::parse(step.name.as_ref().unwrap()).unwrap()), by)?;
                }
                "visit" => {
                    assert_eq!(step.why.as_deref(), Some("disability"));
                    case::visit(desk, job, &of, Visit { why: Why::Disability, on: step.on() }, by)?;
                }
                _ => drop(case::replace_receipt(desk, job, &of, by)?),
            }
            Ok(())
        })
    }

    /// Whoever was summoned shows the summons, from which its code is read.
    pub fn verification(&mut self, step: &Step) -> Verification {
        let (of, brought) = (self.of(), step.papers());
        let summons = brought.iter().any(|needed| needed.paper == Paper::Summons);
        let code = summons.then(|| receipt::stub(&self.offices.key, &of, receipt::Stub::Summons));
        Verification { brought, code, ..Verification::default() }
    }

    fn verify(&mut self, step: &Step) -> Result<(), Refused> {
        let (of, seen) = (self.of(), self.verification(step));
        self.by(step, |desk, job, by| case::verify(desk, job, &of, &seen, by))?;
        Ok(())
    }

    fn capture(&mut self, step: &Step) -> Result<(), Refused> {
        let (of, taken) = (self.of(), self.taken(step));
        self.by(step, |desk, job, by| case::capture(desk, job, &of, (&taken, &Good), by))?;
        Ok(())
    }

    /// A capture of the resident, but for the fingers that the step is without; a finger's image is its person's name.
    pub fn taken(&self, step: &Step) -> Taken {
        let excepted: Vec<FingerPosition> = step.without.iter().map(|f| FingerPosition::from_text(f).unwrap()).collect();
        let mut files = vec![
            ("portrait.jpg".to_owned(), include_bytes!("../../../../samples/portrait.jpg").to_vec()),
            ("signature.png".to_owned(), include_bytes!("../../../../samples/signature.png").to_vec()),
        ];
        let image = format!("{} {}", self.person, self.capture).into_bytes();
        for finger in FingerPosition::ALL.into_iter().filter(|finger| !excepted.contains(finger)) {
            files.push((format!("{}.png", finger.text().replace('_', "-")), image.clone()));
        }
        let files = files.into_iter().map(|(name, bytes)| (name.parse().unwrap(), Zeroizing::new(bytes))).collect();
        Taken { files, exceptions: excepted.into_iter().map(|finger| (finger, PassedOver::Amputated)).collect(), device: None }
    }

    /// The centre holds the capture against everyone, by the rules that it has for everybody.
    fn identify(&mut self, step: &Step) -> Result<(), Refused> {
        let (of, officers, job) = (self.of(), sitting(&step.by, step.office), self.offices.job());
        let (mut desk, gallery, _) = self.offices.parts(step.office);
        let population = Population { gallery, policy: &Policy::default(), prints: &NamedPrints };
        let found = identify(&mut desk, &job, &of, &population, seated(&officers))?;
        assert_eq!(Some(found.answer.code()), step.answer.as_deref(), "{}: what the centre answers", self.name);
        Ok(())
    }

    /// The card's image is built and sealed to the bureau, which opens it: it names the way of the file, and holds the fingers for the chip.
    fn approve(&mut self, step: &Step) -> Result<(), Refused> {
        let (of, officers, job) = (self.of(), sitting(&step.by, step.office), self.offices.job());
        let (mut desk, _, works) = self.offices.parts(step.office);
        let approved = approve(&mut desk, &job, &of, (&mut works.making(), false), seated(&officers))?;
        let text = std::fs::read(approved.image.join(AUTHORIZATION)).unwrap();
        let authorization: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let table = &self.scenario.table;
        assert_eq!(authorization["route"], format!("{} {}", table.personalized_by, table.handed_over_by), "{}", self.name);
        let image = approved.image.file_name().unwrap().to_str().unwrap();
        let work = works.open(image, desk.now());
        assert_eq!(work.job.document_number, approved.number.as_str(), "{}", self.name);
        let chip = fingers::parse(work.files.get(FileId::Fingers).unwrap()).unwrap();
        // The fingers on the chip are those that were enrolled first, to the minutia: a re-issue keeps them.
        let enrolled = if self.old.is_some() { 1 } else { self.capture };
        for finger in &chip {
            let template = print(self.person, finger.position, enrolled);
            assert_eq!(encode_record_2005(&finger.template), encode_record_2005(&template), "{}: {}", self.name, finger.position);
        }
        assert_eq!(chip.len(), 2, "{}", self.name);
        self.chips.insert(approved.card.clone(), chip.into_iter().map(|finger| (finger.position, finger.template)).collect());
        self.card = Some(approved.card);
        Ok(())
    }
}

pub fn outcome(step: &Step) -> Outcome {
    Outcome::ALL.into_iter().find(|outcome| Some(outcome.name()) == step.outcome.as_deref()).unwrap()
}

pub fn old_card(step: &Step) -> OldCard {
    if step.old_card.as_deref() == Some("collected") { OldCard::Collected } else { OldCard::None }
}
