//! `ektp card inspect`: any card directory or image, explained; nothing is verified.

use super::super::output::{Failure, Outcome, Output};
use super::super::place::create_private;
use super::super::secret_input;
use super::input::read;
use super::words::in_indonesian;
use crate::lds::image::{CardImage, SealedContent, manifest, store};
use crate::lds::inspect::{self, Node};
use crate::lds::profile::Password;
use crate::limits;
use crate::pki::{keystore, seal};
use crate::reason::{Lang, Reason};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Options of `card inspect`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder with the files of a card, one such file, or a card image
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Write portrait and signature as PNG into this folder
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// The key that opens a card image (encrypted PKCS#8 PEM)
    #[arg(long, value_name = "FILE", requires = "passphrase")]
    key: Option<PathBuf>,
    /// The key's passphrase: - (standard input), prompt or file:PATH
    #[arg(long, value_name = "SOURCE")]
    passphrase: Option<String>,
    /// Write the image's card access number into this new private file: for the face printer, or the desk
    #[arg(long, value_name = "FILE", requires = "key")]
    can_to: Option<PathBuf>,
}

/// Runs the verb. Files that cannot be read as they should be are marked, and the answer is still yes: it is an explanation.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let mut trees = Vec::new();
    let named = if args.path.join(store::MANIFEST).is_file() {
        let image = CardImage::read(&args.path)?;
        trees.push(explain_image(&image));
        let passphrase = args.passphrase.as_deref().unwrap_or("prompt");
        args.key.as_ref().map(|key| opened(&image, key, passphrase, args.can_to.as_deref())).transpose()?
    } else {
        Some(files_at(&args.path)?)
    };
    let mut pictures = Vec::new();
    if let Some(named) = named {
        let files = inspect::gather(&named)?;
        trees.push(inspect::explain(&files));
        if let Some(folder) = &args.pictures {
            pictures = write_pictures(folder, &inspect::pictures(&files))?;
        }
    }
    let lang = out.lang();
    for tree in &trees {
        let text = if lang == Lang::Id { in_indonesian(tree).text() } else { tree.text() };
        out.line(text.trim_end());
    }
    pictures.iter().for_each(|p| out.line(format!("{}: {}", lang.pick("picture", "gambar"), p.display())));
    let faults = trees.iter().any(Node::has_fault);
    Ok(Outcome::yes(json!({"explanation": trees, "faults": faults, "pictures": pictures})))
}

fn explain_image(image: &CardImage) -> Node {
    let m = &image.manifest;
    let leaf = |label: &str, value: String| Node::leaf(label, value);
    let mut nodes = vec![
        leaf("job", m.job_id.clone()),
        leaf("profile", m.profile.clone()),
        leaf("manifest digest", manifest::hex(&image.manifest_digest())),
        leaf("record digest", m.record_digest.clone()),
        leaf("sealed", format!("{} bytes", image.sealed.len())),
    ];
    nodes.extend(m.parameters.passwords.iter().map(|p| leaf(&format!("password {}", p.password.name()), p.place.clone())));
    let files = m.files.iter().map(|f| leaf(f.name.name(), format!("{} bytes, SHA-256 {}", f.size, f.sha256)));
    nodes.push(Node::branch("files", files.collect()));
    Node::branch("card image", nodes)
}

/// The sealed files, opened and equal to the manifest.
fn opened(image: &CardImage, key: &Path, passphrase: &str, can_to: Option<&Path>) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let has_can = image.manifest.parameters.passwords.iter().any(|p| p.password == Password::Can);
    if can_to.is_some() && !has_can {
        return Err(Failure::new(
            Reason::PasswordNotPrinted,
            "this card's face shows no card access number, and its chip has none",
        ));
    }
    let passphrase = secret_input::read(passphrase, "passphrase of the key")?;
    let key = keystore::open(key, &passphrase).map_err(|e| Failure::at(key, &e))?;
    let content = SealedContent::parse(&seal::open(&image.sealed, &key)?)?;
    image.manifest.check(&content)?;
    if let Some(path) = can_to {
        create_private(path, content.can.expose().as_bytes())?;
    }
    Ok(content.files.iter().map(|(file, bytes)| (file.name().to_owned(), bytes.to_vec())).collect())
}

/// The files of a folder, by name, or one file.
fn files_at(path: &Path) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::new(Reason::FileUnreadable, format!("{}: {}", path.display(), error.kind()));
    let name = |p: &Path| p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if path.is_file() {
        return Ok(vec![(name(path), read(path, limits::FILE_BYTES)?)]);
    }
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?.path();
        // What cannot be a file of a chip is not read at all.
        let small = std::fs::metadata(&entry).is_ok_and(|m| m.is_file() && m.len() <= limits::FILE_BYTES as u64);
        if small {
            paths.push(entry);
        }
    }
    paths.sort();
    paths.iter().map(|p| Ok((name(p), read(p, limits::FILE_BYTES)?))).collect()
}

/// Writes new PNG files; an existing one is left as it is and refused.
fn write_pictures(folder: &Path, pictures: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, Failure> {
    let unwritable = |e: std::io::Error| Failure::new(Reason::of_io(e.kind()), format!("{}: {}", folder.display(), e.kind()));
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let mut written = Vec::new();
    for (name, bytes) in pictures {
        let path = folder.join(format!("{name}.png"));
        create_private(&path, &inspect::png(bytes)?)?;
        written.push(path);
    }
    Ok(written)
}
