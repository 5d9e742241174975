//! Conversions: what survives, what is named as lost, and that nothing is lost unnamed.

use super::*;
use crate::finger::position::FingerPosition;
use crate::finger::template::record::tests::{sample, shared};
use crate::finger::template::{encode_record_2005, parse_card_compact, synthetic};
use proptest::prelude::*;

fn losses(record: &Record, format: RecordFormat) -> Vec<Loss> {
    record.convert(format).unwrap().1
}

#[test]
fn the_same_format_loses_nothing() {
    for format in RecordFormat::ALL {
        let record = sample(format);
        assert_eq!(record.convert(format).unwrap(), (record.clone(), Vec::new()));
    }
}

#[test]
fn minutiae_survive_every_pair_of_formats() {
    for from in RecordFormat::ALL {
        for to in RecordFormat::ALL {
            let source = sample(from);
            let (record, lost) = source.convert(to).unwrap();
            let back = Record::parse(&record.encode().unwrap()).unwrap();
            assert_eq!(back, record, "{from:?} to {to:?}");
            for (a, b) in source.templates().iter().flat_map(|t| &t.views).zip(back.templates().iter().flat_map(|t| &t.views)) {
                assert_eq!(
                    (a.position, a.number, a.quality, a.minutiae.len()),
                    (b.position, b.number, b.quality, b.minutiae.len())
                );
                for (m, n) in a.minutiae.iter().zip(&b.minutiae) {
                    assert_eq!((m.x, m.y, m.kind, m.quality), (n.x, n.y, n.kind, n.quality));
                    let off = m.angle.wrapping_sub(n.angle);
                    assert!(
                        off == 0 || (lost.contains(&Loss::Directions) && off.min(off.wrapping_neg()) <= 1),
                        "{from:?} to {to:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn losses_are_named() {
    assert_eq!(losses(&sample(RecordFormat::Iso2005), RecordFormat::Ansi2004), [Loss::Directions]);
    assert_eq!(losses(&sample(RecordFormat::Ansi2004), RecordFormat::Iso2005), []);
    assert_eq!(losses(&sample(RecordFormat::Iso2005), RecordFormat::Iso2011), [Loss::Equipment], "its certification bits");
    assert_eq!(losses(&sample(RecordFormat::Iso2011), RecordFormat::Iso2005), [Loss::QualityAlgorithm, Loss::Certifications]);
    let mut full = sample(RecordFormat::Iso2011);
    full.views[0].capture = Capture { time: [7, 0xE8, 1, 2, 3, 4, 5, 0, 6], technology: 1, vendor: 2, device: 0x1234 };
    full.views[0].ending = 1;
    full.views[0].view.impression = 24;
    full.views[0].view.minutiae[0].quality = 0;
    let all = [
        Loss::Directions,
        Loss::Qualities,
        Loss::QualityAlgorithm,
        Loss::Capture,
        Loss::Equipment,
        Loss::Certifications,
        Loss::EndingType,
    ];
    let (ansi, lost) = full.convert(RecordFormat::Ansi2004).unwrap();
    assert_eq!((lost.as_slice(), ansi.views[0].view.impression), (all.as_slice(), 9), "contactless is ANSI's 9");
    let iso = full.convert(RecordFormat::Iso2005).unwrap();
    assert!(iso.1.contains(&Loss::Impression) && iso.0.views[0].view.impression == 0);
    let mut ansi = sample(RecordFormat::Ansi2009Am1);
    ansi.product = (0x42, 0x11);
    assert_eq!(losses(&ansi, RecordFormat::Iso2005), [Loss::Product]);
    ansi.certification = 0x41;
    ansi.device = 0xABCD;
    assert_eq!(losses(&ansi, RecordFormat::Ansi2007), [Loss::Equipment]);
    ansi.views[1].frame.x_resolution = 394;
    assert_eq!(ansi.convert(RecordFormat::Iso2005), Err(TemplateError::FramesDiffer));
}

#[test]
fn extended_data_go_along_where_they_have_a_place() {
    let Some(path) = shared("templates/ansi378v2009am1-sample.dat") else { return };
    let record = Record::parse(&std::fs::read(path).unwrap()).unwrap();
    let (iso, lost) = record.convert(RecordFormat::Iso2011).unwrap();
    assert!(!lost.contains(&Loss::ExtendedData));
    let counts = RecordFormat::Iso2011.extensions(&iso.views[1].view.extended).unwrap();
    assert_eq!(counts, [Extension::RidgeCounts { method: 1, counts: vec![[18, 2, 3], [18, 7, 1], [18, 8, 2], [18, 10, 5]] }]);
    let template = &record.templates()[0];
    assert_eq!(RecordFormat::Iso2005.extensions(&template.views[1].extended).unwrap(), counts);
    // A zone of quality has no place elsewhere; a block whose length lies is left out as a whole.
    let mut odd = sample(RecordFormat::Iso2005);
    for extended in [vec![0, 3, 0, 1, 9], vec![0, 1, 0, 90, 9]] {
        odd.views[0].view.extended = extended;
        let (other, lost) = odd.convert(RecordFormat::Ansi2009).unwrap();
        assert!(lost.contains(&Loss::ExtendedData) && other.views[0].view.extended.is_empty());
    }
}

#[test]
fn card_formats_name_what_they_leave_out() {
    let record = Record::of(&synthetic::template(3, FingerPosition::RightThumb, 80), RecordFormat::Ansi2009);
    let (compact, lost) = record.to_bytes(TemplateFormat::CardCompact).unwrap();
    assert_eq!(compact.len(), 180);
    let basic = [Loss::Positions, Loss::Minutiae, Loss::Finger, Loss::Qualities, Loss::Capture, Loss::Equipment, Loss::Frame];
    assert_eq!(lost, [&[Loss::Directions][..], &basic].concat());
    let (normal, lost) = record.to_bytes(TemplateFormat::CardNormal).unwrap();
    assert_eq!((normal.len(), lost), (300, basic.to_vec()));
    let card = Record::of(&parse_card_compact(&compact).unwrap(), RecordFormat::Iso2011);
    assert!(card.views[0].qualities.is_empty() && !card.views[0].minutia_qualities, "nothing is made up");
    let none = Record { views: Vec::new(), ..record };
    assert_eq!(none.to_bytes(TemplateFormat::CardNormal), Err(TemplateError::Count { what: "views" }));
}

#[test]
fn every_loss_has_a_code_and_texts() {
    for (loss, code, en, id) in Loss::TEXTS {
        assert_eq!((loss.code(), loss.text(Lang::En), loss.text(Lang::Id)), (code, en, id));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_template_goes_through_any_format(seed: u64, count in 1usize..100, format in prop::sample::select(RecordFormat::ALL.to_vec())) {
        let template = synthetic::template(seed, FingerPosition::LeftMiddle, count);
        let record = Record::of(&template, format);
        let back = Record::parse(&record.encode().unwrap()).unwrap();
        let (bytes, _) = back.to_bytes(TemplateFormat::Record(RecordFormat::Iso2005)).unwrap();
        if !matches!(format, RecordFormat::Iso2005 | RecordFormat::Iso2011) { return Ok(()); }
        prop_assert_eq!(bytes, encode_record_2005(&template).unwrap());
    }

    #[test]
    fn whatever_is_read_converts_to_what_is_read(
        from in prop::sample::select(RecordFormat::ALL.to_vec()), flips in prop::collection::vec((12usize..90, any::<u8>()), 1..4),
    ) {
        let mut bytes = sample(from).encode().unwrap();
        for (at, value) in flips {
            bytes[at] = value;
        }
        let Ok((record, _)) = Record::repair(&bytes) else { return Ok(()) };
        for to in RecordFormat::ALL {
            if let Ok((other, _)) = record.convert(to) {
                prop_assert_eq!(Record::parse(&other.encode().unwrap()), Ok(other));
            }
        }
    }
}
