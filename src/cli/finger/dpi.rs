//! The resolution as an operator tells it, and what became of another that a file states.

use super::input::parse_dpi;
use crate::cli::output::Output;
use crate::finger::image::{Asked, Resolution};
use crate::finger::position::FingerPosition;
use crate::reason::Lang;

/// Options of every verb that takes pictures of fingers.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct DpiArgs {
    /// Resolution of the scanner in dots per inch, where an image does not state it or states what cannot be
    #[arg(long, value_name = "DPI", value_parser = parse_dpi)]
    dpi: Option<Resolution>,
    /// Take --dpi even where an image states another resolution that could be; that it did is told
    #[arg(long, requires = "dpi")]
    override_dpi: bool,
}

impl DpiArgs {
    /// What is asked of a file of which this finger is wanted.
    #[must_use]
    pub const fn asked(&self, position: Option<FingerPosition>) -> Asked {
        Asked { resolution: self.dpi, position, overrides: self.override_dpi }
    }

    /// What the operator says.
    #[must_use]
    pub const fn given(&self) -> Option<Resolution> {
        self.dpi
    }
}

/// Tells on the terminal that a file's own resolution did not count.
pub fn tell(overruled: Option<Resolution>, out: &mut Output) {
    if let Some(stated) = overruled {
        out.note(match out.lang() {
            Lang::En => format!("! the image states {stated} dpi; --dpi counts (--override-dpi)"),
            Lang::Id => format!("! citra menyatakan {stated} dpi; yang berlaku --dpi (--override-dpi)"),
        });
    }
}

/// Tells of how many files that is so.
pub fn tell_count(overruled: usize, out: &mut Output) {
    if overruled > 0 {
        out.note(match out.lang() {
            Lang::En => format!("! {overruled} images state another resolution; --dpi counts (--override-dpi)"),
            Lang::Id => format!("! {overruled} citra menyatakan resolusi lain; yang berlaku --dpi (--override-dpi)"),
        });
    }
}
