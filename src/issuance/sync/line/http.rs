//! The few things of HTTP/1.1 (RFC 9112) that a line needs: heads of bounded size, bodies of a stated length.

use crate::issuance::sync::SyncError;
use crate::limits::{SYNC_HEAD_BYTES, SYNC_HEAD_LINES};
use std::io::{self, Read, Write};

/// A request as it came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub method: String,
    pub path: String,
    pub body: Vec<u8>,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

fn broken(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// The bytes of a head, up to its empty line; none if the other ended before it began.
fn head(stream: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= SYNC_HEAD_BYTES {
            return Err(broken("a head is too long"));
        }
        match stream.read(&mut byte)? {
            0 if head.is_empty() => return Ok(None),
            0 => return Err(broken("a head ends early")),
            _ => head.extend_from_slice(&byte),
        }
    }
    Ok(Some(head))
}

/// The stated length; what is sent in any other way is refused.
fn length(headers: &[httparse::Header<'_>]) -> io::Result<usize> {
    let named = |name: &'static str| headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name));
    if named("transfer-encoding").next().is_some() {
        return Err(broken("a body without a stated length"));
    }
    let mut all = named("content-length");
    let (first, second) = (all.next(), all.next());
    let Some(stated) = first else { return Ok(0) };
    let digits = std::str::from_utf8(stated.value).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok()).filter(|_| second.is_none()).ok_or_else(|| broken("no length"))
}

fn body(stream: &mut impl Read, length: usize, most: usize) -> io::Result<Vec<u8>> {
    if length > most {
        return Err(broken("a body is too long"));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(body)
}

/// Reads a request whose body has at most `most` bytes; none if the other has no more.
pub(super) fn request(stream: &mut impl Read, most: usize) -> io::Result<Option<Request>> {
    let Some(head) = head(stream)? else { return Ok(None) };
    let mut headers = [httparse::EMPTY_HEADER; SYNC_HEAD_LINES];
    let mut parsed = httparse::Request::new(&mut headers);
    let whole = parsed.parse(&head).is_ok_and(|status| status.is_complete());
    let (Some(method), Some(path)) = (parsed.method.filter(|_| whole), parsed.path) else { return Err(broken("no request")) };
    let (method, path, length) = (method.to_owned(), path.to_owned(), length(parsed.headers)?);
    Ok(Some(Request { method, path, body: body(stream, length, most)? }))
}

/// Reads an answer whose body has at most `most` bytes.
pub(super) fn answer(stream: &mut impl Read, most: usize) -> io::Result<Answer> {
    let head = head(stream)?.ok_or_else(|| broken("no answer"))?;
    let mut headers = [httparse::EMPTY_HEADER; SYNC_HEAD_LINES];
    let mut parsed = httparse::Response::new(&mut headers);
    let whole = parsed.parse(&head).is_ok_and(|status| status.is_complete());
    let status = parsed.code.filter(|_| whole).ok_or_else(|| broken("no answer"))?;
    let length = length(parsed.headers)?;
    Ok(Answer { status, body: body(stream, length, most)? })
}

/// Writes a request.
pub(super) fn ask(stream: &mut impl Write, (method, path, host): (&str, &str, &str), body: &[u8]) -> io::Result<()> {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat())?;
    stream.flush()
}

/// Writes an answer.
pub(super) fn respond(stream: &mut impl Write, answer: &Answer) -> io::Result<()> {
    let head = format!("HTTP/1.1 {} -\r\nContent-Length: {}\r\n\r\n", answer.status, answer.body.len());
    stream.write_all(&[head.as_bytes(), &answer.body].concat())?;
    stream.flush()
}

/// A number after `name=` in the query of a path.
pub(super) fn number(query: &str, name: &str) -> Result<u64, SyncError> {
    let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    pair.and_then(|text| text.parse().ok()).ok_or(SyncError::Answer("a number is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_answers_are_read_as_they_are_written() {
        let mut wire = Vec::new();
        ask(&mut wire, ("PUT", "/v1/parts/a?from=3", "centre"), b"body").unwrap();
        let read = request(&mut wire.as_slice(), 4).unwrap().unwrap();
        assert_eq!((read.method.as_str(), read.path.as_str(), read.body.as_slice()), ("PUT", "/v1/parts/a?from=3", &b"body"[..]));
        let mut wire = Vec::new();
        respond(&mut wire, &Answer { status: 409, body: b"{}".to_vec() }).unwrap();
        assert_eq!(answer(&mut wire.as_slice(), 2).unwrap(), Answer { status: 409, body: b"{}".to_vec() });
        assert_eq!(request(&mut [].as_slice(), 0).unwrap(), None, "the other has no more");
        assert_eq!(number("from=3&of=9", "of"), Ok(9));
        assert_eq!(number("from=3&of=9", "o"), Err(SyncError::Answer("a number is missing")));
    }

    #[test]
    fn what_is_no_request_of_bounded_size_is_refused() {
        let long = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(SYNC_HEAD_BYTES));
        let lines = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(SYNC_HEAD_LINES + 1));
        for (text, why) in [
            ("PUT / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde", "a body is too long"),
            ("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "a body without a stated length"),
            ("PUT / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", "no length"),
            ("PUT / HTTP/1.1\r\nContent-Length: +1\r\n\r\na", "no length"),
            ("PUT / HTTP/1.1\r\n", "a head ends early"),
            ("nothing\r\n\r\n", "no request"),
            (&long, "a head is too long"),
            (&lines, "no request"),
        ] {
            assert_eq!(request(&mut text.as_bytes(), 4).unwrap_err().to_string(), why, "{text:.40}");
        }
        assert_eq!(answer(&mut b"".as_slice(), 0).unwrap_err().to_string(), "no answer");
        let cut = "PUT / HTTP/1.1\r\nContent-Length: 4\r\n\r\nab";
        assert_eq!(request(&mut cut.as_bytes(), 4).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
