//! `ektp demo morning`: ten residents of all procedures, from the list or the form to the card in the holder's hand, through the store, the
//! AFIS and real PC/SC chips; four who try what they must not; and the day's balanced books.

mod bureau;
mod centre;
mod country;
mod desk;
mod maker;
mod office;
mod people;
mod table;
mod ways;

use super::bench;
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::reason::Reason;
use country::Country;
use serde_json::{Value, json};
use std::path::PathBuf;

/// How to demonstrate.
#[derive(Debug, clap::Args)]
pub struct MorningArgs {
    /// Keep everything in this new folder: store, roster, keys, images, chips
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Port of the virtual reader; scripts/pcscd-run gives it
    #[arg(long, value_name = "N", env = "VPCD_PORT")]
    port: Option<u16>,
    /// Name of the virtual reader
    #[arg(long, value_name = "NAME", default_value = "Virtual PCD 00 00")]
    reader: String,
}

impl MorningArgs {
    /// Makes the folder in which everything is kept, before minutes are spent on what would go there.
    pub(super) fn may_keep(&self) -> Result<(), Failure> {
        self.keep.as_deref().map_or(Ok(()), |dir| std::fs::create_dir(dir).map_err(|e| bench::cannot(dir, &e)))
    }

    /// The demonstration of one card, which comes first.
    pub(super) fn card(&self) -> super::Args {
        super::Args {
            profile: "ektp-80k".to_owned(),
            keep: None,
            portrait: PathBuf::from("target/demo-portrait.png"),
            port: self.port,
            reader: self.reader.clone(),
        }
    }
}

/// Plays the morning, after the demonstration of one card, whose answer is told with it.
pub(super) fn demonstrate(args: &MorningArgs, card: Value, out: &mut Output) -> Answer {
    let port = args.port.ok_or_else(|| super::no_reader("demo morning"))?;
    let country = Country::found(args, port, out)?;
    let people = people::everybody();
    people::register(&country, &people, out)?;
    people::fingers(&country, &people, out)?;
    let cases = office::all(&country, &people, out)?;
    let found = centre::identify(&country, &people, &cases, out)?;
    let cards = centre::authorize(&country, &people, &cases, &found, out)?;
    let made = bureau::morning(&country, &people, &cards, out)?;
    ways::deliver(&country, &people, &made, out)?;
    centre::publish(&country, out)?;
    let given = desk::hand_over(&country, &people, &cases, out)?;
    let destroyed = ways::refused_goes_back(&country, &people, &made, out)?;
    let lost = desk::lost_and_found(&country, &people, &made, out)?;
    let caught = centre::impostor(&country, &people, out)?;
    let books = bureau::close(&country, out)?;
    let morning = json!({
        "identified": found, "handed_over": given, "destroyed": destroyed, "lost": lost, "impostor": caught, "books": books,
    });
    table::print(&morning, &people, out);
    as_expected(&morning, &people)?;
    let mut data = card;
    if let Some(object) = data.as_object_mut() {
        object.insert("morning".to_owned(), morning);
    }
    Ok(Outcome::yes(data))
}

/// A morning that shows anything else has failed, and it says which.
fn as_expected(data: &Value, people: &[people::Resident]) -> Result<(), Failure> {
    let wrong = |what: String| Err(Failure::new(Reason::InternalError, what).with_data(data));
    for resident in people {
        let (name, story) = (resident.name, resident.story);
        let answer = &data["identified"][name];
        if *answer != story.identified() {
            return wrong(format!("{name} was identified as {answer}"));
        }
        let given = &data["handed_over"][name];
        if *given != story.handed_over() {
            return wrong(format!("the handover to {name} ended as {given}"));
        }
    }
    for (what, found, expected) in [
        ("the impostor", &data["impostor"]["answer"], json!("own-mismatch")),
        ("the impostor's application", &data["impostor"]["state"], json!("rejected")),
        ("the lost card", &data["lost"]["old"], json!(Reason::CardRevoked.code())),
        ("the card in its place", &data["lost"]["new"], Value::Null),
        ("the refused card", &data["destroyed"]["state"], json!("destroyed")),
        ("the books", &data["books"]["balanced"], json!(true)),
        ("the audit", &data["books"]["signatures"], json!(true)),
    ] {
        if *found != expected {
            return wrong(format!("{what}: {found}"));
        }
    }
    Ok(())
}
