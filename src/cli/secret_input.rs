//! Secrets from the person or script that runs a verb: never from the command line itself.

use super::output::Failure;
use crate::reason::Reason;
use crate::secret::Secret;
use std::io::BufRead;

/// Longest secret line that is read, in bytes.
const MAX_LINE: u64 = 4_096;

/// Reads a secret named by `source`: `-` a line of standard input, `prompt` a question on the terminal, `file:PATH` a file's first line.
///
/// # Errors
/// `input-invalid` for another form (a secret on the command line is refused without repeating it), `file-unreadable`.
pub fn read(source: &str, question: &str) -> Result<Secret<String>, Failure> {
    let line = match source {
        "-" => first_line(std::io::stdin().lock()),
        "prompt" => rpassword::prompt_password(format!("{question}: ")).map_err(|_| unreadable()),
        _ => match source.strip_prefix("file:") {
            Some(path) => {
                std::fs::File::open(path).map_err(|_| unreadable()).and_then(|f| first_line(std::io::BufReader::new(f)))
            }
            None => {
                return Err(Failure::new(
                    Reason::InputInvalid,
                    format!(
                        "{question} is asked for as `-` (standard input), `prompt` or `file:PATH`, never on the command line"
                    ),
                ));
            }
        },
    }?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

fn first_line(reader: impl BufRead) -> Result<String, Failure> {
    let mut line = String::new();
    reader.take(MAX_LINE).read_line(&mut line).map_err(|_| unreadable())?;
    Ok(line)
}

fn unreadable() -> Failure {
    Failure::new(Reason::FileUnreadable, "the secret could not be read")
}
