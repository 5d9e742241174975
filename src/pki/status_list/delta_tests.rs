//! Deltas: they lead where a whole list would, one after the other, and nothing else is taken.

use super::delta::{digest, sign as sign_delta};
use super::register::{Publication, Register};
use super::*;
use crate::limits::STATUS_DELTAS;
use crate::pki::trust::Kind;
use crate::pki::x509::issue::Credential;
use crate::pki::x509::issue::tests::{TestKit, kit, leaf};
use ciborium::Value;

const URI: &str = "https://example.invalid/status/1";

struct World {
    kit: TestKit,
    store: TrustStore,
    signer: Credential,
    register: Register,
}

fn world() -> World {
    let kit = kit();
    let mut store = TrustStore::new(Kind::Production, "ID");
    store.add_operations_root(kit.root.cert.clone()).unwrap();
    let (key, cert) = leaf(&kit, Purpose::StatusList);
    World { kit, store, signer: Credential { cert, key }, register: Register::new(URI, 1_024).unwrap() }
}

impl World {
    /// Changes, published after so many hours: the delta and the whole list, signed.
    fn publish(&mut self, changes: &[(u64, CardStatus)], hours: i64, asked: bool) -> (Option<Vec<u8>>, Option<Vec<u8>>) {
        for (index, status) in changes {
            self.register.set(*index, *status).unwrap();
        }
        let Publication { delta, whole, .. } = self.register.next(self.at(hours), "signer", asked);
        let (delta, whole) = (delta.map(|delta| self.sign(&delta)), whole.map(|whole| sign(&whole, &self.signer).unwrap()));
        (delta, whole)
    }

    fn sign(&self, delta: &Delta) -> Vec<u8> {
        sign_delta(delta, &self.signer).unwrap()
    }

    fn at(&self, hours: i64) -> Timestamp {
        self.kit.now.checked_add(SignedDuration::from_hours(hours)).unwrap()
    }

    fn verify(&self, parts: &[&[u8]], hours: i64, seen: u64) -> Result<StatusListChecked, StatusListError> {
        verify(&parts.concat(), &self.store, self.at(hours), seen)
    }

    fn refused(&self, parts: &[&[u8]]) -> StatusListError {
        self.verify(parts, 2, 0).unwrap_err()
    }
}

use CardStatus::{Active, NotHandedOver, Revoked, Suspended};

/// A delta as a value, and signed.
type Signed = (Delta, Vec<u8>);

/// A whole list, and two deltas after it.
fn chain() -> (World, Vec<u8>, [Signed; 2]) {
    let mut world = world();
    let (none, whole) = world.publish(&[(5, Active), (7, Active)], 0, false);
    assert!(none.is_none(), "there is no list that the first could go on from");
    let mut one = |changes: &[(u64, CardStatus)]| {
        let (delta, whole) = world.publish(changes, 1, false);
        assert!(whole.is_none());
        let signed = delta.unwrap();
        (look_at_delta(&signed).unwrap().0, signed)
    };
    let deltas = [one(&[(7, Suspended), (9, Active)]), one(&[(5, Revoked), (7, Active)])];
    (world, whole.unwrap(), deltas)
}

#[test]
fn a_list_and_its_deltas_judge_as_the_whole_list_does() {
    let (mut world, whole, [first, second]) = chain();
    let (last, again) = world.publish(&[(11, Active)], 2, true);
    let (last, again) = (last.unwrap(), again.unwrap());
    let by_deltas = world.verify(&[&whole, &first.1, &second.1, &last], 2, 0).unwrap();
    let by_whole = world.verify(&[&again], 2, 0).unwrap();
    assert_eq!((by_deltas.number(), by_deltas.issued_at()), (4, world.at(2)));
    assert_eq!((by_whole.number(), by_whole.issued_at()), (4, world.at(2)));
    for index in 0..by_whole.len() {
        assert_eq!(by_deltas.answer(index, world.at(2)), by_whole.answer(index, world.at(2)), "{index}");
    }
    let now = |parts: &[&[u8]], index| world.verify(parts, 2, 0).unwrap().answer(index, world.at(2)).unwrap().status;
    assert_eq!(
        [now(&[&whole], 5), now(&[&whole, &first.1], 5), now(&[&whole, &first.1, &second.1], 5)],
        [Active, Active, Revoked]
    );
    assert_eq!(
        [now(&[&whole], 7), now(&[&whole, &first.1], 7), now(&[&whole, &first.1, &second.1], 7)],
        [Active, Suspended, Active]
    );
    assert_eq!((first.0.base, first.0.number, first.0.changes.len()), (1, 2, 2));
    // A delta of which nothing is left says that nothing changed, and is young.
    assert_eq!(world.publish(&[], 3, false).1, None);
}

#[test]
fn the_age_of_a_list_is_that_of_its_last_delta() {
    let (world, whole, [first, second]) = chain();
    let fresh = |parts: &[&[u8]], hours| world.verify(parts, hours, 0).unwrap().answer(9, world.at(hours)).map(|a| a.fresh);
    assert_eq!((fresh(&[&whole], 25), fresh(&[&whole, &first.1, &second.1], 25)), (Ok(false), Ok(true)));
    assert_eq!(fresh(&[&whole, &first.1, &second.1], 26), Ok(false));
    assert_eq!(fresh(&[&whole], 169), Err(StatusListError::Stale(world.at(0))));
    assert_eq!(fresh(&[&whole, &first.1, &second.1], 169), Ok(false));
    assert_eq!(fresh(&[&whole, &first.1, &second.1], 170), Err(StatusListError::Stale(world.at(1))));
    // A delta of a time to come is none.
    let early = world.verify(&[&whole, &first.1], 0, 0).unwrap_err();
    assert_eq!(early, StatusListError::FromTheFuture(world.at(1)));
}

#[test]
fn a_gap_an_older_number_and_another_base_are_refused_each_by_name() {
    let (mut world, whole, [first, second]) = chain();
    let (_, newer) = world.publish(&[], 1, true);
    let gap = world.refused(&[&whole, &second.1]);
    assert_eq!((&gap, gap.reason()), (&StatusListError::Gap { found: 1, base: 2 }, Reason::StatusListGap));
    let old = world.refused(&[&newer.unwrap(), &first.1]);
    assert_eq!((&old, old.reason()), (&StatusListError::OldDelta { found: 4, base: 1 }, Reason::StatusListRollback));
    let twice = world.refused(&[&whole, &first.1, &first.1]);
    assert_eq!(twice, StatusListError::OldDelta { found: 2, base: 1 });
    let rolled = world.verify(&[&whole, &first.1], 2, 3).unwrap_err();
    assert_eq!((&rolled, rolled.reason()), (&StatusListError::Rollback { seen: 3, found: 2 }, Reason::StatusListRollback));
    assert!(world.verify(&[&whole, &first.1], 2, 2).is_ok());
    // Number 1 of another register, or of one whose number was given away twice.
    let mut other = Register::new(URI, 1_024).unwrap();
    other.set(5, Active).unwrap();
    let other = sign(&other.next_list(world.kit.now), &world.signer).unwrap();
    let refused = world.refused(&[&other, &first.1]);
    assert_eq!((&refused, refused.reason()), (&StatusListError::OtherBase(2), Reason::StatusListInvalid));
    let elsewhere = Delta { uri: "https://example.invalid/status/2".into(), ..first.0.clone() };
    assert_eq!(world.refused(&[&whole, &world.sign(&elsewhere)]), StatusListError::OtherBase(2));
    let early = Delta { issued_at: world.at(-1), ..first.0.clone() };
    assert_eq!(world.refused(&[&whole, &world.sign(&early)]), StatusListError::OtherBase(2));
    let still = Delta { number: 1, ..first.0.clone() };
    assert_eq!(world.refused(&[&whole, &world.sign(&still)]), StatusListError::OtherBase(1));
    // A delta in the middle of which the list would be another than it says.
    let torn = Delta { to: [0; 32], ..first.0 };
    assert_eq!(world.refused(&[&whole, &world.sign(&torn), &second.1]), StatusListError::OtherBase(3));
}

#[test]
fn a_delta_leads_where_it_says_or_nowhere() {
    let (world, whole, [first, _]) = chain();
    let changed = |changes: &[(u64, CardStatus)]| {
        let delta = Delta { changes: changes.iter().copied().collect(), ..first.0.clone() };
        world.refused(&[&whole, &world.sign(&delta)])
    };
    let less = changed(&[(7, Suspended)]);
    assert_eq!((&less, less.reason()), (&StatusListError::OtherResult(2), Reason::StatusListInvalid));
    assert_eq!(changed(&[(7, Suspended), (9, Active), (10, Active)]), StatusListError::OtherResult(2));
    assert_eq!(changed(&[(1_024, Active)]), StatusListError::IndexTooLarge { index: 1_024, length: 1_024 });
}

#[test]
fn whoever_else_signs_a_delta_signs_nothing() {
    let (world, whole, [first, _]) = chain();
    // Another signer of status lists of the same authority, of the authority's other certificates, and a key behind the right certificate.
    let mut rng = crate::world::DangerousSeededEntropy::new(61);
    let key = crate::pki::x509::issue::default_key(&mut rng);
    let (name, span) =
        (crate::pki::name::Name::new("ID", "Test", "Other"), crate::pki::x509::issue::Span::days(world.kit.now, 30));
    let made = crate::pki::x509::issue::operations_leaf;
    let other = made(&world.kit.root, Purpose::StatusList, &key.public_key(), &name, span, &mut rng).unwrap();
    let receipt = leaf(&world.kit, Purpose::Receipt);
    for (purpose, key, cert) in [("list", key, other), ("receipt", receipt.0, receipt.1)] {
        let foreign = sign_delta(&first.0, &Credential { cert, key }).unwrap();
        let refused = world.refused(&[&whole, &foreign]);
        assert_eq!((&refused, refused.reason()), (&StatusListError::ForeignKey, Reason::StatusListInvalid), "{purpose}");
    }
    let stranger = crate::pki::x509::issue::default_key(&mut crate::world::DangerousSeededEntropy::new(60));
    let forged = sign_delta(&first.0, &Credential { cert: world.signer.cert.clone(), key: stranger }).unwrap();
    assert_eq!(world.refused(&[&whole, &forged]), StatusListError::Signature);
    let brainpool =
        crate::pki::key::PrivateKey::generate(crate::crypto::ec::Curve::Bp256, &mut crate::world::DangerousSeededEntropy::new(1));
    let unfit = sign_delta(&first.0, &Credential { cert: world.signer.cert.clone(), key: brainpool }).unwrap_err();
    assert_eq!(unfit, StatusListError::Signature);
}

#[test]
fn a_delta_is_no_list_and_a_list_no_delta() {
    let (world, whole, [first, _]) = chain();
    assert_eq!(world.refused(&[&first.1]), StatusListError::Malformed("typ"));
    assert_eq!(world.refused(&[&whole, &whole]), StatusListError::Malformed("typ"));
    assert_eq!(look_at_delta(&whole).unwrap_err(), StatusListError::Malformed("typ"));
    assert_eq!(look_at_delta(&[&first.1[..], b"\x00"].concat()).unwrap_err(), StatusListError::Malformed("COSE"));
    assert_eq!(world.refused(&[&whole, b"x"]), StatusListError::Malformed("COSE"));
    assert_eq!(look_at(&[&whole[..], &first.1].concat()).unwrap().0.number, 2);
}

#[test]
fn every_flipped_byte_of_a_sequence_is_refused() {
    let (world, whole, [first, second]) = chain();
    let sequence = [&whole[..], &first.1, &second.1].concat();
    assert!(world.verify(&[&sequence], 2, 0).is_ok());
    for index in whole.len()..sequence.len() {
        let mut bad = sequence.clone();
        bad[index] ^= 1;
        assert!(world.verify(&[&bad], 2, 0).is_err(), "byte {index}");
    }
    for length in [whole.len() + 1, sequence.len() - 1] {
        assert_eq!(world.refused(&[&sequence[..length]]), StatusListError::Malformed("COSE"));
    }
}

/// A delta whose claims are these.
fn claimed(world: &World, claims: Vec<(Value, Value)>) -> StatusListError {
    let mut payload = Vec::new();
    ciborium::into_writer(&Value::Map(claims), &mut payload).unwrap();
    look_at_delta(&cose::sign(payload, delta::TYPE, &world.signer).unwrap()).unwrap_err()
}

#[test]
fn only_the_one_encoding_of_a_delta_is_read() {
    let (world, _, _) = chain();
    let bytes = || Value::Bytes(vec![0; 32]);
    let inner = |set: Vec<(Value, Value)>| {
        let fields =
            vec![("to".into(), bytes()), ("set".into(), Value::Map(set)), ("base".into(), 1.into()), ("from".into(), bytes())];
        Value::Map(fields)
    };
    let claims = |set| {
        vec![
            (2.into(), URI.into()),
            (6.into(), 0.into()),
            (65_534.into(), 86_400.into()),
            ((-70_001).into(), 2.into()),
            ((-70_002).into(), inner(set)),
        ]
    };
    let with = |at: usize, key: i64, value: Value| {
        let mut changed = claims(vec![]);
        changed[at] = (key.into(), value);
        claimed(&world, changed)
    };
    let set = |pairs: &[(i64, i64)]| claimed(&world, claims(pairs.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect()));
    // Out of order, doubled, a state that there is not, an index that is none.
    assert_eq!(set(&[(9, 1), (7, 1)]), StatusListError::Malformed("canonical"));
    assert_eq!(set(&[(7, 1), (7, 1)]), StatusListError::Malformed("canonical"));
    assert_eq!(set(&[(7, 4)]), StatusListError::Malformed("set"));
    assert_eq!(set(&[(-1, 1)]), StatusListError::Malformed("set"));
    assert_eq!(with(0, 2, 1.into()), StatusListError::Malformed("sub"));
    assert_eq!(with(1, 6, "x".into()), StatusListError::Malformed("iat"));
    assert_eq!(with(2, 65_534, 5.into()), StatusListError::Malformed("canonical"));
    assert_eq!(with(3, -70_001, (-1).into()), StatusListError::Malformed("number"));
    assert_eq!(with(4, -70_002, 1.into()), StatusListError::Malformed("delta"));
    assert_eq!(with(4, -70_003, 1.into()), StatusListError::Malformed("delta"));
    let mut more = claims(vec![]);
    more.push((4.into(), 1.into()));
    assert_eq!(claimed(&world, more), StatusListError::Malformed("canonical"));
    for (at, name) in [(0, "to"), (1, "set"), (2, "base"), (3, "from")] {
        let Value::Map(mut fields) = inner(vec![]) else { panic!() };
        fields[at].1 = "x".into();
        let mut changed = claims(vec![]);
        changed[4].1 = Value::Map(fields);
        assert_eq!(claimed(&world, changed), StatusListError::Malformed(name));
    }
}

#[test]
fn deltas_are_bounded_and_a_publisher_makes_a_list_before() {
    let mut world = world();
    let (_, whole) = world.publish(&[], 0, false);
    let mut sequence = whole.unwrap();
    let mut deltas = 0;
    let (last, whole) = loop {
        let (delta, whole) = world.publish(&[], 0, false);
        match whole {
            Some(whole) => break (delta.unwrap(), whole),
            None => sequence.extend(delta.unwrap()),
        }
        deltas += 1;
    };
    assert_eq!(deltas, STATUS_DELTAS - 1, "a whole list comes with the delta that would fill the sequence");
    let number = |bytes: &[u8]| look_at(bytes).map(|(list, _)| list.number);
    assert_eq!(number(&whole), number(&[&sequence[..], &last].concat()));
    // The same sequence, and one more than is read.
    let (mut list, signer) = look_at(&sequence).unwrap();
    while usize::try_from(list.number).unwrap() <= STATUS_DELTAS {
        let digest = digest(&list.bits);
        let base = list.number;
        list.number += 1;
        let delta = Delta {
            number: list.number,
            base,
            issued_at: list.issued_at,
            uri: list.uri.clone(),
            from: digest,
            to: digest,
            changes: std::collections::BTreeMap::new(),
        };
        sequence.extend(world.sign(&delta));
    }
    assert_eq!((number(&sequence), signer), (Ok(list.number), world.signer.cert.clone()));
    let delta = Delta {
        number: list.number + 1,
        base: list.number,
        issued_at: list.issued_at,
        uri: list.uri,
        from: digest(&list.bits),
        to: digest(&list.bits),
        changes: std::collections::BTreeMap::new(),
    };
    sequence.extend(world.sign(&delta));
    let refused = look_at(&sequence).unwrap_err();
    assert_eq!((&refused, refused.reason()), (&StatusListError::TooManyDeltas, Reason::StatusListInvalid));
}

#[test]
fn a_whole_list_is_made_when_asked_after_a_day_for_another_signer_and_where_too_much_changed() {
    let mut world = world();
    let at = |hours| world.kit.now.checked_add(SignedDuration::from_hours(hours)).unwrap();
    let made = |publication: &Publication| (publication.delta.is_some(), publication.whole.is_some(), publication.obsolete);
    let register = &mut world.register;
    assert_eq!(made(&register.next(at(0), "a", false)), (false, true, 0), "the first");
    assert_eq!(made(&register.next(at(23), "a", false)), (true, false, 0));
    assert_eq!(made(&register.next(at(24), "a", false)), (true, true, 1), "a day passed");
    assert_eq!(made(&register.next(at(25), "a", true)), (true, true, 3), "asked");
    assert_eq!(made(&register.next(at(25), "b", false)), (false, true, 4), "another signer");
    assert_eq!(made(&register.next(at(25), "b", false)), (true, false, 0));
    drop(register.next_list(at(25)));
    assert_eq!(made(&register.next(at(25), "b", false)), (false, true, 7), "a list whose signer is not known");
    drop(register.next_list(at(25)));
    register.signed_by("b");
    assert_eq!(made(&register.next(at(25), "b", false)), (true, false, 0));
    let mut large = Register::new(URI, 200_000).unwrap();
    drop(large.next(at(0), "a", false));
    let most = crate::limits::STATUS_DELTA_CHANGES as u64;
    for index in 0..=most {
        large.set(index, Active).unwrap();
    }
    assert_eq!(large.unsaid() as u64, most + 1);
    let before = large.clone();
    assert_eq!(made(&large.next(at(0), "a", false)), (false, true, 1), "more than a delta holds");
    // What is as it was is no change.
    let mut large = before;
    large.set(3, NotHandedOver).unwrap();
    let publication = large.next(at(0), "a", false);
    assert_eq!((made(&publication), publication.delta.unwrap().changes.len() as u64), ((true, false, 0), most));
    let encoded =
        sign_delta(&Delta { changes: (0..=most).map(|index| (index, Active)).collect(), ..some_delta() }, &world.signer);
    assert_eq!(look_at_delta(&encoded.unwrap()).unwrap_err(), StatusListError::Malformed("set"));
}

fn some_delta() -> Delta {
    let (from, to) = ([0; 32], [0; 32]);
    let changes = std::collections::BTreeMap::new();
    Delta { number: 2, base: 1, issued_at: Timestamp::UNIX_EPOCH, uri: URI.into(), from, to, changes }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(24))]
    #[test]
    fn whatever_changes_the_deltas_say_what_the_list_says(steps in proptest::collection::vec((0_u64..64, 0_u8..4, proptest::bool::ANY), 1..40)) {
        let mut world = world();
        let (_, whole) = world.publish(&[], 0, false);
        let mut sequence = whole.unwrap();
        for (index, bits, publishes) in steps {
            let _ = world.register.set(index, CardStatus::from_bits(bits));
            if publishes {
                sequence.extend(world.publish(&[], 0, false).0.unwrap());
            }
        }
        let (delta, whole) = world.publish(&[], 0, true);
        sequence.extend(delta.unwrap());
        let (by_deltas, by_whole) = (look_at(&sequence).unwrap().0, look_at(&whole.unwrap()).unwrap().0);
        proptest::prop_assert_eq!(by_deltas, by_whole);
    }
}
