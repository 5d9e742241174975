//! The line: certificates on both sides, parts that go on, and who is not served.

use super::world::{CENTRE, World, morning, roster};
use crate::crypto::ec::Curve;
use crate::issuance::Office;
use crate::issuance::centre::tests::world::{Comes, POINT, REGENCY};
use crate::issuance::store::tests::{File, Home as _};
use crate::issuance::sync::line::{Client, Credentials, Service, serve};
use crate::issuance::sync::parts::Parts;
use crate::issuance::sync::{Shown, Spool, SyncError, Taken};
use crate::pki::key::PrivateKey;
use crate::reason::{Reason, Refusal as _};
use crate::world::{DangerousSeededEntropy, FixedClock};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};

const A: &str = "A-0000000000000001";

/// An authority of lines.
pub struct Authority(Issuer<'static, KeyPair>, String);

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self(Issuer::new(params, key), pem)
    }

    /// An office's certificate, which answers at this host.
    pub fn office(&self, name: &str, trusts: &Self) -> Credentials {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let pem = params.signed_by(&key, &self.0).unwrap().pem();
        let key = PrivateKey::from_pkcs8(&key.serialize_der()).unwrap();
        Credentials::new(pem.as_bytes(), &key, trusts.1.as_bytes()).unwrap()
    }
}

/// Serves a spool while something is done with its address.
pub fn served<T>(spool: &Spool, credentials: &Credentials, act: impl FnOnce(&str) -> T) -> T {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("localhost:{}", listener.local_addr().unwrap().port());
    let (stop, clock) = (AtomicBool::new(false), FixedClock(morning()));
    let service = Service { spool: spool.clone(), roster: &|| Ok(roster()), clock: &clock, told: &|_, _, _| {} };
    std::thread::scope(|scope| {
        let serving = scope.spawn(|| serve(&listener, &service, credentials, &stop).unwrap());
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| act(&address)));
        stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(listener.local_addr().unwrap()));
        serving.join().unwrap();
        done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[test]
fn captures_go_up_and_answers_come_down_and_a_cut_transfer_goes_on() {
    let (ca, mut world) = (Authority::new("lines"), World::new(File::new().place(), true));
    let (centre, point) = (ca.office("ministry", &ca), ca.office("31.71.01", &ca));
    world.point.captured(A, Comes::new(1, 7));
    world.point.make().unwrap();
    let entry = world.point.spool.outgoing().unwrap().into_iter().find(|entry| entry.label.kind == "packet").unwrap();
    let bytes = world.point.spool.bytes(entry.sha).unwrap();
    // The beginning of it came before, and some bytes of that were torn.
    let parts = world.centre.spool.parts("line").unwrap();
    let torn: Vec<u8> = bytes[..5_000].iter().map(|b| b ^ 1).collect();
    parts.add(entry.sha, 0, &torn).unwrap();
    let (spool, now) = (world.centre.spool.clone(), world.point.now);
    served(&spool, &centre, |address| {
        let mut client = Client::reach(address, &point, POINT).unwrap();
        assert_eq!(client.office(), CENTRE);
        let first = client.push(&world.point.spool, false, now, &mut |_| {}).unwrap();
        let torn = first.iter().find(|one| one.item == entry.sha).unwrap();
        assert_eq!(torn.refused, Some(SyncError::Refused(Reason::PacketAltered)), "and it begins anew");
        parts.add(entry.sha, 0, &bytes[..5_000]).unwrap();
        let second = client.push(&world.point.spool, false, now, &mut |_| {}).unwrap();
        assert_eq!((second.len(), second[0].item, &second[0].refused), (1, entry.sha, &None));
        assert_eq!(client.push(&world.point.spool, false, now, &mut |_| {}).unwrap(), [], "nothing is due");
        // A list of nothing; then what the centre says.
        assert_eq!(client.pull(&world.point.spool, (&roster(), now), &mut |_| {}).unwrap(), []);
    });
    world.centre.now = now;
    assert!(world.centre.take().unwrap().iter().any(|fate| fate.about == A && fate.taken == Ok(Taken::New)));
    world.centre.make().unwrap();
    let told = world.centre.spool.outgoing().unwrap().into_iter().find(|entry| entry.label.kind == "told").unwrap();
    let of_told = world.centre.spool.bytes(told.sha).unwrap();
    world.point.spool.parts("fetched").unwrap().add(told.sha, 0, &of_told[..100]).unwrap();
    world.point.now = world.point.now.max(world.centre.now);
    served(&spool, &centre, |address| {
        let mut client = Client::reach(address, &point, POINT).unwrap();
        let fetched = client.pull(&world.point.spool, (&roster(), world.point.now), &mut |_| {}).unwrap();
        assert!(fetched.len() >= 3 && fetched.iter().all(|one| one.refused.is_none()), "{fetched:?}");
        assert_eq!(client.pull(&world.point.spool, (&roster(), now), &mut |_| {}).unwrap(), [], "it was said that they are here");
    });
    assert!(world.point.take().unwrap().iter().all(|fate| fate.taken.is_ok()));
    assert_eq!(world.point.state(crate::issuance::store::Kind::Application, A), "received");
}

#[test]
fn whoever_is_not_proven_or_not_below_is_not_served() {
    let (ca, other) = (Authority::new("lines"), Authority::new("others"));
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), REGENCY).unwrap();
    let own = tempfile::tempdir().unwrap();
    let mine = Spool::open(own.path(), POINT).unwrap();
    served(&spool, &ca.office("31.71", &ca), |address| {
        let reach = |credentials: &Credentials, here| Client::reach(address, credentials, here);
        // Another authority's client: the line ends before anything is said.
        let refused =
            reach(&other.office("31.71.01", &ca), POINT).and_then(|mut c| c.pull(&mine, (&roster(), morning()), &mut |_| {}));
        let refused = refused.unwrap_err();
        assert!(matches!(refused, SyncError::Line(_) | SyncError::Unreachable(_)), "{refused:?}");
        // A server of another authority.
        let refused = reach(&ca.office("31.71.01", &other), POINT).unwrap_err();
        assert!(matches!(refused, SyncError::Line(_)), "{refused:?}");
        assert_eq!(refused.reason(), Reason::NotPermitted);
        // An office of another regency, by its certificate.
        let mut client = reach(&ca.office("31.72.01", &ca), POINT).unwrap();
        let refused = client.pull(&mine, (&roster(), morning()), &mut |_| {}).unwrap_err();
        assert_eq!(refused, SyncError::Refused(Reason::NotPermitted));
        // One who names the wrong office above.
        let here = Office::ServicePoint(31, 72, 1);
        let refused = reach(&ca.office("31.72.01", &ca), here).unwrap_err();
        assert_eq!((&refused, refused.reason()), (&SyncError::NotServed(REGENCY), Reason::NotPermitted));
    });
    let nobody = Client::reach("localhost:1", &ca.office("31.71.01", &ca), POINT).unwrap_err();
    assert_eq!((matches!(nobody, SyncError::Unreachable(_)), nobody.reason()), (true, Reason::OfflineQueued));
    let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(3));
    let unusable = Credentials::new(b"no PEM", &key, ca.1.as_bytes()).unwrap_err();
    assert_eq!(unusable, SyncError::Line("no certificate in PEM".into()));
}

#[test]
fn a_store_that_was_put_back_is_told_so_at_the_first_word() {
    let (ca, mut world) = (Authority::new("lines"), World::new(File::new().place(), true));
    let (regency, point) = (ca.office("31.71", &ca), ca.office("31.71.01", &ca));
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), REGENCY).unwrap();
    world.point.captured(A, Comes::new(1, 7));
    world.point.make().unwrap();
    let shown = world.point.spool.shown(POINT).unwrap().unwrap();
    let now = world.point.now;
    served(&spool, &regency, |address| {
        let hello = |shown: &Shown, world: &mut World| {
            let mut client = Client::reach(address, &point, POINT).unwrap();
            client.hello(POINT, Some((shown, world.point.store.as_mut())), (&roster(), now))
        };
        assert_eq!(hello(&shown, &mut world), Ok(()));
        assert_eq!(spool.shown(POINT).unwrap().as_ref(), Some(&shown));
        assert_eq!(hello(&shown, &mut world), Ok(()));
        // A store that never was so far.
        let empty = File::new();
        world.point.store = empty.create();
        let nothing =
            Shown::new(POINT, &[], &super::world::officer(30), now.checked_add(jiff::Span::new().seconds(1)).unwrap()).unwrap();
        assert_eq!(hello(&nothing, &mut world).unwrap_err().reason(), Reason::StoreRolledBack);
        // Without a store of its own an office says hello too, and carries on.
        let mut client = Client::reach(address, &point, POINT).unwrap();
        assert_eq!(client.hello(POINT, None, (&roster(), now)), Ok(()));
    });
    let _ = Parts::at(folder.path()).unwrap();
}
