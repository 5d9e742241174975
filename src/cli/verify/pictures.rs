//! `--portrait` and `--signature`: the holder's pictures, and never an earlier holder's.

use crate::cli::output::{Failure, Output};
use crate::durable::{Pending, Readers};
use crate::lds::file_id::FileId;
use crate::lds::inspect;
use crate::reason::{Reason, Refusal as _};
use crate::verify::{Evidence, Verdict};
use std::io;
use std::path::{Path, PathBuf};

/// Where pictures go.
#[derive(Debug, clap::Args)]
pub struct PictureArgs {
    /// Write the portrait here, as PNG; only if the authority's signature over it was found good
    #[arg(long, value_name = "FILE")]
    portrait: Option<PathBuf>,
    /// Write the signature here, as PNG; under the same condition
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

/// A place that was found good before anything was read or spent, and holds no picture now.
struct Place<'a> {
    path: &'a Path,
    file: FileId,
    name: &'static str,
    new: Pending,
}

/// The places of one judgement.
pub(super) struct Places<'a>(Vec<Place<'a>>);

impl PictureArgs {
    /// Makes the places ready. A picture of an earlier holder is taken away first: whatever comes, it is not this holder's.
    ///
    /// # Errors
    /// `file-unreadable`, `disk-full`.
    pub(super) fn open(&self) -> Result<Places<'_>, Failure> {
        let asked = [(&self.portrait, FileId::Dg2, "portrait"), (&self.signature, FileId::Dg7, "signature")];
        let places = asked.into_iter().filter_map(|(path, file, name)| Some((path.as_deref()?, file, name)));
        let open = |(path, file, name)| {
            let unusable = |e: io::Error| Failure::new(Reason::of_io(e.kind()), format!("{}: {}", Path::display(path), e.kind()));
            let new = Pending::beside(path, Readers::Owner).map_err(unusable)?;
            match std::fs::remove_file(path) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(unusable(e)),
                _ => {}
            }
            Ok(Place { path, file, name, new })
        };
        places.map(open).collect::<Result<_, Failure>>().map(Places)
    }
}

impl Places<'_> {
    /// Writes what may be shown, and says which files were written. Nothing is decoded whose hash a trusted signer did not sign; a
    /// picture that cannot be shown or written is told, and takes nothing from the verdict.
    pub(super) fn fill(self, evidence: &Evidence, verdict: &Verdict, out: &mut Output) -> Vec<String> {
        let mut written = Vec::new();
        for place in self.0 {
            let shown = place.path.display().to_string();
            if !verdict.hashed.contains(&place.file) {
                let text =
                    out.lang().pick("not written: no trusted signature covers it", "tidak ditulis: tanpa tanda tangan tepercaya");
                out.note(format!("{shown} {text}"));
                continue;
            }
            match picture(evidence, place.file, place.name)
                .and_then(|png| place.new.replace(&png).map_err(|e| e.kind().to_string()))
            {
                Ok(()) => written.push(shown),
                Err(why) => out.note(format!("{shown} {}: {why}", out.lang().pick("not written", "tidak ditulis"))),
            }
        }
        written
    }
}

fn picture(evidence: &Evidence, file: FileId, name: &str) -> Result<Vec<u8>, String> {
    let files = evidence.file(file).map(|bytes| (file, bytes.to_vec())).into_iter().collect();
    let picture = inspect::pictures(&files).into_iter().find(|(n, _)| n == name);
    let (_, picture) = picture.ok_or_else(|| format!("{file} holds no picture that can be shown"))?;
    inspect::png(&picture).map_err(|e| e.reason().code().to_owned())
}
