//! `ektp report …`: what happened, what waits, what is in stock, who is doubted, what was made.

use super::office::store_key;
use super::output::{Outcome, Output};
use super::{Answer, place};
use crate::issuance::Office;
use crate::issuance::report::span::day_of;
use crate::issuance::report::{Span, Table, ageing, daily, duplicates, production, stock, trend};
use crate::issuance::store::{Kind, Place, Store, StoreKey};
use crate::reason::Lang;
use crate::world::{Clock as _, SystemClock};
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum ReportVerb {
    /// What was done in a day or more, with the books of the blanks; as a picture too
    Daily(TimeArgs),
    /// What waits for how long, by state
    Ageing(AgeingArgs),
    /// Blanks by type and state
    Stock(StockArgs),
    /// Applications that two officers must clarify, and how such doubts ended
    Duplicates(TimeArgs),
    /// Cards made by station, with what was spoiled and how long it took
    Production(TimeArgs),
}

/// Of which store, and where the table goes.
#[derive(Debug, clap::Args)]
pub struct StoreArgs {
    /// The store: a file, or postgres://… on this machine
    #[arg(value_name = "STORE")]
    store: String,
    /// Of this office alone: `ministry`, a regency's code (31.71) or a sub-district's (31.71.01)
    #[arg(long, value_name = "OFFICE")]
    office: Option<Office>,
    /// Write a table here, CSV
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Which table, where there are several: the first if not given
    #[arg(long, value_name = "NAME")]
    table: Option<String>,
}

/// Of which stock.
#[derive(Debug, clap::Args)]
pub struct StockArgs {
    #[command(flatten)]
    of: StoreArgs,
    /// The store's key, a file of `ektp pki chip-key --kind store`: by it the blanks are known that lie in open shifts; without it no blank
    /// of an office that has one is told by its state
    #[arg(long, value_name = "FILE")]
    store_key: Option<PathBuf>,
    /// Passphrase of that file: `prompt`, `-` (standard input) or `file:PATH`
    #[arg(long, value_name = "SOURCE", default_value = "prompt")]
    store_passphrase: String,
}

/// Of which time.
#[derive(Debug, clap::Args)]
pub struct TimeArgs {
    #[command(flatten)]
    of: StoreArgs,
    /// First day, in Jakarta; today if not given
    #[arg(long, value_name = "DAY")]
    day: Option<Date>,
    /// Last day; the first if not given
    #[arg(long, value_name = "DAY")]
    until: Option<Date>,
    /// Draw the days here, SVG
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

/// Of which kind of thing.
#[derive(Debug, clap::Args)]
pub struct AgeingArgs {
    #[command(flatten)]
    of: StoreArgs,
    /// Of what
    #[arg(long, value_name = "KIND", default_value = "application", value_parser = ["application", "card", "blank", "batch", "shipment", "shift", "incident"])]
    kind: String,
}

impl ReportVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Daily(_) => "report daily",
            Self::Ageing(_) => "report ageing",
            Self::Stock(_) => "report stock",
            Self::Duplicates(_) => "report duplicates",
            Self::Production(_) => "report production",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Daily(args) => {
                let (mut store, span) = args.open()?;
                let days = args.picture.as_ref().map(|_| trend::days(store.as_mut(), &span)).transpose()?;
                let daily = daily::daily(store.as_mut(), &span)?;
                let (balanced, tables) = (daily.balanced, [vec![daily.steps, daily.books], days.into_iter().collect()].concat());
                args.draw(&tables, out)?;
                args.of.tell(&tables, json!({"balanced": balanced}), out)
            }
            Self::Ageing(args) => {
                let mut store = args.of.open()?;
                let kind = Kind::of_name(&args.kind).unwrap_or(Kind::Application);
                let table = ageing::ageing(store.as_mut(), kind, args.of.office, SystemClock.now())?;
                args.of.tell(&[table], json!({"kind": kind.name()}), out)
            }
            Self::Stock(args) => {
                let (mut store, key) = args.open()?;
                let table = stock::stock(store.as_mut(), args.of.office, key.as_ref())?;
                args.of.tell(&[table], json!({}), out)
            }
            Self::Duplicates(args) => {
                let (mut store, span) = args.open()?;
                let found = duplicates::duplicates(store.as_mut(), &span)?;
                args.drawn(store.as_mut(), &span, vec![found.open, found.ended], out)
            }
            Self::Production(args) => {
                let (mut store, span) = args.open()?;
                let table = production::production(store.as_mut(), &span)?;
                args.drawn(store.as_mut(), &span, vec![table], out)
            }
        }
    }
}

impl StockArgs {
    /// The store, and its key if it is named here.
    fn open(&self) -> Result<(Box<dyn Store>, Option<StoreKey>), super::Failure> {
        let key = self.store_key.as_ref().map(|file| store_key(file, &self.store_passphrase)).transpose()?;
        let store = self.of.open_with(key.as_ref())?;
        Ok((store, key))
    }
}

impl TimeArgs {
    /// The store and the time.
    fn open(&self) -> Result<(Box<dyn Store>, Span), super::Failure> {
        let first = self.day.unwrap_or_else(|| day_of(SystemClock.now()));
        let span = Span::days(first, self.until.unwrap_or(first), self.of.office)?;
        if let Some(path) = &self.picture {
            place::must_be_free(path)?;
        }
        Ok((self.of.open()?, span))
    }

    /// These tables, and the days if a picture is asked for.
    fn drawn(&self, store: &mut dyn Store, span: &Span, mut tables: Vec<Table>, out: &mut Output) -> Answer {
        if self.picture.is_some() {
            tables.push(trend::days(store, span)?);
        }
        self.draw(&tables, out)?;
        self.of.tell(&tables, json!({}), out)
    }

    fn draw(&self, tables: &[Table], out: &Output) -> Result<(), super::Failure> {
        let Some(path) = &self.picture else { return Ok(()) };
        let days = tables.iter().find(|table| table.name == "days");
        let picture = days.map(|days| trend::svg(days, matches!(out.lang(), Lang::Id))).unwrap_or_default();
        place::create_private(path, picture.as_bytes())
    }
}

impl StoreArgs {
    fn open(&self) -> Result<Box<dyn Store>, super::Failure> {
        self.open_with(None)
    }

    fn open_with(&self, key: Option<&StoreKey>) -> Result<Box<dyn Store>, super::Failure> {
        if let Some(path) = &self.out {
            place::must_be_free(path)?;
        }
        Ok(Place::parse(&self.store).open(key, &[])?)
    }

    /// Tables as text, CSV where it is asked for, and JSON.
    fn tell(&self, tables: &[Table], more: Value, out: &mut Output) -> Answer {
        let asked = |table: &&Table| self.table.as_deref().is_none_or(|name| name == table.name);
        let first = tables.iter().find(asked).ok_or_else(|| {
            let names: Vec<&str> = tables.iter().map(|table| table.name).collect();
            super::Failure::new(crate::reason::Reason::InputInvalid, format!("--table: one of {}", names.join(", ")))
        })?;
        if let Some(path) = &self.out {
            place::create_private(path, &first.csv()?)?;
        }
        let shown = tables.iter().filter(asked);
        let text: Vec<String> = shown.map(|table| format!("{}\n{table}", table.name)).collect();
        out.line(text.join("\n").trim_end());
        let mut data: Map<String, Value> = tables.iter().map(|table| (table.name.to_owned(), table.json())).collect();
        data.extend(more.as_object().cloned().unwrap_or_default());
        Ok(Outcome::yes(data))
    }
}
