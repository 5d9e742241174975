//! NBIS in Rust: `fprint-mindtct` finds minutiae, `fprint-bozorth3` compares them.

use crate::contender::{Contender, cpu, match_all};
use crate::prints::{Grey, Prints};
use fprint_bozorth3::Minutia;
use fprint_mindtct::GrayImage;

pub fn contender(prints: &Prints) -> Contender {
    let mut extraction = Vec::new();
    let mut templates = Vec::new();
    for set in &prints.greys {
        let mut found = Vec::new();
        for grey in set {
            let start = cpu();
            found.push(Some(extract(grey)));
            extraction.push((cpu() - start).as_secs_f64() * 1e3);
        }
        templates.push(found);
    }
    let (tables, rate) = match_all(prints, &templates, |a, b| f64::from(compare(a, b)));
    Contender { name: "fprint-mindtct + fprint-bozorth3", tables, extraction, preparation: None, rate: Some(rate) }
}

/// The score of a pair that overflows the matcher's tables: NBIS says 4000 then, the port indexes past their end and panics.
const OVERFLOW: u32 = 4_000;

/// The matcher's score.
fn compare(a: &[Minutia], b: &[Minutia]) -> u32 {
    std::panic::catch_unwind(|| fprint_bozorth3::match_score(a, b)).unwrap_or(OVERFLOW)
}

/// Minutiae by quality, as the matcher keeps the first 150.
fn extract(grey: &Grey) -> Vec<Minutia> {
    let (width, height) = (usize::try_from(grey.width).unwrap(), usize::try_from(grey.height).unwrap());
    let image = GrayImage::new(&grey.pixels, width, height, 500).unwrap();
    let mut found = fprint_mindtct::detect_minutiae(image);
    found.sort_by_key(|m| -m.quality);
    found.iter().map(|m| Minutia::from_xyt(m.x, m.y, m.theta)).collect()
}
