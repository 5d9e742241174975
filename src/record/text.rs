//! One line of text in Latin script, as the face prints it and the chip holds it.

use super::error::FieldError;

/// Longest line of text, in characters.
pub const LINE_MAX: usize = 100;

/// A line of text: not empty, Latin script, no control characters, single spaces inside.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Line(String);

impl Line {
    /// Parses a line of at most [`LINE_MAX`] characters. Letters keep their case.
    ///
    /// # Errors
    /// [`FieldError::Empty`], [`FieldError::TooLong`], [`FieldError::ForbiddenCharacter`], [`FieldError::Spacing`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        Self::parse_within(text, LINE_MAX)
    }

    /// Parses a line of at most `max` characters.
    ///
    /// # Errors
    /// As [`Line::parse`].
    pub fn parse_within(text: &str, max: usize) -> Result<Self, FieldError> {
        check(text, max, |c| c.is_ascii_graphic() || is_latin_letter(c))?;
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::ops::Deref for Line {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

/// Personal data: counted, not shown.
impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line({} characters)", self.0.chars().count())
    }
}

/// The checks every text shares: not empty, not too long, spaces single and inside, and `ok` for everything else.
pub(super) fn check(text: &str, max: usize, ok: impl Fn(char) -> bool) -> Result<(), FieldError> {
    if text.is_empty() {
        return Err(FieldError::Empty);
    }
    if text.chars().count() > max {
        return Err(FieldError::TooLong { max });
    }
    if let Some(at) = text.chars().position(|c| c != ' ' && !ok(c)) {
        return Err(FieldError::ForbiddenCharacter { position: at + 1 });
    }
    if text.starts_with(' ') || text.ends_with(' ') || text.contains("  ") {
        return Err(FieldError::Spacing);
    }
    Ok(())
}

/// Letters of Latin script: ASCII, Latin-1, Latin Extended-A and -B, composed.
pub(super) fn is_latin_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || ('\u{C0}'..='\u{24F}').contains(&c) && c.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_no_line_takes() {
        assert_eq!(Line::parse(""), Err(FieldError::Empty));
        assert_eq!(Line::parse(&"A".repeat(101)), Err(FieldError::TooLong { max: 100 }));
        for (text, position) in [("AB\tC", 3), ("\0", 1), ("A\u{202E}", 2), ("ДА", 1), ("e\u{301}", 2), ("×", 1), ("印尼", 1)]
        {
            assert_eq!(Line::parse(text), Err(FieldError::ForbiddenCharacter { position }));
        }
        for text in [" A", "A ", "A  B", " "] {
            assert_eq!(Line::parse(text), Err(FieldError::Spacing));
        }
    }

    #[test]
    fn a_line_stands_as_it_was_written() {
        for text in ["JL. MERDEKA NO. 17/A", "Café Löwe & Søn", "x"] {
            assert_eq!(Line::parse(text).unwrap().as_str(), text);
        }
        assert_eq!(format!("{:?}", Line::parse("RAHASIA").unwrap()), "Line(7 characters)");
    }

    proptest! {
        #[test]
        fn a_parsed_line_is_safe_to_print(text in "\\PC{0,120}") {
            if let Ok(line) = Line::parse(&text) {
                prop_assert!(line.chars().all(|c| !c.is_control()) && line.trim() == line.as_str());
            }
        }
    }
}
