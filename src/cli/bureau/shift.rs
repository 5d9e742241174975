//! `ektp shift …`: a shift at a station, from its first count to its balanced books.

use super::blank::STOCK;
use super::{SerialArgs, named, text};
use crate::cli::Answer;
use crate::cli::office::{OfficeArgs, StoreArgs};
use crate::cli::output::{Failure, Outcome, Output};
use crate::issuance::Role;
use crate::issuance::bureau::material::{self, Materials};
use crate::issuance::bureau::shift::{self, Begin, Books, Count, End, STORE_ROOM, Supply};
use crate::issuance::bureau::{BureauError, serials};
use crate::issuance::desk::Desk;
use crate::issuance::officer::OfficerId;
use crate::issuance::store::{Id, StoreError, Word};
use crate::reason::Reason;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum ShiftVerb {
    /// Begin a shift with a count of what lies at its station: what the shift before left
    Open(OpenArgs),
    /// Bring blanks and material to the station of an open shift, by two
    Supply(SupplyArgs),
    /// Count what is left, before anything is shown, and close the shift by two if its books balance
    Close(CloseArgs),
    /// Show a shift; of an open one nothing that tells what a count should find
    Show(ShowArgs),
}

/// A count of a station.
#[derive(Debug, clap::Args)]
pub struct CountArgs {
    #[command(flatten)]
    blanks: SerialArgs,
    /// A material's count, for each
    #[arg(long = "counter", value_name = "NAME=COUNT")]
    counters: Vec<String>,
}

impl CountArgs {
    fn read(&self) -> Result<Count, Failure> {
        Ok(Count { blanks: self.blanks.read()?, counters: material::counters(self.counters.iter().map(String::as_str))? })
    }
}

/// Options of `shift open`.
#[derive(Debug, clap::Args)]
pub struct OpenArgs {
    #[command(flatten)]
    count: CountArgs,
    /// Name of the shift; the job's if not given
    #[arg(long, value_name = "ID")]
    shift: Option<String>,
    /// The station
    #[arg(long, value_name = "NAME")]
    station: String,
    /// Who works there: a staff number, for each
    #[arg(long = "operator", value_name = "NUMBER", required = true)]
    operators: Vec<String>,
    /// The bureau's materials, TOML: name, unit, per card, tolerance of each; without it, none is counted
    #[arg(long, value_name = "FILE")]
    materials: Option<PathBuf>,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `shift supply`.
#[derive(Debug, clap::Args)]
pub struct SupplyArgs {
    #[command(flatten)]
    came: CountArgs,
    /// Number of the delivery note: of materials that come into the store room, whose station is `store-room`
    #[arg(long, value_name = "NUMBER")]
    note: Option<String>,
    /// The station
    #[arg(long, value_name = "NAME")]
    station: String,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `shift close`.
#[derive(Debug, clap::Args)]
pub struct CloseArgs {
    #[command(flatten)]
    count: CountArgs,
    /// The shift
    #[arg(long, value_name = "ID")]
    shift: String,
    /// Serial numbers that are nowhere: one by one or FIRST..LAST, for each; an incident begins with them
    #[arg(long, value_name = "SERIAL|FIRST..LAST", requires = "because")]
    missing: Vec<String>,
    /// What is said about what is missing
    #[arg(long, value_name = "TEXT", requires = "missing")]
    because: Option<String>,
    #[command(flatten)]
    office: OfficeArgs,
}

/// Options of `shift show`.
#[derive(Debug, clap::Args)]
pub struct ShowArgs {
    /// The shift
    #[arg(value_name = "ID")]
    shift: String,
    #[command(flatten)]
    store: StoreArgs,
}

const BUREAU: [Role; 2] = [Role::Personalizer, Role::Supervisor];

impl ShiftVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open(_) => "shift open",
            Self::Supply(_) => "shift supply",
            Self::Close(_) => "shift close",
            Self::Show(_) => "shift show",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Open(args) => open(&args, out),
            Self::Supply(args) => supply(&args, out),
            Self::Close(args) => close(&args, out),
            Self::Show(args) => show(&args, out),
        }
    }
}

fn open(args: &OpenArgs, out: &mut Output) -> Answer {
    let materials = args.materials.as_deref().map(text).transpose()?;
    let materials = materials.map_or_else(|| Ok(Materials::default()), |text| Materials::parse(&text))?;
    let (station, count) = (Word::parse(&args.station)?, args.count.read()?);
    let operators = args.operators.iter().map(|number| Word::parse(number)).collect::<Result<Vec<_>, StoreError>>()?;
    let mut sitting = args.office.sit(&BUREAU)?;
    let job = sitting.job.clone();
    let (desk, _) = sitting.desk();
    operators.iter().try_for_each(|number| must_work_here(&desk, &station, number))?;
    let begin = Begin { id: named(args.shift.as_ref(), &job)?, station, operators, materials, count };
    let (mut desk, by) = sitting.desk();
    let begun = shift::open(&mut desk, &job, &begin, by).map_err(unbalanced)?;
    let blanks: usize = begun.blanks.values().map(std::collections::BTreeSet::len).sum();
    let said = out.lang().pick("is open at station", "dibuka di stasiun");
    out.line(format!("{} {said} {}", begin.id, begin.station));
    Ok(Outcome::yes(json!({"job": job, "shift": begin.id, "station": begin.station, "blanks": blanks})))
}

/// Nobody can be added to a shift that is open, so a number that is nobody's is refused before it begins.
fn must_work_here(desk: &Desk<'_>, station: &Word, number: &Word) -> Result<(), Failure> {
    let now = desk.now();
    let known = desk.roster.grants().any(|(digest, signed, _)| {
        let (grant, (role, office)) = (signed.grant(), signed.grant().place());
        let is_named =
            grant.label() == number.as_str() || grant.key().is_ok_and(|key| OfficerId::of(&key).to_string() == number.as_str());
        // Who runs batches is a personalizer; materials anybody may keep.
        let may = role == Role::Personalizer || station.as_str() == STORE_ROOM;
        is_named && may && office.holds(desk.office) && desk.roster.state(&digest, now).is_ok()
    });
    let whom = if station.as_str() == STORE_ROOM { "officer" } else { "personalizer" };
    let refused = || format!("--operator {number}: no {whom} of this office has this staff number (`ektp officer show`)");
    if known { Ok(()) } else { Err(Failure::new(Reason::InputInvalid, refused())) }
}

fn supply(args: &SupplyArgs, out: &mut Output) -> Answer {
    let (station, came) = (Word::parse(&args.station)?, args.came.read()?);
    let supply = Supply { came, note: args.note.as_deref().map(Word::parse).transpose()? };
    let mut sitting = args.office.sit(&STOCK)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let open = shift::at(&mut desk, &station)?;
    shift::supply(&mut desk, &job, &open.id, &supply, by)?;
    let came = &supply.came;
    let said = out.lang().pick("blanks brought to", "blangko dibawa ke");
    let materials: String = came.counters.iter().map(|(name, count)| format!(", {count} {name}")).collect();
    out.line(format!("{} {said} {station}{materials}", came.blanks.len()));
    Ok(Outcome::yes(json!({"job": job, "shift": open.id, "blanks": came.blanks.len()})))
}

fn close(args: &CloseArgs, out: &mut Output) -> Answer {
    let (id, count) = (Id::parse(&args.shift)?, args.count.read()?);
    let missing = match args.missing.as_slice() {
        [] => None,
        some => Some((serials::parse(&some.join("\n"))?, args.because.clone().unwrap_or_default())),
    };
    let mut sitting = args.office.sit(&BUREAU)?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let books = shift::close(&mut desk, &job, &id, &End { count, missing }, by).map_err(unbalanced)?;
    out.line(books.to_string().trim_end());
    Ok(Outcome::yes(json!({"job": job, "shift": id, "books": of_books(&books)})))
}

/// A refusal that names the serial numbers by which the books do not balance.
fn unbalanced(error: BureauError) -> Failure {
    use crate::issuance::balance::BalanceError::{FromNowhere, Nowhere, Twice};
    let data = match &error {
        BureauError::Balance { of, error: Nowhere(serials) } => json!({"of": of, "what": "nowhere", "serials": serials}),
        BureauError::Balance { of, error: FromNowhere(serials) } => json!({"of": of, "what": "from-nowhere", "serials": serials}),
        BureauError::Balance { of, error: Twice(serials) } => json!({"of": of, "what": "twice", "serials": serials}),
        _ => Value::Null,
    };
    Failure::from(error).with_data(data)
}

fn of_books(books: &Books) -> Value {
    let columns = |ledger: &crate::issuance::balance::Ledger| {
        ledger.columns().into_iter().map(|(name, serials)| (name.to_owned(), json!(serials))).collect::<serde_json::Map<_, _>>()
    };
    let blanks: serde_json::Map<String, Value> =
        books.blanks.iter().map(|(of, ledger)| (of.clone(), Value::Object(columns(ledger)))).collect();
    let materials =
        books.materials.iter().map(|of| json!({"name": of.name, "used": of.used(), "least": of.least, "most": of.most}));
    json!({"blanks": blanks, "materials": materials.collect::<Vec<_>>()})
}

fn show(args: &ShowArgs, out: &mut Output) -> Answer {
    let id = Id::parse(&args.shift)?;
    let (mut store, key) = args.store.open()?;
    let shown = shift::show(store.as_mut(), &key, &id)?;
    let standing = &shown.standing;
    out.line(format!("{}  {}  {}  {}", standing.id, standing.word, standing.state, standing.office));
    let books = shown.ended.as_ref().and_then(|ended| ended.books.as_ref());
    if let Some(books) = books {
        out.line(books.to_string().trim_end());
    }
    Ok(Outcome::yes(json!({
        "shift": standing.id, "station": standing.word, "state": standing.state, "office": standing.office,
        "operators": shown.operators, "books": books.map(of_books),
    })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Reason;

    #[test]
    fn a_count_that_does_not_balance_names_its_serials_for_programs_too() {
        let error = crate::issuance::balance::BalanceError::Nowhere(["B1".to_owned()].into());
        let failure = unbalanced(BureauError::Balance { of: "t".into(), error });
        assert_eq!(failure.reason, Reason::CountUnbalanced);
        assert_eq!(failure.data, json!({"of": "t", "what": "nowhere", "serials": ["B1"]}));
    }
}
