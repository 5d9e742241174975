//! `pki show`, `check`, the trust stores, the status lists and the sample keys.

use super::Refusal::{But, Line};
use super::place::Place;
use super::{Rows, Yes, pki_cv, pki_x509, stores};
use ektp::pki::sample::Kit;
use ektp::pki::x509::crl;
use ektp::pki::x509::issue::Span;
use ektp::world::{Clock, SystemClock, system_entropy};
use std::collections::BTreeMap;

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "pki trust-new",
        yes: Yes::Line("@production --kind production"),
        refusals: &[
            But("output-exists", "@production", "@trust"),
            But("output-exists", "@production", "@garbage"),
            Line("input-invalid", "@new --kind sample --country IDN"),
        ],
    },
    Rows {
        verb: "pki show",
        yes: Yes::Line("@trust"),
        refusals: &[
            But("input-invalid", "@trust", "@huge"),
            But("encoding-invalid", "@trust", "@garbage"),
            But("file-unreadable", "@trust", "@none"),
            But("encoding-invalid", "@trust", "@trust-encoding"),
            But("certificate-unfit", "@trust", "@trust-certificate"),
            But("untrusted-issuer", "@trust", "@trust-untrusted"),
            But("sample-key", "@trust", "@trust-sample"),
            But("crl-rollback", "@trust", "@trust-rollback"),
            But("file-unreadable", "@trust", "@trust-unreadable"),
        ],
    },
    Rows {
        verb: "pki check",
        yes: Yes::Line("@kit/ds.cert.pem --trust @trust"),
        refusals: &[
            But("encoding-invalid", "@trust", "@trust-encoding"),
            But("crl-rollback", "@trust", "@trust-rollback"),
            But("file-unreadable", "@trust", "@trust-unreadable"),
            But("certificate-invalid", "@kit/ds.cert.pem", "@kit/approver.cert.pem"),
            But("untrusted-issuer", "@kit/ds.cert.pem", "@ds.pem"),
            But("untrusted-issuer", "@kit/ds.cert.pem", "@ca.pem"),
            But("untrusted-issuer", "@kit/ds.cert.pem", "@other.crl"),
            But("crl-invalid", "@kit/ds.cert.pem", "@future.crl"),
            But("status-list-invalid", "@kit/ds.cert.pem", "@altered.cwt"),
            But("encoding-invalid", "@kit/ds.cert.pem", "@garbage"),
            Line("input-invalid", "@kit/ds.cert.pem"),
            Line("could-not-decide", "@production"),
            But("encoding-invalid", "@kit/ds.cert.pem", "@half.sod"),
            But("input-invalid", "@kit/ds.cert.pem", "@huge"),
            But("file-unreadable", "@kit/ds.cert.pem", "@none"),
            But("certificate-revoked", "@trust", "@trust-revoked"),
            Line("certificate-expired", "@kit/ds.cert.pem --trust @trust --at 2096-01-01"),
            Line("sample-key", "@kit/ds.cert.pem --trust @production"),
            Line("untrusted-issuer", "@dv.cvcert @is.cvcert --trust @trust"),
            Line("certificate-unfit", "@kit/dv.cvcert @forged.cvcert --trust @trust"),
            Line("terminal-not-accepted", "@kit/dv.cvcert @kit/is.cvcert --trust @trust --at 2096-01-01"),
        ],
    },
    Rows {
        verb: "pki trust-add",
        yes: Yes::Line("@production @ca.pem --as csca"),
        refusals: &[
            But("sample-key", "@ca.pem", "@kit/trust/csca/sample.pem"),
            But("certificate-unfit", "@ca.pem", "@ds.pem"),
            But("untrusted-issuer", "@ca.pem", "@foreign.pem"),
            But("encoding-invalid", "@ca.pem", "@garbage"),
            But("input-invalid", "@ca.pem", "@huge"),
            But("file-unreadable", "@ca.pem", "@none"),
            But("output-exists", "@ca.pem", "@again/ca.pem"),
            Line("untrusted-issuer", "@production @other.crl --as crl"),
            Line("crl-rollback", "@trust-revoked @kit/trust/crl/csca.crl --as crl"),
        ],
    },
    Rows {
        verb: "pki status-list-new",
        yes: Yes::Line("@list.json --uri https://x.invalid/1"),
        refusals: &[But("output-exists", "@list.json", "@taken"), But("file-unreadable", "@list.json", "@none/list.json")],
    },
    Rows {
        verb: "pki status-list-set",
        yes: Yes::Line("@list.json --index 5 --state revoked"),
        refusals: &[
            But("revoked-for-good", "revoked", "active"),
            But("input-invalid", "5", "1048576"),
            But("input-invalid", "5", "999999999999"),
            But("encoding-invalid", "@list.json", "@garbage"),
            But("file-unreadable", "@list.json", "@none"),
        ],
    },
    Rows {
        verb: "pki status-list-sign",
        yes: Yes::Line(
            "@list.json --cert @kit/status-list.cert.pem --key @kit/status-list.key.pem --passphrase file:@sample --out @1.cwt",
        ),
        refusals: &[
            But("input-invalid", "@kit/status-list.key.pem", "@kit/ds.key.pem"),
            // A curve that a status list is not signed on.
            Line("input-invalid", "@list.json --cert @brainpool.pem --key @brainpool.key --passphrase file:@pass --out @2.cwt"),
            But("encoding-invalid", "@list.json", "@garbage"),
            But("file-unreadable", "@list.json", "@none"),
            But("certificate-invalid", "@kit/status-list.cert.pem", "@version.cer"),
            // Certificates for other uses, each with its own key; one whose days are over.
            Line(
                "certificate-invalid",
                "@list.json --cert @kit/ds.cert.pem --key @kit/ds.key.pem --passphrase file:@sample --out @2.cwt",
            ),
            Line("certificate-invalid", "@list.json --cert @ops.pem --key @ca.key --passphrase file:@pass --out @2.cwt"),
            Line("certificate-expired", "@list.json --cert @past.pem --key @brainpool.key --passphrase file:@pass --out @2.cwt"),
            But("login-needed", "file:@sample", "file:@wrong"),
            But("key-missing", "@kit/status-list.key.pem", "@none"),
            But("output-exists", "@1.cwt", "@taken"),
        ],
    },
    Rows {
        verb: "pki sample-roots",
        yes: Yes::Line("@roots"),
        refusals: &[Line("output-exists", "@roots"), But("output-exists", "@roots", "@garbage")],
    },
    Rows {
        verb: "pki sample-kit",
        yes: Yes::Line("@another-kit"),
        refusals: &[But("output-exists", "@another-kit", "@garbage")],
    },
];

pub fn run() {
    let place = Place::new();
    let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
    place.save(&kit);
    stores::make(&place, &kit);
    pki_x509::authorities(&place);
    pki_cv::terminals(&place);
    place.patched("kit/is.cvcert", "forged.cvcert", b"IDSAMPLEIS", b"IDSAMPLEXS");
    place.write("half.sod", [0x77, 0x03, 0x30]);
    let foreign = "--country MY --organization O --name CSCA --key-days 1500 --days 5500 --crl-url http://x.invalid";
    place.run(&format!("pki csca --key @ca.key --passphrase file:@pass {foreign} --out @foreign.pem")).yes();
    for line in [
        "key --key @brainpool.key --curve bp256",
        "operations-root --key @ca.key --from 2016-01-01 --days 9000 --organization O --name Operations --out @root.pem",
        "request --key @brainpool.key --organization O --name List --out @list.csr",
        "issue --ca @root.pem --key @ca.key --purpose status-list --request @list.csr --out @brainpool.pem",
        "issue --ca @root.pem --key @ca.key --purpose status-list --from 2016-01-02 --request @list.csr --out @past.pem",
    ] {
        place.run(&format!("pki {line} --passphrase file:@pass")).yes();
    }
    let tomorrow = Span::days(SystemClock.now() + jiff::SignedDuration::from_hours(24), 30);
    place.write("future.crl", crl::make(&kit.roots.csca, 9, tomorrow, &BTreeMap::new()).unwrap().as_der());
    place.run("pki status-list-new @whole.json --uri https://x.invalid/2").yes();
    let signer = "--cert @kit/status-list.cert.pem --key @kit/status-list.key.pem --passphrase file:@sample";
    place.run(&format!("pki status-list-sign @whole.json {signer} --out @altered.cwt")).yes();
    let mut list = std::fs::read(place.at("altered.cwt")).unwrap();
    *list.last_mut().unwrap() ^= 1;
    place.write("altered.cwt", list);
    std::fs::create_dir(place.at("again")).unwrap();
    std::fs::copy(place.at("ca2.pem"), place.at("again/ca.pem")).unwrap();
    super::run_all(ROWS, &place);
}
