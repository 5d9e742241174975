//! Dates of CV certificates: six decimal digits YYMMDD, one per byte, years 2000 to 2099 (TR-03110-3 D.2.1.3).

use super::CvcError;

/// A day from 2000-01-01 to 2099-12-31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// Takes a civil date.
    ///
    /// # Errors
    /// [`CvcError::BadDate`] outside the years 2000 to 2099.
    pub fn new(date: jiff::civil::Date) -> Result<Self, CvcError> {
        if (2000..=2099).contains(&date.year()) { Ok(Self(date)) } else { Err(CvcError::BadDate) }
    }

    /// Takes six bytes, one digit each.
    ///
    /// # Errors
    /// [`CvcError::BadDate`].
    pub fn parse(bytes: &[u8]) -> Result<Self, CvcError> {
        let digits: &[u8; 6] = bytes.try_into().map_err(|_| CvcError::BadDate)?;
        if digits.iter().any(|d| *d > 9) {
            return Err(CvcError::BadDate);
        }
        let [y1, y2, m1, m2, d1, d2] = digits.map(|d| i8::try_from(d).unwrap_or(0));
        let year = 2000 + i16::from(y1 * 10 + y2);
        jiff::civil::Date::new(year, m1 * 10 + m2, d1 * 10 + d2).map(Self).map_err(|_| CvcError::BadDate)
    }

    /// The six bytes.
    #[must_use]
    pub fn encode(self) -> [u8; 6] {
        let pair = |n: i16| {
            let n = u8::try_from(n % 100).unwrap_or(0);
            [n / 10, n % 10]
        };
        let ([y1, y2], [m1, m2], [d1, d2]) = (pair(self.0.year()), pair(self.0.month().into()), pair(self.0.day().into()));
        [y1, y2, m1, m2, d1, d2]
    }

    /// The civil date.
    #[must_use]
    pub fn civil(self) -> jiff::civil::Date {
        self.0
    }

    /// Days from `self` to `other`.
    #[must_use]
    pub fn days_until(self, other: Self) -> i32 {
        self.0.until(other.0).map_or(0, |span| span.get_days())
    }
}

impl<'de> serde::Deserialize<'de> for Date {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(jiff::civil::Date::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn six_digits_and_nothing_else() {
        let day = Date::new(date(2026, 11, 23)).unwrap();
        assert_eq!(day.encode(), [2, 6, 1, 1, 2, 3]);
        assert_eq!(Date::parse(&day.encode()), Ok(day));
        for wrong in
            [&[2, 6, 1, 1, 2][..], &[2, 6, 1, 3, 0, 1], &[2, 6, 0, 2, 3, 0], &[2, 6, 0, 10, 0, 1], &[0x32, 6, 1, 1, 2, 3]]
        {
            assert_eq!(Date::parse(wrong), Err(CvcError::BadDate));
        }
        assert_eq!(Date::new(date(2100, 1, 1)), Err(CvcError::BadDate));
        assert_eq!(Date::new(date(2026, 12, 24)).map(|d| day.days_until(d)), Ok(31));
    }
}
