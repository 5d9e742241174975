//! The step to print ready: one card, its image and its authorization, and what cannot be approved.

use super::world::{Comes, Named, POINT, World, biodata, dossier, id, officer};
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::issuance::case::CaseError;
use crate::issuance::centre::approve::{Making, approve, facts};
use crate::issuance::centre::clarify::take_up;
use crate::issuance::centre::{Approved, CentreError, Prints};
use crate::issuance::desk::By;
use crate::issuance::papers::Reason;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Id, Kind, Part, StoreError};
use crate::issuance::{Office, card, register, resident};
use crate::lds::image::SealedContent;
use crate::lds::numbers::Register;
use crate::lds::profile::Profile;
use crate::perso::job::{JobId, Placement};
use crate::perso::opened::Opener;
use crate::pki::sample::Kit;
use crate::pki::seal::{self, Recipient};
use crate::reason::{Reason as Why, Refusal as _};
use crate::world::{DangerousSeededEntropy, FixedClock};

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";

struct Bench {
    kit: Kit,
    profile: Profile,
    numbers: Register,
    images: std::path::PathBuf,
    prints: &'static dyn Prints,
}

impl Bench {
    fn new(world: &World) -> Self {
        let now = crate::issuance::officer::tests::at("2026-11-26");
        let kit = Kit::mint(&FixedClock(now), &mut DangerousSeededEntropy::new(77)).unwrap();
        let numbers = Register::open(&world.folder.path().join("numbers.db")).unwrap();
        let images = world.folder.path().join("images");
        std::fs::create_dir_all(&images).unwrap();
        Self { kit, profile: Profile::named("ektp-80k").unwrap(), numbers, images, prints: &Named }
    }

    fn approve(&mut self, world: &mut World, job: &Id, of: &Id, renew: bool) -> Result<Approved, CentreError> {
        let (first, second) = (officer(19), officer(17));
        let by = if renew { By::two(&first, &second) } else { By::one(&first) };
        self.approve_at(Office::Ministry, world, (job, of, renew), by)
    }

    fn approve_at(
        &mut self,
        office: Office,
        world: &mut World,
        (job, of, renew): (&Id, &Id, bool),
        by: By<'_>,
    ) -> Result<Approved, CentreError> {
        let now = crate::issuance::officer::tests::at("2026-11-26");
        let trust = self.kit.trust_store().unwrap();
        let recipient = Recipient::check(&self.kit.bureau.cert, &trust, now).unwrap();
        let mut making = Making {
            profile: &self.profile,
            face: self.profile.face,
            recipient: &recipient,
            numbers: &mut self.numbers,
            approver: &self.kit.approver,
            signer: "sample-signer",
            images: &self.images,
            prints: self.prints,
        };
        world.at(office, |desk, _| approve(desk, job, of, (&mut making, renew), by))
    }
}

on_both!(
    no_card_is_authorized_for_the_dead,
    another_regency_authorizes_no_card,
    what_the_centre_knows_better_since_is_identified_anew_before_it_is_approved,
);

fn what_the_centre_knows_better_since_is_identified_anew_before_it_is_approved(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    let mut clean = biodata(1);
    clean.address.line = crate::record::Line::parse("JL. BARU NO. 3").unwrap();
    world.registered(clean);
    let (mut bench, job) = (Bench::new(&world), world.job());
    let refused = bench.approve(&mut world, &job, &id(A), false).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&CentreError::Changed(id(A)), Why::WrongState));
    world.identify(&id(A)).unwrap();
    assert!(bench.approve(&mut world, &job, &id(A), false).is_ok());
    world.audited();
}

fn no_card_is_authorized_for_the_dead(home: &mut dyn Home) {
    let mut world = World::over(home);
    let who = biodata(1);
    world.registered(who.clone());
    world.comes(A, Comes::new(1, 7));
    let left = world.died(&who.nik);
    assert_eq!(left, register::Departed { applications: vec![id(A)], cards: vec![] });
    let (mut bench, job) = (Bench::new(&world), world.job());
    let refused = bench.approve(&mut world, &job, &id(A), false).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&CaseError::NotResident(resident::State::Dead).into(), Why::WrongState));
    assert_eq!((world.state(&id(A)), std::fs::read_dir(&bench.images).unwrap().count()), ("unique", 0));
    world.audited();
}

/// Nor is an authorization made up whose card's holder died after the run that was cut short.
#[test]
fn an_authorization_is_not_made_up_for_the_dead() {
    let mut world = World::new();
    let who = biodata(1);
    world.registered(who.clone());
    world.comes(A, Comes::new(1, 7));
    let (mut bench, job) = (Bench::new(&world), world.job());
    let made = bench.approve(&mut world, &job, &id(A), false).unwrap();
    std::fs::remove_file(made.image.join("authorization.json")).unwrap();
    let left = world.died(&who.nik);
    assert_eq!(left.cards, [(made.card.clone(), "allocated")]);
    let refused = bench.approve(&mut world, &job, &id(A), false).unwrap_err();
    assert_eq!(refused, CaseError::NotResident(resident::State::Dead).into());
    assert!(!made.image.join("authorization.json").exists());
}

fn another_regency_authorizes_no_card(home: &mut dyn Home) {
    let mut world = World::over(home);
    world.comes(A, Comes::new(1, 7));
    let (mut bench, job, stranger) = (Bench::new(&world), world.job(), officer(24));
    let here = Office::Regency(31, 72);
    let refused = bench.approve_at(here, &mut world, (&job, &id(A), false), By::one(&stranger)).unwrap_err();
    let place = crate::issuance::procedure::Place::ServicePoint;
    assert_eq!(refused, CaseError::Elsewhere { place, at: POINT, here }.into());
    assert_eq!((refused.reason(), world.state(&id(A))), (Why::NotPermitted, "unique"));
}

#[test]
fn a_unique_application_becomes_one_card_whose_image_a_bureau_opens() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let mut bench = Bench::new(&world);
    let job = world.job();
    let made = bench.approve(&mut world, &job, &id(A), false).unwrap();
    assert_eq!((world.state(&id(A)), world.card_state(&made.card)), ("print-ready", "allocated"));
    let trust = bench.kit.trust_store().unwrap();
    let now = crate::issuance::officer::tests::at("2026-11-26");
    let opener = Opener { bureau: &bench.kit.bureau.key, trust: &trust, now };
    let place = Placement { printer_job: None, blank_serial_expected: None, face_hash: None };
    let work = opener.open(&made.image, JobId::parse("j").unwrap(), place).unwrap();
    assert_eq!(work.job.document_number, made.number.as_str());
    // The CAN of the store is the card's.
    let sealed = world.store.sealed(Kind::Card, &made.card, Part::Can).unwrap().unwrap();
    let image = crate::lds::image::CardImage::read(&made.image).unwrap();
    let content = SealedContent::parse(&seal::open(&image.sealed, &bench.kit.bureau.key).unwrap()).unwrap();
    assert_eq!(world.key.open(&sealed).unwrap().as_slice(), content.can.expose().as_bytes());
    let standing = world.store.standing(Kind::Card, &made.card).unwrap().unwrap();
    let known = facts(world.store.as_mut(), &world.key, &standing).unwrap();
    assert_eq!((u64::from(known.status_index), known.profile.as_str()), (work.job.status_index, "ektp-80k"));
    // Again: the same card, and an authorization that was lost in between is made up.
    std::fs::remove_file(made.image.join("authorization.json")).unwrap();
    let again = bench.approve(&mut world, &job, &id(A), false).unwrap();
    assert_eq!((again.again, &again.card, &again.image), (true, &made.card, &made.image));
    assert!(made.image.join("authorization.json").exists());
    // Under another job too: the id of a run that was killed may be known to nobody.
    std::fs::remove_file(made.image.join("authorization.json")).unwrap();
    let other = world.job();
    let completed = bench.approve(&mut world, &other, &id(A), false).unwrap();
    assert_eq!((completed.again, &completed.card), (true, &made.card));
    assert!(made.image.join("authorization.json").exists());
    let twice = world.job();
    let refused = bench.approve(&mut world, &twice, &id(A), false).unwrap_err();
    assert_eq!(refused, StoreError::WrongState { kind: Kind::Application, state: "print-ready", step: "approve" }.into());
    world.audited();
}

/// Left index fingers show too few minutiae for a card.
struct Few;

impl Prints for Few {
    fn template(&self, position: FingerPosition, image: &[u8]) -> Option<Template> {
        let mut template = Named.template(position, image)?;
        if position == FingerPosition::LeftIndex {
            template.views[0].minutiae.truncate(crate::record::MINUTIAE_MIN - 1);
        }
        Some(template)
    }
}

#[test]
fn a_finger_with_too_few_minutiae_for_a_card_makes_room_for_the_next_of_its_hand() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let mut bench = Bench::new(&world);
    bench.prints = &Few;
    let job = world.job();
    let made = bench.approve(&mut world, &job, &id(A), false).unwrap();
    let image = crate::lds::image::CardImage::read(&made.image).unwrap();
    let mut fresh = World::new();
    fresh.comes(A, Comes::new(1, 7));
    let mut whole = Bench::new(&fresh);
    let job = fresh.job();
    let other = whole.approve(&mut fresh, &job, &id(A), false).unwrap();
    let other = crate::lds::image::CardImage::read(&other.image).unwrap().manifest.template_digests;
    assert_eq!(other[0], image.manifest.template_digests[0], "the right index");
    assert_ne!(other[1], image.manifest.template_digests[1], "the left middle finger instead of the left index");
}

#[test]
fn what_changed_after_the_identification_is_not_approved() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let mut bench = Bench::new(&world);
    let mut other = dossier(Comes::new(1, 7));
    other.biodata = biodata(2);
    let (key, job) = (world.key.clone(), world.job());
    // Behind every rule: the sealed data of the application are replaced.
    let sealed =
        key.seal(Kind::Application, &id(A), Part::Biodata, &other.to_json(), &mut DangerousSeededEntropy::new(3)).unwrap();
    let bytes = sealed.bytes();
    let db = rusqlite::Connection::open(world.folder.path().join("s.db")).unwrap();
    db.execute("UPDATE sealed SET bytes = ?1 WHERE id = ?2 AND part = 'biodata'", rusqlite::params![bytes, A]).unwrap();
    let refused = bench.approve(&mut world, &job, &id(A), false).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&CentreError::Changed(id(A)), Why::WrongState));
    assert_eq!(world.state(&id(A)), "unique");
}

#[test]
fn what_a_clarification_holds_is_not_approved() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    let (job, first, second) = (world.job(), officer(17), officer(18));
    world.at(Office::Ministry, |desk, _| take_up(desk, &job, &id(B), false, By::two(&first, &second)).unwrap());
    let mut bench = Bench::new(&world);
    let job = world.job();
    assert_eq!(bench.approve(&mut world, &job, &id(A), false).unwrap_err(), CentreError::Held(id(A)));
    let doubtful = bench.approve(&mut world, &job, &id(B), false).unwrap_err();
    assert_eq!(doubtful, StoreError::WrongState { kind: Kind::Application, state: "clarifying", step: "approve" }.into());
}

#[test]
fn a_reissue_keeps_the_enrolled_fingers_unless_two_renew_them() {
    let mut templates = Vec::new();
    for renew in [false, true] {
        let mut world = World::new();
        world.comes(A, Comes::new(1, 7));
        world.card(&id(A), "C-1", card::State::Active);
        world.comes(B, Comes { capture: 2, reason: Reason::Damaged, ..Comes::new(1, 7) });
        let mut bench = Bench::new(&world);
        let job = world.job();
        let made = bench.approve(&mut world, &job, &id(B), renew).unwrap();
        let image = crate::lds::image::CardImage::read(&made.image).unwrap();
        templates.push(image.manifest.template_digests.clone());
        let mut fresh = World::new();
        fresh.comes(A, Comes::new(1, 7));
        let mut other = Bench::new(&fresh);
        let job = fresh.job();
        let enrolled = other.approve(&mut fresh, &job, &id(A), false).unwrap();
        let enrolled = crate::lds::image::CardImage::read(&enrolled.image).unwrap().manifest.template_digests;
        assert_eq!(enrolled == image.manifest.template_digests, !renew, "{renew}");
    }
    assert_ne!(templates[0], templates[1]);
}
