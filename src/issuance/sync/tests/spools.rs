//! Folders: parts that go on, items that are what their name says, a stick that carries them, and who may not take what.

use super::world::{CENTRE, World, morning, roster};
use crate::issuance::Office;
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY};
use crate::issuance::store::tests::{File, Home as _};
use crate::issuance::sync::folder::{is_on_its_way, pull, push};
use crate::issuance::sync::parts::Parts;
use crate::issuance::sync::{Label, Sha, Spool, SyncError, Taken};
use crate::limits::{SYNC_ITEM_BYTES, SYNC_PARTS};
use crate::reason::{Reason, Refusal as _};
use std::io::ErrorKind;

const A: &str = "A-0000000000000001";

#[test]
fn a_part_goes_on_where_it_ended_and_other_bytes_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (parts, sha) = (Parts::at(folder.path()).unwrap(), Sha::of(b"abcdef"));
    assert_eq!((parts.have(sha), parts.add(sha, 0, b"abc")), (0, Ok(3)));
    let again = parts.add(sha, 0, b"abc").unwrap_err();
    assert_eq!((&again, again.reason()), (&SyncError::Part { asked: 0, have: 3 }, Reason::InputInvalid));
    assert_eq!(parts.add(sha, 3, b"dXf"), Ok(6));
    let torn = parts.whole(sha).unwrap_err();
    assert_eq!((&torn, torn.reason(), parts.have(sha)), (&SyncError::Digest(sha), Reason::PacketAltered, 0));
    assert_eq!(parts.add(sha, 0, b"abcdef"), Ok(6));
    let path = folder.path().join("item");
    parts.finish(sha, &path).unwrap();
    assert_eq!((std::fs::read(&path).unwrap(), parts.have(sha)), (b"abcdef".to_vec(), 0));
    let most = usize::try_from(SYNC_ITEM_BYTES).unwrap();
    assert_eq!(parts.add(sha, 0, &vec![0; most + 1]), Err(SyncError::TooMuch("bytes of an item", SYNC_ITEM_BYTES)));
    for n in 0..=SYNC_PARTS {
        parts.add(Sha::of(n.to_string().as_bytes()), 0, b"x").unwrap();
    }
    let left = std::fs::read_dir(folder.path()).unwrap().filter(|e| e.as_ref().unwrap().path().extension().is_some()).count();
    assert_eq!(left, SYNC_PARTS, "the oldest gave way");
}

#[test]
fn a_folder_is_one_offices() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), POINT).unwrap();
    assert_eq!(Spool::open(folder.path(), POINT).unwrap().office(), POINT);
    let other = Spool::open(folder.path(), REGENCY).unwrap_err();
    assert_eq!((&other, other.reason()), (&SyncError::OtherOffice(POINT), Reason::InputInvalid));
    std::fs::write(folder.path().join("office"), "nowhere").unwrap();
    let damaged = Spool::open(folder.path(), POINT).unwrap_err();
    assert!(matches!(damaged, SyncError::Files { kind: ErrorKind::InvalidData, .. }), "{damaged:?}");
    let held = spool.hold().unwrap();
    assert!(held.is_some() && spool.hold().unwrap().is_none());
}

#[test]
fn what_goes_where() {
    let label = |from, to| Label { kind: "told", from, to, about: "-".into(), at: morning() };
    let other = Office::Regency(31, 72);
    assert!(is_on_its_way(CENTRE, &label(POINT, CENTRE)) && is_on_its_way(REGENCY, &label(POINT, CENTRE)));
    assert!(is_on_its_way(REGENCY, &label(CENTRE, POINT)) && is_on_its_way(POINT, &label(CENTRE, POINT)));
    assert!(!is_on_its_way(POINT, &label(POINT, CENTRE)), "not to who sent it");
    assert!(!is_on_its_way(other, &label(POINT, CENTRE)) && !is_on_its_way(other, &label(CENTRE, POINT)));
}

#[test]
fn a_regency_carries_on_what_it_cannot_open_and_what_is_torn_or_anothers_is_named() {
    let mut world = World::new(File::new().place(), true);
    world.point.captured(A, Comes::new(1, 7));
    let (stick, now, roster) = (world.stick.path().to_owned(), world.point.now, roster());
    world.point.push(&stick);
    let folder = tempfile::tempdir().unwrap();
    let regency = Spool::open(folder.path(), REGENCY).unwrap();
    // Torn on the stick: its name tells.
    let mut items = std::fs::read_dir(stick.join("ministry")).unwrap().map(|e| e.unwrap().path());
    let item = items.find(|path| std::fs::metadata(path).unwrap().len() > 10_000).unwrap();
    let whole = std::fs::read(&item).unwrap();
    std::fs::write(&item, &whole[..whole.len() / 2]).unwrap();
    let carried = pull(&regency, &stick, &roster, now).unwrap();
    let torn = carried.iter().find_map(|one| one.refused.clone()).unwrap();
    assert_eq!(torn.reason(), Reason::PacketAltered);
    assert_eq!(carried.iter().filter(|one| one.refused.is_none()).count(), 1, "the other is carried on");
    // As it was, it goes on.
    std::fs::write(&item, &whole).unwrap();
    let carried = pull(&regency, &stick, &roster, now).unwrap();
    assert!(carried.len() == 1 && carried[0].refused.is_none());
    assert!(!item.exists(), "whoever has it durable takes it away");
    // Under another office's name, and of nobody: named, and left.
    let strange = stick.join("31.72");
    std::fs::create_dir(&strange).unwrap();
    std::fs::write(strange.join(item.file_name().unwrap()), &whole).unwrap();
    let other = Spool::open(tempfile::tempdir().unwrap().path(), Office::Regency(31, 72)).unwrap();
    let refused = pull(&other, &stick, &roster, now).unwrap();
    assert_eq!(refused[0].refused, Some(SyncError::Anothers));
    std::fs::remove_dir_all(&strange).unwrap();
    assert_eq!(regency.outgoing().unwrap().len(), 2);
    assert!(regency.incoming().unwrap().is_empty());
    // On to the centre, in parts that an earlier run began.
    let second = tempfile::tempdir().unwrap();
    let sha = Sha::of(&whole);
    Parts::at(&second.path().join("ministry")).unwrap().add(sha, 0, &whole[..1_000]).unwrap();
    push(&regency, second.path(), false, now).unwrap();
    assert!(regency.outgoing().unwrap().is_empty(), "what is another's goes when the next has it");
    world.centre.now = now;
    let fates = world.centre.pull(second.path());
    assert!(fates.iter().any(|fate| fate.about == A && fate.taken == Ok(Taken::New)), "{fates:?}");
    let missing = pull(&regency, &second.path().join("none"), &roster, now).unwrap_err();
    assert!(matches!(missing, SyncError::Files { kind: ErrorKind::NotFound, .. }));
}

#[test]
fn without_a_certificate_nothing_is_sealed_and_it_is_told_later() {
    let mut world = World::new(File::new().place(), true);
    world.point.captured(A, Comes::new(1, 7));
    let known = std::mem::take(&mut world.point.recipients);
    let made = world.point.make().unwrap();
    let refused = made[0].refused.clone().unwrap();
    assert_eq!((&refused, refused.reason(), made.len()), (&SyncError::NoRecipient(CENTRE), Reason::InputInvalid, 1));
    assert_eq!(world.point.state(crate::issuance::store::Kind::Application, A), "queued");
    world.point.recipients = known;
    world.up();
    let known = std::mem::take(&mut world.centre.recipients);
    let made = world.centre.make().unwrap();
    assert_eq!(made.iter().filter_map(|made| made.refused.clone()).collect::<Vec<_>>(), [SyncError::NoRecipient(POINT)]);
    world.centre.recipients = known;
    world.down();
    assert_eq!(world.point.state(crate::issuance::store::Kind::Application, A), "received");
}
