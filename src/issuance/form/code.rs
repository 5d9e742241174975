//! The 2D code of a paper: a QR code (ISO/IEC 18004) as rectangles.

use super::FormError;
use crate::limits::FORM_CODE_CHARS;
use qrcode::{EcLevel, QrCode};

/// Modules of light around a code (ISO/IEC 18004, 6.3.8).
pub(super) const QUIET: usize = 4;

/// A code's modules, row by row: dark or not.
pub(super) struct Modules {
    pub side: usize,
    pub dark: Vec<bool>,
}

/// The code of a text, which a stamp across a corner leaves readable: level Q, a quarter of it may be lost.
pub(super) fn modules(text: &str) -> Result<Modules, FormError> {
    if text.is_empty() || text.len() > FORM_CODE_CHARS {
        return Err(FormError::Code(FORM_CODE_CHARS));
    }
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).map_err(|_| FormError::Code(FORM_CODE_CHARS))?;
    let dark: Vec<bool> = code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect();
    Ok(Modules { side: code.width(), dark })
}

impl Modules {
    /// Runs of dark modules: column, row, length.
    pub(super) fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for (row, line) in self.dark.chunks(self.side.max(1)).enumerate() {
            let mut column = 0;
            for run in line.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    runs.push((column, row, run.len()));
                }
                column += run.len();
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read by a reader that nobody here wrote, with a corner torn off.
    #[test]
    fn a_reader_of_others_reads_it_though_a_part_is_stamped_over() {
        let text = "EKTP1/FORM/7F3A-19/1/0123456789ABCDEFGHJKMNPQRS";
        let code = modules(text).unwrap();
        let (scale, quiet) = (6, QUIET * 6);
        let size = code.side * scale + 2 * quiet;
        let mut picture = vec![255_u8; size * size];
        for (column, row, length) in code.runs() {
            for y in 0..scale {
                let from = (quiet + row * scale + y) * size + quiet + column * scale;
                picture[from..from + length * scale].fill(0);
            }
        }
        // A blot of five modules by five, away from the corners.
        for y in 0..30 {
            let from = (size / 2 + y) * size + size / 2;
            picture[from..from + 30].fill(128);
        }
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(size, size, |x, y| picture[y * size + x]);
        let grids = image.detect_grids();
        assert_eq!(grids.len(), 1);
        assert_eq!(grids[0].decode().unwrap().1, text);
    }

    #[test]
    fn a_text_of_no_length_or_too_much_is_refused() {
        assert_eq!(modules("").err(), Some(FormError::Code(FORM_CODE_CHARS)));
        assert_eq!(modules(&"A".repeat(FORM_CODE_CHARS + 1)).err(), Some(FormError::Code(FORM_CODE_CHARS)));
        assert!(modules(&"a".repeat(FORM_CODE_CHARS)).is_ok());
    }
}
