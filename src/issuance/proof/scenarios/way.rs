//! The steps of a file from an authorized card to its holder's hand, or back to be destroyed: bureau, shipments, handover.

use super::super::country::Machine;
use super::file::Step;
use super::offices::{STATION, TYPE};
use super::play::{Play, Refused};
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::issuance::bureau::result::Became;
use crate::issuance::bureau::run::{self, Station, Stopped};
use crate::issuance::bureau::{BureauError, batch};
use crate::issuance::case::{Case, receipt};
use crate::issuance::centre::tests::world::print;
use crate::issuance::desk::{By, Desk};
use crate::issuance::handover::{
    Ended, HandoverError, Known, Next, Presented, Read, Sample, Sitting, TrialPolicy, give, present, refuse,
};
use crate::issuance::store::tests::people::word;
use crate::issuance::store::{Id, Kind, Word};
use crate::issuance::transit::destroy::{self, Minutes, Signer};
use crate::issuance::transit::ship;

impl Play<'_> {
    pub fn on_the_way(&mut self, step: &Step) -> Result<(), Refused> {
        match step.what.as_str() {
            "batch-create" | "batch-approve" | "batch-run" | "batch-close" => self.makes(step),
            "pack" | "send" | "arrive" | "shelve" => self.ships(step),
            "handover" => self.hands_over(step),
            "destroy" => {
                let card = self.card_of(step);
                self.by(step, |desk, job, by| destroy::destroy(desk, job, &[card], &minutes(), by))?;
                Ok(())
            }
            other => panic!("no step {other}"),
        }
    }

    /// The card is made at a station of the bureau, whose blanks, ribbon and shift are its own.
    fn makes(&mut self, step: &Step) -> Result<(), Refused> {
        if step.what == "batch-create" {
            let (batch, of) = (self.begins("batch"), self.of());
            self.by(step, |desk, job, by| create(desk, job, (&batch, &of), by))?;
            self.batch = batch;
            return Ok(());
        }
        let batch = self.batch.clone();
        match step.what.as_str() {
            "batch-approve" => self.by(step, |desk, job, by| batch::approve(desk, job, &batch, by))?,
            "batch-run" => {
                self.offices.opens(step.office);
                let station = Station { name: word(STATION), lease_seconds: 60, most_failures: 1, held: None };
                let ran = self.by(step, |desk, job, by| run::run(desk, job, &batch, &station, &mut Machine, by))?;
                assert_eq!((ran.issued, ran.waiting, ran.stopped), (1, 0, Stopped::Done), "{}", self.name);
            }
            _ => {
                let closed = self.by(step, |desk, job, by| batch::close(desk, job, &batch, by))?;
                assert_eq!(closed.rows.iter().map(|row| row.result).collect::<Vec<_>>(), [Became::Issued], "{}", self.name);
                assert_eq!(closed.ledger.close_batch(), Ok(()), "{}", self.name);
            }
        }
        Ok(())
    }

    fn ships(&mut self, step: &Step) -> Result<(), Refused> {
        let cards = [self.card_of(step)];
        match step.what.as_str() {
            "pack" => {
                let (shipment, to) = (self.begins("ship"), step.office_to());
                let seals = [seal(&shipment)];
                self.by(step, |desk, job, by| ship::pack(desk, job, &shipment, (to, &cards, &seals), by))?;
                self.shipment = shipment;
            }
            "send" => {
                let shipment = self.shipment.clone();
                self.by(step, |desk, job, by| ship::send(desk, job, &shipment, by))?;
            }
            "arrive" => {
                let (shipment, seals) = (self.shipment.clone(), [seal(&self.shipment)]);
                self.by(step, |desk, job, by| ship::receive(desk, job, &shipment, (&cards, &seals), by))?;
            }
            _ => self.by(step, |desk, job, by| ship::shelve(desk, job, &cards, by))?,
        }
        Ok(())
    }

    /// The card on the desk, as it was read: its number, and the fingers that its image has.
    pub fn read(&mut self) -> Read {
        let card = self.card.clone().unwrap();
        let standing = self.offices.store.standing(Kind::Card, &card).unwrap().unwrap();
        Read::of_test(standing.word.as_str(), self.chips[&card].clone())
    }

    /// Live fingers against the card's, by the policy that a desk has without another; then the card is given, or kept by two.
    fn hands_over(&mut self, step: &Step) -> Result<(), Refused> {
        let (of, read) = (self.of(), self.read());
        let person = if step.fingers.as_deref() == Some("own") { self.person } else { 1_000 };
        let given = self.by(step, |desk, job, by| -> Result<bool, HandoverError> {
            let presented = presented(desk, &of, &read)?;
            match compared(desk, &presented, person, by)? {
                Ended::Match(matched) => {
                    give(desk, job, &presented, Known::Fingers(&matched), (by, None))?;
                    Ok(true)
                }
                Ended::NoMatch(mismatched) => {
                    refuse(desk, job, &presented, &mismatched, by)?;
                    Ok(false)
                }
                other => panic!("{other:?}"),
            }
        })?;
        assert_eq!(given, step.fingers.as_deref() == Some("own"), "{}: whether the card was given", self.name);
        if !given {
            self.refused = self.card.take();
        }
        Ok(())
    }
}

/// A batch of one application, by its list.
pub fn create(desk: &mut Desk<'_>, job: &Id, (batch, of): (&Id, &Id), by: By<'_>) -> Result<(), BureauError> {
    batch::create(desk, job, (batch, &word(TYPE)), &batch::Choice::List(vec![of.clone()]), by).map(|_| ())
}

/// The receipt shown, and the card that lies there.
pub fn presented(desk: &mut Desk<'_>, of: &Id, read: &Read) -> Result<Presented, HandoverError> {
    let code = receipt::stamped(desk.key, &Case::open(desk, of)?).unwrap_or_default();
    present(desk, of, &code, read)
}

/// Each capture that is due, of this person's fingers, before a second officer where it comes to that.
fn compared(desk: &mut Desk<'_>, presented: &Presented, person: u64, by: By<'_>) -> Result<Ended, HandoverError> {
    let mut sitting = Sitting::over(desk, presented, TrialPolicy::default(), by)?;
    loop {
        let capture = u32::try_from(sitting.captures()).unwrap() + 10;
        match sitting.next() {
            Next::Capture(finger) => {
                let live: Template = print(person, finger, capture);
                let sample: (FingerPosition, Sample<'_>) = (finger, Sample::Print(&live));
                sitting.take(desk, sample, None, by)?;
            }
            Next::SecondOfficer => drop(sitting.repeat(desk, by)?),
            Next::Over(ended) => return Ok(ended),
        }
    }
}

/// The one seal of a shipment.
pub fn seal(shipment: &Id) -> Word {
    word(&format!("S-{shipment}"))
}

fn minutes() -> Minutes {
    let signer = |name: &str, number: &str| Signer { name: name.into(), number: number.into(), body: "Inspektorat".into() };
    Minutes {
        number: "1/2026".into(),
        day: "26 November 2026".into(),
        place: "Jakarta".into(),
        method: "dicacah".into(),
        officer: signer("Petugas", "1"),
        witnesses: vec![signer("Saksi Satu", "S-36"), signer("Saksi Dua", "S-37")],
    }
}
