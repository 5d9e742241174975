//! Regions of Indonesia by code, with the years in which each code was seen: a NIK keeps a dead code for ever.

use std::sync::LazyLock;

/// The table, ordered by code; provenance stands in its first lines.
const TABLE: &str = include_str!("data/regions.tsv");
/// First and last year of the tables that the table is made from.
pub const YEARS: (u16, u16) = (2016, 2025);

/// A province, regency or district.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Code without dots: two, four or six digits.
    pub code: &'static str,
    /// Name in the newest table that has it.
    pub name: &'static str,
    /// First year it was seen; 2016 means then or before.
    pub first_seen: u16,
    /// Last year it was seen; 2025 means that it is alive in the newest table.
    pub last_seen: u16,
}

impl Region {
    /// Whether the newest table still has it.
    #[must_use]
    pub const fn is_alive(&self) -> bool {
        self.last_seen == YEARS.1
    }
}

static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| TABLE.lines().filter(|l| !l.starts_with('#')).collect());

/// The region of a code without dots, if any yearly table since 2016 has it.
#[must_use]
pub fn find(code: &str) -> Option<Region> {
    let at = LINES.binary_search_by_key(&code, |line| line.split('\t').next().unwrap_or_default()).ok()?;
    LINES.get(at).and_then(|line| parse(line))
}

fn parse(line: &'static str) -> Option<Region> {
    let mut columns = line.split('\t');
    let (code, name) = (columns.next()?, columns.next()?);
    let mut year = |otherwise: u16| columns.next().map_or(Some(otherwise), |y| y.parse::<u16>().ok().map(|y| 2000 + y));
    Some(Region { code, name, first_seen: year(YEARS.0)?, last_seen: year(YEARS.1)? })
}

/// Whether two names of regions are the same but for capitals, punctuation and the word for the kind of region.
#[must_use]
pub fn same_name(a: &str, b: &str) -> bool {
    core(a) == core(b)
}

fn core(name: &str) -> String {
    const KINDS: [&str; 8] = ["PROVINSI", "KABUPATEN", "KAB", "KOTA", "ADMINISTRASI", "ADM", "KECAMATAN", "KEC"];
    let letters: String =
        name.to_uppercase().replace("D.I.", "DI ").chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = letters.split_whitespace().skip_while(|w| KINDS.contains(w)).map(|word| match word {
        "DKI" => "DAERAHKHUSUSIBUKOTA",
        "DIY" => "DAERAHISTIMEWAYOGYAKARTA",
        "DI" => "DAERAHISTIMEWA",
        "KEP" => "KEPULAUAN",
        other => other,
    });
    let joined = words.collect::<String>();
    if joined.is_empty() { letters } else { joined }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn the_table_is_ordered_and_nested() {
        assert_eq!(LINES.len(), 8_457);
        assert!(LINES.windows(2).all(|w| w[0].split('\t').next() < w[1].split('\t').next()));
        for line in LINES.iter() {
            let region = parse(line).unwrap();
            assert!([2, 4, 6].contains(&region.code.len()) && region.code.bytes().all(|b| b.is_ascii_digit()));
            assert!(YEARS.0 <= region.first_seen && region.first_seen <= region.last_seen && region.last_seen <= YEARS.1);
            assert!(region.code.len() == 2 || find(&region.code[..region.code.len() - 2]).is_some(), "{line}");
            assert!(!region.code.starts_with("99"), "99 is reserved for specimens");
        }
    }

    #[test]
    fn codes_and_their_years() {
        let gambir = find("317101").unwrap();
        assert_eq!((gambir.name, gambir.is_alive()), ("Gambir", true));
        let merauke = find("9101").unwrap();
        assert_eq!((merauke.name, merauke.last_seen, merauke.is_alive()), ("Kabupaten Merauke", 2022, false));
        assert_eq!(find("999999"), None);
        assert_eq!(find(""), None);
        assert_eq!(find("31710"), None);
    }

    #[test]
    fn names_are_the_same_but_for_their_kind() {
        assert!(same_name("KOTA ADM. JAKARTA PUSAT", "Kota Administrasi Jakarta Pusat"));
        assert!(same_name("JAKARTA PUSAT", "Kota Administrasi Jakarta Pusat"));
        assert!(same_name("Kab. Aceh Selatan", "KABUPATEN ACEH SELATAN"));
        assert!(same_name("DKI JAKARTA", find("31").unwrap().name) && same_name("D.I. YOGYAKARTA", find("34").unwrap().name));
        assert!(!same_name("Gambir", "Menteng"));
        assert!(same_name("Kota", "KOTA") && !same_name("Kota", "Gambir"), "a district may be named by a kind alone");
    }

    #[test]
    fn the_table_holds_the_facts_it_was_made_from() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let path =
            ["../shared/data", "../../shared/data"].iter().map(|d| root.join(d).join("regions/regions.csv")).find(|p| p.exists());
        let Some(path) = path else {
            crate::skipped::skipped("the development data are not here (regions/regions.csv)");
            return;
        };
        let text = std::fs::read_to_string(path).unwrap();
        let mut rows = 0;
        for row in text.lines().skip(1) {
            let code = row.split(',').next().unwrap().replace('.', "");
            let region = find(&code).unwrap_or_else(|| panic!("{code} is missing"));
            assert!(row.ends_with(&format!("{},{}", region.first_seen, region.last_seen)), "{row}");
            rows += 1;
        }
        assert_eq!(rows, LINES.len());
    }
}
