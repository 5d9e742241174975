//! Persons whom nobody is, as many as are asked for, and the same persons as somebody else would write them: what a search by data is
//! measured with.
//!
//! Names are drawn from common ones, the most common most often; births lie between 1945 and 2008, of the older ones some on the days that
//! are written where nobody knows the day. Which person it is depends on seed and number alone.

use crate::record::{Biodata, FamilyCardNo, FullName, Line, Nik, Sex};
use jiff::civil::Date;

const OF_MEN: [&str; 72] = [
    "MUHAMMAD",
    "AHMAD",
    "ABDUL",
    "AGUS",
    "BUDI",
    "EKO",
    "DEDI",
    "ANDI",
    "HENDRA",
    "JOKO",
    "RUDI",
    "IWAN",
    "YUSUF",
    "HASAN",
    "SLAMET",
    "BAMBANG",
    "DWI",
    "TRI",
    "RIZKY",
    "ADI",
    "ARIF",
    "IRFAN",
    "FAJAR",
    "ILHAM",
    "SURYADI",
    "SUGENG",
    "SUTRISNO",
    "SUPRIYADI",
    "MULYADI",
    "SUNARDI",
    "SUKARDI",
    "JUNAIDI",
    "SYAHRUL",
    "KHAIRUL",
    "SAIFUL",
    "ZAINAL",
    "WAHYU",
    "TEGUH",
    "UJANG",
    "ASEP",
    "DADANG",
    "COKRO",
    "TUGIMAN",
    "PARMAN",
    "SUYATNO",
    "SUROTO",
    "WAGIMAN",
    "NGADIMAN",
    "KUSNADI",
    "KARTONO",
    "YOHANES",
    "PETRUS",
    "MARKUS",
    "WAYAN",
    "MADE",
    "NYOMAN",
    "KETUT",
    "PUTU",
    "GEDE",
    "FRANSISKUS",
    "RAHMAT",
    "TAUFIK",
    "LUKMAN",
    "FIRMAN",
    "DENI",
    "YANTO",
    "HERI",
    "SAMSUL",
    "JAMALUDIN",
    "BURHANUDIN",
    "SYAMSUDIN",
    "BASUKI",
];
const OF_WOMEN: [&str; 70] = [
    "SITI",
    "NUR",
    "SRI",
    "DEWI",
    "RINA",
    "YUNI",
    "ENDANG",
    "LESTARI",
    "AYU",
    "FITRI",
    "RATNA",
    "WATI",
    "SUMIATI",
    "AMINAH",
    "KHADIJAH",
    "NURHAYATI",
    "FATIMAH",
    "AISYAH",
    "MARYAM",
    "ROHANI",
    "INDAH",
    "PUJI",
    "EKA",
    "DWI",
    "TRI",
    "NI",
    "LUH",
    "KADEK",
    "MARIA",
    "YULIANA",
    "KRISTINA",
    "WAHYUNI",
    "RAHAYU",
    "SUPRIHATIN",
    "SULASTRI",
    "SUTINAH",
    "PONIYEM",
    "TUKINEM",
    "NGATINI",
    "SUYATI",
    "KARTINI",
    "JUMINAH",
    "MASITOH",
    "ROSIDAH",
    "ZUBAIDAH",
    "SYARIFAH",
    "HALIMAH",
    "NINGSIH",
    "SARI",
    "PUSPITA",
    "ANGGRAINI",
    "MELATI",
    "CAHYANI",
    "WIDYA",
    "NOVITA",
    "LINA",
    "MEGAWATI",
    "ERNAWATI",
    "HERLINA",
    "MARLINA",
    "JULAEHA",
    "SOLEHAH",
    "UMI",
    "KULSUM",
    "ROKAYAH",
    "HASNAH",
    "NURUL",
    "LAILA",
    "RAMLAH",
    "DARMI",
];
const LAST: [&str; 72] = [
    "SANTOSO",
    "WIJAYA",
    "HIDAYAT",
    "SETIAWAN",
    "SAPUTRA",
    "KURNIAWAN",
    "SUSANTO",
    "NUGROHO",
    "PRASETYO",
    "RAHMAN",
    "HAKIM",
    "SIREGAR",
    "NASUTION",
    "SIMANJUNTAK",
    "LUBIS",
    "HARAHAP",
    "GINTING",
    "SEMBIRING",
    "TARIGAN",
    "MANURUNG",
    "SUHARTO",
    "SUDIRMAN",
    "HARTONO",
    "GUNAWAN",
    "SUSILO",
    "WIBOWO",
    "UTOMO",
    "PURNOMO",
    "SUBAGYO",
    "RAHARJO",
    "MAULANA",
    "FIRMANSYAH",
    "RAMADHAN",
    "PRATAMA",
    "PERMANA",
    "SYAHPUTRA",
    "YULIANTO",
    "SURYANI",
    "LESTARI",
    "HANDAYANI",
    "PUSPITASARI",
    "RAHMAWATI",
    "KUSUMA",
    "ATMAJA",
    "DARMAWAN",
    "ISKANDAR",
    "EFENDI",
    "HUSEIN",
    "ALAMSYAH",
    "MANSUR",
    "BASRI",
    "TANJUNG",
    "CANIAGO",
    "KOTO",
    "PANE",
    "HUTAPEA",
    "SITUMORANG",
    "NAPITUPULU",
    "LATUPERISSA",
    "TUASIKAL",
    "MANDAGI",
    "RUMONDOR",
    "WENAS",
    "TAMPUBOLON",
    "YASIN",
    "BAHRI",
    "ZULKARNAIN",
    "JUNAEDI",
    "CHANDRA",
    "SUCIPTO",
    "OETAMA",
    "AZIZ",
];
const PLACES: [&str; 12] = [
    "JAKARTA",
    "SURABAYA",
    "BANDUNG",
    "MEDAN",
    "SEMARANG",
    "MAKASSAR",
    "PALEMBANG",
    "DENPASAR",
    "YOGYAKARTA",
    "BANJARMASIN",
    "PADANG",
    "AMBON",
];

/// When their names were registered: before the rules of 2022, under which a name has two words.
const OLDER: Date = Date::constant(2000, 1, 1);

/// How somebody is written otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing but the NIK.
    Nothing,
    /// The name in the spelling before 1947 and 1972.
    OldSpelling,
    /// *Muhammad* shortened, or in another writing.
    Muhammad,
    /// Titles before and behind.
    Titles,
    /// The words of the name in another order.
    Order,
    /// A word of the name left out.
    WordLeftOut,
    /// Two words written as one.
    AsOne,
    /// A letter of the name changed, left out or swapped with the next.
    Letter,
    /// Day and month changed about.
    DayAndMonth,
    /// A year before or after.
    Year,
    /// Another day of the month.
    Day,
    /// Another date altogether, beside a NIK that tells the right one.
    DateBesideNik,
    /// Old spelling, and day and month changed about.
    OldSpellingAndDayAndMonth,
    /// A letter, and another year.
    LetterAndYear,
}

impl Change {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Nothing,
        Self::OldSpelling,
        Self::Muhammad,
        Self::Titles,
        Self::Order,
        Self::WordLeftOut,
        Self::AsOne,
        Self::Letter,
        Self::DayAndMonth,
        Self::Year,
        Self::Day,
        Self::DateBesideNik,
        Self::OldSpellingAndDayAndMonth,
        Self::LetterAndYear,
    ];

    /// Its words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing but the NIK",
            Self::OldSpelling => "old spelling",
            Self::Muhammad => "Muhammad written otherwise",
            Self::Titles => "titles",
            Self::Order => "order of words",
            Self::WordLeftOut => "a word left out",
            Self::AsOne => "two words as one",
            Self::Letter => "a letter",
            Self::DayAndMonth => "day and month swapped",
            Self::Year => "year off by one",
            Self::Day => "another day",
            Self::DateBesideNik => "another date, NIK right",
            Self::OldSpellingAndDayAndMonth => "old spelling, day and month",
            Self::LetterAndYear => "a letter, year off by one",
        }
    }

    /// Of a hundred so many must be found.
    #[must_use]
    pub const fn least(self) -> u32 {
        match self {
            Self::Nothing | Self::Titles | Self::Order | Self::DayAndMonth | Self::Year | Self::DateBesideNik => 100,
            Self::OldSpelling | Self::Muhammad | Self::OldSpellingAndDayAndMonth => 99,
            Self::Day | Self::AsOne | Self::Letter => 95,
            Self::WordLeftOut | Self::LetterAndYear => 85,
        }
    }
}

/// A crowd, by its seed.
#[derive(Debug, Clone)]
pub struct Crowd {
    like: Biodata,
    seed: u64,
}

/// Numbers one after the other (splitmix64).
struct Dice(u64);

impl Dice {
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let a = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let b = (a ^ (a >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        b ^ (b >> 31)
    }

    /// Below `n`.
    const fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.next() % n }
    }

    /// One of them, the first ones more often.
    fn word(&mut self, all: &[&'static str]) -> &'static str {
        let n = all.len() as u64;
        let at = self.below(n).min(self.below(n));
        usize::try_from(at).ok().and_then(|at| all.get(at)).copied().unwrap_or_default()
    }
}

impl Crowd {
    /// A crowd who are in all else as somebody is.
    #[must_use]
    pub const fn new(like: Biodata, seed: u64) -> Self {
        Self { like, seed }
    }

    fn dice(&self, n: u32) -> Dice {
        let mut dice = Dice(self.seed.wrapping_mul(0x0000_0001_0000_0000).wrapping_add(n.into()));
        dice.next();
        dice
    }

    /// The n-th person.
    #[must_use]
    pub fn person(&self, n: u32) -> Biodata {
        let mut dice = self.dice(n);
        let sex = if dice.below(2) == 0 { Sex::Male } else { Sex::Female };
        let given: &[&'static str] = if sex == Sex::Male { &OF_MEN } else { &OF_WOMEN };
        // Of ten names one is a single word, three have three.
        let words = match dice.below(10) {
            0 => vec![dice.word(given)],
            1..=3 => vec![dice.word(given), dice.word(given), dice.word(&LAST)],
            // Of men, many are named Muhammad before all else.
            4 | 5 if sex == Sex::Male => vec!["MUHAMMAD", dice.word(given), dice.word(&LAST)],
            _ => vec![dice.word(given), dice.word(&LAST)],
        };
        let born = born(&mut dice);
        let mut who = self.like.clone();
        set_name(&mut who, &words.join(" "));
        (who.birth_date, who.sex) = (born, sex);
        set_place(&mut who, dice.word(&PLACES));
        who.nik = nik(born, sex, n).unwrap_or(who.nik);
        who.family_card_no = FamilyCardNo::parse(&format!("99999901{:08}", n / 3)).unwrap_or(who.family_card_no);
        who
    }

    /// The same person, written otherwise and under another NIK; none where this makes no difference.
    #[must_use]
    pub fn again(&self, known: &Biodata, change: Change, n: u32) -> Option<Biodata> {
        let mut dice = self.dice(n ^ 0x5555_5555);
        let (name, born) = (known.full_name.as_str().to_owned(), known.birth_date);
        let turned = || super::swapped(born);
        let year =
            |dice: &mut Dice| Date::new(born.year() + if dice.below(2) == 0 { -1 } else { 1 }, born.month(), born.day()).ok();
        let (other_name, other_date) = match change {
            Change::Nothing => (name.clone(), born),
            Change::OldSpelling => (old_spelling(&name), born),
            Change::Muhammad => (otherwise_muhammad(&name, &mut dice), born),
            Change::Titles => (format!("H. {name}, S.H."), born),
            Change::Order => (in_another_order(&name), born),
            Change::WordLeftOut => (without_a_word(&name, &mut dice), born),
            Change::AsOne => (name.replacen(' ', "", 1), born),
            Change::Letter => (with_another_letter(&name, &mut dice), born),
            Change::DayAndMonth => (name.clone(), turned()?),
            Change::Year => (name.clone(), year(&mut dice)?),
            Change::Day | Change::DateBesideNik => (name.clone(), another_day(born, change, &mut dice)?),
            Change::OldSpellingAndDayAndMonth => (old_spelling(&name), turned()?),
            Change::LetterAndYear => (with_another_letter(&name, &mut dice), year(&mut dice)?),
        };
        let needs_name = !matches!(change, Change::Nothing) && other_date == born
            || matches!(change, Change::OldSpellingAndDayAndMonth | Change::LetterAndYear);
        if needs_name && other_name == name {
            return None;
        }
        let mut who = known.clone();
        who.full_name = FullName::parse(&other_name, OLDER).ok()?.0;
        who.birth_date = other_date;
        let told = if change == Change::DateBesideNik { born } else { other_date };
        who.nik = nik(told, who.sex, n.wrapping_add(5_000)).unwrap_or(who.nik);
        who.family_card_no = FamilyCardNo::parse(&format!("99999902{n:08}")).unwrap_or(who.family_card_no);
        Some(who)
    }
}

fn set_name(who: &mut Biodata, name: &str) {
    if let Ok((name, _)) = FullName::parse(name, OLDER) {
        who.full_name = name;
    }
}

fn set_place(who: &mut Biodata, place: &str) {
    if let Ok(place) = Line::parse_within(place, 60) {
        who.birth_place = place;
    }
}

fn born(dice: &mut Dice) -> Date {
    let of = |n: u64| i8::try_from(n).unwrap_or(1);
    let year = i16::try_from(1_945 + dice.below(64)).unwrap_or(1_985);
    // Of those who were born before 1970, every tenth on a day that nobody knew.
    let unknown = year < 1_970 && dice.below(10) == 0;
    let (month, day) = if unknown {
        [(1, 1), (7, 1), (12, 31)].get(usize::try_from(dice.below(3)).unwrap_or_default()).copied().unwrap_or((1, 1))
    } else {
        (of(1 + dice.below(12)), of(1 + dice.below(28)))
    };
    Date::new(year, month, day).unwrap_or(Date::constant(1985, 7, 1))
}

fn nik(born: Date, sex: Sex, n: u32) -> Option<Nik> {
    let day = born.day() + if sex == Sex::Female { 40 } else { 0 };
    Nik::parse(&format!(
        "{:06}{day:02}{:02}{:02}{:04}",
        310_000 + n / 10_000 % 10_000,
        born.month(),
        born.year() % 100,
        n % 10_000
    ))
    .ok()
}

fn old_spelling(name: &str) -> String {
    let mut old = name.to_owned();
    for (new, before) in [("NY", "#1"), ("SY", "#2"), ("KH", "#3"), ("J", "DJ"), ("C", "TJ"), ("Y", "J"), ("U", "OE")] {
        old = old.replace(new, before);
    }
    old.replace("#1", "NJ").replace("#2", "SJ").replace("#3", "CH")
}

fn otherwise_muhammad(name: &str, dice: &mut Dice) -> String {
    let of = ["M.", "MOH.", "MUH.", "MOCHAMAD", "MOHAMMAD", "MUHAMAD"];
    let other = dice.word(&of);
    match name.strip_prefix("MUHAMMAD ") {
        Some(rest) => format!("{other} {rest}"),
        None => name.to_owned(),
    }
}

fn in_another_order(name: &str) -> String {
    let mut words: Vec<&str> = name.split(' ').collect();
    let by = 1.min(words.len());
    words.rotate_left(by);
    words.join(" ")
}

fn without_a_word(name: &str, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = name.split(' ').collect();
    if words.len() > 1 {
        let at = usize::try_from(dice.below(words.len() as u64)).unwrap_or_default();
        words.remove(at);
    }
    words.join(" ")
}

/// A letter changed, left out, or swapped with the next; not the first of the name.
fn with_another_letter(name: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let inner: Vec<usize> =
        (1..letters.len()).filter(|at| letters.get(*at) != Some(&' ') && letters.get(at - 1) != Some(&' ')).collect();
    let pick = usize::try_from(dice.below(inner.len() as u64)).ok().and_then(|n| inner.get(n)).copied();
    let Some(at) = pick else { return name.to_owned() };
    match dice.below(3) {
        0 => drop(letters.remove(at)),
        1 if inner.contains(&(at + 1)) => letters.swap(at, at + 1),
        _ => {
            let other =
                char::from(b"AEIOURNSLT".get(usize::try_from(dice.below(10)).unwrap_or_default()).copied().unwrap_or(b'A'));
            if let Some(letter) = letters.get_mut(at) {
                *letter = other;
            }
        }
    }
    letters.into_iter().collect()
}

fn another_day(born: Date, change: Change, dice: &mut Dice) -> Option<Date> {
    let day = i8::try_from(1 + dice.below(28)).ok()?;
    let year = if change == Change::DateBesideNik { born.year() + 5 } else { born.year() };
    Date::new(year, born.month(), day).ok().filter(|other| *other != born)
}
