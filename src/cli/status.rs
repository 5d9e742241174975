//! `ektp status …`: what a card's number is worth after it was handed over, and where a card gets lost.

use super::office::OfficeArgs;
use super::output::{Outcome, Output};
use super::{Answer, place};
use crate::crypto::hash::sha256;
use crate::issuance::Role;
use crate::issuance::handover::is_copy;
use crate::issuance::status::{Why, found, missing, resume, revoke, suspend};
use crate::issuance::store::{Id, Word};
use crate::limits::DOCUMENT_BYTES;
use serde_json::json;
use std::path::PathBuf;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum StatusVerb {
    /// Revoke a card in its holder's hand, at the report: lost, fraud, the holder's death or emigration
    Revoke(Box<RevokeArgs>),
    /// Suspend an active card, by two: a case begins with it
    Suspend(Box<CaseArgs>),
    /// Make a suspended card valid again, by two: its case is closed
    Resume(Box<CaseArgs>),
    /// Call cards missing that this office had, by two: their numbers are revoked
    Missing(Box<MissingArgs>),
    /// Take a missing card that was found back into custody, by two: it goes back to be destroyed
    Found(Box<FoundArgs>),
}

/// Options of `status revoke`.
#[derive(Debug, clap::Args)]
pub struct RevokeArgs {
    /// The card
    #[arg(value_name = "CARD")]
    card: String,
    /// Why; for data-wrong, damaged, moved-in and expired another card is applied for, whose handover revokes this one
    #[arg(long, value_name = "REASON", value_parser = Why::ALL.map(Why::name))]
    because: String,
    /// The paper that shows it, any file: the police's letter, the deed of death, the minutes; its SHA-256 stands in the audit
    #[arg(long, value_name = "FILE")]
    paper: PathBuf,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `status suspend` and `status resume`.
#[derive(Debug, clap::Args)]
pub struct CaseArgs {
    /// The card
    #[arg(value_name = "CARD")]
    card: String,
    /// What happened, or what came of it, in a sentence or two
    #[arg(long, value_name = "TEXT")]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `status missing`.
#[derive(Debug, clap::Args)]
pub struct MissingArgs {
    /// The cards
    #[arg(value_name = "CARD", required = true)]
    cards: Vec<String>,
    /// What happened, in a sentence or two
    #[arg(long, value_name = "TEXT")]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `status found`.
#[derive(Debug, clap::Args)]
pub struct FoundArgs {
    /// The card
    #[arg(value_name = "CARD")]
    card: String,
    /// Where, in a word
    #[arg(long, value_name = "WORD")]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

const CLARIFIERS: [Role; 2] = [Role::Adjudicator, Role::Supervisor];
const STOCK: [Role; 4] = [Role::Supervisor, Role::Operator, Role::Courier, Role::Personalizer];

impl StatusVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Revoke(_) => "status revoke",
            Self::Suspend(_) => "status suspend",
            Self::Resume(_) => "status resume",
            Self::Missing(_) => "status missing",
            Self::Found(_) => "status found",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Revoke(args) => revoked(&args, out),
            Self::Suspend(args) => suspended(&args, out),
            Self::Resume(args) => resumed(&args, out),
            Self::Missing(args) => missed(&args, out),
            Self::Found(args) => back(&args, out),
        }
    }
}

fn revoked(args: &RevokeArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.card)?;
    let why = Why::ALL.into_iter().find(|why| why.name() == args.because).unwrap_or(Why::Lost);
    let paper = sha256(&place::read(&args.paper, u64::try_from(DOCUMENT_BYTES).unwrap_or(u64::MAX))?);
    let mut sitting = args.office.sit(&[Role::Supervisor, Role::Adjudicator, Role::Centre])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    revoke(&mut desk, &job, &id, (why, paper), by)?;
    out.line(format!("{id} {}", out.lang().pick("is revoked for good", "dicabut untuk selamanya")));
    let data = json!({"job": job, "card": id, "because": why.name()});
    Ok(Outcome::perhaps_queued(data, is_copy(&mut desk, &id)?, out))
}

fn suspended(args: &CaseArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.card)?;
    let mut sitting = args.office.sit(&CLARIFIERS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let case = suspend(&mut desk, &job, &id, &args.because, by)?;
    out.line(format!("{id} {} {case}", out.lang().pick("is suspended by case", "ditangguhkan oleh kasus")));
    Ok(Outcome::yes(json!({"job": job, "card": id, "case": case})))
}

fn resumed(args: &CaseArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.card)?;
    let mut sitting = args.office.sit(&CLARIFIERS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    resume(&mut desk, &job, &id, &args.because, by)?;
    out.line(format!("{id} {}", out.lang().pick("is valid again", "berlaku lagi")));
    Ok(Outcome::yes(json!({"job": job, "card": id})))
}

fn missed(args: &MissingArgs, out: &mut Output) -> Answer {
    let cards = args.cards.iter().map(|card| Id::parse(card)).collect::<Result<Vec<_>, _>>()?;
    let mut sitting = args.office.sit(&STOCK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let incident = missing(&mut desk, &job, &cards, &args.because, by)?;
    let said = out.lang().pick("missing and revoked, by incident", "hilang dan dicabut, oleh insiden");
    out.line(format!("{} {said} {incident}", args.cards.join(" ")));
    Ok(Outcome::yes(json!({"job": job, "cards": cards, "incident": incident})))
}

fn back(args: &FoundArgs, out: &mut Output) -> Answer {
    let (id, why) = (Id::parse(&args.card)?, Word::parse(&args.because)?);
    let mut sitting = args.office.sit(&STOCK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    found(&mut desk, &job, &id, &why, by)?;
    out.line(format!("{id} {}", out.lang().pick("goes back to be destroyed", "kembali untuk dimusnahkan")));
    Ok(Outcome::yes(json!({"job": job, "card": id})))
}
