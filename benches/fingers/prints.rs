//! The development sets: their prints as pixels, and which of them are compared.

use ektp::finger::eval::{Dataset, Set};
use std::path::Path;

/// Grey values of one print at 500 dpi.
pub struct Grey {
    pub width: u32,
    pub height: u32,
    pub pixels: Vec<u8>,
}

/// Every set with its prints, in the order of [`Set::impressions`].
pub struct Prints {
    pub folder: String,
    pub data: Dataset,
    pub greys: Vec<Vec<Grey>>,
}

/// A half of the sets, for tuning on the one and testing on the other.
pub const HALVES: [[&str; 2]; 2] = [["fvc2002-db1", "fvc2004-db4"], ["fvc2002-db4", "fvc2004-db2"]];

impl Prints {
    /// The prints of a folder `SET/F_I.png`, if it is there.
    pub fn read(folder: &str) -> Option<Self> {
        let sets = names(Path::new(folder))?;
        let files: Vec<(String, String)> = sets
            .into_iter()
            .flat_map(|set| names(&Path::new(folder).join(&set)).unwrap_or_default().into_iter().map(move |f| (set.clone(), f)))
            .collect();
        let data = Dataset::of_files(files.iter().map(|(s, f)| (s.as_str(), f.as_str()))).ok()?;
        let greys = data.sets.iter().map(|s| s.impressions().map(|(_, _, file)| grey(folder, s, file)).collect()).collect();
        Some(Self { folder: folder.to_owned(), data, greys })
    }

    /// All prints.
    pub fn all(&self) -> impl Iterator<Item = &Grey> {
        self.greys.iter().flatten()
    }

    /// The sets of these names.
    pub fn places(&self, wanted: impl Fn(&str) -> bool) -> Vec<usize> {
        self.data.sets.iter().enumerate().filter(|(_, s)| wanted(&s.name)).map(|(place, _)| place).collect()
    }
}

fn names(folder: &Path) -> Option<Vec<String>> {
    let entries = std::fs::read_dir(folder).ok()?;
    Some(entries.flatten().filter_map(|e| e.file_name().into_string().ok()).collect())
}

fn grey(folder: &str, set: &Set, file: &str) -> Grey {
    let picture = image::open(Path::new(folder).join(&set.name).join(file)).unwrap().to_luma8();
    Grey { width: picture.width(), height: picture.height(), pixels: picture.into_raw() }
}
