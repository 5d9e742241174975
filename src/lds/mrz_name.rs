//! A holder's name in the machine readable zone: transliteration and truncation (Doc 9303-3 4.6 and 6, 9303-5 4.2.4).

/// A name in MRZ characters: parts of letters only, separated by single fillers.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct MrzName {
    /// Primary identifier; the whole name where identifiers are not told apart.
    pub primary: String,
    /// Secondary identifier; empty if there is none.
    pub secondary: String,
}

impl std::fmt::Debug for MrzName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MrzName")
    }
}

impl MrzName {
    /// A name that is not divided: all of it is the primary identifier (Doc 9303-3 3.4), as Indonesian law knows no surname.
    #[must_use]
    pub fn undivided(name: &str) -> Self {
        Self { primary: transliterate(name), secondary: String::new() }
    }

    /// A divided name.
    #[must_use]
    pub fn divided(primary: &str, secondary: &str) -> Self {
        Self { primary: transliterate(primary), secondary: transliterate(secondary) }
    }

    /// Reads a name field.
    #[must_use]
    pub fn from_field(field: &str) -> Self {
        let field = field.trim_end_matches('<');
        match field.split_once("<<") {
            Some((primary, secondary)) => Self { primary: primary.into(), secondary: secondary.trim_matches('<').into() },
            None => Self { primary: field.into(), secondary: String::new() },
        }
    }

    /// The field of exactly `width` characters. A truncated name ends in a letter (Doc 9303-3 4.6.2), and its secondary
    /// identifier keeps at least its first letter.
    #[must_use]
    pub fn field(&self, width: usize) -> String {
        let whole =
            if self.secondary.is_empty() { self.primary.clone() } else { format!("{}<<{}", self.primary, self.secondary) };
        if whole.len() <= width {
            return format!("{whole:<<width$}");
        }
        if self.secondary.is_empty() || self.primary.len() + 3 <= width {
            return cut(&whole, width);
        }
        let initial: String = self.secondary.chars().take(1).collect();
        format!("{}<<{initial}", cut(&self.primary, width.saturating_sub(3)))
    }
}

/// Cuts to `width`; where the cut would end in a filler, a letter before the filler is given up so that a letter ends it.
fn cut(text: &str, width: usize) -> String {
    let mut kept: Vec<char> = text.chars().take(width).collect();
    let next = text.chars().nth(width);
    if kept.last() == Some(&'<')
        && let Some(next) = next.filter(|c| *c != '<')
        && let Some(letter) = kept.iter().rposition(|c| *c != '<')
    {
        kept.remove(letter);
        kept.push(next);
    }
    kept.into_iter().collect()
}

/// Letters of any case to A to Z, separators to single fillers, everything else away.
#[must_use]
pub fn transliterate(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_uppercase) {
        match character {
            'A'..='Z' => out.push(character),
            ' ' | '-' | '<' | '/' | ',' => {
                if !out.is_empty() && !out.ends_with('<') {
                    out.push('<');
                }
            }
            other => out.push_str(latin(other)),
        }
    }
    out.trim_end_matches('<').to_owned()
}

/// National letters by Doc 9303-3 section 6.A; apostrophes, full stops and what is not listed are left out.
fn latin(character: char) -> &'static str {
    match character {
        'Á' | 'À' | 'Â' | 'Ã' | 'Ā' | 'Ă' | 'Ą' => "A",
        'Ä' | 'Æ' => "AE",
        'Å' => "AA",
        'Ç' | 'Ć' | 'Č' | 'Ĉ' => "C",
        'Ð' | 'Ď' | 'Đ' => "D",
        'É' | 'È' | 'Ê' | 'Ë' | 'Ē' | 'Ę' | 'Ě' => "E",
        'Ğ' | 'Ĝ' => "G",
        'Í' | 'Ì' | 'Î' | 'Ï' | 'Ī' | 'İ' => "I",
        'Ł' | 'Ľ' => "L",
        'Ñ' | 'Ń' | 'Ň' => "N",
        'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ō' | 'Ő' => "O",
        'Ö' | 'Ø' | 'Œ' => "OE",
        'Ř' => "R",
        'Ś' | 'Š' | 'Ş' => "S",
        'Þ' => "TH",
        'Ť' | 'Ţ' => "T",
        'Ú' | 'Ù' | 'Û' | 'Ū' | 'Ű' => "U",
        'Ü' => "UE",
        'Ý' | 'Ÿ' => "Y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_into_mrz_letters() {
        assert_eq!(transliterate("Siti Nur'aini, S.Pd."), "SITI<NURAINI<SPD");
        assert_eq!(transliterate("Müller-Ægir"), "MUELLER<AEGIR");
        assert_eq!(transliterate("  -- "), "");
    }

    #[test]
    fn names_that_fit_are_padded() {
        assert_eq!(MrzName::undivided("BUDI SANTOSO").field(30), "BUDI<SANTOSO<<<<<<<<<<<<<<<<<<");
        assert_eq!(MrzName::divided("ERIKSSON", "ANNA MARIA").field(30), "ERIKSSON<<ANNA<MARIA<<<<<<<<<<");
    }

    #[test]
    fn truncation_ends_in_a_letter() {
        // The shape of Doc 9303-3 4.6: the field is full and its last character is a letter.
        let long = MrzName::undivided("NILAVADHANANANDA CHAYAPA DEJTHAMRONG KRASUANG");
        assert_eq!(long.field(30), "NILAVADHANANANDA<CHAYAPA<DEJTH");
        let at_filler = MrzName::undivided("ABCDEFGHIJKLMNOPQRSTUVWXYZABC DEF GHI");
        assert_eq!(at_filler.field(30), "ABCDEFGHIJKLMNOPQRSTUVWXYZAB<D");
        let divided = MrzName::divided("NILAVADHANANANDA", "ARNPOL PETCH CHARONGUANG");
        assert_eq!(divided.field(30), "NILAVADHANANANDA<<ARNPOL<PETCH");
        let primary = MrzName::divided("BENNELONG WOOLOOMOOLOO WARRANDYTE WARNAMBOOL", "DINGO POTOROO");
        assert_eq!(primary.field(30), "BENNELONG<WOOLOOMOOLOO<WARR<<D");
    }

    #[test]
    fn fields_read_back() {
        for name in [MrzName::divided("ERIKSSON", "ANNA MARIA"), MrzName::undivided("SUKARNO")] {
            assert_eq!(MrzName::from_field(&name.field(30)), name);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_name_fills_its_field(primary: String, secondary: String) {
            let field = MrzName::divided(&primary, &secondary).field(30);
            assert_eq!(field.len(), 30);
            assert!(field.bytes().all(|b| b == b'<' || b.is_ascii_uppercase()));
        }
    }
}
