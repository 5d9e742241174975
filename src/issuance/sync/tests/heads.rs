//! A store that was put back is noticed by the others, by its own folder, and by whoever holds what it showed; a late word is none.

use super::world::{CENTRE, World, id, morning, officer, roster};
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY};
use crate::issuance::desk::{By, DeskError};
use crate::issuance::store::tests::{Home, on_both};
use crate::issuance::store::{Head, Move, Opening, StoreError, Word};
use crate::issuance::sync::{Shown, SyncError, Taken};
use crate::reason::{Reason, Refusal as _};
use jiff::ToSpan as _;

const A: &str = "A-0000000000000001";

on_both!(an_offices_store_that_was_put_back_is_refused, the_centres_store_that_was_put_back_is_refused);

fn an_offices_store_that_was_put_back_is_refused(home: &mut dyn Home) {
    let mut world = World::new(home.place(), false);
    world.point.captured(A, Comes::new(1, 7));
    world.settle();
    let old = world.point.copied(home);
    world.point.captured("A-0000000000000002", Comes::new(2, 8));
    world.settle();
    world.point.put_back(&old);
    // By its own folder.
    let refused = world.point.make().unwrap_err();
    assert_eq!(refused.reason(), Reason::StoreRolledBack);
    assert!(matches!(refused, SyncError::Desk(DeskError::Store(StoreError::RolledBack { .. }))), "{refused:?}");
    assert_eq!(world.point.take().unwrap_err(), refused);
    // The folder was put back with it: the centre notices.
    std::fs::remove_dir_all(world.point.path().join("heads")).unwrap();
    std::fs::create_dir(world.point.path().join("heads")).unwrap();
    let fates = world.up();
    let heads = fates.iter().find(|fate| fate.kind == "heads").unwrap();
    assert_eq!(heads.taken.clone().unwrap_err().reason(), Reason::StoreRolledBack);
    assert!(fates.iter().all(|fate| fate.taken.is_err()), "nothing of it is taken in: {fates:?}");
    // And tells it what it had shown: from then on it refuses itself.
    world.centre.at(POINT, |desk| a_row(desk, "further"));
    world.centre.push(world.stick.path());
    crate::issuance::sync::folder::pull(&world.point.spool, world.stick.path(), &roster(), world.point.now).unwrap();
    world.point.now = world.point.now.max(world.centre.now);
    assert_eq!(world.point.take().unwrap_err().reason(), Reason::StoreRolledBack);
    assert_eq!(world.point.held().unwrap_err().reason(), Reason::StoreRolledBack);
    // Until somebody at the centre says otherwise, nothing of that office is taken in.
    world.point.put_back(&home.place());
    let fates = world.up();
    let all = fates.iter().map(|fate| fate.taken.clone());
    assert!(
        !fates.is_empty() && all.into_iter().all(|taken| taken == Err(SyncError::Refused(Reason::StoreRolledBack))),
        "{fates:?}"
    );
    std::fs::remove_file(world.centre.path().join("heads/31.71.01.refused")).unwrap();
    world.point.at(POINT, |desk| a_row(desk, "goes-on"));
    assert!(world.up().iter().all(|fate| fate.taken.is_ok()));
}

/// A row in the office's own chain.
fn a_row(desk: &mut crate::issuance::desk::Desk<'_>, name: &str) {
    let opening = Opening::Incident { about: Word::parse("nothing").unwrap() };
    desk.take_by(&id(&format!("row-{name}")), vec![Move::open(id(&format!("I-{name}")), opening)], By::one(&officer(13)))
        .unwrap();
}

fn the_centres_store_that_was_put_back_is_refused(home: &mut dyn Home) {
    let mut world = World::new(home.place(), true);
    world.point.captured(A, Comes::new(1, 7));
    world.settle();
    let old = world.centre.copied(home);
    world.point.captured("A-0000000000000002", Comes::new(2, 8));
    world.settle();
    world.centre.put_back(&old);
    std::fs::remove_dir_all(world.centre.path().join("heads")).unwrap();
    std::fs::create_dir(world.centre.path().join("heads")).unwrap();
    world.point.at(POINT, |desk| a_row(desk, "further"));
    world.point.push(world.stick.path());
    world.centre.now = world.centre.now.max(world.point.now);
    crate::issuance::sync::folder::pull(&world.centre.spool, world.stick.path(), &roster(), world.centre.now).unwrap();
    let refused = world.centre.take().unwrap_err();
    assert_eq!(refused.reason(), Reason::StoreRolledBack);
    assert_eq!(world.centre.make().unwrap_err(), refused, "from now on nothing is done with this store");
}

#[test]
fn what_is_shown_is_its_offices_and_an_earlier_word_that_comes_late_is_no_older_store() {
    let (roster, now) = (roster(), morning());
    let head = |n, byte| Head { office: POINT.into(), n, head: [byte; 32] };
    let at = |minutes: i64| now.checked_add(minutes.minutes()).unwrap();
    let shown = |heads: &[Head], seed: u64, minutes: i64| Shown::new(POINT, heads, &officer(seed), at(minutes)).unwrap();
    let (early, late) = (shown(&[head(3, 1)], 30, 0), shown(&[head(5, 2)], 30, 1));
    let follows = |this: &Shown, before: Option<&Shown>| this.follows(before, POINT, &roster, at(9));
    assert_eq!(
        (follows(&early, None), follows(&late, Some(&early)), follows(&late, Some(&late))),
        (Ok(true), Ok(true), Ok(false))
    );
    assert_eq!(follows(&early, Some(&late)), Ok(false), "it was signed before");
    let back = shown(&[head(3, 1)], 30, 2);
    assert_eq!(follows(&back, Some(&late)).unwrap_err().reason(), Reason::StoreRolledBack);
    let forked = shown(&[head(5, 9)], 30, 2);
    let fork = SyncError::Desk(DeskError::Store(StoreError::Forked { office: "31.71.01".into(), n: 5 }));
    assert_eq!(follows(&forked, Some(&late)), Err(fork));
    // Signed by others than the office's service, or of another office.
    let by_operator = shown(&[head(3, 1)], 13, 0);
    assert!(matches!(follows(&by_operator, None), Err(SyncError::Act(_))));
    assert_eq!(early.of(REGENCY, &roster, at(9)), Err(SyncError::Anothers));
    assert_eq!(Shown::new(POINT, &[], &officer(16), now).unwrap().of(POINT, &roster, now), Err(SyncError::Anothers));
    assert_eq!(Shown::parse(early.to_json().as_bytes()), Some(early.clone()));
    assert_eq!(Shown::parse(b"{}"), None);
    let altered = early.to_json().replace("\\\"n\\\": 3", "\\\"n\\\": 4");
    assert!(Shown::parse(altered.as_bytes()).unwrap().of(POINT, &roster, now).is_err());
    assert_eq!((CENTRE == POINT, Taken::New == Taken::Again), (false, false));
}
