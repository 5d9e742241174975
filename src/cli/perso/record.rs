//! A record straight to the chip: its image is built, sealed and approved on the way, with sample keys alone.

use super::run::RunArgs;
use crate::cli::output::{Failure, Output};
use crate::cli::{card, secret_input};
use crate::durable;
use crate::lds::image::{Manifest, manifest::hex, store};
use crate::pki::sample::PASSPHRASE;
use crate::pki::trust::{Kind, directory};
use crate::reason::Reason;
use std::path::{Path, PathBuf};

/// The image's folder: what was given, or for a record (`.json`) the image of this job, made now or before.
pub(super) fn image_of(args: &RunArgs, out: &mut Output) -> Result<PathBuf, Failure> {
    if args.image.extension().is_none_or(|e| !e.eq_ignore_ascii_case("json")) {
        return Ok(args.image.clone());
    }
    let usage = |text: &str| Failure::new(Reason::Usage, text);
    let job = args.job_id.as_deref().ok_or_else(|| usage("a record needs --job-id: the same id never makes two cards"))?;
    let job = crate::cli::job::parse_id(job).map_err(|e| usage(&e))?;
    if directory::load(&args.station.kit.join("trust"))?.kind() != Kind::Sample {
        let why = "a bare record is personalized with sample keys alone; build and approve an image with `ektp card`";
        return Err(Failure::new(Reason::NotPermitted, why));
    }
    let folder = args.station.store.with_extension("images").join(&job);
    if folder.join(store::MANIFEST).exists() && folder.join("authorization.json").exists() {
        return same(args, &folder).map(|()| folder);
    }
    let parent = args.station.store.with_extension("images");
    durable::private_folder(&parent)
        .map_err(|e| Failure::new(Reason::of_io(e.kind()), format!("{}: {}", parent.display(), e.kind())))?;
    let numbers = args.station.store.with_extension("numbers");
    card::build_sample(&args.image, &args.profile, &args.station.kit, &folder, &job, &numbers, out)?;
    let passphrase = match &args.station.passphrase {
        Some(source) => secret_input::read(source, "passphrase")?,
        None => crate::secret::Secret::new(PASSPHRASE.to_owned()),
    };
    card::approve_sample(&folder, &args.station.kit, &passphrase, &job, &args.station.bench.signer_name)?;
    Ok(folder)
}

/// The earlier image must be of this very record and profile.
fn same(args: &RunArgs, folder: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(folder.join(store::MANIFEST))
        .map_err(|e| Failure::new(Reason::FileUnreadable, format!("{}: {}", folder.display(), e.kind())))?;
    let manifest = Manifest::parse(&bytes)?;
    let record = card::record_at(&args.image)?;
    if manifest.record_digest == hex(&record.digest()) && manifest.profile == args.profile {
        Ok(())
    } else {
        Err(Failure::new(Reason::JobConflict, "this job was begun with another record or profile"))
    }
}
