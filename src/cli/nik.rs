//! `ektp nik check|explain`: what a national identity number says, and where it disagrees; it is never refused for that.

use super::output::{Failure, Outcome, Output};
use crate::reason::{Lang, Reason};
use crate::record::nik::Explanation;
use crate::record::region::Region;
use crate::record::{FieldError, Nik, Sex, WarningKind, date};
use jiff::civil::Date;
use serde_json::{Value, json};

/// A number, as an argument or on standard input.
#[derive(Debug, clap::Args)]
struct Number {
    /// The sixteen digits, or - to read them from standard input
    #[arg(value_name = "NIK|-")]
    nik: String,
}

/// Options of `nik check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    #[command(flatten)]
    number: Number,
    /// Date of birth in the record, YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    birth_date: Option<Date>,
    /// Sex in the record
    #[arg(long, value_name = "SEX", value_parser = ["male", "female"])]
    sex: Option<String>,
}

/// Options of `nik explain`.
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    #[command(flatten)]
    number: Number,
    /// Date of birth in the record, which tells the century
    #[arg(long, value_name = "DATE", value_parser = parse_date, conflicts_with = "as_of")]
    birth_date: Option<Date>,
    /// Take the latest date of birth that is not after this day (the clock is never asked)
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    as_of: Option<Date>,
}

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum NikVerb {
    /// Check the form of a NIK and name where it disagrees with a date of birth and a sex
    Check(CheckArgs),
    /// Explain a NIK: district with the years of its code, date of birth, sex, serial
    Explain(ExplainArgs),
}

impl NikVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Check(_) => "nik check",
            Self::Explain(_) => "nik explain",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Result<Outcome, Failure> {
        match self {
            Self::Check(args) => check(&args, out),
            Self::Explain(args) => explain(&args, out),
        }
    }
}

fn parse_date(text: &str) -> Result<Date, String> {
    date::parse(text).map_err(|error| error.to_string())
}

impl Number {
    fn read(&self) -> Result<Nik, Failure> {
        let mut line = String::new();
        let text = if self.nik == "-" {
            let read = std::io::stdin().read_line(&mut line);
            read.map_err(|_| Failure::new(Reason::InputInvalid, "standard input is not text"))?;
            line.trim()
        } else {
            self.nik.as_str()
        };
        // A NIK that was a number somewhere has lost its leading zeros; nothing is guessed here.
        Nik::parse(text).map_err(|error: FieldError| Failure::new(Reason::InputInvalid, format!("the NIK {error}")))
    }
}

fn check(args: &CheckArgs, out: &mut Output) -> Result<Outcome, Failure> {
    let explanation = args.number.read()?.explain();
    let sex = args.sex.as_deref().map(Sex::parse).transpose()?;
    let odd = explanation.disagreements(args.birth_date, sex);
    out.line(match out.lang() {
        Lang::En => "form: sixteen digits",
        Lang::Id => "bentuk: enam belas angka",
    });
    say_warnings(&odd, out);
    Ok(Outcome::yes(json!({"form": true, "warnings": warnings_json(&odd, out.lang())})))
}

fn explain(args: &ExplainArgs, out: &mut Output) -> Result<Outcome, Failure> {
    let e = args.number.read()?.explain();
    let born = match (args.birth_date, args.as_of) {
        (Some(known), _) => e.birth_date_near(known),
        (None, Some(day)) => e.birth_date_before(day),
        (None, None) => None,
    };
    let odd = e.disagreements(args.birth_date, None);
    for (label, value) in lines(&e, born, out.lang()) {
        out.line(format!("{label:<16}{value}"));
    }
    say_warnings(&odd, out);
    Ok(Outcome::yes(json!({
        "province": region_json(e.province),
        "regency": region_json(e.regency),
        "district": region_json(e.district),
        "sex": e.sex.map(Sex::code),
        "day": e.day,
        "month": e.month,
        "year_in_century": e.year_in_century,
        "birth_date": born.map(|d| d.to_string()),
        "serial": format!("{:04}", e.serial),
        "reserved": e.reserved,
        "warnings": warnings_json(&odd, out.lang()),
    })))
}

fn lines(e: &Explanation, born: Option<Date>, lang: Lang) -> Vec<(&'static str, String)> {
    let pick = |en, id| if lang == Lang::Id { id } else { en };
    let unknown = || "?".to_owned();
    let partial = || match (e.day, e.month) {
        (Some(day), Some(month)) => format!("{day:02}-{month:02}-..{:02}", e.year_in_century),
        _ => unknown(),
    };
    vec![
        (pick("province", "provinsi"), region_text(e.province, lang)),
        (pick("regency", "kabupaten/kota"), region_text(e.regency, lang)),
        (pick("district", "kecamatan"), region_text(e.district, lang)),
        (pick("born", "lahir"), born.map_or_else(partial, |d| d.strftime("%d-%m-%Y").to_string())),
        (pick("sex", "jenis kelamin"), e.sex.map_or_else(unknown, |s| s.text(lang).to_owned())),
        (pick("serial", "nomor urut"), format!("{:04}", e.serial)),
    ]
}

fn region_text(region: Option<Region>, lang: Lang) -> String {
    let Some(r) = region else { return "?".to_owned() };
    let years = match (r.is_alive(), lang) {
        (true, Lang::En) => format!("code seen {} to {}", r.first_seen, r.last_seen),
        (true, Lang::Id) => format!("kode terlihat {} sampai {}", r.first_seen, r.last_seen),
        (false, Lang::En) => format!("code seen {} to {}, no longer in use", r.first_seen, r.last_seen),
        (false, Lang::Id) => format!("kode terlihat {} sampai {}, tidak dipakai lagi", r.first_seen, r.last_seen),
    };
    format!("{} {} ({years})", r.code, r.name)
}

fn region_json(region: Option<Region>) -> Value {
    region.map_or(Value::Null, |r| json!({"code": r.code, "name": r.name, "first_seen": r.first_seen, "last_seen": r.last_seen}))
}

fn warnings_json(odd: &[WarningKind], lang: Lang) -> Value {
    odd.iter().map(|kind| json!({"kind": kind, "text": kind.text(lang)})).collect()
}

fn say_warnings(odd: &[WarningKind], out: &mut Output) {
    for kind in odd {
        out.line(format!("! {}", kind.text(out.lang())));
    }
}
