//! Scores of our own extractor and matcher: every picture of a folder on all processors, then every pair.

use crate::cli::finger::dpi::DpiArgs;
use crate::cli::finger::input::load;
use crate::cli::finger::parallel;
use crate::cli::output::{Failure, Output};
use crate::finger::eval::{Dataset, Table, engine};
use crate::finger::extract::Extractor;
use crate::finger::image::{self, FingerImage, ScanError};
use crate::finger::matching::Prepared;
use std::path::{Path, PathBuf};

/// What our own back end made of a folder.
pub struct Own {
    /// The scores of each set.
    pub tables: Vec<Table>,
    /// Pictures that gave no template; their comparisons count as errors.
    pub without_template: usize,
    /// Pictures that state another resolution than the operator, whose word counted.
    pub overruled: usize,
}

/// Extracts and compares a folder's prints. `dpi` is what the operator says of the scanner.
pub fn score(folder: &Path, data: &Dataset, extractor: &dyn Extractor, dpi: &DpiArgs, out: &mut Output) -> Result<Own, Failure> {
    let files = files(folder, data);
    let step = |done| out.progress("extract", done, files.len() as u64);
    let read = parallel::each(&files, |file| one(file, extractor, dpi), step)?;
    let overruled = read.iter().filter(|(_, overruled)| *overruled).count();
    let mut prints = read.into_iter().map(|(print, _)| print);
    let (mut tables, mut without_template, mut done) = (Vec::new(), 0, 0);
    for set in &data.sets {
        let own: Vec<Option<Prepared>> = prints.by_ref().take(set.impressions().count()).collect();
        without_template += own.iter().filter(|p| p.is_none()).count();
        let step = || {
            done += 1;
            out.progress("match", done, files.len() as u64);
        };
        tables.push(engine::table(set, &own, step));
    }
    Ok(Own { tables, without_template, overruled })
}

/// The files of all sets, in their order; the prints of the folder itself are a set of its name.
fn files(folder: &Path, data: &Dataset) -> Vec<PathBuf> {
    let all = data.sets.iter().flat_map(|set| set.impressions().map(move |(_, _, file)| (set, file)));
    all.map(|(set, file)| {
        let below = folder.join(&set.name).join(file);
        if below.exists() { below } else { folder.join(file) }
    })
    .collect()
}

/// The print in a file, `None` if the picture shows no finger, or too little of one; and whether its own resolution did not count.
fn one(file: &Path, extractor: &dyn Extractor, dpi: &DpiArgs) -> Result<(Option<Prepared>, bool), Failure> {
    let (picture, overruled) = picture(&load(file)?, dpi).map_err(|error| Failure::at(file, &error))?;
    Ok((engine::prepare(extractor, &picture).ok(), overruled))
}

fn picture(bytes: &[u8], dpi: &DpiArgs) -> Result<(FingerImage, bool), ScanError> {
    let found = image::find(bytes, dpi.asked(None))?;
    Ok((found.scan.at_500(dpi.given())?, found.overruled.is_some()))
}
