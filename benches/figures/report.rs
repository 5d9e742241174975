//! Figures: one JSON object a line for machines, one table for people.

use serde_json::{Value, json};
use std::io::Write as _;

/// One figure, a line of `target/figures.jsonl`.
pub struct Figure {
    pub figure: String,
    pub value: f64,
    pub unit: &'static str,
    /// What it must not exceed, or must reach.
    pub bound: Option<Bound>,
    pub against: String,
}

/// A bound and its direction.
#[derive(Clone, Copy)]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
    Equal(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(b) => value <= b,
            Self::AtLeast(b) => value >= b,
            Self::Equal(b) => (value - b).abs() < 1e-9,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(b) => format!("<= {}", short(b)),
            Self::AtLeast(b) => format!(">= {}", short(b)),
            Self::Equal(b) => format!("= {}", short(b)),
        }
    }
}

fn short(value: f64) -> String {
    if value.fract().abs() < 1e-9 || value.abs() >= 1_000.0 {
        format!("{value:.0}")
    } else if value.abs() >= 20.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.3}")
    }
}

/// Everything measured so far.
#[derive(Default)]
pub struct Report {
    figures: Vec<Figure>,
}

impl Report {
    /// A figure with a bound.
    pub fn bounded(
        &mut self,
        figure: impl Into<String>,
        value: f64,
        unit: &'static str,
        bound: Bound,
        against: impl Into<String>,
    ) {
        self.push(Figure { figure: figure.into(), value, unit, bound: Some(bound), against: against.into() });
    }

    /// A figure that only informs.
    pub fn plain(&mut self, figure: impl Into<String>, value: f64, unit: &'static str, against: impl Into<String>) {
        self.push(Figure { figure: figure.into(), value, unit, bound: None, against: against.into() });
    }

    fn push(&mut self, figure: Figure) {
        println!("{}", row(&figure));
        self.figures.push(figure);
    }

    /// A heading of the table.
    pub fn heading(&self, text: &str) {
        println!("\n{text}");
    }

    /// Tells how many bounds are missed; an error if any is, so that the bench fails.
    pub fn end(&self) -> std::io::Result<()> {
        let missed = self.figures.iter().filter(|f| f.bound.is_some_and(|b| !b.holds(f.value))).count();
        println!("\n{missed} bounds missed; one JSON object a line in target/figures.jsonl");
        if missed == 0 { Ok(()) } else { Err(std::io::Error::other(format!("{missed} bounds missed"))) }
    }

    /// Writes `target/figures.jsonl`.
    pub fn write(&self, path: &str) -> std::io::Result<()> {
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        self.lines(&mut out)
    }

    /// Writes to a file that another bench began; its lines of the same figures are replaced.
    pub fn append(&self, path: &str) -> std::io::Result<()> {
        let ours = |line: &str| {
            let old: Option<Value> = serde_json::from_str(line).ok();
            old.is_none_or(|old| self.figures.iter().any(|f| old["figure"] == f.figure.as_str()))
        };
        let old = std::fs::read_to_string(path).unwrap_or_default();
        let mut out = std::io::BufWriter::new(std::fs::File::create(path)?);
        for line in old.lines().filter(|line| !ours(line)) {
            writeln!(out, "{line}")?;
        }
        self.lines(&mut out)
    }

    fn lines(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        for f in &self.figures {
            let line = json!({
                "figure": f.figure,
                "value": f.value,
                "unit": f.unit,
                "bound": f.bound.map(Bound::text),
                "ok": f.bound.map_or(Value::Null, |b| Value::Bool(b.holds(f.value))),
                "against": f.against,
                "command": command(),
            });
            writeln!(out, "{line}")?;
        }
        out.flush()
    }
}

/// What makes the figures again: the whole bench, or this part of it alone.
fn command() -> String {
    std::env::var("EKTP_BENCH").unwrap_or_else(|_| format!("cargo bench --bench {}", env!("CARGO_CRATE_NAME")))
}

fn row(f: &Figure) -> String {
    let bound = f.bound.map(Bound::text).unwrap_or_default();
    let mark = match f.bound.map(|b| b.holds(f.value)) {
        Some(true) => "ok",
        Some(false) => "MISSED",
        None => "",
    };
    format!("  {:<58} {:>9} {:<6} {:<10} {:<6} {}", f.figure, short(f.value), f.unit, bound, mark, f.against)
}

/// The median, which a noisy machine moves least.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
