//! EF.CVCA: which trust points the chip has, as a terminal needs to know (TR-03110-3 A.7.2.4 and 2.2.1 of part 1).

use super::tlv::{self, Reader, TlvError, TlvErrorKind};

/// The file always has this size.
pub const LEN: usize = 36;
const REFERENCE: u32 = 0x42;
const MOST_BYTES: usize = 16;

/// Certification authority references of the trust points: the current one, and the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cvca {
    /// Current.
    pub current: Vec<u8>,
    /// Previous, while it is still valid.
    pub previous: Option<Vec<u8>>,
}

impl Cvca {
    /// The file's bytes: references in 42, zeros to the end.
    ///
    /// # Errors
    /// [`TlvErrorKind::BadValue`] if a reference is empty or longer than 16 bytes.
    pub fn encode(&self) -> Result<Vec<u8>, TlvError> {
        let mut out = Vec::with_capacity(LEN);
        for reference in [Some(&self.current), self.previous.as_ref()].into_iter().flatten() {
            if reference.is_empty() || reference.len() > MOST_BYTES {
                return Err(TlvError::at(TlvErrorKind::BadValue(REFERENCE), out.len()));
            }
            tlv::write(&mut out, REFERENCE, reference);
        }
        out.resize(LEN, 0);
        Ok(out)
    }

    /// Parses EF.CVCA. Shorter files without padding are in the field and are read.
    ///
    /// # Errors
    /// Any [`TlvError`]; padding that is not zero is trailing bytes.
    pub fn parse(data: &[u8]) -> Result<Self, TlvError> {
        let mut reader = Reader::new(data);
        let current = reference(&mut reader)?;
        let previous = if reader.remaining().first() == Some(&0x42) { Some(reference(&mut reader)?) } else { None };
        if data.len() > LEN || reader.remaining().iter().any(|b| *b != 0) {
            return Err(TlvError::at(TlvErrorKind::TrailingBytes, reader.position()));
        }
        Ok(Self { current, previous })
    }
}

fn reference(reader: &mut Reader<'_>) -> Result<Vec<u8>, TlvError> {
    let object = reader.expect(REFERENCE)?;
    if object.value.is_empty() || object.value.len() > MOST_BYTES { Err(object.bad_value()) } else { Ok(object.value.to_vec()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_two_references_read_back() {
        let one = Cvca { current: b"IDCVCA00001".to_vec(), previous: None };
        let two = Cvca { current: b"IDCVCA00002".to_vec(), previous: Some(b"IDCVCA00001".to_vec()) };
        for file in [one, two] {
            let bytes = file.encode().unwrap();
            assert_eq!(bytes.len(), LEN);
            assert_eq!(Cvca::parse(&bytes).unwrap(), file);
        }
    }

    #[test]
    fn refusals() {
        let kind = |data: &[u8]| Cvca::parse(data).unwrap_err().kind;
        assert_eq!(kind(&[0x42, 0]), TlvErrorKind::BadValue(REFERENCE));
        assert_eq!(kind(&[0x42, 1, b'A', 0, 1]), TlvErrorKind::TrailingBytes);
        assert!(matches!(kind(&[0x30, 0]), TlvErrorKind::UnexpectedTag { .. }));
        let long = Cvca { current: vec![b'A'; 17], previous: None };
        assert_eq!(long.encode().unwrap_err().kind, TlvErrorKind::BadValue(REFERENCE));
    }
}
