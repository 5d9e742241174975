//! The verbs of readers and `doctor`, beside a pcscd with two virtual readers.

use super::Refusal::{Act, But, Line};
use super::laid::{OnReader, Trap, Trapped, reader};
use super::place::{NO_SERVICE, Place};
use super::{Rows, Yes, desk, stores};
use crate::bureau;
use crate::contract::Run;
use crate::private_pcscd::inside;
use ektp::pki::sample::Kit;
use ektp::softchip::faults::Fault;
use ektp::world::{SystemClock, system_entropy};

const QUALIFY: &str = "reader qualify --reader port:00-00";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "reader list",
        yes: Yes::Line(""),
        refusals: &[Act("service-down", |place| without_service(place, "reader list"))],
    },
    Rows {
        verb: "reader identify",
        yes: Yes::Act(|place| {
            std::thread::scope(|scope| {
                let run = scope.spawn(|| place.run("reader identify --wait 20"));
                std::thread::sleep(std::time::Duration::from_secs(2));
                let _card = OnReader::lay(Trapped::new(bureau::blank(1), vec![]));
                run.join().unwrap()
            })
        }),
        refusals: &[Line("no-card-moved", "--wait 0"), Act("service-down", |place| without_service(place, "reader identify"))],
    },
    Rows {
        verb: "reader qualify",
        yes: Yes::Act(|place| with_card(place, vec![])),
        refusals: &[
            Act("unexpected-answer", |place| with_card(place, vec![Trap::nth(desk::select, 3, Fault::Oversize(300))])),
            Act("card-removed", |place| with_card(place, vec![Trap::nth(desk::select, 3, Fault::RemovedBefore)])),
            Act("transport-error", |place| {
                let _card = OnReader::lay(Trapped::new(bureau::blank(1), vec![]));
                let (readers, reader) = reader();
                let _taken = readers.connect(&reader).unwrap();
                place.run(QUALIFY)
            }),
            Act("service-down", |place| without_service(place, QUALIFY)),
        ],
    },
    Rows {
        verb: "reader qualify",
        yes: Yes::Elsewhere("--reader port:00-00 --stations @stations.json"),
        refusals: &[
            But("card-absent", "port:00-00", "station:bench"),
            But("usage", "port:00-00", "port:"),
            But("no-reader", "port:00-00", "port:09-09"),
            But("station-unknown", "port:00-00", "station:other"),
            But("input-invalid", "@stations.json", "@garbage"),
            But("file-unreadable", "@stations.json", "@none"),
        ],
    },
    Rows {
        verb: "doctor",
        yes: Yes::Line("--store @folder --trust @production"),
        refusals: &[
            But("file-unreadable", "@folder", "@none/journal.db"),
            But("sample-key", "@production", "@trust"),
            But("encoding-invalid", "@production", "@trust-encoding"),
            But("certificate-unfit", "@production", "@trust-certificate"),
            But("untrusted-issuer", "@production", "@trust-untrusted"),
            But("crl-rollback", "@production", "@trust-rollback"),
            Act("service-down", |place| without_service(place, "doctor")),
        ],
    },
];

pub fn run() {
    if inside("refusals::on_two_readers", &[]) {
        let place = Place::new().beside_a_service();
        place.write("stations.json", r#"{"bench": "port:00-01"}"#);
        let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
        place.save(&kit);
        stores::make(&place, &kit);
        std::fs::create_dir(place.at("folder")).unwrap();
        place.run("pki trust-new @production --kind production").yes();
        super::run_all(ROWS, &place);
    }
}

fn with_card(place: &Place, traps: Vec<Trap>) -> Run {
    let _card = OnReader::lay(Trapped::new(bureau::blank(1), traps));
    place.run(QUALIFY)
}

fn without_service(place: &Place, line: &str) -> Run {
    place.run_in(line, &[("PCSCLITE_CSOCK_NAME", NO_SERVICE)])
}
