//! `ektp case capture`: fingers, portrait and signature of a folder are looked at, sealed and kept, and the receipt is stamped.

use super::examiner::Eyes;
use super::step::told;
use super::words;
use crate::cli::Answer;
use crate::cli::finger::extractor::ExtractorArgs;
use crate::cli::finger::input::parse_dpi;
use crate::cli::office::OfficeArgs;
use crate::cli::output::{Failure, Output};
use crate::cli::place;
use crate::finger::FingerPosition;
use crate::finger::image::Resolution;
use crate::issuance::case::{
    self,
    capture::{File, Taken},
};
use crate::issuance::store::{Id, Word};
use crate::limits::{IMAGE_BYTES, PACKET_FILES};
use crate::reason::Reason;
use crate::record::PassedOver;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What was taken of whom.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The application
    #[arg(value_name = "APPLICATION", value_parser = words::application)]
    application: Id,
    /// Folder of the pictures: right-thumb.png to left-little.png, portrait.jpg, signature.png; without any finger also hands.jpg,
    /// iris-right.png and iris-left.png
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Why a finger is not there, FINGER=REASON (amputated, bandaged, damaged, low_quality, not_captured); takes a second officer
    #[arg(long, value_name = "FINGER=REASON", value_parser = words::exception)]
    exception: Vec<(FingerPosition, PassedOver)>,
    /// The sensor: maker, model and serial as one word
    #[arg(long, value_name = "WORD", value_parser = device)]
    device: Option<Word>,
    /// Resolution of the sensor in dots per inch, where an image does not state it
    #[arg(long, value_name = "DPI", value_parser = parse_dpi)]
    dpi: Option<Resolution>,
    #[command(flatten)]
    extractor: ExtractorArgs,
    #[command(flatten)]
    desk: OfficeArgs,
}

pub fn device(text: &str) -> Result<Word, String> {
    Word::parse(text).map_err(|e| e.to_string())
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    let taken = Taken { files: files(&args.folder)?, exceptions: args.exception.clone(), device: args.device.clone() };
    let eyes = Eyes::open(&args.extractor, args.dpi)?;
    let mut sitting = args.desk.sit(&[words::Operator, words::Supervisor])?;
    let job = sitting.job.clone();
    let (mut desk, by) = sitting.desk();
    let case = case::capture(&mut desk, &job, &args.application, (&taken, &eyes), by)?;
    let code = case::receipt::stamped(desk.key, &case);
    told(&mut desk, &args.application, out, [("receipt", case.dossier.receipt.into()), ("code", code.into())])
}

/// The files of a folder, by name; one that can be nothing of a capture is refused when it is checked.
pub fn files(folder: &Path) -> Result<Vec<File>, Failure> {
    let unreadable = |e: std::io::Error| Failure::new(Reason::FileUnreadable, format!("{}: {}", folder.display(), e.kind()));
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(unreadable)?
        .take(PACKET_FILES)
        .map(|entry| Ok(entry.map_err(unreadable)?.path()))
        .collect::<Result<_, Failure>>()?;
    paths.sort();
    paths.iter().map(|path| file(path)).collect()
}

fn file(path: &Path) -> Result<File, Failure> {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
    let unnamed = || Failure::new(Reason::InputInvalid, format!("{}: nothing of a capture has this name", path.display()));
    let bound = u64::try_from(IMAGE_BYTES).unwrap_or(u64::MAX);
    Ok((name.ok_or_else(unnamed)?, Zeroizing::new(place::read(path, bound)?)))
}
