//! What is said of a command line that was not understood: nobody's number in it, however it was mistyped.

use clap::error::{ContextKind, ContextValue};

/// In the place of what is not repeated.
const CONCEALED: &str = "…";
/// A word with so many digits may be somebody's number with a slip in it.
const DIGITS: usize = 12;
/// The arguments that are numbers of a person or family, as usage names them.
const PERSONAL: [&str; 2] = ["<NIK", "--family"];

/// What to say.
pub(super) fn text(mut error: clap::Error) -> String {
    let of_person = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(arg)) => PERSONAL.iter().any(|personal| arg.starts_with(personal)),
        _ => false,
    };
    if of_person && error.get(ContextKind::InvalidValue).is_some() {
        error.insert(ContextKind::InvalidValue, ContextValue::String(CONCEALED.to_owned()));
    }
    conceal(error.render().to_string().trim_end())
}

/// The text without words that may be a number of somebody.
fn conceal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        if word.bytes().filter(u8::is_ascii_digit).count() >= DIGITS {
            out.push_str(CONCEALED);
            out.push_str(part.strip_prefix(word).unwrap_or_default());
        } else {
            out.push_str(part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_may_be_somebodys_number_is_not_repeated() {
        for (told, shown) in [
            ("invalid value '3173014501900O01' for '<NIK>'", "invalid value '…' for '<NIK>'"),
            ("unexpected argument 'x-9999990101810028' found", "unexpected argument 'x-…' found"),
            ("--on 2026-11-26, job-17: é", "--on 2026-11-26, job-17: é"),
            ("", ""),
        ] {
            assert_eq!(conceal(told), shown);
        }
    }
}
