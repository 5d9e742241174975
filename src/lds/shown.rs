//! Text from outside as people may see it.

/// What would end a line, move the cursor or turn the writing direction is written out, so that a name in a foreign certificate or a
/// string on a foreign card cannot draw a verdict of its own on the screen.
#[must_use]
pub fn shown(text: &str) -> String {
    let moves =
        |c: char| c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if moves(c) { c.escape_unicode().to_string() } else { c.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_moves_is_written_out() {
        assert_eq!(shown("Ditjen Dukcapil, é 公"), "Ditjen Dukcapil, é 公");
        assert_eq!(shown("a\nb\u{1b}[2K\r\u{9b}"), "a\\u{a}b\\u{1b}[2K\\u{d}\\u{9b}");
        assert_eq!(shown("\u{202e}\u{2066}\u{200f}"), "\\u{202e}\\u{2066}\\u{200f}");
    }
}
