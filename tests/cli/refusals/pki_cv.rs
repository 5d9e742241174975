//! `pki cvca`, `cv-link`, `cv-request` and `cv-issue`.

use super::Refusal::{But, Line};
use super::place::Place;
use super::{Rows, Yes};

const PASS: &str = "file:@pass";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "pki cvca",
        yes: Yes::Line("--key @cvca.key --passphrase file:@pass --reference IDCVCA00009 --days 1000 --out @9.cvcert"),
        refusals: &[
            But("encoding-invalid", "IDCVCA00009", "CVCA"),
            But("not-permitted", "1000", "2000"),
            But("input-invalid", PASS, "correct"),
            But("file-unreadable", PASS, "file:@none"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@cvca.key", "@none"),
            But("output-exists", "@9.cvcert", "@taken"),
        ],
    },
    Rows {
        verb: "pki cv-link",
        yes: Yes::Line("--old @cvca.cvcert --key @cvca.key --passphrase file:@pass --new @cvca2.cvcert --out @link.cvcert"),
        refusals: &[
            But("untrusted-issuer", "@cvca2.cvcert", "@other.cvcert"),
            But("certificate-unfit", "@cvca2.cvcert", "@forged.cvcert"),
            But("certificate-unfit", "@cvca2.cvcert", "@cvca.cvcert"),
            But("certificate-unfit", "@cvca.key", "@dv.key"),
            But("encoding-invalid", "@cvca2.cvcert", "@garbage"),
            But("file-unreadable", "@cvca2.cvcert", "@none"),
            But("input-invalid", "@cvca2.cvcert", "@huge"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@cvca.key", "@none"),
            But("output-exists", "@link.cvcert", "@taken"),
        ],
    },
    Rows {
        verb: "pki cv-request",
        yes: Yes::Line("--key @is.key --passphrase file:@pass --reference IDIS00009 --out @9.cvreq"),
        refusals: &[
            But("encoding-invalid", "IDIS00009", "IS"),
            But("input-invalid", PASS, "correct"),
            But("file-unreadable", PASS, "file:@none"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@is.key", "@none"),
            But("output-exists", "@9.cvreq", "@taken"),
            Line(
                "certificate-unfit",
                "--key @is.key --passphrase file:@pass --reference IDIS00009 --old @algorithm.cvcert --old-key @dv.key \
                 --old-passphrase file:@pass --out @8.cvreq",
            ),
        ],
    },
    Rows {
        verb: "pki cv-issue",
        yes: Yes::Line(
            "--ca @cvca.cvcert --key @cvca.key --passphrase file:@pass --request @dv.cvreq --role dv --days 90 --out @9dv.cvcert",
        ),
        refusals: &[
            But("not-permitted", "90", "300"),
            But("certificate-unfit", "@cvca.key", "@dv.key"),
            But("certificate-unfit", "@dv.cvreq", "@forged.cvreq"),
            But("encoding-invalid", "@dv.cvreq", "@garbage"),
            But("file-unreadable", "@dv.cvreq", "@none"),
            But("input-invalid", "@dv.cvreq", "@huge"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@cvca.key", "@none"),
            But("output-exists", "@9dv.cvcert", "@taken"),
            Line(
                "certificate-unfit",
                "--ca @cvca.cvcert --key @cvca.key --passphrase file:@pass --request @dv.cvreq --role is --days 30 --out @9is.cvcert",
            ),
            Line(
                "not-permitted",
                "--ca @cvca.cvcert --key @cvca.key --passphrase file:@pass --request @dv.cvreq --role dv --days 90 \
                 --renews @dv.cvcert --out @8dv.cvcert",
            ),
        ],
    },
];

pub fn run() {
    let place = Place::new();
    terminals(&place);
    super::run_all(ROWS, &place);
}

/// A CVCA with its successor, a DV and an IS, another country's CVCA, and files that are wrong in one thing.
pub fn terminals(place: &Place) {
    let lines = [
        "key --key @cvca.key",
        "key --key @dv.key",
        "key --key @is.key",
        "cvca --key @cvca.key --reference IDCVCA00001 --out @cvca.cvcert",
        "cvca --key @dv.key --reference IDCVCA00002 --out @cvca2.cvcert",
        "cvca --key @is.key --reference IDOTHER00001 --out @other.cvcert",
        "cv-request --key @dv.key --reference IDDV00001 --out @dv.cvreq",
        "cv-request --key @is.key --reference IDIS00001 --out @is.cvreq",
        "cv-issue --ca @cvca.cvcert --key @cvca.key --request @dv.cvreq --role dv --days 90 --out @dv.cvcert",
        "cv-issue --ca @dv.cvcert --key @dv.key --request @is.cvreq --role is --days 30 --out @is.cvcert",
    ];
    for line in lines {
        place.run(&format!("pki {line} --passphrase file:@pass")).yes();
    }
    // A self-signed certificate names itself twice.
    place.patched("cvca2.cvcert", "half.cvcert", b"IDCVCA00002", b"IDCVCA00003");
    place.patched("half.cvcert", "forged.cvcert", b"IDCVCA00002", b"IDCVCA00003");
    place.patched("dv.cvreq", "forged.cvreq", b"IDDV00001", b"IDDV00002");
    // id-TA-ECDSA-SHA-256, and an arc that no algorithm has.
    let ecdsa = [4, 0, 0x7F, 0, 7, 2, 2, 2, 2, 3];
    place.patched("dv.cvcert", "algorithm.cvcert", &ecdsa, &[4, 0, 0x7F, 0, 7, 2, 2, 2, 2, 9]);
}
