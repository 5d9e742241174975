//! `read` and `verify card` of a card on a reader, beside a pcscd with two virtual readers.

use super::Refusal::{Act, But, Same};
use super::cards::Cards;
use super::desk;
use super::laid::{OnReader, Trap, Trapped, reader};
use super::place::{NO_SERVICE, Place};
use super::{Rows, Yes, pki_cv};
use crate::bureau;
use crate::contract::Run;
use crate::private_pcscd::inside;
use ektp::pki::status_list::CardStatus;
use ektp::softchip::faults::Fault;
use std::sync::OnceLock;

const READ: &str = "read --reader port:00-00 --can file:@can --output @evidence.json";
const JUDGE: &str =
    "verify card --reader port:00-00 --can file:@can --trust @cards/trust --state @judge --status-list @active.cwt";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "read",
        yes: Yes::Act(|p| with(p, READ, vec![])),
        refusals: &[
            Act("card-removed", |p| with(p, READ, vec![Trap::first(desk::pace_confirm, Fault::RemovedBefore)])),
            Act("pace-absent", |p| with(p, READ, without_card_access())),
            Act("unexpected-answer", |p| with(p, READ, vec![Trap::first(desk::plain_read, Fault::Oversize(400))])),
            Act("wrong-can", |p| with(p, &READ.replace("@can", "@other-can"), vec![])),
            Act("card-auth-failed", |p| with(p, READ, vec![Trap::nth(desk::general_authenticate, 3, Fault::BitFlippedOut(80))])),
            Act("secure-channel-broken", |p| with(p, READ, vec![Trap::first(desk::protected_read, Fault::BitFlippedOut(80))])),
            Act("channel-forged", |p| with(p, READ, vec![Trap::first(desk::protected_read, Fault::WrongStatusInstead(0x9000))])),
            Act("terminal-not-accepted", |p| with(p, &format!("{READ} --is-chain @foreign --is-passphrase file:@pass"), vec![])),
            Act("transport-error", |p| taken(p, READ)),
            Act("service-down", |p| p.run_in(READ, &[("PCSCLITE_CSOCK_NAME", NO_SERVICE)])),
        ],
    },
    Rows {
        verb: "read",
        yes: Yes::Elsewhere(
            "--reader port:00-00 --can file:@can --want name --is-chain @cards --is-passphrase file:@sample --stations @stations.json \
             --challenge @challenge --output @evidence.json",
        ),
        refusals: &[
            Same("card-absent"),
            But("usage", "name", "religion"),
            But("usage", "port:00-00", "port:"),
            But("no-reader", "port:00-00", "port:09-09"),
            But("input-invalid", "file:@can", "123456"),
            But("input-invalid", "file:@can", "file:@garbage"),
            But("input-invalid", "@stations.json", "@garbage"),
            But("file-unreadable", "@stations.json", "@none"),
            But("file-unreadable", "file:@can", "file:@none"),
            But("input-invalid", "@challenge", "@garbage"),
            But("file-unreadable", "@challenge", "@none"),
            But("file-unreadable", "@cards", "@none"),
            But("encoding-invalid", "@cards", "@terminal-garbage"),
            But("certificate-unfit", "@cards", "@terminal-algorithm"),
            But("terminal-not-accepted", "@cards", "@terminal-other-key"),
            But("login-needed", "file:@sample", "file:@wrong"),
            But("key-missing", "@cards", "@terminal-without-key"),
        ],
    },
    Rows {
        verb: "verify card",
        yes: Yes::Act(|p| with(p, JUDGE, vec![])),
        refusals: &[
            Act("card-removed", |p| with(p, JUDGE, vec![Trap::first(desk::pace_confirm, Fault::RemovedBefore)])),
            Act("pace-absent", |p| with(p, JUDGE, without_card_access())),
            Act("unexpected-answer", |p| with(p, JUDGE, vec![Trap::first(desk::plain_read, Fault::Oversize(400))])),
            Act("wrong-can", |p| with(p, &JUDGE.replace("@can", "@other-can"), vec![])),
            Act("card-auth-failed", |p| with(p, JUDGE, vec![Trap::nth(desk::general_authenticate, 3, Fault::BitFlippedOut(80))])),
            Act("secure-channel-broken", |p| with(p, JUDGE, vec![Trap::first(desk::protected_read, Fault::BitFlippedOut(80))])),
            Act("channel-forged", |p| with(p, JUDGE, vec![Trap::first(desk::protected_read, Fault::WrongStatusInstead(0x9000))])),
            Act("clone-suspected", |p| {
                with(p, JUDGE, vec![Trap::behind(desk::chip_authentication, 1, Fault::WrongStatusInstead(0x6F00))])
            }),
            Act("transport-error", |p| taken(p, JUDGE)),
            Act("service-down", |p| p.run_in(JUDGE, &[("PCSCLITE_CSOCK_NAME", NO_SERVICE)])),
        ],
    },
    Rows {
        verb: "verify card",
        yes: Yes::Elsewhere(
            "--reader port:00-00 --can file:@can --is-chain @cards --is-passphrase file:@sample --trust @cards/trust --state @judge",
        ),
        refusals: &[
            Same("card-absent"),
            But("no-reader", "port:00-00", "port:09-09"),
            But("terminal-not-accepted", "@cards", "@terminal-other-key"),
            But("login-needed", "file:@sample", "file:@wrong"),
            But("key-missing", "@cards", "@terminal-without-key"),
        ],
    },
    Rows {
        verb: "handover",
        yes: Yes::Elsewhere(HANDOVER),
        refusals: &[Same("card-absent"), Act("transport-error", |p| taken(p, &format!("handover {HANDOVER}")))],
    },
];

const HANDOVER: &str = super::desk_line!(
    "a1 --receipt none --reader port:00-00 --is-chain @cards --is-passphrase file:@sample --trust @cards/trust \
     --status-list @active.cwt --state @judge --capture false",
    "31.71.01",
    "operator"
);

pub fn run() {
    if inside("refusals::on_a_reader", &[]) {
        let place = Place::new().beside_a_service();
        super::handover::shelved(&place);
        terminals(&place, cards());
        super::run_all(ROWS, &place);
    }
}

/// The cards that are laid on the reader.
fn cards() -> &'static Cards {
    static CARDS: OnceLock<Cards> = OnceLock::new();
    CARDS.get_or_init(|| Cards::of(&ektp::record::sample::citizen().unwrap().0, "ektp-8k"))
}

/// Runs a line with an honest card on the reader, which goes wrong where the traps say.
fn with(place: &Place, line: &str, traps: Vec<Trap>) -> Run {
    forget(place);
    let _card = OnReader::lay(Trapped::new(desk::shared(cards().honest()), traps));
    place.run(line)
}

/// Runs a line while another program has the card.
pub fn taken(place: &Place, line: &str) -> Run {
    forget(place);
    let _card = OnReader::lay(Trapped::new(bureau::blank(1), vec![]));
    let (readers, reader) = reader();
    let _taken = readers.connect(&reader).unwrap();
    place.run(line)
}

/// What was read before is no concern of the next line.
fn forget(place: &Place) {
    let _ = std::fs::remove_file(place.at("evidence.json"));
}

/// EF.CardAccess is not found, however it is asked for.
pub fn without_card_access() -> Vec<Trap> {
    (0..3).map(|n| Trap::nth(desk::plain_read, n, Fault::WrongStatusInstead(0x6A82))).collect()
}

/// The card's number and another, the kit that its terminals are of, and terminals that are wrong in one thing each.
pub fn terminals(place: &Place, cards: &Cards) {
    place.write("can", cards.can());
    let other: String = cards.can().chars().map(|d| if d == '9' { '0' } else { '9' }).collect();
    place.write("other-can", other);
    place.write("active.cwt", cards.list(CardStatus::Active, 1, 0));
    place.write("stations.json", r#"{"bench": "port:00-01"}"#);
    place.run("verify challenge --output @challenge --state @state").yes();
    pki_cv::terminals(place);
    let kit = |name: &str| {
        std::fs::create_dir(place.at(name)).unwrap();
        cards.kit.save(&place.at(name), &mut ektp::world::system_entropy()).unwrap();
    };
    kit("cards");
    for name in ["terminal-garbage", "terminal-algorithm", "terminal-other-key", "terminal-without-key"] {
        super::stores::copy(&place.at("cards"), &place.at(name));
    }
    // Of a CVCA that the chip does not know.
    std::fs::create_dir(place.at("foreign")).unwrap();
    for (from, to) in [("dv.cvcert", "dv.cvcert"), ("is.cvcert", "is.cvcert"), ("is.key", "is.key.pem")] {
        std::fs::copy(place.at(from), place.at("foreign").join(to)).unwrap();
    }
    place.write("terminal-garbage/dv.cvcert", "hello");
    std::fs::copy(place.at("algorithm.cvcert"), place.at("terminal-algorithm/dv.cvcert")).unwrap();
    std::fs::copy(place.at("cards/qc-is.key.pem"), place.at("terminal-other-key/is.key.pem")).unwrap();
    std::fs::remove_file(place.at("terminal-without-key/is.key.pem")).unwrap();
}
