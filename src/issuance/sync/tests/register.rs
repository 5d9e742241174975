//! Data kotor and data bersih: what the centre has overwrites what an office has, and never the reverse.

use super::world::{World, officer};
use crate::issuance::case::Case;
use crate::issuance::centre::tests::world::{Comes, POINT, biodata};
use crate::issuance::desk::{By, Desk};
use crate::issuance::names::Named as _;
use crate::issuance::store::Kind;
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::{Office, register, resident};
use crate::record::register::Resident;
use crate::record::{Biodata, FullName};

const A: &str = "A-0000000000000001";

on_both!(the_centres_data_overwrite_the_offices_copies, an_offices_data_never_overwrite_the_centres);

fn called(name: &str) -> Biodata {
    let registered = "2020-01-01".parse().unwrap();
    Biodata { full_name: FullName::parse(name, registered).unwrap().0, ..biodata(1) }
}

fn import(desk: &mut Desk<'_>, biodata: Biodata, by: u64) -> register::Imported {
    let job = crate::issuance::store::Id::parse(&format!("import-{by}-{}", biodata.full_name.as_str().replace(' ', "-")))
        .unwrap_or(super::world::id("import"));
    register::import(desk, &job, &[Resident { biodata, holds_card: false }], By::one(&officer(by))).unwrap()
}

fn known(desk: &mut Desk<'_>) -> (resident::State, String) {
    let known = register::of_nik(desk.store, desk.key, &biodata(1).nik).unwrap().unwrap();
    (known.state, known.resident.biodata.full_name.as_str().to_owned())
}

fn case_of(desk: &mut Desk<'_>) -> (bool, String) {
    let case = Case::open(desk, &super::world::id(A)).unwrap();
    (case.dossier.is_clean, case.dossier.biodata.full_name.as_str().to_owned())
}

fn the_centres_data_overwrite_the_offices_copies(home: &mut dyn Home) {
    let mut world = World::new(home.place(), false);
    world.point.at(POINT, |desk| import(desk, called("OFFICE"), 13));
    world.point.captured(A, Comes::new(1, 7));
    world.centre.at(Office::Ministry, |desk| import(desk, called("CENTRE"), 16));
    world.settle();
    // The register's copy, and the case's.
    let copy = world.point.at(POINT, known);
    assert_eq!(copy, (resident::State::Clean, "CENTRE".to_owned()));
    assert_eq!(world.point.at(POINT, case_of), (true, "CENTRE".to_owned()));
    // Told again, and changed again.
    world.centre.at(Office::Ministry, |desk| import(desk, called("CENTRE TWO"), 16));
    world.settle();
    assert_eq!(world.point.at(POINT, known).1, "CENTRE TWO");
    let rows = world.point.store.history(Kind::Resident, &world.point.key.subject(&biodata(1).nik).id('r'), 0, 10).unwrap();
    let steps: Vec<_> = rows.iter().map(|row| row.step().unwrap()).collect();
    assert_eq!(steps, ["open", resident::Step::Follow.name(), resident::Step::Follow.name()]);
    world.point.audited();
}

fn an_offices_data_never_overwrite_the_centres(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.centre.at(Office::Ministry, |desk| import(desk, called("CENTRE"), 16));
    world.settle();
    // A person who is new there comes clean; the office's own file then changes nothing.
    assert_eq!(world.point.at(POINT, known), (resident::State::Clean, "CENTRE".to_owned()));
    let kept = world.point.at(POINT, |desk| import(desk, called("OFFICE"), 13));
    assert_eq!((kept.kept, kept.changed), (1, 0));
    // What an office sends with a capture is laid under what the centre has, and the register stays.
    world.point.captured(A, Comes::new(1, 7));
    world.settle();
    assert_eq!(world.centre.at(Office::Ministry, case_of), (true, "CENTRE".to_owned()));
    assert_eq!(world.centre.at(Office::Ministry, known), (resident::State::Clean, "CENTRE".to_owned()));
    // Of whom the centre knows nothing, the office's data are not clean, whatever it says.
    world.point.captured("A-0000000000000002", Comes::new(2, 8));
    world.settle();
    let other = world
        .centre
        .at(Office::Ministry, |desk| Case::open(desk, &super::world::id("A-0000000000000002")).unwrap().dossier.is_clean);
    assert!(!other);
    world.centre.audited();
}
