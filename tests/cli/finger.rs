//! `finger convert`: images and templates through the program, what is lost, and every way it refuses.

use crate::contract::{Run, ektp, root};
use ektp::finger::image::{FingerImage, read};
use ektp::finger::position::FingerPosition;
use ektp::finger::template::{Record, RecordFormat, encode_record_2005, parse_card_compact, synthetic};
use ektp::lds::fingers::{self, FingerFormat};
use std::path::PathBuf;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> String {
        self.0.path().join(name).to_string_lossy().into_owned()
    }

    fn put(&self, name: &str, bytes: &[u8]) -> String {
        std::fs::write(self.at(name), bytes).unwrap();
        self.at(name)
    }

    fn get(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.at(name)).unwrap()
    }

    /// `finger convert IN OUT` with these further words.
    #[track_caller]
    fn convert(&self, input: &str, output: &str, words: &str) -> Run {
        let (input, output) = (self.at(input), self.at(output));
        let mut args = vec!["finger", "convert", &input, &output];
        args.extend(words.split_whitespace());
        ektp(&args)
    }
}

fn shared(path: &str) -> Option<PathBuf> {
    let found = ["../shared/data", "../../shared/data"].iter().map(|d| root().join(d).join(path)).find(|p| p.exists());
    if found.is_none() {
        crate::skipped::skipped(&format!("the development data are not here ({path})"));
    }
    found
}

fn image() -> FingerImage {
    FingerImage::new(120, 100, (0..12_000u32).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect()).unwrap()
}

fn template() -> Vec<u8> {
    encode_record_2005(&synthetic::template(4, FingerPosition::RightIndex, 40)).unwrap()
}

fn losses(run: &Run) -> Vec<&str> {
    run.data()["losses"].as_array().unwrap().iter().map(|l| l["code"].as_str().unwrap()).collect()
}

#[test]
fn an_image_goes_through_every_format_unchanged() {
    let place = Place::new();
    place.put("a.png", &image().to_png().unwrap());
    let record = place.convert("a.png", "b.fir", "--to image-2005 --position left-thumb");
    assert_eq!((&record.yes().data()["from"], &record.data()["position"]), (&"png".into(), &"left_thumb".into()));
    let newer = place.convert("b.fir", "c.fir", "--to image-2011");
    assert_eq!((&newer.yes().data()["from"], &newer.data()["position"]), (&"image-record".into(), &"left_thumb".into()));
    let back = place.convert("c.fir", "d.png", "--to png");
    assert_eq!((&back.yes().data()["resampled"], &back.data()["resolution"]), (&false.into(), &"500.38".into()));
    assert_eq!(read(&place.get("d.png"), None), Ok(image()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(place.at("d.png")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "a print is its owner's");
    }
}

#[test]
fn wsq_becomes_a_png() {
    let place = Place::new();
    let wsq = root().join("tests/data/wsq/pattern-97x131.wsq");
    std::fs::copy(wsq, place.at("a.wsq")).unwrap();
    let run = place.convert("a.wsq", "a.png", "--to png");
    assert_eq!((&run.yes().data()["from"], &run.data()["width"]), (&"wsq".into(), &97.into()));
    assert_eq!(read(&place.get("a.png"), None), read(&place.get("a.wsq"), None));
}

#[test]
fn an_image_needs_a_resolution_from_somebody() {
    let place = Place::new();
    let mut pgm = b"P5 240 200 255\n".to_vec();
    pgm.extend(vec![9; 48_000]);
    place.put("a.pgm", &pgm);
    place.convert("a.pgm", "a.png", "--to png").refused(10, "resolution-unknown");
    place.convert("a.pgm", "a.png", "--to png --dpi 72").refused(10, "resolution-unknown");
    place.convert("a.pgm", "a.png", "--to png --dpi many").refused(2, "usage");
    assert!(!std::fs::exists(place.at("a.png")).unwrap(), "nothing is written");
    let run = place.convert("a.pgm", "a.png", "--to png --dpi 1000");
    assert_eq!((&run.yes().data()["width"], &run.data()["resampled"]), (&120.into(), &true.into()));
    place.convert("a.png", "b.png", "--to png --dpi 300").refused(10, "resolution-unknown");
    assert!(place.convert("a.png", "b.png", "--to png --dpi 501").yes().data()["position"].is_null());
}

#[test]
fn a_template_goes_to_other_formats_and_back() {
    let place = Place::new();
    place.put("a.fmr", &template());
    for to in ["iso-2011", "ansi-2009", "ansi-2009-am1"] {
        place.convert("a.fmr", "b.fmr", &format!("--to {to}")).yes();
        let back = place.convert("b.fmr", "c.fmr", "--to iso-2005");
        assert_eq!((&back.yes().data()["from"], &back.data()["minutiae"]), (&to.into(), &40.into()));
    }
    let ansi = place.convert("a.fmr", "b.fmr", "--to ansi-2004");
    assert_eq!(losses(ansi.yes()), ["directions"]);
    assert_eq!(Record::parse(&place.get("b.fmr")).unwrap().format, RecordFormat::Ansi2004);
    let same = place.convert("a.fmr", "d.fmr", "--to iso-2005");
    assert!(losses(same.yes()).is_empty());
    assert_eq!(place.get("d.fmr"), template());
}

#[test]
fn a_card_format_is_written_and_read_when_it_is_named() {
    let place = Place::new();
    place.put("a.fmr", &template());
    let card = place.convert("a.fmr", "a.bin", "--to card-compact");
    assert_eq!((card.yes().data()["bytes"].as_u64(), losses(&card)[0]), (Some(120), "directions"));
    assert_eq!(parse_card_compact(&place.get("a.bin")).unwrap().minutiae(), 40);
    place.convert("a.fmr", "a.tlv", "--to card-normal-object").yes();
    assert_eq!(place.get("a.tlv")[..6], [0x7F, 0x2E, 0x81, 203, 0x81, 0x81]);
    place.convert("a.tlv", "b.fmr", "--to iso-2005").refused(2, "usage");
    let named = place.convert("a.tlv", "b.fmr", "--to iso-2005 --from card-normal --position right_index");
    assert_eq!((&named.yes().data()["from"], &named.data()["minutiae"]), (&"card-normal".into(), &40.into()));
    let record = Record::parse(&place.get("b.fmr")).unwrap();
    assert_eq!((record.views[0].view.position, record.views[0].frame.x_resolution), (Some(FingerPosition::RightIndex), 1_000));
    place.convert("a.bin", "b.fmr", "--to iso-2005 --from card-normal").refused(10, "template-invalid");
    // What has a header says itself what it is, beside one that has none.
    place.convert("a.fmr", "c.fmr", "--to iso-2011 --from card-compact").yes();
    let mixed = crate::contract::ektp(&["finger", "match", &place.at("a.fmr"), &place.at("a.bin"), "--from", "card-compact"]);
    assert_eq!(mixed.yes().data()["decision"], "match");
    place.convert("a.bin", "b.fmr", "--to iso-2005").refused(10, "template-invalid");
}

#[test]
fn a_finger_is_taken_from_the_cards_file() {
    let place = Place::new();
    let [right, left] =
        [(1, FingerPosition::RightIndex), (2, FingerPosition::LeftIndex)].map(|(s, p)| synthetic::template(s, p, 30));
    let both = [(FingerPosition::RightIndex, &right), (FingerPosition::LeftIndex, &left)];
    place.put("ef.bin", &fingers::build(&both, FingerFormat::Record).unwrap());
    place.convert("ef.bin", "a.fmr", "--to iso-2005").refused(10, "input-invalid");
    place.convert("ef.bin", "a.fmr", "--to iso-2005 --position left_thumb").refused(32, "no-finger-on-file");
    let run = place.convert("ef.bin", "a.fmr", "--to iso-2005 --position left_index");
    assert_eq!((&run.yes().data()["from"], place.get("a.fmr")), (&"ef-fingers".into(), encode_record_2005(&left).unwrap()));
    place.convert("a.fmr", "b.fmr", "--to iso-2011 --position right_index").refused(10, "input-invalid");
}

#[test]
fn what_is_malformed_or_misused_is_refused() {
    let place = Place::new();
    place.put("cut.fmr", &template()[..200]);
    place.put("a.fmr", &template());
    place.put("face.bin", b"FAC\x00010\x00");
    place.put("cut.png", &image().to_png().unwrap()[..300]);
    place.convert("cut.fmr", "x", "--to iso-2011").refused(10, "template-invalid");
    place.convert("face.bin", "x", "--to png --dpi 500").refused(10, "finger-image-invalid");
    place.convert("cut.png", "x", "--to png").refused(10, "finger-image-invalid");
    place.convert("none.png", "x", "--to png").refused(10, "file-unreadable");
    place.convert("a.fmr", "no/dir/x", "--to iso-2011").refused(10, "file-unreadable");
    place.convert("a.fmr", "x", "--to png").refused(2, "usage");
    place.convert("a.fmr", "a.fmr", "--to iso-2011").refused(2, "usage");
    place.convert("a.fmr", "x", "--to gif").refused(2, "usage");
    place.convert("a.fmr", "x", "--to iso-2011 --position thumb").refused(2, "usage");
    place.put("a.png", &image().to_png().unwrap());
    place.convert("a.png", "x", "--to iso-2005").refused(2, "usage");
    assert!(!std::fs::exists(place.at("x")).unwrap());
}

#[test]
fn published_files_are_converted() {
    let place = Place::new();
    let Some(data) = shared("biometric-files") else { return };
    for name in ["fmr.iso2005", "type4-slaps.an2k", "face01.iso2005"] {
        std::fs::copy(data.join(name), place.at(name)).unwrap();
    }
    place.convert("fmr.iso2005", "a.fmr", "--to ansi-2009").refused(10, "template-invalid");
    let repaired = place.convert("fmr.iso2005", "a.fmr", "--to iso-2005 --repair");
    assert_eq!(repaired.yes().data()["repaired"].as_array().unwrap().len(), 2);
    assert!(Record::parse(&place.get("a.fmr")).is_ok());
    place.convert("type4-slaps.an2k", "a.png", "--to png").refused(10, "finger-image-invalid");
    let thumb = place.convert("type4-slaps.an2k", "a.png", "--to png --position right_thumb");
    assert_eq!((&thumb.yes().data()["from"], &thumb.data()["height"]), (&"ansi-nist".into(), &1_000.into()));
    place.convert("face01.iso2005", "x", "--to png --dpi 500").refused(10, "finger-image-invalid");
}
