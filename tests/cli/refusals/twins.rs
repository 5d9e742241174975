//! Beside a pcscd whose two readers have the same serial number: no verb takes "the first".

use super::Refusal::Line;
use super::{Rows, Yes, desk, perso_run};
use crate::private_pcscd::inside;

const READER: &str = "reader-ambiguous";

pub const ROWS: &[Rows] = &[
    Rows { verb: "reader qualify", yes: Yes::Elsewhere(""), refusals: &[Line(READER, "--reader serial:AB1")] },
    Rows {
        verb: "read",
        yes: Yes::Elsewhere(""),
        refusals: &[Line(READER, "--reader serial:AB1 --can file:@can --output @evidence.json")],
    },
    Rows {
        verb: "verify card",
        yes: Yes::Elsewhere(""),
        refusals: &[Line(READER, "--reader serial:AB1 --can file:@can --trust @kit/trust --state @judge")],
    },
    Rows {
        verb: "perso run",
        yes: Yes::Elsewhere(""),
        refusals: &[Line(READER, "@image-base --store @base.db --kit @kit --reader serial:AB1")],
    },
    Rows {
        verb: "perso resume",
        yes: Yes::Elsewhere(""),
        refusals: &[Line(READER, "--job-id begun --store @begun.db --kit @kit --reader serial:AB1")],
    },
    Rows {
        verb: "handover",
        yes: Yes::Elsewhere(""),
        refusals: &[Line(
            READER,
            super::desk_line!(
                "a1 --receipt none --reader serial:AB1 --is-chain @kit --is-passphrase file:@sample --trust @kit/trust \
                 --status-list @can --state @judge --capture false",
                "31.71.01",
                "operator"
            ),
        )],
    },
];

pub fn run() {
    if inside("refusals::on_twin_readers", &["--name", "Virtual PCD (AB1)"]) {
        let place = perso_run::prepared().beside_a_service();
        let job = desk::Job::called(&place, "begun".to_owned(), place.bureau().renumbered(), desk::next());
        job.until(desk::store_data);
        place.write("can", "123456");
        super::handover::shelved(&place);
        super::run_all(ROWS, &place);
    }
}
