//! `ektp ship …`: cards travel under seals, from office to office, and every one that does not arrive is answered for.

use crate::cli::Answer;
use crate::cli::bureau::{Ids, named};
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Failure, Outcome, Output};
use crate::issuance::desk::Desk;
use crate::issuance::store::{Id, StoreError, Word};
use crate::issuance::transit::{TransitError, afar, ship, trouble};
use crate::issuance::{Office, Role};
use serde_json::{Value, json};

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum ShipVerb {
    /// Pack cards under seals for the next office of their way, with a manifest
    Pack(PackArgs),
    /// Send a packed shipment
    Send(ShipmentArgs),
    /// Receive a shipment that arrived whole: its seals and its cards, as they are found
    Receive(ReceiveArgs),
    /// Dispute a shipment that did not arrive whole, by two: an incident begins
    Dispute(TroubleArgs),
    /// Settle a disputed shipment card by card, by two: those that are here arrive, the others are missing
    Settle(SettleArgs),
    /// Call a shipment missing that did not arrive, by two: every number in it is revoked
    Missing(TroubleArgs),
    /// Put cards on the shelf of the desk that made them and hands them over
    Shelve(ShelveArgs),
}

/// Options of `ship pack`.
#[derive(Debug, clap::Args)]
pub struct PackArgs {
    #[command(flatten)]
    cards: Ids,
    /// Name of the shipment; the job's if not given
    #[arg(long, value_name = "ID")]
    shipment: Option<String>,
    /// To which office
    #[arg(long, value_name = "OFFICE")]
    to: Office,
    /// Number of a seal, for each
    #[arg(long = "seal", value_name = "NUMBER", required = true)]
    seals: Vec<String>,
    #[command(flatten)]
    office: OfficeArgs,
}

/// A shipment.
#[derive(Debug, clap::Args)]
pub struct ShipmentArgs {
    /// The shipment
    #[arg(long, value_name = "ID")]
    shipment: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `ship receive`.
#[derive(Debug, clap::Args)]
pub struct ReceiveArgs {
    #[command(flatten)]
    cards: Ids,
    /// The shipment
    #[arg(long, value_name = "ID")]
    shipment: String,
    /// Number of a seal as it is found, for each
    #[arg(long = "seal", value_name = "NUMBER", required = true)]
    seals: Vec<String>,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `ship dispute` and `ship missing`.
#[derive(Debug, clap::Args)]
pub struct TroubleArgs {
    /// The shipment
    #[arg(long, value_name = "ID")]
    shipment: String,
    /// What happened, in a sentence or two
    #[arg(long, value_name = "TEXT")]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `ship settle`.
#[derive(Debug, clap::Args)]
pub struct SettleArgs {
    #[command(flatten)]
    here: Ids,
    /// The shipment
    #[arg(long, value_name = "ID")]
    shipment: String,
    /// What came of it, in a sentence or two
    #[arg(long, value_name = "TEXT")]
    because: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `ship shelve`.
#[derive(Debug, clap::Args)]
pub struct ShelveArgs {
    #[command(flatten)]
    cards: Ids,
    #[command(flatten)]
    office: OfficeArgs,
}

const ESCORTS: [Role; 3] = [Role::Courier, Role::Operator, Role::Supervisor];

impl ShipVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Pack(_) => "ship pack",
            Self::Send(_) => "ship send",
            Self::Receive(_) => "ship receive",
            Self::Dispute(_) => "ship dispute",
            Self::Settle(_) => "ship settle",
            Self::Missing(_) => "ship missing",
            Self::Shelve(_) => "ship shelve",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Pack(args) => pack(&args, out),
            Self::Send(args) => send(&args, out),
            Self::Receive(args) => receive(&args, out),
            Self::Dispute(args) => trouble(&args, false, out),
            Self::Settle(args) => settle(&args, out),
            Self::Missing(args) => trouble(&args, true, out),
            Self::Shelve(args) => shelve(&args, out),
        }
    }
}

fn words(all: &[String]) -> Result<Vec<Word>, StoreError> {
    all.iter().map(|text| Word::parse(text)).collect()
}

fn pack(args: &PackArgs, out: &mut Output) -> Answer {
    let (cards, seals) = (args.cards.read()?, words(&args.seals)?);
    let mut sitting = args.office.sit(&ESCORTS)?;
    let job = sitting.job.clone();
    let id = named(args.shipment.as_ref(), &job)?;
    let (mut desk, by) = sitting.desk();
    let manifest = ship::pack(&mut desk, &job, &id, (args.to, &cards, &seals), by)?;
    out.line(format!("{id} → {}  {}", args.to, manifest.seals.join(", ")));
    for line in &manifest.cards {
        out.line(format!("  {}  {}", line.number, line.card));
    }
    let data = json!({"job": job, "shipment": id, "to": manifest.to, "seals": manifest.seals, "cards": manifest.cards});
    told(&mut desk, &id, data, out)
}

fn send(args: &ShipmentArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.shipment)?;
    let mut sitting = args.office.sit(&ESCORTS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    ship::send(&mut desk, &job, &id, by)?;
    out.line(format!("{id} {}", out.lang().pick("is on its way", "dalam perjalanan")));
    told(&mut desk, &id, json!({"job": job, "shipment": id}), out)
}

fn receive(args: &ReceiveArgs, out: &mut Output) -> Answer {
    let (id, cards, seals) = (Id::parse(&args.shipment)?, args.cards.read()?, words(&args.seals)?);
    let mut sitting = args.office.sit(&ESCORTS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let received = ship::receive(&mut desk, &job, &id, (&cards, &seals), by).map_err(differs)?;
    out.line(format!("{received} {}", out.lang().pick("cards received whole", "kartu diterima utuh")));
    told(&mut desk, &id, json!({"job": job, "shipment": id, "cards": received}), out)
}

/// The answer; at an office with a store of its own it says that the centre does not know yet.
fn told(desk: &mut Desk<'_>, id: &Id, data: Value, out: &mut Output) -> Answer {
    Ok(Outcome::perhaps_queued(data, afar::is_copy(desk, id)?, out))
}

/// A refusal that says what differs.
fn differs(error: TransitError) -> Failure {
    let data = match &error {
        TransitError::Seals(seals) => json!({"seals": seals}),
        TransitError::Manifest { missing, strange } => json!({"missing": missing, "strange": strange}),
        _ => Value::Null,
    };
    Failure::from(error).with_data(data)
}

fn trouble(args: &TroubleArgs, missing: bool, out: &mut Output) -> Answer {
    let id = Id::parse(&args.shipment)?;
    let mut sitting = args.office.sit(&ESCORTS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let act = if missing { trouble::missing } else { trouble::dispute };
    let incident = act(&mut desk, &job, &id, &args.because, by)?;
    let said = out.lang().pick("incident", "insiden");
    out.line(format!("{id}: {said} {incident}"));
    told(&mut desk, &id, json!({"job": job, "shipment": id, "incident": incident}), out)
}

fn settle(args: &SettleArgs, out: &mut Output) -> Answer {
    let (id, here) = (Id::parse(&args.shipment)?, args.here.read()?);
    let mut sitting = args.office.sit(&ESCORTS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let missing = trouble::settle(&mut desk, &job, &id, (&here, &args.because), by).map_err(differs)?;
    out.line(format!("{} {}", missing.len(), out.lang().pick("cards are missing", "kartu hilang")));
    told(&mut desk, &id, json!({"job": job, "shipment": id, "here": here.len(), "missing": missing}), out)
}

fn shelve(args: &ShelveArgs, out: &mut Output) -> Answer {
    let cards = args.cards.read()?;
    let mut sitting = args.office.sit(&ESCORTS)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    ship::shelve(&mut desk, &job, &cards, by)?;
    out.line(format!("{} {}", cards.len(), out.lang().pick("cards wait for their holders", "kartu menunggu pemegangnya")));
    Ok(Outcome::yes(json!({"job": job, "cards": cards.len()})))
}
