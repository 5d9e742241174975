//! Match: one print against one, or against the fingers of a card.

use super::Refused;
use crate::finger::extract::{Classical, Extractor};
use crate::finger::image::{self, Asked};
use crate::finger::matcher::{MatchError, MatchOutcome};
use crate::finger::matching::{Fmr, MinutiaMatcher};
use crate::finger::template::{Record, Template};
use crate::lds::fingers;

/// First bytes of a template record, ISO/IEC 19794-2 or ANSI 378.
const RECORD: &[u8] = b"FMR\0";
/// First bytes of EF.Fingers: a biometric information group template.
const EF_FINGERS: &[u8] = &[0x7F, 0x61];

/// Compares a live print with a stored one, at a stated rate of false matches. Each is a template record (ISO/IEC 19794-2, ANSI 378), a
/// picture that states its resolution (PNG, BMP, TIFF, WSQ, ANSI/NIST, ISO/IEC 19794-4 …), or EF.Fingers of a card, whose fingers share
/// the rate. No score comes out: it would be a ladder for whoever forges a print.
///
/// # Errors
/// `template-invalid`, `finger-image-invalid`, `resolution-unknown` or `sample-too-poor` for bytes that give no print; `input-invalid`
/// where both name a finger and not the same one; `no-finger-on-file` for a card without fingers.
///
/// ```
/// use ektp::facade::{Fmr, MatchOutcome, match_prints};
///
/// let sample = |name: &str| std::fs::read(format!(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/{}"), name)).unwrap();
/// let stored = sample("right-index.fmr");
/// assert!(matches!(match_prints(&stored, &stored, Fmr::E4)?, MatchOutcome::Match(_)));
///
/// let other = match_prints(&sample("left-index.fmr"), &stored, Fmr::E4).unwrap_err();
/// assert_eq!(other.reason.code(), "input-invalid", "both name their finger, and not the same one");
/// # Ok::<(), ektp::facade::Refused>(())
/// ```
pub fn match_prints(probe: &[u8], stored: &[u8], fmr: Fmr) -> Result<MatchOutcome, Refused> {
    let (probes, stored) = (prints(probe)?, prints(stored)?);
    let may_be_one =
        |a: &Template, b: &Template| a.position().is_none() || b.position().is_none() || a.position() == b.position();
    let pairs: Vec<_> =
        probes.iter().flat_map(|p| stored.iter().map(move |s| (p, s))).filter(|(p, s)| may_be_one(p, s)).collect();
    let matcher = MinutiaMatcher::new(fmr).among(pairs.len());
    let mut best = None;
    for (probe, stored) in pairs {
        let found = matcher.judge(probe, stored)?.outcome;
        best = Some(best.map_or(found, |best| better(best, found)));
    }
    Ok(best.ok_or(MatchError::DifferentFingers)?)
}

/// A match of any finger is a match; a poor sample is no mismatch.
fn better(a: MatchOutcome, b: MatchOutcome) -> MatchOutcome {
    let rank = |outcome: &MatchOutcome| match outcome {
        MatchOutcome::Match(_) => 2,
        MatchOutcome::SampleTooPoor => 1,
        MatchOutcome::NoMatch(_) => 0,
    };
    if rank(&b) > rank(&a) { b } else { a }
}

fn prints(bytes: &[u8]) -> Result<Vec<Template>, Refused> {
    if bytes.starts_with(RECORD) {
        return Ok(Record::parse(bytes)?.templates());
    }
    if bytes.starts_with(EF_FINGERS) {
        let fingers = fingers::parse(bytes)?;
        let none = Refused { reason: crate::reason::Reason::NoFingerOnFile, detail: "EF.Fingers holds no finger".to_owned() };
        return if fingers.is_empty() { Err(none) } else { Ok(fingers.into_iter().map(|f| f.template).collect()) };
    }
    let found = image::find(bytes, Asked::default())?;
    let picture = found.scan.at_500(None)?;
    Ok(vec![Classical.extract(&picture)?.template(&picture, found.position)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::matcher::Band;
    use crate::lds::fingers::FingerFormat;
    use crate::reason::Reason;

    const INDEX: &[u8] = include_bytes!("../../samples/right-index.fmr");
    const OTHER: &[u8] = include_bytes!("../../samples/left-index.fmr");

    fn template(record: &[u8]) -> Template {
        Record::parse(record).unwrap().templates().remove(0)
    }

    #[test]
    fn a_finger_is_found_among_those_of_a_card() {
        let (right, left) = (template(INDEX), template(OTHER));
        let fingers = [(right.position().unwrap(), &right), (left.position().unwrap(), &left)];
        let card = fingers::build(&fingers, FingerFormat::Record).unwrap();
        assert!(matches!(match_prints(INDEX, &card, Fmr::E4).unwrap(), MatchOutcome::Match(_)));
        assert!(matches!(match_prints(OTHER, &card, Fmr::E4).unwrap(), MatchOutcome::Match(_)));
        let empty = fingers::build(&[], FingerFormat::Record).unwrap();
        assert_eq!(match_prints(INDEX, &empty, Fmr::E4).unwrap_err().reason, Reason::NoFingerOnFile);
    }

    #[test]
    fn prints_of_two_people_do_not_match_and_what_is_no_print_is_refused() {
        let mut unnamed = template(OTHER);
        unnamed.views.iter_mut().for_each(|view| view.position = None);
        let unnamed = crate::finger::template::encode_record_2005(&unnamed).unwrap();
        assert!(matches!(match_prints(&unnamed, INDEX, Fmr::E4).unwrap(), MatchOutcome::NoMatch(_)));
        assert_eq!(match_prints(b"FMR\0 20\0", INDEX, Fmr::E4).unwrap_err().reason, Reason::TemplateInvalid);
        assert_eq!(match_prints(b"hello", INDEX, Fmr::E4).unwrap_err().reason, Reason::FingerImageInvalid);
        assert_eq!(match_prints(OTHER, INDEX, Fmr::E4).unwrap_err().reason, Reason::InputInvalid);
    }

    #[test]
    fn a_match_of_any_finger_is_one_and_a_poor_sample_is_no_mismatch() {
        use MatchOutcome::{Match, NoMatch, SampleTooPoor};
        let (yes, no) = (Match(Band::Near), NoMatch(Band::Clear));
        assert_eq!([better(no, SampleTooPoor), better(SampleTooPoor, no), better(no, no)], [SampleTooPoor, SampleTooPoor, no]);
        assert_eq!([better(SampleTooPoor, yes), better(yes, no), better(yes, SampleTooPoor)], [yes, yes, yes]);
    }
}
