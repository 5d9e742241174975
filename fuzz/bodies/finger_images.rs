//! Finger images of every kind: pictures, ANSI/NIST transactions, image records; each finger that they may hold; and what a sensor's
//! program answers, header and picture.

use ektp::finger::capture::{Capture, Header, Request};
use ektp::finger::image::{Asked, Resolution, find};
use ektp::finger::position::FingerPosition;

pub fn run(data: &[u8]) {
    capture(data);
    let given = Resolution::per_inch(500);
    for position in [None, Some(FingerPosition::RightIndex), Some(FingerPosition::LeftThumb)] {
        if let Ok(found) = find(data, Asked { resolution: given, position, overrides: data.len().is_multiple_of(2) }) {
            let _ = found.scan.at_500(given);
        }
    }
}

fn capture(data: &[u8]) {
    let request = Request { finger: Some(FingerPosition::RightIndex), attempt: 1 };
    if let Ok(capture) = Capture::parse(data, &request) {
        assert_eq!(
            (capture.asked, capture.declared),
            (request.finger, request.finger),
            "no other finger is taken for the one asked"
        );
    }
    let line = data.split(|b| *b == b'\n').next().unwrap_or_default();
    if let Ok(header) = Header::parse(line) {
        assert_eq!(Header::parse(header.line().as_bytes()).ok(), Some(header), "a header reads back");
    }
    if let Ok(request) = Request::parse(line) {
        assert_eq!(Request::parse(request.line().as_bytes()).ok(), Some(request), "a request reads back");
    }
}
