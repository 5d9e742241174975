//! The layout of an evaluation: `SET/F_I.png`, finger F in impression I.

use crate::finger::eval::error::EvalError;
use crate::limits;
use std::collections::BTreeMap;

/// Endings of files that hold a print.
const ENDINGS: [&str; 8] = ["png", "bmp", "tif", "tiff", "jpg", "jpeg", "pgm", "wsq"];

/// Sets of prints, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// The sets.
    pub sets: Vec<Set>,
}

/// One set: fingers taken under one condition. Comparisons are made within a set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Its name, that of the folder.
    pub name: String,
    /// Its fingers, by number.
    pub fingers: Vec<Finger>,
}

/// One finger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finger {
    /// Its number F.
    pub number: u32,
    /// The impressions: number I and file name, by number.
    pub impressions: Vec<(u32, String)>,
}

impl Dataset {
    /// The sets of these files, each a set's and a file's name; files that are not of the layout are passed over.
    ///
    /// # Errors
    /// [`EvalError::NoPrints`], [`EvalError::Twice`], [`EvalError::TooMany`].
    pub fn of_files<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, EvalError> {
        let mut sets: BTreeMap<&str, BTreeMap<u32, BTreeMap<u32, String>>> = BTreeMap::new();
        for (found, (set, file)) in files.into_iter().enumerate() {
            if found >= limits::EVAL_FILES {
                return Err(EvalError::TooMany { what: "files", bound: limits::EVAL_FILES });
            }
            let Some((finger, impression)) = numbers(file) else { continue };
            let fingers = sets.entry(set).or_default();
            if fingers.entry(finger).or_default().insert(impression, file.to_owned()).is_some() {
                return Err(EvalError::Twice { what: format!("{set}/{finger}_{impression}") });
            }
        }
        let sets: Vec<Set> = sets.into_iter().map(|(name, fingers)| Set::new(name, fingers)).collect();
        if sets.is_empty() {
            return Err(EvalError::NoPrints);
        }
        if sets.iter().any(|s| s.impressions().count() > limits::EVAL_IMPRESSIONS) {
            return Err(EvalError::TooMany { what: "impressions in one set", bound: limits::EVAL_IMPRESSIONS });
        }
        Ok(Self { sets })
    }
}

impl Set {
    fn new(name: &str, fingers: BTreeMap<u32, BTreeMap<u32, String>>) -> Self {
        let fingers =
            fingers.into_iter().map(|(number, impressions)| Finger { number, impressions: impressions.into_iter().collect() });
        Self { name: name.to_owned(), fingers: fingers.collect() }
    }

    /// All impressions as `(F, I, file)`, in order.
    pub fn impressions(&self) -> impl Iterator<Item = (u32, u32, &str)> + '_ {
        self.fingers.iter().flat_map(|f| f.impressions.iter().map(|(i, file)| (f.number, *i, file.as_str())))
    }
}

/// `101_3.png` → (101, 3).
fn numbers(file: &str) -> Option<(u32, u32)> {
    let (stem, ending) = file.rsplit_once('.')?;
    if !ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) {
        return None;
    }
    let (finger, impression) = stem.split_once('_')?;
    Some((digits(finger)?, digits(impression)?))
}

/// A number of digits alone: no sign, no blank.
fn digits(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}
