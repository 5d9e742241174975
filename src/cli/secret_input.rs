//! Secrets from the person or script that runs a verb: never from the command line itself.

use super::output::Failure;
use crate::reason::Reason;
use crate::secret::Secret;
use std::io::{ErrorKind, Read};
use zeroize::Zeroizing;

/// Longest secret that is read, in bytes.
const MAX_BYTES: u64 = 4_096;

/// Where a secret comes from: `-` standard input, `prompt` a question on the terminal, `file:PATH` a file.
enum Source<'a> {
    Input,
    Prompt,
    File(&'a str),
}

impl<'a> Source<'a> {
    fn parse(source: &'a str, question: &str) -> Result<Self, Failure> {
        match source {
            "-" => Ok(Self::Input),
            "prompt" => Ok(Self::Prompt),
            _ => source.strip_prefix("file:").map(Self::File).ok_or_else(|| {
                let forms = "as `-` (standard input), `prompt` or `file:PATH`, never on the command line";
                Failure::new(Reason::InputInvalid, format!("{question} is asked for {forms}"))
            }),
        }
    }
}

/// Reads a secret of one line, named by `source`: `-`, `prompt` or `file:PATH` (its first line).
///
/// # Errors
/// `input-invalid` for another form (a secret on the command line is refused without repeating it), `file-unreadable`, `no-terminal`.
pub fn read(source: &str, question: &str) -> Result<Secret<String>, Failure> {
    lines(source, question, |_| true)
}

/// Reads a secret that may have several lines: until `whole` says of the lines so far that they are all, or until an empty line or the
/// end. The lines are joined by line feeds.
///
/// # Errors
/// As [`read`].
pub fn lines(source: &str, question: &str, whole: impl Fn(&str) -> bool) -> Result<Secret<String>, Failure> {
    match Source::parse(source, question)? {
        Source::Input => {
            standard_input().and_then(|input| collect(input, whole)).map_err(|e| unreadable(question, "standard input", &e))
        }
        Source::File(path) => {
            let file = std::fs::File::open(path).map_err(|e| unreadable(question, path, &e))?;
            collect(file, whole).map_err(|e| unreadable(question, path, &e))
        }
        Source::Prompt => ask(question, whole),
    }
}

/// Standard input without the buffer that the whole process shares and nobody wipes.
#[cfg(unix)]
fn standard_input() -> std::io::Result<std::fs::File> {
    use std::os::fd::AsFd;
    Ok(std::fs::File::from(std::io::stdin().as_fd().try_clone_to_owned()?))
}

#[cfg(not(unix))]
fn standard_input() -> std::io::Result<std::io::Stdin> {
    Ok(std::io::stdin())
}

/// Room for the longest secret, so that it never moves and leaves a copy behind.
fn room() -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(usize::try_from(MAX_BYTES).unwrap_or_default() + 1))
}

/// A line with its end, byte by byte: what comes behind it is left for whoever reads next.
fn read_line(reader: &mut impl Read) -> std::io::Result<Zeroizing<Vec<u8>>> {
    let (mut line, mut byte) = (room(), Zeroizing::new([0]));
    while line.last() != Some(&b'\n') {
        match reader.read(&mut *byte) {
            Ok(0) => break,
            Ok(_) => line.extend_from_slice(&*byte),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(line)
}

fn collect(reader: impl Read, whole: impl Fn(&str) -> bool) -> std::io::Result<Secret<String>> {
    let mut reader = reader.take(MAX_BYTES);
    let mut text = Zeroizing::new(String::with_capacity(room().capacity()));
    loop {
        let line = read_line(&mut reader)?;
        let ended = line.is_empty();
        let line = std::str::from_utf8(&line).map_err(|_| std::io::Error::from(ErrorKind::InvalidData))?;
        let line = line.trim_end_matches(['\r', '\n']);
        if !add(&mut text, line) || ended || whole(&text) {
            return Ok(Secret::new(std::mem::take(&mut *text)));
        }
    }
}

/// Appends a line; false for an empty one.
fn add(text: &mut String, line: &str) -> bool {
    if !line.is_empty() {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    !line.is_empty()
}

fn ask(question: &str, whole: impl Fn(&str) -> bool) -> Result<Secret<String>, Failure> {
    let mut text = Zeroizing::new(String::new());
    let mut number = 1;
    loop {
        let label = if number == 1 { format!("{question}: ") } else { format!("{question}, line {number}: ") };
        let line = rpassword::prompt_password(label).map(Zeroizing::new);
        let line = line.map_err(|_| Failure::new(Reason::NoTerminal, format!("{question}: there is no terminal to ask at")))?;
        if !add(&mut text, &line) || whole(&text) {
            return Ok(Secret::new(std::mem::take(&mut *text)));
        }
        number += 1;
    }
}

fn unreadable(question: &str, place: &str, error: &std::io::Error) -> Failure {
    Failure::new(Reason::FileUnreadable, format!("{question} cannot be read from {place}: {}", error.kind()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(input: &str, whole: impl Fn(&str) -> bool) -> String {
        collect(input.as_bytes(), whole).unwrap().expose().clone()
    }

    #[test]
    fn lines_are_read_until_they_are_whole_or_end() {
        assert_eq!(collected("one\ntwo\n", |_| true), "one");
        assert_eq!(collected("one\r\ntwo\r\nthree\n", |t| t.lines().count() == 2), "one\ntwo");
        assert_eq!(collected("one\ntwo", |_| false), "one\ntwo");
        assert_eq!(collected("one\n\ntwo\n", |_| false), "one");
        assert_eq!(collected("", |_| true), "");
        assert_eq!(collect(&[0xFF, b'\n'][..], |_| true).err().map(|e| e.kind()), Some(ErrorKind::InvalidData));
        assert_eq!(collected(&"x".repeat(9_000), |_| false).len() as u64, MAX_BYTES);
    }

    #[test]
    fn what_comes_behind_a_secret_is_left_for_the_next_reader() {
        let mut input = &b"one\ntwo\nthree"[..];
        let secrets = [(); 2].map(|()| collect(&mut input, |_| true).unwrap().expose().clone());
        assert_eq!((secrets, input), (["one".to_owned(), "two".to_owned()], &b"three"[..]));
    }

    #[test]
    fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
        let failure = read("123456", "card access number").err().unwrap();
        assert_eq!(failure.reason, Reason::InputInvalid);
        assert!(!failure.message.contains("123456"));
        let missing = read("file:/nowhere/can", "card access number").err().unwrap();
        assert_eq!((missing.reason, missing.message.contains("/nowhere/can")), (Reason::FileUnreadable, true));
    }
}
