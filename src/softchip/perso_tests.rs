//! Tests of the two doors and of personalization, whole and torn.

use super::chip::SoftChip;
use super::layout::STATE;
use super::lifecycle::State;
use super::select::{PERSONALIZATION, SECURITY_DOMAIN};
use super::session::Selected;
use super::store::Store;
use super::testing::*;
use super::{fixture, keys, stream};
use crate::chip::apdu::Command;
use crate::chip::scp03::Level;
use crate::crypto::ec::{Curve, PublicKey};
use crate::crypto::hash::sha256;
use crate::crypto::scp03::{KeySet, put_key_data};
use crate::lds::tlv;
use crate::world::DangerousSeededEntropy;

fn set_status(p2: u8) -> Command {
    Command::new(0x80, 0xF0, 0x80, p2)
}

fn commit() -> Command {
    set_status(0x07).with_data(commit_digest())
}

#[test]
fn a_whole_personalization() {
    let mut station = Station::with_keyed();
    assert_eq!(station.select(&PERSONALIZATION), 0x9000);
    station.open(&PERSONALIZATION, Level::CMacCEnc);
    station.secure_ok(&set_status(0x03));
    let [first, second] = streams();
    station.store_data(&first, 239);
    let status = station.secure_ok(&Command::new(0x80, 0xCA, 0xDF, 0x01).with_le(256));
    assert_eq!(status[0], 0x03);
    assert_eq!(status[1..5], u32::try_from(first.len()).unwrap().to_be_bytes());
    assert_eq!((&status[5..7], status[7]), (&[0, 0][..], 0));
    assert_eq!(status[8..40], sha256(&first));
    assert_eq!(status[40..], u32::try_from(CAPACITY - crate::limits::CHIP_INTERNALS).unwrap().to_be_bytes());
    for slot in [1, 2] {
        station.secure_ok(&Command::new(0x80, 0x46, 0x80, slot));
    }
    station.store_data(&second, 50);
    station.secure_ok(&commit());
    assert_eq!(station.chip.state(), State::Personalized);
    station.secure_ok(&set_status(0x0F));
    assert_eq!(station.chip.state(), State::Locked);
    assert!(keys::key_set(&station.chip.store).is_none() && keys::proof_key(&station.chip.store).is_none());
}

#[test]
fn keys_are_made_once_and_proven() {
    let mut station = Station::with_state(State::PersoOpen);
    station.open(&PERSONALIZATION, Level::Full);
    station.store_data(&streams()[0], 223);
    let make = Command::new(0x80, 0x46, 0x80, 1);
    let get = |slot| Command::new(0x80, 0x46, 0x81, slot).with_le(256);
    assert_eq!(station.secure(&get(1)), Err(0x6A88));
    assert_eq!(station.at_door(&PERSONALIZATION, &make), Ok(vec![]));
    assert_eq!(station.secure(&make), Err(0x6985));
    station.at_door(&PERSONALIZATION, &Command::new(0x80, 0x46, 0x80, 2)).unwrap();
    assert_eq!(station.secure(&Command::new(0x80, 0x46, 0x80, 3)), Err(0x6A86));
    station.open(&PERSONALIZATION, Level::Full);
    for slot in [1u8, 2] {
        let object = station.secure_ok(&get(slot));
        let inner = tlv::parse_one(&object, 0x7F49).unwrap().children().unwrap();
        let public = PublicKey::from_uncompressed(Curve::P256, inner[0].value).unwrap();
        let proof = station.secure_ok(&Command::new(0x80, 0x88, 0, slot).with_data(*b"nonce").with_le(256));
        let message =
            [&b"ektp-proof-1"[..], &station.chip.serial(), &[slot], public.as_bytes(), &AUTHORIZATION, b"nonce"].concat();
        let mut reader = tlv::Reader::new(&proof);
        assert_eq!(reader.expect(0x80).unwrap().value, proof_key().cmac(&[&message]));
        if slot == 2 {
            public.verify_raw(&sha256(&message), reader.expect(0x81).unwrap().value).unwrap();
        }
        reader.finish().unwrap();
    }
    let long = Command::new(0x80, 0x88, 0, 1).with_data([0; 33]).with_le(256);
    assert_eq!(station.secure(&long), Err(0x6700));
}

#[test]
fn the_first_tap_wants_level_33_and_the_proof_key_first() {
    let mut station = Station::with_blank();
    let dek = fixture::config(CAPACITY).transport.dek;
    let unique = Command::new(0x80, 0xD8, 0x30, 0x81).with_data(put_key_data(&dek, 0x31, &unique_keys().keys())).with_le(256);
    let proof = |kvn| Command::new(0x80, 0xD8, 0, 1).with_data(put_key_data(&dek, kvn, &[&proof_key()])).with_le(256);
    station.open(&SECURITY_DOMAIN, Level::CMacCEnc);
    assert_eq!(station.secure(&proof(0x40)), Err(0x6982));
    assert_eq!(station.at_door(&SECURITY_DOMAIN, &unique), Err(0x6985));
    assert_eq!(station.at_door(&SECURITY_DOMAIN, &proof(0x41)), Err(0x6A80));
    assert_eq!(station.at_door(&SECURITY_DOMAIN, &Command::new(0x80, 0xE2, 0, 0).with_data([1])), Err(0x6D00));
    // Door 2 takes the chip-unique set alone.
    assert_eq!(station.select(&PERSONALIZATION), 0x9000);
    assert_eq!(station.try_open(&fixture::config(CAPACITY).transport, &PERSONALIZATION, Level::Full), 0x6A88);
    station.first_tap();
    assert_eq!(station.at_door(&SECURITY_DOMAIN, &proof(0x40)), Err(0x6985), "only while the transport set is there");
    assert_eq!(station.try_open(&fixture::config(CAPACITY).transport, &SECURITY_DOMAIN, Level::Full), 0x6A88);
}

#[test]
fn three_wrong_cryptograms_block_both_doors_for_ever() {
    let mut station = Station::with_keyed();
    // The host that checks the card stops at once; this one does not.
    let wrong = Command::new(0x84, 0x82, 0x33, 0).with_data([7; 16]);
    let update = Command::new(0x80, 0x50, 0x31, 0).with_data([9; 8]).with_le(256);
    for aid in [&SECURITY_DOMAIN[..], &PERSONALIZATION, &SECURITY_DOMAIN] {
        station.chip.power_on();
        assert_eq!(station.select(aid), 0x9000);
        assert_eq!(station.status(&update), 0x9000);
        assert_eq!(station.status(&wrong), 0x6300);
    }
    assert_eq!(station.status(&update), 0x6983);
    station.chip.power_on();
    assert_eq!(station.select(&PERSONALIZATION), 0x9000);
    assert_eq!(station.try_open(&unique_keys(), &PERSONALIZATION, Level::Full), 0x6983);
}

#[test]
fn a_good_cryptogram_starts_the_count_again_and_weak_levels_are_refused() {
    let mut station = Station::with_keyed();
    let other = KeySet::new(0x31, &[9; 16], &[9; 16], &[9; 16]).unwrap();
    for _ in 0..2 {
        station.select(&PERSONALIZATION);
        assert_eq!(station.try_open(&other, &PERSONALIZATION, Level::Full), 0, "the host sees it first");
        let update = Command::new(0x80, 0x50, 0x31, 0).with_data([9; 8]).with_le(256);
        station.status(&update);
        assert_eq!(station.status(&Command::new(0x84, 0x82, 0x33, 0).with_data([7; 16])), 0x6300);
        station.open(&PERSONALIZATION, Level::Full);
    }
    for level in [Level::CMac, Level::CMacRMac, Level::CMacCEncRMac] {
        assert_eq!(station.try_open(&unique_keys(), &PERSONALIZATION, level), 0x6982);
    }
    let bare = Command::new(0x80, 0xF0, 0x80, 0x03);
    station.open(&PERSONALIZATION, Level::Full);
    assert_eq!(station.status(&bare), 0x6982);
    assert_eq!(station.secure(&bare), Err(0x6982), "a plain command closed the channel");
}

#[test]
fn chunks_are_numbered_and_malformed_streams_leave_no_trace() {
    let mut station = Station::with_state(State::PersoOpen);
    let [first, _] = streams();
    let chunk = |number, data: &[u8]| Command::new(0x80, 0xE2, 0, number).with_data(data);
    assert_eq!(station.at_door(&PERSONALIZATION, &chunk(1, &first[..10])), Err(0x6A86));
    assert_eq!(station.at_door(&PERSONALIZATION, &chunk(0, &[])), Err(0x6700));
    assert_eq!(station.at_door(&PERSONALIZATION, &Command::new(0x80, 0xE2, 0x40, 0).with_data([1])), Err(0x6A86));
    assert_eq!(station.at_door(&PERSONALIZATION, &Command::new(0x80, 0xE2, 0x80, 0).with_data(first[..9].to_vec())), Err(0x6A80));
    let before = view(&station.chip.store);
    let table = &first[..3 + usize::from(first[2])];
    let too_large = {
        let mut table = table.to_vec();
        table[3 + 4] = 0x0F;
        table
    };
    assert_eq!(station.at_door(&PERSONALIZATION, &chunk(0, &too_large)), Err(0x6A84));
    for wrong in [
        &hex_literal::hex!("8002 00")[..],
        &hex_literal::hex!("0101 01 00"),
        &[table, table].concat(),
        &[table, &[0x01, 0x02, 0xFF, 0xFF, 0xFF]].concat(),
        &[table, &[0x01, 0x03, 0]].concat(),
        &[table, &[0x80, 0x03, 1, 0]].concat(),
        &[table, &[0x80, 0x04, 0]].concat(),
    ] {
        assert_eq!(station.at_door(&PERSONALIZATION, &chunk(0, wrong)), Err(0x6A80), "{wrong:02X?}");
    }
    assert_eq!(view(&station.chip.store), before);
    station.open(&PERSONALIZATION, Level::Full);
    station.store_data(&first, 223);
    let again = hex_literal::hex!("0101 01 61");
    assert_eq!(station.at_door(&PERSONALIZATION, &chunk(0, &again)), Err(0x6A80), "a file comes once");
    assert_eq!(station.at_door(&PERSONALIZATION, &commit()), Err(0x6985), "without a key");
}

#[test]
fn commit_compares_every_file() {
    let mut station = Station::with_state(State::PersoOpen);
    station.open(&PERSONALIZATION, Level::Full);
    let [first, second] = streams();
    station.store_data(&first, 223);
    for slot in [1, 2] {
        station.secure_ok(&Command::new(0x80, 0x46, 0x80, slot));
    }
    assert_eq!(station.secure(&commit()), Err(0x6A80), "a file is missing");
    station.open(&PERSONALIZATION, Level::Full);
    station.store_data(&second, 223);
    assert_eq!(station.secure(&set_status(0x07).with_data([0; 32])), Err(0x6A80));
    assert_eq!(station.at_door(&PERSONALIZATION, &set_status(0x07)), Err(0x6700));
    assert_eq!(station.at_door(&PERSONALIZATION, &commit()), Ok(vec![]));
}

fn direct(store: &Store, command: &Command) -> SoftChip {
    let mut chip = SoftChip::over(store.clone(), DangerousSeededEntropy::new(5));
    chip.session.selected = Selected::Personalization;
    let _ = chip.personalize(command);
    chip
}

/// Tears `command` at each byte it writes; afterwards the memory is old or new.
fn tear_everywhere(store: &Store, command: &Command) -> (Store, u64) {
    let old = view(store);
    let whole = direct(store, command);
    let new = view(&whole.store);
    assert_ne!(old, new, "{command:?} does something");
    let writes = whole.written() - store.nvm.written();
    for tear in 0..writes {
        let mut torn = store.clone();
        torn.nvm.tear_after(Some(tear));
        let mut chip = SoftChip::over(torn, DangerousSeededEntropy::new(5));
        chip.session.selected = Selected::Personalization;
        assert_eq!(chip.personalize(command), Err(super::status::Stop::PowerLost), "{command:?} after {tear}");
        chip.tear_after(None);
        chip.power_on();
        let now = view(&chip.store);
        assert!(now == old || now == new, "{command:?} torn after {tear} of {writes} bytes");
        if now == old {
            let again = direct(&chip.store, command);
            assert_eq!(view(&again.store), new, "{command:?} repeated after {tear} bytes");
        }
    }
    (whole.store, writes)
}

#[test]
fn every_write_of_a_personalization_torn_at_every_byte_is_old_or_new() {
    let mut store = Station::with_keyed().chip.store;
    let [first, second] = streams();
    let mut writes = 0;
    let mut step = |store: Store, command: Command| {
        let (next, count) = tear_everywhere(&store, &command);
        writes += count;
        next
    };
    store = step(store, set_status(0x03));
    let chunks = |stream: &[u8]| stream.chunks(97).map(<[u8]>::to_vec).collect::<Vec<_>>();
    // Every chunk begins a session of its own here: its number is 0.
    for part in chunks(&first) {
        store = step(store, Command::new(0x80, 0xE2, 0, 0).with_data(part));
    }
    for slot in [1, 2] {
        store = step(store, Command::new(0x80, 0x46, 0x80, slot));
    }
    for part in chunks(&second) {
        store = step(store, Command::new(0x80, 0xE2, 0, 0).with_data(part));
    }
    let terminated = step(store.clone(), set_status(0x7F));
    assert!(terminated.nvm.bytes()[STATE.at + 11..].iter().all(|b| *b == 0), "nothing is left");
    store = step(store, commit());
    store = step(store, set_status(0x0F));
    assert_eq!(store.state(), State::Locked);
    assert!(writes > 5_000, "{writes} tear points");
}

#[test]
fn keys_counters_and_trust_points_torn_at_every_byte_are_old_or_new() {
    let check = |store: &Store, change: &dyn Fn(&mut Store) -> Result<(), super::nvm::Halt>| {
        let mut whole = store.clone();
        change(&mut whole).unwrap();
        let (old, new) = (view(store), view(&whole));
        for tear in 0..whole.nvm.written() - store.nvm.written() {
            let mut torn = store.clone();
            torn.nvm.tear_after(Some(tear));
            assert!(change(&mut torn).is_err());
            torn.nvm.tear_after(None);
            torn.power_on().unwrap();
            let now = view(&torn);
            assert!(now == old || now == new, "after {tear}");
        }
        whole
    };
    let blank = Station::with_blank().chip.store;
    let proofed = check(&blank, &|s| s.atomically(|s| keys::set_proof_key(s, &proof_key())));
    let keyed = check(&proofed, &|s| s.atomically(|s| keys::set_key_set(s, &unique_keys())));
    check(&keyed, &|s| s.next_sequence().map(drop));
    let counted = check(&keyed, &|s| s.count_attempt(super::layout::SCP_FAILURES));
    check(&counted, &|s| s.attempt_was_good(super::layout::SCP_FAILURES));
}

#[test]
fn one_chunk_of_everything_resumes_after_a_tear_in_the_middle_of_a_control() {
    let mut store = Station::with_state(State::PersoOpen).chip.store;
    let [first, _] = streams();
    // The first chunk ends inside the trust point; the second takes the rest of the pass.
    let cut = 200;
    stream::append(&mut store, &first[..cut], false).unwrap();
    for tear in [1, 50, 150, 400, 900, 1_100] {
        let mut torn = store.clone();
        torn.nvm.tear_after(Some(tear));
        assert!(stream::append(&mut torn, &first[cut..], true).is_err());
        torn.nvm.tear_after(None);
        torn.power_on().unwrap();
        assert_eq!(view(&torn), view(&store));
        stream::append(&mut torn, &first[cut..], true).unwrap();
        let mut whole = store.clone();
        stream::append(&mut whole, &first[cut..], true).unwrap();
        assert_eq!(view(&torn), view(&whole));
    }
}
