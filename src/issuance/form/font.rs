//! The two typefaces of a paper: the standard Helvetica and Helvetica-Bold of every PDF reader, their widths, and lines that fit.
//!
//! Widths: Adobe's font metrics of the standard 14 fonts, in thousandths of the size (ISO 32000-1, 9.6.2.2). Text is WinAnsi; a letter
//! of Latin script beyond it is printed as Doc 9303-3 transliterates it.

use crate::lds::mrz_name::transliterate;

/// A typeface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Bold,
}

/// Of the characters 32 to 126.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778,
    722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222,
    500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556,
    556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778,
    722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278,
    556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];
/// Of what is beyond ASCII: as wide as its widest, so that no line is too long.
const BEYOND: u16 = 1_000;

impl Face {
    fn width_of(self, byte: u8) -> u16 {
        let table = match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        };
        byte.checked_sub(32).and_then(|at| table.get(usize::from(at))).copied().unwrap_or(BEYOND)
    }

    /// Width of encoded text at a size, in points.
    pub(super) fn width(self, text: &[u8], size: f32) -> f32 {
        let thousandths: f32 = text.iter().map(|byte| f32::from(self.width_of(*byte))).sum();
        thousandths * size / 1_000.0
    }

    /// Encoded lines of at most `width` points, parted at spaces; a word that is longer than a line is parted where the line ends.
    pub(super) fn lines(self, text: &str, size: f32, width: f32) -> Vec<Vec<u8>> {
        let mut lines = vec![Vec::new()];
        for word in encode(text).split(|byte| *byte == b' ') {
            for piece in self.pieces(word, size, width) {
                let Some(line) = lines.last_mut() else { continue };
                let joined = if line.is_empty() { piece.to_vec() } else { [line.as_slice(), piece].join(&b' ') };
                if line.is_empty() || self.width(&joined, size) <= width {
                    *line = joined;
                } else {
                    lines.push(piece.to_vec());
                }
            }
        }
        lines
    }

    /// A word in pieces that each fit a line.
    fn pieces(self, word: &[u8], size: f32, width: f32) -> Vec<&[u8]> {
        let (mut pieces, mut rest) = (Vec::new(), word);
        // No line is so wide that it holds more of the narrowest letters.
        while rest.len() > 1 && self.width(rest.get(..600).unwrap_or(rest), size) > width {
            let fits = (1..rest.len()).take_while(|n| rest.get(..*n).is_some_and(|part| self.width(part, size) <= width));
            let Some((piece, after)) = rest.split_at_checked(fits.last().unwrap_or(1)) else { break };
            pieces.push(piece);
            rest = after;
        }
        pieces.push(rest);
        pieces
    }
}

/// Text in WinAnsi: ASCII and Latin-1 as they are; other letters transliterated, small ones to small ones; what is left a question mark.
pub(super) fn encode(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars() {
        match u8::try_from(u32::from(character)) {
            Ok(byte @ (32..=126 | 161..=255)) => out.push(byte),
            _ => out.extend_from_slice(&plain(character)),
        }
    }
    out
}

fn plain(character: char) -> Vec<u8> {
    match character {
        '\u{2013}' => vec![0x96],
        '\u{2014}' => vec![0x97],
        '\u{2018}' => vec![0x91],
        '\u{2019}' => vec![0x92],
        '\u{201C}' => vec![0x93],
        '\u{201D}' => vec![0x94],
        _ => {
            let letters = transliterate(&character.to_string());
            let letters = if character.is_lowercase() { letters.to_lowercase() } else { letters };
            if letters.is_empty() { vec![b'?'] } else { letters.into_bytes() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_standard_fonts() {
        // "Hello" is 722 + 556 + 222 + 222 + 556 thousandths wide.
        assert!((Face::Regular.width(b"Hello", 1_000.0) - 2_278.0).abs() < 0.01);
        assert!((Face::Bold.width(b"Hello", 1_000.0) - 2_445.0).abs() < 0.01);
        assert!((Face::Regular.width(b"~", 10.0) - 5.84).abs() < 0.001);
    }

    #[test]
    fn lines_fit_and_lose_nothing() {
        let text = "Surat panggilan perekaman KTP-el kepada penduduk wajib KTP di kelurahan setempat";
        for width in [60.0, 120.0, 400.0] {
            let lines = Face::Regular.lines(text, 10.0, width);
            assert!(lines.iter().all(|line| Face::Regular.width(line, 10.0) <= width), "{width}");
            assert_eq!(lines.join(&b' '), text.as_bytes());
        }
        let long = Face::Regular.lines("a AAAAAAAAAAAAAAAAAAAA b", 10.0, 40.0);
        assert!(long.iter().all(|line| Face::Regular.width(line, 10.0) <= 40.0));
        assert_eq!(long.concat().iter().filter(|byte| **byte == b'A').count(), 20);
        assert_eq!(Face::Regular.lines("", 10.0, 40.0), [b""]);
    }

    #[test]
    fn letters_beyond_latin_1_are_transliterated() {
        assert_eq!(encode("José Şahin ş"), b"Jos\xE9 Sahin s");
        assert_eq!(encode("a\u{2013}b \u{4E2D}"), b"a\x96b ?");
    }
}
