//! BER-TLV as ISO 7816-4 and DER use it: canonical only, bounded, errors with the byte's position.

use crate::limits::{TLV_DEPTH, TLV_NODES};
use crate::reason::{Reason, Refusal};

/// What is wrong with an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlvErrorKind {
    /// The data end inside a tag, a length or a value.
    Truncated,
    /// A tag of more than three bytes, with a leading zero, or 00 or FF.
    BadTag,
    /// A length that is not in its shortest form, indefinite, or of more than three bytes.
    BadLength,
    /// Another tag stands where this one must.
    UnexpectedTag {
        /// The tag that must stand here.
        expected: u32,
        /// The tag that does.
        found: u32,
    },
    /// Bytes remain after the last object.
    TrailingBytes,
    /// A tag that may stand once stands twice.
    Duplicate(u32),
    /// A tag that must be there is not.
    Missing(u32),
    /// Nested deeper than [`TLV_DEPTH`] or more objects than [`TLV_NODES`].
    TooComplex,
    /// The value of this tag is not what its definition allows.
    BadValue(u32),
}

/// A refused encoding and the position, in bytes from the start of the outermost data, of what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at byte {position}")]
pub struct TlvError {
    /// What is wrong.
    pub kind: TlvErrorKind,
    /// Where.
    pub position: usize,
}

impl std::fmt::Display for TlvErrorKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Truncated => f.write_str("data end too early"),
            Self::BadTag => f.write_str("bad tag"),
            Self::BadLength => f.write_str("bad length"),
            Self::UnexpectedTag { expected, found } => write!(f, "tag {found:X} where {expected:X} is expected"),
            Self::TrailingBytes => f.write_str("bytes after the end"),
            Self::Duplicate(tag) => write!(f, "tag {tag:X} twice"),
            Self::Missing(tag) => write!(f, "tag {tag:X} missing"),
            Self::TooComplex => f.write_str("too deep or too many objects"),
            Self::BadValue(tag) => write!(f, "bad value of tag {tag:X}"),
        }
    }
}

impl Refusal for TlvError {
    fn reason(&self) -> Reason {
        Reason::EncodingInvalid
    }
}

impl TlvError {
    /// An error of this kind at this byte.
    #[must_use]
    pub fn at(kind: TlvErrorKind, position: usize) -> Self {
        Self { kind, position }
    }
}

/// One object: its tag (as the number of its bytes, e.g. `0x7F61`), its value and where the value begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// The tag's bytes as a big-endian number.
    pub tag: u32,
    /// The value.
    pub value: &'a [u8],
    /// Position of the first byte of the tag in the outermost data.
    pub start: usize,
    /// Position of the first byte of the value in the outermost data.
    pub position: usize,
}

impl<'a> Tlv<'a> {
    /// Whether the tag says that the value is itself TLV.
    #[must_use]
    pub fn is_constructed(&self) -> bool {
        let first = self.tag.to_be_bytes().into_iter().find(|&b| b != 0).unwrap_or(0);
        first & 0x20 != 0
    }

    /// A reader over the value.
    #[must_use]
    pub fn reader(&self) -> Reader<'a> {
        Reader { data: self.value, offset: 0, base: self.position }
    }

    /// The objects inside the value.
    ///
    /// # Errors
    /// Any [`TlvError`] of the value.
    pub fn children(&self) -> Result<Vec<Tlv<'a>>, TlvError> {
        self.reader().all()
    }

    /// An error about this object's value.
    #[must_use]
    pub fn bad_value(&self) -> TlvError {
        TlvError::at(TlvErrorKind::BadValue(self.tag), self.position)
    }
}

/// Reads objects one after the other.
///
/// ```
/// use ektp::lds::tlv::{Reader, TlvErrorKind};
/// let mut reader = Reader::new(&[0x5F, 0x10, 0x01, 0xAA]);
/// assert_eq!(reader.expect(0x5F10).unwrap().value, &[0xAA]);
/// // 81 05 is a length that fits one byte: not canonical.
/// assert_eq!(Reader::new(&[0x04, 0x81, 0x05, 1, 2, 3, 4, 5]).next().unwrap_err().kind, TlvErrorKind::BadLength);
/// ```
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    data: &'a [u8],
    offset: usize,
    base: usize,
}

impl<'a> Reader<'a> {
    /// Reads `data` from its start.
    #[must_use]
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, offset: 0, base: 0 }
    }

    /// Position of the next byte in the outermost data.
    #[must_use]
    pub fn position(&self) -> usize {
        self.base + self.offset
    }

    /// Whether all was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.offset >= self.data.len()
    }

    /// What was not read yet.
    #[must_use]
    pub fn remaining(&self) -> &'a [u8] {
        self.data.get(self.offset..).unwrap_or_default()
    }

    /// The tag of the next object without reading it.
    ///
    /// # Errors
    /// [`TlvErrorKind::Truncated`] or [`TlvErrorKind::BadTag`].
    pub fn peek_tag(&self) -> Result<u32, TlvError> {
        self.clone().tag()
    }

    /// Reads a bare tag, as tag lists hold them.
    ///
    /// # Errors
    /// [`TlvErrorKind::Truncated`] or [`TlvErrorKind::BadTag`].
    pub fn skip_tag(&mut self) -> Result<u32, TlvError> {
        self.tag()
    }

    /// Reads the next object, whatever it is.
    ///
    /// # Errors
    /// Any [`TlvError`] of its header.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Tlv<'a>, TlvError> {
        let start = self.position();
        let tag = self.tag()?;
        let length = self.length()?;
        let position = self.position();
        let value = self.take(length)?;
        Ok(Tlv { tag, value, start, position })
    }

    /// Reads the next object, which must have this tag.
    ///
    /// # Errors
    /// [`TlvErrorKind::UnexpectedTag`] or any error of its header.
    pub fn expect(&mut self, tag: u32) -> Result<Tlv<'a>, TlvError> {
        let start = self.position();
        let object = self.next()?;
        if object.tag == tag {
            Ok(object)
        } else {
            Err(TlvError::at(TlvErrorKind::UnexpectedTag { expected: tag, found: object.tag }, start))
        }
    }

    /// Reads the next object if it has this tag.
    ///
    /// # Errors
    /// Any error of its header.
    pub fn optional(&mut self, tag: u32) -> Result<Option<Tlv<'a>>, TlvError> {
        if self.is_empty() || self.peek_tag()? != tag { Ok(None) } else { self.next().map(Some) }
    }

    /// Checks that nothing remains.
    ///
    /// # Errors
    /// [`TlvErrorKind::TrailingBytes`].
    pub fn finish(&self) -> Result<(), TlvError> {
        if self.is_empty() { Ok(()) } else { Err(TlvError::at(TlvErrorKind::TrailingBytes, self.position())) }
    }

    /// Reads all objects to the end, at most [`TLV_NODES`].
    ///
    /// # Errors
    /// Any [`TlvError`].
    pub fn all(mut self) -> Result<Vec<Tlv<'a>>, TlvError> {
        let mut objects = Vec::new();
        while !self.is_empty() {
            if objects.len() >= TLV_NODES {
                return Err(TlvError::at(TlvErrorKind::TooComplex, self.position()));
            }
            objects.push(self.next()?);
        }
        Ok(objects)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], TlvError> {
        let truncated = TlvError::at(TlvErrorKind::Truncated, self.base + self.data.len());
        let end = self.offset.checked_add(length).ok_or(truncated)?;
        let bytes = self.data.get(self.offset..end).ok_or(truncated)?;
        self.offset = end;
        Ok(bytes)
    }

    fn byte(&mut self) -> Result<u8, TlvError> {
        self.take(1).map(|b| b.first().copied().unwrap_or_default())
    }

    fn tag(&mut self) -> Result<u32, TlvError> {
        let start = self.position();
        let bad = TlvError::at(TlvErrorKind::BadTag, start);
        let first = self.byte()?;
        if first == 0 || first == 0xFF {
            return Err(bad);
        }
        let mut tag = u32::from(first);
        if first & 0x1F != 0x1F {
            return Ok(tag);
        }
        for index in 0..2 {
            let next = self.byte()?;
            if index == 0 && next & 0x7F == 0 {
                return Err(bad);
            }
            tag = tag << 8 | u32::from(next);
            if next & 0x80 == 0 {
                return Ok(tag);
            }
        }
        Err(bad)
    }

    fn length(&mut self) -> Result<usize, TlvError> {
        let bad = TlvError::at(TlvErrorKind::BadLength, self.position());
        let first = self.byte()?;
        let count = match first {
            0..=0x7F => return Ok(usize::from(first)),
            0x81..=0x83 => usize::from(first & 0x7F),
            _ => return Err(bad),
        };
        let length = self.take(count)?.iter().fold(0usize, |acc, &b| acc << 8 | usize::from(b));
        let shortest = match count {
            1 => length > 0x7F,
            2 => length > 0xFF,
            _ => length > 0xFFFF,
        };
        if shortest { Ok(length) } else { Err(bad) }
    }
}

/// Reads exactly one object that fills `data`.
///
/// # Errors
/// Any [`TlvError`], [`TlvErrorKind::TrailingBytes`] included.
pub fn parse_one(data: &[u8], tag: u32) -> Result<Tlv<'_>, TlvError> {
    let mut reader = Reader::new(data);
    let object = reader.expect(tag)?;
    reader.finish()?;
    Ok(object)
}

/// Walks a whole structure and checks depth and count: for data that is passed on as it is.
///
/// # Errors
/// Any [`TlvError`].
pub fn check(data: &[u8]) -> Result<(), TlvError> {
    fn walk(reader: Reader<'_>, depth: usize, nodes: &mut usize) -> Result<(), TlvError> {
        let position = reader.position();
        if depth > TLV_DEPTH {
            return Err(TlvError::at(TlvErrorKind::TooComplex, position));
        }
        for object in reader.all()? {
            *nodes += 1;
            if *nodes > TLV_NODES {
                return Err(TlvError::at(TlvErrorKind::TooComplex, object.start));
            }
            if object.is_constructed() {
                walk(object.reader(), depth + 1, nodes)?;
            }
        }
        Ok(())
    }
    walk(Reader::new(data), 0, &mut 0)
}

/// Length in bytes of the header (tag and length) that [`write`] makes.
#[must_use]
pub fn header_len(tag: u32, length: usize) -> usize {
    let mut header = Vec::with_capacity(8);
    write_header(&mut header, tag, length);
    header.len()
}

/// Appends tag and length in their shortest form.
pub fn write_header(out: &mut Vec<u8>, tag: u32, length: usize) {
    let bytes = tag.to_be_bytes();
    out.extend(bytes.into_iter().skip_while(|&b| b == 0));
    let length_bytes = (length as u64).to_be_bytes();
    let significant: Vec<u8> = length_bytes.into_iter().skip_while(|&b| b == 0).collect();
    match (length, u8::try_from(significant.len())) {
        (0..=0x7F, _) => out.push(significant.first().copied().unwrap_or(0)),
        (_, Ok(count)) => {
            out.push(0x80 | count);
            out.extend(significant);
        }
        (_, Err(_)) => unreachable!("a length has at most eight bytes"),
    }
}

/// Appends one object in canonical form.
pub fn write(out: &mut Vec<u8>, tag: u32, value: &[u8]) {
    write_header(out, tag, value.len());
    out.extend_from_slice(value);
}

/// One object in canonical form.
#[must_use]
pub fn encode(tag: u32, value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len() + 8);
    write(&mut out, tag, value);
    out
}

/// One constructed object around the concatenation of `parts`.
#[must_use]
pub fn encode_all(tag: u32, parts: &[&[u8]]) -> Vec<u8> {
    encode(tag, &parts.concat())
}

/// The length of a whole file that begins with `head` (tag and length), for reading a file of unknown size.
///
/// # Errors
/// [`TlvErrorKind::Truncated`] if `head` is too short, or a bad tag or length.
pub fn announced_len(head: &[u8]) -> Result<usize, TlvError> {
    let mut reader = Reader::new(head);
    reader.tag()?;
    let length = reader.length()?;
    Ok(reader.offset + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(data: &[u8]) -> (TlvErrorKind, usize) {
        let error = Reader::new(data).next().unwrap_err();
        (error.kind, error.position)
    }

    #[test]
    fn refusals_name_kind_and_byte() {
        assert_eq!(kind(&[]), (TlvErrorKind::Truncated, 0));
        assert_eq!(kind(&[0x5F]), (TlvErrorKind::Truncated, 1));
        assert_eq!(kind(&[0x04]), (TlvErrorKind::Truncated, 1));
        assert_eq!(kind(&[0x04, 0x02, 0xAA]), (TlvErrorKind::Truncated, 3));
        assert_eq!(kind(&[0x00, 0x00]), (TlvErrorKind::BadTag, 0));
        assert_eq!(kind(&[0xFF, 0x00]), (TlvErrorKind::BadTag, 0));
        assert_eq!(kind(&[0x5F, 0x80, 0x01, 0x00]), (TlvErrorKind::BadTag, 0));
        assert_eq!(kind(&[0x5F, 0x81, 0x81, 0x01, 0x00]), (TlvErrorKind::BadTag, 0));
        assert_eq!(kind(&[0x04, 0x80]), (TlvErrorKind::BadLength, 1));
        assert_eq!(kind(&[0x04, 0x81, 0x7F]), (TlvErrorKind::BadLength, 1));
        assert_eq!(kind(&[0x04, 0x82, 0x00, 0xFF]), (TlvErrorKind::BadLength, 1));
        assert_eq!(kind(&[0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]), (TlvErrorKind::BadLength, 1));
        let error = Reader::new(&[0x04, 0x00]).expect(0x30).unwrap_err();
        assert_eq!(error.kind, TlvErrorKind::UnexpectedTag { expected: 0x30, found: 4 });
        assert_eq!(parse_one(&[0x04, 0x00, 0x00], 4).unwrap_err(), TlvError::at(TlvErrorKind::TrailingBytes, 2));
    }

    #[test]
    fn positions_count_from_the_outermost_byte() {
        let outer = parse_one(&[0x30, 0x04, 0x04, 0x00, 0x04, 0x05], 0x30).unwrap();
        assert_eq!(outer.children().unwrap_err(), TlvError::at(TlvErrorKind::Truncated, 6));
    }

    #[test]
    fn bombs_are_refused() {
        let deep = (0..40).fold(vec![], |inner, _| encode(0x30, &inner));
        assert_eq!(check(&deep).unwrap_err().kind, TlvErrorKind::TooComplex);
        let many = encode(0x30, &[0x04, 0x00].repeat(TLV_NODES + 1));
        assert_eq!(check(&many).unwrap_err().kind, TlvErrorKind::TooComplex);
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(tag in proptest::sample::select(vec![0x04u32, 0x30, 0x5F10, 0x7F61, 0x5F2E]), value: Vec<u8>) {
            let bytes = encode(tag, &value);
            assert_eq!(header_len(tag, value.len()) + value.len(), bytes.len());
            assert_eq!(announced_len(&bytes).unwrap(), bytes.len());
            assert_eq!(parse_one(&bytes, tag).unwrap().value, &value[..]);
        }

        #[test]
        fn any_bytes_are_read_or_refused(data: Vec<u8>) {
            let _ = check(&data);
        }
    }
}
