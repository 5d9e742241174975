//! Scores of one set's comparisons, from a matcher of ours or from a table that any matcher wrote.

use crate::finger::eval::dataset::Set;
use crate::finger::eval::error::EvalError;
use crate::limits;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// First line of a table of scores.
pub const HEADER: &str = "set,F1,I1,F2,I2,score";

/// One scored comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The set.
    pub set: String,
    /// Finger and impression of the probe.
    pub probe: (u32, u32),
    /// Finger and impression of the reference.
    pub reference: (u32, u32),
    /// The score; negative infinity where a print gave no template.
    pub score: f64,
}

/// The scores of a set, each for an unordered pair of impressions.
#[derive(Clone)]
pub struct Table {
    places: BTreeMap<(u32, u32), usize>,
    /// Lower triangle; not a number where no score is.
    scores: Vec<f64>,
}

impl Table {
    /// An empty table of a set's impressions.
    #[must_use]
    pub fn new(set: &Set) -> Self {
        let places: BTreeMap<_, _> = set.impressions().enumerate().map(|(place, (f, i, _))| ((f, i), place)).collect();
        let scores = vec![f64::NAN; places.len() * places.len().saturating_sub(1) / 2];
        Self { places, scores }
    }

    fn place(&self, a: (u32, u32), b: (u32, u32)) -> Option<usize> {
        let (a, b) = (*self.places.get(&a)?, *self.places.get(&b)?);
        let (low, high) = (a.min(b), a.max(b));
        (low != high).then(|| high * (high - 1) / 2 + low)
    }

    /// Puts a score in; `false` if the set has no such pair of impressions.
    ///
    /// # Errors
    /// [`EvalError::Twice`] when the pair has one, in either order; [`EvalError::NotANumber`].
    pub fn put(&mut self, a: (u32, u32), b: (u32, u32), score: f64) -> Result<bool, EvalError> {
        let Some(place) = self.place(a, b) else { return Ok(false) };
        let Some(slot) = self.scores.get_mut(place) else { return Ok(false) };
        if score.is_nan() {
            return Err(EvalError::NotANumber { index: place });
        }
        if !slot.is_nan() {
            return Err(EvalError::Twice { what: format!("the comparison of {} and {}", text(a), text(b)) });
        }
        *slot = score;
        Ok(true)
    }

    /// The table of a set whose templates, in the order of [`Set::impressions`], are compared by `score`, the earlier impression
    /// first; one that has none matches nobody. `step` hears of each probe that is done.
    #[must_use]
    pub fn of_templates<T>(
        set: &Set,
        templates: &[Option<T>],
        mut score: impl FnMut(&T, &T) -> f64,
        mut step: impl FnMut(),
    ) -> Self {
        let mut table = Self::new(set);
        let mut slots = table.scores.iter_mut();
        // The triangle's order: each reference with every earlier probe.
        for (at, reference) in templates.iter().enumerate() {
            for probe in templates.iter().take(at) {
                let both = probe.as_ref().zip(reference.as_ref());
                if let Some(slot) = slots.next() {
                    *slot = both.map_or(f64::NEG_INFINITY, |(a, b)| score(a, b));
                }
            }
            step();
        }
        table
    }

    /// The table as lines of scores, without the header, one for each pair of impressions; pairs without a score are left out.
    #[must_use]
    pub fn lines(&self, set: &Set) -> String {
        let all: Vec<(u32, u32)> = set.impressions().map(|(f, i, _)| (f, i)).collect();
        let mut out = String::new();
        for (at, a) in all.iter().enumerate() {
            for b in all.iter().skip(at + 1) {
                if let Some(score) = self.get(*a, *b) {
                    let _ = writeln!(out, "{},{},{},{},{},{score}", set.name, a.0, a.1, b.0, b.1);
                }
            }
        }
        out
    }

    /// The score of two impressions, in either order.
    #[must_use]
    pub fn get(&self, a: (u32, u32), b: (u32, u32)) -> Option<f64> {
        self.place(a, b).and_then(|p| self.scores.get(p)).copied().filter(|s| !s.is_nan())
    }
}

/// Scores of known persons would help an attacker climb: they are counted, not shown.
impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({} impressions)", self.places.len())
    }
}

/// The comparisons of a table of scores: a header `set,F1,I1,F2,I2,score`, then one line each.
///
/// # Errors
/// [`EvalError::ScoreLine`] for a line of another form, [`EvalError::TooMany`] beyond [`limits::EVAL_SCORES`].
pub fn parse_scores(text: &str) -> Result<Vec<Comparison>, EvalError> {
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim_end_matches('\r')));
    if lines.next().is_none_or(|(_, first)| first != HEADER) {
        return Err(EvalError::ScoreLine { line: 1, what: "the first line is not set,F1,I1,F2,I2,score" });
    }
    let mut found = Vec::new();
    for (line, content) in lines.filter(|(_, content)| !content.is_empty()) {
        if found.len() >= limits::EVAL_SCORES {
            return Err(EvalError::TooMany { what: "scores", bound: limits::EVAL_SCORES });
        }
        found.push(comparison(content).map_err(|what| EvalError::ScoreLine { line, what })?);
    }
    Ok(found)
}

fn comparison(line: &str) -> Result<Comparison, &'static str> {
    let mut fields = line.split(',');
    let mut next = || fields.next().ok_or("fewer than six fields");
    let set = next()?.to_owned();
    let mut number = || next()?.parse::<u32>().map_err(|_| "a finger or impression is not a number");
    let (probe, reference) = ((number()?, number()?), (number()?, number()?));
    let score: f64 = next()?.parse().map_err(|_| "the score is not a number")?;
    if score.is_nan() {
        return Err("the score is not a number");
    }
    if fields.next().is_some() {
        return Err("more than six fields");
    }
    Ok(Comparison { set, probe, reference, score })
}

pub(super) fn text((finger, impression): (u32, u32)) -> String {
    format!("{finger}_{impression}")
}
