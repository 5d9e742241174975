//! What the chip's formats cost: the stored finger through EF.Fingers' record and compact format, the live one as extracted.

use crate::accuracy::comparisons;
use crate::contender::{Contender, match_all};
use crate::ours::image;
use crate::prints::Prints;
use crate::report::{Bound, Report};
use ektp::finger::eval::Protocol;
use ektp::finger::extract::Extractor;
use ektp::finger::matching::{Prepared, Workspace};
use ektp::finger::template::{Template, encode_card_compact, encode_record_2005, parse_card_compact, parse_record_2005};

/// Most that pooled EER may grow, in points of a percent.
const LOSS: f64 = 0.2;

/// A finger as extracted, and as it comes back from a chip.
struct Both {
    live: Prepared,
    stored: Prepared,
}

/// A format of EF.Fingers: what a template is after it was written and read.
type Through = fn(&Template) -> Template;

/// Rows of one back end.
pub fn figures(report: &mut Report, prints: &Prints, name: &'static str, extractor: &dyn Extractor) {
    let found = |image| extractor.extract(&image).ok().map(|e| e.template(&image, None));
    let all: Vec<Vec<Option<Template>>> =
        prints.greys.iter().map(|set| set.iter().map(|grey| found(image(grey))).collect()).collect();
    let full = eer(prints, &all, Clone::clone);
    let formats: [(&str, Through); 2] = [
        ("record", |t| parse_record_2005(&encode_record_2005(&t.for_chip()).unwrap()).unwrap()),
        ("compact", |t| parse_card_compact(&encode_card_compact(&t.for_chip()).unwrap()).unwrap()),
    ];
    for (format, through) in formats {
        let chip = eer(prints, &all, through);
        let basis = format!("{chip:.2} % through the chip, {full:.2} % without; either impression stored");
        report.bounded(
            format!("{name}: pooled EER lost through the {format}"),
            chip - full,
            "points",
            Bound::AtMost(LOSS),
            basis,
        );
    }
}

/// Pooled EER in percent, the earlier impression stored, then the later one; the mean of the two.
fn eer(prints: &Prints, templates: &[Vec<Option<Template>>], through: Through) -> f64 {
    let ready = |t: &Template| Prepared::new(&t.views[0].minutiae, t.x_resolution, t.y_resolution);
    let both = |t: &Template| Both { live: ready(t), stored: ready(&through(t)) };
    let prepared: Vec<Vec<Option<Both>>> =
        templates.iter().map(|set| set.iter().map(|t| t.as_ref().map(both)).collect()).collect();
    let mut workspace = Workspace::new();
    let mut one_way = |stored_first: bool| {
        let score = |a: &Both, b: &Both| {
            let (live, stored) = if stored_first { (&b.live, &a.stored) } else { (&a.live, &b.stored) };
            f64::from(workspace.score(live, stored).centinats()) / 100.0
        };
        let (tables, _) = match_all(prints, &prepared, score);
        let contender = Contender { name: "", tables, extraction: Vec::new(), preparation: None, rate: None };
        100.0 * comparisons(prints, &contender, &prints.places(|_| true), Protocol::Single).curve().eer()
    };
    (one_way(true) + one_way(false)) / 2.0
}
