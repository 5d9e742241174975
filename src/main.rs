//! The `ektp` command: parse, run, exit code.

fn main() -> std::process::ExitCode {
    std::process::ExitCode::from(ektp::cli::run())
}
