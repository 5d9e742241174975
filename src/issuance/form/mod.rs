//! Papers that people carry and sign: A4 pages in PDF with a letterhead, text, fields, tables, boxes for stamps and signatures, a 2D code.
//!
//! A [`Sheet`] says what stands on a paper; [`Sheet::pdf`] lays it out, on as many pages as it takes. The same sheet gives the same
//! bytes: a paper's SHA-256 is evidence in the audit. Text is selectable, fonts are the standard ones of every reader, nothing is
//! compressed, nothing is fetched.

mod code;
mod font;
mod page;
#[cfg(test)]
mod tests;

use crate::limits::{FORM_BLOCKS, FORM_BUNDLE, FORM_CHARS, FORM_PAGES};
use crate::reason::{Reason, Refusal};

/// What a paper says.
#[derive(Clone, Default)]
pub struct Sheet {
    /// Who issues it, one line below the other: government, office, place.
    pub head: Vec<String>,
    /// What it is.
    pub title: String,
    /// Its number, under the title.
    pub number: String,
    /// The text of its 2D code, in the upper right corner of the first page, and under the title for whoever has no scanner.
    pub code: Option<String>,
    /// What stands on it, in order.
    pub blocks: Vec<Block>,
    /// At the foot of every page, beside the page's number.
    pub foot: String,
}

/// A person's paper is named, not shown.
impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sheet({})", self.title)
    }
}

/// A part of a paper.
#[derive(Clone)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Names and values, a line each, the values under each other.
    Fields(Vec<(String, String)>),
    /// A table with ruled lines.
    Table {
        /// Title of each column, and how wide it is beside the others.
        columns: Vec<(String, u16)>,
        /// Rows of as many cells.
        rows: Vec<Vec<String>>,
    },
    /// An empty box with a caption, for a stamp.
    Stamp(String),
    /// Boxes to sign in, side by side, at most three in a row: kept together on one page.
    Signatures(Vec<Signature>),
}

/// A box to sign in.
#[derive(Clone)]
pub struct Signature {
    /// In which capacity.
    pub role: String,
    /// Who, or a line to write on where it is empty.
    pub name: String,
    /// Number of the person's staff card or authority, if any.
    pub number: String,
}

/// Why a paper is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// The text of the 2D code is empty or longer than this.
    #[error("the text of a 2D code has 1 to {0} characters")]
    Code(usize),
    /// More parts, text or pages than a paper may have.
    #[error("a paper has at most {1} {0}")]
    TooMuch(&'static str, usize),
    /// A row of a table has another number of cells than the table has columns, or the table has no column.
    #[error("row {0} of a table has not as many cells as there are columns")]
    Cells(usize),
}

impl Refusal for FormError {
    fn reason(&self) -> Reason {
        Reason::InputInvalid
    }
}

impl Sheet {
    /// The paper as PDF, A4.
    ///
    /// # Errors
    /// [`FormError`].
    pub fn pdf(&self) -> Result<Vec<u8>, FormError> {
        bundle(std::slice::from_ref(self))
    }

    fn laid(&self) -> Result<Vec<page::Page>, FormError> {
        self.check()?;
        let pages = page::lay(self)?;
        if pages.len() > FORM_PAGES { Err(FormError::TooMuch("pages", FORM_PAGES)) } else { Ok(pages) }
    }

    fn check(&self) -> Result<(), FormError> {
        if self.blocks.len() > FORM_BLOCKS {
            return Err(FormError::TooMuch("parts", FORM_BLOCKS));
        }
        let own = self.head.iter().chain([&self.title, &self.number, &self.foot]).map(String::len).sum::<usize>();
        if own + self.blocks.iter().map(Block::chars).sum::<usize>() > FORM_CHARS {
            return Err(FormError::TooMuch("bytes of text", FORM_CHARS));
        }
        self.blocks.iter().try_for_each(Block::check)
    }
}

/// Papers one after the other in one document, to be printed in one go; each numbers its own pages.
///
/// # Errors
/// [`FormError`].
pub fn bundle(sheets: &[Sheet]) -> Result<Vec<u8>, FormError> {
    if sheets.is_empty() || sheets.len() > FORM_BUNDLE {
        return Err(FormError::TooMuch("papers in one document, or none", FORM_BUNDLE));
    }
    let laid: Vec<_> = sheets.iter().map(|sheet| Ok((sheet, sheet.laid()?))).collect::<Result<_, FormError>>()?;
    Ok(page::write(&laid))
}

impl Block {
    fn chars(&self) -> usize {
        match self {
            Self::Heading(text) | Self::Text(text) | Self::Stamp(text) => text.len(),
            Self::Fields(fields) => fields.iter().map(|(name, value)| name.len() + value.len()).sum(),
            Self::Table { columns, rows } => {
                columns.iter().map(|(title, _)| title.len()).sum::<usize>()
                    + rows.iter().flatten().map(String::len).sum::<usize>()
            }
            Self::Signatures(all) => all.iter().map(|one| one.role.len() + one.name.len() + one.number.len()).sum(),
        }
    }

    fn check(&self) -> Result<(), FormError> {
        let Self::Table { columns, rows } = self else { return Ok(()) };
        if columns.iter().all(|(_, share)| *share == 0) {
            return Err(FormError::Cells(0));
        }
        match rows.iter().position(|row| row.len() != columns.len()) {
            Some(at) => Err(FormError::Cells(at + 1)),
            None => Ok(()),
        }
    }
}
