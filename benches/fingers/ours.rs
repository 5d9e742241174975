//! Our own back ends, under the names that the shares ask for.

use crate::contender::{Contender, cpu, match_all};
use crate::folds;
use crate::prints::{Grey, Prints};
use ektp::finger::FingerImage;
use ektp::finger::eval::engine::prepare;
use ektp::finger::extract::Extractor;
use ektp::finger::extract::classical::Classical;
use ektp::finger::extract::leader::Leader;
use ektp::finger::matching::{Prepared, Workspace};

/// Rounds over all pairs in which matches are timed: one is over in an instant.
const ROUNDS: usize = 10;

/// Every back end of ours that is at hand.
pub fn contenders(prints: &Prints, leader: Option<&Leader>) -> Vec<Contender> {
    let mut all = contender(prints, ["ours, classical", "ours, classical, cross-validated"], &Classical);
    if let Some(leader) = leader {
        all.extend(contender(prints, ["ours, LEADER", "ours, LEADER, cross-validated"], leader));
    }
    all
}

/// A back end as it ships, and with the score's weights from the other half of the sets.
fn contender(prints: &Prints, names: [&'static str; 2], extractor: &dyn Extractor) -> Vec<Contender> {
    let mut extraction = Vec::new();
    let mut templates: Vec<Vec<Option<Prepared>>> = Vec::new();
    for set in &prints.greys {
        let mut found = Vec::new();
        for image in set.iter().map(image) {
            let start = cpu();
            found.push(prepare(extractor, &image).ok());
            extraction.push((cpu() - start).as_secs_f64() * 1e3);
        }
        templates.push(found);
    }
    let mut workspace = Workspace::new();
    let mut score = |a: &Prepared, b: &Prepared| f64::from(workspace.score(a, b).centinats()) / 100.0;
    let (tables, _) = match_all(prints, &templates, &mut score);
    let rates: Vec<f64> = (0..ROUNDS).map(|_| match_all(prints, &templates, &mut score).1).collect();
    let rate = crate::report::median(rates);
    let [name, crossed] = names;
    let crossed = folds::tables(prints, &templates).map(|tables| Contender {
        name: crossed,
        tables,
        extraction: Vec::new(),
        preparation: None,
        rate: None,
    });
    let shipped = Contender { name, tables, extraction, preparation: None, rate: Some(rate) };
    std::iter::once(shipped).chain(crossed).collect()
}

/// The picture that our extractors take.
pub fn image(grey: &Grey) -> FingerImage {
    let side = |n: u32| u16::try_from(n).unwrap();
    FingerImage::new(side(grey.width), side(grey.height), grey.pixels.clone()).unwrap()
}
