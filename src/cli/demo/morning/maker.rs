//! What makes cards at the morning's stations: the program that `batch run` asks for each stage, written into the folder.

use super::bench::write;
use super::country::Country;
use crate::cli::output::Failure;
use std::os::unix::fs::PermissionsExt as _;

/// Writes the maker of a station, and its path. It lays the blank on the virtual reader, personalizes it through PC/SC and the signer, and
/// takes it off again; face and check are taken as done.
pub fn write_maker(country: &Country) -> Result<String, Failure> {
    let path = country.dir.join("make-card");
    write(&path, script(country).as_bytes())?;
    let executable = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700));
    executable.map_err(|e| super::bench::cannot(&path, &e))?;
    Ok("./make-card".to_owned())
}

fn script(country: &Country) -> String {
    let quoted = |text: String| format!("'{}'", text.replace('\'', "'\\''"));
    let names = [
        ("ektp", country.steps.program()),
        ("dir", country.dir.to_string_lossy().into_owned()),
        ("port", country.port.clone()),
        ("reader", country.reader.clone()),
    ];
    let names: String = names.into_iter().map(|(name, value)| format!("{name}={}\n", quoted(value))).collect();
    format!(
        "#!/bin/sh\n# make-card STAGE CARD NUMBER BLANK APPLICATION: exit 0 done, 3 the blank is spoiled, 4 unknown, else the card waits.\n{names}{BODY}"
    )
}

const BODY: &str = r#"
case "$1" in
  encode) ;;
  *) echo "$1 $2"; exit 0 ;;
esac
cd "$dir" || exit 5
image=$(cat "cards/$2") || exit 5
rm -f laid; mkfifo laid || exit 5
"$ektp" --json chip serve --state "chips/$4.state" --port "$port" --until-eof <laid >served 2>&1 &
chip=$!
exec 3>laid
tries=0
until grep -q '"serving"' served || [ "$tries" -ge 100 ]; do tries=$((tries + 1)); sleep 0.1; done
code=21
tries=0
# The reader needs a moment to see the card.
while [ "$code" = 21 ] && [ "$tries" -lt 50 ]; do
  tries=$((tries + 1))
  "$ektp" perso run "$image" --keep-image --reader "$reader" --store perso.db --kit kit --mode online --signer signer.sock >made 2>&1
  code=$?
  [ "$code" = 21 ] && sleep 0.1
done
exec 3>&-
wait "$chip"
cat made
case "$code" in
  0) exit 0 ;;
  22 | 23 | 26) exit 3 ;;
  75) exit 4 ;;
  *) exit 5 ;;
esac
"#;
