//! What persons are looked up by: parts of a name with parts of a birth date, as texts of which the store's key makes digests.
//!
//! | | of whom it is kept | who is looked for |
//! |---|---|---|
//! | `d` | each date with each telling word, and with all as one | also by the date with day and month changed about, and of the year before and after |
//! | `i` | each date with the first sound of each telling word | the same |
//! | `y` | each year with the whole name | also of the year before and after |
//! | `m` | each month with each pair of telling words | also of the month changed about, and of the year before and after |

use super::fold::code;
use super::{Traits, swapped, year_off};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Words of which pairs are made.
const PAIRED: usize = 4;

/// The texts that somebody is kept under.
#[must_use]
pub fn kept(of: &Traits) -> BTreeSet<String> {
    let dates: BTreeSet<Date> = of.dates().collect();
    texts(of, &dates)
}

/// The texts that somebody is looked for by.
#[must_use]
pub fn sought(of: &Traits) -> BTreeSet<String> {
    let told: BTreeSet<Date> = of.dates().collect();
    let turned: BTreeSet<Date> = told.iter().copied().chain(told.iter().filter_map(|date| swapped(*date))).collect();
    let all: BTreeSet<Date> = turned.iter().copied().chain(told.iter().flat_map(|date| year_off(*date))).collect();
    texts(of, &all)
}

fn texts(of: &Traits, dates: &BTreeSet<Date>) -> BTreeSet<String> {
    let telling = of.name.telling();
    let mut codes: BTreeSet<String> = telling.iter().flat_map(|token| token.codes.iter().cloned()).collect();
    let sounds: BTreeSet<char> = codes.iter().filter_map(|code| code.chars().next()).collect();
    let whole = whole(of);
    let first = |token: &&super::fold::Token| token.codes.iter().next().cloned().unwrap_or_default();
    let paired: Vec<String> = telling.iter().take(PAIRED).map(first).collect();
    codes.insert(code(&of.name.undivided()));
    let mut out = BTreeSet::new();
    for date in dates {
        out.extend(codes.iter().map(|code| format!("d {date} {code}")));
        out.extend(sounds.iter().map(|sound| format!("i {date} {sound}")));
        out.insert(format!("y {} {whole}", date.year()));
        let month = format!("m {}-{}", date.year(), date.month());
        out.extend(pairs(&paired).into_iter().map(|pair| format!("{month} {pair}")));
    }
    out
}

/// The whole name, whatever the order of its words: by sounds, or as it is spelled where there is one word alone.
fn whole(of: &Traits) -> String {
    let telling = of.name.telling();
    if let [alone] = telling.as_slice() {
        return alone.spelling.clone();
    }
    let mut all: Vec<&str> = telling.iter().filter_map(|token| token.codes.first().map(String::as_str)).collect();
    all.sort_unstable();
    all.join(" ")
}

/// Each two of these words, or the one that there is.
fn pairs(words: &[String]) -> BTreeSet<String> {
    if let [alone] = words {
        return [alone.clone()].into();
    }
    let mut out = BTreeSet::new();
    for (at, one) in words.iter().enumerate() {
        for other in words.iter().skip(at + 1) {
            out.insert(if one <= other { format!("{one} {other}") } else { format!("{other} {one}") });
        }
    }
    out
}
