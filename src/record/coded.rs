//! Lists of the civil register: each value with a number, a stable code and the two texts of the card's face.

/// Declares such a list: `Variant = number, "code", "INDONESIAN", "ENGLISH";`. A list grows by a line.
macro_rules! coded {
    ($(#[$meta:meta])* $name:ident, $list:literal { $($variant:ident = $number:literal, $code:literal, $id:literal, $en:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!($id, ", ", $en, ".")] $variant = $number,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The number on the chip.
            #[must_use]
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// The value of a number.
            #[must_use]
            pub fn from_number(number: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.number() == number)
            }

            /// The stable code in files.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The text on the card's face: Indonesian for citizens, English for foreign residents.
            #[must_use]
            pub const fn text(self, lang: crate::reason::Lang) -> &'static str {
                match (self, lang) {
                    $((Self::$variant, crate::reason::Lang::Id) => $id,
                      (Self::$variant, crate::reason::Lang::En) => $en,)+
                }
            }

            /// The value of a stable code.
            ///
            /// # Errors
            /// [`FieldError::UnknownValue`](crate::record::FieldError::UnknownValue).
            pub fn parse(code: &str) -> Result<Self, crate::record::FieldError> {
                let found = Self::ALL.iter().copied().find(|v| v.code() == code);
                found.ok_or(crate::record::FieldError::UnknownValue { list: $list })
            }

            /// The value of a stable code or of an Indonesian text, as exports of the register have it.
            ///
            /// # Errors
            /// [`FieldError::UnknownValue`](crate::record::FieldError::UnknownValue).
            pub fn parse_lenient(text: &str) -> Result<Self, crate::record::FieldError> {
                let found = Self::ALL.iter().copied().find(|v| v.text(crate::reason::Lang::Id).eq_ignore_ascii_case(text));
                found.map_or_else(|| Self::parse(text), Ok)
            }
        }
    };
}

pub(super) use coded;

#[cfg(test)]
mod tests {
    use crate::record::status::{MaritalStatus, Religion, Sex};
    use crate::record::{FieldError, PassedOver};

    #[test]
    fn numbers_codes_and_texts_lead_back() {
        macro_rules! check {
            ($($list:ident),+) => {$(
                for v in $list::ALL {
                    assert_eq!($list::from_number(v.number()), Some(*v));
                    assert_eq!($list::parse(v.code()), Ok(*v));
                    assert_eq!($list::parse_lenient(v.text(crate::reason::Lang::Id)), Ok(*v));
                }
                assert_eq!($list::from_number(0), None);
            )+};
        }
        check!(Sex, Religion, MaritalStatus, PassedOver);
        assert_eq!(Sex::parse("LAKI-LAKI"), Err(FieldError::UnknownValue { list: "sex" }));
        assert_eq!(Sex::parse_lenient("Laki-laki"), Ok(Sex::Male));
    }
}
