//! Inspect: what files of a chip say, field by field.

use super::Refused;
use crate::lds::inspect::{Node, explain, gather};

/// Explains the files of a card, each with the name it came under: a data group by its usual names (`DG1`, `EF.SOD`, `0101.bin`) or, where
/// the name says nothing, by its first tag. Hashes are compared with those in EF.SOD; nothing is verified.
///
/// # Errors
/// `input-invalid` where none of them is a file of a card, one is there twice or is too large.
///
/// ```
/// let dg1 = b"\x61\x5D\x5F\x1F\x5AI<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
/// let card = ektp::facade::inspect(&[("DG1".to_owned(), dg1.to_vec())])?;
/// assert!(!card.has_fault());
/// assert!(card.text().contains("D23145890"), "{}", card.text());
///
/// let nothing = ektp::facade::inspect(&[("notes.txt".to_owned(), b"no file of a card".to_vec())]).unwrap_err();
/// assert_eq!(nothing.reason.code(), "input-invalid");
/// # Ok::<(), ektp::facade::Refused>(())
/// ```
pub fn inspect(files: &[(String, Vec<u8>)]) -> Result<Node, Refused> {
    Ok(explain(&gather(files)?))
}
