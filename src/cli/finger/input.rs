//! What the verbs of fingers take: a file or standard input, a resolution, a finger.

use crate::cli::output::Failure;
use crate::finger::image::{Resolution, an2k, wsq};
use crate::finger::position::FingerPosition;
use crate::limits;
use crate::raster::Kind;
use crate::reason::Reason;
use std::io::Read;
use std::path::Path;

/// The bytes of a file, or of standard input for `-`, at most [`limits::IMAGE_BYTES`].
pub fn load(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |e: std::io::Error| Failure::new(Reason::FileUnreadable, format!("{}: {}", path.display(), e.kind()));
    let source: Box<dyn Read> =
        if path == Path::new("-") { Box::new(std::io::stdin()) } else { Box::new(crate::cli::place::open(path)?) };
    let mut bytes = Vec::new();
    let most = u64::try_from(limits::IMAGE_BYTES).unwrap_or(u64::MAX);
    source.take(most + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() > limits::IMAGE_BYTES {
        let text = format!("{} has more than {} bytes", path.display(), limits::IMAGE_BYTES);
        return Err(Failure::new(Reason::InputInvalid, text));
    }
    Ok(bytes)
}

/// Dots per inch, for clap.
pub fn parse_dpi(text: &str) -> Result<Resolution, String> {
    text.parse().map_err(|error: crate::finger::image::ResolutionError| error.to_string())
}

/// A finger's name, for clap.
pub fn parse_position(text: &str) -> Result<FingerPosition, String> {
    FingerPosition::from_text(&text.replace('-', "_")).ok_or_else(|| {
        let names: Vec<&str> = FingerPosition::ALL.iter().map(|p| p.text()).collect();
        format!("one of {}", names.join(", "))
    })
}

/// What a file is that no image reader knows.
pub const UNKNOWN: &str = "unknown";

/// What kind of image a file is, by its first bytes.
pub fn image_name(bytes: &[u8]) -> &'static str {
    if an2k::is_an2k(bytes) {
        return "ansi-nist";
    }
    if bytes.starts_with(b"FIR\0") {
        return "image-record";
    }
    if wsq::is_wsq(bytes) {
        return "wsq";
    }
    match Kind::of(bytes) {
        Some(Kind::Png) => "png",
        Some(Kind::Jpeg) => "jpeg",
        Some(Kind::Bmp) => "bmp",
        Some(Kind::Tiff) => "tiff",
        Some(Kind::Pnm) => "pnm",
        Some(Kind::Jpeg2000) => "jpeg-2000",
        None => UNKNOWN,
    }
}
