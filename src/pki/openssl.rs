//! Asks OpenSSL, where it is installed, for a second opinion in tests.

use std::io::Write;
use std::process::{Command, Stdio};

/// Runs `openssl ARGS` with `input` on standard input. `None`, with a plain message, where OpenSSL is not installed.
///
/// # Panics
/// If OpenSSL refuses: the second opinion differs from ours.
#[track_caller]
pub(crate) fn run(args: &str, input: &[u8]) -> Option<Vec<u8>> {
    match try_run(args, input)? {
        Ok(output) => Some(output),
        Err(message) => panic!("openssl {args}: {message}"),
    }
}

/// As [`run`], with a refusal as a value.
pub(crate) fn try_run(args: &str, input: &[u8]) -> Option<Result<Vec<u8>, String>> {
    let mut command = Command::new("openssl");
    command.args(args.split_whitespace()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut child) = command.spawn() else {
        crate::skipped::skipped("openssl is not installed");
        return None;
    };
    let mut stdin = child.stdin.take()?;
    stdin.write_all(input).ok();
    drop(stdin);
    let output = child.wait_with_output().ok()?;
    Some(if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) })
}
