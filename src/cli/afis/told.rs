//! An answer of the gallery, told: a decision, candidates, a coarse band of each finger; never a score.

use crate::afis::{Answer, Candidate, Doubt, Policy};
use crate::cli::output::{Failure, Output};
use crate::finger::matcher::Band;
use crate::finger::matching::Fmr;
use crate::reason::{Lang, Reason};
use serde_json::{Value, json};

/// The two rates.
#[derive(Debug, clap::Args)]
pub struct RateArgs {
    /// Of searches for persons who are not in the gallery, the share that an adjudicator looks at
    #[arg(long, value_name = "RATE", default_value = "1e-3")]
    fpir: Fmr,
    /// Of such searches, the share that is taken for a duplicate without doubt
    #[arg(long, value_name = "RATE", default_value = "1e-6")]
    duplicate_fpir: Fmr,
}

impl RateArgs {
    /// The policy of these rates.
    pub fn policy(&self) -> Result<Policy, Failure> {
        Ok(Policy::new(self.fpir, self.duplicate_fpir)?)
    }
}

/// The reason that an answer ends a verb with; none for *single*.
pub const fn reason(answer: &Answer) -> Option<Reason> {
    match answer {
        Answer::Single(_) => None,
        Answer::Adjudicate(..) => Some(Reason::AdjudicationNeeded),
        Answer::Duplicate(_) => Some(Reason::DuplicatePerson),
    }
}

/// The answer for machines, with what it was searched by.
pub fn data(answer: &Answer, usable: usize, searched: usize, policy: &Policy) -> Value {
    let (name, why, candidates) = match answer {
        Answer::Single(_) => ("single", None, &[][..]),
        Answer::Adjudicate(doubt, candidates) => ("adjudicate", Some(why(*doubt)), &candidates[..]),
        Answer::Duplicate(candidates) => ("duplicate", None, &candidates[..]),
    };
    json!({
        "answer": name,
        "why": why,
        "usable_fingers": usable,
        "needed_fingers": policy.fingers_needed(searched),
        "searched": searched,
        "fpir": policy.adjudicate().to_string(),
        "duplicate_fpir": policy.duplicate().to_string(),
        "candidates": candidates.iter().map(candidate).collect::<Value>(),
    })
}

/// The answer for people.
pub fn show(answer: &Answer, out: &mut Output) {
    let pick = |en: &'static str, id: &'static str| if out.lang() == Lang::Id { id } else { en };
    let (line, candidates) = match answer {
        Answer::Single(_) => {
            (pick("single: nobody in the gallery is this person", "tunggal: orang ini tidak ada di galeri"), &[][..])
        }
        Answer::Adjudicate(doubt, candidates) => (
            match doubt {
                Doubt::Candidates => pick("adjudicate: somebody is like this person", "adjudikasi: ada yang mirip"),
                Doubt::NoUsableFinger => pick("adjudicate: no usable finger", "adjudikasi: tidak ada jari yang dapat dipakai"),
                Doubt::NotComparable { .. } => pick(
                    "adjudicate: somebody in the gallery has other fingers than these",
                    "adjudikasi: ada orang di galeri dengan jari lain dari ini",
                ),
                Doubt::TooFewFingers { .. } => pick(
                    "adjudicate: too few usable fingers for the stated rate",
                    "adjudikasi: jari yang dapat dipakai terlalu sedikit",
                ),
            },
            &candidates[..],
        ),
        Answer::Duplicate(candidates) => (pick("duplicate", "ganda"), &candidates[..]),
    };
    let swapped = pick(", hands changed about", ", tangan tertukar");
    out.line(line);
    for c in candidates {
        let same = c.fingers.iter().filter(|f| f.likeness == crate::afis::Likeness::Same).count();
        let hands = if c.hands_swapped { swapped } else { "" };
        out.line(format!("  {}  {same}/10{hands}", c.id));
    }
}

const fn why(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Candidates => "candidates",
        Doubt::NoUsableFinger => "no-usable-finger",
        Doubt::TooFewFingers { .. } => "too-few-fingers",
        Doubt::NotComparable { .. } => "not-comparable",
    }
}

fn candidate(candidate: &Candidate) -> Value {
    let finger = |f: &crate::afis::answer::FingerVerdict| json!({"probe": f.probe.text(), "gallery": f.gallery.text(), "likeness": f.likeness.code()});
    json!({
        "id": candidate.id.to_string(),
        "near": candidate.band == Band::Near,
        "hands_swapped": candidate.hands_swapped,
        "fingers": candidate.fingers.iter().map(finger).collect::<Value>(),
    })
}
