//! `ektp pki sample-roots` and `ektp pki sample-kit`: keys for demonstrations, marked.

use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::durable::{self, Readers};
use crate::pki::sample::{Kit, PASSPHRASE, Roots};
use crate::reason::{Lang, Reason};
use crate::secret::Secret;
use crate::world::{Clock, SystemClock, system_entropy};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Where the roots go.
#[derive(Debug, clap::Args)]
pub(super) struct RootsArgs {
    /// Folder, `keys-sample` in a checkout
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Replace roots that are there
    #[arg(long)]
    force: bool,
}

pub(super) fn roots(args: &RootsArgs, out: &mut Output) -> Answer {
    if args.dir.join("csca.key.pem").exists() && !args.force {
        let message = format!("{} holds roots already; --force replaces them", args.dir.display());
        return Err(Failure::new(Reason::OutputExists, message));
    }
    let mut rng = system_entropy();
    make_dir(&args.dir)?;
    let files = Roots::make(SystemClock.now(), &mut rng)?.files(&Secret::new(PASSPHRASE.to_owned()), &mut rng)?;
    let mut names = Vec::new();
    for (name, bytes) in files {
        let path = args.dir.join(name);
        let readers = if name.ends_with(".key.pem") { Readers::Owner } else { Readers::Anyone };
        durable::replace(&path, &bytes, readers).map_err(|e| unwritable(&path, &e))?;
        out.line(path.display().to_string());
        names.push(name);
    }
    out.note(out.lang().pick(
        "SAMPLE keys: their passphrase is `sample` and everyone has them; build again, since the roots are compiled in",
        "kunci CONTOH: kata sandinya `sample` dan semua orang memilikinya; bangun ulang, sebab akar tertanam dalam program",
    ));
    Ok(Outcome::yes(json!({"dir": args.dir.display().to_string(), "files": names})))
}

/// Where the kit goes.
#[derive(Debug, clap::Args)]
pub(super) struct KitArgs {
    /// New folder
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

pub(super) fn kit(args: &KitArgs, out: &mut Output) -> Answer {
    let mut rng = system_entropy();
    let kit = Kit::mint(&SystemClock, &mut rng)?;
    let is_new = !args.dir.exists();
    let saved = make_dir(&args.dir).and_then(|()| Ok(kit.save(&args.dir, &mut rng)?));
    if let Err(failure) = saved {
        // Half a kit is none, and would keep the whole one from its place.
        if is_new {
            let _ = std::fs::remove_dir_all(&args.dir);
        }
        return Err(failure);
    }
    let dir = args.dir.display();
    out.line(match out.lang() {
        Lang::En => format!("{dir}: sample keys of every role, passphrase `{PASSPHRASE}`, trust store in trust/"),
        Lang::Id => format!("{dir}: kunci contoh untuk setiap peran, kata sandi `{PASSPHRASE}`, gudang kepercayaan di trust/"),
    });
    Ok(Outcome::yes(
        json!({"dir": args.dir.display().to_string(), "passphrase": PASSPHRASE, "trust": args.dir.join("trust").display().to_string()}),
    ))
}

fn make_dir(dir: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(dir).map_err(|e| unwritable(dir, &e))
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(Reason::of_io(error.kind()), format!("cannot write {}: {}", path.display(), error.kind()))
}
