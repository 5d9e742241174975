//! The order in which a card wants minutiae (ISO/IEC 19794-2 clause 8, minutiae order of the biometric information template).

use super::{Minutia, Template, TemplateError, View};

/// By what minutiae are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderBy {
    /// By x, then y.
    XThenY,
    /// By y, then x.
    YThenX,
    /// By direction.
    Direction,
    /// By the distance from the centre of all minutiae.
    Distance,
}

/// An order of minutiae.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// As they come.
    Any,
    /// Sorted; equal ones stay as they come.
    Sorted {
        /// By what.
        by: OrderBy,
        /// Largest first.
        descending: bool,
    },
}

impl Order {
    /// The order of a code: bits 1 and 2 the sense, bits 3 to 5 the key; `None` for reserved ones.
    #[must_use]
    pub const fn from_code(code: u8) -> Option<Self> {
        let by = match code >> 2 {
            0 if code == 0 => return Some(Self::Any),
            1 => OrderBy::XThenY,
            2 => OrderBy::YThenX,
            3 => OrderBy::Direction,
            4 => OrderBy::Distance,
            _ => return None,
        };
        match code & 3 {
            1 => Some(Self::Sorted { by, descending: false }),
            2 => Some(Self::Sorted { by, descending: true }),
            _ => None,
        }
    }

    /// The code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Any => 0,
            Self::Sorted { by, descending } => {
                let key = match by {
                    OrderBy::XThenY => 1,
                    OrderBy::YThenX => 2,
                    OrderBy::Direction => 3,
                    OrderBy::Distance => 4,
                };
                key << 2 | if descending { 2 } else { 1 }
            }
        }
    }

    /// Puts minutiae into this order.
    pub fn sort(self, minutiae: &mut [Minutia]) {
        let Self::Sorted { by, descending } = self else { return };
        let count = i64::try_from(minutiae.len()).unwrap_or_default();
        let sum = |of: fn(&Minutia) -> u16| minutiae.iter().map(|m| i64::from(of(m))).sum::<i64>();
        let centre = (sum(|m| m.x), sum(|m| m.y));
        // The centre is a fraction: distances are compared times the number of minutiae.
        let from_centre = |m: &Minutia| {
            let (dx, dy) = (i64::from(m.x) * count - centre.0, i64::from(m.y) * count - centre.1);
            dx * dx + dy * dy
        };
        let key = |m: &Minutia| match by {
            OrderBy::XThenY => i64::from(m.x) << 16 | i64::from(m.y),
            OrderBy::YThenX => i64::from(m.y) << 16 | i64::from(m.x),
            OrderBy::Direction => m.angle.into(),
            OrderBy::Distance => from_centre(m),
        };
        if descending {
            minutiae.sort_by_key(|m| std::cmp::Reverse(key(m)));
        } else {
            minutiae.sort_by_key(key);
        }
    }
}

impl Template {
    /// The first view as a card wants it: cut to `max` minutiae by quality, then put into order.
    ///
    /// # Errors
    /// [`TemplateError::Count`] without a view or with less than `min` minutiae, which nobody may make up.
    pub fn for_card(&self, min: u8, max: u8, order: Order) -> Result<Self, TemplateError> {
        let view = self.views.first().ok_or(TemplateError::Count { what: "views" })?;
        let mut view: View = view.best(max.into());
        if view.minutiae.len() < min.into() {
            return Err(TemplateError::Count { what: "minutiae" });
        }
        order.sort(&mut view.minutiae);
        Ok(Self { views: vec![view], ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finger::position::FingerPosition;
    use crate::finger::template::{MinutiaKind, synthetic};

    fn at(x: u16, y: u16, angle: u8) -> Minutia {
        Minutia { x, y, angle, kind: MinutiaKind::Ending, quality: 0 }
    }

    #[test]
    fn codes_come_back_and_reserved_ones_do_not_exist() {
        let known: Vec<u8> = (0..=255).filter(|code| Order::from_code(*code).is_some()).collect();
        assert_eq!(known, [0, 5, 6, 9, 10, 13, 14, 17, 18]);
        assert!(known.iter().all(|code| Order::from_code(*code).unwrap().code() == *code));
        assert_eq!(Order::from_code(0x11), Some(Order::Sorted { by: OrderBy::Distance, descending: false }));
    }

    #[test]
    fn minutiae_are_sorted_as_the_card_wants() {
        let all = [at(9, 1, 30), at(1, 9, 20), at(1, 2, 40), at(5, 4, 10)];
        let sorted = |code: u8| {
            let mut minutiae = all;
            Order::from_code(code).unwrap().sort(&mut minutiae);
            minutiae.map(|m| (m.x, m.y))
        };
        assert_eq!(sorted(0), [(9, 1), (1, 9), (1, 2), (5, 4)]);
        assert_eq!(sorted(5), [(1, 2), (1, 9), (5, 4), (9, 1)]);
        assert_eq!(sorted(10), [(1, 9), (5, 4), (1, 2), (9, 1)]);
        assert_eq!(sorted(13), [(5, 4), (1, 9), (9, 1), (1, 2)]);
        // The centre is (4, 4): distances squared 34, 34, 13 and 1; equal ones keep their order.
        assert_eq!(sorted(0x11), [(5, 4), (1, 2), (9, 1), (1, 9)]);
        assert_eq!(sorted(0x12), [(9, 1), (1, 9), (1, 2), (5, 4)]);
    }

    #[test]
    fn a_card_gets_no_more_and_no_less_than_it_takes() {
        let template = synthetic::template(5, FingerPosition::RightIndex, 70);
        let card = template.for_card(12, 64, Order::from_code(5).unwrap()).unwrap();
        let minutiae = &card.views[0].minutiae;
        assert_eq!(minutiae.len(), 64);
        assert!(minutiae.is_sorted_by_key(|m| (m.x, m.y)));
        assert_eq!(template.for_card(71, 80, Order::Any), Err(TemplateError::Count { what: "minutiae" }));
        let none = Template { views: Vec::new(), ..template };
        assert_eq!(none.for_card(0, 64, Order::Any), Err(TemplateError::Count { what: "views" }));
    }
}
