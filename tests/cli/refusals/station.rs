//! `perso run` and `resume` through PC/SC, and the demonstrations, beside a pcscd with two virtual readers.

use super::Refusal::{Act, But, Line, Same};
use super::desk::{self, Job};
use super::live::taken;
use super::place::NO_SERVICE;
use super::{Rows, Yes, perso_run};
use crate::private_pcscd::inside;

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "perso run",
        yes: Yes::Elsewhere("@image-base --store @base.db --kit @kit --reader port:00-00"),
        refusals: &[
            Same("card-absent"),
            But("usage", "port:00-00", "port:"),
            But("no-reader", "port:00-00", "port:09-09"),
            Act("transport-error", |p| taken(p, "perso run @image-base --store @base.db --kit @kit --reader port:00-00")),
        ],
    },
    Rows {
        verb: "perso resume",
        yes: Yes::Elsewhere("--job-id begun --store @begun.db --kit @kit --reader port:00-00"),
        refusals: &[
            Same("card-absent"),
            But("no-reader", "port:00-00", "port:09-09"),
            Act("transport-error", |p| taken(p, "perso resume --job-id begun --store @begun.db --kit @kit --reader port:00-00")),
        ],
    },
    Rows {
        verb: "demo card",
        yes: Yes::Line("--profile ektp-8k --portrait @portrait.png --reader port:00-00"),
        refusals: &[
            But("no-reader", "port:00-00", "port:09-09"),
            But("transport-error", "port:00-00", "port:00-01"),
            But("profile-invalid", "ektp-8k", "ektp-4k"),
            Line("output-exists", "--keep @kit"),
            Line("file-unreadable", "--keep /proc/x"),
            Act("file-unreadable", |p| p.run_in("demo card --profile ektp-8k", &[("TMPDIR", "/nonexistent")])),
            Act("service-down", |p| p.run_in("demo card --profile ektp-8k", &[("PCSCLITE_CSOCK_NAME", NO_SERVICE)])),
        ],
    },
    Rows {
        verb: "demo morning",
        yes: Yes::Elsewhere("--reader port:00-00"),
        refusals: &[
            But("no-reader", "port:00-00", "port:09-09"),
            But("transport-error", "port:00-00", "port:00-01"),
            Line("output-exists", "--keep @kit"),
            Line("file-unreadable", "--keep /proc/x"),
            Act("service-down", |p| p.run_in("demo morning", &[("PCSCLITE_CSOCK_NAME", NO_SERVICE)])),
        ],
    },
];

pub fn run() {
    if inside("refusals::at_a_station", &[]) {
        let place = perso_run::prepared().beside_a_service();
        let job = Job::called(&place, "begun".to_owned(), place.bureau().renumbered(), desk::next());
        job.until(desk::store_data);
        super::run_all(ROWS, &place);
    }
}
