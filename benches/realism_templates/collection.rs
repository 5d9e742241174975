//! What is compared: sets of fingers in captures, real or synthetic, as minutiae at 500 dpi.

use crate::prints::{Grey, Prints};
use ektp::finger::eval::Dataset;
use ektp::finger::extract::{Classical, Extractor};
use ektp::finger::synth::templates::{Finger, Population};
use ektp::finger::template::Minutia;
use ektp::finger::{FingerImage, FingerPosition};

/// The fingers whose captures make a set, from one person after the other: those of the development sets are index and middle fingers.
const FINGERS: [FingerPosition; 4] =
    [FingerPosition::RightIndex, FingerPosition::RightMiddle, FingerPosition::LeftIndex, FingerPosition::LeftMiddle];
/// Fingers of a set, captures of a finger.
const TEN: usize = 10;
const EIGHT: u32 = 8;

/// Sets of captures, in the order of the sets' impressions.
pub struct Collection {
    pub data: Dataset,
    /// Minutiae, best first; none where the extractor found no print.
    pub sets: Vec<Vec<Vec<Minutia>>>,
}

impl Collection {
    /// What the classical extractor finds in the prints.
    pub fn real(prints: &Prints) -> Self {
        let minutiae = |grey: &Grey| Classical.extract(&image(grey)).map_or_else(|_| Vec::new(), |found| found.minutiae);
        Self { data: prints.data.clone(), sets: prints.greys.iter().map(|set| set.iter().map(minutiae).collect()).collect() }
    }

    /// So many sets of a population, laid out as the real ones.
    pub fn synthetic(seed: u64, sets: usize) -> Self {
        let population = Population::new(seed);
        let (mut names, mut all) = (Vec::new(), Vec::new());
        let mut persons = (0..).map(|number| population.person(number));
        for set in 0..sets {
            let fingers = persons.by_ref().flat_map(|person| FINGERS.map(|position| Finger::of(person, position)));
            let fingers: Vec<Finger> = fingers.take(TEN).collect();
            let numbered = |count: usize| (1..=count).flat_map(|f| (1..=EIGHT).map(move |i| format!("{f}_{i}.png")));
            names.extend(numbered(fingers.len()).map(|file| (format!("synthetic-{seed}-{set}"), file)));
            let captures = fingers.iter().flat_map(|f| (0..EIGHT).map(|i| f.capture(i).views.remove(0).minutiae));
            all.push(captures.collect());
        }
        let data = Dataset::of_files(names.iter().map(|(set, file)| (set.as_str(), file.as_str()))).unwrap();
        Self { data, sets: all }
    }

    /// Captures.
    pub fn count(&self) -> usize {
        self.sets.iter().map(Vec::len).sum()
    }

    /// Minutiae of a capture, on average.
    pub fn mean_count(&self) -> f64 {
        let minutiae: usize = self.sets.iter().flatten().map(Vec::len).sum();
        f64::from(u32::try_from(minutiae).unwrap()) / f64::from(u32::try_from(self.count()).unwrap())
    }
}

fn image(grey: &Grey) -> FingerImage {
    let side = |n: u32| u16::try_from(n).unwrap();
    FingerImage::new(side(grey.width), side(grey.height), grey.pixels.clone()).unwrap()
}
