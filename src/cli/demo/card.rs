//! The good card: built, approved, personalized online, activated, read and judged.

use super::bench::{Bench, read, write};
use crate::cli::output::{Failure, Output};
use crate::lds::image::{CardImage, SealedContent};
use crate::pki::sample::Kit;
use crate::pki::seal;
use serde_json::{Value, json};

/// What the making of the card answered.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) image: Value,
    pub(super) card: Value,
    pub(super) receipt: Value,
    pub(super) index: String,
}

/// What reading and judging it answered.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) reading: Value,
    pub(super) verdict: Value,
}

/// Builds and approves an image and brings it onto the chip, the signer a process of its own.
pub(super) fn make(bench: &Bench, out: &mut Output) -> Result<Made, Failure> {
    let (steps, image) = (&bench.steps, bench.at("image"));
    let record = bench.at("record/record.json");
    let (recipient, nik_key, numbers) = (bench.at("kit/bureau.cert.pem"), bench.secret("nik.key"), bench.at("numbers.db"));
    let order = ["--record", &record, "--profile", &bench.profile, "--recipient", &recipient];
    let order = [&order[..], &["--nik-key", &nik_key, "--numbers", &numbers]].concat();
    let built = steps.must(&[&["card", "build", "--job-id", "demo-1", "--out", &image], &order[..]].concat(), out)?;
    approve(bench, out)?;
    // The desk takes the CAN from the bureau's store; here it is opened with the bureau's key.
    write(&bench.dir.join("can.txt"), open(bench)?.can.expose().as_bytes())?;
    let signer = steps.serve(
        &["signer", "serve", "--socket", &bench.at("signer.sock"), "--state", &bench.at("signer"), "--kit", &bench.at("kit")],
        out,
    )?;
    let chip = bench.serve_chip("chip.state", out)?;
    let (store, kit, socket) = (bench.at("store.db"), bench.at("kit"), bench.at("signer.sock"));
    let station = ["--reader", &bench.reader, "--store", &store, "--kit", &kit, "--mode", "online", "--signer", &socket];
    let card = steps.must(&[&["perso", "run", &image, "--keep-image"], &station[..]].concat(), out)?;
    bench.take_away(chip)?;
    signer.stop();
    let index = card["status_index"].to_string();
    let mut status = steps.must(&["perso", "status", "--store", &store, "--job-id", "demo-1"], out)?;
    Ok(Made { image: built, card, receipt: status["receipt"].take(), index })
}

fn approve(bench: &Bench, out: &mut Output) -> Result<Value, Failure> {
    let (cert, key) = (bench.at("kit/approver.cert.pem"), bench.at("kit/approver.key.pem"));
    let keys = ["--cert", &cert, "--key", &key, "--passphrase", &bench.secret("passphrase")];
    let what = ["--application", "demo-1", "--route", "demonstration", "--reason", "sample", "--signer", "sample-signer"];
    bench.steps.must(&[&["card", "approve", &bench.at("image")], &keys[..], &what[..]].concat(), out)
}

/// The sealed content of the image, opened with the bureau's key.
pub(super) fn open(bench: &Bench) -> Result<SealedContent, Failure> {
    let kit = Kit::load(&bench.dir.join("kit"))?;
    let image = CardImage::read(&bench.dir.join("image"))?;
    Ok(SealedContent::parse(&seal::open(&image.sealed, &kit.bureau.key)?)?)
}

/// Sets the card's status to active, as handover does, reads it and judges it live.
pub(super) fn read_and_judge(bench: &Bench, made: &Made, out: &mut Output) -> Result<Judged, Failure> {
    activate(bench, &made.index, out)?;
    let chip = bench.serve_chip("chip.state", out)?;
    let (can, kit, evidence) = (bench.secret("can.txt"), bench.at("kit"), bench.at("evidence.json"));
    let card = ["--reader", &bench.reader, "--can", &can, "--is-chain", &kit];
    let reading = bench.steps.must(&[&["read", "--keep-fingers", "--output", &evidence], &card[..]].concat(), out)?;
    let verdict = judge(bench, &["--portrait", &bench.portrait.to_string_lossy()], out)?;
    bench.take_away(chip)?;
    Ok(Judged { reading, verdict })
}

/// Judges the card on the reader with the sample trust store.
pub(super) fn judge(bench: &Bench, more: &[&str], out: &mut Output) -> Result<Value, Failure> {
    let (can, kit, state) = (bench.secret("can.txt"), bench.at("kit"), bench.at("judge"));
    let (trust, list) = (bench.at("kit/trust"), bench.at("status-list.cwt"));
    let card = ["--reader", &bench.reader, "--can", &can, "--is-chain", &kit];
    let by = ["--trust", &trust, "--status-list", &list, "--state", &state];
    let answer = bench.steps.ask(&[&["verify", "card"], &card[..], &by[..], more].concat(), out)?;
    Ok(json!({"exit": answer.exit, "reason": answer.reason, "verdict": answer.data["verdict"]}))
}

fn activate(bench: &Bench, index: &str, out: &mut Output) -> Result<(), Failure> {
    let (register, list) = (bench.at("register.json"), bench.at("status-list.cwt"));
    let (cert, key) = (bench.at("kit/status-list.cert.pem"), bench.at("kit/status-list.key.pem"));
    let passphrase = bench.secret("passphrase");
    bench.steps.must(&["pki", "status-list-new", "--uri", "https://example.invalid/status", &register], out)?;
    bench.steps.must(&["pki", "status-list-set", "--index", index, "--state", "active", &register], out)?;
    let keys = ["--cert", &cert, "--key", &key, "--passphrase", &passphrase];
    bench.steps.must(&[&["pki", "status-list-sign", "--out", &list, &register], &keys[..]].concat(), out)?;
    read(&bench.dir.join("status-list.cwt")).map(drop)
}
