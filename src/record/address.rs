//! Where a person lives: the line, neighbourhood units and four levels of region, each with its code.

use super::error::{Contradiction, FieldError};
use super::text::Line;

/// A neighbourhood (RT) or community unit (RW): three digits, as the face prints them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unit(u16);

impl Unit {
    /// Parses exactly three digits; `000` where there is none.
    ///
    /// # Errors
    /// [`FieldError::Form`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let form = FieldError::Form { expected: "three digits" };
        if text.len() != 3 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(form);
        }
        text.parse().map(Self).map_err(|_| form)
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:03}", self.0)
    }
}

/// Personal data: not shown.
impl std::fmt::Debug for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unit")
    }
}

/// Level of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// *Provinsi*, `PP`.
    Province,
    /// *Kabupaten* or *kota*, `PP.KK`.
    Regency,
    /// *Kecamatan*, `PP.KK.CC`.
    District,
    /// *Kelurahan* or *desa*, `PP.KK.CC.VVVV`.
    Village,
}

/// A region's code of the Ministry of Home Affairs, written with dots (`31.71.01.1001`).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RegionCode(String);

impl RegionCode {
    /// Parses a code of one level.
    ///
    /// # Errors
    /// [`FieldError::Form`].
    pub fn parse(text: &str, level: Level) -> Result<Self, FieldError> {
        let (expected, lengths): (_, &[usize]) = match level {
            Level::Province => ("a province code of the form 31", &[2]),
            Level::Regency => ("a regency code of the form 31.71", &[2, 2]),
            Level::District => ("a district code of the form 31.71.01", &[2, 2, 2]),
            Level::Village => ("a village code of the form 31.71.01.1001", &[2, 2, 2, 4]),
        };
        let parts: Vec<&str> = text.split('.').collect();
        let right = parts.len() == lengths.len()
            && parts.iter().zip(lengths).all(|(p, n)| p.len() == *n && p.bytes().all(|b| b.is_ascii_digit()));
        if right { Ok(Self(text.to_owned())) } else { Err(FieldError::Form { expected }) }
    }

    /// The code with dots.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code without dots.
    #[must_use]
    pub fn digits(&self) -> String {
        self.0.replace('.', "")
    }

    /// Whether this region lies in `outer`, or is it.
    #[must_use]
    pub fn lies_in(&self, outer: &Self) -> bool {
        self.0.strip_prefix(&outer.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// Personal data: not shown.
impl std::fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RegionCode")
    }
}

/// An address, *alamat*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Street, house, hamlet.
    pub line: Line,
    /// Neighbourhood, *rukun tetangga*.
    pub rt: Unit,
    /// Community unit, *rukun warga*.
    pub rw: Unit,
    /// Village, *kelurahan* or *desa*.
    pub village: Line,
    /// Its code.
    pub village_code: RegionCode,
    /// District, *kecamatan*.
    pub district: Line,
    /// Its code.
    pub district_code: RegionCode,
    /// Regency or city, *kabupaten* or *kota*.
    pub regency: Line,
    /// Its code.
    pub regency_code: RegionCode,
    /// Province, *provinsi*.
    pub province: Line,
    /// Its code.
    pub province_code: RegionCode,
}

impl Address {
    /// Each region lies in the one around it.
    ///
    /// # Errors
    /// The name of the first code that does not, with [`Contradiction::OutsideRegion`].
    pub fn check(&self) -> Result<(), (&'static str, Contradiction)> {
        let nested = [
            ("regency_code", &self.regency_code, &self.province_code),
            ("district_code", &self.district_code, &self.regency_code),
            ("village_code", &self.village_code, &self.district_code),
        ];
        match nested.iter().find(|(_, inner, outer)| !inner.lies_in(outer)) {
            Some((name, ..)) => Err((name, Contradiction::OutsideRegion)),
            None => Ok(()),
        }
    }

    /// RT and RW as the face prints them, `003/019`.
    #[must_use]
    pub fn rt_rw(&self) -> String {
        format!("{}/{}", self.rt, self.rw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_have_three_digits() {
        assert_eq!(Unit::parse("003").unwrap().to_string(), "003");
        for text in ["3", "03", "0003", "A01", "+01", "", "٠٠١"] {
            assert_eq!(Unit::parse(text), Err(FieldError::Form { expected: "three digits" }));
        }
    }

    #[test]
    fn codes_have_their_levels_form() {
        let all = [
            (Level::Province, "31"),
            (Level::Regency, "31.71"),
            (Level::District, "31.71.01"),
            (Level::Village, "31.71.01.1001"),
        ];
        for (level, text) in all {
            assert_eq!(RegionCode::parse(text, level).unwrap().as_str(), text);
            for (other, wrong) in all {
                assert!(other == level || matches!(RegionCode::parse(wrong, level), Err(FieldError::Form { .. })));
            }
        }
        assert!(matches!(RegionCode::parse("3171", Level::Regency), Err(FieldError::Form { .. })));
        assert!(matches!(RegionCode::parse("31.7x", Level::Regency), Err(FieldError::Form { .. })));
    }

    #[test]
    fn a_region_lies_in_the_one_around_it() {
        let inner = RegionCode::parse("31.71", Level::Regency).unwrap();
        assert!(inner.lies_in(&RegionCode::parse("31", Level::Province).unwrap()));
        assert!(!inner.lies_in(&RegionCode::parse("32", Level::Province).unwrap()));
        assert_eq!(inner.digits(), "3171");
    }
}
