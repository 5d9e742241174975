//! `signer serve` and `signer stop`.

use super::Refusal::{Act, But, Line};
use super::place::Place;
use super::service::Service;
use super::{Rows, Yes, pki_x509, stores};
use crate::contract::Run;
use ektp::pki::sample::Kit;
use ektp::world::{SystemClock, system_entropy};

const PASS: &str = "file:@pass";
const CHIP_PASS: &str = "file:@chip-pass";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "signer serve",
        yes: Yes::Act(|place| {
            let service = Service::start(place, "signer serve --socket @socket --state @state --kit @kit");
            place.run("signer stop --socket @socket").yes();
            service.ended()
        }),
        refusals: &[
            Act("in-use", |place| {
                let _service = Service::start(place, "signer serve --socket @socket --state @state --kit @kit");
                place.run("signer serve --socket @socket --state @state --kit @kit")
            }),
            Line("file-unreadable", "--socket @none/socket --state @state --kit @kit"),
            Line("output-exists", "--socket @socket --state @garbage --kit @kit"),
            Line("key-store-unavailable", "--socket @socket --state @broken --kit @kit"),
        ],
    },
    Rows {
        verb: "signer serve",
        yes: Yes::Elsewhere(
            "--socket @s --state @state --key @ds.key --cert @ds.pem --passphrase file:@pass --trust @production --transport @transport \
             --scp03-master @scp03 --proof-master @proof --chip-passphrase file:@chip-pass --name signer-1",
        ),
        refusals: &[
            But("usage", "--trust", "--no-trust"),
            But("input-invalid", PASS, "correct"),
            But("file-unreadable", PASS, "file:@none"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", "@ds.key", "@none"),
            But("encoding-invalid", "@ds.key", "@garbage"),
            But("input-invalid", "@ds.key", "@ca.key"),
            But("certificate-invalid", "@ds.pem", "@version.cer"),
            But("certificate-expired", "@ds.pem", "@old.pem"),
            But("certificate-revoked", "@production", "@production-revoked"),
            But("untrusted-issuer", "@production", "@other-production"),
            But("sample-key", "@production", "@trust-sample"),
            But("crl-rollback", "@production", "@trust-rollback"),
            But("certificate-unfit", "@production", "@trust-certificate"),
            But("login-needed", CHIP_PASS, "file:@pass"),
            But("key-missing", "@proof", "@none"),
            But("encoding-invalid", "@proof", "@garbage"),
            But("input-invalid", "@proof", "@scp03"),
        ],
    },
    Rows {
        verb: "signer stop",
        yes: Yes::Act(|place: &Place| -> Run {
            let service = Service::start(place, "signer serve --socket @socket --state @state --kit @kit");
            let stopped = place.run("signer stop --socket @socket");
            service.ended().yes();
            stopped
        }),
        refusals: &[Line("key-store-unavailable", "--socket @none")],
    },
];

pub fn run() {
    let place = Place::new();
    let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
    place.save(&kit);
    stores::make(&place, &kit);
    pki_x509::authorities(&place);
    std::fs::create_dir(place.at("broken")).unwrap();
    place.write("broken/register.db", "no register, whatever it is: ".repeat(20));
    place.write("chip-pass", "battery staple 2\n");
    place.write("vendor", format!("{}\n", "0123456789ABCDEF".repeat(6)));
    for line in [
        "trust-new @production --kind production",
        "trust-add @production @ca.pem --as csca",
        "trust-new @other-production --kind production",
        "trust-add @other-production @ca2.pem --as csca",
        "crl --ca @ca.pem --key @ca.key --passphrase file:@pass --revoke @ds.pem --out @revoked.crl",
        "ds --ca @resting.pem --key @ca.key --passphrase file:@pass --request @ds.csr --key-days 9 --days 9 --from 2020-01-01 \
         --crl-url http://x.invalid --out @old.pem",
        "chip-key --kind transport --value file:@vendor --passphrase file:@chip-pass --out @transport",
        "chip-key --kind scp03-master --passphrase file:@chip-pass --out @scp03",
        "chip-key --kind proof-master --passphrase file:@chip-pass --out @proof",
    ] {
        place.run(&format!("pki {line}")).yes();
    }
    stores::copy(&place.at("production"), &place.at("production-revoked"));
    place.run("pki trust-add @production-revoked @revoked.crl --as crl").yes();
    super::run_all(ROWS, &place);
}
