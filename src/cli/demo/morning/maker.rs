//! What prints and checks at the morning's stations: the program that `batch run` asks beside its own engine, written into the folder.

use super::bench::write;
use super::country::Country;
use crate::cli::output::Failure;
use std::os::unix::fs::PermissionsExt as _;

/// A printer that has nothing to print on: face and check are taken as done, and it says which.
const PRINTER: &str = "#!/bin/sh\n# print-card STAGE CARD NUMBER BLANK APPLICATION: exit 0 done, 3 the blank is spoiled, else the card waits.\n\
    echo \"$1 $2\"\n";

/// Writes the printer of a station, and its path.
pub fn write_printer(country: &Country) -> Result<String, Failure> {
    let path = country.dir.join("print-card");
    write(&path, PRINTER.as_bytes())?;
    let executable = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700));
    executable.map_err(|e| super::bench::cannot(&path, &e))?;
    Ok("./print-card".to_owned())
}
