//! Captures as a sensor sends them, and every way in which what it sends is none.

use super::*;
use crate::reason::{Reason, Refusal};

const ASKED: Request = Request { finger: Some(FingerPosition::RightIndex), attempt: 2 };

fn header() -> Header {
    let text = |t: &str| t.to_owned();
    Header {
        finger: Some(FingerPosition::RightIndex),
        dpi: Some("500".parse().unwrap()),
        image_bytes: 0,
        device: Device { make: text("Sample"), model: text("One"), serial: text("7") },
        presentation: Some(Presentation::BonaFide),
    }
}

/// A grey picture of 100 by 80 pixels as PGM, which states no resolution.
fn picture() -> Vec<u8> {
    [&b"P5\n100 80\n255\n"[..], &[128; 8_000]].concat()
}

fn answer(change: impl FnOnce(&mut Header)) -> Vec<u8> {
    let mut header = Header { image_bytes: picture().len(), ..header() };
    change(&mut header);
    [header.line().as_bytes(), &picture()].concat()
}

fn refused(answer: &[u8]) -> (String, Reason) {
    let error = Capture::parse(answer, &ASKED).unwrap_err();
    (error.to_string(), error.reason())
}

#[test]
fn what_a_sensor_sends_is_one_typed_object() {
    let capture = Capture::parse(&answer(|_| ()), &ASKED).unwrap();
    assert_eq!((capture.image.width(), capture.image.height(), capture.attempts), (100, 80, 2));
    assert_eq!((capture.asked, capture.declared), (ASKED.finger, ASKED.finger));
    assert_eq!((capture.device, capture.presentation), (Some(header().device), Some(Presentation::BonaFide)));
    assert_eq!(capture.digest, crate::crypto::hash::sha256(&picture()));
    let untold = Capture::parse(&answer(|h| h.finger = None), &ASKED).unwrap();
    assert_eq!(untold.declared, ASKED.finger);
    assert_eq!(format!("{untold:?}"), "Capture(100 x 80, Some(RightIndex))");
}

#[test]
fn the_request_is_read_as_it_was_written() {
    for request in [ASKED, Request { finger: None, attempt: 1 }] {
        assert_eq!(Request::parse(request.line().as_bytes()).unwrap(), request);
    }
    for (wrong, text) in [
        (r#"{"version":1,"finger":null}"#, "`attempt` is missing or wrong"),
        (r#"{"version":1,"finger":null,"attempt":0}"#, "`attempt` is missing or wrong"),
        (r#"{"version":1,"attempt":1}"#, "`finger` is missing or wrong"),
        (r#"{"version":7,"finger":null,"attempt":1}"#, "it is of version 7"),
        ("", "it is no JSON"),
    ] {
        let error = Request::parse(wrong.as_bytes()).unwrap_err();
        assert!(matches!(error, CaptureError::Request(_)), "{wrong}");
        assert_eq!((error.to_string(), error.reason()), (format!("what is asked of the sensor: {text}"), Reason::InputInvalid));
    }
}

#[test]
fn a_sensor_that_sends_no_header_failed() {
    assert_eq!(refused(b"").1, Reason::CaptureFailed);
    assert!(matches!(Capture::parse(&picture(), &ASKED), Err(CaptureError::Header(_))));
    assert!(matches!(Capture::parse(&vec![b' '; 1 << 20], &ASKED), Err(CaptureError::NoHeader)));
}

#[test]
fn every_field_of_the_header_is_asked_for() {
    let value: serde_json::Value = serde_json::from_str(&header().line()).unwrap();
    let with = |field: &str, wrong: serde_json::Value| {
        let mut value = value.clone();
        value[field] = wrong;
        refused(format!("{value}\n").as_bytes())
    };
    for (field, wrong) in [
        ("finger", "toe".into()),
        ("finger", 2.into()),
        ("dpi", "none".into()),
        ("dpi", true.into()),
        ("image_bytes", (-1).into()),
        ("image_bytes", (limits::IMAGE_BYTES + 1).into()),
        ("device", "a name".into()),
        ("device", serde_json::json!({"make": "m", "model": "m".repeat(1_000), "serial": ""})),
        ("presentation", "maybe".into()),
        ("version", "1".into()),
    ] {
        let expected = format!("the header of the sensor's answer: `{field}` is missing or wrong");
        assert_eq!(with(field, wrong.clone()), (expected, Reason::CaptureFailed), "{field} {wrong}");
    }
    for field in ["version", "finger", "dpi", "image_bytes", "device", "presentation"] {
        let mut value = value.clone();
        value.as_object_mut().unwrap().remove(field);
        let expected = format!("the header of the sensor's answer: `{field}` is missing or wrong");
        assert_eq!(refused(format!("{value}\n").as_bytes()), (expected, Reason::CaptureFailed), "null is said, not left out");
    }
    assert!(matches!(
        Capture::parse(header().line().replace("\"version\":1", "\"version\":2").as_bytes(), &ASKED),
        Err(CaptureError::Version(2))
    ));
}

#[test]
fn a_length_that_lies_and_another_finger_are_refused() {
    let error = Capture::parse(&answer(|h| h.image_bytes += 1), &ASKED).unwrap_err();
    assert!(matches!(error, CaptureError::Length { stated: 8_015, found: 8_014 }), "{error}");
    let error = Capture::parse(&answer(|h| h.finger = Some(FingerPosition::LeftIndex)), &ASKED).unwrap_err();
    assert!(matches!(error, CaptureError::OtherFinger { .. }));
    assert_eq!(error.reason(), Reason::InputInvalid);
}

#[test]
fn a_picture_without_a_resolution_is_refused_and_never_assumed() {
    let error = Capture::parse(&answer(|h| h.dpi = None), &ASKED).unwrap_err();
    assert!(matches!(error, CaptureError::Picture(_)));
    assert_eq!(error.reason(), Reason::ResolutionUnknown);
}

#[test]
fn an_operators_word_counts_against_the_picture_s_where_it_shall_and_is_told() {
    let png = image::read(&picture(), Some(Resolution::DPI_500)).unwrap().to_png().unwrap();
    let said = |overrides| Asked { resolution: Some("550".parse().unwrap()), position: None, overrides };
    let capture = Capture::of_picture(&png, said(true)).unwrap();
    assert_eq!(
        (capture.resolution.to_string(), capture.overruled.map(|r| r.to_string())),
        ("550".into(), Some("499.999".into()))
    );
    assert_eq!((capture.image.width(), capture.image.height()), (91, 73));
    let refusal = Capture::of_picture(&png, said(false)).unwrap_err();
    assert_eq!(refusal.reason(), Reason::ResolutionUnknown);
}
