//! What a check found, in both languages of its readers: a finding of ours cannot be written in one alone.

use crate::reason::Lang;
use serde::{Serialize, Serializer};
use std::fmt::Display;

/// A finding, without personal values. The machine contract has the English text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    en: String,
    id: Option<String>,
}

impl Told {
    /// A finding in English and Indonesian.
    pub fn both(en: impl Into<String>, id: impl Into<String>) -> Self {
        Self { en: en.into(), id: Some(id.into()) }
    }

    /// What an error says, which has one language: an Indonesian reader is told the reason's own text first.
    pub fn error(error: &impl Display) -> Self {
        Self { en: error.to_string(), id: None }
    }

    /// The English text.
    #[must_use]
    pub fn en(&self) -> &str {
        &self.en
    }

    /// The text in this language, if there is one.
    #[must_use]
    pub fn text(&self, lang: Lang) -> Option<&str> {
        match lang {
            Lang::En => Some(&self.en),
            Lang::Id => self.id.as_deref(),
        }
    }

    /// The same behind other words.
    #[must_use]
    pub fn after(&self, en: &str, id: &str) -> Self {
        Self { en: format!("{en}{}", self.en), id: Some(format!("{id}{}", self.id.as_ref().unwrap_or(&self.en))) }
    }
}

impl Serialize for Told {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_has_both_languages_and_the_contract_one() {
        let told = Told::both("the card is valid", "kartu berlaku");
        assert_eq!((told.text(Lang::En), told.text(Lang::Id)), (Some("the card is valid"), Some("kartu berlaku")));
        assert_eq!(serde_json::to_string(&told).unwrap(), "\"the card is valid\"");
        let error = Told::error(&"byte 7");
        assert_eq!((error.text(Lang::En), error.text(Lang::Id)), (Some("byte 7"), None));
        let behind = error.after("the list: ", "daftar: ");
        assert_eq!((behind.en(), behind.text(Lang::Id)), ("the list: byte 7", Some("daftar: byte 7")));
    }
}
