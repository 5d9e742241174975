//! Finger images of every kind: pictures, ANSI/NIST transactions, image records; each finger that they may hold.

use ektp::finger::image::{Asked, Resolution, find};
use ektp::finger::position::FingerPosition;

pub fn run(data: &[u8]) {
    let given = Resolution::per_inch(500);
    for position in [None, Some(FingerPosition::RightIndex), Some(FingerPosition::LeftThumb)] {
        if let Ok(found) = find(data, Asked { resolution: given, position }) {
            let _ = found.scan.at_500(given);
        }
    }
}
