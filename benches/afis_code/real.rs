//! How well codes tell fingers apart: genuine and impostor distances of sets of prints.

use ektp::afis::code::Code;
use ektp::afis::packed::Packed;
use ektp::finger::matching::{Prepared, Workspace};
use ektp::finger::template::{Minutia, MinutiaKind};
use std::collections::BTreeMap;
use std::path::Path;

/// Sets of fingers of captures.
pub type Sets<T> = [Vec<Vec<T>>];

/// A print as it was found, and as the gallery keeps it.
pub struct Print {
    whole: Prepared,
    packed: Option<Packed>,
}

/// The codes of prints; those with too few minutiae are left out.
pub fn codes(sets: &Sets<Print>, code: impl Fn(&Packed) -> Code) -> Vec<Vec<Vec<Code>>> {
    let finger = |prints: &Vec<Print>| prints.iter().filter_map(|p| p.packed.as_ref().map(&code)).collect();
    sets.iter().map(|set| set.iter().map(finger).collect()).collect()
}

/// The prints of a folder `SET/F_I.csv` of minutiae.
pub fn read(folder: &str) -> Vec<Vec<Vec<Print>>> {
    let names = |path: &Path| -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(path).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let path = Path::new(folder);
    let sets = names(path).into_iter().filter(|n| path.join(n).is_dir());
    let set = |name: String| {
        let mut fingers: BTreeMap<String, Vec<Print>> = BTreeMap::new();
        for file in names(&path.join(&name)) {
            let Some((finger, _)) = file.strip_suffix(".csv").and_then(|f| f.split_once('_')) else { continue };
            let text = std::fs::read_to_string(path.join(&name).join(&file)).unwrap();
            let minutiae: Vec<Minutia> = text.lines().filter_map(minutia).collect();
            let (whole, packed) = (Prepared::new(&minutiae, 197, 197), Packed::from_minutiae(&minutiae, 197, 197));
            fingers.entry(finger.to_owned()).or_default().push(Print { whole, packed });
        }
        fingers.into_values().collect()
    };
    sets.map(set).collect()
}

fn minutia(line: &str) -> Option<Minutia> {
    let fields: Vec<f64> = line.split(',').map(|f| f.trim().parse().ok()).collect::<Option<_>>()?;
    let [x, y, degrees, kind, quality] = fields[..] else { return None };
    let angle = ((degrees / 360.0 * 256.0).round() as i64).rem_euclid(256) as u8;
    Some(Minutia {
        x: x.round() as u16,
        y: y.round() as u16,
        angle,
        kind: MinutiaKind::from_code(kind as u8)?,
        quality: quality as u8,
    })
}

/// Prints means, spread, d' and misses at two rates.
pub fn report(name: &str, sets: &Sets<Code>) {
    let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
    for set in sets {
        let all: Vec<(usize, &Code)> = set.iter().enumerate().flat_map(|(f, codes)| codes.iter().map(move |c| (f, c))).collect();
        for (n, (f, a)) in all.iter().enumerate() {
            for (g, b) in &all[n + 1..] {
                if f == g { genuine.push(a.distance(b)) } else { impostor.push(a.distance(b)) }
            }
        }
    }
    let mean = |v: &[u32]| v.iter().map(|d| f64::from(*d)).sum::<f64>() / v.len() as f64;
    let (g, i) = (mean(&genuine), mean(&impostor));
    let spread = |v: &[u32], m: f64| (v.iter().map(|d| (f64::from(*d) - m).powi(2)).sum::<f64>() / v.len() as f64).sqrt();
    let (sg, si) = (spread(&genuine, g), spread(&impostor, i));
    impostor.sort_unstable();
    let missed = |rate: f64| {
        let bound = impostor[(impostor.len() as f64 * rate) as usize];
        genuine.iter().filter(|d| **d > bound).count() as f64 / genuine.len() as f64 * 100.0
    };
    let prime = (i - g) / ((sg * sg + si * si) / 2.0).sqrt();
    println!(
        "{name}: genuine {g:.1} ± {sg:.1}, impostor {i:.1} ± {si:.1} of 384 bits, d' {prime:.2}; missed at 10 %: {:.1} %, at 1 %: {:.1} %",
        missed(0.1),
        missed(0.01)
    );
}

/// What the exact matcher loses where one print is as the gallery keeps it: misses at two rates, of all pairs of each set.
pub fn packed(name: &str, sets: &Sets<Print>) {
    let mut workspace = Workspace::new();
    let (mut genuine, mut impostor) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for set in sets {
        let all: Vec<(usize, &Print)> =
            set.iter().enumerate().flat_map(|(f, prints)| prints.iter().map(move |p| (f, p))).collect();
        for (n, (f, a)) in all.iter().enumerate() {
            let kept = a.packed.as_ref().map_or_else(|| a.whole.clone(), Packed::prepared);
            for (g, b) in &all[n + 1..] {
                let scores = [workspace.score(&a.whole, &b.whole), workspace.score(&kept, &b.whole)];
                let lists = if f == g { &mut genuine } else { &mut impostor };
                lists.iter_mut().zip(scores).for_each(|(list, score)| list.push(score.centinats()));
            }
        }
    }
    for (what, n) in [("whole", 0), ("kept", 1)] {
        impostor[n].sort_unstable();
        let missed = |rate: f64| {
            let bound = impostor[n][impostor[n].len() - 1 - (impostor[n].len() as f64 * rate) as usize];
            genuine[n].iter().filter(|s| **s <= bound).count() as f64 / genuine[n].len() as f64 * 100.0
        };
        println!("  {name}, matcher, {what}: missed at FMR 1 %: {:.2} %, at 0.1 %: {:.2} %", missed(0.01), missed(0.001));
    }
}
