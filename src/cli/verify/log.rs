//! `--log` and `--for` of the judge's verbs, and `ektp verify log`: what was verified for what, counted.

use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::place;
use crate::issuance::desk::day;
use crate::issuance::report::{Cell, Table};
use crate::reason::Reason;
use crate::verify::Evidence;
use crate::verify::log::{Log, Mark, Purpose, Record};
use crate::world::{Clock as _, SystemClock};
use jiff::civil::Date;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where verifications are recorded, and for what this one is made.
#[derive(Debug, clap::Args)]
pub struct LogArgs {
    /// Register of verifications: purpose, outcome and the groups that were read are recorded there before the answer is told, and no
    /// value [env: EKTP_VERIFICATIONS]
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// For what the card is verified, a word: account-opening
    #[arg(long = "for", value_name = "WORD")]
    log_purpose: Option<String>,
}

/// A register that is ready, and a purpose.
pub struct Ready(Option<(Log, Purpose)>);

impl LogArgs {
    /// Finds the register usable before anything is read.
    ///
    /// # Errors
    /// `usage` without a purpose; what the register is refused for.
    pub fn ready(&self) -> Result<Ready, Failure> {
        // The environment is asked here: what a desk always has set must not conflict with a verb's other ways.
        let set = || std::env::var_os("EKTP_VERIFICATIONS").filter(|file| !file.is_empty()).map(PathBuf::from);
        let Some(path) = self.log.clone().or_else(set) else {
            return match &self.log_purpose {
                None => Ok(Ready(None)),
                Some(_) => Err(Failure::new(Reason::Usage, "--for is recorded in --log FILE, or EKTP_VERIFICATIONS")),
            };
        };
        let purpose = self.log_purpose.as_deref().ok_or_else(|| {
            Failure::new(Reason::Usage, "verifications are recorded here: --for says for what this one is made")
        })?;
        let purpose = Purpose::parse(purpose)?;
        Ok(Ready(Some((Log::open(&path).map_err(|e| Failure::at(&path, &e))?, purpose))))
    }
}

impl Ready {
    /// Records what came of a verification.
    ///
    /// # Errors
    /// What the register is refused for; then no answer is told.
    pub fn record(&self, of: &str, outcome: &str, evidence: &Evidence) -> Result<(), Failure> {
        let Some((log, purpose)) = &self.0 else { return Ok(()) };
        let read = evidence.files.keys().map(|file| file.name().to_owned()).collect();
        log.append(SystemClock.now(), (of, purpose), outcome, read)?;
        Ok(())
    }
}

/// Options of `verify log`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The register
    #[arg(value_name = "LOG")]
    register: PathBuf,
    /// A mark that was seen before, NUMBER:HEAD: a register that was cut or put back is refused
    #[arg(long, value_name = "MARK")]
    known: Option<Mark>,
    /// First day, in Jakarta
    #[arg(long, value_name = "DAY")]
    day: Option<Date>,
    /// Last day; the first if not given
    #[arg(long, value_name = "DAY", requires = "day")]
    until: Option<Date>,
    /// Every record, and not only how many
    #[arg(long)]
    records: bool,
    /// Write the table here, CSV
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Verifies the chain, and tells what was verified for what.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    if let Some(path) = &args.out {
        place::must_be_free(path)?;
    }
    place::open(&args.register)?;
    let (mut counts, mut records) = (BTreeMap::<[String; 3], u64>::new(), Table::new("records", &COLUMNS));
    let asked = |record: &Record| {
        let on = day(record.at);
        args.day.is_none_or(|first| (first..=args.until.unwrap_or(first)).contains(&on))
    };
    let read = Log::at(&args.register).read(args.known, |record| {
        if asked(&record) {
            let key = [record.purpose.as_str().to_owned(), record.of.clone(), record.outcome.clone()];
            *counts.entry(key).or_default() += 1;
            if args.records {
                records.rows.push(row(&record));
            }
        }
    });
    let mark = read.map_err(|e| Failure::at(&args.register, &e))?;
    let mut counted = Table::new("counts", &["purpose", "of", "outcome", "verifications"]);
    counted.rows = counts.into_iter().map(|(key, n)| key.map(Cell::Text).into_iter().chain([n.into()]).collect()).collect();
    let shown = if args.records { &records } else { &counted };
    if let Some(path) = &args.out {
        place::create_private(path, &shown.csv()?)?;
    }
    out.line(shown.to_string().trim_end());
    out.line(format!("{mark}  {}", out.lang().pick("records, each follows the one before", "catatan, masing-masing menyambung")));
    let records = args.records.then(|| records.json());
    Ok(Outcome::yes(json!({"mark": mark.to_string(), "counts": counted.json(), "records": records})))
}

const COLUMNS: [&str; 6] = ["n", "at", "purpose", "of", "outcome", "fields"];

fn row(record: &Record) -> Vec<Cell> {
    vec![
        record.n.into(),
        Cell::Time(record.at),
        Cell::text(record.purpose.as_str()),
        Cell::text(&record.of),
        Cell::text(&record.outcome),
        Cell::text(record.fields.join(" ")),
    ]
}
