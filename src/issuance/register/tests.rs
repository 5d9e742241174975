//! The register in the store: brought in, called up, and kept from being overwritten.

use super::*;
use crate::issuance::case::tests::world::{ELSEWHERE, NEVER_HAD, POINT, REGENCY, World, nik, officer};
use crate::issuance::desk::DeskError;
use crate::issuance::store::tests::{Home, on_both};
use crate::reason::{Reason, Refusal as _};
use crate::record::{register as file, sample};

fn residents() -> Vec<Resident> {
    file::read(sample::REGISTER.as_bytes(), "2026-11-26".parse().unwrap()).unwrap()
}

fn import(world: &mut World, job: &Id, residents: &[Resident], by: u64) -> Result<Imported, RegisterError> {
    let by = officer(by);
    world.at(REGENCY, |desk| super::import(desk, job, residents, By::one(&by)))
}

#[test]
fn a_register_is_brought_in_once_and_found_by_person_and_family() {
    let mut world = World::new();
    let job = world.job();
    let same = import(&mut world, &job, &residents(), 10).unwrap();
    assert_eq!(same, Imported { same: 10, ..Imported::default() });
    let known = world.at(POINT, |desk| of_nik(desk.store, desk.key, &nik(NEVER_HAD))).unwrap().unwrap();
    assert_eq!((known.state, &known.resident), (State::Dirty, &residents()[1]));
    let family = known.resident.biodata.family_card_no.clone();
    let all = world.at(POINT, |desk| of_family(desk.store, desk.key, &family)).unwrap();
    assert_eq!(all.len(), 4);
    assert_eq!(world.at(POINT, |desk| call_up(desk.store, desk.key, &nik(NEVER_HAD), &family)).unwrap(), known);
    let other = FamilyCardNo::parse("9999990101260017").unwrap();
    assert_eq!(world.at(POINT, |desk| call_up(desk.store, desk.key, &nik(NEVER_HAD), &other)), Err(RegisterError::OtherFamily));
    let nobody = world.at(POINT, |desk| call_up(desk.store, desk.key, &nik("3171010101900001"), &family));
    assert_eq!(nobody, Err(RegisterError::Unknown));
    assert_eq!(nobody.unwrap_err().reason(), Reason::ResidentUnknown);
    let empty = FamilyCardNo::parse("9999990101269999").unwrap();
    assert_eq!(world.at(POINT, |desk| of_family(desk.store, desk.key, &empty)), Err(RegisterError::Unknown));
    assert_eq!(world.at(POINT, |desk| of_nik(desk.store, desk.key, &nik("3171010101900001"))), Ok(None));
}

#[test]
fn the_same_job_tells_the_same_and_another_content_under_it_is_refused() {
    let mut world = World::new();
    let mut changed = residents();
    changed[3].holds_card = true;
    let job = world.job();
    let first = import(&mut world, &job, &changed, 10).unwrap();
    assert_eq!(first, Imported { changed: 1, same: 9, ..Imported::default() });
    assert_eq!(import(&mut world, &job, &changed, 10), Ok(first), "asked again");
    changed[3].holds_card = false;
    let conflict = RegisterError::Desk(DeskError::Store(StoreError::Conflict(job.to_string())));
    assert_eq!(import(&mut world, &job, &changed, 10), Err(conflict));
    let rows = world.store.history(Kind::Resident, &world.key.subject(&changed[3].biodata.nik).id('r'), 0, 10).unwrap();
    assert_eq!(rows.len(), 2);
    world.verified();
}

#[test]
fn the_centres_word_makes_it_clean_and_a_family_moves_with_it() {
    let mut world = World::new();
    let mut clean = residents();
    clean[1].biodata.family_card_no = FamilyCardNo::parse("9999990101260017").unwrap();
    let job = world.job();
    let done = import(&mut world, &job, &clean[..2], 6).unwrap();
    assert_eq!(done, Imported { changed: 2, ..Imported::default() });
    let family = clean[1].biodata.family_card_no.clone();
    assert_eq!(world.at(POINT, |desk| of_family(desk.store, desk.key, &family)).unwrap().len(), 2, "with Putri");
    let job = world.job();
    let kept = import(&mut world, &job, &residents()[..2], 10).unwrap();
    assert_eq!(kept, Imported { same: 1, kept: 1, ..Imported::default() }, "Siti is the same, Budi is the centre's");
    let stranger = world.job();
    let refused = import(&mut world, &stranger, &clean[2..3], 14);
    assert_eq!(refused, Ok(Imported { same: 1, ..Imported::default() }), "nothing to do is nothing to sign");
    clean[2].holds_card = true;
    assert_eq!(
        import(&mut world, &stranger, &clean[2..3], 14).unwrap_err().reason(),
        Reason::NotPermitted,
        "a courier brings nobody in"
    );
    world.verified();
}

#[test]
fn the_dead_are_not_brought_in_again_and_who_moved_may_come_back() {
    let mut world = World::new();
    let head = officer(2);
    let all = residents();
    for (at, step) in [(1, Step::RecordDeath), (2, Step::MoveAway)] {
        let job = world.job();
        world.at(REGENCY, |desk| depart(desk, &job, &all[at].biodata.nik, step, By::one(&head))).unwrap();
    }
    let job = world.job();
    assert_eq!(import(&mut world, &job, &all, 10), Err(RegisterError::Dead(2)));
    assert_eq!(RegisterError::Dead(2).reason(), Reason::WrongState);
    let back = import(&mut world, &job, &all[2..], 10).unwrap();
    assert_eq!(back, Imported { changed: 1, same: 7, ..Imported::default() });
    let known = world.at(POINT, |desk| of_nik(desk.store, desk.key, &all[2].biodata.nik)).unwrap().unwrap();
    assert_eq!(known.state, State::Dirty);
    world.verified();
}

on_both!(an_office_brings_in_and_lets_go_only_whom_it_holds, who_was_let_go_is_brought_in_by_the_office_of_the_new_address);

/// The second resident of the sample, at an address of another regency.
fn moved_to_the_next_regency() -> Resident {
    let mut fields = residents().swap_remove(1).to_json();
    for (field, code) in [("regency_code", "31.72"), ("district_code", "31.72.01"), ("village_code", "31.72.01.1001")] {
        assert!(fields["address"][field].is_string(), "{field}");
        fields["address"][field] = serde_json::json!(code);
    }
    Resident::from_json(fields.to_string().as_bytes()).unwrap()
}

fn an_office_brings_in_and_lets_go_only_whom_it_holds(home: &mut dyn Home) {
    let mut world = World::of(home.create());
    let mut renamed = residents();
    renamed[1].holds_card = true;
    let strangers = [(ELSEWHERE, 16), (Office::Regency(31, 72), 18)];
    for (office, seed) in strangers {
        let (job, by) = (world.job(), officer(seed));
        let refused = world.at(office, |desk| super::import(desk, &job, &renamed[1..2], By::one(&by)));
        assert_eq!(refused, Err(RegisterError::Elsewhere(1)), "{office}");
        assert_eq!(refused.unwrap_err().reason(), Reason::NotPermitted);
        let gone = world.at(office, |desk| depart(desk, &job, &nik(NEVER_HAD), Step::RecordDeath, By::one(&by)));
        assert_eq!(gone, Err(RegisterError::Elsewhere(1)), "{office}");
    }
    // Nor by the new address alone: the old one is another's.
    let (job, by) = (world.job(), officer(18));
    let taken = [residents().swap_remove(1), moved_to_the_next_regency()];
    let refused = world.at(Office::Regency(31, 72), |desk| super::import(desk, &job, &taken[1..], By::one(&by)));
    assert_eq!(refused, Err(RegisterError::Elsewhere(1)));
    // Nor does an office give a resident away to another by its own file.
    let job = world.job();
    assert_eq!(import(&mut world, &job, &taken, 10), Err(RegisterError::Elsewhere(2)));
    let known = world.at(POINT, |desk| of_nik(desk.store, desk.key, &nik(NEVER_HAD))).unwrap().unwrap();
    assert_eq!((known.state, &known.resident), (State::Dirty, &residents()[1]));
    world.verified();
}

fn who_was_let_go_is_brought_in_by_the_office_of_the_new_address(home: &mut dyn Home) {
    let mut world = World::of(home.create());
    let (job, head) = (world.job(), officer(2));
    let left = world.at(REGENCY, |desk| depart(desk, &job, &nik(NEVER_HAD), Step::MoveAway, By::one(&head)));
    assert_eq!(left, Ok(Departed::default()));
    let (job, by) = (world.job(), officer(18));
    let here = [moved_to_the_next_regency()];
    let done = world.at(Office::Regency(31, 72), |desk| super::import(desk, &job, &here, By::one(&by)));
    assert_eq!(done, Ok(Imported { changed: 1, ..Imported::default() }));
    let back = world.job();
    assert_eq!(import(&mut world, &back, &residents()[1..2], 10), Err(RegisterError::Elsewhere(1)), "theirs no more");
    world.verified();
}
