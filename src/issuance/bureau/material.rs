//! Materials that are counted, not numbered: ribbon, film, laminate, seals; what a station should have used, and by how much a count
//! may differ.

use crate::issuance::store::Word;
use crate::limits::SHIFT_MATERIALS;
use crate::reason::{Reason, Refusal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts of materials, by name.
pub type Counters = BTreeMap<String, u64>;

/// A material of a bureau, as its rules name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// Its name: a word.
    pub name: String,
    /// In what it is counted: panels, sheets, pieces.
    pub unit: String,
    /// How much a card takes.
    pub per_card: u64,
    /// By how much a shift may differ from that.
    pub tolerance: u64,
}

/// The materials of a bureau.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Materials {
    /// Format of the file.
    format: u8,
    /// Each.
    #[serde(default)]
    pub material: Vec<Material>,
}

/// What a shift did with a material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Which.
    pub name: String,
    /// Counted at the beginning.
    pub opening: u64,
    /// Came to the station.
    pub supplied: u64,
    /// Counted at the end.
    pub carried_over: u64,
    /// What the cards take that became one, and what was handed out.
    pub least: u64,
    /// What they and the spoiled ones take: a card may spoil before or after it took its share.
    pub most: u64,
    /// Allowed beside that.
    pub tolerance: u64,
}

/// Why materials are refused, or do not balance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MaterialError {
    /// The file is no list of materials.
    #[error("the list of materials does not parse: {0}")]
    Form(String),
    /// A name that is none, or stands twice.
    #[error("{0:?} is no name of a material, or stands twice")]
    Name(String),
    /// More than a shift counts.
    #[error("a shift counts at most {SHIFT_MATERIALS} materials")]
    TooMany,
    /// A count does not parse: `NAME=COUNT`.
    #[error("{0:?} is no count: NAME=COUNT")]
    Count(String),
    /// A material of the shift was not counted, or one was counted that it has not.
    #[error("the count of {0} is missing, or nothing of the shift")]
    Uncounted(String),
    /// A shift begins with another count than the one before left: what is gone was used by nobody, what is new was brought by nobody.
    #[error("{counted} {name} are there, and the shift before left {left} (tolerance {tolerance})")]
    Opening {
        /// Which.
        name: String,
        /// What the shift before left.
        left: u64,
        /// What was counted.
        counted: u64,
        /// Allowed between them.
        tolerance: u64,
    },
    /// The store room has not as many. What it has is not said: it is counted.
    #[error("the store room has not {asked} {name}")]
    Short {
        /// Which.
        name: String,
        /// How many were asked for.
        asked: u64,
    },
    /// More is there than came.
    #[error("there is more {0} than there was and came")]
    More(String),
    /// The use differs from what the cards take by more than the tolerance.
    #[error("{} {} were used, and the cards take {} to {} (tolerance {})", .0.used(), .0.name, .0.least, .0.most, .0.tolerance)]
    Differs(Use),
}

impl Refusal for MaterialError {
    fn reason(&self) -> Reason {
        match self {
            Self::More(_) | Self::Differs(_) | Self::Opening { .. } | Self::Short { .. } => Reason::CountUnbalanced,
            _ => Reason::InputInvalid,
        }
    }
}

impl Materials {
    /// Parses a list of materials, TOML: `format = 1`, and a `[[material]]` each.
    ///
    /// # Errors
    /// [`MaterialError`].
    pub fn parse(text: &str) -> Result<Self, MaterialError> {
        let read: Self = toml::from_str(text).map_err(|e| MaterialError::Form(e.message().to_owned()))?;
        if read.format != 1 {
            return Err(MaterialError::Form("format 1 is known".to_owned()));
        }
        if read.material.len() > SHIFT_MATERIALS {
            return Err(MaterialError::TooMany);
        }
        let mut names = std::collections::BTreeSet::new();
        let wrong = |m: &&Material| Word::parse(&m.name).is_err() || !names.insert(m.name.clone());
        match read.material.iter().find(wrong) {
            Some(material) => Err(MaterialError::Name(material.name.clone())),
            None => Ok(read),
        }
    }

    /// Whether these counts are of these materials, each once.
    ///
    /// # Errors
    /// [`MaterialError::Uncounted`].
    pub fn complete(&self, counters: &Counters) -> Result<(), MaterialError> {
        let own = |name: &String| self.material.iter().any(|m| m.name == *name);
        let missing = self.material.iter().map(|m| &m.name).find(|name| !counters.contains_key(*name));
        match missing.or_else(|| counters.keys().find(|name| !own(name))) {
            Some(name) => Err(MaterialError::Uncounted(name.clone())),
            None => Ok(()),
        }
    }

    /// Whether a shift that begins with these counts follows one that ended like this: each material as it was left, within the tolerance
    /// that it was counted by; what was not there before comes by a supply.
    ///
    /// # Errors
    /// [`MaterialError::Opening`].
    pub fn follow(&self, left: &[Use], counters: &Counters) -> Result<(), MaterialError> {
        let names = left.iter().map(|of| &of.name).chain(self.material.iter().map(|m| &m.name));
        for name in names {
            let before = left.iter().find(|of| of.name == *name);
            let (was, tolerance) = before.map_or((0, 0), |of| (of.carried_over, of.tolerance));
            let counted = counters.get(name).copied().unwrap_or_default();
            if was.abs_diff(counted) > tolerance {
                return Err(MaterialError::Opening { name: name.clone(), left: was, counted, tolerance });
            }
        }
        Ok(())
    }

    /// What became of each material over a shift that made and spoiled so many cards, and handed so much out.
    ///
    /// # Errors
    /// [`MaterialError::More`], [`MaterialError::Differs`].
    pub fn close(
        &self,
        [opening, supplied, carried_over]: [&Counters; 3],
        handed_out: &Counters,
        cards: [u64; 2],
    ) -> Result<Vec<Use>, MaterialError> {
        let [made, spoiled] = cards;
        let of = |counters: &Counters, name: &str| counters.get(name).copied().unwrap_or_default();
        let used = self.material.iter().map(|m| Use {
            name: m.name.clone(),
            opening: of(opening, &m.name),
            supplied: of(supplied, &m.name),
            carried_over: of(carried_over, &m.name),
            least: m.per_card.saturating_mul(made).saturating_add(of(handed_out, &m.name)),
            most: m.per_card.saturating_mul(made.saturating_add(spoiled)).saturating_add(of(handed_out, &m.name)),
            tolerance: m.tolerance,
        });
        used.map(Use::checked).collect()
    }
}

impl Use {
    /// How much was used.
    #[must_use]
    pub const fn used(&self) -> u64 {
        self.opening.saturating_add(self.supplied).saturating_sub(self.carried_over)
    }

    fn checked(self) -> Result<Self, MaterialError> {
        if self.carried_over > self.opening.saturating_add(self.supplied) {
            return Err(MaterialError::More(self.name));
        }
        let lowest = self.least.saturating_sub(self.tolerance);
        let fits = (lowest..=self.most.saturating_add(self.tolerance)).contains(&self.used());
        if fits { Ok(self) } else { Err(MaterialError::Differs(self)) }
    }
}

/// Parses counts: `NAME=COUNT` each.
///
/// # Errors
/// [`MaterialError::Count`], [`MaterialError::Name`] if one stands twice, [`MaterialError::TooMany`].
pub fn counters<'a>(all: impl IntoIterator<Item = &'a str>) -> Result<Counters, MaterialError> {
    let mut counters = Counters::new();
    for text in all {
        let (name, count) = text.split_once('=').ok_or_else(|| MaterialError::Count(text.to_owned()))?;
        let count: u64 = count.trim().parse().map_err(|_| MaterialError::Count(text.to_owned()))?;
        if counters.len() >= SHIFT_MATERIALS {
            return Err(MaterialError::TooMany);
        }
        if counters.insert(name.trim().to_owned(), count).is_some() {
            return Err(MaterialError::Name(name.trim().to_owned()));
        }
    }
    Ok(counters)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "format = 1\n[[material]]\nname = \"ribbon\"\nunit = \"panel\"\nper_card = 2\ntolerance = 3\n";

    fn list() -> Materials {
        Materials::parse(LIST).unwrap()
    }

    fn count(n: u64) -> Counters {
        Counters::from([("ribbon".to_owned(), n)])
    }

    #[test]
    fn a_use_balances_between_what_made_and_spoiled_cards_take_within_the_tolerance() {
        // 10 made and 2 spoiled take 20 to 24; 3 may go astray either way: 17 to 27.
        let close = |left: u64| list().close([&count(100), &count(50), &count(left)], &Counters::new(), [10, 2]);
        assert_eq!(close(133).unwrap()[0].used(), 17);
        assert_eq!(close(123).unwrap()[0].used(), 27);
        for (left, used) in [(134, 16), (122, 28)] {
            let Err(MaterialError::Differs(of)) = close(left) else { panic!("{left}") };
            assert_eq!((of.used(), of.least, of.most), (used, 20, 24));
            assert_eq!(MaterialError::Differs(of).reason(), Reason::CountUnbalanced);
        }
        assert_eq!(close(151), Err(MaterialError::More("ribbon".into())));
        assert_eq!(MaterialError::More(String::new()).reason(), Reason::CountUnbalanced);
    }

    #[test]
    fn a_store_room_uses_what_it_hands_out() {
        let close = |left: u64| list().close([&count(100), &count(50), &count(left)], &count(40), [0, 0]);
        assert_eq!(close(110).map(|of| (of[0].used(), of[0].least, of[0].most)), Ok((40, 40, 40)));
        assert!(matches!(close(100), Err(MaterialError::Differs(_))));
    }

    #[test]
    fn a_shift_begins_with_the_materials_that_the_one_before_left() {
        let left = list().close([&count(100), &Counters::new(), &count(80)], &Counters::new(), [10, 0]).unwrap();
        for counted in [77, 80, 83] {
            assert_eq!(list().follow(&left, &count(counted)), Ok(()));
        }
        let opening = |left, counted, tolerance| MaterialError::Opening { name: "ribbon".into(), left, counted, tolerance };
        for counted in [5, 76, 84] {
            assert_eq!(list().follow(&left, &count(counted)), Err(opening(80, counted, 3)));
        }
        assert_eq!(Materials::default().follow(&left, &Counters::new()), Err(opening(80, 0, 3)), "left out of the list");
        assert_eq!(list().follow(&[], &count(1)), Err(opening(0, 1, 0)), "out of nowhere");
        assert_eq!(opening(0, 1, 0).reason(), Reason::CountUnbalanced);
        let short = MaterialError::Short { name: "ribbon".into(), asked: 9 };
        assert_eq!((short.reason(), short.to_string().as_str()), (Reason::CountUnbalanced, "the store room has not 9 ribbon"));
    }

    #[test]
    fn a_list_and_its_counts_are_whole_or_refused() {
        assert_eq!(list().complete(&count(1)), Ok(()));
        assert_eq!(list().complete(&Counters::new()), Err(MaterialError::Uncounted("ribbon".into())));
        let more = counters(["ribbon=1", "film=2"]).unwrap();
        assert_eq!(list().complete(&more), Err(MaterialError::Uncounted("film".into())));
        for (text, error) in [
            (LIST.replace("ribbon", "rib bon"), MaterialError::Name("rib bon".into())),
            (format!("{LIST}{}", LIST.trim_start_matches("format = 1")), MaterialError::Name("ribbon".into())),
            (LIST.replace("format = 1", "format = 2"), MaterialError::Form("format 1 is known".into())),
        ] {
            assert_eq!(Materials::parse(&text), Err(error));
        }
        assert!(matches!(Materials::parse("format = 1\nx = 2"), Err(MaterialError::Form(_))));
        let one = |n: usize| format!("[[material]]\nname = \"m{n}\"\nunit = \"u\"\nper_card = 1\ntolerance = 0\n");
        let many: String = (0..=SHIFT_MATERIALS).map(one).collect();
        assert_eq!(Materials::parse(&format!("format = 1\n{many}")), Err(MaterialError::TooMany));
        assert_eq!(counters(["ribbon"]), Err(MaterialError::Count("ribbon".into())));
        assert_eq!(counters(["ribbon=-1"]), Err(MaterialError::Count("ribbon=-1".into())));
        assert_eq!(counters(["a=1", "a=2"]), Err(MaterialError::Name("a".into())));
        assert_eq!(MaterialError::TooMany.reason(), Reason::InputInvalid);
    }
}
