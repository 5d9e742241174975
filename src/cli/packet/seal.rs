//! `ektp packet seal`: the files of a capture, sealed to the centre and signed by the officer who made it.

use super::refused;
use crate::cli::Answer;
use crate::cli::case::capture::{device, files as folder_files};
use crate::cli::case::examiner::Eyes;
use crate::cli::case::words;
use crate::cli::finger::input::parse_dpi;
use crate::cli::output::{Failure, Outcome, Output};
use crate::cli::pki::files::KeyFile;
use crate::cli::place::{create_private, must_be_free, read};
use crate::cli::recipient;
use crate::crypto::hash::sha256;
use crate::finger::FingerPosition;
use crate::finger::image::Resolution;
use crate::issuance::Office;
use crate::issuance::case::capture::{Taken, packed};
use crate::issuance::packet::{self, ApplicationId, Capture, FileName};
use crate::issuance::store::{Id, Word};
use crate::limits::PACKET_BYTES;
use crate::reason::Reason;
use crate::record::PassedOver;
use crate::verify::hex;
use crate::world::system_entropy;
use jiff::Timestamp;
use serde_json::json;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Whose capture, from where, for whom.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A folder as `ektp case capture` takes it, which is looked at in the same way; or files, whose names are kept, in small letters,
    /// digits, dots, dashes and underlines
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The application's id: letters, digits and dashes
    #[arg(long, value_name = "ID")]
    application: ApplicationId,
    /// The office of the capture: a sub-district's code (31.71.01) or a regency's (31.71)
    #[arg(long, value_name = "OFFICE")]
    office: Office,
    #[command(flatten)]
    officer: KeyFile,
    /// Certificate of the centre, which may open the packet (PEM or DER)
    #[arg(long, value_name = "CERT")]
    recipient: PathBuf,
    /// Trust store whose operations root must have signed it; without one, only a sample is accepted
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// Of a folder, why a finger is not there, FINGER=REASON (amputated, bandaged, damaged, low_quality, not_captured)
    #[arg(long, value_name = "FINGER=REASON", value_parser = words::exception)]
    exception: Vec<(FingerPosition, PassedOver)>,
    /// Of a folder, the sensor: maker, model and serial as one word
    #[arg(long, value_name = "WORD", value_parser = device)]
    device: Option<Word>,
    /// Of a folder, the resolution of the sensor in dots per inch, where an image does not state it
    #[arg(long, value_name = "DPI", value_parser = parse_dpi)]
    dpi: Option<Resolution>,
    /// Packet to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    must_be_free(&args.out)?;
    let recipient = recipient::check(&args.recipient, args.trust.as_deref())?;
    let capture = capture(args)?;
    let count = capture.files().count();
    let key = args.officer.open()?;
    let sealed = packet::seal(&capture, (&key, args.office), &recipient, Timestamp::now(), &mut system_entropy());
    let sealed = sealed.map_err(|e| refused(&args.out, &e))?;
    create_private(&args.out, &sealed)?;
    let text = out.lang().pick("files sealed and signed", "berkas disegel dan ditandatangani");
    out.line(format!("{}  {} @ {}: {count} {text}", args.out.display(), args.application, args.office));
    Ok(Outcome::yes(json!({
        "packet": args.out.display().to_string(), "application": args.application, "office": args.office, "files": count,
        "bytes": sealed.len(), "sha256": hex::encode(&sha256(&sealed))
    })))
}

/// The capture of a folder, as the centre takes it; or the files that are named, as they are.
fn capture(args: &Args) -> Result<Capture, Failure> {
    if let [folder] = args.files.as_slice()
        && folder.is_dir()
    {
        let taken = Taken { files: folder_files(folder)?, exceptions: args.exception.clone(), device: args.device.clone() };
        let eyes = Eyes::classical(args.dpi);
        return Ok(packed(&Id::parse(&args.application.to_string())?, &taken, &eyes)?);
    }
    if !args.exception.is_empty() || args.device.is_some() {
        return Err(Failure::new(Reason::Usage, "--exception and --device are of a folder's capture"));
    }
    let files = args.files.iter().map(|path| file(path)).collect::<Result<Vec<_>, _>>()?;
    Capture::new(args.application.clone(), files).map_err(|e| refused(&args.out, &e))
}

fn file(path: &Path) -> Result<(FileName, Zeroizing<Vec<u8>>), Failure> {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
    let unnamed = || Failure::new(Reason::InputInvalid, format!("{}: the name cannot stand in a packet", path.display()));
    Ok((name.ok_or_else(unnamed)?, Zeroizing::new(read(path, PACKET_BYTES)?)))
}
