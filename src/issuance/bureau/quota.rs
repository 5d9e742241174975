//! The rules by which a bureau chooses what it makes first: data of the bureau, not of the program.
//!
//! Classes in their order; an application is of the first that fits it. "Never issued first; damaged waits" is two of them.

use crate::issuance::store::Word;
use crate::limits::QUOTA_CLASSES;
use crate::reason::{Reason, Refusal};
use serde::{Deserialize, Serialize};

/// The rules of a bureau.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Format of the file.
    format: u8,
    /// In order: the first is made first.
    pub class: Vec<Class>,
}

/// A class of applications.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its name: a word.
    pub name: String,
    /// Of these procedures alone, by their words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedures: Vec<String>,
    /// For these reasons alone, by their words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Of persons who had a card before, or of those who never had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued_before: Option<bool>,
    /// Of those alone that wait for so many days or longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_days: Option<u32>,
    /// At most so many in one batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<usize>,
    /// At most so many of one office in one batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most_per_office: Option<usize>,
    /// Only when nothing of an earlier class is left over.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

/// Why rules are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuotaError {
    /// The file does not parse.
    #[error("the rules do not parse: {0}")]
    Form(String),
    /// A name that is none, or stands twice.
    #[error("{0:?} is no name of a class, or stands twice")]
    Name(String),
    /// None, or more than this.
    #[error("rules have 1 to {QUOTA_CLASSES} classes")]
    Classes,
}

impl Refusal for QuotaError {
    fn reason(&self) -> Reason {
        Reason::InputInvalid
    }
}

/// What the rules look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The application.
    pub id: String,
    /// Its procedure's word.
    pub procedure: String,
    /// Its reason's word, if it has one.
    pub reason: Option<String>,
    /// Its office.
    pub office: String,
    /// Whether its person had a card before.
    pub issued_before: bool,
    /// For how many days it has waited.
    pub waited_days: u32,
}

/// An application that was chosen, and by which class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The application.
    pub id: String,
    /// The class.
    pub class: String,
}

impl Default for Quota {
    /// Everything, in the order in which it waits.
    fn default() -> Self {
        Self { format: 1, class: vec![Class { name: "all".to_owned(), ..Class::default() }] }
    }
}

impl Quota {
    /// Parses rules, TOML: `format = 1`, and a `[[class]]` each.
    ///
    /// # Errors
    /// [`QuotaError`].
    pub fn parse(text: &str) -> Result<Self, QuotaError> {
        let read: Self = toml::from_str(text).map_err(|e| QuotaError::Form(e.message().to_owned()))?;
        if read.format != 1 {
            return Err(QuotaError::Form("format 1 is known".to_owned()));
        }
        if read.class.is_empty() || read.class.len() > QUOTA_CLASSES {
            return Err(QuotaError::Classes);
        }
        let mut names = std::collections::BTreeSet::new();
        let wrong = |class: &&Class| Word::parse(&class.name).is_err() || !names.insert(class.name.clone());
        match read.class.iter().find(wrong) {
            Some(class) => Err(QuotaError::Name(class.name.clone())),
            None => Ok(read),
        }
    }

    /// Chooses at most `room` of these, which stand in the order in which they wait. What fits no class is not chosen.
    #[must_use]
    pub fn choose(&self, candidates: &[Candidate], room: usize) -> Vec<Chosen> {
        let (mut chosen, mut left_over) = (Vec::new(), false);
        let of_class: Vec<Option<usize>> = candidates.iter().map(|c| self.class.iter().position(|class| class.fits(c))).collect();
        for (at, class) in self.class.iter().enumerate() {
            if class.waits && left_over {
                continue;
            }
            let mut taken = 0;
            let mut per_office = std::collections::BTreeMap::<&str, usize>::new();
            for candidate in candidates.iter().zip(&of_class).filter(|(_, of)| **of == Some(at)).map(|(candidate, _)| candidate) {
                let of_office = per_office.entry(candidate.office.as_str()).or_default();
                let bound = |most: Option<usize>, n: usize| most.is_some_and(|most| n >= most);
                if chosen.len() >= room || bound(class.at_most, taken) || bound(class.at_most_per_office, *of_office) {
                    left_over = true;
                    continue;
                }
                (taken, *of_office) = (taken + 1, *of_office + 1);
                chosen.push(Chosen { id: candidate.id.clone(), class: class.name.clone() });
            }
        }
        chosen
    }
}

impl Class {
    fn fits(&self, of: &Candidate) -> bool {
        let listed =
            |list: &[String], word: Option<&str>| list.is_empty() || word.is_some_and(|word| list.iter().any(|w| w == word));
        listed(&self.procedures, Some(&of.procedure))
            && listed(&self.reasons, of.reason.as_deref())
            && self.issued_before.is_none_or(|before| before == of.issued_before)
            && self.waits_days.is_none_or(|days| of.waited_days >= days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        format = 1
        [[class]]
        name = "long-waiting"
        waits_days = 90
        [[class]]
        name = "never-issued"
        issued_before = false
        at_most_per_office = 2
        [[class]]
        name = "lost"
        reasons = ["lost"]
        at_most = 1
        [[class]]
        name = "damaged"
        reasons = ["damaged"]
        waits = true
    "#;

    fn candidate(id: &str, office: &str, issued_before: bool, reason: Option<&str>, waited_days: u32) -> Candidate {
        let text = |text: &str| text.to_owned();
        let (procedure, reason) = (text("regular-citizen-office"), reason.map(text));
        Candidate { id: text(id), procedure, reason, office: text(office), issued_before, waited_days }
    }

    fn ids(rules: &str, candidates: &[Candidate], room: usize) -> Vec<String> {
        Quota::parse(rules).unwrap().choose(candidates, room).into_iter().map(|c| c.id).collect()
    }

    #[test]
    fn never_issued_first_and_damaged_waits() {
        let damaged = candidate("d", "1", true, Some("damaged"), 5);
        let new = candidate("n", "1", false, Some("new"), 3);
        let lost = candidate("l", "1", true, Some("lost"), 1);
        let all = [damaged.clone(), new.clone(), lost.clone()];
        assert_eq!(ids(RULES, &all, 10), ["n", "l", "d"], "with room for all");
        assert_eq!(ids(RULES, &all, 2), ["n", "l"]);
        assert_eq!(ids(RULES, &all, 1), ["n"]);
        // With one of an earlier class left over, for whatever reason, a damaged card waits, room or not.
        let lost_again = candidate("l2", "2", true, Some("lost"), 0);
        assert_eq!(ids(RULES, &[damaged.clone(), lost, lost_again], 10), ["l"]);
        let of_one_office =
            [candidate("n1", "1", false, None, 3), candidate("n2", "1", false, None, 2), candidate("n3", "1", false, None, 1)];
        assert_eq!(ids(RULES, &of_one_office, 10), ["n1", "n2"], "the third of an office is for the next batch");
        let old = Candidate { waited_days: 90, ..damaged };
        assert_eq!(ids(RULES, &[new, old], 10), ["d", "n"], "who waits for long is of another class");
        let none = candidate("x", "1", true, Some("expired"), 0);
        assert_eq!(ids(RULES, &[none.clone()], 10), Vec::<String>::new(), "what fits no class is not made");
        assert_eq!(Quota::default().choose(&[none], 10).len(), 1);
    }

    #[test]
    fn rules_that_are_none_are_refused() {
        let of = |text: &str| Quota::parse(text).unwrap_err();
        assert_eq!(of("format = 2\nclass = []"), QuotaError::Form("format 1 is known".into()));
        assert_eq!(of("format = 1\nclass = []"), QuotaError::Classes);
        assert_eq!(of("format = 1\n[[class]]\nname = \"a b\""), QuotaError::Name("a b".into()));
        assert_eq!(of("format = 1\n[[class]]\nname = \"a\"\n[[class]]\nname = \"a\""), QuotaError::Name("a".into()));
        assert!(
            matches!(of("format = 1\n[[class]]\nname = \"a\"\nfirst = true"), QuotaError::Form(_)),
            "an unknown word is refused"
        );
        assert_eq!(QuotaError::Classes.reason(), Reason::InputInvalid);
    }
}
