//! A publisher that is killed again and again: what it shows is shown once and for all, and the next run says what is true.

use super::country::Country;
use super::place::Place;
use super::{of_store, offices};
use ektp::issuance::Role;
use ektp::issuance::card::Step;
use ektp::issuance::store::{Id, Move};
use ektp::pki::sample::Kit;
use ektp::pki::status_list::register::Register;
use ektp::pki::status_list::{CardStatus, folder, look_at, look_at_delta};
use ektp::world::{SystemClock, system_entropy};
use rand_core::Rng as _;
use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const GIVE: &str = of_store!(
    "centre publish @register.json --cert @kit/status-list.cert.pem --key @kit/status-list.key.pem --passphrase file:@sample --out @public"
);
/// Kills; half of them at any instant, half once something is staged.
const KILLS: usize = 24;

#[test]
fn a_publisher_that_is_killed_gives_no_number_twice_and_misses_nothing() {
    let place = Place::new();
    offices::furnish(&place);
    place.save(&Kit::mint(&SystemClock, &mut system_entropy()).unwrap());
    place.run("pki status-list-new @register.json --uri https://example.invalid/status --indices 100").yes();
    let mut country = Country::of(&place);
    country.at_point(1, true);
    let began = Instant::now();
    place.run(GIVE).yes();
    let whole = began.elapsed();
    let (mut shown, mut cut) = (BTreeMap::new(), 0);
    seen(&place, &mut shown);
    for n in 0..KILLS {
        let step = if n % 2 == 0 { Step::Suspend } else { Step::Resume };
        let card = Move::card(Id::parse("c1").unwrap(), step);
        country.take("ministry", vec![(card, Role::Adjudicator, Some(Role::Supervisor))]);
        let mut child = place.command(GIVE).stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).spawn().unwrap();
        let within = |most: Duration| most.mul_f64(f64::from(system_entropy().next_u32()) / f64::from(u32::MAX));
        if n % 4 < 2 {
            std::thread::sleep(within(whole));
        } else {
            until_staged(&place, &mut child);
            std::thread::sleep(within(Duration::from_millis(4)));
        }
        cut += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
        seen(&place, &mut shown);
        // A verifier can always read, and never goes back.
        look_at(&folder::read(&place.at("public")).unwrap()).unwrap();
    }
    let last = place.run(GIVE);
    last.yes();
    seen(&place, &mut shown);
    let list = look_at(&folder::read(&place.at("public")).unwrap()).unwrap().0;
    assert_eq!(
        (list.bits.get(1), list.number),
        (Some(CardStatus::Active), Register::load(&place.at("register.json")).unwrap().number())
    );
    println!("{cut} of {KILLS} were cut short; {} numbers shown", shown.len());
    assert!(cut >= KILLS / 4, "{cut} of {KILLS} kills came in time");
}

/// Waits until something is staged, or the publisher is done.
fn until_staged(place: &Place, child: &mut Child) {
    let staged = || {
        let all = std::fs::read_dir(place.at("public")).into_iter().flatten().flatten();
        all.into_iter().any(|entry| entry.file_name().to_string_lossy().ends_with(".staged"))
    };
    while !staged() && child.try_wait().unwrap().is_none() {
        std::hint::spin_loop();
    }
}

/// Every delta that is shown: of the number of its name, and the same as when it was seen first.
fn seen(place: &Place, shown: &mut BTreeMap<u64, Vec<u8>>) {
    for entry in std::fs::read_dir(place.at("public")).unwrap().flatten() {
        let name = entry.file_name().into_string().unwrap();
        let Some(number) = name.strip_prefix("status-delta-").and_then(|rest| rest.strip_suffix(".cwt")) else { continue };
        let (number, bytes) = (number.parse::<u64>().unwrap(), std::fs::read(entry.path()).unwrap());
        assert_eq!(look_at_delta(&bytes).unwrap().0.number, number);
        assert_eq!(*shown.entry(number).or_insert_with(|| bytes.clone()), bytes, "number {number} was given twice");
    }
}
