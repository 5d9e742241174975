//! Every other way in which the centre refuses, by name.

use super::world::{Comes, Named, POINT, World, capture, dossier, id, officer};
use crate::afis::sealed::SealedError;
use crate::afis::{PersonError, Policy};
use crate::finger::position::FingerPosition;
use crate::finger::template::Template;
use crate::issuance::Office;
use crate::issuance::application::{State, Step};
use crate::issuance::case::CaseError;
use crate::issuance::centre::approve::{Making, approve};
use crate::issuance::centre::clarify::{Outcome, decide, take_up};
use crate::issuance::centre::identify::{Population, identify};
use crate::issuance::centre::intake::{Brought, receive};
use crate::issuance::centre::{Approved, CentreError, Prints};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::names::Named as _;
use crate::issuance::officer::tests::{at, key};
use crate::issuance::packet::{self, Packet, PacketError};
use crate::issuance::role::RoleError;
use crate::issuance::store::{Id, Kind, Move, Opening, Part, StoreError, Word};
use crate::lds::build::BuildError;
use crate::lds::image::ImageError;
use crate::lds::numbers::{NumbersError, Register};
use crate::lds::profile::Profile;
use crate::pki::authorization::AuthorizationError;
use crate::pki::key::PrivateKey;
use crate::pki::sample::Kit;
use crate::pki::seal::{Recipient, SealError};
use crate::reason::{Reason, Refusal as _};
use crate::world::{DangerousSeededEntropy, FixedClock};

const A: &str = "A-0000000000000001";
const B: &str = "A-0000000000000002";

fn kit() -> Kit {
    Kit::mint(&FixedClock(at("2026-11-26")), &mut DangerousSeededEntropy::new(77)).unwrap()
}

/// Somebody whose capture the office consolidated and sent nowhere yet; with the capture in the store, or not.
fn queued(world: &mut World, name: &str, kept: bool) -> Id {
    let (application, comes) = (id(name), Comes::new(1, 7));
    let (key, operator, job) = (world.key.clone(), officer(13), world.job());
    let (data, captured) = (dossier(comes), capture(name, comes));
    world.at(POINT, |desk, _| {
        let mut seal = |part, plain: &[u8]| key.seal(Kind::Application, &application, part, plain, desk.rng).unwrap();
        let biodata = seal(Part::Biodata, &data.to_json());
        let biometrics = kept.then(|| seal(Part::Biometrics, &captured.encode(POINT, operator.id())));
        let opening = Opening::Application {
            begins: State::Applied,
            procedure: Word::parse(data.procedure.name()).unwrap(),
            subject: key.subject(&data.biodata.nik),
            family: None,
            priority: 0,
        };
        let step = |step| Move::application(application.clone(), step);
        let take = biometrics.into_iter().fold(step(Step::Capture), Move::with_sealed);
        let opening = Move::open(application.clone(), opening).with_sealed(biodata);
        let moves = vec![opening, step(Step::VerifyData), take, step(Step::Consolidate)];
        desk.take_by(&job, moves, By::one(&operator)).unwrap();
    });
    application
}

/// Takes an application in with a packet of some capture, opened by a key.
fn brought(world: &mut World, kit: &Kit, (of, packed): (&Id, &str), key_of_centre: &PrivateKey) -> Result<(), CentreError> {
    let (now, trust) = (at("2026-11-26"), kit.trust_store().unwrap());
    let recipient = Recipient::check(&kit.office.cert, &trust, now).unwrap();
    let mut rng = DangerousSeededEntropy::new(4);
    let sealed = packet::seal(&capture(packed, Comes::new(1, 7)), (&key(13), POINT), &recipient, now, &mut rng).unwrap();
    let packet = Packet::parse(&sealed).unwrap().verify(&world.roster, now).unwrap();
    let (job, centre) = (world.job(), officer(16));
    world.at(Office::Ministry, |desk, _| {
        receive(desk, &job, of, Some(Brought { packet: &packet, key: key_of_centre }), By::one(&centre)).map(drop)
    })
}

#[test]
fn a_packet_of_this_capture_alone_is_taken_in() {
    let (mut world, kit) = (World::new(), kit());
    let a = queued(&mut world, A, false);
    let other = brought(&mut world, &kit, (&a, B), &kit.office.key).unwrap_err();
    assert_eq!((&other, other.reason()), (&CentreError::OtherCapture(a.clone()), Reason::PacketAltered));
    let closed = brought(&mut world, &kit, (&a, A), &kit.approver.key).unwrap_err();
    assert_eq!(closed, CentreError::Packet(PacketError::Seal(SealError::NotARecipient)));
    assert_eq!(closed.reason(), SealError::NotARecipient.reason());
    brought(&mut world, &kit, (&a, A), &kit.office.key).unwrap();
    assert_eq!(world.state(&a), "received");
    let b = queued(&mut World::new(), B, true);
    let mut other = World::new();
    queued(&mut other, B, true);
    brought(&mut other, &kit, (&b, B), &kit.office.key).unwrap();
    assert_eq!(other.state(&b), "received", "what the office keeps is what the packet brings");
}

#[test]
fn what_is_not_there_and_who_may_not_are_the_stores_and_the_desks_refusals() {
    let mut world = World::new();
    let (job, first, second) = (world.job(), officer(17), officer(18));
    let a = id(A);
    let unknown = world.at(Office::Ministry, |desk, _| take_up(desk, &job, &a, false, By::two(&first, &second))).unwrap_err();
    let missing = StoreError::Unknown { kind: Kind::Application, id: A.to_owned() };
    assert_eq!(unknown, CentreError::Case(CaseError::Desk(DeskError::Store(missing.clone()))));
    let centre = officer(16);
    let unknown = world.at(Office::Ministry, |desk, _| receive(desk, &job, &a, None, By::one(&centre))).unwrap_err();
    assert_eq!(unknown, CentreError::Case(CaseError::Desk(DeskError::Store(missing))));
    assert_eq!(unknown.reason(), Reason::IdentifierUnknown);
    world.received(A, Comes::new(1, 7));
    let early = world.at(Office::Ministry, |desk, _| take_up(desk, &job, &a, false, By::two(&first, &second))).unwrap_err();
    assert_eq!(early, StoreError::WrongState { kind: Kind::Application, state: "received", step: "clarify" }.into());
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    let (b, job) = (id(B), world.job());
    let alone = world.at(Office::Ministry, |desk, _| take_up(desk, &job, &b, false, By::one(&first))).unwrap_err();
    assert_eq!(alone, CentreError::Desk(DeskError::Store(StoreError::Role(RoleError::SecondMissing))));
    assert_eq!(alone.reason(), Reason::NotPermitted);
}

/// One and the same print, whatever finger is asked for.
struct Alike;

impl Prints for Alike {
    fn template(&self, position: FingerPosition, image: &[u8]) -> Option<Template> {
        let mut print = Named.template(FingerPosition::RightIndex, image)?;
        print.views.iter_mut().for_each(|view| view.position = Some(position));
        Some(print)
    }
}

#[test]
fn one_print_told_for_two_fingers_is_no_person() {
    let mut world = World::new();
    let a = world.received(A, Comes::new(1, 7));
    let (job, centre) = (world.job(), officer(16));
    for _ in 0..2 {
        // The same job again says the same, and writes nothing.
        let refused = world.at(Office::Ministry, |desk, gallery| {
            let population = Population { gallery, policy: &Policy::default(), prints: &Alike };
            identify(desk, &job, &a, &population, By::one(&centre)).unwrap_err()
        });
        let CentreError::Person(PersonError::SamePrint(..)) = refused else { panic!("{refused:?}") };
        assert_eq!(refused.reason(), Reason::FingersAlike);
        assert_eq!(world.state(&a), "identification-failed");
    }
    // It is sent again, and is somebody when the images are told from each other.
    let again = world.job();
    world.at(Office::Ministry, |desk, _| receive(desk, &again, &a, None, By::one(&centre)).unwrap());
    assert_eq!((world.identify(&a).unwrap().answer.code(), world.state(&a)), ("single", "unique"));
    world.audited();
}

struct Bench {
    kit: Kit,
    profile: Profile,
    numbers: Register,
    images: std::path::PathBuf,
}

impl Bench {
    fn new(world: &World) -> Self {
        let images = world.folder.path().join("images");
        std::fs::create_dir_all(&images).unwrap();
        let numbers = Register::open(&world.folder.path().join("numbers.db")).unwrap();
        Self { kit: kit(), profile: Profile::named("ektp-80k").unwrap(), numbers, images }
    }

    fn approve(&mut self, world: &mut World, job: &Id) -> Result<Approved, CentreError> {
        let trust = self.kit.trust_store().unwrap();
        let recipient = Recipient::check(&self.kit.bureau.cert, &trust, at("2026-11-26")).unwrap();
        let approver = officer(19);
        let mut making = Making {
            profile: &self.profile,
            face: self.profile.face,
            recipient: &recipient,
            numbers: &mut self.numbers,
            approver: &self.kit.approver,
            signer: "sample-signer",
            images: &self.images,
            prints: &Named,
        };
        world.at(Office::Ministry, |desk, _| approve(desk, job, &id(A), (&mut making, false), By::one(&approver)))
    }

    /// Approves, which is refused, and leaves the application as it was.
    fn refused(&mut self, world: &mut World) -> CentreError {
        let job = world.job();
        let refused = self.approve(world, &job).unwrap_err();
        assert_eq!(world.state(&id(A)), "unique");
        refused
    }
}

#[test]
fn what_no_card_can_be_made_of_is_not_approved() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let mut bench = Bench::new(&world);
    bench.profile.capacity = 9_000;
    let refused = bench.refused(&mut world);
    assert!(matches!(refused, CentreError::Build(BuildError::Plan(_))), "{refused:?}");
    assert_eq!(refused.reason(), Reason::DoesNotFit);
    bench.profile = Profile::named("ektp-80k").unwrap();
    std::fs::create_dir(bench.images.join(format!("{A}.1"))).unwrap();
    let refused = bench.refused(&mut world);
    assert!(matches!(refused, CentreError::Image(ImageError::Gone | ImageError::Storage(_))), "{refused:?}");
    assert_eq!(refused.reason(), Reason::FileUnreadable);
    std::fs::remove_dir(bench.images.join(format!("{A}.1"))).unwrap();
    let other = Profile { digest: [1; 32], ..Profile::named("ektp-80k").unwrap() };
    bench.profile = other;
    let refused = bench.refused(&mut world);
    assert_eq!((&refused, refused.reason()), (&CentreError::Numbers(NumbersError::Conflict), Reason::JobConflict));
}

#[test]
fn an_authorization_that_cannot_be_written_is_made_up_later() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    let mut bench = Bench::new(&world);
    let job = world.job();
    let made = bench.approve(&mut world, &job).unwrap();
    std::fs::remove_file(made.image.join("authorization.json")).unwrap();
    let signature = made.image.join("authorization.json.p7s");
    std::fs::remove_file(&signature).unwrap();
    std::fs::create_dir(&signature).unwrap();
    let refused = bench.approve(&mut world, &job).unwrap_err();
    let CentreError::Unwritable(kind) = refused else { panic!("{refused:?}") };
    assert_eq!(refused.reason(), Reason::of_io(kind));
    std::fs::remove_dir(&signature).unwrap();
    assert!(bench.approve(&mut world, &job).unwrap().again);
}

#[test]
fn a_capture_without_a_portrait_is_no_record() {
    let mut world = World::new();
    let a = world.received(A, Comes::new(1, 7));
    let files = capture(A, Comes::new(1, 7));
    let kept = files.files().filter(|(name, _)| name.as_str() != "portrait.jpg");
    let kept = kept.map(|(name, bytes)| (name.clone(), zeroize::Zeroizing::new(bytes.to_vec()))).collect();
    let faceless = packet::Capture::new(A.parse().unwrap(), kept).unwrap().encode(POINT, officer(13).id());
    let sealed = world.key.seal(Kind::Application, &a, Part::Biometrics, &faceless, &mut world.rng).unwrap();
    let db = rusqlite::Connection::open(world.folder.path().join("s.db")).unwrap();
    let put = "UPDATE sealed SET bytes = ?1 WHERE id = ?2 AND part = 'biometrics'";
    assert_eq!(db.execute(put, rusqlite::params![sealed.bytes(), A]).unwrap(), 1);
    world.identify(&a).unwrap();
    let mut bench = Bench::new(&world);
    let refused = bench.refused(&mut world);
    assert!(matches!(refused, CentreError::Record(_)), "{refused:?}");
    assert_eq!(refused.reason(), Reason::ImageInvalid);
}

#[test]
fn what_others_refuse_keeps_its_reason() {
    let halted = CentreError::Gallery(SealedError::Halted);
    assert_eq!(halted.reason(), Reason::FileUnreadable);
    assert_eq!(CentreError::Seal(SealError::TooLarge(9)).reason(), SealError::TooLarge(9).reason());
    assert_eq!(CentreError::Authorization(AuthorizationError::Field("signer")).reason(), Reason::AuthorizationInvalid);
}

#[test]
fn a_job_that_did_something_else_does_nothing_here() {
    let mut world = World::new();
    world.comes(A, Comes::new(1, 7));
    world.comes(B, Comes { capture: 2, ..Comes::new(2, 7) });
    let (other, centre, first, second) = (id("job-1"), officer(16), officer(17), officer(18));
    let conflict = CentreError::Desk(DeskError::Store(StoreError::Conflict("job-1".to_owned())));
    let mut bench = Bench::new(&world);
    assert_eq!(bench.approve(&mut world, &other), Err(conflict.clone()), "no authorization without the store's step");
    assert_eq!(std::fs::read_dir(&bench.images).unwrap().count(), 0);
    let (refused, b) = (Err(conflict.clone()), id(B));
    let found = world.at(Office::Ministry, |desk, gallery| {
        let population = Population { gallery, policy: &Policy::default(), prints: &Named };
        identify(desk, &other, &b, &population, By::one(&centre)).map(drop)
    });
    assert_eq!(found, refused);
    let taken = world.at(Office::Ministry, |desk, _| take_up(desk, &other, &b, false, By::two(&first, &second)).map(drop));
    assert_eq!(taken, refused);
    let say = |world: &mut World, job: &Id, outcome| {
        world.at(Office::Ministry, |desk, _| decide(desk, job, &b, outcome, By::two(&first, &second))).map(drop)
    };
    assert_eq!(say(&mut world, &other, Outcome::Fraud), refused);
    let (taking, deciding) = (world.job(), world.job());
    world.at(Office::Ministry, |desk, _| take_up(desk, &taking, &b, false, By::two(&first, &second)).unwrap());
    say(&mut world, &deciding, Outcome::Fraud).unwrap();
    assert_eq!(say(&mut world, &deciding, Outcome::Fraud), Ok(()), "the same again is found");
    let another = StoreError::Conflict(deciding.to_string());
    assert_eq!(say(&mut world, &deciding, Outcome::KeepFirst), Err(another.into()));
}
