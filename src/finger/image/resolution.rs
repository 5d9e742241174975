//! How many dots an inch has: what the file says, what the operator says, and which of the two counts. Nothing is assumed.

use crate::limits;
use crate::reason::{Reason, Refusal};

/// Dots per inch along x and y, kept in thousandths. Never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolution {
    x: u32,
    y: u32,
}

/// The unit of length that a resolution counts dots in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 25.4 mm.
    Inch,
    /// A millimetre.
    Millimetre,
    /// A centimetre.
    Centimetre,
    /// A metre.
    Metre,
}

/// Why a picture's resolution is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolutionError {
    /// Neither the file nor the operator tells it.
    #[error("the picture does not say its resolution: give the scanner's with --dpi")]
    Missing,
    /// What the file says cannot be true of a finger image (72 and 96 are defaults of programs that did not know).
    #[error("the picture says {0} dpi, which cannot be true of a finger image: give the scanner's with --dpi")]
    Implausible(Resolution),
    /// What the operator says cannot be true of a finger image.
    #[error("{0} dpi is outside {min} to {max}", min = limits::FINGER_DPI_MIN, max = limits::FINGER_DPI_MAX)]
    GivenImplausible(Resolution),
    /// File and operator differ by more than one percent.
    #[error("the picture says {stated} dpi and --dpi says {given}: if the picture is wrong, add --override-dpi")]
    Disagree {
        /// What the file says.
        stated: Resolution,
        /// What the operator says.
        given: Resolution,
    },
    /// A record and the picture in it differ by more than one percent.
    #[error("the record says {record} dpi and the picture in it {picture}: give the scanner's with --dpi")]
    Contradiction {
        /// What the record says.
        record: Resolution,
        /// What the picture in it says.
        picture: Resolution,
    },
    /// Not a number of dots per inch.
    #[error("a resolution is a number of dots per inch, such as 500 or 512.5")]
    NotANumber,
}

impl Refusal for ResolutionError {
    fn reason(&self) -> Reason {
        match self {
            Self::NotANumber => Reason::InputInvalid,
            _ => Reason::ResolutionUnknown,
        }
    }
}

impl Resolution {
    /// 500 dots per inch.
    pub const DPI_500: Self = Self { x: 500_000, y: 500_000 };

    /// The same number of dots per inch both ways; `None` for 0.
    #[must_use]
    pub fn per_inch(dpi: u32) -> Option<Self> {
        Self::new((dpi, 1), (dpi, 1), Unit::Inch)
    }

    /// From a fraction (dots, units) along x and one along y; `None` if either is 0 or has no value.
    #[must_use]
    pub fn new(x: (u32, u32), y: (u32, u32), unit: Unit) -> Option<Self> {
        // Thousandths of a dot per inch, times ten, for one dot per unit.
        let factor: u64 = match unit {
            Unit::Inch => 10_000,
            Unit::Millimetre => 254_000,
            Unit::Centimetre => 25_400,
            Unit::Metre => 254,
        };
        let one = |(dots, units): (u32, u32)| {
            let tenths = (u64::from(dots) * factor).checked_div(units.into())?;
            u32::try_from((tenths + 5) / 10).ok().filter(|v| *v > 0)
        };
        Some(Self { x: one(x)?, y: one(y)? })
    }

    /// Thousandths of a dot per inch along x.
    #[must_use]
    pub const fn x_thousandths(self) -> u32 {
        self.x
    }

    /// Thousandths of a dot per inch along y.
    #[must_use]
    pub const fn y_thousandths(self) -> u32 {
        self.y
    }

    /// Whether a finger image can have it: [`limits::FINGER_DPI_MIN`] to [`limits::FINGER_DPI_MAX`].
    #[must_use]
    pub fn is_plausible(self) -> bool {
        let range = limits::FINGER_DPI_MIN * 1_000..=limits::FINGER_DPI_MAX * 1_000;
        range.contains(&self.x) && range.contains(&self.y)
    }

    /// Whether both are the same to one percent, both ways.
    #[must_use]
    pub fn agrees(self, other: Self) -> bool {
        let near = |a: u32, b: u32| u64::from(a.abs_diff(b)) * 100 <= u64::from(a.max(b));
        near(self.x, other.x) && near(self.y, other.y)
    }

    /// The resolution that counts: the file's if it is plausible, else the operator's.
    ///
    /// # Errors
    /// [`ResolutionError`] when there is none, or when two plausible ones disagree.
    pub fn settle(stated: Option<Self>, given: Option<Self>) -> Result<Self, ResolutionError> {
        match (stated, given) {
            (_, Some(given)) if !given.is_plausible() => Err(ResolutionError::GivenImplausible(given)),
            (None, None) => Err(ResolutionError::Missing),
            (Some(stated), None) if !stated.is_plausible() => Err(ResolutionError::Implausible(stated)),
            (Some(stated), Some(given)) if stated.is_plausible() && !stated.agrees(given) => {
                Err(ResolutionError::Disagree { stated, given })
            }
            (Some(stated), _) if stated.is_plausible() => Ok(stated),
            (_, Some(given)) => Ok(given),
            (Some(stated), None) => Ok(stated),
        }
    }
}

/// Whole dots per inch, or with up to three decimals.
impl std::str::FromStr for Resolution {
    type Err = ResolutionError;

    fn from_str(text: &str) -> Result<Self, ResolutionError> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |t: &str, most: usize| (1..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole, 5) || !digits(decimals, 3) {
            return Err(ResolutionError::NotANumber);
        }
        let thousandths = format!("{whole}{decimals:0<3}").parse().map_err(|_| ResolutionError::NotANumber)?;
        Self::new((thousandths, 1_000), (thousandths, 1_000), Unit::Inch).ok_or(ResolutionError::NotANumber)
    }
}

impl std::fmt::Display for Resolution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let one = |v: u32| match v % 1_000 {
            0 => (v / 1_000).to_string(),
            rest => format!("{}.{rest:03}", v / 1_000).trim_end_matches('0').to_owned(),
        };
        if self.x == self.y { f.write_str(&one(self.x)) } else { write!(f, "{} x {}", one(self.x), one(self.y)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dpi(n: u32) -> Resolution {
        Resolution::per_inch(n).unwrap()
    }

    #[test]
    fn units_meet() {
        assert_eq!(Resolution::new((19_685, 1), (19_685, 1), Unit::Metre).unwrap().to_string(), "499.999");
        assert_eq!(Resolution::new((197, 1), (197, 1), Unit::Centimetre).unwrap().to_string(), "500.38");
        assert_eq!(Resolution::new((1_969, 100), (20, 1), Unit::Millimetre).unwrap().to_string(), "500.126 x 508");
        assert_eq!(Resolution::new((500, 1), (500, 1), Unit::Inch), Some(Resolution::DPI_500));
        assert_eq!(Resolution::new((500, 0), (500, 1), Unit::Inch), None);
        assert_eq!(Resolution::per_inch(0), None);
        assert_eq!(Resolution::new((u32::MAX, 1), (1, 1), Unit::Millimetre), None);
    }

    #[test]
    fn the_operator_writes_dots_per_inch() {
        assert_eq!("500".parse(), Ok(Resolution::DPI_500));
        assert_eq!("512.5".parse::<Resolution>().unwrap().x_thousandths(), 512_500);
        for bad in ["", "5e2", "-500", "500.", ".5", "500.1234", "500dpi", "0", "0.000", "123456", "197/1"] {
            assert_eq!(bad.parse::<Resolution>(), Err(ResolutionError::NotANumber), "{bad}");
        }
        assert_eq!(ResolutionError::NotANumber.reason(), Reason::InputInvalid);
    }

    #[test]
    fn nothing_is_assumed() {
        assert_eq!(Resolution::settle(None, None), Err(ResolutionError::Missing));
        assert_eq!(Resolution::settle(Some(dpi(72)), None), Err(ResolutionError::Implausible(dpi(72))));
        assert_eq!(Resolution::settle(None, Some(dpi(72))), Err(ResolutionError::GivenImplausible(dpi(72))));
        assert_eq!(Resolution::settle(Some(dpi(500)), Some(dpi(9_999))), Err(ResolutionError::GivenImplausible(dpi(9_999))));
        let disagree = ResolutionError::Disagree { stated: dpi(569), given: dpi(500) };
        assert_eq!(Resolution::settle(Some(dpi(569)), Some(dpi(500))), Err(disagree));
        assert_eq!(disagree.reason(), Reason::ResolutionUnknown);
    }

    #[test]
    fn a_plausible_file_counts_and_an_implausible_one_gives_way() {
        assert_eq!(Resolution::settle(Some(dpi(569)), None), Ok(dpi(569)));
        assert_eq!(Resolution::settle(Some(dpi(500)), Some(dpi(505))), Ok(dpi(500)));
        assert!(Resolution::settle(Some(dpi(500)), Some(dpi(506))).is_err());
        assert_eq!(Resolution::settle(Some(dpi(1)), Some(dpi(500))), Ok(dpi(500)));
        assert_eq!(Resolution::settle(None, Some(dpi(508))), Ok(dpi(508)));
    }
}
