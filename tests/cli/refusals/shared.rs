//! Reasons that verbs share because they share options: readers by station, trust stores, keys for the NIK digest.

use super::Refusal::{But, Line, Same};
use super::desk::{self, Job};
use super::{Rows, Yes, desk_line, offices, perso_run, stores};

const TRUST: &str = "@trust";
const KIT: &str = "@kit";
const READER: &str = "unix:@none";

/// What the engine of a station is refused for before any card.
const OF_STATION: &[super::Refusal] = &[
    But("certificate-unfit", KIT, "@kit-certificate-unfit"),
    But("certificate-invalid", KIT, "@kit-certificate-invalid"),
    But("untrusted-issuer", KIT, "@kit-untrusted-issuer"),
    But("sample-key", KIT, "@kit-sample-key"),
    But("crl-rollback", KIT, "@kit-crl-stale"),
];

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "perso run",
        yes: Yes::Elsewhere("@image-base --store @base.db --kit @kit --reader unix:@none"),
        refusals: &[But("station-unknown", READER, "station:none"), But("certificate-unfit", KIT, "@kit-certificate-unfit")],
    },
    Rows {
        verb: "perso resume",
        yes: Yes::Elsewhere("--job-id begun --store @begun.db --kit @kit --reader unix:@none"),
        refusals: &[But("station-unknown", READER, "station:none"), But("certificate-unfit", KIT, "@kit-certificate-unfit")],
    },
    Rows {
        verb: "batch run",
        yes: Yes::Elsewhere(desk_line!(
            "--batch b1 --station enc-1 --kit @kit --images @images --reader unix:@none",
            "31.71",
            "personalizer"
        )),
        refusals: OF_STATION,
    },
    Rows {
        verb: "batch resume",
        yes: Yes::Elsewhere(desk_line!(
            "--batch b1 --station enc-1 --kit @kit --images @images --reader unix:@none",
            "31.71",
            "personalizer"
        )),
        refusals: OF_STATION,
    },
    Rows {
        verb: "perso status",
        yes: Yes::Line("--store @begun.db --trust @trust"),
        refusals: &[
            But("encoding-invalid", TRUST, "@trust-encoding"),
            But("certificate-unfit", TRUST, "@trust-certificate"),
            But("sample-key", TRUST, "@trust-sample"),
            But("crl-rollback", TRUST, "@trust-rollback"),
        ],
    },
    Rows {
        verb: "read",
        yes: Yes::Elsewhere("--reader unix:@none --can file:@can --output @evidence.json"),
        refusals: &[
            Same("no-reader"),
            But("station-unknown", READER, "station:none"),
            But("output-exists", "@evidence.json", "@taken"),
        ],
    },
    Rows {
        verb: "verify card",
        yes: Yes::Elsewhere("--reader unix:@none --can file:@can --trust @trust --state @judge"),
        refusals: &[
            Same("no-reader"),
            But("station-unknown", READER, "station:none"),
            But("certificate-unfit", TRUST, "@trust-certificate"),
        ],
    },
    Rows {
        verb: "card build",
        yes: Yes::Line(
            "--profile ektp-8k --record @record-citizen.json --recipient @kit/bureau.cert.pem --job-id shared --out @shared \
             --numbers @shared.numbers --nik-key file:@nik-key --trust @trust",
        ),
        refusals: &[
            But("input-invalid", "file:@nik-key", "0123456789abcdef"),
            But("input-invalid", "file:@nik-key", "file:@sample"),
            But("encoding-invalid", TRUST, "@trust-encoding"),
            But("certificate-unfit", TRUST, "@trust-certificate"),
            But("untrusted-issuer", TRUST, "@trust-untrusted"),
            But("sample-key", TRUST, "@trust-sample"),
            But("crl-rollback", TRUST, "@trust-rollback"),
        ],
    },
    Rows {
        verb: "packet seal",
        yes: Yes::Elsewhere(
            "@can --application A --office 31.71 --key @none --passphrase file:@sample --recipient @kit/office.cert.pem --trust @trust \
             --out @shared.packet",
        ),
        refusals: &[
            But("encoding-invalid", TRUST, "@trust-encoding"),
            But("certificate-unfit", TRUST, "@trust-certificate"),
            But("untrusted-issuer", TRUST, "@trust-untrusted"),
            But("sample-key", TRUST, "@trust-sample"),
            But("crl-rollback", TRUST, "@trust-rollback"),
        ],
    },
    Rows {
        verb: "pki check",
        yes: Yes::Elsewhere("@kit/ds.cert.pem --trust @trust"),
        refusals: &[Line("certificate-unfit", "@kit/ds.cert.pem --trust @trust-certificate")],
    },
];

pub fn run() {
    let place = perso_run::prepared();
    place.write("can", "123456");
    place.write("nik-key", "0123456789abcdef\n");
    stores::copy(&place.at("kit"), &place.at("kit-certificate-unfit"));
    std::fs::remove_dir_all(place.at("kit-certificate-unfit/trust")).unwrap();
    stores::copy(&place.at("trust-certificate"), &place.at("kit-certificate-unfit/trust"));
    offices::furnish(&place);
    let job = Job::called(&place, "begun".to_owned(), place.bureau().renumbered(), desk::next());
    job.until(desk::store_data);
    super::run_all(ROWS, &place);
}
