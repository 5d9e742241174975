//! Occupations: the register's 89 codes with their Indonesian and English texts.

use super::error::FieldError;
use crate::reason::Lang;

/// The table: number, Indonesian, English, by tabs, in the order of the numbers from 1.
const TABLE: &str = include_str!("data/occupations.tsv");

/// How many there are.
pub const COUNT: u8 = 89;

/// An occupation, *pekerjaan*, by its code in the civil register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Occupation(u8);

impl Occupation {
    /// The occupation of a code.
    ///
    /// # Errors
    /// [`FieldError::UnknownValue`] outside 1 to 89.
    pub fn from_code(code: u64) -> Result<Self, FieldError> {
        let code = u8::try_from(code).ok().filter(|c| (1..=COUNT).contains(c));
        code.map(Self).ok_or(FieldError::UnknownValue { list: "occupation" })
    }

    /// The code, 1 to 89.
    #[must_use]
    pub const fn code(self) -> u8 {
        self.0
    }

    /// The text on the face: Indonesian for citizens, English for foreign residents.
    #[must_use]
    pub fn text(self, lang: Lang) -> &'static str {
        let row = TABLE.lines().filter(|l| !l.starts_with('#')).nth(usize::from(self.0) - 1).unwrap_or_default();
        row.split('\t').nth(if lang == Lang::Id { 1 } else { 2 }).unwrap_or_default()
    }

    /// Every occupation.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=COUNT).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let rows: Vec<&str> = TABLE.lines().filter(|l| !l.starts_with('#')).collect();
        assert_eq!(rows.len(), usize::from(COUNT));
        for (i, row) in rows.iter().enumerate() {
            let columns: Vec<&str> = row.split('\t').collect();
            assert_eq!(columns.len(), 3, "{row}");
            assert_eq!(columns[0].parse::<usize>().unwrap(), i + 1);
        }
        let mut texts: Vec<&str> = Occupation::all().map(|o| o.text(Lang::Id)).collect();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), 89, "no text stands twice");
    }

    #[test]
    fn codes_have_their_texts() {
        let text = |code, lang| Occupation::from_code(code).unwrap().text(lang);
        assert_eq!(text(1, Lang::Id), "BELUM/TIDAK BEKERJA");
        assert_eq!(text(5, Lang::Id), "PEGAWAI NEGERI SIPIL");
        assert_eq!(text(15, Lang::En), "PRIVATE EMPLOYEE");
        assert_eq!(text(89, Lang::Id), "LAINNYA");
        assert_eq!(Occupation::from_code(0), Err(FieldError::UnknownValue { list: "occupation" }));
        assert_eq!(Occupation::from_code(90), Err(FieldError::UnknownValue { list: "occupation" }));
        assert_eq!(Occupation::from_code(257), Err(FieldError::UnknownValue { list: "occupation" }));
    }
}
