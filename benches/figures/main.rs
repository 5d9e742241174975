//! `make bench`: every figure that the product promises, measured in one run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod card;
mod host;
mod ledger;
mod minimum;
mod openssl;
mod operations;
mod peer;
mod perso;
mod reading;
#[allow(dead_code)] // shared with the figures of the fingers
mod report;
mod station;
mod tap;

use card::{Country, Order};
use report::Report;
use station::Bureau;

const PROFILES: [&str; 2] = ["ektp-8k", "ektp-80k"];

fn main() -> std::io::Result<()> {
    // `cargo test --benches` asks every bench to run; figures of a debug build mean nothing.
    if std::env::args().any(|a| a == "--test") {
        return Ok(());
    }
    let mut report = Report::default();
    let country = Country::new();
    let bureau = Bureau::new(&country);
    let orders = PROFILES.map(|name| Order::build(&country, name, false));
    report
        .heading("Personalization of a blank that holds its chip-unique keys (handshake and state commands in, read-back apart)");
    for order in &orders {
        perso::figures(&mut report, &bureau, order);
    }
    report.heading("Full verified read: PACE, Chip, Active and Terminal Authentication, every file, fingers");
    for order in &orders {
        reading::figures(&mut report, &reading::Counter::new(&country, &bureau, order));
    }
    report.heading("Host CPU of our own code in a personalization (chip replayed from a tape)");
    let openssl = openssl::OpenSsl::measure();
    for order in &orders {
        host::figures(&mut report, &country, &bureau, order, openssl.as_ref());
    }
    match peer::at_hand() {
        Some(port) => {
            report.heading("The same read through one virtual PC/SC reader, beside JMRTD");
            for order in &orders {
                peer::figures(&mut report, &country, &bureau, order, port);
            }
        }
        None => report.heading("JMRTD is left out: run scripts/bench, which starts a private reader and builds its program"),
    }
    report.write("target/figures.jsonl")?;
    report.end()
}
