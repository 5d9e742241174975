//! A chip with an old CVCA and a terminal under the new one: the link certificate brings them together, and the chip remembers.

use crate::issuer::{CAN, Card, authority, judge_reading};
use ektp::chip::channel::Channel;
use ektp::chip::link::Link;
use ektp::chip::pace::Password;
use ektp::crypto::ec::{Curve, PrivateKey};
use ektp::lds::file_id::FileId;
use ektp::pki::cvc::{self, Certificate, Date, Grant, Rights, Role};
use ektp::pki::sample::Kit;
use ektp::read::{Reading, Setup, Terminal, Want, World, read};
use ektp::softchip::SoftPort;
use ektp::verify::Decision;
use ektp::world::{Clock, DangerousSeededEntropy};

/// A kit under the next CVCA, and the certificate by which the old one vouches for it.
fn next() -> (Kit, Certificate) {
    let authority = authority();
    let mut rng = DangerousSeededEntropy::new(31);
    let mut roots = authority.kit.roots.clone();
    let key = PrivateKey::generate(Curve::P256, &mut rng);
    let date = |year, month| Date::new(jiff::civil::date(year, month, 1)).unwrap();
    let rights = Rights { fingers: true };
    let grant = Grant { role: Role::Cvca, rights, effective: date(2026, 11), expiration: date(2029, 10) };
    roots.cvca = cvc::self_signed(&key, &"IDSAMPLE00002".parse().unwrap(), grant).unwrap();
    roots.cvca_key = key;
    let old = &authority.kit.roots;
    let link = cvc::link(&old.cvca, &old.cvca_key, &roots.cvca).unwrap();
    (Kit::under(&roots, authority.clock.now(), &mut rng).unwrap(), link)
}

fn read_with(port: &mut SoftPort, terminal: &Terminal) -> Reading {
    let password = Password::can(CAN).unwrap();
    let setup =
        Setup { password: &password, want: &Want::Everything, terminal: Some(terminal), challenge: None, extended: false };
    let mut rng = DangerousSeededEntropy::new(78);
    let world = World { clock: &authority().clock, rng: &mut rng, progress: &mut |_| () };
    read(&mut Channel::new(Link::new(port)), &setup, world).unwrap()
}

#[test]
fn a_link_certificate_leads_from_the_old_cvca_to_the_new_terminal() {
    let (kit, link) = next();
    let card = Card::honest();
    let fingers = card.files.get(FileId::Fingers).unwrap().to_vec();
    let mut port = SoftPort::new(card.chip);
    let below = || kit.terminal.chain.clone();
    let linked = Terminal::new([vec![link], below()].concat(), kit.terminal.key.clone()).unwrap();
    let unlinked = Terminal::new(below(), kit.terminal.key.clone()).unwrap();

    let refused = read_with(&mut port, &unlinked).evidence;
    assert_eq!(
        (refused.file(FileId::Fingers), refused.terminal_authentication.as_ref().map(|f| f.accepted)),
        (None, Some(false))
    );

    let first = read_with(&mut port, &linked);
    assert!(first.evidence.terminal_authentication.as_ref().unwrap().accepted);
    assert_eq!(first.evidence.file(FileId::Fingers), Some(fingers.as_slice()));
    let verdict = judge_reading(&first);
    assert_eq!(verdict.decision(), Decision::Genuine, "{:#?}", verdict.checks);

    // The chip trusts the new CVCA now: the same terminal needs no link, and one certificate less is sent.
    let second = read_with(&mut port, &unlinked);
    assert_eq!(second.evidence.file(FileId::Fingers), Some(fingers.as_slice()));
    let commands = |reading: &Reading| reading.evidence.timing.unwrap().apdus;
    assert_eq!(
        commands(&first),
        commands(&second) + 3,
        "MSE, and PSO in two parts: a CVCA's certificate holds its domain parameters"
    );
    let names = second.evidence.file(FileId::Cvca).unwrap();
    let old = authority().kit.roots.cvca.body().chr.clone();
    let new = kit.roots.cvca.body().chr.clone();
    let place = |name: &str| names.windows(name.len()).position(|w| w == name.as_bytes());
    assert!(place(&new.to_string()) < place(&old.to_string()) && place(&new.to_string()).is_some(), "new first, then old");
}
