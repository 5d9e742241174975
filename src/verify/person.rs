//! What a comparison of the holder with the card adds to the evidence: the probe's metadata and digest, never its picture.

use super::hex::Hex;
use serde::{Deserialize, Serialize};

/// A comparison that was made, or could not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonFacts {
    /// When, by the collector's clock.
    pub compared_at: jiff::Timestamp,
    /// `match`, or the code of the reason why it is none.
    pub answer: String,
    /// How clear the answer is: `clear` or `near`; none where nothing was compared. There is no score: it would be a ladder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
    /// The finger of the card that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finger: Option<String>,
    /// What was compared with the card.
    pub probe: ProbeFacts,
}

/// A probe, without its picture and its minutiae.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeFacts {
    /// `image` or `template`.
    pub kind: String,
    /// SHA-256 of its bytes as they came.
    pub sha256: Hex,
    /// Resolution of the scanner in dots per inch; none for a template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpi: Option<String>,
    /// The finger that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The finger that it says it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// Maker, model and serial number of the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<[String; 3]>,
    /// Our measure of the picture, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<u8>,
    /// The device's test of liveness: `bona-fide` or `attack`; none where it has no such test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presentation: Option<String>,
    /// How many times the finger was laid down.
    pub attempts: u8,
}
