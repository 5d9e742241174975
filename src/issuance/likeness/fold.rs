//! An Indonesian name as it is heard: titles dropped, abbreviations written out, the spellings before 1947 and before 1972 as those of today,
//! and letters that writers take for each other as one.
//!
//! Spellings: *oe* → *u* (until 1947); *dj* → *j*, *tj* → *c*, *nj* → *ny*, *sj* → *sy*, *ch* → *kh*, *j* → *y* (until 1972, *Ejaan yang
//! Disempurnakan*). Since a lone *j* is *y* in the one and itself in the other, *j* and *y* are one letter here.

use crate::lds::mrz_name::transliterate;
use crate::limits::NAME_TOKENS;
use std::collections::BTreeSet;

/// What stands before or after a name and is none: pilgrims, learned and noble titles, degrees.
const TITLES: [&str; 62] = [
    "H",
    "HJ",
    "HAJI",
    "HAJJAH",
    "HAJAH",
    "KH",
    "KYAI",
    "KIAI",
    "UST",
    "USTAD",
    "USTADZ",
    "USTAZAH",
    "TGK",
    "TGH",
    "DR",
    "DRS",
    "DRA",
    "DRG",
    "DRH",
    "IR",
    "PROF",
    "SE",
    "SH",
    "SS",
    "SSI",
    "ST",
    "STP",
    "SPD",
    "SPDI",
    "SAG",
    "SKM",
    "SKEP",
    "SKED",
    "SKOM",
    "SSOS",
    "SIP",
    "SP",
    "SPT",
    "SPSI",
    "SHI",
    "SHUT",
    "STH",
    "MM",
    "MH",
    "MT",
    "MSI",
    "MSC",
    "MPD",
    "MKES",
    "MKOM",
    "MAG",
    "MBA",
    "PHD",
    "AMD",
    "AMK",
    "BSC",
    "R",
    "RD",
    "RR",
    "RADEN",
    "RADENRORO",
    "RORO",
];
/// Words that bind a name to the father's.
const BINDING: [&str; 6] = ["BIN", "BINTI", "BT", "BTE", "BTI", "AL"];
/// Writings of *Muhammad*.
const MUHAMMAD: [&str; 26] = [
    "M",
    "MD",
    "MHD",
    "MHMD",
    "MUH",
    "MUHD",
    "MUHAMAD",
    "MUHAMMAD",
    "MUHAMMED",
    "MUHAMED",
    "MOH",
    "MOHD",
    "MOHAMAD",
    "MOHAMMAD",
    "MOHAMED",
    "MOHAMMED",
    "MOCH",
    "MOCHD",
    "MOCHAMAD",
    "MOCHAMMAD",
    "MOKHAMAD",
    "MOKHAMMAD",
    "MUCH",
    "MUCHAMAD",
    "MUCHAMMAD",
    "MUKHAMMAD",
];
/// Other abbreviations, written out.
const WRITTEN_OUT: [(&str, &str); 9] = [
    ("ABD", "ABDUL"),
    ("ABDL", "ABDUL"),
    ("ACHMAD", "AHMAD"),
    ("AKHMAD", "AHMAD"),
    ("AHMED", "AHMAD"),
    ("ACH", "AHMAD"),
    ("AKH", "AHMAD"),
    ("SITTI", "SITI"),
    ("NUUR", "NUR"),
];
/// Words so common that they tell little of who somebody is.
const COMMON: [&str; 26] = [
    "MUHAMMAD", "AHMAD", "SITI", "ABDUL", "NUR", "SRI", "DEWI", "DWI", "TRI", "EKA", "ANAK", "AGUNG", "NI", "I", "WAYAN", "MADE",
    "NYOMAN", "KETUT", "PUTU", "KADEK", "KOMANG", "GEDE", "LUH", "PUTRI", "PUTRA", "SAPUTRA",
];

/// A word of a name.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// As it is spelled, when letters that are taken for each other are one.
    pub spelling: String,
    /// Its first sound and its consonants; a second time where a letter can be read in two ways.
    pub codes: BTreeSet<String>,
    /// Whether it is one of the most common words of names.
    pub is_common: bool,
}

impl Token {
    /// Whether it is one letter.
    #[must_use]
    pub fn is_initial(&self) -> bool {
        self.spelling.len() == 1
    }
}

/// A name as it is heard.
#[derive(Clone, PartialEq, Eq)]
pub struct Name {
    tokens: Vec<Token>,
}

/// Somebody's: counted, not shown.
impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Name({} words)", self.tokens.len())
    }
}

impl Name {
    /// Folds a name, of which at most [`NAME_TOKENS`] words are looked at.
    #[must_use]
    pub fn fold(name: &str) -> Self {
        // Degrees stand behind a comma.
        let told = name.split(',').next().filter(|t| t.chars().any(char::is_alphabetic)).unwrap_or(name);
        let all: Vec<String> = told.split([' ', '-', '/']).flat_map(pieces).take(NAME_TOKENS).collect();
        let is_title = |(at, word): (usize, &String)| {
            let is_siti = at == 0 && word == "ST" && all.len() > 1;
            !is_siti && (TITLES.contains(&word.as_str()) || BINDING.contains(&word.as_str()))
        };
        let kept: Vec<String> = all.iter().enumerate().filter(|word| !is_title(*word)).map(|(_, word)| word.clone()).collect();
        let kept = if kept.is_empty() { all } else { kept };
        Self { tokens: kept.iter().enumerate().map(|(at, word)| token(at == 0 && kept.len() > 1, word)).collect() }
    }

    /// Its words.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Those that tell who somebody is; all, where there are only common ones.
    #[must_use]
    pub fn telling(&self) -> Vec<&Token> {
        let telling: Vec<&Token> = self.tokens.iter().filter(|token| !token.is_common && !token.is_initial()).collect();
        if telling.is_empty() { self.tokens.iter().collect() } else { telling }
    }

    /// All its words as one, in their order, of which the code is taken; so a name that is written as one word is found by two.
    #[must_use]
    pub fn undivided(&self) -> String {
        once(&self.tokens.iter().map(|token| token.spelling.as_str()).collect::<String>())
    }
}

/// The words that a writer put dots into: `S.PD` is one, `M.YUSUF` are two.
fn pieces(written: &str) -> Vec<String> {
    let clean = |text: &str| transliterate(&text.to_uppercase()).chars().filter(char::is_ascii_uppercase).collect::<String>();
    let whole = clean(written);
    if TITLES.contains(&whole.as_str()) && written.contains('.') && whole.len() > 1 {
        return vec![whole];
    }
    written.split('.').map(clean).filter(|piece| !piece.is_empty()).collect()
}

fn token(leads: bool, word: &str) -> Token {
    let is_muhammad = MUHAMMAD.contains(&word) && (leads || word.len() > 1);
    let out = WRITTEN_OUT.iter().find(|(short, _)| *short == word).map(|(_, long)| *long);
    let word = match out {
        _ if is_muhammad => "MUHAMMAD",
        Some(long) => long,
        None if leads && word == "ST" => "SITI",
        None => word,
    };
    let other = word.replace("CH", "C").replace('Z', "J");
    let codes = [word, other.as_str()].map(|text| code(&spelling(text))).into_iter().collect();
    Token { spelling: spelling(word), codes, is_common: COMMON.contains(&word) }
}

/// What is written for what, in this order.
const FOLDS: [(&str, &str); 32] = [
    ("OE", "U"),
    ("DJ", "J"),
    ("TJ", "C"),
    ("CHR", "KR"),
    ("KH", "H"),
    ("CH", "H"),
    ("SJ", "S"),
    ("SY", "S"),
    ("SH", "S"),
    ("DZ", "Z"),
    ("DH", "D"),
    ("DL", "D"),
    ("TH", "T"),
    ("BH", "B"),
    ("GH", "G"),
    ("PH", "P"),
    ("V", "P"),
    ("F", "P"),
    ("X", "KS"),
    ("Q", "K"),
    ("J", "Y"),
    ("Z", "S"),
    ("AE", "AI"),
    ("AY", "AI"),
    ("AO", "AU"),
    ("IE", "I"),
    ("IY", "Y"),
    ("UW", "W"),
    ("EE", "I"),
    ("OO", "U"),
    ("CK", "K"),
    ("CC", "C"),
];

fn spelling(word: &str) -> String {
    let mut text = word.to_owned();
    for (from, to) in FOLDS {
        text = text.replace(from, to);
    }
    once(&glides(&once(&text)))
}

const fn is_vowel(letter: char) -> bool {
    matches!(letter, 'A' | 'E' | 'I' | 'O' | 'U')
}

/// *i* and *u* before a vowel are *y* and *w*, *y* before none is *i*; the last consonant is voiceless.
fn glides(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for (at, letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied();
        let vowel_follows = next.is_some_and(is_vowel);
        out.push(match letter {
            'I' if at > 0 && vowel_follows => 'Y',
            'U' if at > 0 && vowel_follows => 'W',
            'Y' if !vowel_follows => 'I',
            'D' if at > 0 && next.is_none() => 'T',
            'B' if at > 0 && next.is_none() => 'P',
            other => *other,
        });
    }
    out
}

/// Without a letter twice in a row.
fn once(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().filter(char::is_ascii_alphabetic) {
        if !out.ends_with(letter) {
            out.push(letter);
        }
    }
    out
}

/// The first sound, every vowel being one and *h* none, and the consonants after it but *h*, *w*, *y*.
#[must_use]
pub fn code(spelling: &str) -> String {
    let heard: Vec<char> = spelling.chars().filter(|letter| *letter != 'H').collect();
    let first = heard.first().map(|letter| if is_vowel(*letter) { 'A' } else { *letter });
    let rest = heard.iter().skip(1).filter(|letter| !is_vowel(**letter) && !matches!(letter, 'W' | 'Y'));
    first.into_iter().chain(rest.copied()).collect()
}
