//! How alike two persons are by their data, and why; in the clear, of those whom a look-up brought.

use super::fold::{Name, Token};
use super::{Traits, swapped, year_off};
use jiff::civil::Date;

/// What makes two persons alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Every word of the name is the same, when letters that are taken for each other are one.
    SameName,
    /// The names sound alike, word by word.
    NameSoundsAlike,
    /// A part of the name is the same.
    PartOfName,
    /// The birth date.
    BirthDate,
    /// The birth date that a NIK tells.
    BirthDateOfNik,
    /// Day and month are changed about.
    DayAndMonthSwapped,
    /// The same day of the year before or after.
    YearOff,
    /// The same month.
    BirthMonth,
    /// The same year.
    BirthYear,
    /// The place of birth.
    BirthPlace,
}

impl Why {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::SameName,
        Self::NameSoundsAlike,
        Self::PartOfName,
        Self::BirthDate,
        Self::BirthDateOfNik,
        Self::DayAndMonthSwapped,
        Self::YearOff,
        Self::BirthMonth,
        Self::BirthYear,
        Self::BirthPlace,
    ];

    /// Its word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SameName => "same-name",
            Self::NameSoundsAlike => "name-sounds-alike",
            Self::PartOfName => "part-of-name",
            Self::BirthDate => "birth-date",
            Self::BirthDateOfNik => "birth-date-of-nik",
            Self::DayAndMonthSwapped => "day-and-month-swapped",
            Self::YearOff => "year-off-by-one",
            Self::BirthMonth => "birth-month",
            Self::BirthYear => "birth-year",
            Self::BirthPlace => "birth-place",
        }
    }
}

/// Two persons who are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// How much, of 1,000.
    pub score: u32,
    /// Why: by the name first.
    pub why: Vec<Why>,
}

/// Shares are of a thousand.
const WHOLE: u32 = 1_000;

/// Whether two persons are alike enough to be looked at: the further the dates are apart, the more the names must agree.
#[must_use]
pub fn judge(one: &Traits, other: &Traits) -> Option<Alike> {
    let (date, by_date, least) = dates(one, other)?;
    let name = names(&one.name, &other.name);
    if name < least {
        return None;
    }
    let by_name = match name {
        970.. => Why::SameName,
        800.. => Why::NameSoundsAlike,
        _ => Why::PartOfName,
    };
    let same_place = names(&one.place, &other.place) >= 900;
    let mut why = vec![by_name, by_date];
    why.extend(same_place.then_some(Why::BirthPlace));
    let extra = if same_place { 50 } else { 0 } + if one.sex == other.sex { 50 } else { 0 };
    Some(Alike { score: (5 * name + 4 * date) / 10 + extra, why })
}

/// How the dates go together, and how alike the names must be for it.
fn dates(one: &Traits, other: &Traits) -> Option<(u32, Why, u32)> {
    if one.born == other.born {
        return Some((WHOLE, Why::BirthDate, 450));
    }
    let any = |same: fn(Date, Date) -> bool| one.dates().any(|a| other.dates().any(|b| same(a, b)));
    if any(|a, b| a == b) {
        return Some((950, Why::BirthDateOfNik, 450));
    }
    if any(|a, b| swapped(a) == Some(b)) {
        return Some((900, Why::DayAndMonthSwapped, 600));
    }
    if any(|a, b| year_off(a).any(|near| near == b)) {
        return Some((900, Why::YearOff, 600));
    }
    if any(|a, b| (a.year(), a.month()) == (b.year(), b.month())) {
        return Some((600, Why::BirthMonth, 780));
    }
    any(|a, b| (a.year() - b.year()).abs() <= 1).then_some((300, Why::BirthYear, 930))
}

/// How alike two names are: the best match of each word, whatever the order; a common word counts a third.
#[must_use]
pub fn names(one: &Name, other: &Name) -> u32 {
    let (undivided, of_other) = (one.undivided(), other.undivided());
    let as_one = match distance(&undivided, &of_other) {
        0 => WHOLE,
        1 if undivided.len() > 6 => 950,
        2 if undivided.len() > 10 => 900,
        _ => 0,
    };
    let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
    for (at, a) in one.tokens().iter().enumerate() {
        pairs.extend(other.tokens().iter().enumerate().map(|(of, b)| (word(a, b), at, of)).filter(|(same, ..)| *same > 0));
    }
    pairs.sort_unstable_by_key(|(same, at, of)| (u32::MAX - same, *at, *of));
    let (mut mine, mut theirs, mut agreed) = (vec![false; one.tokens().len()], vec![false; other.tokens().len()], 0);
    for (same, at, of) in pairs {
        if let (Some(a), Some(b)) = (mine.get_mut(at), theirs.get_mut(of))
            && !*a
            && !*b
        {
            (*a, *b) = (true, true);
            let weights = one.tokens().get(at).map_or(0, weight) + other.tokens().get(of).map_or(0, weight);
            agreed += same * weights;
        }
    }
    let all: u32 = one.tokens().iter().chain(other.tokens()).map(weight).sum();
    as_one.max(agreed.checked_div(all).unwrap_or(0))
}

fn weight(token: &Token) -> u32 {
    if token.is_common || token.is_initial() { 1 } else { 3 }
}

fn word(one: &Token, other: &Token) -> u32 {
    let (a, b) = (&one.spelling, &other.spelling);
    let apart = distance(a, b);
    let short = a.len().min(b.len());
    match apart {
        0 => WHOLE,
        _ if one.is_initial() != other.is_initial() && a.chars().next() == b.chars().next() => 700,
        1 if short >= 4 => 870,
        _ if !one.codes.is_disjoint(&other.codes) && short >= 3 && apart <= 1 + short / 3 => 850,
        2 if short >= 7 => 750,
        _ => 0,
    }
}

/// Letters to add, to leave out, to change or to swap with the next, that make one text of the other.
fn distance(one: &str, other: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, of) in b.iter().enumerate() {
            let at = |row: &[usize], n: usize| row.get(n).copied().unwrap_or(usize::MAX - 1);
            let mut least = (at(&row, j) + usize::from(letter != of)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            let turned = i > 0 && j > 0 && a.get(i - 1) == Some(of) && b.get(j - 1) == Some(letter);
            if turned {
                least = least.min(at(&before, j - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(a.len())
}
