//! Prints as lists of minutiae, and the comparisons that the calibration looks at.

use ektp::finger::matching::{Observation, Prepared, Workspace};
use ektp::finger::template::{Minutia, MinutiaKind};
use std::collections::BTreeMap;
use std::path::Path;

/// Prints of one set: finger → impressions in order.
pub type Set = BTreeMap<u32, Vec<Prepared>>;

/// The prints of all sets by one extractor.
pub struct Kind {
    pub name: String,
    pub sets: Vec<String>,
    pub prints: Vec<Set>,
}

/// One comparison within a set.
pub struct Trial {
    pub kind: usize,
    pub set: usize,
    /// Finger and impression, of both.
    pub who: [(u32, usize); 2],
    pub genuine: bool,
    pub seen: Observation,
}

impl Kind {
    pub fn read(folder: &str) -> Self {
        let path = Path::new(folder);
        let mut sets: Vec<String> = names(path).into_iter().filter(|n| path.join(n).is_dir()).collect();
        sets.sort();
        let prints = sets.iter().map(|set| read_set(&path.join(set))).collect();
        Self { name: path.file_name().unwrap().to_string_lossy().into_owned(), sets, prints }
    }

    /// All genuine pairs and all pairs of different fingers, within each set.
    pub fn trials(&self, kind: usize) -> Vec<Trial> {
        let mut w = Workspace::new();
        let mut trials = Vec::new();
        for (set, prints) in self.prints.iter().enumerate() {
            let all: Vec<((u32, usize), &Prepared)> =
                prints.iter().flat_map(|(f, list)| list.iter().enumerate().map(move |(i, p)| ((*f, i), p))).collect();
            for (n, (a, print)) in all.iter().enumerate() {
                for (b, other) in &all[n + 1..] {
                    let (who, genuine) = ([*a, *b], a.0 == b.0);
                    trials.push(Trial { kind, set, who, genuine, seen: w.observe(print, other) });
                }
            }
        }
        trials
    }

    /// Scores of all pairs of different fingers, across sets too.
    pub fn strangers(&self, score: impl Fn(&Observation) -> f64) -> Vec<f64> {
        let mut w = Workspace::new();
        let fingers: Vec<&Vec<Prepared>> = self.prints.iter().flat_map(|set| set.values()).collect();
        let mut scores = Vec::new();
        for (n, a) in fingers.iter().enumerate() {
            for b in &fingers[n + 1..] {
                scores.extend(a.iter().flat_map(|a| b.iter().map(move |b| (a, b))).map(|(a, b)| score(&w.observe(a, b))));
            }
        }
        scores
    }
}

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

fn read_set(folder: &Path) -> Set {
    let mut files: Vec<(u32, u32, String)> = names(folder)
        .into_iter()
        .filter_map(|n| {
            let (finger, impression) = n.strip_suffix(".csv")?.split_once('_')?;
            Some((finger.parse().ok()?, impression.parse().ok()?, n.clone()))
        })
        .collect();
    files.sort();
    let mut set = Set::new();
    for (finger, _, name) in files {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let minutiae: Vec<Minutia> = text.lines().filter_map(minutia).collect();
        set.entry(finger).or_default().push(Prepared::new(&minutiae, 197, 197));
    }
    set
}

fn minutia(line: &str) -> Option<Minutia> {
    let fields: Vec<f64> = line.split(',').map(|f| f.trim().parse().ok()).collect::<Option<_>>()?;
    let [x, y, degrees, kind, quality] = fields[..] else { return None };
    let kind = MinutiaKind::from_code(kind as u8)?;
    let angle = ((degrees / 360.0 * 256.0).round() as i64).rem_euclid(256) as u8;
    Some(Minutia { x: x.round() as u16, y: y.round() as u16, angle, kind, quality: quality as u8 })
}
