//! `pki key`, `chip-key`, `request` and the X.509 authorities.

use super::Refusal::{But, Line};
use super::place::Place;
use super::{Rows, Yes};

const PASS: &str = "file:@pass";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "pki key",
        yes: Yes::Line("--key @new.key --passphrase file:@pass"),
        refusals: &[
            But("input-invalid", PASS, "correct"),
            But("input-invalid", PASS, "file:@short"),
            But("file-unreadable", PASS, "file:@none"),
            But("file-unreadable", "@new.key", "@none/new.key"),
            But("output-exists", "@new.key", "@taken"),
        ],
    },
    Rows {
        verb: "pki chip-key",
        yes: Yes::Line("--kind scp03-master --passphrase file:@pass --out @master.key"),
        refusals: &[
            But("usage", "scp03-master", "transport"),
            But("input-invalid", PASS, "file:@short"),
            But("file-unreadable", PASS, "file:@none"),
            But("output-exists", "@master.key", "@taken"),
            Line("input-invalid", "--kind transport --value file:@garbage --passphrase file:@pass --out @transport.key"),
        ],
    },
    Rows {
        verb: "pki request",
        yes: Yes::Line("--key @ds.key --passphrase file:@pass --organization O --name N --out @1.csr"),
        refusals: &[
            But("input-invalid", PASS, "correct"),
            But("file-unreadable", "@1.csr", "@none/1.csr"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@ds.key", "@none"),
            But("encoding-invalid", "@ds.key", "@garbage"),
            But("output-exists", "@1.csr", "@taken"),
        ],
    },
    Rows {
        verb: "pki csca",
        yes: Yes::Line(
            "--key @ca.key --passphrase file:@pass --organization O --name N --key-days 1500 --days 5500 --crl-url http://x.invalid \
             --out @1.pem",
        ),
        refusals: &[
            But("input-invalid", "1500", "2000"),
            But("file-unreadable", PASS, "file:@none"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@ca.key", "@none"),
            But("encoding-invalid", "@ca.key", "@garbage"),
            But("output-exists", "@1.pem", "@taken"),
        ],
    },
    Rows {
        verb: "pki link",
        yes: Yes::Line(
            "--old @ca.pem --key @ca.key --passphrase file:@pass --new @ca2.pem --key-days 1500 --days 5500 \
             --crl-url http://x.invalid --out @2.pem",
        ),
        refusals: &[
            But("input-invalid", "@ca.key", "@ds.key"),
            But("signature-invalid", "@ca2.pem", "@forged.cer"),
            But("certificate-invalid", "@ca2.pem", "@version.cer"),
            But("certificate-unfit", "@ca.pem", "@ops.pem"),
            But("certificate-unfit", "@ca2.pem", "@ops.pem"),
            But("encoding-invalid", "@ca2.pem", "@garbage"),
            But("file-unreadable", "@ca2.pem", "@none"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@ca.key", "@none"),
            But("output-exists", "@2.pem", "@taken"),
        ],
    },
    Rows {
        verb: "pki ds",
        yes: Yes::Line(
            "--ca @ca.pem --key @ca.key --passphrase file:@pass --request @ds.csr --key-days 90 --days 3700 \
             --crl-url http://x.invalid --out @3.pem",
        ),
        refusals: &[
            But("input-invalid", "90", "120"),
            But("input-invalid", "@ds.csr", "@foreign.csr"),
            // Longer than its CSCA; by a root of operations; by a CSCA whose key is at rest.
            But("input-invalid", "3700", "5501"),
            But("certificate-unfit", "@ca.pem", "@ops.pem"),
            But("certificate-unfit", "@ca.pem", "@resting.pem"),
            But("signature-invalid", "@ds.csr", "@forged.csr"),
            But("certificate-invalid", "@ds.csr", "@algorithm.csr"),
            But("certificate-invalid", "@ca.pem", "@version.cer"),
            But("encoding-invalid", "@ds.csr", "@garbage"),
            But("file-unreadable", "@ds.csr", "@none"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@ca.key", "@none"),
            But("output-exists", "@3.pem", "@taken"),
        ],
    },
    Rows {
        verb: "pki operations-root",
        yes: Yes::Line("--key @ca.key --passphrase file:@pass --organization O --name N --out @4.pem"),
        refusals: &[
            Line("input-invalid", "--country Id --key @ca.key --passphrase file:@pass --organization O --name N --out @5.pem"),
            But("file-unreadable", PASS, "file:@none"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@ca.key", "@none"),
            But("encoding-invalid", "@ca.key", "@garbage"),
            But("output-exists", "@4.pem", "@taken"),
        ],
    },
    Rows {
        verb: "pki issue",
        yes: Yes::Line(
            "--ca @ops.pem --key @ca.key --passphrase file:@pass --purpose approver --request @ds.csr --days 365 --out @6.pem",
        ),
        refusals: &[
            // Longer than its root; no day at all; by a CSCA.
            But("input-invalid", "365", "3651"),
            But("input-invalid", "365", "0"),
            But("certificate-unfit", "@ops.pem", "@ca.pem"),
            But("input-invalid", "approver", "document-signer"),
            But("signature-invalid", "@ds.csr", "@forged.csr"),
            But("certificate-invalid", "@ds.csr", "@algorithm.csr"),
            But("encoding-invalid", "@ds.csr", "@garbage"),
            But("file-unreadable", "@ds.csr", "@none"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@ca.key", "@none"),
            But("output-exists", "@6.pem", "@taken"),
        ],
    },
    Rows {
        verb: "pki crl",
        yes: Yes::Line("--ca @ca.pem --key @ca.key --passphrase file:@pass --previous @1.crl --revoke @ds.pem --out @2.crl"),
        refusals: &[
            But("input-invalid", "@ds.pem", "@ca2.pem"),
            // By a document signer, with its own key.
            Line("certificate-unfit", "--ca @ds.pem --key @ds.key --passphrase file:@pass --out @ds.crl"),
            But("signature-invalid", "@1.crl", "@other.crl"),
            But("certificate-invalid", "@ds.pem", "@version.cer"),
            But("encoding-invalid", "@1.crl", "@garbage"),
            But("file-unreadable", "@1.crl", "@none"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@ca.key", "@none"),
            But("output-exists", "@2.crl", "@taken"),
        ],
    },
];

pub fn run() {
    let place = Place::new();
    authorities(&place);
    super::run_all(ROWS, &place);
}

/// A CSCA with a document signer, a second CSCA, their lists, and what is wrong with each kind of file.
pub fn authorities(place: &Place) {
    let plan = "--key-days 1500 --days 5500 --crl-url http://x.invalid";
    let lines = [
        "key --key @ca.key".to_owned(),
        "key --key @ca2.key".to_owned(),
        "key --key @ds.key".to_owned(),
        format!("csca --key @ca.key --organization O --name CSCA {plan} --out @ca.pem"),
        format!("csca --key @ca.key --from 2016-01-01 --organization O --name CSCA {plan} --out @resting.pem"),
        "operations-root --key @ca.key --organization O --name Operations --out @ops.pem".to_owned(),
        format!("csca --key @ca2.key --organization O --name CSCA2 {plan} --out @ca2.pem"),
        "request --key @ds.key --organization O --name DS --out @ds.csr".to_owned(),
        "request --key @ds.key --country MY --organization O --name DS --out @foreign.csr".to_owned(),
        "ds --ca @ca.pem --key @ca.key --request @ds.csr --key-days 90 --days 3700 --crl-url http://x.invalid --out @ds.pem"
            .to_owned(),
        "crl --ca @ca.pem --key @ca.key --out @1.crl".to_owned(),
        "crl --ca @ca2.pem --key @ca2.key --out @other.crl".to_owned(),
    ];
    for line in lines {
        place.run(&format!("pki {line} --passphrase file:@pass")).yes();
    }
    // X.509 version 1; another name under the same signature; an ECDSA that nobody has.
    place.patched("ca2.pem", "version.cer", &[0xA0, 3, 2, 1, 2], &[0xA0, 3, 2, 1, 0]);
    place.patched("ca2.pem", "forged.cer", b"x.invalid", b"y.invalid");
    place.patched("ds.csr", "forged.csr", b"DS", b"XX");
    place.patched("ds.csr", "algorithm.csr", &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2], &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 9]);
}
